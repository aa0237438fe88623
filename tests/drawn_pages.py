"""Pages of small series in tests."""

from territory.job.series import Loaded
from territory.job.spec import MapsSpec
from territory.maps.request import MapSource
from territory.publish.page.topic import Topic
from territory.read.basemap import Context


def topic_of(ensemble, title="", *, days=(), area="", source="", context=None, styles=None, **own):
    """Return the page of an ensemble, with all its days unless some are named."""
    loaded = Loaded("", ensemble, days or ensemble.base.days, ())
    maps, around = MapsSpec(area=area, source=source), context or Context()
    return Topic(MapSource(loaded, maps, around, title, styles=styles), **own)

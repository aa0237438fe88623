"""Maps of several times of one day in one file: days are days, so all of them count together.

Features of a day may well bear times of their own, when each was drawn. But where two of them
name one holder and lie over one another, they are one zone as it was at two times; and ground
that was lost in between stays in the figure.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.coverage import parts_of, sound
from territory.history.snapshot import RawZones
from territory.numbers import figure
from territory.read.formats.layer import km2_of

_SHARED = 0.01  # of the smaller of two zones: less is how neighbours are drawn
_MINUTE_S = 60


def same_zone_twice(raw: RawZones, clocks: NDArray[np.float64]) -> Iterator[Finding]:
    """Warn of zones of one holder that stand there as of several times of the day.

    Parameters
    ----------
    raw : RawZones
        Of one layer and day.
    clocks : ndarray of float, shape (n,)
        Seconds after midnight of each feature of `raw`; NaN where it says none.

    Yields
    ------
    Finding
        One, with the ground in km2 that not all of them have; none where zones do not overlap.
    """
    if np.unique(clocks[np.isfinite(clocks)]).size < 2:  # noqa: PLR2004 - two times
        return
    try:
        yield from _overlapping(raw, clocks)
    except shapely.errors.GEOSException:
        return  # coordinates that are no numbers: told where zones are cleaned


def _overlapping(raw: RawZones, clocks: NDArray[np.float64]) -> Iterator[Finding]:
    """Warn where zones of one holder and of several times lie over one another and differ."""
    shapes = _polygons(raw)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    holders = np.array([str(each) for each in raw.holders])
    at = (clocks[one] < clocks[other]) & (holders[one] == holders[other])
    one, other = one[at], other[at]
    both = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    small = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    apart = shapely.symmetric_difference(shapes[one], shapes[other])
    odd = (both > _SHARED * small) & (shapely.area(apart) > 0)
    if odd.any():
        km2 = km2_of(np.array([shapely.union_all(apart[odd])]), raw.crs)
        whose = ", ".join(sorted(set(holders[one[odd]])))
        times = " and ".join(sorted({_said(each) for each in clocks[[one[odd][0], other[odd][0]]]}))
        yield Finding(
            FindingKind.OWN_OVERLAP,
            f"{raw.source.location}: zones of {whose} stand there as of several times of the day"
            f" ({times}) and lie over one another; all count, so {figure(km2)} km2 that not all"
            " of them have are held. Leave one map a day",
            Severity.WARNING,
            raw.day,
            km2,
        )


def _polygons(raw: RawZones) -> NDArray[np.object_]:
    """Return the ground of each feature, valid, whatever else it holds."""
    parts, row = parts_of(raw.geometry)
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - polygons
    parts, row = sound(parts[areal]), row[areal]
    starts = np.searchsorted(row, np.arange(1, len(raw.geometry)))
    shapes = [shapely.union_all(each) for each in np.split(parts, starts)]
    return np.array([*shapes, None], dtype=object)[:-1]


def _said(clock_s: float) -> str:
    hours, minutes = divmod(int(clock_s) // _MINUTE_S, _MINUTE_S)
    return f"{hours:02d}:{minutes:02d}"

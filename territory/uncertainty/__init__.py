"""One best history, and the other histories that could as well be true.

An `Ensemble` holds what is needed to put an interval on any figure:

* `draws`: the same history from random subsamples of the places (delete-d jackknife);
* `boundary`: how far a drawn boundary may lie from the true one;
* `scenarios`: other readings of the evidence. They give a range, which is shown beside
  the interval and not inside it, because a choice of definition is not a random error.

========  =====================================================================
module    answers
========  =====================================================================
ensemble  what does an interval rest on, and what is it for one figure?
others    what else may be meant or believed, and what does that change?
tables    what are all cells of a table of areas or transfers, with intervals?
========  =====================================================================
"""

from territory.boundary import BoundaryError
from territory.uncertainty.ensemble import (
    BASE,
    NEGLIGIBLE_SHARE,
    Ensemble,
    Measure,
    carried,
    error_of,
    estimate,
    interval_about,
)
from territory.uncertainty.others import (
    AREA_MEANT,
    DAY_CUT,
    JOINT,
    alternatives,
    choices,
    status_scenarios,
)
from territory.uncertainty.tables import (
    area_estimates,
    area_measure,
    areas_with_intervals,
    transfer_estimates,
    transfer_measure,
)

__all__ = [
    "AREA_MEANT",
    "BASE",
    "DAY_CUT",
    "JOINT",
    "NEGLIGIBLE_SHARE",
    "BoundaryError",
    "Ensemble",
    "Measure",
    "alternatives",
    "area_estimates",
    "area_measure",
    "areas_with_intervals",
    "carried",
    "choices",
    "error_of",
    "estimate",
    "interval_about",
    "status_scenarios",
    "transfer_estimates",
    "transfer_measure",
]

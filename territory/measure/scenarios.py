"""Other choices of definition: readings of the evidence, the cut of the day, the area meant.

They give a range, which stands beside an interval and not inside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import numpy as np

from territory.history.history import History
from territory.holders import Holder, Status
from territory.measure.ensemble import Ensemble, Measure

JOINT = "; "  # between the choices that a scenario combines
DAY_CUT = "the day's cut: "  # begins the name of an alternative, as does the next
AREA_MEANT = "the area meant: "
_DAY = timedelta(days=1)


def alternatives(ensemble: Ensemble, measure: Measure) -> dict[str, float]:
    """Return the figure under every other choice of definition, by name.

    Other readings of the evidence, the day's cut a day earlier or later (where the series
    has that day and it is not judged corrupt), and the other areas that may be meant.

    Parameters
    ----------
    ensemble : Ensemble
        Any.
    measure : Measure
        With its `days`, if their cut shall be a choice.

    Returns
    -------
    dict of str to float
        In the unit of the measure.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> from territory.measure.tables import area_measure
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> measure = area_measure(history, Holder("a"), date(2018, 2, 1), "all")
    >>> alternatives(Ensemble(history, scenarios={"dated late": history}), measure)
    {'dated late': 2.0}
    """
    others = {name: measure.value(each) for name, each in ensemble.scenarios.items()}
    for name, each in (*_other_cuts(ensemble, measure), *_other_areas(ensemble, measure)):
        others[name] = measure.value(each)
    return others


def _other_cuts(ensemble: Ensemble, measure: Measure) -> Iterator[tuple[str, History]]:
    """Yield the base with each day of a figure read a day earlier or later, in every way."""
    base, usable = ensemble.base, set(ensemble.base.days) - ensemble.corrupt
    near = [
        [day + n * _DAY for n in (0, -1, 1) if day + n * _DAY in usable] for day in measure.days
    ]
    for cut in product(*near):
        if cut and cut != measure.days and all(a < b for a, b in pairwise(cut)):
            rows = base.held_by.copy()
            for day, other in zip(measure.days, cut, strict=True):
                rows[base.day_index(day)] = base.held_by[base.day_index(other)]
            yield DAY_CUT + " to ".join(map(str, cut)), replace(base, held_by=rows)


def _other_areas(ensemble: Ensemble, measure: Measure) -> Iterator[tuple[str, History]]:
    """Yield the base with another area under the name of the one that a figure is about."""
    base = ensemble.base
    for name in ensemble.area_variants.get(measure.area, ()):
        within = {**base.within, measure.area: base.mask(name)}
        yield AREA_MEANT + name, replace(base, within=within)


def choices(name: str, names: Mapping[str, object]) -> tuple[str, ...]:
    """Return the choices that a scenario combines.

    A name is a combination where both sides of a `JOINT` are names themselves; a name of
    its own may hold one.

    Parameters
    ----------
    name : str
        Of a scenario.
    names : mapping
        By the name of every scenario there is.

    Examples
    --------
    >>> known = dict.fromkeys(["dated late", "a; b", "dated late; a; b"])
    >>> choices("dated late; a; b", known), choices("a; b", known)
    (('dated late', 'a; b'), ('a; b',))
    """
    at = name.find(JOINT)
    while at >= 0:
        head, tail = name[:at], name[at + len(JOINT) :]
        if head in names and tail in names:
            return (*choices(head, names), *choices(tail, names))
        at = name.find(JOINT, at + 1)
    return (name,)


def status_scenarios(history: History) -> dict[str, History]:
    """Return the history with ground that is only claimed or contested counted as held.

    Empty where a series tells no such statuses.

    Parameters
    ----------
    history : History
        Whose figures count what is held and nothing else.

    Returns
    -------
    dict of str to History
        By what is counted as held.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a", Status.CLAIMED)),
    ...     projection=EqualArea(0.0, 0.0))
    >>> list(status_scenarios(history))
    ['claimed ground counted as held']
    """
    present = {holder.status for holder in history.holders}
    parts = {
        f"{status} ground counted as held": frozenset({status})
        for status in (Status.CLAIMED, Status.CONTESTED)
        if status in present
    }
    if len(parts) > 1:
        parts[JOINT.join(parts)] = frozenset({Status.CLAIMED, Status.CONTESTED})
    return {name: _counted_as_held(history, statuses) for name, statuses in parts.items()}


def _counted_as_held(history: History, statuses: frozenset[Status]) -> History:
    meant = [Holder(each.actor) if each.status in statuses else each for each in history.holders]
    holders = tuple(dict.fromkeys((*history.holders, *meant)))
    code = np.array([holders.index(each) for each in meant], dtype=np.int16)
    return replace(history, holders=holders, held_by=code[history.held_by])

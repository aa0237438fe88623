"""What the data do not have that a reading names, and what keeps it from being measured."""

from territory.claims.figures import SHARES, Unit
from territory.claims.model import SINCE_MOST, Claim, Kind, Reading, at, days_of
from territory.claims.plausibility import Whole, units_of
from territory.claims.readings import People, holders_named, whole_measure
from territory.errors import ClaimError, did_you_mean, near_hint
from territory.history.history import WHOLE, History
from territory.holders import NOBODY
from territory.measure.ensemble import BASE, Ensemble
from territory.numbers import percent, unit_words, written

COVERED_ENOUGH = 0.99  # of an area; what lies beyond the data is not guessed


def check_names(claim: Claim, reading: Reading, history: History) -> None:
    """Refuse actors and statuses that never occur.

    Parameters
    ----------
    claim : Claim
        The claim of the reading.
    reading : Reading
        Whose ``by``, ``from`` and ``to`` are looked at.
    history : History
        With every holder that there is.

    Raises
    ------
    ClaimError
        Naming the claim, the reading and what was probably meant.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> check_names(claim, Reading(name="b", quantity="gained", by=("aa",)), history)
    Traceback (most recent call last):
    territory.errors.ClaimError: claim 'x', reading 'b', 'by': unknown actor 'aa'; did you mean 'a'?
    """
    here = at(claim, reading)
    for key, names in (("by", reading.by), ("from", reading.from_), ("to", reading.to)):
        for name in names:
            _check_actor(name, reading, history, f"{here}, '{key}': ")


def _check_actor(name: str, reading: Reading, history: History, here: str) -> None:
    """Refuse an actor that never occurs, or occurs only with statuses that do not count."""
    if set(history.holders) & holders_named((name,), reading.status):
        return
    plain = {holder.actor for holder in history.holders}
    if name not in plain:
        known = plain | {str(holder) for holder in history.holders}
        raise ClaimError(f"{here}unknown actor '{name}'; {did_you_mean(name, known)}")
    having = sorted({str(each.status) for each in history.holders if each.actor == name})
    counted, listed = " or ".join(reading.status), ", ".join(f'"{each}"' for each in having)
    raise ClaimError(
        f"{here}'{name}' has no ground that is {counted}, only {' and '.join(having)};"
        f" say what counts: status = [{listed}]"
    )


def lacking(claim: Claim, reading: Reading, history: History) -> str:
    """Return which day or area of a reading the data do not have, or an empty string.

    Parameters
    ----------
    claim : Claim
        Whose days hold where the reading names none.
    reading : Reading
        With its area.
    history : History
        What it would be measured on.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> day, reading = date(2018, 2, 1), Reading(name="held", quantity="total", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=day, value=1, unit="km2", day=day,
    ...               reading=(reading,))
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> lacking(claim, reading, history)
    'there is no snapshot of 2018-02-01; the nearest day is 2018-01-01'
    """
    for day in days_of(reading, claim):
        if day not in history.days:
            return f"there is no snapshot of {day}; {near_hint(day, history.days)}"
    if reading.area == WHOLE:
        return ""
    if reading.area not in history.area_names:
        named = [name for name in history.area_names if name != WHOLE]
        hint = f"; {did_you_mean(reading.area, named)}" if named else ""
        return f"the area '{reading.area}' that it is about was not given{hint}"
    if history.lies_outside(reading.area):
        return f"the data do not reach the area '{reading.area}'; no zone of any day lies near it"
    return ""


def obstacle(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    whole: Whole | None,
    people: People | None,
) -> str:
    """Return why a reading cannot be measured, or an empty string.

    Parameters
    ----------
    claim : Claim
        With the unit that is counted.
    reading : Reading
        With its area and days.
    ensemble : Ensemble
        What it would be measured on.
    whole : Whole or None
        What a share is taken of, where the claim or the reading says so.
    people : callable or None
        The people on each face of a history, where there is a population raster.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> obstacle(claim, claim.reading[0], Ensemble(history), None, None)
    ''
    """
    if why := _nothing_to_count(claim, ensemble, people):
        return why
    if why := _missing_snapshots(claim, reading, ensemble):
        return why
    if claim.unit is Unit.UNITS:
        return _other_units(claim, reading, ensemble.units[BASE])
    share = ensemble.base.covered_share(reading.area)
    if share < COVERED_ENOUGH and not ensemble.base.is_endless:
        return f"the data cover only {percent(share)} of the area '{reading.area}'"
    if claim.unit in SHARES and whole is None:
        return _no_whole(reading, ensemble.base) or _empty_whole(claim, reading, ensemble.base)
    return ""


def _nothing_to_count(claim: Claim, ensemble: Ensemble, people: People | None) -> str:
    """Return why the data have nothing of what a claim counts, or an empty string."""
    if claim.unit is Unit.PEOPLE and people is None:
        return "counting people needs a population raster, and none was given"
    if claim.unit is Unit.PLACES and not ensemble.counts:
        return "the data are zones, not places, so places cannot be counted"
    if claim.unit is Unit.UNITS and not ensemble.units:
        return "the data are no fixed units (districts, cells), so units cannot be counted"
    return ""


def _other_units(claim: Claim, reading: Reading, units: History) -> str:
    """Return why these are not the units that a claim counts, or an empty string."""
    here, there = units.km2(units.mask(), reading.area), units_of(claim)
    where = "" if reading.area == WHOLE else f" in '{reading.area}'"
    if not here:
        return f"no unit lies mostly{where}"
    if there is None or there == here:
        return ""
    words = unit_words(claim.said_unit)
    return (
        f"it counts {written(claim.value)} of {written(there)} {words}, and the file"
        f" has {written(here)}{where}: these are other units, so their numbers cannot be compared"
    )


def _missing_snapshots(claim: Claim, reading: Reading, ensemble: Ensemble) -> str:
    """Return which snapshots a reading would need and cannot have, or an empty string."""
    days = days_of(reading, claim)
    for day in days:
        if day in ensemble.corrupt:
            why = ensemble.doubts.get(day, "")
            return f"the snapshot of {day} is judged corrupt{why and f': {why}'}"
    between = [day for day in ensemble.base.days if days[0] < day < days[-1]]
    if (reading.path or reading.quantity in SINCE_MOST) and set(between) <= ensemble.corrupt:
        nothing = "there is no path to follow" if reading.path else "no maximum can be seen"
        return f"no snapshot lies between {days[0]} and {days[-1]}, so {nothing}"
    return ""


def _no_whole(reading: Reading, base: History) -> str:
    """Return why nobody knows what ground a share is of, or an empty string.

    Zones of several sides may well be all of a place, as those of the West Bank are. Of one
    side alone that has all that was ever drawn, or nearly.
    """
    of_ground_held = reading.quantity in SINCE_MOST or (
        reading.quantity is Kind.SHARE and reading.from_
    )
    if of_ground_held or reading.area != WHOLE or not base.is_endless:
        return ""
    sides = {holder.actor for holder in base.holders if holder != NOBODY}
    if len(sides) != 1:
        return ""
    return (
        f"the zones are of {sides.pop()} alone, so all that they ever enclosed is no ground"
        " to take a share of; name an area (area = 'NAME' in the reading, and --area), or its size"
        " (of = KM2)"
    )


def _empty_whole(claim: Claim, reading: Reading, base: History) -> str:
    """Return why there is nothing to take a share of, or an empty string."""
    if whole_measure(claim, reading, base):
        return ""
    since_most = reading.quantity in SINCE_MOST
    named = " and ".join(reading.by if since_most else reading.from_) or "the area"
    days = days_of(reading, claim)
    when = f"from {days[0]} to {days[-1]}" if since_most else f"on {days[0]}"
    return f"{named} had nothing in '{reading.area}' {when} to take a share of"

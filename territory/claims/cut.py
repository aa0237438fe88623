"""What the hour of the day can change in a figure measured on the publisher's own map."""

from collections.abc import Mapping
from datetime import date

from territory.claims.measures import measure_of
from territory.claims.model import Claim, Kind, Reading, at, days_of
from territory.errors import ClaimError
from territory.estimate import Estimate
from territory.history import History
from territory.uncertainty import Ensemble

CUT_DAYS = 0.25  # how far a publisher's own cut may lie from the hour of the snapshot


def cut_interval(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    *,
    sizes: Mapping[str, float] | None = None,
) -> Estimate:
    """Return a figure measured on the publisher's own map, with what its hour can change.

    A snapshot shows the map at one hour of its day, a publisher cuts its months and weeks
    at another. Up to `CUT_DAYS` (six hours) either way are allowed for at each end, during
    which the figure is taken to change as fast as between the snapshots before and after.
    Nothing else is: the line of these polygons is the line that was measured.

    Parameters
    ----------
    claim, reading
        With `same_map`.
    ensemble : Ensemble
        Of drawn zones.
    sizes : mapping of str to float
        As for `judge`.

    Raises
    ------
    ClaimError
        If the zones come from places, which nobody drew.
    """
    if ensemble.draws or ensemble.counts:
        raise ClaimError(
            f"{at(claim, reading)}: 'same_map' is for zones that a"
            " publisher drew, and these come from places"
        )
    history, days = ensemble.base, days_of(reading, claim)

    def figure(days: tuple[date, ...]) -> float:
        measure = measure_of(claim, reading, history, days=days, sizes=sizes, skip=ensemble.corrupt)
        return measure.value(history)

    value, low, high = figure(days), 0.0, 0.0
    for end, day in enumerate(days):
        steps = [0.0]
        for other in _beside(day, history, ensemble.corrupt):
            share = min(1.0, CUT_DAYS / abs((other - day).days))
            moved = (*days[:end], other, *days[end + 1 :])
            steps.append(share * (figure(moved) - value))
        low, high = low + min(steps), high + max(steps)
    floor = value + low if reading.quantity is Kind.NET else max(0.0, value + low)
    return Estimate(value, min(floor, value), value + high, str(claim.unit))


def _beside(day: date, history: History, corrupt: frozenset[date]) -> list[date]:
    """Return the snapshots before and after a day, as far as there are any."""
    good = [each for each in history.days if each not in corrupt]
    before = [each for each in good if each < day][-1:]
    return before + [each for each in good if each > day][:1]

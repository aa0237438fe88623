"""What a calibration found, as rows of a table and in sentences."""

from collections.abc import Iterator

from territory.measure.calibrate import Calibration, LineFit, PairFit, Side
from territory.measure.rows import CALIBRATE_COLUMNS, Row

_HAT = 3  # series, each of which has an error of its own

LOWER_BOUND = (
    "publishers who look at one another share errors, which then do not part their lines: the"
    " errors are lower bounds"
)


def calibrate_rows(found: Calibration) -> list[Row]:
    """Return the error of each series, by `CALIBRATE_COLUMNS`.

    Parameters
    ----------
    found : Calibration
        Metres are rounded to whole ones.
    """
    return [dict(zip(CALIBRATE_COLUMNS, _row(fit, found), strict=True)) for fit in found.fits]


def _row(fit: LineFit, found: Calibration) -> tuple[str | float | int, ...]:
    metres = (round(each, 0) for each in (fit.error_m, fit.length_m, fit.offset_m))
    return (fit.series, *metres, len(found.days), round(fit.lines_km, 1))


def source_of(fit: LineFit, found: Calibration) -> str:
    """Say where the error of a series comes from, for `error_source` of a profile.

    Parameters
    ----------
    fit : LineFit
        Of the series.
    found : Calibration
        That it is part of.
    """
    others = " and ".join(each.series for each in found.fits if each != fit)
    first, last = found.days[0][0], found.days[-1][0]
    days = f"on {first}" if first == last else f"on {len(found.days)} days, {first} to {last}"
    lag = "; the lag from how much ground they show changing hands between the same two days"
    return (
        f"fitted from the distance of its front to {others} {days}, {fit.lines_km:,.0f} km of"
        f" front a day{lag if fit.lag else ''}; a lower bound, as publishers who look at one"
        " another share errors"
    )


def sentences(found: Calibration) -> Iterator[str]:
    """Say how far the fronts lie apart, what was compared, and what the errors are worth.

    Parameters
    ----------
    found : Calibration

    Yields
    ------
    str
        Without a capital in front and a stop at its end.
    """
    for fit, side in zip(found.fits, found.sides, strict=True):
        yield f"{fit.series}: the front of {_actors(side)}"
    yield from (_pair(each, found.reach_m) for each in found.pairs)
    if len(found.fits) < _HAT:
        yield (
            "two series do not say whose error it is, so each is taken to have half of the"
            " variance; a third series tells them apart"
        )
    for fit in found.fits:
        if fit.hat_m2 is not None:
            yield (
                f"{fit.series}: the three series together leave it a variance of"
                f" {fit.hat_m2:,.0f} m2, which no error has, so half of what parts it from the"
                " nearest series is taken; its errors are shared, or too small to be seen here"
            )
    yield from _lags(found)
    yield (
        "bias_m is how far a side's ground reaches beyond the mean of the series; whose mistake it"
        " is they do not say, so no profile gets it"
    )
    yield LOWER_BOUND


def _lags(found: Calibration) -> Iterator[str]:
    """Say how late or early the series are redrawn, or why that is not known."""
    yield from map(_lag, found.pairs)
    if any(each.lag.lag_days is None for each in found.pairs):
        alone = "" if len(found.fits) < _HAT else ": that takes what all three pairs tell"
        yield f"no profile gets redraw_lag_days{alone}"
    for fit in found.fits:
        if fit.lag is not None:
            yield (
                f"{fit.series}: redrawn {fit.lag.days:.1f} days late or early, one standard"
                " deviation"
            )
        if fit.lag is not None and fit.lag.hat_days2 is not None:
            yield (
                f"{fit.series}: the three series together leave its lag a variance of"
                f" {fit.lag.hat_days2:,.0f} days2, which none has, so half of what parts it from"
                " the nearest series is taken"
            )


def _lag(pair: PairFit) -> str:
    lag = pair.lag
    both = f"{pair.one} and {pair.other}: {lag.km2:,.0f} km2 change hands once and for good on both"
    if lag.lag_days is None:
        return f"{both}; how late or early they are redrawn is not known: {lag.unknown}"
    return (
        f"{both}, {100 * lag.same_share:.0f} % of it between the same two days, as if each were"
        f" redrawn {lag.lag_days:.1f} days late or early (standard error {lag.error_days:.1f})"
    )


def _actors(side: Side) -> str:
    return " and ".join(side) + (" together" if side[1:] else "")


def _pair(pair: PairFit, reach_m: float) -> str:
    beyond = "farther out" if pair.offset_m >= 0 else "farther in"
    moves = (
        "nothing moved on both"
        if pair.redrawing is None
        else f"moves at the same place in the same period correlate {pair.redrawing:.2f}, true"
        " ones among them"
    )
    return (
        f"{pair.one} and {pair.other}: sd {pair.sd_m:,.0f} m over {pair.length_m / 1e3:,.1f} km,"
        f" {pair.other} {abs(pair.offset_m):,.0f} m {beyond}; {pair.lines_km:,.0f} km of front a"
        f" day, besides {pair.alone_km[0]:,.0f} and {pair.alone_km[1]:,.0f} km without the other"
        f" within {reach_m / 1e3:g} km; {moves}"
    )

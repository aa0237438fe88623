"""Fit the errors of the built-in publishers' lines and their lags, and write the figures.

Usage: ``python scripts/fit_profiles.py --deepstate-raw PATH... --owl PATH... --nzz PATH...
--isw PATH... [--out FILE]``, where every PATH holds files of that publisher. Prints the table;
FILE (``data/line_errors.toml``) takes all figures with their days. The values of the profiles in
``territory/read/profiles`` are those figures, rounded to ten metres of error, a hundred of
length and whole days of lag; they are set by hand, so that a change is seen.

No day after `FIT_UNTIL` is read: what is later is left to test the intervals with.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from territory.job.days import Period
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.measure.calibrate import REACH_M, Calibration, calibrate
from territory.measure.calibration_words import calibrate_rows, sentences
from territory.measure.ensemble import Ensemble
from territory.measure.lag_fit import LagFit
from territory.measure.rows import CALIBRATE_COLUMNS
from territory.publish.write import csv_text
from territory.read.profile import read_profile
from territory.read.world import read_countries

FIT_UNTIL = date(2024, 6, 30)
SIDE = ("russia", "russia-before-2022")  # one side's ground, under two names in deepstate-raw
OUT = Path(__file__).resolve().parents[1] / "data" / "line_errors.toml"


@dataclass(frozen=True)
class Fit:
    """Which series are laid over one another, from when to when, and why then."""

    name: str
    profiles: tuple[str, ...]
    first: date
    last: date
    why: str
    reach_m: float = REACH_M


FITS = (
    Fit(
        "three",
        ("deepstate-raw", "owl", "nzz"),
        date(2022, 12, 1),
        date(2024, 3, 31),
        "NZZ: from Project Owl's first month; in April 2024 NZZ's map loses 16,500 km2 at once",
    ),
    Fit(
        "two",
        ("deepstate-raw", "owl"),
        date(2022, 12, 1),
        FIT_UNTIL,
        "DeepState and Project Owl: NZZ's lines lie twice as far off, so that parting these two by"
        " the three-cornered hat parts them by its noise",
    ),
    Fit(
        "isw",
        ("isw", "nzz", "deepstate-raw"),
        date(2022, 4, 1),
        date(2022, 8, 31),
        "the months that ISW's layers are at hand for; few days have all three, and the maps of a"
        " war of movement hold pockets of their own, so fronts are compared within 10 km",
        10_000.0,
    ),
)


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for profile in ("deepstate-raw", "owl", "nzz", "isw"):
        parser.add_argument(f"--{profile}", nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = vars(parser.parse_args())
    parts = [f"# Figures of scripts/fit_profiles.py; no day after {FIT_UNTIL} is in them.\n"]
    for fit in FITS:
        series = {
            profile: ensemble(profile, arguments[profile.replace("-", "_")], fit)
            for profile in fit.profiles
        }
        names = {read_profile(name).publisher: each for name, each in series.items()}
        found = calibrate(names, read_countries(), side=SIDE, reach_m=fit.reach_m)
        print(csv_text(CALIBRATE_COLUMNS, calibrate_rows(found)))
        print(*sentences(found), sep="\n", end="\n\n", flush=True)
        parts.append("\n".join(toml_lines(fit, found)))
    arguments["out"].write_text("\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def ensemble(profile: str, paths: list[str], fit: Fit) -> Ensemble:
    """Read a series between the days of a fit."""
    return load_series(
        SeriesSpec(profile=profile, path=tuple(paths)),
        Path(),
        areas={},
        rule="all",
        more_days=(),
        wanted_days=(),
        uncertainty=UncertaintySpec(),
        span=Period(fit.first, min(fit.last, FIT_UNTIL)),
    ).ensemble


def toml_lines(fit: Fit, found: Calibration) -> Iterator[str]:
    """Yield the figures of a fit as TOML."""
    yield "[[fit]]"
    yield f"name = {json.dumps(fit.name)}"
    yield f"why = {json.dumps(fit.why)}"
    yield f"reach_m = {fit.reach_m:.0f}"
    for at, each in enumerate(found.fits):
        days = ", ".join(str(together[at]) for together in found.days)
        yield from ("", "  [[fit.series]]", f"  publisher = {json.dumps(each.series)}")
        yield f"  boundary_error_m = {each.error_m:.0f}"
        yield f"  correlation_length_m = {each.length_m:.0f}"
        yield f"  offset_m = {each.offset_m:.0f}  # beyond the mean of the series"
        yield f"  lines_km = {each.lines_km:.0f}  # a day"
        if each.hat_m2 is not None:
            yield f"  hat_m2 = {each.hat_m2:.0f}  # below zero: half of the nearest pair instead"
        if each.lag is not None:
            yield f"  redraw_lag_days = {each.lag.days:.1f}"
        yield f"  days = [{days}]"
    for pair in found.pairs:
        yield from ("", "  [[fit.pair]]")
        yield f"  publishers = {json.dumps([pair.one, pair.other])}"
        yield f"  sd_m = {pair.sd_m:.0f}"
        yield f"  offset_m = {pair.offset_m:.0f}  # of the second beyond the first"
        yield f"  correlation_length_m = {pair.length_m:.0f}"
        yield f"  lines_km = {pair.lines_km:.0f}  # a day"
        yield f"  alone_km = [{pair.alone_km[0]:.0f}, {pair.alone_km[1]:.0f}]"
        if pair.redrawing is not None:
            yield f"  redrawing_correlation = {pair.redrawing:.2f}"
        yield from lag_lines(pair.lag)
    yield ""


def lag_lines(lag: LagFit) -> Iterator[str]:
    """Yield what a pair of series says of how late or early they are redrawn, as TOML."""
    yield f"  changed_once_km2 = {lag.km2:.0f}  # and for good, on both"
    yield f"  same_step_share = {lag.same_share:.3f}  # of it, between the same two days"
    if lag.lag_days is None:
        yield f"  lag_unknown = {json.dumps(lag.unknown)}"
    else:
        yield f"  redraw_lag_days = {lag.lag_days:.1f}"
        yield f"  redraw_lag_error_days = {lag.error_days:.1f}"


if __name__ == "__main__":
    main()

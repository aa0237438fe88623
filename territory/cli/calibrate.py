"""The verb calibrate: the error of publishers' lines from how far their fronts lie apart."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.arguments import load, publishers_of, spec_of
from territory.cli.options import Json, Profile, ZoneRules
from territory.cli.output import note, print_table, tell
from territory.errors import InputError

if TYPE_CHECKING:
    from territory.measure.calibrate import Calibration, LineFit


def calibrate(
    *,
    path_a: Annotated[str, typer.Argument(help="Files of one publisher.", metavar="A")],
    path_b: Annotated[str, typer.Argument(help="Files of another.", metavar="B")],
    path_c: Annotated[str, typer.Argument(help="Files of a third.", metavar="[C]")] = "",
    profile: Profile = "",
    profile_b: Annotated[str, typer.Option("--profile-b", help="How to read B.")] = "",
    profile_c: Annotated[str, typer.Option("--profile-c", help="How to read C.")] = "",
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FILE.toml",
            help="The profile of A with the error of its lines; those of B and C beside it.",
        ),
    ],
    side: Annotated[
        str,
        typer.Option(
            metavar="ACTORS",
            help="Whose front, with commas between; the actor that all have, with most ground.",
        ),
    ] = "",
    within: Annotated[
        int, typer.Option(min=0, metavar="DAYS", help="How many days apart two maps may be.")
    ] = 1,
    rules: ZoneRules,
    as_json: Json = False,
) -> int:
    """Find the error of each publisher's lines from how far their fronts lie apart.

    For example: territory calibrate deepstate/ owl/ --profile deepstate-daily --profile-b owl
    --out calibrated.toml

    With two publishers each is taken to have half of the variance; with three each has its own.
    What publishers have from one another cannot be seen: the errors are lower bounds.
    How late or early they redraw is found from the ground that changes hands on both maps.
    """
    from territory.job.spec import DRAWN, kind_of
    from territory.measure.calibrate import calibrate as calibrated
    from territory.measure.calibration_words import calibrate_rows, sentences
    from territory.measure.rows import CALIBRATE_COLUMNS
    from territory.one_piece import check_place
    from territory.read.world import read_countries

    if profile_c and not path_c:
        raise typer.BadParameter("--profile-c is for a third publisher; name its files: A B C")
    if out.suffix.lower() != ".toml":
        raise InputError("name a .toml file, which --profile can read", file=str(out))
    paths = [path_a, path_b, *([path_c] if path_c else [])]
    specs = [
        spec_of([path], how, rules)
        for path, how in zip(paths, (profile, profile_b, profile_c), strict=False)
    ]
    profiles = [each.profile for each in specs]
    places = [out, *(out.with_stem(f"{out.stem}-{mark}") for mark in "bc")][: len(profiles)]
    for place in places:
        check_place(place)
    for each in profiles:
        if kind_of(each) != DRAWN:
            raise InputError(
                f"nobody drew the lines of '{each}': calibrate compares zones that publishers drew"
            )
    loaded = [load(each, {}, "all", intervals=False) for each in specs]
    ensembles = dict(zip(publishers_of(profiles), (each.ensemble for each in loaded), strict=True))
    actors = [each.strip() for each in side.split(",") if each.strip()]
    found = calibrated(ensembles, read_countries(), side=actors, within_days=within)
    _write(found, profiles, places)
    print_table(CALIBRATE_COLUMNS, calibrate_rows(found), as_json=as_json)
    for line in sentences(found):
        note(line)
    note(f"written to {', '.join(map(str, places))}")
    days = [tuple(together[at] for together in found.days) for at in range(len(loaded))]
    concerning = (
        each.concerning(used, by_name=True) for each, used in zip(loaded, days, strict=True)
    )
    return tell(chain.from_iterable(concerning))


def _write(found: "Calibration", profiles: Iterable[str], places: Iterable[Path]) -> None:
    """Write the profile of each series with the error of its lines."""
    from territory.one_piece import file_in_one_piece
    from territory.read.fitted_profile import fitted_profile

    for fit, profile, place in zip(found.fits, profiles, places, strict=True):
        text = fitted_profile(profile, _values(fit, found), _remarks(fit, found))
        with file_in_one_piece(place) as part:
            part.write_text(text, encoding="utf-8", newline="\n")


def _values(fit: "LineFit", found: "Calibration") -> dict[str, float | str]:
    from territory.measure.calibration_words import source_of

    metres = {"boundary_error_m": fit.error_m, "correlation_length_m": fit.length_m}
    days = {"redraw_lag_days": round(fit.lag.days, 1)} if fit.lag else {}
    return {
        **{name: float(round(value)) for name, value in metres.items()},
        **days,
        "error_source": source_of(fit, found),
    }


def _remarks(fit: "LineFit", found: "Calibration") -> list[str]:
    from territory.measure.calibration_words import sentences

    days = ", ".join(dict.fromkeys(str(each) for together in found.days for each in together))
    return [
        *sentences(found),
        f"bias_m = {fit.offset_m:z.0f}",
        f"days: {days}",
    ]

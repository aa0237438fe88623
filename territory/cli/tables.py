"""Verbs that print what is in the files: areas, change, inspect, compare."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from territory.cli.given import (
    areas_of,
    day_fields,
    day_rule,
    lines_of,
    load,
    publisher_of,
    regions_of,
    spec_of,
)
from territory.cli.options import (
    ActorField,
    AreaOption,
    CorrelationM,
    DayField,
    DayFormat,
    DaysOption,
    ErrorM,
    EvenOdd,
    Json,
    Paths,
    Profile,
    RegionsName,
    RegionsOption,
    UntilField,
    ZonesDay,
)
from territory.cli.output import UNUSABLE, columns_of, note, print_table, told
from territory.errors import InputError


def areas(
    paths: Paths,
    profile: Profile,
    area: AreaOption = None,
    days: DaysOption = "all",
    regions: RegionsOption = None,
    regions_name: RegionsName = "name",
    regions_even_odd: EvenOdd = False,
    actor_field: ActorField = "",
    day_field: DayField = "",
    until_field: UntilField = "",
    day_format: DayFormat = "",
    day: ZonesDay = "",
    boundary_error_m: ErrorM = None,
    correlation_length_m: CorrelationM = None,
    as_json: Json = False,
) -> int:
    """Print the area every holder has on every day."""
    from territory.results import AREA_COLUMNS, area_rows

    provinces = regions_of(regions, regions_name, even_odd=regions_even_odd)
    lines = lines_of(boundary_error_m, correlation_length_m)
    fields = day_fields(day_field, until_field, day_format)
    spec = spec_of(paths, profile, actor_field, day, lines=lines, fields=fields)
    loaded = load(spec, areas_of(area), day_rule(days), regions=provinces)
    rows = area_rows("", loaded.ensemble, loaded.days)
    print_table(columns_of(AREA_COLUMNS, loaded), rows, as_json=as_json)
    return told(loaded.unusable)


def change(
    paths: Paths,
    profile: Profile,
    from_day: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")] = "",
    to_day: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = "",
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="From every day to every later one.")
    ] = False,
    days: DaysOption = "all",
    area: AreaOption = None,
    regions: RegionsOption = None,
    regions_name: RegionsName = "name",
    regions_even_odd: EvenOdd = False,
    actor_field: ActorField = "",
    day_field: DayField = "",
    until_field: UntilField = "",
    day_format: DayFormat = "",
    boundary_error_m: ErrorM = None,
    correlation_length_m: CorrelationM = None,
    as_json: Json = False,
) -> int:
    """Print who lost how much to whom between two days, or between all pairs of days."""
    from territory.read.tables import parse_day
    from territory.results import CHANGE_COLUMNS, change_rows, pair_rows

    if all_pairs == bool(from_day or to_day) or bool(from_day) != bool(to_day):
        raise typer.BadParameter("give --from and --to, or --all-pairs with --days")
    rule = day_rule(days)
    if not all_pairs:
        start, end = parse_day(from_day, file="--from"), parse_day(to_day, file="--to")
        if start >= end:
            raise InputError(f"--from {start} must come before --to {end}")
        rule = (start, end)
    provinces = regions_of(regions, regions_name, even_odd=regions_even_odd)
    lines = lines_of(boundary_error_m, correlation_length_m)
    fields = day_fields(day_field, until_field, day_format)
    spec = spec_of(paths, profile, actor_field, lines=lines, fields=fields)
    loaded = load(spec, areas_of(area), rule, regions=provinces)
    if all_pairs:
        rows = pair_rows("", loaded.ensemble, loaded.days)
    else:
        rows = change_rows("", loaded.ensemble, [(start, end)])
    print_table(columns_of(CHANGE_COLUMNS, loaded), rows, as_json=as_json)
    return told(loaded.unusable)


def inspect(
    paths: Paths,
    profile: Profile,
    actor_field: ActorField = "",
    day_field: DayField = "",
    until_field: UntilField = "",
    day_format: DayFormat = "",
    day: ZonesDay = "",
    as_json: Json = False,
) -> int:
    """Print what is in the files and what is wrong with them."""
    from territory.findings import Severity
    from territory.results import QUALITY_COLUMNS, quality_rows

    fields = day_fields(day_field, until_field, day_format)
    spec = spec_of(paths, profile, actor_field, day, fields=fields)
    loaded = load(spec, {}, "all", intervals=False)
    rows = quality_rows("", loaded.findings)
    print_table(QUALITY_COLUMNS[1:], rows, as_json=as_json)
    history = loaded.ensemble.base
    held = ", ".join(str(holder) for holder in history.holders[1:])
    note(f"{len(history.days)} days from {history.days[0]} to {history.days[-1]}; held by {held}")
    counts = Counter(str(finding.severity) for finding in loaded.findings)
    note(", ".join(f"{counts[s]} {s}" for s in map(str, Severity)))
    return UNUSABLE if loaded.unusable else 0


def compare(
    path_a: Annotated[str, typer.Argument(help="Files of one publisher.", metavar="PATH_A")],
    path_b: Annotated[str, typer.Argument(help="Files of another.", metavar="PATH_B")],
    profile: Profile,
    profile_b: Annotated[str, typer.Option("--profile-b", help="How to read PATH_B.")],
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last common day.")] = "",
    area: AreaOption = None,
    boundary_error_m: ErrorM = None,
    correlation_length_m: CorrelationM = None,
    picture: Annotated[Path | None, typer.Option("--map", help="Draw a map: FILE.png.")] = None,
    as_json: Json = False,
) -> int:
    """Print where two publishers differ, by pair of holders, and draw it.

    The column 'ground' says who speaks of it: 'both'; 'one', in a country where only one of
    them draws anything; 'sea', beyond every coast. Only 'both' is a dispute.
    """
    from territory.compare import compare as compared
    from territory.compare import last_common_day
    from territory.disputes import pieces, sentence
    from territory.maps.subject import is_framed
    from territory.pictures import draw_comparison
    from territory.read.tables import parse_day
    from territory.read.world import read_countries
    from territory.results import COMPARE_COLUMNS, compare_rows
    from territory.uncertainty import BoundaryError
    from territory.write import check_place

    if picture is not None:
        check_place(picture)
    named = areas_of(area)
    lines = lines_of(boundary_error_m, correlation_length_m)
    asked = (parse_day(day, file="--day"),) if day else ()
    one = load(spec_of([path_a], profile, "", lines=lines), named, "all", asked)
    last = asked or one.ensemble.base.days[-1:]  # spans of the other are asked for that day
    other = load(spec_of([path_b], profile_b, ""), named, "all", last, intervals=False)
    when = asked[0] if asked else last_common_day(one.ensemble.base, other.ensemble.base)
    found = compared(
        one.ensemble.base,
        other.ensemble.base,
        day_one=when,
        day_other=when,
        area=next(iter(named), None),
    )
    ground = pieces(found, read_countries())
    rows = compare_rows(found, ground, one.ensemble.boundary or BoundaryError())
    print_table(COMPARE_COLUMNS, rows, as_json=as_json)
    note(f"{when}: {sentence(ground)}")
    if picture is not None:
        names = publisher_of(profile), publisher_of(profile_b)
        framed = is_framed(one.ensemble.base, next(iter(named), None))
        draw_comparison(found, names, picture, framed=framed)
    return told((*one.unusable_on(when), *other.unusable_on(when)))

"""Verbs that print what is in the files: areas, change, inspect, compare."""

from collections import Counter
from itertools import chain, combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.arguments import (
    areas_of,
    day_of,
    day_rule,
    load,
    publisher_of,
    refuse,
    regions_of,
    rims_of,
    span_of,
    spec_of,
)
from territory.cli.options import (
    AreaOption,
    DatedReading,
    DayRange,
    DaysOption,
    Json,
    Lines,
    Paths,
    Profile,
    Provinces,
    Reading,
    RimOption,
    Workers,
)
from territory.cli.output import UNUSABLE, columns_of, note, print_table, tell
from territory.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from territory.job.series import Loaded
    from territory.measure.rows import Row


def areas(
    *,
    paths: Paths,
    profile: Profile,
    area: AreaOption = None,
    days: DaysOption = "all",
    span: DayRange,
    provinces: Provinces,
    rim_error_m: RimOption = None,
    reading: DatedReading,
    lines: Lines,
    where: Workers,
    as_json: Json = False,
) -> int:
    """Print the area every holder has on every day.

    The columns: km2; low and high, how far the truth on the ground may be off; drawn_low and
    drawn_high, how well the figure follows from the map as it is drawn (the hour of the cut,
    tracing), empty for zones around places.
    """
    from territory.measure.rows import AREA_COLUMNS, area_rows

    named, regions = rims_of(areas_of(area), regions_of(provinces), rim_error_m)
    spec = spec_of(paths, profile, lines, reading)
    rule, period = day_rule(days), span_of(span)
    loaded = load(
        spec, named, rule, regions=regions, span=period, where=where, only_areas=True, changes=False
    )
    rows = area_rows("", loaded.ensemble, loaded.days)
    print_table(columns_of(AREA_COLUMNS, loaded), rows, as_json=as_json)
    return tell(loaded.concerning(loaded.days, by_name=not isinstance(rule, str)))


def change(
    *,
    paths: Paths,
    profile: Profile,
    from_day: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")] = "",
    to_day: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = "",
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="From every day to every later one.")
    ] = False,
    days: DaysOption = "",
    by: Annotated[
        str, typer.Option("--by", help="region: the net change of everyone in each of --regions.")
    ] = "",
    as_components: Annotated[
        bool,
        typer.Option("--components", help="Quantity, exchange and shift of everyone's change."),
    ] = False,
    area: AreaOption = None,
    provinces: Provinces,
    rim_error_m: RimOption = None,
    reading: Reading,
    lines: Lines,
    where: Workers,
    as_json: Json = False,
) -> int:
    """Print who lost how much to whom between two days, or between all pairs of days.

    The columns are those of 'areas': low and high on the ground, drawn_low and drawn_high as drawn.

    With --by region: what everyone gained and lost in each region instead, with the net and
    its low and high; share is how much of the net change of all regions lies in this one,
    in percent. For example: territory change zones/ --profile zones --from 2025-11-01
    --to 2025-12-01 --regions oblasts.geojson --by region

    With --components: what the change is made of instead. quantity, how much more or less
    someone has; exchange, what two swapped, as where a front sways or is drawn again a little
    beside itself; shift, the rest, among three or more (Pontius and Santacruz, 2014). Together
    they are what someone gained and lost. The row 'everyone' counts all that changed hands once.
    """
    if all_pairs == bool(from_day or to_day) or bool(from_day) != bool(to_day):
        raise typer.BadParameter("give --from and --to, or --all-pairs with --days")
    if by and (by != "region" or provinces.regions is None):
        raise typer.BadParameter("--by takes 'region', and needs the regions: --regions PLACE")
    refuse({"--components": bool(by) and as_components}, "--by region is a table of its own")
    refuse({"--area": area if by else None}, "a table by region has no row for it")
    rule = day_rule(days or "all")
    start, end = day_of(from_day, "--from"), day_of(to_day, "--to")
    if start and end:
        refuse({"--days": days}, "a change is from one day to another; --all-pairs takes --days")
        if start >= end:
            raise InputError(f"--from {start} must come before --to {end}")
        rule = (start, end)
    named, regions = rims_of(areas_of(area), regions_of(provinces), rim_error_m)
    spec = spec_of(paths, profile, lines, reading)
    loaded = load(spec, named, rule, regions=regions, where=where, only_areas=True)
    pair = (start, end) if start and end else None
    columns, rows = _changed(loaded, pair, by_region=bool(by), as_components=as_components)
    print_table(columns, rows, as_json=as_json)
    return tell(loaded.concerning(loaded.days, by_name=not isinstance(rule, str)))


def _changed(
    loaded: "Loaded", pair: "tuple[date, date] | None", *, by_region: bool, as_components: bool
) -> "tuple[tuple[str, ...], list[Row]]":
    """Return the columns and rows of what changed between two days, or all pairs."""
    from territory.measure.rows import CHANGE_COLUMNS, change_rows, pair_rows

    if by_region:
        from territory.claims.net import NET_COLUMNS, net_rows

        pairs = [pair] if pair else combinations(loaded.days, 2)
        regions = loaded.ensemble.base.area_names[1:]  # after all ground
        return NET_COLUMNS, net_rows(loaded.ensemble, pairs, regions)
    if as_components:
        from territory.claims.component_rows import COMPONENT_COLUMNS, component_rows

        pairs = [pair] if pair else combinations(loaded.days, 2)
        return columns_of(COMPONENT_COLUMNS, loaded), component_rows("", loaded.ensemble, pairs)
    columns = columns_of(CHANGE_COLUMNS, loaded)
    if pair:
        return columns, change_rows("", loaded.ensemble, [pair])
    return columns, pair_rows("", loaded.ensemble, loaded.days)


def _kinds(wanted: bool) -> None:
    if wanted:
        from territory.findings import FindingKind

        rows = [{"kind": str(each), "meaning": each.meaning} for each in FindingKind]
        print_table(("kind", "meaning"), rows, as_json=False)
        raise typer.Exit


def inspect(
    *,
    paths: Paths,
    profile: Profile,
    reading: DatedReading,
    kinds: Annotated[
        bool,
        typer.Option(
            "--kinds", callback=_kinds, is_eager=True, help="Print what each kind of finding means."
        ),
    ] = False,
    as_json: Json = False,
) -> int:
    """Print what is in the files and what is wrong with them."""
    from territory.findings import Severity
    from territory.measure.rows import QUALITY_COLUMNS, quality_rows

    loaded = load(spec_of(paths, profile, reading), {}, "all", intervals=False)
    rows = quality_rows("", loaded.findings)
    print_table(QUALITY_COLUMNS[1:], rows, as_json=as_json)
    history = loaded.ensemble.base
    held = ", ".join(str(holder) for holder in history.holders[1:])
    note(f"{len(history.days)} days from {history.days[0]} to {history.days[-1]}; held by {held}")
    counts = Counter(str(finding.severity) for finding in loaded.findings)
    note(", ".join(f"{counts[s]} {s}" for s in map(str, Severity)))
    return UNUSABLE if loaded.unusable else 0


def compare(
    *,
    path_a: Annotated[str, typer.Argument(help="Files of one publisher.", metavar="PATH_A")],
    path_b: Annotated[str, typer.Argument(help="Files of another.", metavar="PATH_B")],
    profile: Profile,
    profile_b: Annotated[str, typer.Option("--profile-b", help="How to read PATH_B.")],
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last common day.")] = "",
    area: AreaOption = None,
    lines: Lines,
    picture: Annotated[Path | None, typer.Option("--out", help="Draw a map: FILE.png.")] = None,
    as_json: Json = False,
) -> int:
    """Print where two publishers differ, by pair of holders, and draw it.

    The column 'ground' says who speaks of it: 'both'; 'one', in a country where only one of
    them draws anything; 'sea', beyond every coast. Only 'both' is a dispute.
    """
    from territory.measure.compare import compare_on
    from territory.measure.disputes import pieces, sentence
    from territory.measure.rows import COMPARE_COLUMNS, compare_rows
    from territory.one_piece import check_place
    from territory.read.aoi import place_name
    from territory.read.world import read_countries

    if picture is not None:
        check_place(picture)
    named = areas_of(area)
    chosen = day_of(day, "--day")
    wanted_days = (chosen,) if chosen else ()
    one = load(spec_of([path_a], profile, lines), named, "all", wanted_days)
    last = wanted_days or one.ensemble.base.days[-1:]  # spans of the other are asked for that day
    other = load(spec_of([path_b], profile_b), named, "all", last, intervals=False)
    found, boundary = compare_on(
        one.ensemble, other.ensemble, day=chosen, area=next(iter(named), None)
    )
    ground = pieces(found, read_countries())
    rows = compare_rows(found, ground, boundary)
    print_table(COMPARE_COLUMNS, rows, as_json=as_json)
    note(f"{found.days[0]}: {sentence(ground)}")
    if picture is not None:
        from territory.maps.kinds.differences import draw_comparison
        from territory.maps.subject import is_framed

        names = publisher_of(profile), publisher_of(profile_b)
        framed = is_framed(one.ensemble.base, next(iter(named), None))
        called = next((name or place_name((area or [""])[0]) for name in named), "")
        draw_comparison(found, names, picture, framed=framed, area=called)
    both = (each.concerning(found.days[:1], by_name=True) for each in (one, other))
    return tell(chain.from_iterable(both))

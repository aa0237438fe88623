"""Verbs that print what is in the files: areas, change, inspect, compare."""

from collections import Counter
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.arguments import (
    areas_of,
    coloured,
    day_of,
    day_rule,
    load,
    publishers_of,
    refuse,
    refuse_further_areas,
    regions_of,
    rims_of,
    rules_of,
    span_of,
    spec_of,
)
from territory.cli.options import (
    AreaOption,
    Colours,
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
from territory.errors import InputError, UnrecognisedError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from territory.findings import Finding
    from territory.job.series import Loaded
    from territory.job.spec import SeriesSpec
    from territory.measure.rows import Row
    from territory.read.aoi import DrawnArea


def areas(
    *,
    paths: Paths,
    profile: Profile = "",
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

    For example: territory areas zones/ --profile zones --area Ukraine --days month-start

    The columns: km2; low and high, how far the truth on the ground may be off; drawn_low and
    drawn_high, how well the figure follows from the map as it is drawn (the hour of the cut,
    tracing), empty for zones around places.
    """
    from territory.measure.rows import AREA_COLUMNS, area_rows

    named, regions = rims_of(areas_of(area), regions_of(provinces), rim_error_m)
    spec = spec_of(paths, profile, lines, reading, where=where)
    rule, period = day_rule(days), span_of(span)
    loaded = load(
        spec,
        named,
        rule,
        regions=regions,
        span=period,
        where=where,
        only_areas=True,
        changes=False,
        uncut=True,
        tiles=True,
    )
    rows = area_rows("", loaded.ensemble, loaded.days)
    print_table(columns_of(AREA_COLUMNS, loaded), rows, as_json=as_json)
    return tell(loaded.concerning(loaded.days, by_name=not isinstance(rule, str)))


def change(
    *,
    paths: Paths,
    profile: Profile = "",
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

    For example: territory change zones/ --profile zones --from 2025-11-01 --to 2025-12-01

    The columns are those of 'areas': low and high on the ground, drawn_low and drawn_high as drawn.

    With --by region: what everyone gained and lost in each region instead, with the net and
    its low and high; share is how much of the net change of all ground lies in this one,
    in percent, and empty where the interval of that change holds zero: a part of what may be
    nothing is no share. For example: territory change zones/ --profile zones --from 2025-11-01
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
    spec = spec_of(paths, profile, lines, reading, where=where)
    loaded = load(
        spec,
        named,
        rule,
        regions=regions,
        where=where,
        only_areas=True,
        uncut=True,
        tiles=True,
    )
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
    profile: Profile = "",
    reading: DatedReading,
    kinds: Annotated[
        bool,
        typer.Option(
            "--kinds", callback=_kinds, is_eager=True, help="Print what each kind of finding means."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.toml", help="Write the profile that reads the files."),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="WHAT",
            help="Exit with 3 on any: warning (or worse), error, or a kind such as jump.",
        ),
    ] = "",
    as_json: Json = False,
) -> int:
    """Print what is in the files and what is wrong with them.

    Files that no built-in profile reads are shown (columns, values, days) and a profile is
    proposed for them, which --out writes. For example: territory inspect maps/ --out maps.toml

    With --fail-on the exit code is 3 also where something of that sort was found, and a line says
    what: for alerts. warning is a warning or an error; kinds are listed by --kinds. For example:
    territory inspect zones/ --profile zones --fail-on jump
    """
    from territory.findings import Severity
    from territory.measure.rows import QUALITY_COLUMNS, quality_rows

    fails = _fails_on(fail_on)
    loaded, text = _inspected(paths, profile, reading, out)
    if out is not None:
        _write_profile(text, out, reads=loaded is not None)
    rows = quality_rows("", loaded.findings) if loaded else []
    print_table(QUALITY_COLUMNS[1:], rows, as_json=as_json)
    if loaded is None:
        return 1
    history = loaded.ensemble.base
    held = ", ".join(str(holder) for holder in history.holders[1:])
    note(f"{len(history.days)} days from {history.days[0]} to {history.days[-1]}; held by {held}")
    counts = Counter(str(finding.severity) for finding in loaded.findings)
    note(", ".join(f"{counts[s]} {s}" for s in map(str, Severity)))
    wrong = _lines_by_severity(filter(fails, loaded.findings))
    for line in wrong:
        note(f"--fail-on {fail_on}: {line}")
    return UNUSABLE if loaded.unusable or wrong else 0


def _fails_on(word: str) -> "Callable[[Finding], bool]":
    """Return what tells whether a finding is of the sort that a call is to fail on."""
    from territory.findings import FindingKind, Severity

    if not word:
        return lambda _found: False
    if word == Severity.WARNING:
        return lambda found: found.severity is not Severity.INFO
    if word == Severity.ERROR:
        return lambda found: found.severity is Severity.ERROR
    if word not in tuple(FindingKind):
        hint = did_you_mean(word, ["warning", "error", *map(str, FindingKind)])
        kinds = hint if hint.startswith("did") else "say warning, error, or one of --kinds"
        raise typer.BadParameter(f"--fail-on takes no '{word}'; {kinds}")
    return lambda found: found.kind == word


def _lines_by_severity(findings: "Iterable[Finding]") -> "tuple[str, ...]":
    """Return findings as lines, the worst first; many of one kind are one."""
    from territory.findings import Severity, lines_of

    found = tuple(findings)
    return tuple(
        line for each in reversed(tuple(Severity)) for line in lines_of(found, each, all_in="")
    )


def _inspected(
    paths: list[str], profile: str, reading: DatedReading, out: Path | None
) -> "tuple[Loaded | None, str]":
    """Read files, with a proposed profile where no other reads them; return the profile too."""
    from territory.one_piece import check_place
    from territory.read.fitted_profile import fitted_profile

    if out is not None:
        _refuse_other_file(out)
        check_place(out)
    try:
        spec = spec_of(paths, profile, reading)
    except UnrecognisedError as error:
        return _proposed(paths, reading, error, told=out is None)
    text = _text_of(spec, fitted_profile)
    try:
        return load(spec, _ground_to_inspect(spec), "all", intervals=False, uncut=True), text
    except InputError as error:
        if spec.profile in ("zones", "units") and not (profile or reading.actor_field):
            return _proposed(paths, reading, error, told=out is None)
        if out is not None:  # to be mended: a publisher's rules, with what they do not know
            _write_profile(text, out, reads=False)
        raise


def _refuse_other_file(out: Path) -> None:
    if out.suffix.lower() != ".toml":
        raise InputError("name a .toml file, which --profile can read", file=str(out))


def _text_of(spec: "SeriesSpec", fitted: "Callable[..., str]") -> str:
    """Return the text of the profile that files are read with, to start one's own from."""
    if spec.profile in ("places", "units"):
        return ""
    return fitted(spec.profile, {}, [f"a copy of '{spec.profile}'; change it as you like"])


def _proposed(
    paths: list[str], reading: DatedReading, error: InputError, *, told: bool
) -> "tuple[Loaded | None, str]":
    """Show what stands in the files, propose a profile and read them with it."""
    from dataclasses import replace

    from territory.job.proposed_series import attempt

    with_profile = replace(reading, day_field="", day_format="")

    def read(place: str) -> "Loaded":
        return load(spec_of(paths, place, with_profile), {}, "all", intervals=False, uncut=True)

    try:
        known = {"day_field": reading.day_field, "day_format": reading.day_format}
        found = attempt(paths, read, **known)
    except InputError as why:
        if error.problem == why.problem:  # as of a file that no profile could read
            raise
        problem = f"{error.problem}; nor can one be proposed: {why}"
        raise InputError(problem, file=error.file) from None
    for line in found.sight.lines():
        note(line)
    if told:
        what = "might read" if found.problem else "reads"
        note(f"a profile that {what} them (--out FILE.toml writes it):\n\n{found.text}")
    if found.problem:
        note(f"territory: the proposal does not read them yet: {found.problem}")
    return found.loaded, found.text


def _write_profile(text: str, out: Path, *, reads: bool) -> None:
    """Write a profile, whole or not at all."""
    from territory.one_piece import file_in_one_piece

    if not text:
        raise InputError(
            "no profile is proposed for places, nor for units with a table of holders; options name"
            " their columns, and rules for labels stand in a profile with [units]",
            file=str(out),
        )
    with file_in_one_piece(out) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    more = f"read the files with --profile {out}" if reads else "mend it first"
    note(f"written to {out}; {more}")


def _ground_to_inspect(spec: "SeriesSpec") -> "dict[str, DrawnArea]":
    """Return a strip along places that lie on a line, else nothing: all ground is looked at."""
    if spec.profile != "places":
        return {}
    from territory.job.place_series import strip_along

    strip = strip_along(spec, Path())
    if strip is None:
        return {}
    note("the places lie on a line; figures need the ground to divide: --area W,S,E,N")
    return {"": strip}


def compare(
    *,
    path_a: Annotated[str, typer.Argument(help="Files of one publisher.", metavar="PATH_A")],
    path_b: Annotated[str, typer.Argument(help="Files of another.", metavar="PATH_B")],
    profile: Profile = "",
    profile_b: Annotated[str, typer.Option("--profile-b", help="How to read PATH_B.")] = "",
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last common day.")] = "",
    area: AreaOption = None,
    reading: Reading,
    actor_field_b: Annotated[
        str, typer.Option("--actor-field-b", help="What names the actor in PATH_B.")
    ] = "",
    holders_b: Annotated[
        list[str] | None,
        typer.Option("--holders-b", metavar="CSV", help="Table of holders of PATH_B."),
    ] = None,
    lines: Lines,
    picture: Annotated[
        Path | None, typer.Option("--out", help="Draw a map: FILE.png, .svg or .pdf.")
    ] = None,
    colours: Colours = None,
    as_json: Json = False,
) -> int:
    """Print where two publishers differ, by pair of holders, and draw it.

    For example: territory compare deepstate/ owl/ --profile deepstate-daily --profile-b owl

    The column 'ground' says who speaks of it: 'both'; 'one', in a country where only one of
    them draws anything; 'sea', beyond every coast. Only 'both' is a dispute.

    The options about reading are for PATH_A, and for PATH_B too where it has the same profile. So
    two opinions in one table are compared: territory compare gn_UA_tess.geojson
    gn_UA_tess.geojson --profile viina --profile-b viina --actor-field status_dsm
    --actor-field-b status_isw
    """
    from territory.measure.compare import compare_on
    from territory.measure.disputes import pieces, sentence
    from territory.measure.rows import COMPARE_COLUMNS, compare_rows
    from territory.one_piece import check_place
    from territory.read.aoi import place_name
    from territory.read.world import read_countries

    if picture is not None:
        from territory.maps.image_files import picture_format  # slow to load

        check_place(picture)
        picture_format(picture)
    else:
        refuse({"--colours": colours}, "it is for the map that --out draws")
    named = areas_of(area)
    refuse_further_areas(area, "maps are compared in one area; compare them once for each")
    chosen = day_of(day, "--day")
    wanted_days = (chosen,) if chosen else ()
    of_b = reading if profile_b == profile else rules_of(reading)
    of_b = replace(
        of_b,
        actor_field=actor_field_b or of_b.actor_field,
        holders=holders_b or of_b.holders,
    )
    spec_a = coloured(spec_of([path_a], profile, lines, reading), colours)
    spec_b = spec_of([path_b], profile_b, of_b)
    one = load(spec_a, named, "all", wanted_days)
    last = wanted_days or one.ensemble.base.days[-1:]  # spans of the other are asked for that day
    other = load(spec_b, named, "all", last, intervals=False)
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

        one_name, other_name = publishers_of((spec_a.profile, spec_b.profile))
        framed = is_framed(one.ensemble.base, next(iter(named), None))
        called = next((name or place_name((area or [""])[0]) for name in named), "")
        looks = {**other.looks, **one.looks}
        draw_comparison(
            found, (one_name, other_name), picture, framed=framed, area=called, looks=looks
        )
    both = (each.concerning(found.days[:1], by_name=True) for each in (one, other))
    return tell(chain.from_iterable(both))

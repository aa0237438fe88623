"""Verbs about published figures: check and explain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.arguments import (
    areas_of,
    load,
    publisher_of,
    refuse,
    rims_of,
    spec_of,
    tell_assumed,
)
from territory.cli.options import (
    AreaOption,
    DatedReading,
    Json,
    Lines,
    Profile,
    Reading,
    RimOption,
    Workers,
    in_use,
    option_of,
)
from territory.cli.output import UNUSABLE, note, print_table, progress, tell
from territory.errors import InputError, did_you_mean
from territory.extras import require

if TYPE_CHECKING:
    from territory.claims.model import Claims
    from territory.explain.recipes.sentences import Answer
    from territory.job.series import Loaded
    from territory.job.spec import SeriesSpec
    from territory.read.aoi import DrawnArea


def check(
    *,
    claims: Annotated[Path, typer.Argument(help="The claims.", metavar="CLAIMS.toml")],
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or globs; none if no reading needs a map."),
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="How to read them.")] = "",
    more_paths: Annotated[
        list[str] | None,
        typer.Option(
            "--and", metavar="PATH", help="Another map of the same ground, to judge by both."
        ),
    ] = None,
    more_profiles: Annotated[
        list[str] | None,
        typer.Option(
            "--and-profile", metavar="P", help="How to read it: one for each --and, or none."
        ),
    ] = None,
    area: AreaOption = None,
    rim_error_m: RimOption = None,
    reading: DatedReading,
    raster: Annotated[
        Path | None, typer.Option("--population", help="GeoTIFF of people per cell.")
    ] = None,
    lines: Lines,
    where: Workers,
    only: Annotated[
        list[str] | None, typer.Option("--claim", metavar="ID", help="Judge only these claims.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Judge published figures against the zones, or against several maps and all together.

    For example: territory check claims.toml zones/ --profile zones

    low and high are the interval that judges, and the column 'interval' says which: 'drawn', of
    the map as drawn, for a publisher's own figure; 'both', with the errors of both maps, for that
    of another publisher; 'ground' for any other.

    With --and (and --and-profile, in the same order; both can be repeated) there is a row for
    each map, named in the column 'series', and one for all of them, weighted by their errors:
    'pooled'. The options about files and lines are for the first map.
    """
    if raster:
        require("population")
    from territory.claims.model import Claims
    from territory.claims.rows import VERDICT_COLUMNS, verdict_rows
    from territory.claims.summaries import summary
    from territory.job.study import judge_claims, uncheckable
    from territory.read.text_files import read_toml

    further = more_paths or []
    more = list(zip(further, more_profiles or [""] * len(further), strict=False))
    if more_profiles and len(more_paths or ()) != len(more_profiles):
        raise typer.BadParameter(
            f"{len(more_paths or ())} --and and {len(more_profiles or ())} --and-profile; give one"
            " --and-profile for each --and, in the same order, or none"
        )
    named, _ = rims_of(areas_of(area), None, rim_error_m)
    every = read_toml(claims, Claims)
    if set(named) == {""} and not _areas_named(every):  # it bounds what all readings are about
        every, named = every.within(_BOUNDS), {_BOUNDS: named[""]}
    published = every.only(only or ())
    if profile and not paths:
        raise InputError("PATH (the files) is missing")
    if not paths:
        idle = {
            "--area": area,
            "--rim-error-m": rim_error_m is not None,
            "--and": more,
            **dict.fromkeys(map(option_of, in_use(reading, lines, where)), True),
        }
        refuse(idle, "it is about the files of zones, and none are named")
    wanted = _areas_named(published)
    given = tuple(named)
    if set(named) == {""}:  # one area without a name stands for whatever the claims call it
        named = dict.fromkeys(sorted(wanted) or [""], named[""])
    series: tuple[Loaded, ...] = ()
    if paths:
        specs = [spec_of(paths, profile, lines, reading, where=Workers() if more else where)]
        specs += [spec_of([path], how) for path, how in more]
        if all(each.profile != "places" for each in specs):  # whose ground it is
            _tell_idle_areas(given, _areas_named(every), claims)
            _tell_unbounded(given, published, claims)
        series = _series(specs, named, published.days(), where, tiles=raster is None)
    first, others = series[0] if series else None, series[1:]
    judged = judge_claims(published, first, file=str(claims), raster=raster, others=others)
    if first:
        if any(each.is_assumed for group in judged for each in group):
            tell_assumed(first)
        for name in sorted(wanted - set(named)):
            needed_by = "; ".join(published.asking_for(name))
            note(f"give the area '{name}' as --area {name}=W,S,E,N or {name}=FILE: {needed_by}")
    print_table(
        VERDICT_COLUMNS, verdict_rows(j for group in judged for j in group), as_json=as_json
    )
    for group in judged:
        note(f"- {group[0].claim.id}: {summary(group)}")
    found = (f for each in series for f in each.concerning(published.days(), by_name=True))
    return tell(found, uncheckable(judged))


_BOUNDS = "--area"  # what messages call an area without a name


def _areas_named(claims: "Claims") -> set[str]:
    """Return the areas that readings name, but for all ground."""
    return {reading.area for _, reading in claims.readings()} - {"all"}


def _tell_unbounded(given: Sequence[str], published: "Claims", claims: Path) -> None:
    """Say which claims an area without a name leaves unbounded, as others name theirs."""
    without = dict.fromkeys(c.id for c, reading in published.readings() if reading.area == "all")
    if without and "" in given:
        note(
            f"warning: --area bounds only what names an area in {claims}; {', '.join(without)}"
            " counts all ground (write area = in its readings)"
        )


def _tell_idle_areas(given: Sequence[str], asked: set[str], claims: Path) -> None:
    """Say of an area that it judges nothing, where no reading of the file names it."""
    for name in given:
        if name and name not in asked:
            hint = (
                did_you_mean(name, asked) if asked else "give it without a name to bound them all"
            )
            note(f"warning: --area {name}: no reading in {claims} names it; {hint}")


def _series(
    specs: "Sequence[SeriesSpec]",
    areas: "dict[str, DrawnArea]",
    days: "tuple[date, ...]",
    where: Workers,
    *,
    tiles: bool,
) -> "tuple[Loaded, ...]":
    """Read one map or several; several are named by their publishers, or by their paths."""
    from territory.job.input_files import series_files
    from territory.job.several_maps import marked_for_pool, same_content

    files = [series_files(spec, Path()) for spec in specs] if specs[1:] else []
    for one, other in combinations(range(len(files)), 2):
        if same_content(files[one], files[other]):
            raise InputError(
                f"{' '.join(specs[other].paths)}: the same files as {' '.join(specs[one].paths)};"
                " a map cannot be pooled with itself"
            )
    loaded = (
        load(
            each,
            areas,
            "first-and-last",
            days,
            intervals=False,
            where=where,
            tiles=tiles and not files,  # maps are laid over one another to be pooled
        )
        for each in specs
    )
    if not files:
        return tuple(loaded)
    named = zip(loaded, _names(specs), strict=True)
    return marked_for_pool(tuple(replace(each, name=name) for each, name in named), files)


def _names(specs: "Sequence[SeriesSpec]") -> list[str]:
    publishers = [publisher_of(each.profile) for each in specs]
    return [
        name if publishers.count(name) == 1 else " ".join(each.paths)
        for name, each in zip(publishers, specs, strict=True)
    ]


def explain(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(
            help="CLAIMS.toml, unless a figure is given, then PATH...", metavar="PATH..."
        ),
    ],
    profile: Profile = "",
    claim: Annotated[str, typer.Option("--claim", help="Only the claim with this id.")] = "",
    published: Annotated[
        Path | None, typer.Option("--published", help="CSV of published figures by day.")
    ] = None,
    day_column: Annotated[str, typer.Option("--day-column", help="Its column of days.")] = "day",
    value_column: Annotated[
        str, typer.Option("--value-column", help="Its column of figures.")
    ] = "value",
    value: Annotated[str, typer.Option("--value", help="One published figure instead.")] = "",
    day: Annotated[str, typer.Option("--day", help="Its day, YYYY-MM-DD.")] = "",
    precision: Annotated[
        str,
        typer.Option(
            "--precision", help="exact, rounded, roughly (about, some ...), over, under or nearly."
        ),
    ] = "exact",
    unit: Annotated[
        str, typer.Option("--unit", help="km2, m2, sqmi, ha, acres or dunams.")
    ] = "km2",
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Whose ground, if that is known.")
    ] = None,
    area: AreaOption = None,
    reading: Reading,
    by_day: Annotated[
        bool, typer.Option("--by-day", help="Print the best recipe day by day.")
    ] = False,
    max_error_pct: Annotated[
        float,
        typer.Option("--max-error-pct", min=0, help="Leave out what is further off than this."),
    ] = 5.0,
    as_json: Json = False,
) -> int:
    """Find which measuring recipe gives a published number.

    For example: territory explain claims.toml zones/ --profile zones --claim ID

    For example: territory explain --published totals.csv --value-column km2 zones/

    A recipe is a way of measuring: true areas, Web Mercator, a grid of some country, a sphere,
    a constant added, the day before. The columns: rank, 1 is the likeliest; computed, what the
    recipe gives; published, the figure; error_pct, how far it is off in percent (of a series,
    on the worst day but the odd ones); tried, how many recipes were tried; chance, how often the
    whole search finds one as good by luck (0 to 1; log10_chance is its power of ten): below 1 in
    1,000 the number "is" what the recipe gives, below 1 in 50 it "may be", else nobody can tell;
    as_simple, how many of those tried are as simple; days and odd_days, where it was compared and
    where it does not hold. Recipes further off than --max-error-pct are left out, unless the
    wording of the figure allows for as much; what `check` measures is always there.
    """
    from territory.explain.questions import Figures, explain_figures

    if published is not None and value:
        raise InputError("give --published or --value, not both")
    of_claims = {"--claim": claim, "--area": area}
    of_file = {"--day-column": day_column != "day", "--value-column": value_column != "value"}
    of_value = {"--day": day, "--precision": precision != "exact"}
    if published is not None:
        refuse({**of_claims, **of_value}, "a published series has neither")
    elif value:
        refuse({**of_claims, **of_file}, "one figure is given by --value")
    else:
        ours = {**of_file, **of_value, "--unit": unit != "km2", "--by": by}
        refuse(ours, "the claims file says it")
    if published is None and not value:
        answers = _of_claims(paths, claim, profile, reading, area)
    else:
        figures = (
            Figures.of_file(published, day_column, value_column, unit)
            if published is not None
            else Figures.of_value(value, unit, day, precision)
        )
        spec = spec_of(paths, profile, reading)
        with progress() as show:
            answers = (explain_figures(figures, spec, by=tuple(by or ()), progress=show),)
    return _printed(answers, within=max_error_pct / 100, by_day=by_day, as_json=as_json)


def _of_claims(
    paths: list[str], claim: str, profile: str, reading: Reading, area: list[str] | None
) -> "tuple[Answer, ...]":
    """Explain the figures of a claims file, the first of the paths."""
    from territory.explain.questions import explain_claims, read_claims

    if not paths[1:]:
        raise InputError("give the files that the claims are about after CLAIMS.toml")
    wanted = read_claims(paths[0], claim)
    spec = spec_of(paths[1:], profile, reading)
    areas = areas_of(area)
    with progress() as show:
        return explain_claims(wanted, spec, areas, progress=show)


def _printed(answers: "tuple[Answer, ...]", *, within: float, by_day: bool, as_json: bool) -> int:
    """Print the recipes that were found; return the exit code."""
    from territory.explain.recipes.sentences import (
        COLUMNS,
        DAY_COLUMNS,
        column_words,
        day_rows,
        rows,
        sentence,
    )

    table = [
        row for each in answers for row in (day_rows(each) if by_day else rows(each, within=within))
    ]
    if table and not by_day:
        note(column_words())
    print_table(DAY_COLUMNS if by_day else COLUMNS, table, as_json=as_json)
    for each in answers:
        note(f"- {sentence(each, within=within)}")
    code = _tell_answers(answers)
    return UNUSABLE if any(each.obstacle for each in answers) else code


def _tell_answers(answers: "tuple[Answer, ...]") -> int:
    """Print what warns about the days that were looked at; return the exit code."""
    from territory.findings import Severity, line_of

    found = dict.fromkeys(f for each in answers for f in each.findings)
    telling = [each for each in found if each.severity is not Severity.INFO]
    lines = dict.fromkeys(line for each in answers for line in each.unused)
    return tell(telling, [line for line in lines if line not in map(line_of, telling)])

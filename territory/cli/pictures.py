"""Verbs that show: map, page and animate."""

import os
from pathlib import Path
from typing import Annotated

import typer

from territory.cli.given import (
    areas_of,
    day_rule,
    days_of,
    job_file,
    lines_of,
    listed,
    map_options,
    option_of,
    regions_of,
    shown_by,
    size_of,
    spec_of,
    tell_assumed,
)
from territory.cli.options import (
    KINDS,
    ActorField,
    AreaOption,
    CorrelationM,
    Countries,
    DaysOption,
    ErrorM,
    Language,
    PathsOrJob,
    ProfileIfFiles,
    Regions,
    SourceOption,
    Subtitle,
    Title,
    Towns,
)
from territory.cli.output import note, progress, told


def page(
    paths: PathsOrJob,
    to: Annotated[Path, typer.Option("--to", help="The page: FILE.html.")],
    profile: ProfileIfFiles = "",
    area: AreaOption = None,
    days: DaysOption = "all",
    claims: Annotated[
        Path | None, typer.Option("--claims", help="Published figures: CLAIMS.toml.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option("--regions", help="Provinces with a name each, for a table each.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What stands above the map.")] = "",
    language: Annotated[str, typer.Option("--language", help="en or ar.")] = "",
    actor_field: ActorField = "",
    boundary_error_m: ErrorM = None,
    correlation_length_m: CorrelationM = None,
) -> int:
    """Write one HTML file in which a reader explores every day; it needs no network."""
    from territory.page import page_of_job, page_of_series, titled, write_page
    from territory.study import uncheckable
    from territory.write import check_place

    check_place(to)
    rule, workers = day_rule(days), os.cpu_count() or 1
    lines = lines_of(boundary_error_m, correlation_length_m)
    with progress() as show:
        if not profile:
            given: dict[str, object] = {"--area": area, "--claims": claims, "--regions": regions}
            given |= dict.fromkeys(map(option_of, lines), True)
            topic, loaded = page_of_job(
                job_file(paths, given), rule=rule, workers=workers, progress=show
            )
        else:
            topic, loaded = page_of_series(
                spec_of(paths, profile, actor_field, lines=lines),
                areas=areas_of(area),
                rule=rule,
                claims=claims,
                regions=regions_of(regions, "", even_odd=False),
                workers=workers,
                progress=show,
            )
    tell_assumed(loaded, job=not profile)
    size = write_page(titled(topic, title=title, language=language), to)
    note(f"{to}: {len(loaded.days)} days, {size / 1e6:.1f} MB")
    return told((*loaded.unusable, *uncheckable(topic.judgements)))


def draw(
    paths: PathsOrJob,
    to: Annotated[Path, typer.Option("--to", help="FILE.png, .svg or .pdf, or a folder.")],
    profile: ProfileIfFiles = "",
    kind: Annotated[str, typer.Option("--kind", help=f"One of {', '.join(KINDS)}.")] = "day",
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last one.")] = "",
    from_day: Annotated[str, typer.Option("--from", help="First day of a change.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day of a change.")] = "",
    days: Annotated[str, typer.Option("--days", help="For front and multiples.")] = "",
    area: AreaOption = None,
    actors: Annotated[str, typer.Option("--actors", help="Whose line or area.")] = "",
    language: Language = "en",
    formats: Annotated[str, typer.Option("--format", help="png, svg, pdf or several.")] = "",
    dpi: Annotated[int, typer.Option("--dpi", help="Dots per inch of a PNG.")] = 300,
    title: Title = "",
    subtitle: Subtitle = "",
    source: SourceOption = "",
    countries: Countries = "",
    regions: Regions = "",
    towns: Towns = "",
    tiles: Annotated[bool, typer.Option("--tiles", help="Base map from the internet.")] = False,
    actor_field: ActorField = "",
    boundary_error_m: ErrorM = None,
    correlation_length_m: CorrelationM = None,
) -> int:
    """Draw a map that can be printed as it is."""
    from territory.pictures import Wish, draw_map
    from territory.plans import TENURE_KINDS
    from territory.shown import Asked

    wanted = _formats(to, listed(formats))
    chosen = days_of(days)
    one, start, end = (days_of(each) for each in (day, from_day, until))
    wish = Wish(
        kind,
        day=next(iter(one), None),
        start=next(iter(start), None),
        end=next(iter(end), None),
        days=chosen,
        actors=tuple(listed(actors)),
        language=language,
        title=title,
        subtitle=subtitle,
        formats=wanted,
        dpi=dpi,
        tiles=tiles,
    )
    maps = map_options(source=source, countries=countries, regions=regions, towns=towns)
    needed = (*one, *start, *end, *chosen)
    every, drawn = kind in TENURE_KINDS, areas_of(area)
    lines = lines_of(boundary_error_m, correlation_length_m)
    asked = Asked(
        tuple(paths), profile, drawn, "all" if every else None, needed, maps, actor_field, lines
    )
    shown = shown_by(asked)
    for path in draw_map(shown, wish, to):
        note(f"{path}")
    return told(shown.loaded.unusable)


def _formats(to: Path, said: list[str]) -> tuple[str, ...]:
    """Return the formats of a map, once it is clear that its place can be written to."""
    from territory.maps.files import FORMATS
    from territory.write import check_place

    named = to.suffix[1:] in FORMATS or (to.suffix and not said)
    check_place(to, folder=not named)
    return tuple(said) or (to.suffix[1:] or "png",)


def animate(
    paths: PathsOrJob,
    to: Annotated[Path, typer.Option("--to", help="FILE.mp4 or FILE.gif.")],
    profile: ProfileIfFiles = "",
    days: Annotated[str, typer.Option("--days", help="A rule or days; all of them.")] = "",
    area: AreaOption = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Days a second; 12.")] = None,
    size: Annotated[str, typer.Option("--size", help="Pixels, WxH.")] = "1280x720",
    language: Language = "en",
    title: Title = "",
    subtitle: Subtitle = "",
    source: SourceOption = "",
    countries: Countries = "",
    regions: Regions = "",
    towns: Towns = "",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
    actor_field: ActorField = "",
    boundary_error_m: ErrorM = None,
    correlation_length_m: CorrelationM = None,
) -> int:
    """Make a film: a map with its date, totals and chart, day by day."""
    from territory.film import Take
    from territory.film import animate as filmed
    from territory.shown import Asked
    from territory.write import check_place

    check_place(to)
    take = Take(fps, size_of(size), language, title, subtitle)
    maps = map_options(source=source, countries=countries, regions=regions, towns=towns)
    rule = day_rule(days) if days else None
    lines = lines_of(boundary_error_m, correlation_length_m)
    asked = Asked(tuple(paths), profile, areas_of(area), rule, (), maps, actor_field, lines)
    shown = shown_by(asked)
    with progress() as show:
        path = filmed(shown, take, to, workers=workers, progress=show)
    note(f"{path}")
    return told(shown.loaded.unusable)

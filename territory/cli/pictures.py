"""Verbs that show: map, page and animate."""

import os
from pathlib import Path
from typing import Annotated

import typer

from territory.cli.arguments import (
    day_of,
    day_rule,
    days_of,
    job_of,
    listed,
    looks_of,
    map_options,
    picture_areas_of,
    read_request,
    refuse,
    refuse_further_areas,
    regions_of,
    settings_of,
    size_of,
    span_of,
    tell_assumed,
    tell_borders,
    tell_choices,
)
from territory.cli.options import (
    AreaOption,
    Colours,
    DayRange,
    DaysOption,
    Headings,
    Language,
    Lines,
    PathsOrJob,
    ProfileIfFiles,
    Provinces,
    Reading,
    Surroundings,
)
from territory.cli.output import note, progress, tell
from territory.errors import InputError
from territory.extras import require
from territory.maps.kinds.catalogue import KINDS, Days, kinds_of

_PAGES = (".html", ".htm")


def page(
    *,
    paths: PathsOrJob,
    out: Annotated[Path, typer.Option("--out", help="The page: FILE.html.")],
    profile: ProfileIfFiles = "",
    area: AreaOption = None,
    days: DaysOption = "all",
    span: DayRange,
    claims: Annotated[
        Path | None, typer.Option("--claims", help="Published figures: CLAIMS.toml.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option(help="Provinces with a name each, for a table each.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What stands above the map.")] = "",
    language: Annotated[str, typer.Option("--language", help="ar, en, fr, ru or uk.")] = "",
    colours: Colours = None,
    reading: Reading,
    lines: Lines,
) -> int:
    """Write one HTML file in which a reader explores every day; it needs no network.

    For example: territory page zones/ --profile zones --out page.html
    """
    require("page")
    from territory.job.days import ALL_DAYS
    from territory.job.study import uncheckable
    from territory.languages import FIRST, checked
    from territory.maps.request import MapRequest
    from territory.one_piece import check_place
    from territory.publish.page.build import page_topic, titled, write_page

    check_place(out)
    if out.suffix.lower() not in _PAGES:
        raise InputError("a page is an .html file; name one", file=str(out))
    checked(language or FIRST)
    rule, period = day_rule(days), span_of(span)
    job = job_of(
        paths,
        profile,
        reading,
        lines,
        area=area,
        claims=claims,
        regions=regions,
        colours=colours,
    )
    page_request = MapRequest(
        tuple(paths),
        profile,
        picture_areas_of(area),
        rule,
        settings={**settings_of(profile, lines, reading), **looks_of(colours)},
        span=None if period == ALL_DAYS else period,
    )
    tell_choices(page_request)
    with progress() as show:
        topic = page_topic(
            page_request,
            claims=claims,
            regions=regions_of(Provinces(str(regions) if regions else None)),
            workers=os.cpu_count() or 1,
            progress=show,
        )
    loaded = topic.source.loaded
    tell_borders(loaded)
    tell_assumed(loaded, job=job is not None)
    size = write_page(titled(topic, title=title, language=language), out)
    note(f"{out}: {len(loaded.days)} days, {size / 1e6:.1f} MB")
    found = loaded.concerning(topic.all_days, by_name=not isinstance(rule, str))
    return tell(found, uncheckable(topic.judgements))


def draw(
    *,
    paths: PathsOrJob,
    out: Annotated[Path, typer.Option("--out", help="FILE.png, .svg or .pdf, or a folder.")],
    profile: ProfileIfFiles = "",
    kind: Annotated[
        str,
        typer.Option(
            "--kind", help=f"One of {', '.join(KINDS)}; transfers with --from and --to, else day."
        ),
    ] = "",
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last one.")] = "",
    from_day: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day of a change.")
    ] = "",
    to_day: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day of a change.")] = "",
    days: Annotated[str, typer.Option("--days", help="For front and multiples.")] = "",
    area: AreaOption = None,
    actors: Annotated[str, typer.Option("--actors", help="Whose line or area.")] = "",
    language: Language = "en",
    formats: Annotated[str, typer.Option("--format", help="png, svg, pdf or several.")] = "",
    dpi: Annotated[int | None, typer.Option("--dpi", help="Dots per inch of a PNG; 300.")] = None,
    headings: Headings,
    around: Surroundings,
    colours: Colours = None,
    tiles: Annotated[bool, typer.Option("--tiles", help="Base map from the internet.")] = False,
    reading: Reading,
    lines: Lines,
) -> int:
    """Draw a map that can be printed as it is.

    For example: territory map zones/ --profile zones --day 2025-11-01 --out map.png

    With --from and --to it is about what changed between the two; --day is for maps of one
    day.
    """
    if tiles:
        require("tiles")
    from territory.maps.map_text import MapText
    from territory.maps.pictures import Wish, draw_map
    from territory.maps.request import MapRequest
    from territory.maps.typesetting import DPI

    wanted = _formats(out, listed(formats))
    refuse_further_areas(area, "a map shows one area; draw one for each")
    one, start, end = day_of(day, "--day"), day_of(from_day, "--from"), day_of(to_day, "--to")
    kind = kind or ("transfers" if start or end else "day")
    _refuse_idle(kind, day=day, span=(from_day, to_day), days=days, actors=actors)
    if "png" not in wanted:
        refuse({"--dpi": dpi}, "it is for PNG")
    chosen = days_of(days)
    wish = Wish(
        kind,
        day=one,
        start=start,
        end=end,
        days=chosen,
        actors=tuple(listed(actors)),
        text=MapText(headings.title, headings.subtitle, language=language),
        formats=wanted,
        dpi=DPI if dpi is None else dpi,
        tiles=tiles,
    )
    maps = map_options(around)
    needed = tuple(each for each in (one, start, end, *chosen) if each is not None)
    every, drawn = wish.kind.every_day, picture_areas_of(area)
    job_of(paths, profile, reading, lines, colours=colours)
    settings = {**settings_of(profile, lines, reading), **looks_of(colours)}
    map_request = MapRequest(
        tuple(paths),
        profile,
        drawn,
        "all" if every else None,
        needed,
        maps,
        settings,
        only_areas=True,
    )
    map_source = read_request(map_request)
    for path in draw_map(map_source, wish, out):
        note(f"{path}")
    return tell(map_source.loaded.concerning(wish.days_of(map_source), by_name=True))


def _refuse_idle(kind: str, *, day: str, span: tuple[str, str], days: str, actors: str) -> None:
    """Refuse options that say nothing about a map of a kind."""
    if kind not in KINDS:
        return
    count, from_to = KINDS[kind].days, {"--from": span[0], "--to": span[1]}
    if count is Days.ONE:
        refuse(from_to, f"a map of kind '{kind}' has one --day")
    if count is Days.TWO:
        refuse({"--day": day}, f"a map of kind '{kind}' goes --from one day --to another")
    if count is Days.SEVERAL:
        refuse({"--day": day}, f"a map of kind '{kind}' has --from and --to, or --days")
        if days:
            refuse(from_to, "--days says which days are drawn")
    else:
        several = " and ".join(kinds_of(Days.SEVERAL))
        own = {"--days": days, "--actors": actors}
        refuse(own, f"it is for maps of the kinds {several}, not '{kind}'")


def _formats(out: Path, settings: list[str]) -> tuple[str, ...]:
    """Return the formats of a map, once it is clear that its place can be written to."""
    from territory.maps.image_files import FORMATS, picture_format
    from territory.one_piece import check_place

    is_file = out.suffix[1:] in FORMATS
    is_folder = not is_file and (bool(settings) or not out.suffix)
    check_place(out, folder=is_folder)
    own = "" if is_folder else picture_format(out)
    if own and own not in settings and set(settings) & set(FORMATS):
        written = ", ".join(settings)
        problem = f"--format says {written}; name FILE.{settings[0]}, or a folder"
        raise InputError(problem, file=str(out))
    return tuple(settings) or (own or "png",)


def animate(
    *,
    paths: PathsOrJob,
    out: Annotated[Path, typer.Option("--out", help="FILE.mp4 or FILE.gif.")],
    profile: ProfileIfFiles = "",
    days: Annotated[str, typer.Option("--days", help="A rule or days; all of them.")] = "",
    span: DayRange,
    area: AreaOption = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Days a second; 12.")] = None,
    size: Annotated[str, typer.Option("--size", help="Pixels, WxH.")] = "1280x720",
    language: Language = "en",
    headings: Headings,
    around: Surroundings,
    colours: Colours = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
    reading: Reading,
    lines: Lines,
) -> int:
    """Make a film: a map with its date, totals and chart, day by day.

    For example: territory animate zones/ --profile zones --out film.mp4
    """
    require("film")
    from territory.job.days import ALL_DAYS
    from territory.maps.film.film import Take
    from territory.maps.film.film import animate as filmed
    from territory.maps.map_text import MapText
    from territory.maps.request import MapRequest
    from territory.one_piece import check_place

    refuse_further_areas(area, "a film shows one area; make one for each")
    check_place(out)
    text = MapText(headings.title, headings.subtitle, language=language)
    take = Take(fps, size_of(size), text)
    rule, period = day_rule(days) if days else None, span_of(span)
    job_of(paths, profile, reading, lines, colours=colours)
    map_request = MapRequest(
        tuple(paths),
        profile,
        picture_areas_of(area),
        rule,
        (),
        map_options(around),
        {**settings_of(profile, lines, reading), **looks_of(colours)},
        None if period == ALL_DAYS else period,
        only_areas=True,
    )
    map_source = read_request(map_request)
    with progress() as show:
        path = filmed(map_source, take, out, workers=workers, progress=show)
    note(f"{path}")
    by_name = isinstance(rule, tuple)
    return tell(map_source.loaded.concerning(map_source.loaded.days, by_name=by_name))

"""The pictures of a job, and single pictures for the command line."""

import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from matplotlib.figure import Figure

from territory.errors import InputError, did_you_mean
from territory.history.history import WHOLE, History
from territory.holders import Holder
from territory.job.series import Loaded
from territory.job.spec import Job, MapsSpec
from territory.job.workers import processes
from territory.maps.furniture import MapText
from territory.maps.image_files import FORMATS, save
from territory.maps.kinds.catalogue import (
    DAY_KINDS,
    KINDS,
    PAIR_KINDS,
    TENURE_KINDS,
    USUAL_LINES,
    USUAL_MULTIPLES,
    Plan,
    Planner,
    spread,
)
from territory.maps.kinds.differences import comparison_map
from territory.maps.map_text import title_of
from territory.maps.request import MapSource, Titles, assumes_error, data_note, with_source
from territory.maps.sheet import DPI
from territory.maps.style import (
    Style,
    styles_for,
)
from territory.maps.subject import is_framed
from territory.maps.titles import Speaker
from territory.maps.web_tiles import ATTRIBUTION
from territory.measure.compare import Comparison
from territory.read.basemap import (
    Context,
    read_context,
    usual_towns,
    world,
)
from territory.read.text_files import with_values

Progress = Callable[[str, int, int], None]
DrawingBoard = Callable[[Callable[["_Task"], Path], list["_Task"]], Iterable[Path]]
_STAGE = "drawing maps"
_CHUNK = 2
_COMPARING = ("before-after", "transfers")


@dataclass(frozen=True, eq=False)
class _Album:
    """What all pictures of a job share; small enough to be handed to another process."""

    history: History
    area: str
    context: Context
    styles: Mapping[Holder, Style]
    titles: Titles

    def speaker(self, language: str) -> Speaker:
        """Return who says what the pictures show."""
        framed = is_framed(self.history, self.area)
        return Speaker(self.styles, language, framed, title_of(self.area, self.titles, language))

    def figure(self, draw: Callable[..., Figure], text: MapText) -> Figure:
        """Draw a picture."""
        own = {"context": self.context, "styles": self.styles}
        return draw(self.history, area=self.area, text=text, **own)


@dataclass(frozen=True, eq=False)
class _Task:
    """One picture in one language."""

    name: str
    draw: Callable[..., Figure]
    text: MapText
    area: str

    def named(self, before: str, after: str) -> "_Task":
        """Return the task with more in the name of its file."""
        return replace(self, name=before + self.name + after)


def draw_pictures(
    loaded: Loaded, job: Job, folder: Path, out: Path, *, board: DrawingBoard, progress: Progress
) -> Callable[[], dict[str, Path]]:
    """Begin to draw every picture of a job in every language.

    Parameters
    ----------
    folder : Path
        What the context files of the job start from.
    out : Path
        Folder of the results; pictures go into ``maps`` below it.
    board : callable
        Applies a function to a list, in order; see `drawing_board`.

    Returns
    -------
    callable
        Waits for the pictures and gives the PNG of each in the first language by its
        name: the day, ``before_after`` or ``transfers``; after the name of the area and a
        stroke where they are about an area that is not all ground.
    """
    target = out / "maps"
    context = read_context(folder, **job.maps.context_files)
    album = _album(loaded, job.maps, context, job.area_titles)
    albums = {area: replace(album, area=area) for area in picture_areas(loaded, job.maps)}
    first, *others = job.maps.languages
    suffixes = {first: "", **{language: f".{language}" for language in others}}
    spec = with_source(job.maps, job.series[0], loaded)
    text = MapText("", subtitle=job.title, source=spec.source)
    tasks = [
        _task(plan, loaded, albums[area], replace(text, language=language), listed=True).named(
            _place(area, loaded), suffix
        )
        for area, plan in _plans(loaded, job)
        for language, suffix in suffixes.items()
    ]
    for name in {Path(task.name).parent for task in tasks}:
        (target / name).mkdir(parents=True, exist_ok=True)
    draw = partial(_drawn, pickle.dumps(albums), target)
    paths = board(draw, tasks)  # processes begin at once

    def finish() -> dict[str, Path]:
        drawn: dict[str, Path] = {}
        for done, (task, path) in enumerate(zip(tasks, paths, strict=True), start=1):
            progress(_STAGE, done, len(tasks))
            if task.text.language == first:
                drawn[task.name] = path
        return drawn

    return finish


def picture_areas(loaded: Loaded, spec: MapsSpec) -> tuple[str, ...]:
    """Return what the pictures of a job are about: the area it names, and all ground.

    The first has a picture of every day.
    """
    whole = loaded.ensemble.base.stands_for_all
    chosen = spec.area or whole
    return (chosen,) if chosen in {whole, WHOLE} else (chosen, whole)


def _place(area: str, loaded: Loaded) -> str:
    """Return the folder for pictures of one area; those of all ground need none."""
    if area in {WHOLE, loaded.ensemble.base.stands_for_all}:
        return ""
    plain = re.sub(r"[^\w-]+", "-", area).strip("-")
    return f"{plain or 'area'}/"


def _plans(loaded: Loaded, job: Job) -> Iterator[tuple[str, Plan]]:
    """Plan the pictures of a job: every day, and what changed between two, with their area."""
    pair = job.maps.before_after or (loaded.days[0], loaded.days[-1])
    for number, area in enumerate(picture_areas(loaded, job.maps)):
        planner = Planner(loaded.ensemble, area, assumed=assumes_error(loaded))
        if number == 0:
            yield from ((area, planner.day(day)) for day in loaded.days)
        if pair[0] != pair[1]:
            yield area, planner.before_after(*pair)
            yield area, planner.transfers(*pair)


def _album(loaded: Loaded, spec: MapsSpec, context: Context, titles: Titles) -> _Album:
    base = loaded.ensemble.base
    if context.towns is None:
        context = replace(context, towns=usual_towns())
    area = spec.area or base.stands_for_all
    return _Album(base, area, context, styles_for(base.holders), titles)


def _task(
    plan: Plan,
    loaded: Loaded,
    album: _Album,
    text: MapText,
    *,
    listed: bool = False,
) -> _Task:
    """Let a plan speak the language of a text.

    Parameters
    ----------
    listed : bool
        Whether the repairs are listed in a file beside the picture.
    """
    say = album.speaker(text.language)
    notes = f"{data_note(say, loaded, listed=listed)} {plan.note(say)}"
    captioned = replace(text, title=say.placed(plan.title(say)), note=notes.strip())
    return _Task(plan.name, plan.draw, captioned, album.area)


@contextmanager
def drawing_board(workers: int) -> Iterator[DrawingBoard]:
    """Give something to draw on: this process, or several.

    Open it before anything else: where processes are forked there are no threads yet, and
    where they start afresh they load while the figures are computed.
    """
    if workers <= 1:
        yield map
        return
    with processes(workers) as pool:
        for _ in range(workers):
            pool.submit(_loaded)
        yield partial(pool.map, chunksize=_CHUNK)


def _loaded() -> None:
    """Do nothing; to be asked, a process must have loaded this module."""


def _drawn(albums: bytes, target: Path, task: _Task) -> Path:
    """Draw and save one picture; return its PNG."""
    figure = _opened(albums)[task.area].figure(task.draw, task.text)
    return save(figure, target / task.name)[0]


@lru_cache(maxsize=1)
def _opened(albums: bytes) -> dict[str, _Album]:
    """Return albums as they were packed; a process opens them once, whatever it draws of them."""
    opened: dict[str, _Album] = pickle.loads(albums)
    return opened


@dataclass(frozen=True)
class Wish:
    """A single picture that is asked for.

    Attributes
    ----------
    kind : str
        One of `territory.maps.kinds.catalogue.KINDS`.
    day, start, end : date, optional
        The last day, and the first and last, of the loaded ones by default.
    days : tuple of date
        For kinds that show several days; evenly spaced ones by default.
    actors : tuple of str
        Whose line or area is followed; by default whose ground changed most.
    title : str
        The finding by default.
    tiles : bool
        Whether to fetch a base map from the internet.

    Raises
    ------
    InputError
        If there is no such kind.
    """

    kind: str
    day: date | None = None
    start: date | None = None
    end: date | None = None
    days: tuple[date, ...] = ()
    actors: tuple[str, ...] = ()
    language: str = "en"
    title: str = ""
    subtitle: str = ""
    formats: tuple[str, ...] = ("png",)
    dpi: int = DPI
    tiles: bool = False

    def __post_init__(self) -> None:
        """Refuse a kind that nobody can draw."""
        if self.kind not in KINDS:
            raise InputError(f"no map of kind '{self.kind}'; {did_you_mean(self.kind, KINDS)}")

    def between(self, pair: tuple[date, date] | None) -> "Wish":
        """Return the wish with the days that a job compares, where it names none itself."""
        if pair is None or self.start or self.end or self.kind not in _COMPARING:
            return self
        return replace(self, start=pair[0], end=pair[1])

    def days_of(self, map_source: MapSource) -> tuple[date, ...]:
        """Return the days that the picture shows, and where it counts changes those between."""
        wish = self.between(map_source.maps.before_after)
        loaded, base = map_source.loaded.days, map_source.loaded.ensemble.base
        start, end = wish.start or loaded[0], wish.end or loaded[-1]
        if self.kind in TENURE_KINDS:
            last = (self.day or end) if self.kind in DAY_KINDS else end
            first = base.days[0] if self.kind in DAY_KINDS else start
            return tuple(day for day in base.days if first <= day <= last)
        if self.kind in DAY_KINDS:
            return (self.day or end,)
        if self.kind in PAIR_KINDS:
            return start, end
        return wish.series_days(loaded)

    def series_days(self, days: tuple[date, ...]) -> tuple[date, ...]:
        """Return the days of a picture of several: those asked for, else evenly spaced ones."""
        start, end = self.start or days[0], self.end or days[-1]
        between = tuple(day for day in days if start <= day <= end)
        usual = USUAL_LINES if self.kind == "front" else USUAL_MULTIPLES
        return self.days or spread(between, usual)

    def plan(self, planner: Planner, days: tuple[date, ...]) -> Plan:
        """Plan the picture from the days that are loaded."""
        if not days:
            raise InputError("no day is selected, so there is nothing to draw")
        kind = self.kind.replace("-", "_")
        start, end = self.start or days[0], self.end or days[-1]
        if self.kind in DAY_KINDS:
            found: Plan = getattr(planner, kind)(self.day or end)
        elif self.kind in PAIR_KINDS:
            found = getattr(planner, kind)(start, end)
        else:
            found = getattr(planner, kind)(self.series_days(days))
        return found


def draw_map(map_source: MapSource, wish: Wish, to: Path) -> list[Path]:
    """Draw a single picture.

    Parameters
    ----------
    to : Path
        The picture, with or without suffix, or a folder for it.

    Returns
    -------
    list of Path
        A file for each format.

    Raises
    ------
    InputError
        If a day, an actor or a format is not known, or there is nothing to draw.
    """
    name, figure = map_figure(map_source, wish)
    place = to.with_suffix("") if to.suffix[1:] in FORMATS else to / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return save(figure, place, formats=wish.formats, dpi=wish.dpi)


def map_figure(
    map_source: MapSource, wish: Wish, *, preferred: Mapping[Holder, Style] | None = None
) -> tuple[str, Figure]:
    """Draw a single picture without saving it.

    Parameters
    ----------
    preferred : mapping of Holder to Style, optional
        How some holders are shown; all others by convention.

    Returns
    -------
    str, Figure
        What its file would be called, and the picture.

    Raises
    ------
    InputError
        As for `draw_map`.
    """
    loaded, spec = map_source.loaded, map_source.maps
    album = _album(loaded, spec, map_source.context, map_source.titles)
    if preferred:
        own = styles_for(loaded.ensemble.base.holders, preferred=preferred)
        album = replace(album, styles=own)
    if wish.tiles:
        album = replace(album, context=replace(album.context, tiles=True))
        spec = with_values(spec, {"source": f"{spec.source}. {ATTRIBUTION}".lstrip(". ")})
    planner = Planner(loaded.ensemble, album.area, wish.actors, assumes_error(loaded))
    text = MapText("", wish.subtitle or map_source.title, spec.source, wish.language)
    plan = wish.between(spec.before_after).plan(planner, loaded.days)
    task = _task(plan, loaded, album, text)
    captioned = replace(task.text, title=wish.title or task.text.title)
    return task.name, album.figure(task.draw, captioned)


def draw_comparison(
    found: Comparison, names: tuple[str, str], path: Path, *, framed: bool = True, area: str = ""
) -> Path:
    """Draw where two publishers differ; return the PNG.

    Parameters
    ----------
    framed : bool
        Whether an area was asked for or the data are a coverage that ends somewhere.
    area : str
        What the area is called that was asked for, if one was.
    """
    say = Speaker({}, "en", framed, area)
    share = say.words.share(found.agreed_km2 / found.total_km2)
    text = MapText(
        say.placed(say.of_ground("agree", one=names[0], other=names[1], share=share)),
        source=" and ".join(names),
        note=say.words.say("note_zones"),
    )
    figure = comparison_map(
        found,
        names=names,
        context=Context(countries=world()),
        text=text,
        styles=styles_for(found.holders),
        framed=framed,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(figure, path.with_suffix(""), formats=("png",))[0]

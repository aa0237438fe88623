"""The pictures of a job, and single pictures for the command line."""

import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from territory.errors import InputError, did_you_mean
from territory.garbage import no_collection
from territory.history.history import WHOLE
from territory.job.days import MOST_FRAMES, map_days
from territory.job.workers import spread as spread_over
from territory.maps.film.film import Take, animate
from territory.maps.image_files import FORMATS, save
from territory.maps.kinds.catalogue import KINDS, NARROW, Days, Kind
from territory.maps.kinds.plan import Plan, Planner
from territory.maps.map_text import MapText
from territory.maps.request import MapSource
from territory.maps.subject import Subject
from territory.maps.typesetting import DPI
from territory.maps.web_tiles import ATTRIBUTION
from territory.read.text_files import with_values

Progress = Callable[[str, int, int], None]
DrawingBoard = Callable[[Callable[["_Task"], Path], list["_Task"]], Iterable[Path]]
_STAGE = "drawing maps"


@dataclass(frozen=True, eq=False)
class _Task:
    """One picture in one language: files, how it is drawn, which subject, and its text."""

    name: str
    formats: tuple[str, ...]
    draw: Callable[[Subject], Figure]
    area: str
    text: MapText
    narrow: bool = False


def draw_pictures(
    map_source: MapSource, out: Path, *, board: DrawingBoard, progress: Progress
) -> Callable[[], dict[str, Path]]:
    """Begin to draw every picture of a job in every language.

    Parameters
    ----------
    map_source : MapSource
        The loaded series with what its pictures need.
    out : Path
        Folder of the results; pictures go into ``maps`` below it.
    board : callable
        Applies a function to a list, in order; see `drawing_board`.
    progress : callable
        Told the stage and how far it is.

    Returns
    -------
    callable
        Waits for the pictures and gives the PNG of each in the first language by its
        name: the day, ``before_after`` or ``transfers``; after the name of the area and a
        stroke where they are about an area that is not all ground; with `NARROW` at its end
        where it is meant for a telephone. A film, where the job asks
        for one, lies beside them.
    """
    target, map_source = out / "maps", map_source.with_towns
    first, *_ = languages = map_source.maps.languages
    formats = map_source.maps.formats
    subjects = {area: map_source.subject(MapText(), area) for area in picture_areas(map_source)}
    tasks = []
    for area, plan in _plans(map_source):
        for language in languages:
            text = map_source.subject(MapText(language=language), area).text
            subject = _captioned(map_source, replace(subjects[area], text=text), plan, listed=True)
            suffix = "" if language == first else f".{language}"
            name = _place(area, map_source) + plan.name + suffix
            tasks.append(_Task(name, formats, plan.draw, area, subject.text))
            if plan.period and language == first and map_source.for_report:
                named = name + NARROW
                tasks.append(_Task(named, ("png",), plan.draw, area, subject.text, narrow=True))
    for folder in {Path(task.name).parent for task in tasks}:
        (target / folder).mkdir(parents=True, exist_ok=True)
    draw = partial(_drawn, pickle.dumps(subjects), target.absolute())
    paths = board(draw, tasks)  # processes begin at once

    def finish() -> dict[str, Path]:
        drawn: dict[str, Path] = {}
        if map_source.maps.film:
            _film(map_source, target, progress)
        for done, (task, path) in enumerate(zip(tasks, paths, strict=True), start=1):
            progress(_STAGE, done, len(tasks))
            if task.text.language == first:
                drawn[task.name] = path
        return drawn

    return finish


def _film(map_source: MapSource, target: Path, progress: Progress) -> None:
    """Make the film of a job, in its first language."""
    loaded = map_source.loaded
    shown = replace(loaded, days=spread(loaded.days, MOST_FRAMES))
    take = Take(text=MapText(language=map_source.maps.languages[0]))
    source, place = replace(map_source, loaded=shown), target / "film.mp4"
    animate(source, take, place, progress=progress, in_one_piece=False)


def picture_areas(map_source: MapSource) -> tuple[str, ...]:
    """Return what the pictures of a job are about: the area it names, and all ground.

    The first has the pictures of single days.

    Parameters
    ----------
    map_source : MapSource
        The loaded series with what its pictures need.

    Returns
    -------
    tuple of str
        One or two names.
    """
    whole, chosen = map_source.base.stands_for_all, map_source.area
    return (chosen,) if chosen in {whole, WHOLE} else (chosen, whole)


def _place(area: str, map_source: MapSource) -> str:
    """Return the folder for pictures of one area; those of all ground need none."""
    if area in {WHOLE, map_source.base.stands_for_all}:
        return ""
    plain = re.sub(r"[^\w-]+", "-", area).strip("-")
    return f"{plain or 'area'}/"


def _plans(map_source: MapSource) -> Iterator[tuple[str, Plan]]:
    """Plan the pictures of a job: chosen days, and what changed between two, with their area."""
    days = map_source.loaded.days
    pair = map_source.maps.before_after or (days[0], days[-1])
    in_job = [kind for kind in KINDS.values() if kind.in_job]
    for number, area in enumerate(picture_areas(map_source)):
        planner = Planner(map_source.loaded.ensemble, area, assumed=map_source.assumed)
        for kind in in_job:
            if kind.days is Days.ONE and number == 0:
                chosen = map_days(map_source.maps.days, days)
                yield from ((area, kind.plan(planner, day)) for day in chosen)
            elif kind.days is Days.TWO and pair[0] != pair[1]:
                yield area, kind.plan(planner, *pair)


def _captioned(
    map_source: MapSource, subject: Subject, plan: Plan, *, listed: bool = False
) -> Subject:
    """Let a plan speak the language of a subject."""
    return map_source.captioned(
        subject, plan.title, more=plan.note, period=plan.period, listed=listed
    )


@contextmanager
def drawing_board(workers: int, scheduler: str = "") -> Iterator[DrawingBoard]:
    """Give something to draw on: this process, several, or a Dask cluster.

    Open it before anything else: where processes are forked there are no threads yet, and
    where they start afresh they load while the figures are computed.

    Parameters
    ----------
    workers : int
        Processes that draw.
    scheduler : str
        Address of a Dask scheduler whose workers draw instead; they write into the folder of
        the results, which all of them must see under the same path.

    Yields
    ------
    callable
        Applies a function to a list, in order.
    """
    with spread_over(workers, scheduler, in_processes=True) as run:
        run(_loaded, range(workers))  # begins at once
        yield run


def _loaded(_worker: int) -> None:
    """Do nothing; to be asked, a process must have loaded this module."""


def _drawn(subjects: bytes, target: Path, task: _Task) -> Path:
    """Draw and save one picture; return its PNG."""
    with no_collection():
        subject = replace(_opened(subjects)[task.area], text=task.text, narrow=task.narrow)
        figure, place = task.draw(subject), target / task.name
        saved = save(figure, place, formats=task.formats, in_one_piece=False)
    return saved[task.formats.index("png")]


@lru_cache(maxsize=1)
def _opened(subjects: bytes) -> dict[str, Subject]:
    """Return subjects as they were packed; a process opens them once, whatever it draws."""
    opened: dict[str, Subject] = pickle.loads(subjects)
    return opened


@dataclass(frozen=True)
class Wish:
    """A single picture that is asked for.

    Attributes
    ----------
    name : str
        Its kind, one of `territory.maps.kinds.catalogue.KINDS`.
    day, start, end : date, optional
        The last day, and the first and last, of the loaded ones by default.
    days : tuple of date
        For kinds that show several days; evenly spaced ones by default.
    actors : tuple of str
        Whose line or area is followed; by default whose ground changed most.
    text : MapText
        Its language; title and subtitle instead of the finding and the title of the job.
    tiles : bool
        Whether to fetch a base map from the internet.

    Raises
    ------
    InputError
        If there is no such kind.
    """

    name: str
    day: date | None = None
    start: date | None = None
    end: date | None = None
    days: tuple[date, ...] = ()
    actors: tuple[str, ...] = ()
    text: MapText = field(default_factory=MapText)
    formats: tuple[str, ...] = ("png",)
    dpi: int = DPI
    tiles: bool = False

    def __post_init__(self) -> None:
        """Refuse a kind that nobody can draw."""
        if self.name not in KINDS:
            raise InputError(f"no map of kind '{self.name}'; {did_you_mean(self.name, KINDS)}")

    @property
    def kind(self) -> Kind:
        """What is drawn."""
        return KINDS[self.name]

    def days_of(self, map_source: MapSource) -> tuple[date, ...]:
        """Return the days that the picture shows, and where it counts changes those between.

        Parameters
        ----------
        map_source : MapSource
            The loaded series with what its pictures need.

        Returns
        -------
        tuple of date
            In order.
        """
        days = self.main_days(map_source)
        if not self.kind.every_day:
            return days
        every = map_source.base.days
        first = every[0] if self.kind.days is Days.ONE else days[0]
        return tuple(day for day in every if first <= day <= days[-1])

    def main_days(self, map_source: MapSource) -> tuple[date, ...]:
        """Return the days that the picture is drawn from.

        They are those it names, else those that a job compares, else the first and the last
        of the loaded ones, or evenly spaced ones.

        Parameters
        ----------
        map_source : MapSource
            The loaded series with what its pictures need.

        Raises
        ------
        InputError
            If no day is loaded, or one where two are needed.
        """
        loaded, pair = map_source.loaded.days, (self.start, self.end)
        if not loaded:
            raise InputError("no day is selected, so there is nothing to draw")
        if self.kind.days is Days.TWO and self.kind.in_job and not any(pair):
            pair = map_source.maps.before_after or pair
        start, end = pair[0] or loaded[0], pair[1] or loaded[-1]
        if self.kind.days is Days.ONE:
            return (self.day or end,)
        between = tuple(day for day in loaded if start <= day <= end)
        several = self.days or spread(between, self.kind.usual)
        days = (start, end) if self.kind.days is Days.TWO else several
        if len(loaded) == 1 and start == end:
            raise InputError(f"two days are needed; there is one, {end}")
        if len(days) == 1:
            raise InputError(f"two days are needed; one is chosen, {days[0]}")
        return days


def spread(days: tuple[date, ...], count: int) -> tuple[date, ...]:
    """Return so many days evenly spaced in their order, the first and last among them.

    Parameters
    ----------
    days : tuple of date
        In order.
    count : int
        How many days; two or more.

    Returns
    -------
    tuple of date
        All of them where there are no more.

    Examples
    --------
    >>> spread(tuple(date(2018, 1, n) for n in range(1, 10)), 3)
    (datetime.date(2018, 1, 1), datetime.date(2018, 1, 5), datetime.date(2018, 1, 9))
    """
    if len(days) <= count:
        return days
    places = np.linspace(0, len(days) - 1, count).round().astype(int)
    return tuple(days[place] for place in places)


def draw_map(map_source: MapSource, wish: Wish, to: Path) -> list[Path]:
    """Draw a single picture.

    Parameters
    ----------
    map_source : MapSource
        The loaded series with what its pictures need.
    wish : Wish
        Which kind of picture, of which days, and how it is written.
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


def map_figure(map_source: MapSource, wish: Wish) -> tuple[str, Figure]:
    """Draw a single picture without saving it.

    Parameters
    ----------
    map_source : MapSource
        A series, with what lies around it and how its holders look.
    wish : Wish
        Which picture to draw of it.

    Returns
    -------
    str, Figure
        What its file would be called, and the picture.

    Raises
    ------
    InputError
        As for `draw_map`.
    """
    map_source = map_source.on(wish.main_days(map_source)[-1]).with_towns
    if wish.tiles:
        source = f"{map_source.maps.source}. {ATTRIBUTION}".lstrip(". ")
        maps = with_values(map_source.maps, {"source": source})
        context = replace(map_source.context, tiles=True)
        map_source = replace(map_source, maps=maps, context=context)
    planner = Planner(map_source.loaded.ensemble, map_source.area, wish.actors, map_source.assumed)
    plan = wish.kind.plan(planner, *wish.main_days(map_source))
    return plan.name, plan.draw(_captioned(map_source, map_source.subject(wish.text), plan))

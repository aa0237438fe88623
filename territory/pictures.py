"""The pictures of a job: one map per day, before and after, and who lost to whom."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from matplotlib.figure import Figure

from territory.actors import NOBODY, Holder
from territory.compare import Comparison
from territory.estimate import Estimate
from territory.history import History
from territory.load import Loaded
from territory.maps import (
    Context,
    MapText,
    Style,
    before_after_map,
    comparison_map,
    day_map,
    save,
    styles_for,
    transfers_map,
)
from territory.maps.words import Words
from territory.read.jobfile import Job, MapsSpec
from territory.read.safe import driver_path
from territory.read.text import csv_rows
from territory.read.world import read_countries
from territory.uncertainty import Ensemble, area_estimates, transfer_estimates

Progress = Callable[[str, int, int], None]
Estimates = Mapping[Holder, Estimate]
DrawingBoard = Callable[[Callable[["_Picture"], Path], list["_Picture"]], Iterable[Path]]
_STAGE = "drawing maps"
_CHUNK = 2


@dataclass(frozen=True, eq=False)
class _Album:
    """What all pictures of a job share; small enough to be handed to another process."""

    history: History
    area: str
    context: Context
    styles: Mapping[Holder, Style]


@dataclass(frozen=True)
class _Picture:
    """One picture to be made.

    `days` are the one day, or the two of a comparison; `held` and `moved` the figures of
    the legend.
    """

    name: str
    draw: "Callable[[_Album, _Picture], Figure]"
    days: tuple[date, ...]
    text: MapText
    held: Mapping[date, Estimates]
    moved: Mapping[tuple[Holder, Holder], Estimate]


def draw_pictures(
    loaded: Loaded, job: Job, folder: Path, out: Path, *, board: DrawingBoard, progress: Progress
) -> dict[str, Path]:
    """Draw every picture of a job in every language.

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
    dict of str to Path
        The PNG of each picture in the first language, by name: the day,
        ``before_after`` or ``transfers``.
    """
    target = out / "maps"
    target.mkdir(parents=True, exist_ok=True)
    base = loaded.ensemble.base
    album = _Album(
        base,
        job.maps.area or base.area_names[0],
        read_context(job.maps, folder),
        styles_for(base.holders),
    )
    pictures = [
        picture
        for language in job.maps.languages
        for picture in _pictures(loaded, job, album, language)
    ]
    draw = partial(_drawn, album, target)
    drawn: dict[str, Path] = {}
    for done, (picture, path) in enumerate(
        zip(pictures, board(draw, pictures), strict=True), start=1
    ):
        progress(_STAGE, done, len(pictures))
        if picture.text.language == job.maps.languages[0]:
            drawn[picture.name] = path
    return drawn


@contextmanager
def drawing_board(workers: int) -> Iterator[DrawingBoard]:
    """Give something to draw on: this process, or several.

    Open it before anything else: where processes are forked there are no threads yet, and
    where they start afresh they load while the figures are computed.
    """
    if workers <= 1:
        yield map
        return
    with ProcessPoolExecutor(workers) as pool:
        for _ in range(workers):
            pool.submit(_loaded)
        yield partial(pool.map, chunksize=_CHUNK)


def _loaded() -> None:
    """Do nothing; to be asked, a process must have loaded this module."""


def _drawn(album: _Album, target: Path, picture: _Picture) -> Path:
    """Draw and save one picture; return its PNG."""
    return save(picture.draw(album, picture), target / picture.name)[0]


def _day(album: _Album, picture: _Picture) -> Figure:
    (day,) = picture.days
    return day_map(
        album.history,
        day,
        area=album.area,
        estimates=picture.held[day],
        context=album.context,
        text=picture.text,
        styles=album.styles,
    )


def _before_after(album: _Album, picture: _Picture) -> Figure:
    return before_after_map(
        album.history,
        picture.days[0],
        picture.days[-1],
        area=album.area,
        estimates=picture.held,
        context=album.context,
        text=picture.text,
        styles=album.styles,
    )


def _transfers(album: _Album, picture: _Picture) -> Figure:
    return transfers_map(
        album.history,
        picture.days[0],
        picture.days[-1],
        area=album.area,
        estimates=picture.moved,
        context=album.context,
        text=picture.text,
        styles=album.styles,
    )


def _pictures(loaded: Loaded, job: Job, album: _Album, language: str) -> Iterator[_Picture]:
    """List the pictures of one language with their titles and figures."""
    ensemble, area = loaded.ensemble, album.area
    speak = _Speaker(album.styles, language)
    text = MapText(
        "",
        subtitle=job.title,
        source=job.maps.source,
        language=language,
        note=speak.note(ensemble),
    )
    suffix = "" if language == job.maps.languages[0] else f".{language}"
    for day in loaded.days:
        held = {day: area_estimates(ensemble, day, area)}
        titled = replace(text, title=speak.day_title(held[day]))
        yield _Picture(f"{day}{suffix}", _day, (day,), titled, held, {})
    pair = job.maps.before_after or (loaded.days[0], loaded.days[-1])
    if pair[0] == pair[1]:
        return
    held = {day: area_estimates(ensemble, day, area) for day in pair}
    moved = transfer_estimates(ensemble, *pair, area, stayed=False)
    changed = replace(text, title=speak.change_title(*(held[day] for day in pair)))
    yield _Picture(f"before_after{suffix}", _before_after, pair, changed, held, {})
    taken = replace(text, title=speak.transfer_title(moved))
    yield _Picture(f"transfers{suffix}", _transfers, pair, taken, {}, moved)


@dataclass(frozen=True, eq=False)
class _Speaker:
    """Says what a picture shows, in one language."""

    styles: Mapping[Holder, Style]
    language: str

    @property
    def words(self) -> Words:
        return Words(self.language)

    def name(self, holder: Holder) -> str:
        return self.styles[holder].name(self.language)

    def note(self, ensemble: Ensemble) -> str:
        """Say what kind of zones these are."""
        if ensemble.draws:
            return self.words.say("note_places", count=f"{ensemble.total:,}")
        return self.words.say("note_zones")

    def day_title(self, held: Estimates) -> str:
        """Name the party that holds most."""
        parties = {holder: each.value for holder, each in held.items() if holder != NOBODY}
        if not parties:
            return self.words.say("title_nobody")
        largest = max(sorted(parties), key=lambda holder: parties[holder])
        share = parties[largest] / sum(each.value for each in held.values())
        return self.words.say("title_day", actor=self.name(largest), share=self.words.share(share))

    def change_title(self, before: Estimates, after: Estimates) -> str:
        """Name the party whose ground changed most."""
        changes = {
            holder: _value(after, holder) - _value(before, holder)
            for holder in sorted({*before, *after} - {NOBODY})
        }
        most = max(changes, key=lambda holder: abs(changes[holder]), default=None)
        if most is None or changes[most] == 0:
            return self.words.say("no_transfer")
        key = "title_gained" if changes[most] > 0 else "title_lost"
        area = self.words.area(abs(changes[most]))
        return self.words.say(key, actor=self.name(most), area=area)

    def transfer_title(self, moved: Mapping[tuple[Holder, Holder], Estimate]) -> str:
        """Name the largest transfer."""
        if not moved:
            return self.words.say("no_transfer")
        giver, taker = max(sorted(moved), key=lambda pair: moved[pair].value)
        return self.words.say(
            "title_transfer",
            giver=self.name(giver),
            taker=self.name(taker),
            area=self.words.area(moved[giver, taker].value),
        )


def _value(held: Estimates, holder: Holder) -> float:
    return held[holder].value if holder in held else 0.0


def read_context(spec: MapsSpec, folder: Path) -> Context:
    """Read what lies around the zones; without a file the countries of the package serve.

    Raises
    ------
    InputError
        If a named file cannot be read.
    """
    return Context(
        countries=_layer(spec.countries, folder) if spec.countries else world(),
        regions=_layer(spec.regions, folder),
        towns=_towns(folder / spec.towns) if spec.towns else None,
    )


def _layer(name: str, folder: Path) -> gpd.GeoDataFrame | None:
    if not name:
        return None
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(driver_path(folder / name))
    return frame


def world() -> gpd.GeoDataFrame:
    """Return the countries that come with the package, for the ground around the zones."""
    countries = read_countries()
    return gpd.GeoDataFrame(
        {"name": countries.names}, geometry=list(countries.polygons), crs="EPSG:4326"
    )


def _towns(path: Path) -> gpd.GeoDataFrame:
    rows = [row for _, row in csv_rows(path, ("name", "name_ar", "lat", "lon", "rank"))]
    points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    columns = {key: [row[key] for row in rows] for key in ("name", "name_ar")}
    ranks = [int(row["rank"]) for row in rows]
    return gpd.GeoDataFrame({**columns, "rank": ranks}, geometry=points, crs="EPSG:4326")


def draw_comparison(found: Comparison, names: tuple[str, str], path: Path) -> Path:
    """Draw where two publishers differ; return the PNG."""
    share = Words("en").share(found.agreed_km2 / found.total_km2)
    text = MapText(
        f"{names[0]} and {names[1]} agree on {share} of the ground",
        source=" and ".join(names),
        note=Words("en").say("note_zones"),
    )
    figure = comparison_map(
        found,
        names=names,
        context=Context(countries=world()),
        text=text,
        styles=styles_for(found.holders),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(figure, path.with_suffix(""), formats=("png",))[0]

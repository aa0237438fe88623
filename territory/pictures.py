"""The pictures of a job: one map per day, before and after, and who lost to whom."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from matplotlib.figure import Figure

from territory.actors import NOBODY, Holder
from territory.estimate import Estimate
from territory.load import Loaded
from territory.maps import (
    Context,
    MapText,
    Style,
    before_after_map,
    day_map,
    save,
    styles_for,
    transfers_map,
)
from territory.maps.words import Words
from territory.read.jobfile import Job, MapsSpec
from territory.read.safe import driver_path
from territory.read.text import csv_rows
from territory.uncertainty import area_estimates, transfer_estimates

Progress = Callable[[str, int, int], None]
Estimates = Mapping[Holder, Estimate]
_STAGE = "drawing maps"


@dataclass(frozen=True)
class _Picture:
    """One picture to be made: its file name and the function that draws it."""

    name: str
    draw: Callable[[], Figure]


@dataclass(frozen=True, eq=False)
class _Album:
    """What all pictures of a job share."""

    loaded: Loaded
    area: str
    context: Context
    styles: Mapping[Holder, Style]
    text: MapText

    @property
    def words(self) -> Words:
        return self.text.words

    def titled(self, title: str) -> MapText:
        return replace(self.text, title=title)

    def holding(self, day: date) -> dict[Holder, Estimate]:
        return area_estimates(self.loaded.ensemble, day, self.area)

    def name(self, holder: Holder) -> str:
        return self.styles[holder].name(self.text.language)


def draw_pictures(
    loaded: Loaded, job: Job, folder: Path, out: Path, *, progress: Progress
) -> dict[str, Path]:
    """Draw every picture of a job in every language.

    Parameters
    ----------
    folder : Path
        What the context files of the job start from.
    out : Path
        Folder of the results; pictures go into ``maps`` below it.

    Returns
    -------
    dict of str to Path
        The PNG of each picture, by name: the day, ``before_after`` or ``transfers``,
        with ``.ar`` behind it for Arabic.
    """
    target = out / "maps"
    target.mkdir(parents=True, exist_ok=True)
    context = read_context(job.maps, folder)
    pictures = [p for language in job.maps.languages for p in _pictures(loaded, job, context, language)]
    drawn = {}
    for done, picture in enumerate(pictures, start=1):
        progress(_STAGE, done, len(pictures))
        drawn[picture.name] = save(picture.draw(), target / picture.name)[0]
    return drawn


def _pictures(loaded: Loaded, job: Job, context: Context, language: str) -> Iterator[_Picture]:
    album = _Album(
        loaded,
        job.maps.area or loaded.ensemble.base.area_names[0],
        context,
        styles_for(loaded.ensemble.base.holders),
        MapText("", subtitle=job.title, source=job.maps.source, language=language, note=_note(loaded, language)),
    )
    suffix = "" if language == job.maps.languages[0] else f".{language}"
    for day in loaded.days:
        yield _Picture(f"{day}{suffix}", lambda day=day: _day(album, day))
    pair = job.maps.before_after or (loaded.days[0], loaded.days[-1])
    if pair[0] != pair[1]:
        yield _Picture(f"before_after{suffix}", lambda: _before_after(album, *pair))
        yield _Picture(f"transfers{suffix}", lambda: _transfers(album, *pair))


def _note(loaded: Loaded, language: str) -> str:
    """Say what kind of zones these are."""
    words = Words(language)
    if loaded.ensemble.draws:
        return words.say("note_places", count=f"{loaded.ensemble.total:,}")
    return words.say("note_zones")


def _day(album: _Album, day: date) -> Figure:
    held = album.holding(day)
    return day_map(
        album.loaded.ensemble.base,
        day,
        area=album.area,
        estimates=held,
        context=album.context,
        text=album.titled(_day_title(album, held)),
        styles=album.styles,
    )


def _day_title(album: _Album, held: Estimates) -> str:
    parties = {holder: estimate.value for holder, estimate in held.items() if holder != NOBODY}
    if not parties:
        return album.words.say("title_nobody")
    largest = max(sorted(parties), key=lambda holder: parties[holder])
    share = parties[largest] / sum(estimate.value for estimate in held.values())
    return album.words.say("title_day", actor=album.name(largest), share=album.words.share(share))


def _before_after(album: _Album, before: date, after: date) -> Figure:
    held = {day: album.holding(day) for day in (before, after)}
    return before_after_map(
        album.loaded.ensemble.base,
        before,
        after,
        area=album.area,
        estimates=held,
        context=album.context,
        text=album.titled(_change_title(album, held[before], held[after])),
        styles=album.styles,
    )


def _change_title(album: _Album, before: Estimates, after: Estimates) -> str:
    """Name the party whose ground changed most."""
    parties = sorted({*before, *after} - {NOBODY})
    changes = {
        holder: (after[holder].value if holder in after else 0.0)
        - (before[holder].value if holder in before else 0.0)
        for holder in parties
    }
    if not changes or max(map(abs, changes.values())) == 0:
        return album.words.say("no_transfer")
    most = max(parties, key=lambda holder: abs(changes[holder]))
    key = "title_gained" if changes[most] > 0 else "title_lost"
    return album.words.say(
        key, actor=album.name(most), area=album.words.area(abs(changes[most]))
    )


def _transfers(album: _Album, before: date, after: date) -> Figure:
    moved = transfer_estimates(album.loaded.ensemble, before, after, album.area, stayed=False)
    return transfers_map(
        album.loaded.ensemble.base,
        before,
        after,
        area=album.area,
        estimates=moved,
        context=album.context,
        text=album.titled(_transfer_title(album, moved)),
        styles=album.styles,
    )


def _transfer_title(album: _Album, moved: Mapping[tuple[Holder, Holder], Estimate]) -> str:
    if not moved:
        return album.words.say("no_transfer")
    giver, taker = max(sorted(moved), key=lambda pair: moved[pair].value)
    return album.words.say(
        "title_transfer",
        giver=album.name(giver),
        taker=album.name(taker),
        area=album.words.area(moved[giver, taker].value),
    )


def read_context(spec: MapsSpec, folder: Path) -> Context:
    """Read what lies around the zones; whatever is not named is left out.

    Raises
    ------
    InputError
        If a named file cannot be read.
    """
    return Context(
        countries=_layer(spec.countries, folder),
        regions=_layer(spec.regions, folder),
        towns=_towns(folder / spec.towns) if spec.towns else None,
    )


def _layer(name: str, folder: Path) -> gpd.GeoDataFrame | None:
    if not name:
        return None
    return pyogrio.read_dataframe(driver_path(folder / name))


def _towns(path: Path) -> gpd.GeoDataFrame:
    rows = [row for _, row in csv_rows(path, ("name", "name_ar", "lat", "lon", "rank"))]
    points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    columns = {key: [row[key] for row in rows] for key in ("name", "name_ar")}
    ranks = [int(row["rank"]) for row in rows]
    return gpd.GeoDataFrame({**columns, "rank": ranks}, geometry=points, crs="EPSG:4326")

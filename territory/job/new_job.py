"""A new job file: the files beside it, and every section as an example to fill in."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from territory.errors import InputError
from territory.job.load import load_series, series_days
from territory.job.profile_choice import with_profile
from territory.job.proposed_series import attempt
from territory.job.series import Loaded
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.read.formats.by_extension import is_readable
from territory.read.formats.gzipped import kind_of_file
from territory.read.paths import expand
from territory.read.profile import read_profile
from territory.read.recognise import PLACES

_MANY_DAYS = 60  # of which only some get a map and a row of changes
_TABLES = (".csv", ".json")  # may hold anything; they are taken where nothing else lies there

_HEAD = """\
# A job of territory: territory run {name} --out out
# Everything here can be left as it is. A line that begins with # and no blank is an example:
# take the # away and fill it in. Paths are as seen from this file.
title = {title}
"""
_SERIES = """
[series]
path = {path}{remark}
{profile}
# What the files call things, where no profile says so, and what is to be done with overlaps
# (error, first or contested) and with polygons that mean two things (winding, even-odd, drop):
#actor_field = "side"
#day_field = "date"
#until_field = "end"
#day_format = "DD/MM/YYYY"
#overlap = "contested"
#repair = "winding"
# Districts and a table of who holds each take holders = "control.csv" instead of these, and its
# columns in actor_field, day_field and unit_field; id_field is the property with the same codes.
# How far the lines of the map may lie off, in metres, and over what length they do so together:
#boundary_error_m = 1300
#correlation_length_m = 12000
"""
_REST = """
# Areas of interest: west, south, east, north in degrees, a file, or a country by its name.
#[area]
#box = [36.6, 35.2, 37.7, 36.1]
#ukraine = {{ file = "Ukraine", title = "Ukraine" }}

# Provinces, for a table by region: a file with a name on each polygon.
#[regions]
#file = "provinces.geojson"

[days]
# all, month-start, week, first-and-last, or days: ["2024-01-01", "2024-02-01"]
select = {select}
#first_day = {first}
#last_day = {last}

# Published figures to be checked stand in a file of their own, claims.toml, one after another:
#   [[claim]]
#   id = "an-agency-3035"
#   text = "seized roughly 3,035 square kilometres"
#   publisher = "An agency"
#   published = {last}
#   value = "3,035"
#   unit = "km2"              # or sqmi, ha, acres, dunams, percent, points, places, units, people
#   precision = "roughly"     # exactly, over, under, nearly, ...; left out where there is no word
#   period = [{first}, {last}]
#   [[claim.reading]]         # each exact meaning that the sentence may have
#   name = "from anyone"
#   quantity = "gained"       # or lost, net, changed-hands; total and share take day, not period
#   by = ["government"]      # as territory areas calls them
{claims}
[maps]
enabled = true
#before_after = [{first}, {last}]
# the page opens in the first; any of en, ar, fr, ru, uk
#languages = ["en", "uk"]
#formats = ["png", "svg"]
#film = true

[report]
enabled = true
#headline = "What the report says first"
#sources = ["Who drew the maps, and where they are"]

#[export]
#zones = "all"
#crs = "EPSG:4326"
"""


@dataclass(frozen=True)
class NewJob:
    """A job file to be written.

    Attributes
    ----------
    text : str
        As TOML.
    profile : str
        The text of a profile to be written beside it; empty where none is needed.
    remarks : tuple of str
        What was found.
    problem : str
        Why the files that are there cannot be read yet.
    """

    text: str
    profile: str = ""
    remarks: tuple[str, ...] = ()
    problem: str = ""


def new_job(place: Path, paths: Sequence[str] = ()) -> NewJob:
    """Return a job for the files beside it, or for others.

    Parameters
    ----------
    place : Path
        Where the job will be.
    paths : sequence of str
        Files, folders or globs, as seen from here; those beside the job by default.

    Raises
    ------
    InputError
        If a path names no file.
    """
    folder = place.parent
    if paths:
        expand(tuple(paths))
    seen = [_from(folder, each) for each in paths] if paths else beside(folder)
    if not seen:
        remark = "no files lie beside it; name them under [series]"
        return NewJob(_text(place, _no_files(), ()), remarks=(remark,))
    spec = SeriesSpec(path=seen[0] if len(seen) == 1 else tuple(seen))
    try:
        found = with_profile(spec, folder)
        days = series_days(found, folder, rule="all")
    except InputError as error:
        return _proposed(spec, place, error)
    return NewJob(_text(place, _series(found), days, found), "", (found.recognised,))


def _proposed(spec: SeriesSpec, place: Path, error: InputError) -> NewJob:
    """Return a job whose files are read with a profile that is proposed for them."""
    paths = [str(place.parent / each) for each in spec.paths]
    try:
        found = attempt(paths, lambda there: _loaded(paths, there))
    except InputError:  # nothing of them can be read
        return NewJob(_text(place, _series(spec, problem=str(error)), ()), problem=str(error))
    named = profile_place(place).name
    text = _series(spec, profile=named, problem=found.problem)
    days = found.loaded.days if found.loaded else ()
    remark = f"no built-in profile reads the files; {named} is proposed, look at it"
    return NewJob(_text(place, text, days), found.text, (remark,), found.problem)


def _loaded(paths: Sequence[str], profile: str) -> Loaded:
    return load_series(
        SeriesSpec(profile=profile, path=tuple(paths)),
        Path(),
        areas={},
        rule="all",
        more_days=(),
        uncertainty=UncertaintySpec(),
    )


def profile_place(place: Path) -> Path:
    """Return where the profile of a job is written that needs one.

    Parameters
    ----------
    place : Path
        Of the job.
    """
    return place.with_name(f"{place.stem}-profile.toml")


# ---- Files -------------------------------------------------------------------------------


def beside(folder: Path) -> list[str]:
    """Return what in a folder is to be read: globs of its files, else the folders in it.

    Folders that a run has written are passed over.

    Parameters
    ----------
    folder : Path
        Of the job.
    """
    files = [each for each in sorted(folder.iterdir()) if each.is_file() and is_readable(each)]
    drawn = [each for each in files if kind_of_file(each) not in _TABLES] or _tables(files)
    if drawn:
        return list(dict.fromkeys(_glob(each) for each in drawn))
    folders = (each for each in sorted(folder.iterdir()) if each.is_dir())
    return [each.name for each in folders if _holds_zones(each)]


def _tables(files: Iterable[Path]) -> list[Path]:
    """Return the places among tables, or all of them."""
    found = list(files)
    return [each for each in found if each.stem == PLACES] or found


def _glob(path: Path) -> str:
    if path.stem == PLACES:
        return path.name
    ends = path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]
    return f"*{''.join(ends)}"


def _holds_zones(folder: Path) -> bool:
    if folder.name.startswith(".") or (folder / "run.json").exists():
        return False
    return any(each.is_file() and is_readable(each) for each in folder.rglob("*"))


def _from(folder: Path, path: str) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


# ---- Text --------------------------------------------------------------------------------


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _no_files() -> str:
    return _SERIES.format(
        path=_quoted("zones"),
        remark="        # files, folders, globs or a zip: put them there",
        profile='#profile = "zones"      # left out, the files are recognised',
    )


def _series(spec: SeriesSpec, *, profile: str = "", problem: str = "") -> str:
    """Return the section of the series."""
    if profile:
        line = f"profile = {_quoted(profile)}      # proposed: look at it"
    elif spec.profile:
        line = f"#profile = {_quoted(spec.profile)}      # {spec.recognised}"
    else:
        line = '#profile = "zones"      # left out, the files are recognised'
    lines = "".join(f"\n# {each}" for each in problem.splitlines())
    path = _quoted(spec.paths[0] if len(spec.paths) == 1 else list(spec.paths))
    return _SERIES.format(path=path, remark="", profile=f"{line}{lines}")


def _text(place: Path, series: str, days: Sequence[date], spec: SeriesSpec | None = None) -> str:
    """Return the whole job."""
    first, last = (days[0], days[-1]) if days else (date(2024, 1, 1), date(2024, 2, 1))
    claims = place.with_name("claims.toml").exists()
    mark = "" if claims else "#"
    return (
        _HEAD.format(name=place.name, title=_quoted(_title(place, days, spec)))
        + series
        + (
            _REST.format(
                select=_quoted("month-start" if len(days) > _MANY_DAYS else "all"),
                first=_quoted(str(first)),
                last=_quoted(str(last)),
                claims=f'{mark}[claims]\n{mark}file = "claims.toml"\n',
            )
        )
    )


def _title(place: Path, days: Sequence[date], spec: SeriesSpec | None) -> str:
    """Return a title: the publisher, else the folder, and the days."""
    drawn = spec is not None and spec.profile and spec.profile not in (PLACES, "units")
    publisher = read_profile(spec.profile).publisher if drawn and spec else ""
    name = publisher or place.resolve().parent.name or "Territory"
    if not days:
        return name
    return f"{name}, {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "")

"""What a job will do, told before it does it: days, maps and megabytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from territory.job.days import MOST_DAYS, Period, map_days, select_days
from territory.job.input_files import input_files, series_files
from territory.job.load import series_days
from territory.job.profile_choice import choices_of, read_job
from territory.job.spec import Job, SeriesSpec
from territory.maps.kinds.catalogue import Days, kinds_of

MANY_MAPS = 60
_PAIR = len(kinds_of(Days.TWO, in_job=True))  # pictures of what changed
# Megabytes, measured on daily maps of Ukraine and on the founding case. An SVG, unlike a
# PNG, grows with the outlines that are drawn.
_PNG_MB, _FILM_MB = 0.15, 0.2
_SVG_MB, _SVG_OF_DAY = 0.1, 6.0
_PAGE_MB, _REPORT_MB = 1.0, 2.0
# Spells have the ground of all days about once, zones as GeoJSON that of each day.
_FILES_MB, _SPELLS_OF_DAY, _ZONES_OF_DAY = 0.4, 0.3, 2.0


@dataclass(frozen=True)
class Preview:
    """What a job will do.

    Attributes
    ----------
    days : mapping of str to tuple of date
        The days that are reported, by series.
    maps : int
        Pictures, each of them in every language.
    megabytes : float
        What will be written, roughly: within a factor of two.
    hint : str
        What limits the maps, where they are many; see `many_maps`.
    choices : tuple of str
        What the series are read as whose profile was recognised.
    """

    days: dict[str, tuple[date, ...]]
    maps: int
    megabytes: float
    hint: str = ""
    choices: tuple[str, ...] = ()


def preview(path: Path) -> Preview:
    """Read a job and its files, and return what it will do; nothing is measured or written.

    Parameters
    ----------
    path : Path
        The job file; relative names in it start from its folder.

    Returns
    -------
    Preview
        Days, maps and megabytes.

    Raises
    ------
    TerritoryError
        If anything that is read is wrong.
    """
    job, folder = read_job(path), path.parent
    input_files(job, path)
    span = Period(job.days.first_day, job.days.last_day)
    pair = job.maps.before_after or ()
    days = {
        spec.name: series_days(
            spec,
            folder,
            rule=job.days.select,
            more_days=pair if number == 0 else (),
            span=span,
        )
        for number, spec in enumerate(job.series)
    }
    drawn_days = days[job.series[0].name]
    maps = map_count(job, drawn_days)
    sizes = [_day_mb(spec, folder) for spec in job.series]
    files = _FILES_MB + sum(
        size * (_SPELLS_OF_DAY * len(each) + _ZONES_OF_DAY * _zone_files(job, each))
        for size, each in zip(sizes, days.values(), strict=True)
    )
    further = len(job.maps.formats) - 1
    drawn = _FILM_MB * job.maps.film + maps * (
        _PNG_MB + further * (_SVG_MB + _SVG_OF_DAY * sizes[0])
    )
    rest = (_PAGE_MB + _REPORT_MB) * job.report.enabled
    return Preview(days, maps, drawn + files + rest, many_maps(job, drawn_days), choices_of(job))


def map_count(job: Job, days: Sequence[date]) -> int:
    """Return how many pictures a job draws of its first series, in all languages.

    Parameters
    ----------
    job : Job
        Which pictures it draws, and in which languages.
    days : sequence of date
        Those that are reported.

    Raises
    ------
    InputError
        If a map is asked for of a day that is not reported.
    """
    if not job.maps.enabled:
        return 0
    first, last = job.maps.before_after or (days[0], days[-1])
    pairs = _PAIR if first != last else 0
    whole = {"", "all", job.series[0].extent}
    areas = 1 if job.maps.area in whole else 2  # what changed on all ground is drawn too
    of_days = len(map_days(job.maps.days, tuple(days)))
    return len(job.maps.languages) * (of_days + pairs * areas)


def many_maps(job: Job, days: Sequence[date]) -> str:
    """Say that a job draws many maps or leaves days out unasked, and what changes that.

    It says nothing where maps are few and every day has one.

    Parameters
    ----------
    job : Job
        Which pictures it draws, and in which languages.
    days : sequence of date
        Those that are reported.

    Examples
    --------
    >>> series = {"profile": "isw", "path": "a.geojson"}
    >>> days = [date.fromordinal(730_000 + n) for n in range(61)]
    >>> many_maps(Job(series=(series,)), days)[:37]
    '6 maps will be drawn, of 4 of 61 days'
    >>> many_maps(Job(series=(series,)), days[:3])
    ''
    """
    count = map_count(job, days)
    unasked = job.maps.days is None and len(days) > MOST_DAYS
    if not count or (count <= MANY_MAPS and not unasked):
        return ""
    of_days = len(map_days(job.maps.days, tuple(days)))
    which = f"{of_days} of {len(days)} days" if of_days < len(days) else f"each of {of_days} days"
    rule = " (the first, the last and the first of each month)" if unasked else ""
    film = "" if job.maps.film else ", film = true adds a film"
    each = f" in {len(job.maps.languages)} languages" if job.maps.languages[1:] else ""
    return (
        f"{count} maps will be drawn, of {which}{rule}{each} and of what changed; [maps] days"
        ' ("all", "month-start", "week", "first-and-last" or a list of days) chooses others,'
        f" [maps] enabled = false draws none{film}"
    )


def _zone_files(job: Job, days: tuple[date, ...]) -> int:
    """Return how many of the days of a series are written as GeoJSON."""
    return 0 if job.export.zones is None else len(select_days(job.export.zones, days))


def _day_mb(spec: SeriesSpec, folder: Path) -> float:
    """Return how large the files of a series are for each of them, in megabytes."""
    sizes = [path.stat().st_size for path in series_files(spec, folder) if path.is_file()]
    return sum(sizes) / max(len(sizes), 1) / 1e6

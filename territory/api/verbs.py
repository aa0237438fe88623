"""Functions of the front door: read files, explain a figure, compare series, run a job."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import geopandas as gpd

from territory.api.claims import Answer, names_of
from territory.api.days import DayLike, day_of, period_of
from territory.api.ground import common_ground, drawn_area, named_areas
from territory.api.history import History
from territory.api.inputs import day_fields, series_spec
from territory.api.layers import plain
from territory.api.sources import file_source
from territory.api.tables import geo_table, table
from territory.api.texts import check_path, text_of
from territory.api.wording import python_words
from territory.errors import InputError, did_you_mean
from territory.explain.questions import Figures, explain_zones
from territory.explain.recipes.sentences import COLUMNS, rows, sentence
from territory.findings import Finding
from territory.job.profile_choice import with_profile
from territory.measure.calibrate import calibrate as calibrate_series
from territory.measure.calibration_words import calibrate_rows, sentences
from territory.measure.compare import compare_on
from territory.measure.disputes import pieces
from territory.measure.rows import CALIBRATE_COLUMNS, COMPARE_COLUMNS, compare_rows
from territory.one_piece import check_place
from territory.read.aoi import DrawnArea
from territory.read.world import read_countries
from territory.run import Outcome
from territory.run import run as run_job


def read(
    paths: str | Path | Iterable[str | Path],
    profile: str | Path = "",
    *,
    actor: str = "",
    holder: str = "",
    day: object = "",
    start: str = "",
    end: str = "",
    status: str = "",
    extent: object = None,
    first_day: object = None,
    last_day: object = None,
    utc_offset_hours: float | None = None,
    **settings: object,
) -> History:
    """Read a series from files.

    Parameters
    ----------
    paths : str, Path, or iterable of them
        Files, globs, folders, or zips.
    profile : str or Path
        How to read them: ``zones`` for any vector file, a publisher's name (deepstate-daily,
        deepstate-raw, isw, nzz, owl, cshapes ...), ``units``, ``places``, or your own TOML file.
        By default as they are recognised, which ``findings`` say; else as ``zones``.
    actor : str
        Property that names the actor.
    holder : str
        Who holds all zones, where no property says it.
    day : str, date or Timestamp
        Property of the day; or the day of all zones, where no file says it.
    start, end : str
        Properties of the first and last day instead.
    status : str
        Property of how firmly.
    extent : area, optional
        Of places: the ground that is divided; see `History.from_places`.
    first_day, last_day : str, date or Timestamp, optional
        Days before and after are left aside.
    utc_offset_hours : float, optional
        As for `History.from_geodataframe`.
    **settings : object
        Any other key of ``[[series]]`` in a job file, such as ``overlap``, ``repair``, ``unnamed``,
        ``ground`` and ``sides`` (for front lines and the ground they cut; the ground may be a
        GeoDataFrame or a shape too), ``day_format``,
        ``boundary_error_m``, ``holders`` or ``events``.

    Returns
    -------
    History

    Raises
    ------
    InputError
        If there is no such file, or no day of it can be used.

    Examples
    --------
    >>> import tempfile, pathlib, geopandas, shapely, territory as tt
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "zones_2025-11-01.geojson"
    >>> geopandas.GeoDataFrame({"side": ["Red"]}, geometry=[shapely.box(37, 48, 37.1, 48.1)],
    ...     crs="EPSG:4326").to_file(place)
    >>> tt.read(place, actor="side")
    <History 1 day 2025-11-01, 1 holder, 1 face>
    """
    alone = isinstance(paths, str) or not isinstance(paths, Sequence | Iterator)
    many = [paths] if alone else list(cast("Iterable[str | Path]", paths))
    if not all(isinstance(each, str | Path) for each in many):
        problem = f"files are needed, not {paths!r:.60} ({type(paths).__name__})"
        raise InputError(f"{problem}; frames go to territory.History.from_geodataframe")
    files = tuple(map(str, many))
    for file in files:
        if file.lower().endswith(".toml"):
            problem = "a TOML file holds no zones; a job is run by territory.run, and claims are"
            raise InputError(f"{problem} read by territory.Claim.from_file", file=file)
    if not files or not all(file.strip() for file in files):
        raise InputError("no file is named")
    for file in files:
        check_path(file, "a file")
    who = {
        "actor_field": text_of(actor, "actor"),
        "actor": text_of(holder, "holder"),
        "status_field": text_of(status, "status"),
    }
    fields = {**who, **day_fields(day, start, end)}
    front, settings = _front(settings)
    with python_words():
        spec = with_profile(series_spec(str(profile), files, {**fields, **settings}))
    ground = None if extent is None else drawn_area(extent, "extent")
    if ground is not None and spec.profile != "places":
        raise InputError("extent is for places; look at one area with .within(area)")
    span = period_of(first_day, last_day)
    with python_words():
        source = file_source(spec, span, ground, utc_offset_hours=utc_offset_hours, ground=front)
    return History(source)


def _front(settings: Mapping[str, object]) -> tuple[DrawnArea | None, dict[str, object]]:
    """Return the ground that front lines cut where it is in memory, and the settings of a job."""
    ground = settings.get("ground")
    if ground is None or isinstance(ground, str | Path):
        return None, dict(settings)
    return drawn_area(ground, "ground"), {**settings, "ground": "ground"}


def explain(
    figure: float | str,
    history: History,
    day: DayLike | None = None,
    *,
    by: str | Sequence[str] = (),
    words: str = "exact",
    unit: str = "km2",
) -> Answer:
    """Find the way of measuring that gives a published number.

    Parameters
    ----------
    figure : float or str
        As published; text keeps its digits.
    history : History
        Of drawn zones.
    day : str, date or Timestamp, optional
        Which it is about; not needed where there is one only.
    by : str or sequence of str
        Whose ground, if that is known.
    words : str
        How it was put: exact, rounded, roughly, over, under, nearly or just over; or as it was
        written, such as "about" or "at least".
    unit : str
        km2, m2, sqmi (square miles), ha, acres or dunams.

    Returns
    -------
    Answer
        A sentence, and a frame of recipes, the likeliest first, with the columns that
        ``territory explain`` prints.

    Raises
    ------
    TerritoryError
        If the figure is none, nobody drew the zones, or there are none of that day.

    Examples
    --------
    >>> import territory as tt
    >>> found = explain("248.69", tt.example(), "2025-12-01", by="Red", words="rounded")
    >>> found.frame.columns[:3].tolist()
    ['claim_id', 'rank', 'recipe']
    """
    _check_history(history, "history")
    if history._within is not None:
        problem = "a figure is explained by whole zones as drawn; ask the history of all ground"
        raise InputError(problem, file="history")
    when = "" if day is None else str(day_of(day, "day"))
    source = history._source

    def faults(more: Iterable[date]) -> tuple[Finding, ...]:
        return source.loaded({}, None, tuple(more)).findings

    names = tuple(each for each in names_of(by, "by") if each)
    words, unit = text_of(words, "words"), text_of(unit, "unit")
    with python_words():
        figures = Figures.of_value(f"{figure}", unit, when, words)
        answer = explain_zones(figures, source.zones(figures.days()), faults, by=names)
    return Answer(sentence(answer), table(rows(answer), COLUMNS))


def compare(
    one: History, other: History, day: DayLike | None = None, *, aoi: object = None
) -> gpd.GeoDataFrame:
    """Return where two series differ on a day, by pair of holders.

    Parameters
    ----------
    one, other : History
        Of two publishers; of drawn zones or districts, not of places.
    day : str, date or Timestamp, optional
        The last one that both have by default.
    aoi : area, optional
        As for `History.areas`; one.

    Returns
    -------
    GeoDataFrame
        Columns day_a, day_b, actor_a, actor_b, km2, low, high, ground, geometry; in the plane
        of `one`. `ground` is ``both`` where both speak of it, ``one`` in a country where only
        one of them draws anything, ``sea`` beyond every coast.

    Raises
    ------
    TerritoryError
        If they have no day in common, a day is not there, or one comes from places.

    Examples
    --------
    >>> import territory as tt
    >>> found = compare(tt.example(), tt.example())
    >>> bool((found.actor_a == found.actor_b).all())
    True
    """
    _check_history(one, "one")
    _check_history(other, "other")
    wanted = () if day is None else (day_of(day, "day"),)
    aoi = _common_area(one, other, aoi)
    loaded, area = one._one_area(aoi, wanted)
    beside, _ = other._one_area(aoi, wanted or one.days[-1:])  # spans are asked for that day
    found, boundary = compare_on(
        loaded.ensemble,
        beside.ensemble,
        day=next(iter(wanted), None),
        area=None if aoi is None else area,
    )
    ground = pieces(found, read_countries())
    made = [(row, each) for each in ground for row in compare_rows(found, [each], boundary)]
    shapes = [each.geometry for _, each in made]
    return geo_table(
        [row for row, _ in made], COMPARE_COLUMNS, shapes, loaded.ensemble.base.projection.crs
    )


def _common_area(one: History, other: History, aoi: object) -> DrawnArea | None:
    """Return the ground that both series and the question are about; None for all of it."""
    areas = tuple(named_areas(aoi).values())
    if areas[1:]:
        raise InputError("aoi: give one area; shapes of several overlap one another")
    ground: DrawnArea | None = None
    for each in (one._within, other._within, *areas):
        if each is not None and each is not ground:
            ground = common_ground(ground, each)
    return ground


def _whole_days(days: object) -> int:
    """Return how many days maps may be apart; refuse what is no whole number of them."""
    found = plain(days)
    if type(found) is not int or found < 0:
        raise InputError(f"within_days: {days!r:.60} is no whole number of days, 0 or more")
    return found


def calibrate(*histories: History, side: str | Sequence[str] = (), within_days: int = 1) -> Answer:
    """Find the error of publishers' lines from how far their fronts lie apart, and their lags.

    Parameters
    ----------
    *histories : History
        Two or three, of drawn zones by different publishers. Two share the variance equally,
        three have one of their own each (three-cornered hat).
    side : str or sequence of str
        Actors whose ground together the front is the edge of; by default the one that all have
        and that has most ground.
    within_days : int
        How many days apart two maps may be that are laid over one another.

    Returns
    -------
    Answer
        Sentences, and a frame with the columns series, boundary_error_m, correlation_length_m,
        bias_m, days and lines_km. Publishers who look at one another share errors, so the
        errors are lower bounds. How late or early they redraw (`redraw_lag_days`) stands in
        the sentences, or why that cannot be told.

    Raises
    ------
    TerritoryError
        If nobody drew the lines, or the series have no common day, side or front, or are the
        same drawing.

    Examples
    --------
    >>> import territory as tt
    >>> calibrate(tt.example(), tt.example())
    Traceback (most recent call last):
    territory.errors.InputError: A and B draw the same lines ...
    """
    if len(histories) not in (2, 3):
        raise InputError(f"two or three series are needed, not {len(histories)}")
    for number, each in enumerate(histories, start=1):
        _check_history(each, f"series {number}")
        if each._within is not None:
            problem = "errors are found along whole fronts; give the history of all ground"
            raise InputError(problem, file=f"series {number}")
    ensembles = [each._source.loaded({}, None, ()).ensemble for each in histories]
    names = [each.publisher or mark for each, mark in zip(ensembles, "ABC", strict=False)]
    if len(set(names)) < len(names):
        names = [f"{name} {mark}" for name, mark in zip(names, "ABC", strict=False)]
    found = calibrate_series(
        dict(zip(names, ensembles, strict=False)),
        read_countries(),
        side=names_of(side, "side"),
        within_days=_whole_days(within_days),
    )
    return Answer("; ".join(sentences(found)), table(calibrate_rows(found), CALIBRATE_COLUMNS))


def run(job: str | Path, out: str | Path = "out", **options: object) -> Outcome:
    """Run a whole job: tables, verdicts, maps, a page and a report.

    Parameters
    ----------
    job : str or Path
        JOB.toml.
    out : str or Path
        Folder for the results; it is filled in one piece.
    **options
        ``workers``, ``scheduler``, ``memory`` in bytes, ``force`` and ``strict``, as on the command
        line;
        ``progress`` and ``announce``, functions as of `territory.run.run`.

    Returns
    -------
    Outcome
        One sentence for each claim (`summaries`), `warnings`, and whether everything could be
        used (`is_sound`).

    Raises
    ------
    TerritoryError
        If anything in the job or its files is wrong; nothing is written then.

    Examples
    --------
    >>> run("no-such-job.toml")
    Traceback (most recent call last):
    territory.errors.InputError: no-such-job.toml: ...
    """
    for value, what in ((job, "a job file"), (out, "a folder")):
        if not isinstance(value, str | Path):
            raise InputError(f"{what} is needed, not {value!r:.60} ({type(value).__name__})")
        if not str(value).strip():
            raise InputError(f"{what} is needed; the name is empty")
        check_path(value, what)
    check_place(Path(out), folder=True)
    settings: dict[str, Any] = {name: plain(value) for name, value in options.items()}
    _check_options(settings)
    return run_job(Path(job), Path(out), **settings)


def _check_options(options: Mapping[str, object]) -> None:
    """Refuse an option of a run that does not exist, or a value that it cannot have."""
    for name, value in options.items():
        if name not in _OPTIONS:
            raise InputError(f"unknown option '{name}'; {did_you_mean(name, _OPTIONS)}")
        kind, what = _OPTIONS[name]
        fits = callable(value) if kind is Callable else type(value) is kind
        if not fits or (kind is int and value < 1):  # type: ignore[operator]
            raise InputError(f"{name}: {value!r:.60} is not {what}")


_OPTIONS: dict[str, tuple[object, str]] = {
    "workers": (int, "a number of workers, 1 or more"),
    "scheduler": (str, "the address of a scheduler"),
    "memory": (int, "a number of bytes, 1 or more"),
    "force": (bool, "True or False"),
    "strict": (bool, "True or False"),
    "progress": (Callable, "a function"),
    "announce": (Callable, "a function"),
}


def _check_history(value: object, what: str) -> None:
    if not isinstance(value, History):
        raise InputError(f"a History is needed, not {value!r:.60}", file=what)


VERBS: dict[str, Callable[..., object]] = {"read": read, "explain": explain, "run": run}

"""Ways into a history from frames: drawn zones, fixed units with holders, places with events."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from territory.api.claims import names_of
from territory.api.days import day_of, optional_day, period_of
from territory.api.ground import drawn_area
from territory.api.layers import (
    check_active,
    check_column,
    check_filled,
    check_text,
    layer_of,
    plain,
    refuse_doubled,
)
from territory.api.sources import Source, place_source, unit_source, zone_source
from territory.api.texts import check_writable, text_of
from territory.api.wording import python_words
from territory.errors import InputError, did_you_mean
from territory.geometry.projection import WGS84, lonlat_bounds
from territory.history.places import Event, Place, PlaceSeries, Start, check_chain
from territory.holders import NOBODY
from territory.job.spec import SeriesSpec
from territory.read.aoi import DrawnArea
from territory.read.formats.layer import Layer
from territory.read.gazetteer import COLUMNS, gazetteer_of
from territory.read.large_tables import Texts
from territory.read.moments import moment_of, pattern_of
from territory.read.profile import Profile
from territory.read.row_position import Position, counted_row
from territory.read.text_files import refuse_near_misses, with_values
from territory.read.units import HolderTable, UnitFields, holders_of, unit_names

_MIDNIGHT = re.compile(r"^(\d{4}-\d\d-\d\d)[T ]00:00(?::00)?(?:Z|[+-]\d\d:?\d\d)?$")  # of any zone
FRAME = "GeoDataFrame"  # what messages call zones in memory


class FromFrames:
    """What can be made from frames; see `territory.api.history.History`.

    Parameters
    ----------
    source : Source
        What was read.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    @classmethod
    def from_geodataframe(
        cls,
        gdf: gpd.GeoDataFrame,
        *,
        actor: str = "actor",
        day: object = "",
        start: str = "",
        end: str = "",
        status: str = "",
        overlap: str = "error",
        priority: str | Sequence[str] = (),
        repair: str = "",
        remainder: str = "",
        remainder_area: object = "",
        doubt_percent: float | None = None,
        unnamed: str = "",
        day_format: str = "",
        utc_offset_hours: float | None = None,
        first_day: object = None,
        last_day: object = None,
        boundary_error_m: float | None = None,
        correlation_length_m: float | None = None,
        map_scale: float | None = None,
        georeference_error_m: float | None = None,
        bias_m: float | None = None,
        date_correlation: float | None = None,
        redraw_lag_days: float | None = None,
    ) -> Self:
        """Make a history from drawn zones: one row for each zone and day, or span of days.

        They go the same way as the zones of a file, so figures are the same to the last digit.

        Parameters
        ----------
        gdf : GeoDataFrame
            Polygons in any CRS; nothing of it is changed. Zones of one holder on one day that
            overlap count once.
        actor : str
            Column that names the holder. Names are kept as they are.
        day : str, date or Timestamp
            Column of the day on which the zone was drawn so; or the day of all of them. Values
            may be text (YYYY-MM-DD), dates, or ``datetime64``.
        start, end : str
            Columns of the first and last day instead, where zones hold over spans of time; an
            empty end is open.
        status : str
            Column of how firmly: held, claimed, contested.
        overlap : str
            Where two holders have the same ground on one day: ``error``, ``first`` (see
            `priority`) or ``contested``. Of one actor what it has most firmly counts.
        priority : str or sequence of str
            Actors, strongest first, for ``overlap="first"``; the others follow by name.
        repair : str
            winding, even-odd or drop: how zones are read whose area depends on the repair.
        remainder : str
            Who holds the ground of `remainder_area` that nobody drew.
        remainder_area : str, Path or sequence of float
            A country's name, a file, or west, south, east, north in degrees.
        doubt_percent : float, optional
            Of the ground of a holder on a day, in percent, up to where invalid zones may leave open
            how much it is without `repair`; 0.1 by default.
        unnamed : str
            Whose the zones are that name no actor; ``drop`` leaves them out.
        day_format : str
            How text gives the day, such as ``DD/MM/YYYY``.
        utc_offset_hours : float, optional
            Hours east of Greenwich of the clock by which times in UTC are days. By default the day
            of their own clock counts, and, with a warning, the next where all are midnight farther
            east.
        first_day, last_day : str, date or Timestamp, optional
            Days before and after are left aside.
        boundary_error_m : float, optional
            How far the drawn lines may lie off, one standard deviation in metres; 1300 is assumed.
        correlation_length_m : float, optional
            Over what length along a line, in metres, that error stays the same.
        map_scale, georeference_error_m, bias_m, date_correlation, redraw_lag_days : float, \
optional
            What else is known of the lines; see `territory.BoundaryError`.

        Returns
        -------
        History

        Raises
        ------
        InputError
            If it is no GeoDataFrame, is empty, or a column or value cannot be used.
        CRSError
            If it has no CRS.
        GeometryError
            If a row has no area, or no defensible one.
        OverlapError
            If two holders have the same ground on one day.

        Examples
        --------
        >>> import geopandas, shapely, territory as tt
        >>> gdf = geopandas.GeoDataFrame({"side": ["Red"], "when": ["2025-11-01"]},
        ...     geometry=[shapely.box(37, 48, 37.1, 48.1)], crs="EPSG:4326")
        >>> tt.History.from_geodataframe(gdf, actor="side", day="when")
        <History 1 day 2025-11-01, 1 holder, 1 face>
        """
        layer = layer_of(gdf, FRAME)
        fields = _fields(
            layer, actor=actor, day=day, start=start, end=end, status=status, unnamed=unnamed
        )
        settings = {
            **fields,
            "overlap": overlap,
            "priority": _ranked(priority, {row[actor] or unnamed for row in layer.properties}),
            "repair": repair,
            "remainder": remainder,
            "remainder_area": remainder_area,
            "doubt_percent": doubt_percent,
            "unnamed": unnamed,
            "day_format": day_format,
            "boundary_error_m": boundary_error_m,
            "correlation_length_m": correlation_length_m,
            "map_scale": map_scale,
            "georeference_error_m": georeference_error_m,
            "bias_m": bias_m,
            "date_correlation": date_correlation,
            "redraw_lag_days": redraw_lag_days,
        }
        span = period_of(first_day, last_day)
        with python_words():
            spec = series_spec("zones", FRAME, settings)
            source = zone_source(spec, span, layer, utc_offset_hours=utc_offset_hours)
        return cls(source)

    @classmethod
    def from_front_lines(
        cls,
        lines: gpd.GeoDataFrame,
        ground: object,
        *,
        sides: str | Mapping[str, str] = "",
        day: object = "",
        start: str = "",
        end: str = "",
        reach_m: float | None = None,
        day_format: str = "",
        utc_offset_hours: float | None = None,
        first_day: object = None,
        last_day: object = None,
        boundary_error_m: float | None = None,
        correlation_length_m: float | None = None,
        map_scale: float | None = None,
        georeference_error_m: float | None = None,
        bias_m: float | None = None,
        date_correlation: float | None = None,
        redraw_lag_days: float | None = None,
    ) -> Self:
        """Make a history from dated front lines, and the ground that those of each day cut.

        Parameters
        ----------
        lines : GeoDataFrame
            A row for each line and day, or span of days, in any CRS. Lines of a day that meet
            end to end are one front.
        ground : area
            What they cut: a GeoDataFrame, a shape or (west, south, east, north) in degrees, a
            file, a country; its CRS may be another. Its rim is no front, and counts as exact.
        sides : str or mapping of str to str
            Who is on which side: ``"west=A,east=B"`` or ``{"north": "A", "south": "B"}``
            however a line runs, ``left`` and ``right`` by its direction. Columns ``left`` and
            ``right`` say it line by line instead.
        day, start, end
            As for `from_geodataframe`.
        reach_m : float, optional
            A line that ends within the ground, no further than this from its rim in metres, is
            drawn on to it; the others are refused.
        day_format, utc_offset_hours, first_day, last_day
            As for `from_geodataframe`.
        boundary_error_m, correlation_length_m, map_scale, georeference_error_m, bias_m, \
date_correlation, redraw_lag_days
            As for `from_geodataframe`.

        Returns
        -------
        History

        Raises
        ------
        InputError
            If nothing says the day or the sides of a line, or no day can be used.
        CRSError
            If a frame has no CRS.
        GeometryError
            If a row is no line.

        Examples
        --------
        >>> import geopandas, shapely, territory as tt
        >>> lines = geopandas.GeoDataFrame({"when": ["1914-08-03"]}, crs="EPSG:4326",
        ...     geometry=[shapely.LineString([(31, 45), (31, 48)])])
        >>> h = tt.History.from_front_lines(lines, (30, 46, 33, 47), day="when",
        ...     sides={"west": "Red", "east": "Blue"})
        >>> h.areas()[["actor", "km2"]].round(1).values.tolist()
        [['Blue', 17065.8], ['Red', 8532.9]]
        """
        layer = layer_of(lines, "lines", lines=True)
        settings = {
            **_columns_of_days(layer, day=day, start=start, end=end),
            "ground": "ground",
            "sides": sides,
            "reach_m": reach_m,
            "day_format": day_format,
            "boundary_error_m": boundary_error_m,
            "correlation_length_m": correlation_length_m,
            "map_scale": map_scale,
            "georeference_error_m": georeference_error_m,
            "bias_m": bias_m,
            "date_correlation": date_correlation,
            "redraw_lag_days": redraw_lag_days,
        }
        span = period_of(first_day, last_day)
        with python_words():
            spec = series_spec("zones", "lines", settings)
        area = drawn_area(ground, "ground")
        with python_words():
            source = zone_source(spec, span, layer, utc_offset_hours=utc_offset_hours, ground=area)
        return cls(source)

    @classmethod
    def from_coverage(
        cls,
        districts: gpd.GeoDataFrame,
        holders: pd.DataFrame,
        *,
        id: str = "id",
        unit: str = "unit",
        day: str = "day",
        actor: str = "actor",
        status: str = "status",
        day_format: str = "",
        boundary_error_m: float | None = None,
        correlation_length_m: float | None = None,
    ) -> Self:
        """Make a history from fixed polygons whose holders change, without any overlay.

        Parameters
        ----------
        districts : GeoDataFrame
            Polygons that do not overlap, in any CRS, with a column that tells them apart.
        holders : DataFrame
            A row for each unit and day: who holds it. It counts until the next one of its unit;
            an empty actor is nobody.
        id : str
            Column of `districts` that names the unit.
        unit, day, actor, status : str
            Columns of `holders`: the unit (as in `id`), since when, who holds it, and how firmly;
            it may go without the last.
        day_format : str
            How text gives the days, such as ``DD/MM/YYYY``.
        boundary_error_m, correlation_length_m : float, optional
            As for `from_geodataframe`; none is assumed.

        Returns
        -------
        History

        Raises
        ------
        InputError
            If a column or value cannot be used.
        OverlapError
            If districts overlap.

        Examples
        --------
        >>> import geopandas, pandas, shapely, territory as tt
        >>> districts = geopandas.GeoDataFrame({"id": ["a", "b"]}, crs="EPSG:4326",
        ...     geometry=[shapely.box(37, 48, 37.1, 48.1), shapely.box(37.1, 48, 37.2, 48.1)])
        >>> holders = pandas.DataFrame({"unit": ["a", "b", "b"], "actor": ["Red", "Blue", "Red"],
        ...     "day": ["2025-11-01", "2025-11-01", "2025-12-01"]})
        >>> h = tt.History.from_coverage(districts, holders)
        >>> h.net("Red").km2.round(1).tolist()
        [82.9]
        """
        layer = layer_of(districts, "districts")
        check_column(layer.properties[0], id, "id", "districts")
        check_filled(layer, id, "unit")
        rows = ({**row, id: _text(row[id])} for row in layer.properties)
        layer = replace(layer, properties=tuple(rows))
        names = unit_names(layer, id)
        called = {"unit": unit, "day": day, "actor": actor, "status": status}
        called = {what: text_of(name, what) for what, name in called.items()}
        day_format = _format_of_days(day_format)
        fields = UnitFields(actor="" if actor == "actor" else actor, day_format=day_format)
        with python_words(), _by_row("holders"):
            units = holders_of(_holder_table(holders, called), names, Profile(name="units"), fields)
        lines = {"boundary_error_m": boundary_error_m, "correlation_length_m": correlation_length_m}
        spec = series_spec("units", "districts", {"id_field": id, **lines})
        return cls(unit_source(spec, layer, units, "holders"))

    @classmethod
    def from_places(
        cls,
        places: pd.DataFrame,
        events: pd.DataFrame | None = None,
        *,
        extent: object = None,
        gazetteer: pd.DataFrame | None = None,
        first_day: object = None,
        last_day: object = None,
    ) -> Self:
        """Make a history from places: all ground goes to whoever holds the nearest place.

        Parameters
        ----------
        places : GeoDataFrame of points, or DataFrame with columns ``lat`` and ``lon``
            Columns ``place_id``, ``holder`` on the first day (``unknown`` where it is not known)
            and, if wanted, ``name`` and ``evidence``.
        events : DataFrame, optional
            Changes of holder in their order: columns ``place_id``, ``from_actor``, ``to_actor``,
            ``day`` (or ``date_earliest`` and ``date_latest``) and, if wanted, ``evidence``.
        extent : area, optional
            The ground that is divided: a GeoDataFrame, a shape or (west, south, east, north) in
            degrees; the convex hull of the places by default.
        gazetteer : GeoDataFrame of points, or DataFrame with ``lat`` and ``lon``, optional
            All villages, reported of or not, with an id each (``place_id``, ``id`` or
            ``pcode``). It tells whether villages on ground that changed hands are known less
            often than others; where they are, figures are rebalanced. The findings say so.
        first_day : str, date or Timestamp, optional
            Day of the holders in `places`; by default the one before the first event, so that no
            change is lost.
        last_day : str, date or Timestamp, optional
            Until when holders are known; the last event by default.

        Returns
        -------
        History
            Intervals come from leaving out places.

        Raises
        ------
        InputError
            If a place is unknown, events contradict one another, or a column cannot be used.

        Examples
        --------
        >>> import pandas, territory as tt
        >>> places = pandas.DataFrame({
        ...     "place_id": ["a", "b", "c"], "holder": ["Red", "Blue", "Blue"],
        ...     "lon": [37.1, 37.3, 37.2], "lat": [48.1, 48.1, 48.3]})
        >>> events = pandas.DataFrame({"place_id": ["b"], "day": ["2025-12-01"],
        ...     "from_actor": ["Blue"], "to_actor": ["Red"]})
        >>> villages = places.assign(name=places.place_id)  # of all, known or not
        >>> h = tt.History.from_places(places, events, extent=(37, 48, 37.4, 48.4),
        ...     first_day="2025-11-30", gazetteer=villages)
        >>> len(h.days), h.actors
        (2, ('Blue', 'Red'))
        """
        known, starts = _places(places)
        listed = [] if events is None else _events(events, known)
        if first_day is None and not listed:
            raise InputError("say of which day the holders are: first_day=", file="places")
        begin = optional_day(first_day, "first_day") or _day_before(listed)
        last = optional_day(last_day, "last_day") or max([begin, *(each.latest for each in listed)])
        if last < begin:
            raise InputError(f"first_day {begin} is after the last day, {last}", file="places")
        ordered = tuple(known[key] for key in sorted(known))
        series = PlaceSeries(ordered, starts, tuple(listed), begin, last)
        check_chain(series, {each: f"events, row {n}: " for n, each in enumerate(listed, start=1)})
        ground = _hull(ordered) if extent is None else drawn_area(extent, "extent")
        names = () if gazetteer is None else _villages(gazetteer)
        return cls(place_source(series_spec("places", "places", {}), series, ground, names))


def series_spec(
    profile: str, path: str | tuple[str, ...], values: Mapping[str, object]
) -> SeriesSpec:
    """Return which series to read and how, without what was not said.

    Parameters
    ----------
    profile : str
        Name of a built-in profile, or the path of one's own.
    path : str or tuple of str
        Files, folders or globs; for data in memory, what messages call them.
    values : mapping of str to object
        By the keys of the job file; what is None or empty is left out.

    Raises
    ------
    InputError
        If a value cannot be used, with what can.
    """
    settings = {
        name: (_place if name in ("ground", "remainder_area") else _setting)(value, name)
        for name, value in values.items()
        if value is not None and not (isinstance(value, str | tuple | list) and not value)
    }
    return with_values(SeriesSpec(profile=profile, path=path), settings)


def _setting(value: object, what: str) -> object:
    """Return a value as a job file has it: no numpy, no paths, lists as tuples."""
    if isinstance(value, Set):  # as it comes, each run would rank its names in another order
        raise InputError(f"{what}: a set has no order; write a list")
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return tuple(map(plain, value))
    return plain(value)


def _place(ground: object, what: str) -> str:
    """Return a ground that a series is read with, as its key in a job names it."""
    if isinstance(ground, str | Path):
        return str(ground)
    box = tuple(map(plain, ground)) if isinstance(ground, Sequence | np.ndarray) else ()
    if box and all(isinstance(each, int | float) for each in box):
        return ",".join(map(str, box))
    kind = type(ground).__name__
    problem = f"a file, a country or (west, south, east, north) is needed, not {kind}; write it"
    raise InputError(f"{what}: {problem} to a file")


def day_fields(day: object, start: str, end: str) -> dict[str, object]:
    """Return what says the days, by the keys of the job file: columns, or one day for all.

    Parameters
    ----------
    day : object
        A day, or the name of the column that says it; None or empty if neither.
    start, end : str
        Columns of the first and the last day; empty if there are none.

    Returns
    -------
    dict of str to object
        ``day``, or ``day_field`` with or without ``until_field``; empty if nothing is said.

    Raises
    ------
    InputError
        If a day and columns of spans are named, or an end without a start.
    """
    start, end = text_of(start, "start"), text_of(end, "end")
    if start or end:
        if not _is_empty(day):
            raise InputError("give day= (when it was drawn so) or start= and end=, not both")
        if not start:
            raise InputError("end= needs start= (the column of the first day)")
        return {"day_field": start, "until_field": end}
    if _is_empty(day):
        return {}
    if isinstance(day, str):
        check_writable(day, "day")
    if isinstance(day, str) and moment_of(day) is None:
        return {"day_field": day}
    return {"day": day_of(day, "day")}


def _ranked(priority: str | Sequence[str], actors: Iterable[object]) -> tuple[str, ...]:
    """Return the actors of a priority; refuse one that no row names."""
    if isinstance(priority, Set):
        raise InputError("priority: a set has no order; write a list")
    names = names_of(priority, "priority")
    known = sorted(map(str, actors))
    for name in names:
        if name not in known:
            raise InputError(f"priority: unknown actor '{name}'; {did_you_mean(str(name), known)}")
    return names


def _format_of_days(day_format: object) -> str:
    """Return a format of days; refuse what is none."""
    found = text_of(day_format, "day_format")
    try:
        if found:
            pattern_of(found)
    except ValueError as error:
        raise InputError(f"day_format: {error}") from None
    return found


def _is_empty(day: object) -> bool:
    return day is None or (isinstance(day, str) and not day)


def _fields(
    layer: Layer,
    *,
    actor: str,
    day: object,
    start: str,
    end: str,
    status: str,
    unnamed: str,
) -> dict[str, object]:
    """Check the columns of drawn zones; return them by the keys of the job file."""
    columns = list(layer.properties[0])
    status, unnamed = text_of(status, "status"), text_of(unnamed, "unnamed")
    check_column(columns, actor, "actor", layer.file)
    if not unnamed:
        check_filled(layer, actor, "actor")
    check_text(layer, actor, "actor", optional=bool(unnamed))
    days = _columns_of_days(layer, day=day, start=start, end=end)
    if status:
        check_column(columns, status, "status", layer.file)
    return {"actor_field": actor, "status_field": status, **days}


def _columns_of_days(layer: Layer, *, day: object, start: str, end: str) -> dict[str, object]:
    """Check what says the days of rows; return it by the keys of the job file."""
    columns = list(layer.properties[0])
    start, end = text_of(start, "start"), text_of(end, "end")
    is_column = isinstance(day, str) and day in columns and not (start or end)
    days = {"day_field": day} if is_column else day_fields(day, start, end)
    if not days:
        listed = ", ".join(columns)
        problem = f"say which column holds the day: day=COLUMN, or start= and end= ({listed})"
        raise InputError(problem, file=layer.file)
    for option, name in (("day" if not start else "start", days.get("day_field")), ("end", end)):
        if name:
            check_column(columns, str(name), option, layer.file)
    if "day_field" in days and not start:
        check_filled(layer, str(days["day_field"]), "day")
    return days


def _text_table(
    frame: object, what: str, columns: Sequence[str], optional: Sequence[str]
) -> pd.DataFrame:
    """Return columns of a frame as text, as a file has them; days as YYYY-MM-DD.

    Raises
    ------
    InputError
        If it is no frame, has no row, or lacks a column.
    """
    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise InputError(f"a DataFrame is needed, not {frame!r:.60} ({kind})", file=what)
    refuse_doubled(frame, what)
    for name in columns:
        check_column(frame.columns, name, f"the column '{name}'", what)
    if not len(frame):
        raise InputError("it has no row", file=what)
    left = [each for each in map(str, frame.columns) if each not in columns]
    refuse_near_misses(left, [each for each in optional if each == "evidence"], what, line=None)
    chosen = [*columns, *(name for name in optional if name in frame.columns)]
    return pd.DataFrame({name: [_text(each) for each in frame[name]] for name in chosen})


def _holder_table(frame: object, called: Mapping[str, str]) -> HolderTable:
    """Return a frame as the table of holders that a file is read into."""
    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise InputError(f"a DataFrame is needed, not {frame!r:.60} ({kind})", file="holders")
    refuse_doubled(frame, "holders")
    for what, name in called.items():
        if what != "status" or name != what:
            check_column(frame.columns, name, f"the column '{name}'", "holders")
    if not len(frame):
        raise InputError("it has no row", file="holders")
    left = [each for each in map(str, frame.columns) if each not in called.values()]
    if called["status"] == "status" and "status" not in frame.columns:
        hint = ", or name the one that is meant: status="
        refuse_near_misses(left, ["status"], "holders", line=None, hint=hint)
    columns = {what: _texts(frame[name]) for what, name in called.items() if name in frame.columns}
    if called["status"] == called["actor"]:
        del columns["status"]
    return HolderTable(columns, lambda row: Position("holders", row + 1, is_file=False), called)


def _texts(column: "pd.Series[Any]") -> Texts:
    """Return a column as texts; each distinct value is written once, however long it is."""
    try:
        codes, values = pd.factorize(column, use_na_sentinel=False)
    except TypeError:  # lists and the like, which have no hash
        texts = pd.Series([_text(each) for each in column], dtype=object)
        codes, values = pd.factorize(texts, use_na_sentinel=False)
    return Texts.of(codes.astype(np.int32), [_text(each) for each in values])


def _text(value: object) -> str:
    found = plain(value)
    if isinstance(found, float) and found.is_integer():
        found = int(found)  # a column with a gap makes 1.0 of 1
    return "" if found is None else _MIDNIGHT.sub(r"\1", str(found).strip())


@contextmanager
def _by_row(what: str) -> Iterator[None]:
    """Name the row of a frame where a reader names the line of a file below its header."""
    try:
        yield
    except InputError as error:
        row = error.feature if error.line is None else counted_row(error.line - 1)
        raise type(error)(error.problem, file=what, feature=row) from None


def _hull(places: Sequence[Place]) -> DrawnArea:
    points = shapely.multipoints([(each.longitude, each.latitude) for each in places])
    hull = shapely.convex_hull(points)
    if hull.geom_type != "Polygon":
        raise InputError("the places lie on a line; give the ground to divide: extent=")
    west, _, east, _ = lonlat_bounds(np.array([points]), WGS84)
    if west > east:  # in degrees the hull would run round the Earth the other way
        problem = (
            "the places lie on both sides of 180 degrees; give the ground to divide, such as"
            f" extent=({west:g}, south, {east:g}, north)"
        )
        raise InputError(problem)
    return DrawnArea(hull, WGS84)


def _places(frame: object) -> tuple[dict[str, Place], dict[str, Start]]:
    """Return places and who held them on the first day, by key."""
    table = _text_table(frame, "places", ("place_id", "holder"), ("name", "evidence"))
    known: dict[str, Place] = {}
    starts: dict[str, Start] = {}
    corners = _corners(frame)
    for row, (cells, (lon, lat)) in enumerate(zip(_rows(table), corners, strict=True), start=1):
        key = cells["place_id"]
        if not key or key in known:
            problem = f"place_id '{key}' stands twice" if key else "place_id is empty"
            raise InputError(problem, file="places", feature=row)
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - not a number is neither
            raise InputError(f"{lon}, {lat} is no place in degrees", file="places", feature=row)
        known[key] = Place(key, cells.get("name") or key, lon, lat)
        starts[key] = Start(_actor(cells["holder"], "places", row), cells.get("evidence", ""))
    return known, starts


def _villages(frame: object) -> tuple[Place, ...]:
    """Return the villages of a gazetteer."""
    table = _text_table(frame, "gazetteer", (), COLUMNS)
    if isinstance(frame, gpd.GeoDataFrame):
        corners = _corners(frame, "gazetteer")
        table = table.assign(lon=[str(x) for x, _ in corners], lat=[str(y) for _, y in corners])
    with _by_row("gazetteer"):
        return gazetteer_of(enumerate(_rows(table), start=2), Path("gazetteer"))


def _corners(frame: object, what: str = "places") -> list[tuple[float, float]]:
    """Return the longitude and latitude of every place."""
    if isinstance(frame, gpd.GeoDataFrame):
        check_active(frame, what)
        if frame.crs is None:
            raise InputError("it has no CRS; name it with .set_crs(...)", file=what)
        points = frame.geometry.to_crs(4326)
        if not (points.geom_type == "Point").all():
            raise InputError("a place must be a point", file=what)
        return list(zip(points.x, points.y, strict=True))
    numbers = []
    for name in ("lon", "lat"):
        check_column(frame.columns, name, f"the column '{name}'", "places")  # type: ignore[attr-defined]
        column = frame[name]  # type: ignore[index]
        numbers.append(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64))
    return [(float(lon), float(lat)) for lon, lat in zip(*numbers, strict=True)]


def _rows(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(key): cell for key, cell in row.items()} for row in table.to_dict("records")]


def _events(frame: object, known: Mapping[str, Place]) -> list[Event]:
    """Return changes of holder in the order of their rows."""
    span = isinstance(frame, pd.DataFrame) and "date_earliest" in frame.columns
    dated = ("date_earliest", "date_latest") if span else ("day",)
    columns = ("place_id", "from_actor", "to_actor", *dated)
    found = []
    for row, cells in enumerate(_rows(_text_table(frame, "events", columns, ("evidence",))), 1):
        first, last = (_event_day(cells[name], row) for name in (dated[0], dated[-1]))
        giver, taker = (_actor(cells[n], "events", row) for n in ("from_actor", "to_actor"))
        problem = (
            f"the dates run backwards, {first} to {last}"
            if first > last
            else f"a change from '{giver}' to '{taker}' changes nothing"
            if giver == taker
            else f"unknown place '{cells['place_id']}'"
            if cells["place_id"] not in known
            else ""
        )
        if problem:
            raise InputError(problem, file="events", feature=row)
        evidence = cells.get("evidence", "")
        found.append(Event(cells["place_id"], first, last, giver, taker, evidence))
    return found


def _day_before(events: Sequence[Event]) -> date:
    """Return the last day on which none of the events can have happened."""
    return min(each.earliest for each in events) - timedelta(days=1)


def _event_day(text: str, row: int) -> date:
    try:
        return day_of(text, "events")
    except InputError as error:
        raise InputError(error.problem, file="events", feature=row) from None


def _actor(name: str, what: str, row: int) -> str:
    if not name or name == NOBODY.actor:
        problem = f"an actor cannot be named '{name}'; write 'unknown', or leave the place out"
        raise InputError(problem, file=what, feature=row)
    return name

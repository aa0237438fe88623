"""A series as analysts work with it: frames in, frames out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

import pandas as pd
from pyproj import CRS

from territory.api.claims import Claim, Verdict, verdict_of
from territory.api.days import DayLike, days_of
from territory.api.ground import UNNAMED, common_ground, named_areas
from territory.api.series import AOI, called_as
from territory.api.shapes import Shapes
from territory.api.tables import html_of, table
from territory.api.texts import check_path, text_of
from territory.claims.component_rows import COMPONENT_COLUMNS, component_rows
from territory.claims.model import Claim as ClaimModel
from territory.claims.model import Claims
from territory.claims.net import net_claim, net_rows
from territory.claims.obstacles import check_names
from territory.errors import InputError, did_you_mean
from territory.findings import FindingKind
from territory.history.history import WHOLE
from territory.holders import Status
from territory.job.named_aoi import state_rims
from territory.job.series import Loaded
from territory.job.several_maps import marked_for_pool
from territory.job.study import judge_claims
from territory.measure.rows import (
    AREA_COLUMNS,
    CHANGE_COLUMNS,
    Row,
    area_rows,
    change_rows,
)
from territory.publish.export.series_files import destination_of, export
from territory.read.aoi import DrawnArea

_CHANGED = CHANGE_COLUMNS[1:]
_NET = (
    *("area", "from_day", "to_day", "actor"),
    *("km2", "low", "high", "gained", "lost", "drawn_low", "drawn_high"),
)
_BY = ("region", "whole")


class History(Shapes):
    """Who held what, day by day: everything is read off one planar partition.

    Made by `from_geodataframe`, `from_coverage`, `from_places`, or `territory.read`.
    Figures come with the interval that the error of the drawn lines gives them. Frames
    have the columns of the files that ``territory run`` writes, but for ``series``.

    Parameters
    ----------
    source : Source
        What was read.
    within : DrawnArea, optional
        The only ground that is looked at.
    called : str
        What titles call that ground; its extent by default.
    known : iterable of Finding
        What was warned of before.

    Examples
    --------
    >>> import geopandas, shapely
    >>> gdf = geopandas.GeoDataFrame(
    ...     {"side": ["Red", "Red"], "date": ["2025-11-01", "2025-12-01"]},
    ...     geometry=[shapely.box(37, 48, 37.1, 48.1), shapely.box(37, 48, 37.2, 48.1)],
    ...     crs="EPSG:4326")
    >>> h = History.from_geodataframe(gdf, actor="side", day="date")
    >>> h
    <History 2 days 2025-11-01..2025-12-01, 1 holder, 2 faces>
    >>> h.areas().query("actor == 'Red'").km2.round(1).tolist()
    [82.9, 165.8]
    """

    def _repr_html_(self) -> str:
        """Return the same with what everyone holds on the last day, and what intervals assume."""
        last = self.areas(days=self.days[-1]).drop(columns="area")
        assumed = (f for f in self._base.findings if f.kind is FindingKind.ASSUMED_ERROR)
        lines = (repr(self)[1:-1], *(each.detail for each in assumed))
        return f"{''.join(f'<p>{escape(line)}</p>' for line in lines)}{html_of(last)}"

    def areas(
        self,
        *,
        days: DayLike | Iterable[DayLike] | None = None,
        aoi: object = None,
        regions: object = None,
        regions_name: str = "",
        rim_error_m: float | None = None,
    ) -> pd.DataFrame:
        """Return the area that everyone holds on every day.

        Parameters
        ----------
        days : day, iterable of days, or str, optional
            All by default; or ``month-start``, ``week``, ``first-and-last``.
        aoi : area, or mapping of str to area, optional
            Ground that is looked at instead of the whole (or, by name, besides it): a
            GeoDataFrame, a shape or (west, south, east, north) in degrees, a file, a country.
        regions : GeoDataFrame, str or Path, optional
            Polygons with a name each, for rows by region.
        regions_name : str
            The column that names them; one of the usual ones by default.
        rim_error_m : float, optional
            How far the outlines of areas and regions may lie off, as one standard deviation
            in metres. A box is a choice and exact.

        Returns
        -------
        DataFrame
            Columns area, day, actor, status, km2, low, high, drawn_low, drawn_high: the
            interval on the ground, then that of the map as drawn (empty without a map).

        Raises
        ------
        TerritoryError
            If a day is not in the series, or an area cannot be used.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().areas(days="2025-12-01")[["actor", "km2"]].round(1).values.tolist()
        [['Blue', 82.9], ['Red', 248.7]]
        """
        chosen = None if days is None else days_of(days)
        named = chosen if isinstance(chosen, tuple) else ()
        loaded = self._loaded(aoi, regions, regions_name, named, rim_error_m)
        reported = loaded.days if chosen is None else self._selected(chosen, loaded)
        rows = area_rows("", loaded.ensemble, reported)
        return table(self._wanted(rows, aoi, regions), AREA_COLUMNS[1:])

    def changes(
        self,
        start: DayLike | None = None,
        end: DayLike | None = None,
        *,
        aoi: object = None,
        regions: object = None,
        regions_name: str = "",
        rim_error_m: float | None = None,
    ) -> pd.DataFrame:
        """Return who lost how much to whom between two days.

        Parameters
        ----------
        start, end : str, date or Timestamp, optional
            The first and the last day by default.
        aoi, regions, regions_name, rim_error_m
            As for `areas`.

        Returns
        -------
        DataFrame
            Columns area, from_day, to_day, from_actor, to_actor, km2, low, high, drawn_low,
            drawn_high. Rows with the same actor twice are ground that did not change hands.

        Raises
        ------
        TerritoryError
            If a day is not in the series, or the first is not before the last.

        Examples
        --------
        >>> import territory as tt
        >>> found = tt.example().changes()
        >>> found[found.to_actor == "Red"][["from_actor", "km2"]].round(1).values.tolist()
        [['Blue', 82.9], ['Red', 165.8]]
        """
        pair = self._pair(start, end)
        loaded = self._loaded(aoi, regions, regions_name, pair, rim_error_m)
        rows = change_rows("", loaded.ensemble, [self._there(pair, loaded)])
        return table(self._wanted(rows, aoi, regions), _CHANGED)

    def components(
        self,
        start: DayLike | None = None,
        end: DayLike | None = None,
        *,
        aoi: object = None,
        regions: object = None,
        regions_name: str = "",
    ) -> pd.DataFrame:
        """Return what the change between two days is made of: quantity, exchange and shift.

        Parameters
        ----------
        start, end : str, date or Timestamp, optional
            The first and the last day by default.
        aoi, regions, regions_name
            As for `areas`.

        Returns
        -------
        DataFrame
            Columns area, from_day, to_day, actor, quantity (how much more or less someone has),
            exchange (what two swapped), shift (the rest), quantity_low, quantity_high; in km2.
            The row ``everyone`` counts all that changed hands once.

        Raises
        ------
        TerritoryError
            If a day is not in the series, or the first is not before the last.

        Examples
        --------
        >>> import territory as tt
        >>> found = tt.example().components().set_index("actor")
        >>> found.loc["everyone", ["quantity", "exchange", "shift"]].astype(float).round(1).tolist()
        [82.9, 0.0, 0.0]
        """
        pair = self._pair(start, end)
        loaded = self._loaded(aoi, regions, regions_name, pair)
        rows = component_rows("", loaded.ensemble, [self._there(pair, loaded)])
        return table(self._wanted(rows, aoi, regions), COMPONENT_COLUMNS[1:])

    def net(
        self,
        actor: str,
        by: str = "",
        *,
        start: DayLike | None = None,
        end: DayLike | None = None,
        aoi: object = None,
        regions: object = None,
        regions_name: str = "",
        rim_error_m: float | None = None,
        status: str | Sequence[str] = "held",
    ) -> pd.DataFrame:
        """Return what an actor gained less what it lost between two days.

        Parameters
        ----------
        actor : str
            As the data name it; ``"Russia (claimed)"`` is one status of it.
        by : str
            ``region`` for a row by region (with `regions`), ``whole`` for one; the first
            where there are regions.
        start, end : str, date or Timestamp, optional
            The first and the last day by default.
        aoi, regions, regions_name, rim_error_m
            As for `areas`.
        status : str or sequence of str
            What counts as having the ground: held, claimed, contested.

        Returns
        -------
        DataFrame
            Columns area, from_day, to_day, actor, km2 (the net, with low and high), gained,
            lost, drawn_low, drawn_high (of the net).

        Raises
        ------
        TerritoryError
            If nobody has that name, or regions are missing.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().net("Red").km2.round(1).tolist()
        [82.9]
        """
        by = text_of(by, "by")
        if by and by not in _BY:
            raise InputError(f"by: '{by}' is unknown; {did_you_mean(by, _BY)}")
        if by == "region" and regions is None:
            raise InputError("by='region' needs the regions: regions=GEODATAFRAME")
        self._check_actor(actor)
        pair = self._pair(start, end)
        loaded = self._loaded(aoi, regions, regions_name, pair, rim_error_m)
        days, statuses, base = self._there(pair, loaded), _statuses(status), loaded.ensemble.base
        claim = net_claim([actor], days, WHOLE, statuses)
        check_names(claim, claim.reading[0], base)
        found = net_rows(loaded.ensemble, [days], base.area_names, actors=[actor], status=statuses)
        rows: list[Row] = [{**each, "area": each["region"], "km2": each["net"]} for each in found]
        kept = self._wanted(rows, aoi, None if by == "whole" else regions)
        of_regions = [row for row in kept if row["area"] != WHOLE]
        return table(of_regions if by == "region" else kept, _NET)

    def judge(
        self,
        claim: object,
        *,
        aoi: object = None,
        rim_error_m: float | None = None,
        others: "Sequence[History] | History" = (),
    ) -> Verdict:
        """Judge a published figure against the zones, or against several series together.

        Parameters
        ----------
        claim : Claim
            See `Claim`.
        aoi : area, or mapping of str to area, optional
            One stands for whatever area the claim is about; several go by their names.
        rim_error_m : float, optional
            As for `areas`.
        others : History, or sequence of History
            Of other publishers, on the same ground: then there is a row for each series and
            one for all of them, weighted by their errors (``pooled``), which gives the verdict.

        Returns
        -------
        Verdict

        Raises
        ------
        ClaimError
            If it is about an actor that never occurs.
        InputError
            If one of the others is no History, or a series stands there twice.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().judge(Claim(83, quantity="net", by="Red",
        ...     period=("2025-11-01", "2025-12-01"))).verdict
        'consistent'
        """
        model = claim.model if isinstance(claim, Claim) else claim
        if not isinstance(model, ClaimModel):
            problem = f"{claim!r:.60} is no claim; write territory.Claim(value=..., quantity=...)"
            raise InputError(problem)
        areas, _ = state_rims(self._areas_within(aoi), None, rim_error_m, "rim_error_m")
        if UNNAMED in areas:  # one area stands for whatever the claim calls it
            model, areas = _about(model, areas)
        claims = Claims(claim=(model,))
        first, *rest = self._beside(others, areas, claims.days())
        return verdict_of(judge_claims(claims, first, file="Claim", others=rest)[0])

    def _beside(
        self, others: object, areas: Mapping[str, DrawnArea], days: tuple[date, ...]
    ) -> tuple[Loaded, ...]:
        """Measure this series and others on the same areas; several are named and marked."""
        every = _histories(self, others)
        loaded = tuple(each._source.loaded(areas, None, days) for each in every)
        if len(every) > 1:
            names = [each.publisher for each in loaded]
            named = (
                replace(each, name=name if name and names.count(name) == 1 else f"series {number}")
                for number, (each, name) in enumerate(zip(loaded, names, strict=True), start=1)
            )
            loaded = marked_for_pool(tuple(named), [()] * len(every))
        for each, series in zip(every, loaded, strict=True):
            each._warn_of_new(series)
        return loaded

    def within(self, area: object, *, rim_error_m: float | None = None) -> "History":
        """Return the same series on the ground of one area only.

        Parameters
        ----------
        area : area
            As `aoi` of `areas`; one.
        rim_error_m : float, optional
            As for `areas`.

        Returns
        -------
        History
            Every figure of which is about that area.

        Raises
        ------
        TerritoryError
            If it cannot be used, or lies elsewhere.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().within((37.0, 48.0, 37.05, 48.1)).areas().km2.round(1).tolist()
        [41.4, 41.4]
        """
        found, _ = state_rims(named_areas(area), None, rim_error_m, "rim_error_m")
        if set(found) != {UNNAMED}:
            raise InputError("within: give one area, without a name")
        ground = common_ground(self._within, found[UNNAMED])
        return History(self._source, ground, called=called_as(area), known=self._base.findings)

    def to_file(self, path: str | Path, *, crs: str = "") -> None:
        """Write the series to a file or a database, which is replaced in one piece.

        Parameters
        ----------
        path : str or Path
            .gpkg, .parquet, .fgb, .geojson, .shp (or .shp.zip), .csv, .kml, .kmz or .pmtiles for
            spells (see `spells`), .geojson.gz, .csv.gz and .kml.gz too; without a suffix a folder
            with one GeoJSON file for each day, from which the files of an earlier export go.
            ``"postgresql://USER@HOST/DATABASE"``, with ``?schema=S&table=T`` if need be, for
            the tables spells, fronts and transfers of a PostGIS database.
        crs : str
            ``"equal-area"`` for the plane of `crs`, or such as ``"EPSG:3035"``; longitude and
            latitude by default. Not for text (GeoJSON, CSV, KML) and tiles.

        Notes
        -----
        Each table of a database has a column ``valid``, the days of a row as a range, and all are
        replaced in one transaction. With a table T they are T, T_fronts and T_transfers. A table
        of that name that was not written by `to_file` or ``convert`` is left alone.

        Spells are read back with ``profile="spells"``. The error of the lines is not in the
        file. Whoever reads it states it again, with ``boundary_error_m``; else it is assumed,
        and `findings` say so.

        Raises
        ------
        InputError
            If there is no such format, nothing can be written there, or a folder holds files
            that no export wrote, or a database a table.
        CRSError
            If the CRS is not known.

        Examples
        --------
        >>> import territory as tt
        >>> import tempfile, pathlib
        >>> place = pathlib.Path(tempfile.mkdtemp()) / "out.gpkg"
        >>> tt.example().to_file(place)
        >>> place.exists()
        True
        """
        if not isinstance(path, str | Path) or not str(path).strip():
            raise InputError(f"a file is needed, not {path!r:.60}; such as 'out.gpkg'")
        check_path(path, "path")
        target = destination_of(str(path))
        name = self._base.name or self._source.spec.profile
        export(
            {name: (self._ground, self.days)}, target, crs=_crs_text(crs), looks=self._base.looks
        )


def _crs_text(crs: object) -> str:
    """Return the CRS of a file as text: pyproj knows it by its code, or by its whole definition."""
    if isinstance(crs, CRS):
        return crs.to_wkt()
    return f"EPSG:{crs}" if type(crs) is int else text_of(crs, "crs")


def _histories(first: History, others: object) -> tuple[History, ...]:
    """Return a series and others, none of which is there twice."""
    more = (others,) if isinstance(others, History) else others
    if isinstance(more, str) or not isinstance(more, Iterable):
        raise InputError(f"others: {others!r:.60} is no History, nor a list of them")
    every = [first]
    for each in more:
        if not isinstance(each, History):
            raise InputError(f"others: {each!r:.60} is no History")
        if each._within is not None and each._within is not first._within:
            problem = "others: give histories of all ground; the area is that of the first, or aoi="
            raise InputError(problem)
        if any(each._source is one._source for one in every):
            raise InputError("others: a series cannot be pooled with itself")
        every.append(each)
    return tuple(every)


def _about(
    claim: ClaimModel, areas: Mapping[str, DrawnArea]
) -> tuple[ClaimModel, dict[str, DrawnArea]]:
    """Return a claim about one area, and that area by the names the claim has for it."""
    update = {"area": AOI}
    readings = tuple(
        each.model_copy(update=update) if each.area == WHOLE else each for each in claim.reading
    )
    named = {each.area: areas.get(each.area, areas[UNNAMED]) for each in readings}
    return claim.model_copy(update={"reading": readings}), named


def _statuses(status: str | Sequence[str]) -> tuple[Status, ...]:
    """Return what counts as having the ground."""
    counted = (
        (status,) if isinstance(status, str) or not isinstance(status, Iterable) else (*status,)
    )
    if not counted:
        raise InputError("status: nothing counts; give held, claimed or contested")
    for each in counted:
        if not isinstance(each, str) or each not in list(Status):
            raise InputError(
                f"unknown status '{each!s:.60}'; {did_you_mean(str(each), map(str, Status))}"
            )
    return tuple(Status(each) for each in counted)

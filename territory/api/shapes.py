"""Ground and lines of a history as frames: zones, transfers, the front."""

from collections.abc import Iterable, Sequence
from datetime import date

import geopandas as gpd
import numpy as np
from shapely.geometry.base import BaseGeometry

from territory.api.days import DayLike, day_of
from territory.api.ground import UNNAMED
from territory.api.series import Series
from territory.api.tables import geo_table
from territory.errors import InputError
from territory.history.history import History as Partition
from territory.maps.kinds.borders import between
from territory.measure.change import transfers, zones
from territory.measure.rows import Row, area_rows, change_rows
from territory.publish.export.carried import carried_of
from territory.publish.export.tables import spell_table

_FIGURES = ("km2", "low", "high", "drawn_low", "drawn_high")
_ZONES = ("day", "actor", "status", *_FIGURES)
_TRANSFERS = ("from_day", "to_day", "from_actor", "to_actor", *_FIGURES)
_FRONT = ("day", "actor_a", "actor_b", "km")


class Shapes(Series):
    """Ground of a history; see `territory.api.history.History`."""

    def zones(
        self, day: DayLike | None = None, *, aoi: object = None, nobody: bool = False
    ) -> gpd.GeoDataFrame:
        """Return the ground that everyone holds on a day.

        Parameters
        ----------
        day : str, date or Timestamp, optional
            The last one by default.
        aoi : area, optional
            As for `areas`; one.
        nobody : bool
            Whether ground that nobody holds is a row too; leave such rows out of what is given
            to `from_geodataframe`.

        Returns
        -------
        GeoDataFrame
            Columns day, actor, status, km2, low, high, drawn_low, drawn_high, geometry; in the
            plane of `crs`.

        Raises
        ------
        TerritoryError
            If the day is not in the series.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().zones("2025-12-01").actor.tolist()
        ['Blue', 'Red']
        """
        if not isinstance(nobody, bool | np.bool_):
            raise InputError(f"nobody: {nobody!r:.60} is not True or False")
        when = self.days[-1] if day is None else day_of(day, "day")
        loaded, area = self._one_area(aoi, (when,))
        (when,) = self._there((when,), loaded)
        rows = _by_key(area_rows("", loaded.ensemble, [when]), area, ("actor", "status"))
        found = zones(loaded.ensemble.base, when, area, nobody=nobody)
        shapes = {(holder.actor, str(holder.status)): shape for holder, shape in found}
        return self._shaped(rows, shapes, _ZONES)

    def transfers(
        self,
        start: DayLike | None = None,
        end: DayLike | None = None,
        *,
        aoi: object = None,
    ) -> gpd.GeoDataFrame:
        """Return the ground that changed hands between two days.

        Parameters
        ----------
        start, end : str, date or Timestamp, optional
            The first and the last day by default.
        aoi : area, optional
            As for `areas`; one.

        Returns
        -------
        GeoDataFrame
            Columns from_day, to_day, from_actor, to_actor, km2, low, high, drawn_low,
            drawn_high, geometry; in the plane of `crs`.

        Raises
        ------
        TerritoryError
            If a day is not in the series, or the first is not before the last.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().transfers()[["from_actor", "to_actor"]].values.tolist()
        [['Blue', 'Red']]
        """
        loaded, area = self._one_area(aoi, pair := self._pair(start, end))
        pair = self._there(pair, loaded)
        made = change_rows("", loaded.ensemble, [pair])
        rows = _by_key(made, area, ("from_actor", "to_actor"))
        found = transfers(loaded.ensemble.base, *pair, area)
        shapes = {(str(each.giver), str(each.taker)): each.geometry for each in found}
        return self._shaped(rows, shapes, _TRANSFERS)

    def front(
        self, day: DayLike | None = None, *, actor: str = "", aoi: object = None
    ) -> gpd.GeoDataFrame:
        """Return the lines between holders on a day.

        Parameters
        ----------
        day : str, date or Timestamp, optional
            The last one by default.
        actor : str
            Only lines of this one; of all by default.
        aoi : area, optional
            As for `areas`; one. Its own rim is no front.

        Returns
        -------
        GeoDataFrame
            Columns day, actor_a, actor_b, km, geometry (lines); in the plane of `crs`.

        Raises
        ------
        TerritoryError
            If the day is not in the series, or nobody has that name.

        Examples
        --------
        >>> import territory as tt
        >>> found = tt.example().front("2025-12-01")
        >>> found[["actor_a", "actor_b"]].values.tolist()
        [['nobody', 'Blue'], ['nobody', 'Red'], ['Blue', 'Red']]
        """
        when = self.days[-1] if day is None else day_of(day, "day")
        if actor is not None and not (isinstance(actor, str) and not actor):
            self._check_actor(actor)
        loaded, area = self._one_area(aoi, (when,))
        (when,) = self._there((when,), loaded)
        lines = _lines(loaded.ensemble.base, when, area)
        chosen = {pair: line for pair, line in lines.items() if not actor or actor in pair}
        rows: list[Row] = [
            {"day": when, "actor_a": one, "actor_b": other, "km": line.length / 1000}
            for (one, other), line in chosen.items()
        ]
        return geo_table(rows, _FRONT, list(chosen.values()), self.crs)

    def spells(self) -> gpd.GeoDataFrame:
        """Return the whole series: every piece of ground, and from when to when who has it.

        What has the same holder as one another on all days is one piece. The zones of a day are
        the pieces whose spell covers it; ground of nobody is not there.

        Returns
        -------
        GeoDataFrame
            Columns piece, actor, status, holder, valid_from, valid_to (the day from which
            somebody else has it; none if it lasts to the end), km2, geometry; in the plane of
            `crs`.

        Examples
        --------
        >>> import territory as tt
        >>> found = tt.example().spells()
        >>> found[["actor", "valid_from", "valid_to"]].astype(str).values.tolist()[0]
        ['Blue', '2025-11-01', '2025-12-01']
        >>> day = "2025-12-01"
        >>> there = (found.valid_from <= day) & ~(found.valid_to <= day)
        >>> found[there].groupby("actor").km2.sum().round(1).to_dict()
        {'Blue': 82.9, 'Red': 248.7}
        """
        carried = carried_of({"": (self._ground, self.days)}, crs=self.crs)[""]
        table = spell_table("", carried).drop(["series", "geometry"])
        frame = table.to_pandas(date_as_object=False)
        spans = {name: frame[name].astype("datetime64[s]") for name in ("valid_from", "valid_to")}
        shapes = carried.pieces[frame.piece]
        return gpd.GeoDataFrame(frame.assign(**spans), geometry=shapes, crs=self.crs)

    @property
    def _ground(self) -> Partition:
        """The series on the ground that is looked at."""
        base = self._partition
        return base if self._within is None else base.part(UNNAMED)

    def _shaped(
        self,
        rows: dict[tuple[object, ...], Row],
        shapes: dict[tuple[str, str], BaseGeometry],
        columns: Sequence[str],
    ) -> gpd.GeoDataFrame:
        """Put rows and shapes of the same key together."""
        keys = [key for key in rows if key in shapes]
        found = [shapes[key] for key in keys]
        return geo_table([rows[key] for key in keys], columns, found, self.crs)


def _by_key(rows: Iterable[Row], area: str, key: tuple[str, str]) -> dict[tuple[object, ...], Row]:
    """Return the rows of one area by what tells them apart."""
    return {tuple(row[name] for name in key): row for row in rows if row["area"] == area}


def _lines(base: Partition, day: date, area: str) -> dict[tuple[str, str], BaseGeometry]:
    """Return the line between every two holders that meet on a day, in their order."""
    row = base.day_index(day)
    found, held, counted = base.edges, base.held_by[row], between(base, row, area)
    there = np.where(found.other < 0, 0, held[found.other])
    pairs = np.sort(np.column_stack([held[found.one], there]), axis=1)
    names = [str(holder) for holder in base.holders]
    return {
        (names[one], names[other]): found.line(counted & (pairs == (one, other)).all(axis=1))
        for one, other in np.unique(pairs[counted], axis=0).tolist()
    }

"""Zones of one day in longitude and latitude, and as GeoJSON.

The plane is the equal-area plane of the history's projection, in metres.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.findings import Finding, FindingKind
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.outlines import outlines_of
from territory.geometry.projection import WGS84
from territory.geometry.rounding import Rounded, snap_rounded
from territory.history.history import History
from territory.holders import NOBODY, Holder
from territory.publish.export.progress import Progress, Ticks, silent
from territory.publish.export.zone_tables import Histories

DECIMALS = 11  # of a degree: a micrometre
_CHORD_DEGREES = 1.5e-8  # above the bound to which the plane itself is divided
_GRID = f"1e-{DECIMALS} degrees"
_WRITTEN = re.compile(  # how a file of `zone_collection` begins
    rb'\{"type":"FeatureCollection","features":\[(?:\]\}|\{"type":"Feature","properties":'
    rb'\{"actor":"(?:[^"\\]|\\.)*","status":"[a-z]+","day":"(?P<day>[0-9-]{10})"\})'
)
_HEAD_BYTES = 4096
_STRAIGHT_DEGREES = 1e-12  # points nearer to a line only divide it


@dataclass(frozen=True, eq=False)
class OnEarth:
    """A history carried to longitude and latitude, once for all days.

    Attributes
    ----------
    history : History
        What was carried.
    rounded : Rounded
        Its faces in degrees; neighbours share every point of their border.
    """

    history: History
    rounded: Rounded

    def zones(self, day: date) -> tuple[tuple[Holder, BaseGeometry], ...]:
        """Return the ground of every holder but nobody.

        Parameters
        ----------
        day : date
            A day of the history.

        Returns
        -------
        tuple of (Holder, Polygon or MultiPolygon)
            In the order of the holders of the history; valid, shells counter-clockwise.
            A holder of whose ground rounding leaves nothing is not among them.

        Raises
        ------
        InputError
            If the day is not in the history.
        """
        held, holders = self.history.held_by[self.history.day_index(day)], self.history.holders
        found = [index for index in np.unique(held) if holders[index] != NOBODY]
        there = [(holders[index], self._ground(held == index)) for index in found]
        return tuple((holder, shape) for holder, shape in there if not shape.is_empty)

    def rounded_away(self, days: Sequence[date]) -> tuple[Finding, ...]:
        """Tell which ground is narrower than rounding, so that no zone has it.

        Parameters
        ----------
        days : sequence of date
            Days of the history.

        Returns
        -------
        tuple of Finding
            One about all faces that vanished, if any did, and one for each day and holder of
            whose ground nothing is left.

        Raises
        ------
        InputError
            If a day is not in the history.
        """
        gone = self.rounded.vanished & (self.history.area_m2 > 0)
        if not gone.any():
            return ()
        km2 = float(self.history.area_m2[gone].sum() / 1e6)
        pieces = f"{gone.sum():,} pieces of ground" if gone.sum() > 1 else "a piece of ground"
        detail = f"{pieces} narrower than {_GRID}: {km2:.2g} km2 stand in no written zone"
        found = [Finding(FindingKind.ROUNDED_AWAY, detail, km2=km2)]
        for day in days:
            found += self._without_zone(day)
        return tuple(found)

    def _without_zone(self, day: date) -> list[Finding]:
        """Tell which holders have ground on a day, all of which rounding takes."""
        held, found = self.history.held_by[self.history.day_index(day)], []
        area_km2 = self.history.held_km2((day,))[0]
        left = np.unique(held[~self.rounded.vanished])
        for index in np.setdiff1d(np.flatnonzero(area_km2 > 0), left):
            holder, km2 = self.history.holders[index], float(area_km2[index])
            if holder != NOBODY:
                detail = f"{holder}: no zone is written; all its ground is narrower than {_GRID}"
                found.append(Finding(FindingKind.ROUNDED_AWAY, detail, day=day, km2=km2))
        return found

    def _ground(self, chosen: Bools) -> BaseGeometry:
        """Return the ground of some faces of the history in canonical form."""
        whole = shapely.normalize(self.rounded.around(chosen))
        polygons = shapely.orient_polygons(shapely.get_parts(whole))
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(list(polygons))


def on_earth(history: History) -> OnEarth:
    """Carry the faces of a history to longitude and latitude.

    Edges straight in the plane are divided until they are straight in longitude and
    latitude too, to 1.5e-8 degrees (under 2 mm), and every point is rounded to 1e-11
    degrees, once for all zones (see `territory.geometry.rounding`). Points that only served to
    bend an edge in the plane are left out again.

    Parameters
    ----------
    history : History
        Its faces lie in its equal-area plane, in metres.

    Returns
    -------
    OnEarth
        In longitude and latitude, WGS 84.

    Raises
    ------
    GeometryError
        If a point cannot be carried there.
    """
    carried = project(history.faces, history.projection.crs, WGS84, max_chord_error=_CHORD_DEGREES)
    drawn, per_unit = outlines_of(carried), 10.0**DECIMALS
    return OnEarth(
        history,
        snap_rounded(drawn.lines, drawn.sides, per_unit=per_unit, straight=_STRAIGHT_DEGREES),
    )


Carried = Mapping[str, tuple[OnEarth, tuple[date, ...]]]


def carried_of(histories: Histories) -> Carried:
    """Carry every series to longitude and latitude; its days go with it.

    Parameters
    ----------
    histories : mapping of str to (History, tuple of date)
        Each series by name, and the days to write.

    Returns
    -------
    dict of str to (OnEarth, tuple of date)
        By the same names.
    """
    return {name: (on_earth(history), days) for name, (history, days) in histories.items()}


def findings_of(carried: Carried) -> tuple[Finding, ...]:
    """Tell of all series which ground is narrower than rounding.

    Parameters
    ----------
    carried : mapping of str to (OnEarth, tuple of date)
        See `carried_of`.
    """
    return tuple(f for series, days in carried.values() for f in series.rounded_away(days))


def zone_collection(carried: OnEarth, day: date) -> bytes:
    """Return the zones of a day as GeoJSON, one feature per holder.

    Parameters
    ----------
    carried : OnEarth
        The series in longitude and latitude, WGS 84.
    day : date
        A day of the history.

    Returns
    -------
    bytes
        In UTF-8.

    Raises
    ------
    InputError
        If the day is not in the history.
    """
    features = [
        {
            "type": "Feature",
            "properties": {
                "actor": holder.actor,
                "status": str(holder.status),
                "day": day.isoformat(),
            },
            "geometry": orjson.Fragment(shapely.to_geojson(shape)),
        }
        for holder, shape in carried.zones(day)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def write_geojson(carried: Carried, folder: Path, *, progress: Progress = silent) -> None:
    """Write one GeoJSON file per day: ``SERIES/DAY.geojson``, or ``DAY.geojson`` without a name.

    Parameters
    ----------
    carried : mapping of str to (OnEarth, tuple of date)
        See `carried_of`.
    folder : Path
        Made if missing; files of the same names are replaced.
    progress : callable
        Told how many of how many days are written.

    Raises
    ------
    InputError
        If the name of a series cannot be the name of a folder.
    """
    ticks = Ticks(sum(len(days) for _, days in carried.values()), progress)
    for name, (series, days) in carried.items():
        if name in {".", ".."} or set(name) & set("/\\:\0"):
            raise InputError(f"a series named '{name}' cannot have a folder of its own")
        (folder / name).mkdir(parents=True, exist_ok=True)
        for day in ticks.of(days):
            (folder / name / f"{day}.geojson").write_bytes(zone_collection(series, day))


def written_before(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder, all of which an earlier `write_geojson` wrote.

    Parameters
    ----------
    folder : Path
        It may be missing. Hidden files in it are passed over.

    Raises
    ------
    InputError
        If there are others, which nobody may remove, or read back as days of the series.
    """
    there = (path for path in sorted(folder.rglob("*")) if not path.is_dir())
    there = (p for p in there if not any(n.startswith(".") for n in p.relative_to(folder).parts))
    files = tuple(there)
    foreign = [path.relative_to(folder).as_posix() for path in files if not _is_ours(path)]
    if foreign:
        more = f" and {len(foreign) - 1} more" if foreign[1:] else ""
        problem = f"it holds files that no export wrote ('{foreign[0]}'{more}); name a new folder"
        raise InputError(problem, file=str(folder))
    return files


def _is_ours(path: Path) -> bool:
    """Tell whether a file is one day of `write_geojson`."""
    if path.is_symlink() or path.suffix != ".geojson":
        return False
    with path.open("rb") as file:
        found = _WRITTEN.match(file.read(_HEAD_BYTES))
    return found is not None and found["day"] in (None, path.stem.encode())

"""Normalised series to files that other programs open: spells, fronts and transfers.

A spell is a piece of ground and from when to when one holder has it; ground of nobody is the
remainder and is not written. A GeoPackage also has the lines between holders and what changed
hands; a folder has zones day by day instead, as GeoJSON. Files are in longitude and latitude
unless another CRS is named, and the same to the byte each time.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from pyproj import CRS

from territory.errors import InputError
from territory.findings import Finding
from territory.geometry.projection import file_crs, is_wgs84
from territory.one_piece import file_in_one_piece, folder_in_one_piece, remove_files
from territory.publish.export.carried import CarriedSeries, Histories, carried_of
from territory.publish.export.daily_geojson import write_geojson, written_before
from territory.publish.export.progress import Progress, silent
from territory.publish.export.table_files import (
    write_flatgeobuf,
    write_geopackage,
    write_geoparquet,
)
from territory.publish.export.tables import tables_of
from territory.publish.export.timed_kml import kml_text, write_kmz

Writer = Callable[[Mapping[str, CarriedSeries], Path], None]


def export(
    histories: Histories, path: Path, *, crs: str = "", progress: Progress = silent
) -> tuple[Finding, ...]:
    """Write series to a file, in the format that its suffix names.

    Parameters
    ----------
    histories : mapping of str to (History, tuple of date)
        Each series by name, with the days to write.
    path : Path
        ``.gpkg``, ``.parquet``, ``.fgb``, ``.kml`` or ``.kmz``; a name without a suffix becomes a
        folder with one GeoJSON file for each day. What is there is replaced when
        everything is written, and left alone if anything fails; of a folder, files that an
        earlier export wrote.
    crs : str
        The CRS of a GeoPackage, GeoParquet or FlatGeobuf file; see
        `territory.geometry.projection.file_crs`.
    progress : callable
        Told how many of how many days are done.

    Returns
    -------
    tuple of Finding
        Ground that no shape of the file has, because it is narrower than rounding.

    Raises
    ------
    InputError
        If the suffix is not a known one, there is nothing to write, or a folder holds files
        that no export wrote.
    CRSError
        If the CRS is not known, or the format has longitude and latitude alone.
    GeometryError
        If the series cannot be carried to the CRS.
    """
    if not any(days for _, days in histories.values()):
        raise InputError("there is no day to write", file=str(path))
    if path.name.lower() in _WRITERS:
        problem = f"no name stands before the suffix; write such as 'out{path.name}'"
        raise InputError(problem, file=str(path))
    wanted = crs_of(crs, histories)
    if path.suffix.lower() not in _WITH_CRS and not is_wgs84(wanted):
        known = ", ".join(_WITH_CRS)
        raise InputError(
            f"KML and GeoJSON are in longitude and latitude; with a CRS write one of {known}",
            file=str(path),
        )
    if not path.suffix:
        return _folder(histories, path, progress)
    write = _writer(path)
    with file_in_one_piece(path) as part:
        carried = carried_of(histories, crs=wanted, progress=progress)
        write(carried, part)
    return findings_of(carried)


def crs_of(name: str, histories: Histories) -> CRS:
    """Return the CRS in which series are written.

    Parameters
    ----------
    name : str
        See `territory.geometry.projection.file_crs`; the equal-area plane is that of the first
        series.
    histories : mapping of str to (History, tuple of date)
        At least one.

    Raises
    ------
    CRSError
        If it is not known.
    """
    return file_crs(name, next(iter(histories.values()))[0].projection)


def findings_of(carried: Mapping[str, CarriedSeries]) -> tuple[Finding, ...]:
    """Tell of all series which ground is narrower than rounding.

    Parameters
    ----------
    carried : mapping of str to CarriedSeries
        By name.
    """
    return tuple(found for series in carried.values() for found in series.rounded_away())


def _folder(histories: Histories, path: Path, progress: Progress) -> tuple[Finding, ...]:
    """Write a folder of GeoJSON in the place of what an earlier export wrote there."""
    old = written_before(path)

    def before(_part: Path, fresh: tuple[str, ...]) -> None:
        remove_files(set(old) - {path / name for name in fresh}, below=path)

    with folder_in_one_piece(path, before=before) as part:
        carried = carried_of(histories)
        days = {name: series.days for name, series in carried.items()}
        write_geojson(carried, part, days, progress=progress)
    return findings_of(carried)


def _writer(path: Path) -> Writer:
    if path.suffix.lower() in _WRITERS:
        return _WRITERS[path.suffix.lower()]
    known = ", ".join(_WRITERS)
    raise InputError(
        f"cannot write '{path.suffix}'; known are {known}, or a folder (no suffix) for GeoJSON",
        file=str(path),
    )


def _geopackage(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    write_geopackage(tables_of(carried), path)


def _geoparquet(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    write_geoparquet(tables_of(carried, spells_alone=True), path)


def _flatgeobuf(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    write_flatgeobuf(tables_of(carried, spells_alone=True), path)


def _kml(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    path.write_text(kml_text(carried), encoding="utf-8", newline="\n")


_WITH_CRS: dict[str, Writer] = {
    ".gpkg": _geopackage,
    ".parquet": _geoparquet,
    ".fgb": _flatgeobuf,
}
_WRITERS: dict[str, Writer] = {**_WITH_CRS, ".kml": _kml, ".kmz": write_kmz}

"""Normalised series to files that other programs open: zones and transfers with their days.

One feature stands for the ground of one holder on one day; ground of nobody is the
remainder and is not written. GeoPackage, GeoParquet and FlatGeobuf keep the equal-area
plane, so that areas stay what they were; KML and GeoJSON are in longitude and latitude.
Every feature has `actor`, `status` and `day`, and a file is the same to the byte each time.
"""

from collections.abc import Callable
from pathlib import Path

from territory.errors import InputError
from territory.findings import Finding
from territory.publish.export.lonlat import (
    carried_of,
    findings_of,
    write_geojson,
    written_before,
)
from territory.publish.export.progress import Progress, silent
from territory.publish.export.timed_kml import kml_text, write_kmz
from territory.publish.export.zone_tables import (
    Histories,
    tables_of,
    without_shape,
    write_flatgeobuf,
    write_geopackage,
    write_geoparquet,
)
from territory.publish.write import file_in_one_piece, folder_in_one_piece, remove_files

Writer = Callable[[Histories, Path, Progress], tuple[Finding, ...]]


def export(histories: Histories, path: Path, *, progress: Progress = silent) -> tuple[Finding, ...]:
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
    progress : callable
        Told how many of how many days are done.

    Returns
    -------
    tuple of Finding
        Ground that no zone of the file has, because it is narrower than rounding.

    Raises
    ------
    InputError
        If the suffix is not a known one, there is nothing to write, or a folder holds files
        that no export wrote.
    """
    if not any(days for _, days in histories.values()):
        raise InputError("there is no day to write", file=str(path))
    if path.name.lower() in _WRITERS:
        problem = f"no name stands before the suffix; write such as 'out{path.name}'"
        raise InputError(problem, file=str(path))
    if not path.suffix:
        old = written_before(path)

        def before(_part: Path, fresh: tuple[str, ...]) -> None:
            remove_files(set(old) - {path / name for name in fresh}, below=path)

        with folder_in_one_piece(path, before=before) as part:
            return _geojson(histories, part, progress)
    write = _writer(path)
    with file_in_one_piece(path) as part:
        return write(histories, part, progress)


def _writer(path: Path) -> Writer:
    if path.suffix.lower() in _WRITERS:
        return _WRITERS[path.suffix.lower()]
    known = ", ".join(_WRITERS)
    raise InputError(
        f"cannot write '{path.suffix}'; known are {known}, or a folder (no suffix) for GeoJSON",
        file=str(path),
    )


def _geopackage(histories: Histories, path: Path, progress: Progress) -> tuple[Finding, ...]:
    tables = tables_of(histories, progress=progress)
    write_geopackage(tables, path)
    return without_shape(tables)


def _geoparquet(histories: Histories, path: Path, progress: Progress) -> tuple[Finding, ...]:
    tables = tables_of(histories, with_transfers=False, progress=progress)
    write_geoparquet(tables, path)
    return without_shape(tables)


def _flatgeobuf(histories: Histories, path: Path, progress: Progress) -> tuple[Finding, ...]:
    tables = tables_of(histories, with_transfers=False, progress=progress)
    write_flatgeobuf(tables, path)
    return without_shape(tables)


def _geojson(histories: Histories, folder: Path, progress: Progress) -> tuple[Finding, ...]:
    carried = carried_of(histories)
    write_geojson(carried, folder, progress=progress)
    return findings_of(carried)


def _kml(histories: Histories, path: Path, progress: Progress) -> tuple[Finding, ...]:
    carried = carried_of(histories)
    path.write_text(kml_text(carried, progress=progress), encoding="utf-8", newline="\n")
    return findings_of(carried)


def _kmz(histories: Histories, path: Path, progress: Progress) -> tuple[Finding, ...]:
    carried = carried_of(histories)
    write_kmz(carried, path, progress=progress)
    return findings_of(carried)


_WRITERS: dict[str, Writer] = {
    ".gpkg": _geopackage,
    ".parquet": _geoparquet,
    ".fgb": _flatgeobuf,
    ".kml": _kml,
    ".kmz": _kmz,
}

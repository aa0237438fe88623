"""Normalised series to files and databases that other programs open: spells, fronts, transfers.

A spell is a piece of ground and from when to when one holder has it; ground of nobody is the
remainder and is not written. A GeoPackage also has the lines between holders and what changed
hands, and so has a PostGIS database; a folder has zones day by day instead, as GeoJSON. Files are
in longitude and latitude unless another CRS is named, and the same to the byte each time.
"""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pyproj import CRS

from territory.errors import InputError
from territory.findings import Finding
from territory.geometry.projection import file_crs, is_wgs84
from territory.one_piece import (
    address_scheme,
    check_place,
    file_in_one_piece,
    folder_in_one_piece,
    remove_files,
)
from territory.publish.export.carried import CarriedSeries, Histories, carried_of
from territory.publish.export.daily_geojson import write_geojson, written_before
from territory.publish.export.database import Database, database_of
from territory.publish.export.postgis import check_database, write_postgis
from territory.publish.export.progress import Progress, silent
from territory.publish.export.spell_texts import write_spell_csv, write_spell_geojson
from territory.publish.export.table_files import (
    BESIDE_SHP,
    INDEXES_OF_SHP,
    write_flatgeobuf,
    write_geopackage,
    write_geoparquet,
    write_pmtiles,
    write_shapefile,
    write_zipped_shapefile,
)
from territory.publish.export.tables import Tables, tables_of
from territory.publish.export.timed_kml import kml_text, write_kmz
from territory.read.actor_looks import Looks

Writer = Callable[[Tables, Path], None]


@dataclass(frozen=True)
class Format:
    """How a series is written to a file.

    Attributes
    ----------
    write : callable
        Writes series that are carried to the CRS of the file.
    any_crs : bool
        Whether it holds others than longitude and latitude.
    beside : tuple of str
        Suffixes of the files that belong to it.
    lacks : str
        What it cannot hold, as a sentence; nothing where that goes without saying.
    """

    write: Callable[[Mapping[str, CarriedSeries], Path], None]
    any_crs: bool = False
    beside: tuple[str, ...] = ()
    lacks: str = ""


def destination_of(out: str) -> Path | Database:
    """Return where series are to be written, if something can be written there.

    Parameters
    ----------
    out : str
        A file, a folder, or the address of a database; see `export`.

    Raises
    ------
    InputError
        Naming what stands in the way.
    """
    if address_scheme(out):
        database = database_of(out)
        check_database(database)
        return database
    place = Path(out)
    check_place(place, folder=not place.suffix)
    return place


def export(
    histories: Histories,
    path: Path | Database,
    *,
    crs: str = "",
    looks: Looks = MappingProxyType({}),
    progress: Progress = silent,
) -> tuple[Finding, ...]:
    """Write series to a file, in the format that its suffix names, or to a database.

    Parameters
    ----------
    histories : mapping of str to (History, tuple of date)
        Each series by name, with the days to write.
    path : Path or Database
        With one of the suffixes in `SUFFIXES`; a name without a suffix becomes a
        folder with one GeoJSON file for each day. What is there is replaced when
        everything is written, and left alone if anything fails; of a folder, files that an
        earlier export wrote; of a database, tables that an earlier export wrote.
    crs : str
        The CRS of a GeoPackage, GeoParquet, FlatGeobuf or Shapefile, or of a database; see
        `territory.geometry.projection.file_crs`.
    looks : mapping of str to ActorLook
        Colours and titles of actors.
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
    if isinstance(path, Database):
        carried = carried_of(histories, crs=crs_of(crs, histories), progress=progress)
        write_postgis(tables_of(carried), path)
        return findings_of(carried)
    if path.name.lower() in _FORMATS:
        problem = f"no name stands before the suffix; write such as 'out{path.name}'"
        raise InputError(problem, file=str(path))
    wanted = crs_of(crs, histories)
    chosen = format_of(path) if path.suffix else None
    if not is_wgs84(wanted) and not (chosen and chosen.any_crs):
        kind = "a folder of GeoJSON" if chosen is None else f"'{suffix_of(path)}'"
        known = ", ".join(suffix for suffix, each in _FORMATS.items() if each.any_crs)
        problem = f"{kind} is in longitude and latitude; with a CRS write one of {known}"
        raise InputError(problem, file=str(path))
    if chosen is None:
        return _folder(histories, path, progress)
    with file_in_one_piece(path, beside=chosen.beside) as part:
        carried = carried_of(histories, crs=wanted, looks=looks, progress=progress)
        chosen.write(carried, part)
    for index in INDEXES_OF_SHP if chosen.beside else ():
        path.with_suffix(index).unlink(missing_ok=True)  # of the shapes that were there before
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


def suffix_of(path: Path) -> str:
    """Return what of a name says the format, such as ``.geojson.gz``; its last suffix if nothing.

    Parameters
    ----------
    path : Path
        Only its name is looked at.

    Examples
    --------
    >>> suffix_of(Path("zones.2024.shp.zip")), suffix_of(Path("a.gpkg.zip")), suffix_of(Path("a.b"))
    ('.shp.zip', '.gpkg.zip', '.b')
    """
    last, inner = path.suffix.lower(), Path(path.stem).suffix.lower()
    return f"{inner}{last}" if last in {".gz", ".zip"} and inner in _FORMATS else last


def format_of(path: Path) -> Format:
    """Return how a file of a name is written.

    Parameters
    ----------
    path : Path
        With a suffix.

    Raises
    ------
    InputError
        If none of `SUFFIXES` stands at its end.
    """
    suffix = suffix_of(path)
    if suffix in _FORMATS:
        return _FORMATS[suffix]
    raise InputError(
        f"cannot write '{suffix}'; known are {', '.join(SUFFIXES)}, or a folder (no suffix) for"
        " GeoJSON day by day",
        file=str(path),
    )


def lacks_of(place: Path | Database) -> str:
    """Return what the format of a place cannot hold, as a sentence; nothing where that is plain.

    Parameters
    ----------
    place : Path or Database
        See `destination_of`.

    Raises
    ------
    InputError
        If a file has none of `SUFFIXES`.
    """
    return format_of(place).lacks if isinstance(place, Path) and place.suffix else ""


def _spells(write: Writer) -> Callable[[Mapping[str, CarriedSeries], Path], None]:
    """Return what writes the table of spells alone."""
    return lambda carried, path: write(tables_of(carried, spells_alone=True), path)


def _zipped(
    write: Callable[[Mapping[str, CarriedSeries], Path], None],
) -> Callable[[Mapping[str, CarriedSeries], Path], None]:
    """Return what writes a text and packs it with gzip, the same to the byte each time."""

    def packed(carried: Mapping[str, CarriedSeries], path: Path) -> None:
        plain = path.with_name(path.stem)
        write(carried, plain)
        path.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))

    return packed


def _geopackage(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    write_geopackage(tables_of(carried), path)


def _kml(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    path.write_text(kml_text(carried), encoding="utf-8", newline="\n")


_OF_SHP = (
    "a Shapefile holds the spells alone: no front lines, transfers or colours, which .gpkg has;"
    " texts are in UTF-8 (.cpg), an empty valid_to means until the end of the series"
)
_OF_TILES = (
    "tiles are for showing: rounded to a 4,096th of a tile and cut at its sides, days as texts;"
    " measure with km2, or write .gpkg"
)
_SHP = Format(_spells(write_zipped_shapefile), any_crs=True, lacks=_OF_SHP)
_TEXTS = {
    ".geojson": Format(_spells(write_spell_geojson)),
    ".csv": Format(_spells(write_spell_csv)),
    ".kml": Format(_kml),
}
_FORMATS: dict[str, Format] = {
    ".gpkg": Format(_geopackage, any_crs=True),
    ".parquet": Format(_spells(write_geoparquet), any_crs=True),
    ".fgb": Format(_spells(write_flatgeobuf), any_crs=True),
    ".shp": Format(_spells(write_shapefile), any_crs=True, beside=BESIDE_SHP, lacks=_OF_SHP),
    ".shp.zip": _SHP,
    ".zip": _SHP,
    ".pmtiles": Format(_spells(write_pmtiles), lacks=_OF_TILES),
    **_TEXTS,
    ".kmz": Format(write_kmz),
    **{f"{suffix}.gz": Format(_zipped(each.write)) for suffix, each in _TEXTS.items()},
}
SUFFIXES = tuple(_FORMATS)

"""The files of a series of units: which hold the polygons, and which the tables of holders."""

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from territory.errors import InputError
from territory.job.spec import SeriesSpec
from territory.read.formats.csv_wkt import has_geometry_column
from territory.read.formats.gdal_guard import first_bytes
from territory.read.large_tables import begins_packed, tables_in_zip
from territory.read.paths import expand
from territory.read.profile import Profile, UnitRule
from territory.read.units import UnitFields

_HEAD_BYTES = 100_000
_TABLES = (".csv", ".gz", ".zip")


@dataclass(frozen=True)
class UnitFiles:
    """Polygons, and tables of who holds them."""

    polygons: tuple[Path, ...]
    tables: tuple[Path, ...]

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file."""
        return (*self.polygons, *self.tables)


def unit_files(spec: SeriesSpec, folder: Path, profile: Profile) -> UnitFiles:
    """Tell the polygons from the tables of holders, and find these beside those.

    Parameters
    ----------
    spec : SeriesSpec
        Names files or folders; a table is named as one of them or as `holders`, or lies beside
        the polygons under the name that the profile knows.
    folder : Path
        What relative file names start from.
    profile : Profile
        One for units.

    Raises
    ------
    InputError
        If there are no polygons, or no table.
    """
    rule = profile.units or UnitRule()
    given = expand(tuple(str(folder / path) for path in spec.paths))
    tables = [each for each in given if _is_table(each, rule)]
    polygons = [each for each in given if each not in tables]
    matching = [each for each in polygons if rule.polygons and fnmatch(each.name, rule.polygons)]
    if spec.tables:
        named = expand(tuple(str(folder / table) for table in spec.tables))
        return UnitFiles(_some(matching or polygons, spec, "polygons"), named)
    if not tables and polygons:
        beside = sorted((matching or polygons)[0].parent.glob(rule.holders))
        tables = [each for each in beside if _is_table(each, rule)]
    known = [each for each in tables if fnmatch(each.name, rule.holders)]
    if not tables:
        problem = f"no table of holders beside it ({rule.holders}); name it: --holders FILE.csv"
        raise InputError(problem, file=spec.paths[0])
    return UnitFiles(_some(matching or polygons, spec, "polygons"), _once(known or tables))


def fields_of(spec: SeriesSpec) -> UnitFields:
    """Return what a series calls the columns of its table.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    """
    return UnitFields(
        spec.id_field,
        spec.unit_field,
        spec.day_field,
        spec.actor_field,
        spec.status_field,
        spec.day_format,
    )


def _some(files: list[Path], spec: SeriesSpec, what: str) -> tuple[Path, ...]:
    if not files:
        problem = f"no {what} of units, only a table; name the file of the polygons too"
        raise InputError(problem, file=spec.paths[0])
    return tuple(files)


def _is_table(path: Path, rule: UnitRule) -> bool:
    """Return whether a file is a table without geometry."""
    if path.suffix.lower() not in _TABLES or (rule.polygons and fnmatch(path.name, rule.polygons)):
        return False
    if path.suffix.lower() == ".zip":
        return bool(tables_in_zip(path)) and fnmatch(path.name, rule.holders)
    if begins_packed(path):
        return path.name.lower().endswith(".csv.gz")
    head = first_bytes(path, _HEAD_BYTES).replace(b"\0", b"")  # a table all the same, if a bad one
    return not has_geometry_column(head)


def _once(files: list[Path]) -> tuple[Path, ...]:
    """Return files; of a table and its archive, which say the same, the table."""
    plain = {each.with_suffix("") for each in files if each.suffix.lower() == ".csv"}

    def is_copy(path: Path) -> bool:
        return path.suffix.lower() != ".csv" and path.with_suffix("").with_suffix("") in plain

    return tuple(each for each in files if not is_copy(each))

"""What is installed here: versions of everything that could change a figure, and the code."""

import ctypes
import hashlib
import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import pyproj
import shapely

from territory.read.text_files import sha256_of
from territory.version import __version__

_PACKAGES = (
    "babel",
    "exactextract",
    "geopandas",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "rasterio",
    "rocrate",
    "scipy",
    "shapely",
)
_MISSING = "missing"
_PACKAGE = Path(__file__).resolve().parents[1]


def versions() -> dict[str, str]:
    """Return the versions of everything that could change a figure and is installed."""
    return {
        "territory": __version__,
        **{name: found for name in _PACKAGES if (found := _version(name))},
        "PROJ": pyproj.proj_version_str,
        "GEOS": shapely.geos_version_string,
        "GDAL": _gdal_version(),
    }


@cache
def _gdal_version() -> str:
    """Return the version of the GDAL that pyogrio reads and writes with.

    It is asked of the library itself: pyogrio loads pandas, which takes a third of a run that finds
    nothing changed. Where the library is not found like that (Windows), pyogrio says it.
    """
    spec = find_spec("pyogrio")
    places = spec.submodule_search_locations if spec else None
    compiled = [each for place in places or () for each in Path(place).glob("_ogr.*.so")]
    try:
        if "pyogrio" not in sys.modules and len(compiled) == 1:
            told = ctypes.CDLL(str(compiled[0])).GDALVersionInfo
            told.restype = ctypes.c_char_p
            return str(told(b"RELEASE_NAME").decode())
    except (OSError, AttributeError):
        pass
    import pyogrio

    return str(pyogrio.__gdal_version_string__)


@cache
def _version(name: str) -> str:
    """Return the version of a package, or nothing where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def code_sha256(package: Path = _PACKAGE) -> str:
    """Return one sha256 of every file of a package: code, profiles, packaged data.

    Parameters
    ----------
    package : Path
        Its folder; hidden files and compiled ones do not count.

    Returns
    -------
    str
        As hexadecimal digits.
    """
    whole = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package)
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in name.parts):
            whole.update(f"{name.as_posix()}\0{sha256_of(path)}\n".encode())
    return whole.hexdigest()


@cache
def own_code() -> str:
    """Return the sha256 of the code that this process began with, whatever lies there later."""
    return code_sha256()


@cache
def installation() -> tuple[tuple[str, str], ...]:
    """Return what must be the same wherever one job is worked on.

    Returns
    -------
    tuple of (str, str)
        Names and versions; of the code of territory, the beginning of its sha256.
    """
    missing = dict.fromkeys(_PACKAGES, _MISSING)
    found = {"Python": platform.python_version(), **missing, **versions()}
    return (*found.items(), ("code of territory", own_code()[:12]))


def differences(there: tuple[tuple[str, str], ...]) -> str:
    """Say what is installed here in another version than elsewhere; nothing if all is the same.

    Parameters
    ----------
    there : tuple of (str, str)
        What `installation` gives elsewhere.

    Returns
    -------
    str
        Such as ``shapely 2.1.0 instead of 2.2.0``.
    """
    here = dict(installation())
    unlike = [(name, here.get(name), value) for name, value in there if here.get(name) != value]
    return ", ".join(f"{name} {own or _MISSING} instead of {value}" for name, own, value in unlike)

"""Libraries that only some of what is here needs, and the extra of the package that brings each.

What a verb needs beyond the core is imported where it is used, after `require` has seen to it
that it is there; a verb calls it before it reads anything.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from territory.errors import MissingLibraryError

DISTRIBUTION = "territory-control"  # as it is called in the package index


@dataclass(frozen=True)
class Extra:
    """What an extra is for, and what it brings.

    Attributes
    ----------
    purpose : str
        What cannot be done without it, as the subject of a sentence.
    libraries : mapping of str to str
        What is imported, and as what that is installed.
    """

    purpose: str
    libraries: Mapping[str, str]


EXTRAS: Mapping[str, Extra] = {
    "dask": Extra("a scheduler", {"distributed": "distributed"}),
    "fetch": Extra("fetching a series", {"pooch": "pooch"}),
    "film": Extra("a film", {"imageio_ffmpeg": "imageio-ffmpeg", "rasterio": "rasterio"}),
    "page": Extra("a page", {"jinja2": "jinja2"}),
    "performance": Extra("reading GeoJSON fast", {"simdjson": "pysimdjson"}),
    "population": Extra(
        "counting people", {"exactextract": "exactextract", "rasterio": "rasterio"}
    ),
    "postgis": Extra("a database", {"psycopg": "psycopg"}),
    "run": Extra("a run", {"jinja2": "jinja2", "rocrate": "rocrate"}),
    "tiles": Extra("a base map from the internet", {"contextily": "contextily"}),
    "trace": Extra("tracing a picture", {"rasterio": "rasterio"}),
}


def require(*names: str) -> None:
    """Make sure that the libraries of some extras are installed; none is loaded.

    Parameters
    ----------
    *names : str
        Keys of `EXTRAS`.

    Raises
    ------
    MissingLibraryError
        Naming what is missing, and the extras that bring it.

    Examples
    --------
    >>> require("page", "run")
    """
    lacking = {name: missing for name in names if (missing := _missing(EXTRAS[name]))}
    if not lacking:
        return
    purposes = " and ".join(EXTRAS[name].purpose for name in lacking)
    libraries = sorted({each for missing in lacking.values() for each in missing})
    raise MissingLibraryError(
        f"{purposes} {'need' if len(lacking) > 1 else 'needs'} what is not installed"
        f" ({', '.join(libraries)}): pip install '{DISTRIBUTION}[{','.join(lacking)}]'"
    )


def _missing(extra: Extra) -> list[str]:
    return [title for module, title in extra.libraries.items() if not _is_there(module)]


def _is_there(module: str) -> bool:
    if module in sys.modules:
        return sys.modules[module] is not None
    try:
        return find_spec(module) is not None
    except ImportError:  # a finder that refuses it
        return False

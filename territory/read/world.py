"""The countries of the world that come with the package, for checks of plausibility."""

from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import InputError
from territory.history.rim import RimError
from territory.numbers import figure
from territory.quality.countries import Countries
from territory.read.text_files import csv_rows

# Their outlines against the official one of Ukraine, every kilometre: an sd of 1,111 m, which
# goes together over 4 to 5 km.
COUNTRY_RIM = RimError(1_100.0, 5_000.0)


STANDARD, DE_FACTO = "standard", "de-facto"
WORLDVIEWS = (STANDARD, DE_FACTO)
_DRAWN = "as Natural Earth draws it, 1:50m"
_DIGITS = 3  # of a size: the source is rounded to some hundred metres
_APART = {  # what else readers would ask, by country
    "Cyprus": "without Northern Cyprus",
    "Israel": "with the Golan Heights, without the West Bank and Gaza",
    "Morocco": "with the part of Western Sahara that it holds",
    "Serbia": "without Kosovo",
    "Somalia": "without Somaliland",
    "Syria": "without the Golan Heights",
}


def check_worldview(name: str, *, option: str) -> None:
    """Refuse a worldview that nobody knows.

    Parameters
    ----------
    name : str
        One of `WORLDVIEWS`.
    option : str
        What gives it, for the message.

    Raises
    ------
    InputError
        It names those there are.
    """
    if name not in WORLDVIEWS:
        problem = (
            f"unknown worldview '{name}'; known are: {STANDARD} (Crimea with Ukraine) and"
            f" {DE_FACTO} (Crimea with Russia)"
        )
        raise InputError(problem, file=option)


def border_sentence(country: str, worldview: str) -> str:
    """Say within which border a country of the package is measured.

    Parameters
    ----------
    country : str
        As the package spells it.
    worldview : str
        One of `WORLDVIEWS`.

    Examples
    --------
    >>> border_sentence("Ukraine", "standard")
    'Ukraine is about 599,000 km2 within its border as Natural Earth draws it, 1:50m, with Crimea'
    """
    world = read_countries(worldview)
    km2 = float(world.km2[world.names.index(country)])
    size = figure(float(f"{km2:.{_DIGITS}g}"))
    has_crimea = {STANDARD: "Ukraine", DE_FACTO: "Russia"}[worldview] == country
    crimea = f"with{'' if has_crimea else 'out'} Crimea"
    more = crimea if country in {"Ukraine", "Russia"} else _APART.get(country, "")
    ends = f", {more}" if more else ""
    return f"{country} is about {size} km2 within its border {_DRAWN}{ends}"


def known_sizes() -> dict[str, float]:
    """Return the km2 of every country of the package, by name, for claims that name one."""
    countries = read_countries()
    return dict(zip(countries.names, map(float, countries.km2), strict=True))


@cache
def country_codes() -> dict[str, str]:
    """Return the two letters of ISO 3166-1 of the countries of the package, by name.

    Those that have none, such as Somaliland, are left out.
    """
    packed = files("territory") / "data" / "country_codes.csv"
    with as_file(packed) as path:
        return {row["name"]: row["code"] for _, row in csv_rows(path, ("name", "code"))}


@cache
def read_countries(worldview: str = STANDARD) -> Countries:
    """Return all countries, from Natural Earth 1:50m (public domain).

    Parameters
    ----------
    worldview : str
        One of `WORLDVIEWS`: with Crimea counted to Ukraine, or to Russia as Natural Earth does.

    Notes
    -----
    Borders are as held on the ground, rounded to some hundred metres: good enough to see
    that a zone is larger than a country, not to measure by. Crimea is counted to Ukraine
    (598,000 km2 with it); Natural Earth draws it with Russia. The Golan Heights are
    counted to Israel (Syria has 185,700 km2 without them). Kosovo, Northern Cyprus,
    Palestine, Somaliland and the east of Western Sahara are countries of their own here.

    Returns
    -------
    Countries
        Sorted by name; areas are geodesic, on the WGS 84 ellipsoid.
    """
    world = _packed("countries")
    return world if worldview == STANDARD else _crimea_with_russia(world)


def _crimea_with_russia(world: Countries) -> Countries:
    """Take Crimea from Ukraine and give it to Russia."""
    crimea = _packed("crimea")
    ukraine, russia = world.names.index("Ukraine"), world.names.index("Russia")
    km2, polygons = world.km2.copy(), world.polygons.copy()
    km2[[ukraine, russia]] += [-crimea.km2[0], crimea.km2[0]]
    polygons[ukraine] = shapely.difference(polygons[ukraine], crimea.polygons[0])
    polygons[russia] = shapely.union(polygons[russia], crimea.polygons[0])
    return Countries(world.names, km2, polygons)


def _packed(name: str) -> Countries:
    """Read polygons that come with the package."""
    from pyarrow.parquet import ParquetFile  # geopandas would take five times as long

    packed = files("territory") / "data" / f"{name}.parquet"
    with as_file(packed) as path, ParquetFile(path) as file:
        table = file.read()
    names, km2 = (table.column(each).to_pylist() for each in ("name", "km2"))
    return Countries(tuple(names), np.array(km2), _multipolygons(table.column("geometry")))


def _multipolygons(column: Any) -> NDArray[np.object_]:  # noqa: ANN401 - pyarrow has no types
    """Return the geometries of a column of GeoArrow: lists of polygons of rings of corners."""
    whole = column.combine_chunks()
    nested, offsets = getattr(whole, "storage", whole), []  # storage: where GeoArrow is registered
    for _ in range(3):
        offsets.append(np.from_dlpack(nested.offsets))
        nested = nested.values
    xy = np.column_stack([np.from_dlpack(nested.field(axis)) for axis in ("x", "y")])
    kind = shapely.GeometryType.MULTIPOLYGON
    return np.asarray(shapely.from_ragged_array(kind, xy, tuple(reversed(offsets))), dtype=object)

"""The countries of the world that come with the package, for checks of plausibility."""

from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.history.rim import RimError
from territory.quality.countries import Countries
from territory.read.text_files import csv_rows

# Their outlines against the official one of Ukraine, every kilometre: an sd of 1,111 m, which
# goes together over 4 to 5 km.
COUNTRY_RIM = RimError(1_100.0, 5_000.0)


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
def read_countries() -> Countries:
    """Return all countries, from Natural Earth 1:50m (public domain).

    Borders are as held on the ground, rounded to some hundred metres: good enough to see
    that a zone is larger than a country, not to measure by. Crimea is counted to Ukraine
    (598,000 km2 with it); Natural Earth draws it with Russia. The Golan Heights are
    counted to Israel (Syria has 185,700 km2 without them). Kosovo, Northern Cyprus,
    Palestine, Somaliland and Western Sahara are countries of their own here.

    Returns
    -------
    Countries
        Sorted by name; areas are geodesic, on the WGS 84 ellipsoid.
    """
    from pyarrow.parquet import ParquetFile  # geopandas would take five times as long

    packed = files("territory") / "data" / "countries.parquet"
    with as_file(packed) as path, ParquetFile(path) as file:
        table = file.read()
    names, km2 = (table.column(name).to_pylist() for name in ("name", "km2"))
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

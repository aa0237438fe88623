"""The countries of the world that come with the package, for checks of plausibility."""

from functools import cache
from importlib.resources import as_file, files

import numpy as np

from territory.quality.countries import Countries


def known_sizes() -> dict[str, float]:
    """Return the km2 of every country of the package, by name, for claims that name one."""
    countries = read_countries()
    return dict(zip(countries.names, map(float, countries.km2), strict=True))


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
    import geopandas as gpd  # a file of zones is opened before it is needed

    with as_file(files("territory") / "data" / "countries.parquet") as path:
        frame = gpd.read_parquet(path)
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    return Countries(tuple(frame["name"]), frame["km2"].to_numpy(dtype=np.float64), shapes)

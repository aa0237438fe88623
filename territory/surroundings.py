"""What lies around the zones on a map: read from the files of a job or from the package."""

from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from territory.maps import Context
from territory.read.jobfile import MapsSpec
from territory.read.safe import driver_path
from territory.read.text import csv_rows
from territory.read.world import read_countries

_WIDEST_KM = {1: 4000.0, 2: 900.0, 3: 450.0, 4: 250.0}  # by the rank of a town


def read_context(spec: MapsSpec, folder: Path) -> Context:
    """Read what lies around the zones; without a file the countries of the package serve.

    Raises
    ------
    InputError
        If a named file cannot be read.
    """
    return Context(
        countries=_layer(spec.countries, folder) if spec.countries else world(),
        regions=_layer(spec.regions, folder),
        towns=_towns(folder / spec.towns) if spec.towns else None,
    )


def usual_towns() -> gpd.GeoDataFrame:
    """Return the towns that come with the package: fewer of them on a wider map."""
    with as_file(files("territory") / "data" / "towns.csv") as path:
        towns = _towns(path)
    return towns.assign(widest_km=towns["rank"].map(_WIDEST_KM))


def _layer(name: str, folder: Path) -> gpd.GeoDataFrame | None:
    if not name:
        return None
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(driver_path(folder / name))
    return frame


def world() -> gpd.GeoDataFrame:
    """Return the countries that come with the package, for the ground around the zones."""
    countries = read_countries()
    return gpd.GeoDataFrame(
        {"name": countries.names}, geometry=list(countries.polygons), crs="EPSG:4326"
    )


def _towns(path: Path) -> gpd.GeoDataFrame:
    rows = [row for _, row in csv_rows(path, ("name", "name_ar", "lat", "lon", "rank"))]
    points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    columns = {key: [row[key] for row in rows] for key in ("name", "name_ar")}
    ranks = [int(row["rank"]) for row in rows]
    return gpd.GeoDataFrame({**columns, "rank": ranks}, geometry=points, crs="EPSG:4326")

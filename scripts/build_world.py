"""Build the countries of the world, ``territory/data/countries.parquet``, from npm.

Beside it stands ``crimea.parquet``: the ground that another worldview counts to Russia.

What it does: runs ``npm pack`` in a temporary directory, checks the SHA-256 of the
tarball, reads one member in memory (Natural Earth 1:50m admin 0 as TopoJSON) and writes
one GeoParquet file in EPSG:4326 with the columns ``name``, ``km2`` (geodesic) and
geometry, sorted by name.

What it assumes: npm is installed and can reach its registry. Natural Earth is in the
public domain and draws borders as they are held on the ground. One thing is changed:
Crimea, which it draws as a part of Russia, is counted to Ukraine, as by resolution 68/262
of the UN General Assembly and by every publisher of a map of that war. Everything else
is as found: the Golan Heights are with Israel; Kosovo, Northern Cyprus, Palestine,
Somaliland and Western Sahara are drawn by themselves. Says nothing about who ought to
hold what. Antarctica is left out. Rings that jump across the antimeridian are cut there.

The same package version and the same GEOS and Arrow give the same bytes.

Run it with ``python scripts/build_world.py``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from build_context import CRS, WORLD_ATLAS, BuildError, area_km2, download, extract, repair

SOURCE: Final = replace(WORLD_ATLAS, member="package/countries-50m.json")
CRIMEA: Final = shapely.Point(34.1, 45.2)
"""A point in the polygon that is taken from Russia and given to Ukraine."""

DIGITS: Final = 3
"""Decimals of a degree that are kept, about 110 m; the source is rounded to 400 m."""


def cut_at_antimeridian(geometry: shapely.Geometry) -> shapely.Geometry:
    """Cut polygons whose rings jump from 180 degrees east to 180 degrees west.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon in degrees, no ring of which runs around a pole.

    Returns
    -------
    shapely.Geometry
        The same ground, all longitudes from -180 to 180.
    """
    parts = []
    for part in shapely.get_parts(geometry):
        whole = shapely.transform(part, _unwrapped)
        if whole.equals_exact(part, 0.0):
            parts.append(part)
            continue
        for turns in (-360.0, 0.0, 360.0):
            inside = shapely.clip_by_rect(whole, turns - 180, -90, turns + 180, 90)
            here = shapely.transform(inside, partial(_shifted, by=turns))
            parts += [piece for piece in shapely.get_parts(here) if piece.area > 0]
    return shapely.MultiPolygon(parts)


def _shifted(xy: np.ndarray, by: float) -> np.ndarray:
    return np.asarray(xy - [by, 0.0])


def _unwrapped(xy: np.ndarray) -> np.ndarray:
    return np.column_stack([np.unwrap(xy[:, 0], period=360.0), xy[:, 1]])


def with_crimea(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, shapely.Geometry]:
    """Move the polygon of Crimea from Russia to Ukraine, and return it too.

    Parameters
    ----------
    frame
        Countries with a ``name`` column, in EPSG:4326, valid.

    Returns
    -------
    geopandas.GeoDataFrame
        A new frame of the same columns and rows.
    shapely.Geometry
        What was moved.

    Raises
    ------
    BuildError
        Crimea is not exactly one polygon of Russia.
    """
    shapes = dict(zip(frame["name"], frame.geometry, strict=True))
    parts = shapely.get_parts(shapes["Russia"])
    moved = shapely.contains(parts, CRIMEA)
    if moved.sum() != 1:
        raise BuildError("Crimea is not one polygon of Russia in this version")
    shapes["Russia"] = shapely.multipolygons(parts[~moved])
    shapes["Ukraine"] = shapely.union_all([shapes["Ukraine"], *parts[moved]])
    series = gpd.GeoSeries(list(shapes.values()), index=frame.index, crs=CRS)
    return frame.set_geometry(series), parts[moved][0]


def countries(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return every country once, valid, with its area, sorted by name; and Crimea alone.

    Parameters
    ----------
    frame
        As read, with a ``name`` column, in degrees.

    Returns
    -------
    two geopandas.GeoDataFrame
        Columns ``name``, ``km2``, ``geometry``; EPSG:4326.

    Raises
    ------
    BuildError
        A name is missing or occurs twice, or a repair changes an area.
    """
    if frame["name"].isna().any() or frame["name"].duplicated().any():
        raise BuildError("a country has no name, or a name occurs twice")
    frame = frame[frame["name"] != "Antarctica"]
    pairs = zip(frame["name"], shapely.force_2d(frame.geometry.to_numpy()), strict=True)
    fixed = [repair(cut_at_antimeridian(shape), name) for name, shape in pairs]
    out = gpd.GeoDataFrame({"name": list(frame["name"])}, geometry=fixed, crs=CRS)
    out, crimea = with_crimea(out)
    whole = np.array([shapely.multipolygons([crimea])])
    apart = gpd.GeoDataFrame({"name": ["Crimea"]}, geometry=whole, crs=CRS)
    return rounded(out), rounded(apart)


def rounded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return polygons as they are kept, with their areas, sorted by name.

    Parameters
    ----------
    frame
        With a ``name`` column, in degrees.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``name``, ``km2``, ``geometry``.
    """
    coarse = shapely.set_precision(frame.geometry.to_numpy(), 10.0**-DIGITS)
    out = frame.set_geometry(gpd.GeoSeries(shapely.normalize(coarse), crs=CRS))
    out["km2"] = np.round([area_km2(shape) for shape in out.geometry], 1)
    return out[["name", "km2", "geometry"]].sort_values("name", ignore_index=True)


def build(path: Path) -> None:
    """Download, convert and write the file.

    Parameters
    ----------
    path
        The file to write; its directory is created if missing.
    """
    with tempfile.TemporaryDirectory() as scratch:
        topology = extract(download(SOURCE, Path(scratch)), SOURCE.member)
    world, crimea = countries(pyogrio.read_dataframe(topology, layer="countries"))
    write(world, path)
    write(crimea, path.with_name("crimea.parquet"))


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write one file in one piece.

    Parameters
    ----------
    frame
        As `rounded` returns it.
    path
        The file to write; its directory is created if missing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{path.name}")
    try:
        frame.to_parquet(
            part,
            compression="zstd",
            compression_level=19,
            geometry_encoding="geoarrow",  # half the size of well-known binary
            index=False,
        )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def main() -> int:
    """Run the build from the command line.

    Returns
    -------
    int
        Exit code: 0 done, 1 something missing or wrong.
    """
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description="Build territory/data/countries.parquet from npm.")
    parser.add_argument("--out", type=Path, default=root / "territory/data/countries.parquet")
    path: Path = parser.parse_args().out
    try:
        build(path)
    except BuildError as error:
        print(f"build_world: {error}", file=sys.stderr)
        return 1
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

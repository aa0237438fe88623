"""People on each face of a history, from a population raster that the user gives.

The raster holds people per cell (as WorldPop and GHS-POP publish them), not people per
km2. Every cell counts with the share of it that lies on the face (`exactextract`), which
takes people to be spread evenly within a cell. Cells without data are taken as empty.
"""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.claims.readings import People
from territory.errors import CRSError, InputError
from territory.extras import require
from territory.geometry.projection import Floats, transformation
from territory.history.history import History
from territory.read.formats.gdal_guard import first_bytes

_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_LARGEST_BLOCK = 3_000_000  # cells held at a time


def population(path: Path) -> People:
    """Return a function that counts the people on each face of a history.

    Parameters
    ----------
    path : Path
        A GeoTIFF with one band of people per cell, in any CRS.

    Returns
    -------
    callable
        From a history to an array with a number for every face; not a number where the
        raster does not reach.

    Raises
    ------
    InputError
        If it is no such raster, or it holds negative numbers.
    CRSError
        If it does not say its CRS.
    """
    crs = _checked(path)
    known: dict[int, tuple[NDArray[np.object_], Floats]] = {}

    def people(history: History) -> Floats:
        # Scenarios share their faces with the base; the array is kept, so its id stays its own.
        key = id(history.faces)
        if key not in known:
            known[key] = history.faces, _counted(path, crs, history)
        return known[key][1]

    return people


def _checked(path: Path) -> CRS:
    """Return the CRS of a raster that can be used, and refuse any other."""
    require("population")
    import rasterio
    from rasterio.errors import RasterioIOError

    if not first_bytes(path).startswith(_TIFF):
        raise InputError("is no GeoTIFF; a population raster is one", file=str(path))
    try:
        with rasterio.open(path, driver="GTiff") as raster:
            if raster.count != 1:
                problem = f"{raster.count} bands; a population raster has one, of people per cell"
                raise InputError(problem, file=str(path))
            if raster.crs is None:
                raise CRSError("the raster does not say its CRS", file=str(path))
            lowest = min(float(_band(raster, w).min()) for _, w in raster.block_windows(1))
            crs = CRS.from_wkt(raster.crs.to_wkt())
    except RasterioIOError as error:
        problem = f"cannot be read ({str(error).splitlines()[0]})"
        raise InputError(problem, file=str(path)) from None
    if lowest < 0:
        problem = f"{lowest:g} people in a cell; is the value for 'no data' declared?"
        raise InputError(problem, file=str(path))
    return crs


def _band(raster: Any, window: Any) -> np.ma.MaskedArray[Any, Any]:  # noqa: ANN401 - no stubs
    """Return a block with what is no data as zero."""
    band = raster.read(1, window=window, masked=True)
    return np.ma.masked_array(np.nan_to_num(band.filled(0.0)))


def _counted(path: Path, crs: CRS, history: History) -> Floats:
    """Add up the cells of every face."""
    require("population")
    import rasterio
    from exactextract import exact_extract

    there = transformation(history.projection.crs, crs)

    def carried(xy: Floats) -> Floats:
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1]))

    faces = shapely.transform(history.faces, carried)
    frame = gpd.GeoDataFrame(geometry=list(faces), crs=crs)
    with rasterio.open(path, driver="GTiff") as raster:
        found = exact_extract(
            raster, frame, ["sum"], output="pandas", max_cells_in_memory=_LARGEST_BLOCK
        )
        reach = shapely.box(*raster.bounds)
    people: Floats = np.nan_to_num(found["sum"].to_numpy(dtype=np.float64))
    people[~shapely.covered_by(faces, reach)] = np.nan
    return people

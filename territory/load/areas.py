"""The named areas of a job: read, cut to one another, carried into the plane."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import JobError, did_you_mean
from territory.projection import MAX_CHORD_ERROR_M, WGS84, EqualArea, project, same_crs
from territory.read.areas import box_area, read_area
from territory.read.jobfile import AreaBox, AreaFile, Box

DrawnArea = tuple[BaseGeometry, CRS]


def load_areas(areas: Mapping[str, Box | AreaBox | AreaFile], folder: Path) -> dict[str, DrawnArea]:
    """Read the named areas of a job.

    Parameters
    ----------
    folder : Path
        What relative file names start from.

    Raises
    ------
    InputError
        If an area cannot be read or is named by nobody.
    """
    drawn: dict[str, DrawnArea] = {}
    for name, spec in areas.items():
        if isinstance(spec, AreaFile):
            area, crs = read_area(folder / spec.file, where=spec.where, layer=spec.layer)
            drawn[name] = _cut_to(area, crs, spec.within, drawn, name)
        else:
            box = spec.bbox if isinstance(spec, AreaBox) else spec
            drawn[name] = box_area(*box, file=f"area '{name}'"), WGS84
    return drawn


def _cut_to(
    area: BaseGeometry, crs: CRS, within: str, drawn: Mapping[str, DrawnArea], name: str
) -> DrawnArea:
    if not within:
        return area, crs
    if within not in drawn:
        raise JobError(
            f"area '{name}' lies within '{within}', which must be named before it;"
            f" {did_you_mean(within, drawn)}"
        )
    other, other_crs = drawn[within]
    if not same_crs(crs, other_crs):
        raise JobError(f"areas '{name}' and '{within}' are in different CRS")
    cut = shapely.intersection(area, other)
    parts = shapely.get_parts(cut)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        raise JobError(f"nothing of area '{name}' lies within '{within}'")
    return shapely.union_all(parts), crs


def plane_areas(
    areas: Mapping[str, DrawnArea],
    projection: EqualArea,
    *,
    max_chord_error_m: float = MAX_CHORD_ERROR_M,
) -> dict[str, BaseGeometry]:
    """Carry named areas into the plane."""
    return {
        name: project(np.array([area]), crs, projection.crs, max_chord_error=max_chord_error_m)[0]
        for name, (area, crs) in areas.items()
    }

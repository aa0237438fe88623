"""The named areas of a job: read, cut to one another, carried into the plane.

The plane is the equal-area plane of the series' history, in metres.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from numbers import Real
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError, JobError, did_you_mean
from territory.findings import Finding
from territory.geometry.antipode import about_antipode, hold_antipode
from territory.geometry.area import project
from territory.geometry.projection import MAX_CHORD_ERROR_M, WGS84, EqualArea, same_crs
from territory.geometry.seams import without_seam
from territory.history.regions import ELSEWHERE, DrawnRegions
from territory.history.rim import RimError
from territory.job.checks import area_words
from territory.job.spec import (
    PLACES,
    AreaBox,
    AreaFile,
    Box,
    RegionsSpec,
    SeriesSpec,
    extent_label,
    kind_of,
)
from territory.read.aoi import DrawnArea, box_area, read_area
from territory.read.region_files import read_regions

NO_RIM = "it is how far the outline of an area or of regions may lie off, and a box has none"


def load_areas(
    areas: Mapping[str, Box | AreaBox | AreaFile], folder: Path, *, key: str = ""
) -> dict[str, DrawnArea]:
    """Read the named areas of a job.

    Parameters
    ----------
    areas : mapping of str to Box, AreaBox or AreaFile
        By name: west, south, east, north in degrees, or a file of polygons.
    folder : Path
        What relative file names start from.
    key : str
        What messages call them; each by its name by default.

    Returns
    -------
    dict of str to DrawnArea
        By the same names, in the order of the job.

    Raises
    ------
    InputError
        If an area cannot be read or is named by nobody.
    """
    drawn: dict[str, DrawnArea] = {}
    for name, spec in areas.items():
        called = key or f"area '{name}'"
        if isinstance(spec, AreaFile):
            area = read_area(spec.file, folder, where=spec.where, layer=spec.layer, option=called)
            area = replace(area, rim=spec.rim or area.rim)
            drawn[name] = _cut_to(area, spec.within, drawn, name)
        else:
            box = spec.bbox if isinstance(spec, AreaBox) else spec
            drawn[name] = DrawnArea(box_area(*box, file=called), WGS84, rim=RimError(0.0))
    return drawn


def with_extent(
    spec: SeriesSpec, areas: Mapping[str, DrawnArea], folder: Path
) -> tuple[str, dict[str, DrawnArea]]:
    """Return what the extent of drawn zones is called, and it before all other areas.

    Parameters
    ----------
    spec : SeriesSpec
        Its `extent` is the name of an area, a box in degrees, a file or a country.
    areas : mapping of str to DrawnArea
        Named areas.
    folder : Path
        What a relative file name starts from.

    Returns
    -------
    name : str
        Empty where all ground is looked at, and for places, whose extent is one of the areas.
    areas : dict of str to DrawnArea

    Raises
    ------
    InputError
        If the extent cannot be read.
    """
    extent = spec.extent
    if not extent or kind_of(spec.profile) == PLACES:
        return "", dict(areas)
    if isinstance(extent, str) and extent in areas:
        name = extent
    else:
        name = extent_label(extent, folder)
        wanted = AreaFile(file=extent) if isinstance(extent, str) else extent
        areas = {**load_areas({name: wanted}, folder, key="[series] extent"), **areas}
    return name, {name: areas[name], **areas}


def load_regions(spec: RegionsSpec | None, folder: Path) -> DrawnRegions | None:
    """Read the provinces of a job, None where it names none.

    Parameters
    ----------
    spec : RegionsSpec or None
        The file, and which property holds the names.
    folder : Path
        What relative file names start from.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    if spec is None:
        return None
    drawn = read_regions(
        spec.file,
        folder,
        name_field=spec.name,
        even_odd=spec.even_odd,
        option="[regions] file",
    )
    return replace(drawn, rim=spec.rim or drawn.rim)


def area_findings(areas: Mapping[str, DrawnArea]) -> tuple[Finding, ...]:
    """Return what was repaired in named areas, each once, whatever names they go by.

    Parameters
    ----------
    areas : mapping of str to DrawnArea
        Named areas as drawn.
    """
    return tuple(dict.fromkeys(found for area in areas.values() for found in area.findings))


def _cut_to(area: DrawnArea, within: str, drawn: Mapping[str, DrawnArea], name: str) -> DrawnArea:
    if not within:
        return area
    if within not in drawn:
        raise JobError(
            f"area '{name}' lies within '{within}', which must be named before it;"
            f" {did_you_mean(within, drawn)}"
        )
    other = drawn[within]
    if not same_crs(area.crs, other.crs):
        raise JobError(f"areas '{name}' and '{within}' are in different CRS")
    cut = shapely.intersection(area.geometry, other.geometry)
    parts = shapely.get_parts(cut)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        raise JobError(f"nothing of area '{name}' lies within '{within}'")
    rims = [rim for rim in (area.rim, other.rim) if rim]
    widest = max(rims, key=lambda rim: rim.error_m, default=None)
    return replace(area, geometry=shapely.union_all(parts), rim=widest)


def state_rims(
    areas: Mapping[str, DrawnArea], regions: DrawnRegions | None, error_m: object, word: str
) -> tuple[dict[str, DrawnArea], DrawnRegions | None]:
    """Return areas and regions with the error of their rims; a box is a choice and keeps none.

    Parameters
    ----------
    areas : mapping of str to DrawnArea
        Named areas as drawn.
    regions : DrawnRegions or None
        Provinces as drawn.
    error_m : float or None
        Standard deviation across the rim, in metres; None leaves all as it is.
    word : str
        What the option or argument is called, for messages.

    Raises
    ------
    InputError
        If the error is none, or there is nothing that it could be of.
    """
    if error_m is None:
        return dict(areas), regions
    is_number = isinstance(error_m, Real) and not isinstance(error_m, bool)
    if not is_number or not 0 <= error_m < inf:  # type: ignore[operator]
        raise InputError(f"{word}: {error_m!r:.60} is no length in metres")
    if regions is None and all(map(is_choice, areas.values())):
        raise InputError(f"{word} does nothing here: {NO_RIM}")
    rim = RimError(float(error_m))  # type: ignore[arg-type]
    stated = {n: a if is_choice(a) else replace(a, rim=rim) for n, a in areas.items()}
    return stated, None if regions is None else replace(regions, rim=rim)


def is_choice(area: DrawnArea) -> bool:
    """Return whether an area is a choice, such as a box, whose rim cannot lie off.

    Parameters
    ----------
    area : DrawnArea
        As read.
    """
    return area.rim is not None and not area.rim.error_m


def rim_errors(
    areas: Mapping[str, DrawnArea], regions: DrawnRegions | None, projection: EqualArea
) -> dict[str, RimError]:
    """Return how far the rims of areas and regions may lie off, where that is known.

    Parameters
    ----------
    areas : mapping of str to DrawnArea
        Named areas as drawn.
    regions : DrawnRegions or None
        Provinces as drawn; what lies in none of them has their error.
    projection : EqualArea
        The equal-area plane, in metres, in which the resolution of outlines is measured.

    Returns
    -------
    dict of str to RimError
        By name, each with a correlation length.
    """

    def resolved(shapes: NDArray[np.object_], crs: CRS, rim: RimError) -> RimError:
        plane = project(shapes, crs, projection.crs, max_chord_error=inf)
        corners = int(shapely.get_num_coordinates(shapes).sum())
        return rim.resolved(float(shapely.length(plane).sum()) / corners)

    found = {
        name: resolved(np.array([area.geometry]), area.crs, area.rim)
        for name, area in areas.items()
        if area.rim is not None
    }
    if regions is not None and regions.rim is not None:
        of_regions = resolved(regions.geometry, regions.crs, regions.rim)
        found |= dict.fromkeys((*regions.names, ELSEWHERE), of_regions)
    return found


def plane_areas(
    areas: Mapping[str, DrawnArea],
    projection: EqualArea,
    *,
    max_chord_error_m: float = MAX_CHORD_ERROR_M,
) -> dict[str, BaseGeometry]:
    """Carry named areas into the plane.

    Parameters
    ----------
    areas : mapping of str to DrawnArea
        Named areas as drawn, each in its own CRS.
    projection : EqualArea
        The equal-area plane, in metres, to carry them into.
    max_chord_error_m : float
        How far a drawn line may stray from its course in the plane, in metres.

    Returns
    -------
    dict of str to Polygon or MultiPolygon
        In the plane.

    Raises
    ------
    GeometryError
        If a point cannot be carried there, or an area holds the point opposite to the zones.
    """
    for name, area in areas.items():
        if hold_antipode(np.array([area.geometry]), area.crs, projection).any():
            raise GeometryError(about_antipode(projection), file=area_words(name))
    return {
        name: project(
            without_seam(np.array([area.geometry]), area.crs),
            area.crs,
            projection.crs,
            max_chord_error=max_chord_error_m,
        )[0]
        for name, area in areas.items()
    }

"""From a picture, its legend and its control points to zones with their errors."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError
from territory.findings import Finding
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.projection import WGS84, lonlat_bounds
from territory.history.history import History, from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.job.named_aoi import plane_areas
from territory.measure.ensemble import Ensemble
from territory.read.aoi import DrawnArea, parse_area
from territory.read.text_files import read_toml
from territory.trace.audit import Audit, audited
from territory.trace.controls_file import read_controls
from territory.trace.image.control_points import check_points
from territory.trace.image.georeference import Placement, placed
from territory.trace.image.line_error import TraceError, trace_error
from territory.trace.image.palette import UNKNOWN, colours_in_words, main_colours
from territory.trace.image.pixel_classes import Classes, classified
from territory.trace.image.polygonise import Outlines, on_ground, outlined
from territory.trace.legend_file import Box, Legend
from territory.trace.picture_file import Picture, read_picture

_CHORD_DEGREES = 1e-8  # of an area carried to longitude and latitude
AREA = "area"


@dataclass(frozen=True)
class Request:
    """What a user names.

    Attributes
    ----------
    image, legend, points : Path
        The picture, its legend (TOML), its control points.
    area : str
        ``W,S,E,N`` in degrees, or whatever `territory.read.aoi.read_area` takes; all of
        the picture if empty.
    transform, map_crs : str
        See `territory.trace.image.georeference.placed`.
    """

    image: Path
    legend: Path
    points: Path
    area: str = ""
    transform: str = ""
    map_crs: str = ""


@dataclass(frozen=True, eq=False)
class Traced:
    """Zones traced from a picture, and everything that was found on the way.

    Attributes
    ----------
    request : Request
        What the user named.
    picture : Picture
        As read.
    legend : Legend
        As read.
    placement : Placement
        Where the picture lies on the ground.
    classes : Classes
        Whose ground each pixel is.
    outlines : Outlines
        The classes as polygons, in pixels.
    holders : tuple of Holder
        By class; the last is unknown ground.
    error : TraceError
        How far the lines may lie off, in metres.
    audit : Audit
        How much ground came which way.
    area : Polygon or MultiPolygon, optional
        What the zones are cut to, in longitude and latitude.
    ensemble : Ensemble
        The zones of the one day, with the error of their lines.
    findings : tuple of Finding
        What was repaired in the area.
    """

    request: Request
    picture: Picture
    legend: Legend
    placement: Placement
    classes: Classes
    outlines: Outlines
    holders: tuple[Holder, ...]
    error: TraceError
    audit: Audit
    area: BaseGeometry | None
    ensemble: Ensemble
    findings: tuple[Finding, ...] = ()


def trace(request: Request) -> Traced:
    """Trace the zones of a picture.

    Parameters
    ----------
    request : Request
        The files, and how to place the picture.

    Returns
    -------
    Traced
        The zones of one day, with the error of their lines.

    Raises
    ------
    InputError
        If a file cannot be used, a colour of the legend is nowhere in the picture, or no
        zone is left.
    CRSError
        If the projection of the map is not known.
    GeometryError
        If a zone reaches to where the projection of the map does not, or no zone lies in the
        area.
    """
    legend = read_toml(request.legend, Legend)
    picture = read_picture(request.image)
    points = read_controls(request.points)
    check_points(points, picture.size, file=str(request.points))
    placement = placed(
        points, file=str(request.points), kind=request.transform, map_crs=request.map_crs
    )
    drawn = parse_area(request.area) if request.area else None
    classes = _classified(picture, legend, request)
    holders = (*legend.palette.holders, UNKNOWN)
    outlines = outlined(classes.label, len(holders))
    error = trace_error(
        placement,
        classes.label,
        outlines,
        line_px=classes.line_px,
        scale=legend.scale or 0.0,
    )
    area = _in_degrees(drawn) if drawn else None
    return Traced(
        request,
        picture,
        legend,
        placement,
        classes,
        outlines,
        holders,
        error,
        audited(classes, outlines, placement, area=area),
        area,
        _cut(_zones(outlines, placement, legend, request.image), drawn, error),
        drawn.findings if drawn else (),
    )


def _in_degrees(drawn: DrawnArea) -> BaseGeometry:
    shape = np.array([drawn.geometry])
    carried: BaseGeometry = project(shape, drawn.crs, WGS84, max_chord_error=_CHORD_DEGREES)[0]
    return carried


def _classified(picture: Picture, legend: Legend, request: Request) -> Classes:
    """Classify the pixels, and refuse a legend whose zones are nowhere in the picture."""
    palette = legend.palette
    left_out = picture.clear | _beside(legend, picture, str(request.legend))
    classes = classified(
        picture.rgb,
        palette,
        left_out=left_out,
        covered=_within(legend.covered, picture),
        fill_px=legend.fill_px,
        smallest_px=legend.smallest_px,
    )
    for swatch, pixels in zip(palette.swatches, classes.swatch_pixels, strict=True):
        if swatch.label >= 0 and not pixels:
            problem = (
                f"no pixel is of the colour {swatch.colour} of '{palette.name(swatch)}', to"
                f" {swatch.tolerance:g} in CIE Lab; the main colours of the picture are"
                f" {colours_in_words(main_colours(*_counted(picture, left_out)))}"
            )
            raise InputError(problem, file=str(request.legend))
    return classes


def _counted(picture: Picture, left_out: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    seen = picture.rgb[~left_out].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    codes, count = np.unique(seen, return_counts=True)
    return codes, count


def _beside(legend: Legend, picture: Picture, file: str) -> Bools:
    """Return which pixels the legend says are no part of the map."""
    width, height = picture.size
    for box in legend.boxes:
        if box[0] >= width or box[1] >= height:
            problem = f"the box {list(box)} lies outside {width} x {height} pixels"
            raise InputError(problem, file=file)
    frame = _within((legend.frame or (0, 0, width, height),), picture)
    return ~frame | _within(legend.ignore, picture)


def _within(boxes: tuple[Box, ...], picture: Picture) -> Bools:
    """Return which pixels lie in any of some boxes."""
    inside = np.zeros(picture.clear.shape, dtype=bool)
    for left, top, right, bottom in boxes:
        inside[top:bottom, left:right] = True
    return inside


def _zones(outlines: Outlines, placement: Placement, legend: Legend, image: Path) -> History:
    """Return the zones as a history of one day."""
    shapes = on_ground(outlines, placement)
    if not len(shapes):
        problem = "no zone is left: all that matches is too small, too thin or left out"
        raise InputError(problem, file=str(image))
    holders = (*legend.palette.holders, UNKNOWN)
    source = Source(image.name, legend.publisher, legend.licence)
    whose = tuple(holders[label] for label in outlines.label)
    return from_snapshots((normalise(RawZones(legend.day, WGS84, source, whose, shapes)),))


def _cut(history: History, drawn: DrawnArea | None, error: TraceError) -> Ensemble:
    """Return a history cut to an area, with the error of its lines."""
    if drawn is None:
        return Ensemble(history, error.boundary)
    areas = plane_areas({AREA: drawn}, history.projection)
    if not shapely.intersects(areas[AREA], history.faces).any():
        west, south, east, north = lonlat_bounds(history.faces, history.projection.crs)
        problem = f"the zones lie elsewhere: {west:.2f},{south:.2f},{east:.2f},{north:.2f}"
        raise GeometryError(problem, file="--area")
    return Ensemble(history.with_areas(areas), error.boundary).inside(AREA)

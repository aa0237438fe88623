"""Series of fixed units with a table of holders: a coverage, without any overlay."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError, OverlapError, SettingError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import geodesic_area_km2, in_plane, project
from territory.geometry.coverage import joined, outline_of, sound
from territory.geometry.projection import EqualArea, Floats, choose_projection, lonlat_bounds
from territory.geometry.rings import rings_of
from territory.history.history import History, from_coverage
from territory.history.overlaps import OVERLAP_TOLERANCE_KM2
from territory.history.repair import check_coordinates, map_crs
from territory.history.unit_counts import unit_counts
from territory.job.checks import cover_findings, geodesic_findings, ground_sizes
from territory.job.series import Loaded, SeriesRequest
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.unit_files import UnitFiles, fields_of, unit_files
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import BASE, Ensemble
from territory.measure.scenarios import status_scenarios
from territory.numbers import figure
from territory.quality.countries import place_of
from territory.quality.missing_days import far_days
from territory.quality.similar_names import similar_names
from territory.read.formats.by_extension import read_any
from territory.read.formats.layer import Layer
from territory.read.profile import Profile, UnitRule, read_profile
from territory.read.units import Units, id_property, read_holders, unit_names
from territory.read.world import read_countries

_MANY_POINTS = 100_000  # corners of all units
_SLIP_M = 10.0  # a narrower gap is taken for a slip of drawing (four decimals of a degree)
_ROUGH_M = 0.05  # chord error of their lines where nothing is cut


def load_units(request: SeriesRequest, uncertainty: UncertaintySpec) -> Loaded:
    """Read units that never change and who holds them, day by day.

    Parameters
    ----------
    request : SeriesRequest
        The series, its areas and its days.
    uncertainty : UncertaintySpec
        Error of drawn lines, in metres; that of the borders of units is 0 unless it is set.

    Returns
    -------
    Loaded
        Its history lies in the equal-area plane of the units.

    Raises
    ------
    InputError
        If a unit is no valid polygon.
    OverlapError
        If units overlap.
    """
    spec, folder = request.spec, request.folder
    profile = read_profile(spec.profile, folder)
    files = unit_files(spec, folder, profile)
    layer = _unit_layer(files)
    units = _holders(files, layer, spec, profile)
    table = ", ".join(map(str, files.tables))
    loaded = units_measured(layer, units, request, uncertainty, table=table, known=profile.boundary)
    return replace(
        loaded, publisher=profile.publisher, licence=profile.licence, looks=profile.actors
    )


def units_measured(
    layer: Layer,
    units: Units,
    request: SeriesRequest,
    uncertainty: UncertaintySpec,
    *,
    table: str,
    known: Mapping[str, float] = MappingProxyType({}),
) -> Loaded:
    """Put units and their holders on the plane, and cut them along the areas asked for.

    Parameters
    ----------
    layer : Layer
        The units, polygons in any CRS.
    units : Units
        Who holds each, in the same order.
    request : SeriesRequest
        The areas and the days that are asked for.
    uncertainty : UncertaintySpec
        Error of drawn lines, in metres; that of the borders of units is 0 unless it is set.
    table : str
        What messages call the table of holders.
    known : mapping of str to float
        What the profile says of the borders, by the names of `BoundaryError`.

    Returns
    -------
    Loaded
        Its history lies in the equal-area plane of the units.

    Raises
    ------
    InputError
        If a unit is no valid polygon.
    OverlapError
        If units overlap.
    """
    spec, areas = request.spec, request.areas
    _refuse_no_polygon(layer)
    crs = _checked_crs(layer)
    projection = choose_projection(lonlat_bounds(layer.geometry, crs))
    error = _boundary({**known, **uncertainty.boundary, **spec.boundary}, spec)
    faces, area_m2 = _in_plane(layer, crs, projection, is_cut=bool(areas or request.regions))
    if not error.is_none:  # a border whose corners differ by a rounding is one line
        faces = joined(faces)
    coverage = from_coverage(
        faces, units.held_by, days=units.days, holders=units.holders, projection=projection
    )
    coverage = replace(coverage, area_m2=area_m2)
    coverage = coverage.at_days(request.span.of(units.days))
    days = request.days(coverage.days)
    figures_alone = request.tiles and error.is_none
    history, about_regions = request.cut(coverage, is_drawn=not figures_alone)
    counted = unit_counts(coverage, history)
    outline = outline_of(faces)
    ensemble = Ensemble(
        history,
        error,
        scenarios=status_scenarios(history),
        units={BASE: counted, **status_scenarios(counted)},
        area_variants=uncertainty.area_variants,
        rims=request.rims(history),
    )
    findings = (
        *layer.findings,
        *units.findings,
        *about_regions,
        *(coverage_findings(faces, layer.file) if outline is None else ()),
        *_gap_findings(faces, layer.file, error),
        *unnamed_findings(units, coverage.area_m2 / 1e6),
        *place_of(coverage, read_countries()),
        *similar_names(holder.actor for holder in units.holders),
        *geodesic_findings(areas, projection, ground=_sizes(history, outline)),
        *cover_findings(history),
        *far_days(units.days, dict.fromkeys(units.days, table)),
        *request.about_rims(ensemble, days),
    )
    return Loaded(spec.name, ensemble, days, findings)


def _boundary(settings: Mapping[str, float], spec: SeriesSpec) -> BoundaryError:
    """Return the error of the borders of units, which are exact where nothing is said."""
    found = BoundaryError(**{"boundary_error_m": 0.0, **settings})
    for key in ("correlation_length_m", "date_correlation"):
        if key in spec.boundary and found.is_none:
            raise SettingError(
                f"'{key}' does nothing without 'boundary_error_m': the borders of units are exact"
            )
    return found


def _sizes(history: History, outline: BaseGeometry | None) -> tuple[float, float]:
    """Return all ground in the plane and on the ellipsoid, in km2; by its outline, if known."""
    if outline is None:
        return ground_sizes(history)
    crs = history.projection.crs
    plane_km2 = float(history.area_m2.sum() / 1e6)
    return plane_km2, float(geodesic_area_km2(np.array([outline]), crs).sum())


def _in_plane(
    layer: Layer, crs: CRS, projection: EqualArea, *, is_cut: bool
) -> tuple[NDArray[np.object_], Floats]:
    """Carry units to the plane; return them and their areas in m2.

    Where nothing is cut along them, lines of many units are carried to a few centimetres: the
    areas are those of the curves all the same.
    """
    shapes = shapely.force_2d(layer.geometry)
    if is_cut or shapely.get_num_coordinates(shapes).sum() < _MANY_POINTS:
        faces = project(shapes, crs, projection.crs)
        return faces, np.asarray(shapely.area(faces), dtype=np.float64)
    return in_plane(shapes, crs, projection.crs, max_chord_error=_ROUGH_M)


def unit_days(spec: SeriesSpec, folder: Path) -> tuple[date, ...]:
    """Return the days of the table of holders; the polygons are read for their names alone.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Returns
    -------
    tuple of date
        In order.
    """
    profile = read_profile(spec.profile, folder)
    files = unit_files(spec, folder, profile)
    return _holders(files, _unit_layer(files), spec, profile).days


def _holders(files: UnitFiles, layer: Layer, spec: SeriesSpec, profile: Profile) -> Units:
    """Read who holds the polygons of a layer."""
    fields = fields_of(spec)
    names = unit_names(layer, id_property(layer, profile.units or UnitRule(), fields))
    return read_holders(files.tables, names, profile, fields)


def _unit_layer(files: UnitFiles) -> Layer:
    layers = [each for path in files.polygons for each in read_any(path)]
    if len(layers) != 1:
        raise InputError(f"{len(layers)} layers; units need one", file=str(files.polygons[0]))
    return layers[0]


def _refuse_no_polygon(layer: Layer) -> None:
    shapes = layer.geometry
    kinds = shapely.get_type_id(shapes)
    no_polygon = ~np.isin(kinds, [3, 6]) | shapely.is_empty(shapes)
    bad = np.flatnonzero(no_polygon | ~shapely.is_valid(shapes))
    if bad.size:
        row = int(bad[0])
        found = "none" if no_polygon[row] else shapely.is_valid_reason(shapes[row])
        raise InputError(
            f"a unit needs a valid polygon ({found})", file=layer.file, feature=row + 1
        )


def _checked_crs(layer: Layer) -> CRS:
    """Return the CRS of the units, once their coordinates are known to lie in it."""
    crs = map_crs(layer.crs, layer.file)
    parts, feature = shapely.get_parts(layer.geometry, return_index=True)

    def refused(problem: str, row: int) -> GeometryError:
        return GeometryError(problem, file=layer.file, feature=row + 1)

    check_coordinates(rings_of(parts), feature, crs, refused)
    return crs


def unnamed_findings(units: Units, km2: Floats) -> Iterator[Finding]:
    """Tell of units that the table never names, or not from the first day: nobody's ground.

    Parameters
    ----------
    units : Units
        Who holds each unit on each day.
    km2 : ndarray of float, shape (units,)
        Their areas.

    Yields
    ------
    Finding
        A warning with the area in km2.
    """
    never = units.first == len(units.days)
    late = (units.first > 0) & ~never
    for which, when in ((never, "ever"), (late, f"on {units.days[0]}")):
        if which.any():
            some = f"{which.sum()} of {len(which)} units"
            detail = f"no row says who holds {some} {when}; they count as nobody's until one does"
            yield Finding(
                FindingKind.NO_HOLDER, detail, Severity.WARNING, None, float(km2[which].sum())
            )


def _gap_findings(faces: NDArray[np.object_], file: str, error: BoundaryError) -> Iterator[Finding]:
    """Tell of borders whose error counts for nothing, as the units beside them do not meet.

    A wider gap may be a river; nor does GEOS see one that is wider than edges are long.
    """
    if not error.is_none and not shapely.coverage_is_valid(faces, gap_width=_SLIP_M):
        detail = (
            f"{file}: neighbouring units cross, or leave gaps of up to {_SLIP_M:g} m between them;"
            " the error of such borders is not counted, so intervals are too narrow"
        )
        yield Finding(FindingKind.SLIVERS, detail, Severity.WARNING)


def coverage_findings(faces: NDArray[np.object_], file: str) -> list[Finding]:
    """Refuse units that are no coverage since they overlap; slivers are reported.

    Parameters
    ----------
    faces : ndarray of geometry
        One polygon for each unit, in the equal-area plane, in metres.
    file : str
        For messages.

    Raises
    ------
    OverlapError
        If the overlaps add up to more than `OVERLAP_TOLERANCE_KM2`.
    """
    faces = sound(faces)
    tree = shapely.STRtree(faces)
    one, other = tree.query(faces, predicate="intersects")
    pairs = one < other
    km2 = shapely.area(shapely.intersection(faces[one[pairs]], faces[other[pairs]])) / 1e6
    if km2.sum() > OVERLAP_TOLERANCE_KM2:
        worst = int(np.argmax(km2))
        raise OverlapError(
            f"units {one[pairs][worst] + 1} and {other[pairs][worst] + 1} overlap by"
            f" {figure(km2[worst])} km2; units must not overlap",
            file=file,
        )
    detail = f"{file}: neighbouring units do not share every point of their border"
    return [Finding(FindingKind.SLIVERS, detail, Severity.INFO, km2=float(km2.sum()))]

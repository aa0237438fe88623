"""The one reader of areas of interest, provinces and base maps.

Whatever zones can be read from, polygons can: every door is guarded alike. They are
checked like zones, but never refused for being invalid: see `territory.read.winding`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError, InputError, did_you_mean, doing
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.coverage import are_areal, parts_of, polygons_in
from territory.geometry.projection import WGS84, Ints, same_crs
from territory.geometry.rings import Rings, rings_of
from territory.history.repair import check_coordinates, map_crs
from territory.history.snapshot import RawZones
from territory.history.snapshot import Source as Origin
from territory.history.stray_positions import strays
from territory.holders import Holder
from territory.numbers import figure
from territory.quality.swapped_axes import mirrored
from territory.read.formats.by_extension import read_any
from territory.read.formats.csv_wkt import has_geometry_column
from territory.read.formats.gzipped import kind_of_file
from territory.read.formats.layer import Layer
from territory.read.pages import put_together
from territory.read.region_names import usual_name
from territory.read.sources import Source
from territory.read.span_findings import about_regions
from territory.read.sql_filter import rows_where
from territory.read.text_files import read_bytes
from territory.read.winding import read_outline
from territory.read.world import border_sentence, read_countries

_POLYGON, _MULTIPOLYGON = 3, 6


@dataclass(frozen=True, eq=False)
class Polygons:
    """The polygons of one layer of one file, valid, with what was found on the way.

    Attributes
    ----------
    layer : Layer
        As read, for names and messages.
    rows : tuple of int, length n
        Which feature of the layer each is.
    crs : CRS
        Without heights; longitude and latitude on WGS 84 is one CRS, however it is called.
    geometry : ndarray of Polygon or MultiPolygon, shape (n,)
        In `crs`, axis order x, y.
    findings : tuple of Finding
        What was repaired or dropped, by file and feature, without a day.
    """

    layer: Layer
    rows: tuple[int, ...]
    crs: CRS
    geometry: NDArray[np.object_]
    findings: tuple[Finding, ...]


def read_polygons(
    source: Source, *, layer: str = "", where: str = "", even_odd: bool = False
) -> tuple[Polygons, ...]:
    """Read all polygons of a source.

    Parameters
    ----------
    source : Source
        See `territory.read.sources.source_of`.
    layer : str
        The one layer to take, where the source names none.
    where : str
        Filter in SQL, such as ``name = 'Idlib'``.
    even_odd : bool
        Read invalid outlines by the even-odd rule of their rings, whatever winding gives.

    Returns
    -------
    tuple of Polygons
        One for each layer, all in one CRS; layers without a polygon are left out.

    Raises
    ------
    InputError
        If a file cannot be read, has several layers of which none is named, or there is
        no polygon.
    CRSError
        If files are in different CRS, or one does not say its own.
    GeometryError
        If a coordinate is not finite or out of range, or a polygon crosses 180 degrees.
    """
    found, left_out = _layers(source, layer or source.layer)
    return polygons_of(found, left_out, file=source.text, where=where, even_odd=even_odd)


def polygons_of(
    layers: Sequence[Layer],
    left_out: Sequence[Finding] = (),
    *,
    file: str,
    where: str = "",
    even_odd: bool = False,
) -> tuple[Polygons, ...]:
    """Return the polygons of layers that are in memory; see `read_polygons`.

    Parameters
    ----------
    layers : sequence of Layer
        One layer of one file each, in memory.
    left_out : sequence of Finding
        What was left aside on the way.
    file : str
        What messages call all of them.
    where : str
        Filter in SQL, such as ``name = 'Idlib'``; empty for all features.
    even_odd : bool
        Read invalid outlines by the even-odd rule of their rings, whatever winding gives.

    Returns
    -------
    tuple of Polygons
        All in one CRS; layers without a chosen feature are left out.

    Raises
    ------
    InputError
        If no feature is chosen, or the filter is no condition.
    GeometryError
        If no chosen feature is a polygon.
    CRSError
        If the layers are in different ones.
    """
    chosen = [(each, rows_where(each, where)) for each in put_together(layers)]
    if not sum(len(rows) for _, rows in chosen):
        raise InputError(f"no feature where {where}" if where else "no feature", file=file)
    read = [_polygons(each, rows, even_odd=even_odd) for each, rows in chosen if rows]
    if not sum(len(each.rows) for each in read):
        raise GeometryError(_no_polygon(chosen), file=file)
    _refuse_other_crs(read)
    spans = [about for each, rows in chosen for about in about_regions(each, rows)]
    first = replace(read[0], findings=(*left_out, *spans, *read[0].findings, *_mirrored(read)))
    return (first, *read[1:])


# ---- Files and layers --------------------------------------------------------------------


def _layers(source: Source, wanted: str) -> tuple[list[Layer], list[Finding]]:
    """Return one layer of every file, and what was left aside."""
    if source.country:
        detail = border_sentence(source.country, source.worldview)
        told = Finding(FindingKind.BORDER, detail)
        return [_country(source.country, source.worldview)], [told]
    layers: list[Layer] = []
    left_out: list[Finding] = []
    for path in source.files:
        if source.files[1:] and _is_table(path):
            detail = f"{path}: left aside; it is a table without polygons"
            left_out.append(Finding(FindingKind.LEFT_OUT, detail, Severity.WARNING))
            continue
        with doing(f"reading {path}"):
            layers += read_any(path)
    chosen = [each for each in layers if each.name == wanted] if wanted else layers
    if wanted and not chosen:
        raise _no_layer(layers, wanted, source)
    for file, same in groupby(chosen, key=lambda layer: layer.file):
        _refuse_several(file, [each.name for each in same], source)
    return chosen, left_out


def _is_table(path: Path) -> bool:
    return kind_of_file(path) == ".csv" and not has_geometry_column(read_bytes(path))


def _country(name: str, worldview: str) -> Layer:
    """Return a country of the package as a layer of one feature."""
    world = read_countries(worldview)
    shape = world.polygons[[world.names.index(name)]]
    return Layer(f"the country '{name}'", name, WGS84, ({"name": name},), shape)


def _no_layer(layers: Sequence[Layer], wanted: str, source: Source) -> InputError:
    known = list(dict.fromkeys(layer.name for layer in layers))
    return InputError(f"no layer '{wanted}'; {did_you_mean(wanted, known)}", file=source.place)


def _refuse_several(file: str, names: Sequence[str], source: Source) -> None:
    """Refuse a file of several layers of which none is named."""
    if len(names) > 1:
        listed = ", ".join(f"'{name}'" for name in names)
        problem = f"{len(names)} layers ({listed}); name one, as {source.place}:{names[0]}"
        raise InputError(problem, file=file)


def _refuse_other_crs(read: Sequence[Polygons]) -> None:
    """Refuse files in different CRS: they could not be put together."""
    for each in read[1:]:
        if not same_crs(each.crs, read[0].crs):
            first = read[0].layer.file
            problem = (
                f"is in {each.crs.name}, but {first} in {read[0].crs.name};"
                " write all files in one CRS"
            )
            raise CRSError(problem, file=each.layer.file)


def _no_polygon(chosen: Iterable[tuple[Layer, Sequence[int]]]) -> str:
    """Say what is there instead of polygons."""
    shapes = [layer.geometry[row] for layer, rows in chosen for row in rows]
    kinds = Counter(
        "no geometry" if shape is None or shape.is_empty else shape.geom_type for shape in shapes
    )
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"no polygon with an area in it, but {listed}"


# ---- Features ----------------------------------------------------------------------------


def _polygons(layer: Layer, rows: Sequence[int], *, even_odd: bool) -> Polygons:
    """Return the ground of some features of a layer."""
    crs = map_crs(layer.crs, layer.file)
    shapes = layer.geometry[list(rows)]
    parts, owner = polygons_in(shapes)
    rings = rings_of(parts)
    _check(layer, rows, rings, owner, crs)
    findings = [*layer.findings, *_dropped(layer, rows, shapes, owner)]
    findings += _stray(layer, rows, rings, owner, crs)
    usable: list[int] = []
    ground: list[BaseGeometry] = []
    plain = np.isin(shapely.get_type_id(shapes), [_POLYGON, _MULTIPOLYGON])
    good = plain & shapely.is_valid(shapes)
    for index in np.unique(owner).tolist():
        shape = shapely.force_2d(shapes[index])
        if not good[index]:
            shape, about = _mended(
                layer, rows[index], parts[owner == index], crs, even_odd=even_odd
            )
            findings += about
        if shape.is_empty:
            continue
        usable.append(rows[index])
        ground.append(shape)
    geometry = np.array([*ground, None], dtype=object)[:-1]
    return Polygons(layer, tuple(usable), crs, geometry, tuple(findings))


def _check(layer: Layer, rows: Sequence[int], rings: Rings, owner: Ints, crs: CRS) -> None:
    """Refuse coordinates that cannot be, as for zones."""

    def refused(problem: str, index: int) -> GeometryError:
        return GeometryError(problem, file=layer.file, feature=_called(layer, rows[index]))

    check_coordinates(rings, owner, crs, refused)


def _stray(layer: Layer, rows: Sequence[int], rings: Rings, owner: Ints, crs: CRS) -> list[Finding]:
    """Tell of positions far from their ring, as for zones."""
    return [
        Finding(
            FindingKind.STRAY_POSITION,
            f"{layer.file}, feature {_called(layer, rows[owner[each.part]])}: {each}",
            Severity.WARNING,
            None,
            abs(each.km2 - each.without_km2),
        )
        for each in strays(rings, crs)
    ]


def _mirrored(read: Sequence[Polygons]) -> list[Finding]:
    """Tell of features whose axes look swapped beside the others, as for zones."""
    raws = [
        RawZones(
            date.min,
            each.crs,
            Origin(each.layer.file),
            tuple(Holder(_called(each.layer, row)) for row in each.rows),
            each.geometry,
        )
        for each in read
    ]
    return [
        Finding(
            FindingKind.AXES_SWAPPED,
            f"{raw.source.location}, feature {raw.holders[index]}: {what}",
            Severity.WARNING,
        )
        for raw, index, what in mirrored(raws, read_countries())
    ]


def _called(layer: Layer, row: int) -> str:
    """Return the number of a feature, with its name where it has one."""
    name = usual_name(layer.properties[row])
    return f"{row + 1} ('{name}')" if name else str(row + 1)


def _dropped(
    layer: Layer, rows: Sequence[int], shapes: NDArray[np.object_], owner: Ints
) -> list[Finding]:
    """Tell of features without any polygon, and of lines and points beside polygons."""
    findings = []
    there = np.isin(np.arange(len(shapes)), owner)
    for index, (shape, areal) in enumerate(zip(shapes, there, strict=True)):
        at = f"{layer.file}, feature {_called(layer, rows[index])}: "
        if shape is None or shape.is_empty:
            what, kind, severity = (
                "no geometry; it is left out",
                FindingKind.NULL_GEOMETRY,
                Severity.ERROR,
            )
        elif not areal:
            what = f"left out; a {shape.geom_type} has no area"
            kind, severity = FindingKind.NOT_AREA, Severity.WARNING
        elif shape.geom_type == "GeometryCollection" and _mixed(shape):
            what, kind, severity = "dropped what has no area", FindingKind.NOT_AREA, Severity.INFO
        else:
            continue
        findings.append(Finding(kind, f"{at}{what}", severity, None, 0.0))
    return findings


def _mixed(shape: BaseGeometry) -> bool:
    """Return whether a collection holds more than polygons."""
    return not are_areal(parts_of(np.array([shape]))[0]).all()


def _mended(
    layer: Layer, row: int, parts: NDArray[np.object_], crs: CRS, *, even_odd: bool
) -> tuple[BaseGeometry, list[Finding]]:
    """Return the ground of a feature that is invalid, or a collection, and what to tell."""
    whole = shapely.multipolygons(list(parts)) if len(parts) > 1 else parts[0]
    if shapely.is_valid(whole):
        return whole, []
    reason = shapely.is_valid_reason(whole).split("[")[0].strip()
    read = read_outline(parts, crs, even_odd=even_odd)
    at = f"{layer.file}, feature {_called(layer, row)}: invalid polygon ({reason})"
    if read.geometry.is_empty:
        detail = f"{at}; left out, it encloses no ground"
        return read.geometry, [Finding(FindingKind.REPAIRED, detail, Severity.WARNING, None, 0.0)]
    if not read.matters:
        detail = f"{at} that only touches itself; its {figure(read.km2)} km2 stay"
        return read.geometry, [Finding(FindingKind.REPAIRED, detail, Severity.INFO, None, 0.0)]
    detail = f"{at} {read.sentence}; mend it at the source if another is meant"
    return read.geometry, [
        Finding(FindingKind.REPAIRED, detail, Severity.WARNING, None, read.doubt_km2)
    ]

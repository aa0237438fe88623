"""Raw zones to a trusted snapshot: every repair counted in square kilometres.

Works in the CRS the zones were drawn in. What cannot be repaired without choosing an
area for the publisher is refused, naming file and feature.

Notes
-----
An invalid polygon has no one area: repair methods differ by up to a factor of four. The
rule here is the positive winding number (ground counts where shells cover it more often
than holes), which gives the intended area for holes that leave their shell or overlap.
Where it disagrees with `shapely.make_valid` or with a buffer of width zero, the polygon is in
doubt, and the km2 of both readings are told. What counts is what the doubt does to a figure:
where all of a holder's polygons in doubt together make more than `DOUBT_PERCENT` (or what the
caller allows) of the ground that this holder has on that day, the day is refused unless a repair
is chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isclose

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import geodesic_area_km2
from territory.geometry.arrays import Bools
from territory.geometry.coverage import areal, polygons_in
from territory.geometry.projection import WGS84, Floats, Ints, is_wgs84
from territory.geometry.rings import Rings, rings_of
from territory.history.drawn_days import Drawn, drawn_days
from territory.history.lost_geometry import lost_features
from territory.history.snapshot import RawZones, Snapshot, snapshot_of
from territory.history.stray_positions import Stray, strays
from territory.holders import Holder
from territory.numbers import bounds, figure, written

DOUBT_PERCENT = 0.1  # of the ground that the holder has on that day; more is refused
_SLIP_SHARE = 1e-4  # of the polygon; a doubt below is a slip of the pen, and worth no warning
_SAME_AREA = 1e-10  # relative: rounding of a zero-width buffer
_POLYGON = 3  # shapely's number for the type
_LATITUDE_LIMIT = 90.0
_EARTH_M = 6_378_137.0
_DEGREE_LIMITS = (180.0, _LATITUDE_LIMIT)
WRAPPED = (
    "an edge runs over {:g} degrees of longitude; does the zone cross the antimeridian?"
    " split it at 180 degrees, as RFC 7946 asks"
)


class Repair(StrEnum):
    """What an invalid polygon whose area depends on the repair is read as.

    Attributes
    ----------
    WINDING
        The ground that its shell covers more often than its holes do.
    EVEN_ODD
        The ground within an odd number of its rings; so is every invalid polygon then.
    DROP
        Nothing.
    """

    WINDING = "winding"
    EVEN_ODD = "even-odd"
    DROP = "drop"


def normalise(
    raw: RawZones,
    *,
    repair: Repair | None = None,
    doubt_percent: float = DOUBT_PERCENT,
    others: Sequence[RawZones] = (),
    drawn: Drawn | None = None,
) -> Snapshot:
    """Clean what a file said on one day.

    Parameters
    ----------
    raw : RawZones
        As read.
    repair : Repair, optional
        How to read polygons whose area depends on how they are repaired. Chosen, they are
        accepted and reported as warnings.
    doubt_percent : float
        Of the ground of a holder, up to where its invalid polygons may leave open how much it is.
    others : sequence of RawZones, optional
        Other days of the series, the nearest first; they tell what a feature without
        geometry has lost.
    drawn : Drawn, optional
        What the day draws, where it was taken apart with others.

    Returns
    -------
    Snapshot

    Raises
    ------
    CRSError
        If the CRS is neither geographic nor projected.
    GeometryError
        If a coordinate is not finite or out of range, or the area of invalid polygons is in
        doubt by more than `doubt_percent` of what their holder has.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.history.snapshot import Source
    >>> raw = RawZones(date(2018, 2, 5), CRS.from_epsg(4326), Source("a.geojson"),
    ...                (Holder("isis"),), np.array([shapely.box(37, 35, 38, 36)]))
    >>> normalise(raw).holders
    (Holder(actor='isis', status=<Status.HELD: 'held'>),)
    """
    crs = map_crs(raw.crs, raw.source.location)
    lost = tuple(lost_features(raw, others))
    drawn = drawn or drawn_days([raw])[0]
    audit = _not_area(raw, drawn)
    check_coordinates(drawn.rings, drawn.feature, crs, _At(raw).error)
    flown = [
        _At(raw).stray(each, int(drawn.feature[each.part]))
        for each in strays(drawn.rings, crs, drawn.may_stray)
    ]
    keep, repeats = _without_repeats(drawn.parts, drawn.feature, raw, crs)
    parts, feature = drawn.parts[keep], drawn.feature[keep]
    doubts = _doubts(parts, feature, np.flatnonzero(~drawn.valid[keep]), crs, repair)
    repaired = _repaired(parts, doubts)
    if not repair:
        beyond = _beyond_doubt(raw, repaired, feature, doubts, crs, most=doubt_percent / 100)
        _refuse([each for each in doubts if each.part in beyond], _At(raw), doubt_percent)
    repairs = [each.finding(_At(raw)) for each in doubts]
    findings = (*raw.findings, *lost, *audit, *flown, *repeats, *repairs)
    if not (repeats or doubts):
        return _snapshot(raw, crs, drawn.rings, feature, findings)
    ground, part = shapely.get_parts(repaired, return_index=True)
    return _snapshot(raw, crs, rings_of(ground), feature[part], findings)


def map_crs(crs: CRS, file: str) -> CRS:
    """Return a CRS without its heights; longitude and latitude on WGS 84 is `WGS84`.

    Parameters
    ----------
    crs : CRS
        As a file states it.
    file : str
        The file as the user named it, for the message.

    Returns
    -------
    CRS
        Of two dimensions.

    Raises
    ------
    CRSError
        If it is neither geographic nor projected, or of another body than the Earth.

    Examples
    --------
    >>> map_crs(CRS.from_epsg(4978), "a.geojson")
    Traceback (most recent call last):
    territory.errors.CRSError: a.geojson: 'WGS 84' is not a map CRS
    """
    if crs is WGS84:  # by far the most, and taking a CRS apart is slow
        return crs
    flat = crs.to_2d()
    if not (flat.is_geographic or flat.is_projected):
        raise CRSError(f"'{crs.name}' is not a map CRS", file=file)
    radius = flat.ellipsoid.semi_major_metre if flat.ellipsoid else 0.0
    if not isclose(radius, _EARTH_M, rel_tol=0.01):
        raise CRSError(f"'{crs.name}' is of a body of {radius:,.0f} m, not the Earth", file=file)
    return WGS84 if is_wgs84(flat) else flat


@dataclass(frozen=True)
class _At:
    """Names a feature in messages."""

    raw: RawZones

    def error(self, problem: str, feature: int) -> GeometryError:
        holder = self.raw.holders[feature]
        file, number = self.raw.spot(feature)
        problem_at = f"{problem} (held by {holder}, {self.raw.day})"
        return GeometryError(problem_at, file=file, feature=number)

    def finding(
        self,
        kind: FindingKind,
        feature: int,
        detail: str,
        severity: Severity,
        km2: float | None = None,
    ) -> Finding:
        file, number = self.raw.spot(feature)
        where = f"{file}, feature {number}: {detail}"
        return Finding(kind, where, severity, self.raw.day, km2)

    def stray(self, found: Stray, feature: int) -> Finding:
        """Say that a position lies far from its ring."""
        km2 = abs(found.km2 - found.without_km2)
        return self.finding(FindingKind.STRAY_POSITION, feature, str(found), Severity.WARNING, km2)


def _not_area(raw: RawZones, drawn: Drawn) -> list[Finding]:
    """Report what has no area in each feature."""
    kinds: dict[int, set[str]] = {}
    for feature, kind in drawn.others:
        kinds.setdefault(feature, set()).add(kind)
    return [
        _At(raw).finding(
            FindingKind.NOT_AREA,
            feature,
            f"dropped what has no area ({', '.join(sorted(found))})",
            Severity.INFO,
            0.0,
        )
        for feature, found in sorted(kinds.items())
    ]


def check_coordinates(
    rings: Rings,
    feature: NDArray[np.int64],
    crs: CRS,
    refused: Callable[[str, int], GeometryError],
) -> None:
    """Refuse coordinates that are not finite, and degrees that cannot be degrees.

    Parameters
    ----------
    rings : Rings
        Of n polygons, in `crs`.
    feature : ndarray of int, shape (n,)
        Which feature each polygon is a part of, for the message.
    crs : CRS
        That the coordinates are said to be in: in degrees, or in metres or feet.
    refused : callable
        Makes the error of a problem and a feature.

    Raises
    ------
    GeometryError
        If a number is not finite, out of range, or degrees are declared as metres or the
        reverse; also if a polygon crosses the antimeridian.

    Examples
    --------
    >>> def refused(problem, feature):
    ...     return GeometryError(problem, file="a.geojson", feature=feature + 1)
    >>> flat = np.array([shapely.box(37, 35, 38, np.inf)])
    >>> check_coordinates(rings_of(flat), np.array([0]), CRS.from_epsg(4326), refused)
    Traceback (most recent call last):
    territory.errors.GeometryError: a.geojson, feature 1: a coordinate is not a finite number
    """
    xy = rings.xy

    def of(corner: int) -> int:
        return int(feature[rings.polygon_of(corner)])

    if not np.isfinite(xy).all():
        bad = np.flatnonzero(~np.isfinite(xy).all(axis=1))
        raise refused("a coordinate is not a finite number", of(bad[0]))
    if not len(xy):
        return
    if not crs.is_geographic:
        if problem := _no_metres(xy, crs):
            raise refused(problem, of(0))
        return
    if max(xy.max(), -xy.min()) > _LATITUDE_LIMIT:
        bad = np.flatnonzero((np.abs(xy) > _DEGREE_LIMITS).any(axis=1))
        if bad.size:
            raise refused(_no_degrees(*xy[bad[0]]), of(bad[0]))
        if (found := wrapped(rings)) is not None:  # would be measured the long way round
            raise refused(WRAPPED.format(found[1]), int(feature[found[0]]))


def _no_metres(xy: Floats, crs: CRS) -> str:
    """Say why these are degrees declared as metres, which would be measured as some m2.

    Whatever is drawn in metres reaches further than 180 m from the origin of its CRS.
    """
    if crs.axis_info[0].unit_conversion_factor > 1 or (np.abs(xy) > _DEGREE_LIMITS).any():
        return ""
    x, y = xy[0]
    return f"({x:g}, {y:g}) in '{crs.name}': degrees declared as metres? name the right CRS"


def _no_degrees(x: float, y: float) -> str:
    """Say why a position beyond the ranges of degrees is none."""
    hint = (
        "metres declared as degrees?"
        if max(abs(x), abs(y)) > 360  # noqa: PLR2004
        else "longitude and latitude swapped?"
    )
    return f"({x:g}, {y:g}) is no longitude and latitude: {hint}"


def wrapped(rings: Rings) -> tuple[int, float] | None:
    """Return the first polygon with an edge across the antimeridian, and how wide it is drawn.

    An edge of a whole turn is the rim of a polar cap, and is as wide as it says.

    Parameters
    ----------
    rings : Rings
        Of polygons in degrees.

    Returns
    -------
    tuple of int and float, or None
        Index of the polygon, and the width of the edge in degrees; None where there is none.

    Examples
    --------
    >>> both = np.array([shapely.box(0, 0, 1, 1), shapely.box(-179, 0, 179, 1)])
    >>> wrapped(rings_of(both))
    (1, 358.0)
    """
    wide = np.abs(np.diff(rings.xy[:, 0]))
    wide[rings.start[1:-1] - 1] = 0.0  # from the end of a ring to the begin of the next
    half = _DEGREE_LIMITS[0]
    bad = np.flatnonzero((wide > half) & (wide < 2 * half))
    return (rings.polygon_of(bad[0]), float(wide[bad[0]])) if bad.size else None


def _without_repeats(
    parts: NDArray[np.object_], feature: NDArray[np.int64], raw: RawZones, crs: CRS
) -> tuple[Bools, list[Finding]]:
    """Return which polygons to keep: of those given more than once for one holder, the first."""
    at = _At(raw)
    keep = np.ones(len(parts), dtype=bool)
    findings = []
    for first, *again in _alike(parts, feature, raw):
        keep[again] = False
        km2 = float(geodesic_area_km2(parts[first : first + 1], crs)[0]) * len(again)
        times = "twice" if len(again) == 1 else f"{len(again) + 1} times"
        detail = f"the same polygon is given {times}; counted once"
        row = int(feature[first])
        findings.append(
            at.finding(FindingKind.REPEATED_POLYGON, row, detail, Severity.WARNING, km2)
        )
    return keep, findings


def _alike(
    parts: NDArray[np.object_], feature: NDArray[np.int64], raw: RawZones
) -> list[list[int]]:
    """Return groups of identical polygons of one holder.

    Only those that share bounds are compared point by point.
    """
    bounds = shapely.bounds(parts)
    if len(np.unique(bounds[:, 0])) == len(parts):
        return []
    _, inverse, count = np.unique(bounds, axis=0, return_inverse=True, return_counts=True)
    groups: dict[tuple[Holder, bytes], list[int]] = {}
    for index in np.flatnonzero(count[inverse.ravel()] > 1):
        key = raw.holders[feature[index]], shapely.to_wkb(shapely.normalize(parts[index]))
        groups.setdefault(key, []).append(int(index))
    return [group for group in groups.values() if len(group) > 1]


@dataclass(frozen=True, eq=False)
class _Doubt:
    """An invalid polygon, what it is read as, and how far repairs differ.

    Attributes
    ----------
    part, feature : int
        Which polygon, and which feature it is a part of.
    reading : geometry
        Valid; empty where nothing is left.
    low_km2, high_km2 : float
        The smallest and the largest area that a repair gives it.
    """

    part: int
    feature: int
    reason: str
    reading: BaseGeometry
    read_as: str
    low_km2: float
    high_km2: float

    @property
    def km2(self) -> float:
        """How far the repairs differ."""
        return self.high_km2 - self.low_km2

    @property
    def is_slip(self) -> bool:
        """Whether the doubt is too small to be told as one."""
        return self.km2 <= _SLIP_SHARE * self.high_km2

    def finding(self, at: "_At") -> Finding:
        """Say what was repaired, with the areas of all readings where they differ."""
        detail = f"invalid polygon ({self.reason}) {self.read_as}"
        if self.is_slip:
            return at.finding(FindingKind.REPAIRED, self.feature, detail, Severity.INFO, self.km2)
        detail += f"; repairs give {_ends(self)} km2"
        return at.finding(FindingKind.REPAIRED, self.feature, detail, Severity.WARNING, self.km2)


def _doubts(
    parts: NDArray[np.object_],
    feature: NDArray[np.int64],
    invalid: Ints,
    crs: CRS,
    repair: Repair | None,
) -> list[_Doubt]:
    """Return every invalid polygon with the readings it may have."""
    found = []
    for part in invalid.tolist():
        reason = shapely.is_valid_reason(parts[part]).split("[")[0].strip()
        row = int(feature[part])
        if (touching := _only_touching(parts[part])) is not None:
            read_as = "that only touches itself; its area stays"
            found.append(_Doubt(part, row, reason, touching, read_as, 0.0, 0.0))
            continue
        winding = positive_winding(parts[part])
        low, high = _other_readings(parts[part], _area_km2(winding, crs), crs)
        is_slip = high - low <= _SLIP_SHARE * high
        reading, how = _read_as(parts[part], winding, repair, is_slip=is_slip)
        km2 = _area_km2(reading, crs)
        low, high = min(low, km2), max(high, km2)
        found.append(_Doubt(part, row, reason, reading, f"{how} of {figure(km2)} km2", low, high))
    return found


def _read_as(
    polygon: BaseGeometry, winding: BaseGeometry, repair: Repair | None, *, is_slip: bool
) -> tuple[BaseGeometry, str]:
    """Return the ground that an invalid polygon is read as, and how to call it."""
    if repair is Repair.EVEN_ODD:
        odd = even_odd(np.array([polygon]))
        return odd, "read as the ground within an odd number of its rings,"
    if repair is Repair.DROP and not is_slip:
        return shapely.Polygon(), "left out, as was asked for, with an area"
    return winding, "read as its positive-winding area"


def _repaired(parts: NDArray[np.object_], doubts: list[_Doubt]) -> NDArray[np.object_]:
    """Return the polygons with invalid ones replaced by what they are read as."""
    result = parts.copy()
    for each in doubts:
        result[each.part] = each.reading
    return result


def _beyond_doubt(
    raw: RawZones,
    repaired: NDArray[np.object_],
    feature: NDArray[np.int64],
    doubts: list[_Doubt],
    crs: CRS,
    *,
    most: float,
) -> set[int]:
    """Return the polygons in doubt of those holders to whom all their doubt matters.

    A doubt is measured by the ground of its holder on that day, since that is the figure
    which it makes uncertain.
    """
    by_holder: dict[Holder, list[_Doubt]] = {}
    for each in doubts:
        by_holder.setdefault(raw.holders[each.feature], []).append(each)
    found: set[int] = set()
    for holder, own in by_holder.items():
        in_doubt = sum(each.km2 for each in own)
        if not in_doubt:
            continue
        rows = np.array([raw.holders[index] == holder for index in feature], dtype=bool)
        ground = shapely.get_parts(repaired[rows])
        if in_doubt > most * float(geodesic_area_km2(ground, crs).sum()):
            found |= {each.part for each in own if not each.is_slip}
    return found


def _ends(doubt: _Doubt) -> str:
    return " to ".join(bounds(doubt.low_km2, doubt.high_km2, like=doubt.high_km2))


def _refuse(doubts: list[_Doubt], at: _At, percent: float) -> None:
    """Refuse polygons whose area is in doubt, naming the one where it is most."""
    if not doubts:
        return
    worst = max(doubts, key=lambda each: each.km2)
    more = f", as are {len(doubts) - 1} more" if doubts[1:] else ""
    raise at.error(
        f"invalid polygon ({worst.reason}) whose area depends on the repair, from"
        f" {_ends(worst)} km2, more than {written(percent)} % of"
        f" its holder's ground{more}; mend it at the source, or choose a repair (repair ="
        " 'winding', 'even-odd' or 'drop' in a profile or a job, --repair here)",
        worst.feature,
    )


def _only_touching(polygon: BaseGeometry) -> BaseGeometry | None:
    """Return a valid polygon of the same area, or None where repairs would differ.

    The area enclosed by the rings as they run counts overlaps twice and inverted loops
    negatively. Where a zero-width buffer, which does neither, encloses just as much, the
    rings only touch.
    """
    areas = [float(shapely.Polygon(ring).area) for ring in shapely.get_rings(polygon)]
    shell, enclosed = areas[0], 2 * areas[0] - sum(areas)
    mended = shapely.buffer(polygon, 0)
    same = abs(mended.area - enclosed) <= _SAME_AREA * abs(shell)
    return mended if same and enclosed > 0 else None


def _other_readings(polygon: BaseGeometry, km2: float, crs: CRS) -> tuple[float, float]:
    """Return the smallest and the largest area that a repair gives an invalid polygon."""
    others = [
        shapely.make_valid(polygon, method="structure", keep_collapsed=False),
        shapely.buffer(polygon, 0),
        _without_crossings(polygon),
    ]
    if not km2:  # holes that take away all of the shell
        others.append(positive_winding(shapely.Polygon(shapely.get_rings(polygon)[0])))
    areas = [km2, *(_area_km2(other, crs) for other in others)]
    return min(areas), max(areas)


def positive_winding(polygon: BaseGeometry) -> BaseGeometry:
    """Return the ground that the shell covers more often than the holes do.

    Parameters
    ----------
    polygon : Polygon
        May be invalid.

    Returns
    -------
    Polygon or MultiPolygon
        Valid; empty where nothing is left.

    Examples
    --------
    >>> shell = [(0, 0), (4, 0), (4, 4), (0, 4)]
    >>> hole_across_the_edge = [(3, 1), (5, 1), (5, 2), (3, 2)]
    >>> positive_winding(shapely.Polygon(shell, [hole_across_the_edge])).area
    15.0
    >>> loop = [(0, 0), (4, 0), (4, 4), (2, 4), (2, 1), (3, 1), (3, 3), (0, 3)]
    >>> positive_winding(shapely.Polygon(loop)).area  # drawn over itself, which counts once
    14.0
    """
    shell, *holes = map(_inside, shapely.get_rings(polygon))
    return _areal(shapely.difference(shell, shapely.union_all(holes)))


def _without_crossings(polygon: BaseGeometry) -> BaseGeometry:
    """Return the shell without the holes, where what a ring goes around twice is outside."""
    rings = np.array([shapely.Polygon(ring) for ring in shapely.get_rings(polygon)])
    shell, *holes = map(_areal, shapely.make_valid(rings, method="linework"))
    return _areal(shapely.difference(shell, shapely.union_all(holes)))


def _inside(ring: shapely.LinearRing) -> BaseGeometry:
    """Return all ground that a ring goes around, once or more, either way."""
    mended = shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)
    return _areal(mended)


def even_odd(polygons: NDArray[np.object_]) -> BaseGeometry:
    """Return the ground within an odd number of all rings of some polygons.

    Parameters
    ----------
    polygons : ndarray of Polygon, shape (n,)
        May be invalid.

    Returns
    -------
    Polygon or MultiPolygon
        Valid; empty where nothing is left.

    Examples
    --------
    >>> shell = [(0, 0), (4, 0), (4, 4), (0, 4)]
    >>> hole_across_the_edge = [(3, 1), (5, 1), (5, 2), (3, 2)]
    >>> even_odd(np.array([shapely.Polygon(shell, [hole_across_the_edge])])).area
    16.0
    """
    rings = [shapely.Polygon(ring) for ring in shapely.get_rings(polygons)]
    found = areal(shapely.make_valid(np.array(rings), method="linework"))
    while len(found) > 1:  # by pairs, so that thousands of islands take no thousands of steps
        empty = [shapely.Polygon()] * (len(found) % 2)
        even = np.array([*found, *empty], dtype=object)
        found = areal(shapely.symmetric_difference(even[::2], even[1::2]))
    ground: BaseGeometry = shapely.union_all(found)
    return ground


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.union_all(polygons_in(np.array([geometry]))[0])


def _area_km2(geometry: BaseGeometry, crs: CRS) -> float:
    areal = _areal(geometry)
    return 0.0 if areal.is_empty else float(geodesic_area_km2(np.array([areal]), crs)[0])


def _snapshot(
    raw: RawZones,
    crs: CRS,
    rings: Rings,
    feature: NDArray[np.int64],
    audit: tuple[Finding, ...],
) -> Snapshot:
    own = [raw.holders[index] for index in feature.tolist()]
    holders = tuple(sorted(set(own)))
    number = {holder: index for index, holder in enumerate(holders)}
    layer = np.array([number[holder] for holder in own], dtype=np.int64)
    return snapshot_of(rings, layer, day=raw.day, crs=crs, holders=holders, audit=audit)

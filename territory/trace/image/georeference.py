"""Where a picture of a map lies on the ground, and how well that is known.

A printed map is an affine picture of its own projection, which it hardly ever names. So
several projections are tried, each with the transformations that the number of points
allows, and the one that predicts points it has not seen best is taken: every point is left
out in turn, and the distance is measured on the ellipsoid between where the others put it
and where it is. A more flexible transformation has to be better by nearly
a third: flexible ones also follow a point that is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjError

from territory.errors import CRSError, InputError, did_you_mean
from territory.geometry.projection import GEOD, WGS84, Floats, choose_projection, transformation
from territory.numbers import percent
from territory.trace.image.consensus import OUTLIER, OUTLIER_PX, agreeing
from territory.trace.image.control_points import ControlPoint, degrees, pixels, thinness
from territory.trace.image.fits import EXACT, KINDS, Fit, Kind, fitted

_ENOUGH: dict[Kind, int] = {"affine": 4, "projective": 8, "polynomial": 10, "spline": 12}
_BETTER = 0.7  # of the error of the plain transformation, to take a more flexible one
_GAIN_PX = 0.5  # and by at least as much
_THIN = 0.01  # of points left: less across is a line, from which nothing follows
_MOST_ERROR = 0.1  # of the extent of the points, that points left out may lie off
_SEVERAL = 10.0  # times the error of those that agree: of several the agreeing ones are chosen
_LEAST_WRONG = 0.02  # of the extent of the points; less is a careless click, and in the error
_NAMED = 3  # points that contradict the others
_ALIKE_PX = 10.0  # between where a wrong point is put and where it would be right
_POLE = 90.0
_FEWEST_OTHERS = 5  # that may call a point wrong
_STEPS, _STEP_PX = 12, 0.5  # of the way back from the ground to a pixel
_SIXTH = 6  # of an extent: where a conic map usually has its two true parallels


@dataclass(frozen=True)
class Tried:
    """A way of placing the picture, and how far points left out lie off, in metres.

    Attributes
    ----------
    kind : str
        The transformation, one of `KINDS`.
    crs : str
        The projection, as a user would name it.
    rmse_m : float
        Root mean square of how far points left out lie off, in metres.
    """

    kind: Kind
    crs: str
    rmse_m: float


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a picture lies on the ground.

    Attributes
    ----------
    points : tuple of ControlPoint
        What it was placed by.
    crs : CRS
        The projection of the picture, x before y.
    crs_name : str
        As a user would name it.
    fit : Fit
        From pixels to that projection.
    without : tuple of Fit, length n
        The same without each of the points.
    off_m : ndarray, shape (n,)
        How far each point lies from where the others put it, in metres.
    tried : tuple of Tried
        Every way that was compared, the best first.
    """

    points: tuple[ControlPoint, ...]
    crs: CRS
    crs_name: str
    fit: Fit
    without: tuple[Fit, ...]
    off_m: Floats
    tried: tuple[Tried, ...]

    def transform(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude of pixels.

        Parameters
        ----------
        x, y : ndarray
            Of one shape: pixels to the right of and below the upper left corner of the picture.

        Returns
        -------
        tuple of two ndarray
            Of that shape, in degrees (WGS 84); not finite where the projection has no ground.
        """
        lon, lat = transformation(self.crs, WGS84).transform(*self.fit.plane(x, y))
        return lon, lat

    def pixel(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return where longitudes and latitudes lie in the picture, by Newton's method.

        Parameters
        ----------
        lon, lat : ndarray
            Of one shape, in degrees (WGS 84).

        Returns
        -------
        tuple of two ndarray
            Of that shape: pixels to the right of and below the upper left corner; also of
            places beyond the picture.
        """
        east, north = transformation(WGS84, self.crs).transform(lon, lat)
        at = pixels(self.points)
        back = fitted("affine", np.column_stack(self.fit.plane(at[:, 0], at[:, 1])), at)
        x, y = back.plane(east, north)
        for _ in range(_STEPS):
            x, y = _nearer(self.fit, x, y, east, north)
        return x, y

    @property
    def rmse_m(self) -> float:
        """Root mean square of how far points left out lie off, in metres."""
        return float(np.sqrt((self.off_m**2).mean()))

    @cached_property
    def pixel_m(self) -> float:
        """Side of the ground of a pixel amid the points, in metres."""
        x, y = pixels(self.points).mean(axis=0)
        lon, lat = self.transform(*(np.array(each) for each in _square(x, y)))
        return float(np.sqrt(abs(GEOD.polygon_area_perimeter(lon, lat)[0])))

    @cached_property
    def spacing_m(self) -> float:
        """Distance between neighbouring points, if they were spread evenly, in metres."""
        where = degrees(self.points)
        plane = choose_projection(_bounds(where)).transformer(WGS84)
        there = shapely.multipoints(np.column_stack(plane.transform(where[:, 0], where[:, 1])))
        hull = shapely.area(shapely.convex_hull(there))
        return float(np.sqrt(hull / len(where)))


def _square(x: float, y: float) -> tuple[list[float], list[float]]:
    corners = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
    return [x + a for a, _ in corners], [y + b for _, b in corners]


def _bounds(where: Floats) -> tuple[float, float, float, float]:
    (west, south), (east, north) = where.min(axis=0), where.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _nearer(fit: Fit, x: Floats, y: Floats, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return pixels a step nearer to those that lie at a place of the plane."""
    (e, n), h = fit.plane(x, y), _STEP_PX
    ex, nx = (a - b for a, b in zip(fit.plane(x + h, y), fit.plane(x - h, y), strict=True))
    ey, ny = (a - b for a, b in zip(fit.plane(x, y + h), fit.plane(x, y - h), strict=True))
    with np.errstate(all="ignore"):  # beyond the horizon of a projective picture
        size = (ex * ny - ey * nx) / (2 * h)
        across, down = east - e, north - n
        return x + (ny * across - ey * down) / size, y + (ex * down - nx * across) / size


def placed(
    points: tuple[ControlPoint, ...], *, file: str, kind: str = "", map_crs: str = ""
) -> Placement:
    """Place a picture on the ground.

    Parameters
    ----------
    points : tuple of ControlPoint
        Checked by `territory.trace.image.control_points.check_points`.
    file : str
        Where they come from, for messages.
    kind : str, optional
        The transformation; the best by points left out by default.
    map_crs : str, optional
        The projection of the map, such as ``EPSG:3857``; likewise.

    Returns
    -------
    Placement
        The best of all ways that were tried, the simplest if it is nearly as good.

    Raises
    ------
    InputError
        If there are too few points for the transformation, or one of them lies far from
        where the others put it.
    CRSError
        If the projection is not known, or does not reach to the points.

    Examples
    --------
    >>> at = [(0, 0), (900, 0), (0, 900), (900, 900), (450, 450), (200, 700)]
    >>> points = tuple(ControlPoint(x, y, 36 + x / 1000, 37 - y / 1000) for x, y in at)
    >>> placement = placed(points, file="points.csv", kind="affine", map_crs="EPSG:4326")
    >>> [round(float(each[0]), 6) for each in placement.transform(np.array([100]), np.array([50]))]
    [36.1, 36.95]
    """
    kinds = _kinds(kind, len(points), file)
    crss = dict([_requested_crs(map_crs)]) if map_crs else dict(_usual(points))
    found = [each for crs in crss for one in kinds if (each := _try(points, one, crs, crss[crs]))]
    if not found:
        _explain_none(points, map_crs, file)
    plain = min((each for each in found if each.fit.kind == kinds[0]), key=_rmse, default=None)
    best = min(found, key=_rmse)
    chosen = best if plain is None or _better(best, plain) else plain
    _check_agreement([each for each in found if each.fit.kind == kinds[0]], best, file)
    _check_outlier(chosen if plain is None else plain, file)
    _check_error(chosen, file)
    tried = sorted(found, key=_rmse)
    ways = tuple(Tried(each.fit.kind, each.crs_name, each.rmse_m) for each in tried)
    return replace(chosen, tried=ways)


def _rmse(each: Placement) -> float:
    return each.rmse_m


def _better(one: Placement, plain: Placement) -> bool:
    """Return whether a way of placing is worth more numbers than the plain one has."""
    gained_m = plain.rmse_m - one.rmse_m
    return one.rmse_m < _BETTER * plain.rmse_m and gained_m > _GAIN_PX * plain.pixel_m


def _kinds(kind: str, count: int, file: str) -> tuple[Kind, ...]:
    """Return the transformations that may be tried, the plain one first."""
    if not kind:
        return tuple(each for each in KINDS if count >= _ENOUGH[each])
    if kind not in KINDS:
        raise InputError(f"unknown transformation '{kind}'; {did_you_mean(kind, KINDS)}")
    chosen = next(each for each in KINDS if each == kind)
    if count <= EXACT[chosen]:
        needed = f"'{kind}' needs {EXACT[chosen] + 1}, so that one can be left out"
        raise InputError(f"{count} points; {needed}", file=file)
    return (chosen,)


def _requested_crs(text: str) -> tuple[str, CRS]:
    try:
        return text, CRS.from_user_input(text)
    except ProjError:
        problem = f"'{text[:40]}' is no projection; name it as EPSG:3857, or by its PROJ text"
        raise CRSError(problem, file="--map-crs") from None


def _usual(points: tuple[ControlPoint, ...]) -> Iterator[tuple[str, CRS]]:
    """Yield the projections that maps of news and encyclopedias are drawn in."""
    west, south, east, north = _bounds(degrees(points))
    middle = (west + east) / 2, (south + north) / 2
    yield "EPSG:4326", WGS84
    yield "EPSG:3857", CRS.from_epsg(3857)
    zone = min(int((middle[0] + 180) // 6) + 1, 60)
    utm = (32600 if middle[1] >= 0 else 32700) + zone
    yield f"EPSG:{utm}", CRS.from_epsg(utm)
    edge = (north - south) / _SIXTH
    conic = f"+proj=lcc +lat_1={south + edge:.1f} +lat_2={north - edge:.1f}"
    if abs(middle[1]) > 1:  # two parallels on both sides of the equator make no cone
        text = f"{conic} +lat_0={middle[1]:.1f} +lon_0={middle[0]:.1f} +datum=WGS84"
        yield text, CRS.from_user_input(text)
    plane = choose_projection((west, south, east, north))
    text = f"+proj=laea +lat_0={plane.latitude:g} +lon_0={plane.longitude:g} +datum=WGS84"
    yield text, plane.crs


def _try(points: tuple[ControlPoint, ...], kind: Kind, name: str, crs: CRS) -> Placement | None:
    """Place a picture in one way; None where points left out cannot be predicted."""
    at, where = pixels(points), degrees(points)
    plane = np.column_stack(transformation(WGS84, crs).transform(where[:, 0], where[:, 1]))
    if not np.isfinite(plane).all():
        return None
    without = _without_each(kind, at, plane)
    back = transformation(crs, WGS84)
    off = np.array(
        [_off_m(fit, back, *ends) for fit, *ends in zip(without, at, where, strict=True)]
    )
    if not np.isfinite(off).all():
        return None
    agree = tuple(fit for fit in without if fit is not None)
    return Placement(points, crs, name, fitted(kind, at, plane), agree, off, ())


def _without_each(kind: Kind, at: Floats, plane: Floats) -> list[Fit | None]:
    """Fit the transformation without each point in turn; None where the others are on a line."""
    rest = [np.arange(len(at)) != i for i in range(len(at))]
    return [
        fitted(kind, at[others], plane[others]) if thinness(at[others]) >= _THIN else None
        for others in rest
    ]


def _off_m(fit: Fit | None, back: Transformer, at: Floats, where: Floats) -> float:
    """Return how far a point lies from where a transformation puts it, in metres."""
    if fit is None:
        return np.inf
    lon, lat = back.transform(*fit.plane(at[:1], at[1:]))
    if not np.isfinite([lon, lat]).all():
        return np.inf
    return float(GEOD.inv(lon[0], lat[0], where[0], where[1])[2])


def _explain_none(points: tuple[ControlPoint, ...], map_crs: str, file: str) -> None:
    """Say why no transformation could be fitted."""
    at = pixels(points)
    for i, point in enumerate(points):
        if thinness(np.delete(at, i, axis=0)) < _THIN:
            problem = f"without {point} all points lie on one line; add one well beside it"
            raise InputError(problem, file=file, line=point.line)
    where = f"'{map_crs}'" if map_crs else "any projection"
    raise CRSError(f"the points cannot be placed in {where}", file=file)


def _check_agreement(ways: list[Placement], best: Placement, file: str) -> None:
    """Refuse points that lie far from where the others, which agree among themselves, put them.

    Unless the best way of placing puts them right: a bent page is no wrong point.

    Parameters
    ----------
    ways : list of Placement
        The plain transformation in each projection. By wrong points the wrong projection
        may look best, so that one counts in which the rest agrees best.
    """
    agreed = [(agree, rest) for way in ways for agree, rest in _agreed(way)]
    if not agreed:
        return
    agree, rest = min(agreed, key=lambda found: (-found[0].sum(), found[1].rmse_m))
    points, at = best.points, pixels(best.points)
    least_px = max(OUTLIER_PX, _LEAST_WRONG * float(np.hypot(*np.ptp(at, axis=0))))
    limit_m = max(_SEVERAL * rest.rmse_m, least_px * rest.pixel_m)
    back = transformation(rest.crs, WGS84)
    off_m = {
        odd: _off_m(rest.fit, back, at[odd], degrees(points)[odd])
        for odd in np.flatnonzero(~agree).tolist()
    }
    wrong = [odd for odd, off in off_m.items() if off > limit_m and best.off_m[odd] > limit_m]
    if wrong:
        raise InputError(
            _contradictions(points, wrong, off_m, rest), file=file, line=points[wrong[0]].line
        )


def _agreed(way: Placement) -> Iterator[tuple[NDArray[np.bool_], Placement]]:
    """Yield which points agree in one projection, and the placement by them, if some do not."""
    to_plane = transformation(WGS84, way.crs)
    where = np.column_stack(to_plane.transform(*degrees(way.points).T))
    agree = agreeing(pixels(way.points), where)
    rest = None if agree.all() else _try(_chosen(way.points, agree), way.fit.kind, "", way.crs)
    if rest is not None:
        yield agree, rest


def _contradictions(
    points: tuple[ControlPoint, ...], wrong: list[int], off_m: dict[int, float], rest: Placement
) -> str:
    """Say which points are wrong, by how much, and what may have happened."""
    contradictions = []
    for odd in wrong:
        line = "" if odd == wrong[0] else f" (line {points[odd].line})"
        far = f"{off_m[odd] / 1000:,.1f} km ({off_m[odd] / rest.pixel_m:,.0f} pixels)"
        contradictions.append(f"{points[odd]}{line} lies {far}{_hint(points, odd, rest)}")
    it = "it" if len(wrong) == 1 else "them"
    return (
        f"{'; '.join(contradictions)} from where the other {len(rest.points)} put {it}, which"
        f" agree to {rest.rmse_m / 1000:,.1f} km; mend {it} or leave {it} out"
    )


def _chosen(points: tuple[ControlPoint, ...], agree: NDArray[np.bool_]) -> tuple[ControlPoint, ...]:
    return tuple(
        point for point, is_agreed in zip(points, agree.tolist(), strict=True) if is_agreed
    )


def _hint(points: tuple[ControlPoint, ...], odd: int, rest: Placement) -> str:
    """Say where a wrong point would be right: with its axes swapped, or as another point."""
    point, limit_m = points[odd], _ALIKE_PX * rest.pixel_m
    lon, lat = rest.transform(np.array([point.x]), np.array([point.y]))
    candidates = [("its lon and lat swapped", point.lat, point.lon)] + [
        (f"the place of {other}", other.lon, other.lat) for other in points if other is not point
    ]
    for words, x, y in candidates:
        if abs(y) <= _POLE and GEOD.inv(lon[0], lat[0], x, y)[2] <= limit_m:
            return f", but right with {words},"
    return ""


def _check_error(chosen: Placement, file: str) -> None:
    """Refuse points that contradict each other so much that nothing follows from them."""
    at = pixels(chosen.points)
    extent_m = float(np.hypot(*np.ptp(at, axis=0))) * chosen.pixel_m
    if chosen.rmse_m <= _MOST_ERROR * extent_m:
        return
    worst = np.argsort(-chosen.off_m, kind="stable")[:_NAMED]
    named = ", ".join(f"{chosen.points[k]} (line {chosen.points[k].line})" for k in worst.tolist())
    raise InputError(
        f"the points contradict each other: left out, they lie {chosen.rmse_m / 1000:,.1f} km off"
        f" ({percent(chosen.rmse_m / extent_m)} of the map), most of all {named}; look at"
        " them again",
        file=file,
    )


def _check_outlier(plain: Placement, file: str) -> None:
    """Refuse a point that the others, which agree among themselves, put elsewhere."""
    points = plain.points
    if len(points) <= _FEWEST_OTHERS:
        return
    others = [points[:i] + points[i + 1 :] for i in range(len(points))]
    tried = [_try(each, plain.fit.kind, plain.crs_name, plain.crs) for each in others]
    errors = [np.inf if each is None else each.rmse_m for each in tried]
    odd = int(np.argmin(errors))
    rest = tried[odd]
    if rest is None:
        return
    off_m = float(plain.off_m[odd])
    if off_m <= max(OUTLIER * rest.rmse_m, OUTLIER_PX * rest.pixel_m):
        return
    point = points[odd]
    raise InputError(
        f"{point} lies {off_m / 1000:,.1f} km ({off_m / rest.pixel_m:,.0f} pixels) from where the"
        f" other {len(points) - 1} put it, which agree to {rest.rmse_m / 1000:,.1f} km;"
        " mend it or leave it out",
        file=file,
        line=point.line,
    )

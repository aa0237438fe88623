"""How much ground of a traced map came which way."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.extras import require
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.projection import WGS84, Floats, lonlat_bounds
from territory.history.history import History
from territory.quality.countries import Countries
from territory.trace.image.control_points import degrees
from territory.trace.image.georeference import Placement
from territory.trace.image.pixel_classes import Classes, How
from territory.trace.image.polygonise import Outlines, pixel_km2

_AROUND = 0.25  # of the extent of the points, that they may vouch for beyond it
_COARSE_M = 50.0  # that borders of countries may be off in the plane; they are so anyway
_STEPS = 200  # along the side of an area carried into the picture


@dataclass(frozen=True, eq=False)
class Audit:
    """Where the ground of each class comes from.

    Attributes
    ----------
    km2 : ndarray, shape (classes, 6)
        By class, the last of which is unknown ground, and by `How`; counted in pixels.
    smoothed : ndarray, shape (classes,)
        By what share smoothing the borders has changed each class.
    """

    km2: Floats
    smoothed: Floats

    @property
    def total_km2(self) -> float:
        """All ground that is somebody's or unknown."""
        return float(self.km2.sum())

    @property
    def unknown_km2(self) -> float:
        """Ground that no colour explains."""
        return float(self.km2[-1].sum())

    @property
    def unknown_share(self) -> float:
        """The same as a share of all ground."""
        return self.unknown_km2 / self.total_km2 if self.total_km2 else 0.0

    def of(self, *ways: How) -> float:
        """Return how much ground of known holders came in some ways, in km2.

        Parameters
        ----------
        *ways : How
            Each once.

        Returns
        -------
        float
            Square kilometres.
        """
        return float(self.km2[:-1, [int(way) for way in ways]].sum())

    def share(self, label: int, *ways: How) -> float:
        """Return which share of a class came in some ways.

        Parameters
        ----------
        label : int
            Number of the class.
        *ways : How
            Each once.

        Returns
        -------
        float
            0 to 1; 0 of a class without ground.
        """
        whole = float(self.km2[label].sum())
        return float(self.km2[label, [int(way) for way in ways]].sum()) / whole if whole else 0.0


def audited(
    classes: Classes, outlines: Outlines, placement: Placement, *, area: BaseGeometry | None
) -> Audit:
    """Count the ground of every class by the way it came.

    Parameters
    ----------
    classes : Classes
        Whose ground each pixel is.
    outlines : Outlines
        The same as polygons: what smoothing changed, by class.
    placement : Placement
        Where the picture lies on the ground.
    area : Polygon or MultiPolygon, optional
        In longitude and latitude: only what lies within is counted.
    """
    count, ways = len(outlines.smoothed_px), len(How)
    size, block = pixel_km2(placement, classes.label.shape)
    row, column = np.nonzero(classes.label >= 0)
    if area is not None:
        inside = _inside(area, placement, classes.label.shape)[row, column]
        row, column = row[inside], column[inside]
    key = classes.label[row, column].astype(np.int64) * ways + classes.how[row, column]
    km2 = np.bincount(key, size[row // block, column // block], count * ways).astype(np.float64)
    pixels = np.bincount(classes.label[classes.label >= 0], minlength=count)
    return Audit(km2.reshape(count, ways), outlines.smoothed_px / np.maximum(pixels, 1))


def _inside(area: BaseGeometry, placement: Placement, shape: tuple[int, int]) -> Bools:
    """Return which pixels lie in an area."""
    require("trace")
    from rasterio.features import rasterize

    rings = shapely.segmentize(
        area, max(np.ptp(shapely.bounds(area).reshape(2, 2), axis=0)) / _STEPS
    )

    def carried(lonlat: Floats) -> Floats:
        return np.column_stack(placement.pixel(lonlat[:, 0], lonlat[:, 1]))

    there = shapely.transform(rings, carried)
    burnt: NDArray[np.uint8] = rasterize([there], out_shape=shape, dtype="uint8")
    return burnt.astype(bool)


def beyond_points(history: History, placement: Placement) -> float:
    """Return which share of the held ground lies well outside the box about the points.

    There the transformation is drawn out beyond what it was fitted to.

    Parameters
    ----------
    history : History
        Of one day, with some ground held.
    placement : Placement
        With its control points.

    Returns
    -------
    float
        0 to 1.
    """
    at = degrees(placement.points)
    margin = np.ptp(at, axis=0) * _AROUND
    box = shapely.box(*(at.min(axis=0) - margin), *(at.max(axis=0) + margin))
    plane = project(np.array([box], dtype=object), WGS84, history.projection.crs)[0]
    held = history.faces[history.held_by[0] > 0]
    inside = shapely.area(shapely.intersection(held, plane)).sum()
    return float(1 - inside / shapely.area(held).sum())


@dataclass(frozen=True)
class Home:
    """The country that most of the zones lie in.

    Attributes
    ----------
    name : str
        As the countries of the package have it.
    km2 : float
        Its size.
    covered : float
        Which share of it lies in the zones.
    beyond : float
        Which share of the zones lies outside.
    """

    name: str
    km2: float
    covered: float
    beyond: float


def home_of(history: History, countries: Countries) -> Home:
    """Return the country that zones lie in, and how much of it they cover.

    A party that is drawn in the colour of foreign land is missing from a trace, and no
    pixel tells; that the zones leave out a part of the country does.

    Parameters
    ----------
    history : History
        Of one day, with some ground held.
    countries : Countries
        To look in.

    Returns
    -------
    Home
        Without a name where no zone lies in a country.
    """
    plane = history.projection.crs
    held = history.outlines.around(history.held_by[0] > 0)
    seen = lonlat_bounds(np.array([held], dtype=object), plane)
    near = np.flatnonzero(shapely.intersects(countries.polygons, shapely.box(*seen)))
    shapes = project(countries.polygons[near], WGS84, plane, max_chord_error=_COARSE_M)
    inside = shapely.area(shapely.intersection(shapes, held))
    if not inside.any():
        return Home("", 0.0, 0.0, 1.0)
    most = int(inside.argmax())
    return Home(
        countries.names[near[most]],
        float(countries.km2[near[most]]),
        float(inside[most] / shapely.area(shapes[most])),
        float(1 - inside[most] / held.area),
    )

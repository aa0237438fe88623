"""What ground an invalid outline of an area, a province or a base map encloses.

Zones whose area depends on the repair are refused (`territory.history.repair`). An area that is
asked about is not: it is read by the winding of its rings, and both readings are told.

Notes
-----
By winding, ground counts that the shell goes around and no hole does. That is what is
meant by holes that leave their shell or overlap, and by a shell drawn over itself. It
fails where a writer of files has taken an island for the shell and the mainland for its
hole: then almost nothing is left. There the rings are read by the even-odd rule: ground
within an odd number of them counts. Where that leaves nothing either (a hole that is the
shell once more), the shell stands alone.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.geometry.area import geodesic_area_km2
from territory.geometry.coverage import polygons_in
from territory.history.repair import even_odd as odd_rings
from territory.history.repair import positive_winding
from territory.numbers import bounds, figure

EMPTIED = 0.5  # of what even-odd keeps: winding that keeps less has lost a mainland
MATTERS = 1e-6  # of an area: readings that differ by less are one
_NOTHING = 1e-9  # of the shell: rounding, not ground
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Reading:
    """An invalid outline as it is read.

    Attributes
    ----------
    geometry : Polygon or MultiPolygon
        Valid.
    rule : str
        By which rule, as a message says it.
    km2, winding_km2, even_odd_km2 : float
        The ground as read, and by either rule.
    drawn_km2 : float
        What the rings enclose as they run: overlaps twice, loops turned over less.
    doubt_km2 : float
        Ground that only one of the two rules counts; where they agree, by how much they
        differ from `drawn_km2`. About zero for rings that only touch.
    """

    geometry: BaseGeometry
    rule: str
    km2: float
    winding_km2: float
    even_odd_km2: float
    drawn_km2: float
    doubt_km2: float

    @property
    def sentence(self) -> str:
        """Both readings with their km2, as a message says them."""
        winding, even_odd = bounds(self.winding_km2, self.even_odd_km2, like=self.km2)
        both = f"by winding {winding} km2, by even-odd {even_odd} km2"
        agree = abs(self.winding_km2 - self.even_odd_km2) <= _ROUNDING * self.km2
        drawn = f", as its rings run {figure(self.drawn_km2)} km2" if agree and self.matters else ""
        return f"read {self.rule}: {figure(self.km2)} km2 ({both}{drawn})"

    @property
    def matters(self) -> bool:
        """Whether the readings differ by more than rounding."""
        return self.doubt_km2 > MATTERS * max(self.km2, self.winding_km2, self.even_odd_km2)


def read_outline(polygons: NDArray[np.object_], crs: CRS, *, even_odd: bool = False) -> Reading:
    """Return the ground of one feature whose polygons are invalid, alone or together.

    Parameters
    ----------
    polygons : ndarray of Polygon, shape (n,)
        In `crs`; may be invalid and overlap one another (they count once).
    crs : CRS
        Of the polygons, geographic or projected; areas are measured on the ellipsoid.
    even_odd : bool
        Whether to read all rings by the even-odd rule, whatever winding leaves.

    Returns
    -------
    Reading
        Its ground in `crs`, areas in square kilometres.

    Examples
    --------
    >>> shell, hole = shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 10)
    >>> drawn = shapely.Polygon(shell.exterior, [hole.exterior.coords])
    >>> found = read_outline(np.array([drawn]), CRS.from_epsg(32637))
    >>> found.rule, found.geometry.area
    ('by winding', 75.0)
    """
    wound = [positive_winding(polygon) for polygon in polygons]
    winding, odd = shapely.union_all(wound), odd_rings(polygons)
    if even_odd:
        ground, rule = odd, "by the even-odd rule of its rings"
    else:
        chosen = [_chosen(*each) for each in zip(polygons, wound, strict=True)]
        ground = shapely.union_all([geometry for geometry, _ in chosen])
        rules = [rule for _, rule in chosen if rule]
        rule = rules[0] if rules else "by winding"
    km2, winding_km2, odd_km2 = (_km2(each, crs) for each in (ground, winding, odd))
    between = _km2(shapely.symmetric_difference(winding, odd), crs)
    drawn_km2 = float(geodesic_area_km2(polygons, crs).sum())
    agree = between <= _ROUNDING * max(km2, between)
    doubt = abs(km2 - drawn_km2) if agree else between
    return Reading(ground, rule, km2, winding_km2, odd_km2, drawn_km2, doubt)


def _chosen(polygon: BaseGeometry, wound: BaseGeometry) -> tuple[BaseGeometry, str]:
    """Return the ground of one polygon, and by which rule if not by winding."""
    if shapely.is_valid(polygon):
        return wound, ""
    odd, shell = (
        odd_rings(np.array([polygon])),
        positive_winding(shapely.Polygon(shapely.get_rings(polygon)[0])),
    )
    if max(wound.area, odd.area) <= _NOTHING * shell.area:
        return shell, "as its outer ring alone, because its holes leave nothing of it"
    if wound.area < EMPTIED * odd.area:
        return odd, "by the even-odd rule, because winding leaves too little of it"
    return wound, ""


def _km2(geometry: BaseGeometry, crs: CRS) -> float:
    polygons, _ = polygons_in(np.array([geometry]))
    return float(geodesic_area_km2(polygons, crs).sum()) if len(polygons) else 0.0

"""Every projected CRS of the EPSG database that is meant for a country or its neighbours.

Somebody who measures a country often takes a grid that bears its name, and sometimes one
made for its other end: the wrong UTM zone, the wrong strip of a national grid.
"""

from functools import cache, partial

from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from territory.explain.recipes.metrics import Metric, planar

_SHIFTS = ("False easting", "False northing", "Easting at", "Northing at")


@cache  # the database does not change, and a second look takes seconds
def grid_metrics(
    bounds: tuple[float, float, float, float], *, without: tuple[str, ...] = ()
) -> tuple[Metric, ...]:
    """Return one metric per grid whose area of use meets the bounds.

    Grids that differ only in where they count from measure the same and are one metric
    with aliases.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north of the country, in degrees.
    without : tuple of str
        Identifiers (``epsg:3857``) of grids that are measured otherwise.

    Examples
    --------
    >>> found = grid_metrics((34.5, 31.2, 35.7, 32.6))
    >>> any("Israeli TM" in metric.does for metric in found)
    True
    """
    found = query_crs_info(
        auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=AreaOfInterest(*bounds)
    )
    groups: dict[str, list[tuple[int, CRS]]] = {}
    for info in sorted(found, key=lambda each: int(each.code)):
        crs = CRS.from_epsg(int(info.code))
        groups.setdefault(_measures_as(crs), []).append((int(info.code), crs))
    return tuple(
        _metric(same)
        for same in groups.values()
        if not any(f"epsg:{code}" in without for code, _ in same)
    )


def zone_metrics(codes: tuple[int, ...]) -> tuple[Metric, ...]:
    """Return metrics for grids by their EPSG codes, such as the UTM zones beside one.

    Parameters
    ----------
    codes : tuple of int
        Codes of projected CRS in the EPSG database.

    Returns
    -------
    tuple of Metric
        In the same order.

    Raises
    ------
    CRSError
        If the database has no such code.
    """
    return tuple(_metric([(code, CRS.from_epsg(code))]) for code in codes)


def _measures_as(crs: CRS) -> str:
    """Return what decides how a grid measures: its datum, method, parameters and unit."""
    operation, datum = crs.coordinate_operation, crs.datum
    if operation is None:
        return crs.to_wkt()
    numbers = sorted(
        f"{each.name}={each.value!r}"
        for each in operation.params
        if not each.name.startswith(_SHIFTS)
    )
    unit = crs.axis_info[0].unit_conversion_factor
    return "|".join([datum.name if datum else "", operation.method_name, str(unit), *numbers])


def _metric(same: list[tuple[int, CRS]]) -> Metric:
    (code, crs), *others = sorted(same, key=lambda each: "UTM" not in each[1].name)
    region = crs.area_of_use.name.rstrip(".") if crs.area_of_use else "another place"
    fault = "stretches or shrinks what lies elsewhere"
    if region.startswith("World"):
        region, fault = "the whole world", "stretches and shrinks, each place otherwise"
    return Metric(
        f"epsg:{code}",
        f"on the flat grid '{crs.name}' (EPSG:{code})",
        f"is made for {region} and {fault}",
        f"EPSG:{code}",
        partial(planar, crs=crs),
        known=False,
        alias=tuple(dict.fromkeys(f"epsg:{other}" for other, _ in others if other != code)),
    )

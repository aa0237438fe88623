"""What every run checks once the ground is known: areas against the ellipsoid, and the cover.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import did_you_mean
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import geodesic_area_km2, project
from territory.geometry.outlines import all_ground
from territory.geometry.projection import GEODESIC_TOLERANCE, EqualArea, Floats
from territory.history.history import WHOLE, History
from territory.holders import Holder
from territory.numbers import figure, percent
from territory.read.aoi import DrawnArea

_ALIKE = 1e-9  # of all ground; what is told is far coarser
_LEAST_KM2 = 1e-6  # below a square metre both numbers are rounding


def geodesic_findings(
    areas: Mapping[str, DrawnArea],
    projection: EqualArea,
    *,
    ground: tuple[float, float] | None = None,
) -> list[Finding]:
    """Compare areas in the plane with geodesic areas: the check of every run.

    Parameters
    ----------
    areas : mapping of str to DrawnArea
        Named areas, as drawn.
    projection : EqualArea
        The plane.
    ground : tuple of float, optional
        All ground in the plane and on the ellipsoid, in km2; compared too.
    """
    sizes = []
    for name, area in areas.items():
        shape = np.array([area.geometry])
        plane = float(project(shape, area.crs, projection.crs)[0].area / 1e6)
        sizes.append((area_words(name), plane, float(geodesic_area_km2(shape, area.crs)[0])))
    if ground is not None:
        sizes.append(("all ground", *ground))
    return [_cross_check(*each) for each in sizes]


def ground_sizes(history: History) -> tuple[float, float]:
    """Return all ground of a history in the plane and on the ellipsoid, in km2.

    Parameters
    ----------
    history : History
        With faces.
    """
    return float(history.area_m2.sum() / 1e6), _all_km2(history)


def geodesic_sizes(tile: History) -> Floats:
    """Return the ground of faces on the ellipsoid; what is ever held all on one of its faces.

    Of a tile, which faces fill: what nobody ever holds may lie beyond all zones, and has its own
    size, and the rest is what remains.

    Parameters
    ----------
    tile : History
        With faces.

    Returns
    -------
    ndarray of float, shape (f,)
        Square kilometres.
    """
    ever = np.asarray(tile.held_by.any(axis=0), dtype=np.bool_)
    found = np.zeros(len(ever))
    found[~ever] = geodesic_area_km2(tile.faces[~ever], tile.projection.crs)
    if ever.any():
        found[np.argmax(ever)] = _all_km2(tile) - found.sum()
    return found


def _all_km2(history: History) -> float:
    """Return all ground of a history on the ellipsoid."""
    outline, beside_km2 = _outlined(history)
    return float(geodesic_area_km2(outline, history.projection.crs).sum()) + beside_km2


def _outlined(ground: History) -> tuple[NDArray[np.object_], float]:
    """Return polygons as large as all faces together, with far fewer edges, and what they lack.

    An edge between two faces counts for one and against the other, so those of one face alone
    enclose as much, but for slivers where edges miss one another by a rounding. Those are so
    small that what they have in the plane will do. Faces that were cut along areas have the
    outline of those that they were cut from, unless an area brought ground that no zone covers.
    """
    drawn = ground if ground.uncut is None else ground.uncut
    found = all_ground(drawn.faces, drawn.edges)
    size, whole = (float(shapely.area(each).sum()) for each in (found, ground.faces))
    if abs(whole - size) > _ALIKE * whole:
        return ground.faces, 0.0
    return found, (whole - size) / 1e6


def area_words(name: str) -> str:
    """Return how messages name an area.

    Parameters
    ----------
    name : str
        Empty for the only one that is asked for.

    Examples
    --------
    >>> area_words("Idlib"), area_words("")
    ("area 'Idlib'", 'area')
    """
    return f"area '{name}'" if name else "area"


def _cross_check(what: str, plane_km2: float, geodesic_km2: float) -> Finding:
    if geodesic_km2 < _LEAST_KM2:
        detail = f"{what}: too little ground to check ({plane_km2 * 1e6:g} m2 in the plane)"
        return Finding(FindingKind.GEODESIC_CHECK, detail, km2=plane_km2 - geodesic_km2)
    off = abs(plane_km2 - geodesic_km2) / geodesic_km2
    detail = f"{what}: {plane_km2:,.3f} km2 in the plane, relative to geodesic off by {off:.1e}"
    severity = Severity.WARNING if off > GEODESIC_TOLERANCE else Severity.INFO
    return Finding(FindingKind.GEODESIC_CHECK, detail, severity, km2=plane_km2 - geodesic_km2)


def empty_findings(unreached: Mapping[str, bool]) -> list[Finding]:
    """Say which named areas no zone of any day reaches.

    Parameters
    ----------
    unreached : mapping of str to bool
        Those areas, and whether each lies off the map; see `History.unreached`.
    """
    found = []
    for name, off_the_map in unreached.items():
        detail = (
            f"no zone of any day lies in the {area_words(name)}; is it another place, or are"
            " longitude and latitude swapped in one of the two?"
        )
        # An empty corner of the map is an answer; a place off the map is none.
        severity = Severity.ERROR if off_the_map else Severity.WARNING
        found.append(Finding(FindingKind.NOTHING_HELD, detail, severity, None, 0.0))
    return found


def extent_findings(history: History, extent: str) -> list[Finding]:
    """Say which named areas reach beyond the extent of drawn zones, where nothing is measured.

    Parameters
    ----------
    history : History
        Cut along its named areas.
    extent : str
        Name of the extent.
    """
    found = []
    for name in history.within:
        share = history.covered_share(name)
        if name != extent and share < 1 - GEODESIC_TOLERANCE:
            beyond = history.requested_m2[name] / 1e6 * (1 - share)
            detail = (
                f"{percent(share)} of the {area_words(name)} lies in the extent '{extent}'; nothing"
                f" beyond it is measured ({figure(beyond)} km2)"
            )
            severity = Severity.WARNING if share else Severity.ERROR
            found.append(Finding(FindingKind.PARTLY_COVERED, detail, severity, km2=beyond))
    return found


def no_region_reached(file: str) -> Finding:
    """Return the finding that no zone lies in any region of a file.

    Parameters
    ----------
    file : str
        The file of regions as it was named, for the message.
    """
    detail = (
        f"no zone of any day lies in any region of {file}; is it another place, or are"
        " longitude and latitude swapped in one of the two?"
    )
    return Finding(FindingKind.NOTHING_HELD, detail, Severity.ERROR, None, 0.0)


def cover_findings(history: History) -> list[Finding]:
    """Say which named areas reach beyond the data.

    Parameters
    ----------
    history : History
        Cut along its named areas.

    Returns
    -------
    list of Finding
        With the missing ground in km2; an error where all of it is missing.
    """
    found = []
    for name in (each for each in history.within if each != WHOLE):  # an extent has a name too
        share = history.covered_share(name)
        if share < 1 - GEODESIC_TOLERANCE:
            missing = history.requested_m2[name] / 1e6 * (1 - share)
            detail = f"the data cover {percent(share)} of the {area_words(name)}"
            severity = Severity.WARNING if share else Severity.ERROR
            found.append(Finding(FindingKind.PARTLY_COVERED, detail, severity, km2=missing))
    return found


def idle_names(
    named: Mapping[str, str], holders: Iterable[Holder], *, far: Severity = Severity.INFO
) -> Iterator[Finding]:
    """Tell of actors that are named and hold nothing: a slip, or somebody who comes later.

    Parameters
    ----------
    named : mapping of str to str
        By actor, or actor with its status, where it is named.
    holders : iterable of Holder
        All who hold ground on any day.
    far : Severity
        Of a name that is like no other.
    """
    known = sorted({each for holder in holders for each in (holder.actor, str(holder))})
    for name, where in named.items():
        if name not in known:
            hint = did_you_mean(name, known)
            yield Finding(
                FindingKind.NO_SUCH_ACTOR,
                f"{where}: nobody of that name holds ground; {hint}",
                Severity.WARNING if hint.startswith("did") else far,
            )

"""Single features that lie elsewhere, as if their axes were swapped or a sign were lost.

Whether all of a series is mirrored only the name of the country tells (`place_of`). One
feature among others is told by them: as it stands it lies far from all of them, and
mirrored it lies in their midst.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import GEOD, Floats
from territory.history.snapshot import RawZones
from territory.quality.countries import Countries

FAR = 2.0  # times the reach of the others from their middle, and
FAR_DEGREES = 1.0  # as much beyond; or, abroad,
GAP_DEGREES = 0.5  # between its box and those of all others
WIDEST_DEGREES = 20.0  # of the others about their middle; in more of the world nothing is far


@dataclass(frozen=True)
class _Mirror:
    """A way in which coordinates are mirrored by mistake.

    Attributes
    ----------
    side : callable
        Of places, shape (n, 2): positive on one side of the mirror, negative on the other.
    image : callable
        Where places lie in the mirror.
    """

    words: str
    side: Callable[[Floats], Floats]
    image: Callable[[Floats], Floats]


_MIRRORS = (
    _Mirror("its axes look swapped", lambda at: at[:, 0] - at[:, 1], lambda at: at[:, ::-1]),
    _Mirror("the sign of its longitude looks wrong", lambda at: at[:, 0], lambda at: at * (-1, 1)),
    _Mirror("the sign of its latitude looks wrong", lambda at: at[:, 1], lambda at: at * (1, -1)),
)


def mirrored_features(raws: Sequence[RawZones], countries: Countries) -> Iterator[Finding]:
    """Report features that lie far from the others, and mirrored would lie among them.

    Parameters
    ----------
    raws : sequence of RawZones
        The days of one series. Only longitude and latitude is looked at.
    countries : Countries
        To name the places.

    Yields
    ------
    Finding
        ``axes-swapped``, a warning on the day of the feature.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import Holder
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import Source
    >>> boxes = np.array([shapely.box(35, 48, 36, 49), shapely.box(48, 36, 49, 37)])
    >>> raw = RawZones(date(2024, 2, 24), WGS84, Source("a.geojson"), (Holder("a"),) * 2, boxes)
    >>> nowhere = Countries((), np.zeros(0), np.zeros(0, dtype=object))
    >>> [found] = mirrored_features([raw], nowhere)
    >>> found.detail[:60]
    'a.geojson, feature 2 (held by a): lies in no country, 1,703 '
    """
    for raw, index, whereabouts in mirrored(raws, countries):
        file, number = raw.spot(index)
        detail = f"{file}, feature {number} (held by {raw.holders[index]}): {whereabouts}"
        yield Finding(FindingKind.AXES_SWAPPED, detail, Severity.WARNING, raw.day)


def mirrored(raws: Sequence[RawZones], countries: Countries) -> Iterator[tuple[RawZones, int, str]]:
    """Find features that lie far from the others, and mirrored would lie among them.

    Parameters
    ----------
    raws : sequence of RawZones
        The days of one series. Only longitude and latitude is looked at.
    countries : Countries
        To name the places.

    Yields
    ------
    RawZones, int, str
        The day, the index of the feature there, and what looks wrong with it.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import Source
    >>> from territory.holders import Holder
    >>> boxes = np.array([shapely.box(35, 48, 36, 49), shapely.box(48, 36, 49, 37)])
    >>> raw = RawZones(date(2024, 2, 24), WGS84, Source("a.geojson"), (Holder("a"),) * 2, boxes)
    >>> [index for _, index, _ in mirrored([raw], Countries((), np.zeros(0), np.zeros(0, object)))]
    [1]
    """
    spots = [_Spots.of(raw) for raw in raws if raw.crs.is_geographic]
    if not spots:
        return
    boxes = np.concatenate([each.boxes for each in spots])
    weight = np.concatenate([each.weight for each in spots])
    origin = [(each.raw, index) for each in spots for index in each.rows.tolist()]
    for mirror in _MIRRORS:
        for row, amid in _astray(boxes, weight, mirror, countries):
            here = (boxes[row : row + 1, :2] + boxes[row : row + 1, 2:]) / 2
            yield (*origin[row], _whereabouts(here, amid, mirror, countries))


@dataclass(frozen=True, eq=False)
class _Spots:
    """Where the features of one day lie: boxes in degrees, shape (n, 4), and their size."""

    raw: RawZones
    rows: NDArray[np.int64]
    boxes: Floats
    weight: Floats

    @classmethod
    def of(cls, raw: RawZones) -> "_Spots":
        area = np.nan_to_num(shapely.area(raw.geometry))
        rows = np.flatnonzero(area > 0)
        boxes = shapely.bounds(raw.geometry[rows]).reshape(-1, 4)
        good = np.isfinite(boxes).all(axis=1)
        return cls(raw, rows[good], boxes[good], area[rows[good]])


def _astray(
    boxes: Floats, weight: Floats, mirror: _Mirror, countries: Countries
) -> list[tuple[int, Floats]]:
    """Return the features on the wrong side of a mirror, and the middle of the others."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    radius = np.hypot(*(boxes[:, 2:] - boxes[:, :2]).T) / 2
    left = mirror.side(centre) < 0
    if left.all() or not left.any():
        return []
    wrong = left if weight[left].sum() < weight[~left].sum() else ~left
    if weight[left].sum() == weight[~left].sum():
        wrong = left != left[0]  # of two alike, the second
    middle = np.average(centre[~wrong], axis=0, weights=weight[~wrong])
    reach = float((np.hypot(*(centre[~wrong] - middle).T) + radius[~wrong]).max())
    if reach > WIDEST_DEGREES:
        return []
    off = np.hypot(*(centre - middle).T) - radius
    image_off = np.hypot(*(mirror.image(centre) - middle).T)
    amid = wrong & (image_off <= reach + radius + FAR_DEGREES)
    far = off > FAR * reach + FAR_DEGREES
    near = np.flatnonzero(amid & ~far).tolist()
    apart = [row for row in near if _gap(boxes[row], boxes[~wrong]) > GAP_DEGREES]
    home = _countries(centre[~wrong], countries) if apart else set()
    # Ground of their country on this side of the mirror is right as it stands, as England's is
    # on both sides of Greenwich; what lies beside it does too.
    beside = np.flatnonzero(wrong & ~far) if apart else np.zeros(0, dtype=np.int64)
    right = [row for row in beside if _countries(centre[row : row + 1], countries) & home]
    apart = [row for row in apart if not right or _gap(boxes[row], boxes[right]) > GAP_DEGREES]
    for row in apart:
        here, there = centre[row : row + 1], mirror.image(centre[row : row + 1])
        far[row] = _countries(here, countries).isdisjoint(home) and bool(
            _countries(there, countries) & home
        )
    return [(row, middle) for row in np.flatnonzero(amid & far).tolist()]


def _gap(box: Floats, others: Floats) -> float:
    """Return how far a box lies from the nearest of some others, in degrees."""
    apart = np.maximum(others[:, :2] - box[2:], box[:2] - others[:, 2:])
    return float(np.hypot(*np.maximum(apart, 0).T).min())


def _whereabouts(here: Floats, amid: Floats, mirror: _Mirror, countries: Countries) -> str:
    """Say where a feature lies, and where it should."""
    km = GEOD.inv(*here[0], *amid)[2] / 1000
    return (
        f"lies in {_country(here, countries)}, {km:,.0f} km from the others, and {mirror.words}:"
        f" mended it would lie among them in {_country(mirror.image(here), countries)}"
    )


def _country(at: Floats, countries: Countries) -> str:
    return next(iter(sorted(_countries(at, countries))), "no country")


def _countries(at: Floats, countries: Countries) -> set[str]:
    """Return in which countries places lie, to a tenth of a degree."""
    shapely.prepare(countries.polygons)
    spots = shapely.points(np.unique(np.round(at, 1), axis=0))
    inside = shapely.contains(countries.polygons[:, None], spots).any(axis=1)
    return {countries.names[row] for row in np.flatnonzero(inside).tolist()}

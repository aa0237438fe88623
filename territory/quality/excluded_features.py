"""What a profile leaves out, looked at like what it keeps.

A class that is dropped is no ground held; but where it is larger than the country it lies
in, or ten times what it was the day before, its features or the rule that drops it are
wrong, and so may be what is kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import Floats
from territory.numbers import figure
from territory.quality.countries import LARGER, Countries
from territory.quality.series_numbers import FLOOR_KM2

TIMES_THE_DAY_BEFORE = 10.0


@dataclass(frozen=True, eq=False)
class LeftOutClass:
    """The polygons of one label that were left out on one day.

    Attributes
    ----------
    day : date
        Of the file.
    file : str
        Where they stand.
    label : str
        As the file has it.
    km2 : float
        Their areas added up.
    lonlat : ndarray of Polygon
        In degrees.
    part_km2 : ndarray, shape (n,)
        The area of each.
    """

    day: date
    file: str
    label: str
    km2: float
    lonlat: NDArray[np.object_]
    part_km2: Floats


def left_out_findings(found: Iterable[LeftOutClass], countries: Countries) -> Iterator[Finding]:
    """Warn of classes left out that are too large for what they may be.

    Parameters
    ----------
    found : iterable of LeftOutClass
        Of all days.
    countries : Countries
        To compare with.

    Yields
    ------
    Finding
        ``left-out-large``, a warning, for each class and day, with its km2.

    Examples
    --------
    >>> land = Countries(("Land",), np.array([100.0]), np.array([shapely.box(0, 0, 1, 1)]))
    >>> part = np.array([shapely.box(0, 0, 0.5, 0.5)])
    >>> classes = [LeftOutClass(date(2022, 3, n), f"{n}.json", "losses", km2, part, np.array([km2]))
    ...            for n, km2 in ((1, 5.0), (2, 60.0), (3, 300.0))]
    >>> [(each.day.day, each.km2) for each in left_out_findings(classes, land)]
    [(2, 60.0), (3, 300.0)]
    """
    ordered = sorted(found, key=lambda each: (each.label, each.day, each.file))
    tree = shapely.STRtree(countries.polygons)
    for label, group in groupby(ordered, key=lambda each: each.label):
        before = 0.0
        for day, parts in groupby(group, key=lambda each: each.day):
            same_day = list(parts)
            km2 = sum(each.km2 for each in same_day)
            reasons = [*_outgrown(same_day, km2, tree, countries), *_against(before, km2)]
            if reasons:
                files = ", ".join(dict.fromkeys(each.file for each in same_day))
                detail = (
                    f"{files}: '{label}' is left out, as the profile says, but has"
                    f" {figure(km2)} km2, {' and '.join(reasons)}; are its features right, and the"
                    " rule?"
                )
                yield Finding(FindingKind.LEFT_OUT_LARGE, detail, Severity.WARNING, day, km2)
            before = km2


def _against(before: float, km2: float) -> Iterator[str]:
    if FLOOR_KM2 <= before < km2 / TIMES_THE_DAY_BEFORE:
        yield f"{km2 / before:,.0f} times the {figure(before)} km2 of the snapshot before"


def _outgrown(
    parts: Sequence[LeftOutClass], km2: float, tree: shapely.STRtree, countries: Countries
) -> Iterator[str]:
    """Say in which country most of a class lies, if it is larger than that."""
    if km2 <= LARGER * float(countries.km2.min()):
        return
    lonlat = np.concatenate([each.lonlat for each in parts])
    part_km2 = np.concatenate([each.part_km2 for each in parts])
    part, country = tree.query(shapely.point_on_surface(lonlat), predicate="within")
    if not len(part):
        return
    most = int(np.argmax(np.bincount(country, part_km2[part])))
    name, size = countries.names[most], float(countries.km2[most])
    if km2 > LARGER * size:
        yield f"more than {name}, where it mostly lies ({figure(size)})"

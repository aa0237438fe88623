"""Many areas at once: a table by province whose parts add up to the whole.

Neighbouring provinces of published layers cross by slivers, and no layer covers all the
ground that a publisher drew. Here the layer is first cut into regions that do not
overlap (ground claimed by two goes to the first in the file, and its km2 are reported),
then all faces of a history are cut along all regions in one pass, and the ground in no
region becomes an area of its own, `ELSEWHERE`. *The plane* is that of the history, in metres.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.antipode import about_antipode, hold_antipode
from territory.geometry.coverage import dissolved
from territory.geometry.cutting import cut_along_all
from territory.geometry.projection import EqualArea
from territory.history.history import WHOLE, History
from territory.history.overlaps import OVERLAP_TOLERANCE_KM2
from territory.history.partition import Partition, partition
from territory.history.repair import normalise
from territory.history.rim import RimError
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder

ELSEWHERE = "elsewhere"
Titles = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class RegionLabel:
    """What a region is called besides its name.

    Attributes
    ----------
    titles : mapping of str to str
        By language, where the file says so.
    code : str
        Such as its pcode; nothing where the file has none.
    """

    titles: Mapping[str, str]
    code: str = ""

    def names(self, name: str, languages: Iterable[str]) -> dict[str, str]:
        """Return the title in each of some languages, the name where there is none.

        Parameters
        ----------
        name : str
            Of the region.
        languages : iterable of str
            Codes such as ``en``.
        """
        return {language: self.titles.get(language, name) for language in languages}


@dataclass(frozen=True, eq=False)
class DrawnRegions:
    """Regions as read: valid polygons, in the order of the file.

    Attributes
    ----------
    file : str
        The file as the user named it.
    crs : CRS
        That they are drawn in.
    names : tuple of str, length n
        One per feature; features of one name are one region.
    geometry : ndarray of Polygon or MultiPolygon, shape (n,)
        In `crs`, axis order x, y.
    findings : tuple of Finding
        What the reader mended or left out.
    titles : mapping of str to mapping of str to str
        What regions are called by language, where the file says so.
    spots : tuple of (str, int), length n, or empty
        File, and number from 1, of each feature; where empty, `file` and their order here.
    rim : RimError or None
        How far the rim of each may lie off; None where nobody says it.
    codes : mapping of str to str
        The code of each region, such as its pcode, where the file has codes.
    """

    file: str
    crs: CRS
    names: tuple[str, ...]
    geometry: NDArray[np.object_]
    findings: tuple[Finding, ...] = ()
    titles: Titles = field(default_factory=dict)
    spots: tuple[tuple[str, int], ...] = ()
    rim: RimError | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, "RegionLabel"]:
        """What a reader is told each region is called, by its name."""
        return {
            name: RegionLabel(self.titles.get(name, {}), self.codes.get(name, ""))
            for name in dict.fromkeys(self.names)
        }

    def title(self, name: str, language: str) -> str:
        """Return what a region is called in a language: its name where the file does not say.

        Parameters
        ----------
        name : str
            One of `names`.
        language : str
            Code of a language, such as ``en``.
        """
        return self.titles.get(name, {}).get(language, name)


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions in the plane of a history that do not overlap.

    Attributes
    ----------
    names : tuple of str, length n
        In the order of the file.
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        In metres.
    audit : tuple of Finding
        Ground that two regions claimed, by pair.
    titles, codes : mapping
        As of `DrawnRegions`.
    """

    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    audit: tuple[Finding, ...] = ()
    titles: Titles = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


def resolve_regions(drawn: DrawnRegions, projection: EqualArea) -> Regions:
    """Carry regions into a plane and settle who has the ground that two of them claim.

    Parameters
    ----------
    drawn : DrawnRegions
        As read.
    projection : EqualArea
        The plane of the history to be cut.

    Returns
    -------
    Regions
        Ground of two regions goes to the first in the file; a region without any left is empty.

    Raises
    ------
    InputError
        If a region has the name of the rest (`ELSEWHERE`) or of the whole.
    GeometryError
        If a region holds the point opposite to the zones.

    Examples
    --------
    >>> import shapely
    >>> plane = EqualArea(37.0, 35.0)
    >>> boxes = np.array([shapely.box(0, 0, 2000, 1000), shapely.box(1000, 0, 3000, 1000)])
    >>> found = resolve_regions(DrawnRegions("a.gpkg", plane.crs, ("west", "east"), boxes), plane)
    >>> [round(polygon.area / 1e6, 6) for polygon in found.polygons]
    [2.0, 1.0]
    >>> found.audit[0].detail
    "a.gpkg: regions 'west' and 'east' overlap; the ground is counted with 'west'"
    """
    names = tuple(dict.fromkeys(drawn.names))
    for taken in sorted({ELSEWHERE, WHOLE} & set(names)):
        raise InputError(f"a region cannot be named '{taken}'; rename it", file=drawn.file)
    holders = tuple(Holder(name) for name in drawn.names)
    source = Source(drawn.file)
    raw = RawZones(date.min, drawn.crs, source, holders, drawn.geometry, spots=drawn.spots)
    torn = np.flatnonzero(hold_antipode(drawn.geometry, drawn.crs, projection))
    if torn.size:
        region = f"region '{drawn.names[torn[0]]}'"
        raise GeometryError(about_antipode(projection), file=drawn.file, feature=region)
    snapshot = normalise(raw)
    cut = partition((snapshot,), projection)
    found = [holder.actor for holder in cut.holders]
    names = tuple(name for name in names if name in found)
    covers = cut.winding.on(0)[[found.index(name) for name in names]] > 0
    first = np.where(covers.any(axis=0), covers.argmax(axis=0), -1)
    polygons = np.empty(len(names), dtype=object)
    for index in range(len(names)):
        polygons[index] = dissolved(cut.faces[first == index])
    repairs = tuple(replace(finding, day=None) for finding in snapshot.audit)
    overlaps = tuple(_overlaps(cut, names, covers, drawn.file))
    return Regions(names, polygons, (*repairs, *overlaps), drawn.titles, drawn.codes)


def _overlaps(
    cut: Partition, names: tuple[str, ...], covers: NDArray[np.bool_], file: str
) -> Iterator[Finding]:
    """Report the ground that two regions claim."""
    several = covers.sum(axis=0) > 1
    for one, other in combinations(np.flatnonzero((covers & several).any(axis=1)).tolist(), 2):
        km2 = float(cut.area_m2[covers[one] & covers[other]].sum() / 1e6)
        if km2 > 0:
            detail = (
                f"{file}: regions '{names[one]}' and '{names[other]}' overlap; the ground is"
                f" counted with '{names[one]}'"
            )
            much = km2 > OVERLAP_TOLERANCE_KM2
            severity = Severity.WARNING if much else Severity.INFO
            yield Finding(FindingKind.REGION_OVERLAP, detail, severity, None, km2)


def with_regions(history: History, regions: Regions) -> History:
    """Return a history with its faces cut along many regions at once.

    Parameters
    ----------
    history : History
        Any.
    regions : Regions
        In the plane of the history.

    Returns
    -------
    History
        With an area for each region, one named `ELSEWHERE` for the ground in none of
        them and one named ``"all"`` for everything, so that the parts add up to the
        whole. For drawn zones, what no face covers of a region is held by nobody.

    Raises
    ------
    InputError
        If a region has the name of an area that is there already.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> plane = EqualArea(37.0, 35.0)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 3000, 1000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")), projection=plane)
    >>> west = np.array([shapely.box(0, 0, 1000, 1000)])
    >>> regions = resolve_regions(DrawnRegions("a.gpkg", plane.crs, ("west",), west), plane)
    >>> cut = with_regions(history, regions)
    >>> {name: round(float(cut.area_m2[cut.mask(name)].sum()) / 1e6, 6) for name in cut.area_names}
    {'all': 3.0, 'west': 1.0, 'elsewhere': 2.0}
    """
    for name in (*regions.names, ELSEWHERE):
        if name in history.within:
            raise InputError(f"a region and an area are both named '{name}'; rename one")
    cut = cut_along_all(history.faces, regions.polygons, fill=history.is_endless)
    rims = dict(zip(regions.names, regions.polygons, strict=True))
    result = history.of_pieces(cut, rims, {ELSEWHERE: regions.names})
    bare = np.zeros(len(cut.beside), dtype=bool)
    whole = result.within.get(WHOLE, np.ones(len(result.faces), dtype=bool))  # of an extent
    within = {
        **{name: result.within[name] for name in history.within},
        WHOLE: whole,
        **{name: result.within[name] for name in regions.names},
        ELSEWHERE: np.append(cut.owner[: len(cut.source)] < 0, bare) & whole,
    }
    return replace(result, within=within)

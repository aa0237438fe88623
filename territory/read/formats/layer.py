"""What every reader of drawn zones returns: one layer of one file, untouched."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError
from territory.findings import Finding
from territory.geometry.area import geodesic_area_km2
from territory.geometry.coverage import polygons_in
from territory.read.formats.gzipped import stem_of


@dataclass(frozen=True)
class Page:
    """A part of what a server has, as it says itself.

    Attributes
    ----------
    why : str
        By what it says so.
    matched : int or None
        How many features there are, where it says that.
    """

    why: str
    matched: int | None = None

    @property
    def is_sure(self) -> bool:
        """Whether features are missing for certain; a count may be of more than was asked for."""
        return self.why.endswith(": true")


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of one file, as found.

    Attributes
    ----------
    file : str
        The file as the user named it (for a member of an archive: ``a.zip/b.shp``).
    name : str
        Name of the layer: of the table, the KML folder path (``A/B``), the TopoJSON
        object; the file's stem where the format has no layers.
    crs : CRS
        Axis order of the geometry is x, y whatever the CRS says.
    properties : tuple of mapping, length n
        One per feature. Colours and folders that a format keeps elsewhere are put in as
        ``fill``, ``stroke``, ``folder``, ``name``.
    geometry : ndarray of shapely geometry, shape (n,)
        None where a feature has none. Heights (Z) play no part in any area and may be
        there or not; a finding ``heights`` says where one other than zero was left out.
    findings : tuple of Finding
        What the reader itself repaired or noticed (without a day).
    page : Page or None
        Set where the file is not all of a server's answer.
    """

    file: str
    name: str
    crs: CRS
    properties: tuple[Mapping[str, object], ...]
    geometry: NDArray[np.object_]
    findings: tuple[Finding, ...] = ()
    page: Page | None = None

    @property
    def where(self) -> str:
        """The file, with the layer where that has a name of its own, for messages."""
        return f"{self.file}, layer '{self.name}'" if self.own_name else self.file

    @cached_property
    def own_name(self) -> tuple[Path, ...]:
        """Its name, if that is another than that of the file; of a KML with all its folders."""
        own = self.name and self.name != stem_of(PurePath(self.file))
        return (Path(self.name.replace("/", " ")),) if own else ()


def km2_of(geometry: NDArray[np.object_], crs: CRS) -> float:
    """Return the area in km2 of raw geometry, as well as it can be told; NaN where it cannot.

    Parameters
    ----------
    geometry : ndarray of geometry, shape (n,)
        In `crs`, axis order x, y; None and what is no polygon has no area.
    crs : CRS
        Geographic or projected; the area is that on the ellipsoid.

    Examples
    --------
    >>> import shapely
    >>> found = np.array([shapely.GeometryCollection([shapely.box(36, 35, 37, 36)]), None])
    >>> round(km2_of(found, CRS.from_epsg(4326)), 2)
    10066.28
    """
    polygons, _ = polygons_in(geometry)
    try:
        return float(geodesic_area_km2(polygons, crs).sum())
    except GeometryError:
        return float("nan")

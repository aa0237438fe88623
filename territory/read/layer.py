"""What every reader of drawn zones returns: one layer of one file, untouched."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from territory.findings import Finding


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
    """

    file: str
    name: str
    crs: CRS
    properties: tuple[Mapping[str, object], ...]
    geometry: NDArray[np.object_]
    findings: tuple[Finding, ...] = ()

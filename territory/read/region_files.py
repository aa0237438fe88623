"""Provinces, districts or other named regions: for tables by region, maps and the page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from territory.findings import Finding, FindingKind
from territory.history.regions import DrawnRegions
from territory.languages import LANGUAGES
from territory.read.polygons import Polygons, read_polygons
from territory.read.region_names import USUAL, any_names, region_names
from territory.read.sources import source_of
from territory.read.world import COUNTRY_RIM


def read_regions(
    named: str | Path,
    folder: Path = Path(),
    *,
    name_field: str = "",
    even_odd: bool = False,
    must_be_named: bool = True,
    option: str = "--regions",
) -> DrawnRegions:
    """Read named regions.

    Parameters
    ----------
    named : str or Path
        A file with one layer, ``FILE:LAYER``, a folder, a glob, a zip, or a country of
        the package.
    folder : Path
        What relative names start from.
    name_field : str
        Property that names the region; by default ``name``, else what publishers of
        boundaries usually call it.
    even_odd : bool
        Read an invalid polygon by its rings alone: ground within an odd number of them
        belongs to the region.
    must_be_named : bool
        Whether a feature without a name is refused; a base map may do without.
    option : str
        The option or key that names it, for messages.

    Returns
    -------
    DrawnRegions
        One entry a feature; features of one name are one region.

    Raises
    ------
    InputError
        If a file has several layers and none is named, or a feature has no name.
    CRSError
        If a file does not say its CRS, or several are in different ones.
    GeometryError
        If there is no polygon, or a coordinate is not finite or out of range.
    """
    source = source_of(str(named), folder, written_in=option)
    read = read_polygons(source, even_odd=even_odd)
    drawn = regions_of(read, source.text, name_field=name_field, must_be_named=must_be_named)
    return replace(drawn, rim=COUNTRY_RIM) if source.country else drawn


def regions_of(
    read: Sequence[Polygons], file: str, *, name_field: str = "", must_be_named: bool = True
) -> DrawnRegions:
    """Return polygons as named regions; see `read_regions`.

    Parameters
    ----------
    read : sequence of Polygons
        All in one CRS; at least one.
    file : str
        What messages call them.
    name_field : str
        Property that holds the names; the first of the usual ones that all features have if it
        is empty or ``name``.
    must_be_named : bool
        Whether a region without a name is an error.

    Returns
    -------
    DrawnRegions
        In the CRS of the polygons.

    Raises
    ------
    InputError
        If a region has no name and must have one.
    """
    names: list[str] = []
    titles: dict[str, dict[str, str]] = {}
    for each in read:
        found = (
            region_names(each.layer, each.rows, name_field)
            if must_be_named
            else any_names(each.layer, each.rows)
        )
        names += found
        for language in LANGUAGES if name_field in ("", USUAL) else ():
            local = any_names(each.layer, each.rows, language)
            for name, title in zip(found, local, strict=True):
                if name and title:
                    titles.setdefault(name, {}).setdefault(language, title)
    findings = [finding for each in read for finding in each.findings]
    return DrawnRegions(
        file,
        read[0].crs,
        tuple(names),
        np.concatenate([each.geometry for each in read]),
        (*findings, *_shared(file, names)),
        titles,
        tuple((each.layer.file, row + 1) for each in read for row in each.rows),
    )


def _shared(file: str, names: list[str]) -> list[Finding]:
    """Tell of features that have one name, and so are one region."""
    return [
        Finding(
            FindingKind.REGIONS_MERGED, f"{file}: {count} features named '{name}' are one region"
        )
        for name, count in Counter(names).items()
        if count > 1 and name
    ]

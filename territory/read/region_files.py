"""Provinces, districts or other named regions: for tables by region, maps and the page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np

from territory.findings import Finding, FindingKind, Severity
from territory.history.regions import DrawnRegions
from territory.languages import LANGUAGES
from territory.read.formats.gzipped import stem_of
from territory.read.polygons import Polygons, read_polygons
from territory.read.region_names import USUAL, any_names, region_codes, region_names
from territory.read.sources import source_of
from territory.read.world import COUNTRY_RIM

_FEW = 3  # regions of one name that are listed


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
    plain = _names(read, name_field, must_be_named=must_be_named)
    features = [each.layer.properties[row] for each in read for row in each.rows]
    codes = region_codes(features, plain)
    names, findings = _told_apart(file, plain, codes, must_be_named=must_be_named)
    titles: dict[str, dict[str, str]] = {}
    for language in LANGUAGES if name_field in ("", USUAL) else ():
        local = [title for each in read for title in any_names(each.layer, each.rows, language)]
        for was, name, title in zip(plain, names, local, strict=True):
            if name and title:
                more = name.removeprefix(was)  # the code, of one of two that have one name
                titles.setdefault(name, {}).setdefault(language, f"{title}{more}")
    return DrawnRegions(
        file,
        read[0].crs,
        tuple(names),
        np.concatenate([each.geometry for each in read]),
        (*(finding for each in read for finding in each.findings), *findings),
        titles,
        tuple((each.layer.file, row + 1) for each in read for row in each.rows),
        codes={name: code for name, code in zip(names, codes, strict=True) if name and code},
    )


def _names(read: Sequence[Polygons], name_field: str, *, must_be_named: bool) -> list[str]:
    """Return the name of every feature: a property, or the file where there is one for each."""
    if not must_be_named:
        return [name for each in read for name in any_names(each.layer, each.rows)]
    one_each = len(read) > 1 and all(len(each.rows) == 1 for each in read)
    nameless = not any(name for each in read for name in any_names(each.layer, each.rows))
    if one_each and nameless and name_field in ("", USUAL):
        return [stem_of(PurePath(each.layer.file)) for each in read]
    return [name for each in read for name in region_names(each.layer, each.rows, name_field)]


def _told_apart(
    file: str, names: Sequence[str], codes: Sequence[str], *, must_be_named: bool
) -> tuple[list[str], list[Finding]]:
    """Put its code behind the name of each of several regions that have one name.

    Without codes, or with the same one, features of one name are one region, which is told: of
    a table that is a warning, since they may be two.
    """
    found, findings = list(names), []
    for name, count in Counter(names).items():
        if count == 1 or not name:
            continue
        rows = [row for row, each in enumerate(names) if each == name]
        own = {codes[row] for row in rows}
        if len(own) == 1 or "" in own:
            hint = "; if they are several, name a property that differs: --regions-name"
            severity = Severity.WARNING if must_be_named and own == {""} else Severity.INFO
            more = hint if severity is Severity.WARNING else ""
            detail = f"{file}: {count} features named '{name}' are one region{more}"
            findings.append(Finding(FindingKind.REGIONS_MERGED, detail, severity))
            continue
        for row in rows:
            found[row] = f"{name} ({codes[row]})"
        apart = ", ".join(f"'{found[row]}'" for row in rows[:_FEW]) + ", ..." * (count > _FEW)
        detail = f"{file}: {count} regions named '{name}' are told apart by their codes: {apart}"
        findings.append(Finding(FindingKind.REGIONS_TOLD_APART, detail, Severity.WARNING))
    return found, findings

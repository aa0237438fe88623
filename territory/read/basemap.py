"""What lies around the zones on a map: read from the files of a job or from the package."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import shapely
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import project
from territory.geometry.projection import WGS84, lonlat_bounds
from territory.history.history import History
from territory.history.regions import DrawnRegions
from territory.languages import FIRST, LANGUAGES, country
from territory.numbers import percent
from territory.read.region_files import read_regions
from territory.read.towns import Town, read_towns
from territory.read.world import country_codes, read_countries

if TYPE_CHECKING:
    import geopandas as gpd

_AS_TODAY = date(1992, 1, 1)  # when the states of the Soviet Union and Yugoslavia had theirs
_WIDEST_KM = {1: 4000.0, 2: 900.0, 3: 450.0, 4: 250.0}  # by the rank of a town
_CHORD_DEGREES = 1e-4  # of a base map carried to longitude and latitude: ten metres
_NEAR_DEGREES = 0.25  # around the zones: towns of the same map
_MOST = 0.5


@dataclass(frozen=True, eq=False)
class Context:
    """Everything around the zones, in longitude and latitude; any may be missing.

    Attributes
    ----------
    countries, regions : GeoDataFrame, optional
        Polygons with `name` and, for other languages, `name_ar` and the like.
    towns : GeoDataFrame, optional
        Points with `name`, the same in other languages, and `rank` (1 is the largest); with
        `widest_km`, the width of the widest map that shows them.
    tiles : bool
        Whether to fetch web tiles for the map itself.
    findings : tuple of Finding
        What was repaired in the layers, without a day.
    of_today : bool
        Whether the countries are those of the package, as they are today.
    past : bool
        Whether it is for days on which they were not those of today.

    Raises
    ------
    CRSError
        If a layer has no CRS or is not in longitude and latitude.
    """

    countries: "gpd.GeoDataFrame | None" = None
    regions: "gpd.GeoDataFrame | None" = None
    towns: "gpd.GeoDataFrame | None" = None
    tiles: bool = False
    findings: tuple[Finding, ...] = ()
    of_today: bool = False
    past: bool = False

    def on(self, day: date) -> "Context":
        """Return it for maps whose last day this is: before 1992 today's countries have no names.

        Parameters
        ----------
        day : date
            The last that is shown.
        """
        if not self.of_today or self.past or self.countries is None or day >= _AS_TODAY:
            return self
        return replace(self, countries=self.countries[["geometry"]], past=True)

    def __post_init__(self) -> None:
        """Refuse layers that would land in the wrong place."""
        for name in ("countries", "regions", "towns"):
            layer = getattr(self, name)
            if layer is not None and (layer.crs is None or not layer.crs.is_geographic):
                raise CRSError(f"{name} must be in longitude and latitude, not {layer.crs}")


def read_context(
    folder: Path, *, countries: str = "", regions: str = "", towns: str = ""
) -> Context:
    """Read what lies around the zones; without a file the countries of the package serve.

    Parameters
    ----------
    folder : Path
        Where relative names start.
    countries, regions, towns : str
        Files of polygons, and a CSV of towns; empty for none.

    Raises
    ------
    InputError
        If a named file cannot be read.
    """
    land = _named_as_usual(base_map(countries, folder, "countries"))
    provinces = base_map(regions, folder, "regions")
    drawn = [each for each in (land, provinces) if each is not None]
    return Context(
        countries=world() if land is None else frame_of(land),
        of_today=land is None,
        regions=frame_of(provinces),
        towns=_frame(read_towns(folder / towns)) if towns else None,
        findings=tuple(dict.fromkeys(_of_base_map(f) for each in drawn for f in each.findings)),
    )


def _named_as_usual(land: DrawnRegions | None) -> DrawnRegions | None:
    """Give countries the names in other languages that their file does not say."""
    if land is None:
        return None
    codes = country_codes()
    usual = {
        name: {code: country(codes.get(english, ""), code) for code in LANGUAGES if code != FIRST}
        for name in dict.fromkeys(land.names)
        if (english := land.title(name, FIRST)) in codes
    }
    titles = {n: {**own, **land.titles.get(n, {})} for n, own in usual.items()}
    return replace(land, titles={**land.titles, **titles})


def _of_base_map(finding: Finding) -> Finding:
    """Return a finding as no figure rests on it."""
    worst = finding.severity is Severity.ERROR
    return replace(finding, severity=Severity.WARNING) if worst else finding


def context_findings(context: Context, history: History) -> tuple[Finding, ...]:
    """Return what was found wrong around a series: repairs, and towns that lie elsewhere.

    Parameters
    ----------
    context : Context
        What was read to lie around the zones.
    history : History
        The ground that towns should lie near, in its equal-area plane.
    """
    return (*context.findings, *_misplaced(context.towns, history))


def _misplaced(towns: "gpd.GeoDataFrame | None", history: History) -> Iterator[Finding]:
    """Tell of towns none of which is near the ground, while most are once they are swapped."""
    if towns is None or "widest_km" in towns:  # those of the package lie where they do
        return
    west, south, east, north = lonlat_bounds(history.faces, history.projection.crs)
    near = shapely.box(west, south, east, north).buffer(_NEAR_DEGREES)
    x, y = shapely.get_coordinates(towns.geometry.to_numpy()).T
    there, swapped = (shapely.contains_xy(near, *each).mean() for each in ((x, y), (y, x)))
    if there == 0 and swapped > _MOST:
        detail = (
            f"none of the {len(towns)} towns lies near the zones, but {percent(swapped)} would with"
            " lat and lon swapped; mend the columns"
        )
        yield Finding(FindingKind.TOWNS_ELSEWHERE, detail, Severity.WARNING)


def base_map(named: str, folder: Path, key: str) -> DrawnRegions | None:
    """Read countries or provinces of a base map, None without a name.

    They are read like provinces of a table, but may do without names.

    Parameters
    ----------
    named : str
        A file, a folder, a glob, ``FILE:LAYER`` or a country; empty for none.
    folder : Path
        What relative file names start from.
    key : str
        What names it, ``countries`` or ``regions``, for messages.

    Returns
    -------
    DrawnRegions or None
        In the CRS of their file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if not named:
        return None
    return read_regions(named, folder, must_be_named=False, option=key)


def frame_of(drawn: DrawnRegions | None) -> "gpd.GeoDataFrame | None":
    """Return regions as a layer of a map, in longitude and latitude.

    Parameters
    ----------
    drawn : DrawnRegions or None
        Regions in the CRS of their file.

    Returns
    -------
    GeoDataFrame
        With `name`, and `name_en` and the like for every language.
    """
    if drawn is None:
        return None
    shapes = drawn.geometry
    if drawn.crs != WGS84:
        shapes = project(shapes, drawn.crs, WGS84, max_chord_error=_CHORD_DEGREES)
    names = {f"name_{each}": [drawn.title(n, each) for n in drawn.names] for each in LANGUAGES}
    return _layer({"name": drawn.names, **names}, list(shapes))


def usual_towns() -> "gpd.GeoDataFrame":
    """Return the towns that come with the package: fewer of them on a wider map."""
    with as_file(files("territory") / "data" / "towns.csv") as path:
        towns = _frame(read_towns(path))
    return towns.assign(widest_km=towns["rank"].map(_WIDEST_KM))


def world() -> "gpd.GeoDataFrame":
    """Return the countries that come with the package, for the ground around the zones."""
    countries = read_countries()
    codes = country_codes()
    names = {
        f"name_{code}": [country(codes.get(name, ""), code) for name in countries.names]
        for code in LANGUAGES
        if code != FIRST
    }
    return _layer({"name": countries.names, **names}, list(countries.polygons))


def _frame(towns: tuple[Town, ...]) -> "gpd.GeoDataFrame":
    points = [shapely.Point(town.longitude, town.latitude) for town in towns]
    columns: dict[str, list[object]] = {
        key: [getattr(each, key) for each in towns] for key in ("name", "rank")
    }
    for code in LANGUAGES:
        columns[f"name_{code}"] = [each.names.get(code, "") for each in towns]
    return _layer(columns, points)


def _layer(
    columns: Mapping[str, Sequence[object]], shapes: Sequence[BaseGeometry]
) -> "gpd.GeoDataFrame":
    """Return a layer in longitude and latitude; a check of claims reads none of them."""
    import geopandas as gpd

    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")

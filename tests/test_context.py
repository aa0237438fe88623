"""The map context under ``data/context`` is what ``data/README.md`` says."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from pyproj import Geod

DATA = Path(__file__).resolve().parents[1] / "data"
CONTEXT = DATA / "context"
GEOD = Geod(ellps="WGS84")
LAYERS = {"syria.gpkg": "governorates", "countries.gpkg": "countries"}
# Town: name in idlib-2018/places.csv.
SHARED_TOWNS = {
    "Abu al-Duhur": "Abu al-Duhur",
    "As-Safira": "al-Safira",
    "Ithriya": "Ithriya",
    "Khan Shaykhun": "Khan Shaykhun",
    "Khanasir": "Khanasir",
    "Ma'arrat al-Nu'man": "Maarrat al-Nu'man",
    "Morek": "Morek",
    "Saraqib": "Saraqib",
    "Sinjar": "Sinjar",
}


def area_km2(geometry: shapely.Geometry) -> float:
    """Geodesic area in km2, with shells and holes wound opposite ways."""
    wound = shapely.orient_polygons(geometry)
    return abs(GEOD.geometry_area_perimeter(wound)[0]) / 1e6


def read(file: str) -> gpd.GeoDataFrame:
    """Read the one layer of a context file, indexed by English name."""
    return gpd.read_file(CONTEXT / file).set_index("name")


def towns() -> list[dict[str, str]]:
    """Rows of ``towns.csv``."""
    with (CONTEXT / "towns.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(("file", "layer"), LAYERS.items())
def test_file_has_one_layer(file: str, layer: str) -> None:
    assert pyogrio.list_layers(CONTEXT / file).tolist() == [[layer, "MultiPolygon"]]


@pytest.mark.parametrize("file", LAYERS)
def test_layer_is_valid_and_in_degrees(file: str) -> None:
    frame = read(file)
    assert frame.crs == "EPSG:4326"
    assert frame.is_valid.all()
    assert not frame.is_empty.any()
    assert not frame.has_z.any()


@pytest.mark.parametrize("file", LAYERS)
def test_names_are_unique_in_both_languages(file: str) -> None:
    frame = read(file)
    assert frame.index.is_unique
    assert frame["name_ar"].is_unique
    assert all(name.isascii() and name.strip() for name in frame.index)
    assert all("\u0600" <= name[0] <= "\u06ff" for name in frame["name_ar"])
    assert frame.index.is_monotonic_increasing


def test_governorates_are_the_fourteen_and_the_undof_zone() -> None:
    expected = (
        "Aleppo, Damascus, Daraa, Deir ez-Zor, Hama, Hasakah, Homs, Idlib, Latakia, "
        "Quneitra, Raqqa, Rif Dimashq, Suwayda, Tartus, UNDOF zone"
    )
    assert ", ".join(read("syria.gpkg").index) == expected


def test_area_of_syria() -> None:
    syria = read("countries.gpkg").geometry["Syria"]
    assert 184_500 < area_km2(syria) < 187_500


def test_area_of_idlib() -> None:
    assert 5_300 < area_km2(read("syria.gpkg").geometry["Idlib"]) < 6_000


def test_governorates_cover_syria_without_overlap() -> None:
    governorates = read("syria.gpkg").geometry
    country = read("countries.gpkg").geometry["Syria"]
    whole = area_km2(country)
    parts = sum(area_km2(shape) for shape in governorates)
    union = governorates.union_all()
    assert parts == pytest.approx(whole, rel=0.01)
    assert area_km2(union) == pytest.approx(parts, rel=1e-6)
    assert area_km2(union.intersection(country)) == pytest.approx(whole, rel=0.01)


def test_countries_do_not_overlap() -> None:
    countries = read("countries.gpkg").geometry
    parts = sum(area_km2(shape) for shape in countries)
    assert area_km2(countries.union_all()) == pytest.approx(parts, rel=1e-6)


def test_town_table() -> None:
    rows = towns()
    assert 12 <= len(rows) <= 18
    assert len({row["name"] for row in rows}) == len(rows)
    assert len({row["name_ar"] for row in rows}) == len(rows)
    assert {row["rank"] for row in rows} == {"1", "2", "3"}
    for row in rows:
        assert 35.0 <= float(row["lat"]) <= 36.4, row["name"]
        assert 36.3 <= float(row["lon"]) <= 38.0, row["name"]


def test_governorate_capitals_lie_in_their_governorate() -> None:
    governorates = read("syria.gpkg").geometry
    capitals = [row for row in towns() if row["rank"] == "1"]
    assert sorted(row["name"] for row in capitals) == ["Aleppo", "Hama", "Idlib"]
    for row in capitals:
        point = shapely.Point(float(row["lon"]), float(row["lat"]))
        assert governorates[row["name"]].contains(point), row["name"]


def test_towns_agree_with_the_places() -> None:
    with (DATA / "idlib-2018" / "places.csv").open(encoding="utf-8") as stream:
        places = {row["name"]: row for row in csv.DictReader(stream)}
    shared = [row for row in towns() if row["name"] in SHARED_TOWNS]
    assert len(shared) == len(SHARED_TOWNS)
    for town in shared:
        place = places[SHARED_TOWNS[town["name"]]]
        start = float(town["lon"]), float(town["lat"])
        end = float(place["lon"]), float(place["lat"])
        metres = GEOD.inv(*start, *end)[2]
        assert metres < 1_500, town["name"]

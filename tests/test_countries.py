"""How much of each face lies in each country, against every face and country one by one."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from squares import PLANE, day

from territory.cli import _code
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import WGS84, EqualArea, transformation
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder
from territory.quality import countries
from territory.quality.countries import (
    BIG_FACE_KM2,
    Countries,
    _cylinder,
    _ground_of,
    ground_in_countries,
)

WEST, EAST = shapely.box(37.0, 35.5, 37.21, 35.9), shapely.box(37.21, 35.5, 37.3, 35.9)


def test_ground_in_countries_is_that_of_each_face_and_country():
    sides = [shapely.box(x, 0, x + 900, 900) for x in range(-20_000, 20_000, 1000)]
    big = [shapely.box(x, 2000, x + 9000, 11_000) for x in range(-45_000, 45_000, 10_000)]
    faces = np.array([*sides, *big, shapely.box(0, 90_000, 500, 90_500)])
    history = from_coverage(
        faces, np.ones((1, len(faces)), dtype=np.int16), days=(day(0),),
        holders=(NOBODY, Holder("a")), projection=PLANE,
    )  # fmt: skip
    land = np.array([WEST, shapely.box(0, 0, 1, 1), EAST])
    found = ground_in_countries(history, Countries(("w", "far", "e"), np.ones(3), land)).toarray()

    to_degrees = transformation(PLANE.crs, WGS84)
    expected = np.zeros((3, len(faces)))
    for n, face in enumerate(faces):
        km2 = history.area_m2[n] / 1e6
        lonlat = shapely.transform(face, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
        spot = shapely.transform(
            shapely.point_on_surface(face), lambda xy: np.column_stack(to_degrees.transform(*xy.T))
        )
        (laid,) = _cylinder(np.array([lonlat]))
        for k, ground in enumerate(_cylinder(land)):
            if km2 > BIG_FACE_KM2:
                expected[k, n] = km2 * laid.intersection(ground).area / laid.area
            elif spot.within(land[k]):
                expected[k, n] = km2
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert (found[0] > 0).any() and ((found[0] > 0) & (found[2] > 0)).any()  # one is cut by both
    assert not found[:, -1].any()


@pytest.mark.parametrize("longitude", [37.0, 179.9, -179.9])
@pytest.mark.parametrize("latitude", [35.0, -60.0, 85.0])
def test_countries_that_are_left_out_have_no_part_of_any_face(monkeypatch, longitude, latitude):
    plane = EqualArea(longitude, latitude)
    sides = [shapely.box(x, 0, x + 9000, 9000) for x in range(-400_000, 400_000, 10_000)]
    faces = np.array([*sides, shapely.box(-9_000, -9_000, -8_000, -8_000)])
    history = from_coverage(
        faces, np.ones((1, len(faces)), dtype=np.int16), days=(day(0),),
        holders=(NOBODY, Holder("a")), projection=plane,
    )  # fmt: skip
    corners = [(x, y) for x in range(-180, 180, 2) for y in range(-90, 90, 2)]
    boxes = np.array([shapely.box(x, y, x + 2, y + 2) for x, y in corners])
    land = Countries(tuple(map(str, range(len(boxes)))), np.ones(len(boxes)), boxes)
    found = ground_in_countries(history, land)
    monkeypatch.setattr(countries, "_are_near", lambda polygons, *_: np.ones(len(polygons), bool))
    every = ground_in_countries(history, land)
    assert (found != every).nnz == 0
    assert found.sum() == pytest.approx(history.area_m2.sum() / 1e6)
    far = Countries(("far",), np.ones(1), np.array([shapely.box(100, 0, 101, 1)]))
    assert ground_in_countries(history, far).nnz == 0


def test_ground_of_a_holder_by_country_is_the_product_of_the_tables():
    chance = np.random.default_rng(4)
    held = chance.integers(0, 3, (7, 500)).astype(np.int8)
    cells = chance.integers(0, 6, 900), chance.integers(0, 500, 900)
    inside = sparse_table(chance.random(900), *cells, (6, 500))
    for index in range(3):
        expected = (inside @ (held == index).T.astype(np.float64)).T
        assert np.array_equal(_ground_of(held, index, inside), expected)


@pytest.mark.parametrize(("south", "north"), [(24, 77), (-77, -24)])
def test_a_band_all_around_the_earth_has_its_area_and_ends(tmp_path, capsys, south, north):
    """It is no shape on a cylinder; which countries it lies in is left open."""
    path = tmp_path / "z_2024-01-01.geojson"
    frame = gpd.GeoDataFrame({"actor": ["A"]}, geometry=[shapely.box(-180, south, 180, north)])
    frame.set_crs(4326).to_file(path)
    assert _code(["areas", str(path), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert row["km2"] == pytest.approx(145_095_964.4, rel=1e-6)

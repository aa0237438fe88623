"""How much of each face lies in each country, against every face and country one by one."""

import numpy as np
import pytest
import shapely
from squares import PLANE, day

from territory.geometry.projection import WGS84, transformation
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder
from territory.quality.countries import BIG_FACE_KM2, Countries, _cylinder, ground_in_countries

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

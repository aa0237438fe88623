"""One position that flew away from its ring, told with the area with and without it."""

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from territory.findings import Severity
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.geometry.rings import rings_of
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.history.stray_positions import strays
from territory.holders import Holder


def circle(count=60, radius=0.5, middle=(36.0, 48.0)):
    """Return the positions of a round zone, not closed."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([np.cos(angle), np.sin(angle)]) * radius + middle


def found(ring, *holes):
    return list(strays(rings_of(np.array([shapely.Polygon(ring, holes)], dtype=object)), WGS84))


def km2(ring):
    return float(geodesic_area_km2(np.array([shapely.Polygon(ring)]), WGS84)[0])


@given(st.integers(0, 59), st.sampled_from([(40, 0), (0, 20), (-36, -48), (3, 0), (-10, 10)]))
def test_a_position_that_flew_away_is_found_with_both_areas(position, off):
    ring = circle()
    flown = ring.copy()
    flown[position] = np.array([36.0, 48.0]) + off
    whole, rest = km2(flown), km2(np.delete(ring, position, axis=0))
    assume(abs(whole - rest) > 0.02 * rest)  # else it points along its ring
    (told,) = found(flown)
    assert (told.ring, told.position) == (1, position + 1)
    assert told.km2 == pytest.approx(whole, rel=1e-9)
    assert told.without_km2 == pytest.approx(rest, rel=1e-9)


def test_the_corner_of_a_box_that_flew_40_degrees():
    (told,) = found([(35, 48), (36, 48), (76, 49), (35, 49)])
    assert told.position == 3
    assert told.without_km2 == pytest.approx(4100, rel=0.02)
    assert told.km2 > 10 * told.without_km2


def test_a_position_at_zero_zero_is_found_in_a_large_zone():
    ring = np.array([(25, 20), (45, 20), (45, 40), (0, 0), (25, 40)])
    (told,) = found(ring)
    assert (told.position, told.x, told.y) == (4, 0, 0)


def test_a_hole_is_named():
    hole = circle(30, 0.2)
    hole[4] = (36, 48.45)
    hole[4] += (0, 3)
    (told,) = found(circle(60, 5.0), hole)
    assert (told.ring, told.position) == (2, 5)
    assert str(told).startswith("position 5 of hole 1 (36, 51.45) lies far from the others")


def test_normalise_tells_file_feature_and_day():
    flown = circle()
    flown[7] = (76, 48)
    shapes = np.array([shapely.Polygon(circle()), shapely.Polygon(flown)], dtype=object)
    holders = (Holder("a"), Holder("b"))
    raw = RawZones(date(2024, 1, 1), WGS84, Source("z.geojson"), holders, shapes)
    (told,) = normalise(raw).audit
    assert (told.kind, told.severity, told.day) == ("stray-position", Severity.WARNING, raw.day)
    assert told.detail.startswith("z.geojson, feature 2: position 8 (76, 48) lies far")
    assert told.km2 == pytest.approx(km2(flown) - km2(np.delete(circle(), 7, axis=0)), rel=1e-6)


@pytest.mark.parametrize(
    "ring",
    [
        circle(),
        circle(12),
        [(30, 46), (40, 46), (40, 46.05), (30, 46.05)],  # a strip
        [(30, 46), (40, 46.5), (30, 46.1)],  # a slim triangle has no other shape
        [(30, 46), (31, 46), (33, 46.5), (31, 47), (30, 47)],  # a pointed house
        [*circle(30).tolist()[:15], (35.2, 47.2), (36.8, 47.2)],  # a long straight edge
    ],
)
def test_zones_as_people_draw_them_are_not_told(ring):
    assert not found(ring)


def test_a_zone_a_metre_across_is_not_worth_a_word():
    ring = circle(20, 1e-5)
    ring[3] += 1e-3
    assert not found(ring)


def test_no_polygon_at_all():
    assert not list(strays(rings_of(np.zeros(0, dtype=object)), WGS84))


@pytest.mark.parametrize(
    ("profile", "folder"),
    [("isw", "isw"), ("owl", "owl"), ("nzz", "nzz"), ("deepstate-raw", "deepstate_raw")],
)
def test_real_zones_have_none(shared_data, profile, folder):
    from territory.history.drawn_days import drawn_days
    from territory.read.profile import read_profile
    from territory.read.zones import read_series

    files = sorted((shared_data / "ukraine" / folder).rglob("*.*json"))[::8]
    series = read_series(tuple(map(str, files)), read_profile(profile))
    for raw in series.raws:
        assert not list(strays(drawn_days([raw])[0].rings, raw.crs)), raw.day

"""Rounding points once: what is written is a coverage, and areas are those of the history.

Drawn inputs are fans and strips with needles far narrower than the grid, faces that touch,
cross or fold when rounded, and holders whose ground is all needle.
"""

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_pages import topic_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from squares import KM, PLANE

from territory.geometry.area import in_plane
from territory.geometry.outlines import by_group, grounds, outlines_of
from territory.geometry.projection import WGS84
from territory.geometry.rounding import snap_rounded
from territory.history.history import from_coverage, from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import areas_by_day
from territory.measure.ensemble import Ensemble
from territory.publish.export.carried import on_earth
from territory.publish.export.series_files import export
from territory.publish.page.build import page_html
from territory.read.profile import read_profile
from territory.read.zones import read_series

DAYS = (date(2024, 1, 1), date(2024, 1, 2))
A, B, C = Holder("a"), Holder("b"), Holder("c")
EXACT = 1e-9
WIDTHS = [1e-3, 1e-6, 1e-8, 1e-10, 1e-12]  # degrees: from a hundred metres to a ten-thousandth mm


def rounded(faces, per_unit=1.0):
    drawn = outlines_of(np.array(faces, dtype=object))
    return snap_rounded(drawn.lines, drawn.sides, per_unit=per_unit)


def around(found, chosen):
    """Return the ground of the chosen faces without the borders between them."""
    sides = by_group(found.sides, np.where(chosen, 0, -1), 1)
    return grounds(found.lines, sides)[0]


def is_coverage(shapes):
    kept = np.array([shape for shape in shapes if not shape.is_empty])
    return bool(shapely.is_valid(kept).all() and shapely.coverage_is_valid(kept))


# ---- the grid ----


def test_every_point_stands_on_the_grid_and_neighbours_share_it():
    west = shapely.Polygon([(0, 0), (10.3, 0.2), (10.4, 9.8), (0, 10)])
    east = shapely.Polygon([(10.3, 0.2), (20, 0), (20, 10), (10.4, 9.8)])
    found = rounded([west, east]).faces()
    assert found[0].equals(shapely.box(0, 0, 10, 10))
    assert found[1].equals(shapely.box(10, 0, 20, 10))


def test_a_face_narrower_than_the_grid_vanishes_and_its_neighbours_meet():
    faces = [shapely.box(0, 0, 4, 9), shapely.box(4, 0, 4.2, 9), shapely.box(4.2, 0, 9, 9)]
    found = rounded(faces)
    assert found.vanished.tolist() == [False, True, False]
    assert found.faces()[1].is_empty
    assert around(found, np.array([True, False, True])).equals(shapely.box(0, 0, 9, 9))


def test_a_gap_that_rounding_opens_goes_to_the_neighbour_along_which_it_lies():
    """The two borders are one line drawn twice; half-way between the points they round apart."""
    west = shapely.Polygon([(0, 0), (50, 0), (50.4, 40), (50, 99), (0, 99)])
    east = shapely.Polygon([(50, 0), (90, 0), (90, 99), (50, 99), (50.6, 40)])
    found = rounded([west, east])
    whole = around(found, np.array([True, True]))
    assert whole.equals(shapely.box(0, 0, 90, 99))
    assert is_coverage(found.faces())


def test_a_hole_that_is_there_stays():
    ring = shapely.box(0, 0, 90, 90).difference(shapely.box(30, 30, 60, 60))
    found = rounded([ring])
    assert around(found, np.array([True])).equals(ring)


def test_ground_folded_over_its_neighbour_belongs_to_one_of_them():
    """A spike of a tenth of a step crosses the border of the neighbour when it is rounded."""
    spike = [(0, 0), (40, 0), (40, 19.6), (70, 19.6), (40, 19.7), (40, 40), (0, 40)]
    beside = [(40, 0), (80, 0), (80, 40), (40, 40), (40, 19.7), (70, 19.6), (40, 19.6)]
    found = rounded([shapely.Polygon(spike), shapely.Polygon(beside)])
    assert is_coverage(found.faces())
    assert around(found, np.array([True, True])).area == 80 * 40


def test_points_that_only_divide_a_line_are_left_out_and_no_others():
    wavy = [(x, 0.3 if x == 5 else 0.0) for x in range(11)]
    faces = [
        shapely.Polygon([*wavy, (10, 10), (0, 10)]),
        shapely.Polygon([*wavy, (10, -9), (0, -9)]),
    ]
    drawn = outlines_of(np.array(faces))
    found = snap_rounded(drawn.lines, drawn.sides, per_unit=10.0, straight=1e-6)
    border = shapely.intersection(*found.faces())
    assert shapely.get_num_coordinates(shapely.line_merge(border)) == 5  # 0, 4, 5, 6, 10


def test_faces_of_one_group_have_no_line_between_them():
    faces = np.array([shapely.box(x, 0, x + 1, 1) for x in range(4)])
    drawn = outlines_of(faces)
    sides = by_group(drawn.sides, np.array([0, 0, 1, -1]), 2)
    one, other = snap_rounded(drawn.lines, sides, per_unit=100.0).faces()
    assert one.equals(shapely.box(0, 0, 2, 1))
    assert other.equals(shapely.box(2, 0, 3, 1))


# ---- drawn coverages ----


@st.composite
def strips(draw):
    """Return faces side by side in degrees, some of them needles, and their holders by day."""
    widths = draw(st.lists(st.sampled_from([0.05, 0.2, *WIDTHS]), min_size=2, max_size=9))
    bends = [draw(st.lists(st.sampled_from([0.0, 1e-12, 3e-10, 2e-9]), min_size=4, max_size=4))]
    at = [np.column_stack([np.array(bends[0]) + 37.0, 48 + np.linspace(0, 0.3, 4)])]
    for width in widths:
        off = draw(st.lists(st.sampled_from([0.0, 0.3, 0.9]), min_size=4, max_size=4))
        at.append(at[-1] + np.column_stack([width * (1 - np.array(off)), np.zeros(4)]))
    faces = [shapely.Polygon([*a, *b[::-1]]) for a, b in pairwise(at)]
    held = st.lists(st.sampled_from("abc."), min_size=len(faces), max_size=len(faces))
    return faces, [draw(held) for _ in DAYS]


def drawn_history(faces, held):
    snapshots = []
    for day, names in zip(DAYS, held, strict=True):
        kept = [
            (Holder(name), face) for name, face in zip(names, faces, strict=True) if name != "."
        ]
        holders = tuple(holder for holder, _ in kept)
        shapes = np.array([*(face for _, face in kept), None], dtype=object)[:-1]
        snapshots.append(normalise(RawZones(day, WGS84, Source("drawn"), holders, shapes)))
    return from_snapshots(tuple(snapshots))


def usable(case):
    """Tell whether anybody holds more than a needle on each day, and all faces are sound."""
    faces, held = case
    wide = [face.area > 1e-3 for face in faces]
    there = all(any(w and n != "." for w, n in zip(wide, names, strict=True)) for names in held)
    return there and all(face.is_valid and face.area > 0 for face in faces)


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(strips().filter(usable))
def test_zones_read_back_are_what_the_history_says(case):
    history = drawn_history(*case)
    table, carried = areas_by_day(history) * 1e6, on_earth(history)
    told = {(f.day, f.detail.split(":")[0]) for f in carried.rounded_away()}
    for row, day in enumerate(DAYS):
        found = zip(*carried.zones(day), strict=True)
        there = {history.holders[index]: shape for index, shape in found}
        assert is_coverage(there.values())
        length = sum(shape.length for shape in there.values()) * 111e3  # metres
        for column, holder in enumerate(history.holders):
            if holder == NOBODY or not table[row, column]:
                continue
            assert holder in there or (day, str(holder)) in told
            shape = there.get(holder, shapely.Polygon())
            found = in_plane(np.array([shape]), WGS84, history.projection.crs)[1][0]
            # What a micrometre of rounding on either side can take from a holder, once as it is
            # cut and once as it is carried, and no more.
            assert abs(found - table[row, column]) <= EXACT * table[row, column] + 4e-6 * length


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(case=strips().filter(usable))
def test_nothing_stops_at_a_needle(tmp_path_factory, case):
    history, folder = drawn_history(*case), tmp_path_factory.mktemp("needles")
    for name in ("zones", "a.kml", "a.gpkg", "a.parquet", "a.fgb"):
        export({"": (history, DAYS)}, folder / name)
        assert (folder / name).exists()
    assert "<html" in page_html(topic_of(Ensemble(history, BoundaryError()), "needles", days=DAYS))


# ---- what is told ----


def test_a_holder_whose_ground_is_all_needle_is_told_with_its_km2(tmp_path):
    """A strip of a kilometre by a tenth of a micrometre: 1e-10 km2."""
    needle = shapely.box(KM, 0, KM + 1e-7, KM)
    faces = np.array([shapely.box(0, 0, KM, KM), needle, shapely.box(KM + 1e-7, 0, 2 * KM, KM)])
    held_by = np.array([[1, 2, 3], [1, 1, 3]], dtype=np.int16)
    history = from_coverage(faces, held_by, days=DAYS, holders=(NOBODY, A, B, C), projection=PLANE)
    found = export({"": (history, DAYS)}, tmp_path / "zones")
    assert [(f.day, f.kind, str(f.severity)) for f in found] == [
        (None, "rounded-away", "info"),
        (DAYS[0], "rounded-away", "info"),
    ]
    assert found[1].detail.startswith("b: no zone is written")
    assert [f.km2 for f in found] == pytest.approx([1e-10, 1e-10], rel=1e-2)
    assert set(gpd.read_file(tmp_path / "zones" / f"{DAYS[0]}.geojson").actor) == {"a", "c"}
    assert export({"": (history, DAYS)}, tmp_path / "a.kml") == found
    marks = list(ET.parse(tmp_path / "a.kml").iter("{http://www.opengis.net/kml/2.2}Placemark"))
    assert len(marks) == 4


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.fgb"])
def test_ground_narrower_than_coordinates_is_told_of_a_file_of_spells_too(tmp_path, name):
    """A strip of a tenth of a micrometre that bends in the plane: its km2 are told."""
    faces = [shapely.box(37 + x, 48, 38 + x, 49) for x in (0, 1)]
    needle = shapely.box(39, 48, 39 + 1e-12, 49)
    history = drawn_history([*faces, needle], ["aab", "aaa"])
    whole, found = export({"": (history, DAYS)}, tmp_path / name)
    assert whole.km2 == found.km2
    assert (found.day, found.kind) == (DAYS[0], "rounded-away")
    assert found.detail.startswith("b: ")
    assert found.km2 == pytest.approx(areas_by_day(history)[0, 2], rel=EXACT)
    again = read_series((str(tmp_path / name),), read_profile("spells"))
    assert from_snapshots(tuple(map(normalise, again.raws))).area_m2.sum() / 1e6 == pytest.approx(
        areas_by_day(history)[0].sum(), rel=EXACT
    )


def test_ground_that_stands_is_not_told(tmp_path):
    faces = np.array([shapely.box(x * KM, 0, (x + 1) * KM, KM) for x in range(2)])
    held_by = np.array([[1, 2], [1, 1]], dtype=np.int16)
    history = from_coverage(faces, held_by, days=DAYS, holders=(NOBODY, A, B), projection=PLANE)
    assert export({"": (history, DAYS)}, tmp_path / "zones") == ()

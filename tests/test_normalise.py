"""Repairs against areas counted on squared paper, one square a square kilometre."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import affinity
from squares import PLANE

from territory.errors import CRSError, GeometryError
from territory.findings import Severity
from territory.geometry.projection import WGS84, same_crs
from territory.history.history import from_snapshots
from territory.history.overlaps import Overlap
from territory.history.repair import Repair, normalise, positive_winding
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.measure.change import areas_by_day
from territory.numbers import figure

DAY = date(2018, 2, 5)
A, B = Holder("A"), Holder("B")


def raw_of(*shapes, holders=None, crs=PLANE.crs):
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    return RawZones(DAY, crs, Source("f.geojson"), tuple(holders or [A] * len(shapes)), geometry)


def paper(shell, *holes):
    """Return a polygon of which one unit is a kilometre."""
    return shapely.Polygon(np.array(shell) * 1e3, [np.array(hole) * 1e3 for hole in holes])


def wkt(text):
    return shapely.transform(shapely.from_wkt(text), lambda xy: xy * 1e3)


def ring_km2(snapshot):
    """Sum the rings by the shoelace formula: holes count as negative."""
    total = 0.0
    for start, end in zip(snapshot.ring_start, snapshot.ring_start[1:], strict=False):
        x, y = snapshot.xy[start:end].T
        total += (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2e6
    return total


def findings(snapshot):
    return [(each.kind, each.severity, each.km2) for each in snapshot.audit]


BOX = [(0, 0), (4, 0), (4, 4), (0, 4)]
BOW_TIE = [(0, 0), (4, 4), (4, 0), (0, 4)]


@pytest.mark.parametrize(
    ("polygon", "km2", "reason"),
    [
        # half of the hole lies outside the shell: only the half inside takes ground away
        (paper(BOX, [(3, 1), (5, 1), (5, 2), (3, 2)]), 15, "Self-intersection"),
        (paper(BOX, [(2, 1), (6, 1), (6, 3), (2, 3)]), 12, "Self-intersection"),
        # a hole in a hole is no island
        (
            paper(BOX, [(1, 1), (3, 1), (3, 3), (1, 3)], [(1.5, 1.5), (2.5, 1.5), (2, 2.5)]),
            12,
            "Holes are nested",
        ),
        # two holes that overlap take the ground they share away once
        (
            paper(BOX, [(1, 1), (3, 1), (3, 3), (1, 3)], [(2, 2), (3.5, 2), (3.5, 3.5), (2, 3.5)]),
            10.75,
            "Self",
        ),
        # a hole with one side on the rim is a bay
        (paper(BOX, [(4, 1), (4, 2), (3, 2), (3, 1)]), 15, "Self-intersection"),
        # a shell drawn twice round, and a shell with a spike
        (paper([*BOX, *BOX]), 16, "Self-intersection"),
        (paper([(0, 0), (4, 0), (4, 4), (6, 4), (4, 4), (0, 4)]), 16, "Ring Self-intersection"),
        # a shell that touches itself and so closes in a hole
        (paper([(0, 0), (4, 0), (4, 4), (2, 4), (3, 2), (1, 2), (2, 4), (0, 4)]), 14, "Ring Self"),
        # a line drawn as a polygon
        (paper([(0, 0), (1, 1), (3, 3)]), 0, "Self-intersection"),
    ],
)
def test_repairs_that_leave_no_choice_give_the_truth(polygon, km2, reason):
    assert not polygon.is_valid
    snapshot = normalise(raw_of(polygon))
    assert ring_km2(snapshot) == pytest.approx(km2, abs=1e-9)
    (found,) = snapshot.audit
    assert (found.kind, found.severity, found.day) == ("repaired", Severity.INFO, DAY)
    assert found.km2 == pytest.approx(0, abs=1e-5)
    assert found.detail.startswith(f"f.geojson, feature 1: invalid polygon ({reason}")
    near = tuple(f" {figure(km2 + off)} km2" for off in (-1e-9, 1e-9))  # 10.75 is a half
    assert found.detail.endswith((*near, "only touches itself; its area stays"))


def test_a_hole_across_the_rim_of_a_degree_box_is_the_bay_it_cuts():
    shell = [(37, 35), (38, 35), (38, 36), (37, 36)]
    hole = [(37.5, 35.25), (38.5, 35.25), (38.5, 35.75), (37.5, 35.75)]
    bay = [(38, 35.25), (37.5, 35.25), (37.5, 35.75), (38, 35.75)]
    crossing = normalise(raw_of(shapely.Polygon(shell, [hole]), crs=WGS84))
    drawn = normalise(raw_of(shapely.Polygon([*shell[:2], *bay, *shell[2:]]), crs=WGS84))
    assert drawn.audit == ()
    assert "positive-winding area of 7,550 km2" in crossing.audit[0].detail
    areas = [areas_by_day(from_snapshots((each,)))[0, 1] for each in (crossing, drawn)]
    assert areas[0] == pytest.approx(areas[1], rel=1e-9)
    assert areas[0] == pytest.approx(7549.682, abs=1e-3)


AMBIGUOUS = [
    # both lobes, or only the one that is wound like a shell?
    (paper(BOW_TIE), 4, 8),
    # the ground covered twice, once or not at all?
    (paper([(0, 0), (3, 0), (3, 3), (1, 3), (1, 1), (4, 1), (4, 4), (0, 4)]), 11, 15),
    # everything or nothing?
    (paper(BOX, BOX), 0, 16),
    (paper([(1, 1), (3, 1), (3, 3), (1, 3)], BOX), 0, 4),
    # a second zone drawn as a hole, or a stray hole?
    (paper(BOX, [(5, 1), (6, 1), (6, 2), (5, 2)]), 16, 17),
    (paper([(5, 1), (6, 1), (6, 2), (5, 2)], BOX), 1, 17),
]


@pytest.mark.parametrize(("polygon", "low", "high"), AMBIGUOUS)
def test_a_polygon_without_one_area_is_refused(polygon, low, high):
    good = paper([(10, 0), (11, 0), (11, 1)])
    with pytest.raises(GeometryError) as caught:
        normalise(raw_of(good, polygon, holders=[A, B]))
    message = str(caught.value)
    assert message.startswith("f.geojson, feature 2: invalid polygon (")
    assert f"depends on the repair, from {figure(low)} to {figure(high)} km2" in message
    assert message.endswith("(held by B, 2018-02-05)")


def doubtful(of_km2):
    """Return a square with a bow tie: 4 km2 more or less of so many km2 in all."""
    side = np.sqrt(of_km2 - 8)
    square = paper([(10, 0), (10 + side, 0), (10 + side, side), (10, side)])
    return paper(BOW_TIE), square


@pytest.mark.parametrize(
    ("ground_km2", "share"), [(20, 0.2), (100, 0.04), (400, 0.01), (3000, 1.33e-3)]
)
def test_a_doubt_above_a_thousandth_of_its_holders_ground_is_refused(ground_km2, share):
    assert 4 / ground_km2 == pytest.approx(share, rel=0.01)
    with pytest.raises(GeometryError, match=r"from 4\.0 to 8\.0 km2, more than 0\.1 % of"):
        normalise(raw_of(*doubtful(ground_km2)))


@pytest.mark.parametrize("ground_km2", [4500, 40_000, 4_000_000])
def test_a_doubt_below_a_thousandth_is_a_warning_with_both_areas(ground_km2):
    snapshot = normalise(raw_of(*doubtful(ground_km2)))
    assert ring_km2(snapshot) == pytest.approx(ground_km2, rel=1e-9)
    (found,) = snapshot.audit
    assert (found.kind, found.severity, found.day) == ("repaired", Severity.WARNING, DAY)
    assert found.km2 == pytest.approx(4, rel=1e-5)
    assert found.detail.startswith("f.geojson, feature 1: invalid polygon (Self-intersection)")
    assert "winding area of 8.0 km2; repairs give 4.0 to 8.0 km2" in found.detail


def test_a_doubt_is_held_against_the_ground_of_its_own_holder():
    knot, square = doubtful(40_000)
    with pytest.raises(GeometryError, match=r"feature 1: .*held by B"):
        normalise(raw_of(knot, square, holders=[B, A]))


def test_many_doubts_of_one_holder_add_up():
    knots = [affinity.translate(paper(BOW_TIE), 0, 5e3 * n) for n in range(5)]
    square = paper([(10, 0), (110, 0), (110, 100), (10, 100)])
    assert normalise(raw_of(knots[0], square)).audit[0].severity == Severity.WARNING
    with pytest.raises(GeometryError, match="holder's ground, as are 4 more; mend it"):
        normalise(raw_of(*knots, square))


@pytest.mark.parametrize(
    ("repair", "km2"), [(Repair.WINDING, 8), (Repair.EVEN_ODD, 8), (Repair.DROP, 0)]
)
def test_a_chosen_repair_is_used_and_told(repair, km2):
    good = paper([(10, 0), (11, 0), (11, 1), (10, 1)])
    snapshot = normalise(raw_of(paper(BOW_TIE), good), repair=repair)
    assert ring_km2(snapshot) == pytest.approx(km2 + 1, abs=1e-9)
    (found,) = snapshot.audit
    assert found.severity == Severity.WARNING
    assert f" {figure(km2)} km2; repairs give {figure(min(km2, 4))} to 8.0 km2" in found.detail


def test_even_odd_counts_rings_and_winding_counts_turns():
    twice = paper([*BOX, *BOX])  # a shell drawn twice round
    hole = paper(BOX, [(5, 1), (6, 1), (6, 2), (5, 2)])  # an island written as a hole
    assert ring_km2(normalise(raw_of(hole), repair=Repair.EVEN_ODD)) == pytest.approx(17)
    assert ring_km2(normalise(raw_of(hole), repair=Repair.WINDING)) == pytest.approx(16)
    assert ring_km2(normalise(raw_of(twice), repair=Repair.WINDING)) == pytest.approx(16)


def test_a_bow_tie_below_the_tolerance_is_let_through():
    """A knot of a square metre in 16 km2 is a slip of the pen."""
    knot = [(4, 2), (4.001, 2.001), (4.001, 2), (4, 2.001)]
    snapshot = normalise(raw_of(paper([(0, 0), (4, 0), *knot, (4, 4), (0, 4)])))
    assert ring_km2(snapshot) == pytest.approx(16, abs=1e-5)
    assert [each.severity for each in snapshot.audit] == [Severity.INFO]


def test_positive_winding_leaves_nothing_where_holes_cover_the_shell():
    assert positive_winding(paper(BOX, BOX)).is_empty
    assert positive_winding(paper(BOX)).area == 16e6


# ---- What is not area --------------------------------------------------------------------

TRIANGLE = "POLYGON ((0 0, 2 0, 2 2, 0 0))"
OTHER = "POLYGON ((5 0, 7 0, 7 2, 5 0))"


@pytest.mark.parametrize(
    ("text", "km2", "found"),
    [
        (TRIANGLE, 2, []),
        ("POLYGON Z ((0 0 9, 2 0 9, 2 2 9, 0 0 9))", 2, []),
        (f"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION ({TRIANGLE}), {OTHER})", 4, []),
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 0)), ((5 0, 7 0, 7 2, 5 0)))", 4, []),
        (
            f"GEOMETRYCOLLECTION (POINT (1 1), MULTILINESTRING ((0 0, 9 9)), {TRIANGLE})",
            2,
            [("not-area", Severity.INFO, 0.0)],
        ),
        (
            f"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (LINESTRING (0 0, 9 9), {TRIANGLE}))",
            2,
            [("not-area", Severity.INFO, 0.0)],
        ),
        ("POINT (1 1)", 0, [("not-area", Severity.INFO, 0.0)]),
        ("MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", 0, [("not-area", Severity.INFO, 0.0)]),
        ("POLYGON EMPTY", 0, [("empty-geometry", Severity.ERROR, None)]),
        ("MULTIPOLYGON EMPTY", 0, [("empty-geometry", Severity.ERROR, None)]),
        ("GEOMETRYCOLLECTION EMPTY", 0, [("empty-geometry", Severity.ERROR, None)]),
        (f"GEOMETRYCOLLECTION (POLYGON EMPTY, {TRIANGLE})", 2, []),
    ],
)
def test_only_polygons_have_area(text, km2, found):
    snapshot = normalise(raw_of(wkt(text)))
    assert snapshot.xy.shape[1] == 2
    assert ring_km2(snapshot) == pytest.approx(km2, abs=1e-12)
    assert findings(snapshot) == found


def test_what_was_dropped_is_named():
    (found,) = normalise(raw_of(wkt(f"GEOMETRYCOLLECTION (POINT (1 1), {TRIANGLE})"))).audit
    assert found.detail == "f.geojson, feature 1: dropped what has no area (Point)"


def test_a_feature_without_geometry_is_reported():
    snapshot = normalise(raw_of(wkt(TRIANGLE), None))
    assert findings(snapshot) == [("null-geometry", Severity.ERROR, None)]
    assert "feature 2" in snapshot.audit[0].detail
    assert ring_km2(snapshot) == pytest.approx(2)


def test_a_day_without_any_feature_is_a_day():
    snapshot = normalise(raw_of())
    assert (snapshot.holders, len(snapshot.xy), snapshot.audit) == ((), 0, ())


# ---- Repeats, overlaps -------------------------------------------------------------------


def test_a_repeated_polygon_counts_once_for_one_holder():
    turned = wkt("POLYGON ((2 2, 0 0, 2 0, 2 2))")  # the same, begun at another corner
    snapshot = normalise(raw_of(wkt(TRIANGLE), turned, turned.reverse(), wkt(OTHER)))
    assert ring_km2(snapshot) == pytest.approx(4)
    assert [(kind, severity) for kind, severity, _ in findings(snapshot)] == [
        ("repeated-polygon", Severity.WARNING)
    ]
    (found,) = snapshot.audit
    assert found.km2 == pytest.approx(4, rel=1e-5)  # twice too much
    assert "feature 1: the same polygon is given 3 times" in found.detail


def test_one_polygon_of_two_holders_is_an_overlap_and_no_repeat():
    snapshot = normalise(raw_of(wkt(TRIANGLE), wkt(TRIANGLE), holders=[A, B]))
    assert snapshot.audit == ()
    assert snapshot.holders == (A, B)
    history = from_snapshots((snapshot,), projection=PLANE, overlap=Overlap.CONTESTED)
    assert areas_by_day(history)[0].tolist() == pytest.approx([0, 0, 0, 2])


# ---- Coordinates and CRS -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((37, 35, 38, 148), r"\((37|38), 148\) is no longitude and latitude: .*swapped"),
        ((35, 37, 36, 97), "swapped"),
        ((370000, 3500000, 380000, 3600000), "metres declared as degrees"),
        ((-181, 35, 38, 36), r"\(-181, 3[56]\)"),
    ],
)
def test_degrees_that_are_none(box, message):
    with pytest.raises(GeometryError, match=rf"f\.geojson, feature 2: .*{message}"):
        normalise(raw_of(shapely.box(37, 35, 38, 36), shapely.box(*box), crs=WGS84))
    normalise(raw_of(shapely.box(-180, -90, 180, 90), crs=WGS84))


@pytest.mark.parametrize("code", [3857, 32637, 2263])  # the last in feet
def test_degrees_declared_as_metres(code):
    """They would be measured as a few square metres off the origin of the CRS."""
    crs = CRS.from_epsg(code)
    with pytest.raises(GeometryError, match=r"f\.geojson, feature 1: .*declared as metres"):
        normalise(raw_of(shapely.box(37, 35, 38, 36), shapely.box(39, 35, 40, 36), crs=crs))
    normalise(raw_of(shapely.box(37, 35, 38, 36), shapely.box(0, 0, 1000, 1000), crs=crs))
    normalise(raw_of(crs=crs))


def test_small_numbers_in_kilometres_are_no_degrees():
    crs = CRS.from_proj4("+proj=laea +lat_0=35 +lon_0=37 +units=km")
    normalise(raw_of(shapely.box(37, 35, 38, 36), crs=crs))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_coordinates_that_are_not_finite(bad):
    ring = np.array([(0, 0), (1, 0), (1, 1), (0, 0)], dtype=float)
    ring[1, 1] = bad
    with np.errstate(invalid="ignore"):
        polygon = shapely.Polygon(ring)
    with pytest.raises(GeometryError, match="feature 1: a coordinate is not a finite number"):
        normalise(raw_of(polygon))


def test_a_crs_must_be_that_of_a_map():
    geocentric = CRS.from_epsg(4978)
    with pytest.raises(CRSError, match=r"f\.geojson: 'WGS 84' is not a map CRS"):
        normalise(raw_of(wkt(TRIANGLE), crs=geocentric))
    flat = normalise(raw_of(shapely.box(37, 35, 38, 36), crs=CRS.from_epsg(4979))).crs
    assert flat is WGS84


NAMES_OF_WGS84 = ["EPSG:4326", "EPSG:4979", "OGC:CRS84", "OGC:CRS84h", "EPSG:9707"]


@pytest.mark.parametrize("name", NAMES_OF_WGS84)
@pytest.mark.parametrize("other", NAMES_OF_WGS84)
def test_longitude_and_latitude_on_wgs84_is_one_crs(name, other):
    one, two = CRS.from_user_input(name), CRS.from_user_input(other)
    assert same_crs(one, two)
    assert not same_crs(one, CRS.from_epsg(4258))
    assert not same_crs(CRS.from_epsg(3857), two)
    boxes = shapely.box(36, 35, 37, 36), shapely.box(37, 35, 38, 36)
    days = [normalise(raw_of(box, crs=crs)) for box, crs in zip(boxes, (one, two), strict=True)]
    days[1] = replace(days[1], day=date(2018, 2, 6))
    areas = areas_by_day(from_snapshots(tuple(days)))
    assert areas[:, 1] == pytest.approx([10066.28] * 2, rel=1e-5)
    assert areas[0, 1] == pytest.approx(areas[1, 1], rel=1e-9)


# ---- Properties --------------------------------------------------------------------------


@st.composite
def stars(draw):
    """Return a star-shaped polygon, at times with a star-shaped hole."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    angle = np.sort(random.uniform(0, 2 * np.pi, draw(st.integers(4, 12))))
    unit = np.column_stack([np.cos(angle), np.sin(angle)])
    outer = random.uniform(600, 3000, (len(angle), 1))
    inner = [unit * outer * 0.4] if draw(st.booleans()) else []
    centre = random.uniform(0, 8000, 2)
    polygon = shapely.Polygon(unit * outer + centre, [ring + centre for ring in inner])
    assume(polygon.is_valid)
    return polygon


def rewound(polygon, flip_shell, flip_holes):
    shell = polygon.exterior.coords[:: -1 if flip_shell else 1]
    holes = [ring.coords[:: -1 if flip_holes else 1] for ring in polygon.interiors]
    return shapely.Polygon(shell, holes)


@settings(max_examples=60)
@given(
    st.lists(stars(), min_size=1, max_size=4, unique_by=shapely.to_wkb),
    st.booleans(),
    st.booleans(),
)
def test_winding_never_changes_areas(polygons, flip_shell, flip_holes):
    snapshot = normalise(raw_of(*(rewound(p, flip_shell, flip_holes) for p in polygons)))
    assert ring_km2(snapshot) == pytest.approx(sum(p.area for p in polygons) / 1e6, rel=1e-9)
    (covered,) = areas_by_day(from_snapshots((snapshot,), projection=PLANE))[:, 1]
    assert covered == pytest.approx(shapely.union_all(polygons).area / 1e6, rel=1e-9)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(stars(), st.sampled_from([A, B])),
        min_size=1,
        max_size=5,
        unique_by=lambda drawn: drawn[0].wkb,
    )
)
def test_areas_of_valid_polygons_are_those_of_shapely(drawn):
    shapes, holders = zip(*drawn, strict=True)
    snapshot = normalise(raw_of(*shapes, holders=holders))
    assert snapshot.audit == ()
    history = from_snapshots((snapshot,), projection=PLANE, overlap=Overlap.FIRST)
    row = dict(zip(history.holders, areas_by_day(history)[0], strict=True))
    first = shapely.union_all([s for s, h in drawn if h == A])
    second = shapely.union_all([s for s, h in drawn if h == B])
    assert row.get(A, 0.0) * 1e6 == pytest.approx(first.area, abs=0.1)
    assert row.get(B, 0.0) * 1e6 == pytest.approx(second.difference(first).area, abs=0.1)

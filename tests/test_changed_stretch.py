"""Polygons that are valid because those before them are, against what GEOS says of the whole."""

from datetime import date

import numpy as np
import pytest
import shapely

from territory.geometry.changed_stretch import stay_valid
from territory.geometry.projection import WGS84
from territory.geometry.rings import rings_of
from territory.history.drawn_days import drawn_days
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder

GRID = 8  # so few places that what is drawn at random touches, overlaps and repeats itself
SQUARE = [(9, 0), (9, 9), (0, 9), (0, 0)]


def follows(polygon, before):
    """Return whether a polygon is known to be valid after another."""
    return bool(stay_valid(rings_of(np.array([before, polygon])), np.arange(2))[1])


def grown(chance):
    """Return a valid polygon of squares of the grid, with a corner at each place it passes."""
    while True:
        cells = np.argwhere(chance.random((GRID, GRID)) < 0.65)
        union = shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in cells])
        largest = max(shapely.get_parts(union), key=lambda part: part.area)
        polygon = shapely.segmentize(largest, 1)
        if shapely.get_num_coordinates(polygon) > 12:
            return polygon


def redrawn(polygon, chance):
    """Return a polygon, and the same with a stretch of its shell drawn anew, be it valid or not."""
    ring = shapely.get_coordinates(polygon.exterior)[:-1]
    first = chance.integers(len(ring))
    ring = np.roll(ring, -int(first) * chance.integers(2), axis=0)
    begin = chance.integers(len(ring))
    end = min(begin + chance.integers(0, 4), len(ring))
    new = chance.integers(0, GRID + 1, (chance.integers(0, 4), 2))
    if len(new) and chance.random() < 0.5:  # near by, so that some are valid
        new = ring[begin - 1] + np.cumsum(chance.integers(-1, 2, new.shape), axis=0) / 2
    shell = np.concatenate([ring[:begin], new, ring[end:]])
    turned = shapely.Polygon(ring, polygon.interiors)
    holes = list(polygon.interiors)
    if holes and chance.random() < 0.1:
        holes = holes[1:]
    return turned, shapely.Polygon(shell, holes)


def test_nothing_invalid_is_taken_for_valid_whatever_is_redrawn():
    chance = np.random.default_rng(20180205)
    known = valid = 0
    for _ in range(60):
        polygon = grown(chance)
        for _ in range(60):
            before, after = redrawn(polygon, chance)
            is_valid = after.is_valid
            is_known = follows(after, before)
            assert before.is_valid
            assert is_valid or not is_known, (before.wkt, after.wkt)
            known, valid = known + is_known, valid + is_valid
    assert known > 500
    assert valid - known > 100  # nothing is said of all that touch, though they may be valid


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        (SQUARE, True),
        ([*SQUARE[:2], (4, 8), *SQUARE[2:]], True),
        ([*SQUARE[:2], (4, 10), *SQUARE[2:]], True),
        ([*SQUARE[:2], (4, -1), *SQUARE[2:]], False),  # across the opposite side
        ([*SQUARE[:2], (4, 0), *SQUARE[2:]], False),  # touches it
        ([*SQUARE[:2], (9, 0), *SQUARE[2:]], False),  # a corner of it
        ([*SQUARE[:2], (4, 8), (9, 9), *SQUARE[2:]], False),  # there and back
        ([*SQUARE[:2], (4, 4), (6, 4), (5, 5), (5, 3), *SQUARE[2:]], False),  # crosses itself
        ([*SQUARE[:2], (4, np.inf), *SQUARE[2:]], False),
        ([(8, 0), *SQUARE[1:]], False),  # another first corner: nothing is known
        ([(1, 1), (8, 1), (8, 8), (1, 8)], False),
    ],
)
def test_a_path_that_meets_nothing_keeps_a_polygon_valid(shell, expected):
    assert follows(shapely.Polygon(shell), shapely.Polygon(SQUARE)) is expected


@pytest.mark.parametrize(
    ("holes", "expected"),
    [
        ([(2, 6, 4, 7)], True),  # off the path
        ([(3, 2, 6, 4)], False),  # across it
        ([(1, 5, 2, 6), (6, 5, 7, 6)], True),
        ([(4, 5, 5, 6)], False),  # its shell is drawn around it, so that it lies outside
        ([(3, 8, 4, 8.5)], True),
    ],
)
def test_holes_must_stay_inside_and_off_the_path(holes, expected):
    rings = [shapely.box(*hole).exterior for hole in holes]
    # A dent from the right, below the holes; or, for the one that is left out, around it.
    dent = [(9, 3), (2.5, 3), (2.5, 4), (9, 4)]
    if holes == [(4, 5, 5, 6)]:
        dent = [(9, 4), (3, 4), (3, 7), (9, 7)]
    ring = [(0, 0), (9, 0), (9, 1), *dent, (9, 8), (9, 9), (0, 9), (0, 8), (0, 7)]
    before = shapely.Polygon([*ring[:3], *ring[7:]], rings)
    after = shapely.Polygon(ring, rings)
    assert before.is_valid
    assert follows(after, before) is expected
    assert after.is_valid or not expected


@pytest.mark.parametrize("corner", range(1, 12))
def test_a_corner_that_is_left_out_keeps_a_polygon_valid(corner):
    ring = shapely.segmentize(shapely.Polygon(SQUARE), 3).exterior.coords[:-1]
    assert len(ring) == 12
    before, after = shapely.Polygon(ring), shapely.Polygon(ring[:corner] + ring[corner + 1 :])
    assert follows(after, before)
    assert follows(before, after)


def test_a_polygon_drawn_at_one_place_is_not_valid():
    place, others = [(1, 1)] * 200, [(2, 1), (2, 2)]
    before, after = shapely.Polygon([*place, *others]), shapely.Polygon([*place, (1, 1)])
    assert before.is_valid
    assert not after.is_valid
    assert not follows(after, before)


def test_other_holes_tell_nothing():
    hole, other = (shapely.box(x, 2, x + 1, 3).exterior for x in (2, 4))
    with_hole = shapely.Polygon(SQUARE, [hole])
    assert follows(with_hole, with_hole)
    assert not follows(shapely.Polygon(SQUARE, [other]), with_hole)
    assert not follows(shapely.Polygon(SQUARE, [hole, other]), with_hole)
    assert not follows(shapely.Polygon(SQUARE), with_hole)
    assert not follows(with_hole, shapely.Polygon(SQUARE))


def test_of_nothing_nothing_is_known():
    none = rings_of(np.zeros(0, dtype=object))
    assert stay_valid(none, np.zeros(0, dtype=np.int64)).tolist() == []
    one = rings_of(np.array([shapely.box(0, 0, 1, 1)]))
    assert stay_valid(one, np.zeros(1, dtype=np.int64)).tolist() == [False]


# ---- Days --------------------------------------------------------------------------------


def day(number, *zones):
    holders = tuple(Holder(f"actor {index}") for index in range(len(zones)))
    geometry = np.array([*zones, None], dtype=object)[:-1]
    return RawZones(date(2018, 1, number), WGS84, Source("drawn.geojson"), holders, geometry)


def wheel(*moved, x=37.0, corners=400):
    """Return a polygon of many corners, some of them moved outwards or inwards."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = np.ones(corners)
    for corner, length in moved:
        radius[corner] = length
    return shapely.Polygon(
        np.column_stack([x + radius * np.cos(angle), 35 + radius * np.sin(angle)])
    )


def test_days_are_valid_where_each_of_their_polygons_is():
    crossed = shapely.Polygon(
        [*wheel().exterior.coords[:40], (35, 35), *wheel().exterior.coords[41:-1]]
    )
    assert not crossed.is_valid
    far = wheel(x=47)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    days = [
        day(1, wheel(), far, bow),
        day(2, wheel((3, 1.2)), far),
        day(3, crossed, shapely.Point(1, 1), far),
        day(4, crossed, None, far),
        day(5, wheel((9, 0.4)), shapely.MultiPolygon([far, bow, bow])),
        day(6),
        day(7, far, wheel()),
    ]
    found = drawn_days(days)
    assert [each.valid.tolist() for each in found] == [
        [True, True, False],
        [True, True],
        [False, True],
        [False, True],
        [True, True, False, False],
        [],
        [True, True],
    ]
    assert [each.feature.tolist() for each in found] == [
        [0, 1, 2], [0, 1], [0, 2], [0, 2], [0, 1, 1, 1], [], [0, 1],
    ]  # fmt: skip
    assert found[2].others == ((1, "Point"),)
    for each, alone in zip(found, (drawn_days([raw])[0] for raw in days), strict=True):
        assert each.valid.tolist() == alone.valid.tolist()
        assert np.array_equal(each.rings.xy, alone.rings.xy)
        assert np.array_equal(each.rings.start, alone.rings.start)
        assert np.array_equal(each.rings.polygon, alone.rings.polygon)
        assert each.may_stray.tolist() == alone.may_stray.tolist()
        assert each.others == alone.others


def test_an_invalid_day_does_not_pass_for_valid_on_the_next():
    """What follows an invalid polygon is looked at as a whole."""
    crossed = shapely.Polygon(
        [*wheel().exterior.coords[:40], (35, 35), *wheel().exterior.coords[41:-1]]
    )
    dented = shapely.Polygon(
        [*crossed.exterior.coords[:300], (37.5, 35.1), *crossed.exterior.coords[301:-1]]
    )
    assert follows(dented, crossed)  # if the one before were valid
    assert [each.valid.tolist() for each in drawn_days([day(1, crossed), day(2, dented)])] == [
        [False], [False],
    ]  # fmt: skip


def test_a_corner_that_is_no_number_hides_nothing_on_other_days():
    """Days are looked at together, and what is odd on one must not change another."""
    ring = [(0, 0), *wheel().exterior.coords[1:-1]]
    with np.errstate(invalid="ignore"):
        odd = shapely.linearrings([[(1, 1), (np.nan, 2), (2, 2), (1, 1)]])[0]
    days = [day(1, shapely.Polygon(odd)), day(2, shapely.Polygon(ring))]
    alone = [drawn_days([each])[0].may_stray.tolist() for each in days]
    assert [each.may_stray.tolist() for each in drawn_days(days)] == alone == [[], [0]]

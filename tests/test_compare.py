"""Where two publishers differ is counted on squares and checked against plain overlays."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from squares import (
    KM,
    PLANE,
    actor_mark,
    counted_transitions,
    day,
    drawn,
    frame,
    history_of,
    squares,
)
from strategies import grids

from territory.errors import InputError
from territory.geometry.area import project
from territory.geometry.projection import WGS84, EqualArea
from territory.history.history import from_coverage, from_snapshots
from territory.history.overlaps import Overlap
from territory.history.repair import Repair, normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.maps.kinds.differences import comparison_map
from territory.maps.map_text import MapText, Words
from territory.maps.sheet import Group
from territory.measure.change import areas_by_day, zones
from territory.measure.compare import UNKNOWN, compare
from territory.measure.disputes import Ground, Piece, pieces, sentence
from territory.quality.countries import Countries
from territory.read.basemap import Context


def matrix_of(comparison):
    return {
        (one, other): comparison.km2[i, j]
        for i, one in enumerate(comparison.holders)
        for j, other in enumerate(comparison.holders)
        if comparison.km2[i, j]
    }


def assert_margins(comparison, one, other, *, area=None, share=1e-9):
    """Rows must add up to one series' areas and columns to the other's."""
    allowed = share * comparison.total_km2
    for axis, history, at in ((1, one, 0), (0, other, 1)):
        sums = dict(zip(comparison.holders, comparison.km2.sum(axis=axis), strict=True))
        when = comparison.days[at]
        row = areas_by_day(history.at_days((when,)), area)[0]
        for holder, km2 in zip(history.holders, row, strict=True):
            if holder != NOBODY or area:
                assert abs(sums.get(holder, 0.0) - km2) <= allowed, holder


@settings(max_examples=40)
@given(grids(days=2))
def test_squares_are_counted(both):
    one, other = history_of(both[0]), history_of(both[1]) if held(both[1]) else None
    if other is None:
        return
    found = compare(one, other, day_one=day(0), day_other=day(0), area="frame")
    counted = counted_transitions(*both)
    seen = {(actor_mark(a), actor_mark(b)): km2 for (a, b), km2 in matrix_of(found).items()}
    assert seen.keys() == counted.keys()
    for pair, count in counted.items():
        assert seen[pair] == pytest.approx(count, rel=1e-9)
    assert_margins(found, one, other, area="frame")


def held(grid):
    return set("".join(grid)) != {"."}


@settings(max_examples=40)
@given(grids(days=2))
def test_without_an_area_ground_of_nobody_in_both_is_left_out(both):
    if not all(map(held, both)):
        return
    one, other = (from_snapshots((drawn(grid),), projection=PLANE) for grid in both)
    found = compare(one, other, day_one=day(0), day_other=day(0))
    counted = Counter(counted_transitions(*both))
    del counted[".", "."]
    assert found.total_km2 == pytest.approx(sum(counted.values()), rel=1e-9)
    assert_margins(found, one, other)


@settings(max_examples=40)
@given(grids(days=2))
def test_planes_with_different_centres(both):
    if not all(map(held, both)):
        return
    one = from_snapshots((drawn(both[0]),), projection=PLANE)
    far = EqualArea(PLANE.longitude + 3, PLANE.latitude - 2)
    plain = from_snapshots((drawn(both[1]),), projection=PLANE)
    carried = project(plain.faces, PLANE.crs, far.crs)
    area_m2 = shapely.area(carried)
    other = replace(plain, projection=far, faces=carried, area_m2=area_m2)
    found = compare(one, other, day_one=day(0), day_other=day(0))
    assert_margins(found, one, other, share=1e-6)
    same = sum(count for (a, b), count in counted_transitions(*both).items() if a == b != ".")
    assert found.agreed_km2 == pytest.approx(same, abs=1e-4)


def test_a_series_agrees_with_itself():
    history = history_of(squares("AAB", "A.B"))
    found = compare(history, history, day_one=day(0), day_other=day(0), area="frame")
    assert found.differences() == ()
    assert found.agreed_km2 == pytest.approx(6)
    assert {str(holder): g.area / KM**2 for holder, g in found.agreed()} == pytest.approx(
        {"A": 3, "B": 2, "nobody": 1}
    )


def test_differences_come_with_their_ground_the_largest_first():
    one = history_of(squares("AAAB", "...B"))
    other = history_of(squares("ABBB", "...."))
    found = compare(one, other, day_one=day(0), day_other=day(0), area="frame")
    listed = [(str(d.one), str(d.other), round(d.km2, 9)) for d in found.differences()]
    assert listed == [("A", "B", 2.0), ("B", "nobody", 1.0)]
    assert found.differences()[0].geometry.equals(shapely.box(KM, -KM, 3 * KM, 0))


def test_two_days_of_two_series():
    one = history_of(squares("A."), squares("AA"))
    other = history_of(squares(".A"), squares("A."))
    found = compare(one, other, day_one=day(1), day_other=day(1), area="frame")
    assert found.agreed_km2 == pytest.approx(1)
    with pytest.raises(InputError, match="nearest days"):
        compare(one, other, day_one=day(9), day_other=day(1))


def test_ground_beyond_a_coverage_is_not_known():
    cells = np.array([shapely.box(0, -KM, KM, 0)])
    holders = (NOBODY, Holder("A"))
    held_by = np.array([[1]], dtype=np.int16)
    one = from_coverage(cells, held_by, days=(day(0),), holders=holders, projection=PLANE)
    other = history_of(squares("AB"))
    found = compare(one, other, day_one=day(0), day_other=day(0))
    pairs = [(d.one, d.other) for d in found.differences()]
    assert pairs == [(UNKNOWN, Holder("B"))]
    assert found.holders[-1] == UNKNOWN


def test_an_unknown_area_is_an_error():
    history = history_of(squares("A"))
    with pytest.raises(InputError, match="no area is named"):
        compare(history, history, day_one=day(0), day_other=day(0), area="nowhere")


def test_a_name_with_a_mark_in_it_keeps_it():
    shape = np.array([frame(squares("A"))], dtype=object)
    raw = RawZones(day(0), PLANE.crs, Source("x"), (Holder("a:b:c"),), shape)
    history = from_snapshots((normalise(raw),), projection=PLANE)
    found = compare(history, history, day_one=day(0), day_other=day(0))
    assert [str(holder) for holder, _ in found.agreed()] == ["a:b:c"]


# ---- two publishers of one war ----

WHEN = date(2022, 8, 15)


@pytest.fixture(scope="module")
def publishers(shared_data):
    """Return what DeepState and ISW drew as held by Russia on or about one day."""
    folder = shared_data / "ukraine"
    isw = next(folder.glob(f"isw/*CoT*/{WHEN:%Y%m%d}_*.geojson"), None)
    raw = sorted(folder.glob("deepstate_raw/*.geojson"), key=lambda p: int(p.stem))
    if isw is None or not raw:
        pytest.skip("needs isw and deepstate_raw in the public series")
    noon = datetime(WHEN.year, WHEN.month, WHEN.day, 12, tzinfo=UTC).timestamp()
    nearest = min(raw, key=lambda path: abs(int(path.stem) - noon))
    occupied = {"#a52714", "#880e4f", "#bcaaa4"}
    return (
        one_holder(nearest, lambda kept: str(kept.get("fill")).lower() in occupied),
        one_holder(isw, lambda _: True),
    )


def one_holder(path, chosen):
    content = orjson.loads(path.read_bytes())
    shapes = [
        shapely.from_geojson(orjson.dumps(feature["geometry"]))
        for feature in content["features"]
        if feature["geometry"] and chosen(feature["properties"])
    ]
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    holders = (Holder("russia"),) * len(shapes)
    raw = RawZones(WHEN, WGS84, Source(path.name), holders, geometry)
    snapshot = normalise(raw, repair=Repair.WINDING)
    return from_snapshots((snapshot,), overlap=Overlap.FIRST)


def test_real_publishers_agree_with_a_plain_overlay(publishers):
    one, other = publishers
    found = compare(one, other, day_one=WHEN, day_other=WHEN)
    assert_margins(found, one, other, share=1e-9 if one.projection == other.projection else 1e-6)
    ours = dict(zones(one, WHEN))[Holder("russia")]
    theirs = dict(zones(other, WHEN))[Holder("russia")]
    (carried,) = project(np.array([theirs], dtype=object), other.projection.crs, one.projection.crs)
    carried = shapely.make_valid(carried)
    seen = matrix_of(found)
    russia = Holder("russia")
    for pair, plain in (
        ((russia, russia), shapely.intersection(ours, carried)),
        ((russia, NOBODY), shapely.difference(ours, carried)),
        ((NOBODY, russia), shapely.difference(carried, ours)),
    ):
        assert seen[pair] == pytest.approx(plain.area / 1e6, abs=1e-6 * found.total_km2)


# ---- the map ----


def texts_of(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_map_names_both_publishers_days_and_figures(language):
    one = history_of(squares("AAAB", "AA.B"), squares("A...", "...."))
    other = history_of(squares("ABBB", "AA.."))
    found = compare(one, other, day_one=day(0), day_other=day(0), area="frame")
    text = MapText("They differ", source="squares", language=language)
    figure = comparison_map(found, names=("First", "Other"), context=Context(), text=text)
    said = texts_of(figure)
    words = Words(language)
    for name in ("First", "Other"):
        assert f"{name}: " in said
    assert said.count(words.day(day(0))) == 2
    for difference in found.differences():
        assert words.area(difference.km2) in said


def test_a_map_of_agreement_says_so():
    history = history_of(squares("AAB", "A.B"))
    found = compare(history, history, day_one=day(0), day_other=day(0), area="frame")
    text = MapText("They agree", source="squares")
    figure = comparison_map(found, names=("First", "Other"), context=Context(), text=text)
    assert Words("en").say("no_difference") in texts_of(figure).replace("\n", " ")


def test_zones_without_an_area_are_compared_without_a_rim():
    one, other = history_of(squares("AAAB", "AA.B")), history_of(squares("ABBB", "AA.."))
    found = compare(one, other, day_one=day(0), day_other=day(0))
    shown = {"names": ("First", "Other"), "context": Context(), "text": MapText("x", source="x")}
    framed, free = (comparison_map(found, framed=each, **shown) for each in (True, False))
    rims = [{str(a.get_gid()) for a in f.findobj(Patch) if a.get_gid()} for f in (framed, free)]

    assert "area" in rims[0]
    assert "area" not in rims[1]
    assert "Other: Others, or nobody" in texts_of(free)
    assert "of it" not in texts_of(free)


def test_every_pair_has_a_look_of_its_own():
    grid_one, grid_other = squares("ABCABC", "AABBCC"), squares("BCABAC", "AABBCC")
    one, other = history_of(grid_one), history_of(grid_other)
    found = compare(one, other, day_one=day(0), day_other=day(0), area="frame")
    figure = comparison_map(
        found, names=("First", "Other"), context=Context(), text=MapText("x", source="x")
    )
    swatches = {
        (patch.get_facecolor(), patch.get_hatch())
        for group in figure.findobj(Group)
        for patch in group.get_children()
        if isinstance(patch, Rectangle)
    }
    agreed = [pair for pair in found.agreed() if pair[1].area > 0]
    assert len(swatches - {(figure.patch.get_facecolor(), None)}) >= len(found.differences()) + len(
        agreed
    )


# ---- What both speak of ----------------------------------------------------------------------

# Land in the west of the grid, two countries of two rows each; the sea is in the east.
LAND_A, LAND_B = shapely.box(0, -2 * KM, 3 * KM, 0), shapely.box(0, -4 * KM, 3 * KM, -2 * KM)


def two_countries():
    plane = np.array([LAND_A, LAND_B], dtype=object)
    degrees = project(plane, PLANE.crs, WGS84, max_chord_error=1e-9)
    return Countries(("A", "B"), np.array([6.0, 6.0]), degrees)


def spoken(one, other):
    found = compare(history_of(one), history_of(other), day_one=day(0), day_other=day(0))
    ground = pieces(found, two_countries())
    assert sum(piece.km2 for piece in ground) == pytest.approx(found.total_km2, rel=1e-9)
    return {
        (actor_mark(piece.one), actor_mark(piece.other), str(piece.ground)): piece.km2
        for piece in ground
        if piece.km2 > 1e-4
    }, sentence(ground)


def test_a_rough_coast_is_no_dispute():
    one = squares("AAA.", "AA..", "....", "....")
    other = squares("AAAA", "AAAA", "....", "....")
    km2, said = spoken(one, other)
    assert km2 == {
        ("A", "A", "both"): pytest.approx(5, abs=1e-3),
        (".", "A", "both"): pytest.approx(1, abs=1e-3),
        (".", "A", "sea"): pytest.approx(2, abs=1e-3),
    }
    assert said == (
        "they agree on 83.3 % of the 6.0 km2 that both speak of; besides, 2.0 km2 at sea or along"
        " coasts"
    )


def test_a_country_in_which_only_one_draws_is_no_dispute():
    one = squares("AA..", "AA..", "BB..", "BB..")
    other = squares("AA..", "A...", "....", "....")
    km2, _ = spoken(one, other)
    assert km2 == {
        ("A", "A", "both"): pytest.approx(3, abs=1e-3),
        ("A", ".", "both"): pytest.approx(1, abs=1e-3),
        ("B", ".", "one"): pytest.approx(4, abs=1e-3),
    }
    # as soon as the other gives ground to somebody there, its silence means something
    km2, _ = spoken(one, squares("AA..", "A...", "C...", "...."))
    assert km2["B", "C", "both"] == pytest.approx(1, abs=1e-3)
    assert km2["B", ".", "both"] == pytest.approx(3, abs=1e-3)


def test_two_holders_of_one_ground_are_a_dispute_even_at_sea():
    km2, _ = spoken(squares("AAAA"), squares("AAAB"))
    assert km2["A", "B", "both"] == pytest.approx(1, abs=1e-3)
    assert {ground for _, _, ground in km2} == {"both"}


def test_ground_beyond_a_coverage_is_not_spoken_of():
    both = [
        from_coverage(
            np.array([shapely.box(k * KM, 0, (k + 1) * KM, KM) for k in range(count)]),
            np.ones((1, count), dtype=np.int16),
            days=(day(0),),
            holders=(NOBODY, Holder("a")),
            projection=PLANE,
        )
        for count in (2, 3)
    ]
    found = compare(*both, day_one=day(0), day_other=day(0))
    assert [(str(p.one), str(p.ground), p.km2) for p in pieces(found)] == [
        ("a", "both", pytest.approx(2)),
        ("unknown", "one", pytest.approx(1)),
    ]


def test_what_neither_draws_is_no_agreement():
    a, box = Holder("a"), shapely.box(0, 0, 1000, 1000)
    both = [Piece(a, a, Ground.BOTH, box), Piece(NOBODY, a, Ground.BOTH, box)]
    wide = Piece(NOBODY, NOBODY, Ground.BOTH, shapely.box(0, 0, 1e6, 1e6))
    assert sentence([*both, wide]) == sentence(both)
    assert sentence(both).startswith("they agree on 50.0 % of the 2.0 km2")

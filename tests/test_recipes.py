"""Measuring recipes: every metric against another library, counting against squares, luck."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer
from squares import day, history_of, squares

from territory.actors import Holder, Status
from territory.errors import InputError
from territory.projection import WGS84, EqualArea, geodesic_area_km2, project
from territory.recipes.chance import covered, half_window, series_log10
from territory.recipes.counting import (
    Choice,
    Table,
    counted,
    label_subsets,
    repeated_ground,
    require_days,
    zone_table,
)
from territory.recipes.explanation import CANNOT_TELL, CERTAIN, Constant, metric_bits
from territory.recipes.figure import explain_figure
from territory.recipes.grids import grid_metrics
from territory.recipes.known_land import constants, namer
from territory.recipes.metrics import (
    TRUE,
    known_metrics,
    planar,
    plate_carree,
    sphere_chords,
    sphere_great_circles,
)
from territory.recipes.readings import Asked, Quantity, reading_table, variants, weights
from territory.recipes.rings import rings_of
from territory.recipes.series import explain_series
from territory.recipes.words import Answer, day_rows, rows, sentence
from territory.snapshot import RawZones, Source

UKRAINE = (22.1, 44.3, 40.3, 52.4)
DAY = date(2022, 4, 1)


def blob(x=37.0, y=48.0, size=1.0, seed=0):
    """Return a star-shaped polygon with a hole; every seed another one."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 40))
    radius = size * rng.uniform(0.6, 1.0, 40)
    shell = np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])
    hole = shapely.Point(x, y).buffer(size * 0.2, quad_segs=3)
    return shapely.Polygon(shell).difference(hole)


def rings(*polygons):
    shapes = np.array([*polygons, None], dtype=object)[:-1]
    return rings_of(shapes, np.arange(len(shapes)), crs=WGS84, atoms=len(shapes))


# ---- Metrics ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [3857, 32636, 5562, 2180, 3035, 6933])
def test_planar_is_what_shapely_measures_of_projected_corners(code):
    crs, shapes = CRS.from_epsg(code), [blob(), blob(33, 46, 0.5, seed=1)]
    to_plane = Transformer.from_crs(4326, crs, always_xy=True)
    flat = shapely.transform(shapes, lambda xy: np.column_stack(to_plane.transform(*xy.T)))
    measured = replace(TRUE, measure=lambda r: planar(r, crs=crs)).km2(rings(*shapes))
    assert measured == pytest.approx(shapely.area(flat) / 1e6, rel=1e-11)


def test_a_grid_in_feet_is_measured_in_metres():
    shape = blob(-74.0, 40.7, 0.1)
    feet, metres = CRS.from_epsg(2263), CRS.from_epsg(32118)  # New York Long Island
    one = planar(rings(shape), crs=feet)
    assert one == pytest.approx(planar(rings(shape), crs=metres), rel=1e-6)


@pytest.mark.parametrize("shape", [blob(), shapely.box(30, 46, 40, 52), blob(37.2, 35.7, 0.3)])
def test_true_areas_are_those_of_a_dense_equal_area_projection_and_of_karney(shape):
    polygon = np.array([shape])
    plane = EqualArea(round(shape.centroid.x, 1), round(shape.centroid.y, 1)).crs
    dense = shapely.area(project(polygon, WGS84, plane)) / 1e6
    assert TRUE.km2(rings(shape)) == pytest.approx(dense, rel=2e-8)
    assert TRUE.km2(rings(shape)) == pytest.approx(geodesic_area_km2(polygon, WGS84), rel=2e-8)


def test_geodesic_is_that_of_pyproj():
    found = next(m for m in known_metrics(UKRAINE) if m.id == "geodesic").km2(rings(blob()))
    direct = abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(blob()))[0])
    assert found == pytest.approx(direct / 1e6, rel=1e-9)


def test_chords_on_a_ball_are_exact_between_parallels():
    box, radius = shapely.box(36, 35, 37, 36), 6_378_137.0
    exact = radius**2 * np.radians(1) * (np.sin(np.radians(36)) - np.sin(np.radians(35)))
    assert sphere_chords(rings(box), radius_m=radius) == pytest.approx(exact, rel=1e-12)


def test_chords_on_a_ball_are_the_published_formula():
    """The sum over corners of (next longitude - previous) times sine of latitude, halved."""
    corners = np.radians(np.array(blob().exterior.coords)[:-1])
    count, total = len(corners), 0.0
    for i in range(count):
        before, after = corners[i - 1][0], corners[(i + 1) % count][0]
        total += (after - before) * np.sin(corners[i][1])
    expected = abs(total) * 6_371_008.8**2 / 2
    found = sphere_chords(rings(shapely.Polygon(blob().exterior)), radius_m=6_371_008.8)
    assert found == pytest.approx(expected, rel=1e-12)


def test_great_circles_are_geodesics_of_a_ball():
    octant = shapely.Polygon([(0, 0), (90, 0), (0, 90)])
    eighth = 4 * np.pi / 8
    assert sphere_great_circles(rings(octant), radius_m=1.0) == pytest.approx(eighth, rel=1e-12)
    ball = Geod(a=6_371_010.0, b=6_371_010.0)
    direct = abs(ball.geometry_area_perimeter(shapely.orient_polygons(blob()))[0])
    found = rings(blob())
    areas = found.by_atom(sphere_great_circles(found, radius_m=6_371_010.0))
    assert areas == pytest.approx(direct, rel=1e-9)


def test_degrees_are_counted():
    box = rings(shapely.box(36, 35, 37, 36))
    plain = plate_carree(box, km_per_degree=111.32, latitude=0.0)
    assert plain / 1e6 == pytest.approx(111.32**2)
    shrunk = plate_carree(box, km_per_degree=111.32, latitude=60.0)
    assert shrunk / 1e6 == pytest.approx(111.32**2 / 2)


def test_an_invalid_polygon_is_measured_as_it_is_drawn():
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 3)])
    degrees = plate_carree(rings(bow_tie), km_per_degree=0.001, latitude=0.0)
    assert degrees == pytest.approx(bow_tie.area)


def test_corners_beyond_a_projection_give_no_area():
    far = replace(TRUE, measure=lambda r: planar(r, crs=CRS.from_epsg(32636)))
    assert not np.isfinite(far.km2(rings(shapely.box(122, 0, 124, 1)))[0])


def test_every_metric_says_what_it_does_and_why_it_goes_wrong():
    metrics = [
        *known_metrics(UKRAINE),
        *grid_metrics(UKRAINE, without=("epsg:32635", "epsg:32636")),
    ]
    assert len({metric.id for metric in metrics}) == len(metrics) > 100
    for metric in metrics:
        function = getattr(metric.measure, "func", metric.measure)
        assert metric.does and metric.wrong and metric.source and function.__doc__


def test_web_mercator_stretches_by_the_square_of_the_secant():
    metric = next(m for m in known_metrics(UKRAINE) if m.id == "web-mercator")
    for latitude, said in ((35.0, 1.5), (45.0, 2.0), (60.0, 4.0)):  # as its sentence says
        small = rings(shapely.box(37, latitude - 0.01, 37.02, latitude + 0.01))
        assert metric.km2(small) / TRUE.km2(small) == pytest.approx(said, rel=0.02)


# ---- Grids -----------------------------------------------------------------------------------


def test_grids_of_the_country_and_its_neighbours_are_found():
    found = {code for m in grid_metrics(UKRAINE) for code in (m.id, *m.alias)}
    assert {"epsg:5562", "epsg:6381", "epsg:32634", "epsg:32637", "epsg:2180"} <= found
    assert "epsg:27700" not in found  # Great Britain
    assert "epsg:3857" not in {m.id for m in grid_metrics(UKRAINE, without=("epsg:3857",))}


def test_grids_under_one_name_measure_the_same_and_others_do_not():
    shape = rings(blob())
    for metric in grid_metrics(UKRAINE):
        if metric.id in ("epsg:5562", "epsg:2494", "epsg:3046"):
            assert metric.alias
            for other in metric.alias:
                crs = CRS.from_user_input(other.upper())
                same = shape.by_atom(planar(shape, crs=crs)) / 1e6
                assert same == pytest.approx(metric.km2(shape), rel=1e-12)


# ---- What is counted -------------------------------------------------------------------------


def zones(*drawn, when=DAY):
    """Return raw zones from (label, polygon) pairs."""
    shapes = np.array([*(shape for _, shape in drawn), None], dtype=object)[:-1]
    return RawZones(when, WGS84, Source("x"), tuple(Holder(name) for name, _ in drawn), shapes)


boxes = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(1, 3),
    st.integers(1, 3),
)


@settings(max_examples=40)
@given(st.lists(boxes, min_size=1, max_size=6))
def test_overlaps_are_counted_once_or_as_often_as_drawn(found):
    """The oracle counts cells of a tenth of a degree."""
    drawn = [
        (name, shapely.box(36 + x / 10, 48 + y / 10, 36 + (x + w) / 10, 48 + (y + h) / 10))
        for name, x, y, w, h in found
    ]
    here = counted([zones(*drawn)])
    chosen = np.array([[name in "ab" for name in here.labels], [True] * len(here.labels)])
    once, often = here.km2(TRUE.km2(here.rings)[None, :], chosen)
    for row, wanted in enumerate(("ab", "abc")):
        times = np.zeros((8, 8))
        for name, x, y, w, h in found:
            times[y : y + h, x : x + w] += name in wanted
        cell = np.array([TRUE.km2(rings(cell_at(y)))[0] for y in range(8)])[:, None]
        assert often[0, row, 0] == pytest.approx((times * cell).sum(), rel=1e-9, abs=1e-9)
        assert once[0, row, 0] == pytest.approx(((times > 0) * cell).sum(), rel=1e-9, abs=1e-9)


@cache
def cell_at(row):
    return shapely.box(36, 48 + row / 10, 36.1, 48.1 + row / 10)


def test_a_polygon_given_seven_times_is_one_piece():
    shapes = np.array([blob()] * 7)
    pieces, cover = repeated_ground(shapes, np.zeros(7, dtype=np.int64), 1)
    assert cover.tolist() == [[7]]
    assert shapely.area(pieces).sum() == pytest.approx(blob().area)


def test_zones_that_only_touch_do_not_overlap():
    here = counted([zones(("a", shapely.box(0, 0, 1, 1)), ("b", shapely.box(1, 0, 2, 1)))])
    assert not here.overlapping


def test_the_labels_of_the_actor_come_first_and_each_departure_costs():
    found = label_subsets(["a", "b", "c", "d"], {"x": frozenset("ab")})
    assert found[0].labels == ("a", "b")
    assert found[0].bits == 0
    assert {len(s.labels): s.bits for s in found if s.labels in (("a",), ("a", "b", "c"))} == {
        1: 3.0,
        3: 3.0,
    }
    assert len(found) == 15


def test_with_many_labels_only_near_sets_are_tried():
    names = [f"actor-{n}" for n in range(30)]
    found = label_subsets(names, {"x": frozenset(names[:1])})
    assert len(found) == 1 + 29 + 29 + 29 * 28 / 2  # one or two labels more, less or swapped


def test_the_file_of_another_day_is_tried():
    raws = [zones(("a", blob(size=0.5 + n / 10)), when=DAY + timedelta(n)) for n in range(3)]
    here = counted(raws)
    atoms = TRUE.km2(here.rings)[None, :]
    subsets = label_subsets(["a"], {"a": frozenset("a")})
    table = zone_table(here, atoms, subsets, {DAY + timedelta(1): 1.0}, meaning={})
    by_shift = {
        choice.id: table.values[0, c][np.isfinite(table.published[c])].tolist()
        for c, choice in enumerate(table.choices)
    }
    assert by_shift["a"] == [atoms[0, 1]]
    assert by_shift["a; file of 1 day later"] == [atoms[0, 2]]
    assert by_shift["a; file of 1 day earlier"] == [atoms[0, 0]]
    assert by_shift["a; file of 2 days later"] == []


def test_days_without_a_file_are_refused_with_the_nearest():
    have = [DAY, DAY + timedelta(7)]
    with pytest.raises(InputError, match="nearest days are 2022-04-01 and 2022-04-08"):
        require_days({DAY + timedelta(2): 1.0}, have)
    with pytest.raises(InputError, match="no day in common: published are 2021"):
        require_days({date(2021, 1, 1): 1.0, date(2021, 1, 2): 1.0}, have)


# ---- Readings --------------------------------------------------------------------------------

BEFORE = squares("AAAB", "AABB", "..BB")
AFTER = squares("AABB", "AAAB", "AABB")
A, B = frozenset({Holder("A")}), frozenset({Holder("B")})


@pytest.mark.parametrize(
    ("quantity", "other", "expected"),
    [
        ("gained", frozenset(), 3),
        ("gained", B, 1),
        ("lost", frozenset(), 1),
        ("net", frozenset(), 2),
        ("net", B, 0),
        ("changed-hands", frozenset(), 4),
        ("total", frozenset(), 7),
    ],
)
def test_quantities_count_squares(quantity, other, expected):
    history = history_of(BEFORE, AFTER)
    asked = Asked(Quantity(quantity), A, other, day(0), day(1))
    assert weights(asked, history) @ history.area_m2 / 1e6 == pytest.approx(expected)


def test_a_share_is_of_the_area_or_of_what_another_held():
    history = history_of(BEFORE, AFTER)
    face_km2 = history.area_m2[None, :] / 1e6
    of_area = Asked(Quantity.SHARE, A, frozenset(), day(1), day(1), area="frame")
    of_theirs = Asked(Quantity.SHARE, A, B, day(0), day(1))
    table = reading_table(history, face_km2, [of_area, of_theirs], 1.0)
    assert table.values[0, :, 0] == pytest.approx([100 * 7 / 12, 100 * 1 / 5])


def test_variants_depart_from_the_reading_in_at_most_two_respects():
    history = history_of(BEFORE, AFTER, BEFORE)
    asked = Asked(Quantity.GAINED, A, B, day(0), day(1))
    found = variants(asked, history)
    assert found[0] == asked
    assert max(len(each.departures) for each in found) == 2
    assert len({each.choice.id for each in found}) == len(found)
    assert {("gains less losses",), ("from or to anyone",), ("to 1 day later",)} <= {
        each.departures for each in found
    }
    assert all(each.bits > 0 for each in found[1:])


def test_a_claimed_holder_may_have_been_counted():
    history = history_of(BEFORE, AFTER)
    holders = (*history.holders[:-1], Holder("B", Status.CLAIMED))
    claimed = replace(history, holders=holders)
    found = variants(Asked(Quantity.TOTAL, A, frozenset(), day(1), day(1)), claimed)
    assert "with B (claimed) added" in {d for each in found for d in each.departures}


# ---- Luck ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("recipes", "tolerance"), [(3, 0.001), (40, 0.0005), (40, 0.01)])
def test_the_share_covered_is_how_often_a_random_number_comes_close(recipes, tolerance):
    rng = np.random.default_rng(recipes)
    values = 1000 * np.exp(rng.uniform(-0.2, 0.2, recipes))
    stated = covered(np.log(values), 1000.0, tolerance, 0.1)
    drawn = 1000 * np.exp(rng.uniform(-0.1, 0.1, 20_000))
    close = np.abs(np.log(values[None, :] / drawn[:, None])).min(axis=1) <= np.log1p(tolerance)
    assert close.mean() == pytest.approx(stated, abs=4 * np.sqrt(0.25 / 20_000))


@cache
def search_space():
    """Return metrics and a table of four overlapping zones over seven days."""
    raws = []
    for n in range(7):
        east = 36 + n / 100
        raws.append(
            zones(
                ("a", shapely.box(east, 48, 38, 49)),
                ("b", shapely.box(37.8 - n / 90, 48, 39 - n / 70, 48.7)),
                ("c", shapely.box(36.2, 47.5, 37, 48.1)),
                ("d", shapely.box(35, 47, 36, 47.3)),
                when=DAY + timedelta(n),
            )
        )
    here = counted(raws)
    metrics = (*known_metrics(here.rings.bounds), *grid_metrics(UKRAINE))
    atoms = np.stack([metric.km2(here.rings) for metric in metrics])
    subsets = label_subsets(here.labels, {"a": frozenset("a")})
    published = {DAY + timedelta(3): 1.0}
    return metrics, zone_table(here, atoms, subsets, published, meaning={}), here, atoms, subsets


def asking(table, published):
    return replace(table, published=np.where(np.isfinite(table.published), published, np.nan))


def test_a_number_from_nowhere_is_called_certain_no_more_often_than_said():
    """100 random figures: the best recipe has a chance of 5 % or less in about 5 % of them."""
    metrics, table, *_ = search_space()
    plain = float(table.values[0, 0, 3])
    rng = np.random.default_rng(7)
    chances = [
        explain_figure(metrics, asking(table, plain * np.exp(each)), half_unit=0.5, shown=1)[
            0
        ].chance
        for each in rng.uniform(-0.4, 0.4, 100)
    ]
    for level in (CERTAIN, CANNOT_TELL):
        allowed = level + 3 * np.sqrt(level * (1 - level) / len(chances))
        assert np.mean(np.array(chances) <= level) <= allowed


@pytest.mark.parametrize("metric", ["web-mercator", "sphere-6378.137", "degrees-111.32"])
def test_a_number_from_a_recipe_is_found(metric):
    metrics, table, *_ = search_space()
    m = [each.id for each in metrics].index(metric)
    published = round(float(table.values[m, 0, 3]), 2)
    best = explain_figure(metrics, asking(table, published), half_unit=0.005)[0]
    assert best.metric.id == metric
    assert best.choice.id == "a"
    assert best.chance < CERTAIN
    assert best.tried > 100 * 15 * 2 * 7


def test_the_plain_measurement_needs_no_explanation():
    metrics, table, *_ = search_space()
    published = round(float(table.values[0, 0, 3]))
    best = explain_figure(metrics, asking(table, published), half_unit=0.5)[0]
    assert best.is_plain
    assert "nothing to explain" in sentence(Answer("x", "km2", (best,)))


def test_a_loose_figure_explains_nothing():
    metrics, table, *_ = search_space()
    published = float(table.values[0, 0, 3]) * 1.1
    best = explain_figure(metrics, asking(table, published), half_unit=published / 20)
    assert best[0].chance >= CANNOT_TELL
    assert "cannot tell" in sentence(Answer("x", "km2", best))


def test_a_close_match_that_luck_explains_is_not_called_far_off():
    metrics, table, *_ = search_space()
    published = float(table.values[0, 0, 3])
    plain = explain_figure(metrics, asking(table, published), half_unit=0.5)[0]
    far = replace(plain, error=0.3, log10_chance=-0.1)
    close = replace(plain, error=0.01, log10_chance=0.0)
    told = sentence(Answer("x", "km2", (far, close)))
    assert "some come within 5 %, but no closer than luck" in told
    assert "none of the likely" not in told
    assert "none of the likely" in sentence(Answer("x", "km2", (far, far)))


def test_known_land_may_have_been_added_to_one_figure():
    metrics, table, *_ = search_space()
    land = constants((31.0, 45.5, 40.2, 50.1))
    assert [each.km2 for each in land] == [27_000.0, -27_000.0]
    published = round(float(table.values[0, 0, 3]) + 27_000, 1)
    best = explain_figure(metrics, asking(table, published), half_unit=0.05, constants=land)[0]
    assert best.constant == Constant("Crimea with Sevastopol", 27_000.0)
    assert best.metric is TRUE
    assert "adding 27,000.00 km2 (Crimea" in sentence(Answer("x", "km2", (best,)))


def test_a_constant_is_named_only_where_it_lies():
    assert namer((36.6, 35.2, 37.8, 36.1))(27_000.0) == "the same on every day"


def series_of(metric, subset, factor=1.0, add=0.0, spoil=()):
    """Return what a recipe would have published on seven days, and the table to find it in."""
    metrics, _, here, atoms, subsets = search_space()
    m = [each.id for each in metrics].index(metric)
    chosen = np.array([[name in subset for name in here.labels]])
    _, drawn = here.km2(atoms, chosen)
    figures = drawn[m, 0] * factor + add
    for at in spoil:
        figures[at] *= 1.07
    published = dict(zip(here.days, figures.tolist(), strict=True))
    return metrics, zone_table(here, atoms, subsets, published, meaning={})


@pytest.mark.parametrize(
    ("metric", "subset", "add", "spoil"),
    [
        ("web-mercator", "a", 0.0, ()),
        ("epsg:5562", "ab", 0.0, (2,)),
        ("epsg:6316", "ac", 0.0, ()),
        ("epsg:32637", "ab", 26_689.32, ()),
        ("sphere-6371.0088", "a", -500.0, (5,)),
    ],
)
def test_the_recipe_of_a_series_is_found(metric, subset, add, spoil):
    metrics, table = series_of(metric, subset, add=add, spoil=spoil)
    found = explain_series(metrics, table, half_unit=0.005)
    best = found[0]
    assert best.metric.id == metric
    assert best.choice.id.startswith(" + ".join(subset))
    assert [best.days.index(day) for day in best.odd_days] == list(spoil)
    assert best.error < 1e-6
    assert best.chance < 1e-6
    assert (best.constant.km2 if best.constant else 0.0) == pytest.approx(add, abs=0.01)
    assert len(day_rows(Answer("x", "km2", found))) == 7
    assert {row["rank"] for row in rows(Answer("x", "km2", found))} == set(range(1, len(found) + 1))


def test_a_series_from_nowhere_is_not_explained():
    metrics, _, here, atoms, subsets = search_space()
    rng = np.random.default_rng(3)
    certain = 0
    for _ in range(10):
        walk = 16_000 * np.exp(rng.uniform(-0.2, 0.2)) * np.cumprod(1 + rng.uniform(-0.01, 0.01, 7))
        published = dict(zip(here.days, walk.tolist(), strict=True))
        table = zone_table(here, atoms, subsets, published, meaning={})
        certain += explain_series(metrics, table, half_unit=0.5, shown=1)[0].chance < CERTAIN
    assert certain <= 2


def test_the_chance_of_a_series_bounds_how_often_random_changes_are_hit():
    """One wrong recipe against 20,000 random series of three days."""
    rng = np.random.default_rng(11)
    draws, tolerance, half = 20_000, 0.01, 0.1
    level = 1000 * np.exp(rng.uniform(-half, half, draws))
    steps = rng.uniform(-40, 40, (draws, 2))
    recipe = np.array([1000.0, 1010.0, 1005.0])
    published = level[:, None] + np.column_stack([np.zeros(draws), np.cumsum(steps, axis=1)])
    hit = (np.abs(recipe / published - 1) <= tolerance).all(axis=1).mean()
    stated = np.mean(
        [
            10 ** series_log10(np.array([tolerance]), each, odd=0, fitted=False, half_width=half)[0]
            for each in published[:2000]
        ]
    )
    assert 0 < hit <= stated
    assert stated < 20 * hit


def test_the_window_of_luck_reaches_to_the_plain_measurement():
    assert half_window(4600, 3035) == pytest.approx(np.log(4600 / 3035))
    assert half_window(100, 100) == pytest.approx(np.log(1.02))


def test_the_true_metric_is_free_and_grids_cost_more_than_known_methods():
    metrics = (*known_metrics(UKRAINE), *grid_metrics(UKRAINE))
    bits = metric_bits(metrics)
    assert bits[0] == 0
    known = {b for b, m in zip(bits[1:], metrics[1:], strict=True) if m.known}
    grids = {b for b, m in zip(bits, metrics, strict=True) if not m.known}
    assert max(known) < min(grids)


def test_nothing_to_compare_gives_no_explanation():
    choice = Choice("a", "", 0.0)
    empty = Table(
        (choice,), np.array([[None]]), np.full((1, 1, 1), np.nan), np.full((1, 1), np.nan)
    )
    assert explain_series([TRUE], empty, half_unit=0.5) == ()
    assert "cannot tell" in sentence(Answer("x", "km2"))


def test_the_sphere_of_bigquery_is_the_one_of_its_documented_example():
    """From the reference of ST_AREA: a polygon and its area in m2."""
    corners = [(-179, 26), (-179, 48), (-10, 48), (-10, 26), (-100, -10.1), (-179, 26)]
    zone = np.array([shapely.Polygon(corners)])
    rings = rings_of(zone, np.array([0]), crs=WGS84, atoms=1)
    metric = {each.id: each for each in known_metrics((30, 40, 31, 41))}["great-circle-6371.01"]
    assert metric.km2(rings)[0] * 1e6 == pytest.approx(9.564128913265508e13, rel=1e-12)

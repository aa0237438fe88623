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
from pyproj.exceptions import ProjError
from squares import day, history_of, squares

from territory.claims.model import Kind
from territory.claims.tallies import Query, Tally, figures
from territory.errors import InputError
from territory.explain.recipes.chance import Luck, covered, half_window, series_log10
from territory.explain.recipes.change_readings import Variant, reading_table, variants
from territory.explain.recipes.counting import (
    Choice,
    Table,
    counted,
    label_subsets,
    repeated_ground,
    require_days,
    zone_table,
)
from territory.explain.recipes.explanation import IS, MAY_BE, Constant, metric_bits
from territory.explain.recipes.figure_search import Figure, Recipes, explain_figure
from territory.explain.recipes.grids import grid_metrics
from territory.explain.recipes.known_land import constants, namer
from territory.explain.recipes.metrics import (
    TRUE,
    known_metrics,
    planar,
    plate_carree,
    sphere_chords,
    sphere_great_circles,
)
from territory.explain.recipes.rings import rings_of
from territory.explain.recipes.sentences import Answer, day_rows, rows, sentence
from territory.explain.recipes.series_search import explain_series
from territory.geometry.area import geodesic_area_km2, project
from territory.geometry.projection import WGS84, EqualArea
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder, Status

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


def test_every_grid_is_reached_by_the_shift_that_proj_takes_for_it():
    """Which shift is taken depends on what the grid is for: seen in the sixth digit."""
    shape = blob(37.2, 35.7, 0.5)
    for metric in grid_metrics((34.8, 31.3, 43.4, 38.3)):
        try:
            at_once = Transformer.from_crs(4326, metric.source, always_xy=True)
        except ProjError:
            continue
        flat = shapely.transform(shape, lambda xy, at=at_once: np.column_stack(at.transform(*xy.T)))
        assert metric.km2(rings(shape))[0] == pytest.approx(flat.area / 1e6, rel=1e-11), metric.id


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
    table = zone_table(here, atoms, subsets, (DAY + timedelta(1),), meaning={})
    by_shift = {
        choice.id: table.values[0, c][np.isfinite(table.values[0, c])].tolist()
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


def variant(kind, *, other=None, days=(0, 1), area="all", path=False, percent=False, by=A):
    query = Query(Kind(kind), by, other, other, day(days[0]), day(days[1]), area, path)
    return Variant(Tally(query, in_percent=percent))


@pytest.mark.parametrize(
    ("kind", "other", "expected"),
    [
        ("gained", None, 3),
        ("gained", B, 1),
        ("lost", None, 1),
        ("net", None, 2),
        ("net", B, 0),
        ("changed-hands", None, 4),
        ("total", None, 7),
    ],
)
def test_quantities_count_squares(kind, other, expected):
    history = history_of(BEFORE, AFTER)
    table = reading_table(history, history.area_m2[None, :] / 1e6, [variant(kind, other=other)])
    assert table.values[0, 0, 0] == pytest.approx(expected)


def test_a_share_is_of_the_area_or_of_what_another_held():
    history = history_of(BEFORE, AFTER)
    face_km2 = history.area_m2[None, :] / 1e6
    of_area = variant("share", days=(1, 1), area="frame", percent=True)
    of_theirs = variant("share", other=B, percent=True)
    table = reading_table(history, face_km2, [of_area, of_theirs])
    assert table.values[0, :, 0] == pytest.approx([100 * 7 / 12, 100 * 1 / 5])


def test_variants_depart_from_the_reading_in_at_most_two_respects():
    history = history_of(BEFORE, AFTER, BEFORE)
    found = variants(variant("gained", other=B), history)
    assert found[0] == variant("gained", other=B)
    assert max(len(each.departures) for each in found) == 2
    assert len({each.choice.id for each in found}) == len(found)
    assert {("gains less losses",), ("from or to anyone",), ("to 1 day later",)} <= {
        each.departures for each in found
    }
    assert all(each.bits > 0 for each in found[1:])
    assert [each.choice.plain for each in found] == [True] + [False] * (len(found) - 1)


def test_a_reading_along_the_path_may_have_been_taken_between_its_ends():
    history = history_of(BEFORE, AFTER, BEFORE, AFTER)
    reading = variant("gained", days=(0, 3), path=True)
    found = {each.departures: each for each in variants(reading, history)}
    assert max(map(len, found)) == 1
    table = reading_table(history, history.area_m2[None, :] / 1e6, list(found.values()))
    gives = dict(zip(found, table.values[0, :, 0], strict=True))
    assert gives[()] == pytest.approx(3 + 1 + 3)
    assert gives[("between the first and the last map alone",)] == pytest.approx(3)


def test_a_claimed_holder_may_have_been_counted():
    history = history_of(BEFORE, AFTER)
    holders = (*history.holders[:-1], Holder("B", Status.CLAIMED))
    claimed = replace(history, holders=holders)
    found = variants(variant("total", days=(1, 1)), claimed)
    assert "with B (claimed) added" in {d for each in found for d in each.departures}


@pytest.mark.parametrize("percent", [False, True])
def test_many_tallies_at_once_are_each_for_itself(percent):
    history = history_of(BEFORE, AFTER, BEFORE)
    ways = history.area_m2 / 1e6 * np.linspace(0.5, 2.0, 3 * len(history.faces)).reshape(3, -1)
    kind = "share" if percent else "net"
    one = variant(kind, other=B, percent=percent).tally
    many = [
        each
        for whole in (None, 40.0)
        for tally in (one, variant(kind, days=(1, 2), area="frame", percent=percent).tally)
        for each in (replace(tally, whole_km2=whole), replace(tally, plus_km2=3.5))
    ]
    expected = [[tally.figure(history, way) for tally in many] for way in ways]
    assert figures(many, history, ways) == pytest.approx(np.array(expected), rel=1e-12)


def test_a_face_that_a_metric_cannot_measure_spoils_only_what_counts_it():
    history = history_of(BEFORE, AFTER)
    km2 = history.area_m2 / 1e6
    km2[np.flatnonzero(history.held_by[1] == history.holders.index(Holder("B")))[0]] = np.nan
    wanted = [variant("total", by=each, days=(1, 1)) for each in (A, B)]
    table = reading_table(history, km2[None, :], wanted)
    assert table.values[0, 0, 0] == pytest.approx(7)
    assert np.isnan(table.values[0, 1, 0])


# ---- Luck ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("recipes", "tolerance"), [(3, 0.001), (40, 0.0005), (40, 0.01)])
def test_the_share_covered_is_how_often_a_random_number_comes_close(recipes, tolerance):
    rng = np.random.default_rng(recipes)
    off, reach = rng.uniform(-0.2, 0.2, recipes), tolerance * rng.uniform(0.5, 2.0, recipes)
    stated = covered(off, reach, 0.1)
    drawn = rng.uniform(-0.1, 0.1, 20_000)
    close = (np.abs(off[None, :] - drawn[:, None]) <= reach).any(axis=1)
    assert close.mean() == pytest.approx(stated, abs=4 * np.sqrt(0.25 / 20_000))


@pytest.mark.parametrize("rounding", [0.0, 2e-5])
def test_the_chance_is_how_often_the_whole_search_does_as_well_by_luck(rounding):
    """The oracle draws figures and searches for each of them among the very same recipes."""
    rng = np.random.default_rng(5)
    half_width, draws = np.log1p(0.02), 4000
    bits = np.repeat([0.0, 5.0, 9.0, 13.0], [1, 20, 200, 2000])
    recipes = rng.uniform(-half_width, half_width, len(bits))
    luck = Luck.of(recipes, bits, widest=half_width, rounding=rounding)
    (window,) = luck.windows
    best = []
    for figure in rng.uniform(-half_width, half_width, draws):
        off = np.abs(recipes - figure)
        nearest = [(level, off[bits == level].min()) for level in (0, 5, 9, 13)]
        best.append(min(window.merit(level, each) for level, each in nearest))
    for merit in (0.001, 0.005, 0.02, 0.1):
        share = np.mean(np.array(best) <= merit)
        stated = window.chance(merit)
        assert share == pytest.approx(stated, abs=4 * np.sqrt(max(stated, 1e-3) / draws))


def test_more_recipes_and_looser_figures_make_luck_likelier():
    rng = np.random.default_rng(1)
    few, many = rng.uniform(-0.02, 0.02, 10), rng.uniform(-0.02, 0.02, 300)
    one = Luck.of(few, np.full(10, 5.0), widest=0.02, rounding=1e-6).chance(5.0, 1e-5)
    other = Luck.of(many, np.full(300, 5.0), widest=0.02, rounding=1e-6).chance(5.0, 1e-5)
    loose = Luck.of(few, np.full(10, 5.0), widest=0.02, rounding=1e-3).chance(5.0, 1e-5)
    assert one < other / 10
    assert one < loose / 10


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
    asked = (DAY + timedelta(3),)
    return metrics, zone_table(here, atoms, subsets, asked, meaning={}), here, atoms, subsets


@cache
def all_recipes(land=()):
    metrics, table, *_ = search_space()
    return Recipes.of(metrics, table, land)


def explained(published, half_unit, land=(), at_most=10):
    figure = Figure(published, published - half_unit, published + half_unit)
    return explain_figure(all_recipes(land), figure, at_most=at_most)


@pytest.mark.parametrize(("spread", "half_unit"), [(0.4, 0.5), (0.03, 0.5), (0.03, 0.0005)])
def test_a_number_from_nowhere_is_hardly_ever_given_a_recipe(spread, half_unit):
    """200 random figures: at most 2 % "may be", and none "is" what a recipe gives."""
    _, table, *_ = search_space()
    plain = float(table.values[0, 0, 3])
    rng = np.random.default_rng(7)
    chances = np.array(
        [
            explained(plain * np.exp(each), half_unit, at_most=1)[0].chance
            for each in rng.uniform(-spread, spread, 200)
        ]
    )
    assert (chances < IS).sum() == 0
    assert (chances < MAY_BE).sum() <= 4


@pytest.mark.parametrize("metric", ["web-mercator", "sphere-6378.137", "degrees-111.32"])
def test_a_number_from_a_recipe_is_found(metric):
    metrics, table, *_ = search_space()
    m = [each.id for each in metrics].index(metric)
    published = round(float(table.values[m, 0, 3]), 4)
    best = explained(published, 0.00005)[0]
    assert best.metric.id == metric
    assert best.choice.id == "a"
    assert best.chance < IS
    assert f"{metric}" in best.id
    assert "the number is what one gets by" in sentence(Answer("x", "km2", (best,)))
    assert best.tried > 100 * 15 * 2 * 7


def test_the_words_follow_the_chance():
    _, table, *_ = search_space()
    found = explained(float(table.values[4, 0, 3]), 0.5)[0]
    for chance, words in ((0.0009, "is what"), (0.0011, "may be what"), (0.019, "may be what")):
        told = sentence(Answer("x", "km2", (replace(found, log10_chance=np.log10(chance)),)))
        assert words in told
    told = sentence(Answer("x", "km2", (replace(found, log10_chance=np.log10(0.021)),)))
    assert "cannot tell" in told


def test_the_plain_measurement_needs_no_explanation():
    _, table, *_ = search_space()
    best = explained(round(float(table.values[0, 0, 3])), 0.5)[0]
    assert best.is_plain
    assert "nothing to explain" in sentence(Answer("x", "km2", (best,)))


def test_the_plain_measurement_is_always_told_however_far_it_is_off():
    _, table, *_ = search_space()
    plain = float(table.values[0, 0, 3])
    found = explained(plain * 3, 0.5)
    (told,) = (each for each in found if each.is_plain)
    assert told.computed == (plain,)
    at_most = rows(Answer("x", "km2", found))
    assert {row["recipe"]: row["error_pct"] for row in at_most}["equal-area; a"] > 60
    assert [row["rank"] for row in at_most] == list(range(1, len(at_most) + 1))


def test_a_loose_figure_explains_nothing():
    _, table, *_ = search_space()
    published = float(table.values[0, 0, 3]) * 1.1
    best = explained(published, published / 20)
    assert best[0].chance >= MAY_BE
    assert "cannot tell" in sentence(Answer("x", "km2", best))


def test_more_than_a_figure_allows_nothing_below_it():
    """'Over 1,000' is 1,000 to 1,100: half a percent below it does not fit, 5 % above does."""
    _, table, *_ = search_space()
    plain = float(table.values[0, 0, 3])
    fits = [
        next(each for each in explain_figure(all_recipes(), figure) if each.is_plain).fits
        for value in (plain * 1.005, plain / 1.05)
        for figure in (Figure(value, value, value * 1.1),)
    ]
    assert fits == [False, True]


def test_a_close_match_that_luck_explains_is_not_called_far_off():
    _, table, *_ = search_space()
    plain = explained(float(table.values[0, 0, 3]), 0.5)[0]
    far = replace(plain, error=0.3, fits=False, log10_chance=-0.1)
    close = replace(plain, error=0.01, fits=False, log10_chance=0.0)
    told = sentence(Answer("x", "km2", (far, close)))
    assert "some come within 5 %, but no closer than luck" in told
    assert "none of the likely" not in told
    assert "none of the likely" in sentence(Answer("x", "km2", (far, far)))


def test_known_land_may_have_been_added_to_one_figure():
    _, table, *_ = search_space()
    land = constants((31.0, 45.5, 40.2, 50.1))
    assert [each.km2 for each in land] == [27_000.0, -27_000.0]
    published = round(float(table.values[0, 0, 3]) + 27_000, 3)
    best = explained(published, 0.0005, land)[0]
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
    return metrics, zone_table(here, atoms, subsets, published, meaning={}), published


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
    found = explain_series(*series_of(metric, subset, add=add, spoil=spoil), half_unit=0.005)
    best = found[0]
    assert best.metric.id == metric
    assert best.choice.id.startswith(" + ".join(subset))
    assert [best.days.index(day) for day in best.odd_days] == list(spoil)
    assert best.error < 1e-6
    assert best.chance < IS  # seven figures, against what any map of the same front gives
    assert (best.constant.km2 if best.constant else 0.0) == pytest.approx(add, abs=0.01)
    assert len(day_rows(Answer("x", "km2", found))) == 7
    assert {row["rank"] for row in rows(Answer("x", "km2", found))} == set(range(1, len(found) + 1))


def test_another_map_of_the_same_front_is_not_explained():
    """It changes with the front, a few km2 off each day: what any recipe and a constant give."""
    rng = np.random.default_rng(2)
    for _ in range(5):
        metrics, table, figures = series_of("equal-area", "a", add=500.0)
        noisy = {when: km2 + rng.uniform(-8, 8) for when, km2 in figures.items()}
        found = explain_series(metrics, table, noisy, half_unit=0.005)
        assert found[0].chance >= MAY_BE
        assert "cannot tell" in sentence(Answer("x", "km2", found))


def test_the_true_area_and_a_constant_are_found_to_the_last_digit():
    found = explain_series(*series_of("equal-area", "a", add=500.0), half_unit=0.005)
    assert found[0].id == "equal-area; a; plus 500.00 km2"
    assert found[0].chance < IS


def test_in_how_many_ways_days_may_be_odd_is_counted():
    """Five days that do not change: nothing but the first day and the choice of odd ones."""
    found = series_log10(np.full(5, 0.01), np.full(5, 100.0), fitted=False, half_width=0.1)
    ways = [1, 5, 10, 10, 5]  # to choose none, one, two, three, four of five
    assert 10**found == pytest.approx([0.1 * 5 * each for each in ways])


def test_a_series_from_nowhere_is_not_explained():
    metrics, _, here, atoms, subsets = search_space()
    rng = np.random.default_rng(3)
    certain = 0
    for _ in range(10):
        walk = 16_000 * np.exp(rng.uniform(-0.2, 0.2)) * np.cumprod(1 + rng.uniform(-0.01, 0.01, 7))
        published = dict(zip(here.days, walk.tolist(), strict=True))
        table = zone_table(here, atoms, subsets, published, meaning={})
        certain += explain_series(metrics, table, published, half_unit=0.5)[0].chance < MAY_BE
    assert certain == 0


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
            10 ** series_log10(np.full(3, tolerance), each, fitted=False, half_width=half)[0]
            for each in published[:2000]
        ]
    )
    assert 0 < hit <= stated
    assert stated < 3 * 20 * hit  # three days, of which any number might have been odd


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
    empty = Table((choice,), np.array([[None]]), np.full((1, 1, 1), np.nan))
    assert explain_series([TRUE], empty, {}, half_unit=0.5) == ()
    assert explain_figure(Recipes.of([TRUE], empty), Figure(1.0, 0.5, 1.5)) == ()
    assert "cannot tell" in sentence(Answer("x", "km2"))


def test_the_sphere_of_bigquery_is_the_one_of_its_documented_example():
    """From the reference of ST_AREA: a polygon and its area in m2."""
    corners = [(-179, 26), (-179, 48), (-10, 48), (-10, 26), (-100, -10.1), (-179, 26)]
    zone = np.array([shapely.Polygon(corners)])
    rings = rings_of(zone, np.array([0]), crs=WGS84, atoms=1)
    metric = {each.id: each for each in known_metrics((30, 40, 31, 41))}["great-circle-6371.01"]
    assert metric.km2(rings)[0] * 1e6 == pytest.approx(9.564128913265508e13, rel=1e-12)

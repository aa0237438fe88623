"""Lines, tenure, changes, small maps, sureness: what they say must be what was measured."""

import csv
import json
import re
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from drawn_maps import (
    AFTER,
    BEFORE,
    CELL_M,
    GOVERNMENT,
    OPPOSITION,
    ROWS_AFTER,
    ROWS_BEFORE,
    boxes,
    draw,
    grid,
    names_on,
    said,
    surroundings,
    texts,
    unsure,
)
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import PathPatch
from matplotlib_scalebar.scalebar import ScaleBar
from shapely.geometry import mapping
from squares import history_of, squares

from territory.cli import _code
from territory.errors import InputError
from territory.geometry.projection import EqualArea, lonlat_bounds
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder, Status
from territory.languages import LANGUAGES
from territory.maps.boxes import Box, in_rows, stack
from territory.maps.film.ink import inked
from territory.maps.frame import Extent, north_at
from territory.maps.ground import set_extent
from territory.maps.image_files import save
from territory.maps.kinds.borders import front
from territory.maps.kinds.catalogue import KINDS, Days, Kind
from territory.maps.kinds.classes import tenure_classes, times_classes
from territory.maps.kinds.control import before_after_map, day_map
from territory.maps.kinds.differences import comparison_map
from territory.maps.kinds.fronts import front_map
from territory.maps.kinds.holding_time import class_name, held_since_map
from territory.maps.kinds.multiples import multiples_map
from territory.maps.layout import Panel, one_map
from territory.maps.legend import Entry, small_parts
from territory.maps.map_text import MapText, Words, _glyphs, clean
from territory.maps.paint import Paint
from territory.maps.parts import Parts
from territory.maps.pictures import spread
from territory.maps.ramp import ramp
from territory.maps.style import (
    MIN_SEPARATION,
    Style,
    distinct_colours,
    distinguishable,
    lightness,
    separation,
    styles_for,
)
from territory.maps.subject import Subject
from territory.maps.titles import Speaker
from territory.maps.typesetting import set_text
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import areas_by_day
from territory.measure.compare import compare
from territory.measure.estimate import Estimate
from territory.read.basemap import Context

TEXT = MapText("The finding", "Where and when", "The publisher")
#   first   A A B      second  A B B      third   A A B
#           A B B              A B B              B B B
DAYS = ("AAB", "ABB"), ("ABB", "ABB"), ("AAB", "BBB")


@pytest.fixture(scope="module")
def history():
    return history_of(*(squares(*rows) for rows in DAYS))


def patches(axes, start):
    return [
        patch
        for patch in axes.findobj(PathPatch)
        if str(patch.get_gid()).startswith(start) and "casing" not in patch.get_gid()
    ]


# Lines --------------------------------------------------------------------------------------------


def counted_front(rows, side):
    """Count the kilometres between a side and everyone else inside the grid."""
    cells = np.array([list(row) for row in rows]) == side
    return int((cells[1:] != cells[:-1]).sum() + (cells[:, 1:] != cells[:, :-1]).sum())


grids = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.text("AB", min_size=width, max_size=width), min_size=2, max_size=5)
)


@given(grids)
def test_a_front_is_as_long_as_the_sides_of_squares_that_part_the_parties(rows):
    history = history_of(squares(*rows))
    side = frozenset({Holder("A")})
    length = history.edges.line(front(history, 0, side, "frame")).length / 1000

    assert length == pytest.approx(counted_front(rows, "A"), abs=1e-6)


def test_a_face_in_several_parts_has_a_front_too():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    history = from_coverage(
        np.array([parts, shapely.box(1, 0, 2, 1)]),
        np.array([[1, 2]], dtype=np.int16),
        days=(BEFORE,),
        holders=(NOBODY, GOVERNMENT, OPPOSITION),
        projection=EqualArea(0.0, 0.0),
    )

    assert history.edges.line(front(history, 0, frozenset({GOVERNMENT}))).length == 2.0


def test_each_piece_of_a_transfer_carries_its_own_size():
    history = grid(["OOOO", "GGGG", "OOGG", "GGGG"], ["GGGG", "GGGG", "GGGG", "GGGG"])
    figure = draw("transfers", history, Context())
    names = [name.get_text().strip("\u200e") for name in names_on(figure.axes[0])]

    assert "2,400 km²" in said(figure)
    assert {"1,600 km²", "800 km²"} <= set(names)
    assert "2,400 km²" not in names


def test_a_front_has_a_line_for_each_day_with_the_area_of_that_day(history):
    days, side = history.days, frozenset({Holder("A")})
    estimates = {day: Estimate(3.0 + n, 2.0, 9.0) for n, day in enumerate(days)}
    subject = Subject(history, Context(), TEXT, "frame")
    figure = front_map(subject, days, side=side, estimates=estimates)
    colours = [patch.get_edgecolor()[:3] for patch in patches(figure.axes[0], "line-")]

    assert [line for line in said(figure) if line.endswith("January 2018")] == [
        "3 January 2018",
        "1 January 2018",
        "2 January 2018",
        "3 January 2018",
    ]
    assert {"3.0 km² · 50.0 %", "4.0 km² · 66.7 %", "5.0 km² · 83.3 %"} <= set(said(figure))
    assert colours[1:] == [
        pytest.approx(to_rgb(c), abs=0.01) for c in ramp(3, palest=80, darkest=22)
    ]


def test_what_all_days_share_is_one_grey_line(history):
    still = history_of(*[squares("AAB", "ABB")] * 2)
    subject = Subject(still, Context(), TEXT, "frame")
    options = {"side": frozenset({Holder("A")}), "estimates": {}}
    axes = front_map(subject, still.days, **options).axes[0]
    (shared,) = patches(axes, "line-0")

    assert all(not len(patch.get_path().vertices) for patch in patches(axes, "line-1"))
    assert shapely.MultiLineString(
        [shapely.LineString(ring) for ring in shared.get_path().to_polygons(closed_only=False)]
    ).length == pytest.approx(3000.0, rel=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("maker", [front_map, multiples_map])
@pytest.mark.parametrize("rows", [5, 40])
def test_the_heading_of_a_legend_names_all_statuses_of_a_side(maker, narrow, language, rows):
    """However long: none of it is cut, beside the map, below it and on a telephone."""
    actor = "Brigades of the operations room of the north"
    holders = NOBODY, *(Holder(actor, status) for status in Status)
    size = 20_000.0
    strips = np.array([shapely.box(0, n * size, 9 * size, (n + 1) * size) for n in range(rows)])
    held = np.array([np.arange(rows) % 4, np.arange(1, rows + 1) % 4], dtype=np.int16)
    history = from_coverage(
        strips, held, days=(date(2024, 1, 1), date(2024, 2, 1)), holders=holders,
        projection=EqualArea(37.2, 35.7),
    )  # fmt: skip
    text = MapText("The finding", "", "", language=language)
    subject = replace(Subject(history, Context(), text), narrow=narrow)
    side = frozenset(holders[1:])
    figure = maker(subject, history.days, side=side, estimates={})
    whole = " ".join(said(figure))
    key = "legend_hint_front" if maker is front_map else "legend_hint_multiples"
    names = subject.words.listed(subject.name(holder) for holder in sorted(side))
    assert all(subject.name(holder).count(actor) for holder in side)
    assert clean(subject.words.say(key, actor=names)) in re.sub("[\u200e\u200f]", "", whole)


@pytest.mark.parametrize("count", [1, 13])
def test_too_few_or_too_many_lines_are_refused(count):
    many = history_of(*[squares("AB")] * 13)
    options = {"side": frozenset({Holder("A")}), "estimates": {}}
    with pytest.raises(InputError, match="2 to 12 days"):
        front_map(Subject(many, Context()), many.days[:count], **options)


# Tenure and changes -------------------------------------------------------------------------------


def test_legend_of_tenure_adds_up_to_the_ground_held(history):
    classes = tenure_classes(history, history.days[-1])
    subject = Subject(history, Context(), TEXT, "frame")
    figure = held_since_map(subject, history.days[-1], estimates={})

    assert sum(history.km2(each.faces(history), "frame") for each in classes) == pytest.approx(6.0)
    assert {"1 January 2018 or earlier", "4.0 km² · 66.7 %"} <= set(said(figure))
    assert {"3 January 2018", "2.0 km² · 33.3 %"} <= set(said(figure))


def dated(history, *days):
    """Return a history with other days."""
    return replace(history, days=tuple(map(date.fromisoformat, days)))


def test_what_changed_between_two_maps_is_dated_between_them(history):
    apart = dated(history, "2018-01-28", "2018-01-29", "2018-02-03")
    figure = draw("held-since", apart, Context(), area="frame")

    assert "between 29 January 2018 and 3 February 2018" in " ".join(said(figure))
    assert said(figure).count("3 February 2018") == 1  # the date of the map


def daily(start, count, *, without=()):
    """Return a history of one square with a map for each of so many days, but for some."""
    begin = date.fromisoformat(start)
    every = (begin + timedelta(n) for n in range(count))
    days = tuple(day for day in every if f"{day}" not in without)
    return from_coverage(
        np.array([shapely.box(0, 0, 1, 1)]),
        np.zeros((len(days), 1), dtype=np.int16),
        days=days,
        holders=(NOBODY, GOVERNMENT),
        projection=EqualArea(0.0, 0.0),
    )


def names_of(history):
    classes = tenure_classes(history, history.days[-1])
    return [class_name(each, Words("en"), first=history.days[0]) for each in classes]


def test_classes_are_named_by_months_where_a_map_stands_at_their_turn():
    assert names_of(daily("2025-02-10", 60)) == [
        "10 February 2025 or earlier",
        "February 2025",
        "March 2025",
        "April 2025",
    ]


def test_no_class_hides_that_days_at_the_turn_of_a_month_have_no_map():
    missing = ("2025-03-31", "2025-04-01")
    assert names_of(daily("2025-02-10", 60, without=missing)) == [
        "10 February 2025 or earlier",
        "February 2025",
        "between 28 February 2025 and 30 March 2025",
        "between 30 March 2025 and 10 April 2025",
    ]


def test_missing_days_are_said_below_the_map_with_the_longest_gap():
    gapless, gap = daily("2025-02-10", 60), daily("2025-02-10", 60, without=("2025-03-05",))
    say = Speaker({}, "en")

    assert say.gaps(gapless.days) == ""
    assert say.gaps(gapless.days[:1]) == ""
    assert "59 of 60 days, and none between 4 March 2025 and 6 March 2025" in say.gaps(gap.days)


@given(st.dates(date(1900, 1, 2), date(2100, 1, 1)), st.integers(0, 40_000))
def test_every_day_of_any_series_falls_into_one_class_and_there_are_few(start, length):
    days = tuple(sorted({start, start + timedelta(length // 2), start + timedelta(length)}))
    history = from_coverage(
        np.array([shapely.box(0, 0, 1, 1)]),
        np.zeros((len(days), 1), dtype=np.int16),
        days=days,
        holders=(NOBODY, GOVERNMENT),
        projection=EqualArea(0.0, 0.0),
    )
    classes = tenure_classes(history, days[-1])

    assert len(classes) <= 8
    assert classes[0].since == days[0]
    assert classes[-1].until == days[-1]
    for one, other in pairwise(classes):
        assert other.since == one.until + timedelta(1)


@given(st.sets(st.integers(0, 900), min_size=2, max_size=40), st.data())
def test_a_change_on_any_day_lies_in_the_span_of_its_class(numbers, data):
    """Play a change on a day that may have no map, and look where the maps put it."""
    start = date(2023, 1, 15)
    days = tuple(start + timedelta(number) for number in sorted(numbers))
    changed = start + timedelta(data.draw(st.integers(min(numbers) + 1, max(numbers))))
    held_by = np.array([[1] if day < changed else [2] for day in days], dtype=np.int16)
    history = from_coverage(
        np.array([shapely.box(0, 0, 1, 1)]),
        held_by,
        days=days,
        holders=(NOBODY, GOVERNMENT, OPPOSITION),
        projection=EqualArea(0.0, 0.0),
    )
    (found,) = (each for each in tenure_classes(history, days[-1]) if each.faces(history).any())

    assert found.after < changed <= found.until
    assert {found.after, found.until} <= set(days)


def test_classes_of_changes_count_the_squares(history):
    classes = times_classes(history, history.days[0], history.days[-1], "frame")
    km2 = {each.low: history.km2(each.faces(history), "frame") for each in classes}

    assert km2 == {1: pytest.approx(1.0), 2: pytest.approx(1.0)}


def test_a_legend_of_changes_says_how_often(history):
    figure = draw("changes", history, Context(), area="frame")

    assert {"Once", "Twice", "1.0 km² · 16.7 %"} <= set(said(figure))


def test_no_change_is_a_map_that_says_so():
    still = history_of(*[squares("AAB", "ABB")] * 2)

    assert "No ground changed hands between" in " ".join(
        said(draw("changes", still, Context(), area="frame"))
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", ["Once", "3 times", "4 to 5 times", "11 times or more"]), ("ar", ["مرة واحدة"])],
)
def test_how_often_is_said_in_words(language, expected):
    words = Words(language)
    found = [words.times(*each) for each in ((1, 1), (3, 3), (4, 5), (11, None))]

    assert found[: len(expected)] == expected


# Small maps ---------------------------------------------------------------------------------------


def test_small_maps_share_one_extent_and_scale_and_each_has_its_day_and_area(history):
    side = frozenset({Holder("A")})
    subject = Subject(history, surroundings(), TEXT, "frame")
    figure = multiples_map(subject, history.days, side=side, estimates={})
    maps = [axes for axes in figure.axes if axes.get_gid().removeprefix("map-").isdecimal()]
    km2 = areas_by_day(history, "frame")[:, history.holders.index(Holder("A"))]

    assert len(maps) == 3
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in maps}) == 1
    assert len({tuple(np.round(axes.bbox.size, 3)) for axes in maps}) == 1
    assert [line for line in said(figure) if " km² · " in line] == [
        f"{value:.1f} km² · {value / 6:.1%}".replace("%", " %") for value in km2
    ]


def test_who_had_ground_only_in_between_is_said_to_have_had_it_then():
    rows = ("AAB", "ABB"), ("ACB", "ABB"), ("AAB", "BBB")
    middle = history_of(*(squares(*each) for each in rows))
    subject = Subject(middle, Context(), TEXT, "frame")
    figure = multiples_map(subject, middle.days, side=frozenset({Holder("A")}), estimates={})

    assert "at most 1.0 km², on 2 January 2018" in " ".join(said(figure))
    assert not any("none" in text for text in said(figure))


def test_more_days_than_a_sheet_has_room_for_are_refused():
    many = history_of(*[squares("AB")] * 37)
    options = {"side": frozenset({Holder("A")}), "estimates": {}}
    with pytest.raises(InputError, match="choose days"):
        multiples_map(Subject(many, Context()), many.days, **options)


def test_thirty_six_days_fit():
    many = history_of(*[squares("AB")] * 36)
    options = {"side": frozenset({Holder("A")}), "estimates": {}}
    figure = multiples_map(Subject(many, Context(), TEXT), many.days, **options)

    assert sum(axes.get_gid().startswith("map-") for axes in figure.axes) == 36
    for box in boxes(texts(figure), figure):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1


# Sureness -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "boundary", [BoundaryError(2000.0, 5000.0), BoundaryError(0.0, 5000.0, map_scale=4_000_000)]
)
def test_the_band_reaches_as_far_as_it_says(boundary):
    history = grid(["OOGG"] * 4, ["OGGG"] * 4)
    axes = draw("uncertainty", history, Context(), boundary=boundary).axes[0]
    (wide,) = patches(axes, "band-two")
    (narrow,) = patches(axes, "band-one")

    for patch, reach in ((wide, 1.959964 * 2000), (narrow, 2000.0)):
        x = patch.get_path().vertices[:, 0]
        assert x.min() == pytest.approx(CELL_M - reach, rel=0.01)
        assert x.max() == pytest.approx(CELL_M + reach, rel=0.01)


def test_a_line_that_never_moved_has_no_band():
    still = grid(["OOGG"] * 4, ["OOGG"] * 4)
    axes = draw("uncertainty", still, Context()).axes[0]

    assert all(not len(patch.get_path().vertices) for patch in patches(axes, "band"))
    assert patches(axes, "line-settled")


def test_draws_that_disagree_are_counted_point_by_point():
    found = unsure(grid(["OOGG"] * 4))

    assert found.draws == 2
    assert set(np.unique(found.share)) == {0.0, 0.5}
    assert found.share_between(0.4, 0.6) == pytest.approx(0.5, abs=0.02)  # two columns of four


# Furniture ----------------------------------------------------------------------------------------


def test_north_arrow_only_where_north_leans():
    def arrows(figure):
        return [a for a in figure.axes[0].get_children() if a.get_gid() == "north-arrow"]

    assert not arrows(draw("day", grid(["OOGG"] * 4), Context()))
    assert arrows(draw("day", grid(["OOGG"] * 4, at=1_000_000.0), Context()))


def test_north_leans_as_the_meridians_do():
    plane = EqualArea(37.0, 45.0)
    x, y = plane.transformer(plane.crs.geodetic_crs).transform(42.0, 45.0)
    north = north_at(plane, Extent(x - 1e3, y - 1e3, x + 1e3, y + 1e3))

    assert north.middle == pytest.approx(-5.0 * np.sin(np.radians(45.0)), abs=0.05)
    assert north.spread < 0.1


def test_colours_of_an_order_grow_darker_step_by_step():
    for count in range(2, 9):
        light = [lightness(colour) for colour in ramp(count)]
        assert all(one - other > 6 for one, other in pairwise(light))


def test_zones_without_an_area_have_no_share_no_rim_and_no_nobody():
    history = history_of(squares("AA.", "A.."), squares("A..", "..."))
    figure = draw("before-after", history, Context())
    lines = said(figure)

    assert "3.0 km²" in lines
    assert not any("%" in line and "km²" in line and "·" in line for line in lines)
    assert Words("en").actor(NOBODY) not in lines
    assert not patches(figure.axes[0], "area")


def test_a_zone_does_not_carry_the_bare_name_of_a_country_on_the_map(history):
    russia = grid(["OOGG"] * 4, holders=(NOBODY, Holder("syria"), Holder("turkey"), OPPOSITION))
    axes = draw("day", russia, surroundings()).axes[0]
    names = {name.get_text().strip("\u200e") for name in names_on(axes)}

    assert "Held by Syria" in names


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", {"name": "Харків"}), ("en", {"name": "Слов’янськ"}), ("ar", {"name_ar": "سراقب"})],
)
def test_names_in_any_script_are_drawn_and_not_boxes(language, names):
    around = surroundings()
    towns = around.towns.assign(**{key: [value] * 5 for key, value in names.items()})
    text = MapText("x", language=language)
    figure = draw("day", grid(["OOGG"] * 4), Context(towns=towns), text)
    found = {name.get_text().strip("\u200e\u200f") for name in names_on(figure.axes[0])}

    assert set(names.values()) <= found


def test_groups_of_an_svg_have_names_of_their_own(tmp_path):
    history = grid(["OOGG"] * 4, ["OGGG"] * 4)
    figure = draw("before-after", history, surroundings())
    (path,) = save(figure, tmp_path / "map", formats=("svg",))
    ids = [element.get("id") for element in ElementTree.parse(path).iter() if element.get("id")]
    wanted = {"title", "legend", "sources", "date", "map-1", "map-2", "map-locator", "towns-1"}
    wanted |= {"zones-government-1", "zones-opposition-2", "labels-1", "scale-bar-1", "borders-2"}

    assert wanted <= set(ids)
    assert len(ids) == len(set(ids))


def test_claimed_and_contested_zones_have_names_of_their_own():
    holders = (NOBODY, GOVERNMENT, Holder("government", Status.CLAIMED), OPPOSITION)
    axes = draw("day", grid(["OOGG"] * 4, holders=holders), Context()).axes[0]

    assert {p.get_gid() for p in patches(axes, "zones")} == {
        "zones-government",
        "zones-government-claimed",
    }


@pytest.mark.parametrize(
    ("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_each_format_is_written_and_twice_the_same(kind, start, tmp_path):
    history = grid(["OOGG"] * 4)
    (one,) = save(draw("day", history, surroundings()), tmp_path / "one", formats=(kind,))
    (two,) = save(draw("day", history, surroundings()), tmp_path / "two", formats=(kind,))

    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().startswith(start)


def test_dots_per_inch_change_the_pixels_and_nothing_else(tmp_path):
    from PIL import Image

    figure = draw("day", grid(["OOGG"] * 4), surroundings())
    small, large = (
        Image.open(save(figure, tmp_path / str(dpi), formats=("png",), dpi=dpi)[0])
        for dpi in (50, 300)
    )
    assert large.width == pytest.approx(6 * small.width, abs=6)
    shrunk = np.asarray(large.convert("L").resize(small.size, Image.Resampling.BOX), dtype=float)
    assert np.abs(shrunk - np.asarray(small.convert("L"), dtype=float)).mean() < 6


@pytest.mark.parametrize("dpi", [0, 29, 5000])
def test_dots_that_no_printer_has_are_refused(dpi, tmp_path):
    with pytest.raises(InputError, match="30 to 1200"):
        save(draw("day", grid(["OOGG"] * 4), Context()), tmp_path / "map", dpi=dpi)


# Bad cases ----------------------------------------------------------------------------------------


def world_of(reach_m):
    """Zones that reach over much of a hemisphere."""
    cells = [
        shapely.box(x, y, x + reach_m / 2, y + reach_m / 2)
        for x in (-reach_m / 2, 0)
        for y in (-reach_m / 2, 0)
    ]
    return from_coverage(
        np.array(cells),
        np.array([[1, 2, 1, 1], [1, 2, 2, 1]], dtype=np.int16),
        days=(BEFORE, AFTER),
        holders=(NOBODY, GOVERNMENT, OPPOSITION),
        projection=EqualArea(30.0, 20.0),
    )


@pytest.mark.parametrize("reach_m", [5_000_000.0, 12_000_000.0, 17_000_000.0])
@pytest.mark.parametrize("kind", ["day", "transfers", "front"])
def test_a_hemisphere_is_a_readable_map(kind, reach_m):
    figure = draw(kind, world_of(reach_m), surroundings())
    figure.canvas.draw()

    (bar,) = figure.axes[0].findobj(ScaleBar)
    assert bar.info.scale_text.strip("\u200e").endswith("at the centre of the map")
    for box in boxes(texts(figure), figure):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1


def forty():
    holders = (NOBODY, *(Holder(f"brigade_{number:02d}") for number in range(40)))
    cells = [
        shapely.box(x, y, x + 1e4, y + 1e4)
        for x in range(0, 80000, 10000)
        for y in range(0, 50000, 10000)
    ]
    row = np.arange(1, 41, dtype=np.int16)
    return from_coverage(
        np.array(cells),
        np.array([row, np.roll(row, 1)]),
        days=(BEFORE, AFTER),
        holders=holders,
        projection=EqualArea(37.0, 35.7),
    )


@pytest.mark.parametrize("kind", ["before-after", "transfers", "held-since"])
def test_forty_actors_fit_on_every_kind_of_sheet(kind):
    figure = draw(kind, forty(), surroundings())

    for box in boxes(texts(figure), figure):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1


def test_a_missing_font_is_a_clear_message(monkeypatch):
    def gone(*_, **__):
        raise ValueError("no such font")

    monkeypatch.setattr("matplotlib.font_manager.findfont", gone)
    monkeypatch.setattr("territory.maps.map_text._glyphs", _glyphs.__wrapped__)
    with pytest.raises(InputError, match="reinstall"):
        clean("any text")


def test_arabic_runs_from_the_right_and_is_joined():
    ink = inked("ا" + "ـ" * 8, 20.0, False, 100.0) > 128  # a tall letter, then a low stroke
    tall = np.flatnonzero(ink.sum(axis=0) > 0.7 * ink.sum(axis=0).max())
    apart, joined = (inked(text, 20.0, False, 100.0) for text in ("س ي ط ر ة", "سيطرة"))

    assert tall.min() > 0.7 * ink.shape[1]
    assert joined.shape[1] < 0.8 * apart.shape[1]


@pytest.mark.parametrize("letter", ["Ж", "Ї", "ґ", "Щ", "ش", "ء"])
def test_letters_of_every_script_have_a_shape_of_their_own(letter):
    shape, box = (inked(text, 20.0, False, 100.0) for text in (letter, "□"))

    assert clean(letter) == letter
    assert shape.any()
    assert shape.shape != box.shape or (shape != box).any()


def test_an_actor_that_no_convention_knows_gets_a_colour_of_its_own():
    styles = styles_for([NOBODY, GOVERNMENT, Holder("nobody_heard_of_them")])

    assert len({style.colour for style in styles.values()}) == 3


def test_a_day_that_is_not_there_names_the_nearest():
    with pytest.raises(InputError, match="nearest days are 2017-11-05 and 2018-02-05"):
        subject = Subject(grid(["OOGG"] * 4, ["OOGG"] * 4), Context())
        day_map(subject, date(2018, 1, 1), estimates={})


def test_web_tiles_without_the_package_are_a_clear_message(monkeypatch):
    monkeypatch.setitem(sys.modules, "contextily", None)
    with pytest.raises(InputError, match=r"pip install 'territory-control\[tiles\]'"):
        draw("day", grid(["OOGG"] * 4), Context(tiles=True))


def test_web_tiles_that_cannot_be_had_are_a_clear_message(monkeypatch):
    def offline(*_):
        raise ConnectionError("no route to host")

    monkeypatch.setitem(sys.modules, "contextily", SimpleNamespace(bounds2img=offline))
    with pytest.raises(InputError, match="draw without --tiles"):
        draw("day", grid(["OOGG"] * 4), Context(tiles=True))


def test_web_tiles_lie_below_names_and_leave_the_extent_alone(monkeypatch):
    fake = SimpleNamespace(
        bounds2img=lambda *bounds: (np.zeros((4, 4, 4), dtype=np.uint8), bounds),
        warp_tiles=lambda image, bounds, t_crs: (image, (-1e6, 1e6, -1e6, 1e6)),
    )
    monkeypatch.setitem(sys.modules, "contextily", fake)
    plain = draw("day", grid(["OOGG"] * 4), surroundings())
    around = surroundings()
    context = Context(around.countries, around.regions, around.towns, tiles=True)
    tiled = draw("day", grid(["OOGG"] * 4), context)

    assert tiled.axes[0].images
    assert not tiled.axes[1].images
    assert tiled.axes[0].get_xlim() == plain.axes[0].get_xlim()
    assert tiled.axes[0].bbox.size == pytest.approx(plain.axes[0].bbox.size)


# Slivers ------------------------------------------------------------------------------------------


def slivered(parts):
    """Return a history of 100 km a side in which one large square and many slivers are taken."""
    large = shapely.box(0.0, 0.0, 4e4, 4e4)
    thin = [shapely.box(5e4, 2e3 * n, 9e4, 2e3 * n + 5.0) for n in range(parts)]
    rest = shapely.difference(shapely.box(0.0, 0.0, 1e5, 1e5), shapely.union_all([large, *thin]))
    taken = [2] * (parts + 1)
    return from_coverage(
        np.array([large, *thin, rest]),
        np.array([[1] * (parts + 2), [*taken, 1]], dtype=np.int16),
        days=(BEFORE, AFTER),
        holders=(NOBODY, GOVERNMENT, OPPOSITION),
        projection=EqualArea(37.0, 35.7),
    )


def test_parts_too_small_to_be_seen_are_drawn_counted_and_measured_but_not_hatched():
    figure = draw("transfers", slivered(40), Context())
    shown = {patch.get_gid(): patch for patch in patches(figure.axes[0], "transfer-1")}
    small = next(patch for name, patch in shown.items() if "-small" in name)
    large = next(patch for name, patch in shown.items() if "-small" not in name)

    assert "of it 40 parts under 0.5 km²: 8.0 km²" in " ".join(said(figure))
    assert "1,608 km²" in said(figure)
    assert small.get_hatch() is None and large.get_hatch() == "///"
    assert len(small.get_path().to_polygons()) == 40
    assert small.get_linewidth() < 0.5
    assert [name.get_text() for name in names_on(figure.axes[0])].count("0.2 km²") == 0


def test_where_all_parts_are_seen_nothing_is_said_of_small_ones():
    figure = draw("transfers", slivered(0), Context())

    assert not any("parts under" in text for text in said(figure))


def test_parts_that_are_the_rounding_of_coordinates_are_not_told():
    none = "of it 3 parts under 0.5 km²: 0 km²"
    subject = Subject(slivered(0), Context(), MapText("T", "", ""), None, None)
    empty = shapely.MultiPolygon()
    assert small_parts(subject, Parts(empty, empty, 3, 1e-8)) == ""
    assert small_parts(subject, Parts(empty, empty, 3, 0.5)).startswith(none[:16])


def test_a_name_of_three_lines_does_not_run_into_the_next_row_of_a_table():
    long = "Brigades of the operations room of the north and of the east together"
    history = grid(ROWS_BEFORE, ROWS_AFTER)
    styles = {GOVERNMENT: Style("#a03020", label={"en": long})}
    figure = draw("before-after", history, surroundings(), styles=styles)
    plain = [(t.get_text().strip("\u200e\u200f"), t) for t in texts(figure)]
    lines = [t for said, t in plain if len(said) > 3 and said.rstrip("…") in long]
    others = [t for said, t in plain if said == "Opposition"]
    assert len(lines) >= 3
    for one in boxes(lines, figure):
        assert not any(one.overlaps(each) for each in boxes(others, figure))


@pytest.mark.parametrize("narrow", [False, True])
def test_holders_beyond_a_dozen_stand_together_in_a_table_of_two_days(narrow):
    names = "".join(chr(0x41 + n) for n in range(14))
    history = history_of(squares(names), squares(names[::-1]))
    subject = Subject(history, Context(), MapText("T", "", ""), None, None)
    subject = replace(subject, narrow=narrow)
    figure = before_after_map(subject, *history.days, estimates={})
    assert "3 others together" in " ".join(said(figure))


def test_a_piece_that_its_label_would_hide_has_it_beside():
    history = history_of(squares("A" * 30), squares("A" * 14 + "B" + "A" * 15))
    figure = draw("transfers", history, Context())
    (label,) = (name for name in names_on(figure.axes[0]) if name.get_text() == "1.0 km²")
    (patch,) = patches(figure.axes[0], "transfer-1")
    (text_box,), piece = boxes([label], figure), patch.get_window_extent()

    assert not text_box.overlaps(piece)


def test_pairs_that_no_colour_tells_apart_are_numbered_in_the_legend_and_on_the_map():
    figure = draw("transfers", forty(), surroundings())
    names = [name.get_text() for name in names_on(figure.axes[0])]
    entries = [text for text in said(figure) if re.match(r"\d+\. ", text)]

    assert len(entries) == 40
    assert len({name for name in names if name.isdecimal()}) > 30


def test_pairs_that_look_different_carry_no_numbers(history):
    figure = draw("transfers", history, Context())

    assert not any(re.match(r"\d+\. ", text) for text in said(figure))


def differing_in(count, side_m, names=("One", "Other")):
    """Return the map of two publishers who differ on `count` pairs, a square each, and agree."""
    actors = [Holder(f"a{n:02}") for n in range(count + 1)]
    squares = [shapely.box(0.0, 0.0, 4e5, 3e5)]
    squares += [shapely.box(x, -6e4, x + side_m, side_m - 6e4) for x in 1e4 * np.arange(count)]
    held = np.array([[1, *range(1, count + 1)], [1, *range(2, count + 2)]], dtype=np.int16)
    histories = [
        from_coverage(
            np.array(squares), row[None], days=(date(2024, 1, 1),), holders=(NOBODY, *actors),
            projection=EqualArea(37.2, 35.7),
        )
        for row in held
    ]  # fmt: skip
    day = date(2024, 1, 1)
    found = compare(*histories, day_one=day, day_other=day)
    return comparison_map(found, names=names, context=Context(), text=TEXT)


def fills(axes, start):
    return [to_hex(patch.get_facecolor()[:3]) for patch in patches(axes, start)]


@pytest.mark.parametrize(("count", "side_m"), [(8, 900.0), (19, 900.0), (19, 9000.0)])
def test_no_two_pairs_of_a_comparison_have_one_colour(count, side_m):
    """Small parts have no hatch, so a colour must do; ground agreed on has none of them."""
    figure = differing_in(count, side_m)
    found = fills(figure.axes[0], "transfer-")
    agreed = fills(figure.axes[0], "zone")
    assert (len(found), len(agreed)) == (count, 1)
    assert all(separation(*two) >= MIN_SEPARATION for two in combinations([*found, *agreed], 2))
    assert not any(re.match(r"\d+\. ", text) for text in said(figure))


def test_more_pairs_than_colours_are_numbered_too():
    figure = differing_in(30, 9000.0)
    assert len(set(fills(figure.axes[0], "transfer-"))) == 30
    entries = [text for text in said(figure) if re.match(r"\d+\. One: ", text)]
    names = {name.get_text().strip("\u200e") for name in names_on(figure.axes[0])}
    assert [int(text.split(".")[0]) for text in entries] == list(range(1, 31))
    assert len({name for name in names if name.isdecimal()}) > 15


def test_pairs_that_only_a_hatch_would_part_in_grey_have_one():
    axes = differing_in(19, 9000.0).axes[0]
    looks = {
        (to_hex(patch.get_facecolor()[:3]), patch.get_hatch() or "")
        for patch in patches(axes, "transfer-")
    }
    assert len(looks) == 19
    styles = [Style(*look) for look in looks]
    assert all(distinguishable(*two) for two in combinations(styles, 2))


def test_colours_go_on_without_end():
    assert len(set(distinct_colours(80))) == 80
    assert distinct_colours(200)[:80] == distinct_colours(80)


def test_the_day_of_a_publisher_with_a_long_name_is_not_cut():
    figure = differing_in(3, 9000.0, ("Institute for the Study of War", "Neue Zürcher Zeitung"))
    told = " ".join(said(figure))
    assert "Institute for the Study of War: 1 January 2024" in told
    assert "Neue Zürcher Zeitung: 1 January 2024" in told


def test_a_legend_too_long_for_its_column_goes_below_the_map_with_its_heading():
    words, history = Words("en"), grid(ROWS_BEFORE)
    subject = Subject(history, surroundings(), TEXT)
    paint = Paint("#112233", "#112233")
    many = tuple(Entry(paint, f"entry {n}", "1 km²", "0 to 2") for n in range(12))
    few = (Entry(paint, "below all"),)
    panel = Panel(words, ("Today",), "Long", "hint", many, "Short", few)
    figure = one_map(subject, panel, lambda axes: set_extent(axes, subject.view))
    frame = figure.axes[0].get_window_extent()
    place = dict(zip(said(figure), boxes(texts(figure), figure), strict=True))

    assert place["Today"].x0 > frame.x1 and place["Short"].x0 > frame.x1
    assert place["below all"].x0 > frame.x1
    for name in ("Long", "hint", "entry 0", "entry 11"):
        assert place[name].y1 < frame.y0


# The verb -----------------------------------------------------------------------------------------


@pytest.fixture
def zones(tmp_path):
    folder = tmp_path / "zones"
    folder.mkdir()
    for number, east in enumerate((37.4, 37.6, 37.7, 37.5)):
        west = shapely.box(37.0, 35.0, east, 36.0)
        features = [
            {"type": "Feature", "properties": {"actor": actor}, "geometry": mapping(zone)}
            for actor, zone in (("a", west), ("b", shapely.box(east, 35.0, 38.0, 36.0)))
        ]
        day = f"2018-01-0{number + 1}"
        (folder / f"zones_{day}.geojson").write_text(
            json.dumps({"type": "FeatureCollection", "features": features})
        )
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_by_the_verb(kind, zones, tmp_path, capsys):
    call = ["map", str(zones), "--profile", "zones", "--kind", kind, "--out", str(tmp_path / "out")]
    code = _code([*call, "--dpi", "40", "--format", "png,svg"])
    printed = capsys.readouterr()

    assert code == 0, printed.err
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".png", ".svg"}
    assert printed.out == ""


def test_a_new_kind_is_one_line_of_the_table(zones, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(KINDS, "again", Kind("multiples:plan_multiples", Days.SEVERAL, usual=3))
    call = ["map", str(zones), "--profile", "zones", "--dpi", "40", "--out"]
    drawn = {}
    for kind in ("again", "multiples"):
        to = tmp_path / f"{kind}.png"
        assert _code([*call, str(to), "--kind", kind, "--from", "2018-01-02"]) == 0
        drawn[kind] = to.read_bytes()

    assert drawn["again"] == drawn["multiples"]  # three days are all there are
    assert _code([*call, str(tmp_path), "--kind", "again", "--day", "2018-01-02"]) == 2
    assert "'again' has --from and --to" in capsys.readouterr().err


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_that_a_job_draws_has_a_caption_with_a_gap_for_each_day(name):
    kind = KINDS[name]
    gaps = {Days.ONE: 1, Days.TWO: 2}.get(kind.days, 0) if kind.in_job else 0

    assert kind.caption.count("{}") == gaps
    assert (kind.usual > 0) == (kind.days is Days.SEVERAL)


def test_boxes_stand_below_and_beside_each_other_without_overlap():
    blocks = [set_text("one line", 3.0, size, lines=1) for size in (12.0, 24.0, 6.0)]
    heights = [block.height for block in blocks]
    column = stack(blocks, between=0.5)
    rows = in_rows([Box(((0.0, 0.0, block),), block.height) for block in blocks], columns=2, step=4)

    assert [down for _, down, _ in column.parts] == pytest.approx(
        [0.0, heights[0] + 0.5, heights[0] + heights[1] + 1.0]
    )
    assert column.height == pytest.approx(sum(heights) + 1.0)
    assert [(across, down) for across, down, _ in rows.parts] == [(0, 0), (4, 0), (0, heights[1])]
    assert rows.height == pytest.approx(heights[1] + heights[2])
    assert (stack([]).height, in_rows([], columns=2, step=1).height) == (0.0, 0.0)


def test_the_suffix_is_the_format(zones, tmp_path, capsys):
    to = tmp_path / "a" / "map.pdf"
    assert _code(["map", str(zones), "--profile", "zones", "--out", str(to)]) == 0
    assert to.read_bytes().startswith(b"%PDF")
    assert list(to.parent.iterdir()) == [to]


def test_a_folder_may_have_a_dot_in_its_name(zones, tmp_path, capsys):
    to = tmp_path / "m.v1"
    to.mkdir()
    call = ["map", str(zones), "--profile", "zones", "--out", str(to), "--format", "png"]
    assert _code([*call, "--dpi", "40"]) == 0
    assert [path.suffix for path in to.iterdir()] == [".png"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--kind", "fronts"], "did you mean 'front'"),
        (["--day", "2018-01-09"], "nearest days are"),
        (["--kind", "front", "--actors", "aa"], "did you mean 'a'"),
        (["--kind", "transfers", "--from", "2018-01-03", "--to", "2018-01-01"], "before"),
        (["--format", "jpg"], "cannot write 'jpg'"),
        (["--language", "de"], "do not speak 'de'"),
        (["--dpi", "5"], "30 to 1200"),
        (["--towns", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_clear_message(options, message, zones, tmp_path, capsys):
    call = ["map", str(zones), "--profile", "zones", "--out", str(tmp_path / "map.png")]
    assert _code([*call, *options]) == 1
    said = capsys.readouterr().err.strip()

    assert message in said
    assert "Traceback" not in said
    assert not (tmp_path / "map.png").exists()


def test_files_without_a_profile_are_recognised_and_it_is_said_how(zones, tmp_path, capsys):
    assert _code(["map", str(zones), "--out", str(tmp_path / "map.png"), "--dpi", "40"]) == 0
    assert "read as 'zones'" in capsys.readouterr().err


def test_an_area_beyond_the_data_is_a_map_that_says_so(zones, tmp_path, capsys):
    call = ["map", str(zones), "--profile", "zones", "--out", str(tmp_path / "map.png")]
    assert _code([*call, "--area", "10,10,11,11", "--dpi", "40"]) == 3


def test_a_job_file_is_drawn_with_its_own_title_and_area(zones, tmp_path, capsys):
    job = tmp_path / "job.toml"
    job.write_text(
        'title = "Two parties"\n[series]\nprofile = "zones"\npath = "zones"\n'
        "[area]\nhere = [37.0, 35.0, 38.0, 36.0]\n"
    )
    assert _code(["map", str(job), "--out", str(tmp_path / "map.svg")]) == 0
    assert "<!-- Two parties -->" in (tmp_path / "map.svg").read_text()


def test_a_job_says_which_days_are_compared(zones, tmp_path, capsys):
    job = tmp_path / "job.toml"
    text = '[series]\nprofile = "zones"\npath = "zones"\n[maps]\nbefore_after = {}\n'
    job.write_text(text.format("[2018-01-02, 2018-01-03]"))
    drawn = drawn_by_the_verb([job, "--kind", "before-after"], tmp_path)
    assert "2 January 2018" in drawn
    assert "3 January 2018" in drawn
    drawn = drawn_by_the_verb([job, "--kind", "before-after", "--from", "2018-01-01"], tmp_path)
    assert "1 January 2018" in drawn
    assert "4 January 2018" in drawn


def lines_of(path):
    """Return all text of an SVG on one line."""
    return " ".join(re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8")))


def drawn_by_the_verb(call, tmp_path):
    assert _code(["map", *map(str, call), "--out", str(tmp_path / "map.svg")]) == 0
    return lines_of(tmp_path / "map.svg")


@pytest.mark.parametrize(
    ("kind", "language"), [("uncertainty", "en"), ("uncertainty", "ar"), ("day", "en")]
)
def test_an_error_that_nobody_gave_is_said_to_be_assumed(kind, language, zones, tmp_path):
    call = [zones, "--profile", "zones", "--kind", kind, "--language", language]
    text = drawn_by_the_verb(call, tmp_path)

    if language == "ar":
        assert text.count("1.3 كم") == 4 and text.count("بافتراض") == 2
        return
    assert "Intervals assume that lines lie off by 1.3 km" in text
    if kind == "uncertainty":
        assert "if lines are off by an assumed 1.3 km" in text
        assert "Assumed: the line is off by 1.3 km" in text


def test_an_error_that_was_given_is_not_said_to_be_assumed(zones, tmp_path):
    job = tmp_path / "job.toml"
    job.write_text(
        'title = "Two"\n[[series]]\nprofile = "zones"\npath = "zones"\nboundary_error_m = 300\n'
    )
    text = drawn_by_the_verb([job, "--kind", "uncertainty"], tmp_path)

    assert "300 m to either side" in text
    assert "assum" not in text


def test_the_band_of_a_traced_map_is_as_wide_as_its_tracing(zones, tmp_path):
    job = tmp_path / "job.toml"
    job.write_text(
        'title = "Two"\n[[series]]\nprofile = "zones"\npath = "zones"\nmap_scale = 4000000\n'
    )
    text = drawn_by_the_verb([job, "--kind", "uncertainty"], tmp_path)

    assert "2 km to either side (1 sd)" in text
    assert "Intervals count the 2 km of tracing the map" in text


def test_a_band_too_thin_to_be_seen_says_so(history):
    thin = draw("uncertainty", history, Context(), boundary=BoundaryError(1.0, 5.0))
    wide = draw("uncertainty", history, Context(), boundary=BoundaryError(200.0, 5.0))

    assert said(thin).count("thinner than the line at this scale") == 2
    assert "thinner than the line at this scale" not in said(wide)


def test_repairs_are_said_to_be_listed_only_where_they_are(zones, tmp_path):
    assert "quality.csv" not in drawn_by_the_verb([zones, "--profile", "zones"], tmp_path)

    job = tmp_path / "job.toml"
    job.write_text(
        'title = "Two"\n[series]\nprofile = "zones"\npath = "zones"\n'
        '[maps]\nformats = ["png", "svg"]\n'
    )
    assert _code(["run", str(job), "--out", str(tmp_path / "out")]) in {0, 3}
    assert (tmp_path / "out" / "quality.csv").exists()
    assert "quality.csv" in lines_of(tmp_path / "out" / "maps" / "transfers.svg")
    assert "quality.csv" in (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert _code(["page", str(job), "--out", str(tmp_path / "page.html")]) == 0
    assert "quality.csv" not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_legends_give_the_figures_of_the_tables_of_the_same_run(zones, tmp_path):
    job = tmp_path / "job.toml"
    job.write_text(
        'title = "Two"\n[series]\nprofile = "zones"\npath = "zones"\n'
        "[area]\nhere = [37.1, 35.1, 37.9, 35.9]\n[maps]\narea = 'here'\n"
        "formats = ['png', 'svg']\n"
    )
    assert _code(["run", str(job), "--out", str(tmp_path / "out")]) in {0, 3}
    words, out = Words("en"), tmp_path / "out"

    def figures_of(name):
        with (out / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                value, low, high = (float(row[key]) for key in ("km2", "low", "high"))
                if row["area"] == "all":
                    continue
                yield row, words.area(value), words.interval(Estimate(value, low, high))

    held = list(figures_of("areas.csv"))
    moved = [each for each in figures_of("changes.csv") if each[0]["from_day"] == "2018-01-01"]
    ends = [each for each in moved if each[0]["to_day"] == "2018-01-04"]
    assert held and any(row["from_actor"] != row["to_actor"] for row, *_ in ends)
    for row, area, interval in held:
        text = lines_of(out / "maps" / "here" / f"{row['day']}.svg")
        assert area in text and interval in text
    for row, area, interval in ends:
        if row["from_actor"] != row["to_actor"]:
            text = lines_of(out / "maps" / "here" / "transfers.svg")
            assert area in text and interval in text


def test_without_a_named_source_the_files_and_their_days_are_the_source(zones, tmp_path):
    said_of_files = "Source: zones (zones), 2018-01-01 – 2018-01-04"
    files = [zones / f"zones_2018-01-0{n}.geojson" for n in range(1, 5)]
    named = "zones_2018-01-01.geojson, zones_2018-01-02.geojson, zones_2018-01-03.geojson (+1)"
    job = tmp_path / "job.toml"
    job.write_text('title = "Two"\n[series]\nprofile = "zones"\npath = "zones"\n')

    assert said_of_files in drawn_by_the_verb([zones, "--profile", "zones"], tmp_path)
    assert said_of_files in drawn_by_the_verb([job], tmp_path)
    assert named in drawn_by_the_verb([*files, "--profile", "zones"], tmp_path)
    assert "Source: The owner" in drawn_by_the_verb(
        [zones, "--profile", "zones", "--source", "The owner"], tmp_path
    )
    assert str(tmp_path) not in (tmp_path / "map.svg").read_text(encoding="utf-8")


def test_many_days_are_spread_evenly():
    days = tuple(date(2018, 1, 1) + timedelta(n) for n in range(100))
    chosen = spread(days, 12)
    gaps = {(b - a).days for a, b in pairwise(chosen)}

    assert (chosen[0], chosen[-1], len(chosen)) == (days[0], days[-1], 12)
    assert max(gaps) - min(gaps) <= 1
    assert spread(days[:3], 12) == days[:3]


@pytest.mark.parametrize(("degrees", "axes"), [(0.02, 1), (3.0, 2)])
def test_a_country_that_fills_the_map_needs_no_locator(degrees, axes):
    history = grid(["OOGG"] * 4)
    west, south, east, north = lonlat_bounds(history.faces, history.projection.crs)
    around = surroundings()
    home = shapely.box(west - degrees, south - degrees, east + degrees, north + degrees)
    country = around.countries.iloc[:1].set_geometry([home])

    assert len(draw("day", history, replace(around, countries=country)).axes) == axes

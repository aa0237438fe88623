"""What a reader takes from a map must be what the library measured."""

import sys
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
import shapely
from drawn_maps import (
    AFTER,
    ALL_KINDS,
    ARABIC,
    BEFORE,
    CELL_M,
    EVERY_KIND,
    GOVERNMENT,
    HOSTILE,
    ISIS,
    NASTY,
    OPPOSITION,
    ROWS_AFTER,
    ROWS_BEFORE,
    boxes,
    draw,
    grid,
    held,
    names_on,
    said,
    surroundings,
    texts,
)
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import Geod, Transformer

from territory.errors import CRSError, InputError
from territory.geometry.projection import EqualArea
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder, Status
from territory.maps.image_files import save
from territory.maps.kinds.control import day_map, transfers_map
from territory.maps.map_text import MapText, Words
from territory.maps.sheet import Group
from territory.maps.style import NAMED, TOGETHER, Style, styles_for, tint
from territory.maps.subject import Subject
from territory.maps.typesetting import measure, set_text
from territory.measure.estimate import Estimate
from territory.read.basemap import Context


@pytest.fixture(scope="module")
def history():
    return grid(ROWS_BEFORE, ROWS_AFTER)


@pytest.fixture(scope="module")
def context():
    return surroundings()


# What the legend says ---------------------------------------------------------------------------


def test_legend_gives_the_estimates_and_not_its_own_measurement(history, context):
    figure = draw("day", history, context, estimates=held(government=2578.4, opposition=702.0))

    assert {"2,578 km² · 40.3 %", "2,073 to 3,084", "702 km² · 11.0 %"} <= set(said(figure))


def test_holder_without_an_estimate_is_shown_as_measured_and_says_so(history, context):
    lines = said(draw("day", history, context))

    assert "3,200 km² · 50.0 %" in lines  # eight cells of 400 km2
    assert lines.count("no interval computed") == 3


def test_both_days_stand_in_the_table_and_absence_is_not_a_zero_with_an_interval(context):
    history = grid(["OOOO"] * 4, ROWS_AFTER)
    estimates = {AFTER: held(government=3600, opposition=2400, isis=400)}
    lines = said(draw("before-after", history, context, estimates=estimates))

    assert {"3,600 km² · 56.2 %", "6,400 km² · 100 %"} <= set(lines)
    assert lines.count("none") == 2


def test_each_pair_of_a_transfer_has_its_estimate_in_the_legend_and_on_the_map(history, context):
    estimates = {(OPPOSITION, GOVERNMENT): Estimate(1200.0, 900.0, 1500.0)}
    figure = draw("transfers", history, context, estimates=estimates)
    lines = said(figure)

    assert {"Opposition → Government", "900 to 1,500"} <= set(lines)
    assert lines.count("1,200 km²") == 2


def test_estimate_in_another_unit_is_refused(history, context):
    with pytest.raises(InputError, match="km2"):
        draw("day", history, context, estimates={GOVERNMENT: Estimate(5, 4, 6, "percent")})


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        ("day", ["5 November 2017"]),
        ("before-after", ["5 November 2017", "5 February 2018"]),
        ("transfers", ["5 November 2017 to", "5 February 2018"]),
    ],
)
def test_the_date_is_the_largest_text_after_the_title(kind, days, history, context):
    figure = draw(kind, history, context)
    by_size = sorted(texts(figure), key=lambda text: -text.get_fontsize())

    assert by_size[0].get_text() == "The finding"
    assert [text.get_text() for text in by_size[1 : 1 + len(days)]] == days


def test_source_note_and_projection_stand_at_the_bottom(history, context):
    bottom = sorted(texts(draw("day", history, context)), key=lambda text: text.get_position()[1])
    lines = [text.get_text() for text in bottom if "\n" not in text.get_text()]

    assert "Source: The publisher" in lines
    assert "A note." in lines
    assert any(history.projection.name in line for line in lines)


def test_part_of_an_area_that_the_data_do_not_cover_is_said(history, context):
    half = shapely.box(-80_000, 0, 80_000, 80_000)
    figure = draw("day", history.with_areas({"half": half}), context, area="half")

    assert any(line.startswith("The data cover 50.0 % of the area") for line in said(figure))


# What the ground shows ---------------------------------------------------------------------------


def colour_at(figure, axes, x, y):
    across, up = axes.transData.transform((x, y))
    pixels = np.asarray(figure.canvas.buffer_rgba())
    return pixels[int(pixels.shape[0] - up), int(across), :3] / 255


def test_every_cell_has_the_colour_of_its_holder(history):
    figure = draw("day", history, Context())
    for names in figure.axes[0].findobj(Group):
        names.set_visible(False)
    figure.canvas.draw()
    styles = styles_for(history.holders)

    for face, index in zip(history.faces, history.held_by[0], strict=True):
        x, y = face.bounds[0] + 0.2 * CELL_M, face.bounds[1] + 0.2 * CELL_M
        found = colour_at(figure, figure.axes[0], x, y)
        assert found == pytest.approx(to_rgb(styles[history.holders[index]].colour), abs=0.01)


def test_a_hole_in_a_zone_stays_open_whichever_way_it_is_wound():
    ring, hole = shapely.box(0, 0, 8e4, 8e4), shapely.box(3e4, 3e4, 5e4, 5e4)
    coords = [shapely.get_coordinates(part) for part in (ring, hole)]
    for inner in (coords[1], coords[1][::-1]):
        zones = [shapely.Polygon(coords[0], [inner]), hole]
        history = from_coverage(
            np.array(zones),
            np.array([[2, 1]], dtype=np.int16),  # the hole is painted first
            days=(BEFORE,),
            holders=(NOBODY, GOVERNMENT, OPPOSITION),
            projection=EqualArea(37.0, 35.7),
        )
        figure = draw("day", history, Context())
        figure.canvas.draw()

        found = colour_at(figure, figure.axes[0], 3.1e4, 3.1e4)
        expected = styles_for(history.holders)[GOVERNMENT].colour
        assert found == pytest.approx(to_rgb(expected), abs=0.01)


def test_transfer_has_the_takers_fill_and_the_givers_hatch(history, context):
    styles = styles_for(history.holders)
    axes = draw("transfers", history, context).axes[0]
    crossed = [p for p in axes.findobj(PathPatch) if p.get_hatch() == "///"]

    assert len(crossed) == 1
    assert crossed[0].get_facecolor()[:3] == pytest.approx(to_rgb(styles[GOVERNMENT].colour))
    assert crossed[0].get_hatchcolor()[:3] == pytest.approx(to_rgb(styles[OPPOSITION].colour))


def test_giver_shows_even_where_both_have_one_colour(context):
    styles = {GOVERNMENT: Style("#3b8c5e", hatch=".."), OPPOSITION: Style("#3b8c5e")}
    history = grid(ROWS_BEFORE, ROWS_AFTER)
    axes = draw("transfers", history, context, styles=styles).axes[0]
    crossed = next(p for p in axes.findobj(PathPatch) if p.get_hatch() == "///")

    assert grey(crossed.get_hatchcolor()[:3], crossed.get_facecolor()[:3]) > 10


def test_no_transfer_is_a_map_that_says_so(context):
    figure = draw("transfers", grid(ROWS_BEFORE, ROWS_BEFORE), context)

    assert "Everyone has the same ground" in " ".join(said(figure))


def test_before_and_after_share_extent_and_scale(history, context):
    first, second = draw("before-after", history, context).axes[:2]

    assert first.get_xlim() == second.get_xlim()
    assert first.get_ylim() == second.get_ylim()
    assert first.bbox.size == pytest.approx(second.bbox.size)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_area_lies_inside_the_frame_with_a_margin_and_one_scale(kind, history, context):
    axes = draw(kind, history, context).axes[0]
    west, south, east, north = shapely.total_bounds(history.faces)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()

    assert left < west - 2000
    assert right > east + 2000
    assert low < south - 2000
    assert high > north + 2000
    assert (right - left) / axes.bbox.width == pytest.approx((high - low) / axes.bbox.height)


def dark_run(figure, box):
    """Length in pixels of the longest dark line in a box."""
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1, :, 0] < 60
    rows = pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]
    edges = np.diff(np.pad(rows, ((0, 0), (1, 1))).astype(int), axis=1)
    return max(np.flatnonzero(e < 0)[0] - np.flatnonzero(e > 0)[0] for e in edges if e.any())


@pytest.mark.parametrize("offset_m", [0.0, 1_500_000.0])  # the second is 20 degrees off the centre
def test_the_scale_bar_has_its_length_on_the_ground_at_the_middle_of_the_map(offset_m):
    plane = EqualArea(37.0, 35.7)
    figure = draw("day", grid(ROWS_BEFORE, at=offset_m), Context())
    axes = figure.axes[0]
    bar = next(artist for artist in axes.get_children() if isinstance(artist, ScaleBar))
    figure.set_dpi(600)  # so that a pixel is a small part of the bar
    figure.canvas.draw()
    metres = dark_run(figure, bar.info.window_extent) / axes.bbox.width * np.ptp(axes.get_xlim())
    x, y = np.mean(axes.get_xlim()), np.mean(axes.get_ylim())
    back = Transformer.from_crs(plane.crs, 4326, always_xy=True)
    lon, lat = back.transform([x - metres / 2, x + metres / 2], [y, y])

    length = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])[2]
    assert bar.info.scale_text == "20 km"
    assert length == pytest.approx(20_000, rel=0.005)


# Nothing clipped, nothing over another ------------------------------------------------------------


@cache
def drawn(kind, language):
    history, around_it = grid(ROWS_BEFORE, ROWS_AFTER), surroundings()
    if language == "hostile":
        text, around_it = NASTY, surroundings(HOSTILE, HOSTILE, HOSTILE)
        styles = {OPPOSITION: Style("#3b8c5e", label={"en": HOSTILE})}
        return draw(kind, history, around_it, text, styles=styles)
    return draw(kind, history, around_it, ARABIC if language == "ar" else None)


@pytest.mark.parametrize("language", ["en", "ar", "hostile"])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_all_text_lies_inside_the_figure(kind, language):
    figure = drawn(kind, language)

    for text, box in zip(texts(figure), boxes(texts(figure), figure), strict=True):
        assert figure.bbox.x0 <= box.x0, text
        assert box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0, text
        assert box.y1 <= figure.bbox.y1, text


@pytest.mark.parametrize("language", ["en", "ar", "hostile"])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_text_lies_over_another(kind, language):
    figure = drawn(kind, language)
    found = list(zip(texts(figure), boxes(texts(figure), figure), strict=True))

    for (one, a), (other, b) in combinations(found, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        up = min(a.y1, b.y1) - max(a.y0, b.y0)
        beside_or_below = across <= 0 or up <= 0.25 * min(a.height, b.height)  # leading, not ink
        assert beside_or_below, (one.get_text(), other.get_text())


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_names_stay_inside_the_frame_of_their_map(kind):
    figure = drawn(kind, "en")
    names = 0
    for axes in figure.axes:
        for box in boxes(names_on(axes), figure):
            names += 1
            assert axes.bbox.x0 <= box.x0 <= box.x1 <= axes.bbox.x1
            assert axes.bbox.y0 <= box.y0 <= box.y1 <= axes.bbox.y1

    assert names >= (1 if kind == "multiples" else 8)  # small maps carry no names


def test_text_from_data_is_shown_as_text(tmp_path):
    figure = drawn("day", "hostile")
    lines = said(figure)
    (path,) = save(figure, tmp_path / "map", formats=("svg",))

    assert any(line.startswith("$x^2$ <script>alert(1)</script> \\frac{a}{b}") for line in lines)
    assert any(line.endswith("…") for line in lines)
    assert not any(text.get_parse_math() or text.get_usetex() for text in texts(figure))
    assert not any(ord(c) < 32 or c == "\u202e" for line in lines for c in line if c != "\n")
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
    assert "script" not in tags


def test_every_line_of_a_text_keeps_its_direction():
    """A line that begins with Latin letters would else run from the left in an Arabic text."""
    text = Words("ar").directed("شمالاً " * 12 + "(WGS 84). " + "الحدود " * 12)
    block = set_text(text, 2.0, 9.0, lines=9)

    assert len(block.lines) > 3
    assert all(line.startswith("\u200f") for line in block.lines)
    assert set_text("plain " * 20, 2.0, 9.0).lines[1].startswith("plain")


def test_arabic_is_shaped_and_starts_at_the_right():
    figure = drawn("day", "ar")
    title = max(texts(figure), key=lambda text: text.get_fontsize())
    (box,) = boxes([title], figure)

    assert {"القوات الحكومية", "المعارضة", "5 تشرين الثاني/نوفمبر 2017", "سوريا"} <= set(
        said(figure)
    )
    assert figure.bbox.x1 - box.x1 == pytest.approx(0.4 * figure.dpi, abs=6)
    joined = measure("سيطرة", 20)[0]
    assert joined < 0.9 * sum(measure(letter, 20)[0] for letter in "سيطرة")


# Colours ------------------------------------------------------------------------------------------

# Viénot, Brettel and Mollon (1999), another model than the one that chose the colours.
LMS = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)
BLIND = {
    "full": np.eye(3),
    "protan": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deutan": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}


def lab(colour, vision):
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.linalg.inv(LMS) @ BLIND[vision] @ LMS @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ linear / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, vision):
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def grey(one, other):
    return abs(lab(one, "full")[0] - lab(other, "full")[0])


@pytest.mark.parametrize(
    "actors",
    [
        ("nobody", "government", "opposition", "isis", "sdf"),
        ("nobody", "government", "opposition", "isis", "sdf", "turkey"),
        ("nobody", "russia", "ukraine"),
        ("nobody", "israel", "isis", "opposition"),
    ],
)
@pytest.mark.parametrize("vision", BLIND)
def test_the_parties_of_a_war_stay_apart_for_every_reader_and_in_grey(actors, vision):
    styles = styles_for(Holder(actor) for actor in actors)

    for one, other in combinations(styles.values(), 2):
        assert distance(one.colour, other.colour, vision) > 11
        assert grey(one.colour, other.colour) > 4.5
        assert not one.hatch + other.hatch


@pytest.mark.parametrize("called", ["{}", "{} army", "Task-force {}", "{}_1"])
def test_who_is_called_by_a_colour_has_that(called):
    names = {called.format(colour.capitalize()): colour for colour in NAMED}
    others = [Holder(f"brigade {n}") for n in range(3)]
    styles = styles_for([NOBODY, *others, *map(Holder, names)])
    for name, colour in names.items():
        assert styles[Holder(name)].colour == NAMED[colour]
        assert (styles[Holder(name)].hatch == "") == (colour != "pink")  # nobody's grey is near
    assert {styles[each].colour for each in others}.isdisjoint(NAMED.values())


def test_two_of_one_colour_are_told_apart_by_a_hatch():
    one, other, claim = (
        Holder("red guards"),
        Holder("Red Army"),
        Holder("red guards", Status.CLAIMED),
    )
    styles = styles_for([one, other, claim])
    assert styles[one].colour == styles[other].colour == NAMED["red"]
    assert styles[one].hatch == ""
    assert styles[other].hatch
    assert styles[claim].colour == tint(NAMED["red"], 0.45)


@pytest.mark.parametrize("name", ["Greenland", "Redoubt", "reds", "whiteblack", "isis"])
def test_a_colour_within_another_word_means_nothing(name):
    assert styles_for([Holder(name)])[Holder(name)].colour not in NAMED.values()


def test_any_number_of_unknown_actors_is_told_apart():
    styles = styles_for([NOBODY, *(Holder(f"brigade_{number}") for number in range(40))])

    for one, other in combinations(styles.values(), 2):
        apart = one.hatch != other.hatch
        assert apart or (
            grey(one.colour, other.colour) > 4.5
            and min(distance(one.colour, other.colour, vision) for vision in BLIND) > 9
        )


def test_claimed_ground_is_a_hatched_tint_of_its_actor():
    claimed = Holder("russia", Status.CLAIMED)
    styles = styles_for([Holder("russia"), claimed])

    assert styles[claimed].hatch
    assert not styles[Holder("russia")].hatch
    assert styles[claimed].name("en") == "Russia (claimed)"
    assert lab(styles[claimed].colour, "full")[0] > lab(styles[Holder("russia")].colour, "full")[0]


def test_given_styles_win_and_keep_the_names_they_lack():
    styles = styles_for([ISIS], preferred={ISIS: Style("red", label={"en": "Daesh"})})

    assert styles[ISIS].colour == "red"
    assert (styles[ISIS].name("en"), styles[ISIS].name("ar")) == ("Daesh", "تنظيم الدولة")


@pytest.mark.parametrize("bad", [{"colour": "no such colour"}, {"colour": "red", "hatch": "<>"}])
def test_style_that_cannot_be_drawn_is_refused(bad):
    with pytest.raises(InputError, match="is not a"):
        Style(**bad)


# Files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_same_map_is_the_same_bytes_whatever_the_caller_has_set(
    kind, history, context, tmp_path
):
    first = save(draw(kind, history, context), tmp_path / "one")
    with mpl.rc_context({"font.size": 30, "text.color": "red", "svg.hashsalt": None}):
        second = save(draw(kind, history, context), tmp_path / "two")

    assert [p.name for p in first] == ["one.png", "one.svg"]
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes()


def test_saving_twice_gives_the_same_bytes(tmp_path):
    figure = drawn("day", "ar")
    first, second = (save(figure, tmp_path / name) for name in ("one", "two"))

    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_drawing_leaves_the_settings_of_the_caller_alone(history, context, tmp_path):
    before = dict(mpl.rcParams)
    save(draw("day", history, context), tmp_path / "map")

    assert dict(mpl.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not mpl.pyplot.get_fignums()


def test_nothing_half_written_is_left_behind(history, context, tmp_path, monkeypatch):
    figure = draw("day", history, context)

    def fail(path, **_):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(OSError, match="disk full"):
        save(figure, tmp_path / "map", formats=("svg",))
    assert list(tmp_path.iterdir()) == []


def test_unknown_format_is_refused_before_anything_is_written(history, context, tmp_path):
    with pytest.raises(InputError, match="png"):
        save(draw("day", history, context), tmp_path / "map", formats=("png", "pgn"))
    assert list(tmp_path.iterdir()) == []


# Bad cases ----------------------------------------------------------------------------------------


def test_area_outside_the_data_is_an_error(history, context):
    away = history.with_areas({"away": shapely.box(9e5, 9e5, 9.1e5, 9.1e5)})

    with pytest.raises(InputError, match="do not reach into the area 'away'"):
        draw("day", away, context, area="away")


def test_days_out_of_order_are_an_error(history, context):
    with pytest.raises(InputError, match="before"):
        transfers_map(Subject(history, context), AFTER, BEFORE, estimates={})


def test_language_that_the_maps_do_not_speak_is_an_error():
    with pytest.raises(InputError, match="'de'"):
        MapText("x", language="de")


def test_context_in_metres_is_an_error(context):
    with pytest.raises(CRSError, match="longitude and latitude"):
        Context(towns=context.towns.to_crs(3857))


def test_map_without_any_context_is_readable(history):
    assert len(draw("day", history, Context()).axes) == 1


def test_forty_actors_all_stand_in_the_legend(context):
    holders = (NOBODY, *(Holder(f"brigade_{number:02d}") for number in range(40)))
    cells = [
        shapely.box(x, y, x + 1e4, y + 1e4)
        for x in range(0, 80000, 10000)
        for y in range(0, 50000, 10000)
    ]
    history = from_coverage(
        np.array(cells),
        np.arange(1, 41, dtype=np.int16)[None, :],
        days=(BEFORE,),
        holders=holders,
        projection=EqualArea(37.0, 35.7),
    )
    figure = draw("day", history, context)
    lines = said(figure)

    assert all(f"Brigade {number:02d}" in lines for number in range(40))
    assert min(text.get_fontsize() for text in texts(figure)) >= 8


def test_of_more_actors_than_can_be_told_apart_the_smallest_stand_together(context):
    holders = (NOBODY, *(Holder(f"brigade_{number:02d}") for number in range(60)))
    cells = [
        shapely.box(x, y, x + 1e4, y + 1e4 - (x + y) / 100)
        for y in range(0, 60000, 10000)
        for x in range(0, 100000, 10000)
    ]
    history = from_coverage(
        np.array(cells),
        np.arange(1, 61, dtype=np.int16)[None, :],
        days=(BEFORE,),
        holders=holders,
        projection=EqualArea(37.0, 35.7),
    )
    smallest = holders[1 + int(np.argmin(shapely.area(cells)))]
    subject = Subject(history, context, preferred={smallest: Style("#112233")})
    assert len(subject.minor) == 60 - 40 - 1 and smallest not in subject.minor
    assert {subject.styles[each].colour for each in subject.minor} == {TOGETHER}
    assert subject.styles[smallest].colour == "#112233"
    lines = said(day_map(subject, BEFORE, estimates={}))
    together = sum(subject.km2(BEFORE)[each] for each in subject.minor)
    assert "19 others together" in lines
    assert any(line.startswith(subject.words.area(together)) for line in lines)
    assert not [each for each in subject.minor if subject.name(each) in lines]

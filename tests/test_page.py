"""The page's arithmetic in Python: packing, arcs, groups, intervals, safety, bad input."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html import unescape

import numpy as np
import pytest
import shapely
from drawn_maps import surroundings
from drawn_pages import DAYS, NEEDS_NODE, moved_on_the_page, topic_of, unpacked, unzigzag
from hypothesis import given
from hypothesis import strategies as st
from squares import KM, PLANE, counted_areas, day, drawn, frame, history_of, squares

from territory.claims.model import Claim
from territory.claims.verdicts import judge
from territory.cli import _code
from territory.errors import InputError
from territory.geometry.projection import WGS84
from territory.history.drawing import drawing_of
from territory.history.history import from_coverage, from_snapshots
from territory.history.regions import DrawnRegions, resolve_regions
from territory.history.repair import normalise
from territory.history.rim import RimError
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.maps.frame import Extent
from territory.maps.style import Style
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import areas_by_day, transition_matrix
from territory.measure.ensemble import Ensemble
from territory.measure.tables import area_estimates, transfer_estimates
from territory.publish.page.arcs import Grid, arcs_of, dissolved, simplified
from territory.publish.page.build import page_html, titled
from territory.publish.page.content import content
from territory.publish.page.document import json_in_html
from territory.publish.page.intervals import area_bounds, borders_between, moved_bounds
from territory.publish.page.pack import packed, packed_lines, steps, zigzag
from territory.publish.page.scopes import cut_along, grouped, named_as, provinces, scopes_of
from territory.read.basemap import Context

FIRST = squares("AAB.", "AAB.", "CCBB")
SECOND = squares("AAB.", "ABB.", "CCCB")
THIRD = squares("BAB.", "AAB.", "CCCB")


def topic(*grids, **settings):
    history = history_of(*grids)
    return topic_of(Ensemble(history, BoundaryError()), "A title", **settings)


def page_data(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.S).group(1))


# ---- Packing ---------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2**53 - 1)))
def test_packed_numbers_come_back(numbers):
    assert unpacked(packed(np.array(numbers, dtype=np.int64))) == numbers


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1))
def test_steps_and_signs_come_back(numbers):
    back = np.cumsum(unzigzag(unpacked(packed(zigzag(steps(numbers))))))
    assert back.tolist() == numbers


def test_packed_lines_keep_points():
    lines = [np.array([[3, -4], [5, 5], [0, 0]]), np.array([[-9, 9], [9, -9]])]
    flat = unpacked(packed_lines(lines))
    assert flat[0] == 3
    assert np.cumsum(np.reshape(unzigzag(flat[1:7]), (3, 2)), axis=0).tolist() == lines[0].tolist()
    assert flat[7] == 2
    assert packed_lines([]) == ""


# ---- Groups ----------------------------------------------------------------------------------


def test_groups_are_the_ground_that_always_goes_together():
    history = history_of(FIRST, SECOND, THIRD)
    scopes = scopes_of(history, history, {}, {})
    groups = grouped(history, scopes)
    columns = Counter(zip(*("".join(grid) for grid in (FIRST, SECOND, THIRD)), strict=True))
    found = Counter()
    for group, area in enumerate(groups.area_m2):
        marks = tuple(
            "." if history.holders[k] == NOBODY else history.holders[k].actor
            for k in groups.held_by[:, group]
        )
        found[marks] += round(area / 1e6, 6)
    assert found == columns
    assert len(groups.area_m2) == len(columns)


@given(
    st.lists(
        st.lists(st.text("AB.", min_size=4, max_size=4), min_size=3, max_size=3).filter(
            lambda rows: set("".join(rows)) != {"."}
        ),
        min_size=2,
        max_size=4,
    )
)
def test_page_areas_are_counted_squares(days):
    grids = [squares(*rows) for rows in days]
    history = history_of(*grids)
    data = content(topic_of(Ensemble(history, BoundaryError()), ""))
    areas = np.array(unpacked(data["groups"]["areas"])) / 1e8
    row = unpacked(data["groups"]["start"])
    changes = iter(unpacked(data["groups"]["changes"]))
    for number, grid in enumerate(grids):
        if number:
            count = next(changes)
            which = np.cumsum([next(changes) for _ in range(count)])
            for group in which:
                row[group] = next(changes)
        held = Counter()
        for group, holder in enumerate(row):
            held[data["holders"][holder]["actor"]] += areas[group]
        for mark, count in counted_areas(grid).items():
            assert held["nobody" if mark == "." else mark] == pytest.approx(count, abs=1e-6)


# ---- Arcs ------------------------------------------------------------------------------------


def ring_areas(arcs, count, cell):
    """Twice-signed area of every group from the arcs alone: the shoelace formula."""
    total = np.zeros(count + 1)
    for left, right, points in zip(arcs.left, arcs.right, arcs.points, strict=True):
        (x0, y0), (x1, y1) = points[:-1].T, points[1:].T
        swept = float((x0 * y1 - x1 * y0).sum()) / 2 * cell**2
        total[left] += swept
        total[right] -= swept
    return np.abs(total[:count])


def arcs_for(history):
    groups = grouped(history, scopes_of(history, history, {}, {}))
    grid = Grid.over(Extent.around(shapely.box(*shapely.total_bounds(history.faces))))
    shapes = dissolved(history, groups.of_face, len(groups.area_m2), grid)
    return groups, grid, arcs_of(simplified(shapes, grid), grid)


def test_arcs_close_around_every_group():
    groups, grid, arcs = arcs_for(history_of(FIRST, SECOND, THIRD))
    found = ring_areas(arcs, len(groups.area_m2), grid.cell)
    assert found == pytest.approx(groups.area_m2, rel=1e-3)


def test_arcs_close_around_groups_in_several_pieces_and_with_holes():
    groups, grid, arcs = arcs_for(history_of(squares("AAAAB", "A.A.B", "AAAAA", "BBBBB")))
    assert ring_areas(arcs, len(groups.area_m2), grid.cell) == pytest.approx(
        groups.area_m2, rel=1e-3
    )


def test_arcs_of_zones_drawn_in_degrees_bend():
    """As chords in the plane, borders ten degrees long would be kilometres off."""
    days = (date(2018, 1, 1), date(2018, 1, 2))
    zones = [np.array([shapely.box(30, 50, east, 60)]) for east in (40, 45)]
    drawn = (
        normalise(RawZones(day, WGS84, Source("drawn"), (Holder("a"),), zone))
        for day, zone in zip(days, zones, strict=True)
    )
    history = from_snapshots(tuple(drawn))
    assert history.as_drawn is not None
    groups, grid, arcs = arcs_for(history)
    found = ring_areas(arcs, len(groups.area_m2), grid.cell)
    assert found == pytest.approx(groups.area_m2, rel=1e-4)


def test_arcs_of_zones_all_around_the_earth_bend_as_they_do():
    """Far from the middle of the plane edges bend most near their ends: 7 % were cut off."""
    halves = np.array([shapely.box(west, -60, west + 179.9, 60) for west in (-179.9, 0)])
    raw = RawZones(date(2018, 1, 1), WGS84, Source("drawn"), (Holder("a"), Holder("b")), halves)
    history = from_snapshots((normalise(raw),))
    assert history.as_drawn is not None
    grid = Grid.over(Extent.around(shapely.box(*shapely.total_bounds(history.faces))))
    shapes = dissolved(history, np.array([0, 1]), 2, grid)
    assert shapely.area(shapes) == pytest.approx(history.area_m2, rel=1e-4)


def test_every_node_has_as_many_arcs_in_as_out():
    groups, _, arcs = arcs_for(history_of(FIRST, SECOND, THIRD))
    for group in range(len(groups.area_m2)):
        balance = Counter()
        for left, right, points in zip(arcs.left, arcs.right, arcs.points, strict=True):
            if group in (left, right):
                sign = 1 if left == group else -1
                balance[tuple(points[0])] += sign
                balance[tuple(points[-1])] -= sign
        assert not any(balance.values())


def test_a_sliver_thinner_than_the_grid_has_no_arc_and_keeps_its_area():
    faces = np.array([shapely.box(0, 0, 1e6, 1e6), shapely.box(1e6, 0, 1e6 + 0.01, 1e6)])
    history = from_coverage(
        faces,
        np.array([[1, 2]], dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY, Holder("a"), Holder("b")),
        projection=PLANE,
    )
    groups, grid, arcs = arcs_for(history)
    assert groups.area_m2.tolist() == pytest.approx([1e12, 1e4])
    assert ring_areas(arcs, 2, grid.cell)[0] == pytest.approx(1e12, rel=1e-3)


# ---- Intervals -------------------------------------------------------------------------------


@NEEDS_NODE
@pytest.mark.parametrize("error", [BoundaryError(500.0, 200.0, bias_m=3.0, date_correlation=0.2),
                                   BoundaryError(20.0, 2000.0),
                                   BoundaryError(20.0, 900.0, redraw_lag_days=0.6),
                                   BoundaryError(20.0, 900.0, redraw_lag_days=9.0)])  # fmt: skip
def test_the_page_works_out_intervals_as_the_tables_do(error):
    """Its script is run on a drawn series with strips of all widths, a day written again, an area.

    The page has lengths to a centimetre.
    """
    snapshots = [drawn(grid, number) for number, grid in enumerate(DAYS)]
    shifted = replace(snapshots[2], day=day(3), xy=(snapshots[2].xy + 0.7).round(1))
    history = from_snapshots((*snapshots, shifted), projection=PLANE).with_areas(
        {"part": shapely.Polygon([(300, -2500), (300, -100), (3700, -700), (2900, -2900)])}
    )
    for base in (history, from_snapshots((*snapshots, shifted), projection=PLANE)):
        ensemble, holders = Ensemble(base, error), base.holders
        found = moved_on_the_page(topic_of(ensemble, ""))
        assert len(found) >= 12
        for i, j, giver, taker, km2, low, high in found:
            area = base.area_names[0]
            expected = transfer_estimates(ensemble, base.days[i], base.days[j], area, stayed=False)
            each = expected[holders[giver], holders[taker]]
            assert [km2, low, high] == pytest.approx([each.value, each.low, each.high], abs=1e-5)


@NEEDS_NODE
def test_ground_narrower_than_the_page_has_lengths_leaves_its_intervals_be():
    """Of sides that are 0 cm long the mean width was 0 / 0, and an interval of nothing "0 to 0"."""
    square = [(0, 0), (1000, 0), (1000, 500), (1000, 500.001), (1000, 1000), (0, 1000)]
    more = [*square[:3], (1000.001, 500.0005), *square[3:5], (0, 1100)]
    snapshots = (
        normalise(RawZones(day(n), PLANE.crs, Source("drawn"), (Holder("a"),), np.array([zone])))
        for n, zone in enumerate((shapely.Polygon(square), shapely.Polygon(more)))
    )
    history = from_snapshots(tuple(snapshots), projection=PLANE)
    ensemble = Ensemble(history, BoundaryError(20.0, 200.0))
    [[*_, km2, low, high]] = moved_on_the_page(topic_of(ensemble, ""))
    [expected] = transfer_estimates(ensemble, day(0), day(1), "all", stayed=False).values()
    assert [km2, low, high] == pytest.approx([expected.value, expected.low, expected.high])


@NEEDS_NODE
def test_the_page_counts_the_error_of_a_rim_and_errs_on_the_wide_side():
    snapshots = [drawn(grid, n) for n, grid in enumerate((squares("AABB"), squares("AAAB")))]
    history = from_snapshots(snapshots, projection=PLANE).with_areas(
        {"part": shapely.box(500, -700, 3500, 500)}
    )
    error, rims = BoundaryError(20.0, 200.0), {"part": RimError(30.0, 100.0)}
    plain, rimmed = (Ensemble(history, error, rims=each) for each in ({}, rims))
    widths = []
    for ensemble in (plain, rimmed):
        [each] = moved_on_the_page(topic_of(ensemble, ""), scope=1)
        cells = transfer_estimates(ensemble, day(0), day(1), "part", stayed=False)
        [expected] = cells.values()
        assert each[4] == pytest.approx(expected.value)
        widths.append((each[6] - each[5], expected.high - expected.low))
    assert widths[0][0] == pytest.approx(widths[0][1], abs=1e-5)
    assert 1.05 * widths[0][1] < widths[1][1] <= widths[1][0] + 1e-5 < 1.1 * widths[1][1]


def test_lines_between_patches_carry_as_far_as_those_between_faces():
    history = history_of(FIRST, SECOND)
    groups = grouped(history, scopes_of(history, history, {}, {}))
    found = borders_between(history, groups.of_face)
    whole, drawing = history.lines, drawing_of(history)
    for day_number in range(len(history.days)):
        for index in range(len(history.holders)):
            faces = drawing.held_by(day_number) == index
            held = (groups.held_by[day_number] == index)[found.group]
            there = np.where(found.lines.other < 0, False, held[found.lines.other])
            other = np.where(whole.other < 0, False, faces[whole.other])
            counted = found.lines.length_m[held[found.lines.one] != there].sum()
            assert counted == pytest.approx(whole.length_m[faces[whole.one] != other].sum())
            assert found.area_m2[held].sum() == pytest.approx(drawing.area_m2[faces].sum())


def resampled(*, rim_m=0.0):
    """Return an ensemble whose draws are moved copies of one history."""

    def history(shift):
        cells = np.array(
            [shapely.box(n * KM, 0, (n + 1) * KM + shift * (n == 1), KM) for n in (0, 1)]
        )
        held = np.array([[1, 2], [1, 1], [2, 1]], dtype=np.int16)
        holders = (NOBODY, Holder("a"), Holder("b"))
        return from_coverage(
            cells, held, days=(day(0), day(1), day(2)), holders=holders, projection=PLANE
        ).with_areas(
            {
                "part": shapely.box(250, 100, 1900, 900),
                "east": shapely.box(1100, 100, 1900, 900),  # all of it changes hands
            }
        )

    draws = tuple(history(shift) for shift in (-40.0, 10.0, 60.0, 90.0))
    rims = dict.fromkeys(("part", "east"), RimError(rim_m, 300.0))
    return Ensemble(history(0.0), draws=draws, sample_size=8, total=10, rims=rims)


@pytest.mark.parametrize(
    ("area", "rim_m"), [("all", 0.0), ("part", 0.0), ("part", 20.0), ("east", 20.0)]
)
def test_intervals_from_draws_are_those_of_the_tables(area, rim_m):
    ensemble = resampled(rim_m=rim_m)
    days, holders = ensemble.base.days, ensemble.base.holders
    bounds = area_bounds(ensemble, days, area)
    for row, when in enumerate(days):
        for holder, each in area_estimates(ensemble, when, area).items():
            assert bounds[row, holders.index(holder)] == pytest.approx([each.low, each.high])
    moved = {
        (m.from_day, m.to_day, m.giver, m.taker): (m.low, m.high)
        for m in moved_bounds(ensemble, days, area)
    }
    expected = {}
    for i, j in ((0, 1), (0, 2), (1, 2)):
        found = transfer_estimates(ensemble, days[i], days[j], area, stayed=False)
        for (giver, taker), each in found.items():
            key = i, j, holders.index(giver), holders.index(taker)
            expected[key] = pytest.approx((each.low, each.high))
    assert moved == expected


# ---- Provinces -------------------------------------------------------------------------------


def laid(*shapes, names, titles=None):
    """Return shapes of the plane as the provinces of a page."""
    polygons = np.array([*shapes, None], dtype=object)[:-1]
    return resolve_regions(
        DrawnRegions("p.gpkg", PLANE.crs, names, polygons, (), titles or {}), PLANE
    )


def test_provinces_have_true_areas_and_those_beyond_the_data_are_left_out():
    history = history_of(FIRST, SECOND)
    west = shapely.box(0, -3 * KM, 2 * KM, 0)
    far = shapely.box(90 * KM, 0, 91 * KM, KM)
    regions = provinces(laid(west, far, names=("West", "Far")), history)
    assert list(regions) == ["West"]
    cut = cut_along(history, regions)
    scopes = scopes_of(history, cut, regions, {})
    assert [(scope.key, scope.region) for scope in scopes] == [
        ("all", False),
        ("frame", False),
        ("region:West", True),
    ]
    km2 = cut.area_m2[scopes[2].faces].sum() / 1e6
    assert km2 == pytest.approx(6, rel=1e-6)
    assert areas_by_day(cut, "frame") == pytest.approx(areas_by_day(history, "frame"))


def test_a_province_that_is_a_named_area_lends_it_its_names():
    history = history_of(FIRST, SECOND)
    titles = {"إطار": {"en": "Whole frame", "ar": "الإطار"}}
    whole = laid(frame(FIRST), names=("إطار",), titles=titles)
    assert named_as(history, provinces(whole, history)) == {"frame": "إطار"}
    data = content(topic_of(Ensemble(history, BoundaryError()), "", regions=whole))
    names = [scope["name"] for scope in data["scopes"]]
    others = dict.fromkeys(("fr", "ru", "uk"), "Whole frame")
    assert names == [{}, {"en": "Whole frame", "ar": "الإطار", **others}]


def test_an_area_of_the_size_of_a_province_that_lies_elsewhere_is_another():
    middle = shapely.box(KM, -3 * KM, 3 * KM, 0)
    history = history_of(FIRST, SECOND).with_areas({"middle": middle})
    for shape in (
        shapely.box(0, -3 * KM, 2 * KM, 0),
        shapely.Polygon([(0, 0), (0, -3 * KM), (4 * KM, -3 * KM)]),  # across faces
    ):
        regions = provinces(laid(shape, names=("West",)), history)
        assert regions["West"].within_m2.sum() == pytest.approx(6 * KM**2)
        assert named_as(history, regions) == {}


def test_a_province_has_its_code_unless_its_name_has_it():
    history = history_of(FIRST, SECOND)
    west, east = (shapely.box(x * KM, -3 * KM, (x + 2) * KM, 0) for x in (0, 2))
    shapes = np.array([west, east, None], dtype=object)[:-1]
    codes = {"West": "SY01", "East (SY02)": "SY02"}
    drawn = DrawnRegions("p.gpkg", PLANE.crs, tuple(codes), shapes, codes=codes)
    regions = resolve_regions(drawn, PLANE)
    data = content(topic_of(Ensemble(history, BoundaryError()), "", regions=regions))
    found = {scope["key"]: scope["code"] for scope in data["scopes"]}
    assert found == {"all": "", "frame": "", "region:West": "SY01", "region:East (SY02)": ""}


def test_ground_of_two_provinces_is_counted_once():
    history = history_of(FIRST, SECOND)
    west, middle = (shapely.box(x * KM, -2 * KM, (x + 2) * KM, 0) for x in (0, 1))
    regions = provinces(laid(west, middle, names=("West", "Middle")), history)
    cut = cut_along(history, regions)
    scopes = scopes_of(history, cut, regions, {})[-2:]
    assert [cut.area_m2[scope.faces].sum() / 1e6 for scope in scopes] == pytest.approx([4, 2])


# ---- The document ----------------------------------------------------------------------------


def test_the_page_is_the_same_every_time():
    assert page_html(topic(FIRST, SECOND)) == page_html(topic(FIRST, SECOND))


def test_the_page_asks_for_nothing_from_the_network():
    html = page_html(topic(FIRST, SECOND))
    assert "default-src 'none'" in unescape(html)
    for attribute in re.findall(r'\b(?:src|href)="([^"]*)"', html):
        assert attribute.startswith(("data:", "#"))
    assert "@import" not in html
    assert "Copyright 2010-2023 Mike Bostock" in html
    assert "Permission to use, copy, modify, and/or distribute" in html


def test_hostile_text_stays_text():
    hostile = "</script><script>alert(1)</script>\u2028\u2029&amp;=1+1"
    history = history_of(squares("AB"))
    styles = {Holder("A"): Style("#112233", label={"en": hostile, "ar": hostile})}
    html = page_html(
        topic_of(Ensemble(history, BoundaryError()), hostile, source=hostile, styles=styles)
    )
    assert html.count("</script>") == html.count("<script")
    assert "alert(1)</script>" not in html
    assert "\u2028" not in html
    names = [each["name"]["en"] for each in page_data(html)["holders"]]
    assert "</script><script>alert(1)</script> &amp;=1+1" in names


def test_json_in_html_can_be_read_back():
    text = "<>&\u2028\u2029\"'"
    assert json.loads(json_in_html({"a": text})) == {"a": text}
    assert not set(json_in_html(text)) & set("<>&\u2028\u2029")


def test_links_of_claims_are_web_addresses_only():
    claim = Claim(
        id="x",
        text="A said so",
        publisher="P",
        published=date(2018, 1, 1),
        url="javascript:alert(1)",
        value=3,
        unit="km2",
        not_checkable="nothing to measure",
    )
    ensemble = Ensemble(history_of(FIRST), BoundaryError())
    data = content(topic_of(ensemble, "", judgements=(judge(claim, ensemble),)))
    assert data["claims"][0]["url"] == ""
    assert data["claims"][0]["readings"][0]["kind"] == "open"


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        ({"value": 80.0, "unit": "percent"}, ["80"]),
        ({"value": "80.0", "unit": "percent"}, ["80.0"]),
        ({"value": 19.04, "unit": "percent"}, ["19.04"]),
        ({"value": 538.8, "unit": "km2"}, ["538.8"]),
        ({"value": 3000.0, "value_high": 3500.0, "unit": "km2", "precision": "between"},
         ["3,000", "3,500"]),
    ],
)  # fmt: skip
def test_a_published_figure_keeps_its_digits(figure, shown):
    claim = Claim(
        id="x", text="", publisher="P", published=date(2018, 1, 1), not_checkable="-", **figure
    )
    ensemble = Ensemble(history_of(FIRST), BoundaryError())
    data = content(topic_of(ensemble, "", judgements=(judge(claim, ensemble),)))

    assert data["claims"][0]["figures"] == shown


def test_the_country_that_drawn_zones_lie_in_is_named_beside_them():
    history = history_of(FIRST)
    free = replace(history, within={}, requested_m2={})
    around = {
        name: content(topic_of(Ensemble(each, BoundaryError()), "", context=surroundings()))[
            "around"
        ]
        for name, each in (("area", history), ("free", free))
    }
    syria = {
        name: next(each for each in found["countries"] if each["name"]["en"] == "Syria")
        for name, found in around.items()
    }

    assert syria["area"]["home"] and not syria["area"]["named"]
    assert syria["free"]["home"] and syria["free"]["named"]
    assert syria["free"]["at"] != syria["area"]["at"]


# ---- Bad input -------------------------------------------------------------------------------


def test_a_day_without_data_is_refused_with_its_neighbours():
    with pytest.raises(InputError, match="the nearest days are"):
        content(topic(FIRST, SECOND, days=(date(2019, 1, 1),)))


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="do not speak 'de'"):
        content(titled(topic(FIRST), language="de"))


def test_an_unknown_area_is_refused():
    with pytest.raises(InputError, match="no area is named 'nowhere'"):
        content(topic(FIRST, area="nowhere"))


def test_an_area_outside_the_data_is_an_empty_place():
    history = history_of(FIRST).with_areas({"far": shapely.box(50 * KM, 0, 51 * KM, KM)})
    data = content(topic_of(Ensemble(history, BoundaryError()), "", area="far"))
    assert [scope["key"] for scope in data["scopes"]] == ["all", "frame", "far"]


def test_forty_actors_and_long_names_have_each_a_look():
    grid = squares("".join(chr(0x4E00 + n) for n in range(40)))
    history = history_of(grid)
    styles = {history.holders[1]: Style("#123456", label={"en": "x" * 300})}
    data = content(topic_of(Ensemble(history, BoundaryError()), "t" * 300, styles=styles))
    looks = {(each["colour"], each["hatch"]) for each in data["holders"]}
    assert len(looks) == 41
    assert data["holders"][1]["name"]["en"] == "x" * 300


def test_one_day_makes_a_page_too():
    data = page_data(page_html(topic(FIRST)))
    assert data["open"] == {"from": 0, "day": 0, "scope": 0}


# ---- The verb --------------------------------------------------------------------------------


def test_the_verb_needs_files_that_are_there(tmp_path, capsys):
    assert _code(["page", str(tmp_path / "zones"), "--out", str(tmp_path / "p.html")]) == 1
    assert "no such file" in capsys.readouterr().err
    assert not (tmp_path / "p.html").exists()


def test_the_verb_refuses_options_that_a_job_has_itself(tmp_path, capsys):
    arguments = ["page", "job.toml", "--area", "1,2,3,4", "--out", str(tmp_path / "p.html")]
    assert _code(arguments) == 2
    assert "--area does nothing here: it is for files" in capsys.readouterr().err


def test_the_verb_writes_a_page_of_a_series(tmp_path, capsys):
    folder = tmp_path / "zones"
    folder.mkdir()
    for number, east in enumerate((38.0, 37.5), start=1):
        zone = shapely.to_geojson(shapely.box(37, 35, east, 36))
        feature = {"type": "Feature", "properties": {"actor": "a"}, "geometry": json.loads(zone)}
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (folder / f"zones_2018-01-0{number}.geojson").write_text(text)
    target = tmp_path / "page.html"
    arguments = ["page", str(folder), "--profile", "zones", "--out", str(target), "--title", "Tëst"]
    assert _code(arguments) == 0
    assert "2 days" in capsys.readouterr().err
    data = page_data(target.read_text("utf-8"))
    assert data["title"] == "Tëst"
    assert data["days"] == ["2018-01-01", "2018-01-02"]


def test_matrices_of_the_groups_are_those_of_the_history():
    history = history_of(FIRST, SECOND, THIRD)
    groups = grouped(history, scopes_of(history, history, {}, {}))
    size = len(history.holders)
    flat = groups.held_by[0].astype(int) * size + groups.held_by[2]
    found = np.bincount(flat, groups.area_m2 / 1e6, minlength=size * size).reshape(size, size)
    matrix = transition_matrix(history, history.days[0], history.days[2], "frame")
    assert found == pytest.approx(matrix)


def test_context_without_any_layer_is_enough():
    data = content(topic(FIRST, SECOND, context=Context()))
    assert data["around"]["countries"] == []

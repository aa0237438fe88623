"""The page in headless Chromium, without a network: what a reader sees and can do.

Skipped, with the reason, where there is no Chromium.
"""

import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from drawn_pages import topic_of
from PIL import Image
from squares import PLANE, day, history_of, squares
from written_numbers import FIGURES, INTERVALS

from territory.claims.caveats import FAR
from territory.claims.model import Claim, Reading
from territory.claims.pooled import judge_on_maps
from territory.geometry.projection import GEOD, WGS84, transformation
from territory.history.regions import DrawnRegions, resolve_regions
from territory.holders import Holder
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.study import compute
from territory.languages import LANGUAGES
from territory.maps.frame import Extent
from territory.maps.request import job_source
from territory.maps.style import Style
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import areas_by_day
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import Estimate
from territory.measure.rows import change_rows
from territory.measure.tables import transfer_estimates
from territory.measure.tenure import held_since, times_changed
from territory.numbers import figure
from territory.publish.page.arcs import Grid
from territory.publish.page.build import job_topic, write_page
from territory.publish.report.reading_list import verdict_mark

playwright = pytest.importorskip("playwright.sync_api")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HOLDERS = "#holders tbody tr"


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("needs Chromium (on Debian: apt install chromium)")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def show(browser):
    """Open a page file; whatever it complains about or asks the network for fails the test."""
    contexts, faults = [], []

    def open_page(path, *, viewport=DESKTOP, address="", scheme="light", **settings):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, offline=True, **settings
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:")) or faults.append(request.url)
            ),
        )
        page.goto(path.as_uri() + address)
        until(page, "Boolean(document.getElementById('map').dataset.first)")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def idlib(repo):
    return compute(repo / "data" / "idlib-2018" / "job.toml", workers=2)


@pytest.fixture(scope="module")
def idlib_topic(idlib, repo):
    folder = repo / "data" / "idlib-2018"
    return job_topic(
        job_source(idlib.loaded[0], idlib.job, idlib.context), folder, idlib.judgements
    )


@pytest.fixture(scope="module")
def idlib_page(idlib_topic, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "idlib.html"
    write_page(idlib_topic, path)
    return path


@pytest.fixture(scope="module")
def drawn():
    """Return a small drawn series with every kind of ground in it."""
    return Ensemble(
        history_of(
            squares("AAAB", "AAAB", "CCBB"),
            squares("AABB", "AAAB", "CCCB"),
            squares("AAAB", "AABB", "CCC."),
        ),
        BoundaryError(50.0, 200.0),
    )


@pytest.fixture
def drawn_page(drawn, tmp_path):
    path = tmp_path / "drawn.html"
    write_page(topic_of(drawn, "Squares"), path)
    return path


def until(page, expression, seconds=20):
    """Wait until something is true; the page's policy forbids what Playwright would inject."""
    for _ in range(seconds * 20):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


def at_rest(page):
    """Wait until the map shows the state."""
    until(
        page,
        """(() => {
            const s = territory.state();
            const shown = `${s.view}|${s.day}|${s.from}|${s.swipe}`;
            return document.getElementById('map').dataset.drawn === shown;
        })()""",
    )


def table(page):
    """Return actor, figures and the words of every row of the table of holders."""
    return page.eval_on_selector_all(
        HOLDERS,
        """rows => rows.map(row => ({actor: row.dataset.actor, km2: +row.dataset.km2,
            low: +row.dataset.low, high: +row.dataset.high, text: row.innerText}))""",
    )


def shown(value, like=None):
    return figure(value, like=like)


# ---- Figures ---------------------------------------------------------------------------------


def test_figures_are_written_as_the_library_writes_them(show, drawn_page):
    page = show(drawn_page)
    said = page.evaluate("values => values.map((each) => Say.number(each))", list(FIGURES))
    assert said == list(FIGURES.values())
    texts = page.evaluate(
        "all => all.map(([value, ...ends]) => Say.span(ends, value))", list(map(list, INTERVALS))
    )
    assert [tuple(re.findall(r"[\d.,]+", each)) for each in texts] == list(INTERVALS.values())
    assert page.evaluate("[Say.change(7, 7), Say.change(-0.04, -0.04), Say.share(0.5)]") == [
        "+7.0",
        "−0.040",
        "50.0\u00a0%",
    ]


NO_FIGURES = ("NaN", "Infinity", "-Infinity", "undefined", "null", "'3'")


@pytest.mark.parametrize("value", NO_FIGURES)
def test_what_is_no_number_is_a_dash_and_an_error_that_tests_see(browser, drawn_page, value):
    """Never a nought, which is a figure; the page goes on."""
    page, heard = browser.new_page(), []
    page.goto(drawn_page.as_uri())
    until(page, "Boolean(document.getElementById('map').dataset.first)")
    page.on("console", lambda message: heard.append((message.type, message.text)))
    for call in (
        f"Say.fixed({value}, 1)",
        f"Say.number({value})",
        f"Say.number(1, {value} ?? NaN)",
        f"Say.change({value}, 3)",
        f"Say.round({value})",
    ):
        assert page.evaluate(call) == "–", call
    assert len(heard) == 5
    assert {kind for kind, _ in heard} == {"error"}
    assert page.evaluate(f"Say.span([{value}, 2], 2)").startswith("–")
    page.close()


def test_every_day_of_the_slider_shows_the_areas_of_the_table(show, idlib, idlib_page):
    page = show(idlib_page)
    page.locator("#slider").focus()
    page.keyboard.press("Home")
    expected = [row for row in idlib.areas if row["area"] == "campaign"]
    days = sorted({row["day"] for row in expected})
    for when in days:
        for _ in page.evaluate("territory.days"):  # there are days of claims between them
            if page.evaluate("territory.state().day") == page.evaluate(
                f"territory.dayNumber('{when}')"
            ):
                break
            page.keyboard.press("ArrowRight")
        rows = {row["actor"]: row for row in expected if row["day"] == when}
        found = {row["actor"]: row for row in table(page) if row["km2"] > 0}
        assert found.keys() == rows.keys()
        for actor, row in rows.items():
            got = found[actor]
            for key in ("km2", "low", "high"):
                assert got[key] == pytest.approx(row[key], rel=1e-6)
            assert shown(row["km2"]) in got["text"]
            assert (
                " to ".join(shown(row[key], row["km2"]) for key in ("low", "high")) in got["text"]
            )
        assert page.locator("#day-text").inner_text() == f"{when.day} {when:%B} {when.year}"


def test_every_area_has_the_figures_of_the_table(show, idlib, idlib_page):
    page = show(idlib_page)
    areas = page.evaluate("territory.areas")
    for name in ("campaign", "idlib-and-hama", "idlib", "aleppo"):
        page.select_option("#scope", str(areas.index(name)))
        when = idlib.job.maps.before_after[1]
        rows = [row for row in idlib.areas if (row["area"], row["day"]) == (name, when)]
        found = {row["actor"]: row["km2"] for row in table(page) if row["km2"] > 0}
        assert found == pytest.approx({row["actor"]: row["km2"] for row in rows}, rel=1e-6)


def test_transfers_are_those_of_the_matrix_with_intervals(show, idlib, idlib_page):
    page = show(idlib_page)
    days = idlib.job.maps.before_after
    rows = [
        row
        for row in change_rows("", idlib.loaded[0].ensemble, [days])
        if row["area"] == "campaign" and row["from_actor"] != row["to_actor"]
    ]
    found = page.eval_on_selector_all(
        "#moved tbody tr",
        "rows => rows.map(r => [r.dataset.giver, r.dataset.taker, +r.dataset.km2,"
        " +r.dataset.low, +r.dataset.high])",
    )
    assert {(giver, taker) for giver, taker, *_ in found} == {
        (row["from_actor"], row["to_actor"]) for row in rows
    }
    by_pair = {(giver, taker): figures for giver, taker, *figures in found}
    for row in rows:
        figures = by_pair[row["from_actor"], row["to_actor"]]
        assert figures == pytest.approx([row["km2"], row["low"], row["high"]], rel=1e-6, abs=2e-6)


@pytest.mark.parametrize("lag_days", [0.0, 1.5])
def test_intervals_of_drawn_zones_are_worked_out_as_in_the_library(show, drawn, tmp_path, lag_days):
    ensemble = replace(drawn, boundary=replace(drawn.boundary, redraw_lag_days=lag_days))
    write_page(topic_of(ensemble, "Squares"), tmp_path / "drawn.html")
    page = show(tmp_path / "drawn.html")
    days = drawn.base.days
    for i, j in ((0, 1), (1, 2), (0, 2)):
        found = page.evaluate(f"territory.moved({i}, {j}, 0)")
        expected = transfer_estimates(ensemble, days[i], days[j], "frame", stayed=False)
        holders = drawn.base.holders
        assert {(holders[row["giver"]], holders[row["taker"]]) for row in found} == set(expected)
        for row in found:
            each = expected[holders[row["giver"]], holders[row["taker"]]]
            assert row["km2"] == pytest.approx(each.value, rel=1e-6)
            assert row["bounds"] == pytest.approx([each.low, each.high], rel=1e-6, abs=1e-6)


def fills(page, x, y):
    """Return the colour of the map at a place of the plane's first view, in shares of it."""
    box = page.locator("#map").bounding_box()
    at = {
        "x": box["x"] + x * box["width"],
        "y": box["y"] + y * box["height"],
        "width": 1,
        "height": 1,
    }
    return Image.open(BytesIO(page.screenshot(clip=at))).convert("RGB").getpixel((0, 0))


def test_what_was_gained_since_the_day_compared_with_has_a_second_tone(show, tmp_path):
    """Of nine squares B takes the middle one; compared with the same day nothing is gained."""
    history = history_of(squares("AAA", "AAA", "BBB"), squares("AAA", "ABA", "BBB"))
    path = tmp_path / "gains.html"
    write_page(topic_of(Ensemble(history), "Squares"), path)
    page = show(path)
    holders = json.loads(page.locator("#data").text_content())["holders"]
    own = next(each for each in holders if each["actor"] == "B")
    rgb = [tuple(bytes.fromhex(own[key][1:])) for key in ("colour", "tone")]
    assert fills(page, 0.5, 0.5) == rgb[1]
    assert "Gained since" in page.locator("#key").inner_text()
    page.evaluate("territory.set({from: 1})")
    at_rest(page)
    assert fills(page, 0.5, 0.5) == rgb[0]
    assert "Gained since" not in page.locator("#key").inner_text()


def test_the_first_view_is_around_what_changed_and_a_button_shows_all(show, tmp_path):
    """A row of forty squares of ten kilometres, of which one changes hands."""
    row = "A" * 40
    wide = history_of(squares(row, row), squares(row, row[:20] + "B" + row[21:]))
    faces = shapely.transform(wide.faces, lambda xy: xy * 10)
    wide = replace(wide, faces=faces, area_m2=wide.area_m2 * 100, outside_is_nobody=True)
    wide = replace(wide, within={}, requested_m2={})
    path = tmp_path / "wide.html"
    write_page(topic_of(Ensemble(wide), "Squares"), path)
    page = show(path)
    metres = "territory.scale().metresPerPixel * document.getElementById('map').clientWidth"
    assert page.evaluate(metres) < 150_000
    page.locator("#zoom-all").click()
    assert any(_waited(page) and page.evaluate(metres) > 400_000 for _ in range(50))
    page.locator("#zoom-all").click()
    assert any(_waited(page) and page.evaluate(metres) < 150_000 for _ in range(50))


def _waited(page):
    page.wait_for_timeout(100)
    return True


def test_a_hovered_place_tells_since_when_and_how_often(show, drawn, drawn_page):
    page = show(drawn_page)
    at_rest(page)
    history = drawn.base
    box = page.locator("#map").bounding_box()
    for x, y in ((0.5, 0.5), (0.6, 0.35), (0.4, 0.3)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        group = page.evaluate(f"territory.groupAt({x * box['width']}, {y * box['height']})")
        assert group >= 0
        holder = history.holders[page.evaluate(f"territory.holderOf({group}, 2)")]
        text = page.locator("#tip").inner_text()
        assert str(holder.actor) in text
        since = page.evaluate(f"territory.heldSince({group}, 2)")
        times = page.evaluate(f"territory.timesChanged({group})")
        column = [page.evaluate(f"territory.holderOf({group}, {n})") for n in range(3)]
        faces = np.flatnonzero((column == history.held_by.T).all(axis=1))
        assert set(held_since(history, history.days[2])[faces]) == {since}
        assert set(times_changed(history, history.days[0], history.days[2])[faces]) == {times}
        assert ("never" in text) == (times == 0)
        assert f"since {1 + since} January 2018" in text


def test_a_change_on_a_day_without_a_map_is_dated_between_two(show, tmp_path):
    whole = history_of(squares("AA"), squares("AB"), squares("BB"))
    days = (date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 12))
    path = tmp_path / "gap.html"
    write_page(
        topic_of(
            Ensemble(replace(whole, days=days), BoundaryError()),
            "",
        ),
        path,
    )
    page = show(path)
    page.evaluate("territory.set({view: 'since'})")
    at_rest(page)
    box = page.locator("#map").bounding_box()
    told = []
    for across in (0.3, 0.7):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + box["height"] / 2)
        told.append(page.locator("#tip").inner_text())
    key = page.locator("#key li").all_inner_texts()

    assert "since a day between 2 March 2025 and 12 March 2025" in told[0]
    assert "since 2 March 2025" in told[1]
    assert [text.strip() for text in key] == ["0 to 9 days", "10 days", "since the data begin"]


# ---- What a reader does ----------------------------------------------------------------------


def test_play_goes_on_and_pause_stops(show, idlib_page):
    page = show(idlib_page)
    page.evaluate("territory.set({day: 0})")
    page.select_option("#speed", "4")
    page.locator("#play").click()
    until(page, "territory.state().day > 2")
    page.locator("#play").click()
    assert page.evaluate("territory.state().playing") is False
    stopped = page.evaluate("territory.state().day")
    page.wait_for_timeout(600)
    assert page.evaluate("territory.state().day") == stopped


def test_play_from_the_last_day_starts_again_and_stops_there(show, drawn_page):
    page = show(drawn_page)
    page.select_option("#speed", "4")
    page.locator("#play").click()
    until(page, "!territory.state().playing")
    assert page.evaluate("territory.state().day") == 2


def test_the_swipe_shows_two_days_on_either_side(show, drawn, tmp_path):
    styles = {Holder("A"): Style("#ff0000"), Holder("B"): Style("#0000ff")}
    path = tmp_path / "page.html"
    history = history_of(squares("AA", "AA"), squares("BB", "BB"))
    write_page(topic_of(Ensemble(history, BoundaryError()), "", styles=styles), path)
    page = show(path)
    page.locator("#swipe").click()
    at_rest(page)

    def colour(x):
        shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
        stage = page.locator("#stage").bounding_box()
        return shot.getpixel((stage["x"] + x * stage["width"], stage["y"] + 0.42 * stage["height"]))

    red, blue = (255, 0, 0), (0, 0, 255)
    assert (colour(0.4), colour(0.6)) == (red, blue)
    handle = page.locator("#swipe-handle")
    box, stage = handle.bounding_box(), page.locator("#stage").bounding_box()
    y = stage["y"] + stage["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] * 0.36, y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert page.evaluate("territory.state().split") == pytest.approx(0.36, abs=0.01)
    assert (colour(0.4), colour(0.6)) == (blue, blue)
    handle.focus()
    page.keyboard.press("End")
    page.wait_for_timeout(100)
    assert (colour(0.4), colour(0.6)) == (red, red)
    assert handle.get_attribute("aria-valuenow") == "98"


def test_the_chart_sets_the_day_and_its_flag_the_other(show, idlib_page):
    page = show(idlib_page)
    box = page.locator("#chart").bounding_box()
    page.mouse.click(box["x"] + 12, box["y"] + box["height"] / 2)
    assert page.evaluate("territory.state().day") == 0
    flag = page.locator("#chart .flag").bounding_box()
    page.mouse.move(flag["x"] + 4, flag["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, flag["y"] + 4, steps=5)
    page.mouse.up()
    state = page.evaluate("territory.state()")
    assert (state["day"], state["from"]) == (0, page.evaluate("territory.dayNumber('2018-02-15')"))


def test_a_clicked_province_has_its_table_and_a_second_click_leaves_it(show, idlib_page):
    page = show(idlib_page)
    at_rest(page)
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + 0.32 * box["width"], box["y"] + 0.4 * box["height"])
    assert page.locator("#place-name").inner_text() == "Idlib governorate, the part covered"
    assert page.locator("#scope").input_value() == str(
        page.evaluate("territory.areas.indexOf('idlib')")
    )
    total = sum(row["km2"] for row in table(page))
    assert total == pytest.approx(3109.402855, rel=1e-6)
    page.locator("#place-close").click()
    assert page.locator("#place-name").inner_text() == "Countryside of Idlib, Hama and Aleppo"


def in_halves(ensemble):
    """Return a page with two provinces, the border between which is 2.5 km from the west."""
    names, shapes = ("West", "East"), (0.0, 2500.0, 5000.0)
    boxes = np.array([shapely.box(a, -9000, b, 9000) for a, b in pairwise(shapes)])
    regions = resolve_regions(DrawnRegions("p.gpkg", PLANE.crs, names, boxes), PLANE)
    return topic_of(ensemble, "Halves", regions=regions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_province_has_no_share_of_what_may_be_nothing_and_a_note_says_why(
    show, tmp_path, language
):
    """Of one square net an error of a metre leaves no doubt, one of kilometres all."""
    path, days = tmp_path / "halves.html", (squares("A...BB"), squares(".AA.BB"))
    for error_m, is_share in ((5000.0, False), (1.0, True)):
        write_page(in_halves(Ensemble(history_of(*days), BoundaryError(error_m))), path)
        page = show(path, address=f"#language={language}")
        cells = page.locator("#regions tbody td:last-child").all_inner_texts()
        assert cells
        assert all(("–" not in cell) is is_share for cell in cells)
        note = page.locator("#regions-note")
        assert note.is_visible() is not is_share
        assert is_share or note.inner_text() == page.evaluate("Say.words.no_share")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_no_line_of_the_chart_crosses_the_label_of_a_level(show, idlib_page, viewport, language):
    """Every corner of every step is asked, and points between corners."""
    page = show(idlib_page, viewport=viewport, address=f"#language={language}")
    crossed = page.evaluate(
        """() => {
          const labels = [...document.querySelectorAll("#chart .grid text")];
          const lines = [...document.querySelectorAll("#chart path.line")];
          return labels.filter((label) => {
            const box = label.getBBox();
            return lines.some((line) => {
              const length = line.getTotalLength();
              for (let at = 0; at <= length; at += 1) {
                const { x, y } = line.getPointAtLength(at);
                const across = x > box.x && x < box.x + box.width;
                if (across && y > box.y + 2 && y < box.y + box.height - 2) return true;
              }
              return false;
            });
          }).map((label) => label.textContent);
        }"""
    )
    assert page.locator("#chart .grid text").count() >= 2
    assert crossed == []
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("#chart .grid text")].map((label) => {
          const { x, y, width, height } = label.getBBox();
          return [x, y + 2, x + width, y + height - 2];
        })"""
    )
    shapes = [shapely.box(*each) for each in boxes]
    assert not [pair for pair in combinations(shapes, 2) if pair[0].intersects(pair[1])]


def test_the_keyboard_reaches_and_works_everything(show, idlib_page):
    page = show(idlib_page)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        outline = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " const seen = s.outlineStyle !== 'none' || document.activeElement.type === 'range';"
            " return seen || document.activeElement === document.body; }"
        )
        assert outline, page.evaluate("document.activeElement.outerHTML")
    wanted = {"scope", "language", "theme", "map", "swipe", "zoom-in", "play", "slider", "from"}
    assert wanted <= reached
    page.locator("#map").focus()
    before = page.evaluate("territory.scale().metresPerPixel")
    page.keyboard.press("+")
    page.wait_for_timeout(400)
    assert page.evaluate("territory.scale().metresPerPixel") < 0.8 * before
    page.keyboard.press("0")
    page.wait_for_timeout(400)
    assert page.evaluate("territory.scale().metresPerPixel") == pytest.approx(before)
    page.locator("#views button").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("territory.state().view") == "moved"


def test_a_claim_shows_its_days_on_the_map(show, idlib_page):
    page = show(idlib_page)
    claim = page.locator("#claim-aa-2018-02-05-3035")
    assert "roughly 3,035 km²" in claim.locator("summary").inner_text().replace("\u00a0", " ")
    claim.locator("summary").click()
    assert claim.locator(".reading").count() == 12
    page.evaluate("territory.set({day: 0, from: 0})")
    claim.locator("button").first.click()
    state = page.evaluate("territory.state()")
    days = (
        page.evaluate("territory.dayNumber('2017-11-05')"),
        page.evaluate("territory.dayNumber('2018-02-05')"),
    )
    assert (state["from"], state["day"], state["view"]) == (*days, "moved")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_claim_on_several_maps_shows_a_line_for_each_and_one_for_all(
    show, drawn, tmp_path, language
):
    other = Ensemble(history_of(squares("AAAB", "AAAB", "CCBB"), squares("AABB", "AABB", "CCCB")))
    claim = Claim(
        id="held", text="A has six", publisher="X", published=day(1), value=6, unit="km2",
        day=day(1), reading=(Reading(name="held", quantity="total", by=("A",)),),
    )  # fmt: skip
    judgements = judge_on_maps(claim, {"one": drawn, "other": other})
    path = tmp_path / "maps.html"
    write_page(topic_of(drawn, "Squares", judgements=(judgements,)), path)
    page = show(path, viewport=PHONE, address=f"#language={language}")
    page.locator("#claim-held summary").click()
    lines = page.locator("#claim-held .forest li")
    names = lines.locator("bdi").all_inner_texts()
    assert names[:2] == ["one", "other"]
    assert len(names) == 3
    assert lines.locator("svg polygon").count() == 1  # the pooled one
    assert lines.nth(2).locator("svg").bounding_box()["height"] == pytest.approx(16, abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_figure_leaves_the_name_of_its_map_in_one_piece(show, drawn, tmp_path, language):
    claim = Claim(
        id="held", text="A has six", publisher="X", published=day(1), value=6_000_000,
        unit="dunams", day=day(1),
        reading=(Reading(name="held", quantity="total", by=("A",)),),
    )  # fmt: skip
    judgements = judge_on_maps(claim, {"DeepState": drawn, "Project Owl": drawn})
    large = tuple(
        replace(
            each,
            computed=Estimate(1_395_436, 1_221_261, 1_569_610, "dunams"),
            maps=tuple(
                replace(m, computed=Estimate(1_360_877, 1_189_797, 1_657_318, "dunams"))
                for m in each.maps
            ),
        )
        for each in judgements
    )
    path = tmp_path / "long.html"
    write_page(topic_of(drawn, "Squares", judgements=(large,)), path)
    for viewport in (PHONE, DESKTOP):
        page = show(path, viewport=viewport, address=f"#language={language}")
        page.locator("#claim-held summary").click()
        tall = page.eval_on_selector_all(
            "#claim-held .forest bdi", "all => all.map(each => each.offsetHeight)"
        )
        assert len(tall) == 3
        assert max(tall) < 50
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize(("error_m", "notes"), [(2000.0, 1), (5.0, 0)])
def test_a_test_that_hardly_any_figure_could_fail_is_called_weak(
    show, drawn, tmp_path, error_m, notes
):
    ensemble = replace(drawn, boundary=BoundaryError(error_m, 200.0))
    claim = Claim(
        id="held", text="A has six", publisher="X", published=day(1), value=6, unit="km2",
        day=day(0), reading=(Reading(name="held", quantity="total", by=("A",)),),
    )  # fmt: skip
    path = tmp_path / "weak.html"
    write_page(
        topic_of(ensemble, "Squares", judgements=(judge_on_maps(claim, {"": ensemble}),)), path
    )
    page = show(path)
    page.locator("#claim-held summary").click()
    assert page.locator("#claim-held .limit", has_text="A weak test").count() == notes


# ---- Languages, themes, sizes ----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP, {"width": 844, "height": 390}])
def test_nothing_is_wider_than_the_window(show, idlib_page, viewport, language):
    page = show(idlib_page, viewport=viewport, address=f"#language={language}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"]
    for selector in ("#play", "#slider", "#map", "#swipe", "#zoom-in", "#holders"):
        box = page.locator(selector).bounding_box()
        assert box["x"] >= -1
        assert box["x"] + box["width"] <= viewport["width"] + 1


ON_THE_MAP = [
    "map-day",
    "map-day-before",
    "key",
    "scale",
    "views",
    "swipe",
    "zoom-in",
    "zoom-out",
    "zoom-all",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_nothing_on_the_map_lies_over_anything_else(show, idlib_page, viewport, language):
    page = show(idlib_page, viewport=viewport, address=f"#language={language}")
    stage = page.locator("#stage").bounding_box()
    for state in ("view: 'held'", "view: 'moved'", "view: 'since'", "view: 'held', swipe: true"):
        page.evaluate(f"territory.set({{{state}}})")
        at_rest(page)
        found = {name: page.locator(f"#{name}").bounding_box() for name in ON_THE_MAP}
        shown = {name: box for name, box in found.items() if box}
        for box in shown.values():
            assert stage["x"] <= box["x"]
            assert box["x"] + box["width"] <= stage["x"] + stage["width"]
            assert stage["y"] <= box["y"]
            assert box["y"] + box["height"] <= stage["y"] + stage["height"]
        for one, other in combinations(shown, 2):
            assert apart(shown[one], shown[other]), (state, one, other)


def apart(one, other):
    """Return whether two boxes have no pixel in common."""
    return any(
        a[start] + a[size] <= b[start] + 0.5
        for a, b in ((one, other), (other, one))
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_the_map_is_never_shown_before_it_is_drawn(show, drawn_page):
    """A canvas is black from the moment it is given a size: what a frame shows then is read."""
    page = show(drawn_page)
    at_rest(page)
    page.evaluate(
        """() => {
            const map = document.getElementById("map");
            const width = map.width;
            new ResizeObserver(() => {
                if (map.width === width || window.seen) return;
                window.seen = map.getContext("2d").getImageData(9, 9, 1, 1).data.slice(0, 3);
            }).observe(document.getElementById("stage"));
        }"""
    )
    page.set_viewport_size({"width": 900, "height": 700})
    until(page, "Boolean(window.seen)")
    assert page.evaluate("Array.from(window.seen)") != [0, 0, 0]


def test_arabic_is_set_from_right_to_left(show, idlib_page):
    page = show(idlib_page)
    page.locator("#language").select_option("ar")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.lang") == "ar"
    assert "القوات الحكومية" in page.locator("#holders").inner_text()
    assert "شباط" in page.locator("#day-text").inner_text()
    panel, stage = page.locator("#panel").bounding_box(), page.locator("#stage").bounding_box()
    assert panel["x"] < stage["x"]
    assert "undefined" not in page.locator("body").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_there_in_every_state(show, idlib_page, language):
    page = show(idlib_page, address=f"#language={language}")
    for view in ("held", "moved", "since"):
        page.evaluate(f"territory.set({{view: '{view}'}})")
        assert not re.search(r"undefined|NaN|\{\w+\}", page.locator("body").inner_text())


@pytest.mark.parametrize(
    ("language", "figure", "interval", "day", "took"),
    [
        ("en", "6,666", "6,403 to 6,930", "5 February 2018", "Government took 2,700 km²"),
        (
            "uk",
            "6\xa0666",
            "від 6\xa0403 до 6\xa0930",
            "5 лютого 2018",
            "Уряд: здобуто 2\xa0700 км²",
        ),
        ("ru", "6\xa0666", "от 6\xa0403 до 6\xa0930", "5 февраля 2018", "Правительство: занято 2"),
        (
            "fr",
            "6\u202f666",
            "6\u202f403 à 6\u202f930",
            "5 février 2018",
            "Gouvernement : 2\u202f700 km²",
        ),
    ],
)
def test_figures_and_days_are_those_of_the_language(
    show, idlib_page, language, figure, interval, day, took
):
    """The first three are figures of the founding case, held against its tables elsewhere."""
    page = show(idlib_page, address=f"#language={language}")
    row = page.locator("#holders tbody tr").first.inner_text()
    assert figure in row
    assert interval in row
    assert page.locator("#day-text").inner_text() == day
    finding = re.sub("[\u2066-\u2069]", "", page.locator("#finding").inner_text())
    assert took.replace("\xa0км", " км") in finding.replace("\xa0км", " км").replace(
        "\xa0km", " km"
    )


def test_an_area_is_called_as_the_job_calls_it_in_the_language(show, idlib_page):
    page = show(idlib_page, address="#language=ar")
    assert "ريف إدلب" in page.locator("#place-name").inner_text()


def test_the_page_offers_every_language_under_its_own_name(show, idlib_page):
    page = show(idlib_page)
    offered = page.locator("#language option").all_inner_texts()
    assert offered == ["English", "العربية", "Français", "Русский", "Українська"]


def test_dark_follows_the_system_and_the_button(show, idlib_page):
    page = show(idlib_page, scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.locator("#theme").click()
    light = page.evaluate(background)
    assert (dark, light) == ("rgb(21, 23, 26)", "rgb(255, 255, 255)")


def test_touch_shows_what_a_mouse_would(show, idlib_page):
    page = show(idlib_page, viewport=PHONE, has_touch=True)
    at_rest(page)
    box = page.locator("#map").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    assert page.locator("#tip").is_visible()
    assert "since" in page.locator("#tip").inner_text()


def test_two_fingers_enlarge_the_map(show, drawn_page):
    page = show(drawn_page, viewport=PHONE, has_touch=True)
    at_rest(page)
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("territory.scale().metresPerPixel")
    session = page.context.new_cdp_session(page)

    def touch(kind, *apart):
        points = [{"x": x + each, "y": y} for each in apart]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -20, 20)
    for apart in (30, 50, 80):
        touch("touchMove", -apart, apart)
    touch("touchEnd")
    page.wait_for_timeout(200)
    assert page.evaluate("territory.scale().metresPerPixel") < 0.5 * before


# ---- Scale -----------------------------------------------------------------------------------


def test_the_scale_bar_is_true_at_the_middle_of_the_map(show, idlib, idlib_page):
    page = show(idlib_page)
    base = idlib.loaded[0].ensemble.base
    extent = Extent.around(shapely.box(*shapely.total_bounds(base.faces[base.mask("campaign")])))
    grid = Grid.over(extent)
    scale = page.evaluate("territory.scale()")
    x0, y0, x1, y1 = page.evaluate(
        """pixels => { const m = document.getElementById('map');
            const [x, y] = [m.clientWidth / 2, m.clientHeight / 2];
            return [...WarMap.toGrid([x - pixels / 2, y]), ...WarMap.toGrid([x + pixels / 2, y])];
        }""",
        float(scale["pixels"]),
    )
    back = transformation(base.projection.crs, WGS84)
    ends = [
        back.transform(grid.west + x * grid.cell, grid.north - y * grid.cell)
        for x, y in ((x0, y0), (x1, y1))
    ]
    length = GEOD.inv(*ends[0], *ends[1])[2]
    assert float(scale["metres"]) == pytest.approx(length, rel=0.005)


# ---- Bad input -------------------------------------------------------------------------------


def test_hostile_names_are_text(show, tmp_path):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>=1+1"
    history = history_of(squares("AB"), squares("BA"))
    styles = {
        holder: Style("#3b8c5e", label={"en": hostile, "ar": hostile})
        for holder in history.holders[1:]
    }
    path = tmp_path / "page.html"
    write_page(
        topic_of(Ensemble(history, BoundaryError()), hostile, source=hostile, styles=styles), path
    )
    page = show(path)
    assert page.locator("#title").inner_text() == hostile
    assert hostile in page.locator("#holders").inner_text()
    assert page.locator("img").count() == 0
    page.locator("#language").select_option("ar")
    assert hostile in page.locator("#holders").inner_text()


def test_days_without_data_and_no_day_at_all_are_told(show, tmp_path):
    base = history_of(squares("AB"), squares("BA"), squares("BB"))
    days = (base.days[0], base.days[1], base.days[2] + timedelta(days=30))
    history = replace(base, days=days)
    path = tmp_path / "page.html"
    write_page(topic_of(Ensemble(history, BoundaryError()), ""), path)
    page = show(path)
    day = page.locator("#day")
    day.fill("2018-01-15")
    day.blur()
    assert "no data for 2018-01-15" in page.locator("#notice").inner_text()
    assert page.evaluate("territory.state().day") == 1
    day.fill("2031-01-01")
    day.blur()
    assert "Choose a day from" in page.locator("#notice").inner_text()
    day.fill("")
    day.blur()
    assert page.evaluate("territory.state().day") == 1
    assert day.input_value() == str(days[1])


def test_an_empty_transfer_is_said(show, tmp_path):
    path = tmp_path / "page.html"
    history = history_of(squares("AB"), squares("AB"))
    write_page(topic_of(Ensemble(history, BoundaryError()), ""), path)
    page = show(path)
    assert "Everyone has the same ground" in page.locator("#moved-note").inner_text()
    page.evaluate("territory.set({from: 1})")
    assert "Both days are the same" in page.locator("#moved-note").inner_text()


def test_an_area_outside_the_data_is_said(show, tmp_path):
    path = tmp_path / "page.html"
    history = history_of(squares("AB"))
    ground = shapely.box(*shapely.total_bounds(history.faces))
    cells = Ensemble(_covering(history, ground), BoundaryError())
    write_page(topic_of(cells, "", area="far"), path)
    page = show(path)
    assert "do not reach into this area" in page.locator("#place-note").inner_text()


def _covering(history, ground):
    """Return a coverage, whose areas are not filled up, with an area beyond it."""
    far = shapely.box(ground.bounds[2] + 1e5, 0, ground.bounds[2] + 2e5, 1e5)
    return replace(history, outside_is_nobody=False).with_areas({"far": far})


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_forty_actors_and_a_label_of_300_characters_stay_readable(show, tmp_path, viewport):
    names = "".join(chr(0x4E00 + n) for n in range(40))
    history = history_of(squares(names), squares(names[::-1]))
    styles = {history.holders[1]: Style("#123456", label={"en": "Word " * 60})}
    path = tmp_path / "page.html"
    write_page(topic_of(Ensemble(history, BoundaryError()), "Title " * 50, styles=styles), path)
    page = show(path, viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.locator(HOLDERS).count() == 40
    heights = page.eval_on_selector_all(HOLDERS, "rows => rows.map(r => r.offsetHeight)")
    assert max(heights) < 80
    assert "34 others" in page.locator("#key").inner_text()
    assert page.locator("#stage").bounding_box()["height"] >= 240


def test_one_day_needs_no_second(show, tmp_path):
    path = tmp_path / "page.html"
    write_page(topic_of(Ensemble(history_of(squares("AB")), BoundaryError()), "One day"), path)
    page = show(path)
    page.locator("#play").click()
    until(page, "!territory.state().playing")
    assert "There is one day of data" in page.locator("#moved-note").inner_text()
    assert not page.locator("#choose").is_visible()
    assert page.locator(f"{HOLDERS} .change").count() == 0


@pytest.mark.parametrize(
    ("language", "unit", "said", "expected"),
    [
        ("en", "acres", "1", "acre"),
        ("en", "acres", "1.0", "acres"),
        ("en", "sqmi", "1", "sq mi"),
        ("uk", "dunams", "5", "дунамів"),
        ("uk", "dunams", "5,0", "дунама"),
        ("uk", "acres", "2", "акри"),
        ("uk", "acres", "від 2 до 3", "акрів"),
        ("ru", "sqmi", "−21", "кв. миля"),
        ("ru", "points", "1,7", "процентного пункта"),
        ("fr", "dunams", "1,5", "dounam"),
        ("ar", "dunams", "من 100 إلى 103", "دونمات"),
        ("ar", "ha", "11", "هكتاراً"),
        ("ar", "places", "2", "مكانان"),
    ],
)
def test_a_unit_takes_the_form_of_the_digits_before_it(
    show, drawn_page, language, unit, said, expected
):
    page = show(drawn_page, address=f"#language={language}")
    assert page.evaluate("([unit, said]) => Say.unit(unit, said)", [unit, said]) == expected


@pytest.mark.parametrize(
    ("error_m", "value", "word"),
    [(1.0, 1, "True as worded"), (2500.0, 6, "the test is weak"), (1.0, 6, "Fits in every")],
)
def test_what_limits_a_verdict_is_marked_as_in_the_report(
    show, drawn, tmp_path, error_m, value, word
):
    ensemble = replace(drawn, boundary=BoundaryError(error_m, 200.0))
    over = Claim(
        id="over", text="over one", publisher="X", published=day(1), value=value, unit="km2",
        precision="over", day=day(0),
        reading=(Reading(name="held", quantity="total", by=("A",)),),
    )  # fmt: skip
    judgements = judge_on_maps(over, {"": ensemble})
    path = tmp_path / "far.html"
    write_page(topic_of(ensemble, "Squares", judgements=(judgements,)), path)
    page = show(path)
    page.locator("#claim-over summary").click()
    marks = page.locator("#claim-over .verdict i").all_inner_texts()
    assert marks == [verdict_mark(judgements[0]).mark] * 2
    far = judgements[0].caveat in FAR
    assert far is (value == 1)
    assert page.locator("#claim-over .limit", has_text="such a word usually").count() == far
    head = page.locator("#claim-over summary .verdict").inner_text()
    assert word in head


def test_an_address_opens_a_view_and_nonsense_in_it_is_left_out(show, idlib_page):
    page = show(idlib_page, address="#day=2017-12-03&area=aleppo&view=since&from=never")
    state = page.evaluate("territory.state()")
    assert page.evaluate("territory.days")[0] == "2017-10-01"
    assert state["day"] == page.evaluate("territory.dayNumber('2017-12-01')")
    assert state["view"] == "since"
    assert page.locator("#place-name").inner_text() == "Aleppo governorate, the part covered"


# ---- The daily series ------------------------------------------------------------------------


def test_536_days_are_right_and_small(show, shared_data, tmp_path):
    spec = SeriesSpec(
        profile="deepstate-daily", path=str(shared_data / "ukraine" / "deepstate_daily")
    )
    loaded = load_series(
        spec, Path(), areas={}, rule="all", more_days=(), uncertainty=UncertaintySpec()
    )
    path = tmp_path / "page.html"
    assert write_page(topic_of(loaded.ensemble, "Daily"), path) < 3_000_000
    page = show(path)
    base = loaded.ensemble.base
    expected = areas_by_day(base)
    for number in (0, 200, 535):
        assert page.evaluate(f"territory.held({number}, 0)") == pytest.approx(
            expected[number], rel=1e-6
        )
    page.locator("#slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    at_rest(page)
    assert page.evaluate("territory.state().day") == 10
    russia = base.holders.index(Holder("russia"))
    [moved] = page.evaluate("territory.moved(530, 535, 0).filter((row) => row.km2 > 1)")
    cells = transfer_estimates(loaded.ensemble, base.days[530], base.days[535], "all", stayed=False)
    each = cells[base.holders[moved["giver"]], base.holders[moved["taker"]]]
    assert moved["bounds"] == pytest.approx([each.low, each.high], rel=1e-6)
    (row,) = table(page)
    assert row["km2"] == pytest.approx(expected[10, russia], rel=1e-6)
    assert all(a < b for a, b in pairwise(base.days))
    assert base.days[0] == date(2024, 7, 8)

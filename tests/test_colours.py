"""An actor has one colour and one name, wherever it is shown."""

import json
import re
from html import unescape

import orjson
import pytest
import shapely
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from territory.holders import NOBODY, Holder
from territory.job.study import compute
from territory.maps.film.film import Take, written
from territory.maps.kinds.control import day_map
from territory.maps.map_text import MapText, Words
from territory.maps.request import MapSource, job_source
from territory.maps.style import Style, distinguishable, separation, styles_for
from territory.maps.subject import Subject
from territory.publish.export.carried import carried_of
from territory.publish.export.timed_kml import kml_text
from territory.publish.page.build import job_topic, page_html
from territory.publish.report.render import render
from territory.read.basemap import Context

DAYS = ("2024-01-01", "2024-02-01")
ACTORS = ("russia", "ukraine", "x_brigade", "y_brigade")
NAMES = {"russia": "Russia", "ukraine": "Ukraine", "x_brigade": "X brigade"}
NAMES |= {"y_brigade": "Y brigade"}


def zones(*names):
    """Return zones of a degree side by side; a dot is ground that no zone covers."""
    features = [
        {
            "type": "Feature",
            "properties": {"actor": name},
            "geometry": orjson.Fragment(shapely.to_geojson(shapely.box(30 + n, 48, 31 + n, 49))),
        }
        for n, name in enumerate(names)
        if name != "."
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("series")
    (found / f"zones_{DAYS[0]}.geojson").write_bytes(zones(*ACTORS, "."))
    (found / f"zones_{DAYS[1]}.geojson").write_bytes(zones("russia", *ACTORS[:3], "."))
    (found / "other").mkdir()
    (found / "other" / f"zones_{DAYS[0]}.geojson").write_bytes(zones("z_brigade", *ACTORS[1:]))
    job = """
    title = "Four parties"
    [[series]]
    name = "one"
    profile = "zones"
    path = "*.geojson"
    [[series]]
    name = "other"
    profile = "zones"
    path = "other/*.geojson"
    [area]
    box = [30, 48, 35, 49]
    [maps]
    enabled = false
    """
    (found / "job.toml").write_text(job)
    return found


@pytest.fixture(scope="module")
def results(folder):
    return compute(folder / "job.toml")


@pytest.fixture(scope="module")
def report(results):
    return render(results, {})


def in_report(html):
    """Return the colours of lines and of the names beside them, by name."""
    found = {}
    name = r'<span dir="auto"><span class="swatch"></span>([^<]+)<'
    labels = r'<div class="party" style="[^"]*--party: (#\w+);[^"]*">' + name
    for colour, name in re.findall(labels, html):
        found.setdefault(unescape(name), set()).add(colour)
    return found


def on_map(history, language="en"):
    text = MapText("Held", source="drawn", language=language)
    figure = day_map(Subject(history, Context(), text, "box"), history.days[0], estimates={})
    return {
        patch.get_gid().removeprefix("zones-"): to_hex(patch.get_facecolor())
        for patch in figure.axes[0].findobj(PathPatch)
        if str(patch.get_gid()).startswith("zones-")
    }


def on_page(results, folder):
    loaded = results.loaded[0]
    html = page_html(job_topic(job_source(loaded, results.job, results.context), folder, ()))
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.S).group(1))
    return {each["actor"]: each for each in data["holders"]}


def test_an_actor_has_one_colour_in_report_map_page_film_and_export(results, report, folder):
    base = results.loaded[0].ensemble.base
    styles = {holder.actor: style for holder, style in styles_for(base.holders).items()}
    said, drawn, paged = in_report(report), on_map(base), on_page(results, folder)
    film = written(MapSource(results.loaded[0], results.job.maps), Take())
    written_as_kml = kml_text(carried_of({"one": (base, base.days)}))
    assert len({styles[actor].colour for actor in ACTORS}) == len(ACTORS)
    for actor in ACTORS:
        colour = styles[actor].colour
        assert said[NAMES[actor]] == {colour}
        assert paged[actor]["colour"] == colour
        assert film.subject.styles[Holder(actor)].colour == colour
        assert drawn[actor] == colour
        assert f"b3{colour[5:]}{colour[3:5]}{colour[1:3]}" in written_as_kml
    assert styles["russia"].colour == "#b5404f"


def test_a_line_of_the_report_has_the_colour_of_its_label(report):
    lines = set(re.findall(r'<g class="party" style="--party: (#\w+);', report))
    assert lines == set.union(*in_report(report).values())


def test_a_second_series_has_the_colours_of_the_first(report):
    assert set(in_report(report)) == {*NAMES.values(), "Z brigade"}
    assert all(len(colours) == 1 for colours in in_report(report).values())


def test_nobody_has_one_name(results, report, folder):
    """Ground that no zone covers is not said to be of no party: others may well hold it."""
    for language, name in (("en", "Others, or nobody"), ("ar", "آخرون أو لا أحد")):
        assert Words(language).actor(NOBODY) == name
        assert on_page(results, folder)["nobody"]["name"][language] == name
        assert styles_for([NOBODY])[NOBODY].name(language) == name
    assert "Others, or nobody" in report
    assert "no party" not in report.lower()
    source = job_source(results.loaded[0], results.job, results.context)
    page = page_html(job_topic(source, folder, ()))
    assert "no party" not in page.lower()


def test_names_of_report_page_and_map_agree(results, report, folder):
    paged = on_page(results, folder)
    for actor, name in NAMES.items():
        assert paged[actor]["name"]["en"] == name == Words("en").actor(Holder(actor))
        assert name in report


# ---- how far colours are apart ----

GREY = "#808080"


@pytest.mark.parametrize(
    ("other", "apart"),
    [("#8f8f8f", False), ("#969696", False), ("#a0a0a0", False), ("#aaaaaa", True)],
)
def test_colours_are_apart_where_a_map_can_show_it_not_where_they_can_just_be_told(other, apart):
    """Of 2.3 in CIE Lab a difference is just noticeable side by side; a map needs 14."""
    assert separation(GREY, other) > 5
    assert distinguishable(Style(GREY), Style(other)) == apart


def test_two_actors_that_are_hard_to_tell_apart_get_a_hatch():
    near = Style("#c0566a")  # nine from the colour of russia
    found = styles_for([Holder("mine"), Holder("russia")], preferred={Holder("mine"): near})
    assert 7 < separation(near.colour, found[Holder("russia")].colour) < 14
    assert found[Holder("russia")].hatch != near.hatch

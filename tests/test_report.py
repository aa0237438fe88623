"""The report says what the rows say, to a reader who sees it, hears it or is offline."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from PIL import Image

from territory.claims.caveats import Caveat
from territory.claims.decision import decide
from territory.claims.figures import Unit
from territory.claims.model import Claim, Reading
from territory.claims.summaries import conclusion, summary
from territory.claims.verdicts import Judgement
from territory.errors import InputError
from territory.job.input_files import input_files
from territory.job.spec import MapsSpec, ReportSpec
from territory.job.study import compute
from territory.measure.estimate import Estimate
from territory.numbers import unit_words
from territory.publish.report import embed
from territory.publish.report.answer import answer
from territory.publish.report.axis import axis_for, day_ticks
from territory.publish.report.doubt import dominant_doubt, doubts_of
from territory.publish.report.headline import headline_of
from territory.publish.report.matrix import claimed_periods
from territory.publish.report.method import doubts
from territory.publish.report.reading_list import claim_view, meaning_of, verdict_mark
from territory.publish.report.render import render
from territory.publish.report.report_text import claim_wording, long_day, number, prose, span
from territory.publish.report.scenario_bars import tornadoes

JOB = """
title = "Sixteen villages"
[series]
profile = "places"
path = "places.csv"
evidence = ["reported", "area"]
[area]
plain = [37.0, 35.0, 37.4, 35.4]
west = [37.0, 35.0, 37.2, 35.4]
[days]
select = ["2018-01-01", "2018-02-01", "2018-03-01"]
[uncertainty]
draws = 5
[report]
headline = "A test"
sources = ["Sixteen made-up villages"]
weak = ["None of it happened"]
"""
CLAIMS = """
[[claim]]
id = "first"
text = "They took about 300 km2 in the plain"
publisher = "Test Agency"
published = 2018-03-02
url = "https://example.org/a?b=1&c=2"
value = 300
unit = "km2"
precision = "roughly"
period = [2018-01-01, 2018-02-20]
[[claim.reading]]
name = "reds only, plain"
quantity = "gained"
by = ["red"]
from = ["blue"]
area = "plain"
[[claim.reading]]
name = "reds only, west"
quantity = "gained"
by = ["red"]
from = ["blue"]
area = "west"
[[claim]]
id = "second"
text = "over 10 villages"
publisher = "Test Agency"
published = 2018-03-02
url = "javascript:alert(1)"
value = 10
unit = "places"
precision = "over"
day = 2018-03-01
[[claim.reading]]
name = "villages of the reds"
quantity = "total"
by = ["red"]
lower_bound = "the list is short"
[[claim]]
id = "third"
text = "half of the country"
publisher = "Test Agency"
published = 2018-03-02
value = 50
unit = "percent"
not_checkable = "these data are not about the country"
"""


def village(number):
    return f"p{number:02d},Village {number},{35.05 + number // 4 * 0.1},{37.05 + number % 4 * 0.1}"


@pytest.fixture(scope="module")
def villages(tmp_path_factory):
    """Return a folder with sixteen villages: reds in the west, who advance eastward."""
    folder = tmp_path_factory.mktemp("villages")
    places = ["place_id,name,lat,lon", *map(village, range(16))]
    state = [f"p{n:02d},{'red' if n % 4 == 0 else 'blue'},reported" for n in range(16)]
    events = [
        f"p{n:02d},2018-01-{10 + n},2018-02-{10 + n},blue,red,{'reported' if n < 8 else 'area'},-"
        for n in (1, 5, 9, 13)
    ]
    columns = "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source"
    write(folder / "places.csv", *places)
    write(folder / "state_2018-01-01.csv", "place_id,holder,evidence", *state)
    write(folder / "events.csv", columns, *events, "p02,2018-03-01,2018-03-01,blue,red,area,-")
    write(folder / "claims.toml", CLAIMS)
    write(folder / "job.toml", JOB + '[claims]\nfile = "claims.toml"\n')
    return folder


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def results(villages):
    return compute(villages / "job.toml")


@pytest.fixture(scope="module")
def html(results):
    return render(results, {})


class Page(HTMLParser):
    """The text of a page, the addresses in it, its elements and whether they are closed."""

    VOID = frozenset({"meta", "img", "br", "link", "input", "hr", "source"})

    def __init__(self, html):
        super().__init__()
        self.words, self.addresses, self.images, self.tags, self.open = [], [], [], [], []
        self.ids, self.quiet = [], 0
        self.feed(html)
        self.close()
        self.text = " ".join(" ".join(self.words).replace("\u00a0", " ").split())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.images += [given] if tag == "img" else []
        self.addresses += [given[key] for key in ("href", "src", "srcset", "data") if key in given]
        if tag not in self.VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)


def test_every_element_is_closed_and_there_is_one_heading(html):
    page = Page(html)
    assert page.open == []
    assert page.tags.count("h1") == 1
    assert len(set(page.ids)) == len(page.ids)
    assert html.startswith("<!DOCTYPE html>")


def test_claim_is_quoted_with_publisher_day_and_link(html):
    page = Page(html)
    assert "“They took about 300 km2 in the plain” Test Agency , 2 March 2018" in page.text
    assert "https://example.org/a?b=1&c=2" in page.addresses


def test_the_headline_of_the_job_leads_and_the_full_answer_follows_its_quote(results, html):
    text = Page(html).text
    told = " ".join(answer(results.judgements[0]).replace("\u00a0", " ").split())
    assert text.index("“They took") < text.index(told)
    assert text.index(told) < text.index("Every reading of the sentence")
    assert text.startswith("Sixteen villages Sixteen villages A test Read as “")


def figures_in(sentence):
    return re.findall(r"\d[\d,.]*\d|\d", sentence.replace("\u00a0", " "))


def made(results, *judgements):
    job = results.job.model_copy(update={"report": ReportSpec()})
    return headline_of(replace(results, job=job, judgements=judgements or results.judgements))


def test_a_headline_is_made_of_the_judgements_and_measured_in_three_figures(results):
    one, *rest = results.judgements[0]
    group = (one, *(replace(each, verdict="inconsistent") for each in rest))
    found = made(results, group)
    fitting = [each for each in group if each.agrees]
    assert 0 < len(fitting) < len(group)
    assert found.answer == f"The figure of roughly 300\u00a0km² fits only as “{one.reading.name}”"
    best = min(fitting, key=lambda each: abs(each.computed.value - 300))
    assert number(best.computed.value) in found.sentence
    assert f"“{best.reading.name}”" in found.sentence
    assert "not every reading fits" in found.sentence
    measured, counted = found.sentence.split(" Counted: ")
    assert len(figures_in(measured.split("comes to")[1])) <= 3
    days = best.claim.period
    meaning = meaning_of(best.reading, best.claim, results.titles("en"))
    assert all(long_day(each) in counted for each in days)
    assert counted == f"{meaning[0].lower()}{meaning[1:]}."


def test_a_headline_says_what_does_not_fit_and_what_cannot_be_checked(results):
    none = tuple(replace(each, verdict="inconsistent") for each in results.judgements[0])
    found = made(results, none)
    assert found.answer == "The figure of roughly 300\u00a0km² does not fit"
    assert "comes to" in found.sentence
    unchecked = made(results, results.judgements[2])
    assert unchecked.answer.endswith("cannot be checked with these data")
    assert unchecked.sentence == "These data are not about the country."


def test_without_a_claim_the_headline_is_the_largest_change(results):
    found = headline_of(
        replace(results, judgements=(), job=results.job.model_copy(update={"report": ReportSpec()}))
    )
    ((value, low, high),) = [
        (row["km2"], row["low"], row["high"])
        for row in results.changes
        if (str(row["from_day"]), str(row["to_day"])) == ("2018-01-01", "2018-03-01")
        and row["area"] == results.loaded[0].ensemble.base.stands_for_all
        and (row["from_actor"], row["to_actor"]) == ("blue", "red")
    ]
    assert found.answer.endswith(
        f"Red took {number(value)}\u00a0km² from Blue, 1 January to 1 March 2018"
    )
    assert span(low, high, like=value) in found.sentence
    assert len(figures_in(found.sentence)) <= 3


def test_a_headline_of_days_that_no_table_has_is_measured(results):
    """The pictures may compare two days that are neither neighbours nor the first and last."""
    pair = (date(2018, 1, 1), date(2018, 2, 1)), (date(2018, 2, 1), date(2018, 3, 1))
    for days in pair:
        maps = MapsSpec(before_after=days)
        job = results.job.model_copy(update={"report": ReportSpec(), "maps": maps})
        bare = replace(results, judgements=(), job=job)
        found, again = headline_of(bare), headline_of(replace(bare, changes=()))
        assert found == again
        assert re.search(r"Red took \d+\xa0km² from Blue", found.answer)


def test_a_headline_of_ground_that_came_back_does_not_say_that_none_changed_hands(results):
    job = results.job.model_copy(update={"report": ReportSpec()})
    stayed = [
        {**row, "to_actor": row["from_actor"], "km2": 0.0}
        for row in results.changes
        if (str(row["from_day"]), str(row["to_day"])) == ("2018-01-01", "2018-03-01")
    ]
    found = headline_of(replace(results, judgements=(), job=job, changes=tuple(stayed)))
    same = "Everyone has the same ground at the end as at the beginning"
    assert found.answer.endswith(f"{same}, 1 January to 1 March 2018")


def test_every_entry_of_the_contents_leads_somewhere(html):
    page = Page(html)
    entries = [each[1:] for each in page.addresses if each.startswith("#")]
    assert len(entries) > 6
    assert set(entries) <= set(page.ids)


def test_a_telephone_gets_pictures_of_its_own_and_the_rest_can_be_moved(results, tmp_path):
    for name, width in (("before_after", 2000), ("before_after.narrow", 900), ("2018-01-01", 1900)):
        Image.new("RGB", (width, 800), "white").save(tmp_path / f"{name}.png")
    keys = ("before_after", "before_after.narrow", "2018-01-01")
    page = Page(render(results, {key: tmp_path / f"{key}.png" for key in keys}))
    assert page.tags.count("picture") == page.tags.count("source") == 1
    assert len(page.images) == 2
    assert page.open == []


def test_every_reading_stands_with_figure_interval_range_and_verdict(results, html):
    text = Page(html).text
    for row in results.verdicts:
        if row["computed"] is None:
            continue
        unit = row["unit"]
        assert row["reading"] in text
        assert number(row["computed"], unit=unit) in text
        if row["low"] < row["high"]:
            assert span(row["low"], row["high"], like=row["computed"], unit=unit) in text
        if row["range_low"] is not None:
            assert span(row["range_low"], row["range_high"], unit=unit) in text


def test_verdicts_are_words_and_not_only_colours(results, html):
    verdicts = {row["verdict"].split(" only as")[0] for row in results.verdicts}
    text = Page(html).text
    assert all(verdict in text for verdict in verdicts)
    assert "? not checkable" in text


def test_matrix_has_the_figures_of_the_rows(results, html):
    text = Page(html).text
    rows = [r for r in results.changes if str(r["from_day"]) == "2018-01-01"]
    whole = [r for r in rows if str(r["to_day"]) == "2018-03-01"]
    assert {(r["from_actor"], r["to_actor"]) for r in whole} == {
        ("red", "red"), ("blue", "red"), ("blue", "blue"),
    }  # fmt: skip
    for row in whole:
        shown = f"{number(row['km2'])} {span(row['low'], row['high'], like=row['km2'])}"
        stayed = row["from_actor"] == row["to_actor"]
        assert (f"{shown} same at both ends" if stayed else shown) in text


def test_period_of_the_claim_has_a_matrix_of_its_own(results, html):
    assert claimed_periods(results.judgements[0]) == ((date(2018, 1, 1), date(2018, 2, 20)),)
    gained = next(r for r in results.verdicts if r["reading"] == "reds only, plain")
    text = Page(html).text
    table = text[text.index("Plain, 1 January 2018 to 20 February 2018") :]
    assert number(gained["computed"]) in table[: table.index("The same for 1 more named area")]


def test_every_area_and_day_is_in_the_tables(results, html):
    text = Page(html).text
    for row in results.areas:
        interval = span(row["low"], row["high"], like=row["km2"])
        assert f"{number(row['km2'])} {interval}" in text


def test_effects_are_differences_to_the_base(results, html):
    [chart, *_] = tornadoes(results.judgements[0])
    lead = next(j for j in results.judgements[0] if j.reading.name == chart.reading)
    alone = lead.scenarios["events dated earliest"] - lead.computed.value
    effect = next(e for e in chart.bars if e.label.startswith("Every change on its earliest"))
    assert abs(float(effect.difference.replace("−", "-").replace("+", "")) - alone) <= 0.5
    assert effect.label in Page(html).text


def test_budget_of_every_reading_has_the_figures_of_the_rows(results, html):
    text = Page(html).text
    for judgement in (each for group in results.judgements for each in group if each.budget):
        key = judgement.claim.id, judgement.reading.name
        rows = [row for row in results.budget if (row["claim_id"], row["reading"]) == key]
        found = judgement.budget
        assert found.estimate == judgement.computed
        assert [row["component"] for row in rows[:-2]] == [each.name for each in found.components]
        assert dominant_doubt(found).replace("\u00a0", " ") in text
        for row in rows[:-2]:
            if row["high"] - row["low"] > 1e-6 * row["value"]:
                limits = span(row["low"], row["high"], like=row["value"], unit=row["unit"])
                assert f"{limits} " in text


def test_bars_lie_where_their_limits_are(results):
    [chart, *_] = doubts_of(results.judgements[0])
    found = results.judgements[0][0].budget
    at = [float(each.start.rstrip("%")) for each in chart.bars]
    ends = [float(each.end.rstrip("%")) for each in chart.bars]
    assert all(0 <= low <= high <= 100 for low, high in zip(at, ends, strict=True))
    widths = [high - low for low, high in zip(at, ends, strict=True)]
    alone = [w for w, bar in zip(widths, chart.bars, strict=True) if bar.kind != "sum"]
    assert alone == sorted(alone, reverse=True)
    scale = widths[0] / found.components[0].span
    assert widths[1] == pytest.approx(found.components[1].span * scale, abs=0.02)
    assert found.components[0].name in chart.summary.split(":")[0]


def test_what_fits_is_shown_and_the_rest_folded_away(results, html):
    text = Page(html).text
    uncertain = text[text.index("What is uncertain") : text.index("What is weak in the data")]
    assert "All chance together" in uncertain
    assert "All choices together" in uncertain
    assert "no probability" in uncertain
    first = results.judgements[0]
    assert all(each.reading.name in uncertain for each in first)


def test_a_count_has_choices_and_no_chance(results):
    [chart] = doubts_of(results.judgements[1])
    assert {bar.kind for bar in chart.bars} - {"sum"} == {"choice"}
    assert "places" in chart.summary


def test_explanations_are_told_with_what_they_give_and_luck(results):
    rows = [
        {"recipe": "web mercator", "computed": 301.0, "error_pct": 0.333, "chance": 0.002},
        {"recipe": "<b>sphere</b>", "computed": 280.0, "error_pct": -6.67, "chance": 0.5},
    ]
    found = {
        "first": ("first, 300 km2: it is most likely what one gets by Mercator.", rows),
        "second": ("second: cannot tell. 900 recipes were tried.", []),
    }
    page = Page(render(results, {}, explanations=found))
    assert "How did they get that number? 300 km²: it is most likely" in page.text
    assert "web mercator 301 km² 0.33 % 1 in 500" in page.text
    assert "<b>sphere</b> 280 km² 6.7 % 50 % of cases" in page.text
    assert "How did they get that number? Cannot tell. 900 recipes" in page.text
    assert "b" not in page.tags
    assert page.open == []


def test_the_order_is_that_of_an_article(html):
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", html)
    order = (
        "The published figure against the map",
        "How we know",
        "What is uncertain",
        "The other figures",
        "How this was measured",
        "Sources",
    )
    places = [headings.index(each) for each in order]
    assert places == sorted(places)
    assert html.index("A test</h1>") < html.index("<nav") < html.index("<h2")


def test_other_claims_are_listed_with_data_links(html):
    page = Page(html)
    assert "claims/second.jsonld" in page.addresses
    assert "over 10 villages" in page.text
    assert "not checkable . The figure of 50 % cannot be checked" in page.text
    assert "these data are not about the country" in page.text
    assert "2 cannot be checked with these data" in page.text
    assert "javascript" not in " ".join(page.addresses)


def test_nothing_is_loaded_from_elsewhere(html):
    known = {"https://example.org/a?b=1&c=2"}
    beside = re.compile(r"[\w./-]+\.(csv|json|jsonld)|#[a-z-]+")
    for address in set(Page(html).addresses) - known:
        assert beside.fullmatch(address), address
    assert "url(" not in html
    assert "@import" not in html
    assert "script" not in Page(html).tags
    assert "default-src 'none'" in html


def test_method_names_what_was_done(html):
    text = Page(html).text
    for part in (
        "nearest of 16 places", "Lambert azimuthal equal-area", "5 more times", "delete-d",
        "curved Earth", "beside the interval and not inside it", "rounded", "roughly",
        "Sixteen made-up villages", "None of it happened", "territory run job.toml --out out",
    ):  # fmt: skip
        assert part in text


def test_same_bytes_twice(results, villages, html):
    assert render(results, {}) == html
    assert render(compute(villages / "job.toml", workers=2), {}) == html


def test_without_claims(villages, tmp_path):
    for file in villages.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    write(tmp_path / "job.toml", JOB)
    page = Page(render(compute(tmp_path / "job.toml"), {}))
    assert "No published figure was given to check" in page.text
    assert "1 January 2018 to 1 March 2018" in page.text
    assert "What moves the figure" not in page.text
    assert page.open == []


def test_lead_that_cannot_be_checked(results):
    order = results.judgements[2], results.judgements[1], results.judgements[0]
    page = Page(render(replace(results, judgements=order), {}))
    assert "The figure of 50 % cannot be checked with these data" in page.text
    assert "The published figure against the map" not in page.text
    counted = replace(results, judgements=results.judgements[1:])
    assert "Every reading of the sentence" in Page(render(counted, {})).text


HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return the results of two drawn series whose actors have hostile names."""
    folder = tmp_path_factory.mktemp("drawn")
    for day, edge in (("2018-01-01", 37.2), ("2018-02-01", 37.3)):
        zones = [zone(HOSTILE, 37.0, edge), zone("=1+1", edge, 37.4)]
        content = {"type": "FeatureCollection", "features": zones}
        write(folder / f"{day}.geojson", json.dumps(content))
    claim = CLAIMS.split("[[claim]]")[1].replace("period = [2018-01-01, 2018-02-20]", "")
    claim = claim.replace('"red"', json.dumps(HOSTILE)).replace('"blue"', '"=1+1"')
    claim = claim.replace('area = "plain"', 'area = "all"\nperiod = [2018-01-01, 2018-02-01]')
    claim = claim.replace('area = "west"', 'area = "all"\nperiod = [2018-01-01, 2018-02-01]')
    text = "<img src=x onerror=alert(1)> \u202egnol " + "long " * 2000
    claim = claim.replace("They took about 300 km2 in the plain", text)
    write(folder / "claims.toml", "[[claim]]", claim)
    series = '[[series]]\nname = "{}"\nprofile = "zones"\npath = "*.geojson"\n'
    head = 'title = "</title><b>&"\n'
    tail = '[claims]\nfile = "claims.toml"\n'
    write(folder / "job.toml", head, series.format("one <i>"), series.format("two"), tail)
    return compute(folder / "job.toml")


def zone(actor, west, east):
    ring = [[west, 35.0], [east, 35.0], [east, 35.2], [west, 35.2], [west, 35.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"actor": actor}, "geometry": geometry}


def test_hostile_names_are_only_words(drawn):
    html = render(drawn, {})
    page = Page(html)
    assert {"script", "img", "i", "b"}.isdisjoint(page.tags)
    assert page.text.count(HOSTILE) > 3
    assert "=1+1" in page.text
    assert "\u202e" not in html
    assert page.open == []


def test_drawn_zones_have_boundary_errors_and_every_series_is_shown(drawn):
    text = Page(render(drawn, {})).text
    assert "1,300 m from the true one" in text
    assert "The doubt comes from one thing alone: where the line ran" in text
    assert "two How" not in text
    assert text.count("one <i>") >= 3
    assert "jackknife" not in text
    assert "range of the scenarios" not in text


def test_one_day_only(results):
    alone = replace(results.loaded[0], days=results.loaded[0].days[:1])
    few = replace(results, loaded=(alone,), judgements=())
    assert "Only one day was measured" in Page(render(few, {})).text


def picture(path, colour, width=2400):
    Image.linear_gradient("L").resize((width, 300)).convert("RGB").save(path)
    with Image.open(path) as image:
        Image.blend(image, Image.new("RGB", image.size, colour), 0.9).save(path)
    return path


def test_pictures_are_embedded_once_and_scaled_down(results, tmp_path):
    before = picture(tmp_path / "a.png", "red", width=3600)
    day = picture(tmp_path / "b.png", "green", width=800)
    pictures = {
        "2018-01-01": day, "2018-02-01": day, "before_after": before, "before_after.ar": day,
    }  # fmt: skip
    page = Page(render(results, pictures))
    assert [(image["width"], image["height"]) for image in page.images] == [
        ("2400", "200"),
        ("800", "300"),
    ]
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.images)
    red = next(r for r in results.areas if r["actor"] == "red")
    assert f"Red {number(red['km2'])} km²" in page.images[1]["alt"]
    assert ": who held what on 1 January 2018 and on 1 March 2018" in page.text
    assert "The same maps in Arabic" in page.text


def test_a_picture_of_few_colours_is_embedded_as_it_is(tmp_path, monkeypatch):
    path = picture(tmp_path / "a.png", "red")
    with Image.open(path) as image:
        image.quantize(16).save(path)
    (made,) = embed.embedded({"transfers": path})
    assert b64decode(made.data.partition(",")[2]) == path.read_bytes()
    assert (made.width, made.height) == (2400, 300)
    monkeypatch.setattr(embed, "BUDGET", 1)
    assert embed.embedded({"transfers": path})[0].width == 640
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match=r"a\.png: this is not a picture"):
        embed.embedded({"transfers": path})


def test_many_pictures_stay_within_the_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(embed, "BUDGET", 1)
    pictures = {f"2018-01-{n:02d}": picture(tmp_path / f"{n}.png", (n, 0, 0)) for n in range(1, 16)}
    made = embed.embedded(pictures)
    assert len(made) == embed.DAYS
    assert made[0].key == "2018-01-01"
    assert made[-1].key == "2018-01-15"
    assert {each.width for each in made} == {640}


def test_what_is_no_picture_is_refused(results, tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(InputError, match=r"a\.png"):
        render(results, {"transfers": tmp_path / "a.png"})


def judged(value, *, name="a", verdict="consistent", scenarios=(), caveat=Caveat.NONE, **claim):
    said = {"value": 100, "unit": "km2", "precision": "rounded", **claim}
    made = Claim(
        id="x", text="-", publisher="-", published=date(2018, 2, 5), not_checkable="-", **said
    )
    reading = Reading(name=name, quantity="changed-hands")
    found = Estimate(value, value - 10, value + 10)
    scenarios = dict(enumerate(scenarios))
    return Judgement(made, reading, found, scenarios, verdict, "because", caveat=caveat)


def test_places_are_counted_without_decimals():
    group = (judged(28.0, name="x", unit="places"), judged(31.0, unit="places"))
    assert "from 28 to 31;" in summary(group)
    assert "come to 28 to 31 places" in answer(group).replace("\u00a0", " ")


def test_the_report_the_summary_and_the_page_draw_one_conclusion():
    for group in (
        [judged(105, scenarios=[90.0])],
        [judged(90, name="x", verdict="inconsistent"), judged(105)],
        [judged(90, name="x", verdict="inconsistent"), judged(130, verdict="inconsistent")],
        [judged(300, verdict="inconsistent", scenarios=[90.0])],
        [judged(105, caveat=Caveat.WEAK)],
    ):
        so = f", so {conclusion(group)}."
        assert len(so) > len(", so .")
        assert answer(group).endswith(prose(so))
        assert summary(tuple(group)).endswith(so)


def test_what_fits_means_follows_the_verdicts(results):
    group = results.judgements[0]
    far = tuple(replace(each, caveat=Caveat.FAR_ABOVE) for each in group)
    assert "or that the figure is true to its word" not in render(results, {})
    told = render(replace(results, judgements=(far, *results.judgements[1:])), {})
    assert "computed figure, or that the figure is true to its word, though far beyond it." in told


@pytest.mark.parametrize(
    ("verdict", "caveat", "mark", "word"),
    [
        ("consistent", Caveat.NONE, "✓", "consistent"),
        ("consistent", Caveat.WEAK, "◐", "consistent, but a weak test"),
        ("consistent", Caveat.FAR_ABOVE, "◐", "consistent, though far above"),
        ("consistent only as a", Caveat.NONE, "◐", "consistent only as this reading"),
        ("consistent only as a or b", Caveat.NONE, "◐", "consistent as this reading, not as all"),
        ("inconsistent", Caveat.NONE, "✕", "inconsistent"),
    ],
)
def test_a_mark_says_no_more_than_the_verdict(verdict, caveat, mark, word):
    shown = verdict_mark(judged(105, verdict=verdict, caveat=caveat))
    assert (shown.mark, shown.word) == (mark, word)


@pytest.mark.parametrize(
    ("judgements", "parts"),
    [
        ([judged(105)], ["The figure of 100 km² fits “a” with 105 km² (95 to 115)."]),
        ([judged(100)], ["fits “a” with 100 km² (90 to 110)."]),
        (
            [judged(105, scenarios=[90.0])],
            [
                "the reading and its scenarios lie on both sides of it, from 90",
                "not speak against it",
            ],
        ),
        (
            [judged(300, verdict="inconsistent")],
            [
                "does not fit “a”",
                "lies above it, so this map does not bear it out: 300 (290 to 310)",
            ],
        ),
        (
            [judged(300, precision="over", caveat=Caveat.FAR_ABOVE)],
            ["lies above it, so it is true as it is worded, though far from what the word"],
        ),
        (
            [judged(105, caveat=Caveat.WEAK)],
            ["115), so the test is weak: the interval is wider than the figure itself"],
        ),
        (
            [
                judged(80, name="x", verdict="inconsistent", precision="exact"),
                judged(130, verdict="inconsistent", precision="exact"),
            ],
            [
                "does not fit",
                "both sides of it, from 80 to 130",
                "not bear it out: 80.0 (70.0 to 90.0) km²",
            ],
        ),
        (
            [
                judged(101, name="x, here", verdict="consistent only as x, here"),
                judged(102, name="y, here", verdict="consistent only as y, here"),
                judged(200, name="x, there", verdict="inconsistent"),
                judged(300, name="y, there", verdict="inconsistent"),
            ],
            [
                "fits “here” with 101 km² (91 to 111) for x and 102 km² (92 to 112) for y",
                "but not “there” with 200 to 300 km²",
                "readings come to 101 to 300 km², so it depends on what the",
            ],
        ),
        (
            [
                judged(101, name="a"),
                *(judged(200, name=each, verdict="inconsistent") for each in "xyz"),
            ],
            [
                "fits “a” with 101 km² (91 to 111). It does not fit “x” with 200 km² (190 to 210),",
                " or “z” with 200 km² (190 to 210); readings come to 101 to 200 km²",
            ],
        ),
        (
            [judged(50, name="x, here", verdict="inconsistent"), judged(104, name="y, here")],
            ["fits “y, here”", "but not “x, here”", "from 50 to 104 km²", "depends on what"],
        ),
        (
            [judged(9, verdict="not checkable"), judged(101, name="b")],
            ["fits “b”", "1 of 2 readings could not be checked."],
        ),
        ([judged(9, verdict="not checkable")], ["cannot be checked with these data: because."]),
    ],
)
def test_answer(judgements, parts):
    told = answer(judgements).replace("\u00a0", " ")
    for part in parts:
        assert part in told


@pytest.mark.parametrize(
    ("unit", "one"),
    [
        ("points", "percentage point"),
        ("people", "person"),
        ("places", "place"),
        ("units", "unit"),
        ("acres", "acre"),
        ("dunams", "dunam"),
    ],
)
def test_one_of_a_unit_is_in_the_singular_wherever_it_stands(unit, one):
    claim = judged(1.0).claim.model_copy(update={"value": 1.0, "unit": Unit(unit)})
    assert claim.wording() == f"1 {one}"
    assert claim_wording(claim).replace("\u00a0", " ") == f"1 {one.split()[-1]}"
    assert unit_words(unit, 2) != one


def test_two_figures_are_not_told_twice():
    group = (judged(150, value_high=200, precision="between"),)
    assert claim_view(group).said.replace("\u00a0", " ") == "between 100 and 200 km²"
    assert "(" in claim_view((judged(105),)).said
    _, why = decide(group[0].claim, group[0].reading, group[0].computed)
    assert why == "150 (140 to 160) km2 computed and 100 to 200 km2 published overlap"


def test_what_could_not_be_measured_is_none_of_all_readings():
    open_one = replace(judged(9, name="x", verdict="not checkable"), computed=None)
    group = (judged(300, name="a", verdict="inconsistent"), open_one)
    group = (*group, judged(400, name="b", verdict="inconsistent"))
    assert "all measured readings lie above it" in summary(group)
    assert "all measured readings lie above it" in answer(group)
    assert "all readings lie above it" in summary((group[0], group[2]))


def test_a_net_loss_beside_what_was_lost_is_a_loss_too():
    fell = Reading(name="lost", quantity="lost", by=("a",))
    lost = replace(judged(300, verdict="inconsistent"), reading=fell)
    group = (lost, judged(-50, name="net", verdict="inconsistent"))
    assert "readings give losses from 50.0 to 300;" in summary(group)
    assert "readings give losses of 50 to 300 km²" in answer(group).replace("\u00a0", " ")


@pytest.mark.parametrize("unit", ["km2", "dunams", "acres", "percent"])
@pytest.mark.parametrize("most", [4.0, 900.0, 250_000.0, 1.1e9])
def test_the_labels_of_an_axis_never_overlap(unit, most):
    for letter, shown in ((1.35, lambda _: True), (2.2, lambda tick: not tick.spare)):
        right = -1.0
        for tick in axis_for([0, most]).ticks(unit):
            if not tick.label or not shown(tick):
                continue
            at, width = float(tick.at.removesuffix("%")), letter * len(tick.label)
            left = at - {"start": 0, "middle": width / 2, "end": width}[tick.anchor]
            assert left > right or tick.anchor == "end"
            right = left + width
    ends = axis_for([0, most]).ticks(unit)
    assert ends[0].label
    assert ends[-1].label


def test_one_claim_of_a_kind_fits_and_several_fit(results):
    text = Page(render(results, {})).text
    for count, verb in re.findall(r"(\d+) (fits?|stays?) in ", text):
        assert (verb[-1] == "s") is (count == "1")
    assert re.search(r"\b1 fits in ", text)


def test_what_several_series_warn_of_alike_is_said_once_errors_first():
    row = {"day": "", "kind": "repaired", "severity": "warning", "km2": 1.0, "detail": "mended"}
    error = {**row, "series": "b", "severity": "error", "detail": "lost"}
    rows = [{**row, "series": "a"}, {**row, "series": "b"}, error, {**row, "detail": "other"}]
    assert [each["detail"] for each in doubts(rows)] == ["lost", "mended", "other"]


def test_answer_does_not_depend_on_the_order_of_the_readings():
    several = [judged(105, name="b"), judged(95, name="a", verdict="inconsistent")]
    ends = {answer(each).partition("; ")[2] for each in (several, several[::-1])}
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([834, 3529], 0, 4000), ([5900, 6100], 5900, 6100), ([-40, 25], -40, 40), ([0], 0, 1),
        ([], 0, 1), ([81.06], 81, 200), ([0.001, 0.002], 0, 0.002),
    ],
)  # fmt: skip
def test_axis_holds_its_values_between_round_ends(values, low, high):
    axis = axis_for(values)
    assert axis.low <= min(values, default=0) <= max(values, default=0) <= axis.high
    ticks = axis.ticks("km2")
    assert ticks[0].at == "0%"
    assert ticks[-1].at == "100%"
    assert 2 <= len(ticks) <= 9
    assert axis.low == pytest.approx(low, abs=abs(high) or 1)


def test_first_and_last_day_are_always_labelled():
    days = tuple(date(2018, month, 1) for month in range(1, 13))
    ticks = day_ticks(days)
    assert (ticks[0].label, ticks[-1].label) == ("1 Jan", "1 Dec")
    assert len(ticks) <= 7
    assert [tick.year for tick in ticks] == ["2018", *[""] * (len(ticks) - 1)]
    assert [tick.label for tick in day_ticks(days[:1])] == ["1 Jan"]


PARENTHESES = re.compile(r"\d[\d,.]*(?:\u00a0| )?(?:km²|%|places?|people)? \(([^)]*)\)")


def test_parentheses_behind_a_figure_hold_its_interval(html, drawn):
    """Said once, and true of the sentences, captions and notes."""
    found = []
    for page in (html, render(drawn, {})):
        bare = re.sub(r"<(style|title)>.*?</\1>|<[^>]+>", "", page, flags=re.DOTALL)
        text = unescape(bare)
        assert text.count("In parentheses behind a figure stands its interval") == 1
        found += PARENTHESES.findall(text)
    assert len(found) > 5
    for inside in found:
        assert re.search(r"\d to \S*\d", inside), inside


# ---- Beside the timeline ---------------------------------------------------------------------

BESIDE = """
[[report.beside]]
title = "shares by the Institute"
file = "shares.csv"
columns = { red = "reds" }
unit = "percent"
of_km2 = 10000
breaks = [2018-02-10]
source = "The Institute"
note = "They add to 98 %."
"""
SHARES = """day,reds,others
2018-01-02,10.0,1
2018-01-20,10.5,1
2018-02-03,11.0,0
2018-02-15,40,
2018-02-27,43,0
"""


def beside(villages, folder, text=BESIDE, shares=SHARES):
    for file in villages.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    write(folder / "shares.csv", shares.strip())
    write(folder / "job.toml", JOB + text + '[claims]\nfile = "claims.toml"\n')
    return compute(folder / "job.toml")


@pytest.fixture(scope="module")
def compared(villages, tmp_path_factory):
    return beside(villages, tmp_path_factory.mktemp("beside"))


def test_changes_of_others_stand_beside_ours(compared):
    text = Page(render(compared, {})).text
    table = text[text.index("Beside it: shares by the Institute") :]
    assert "Change since 1 January 2018, km²: theirs, and ours within “Plain”" in table
    # 1 point of 10,000 km2; then 3 more, and 29 across the break left out
    assert "1 February 2018 3 Feb +100 10 to 11 %" in table
    assert "1 March 2018 27 Feb +400 10 to 43 %" in table
    assert "The step to 10 February 2018 is left out" in table
    assert "Source: The Institute." in table
    assert "They add to 98 %." in table


def test_our_change_is_that_of_the_table_of_areas(compared):
    held = {
        str(row["day"]): row["km2"]
        for row in compared.areas
        if (row["area"], row["actor"]) == ("all", "red")
    }
    text = Page(render(compared, {})).text
    ours = number(held["2018-03-01"] - held["2018-01-01"])
    assert f"10 to 43 % +{ours} " in text


def test_a_published_series_is_an_input(villages, tmp_path):
    found, path = beside(villages, tmp_path), tmp_path / "job.toml"
    assert tmp_path / "shares.csv" in input_files(found.job, path)


def test_changes_may_be_taken_from_a_later_day(villages, tmp_path):
    found = beside(villages, tmp_path, BESIDE + "first_day = 2018-01-15\n")
    text = Page(render(found, {})).text
    assert "Change since 1 February 2018" in text
    assert "27 Feb +300 11 to 43 %" in text


def test_no_day_in_common_is_said(villages, tmp_path):
    found = beside(villages, tmp_path, shares="day,reds\n2017-01-02,10\n")
    assert "No two of its days lie within three days" in Page(render(found, {})).text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("of_km2 = 10000\n", "", "report.beside: 'of_km2' says what percent are of"),
        ('"percent"', '"km2"', "report.beside: 'of_km2' says what percent are of"),
        ('"percent"', '"hectares"', "report.beside.unit"),
        ("{ red =", "{ rad =", "no actor is named 'rad'; did you mean 'red'"),
        ('"reds" }', '"red" }', "no column 'red'; did you mean 'reds'"),
        ("source =", 'area = "plane"\nsource =', "no area is named 'plane'; did you mean 'plain'"),
        ("note =", "notes =", "unknown key 'report.beside.notes'; did you mean 'note'"),
        ('source = "The Institute"', "", "the key 'report.beside.source' is missing"),
    ],
)
def test_what_cannot_be_set_beside_is_refused(villages, tmp_path, old, new, message):
    with pytest.raises(InputError) as caught:
        beside(villages, tmp_path, BESIDE.replace(old, new))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2018-03-02,-1,0", "line 7: reds: -1 is below 0"),
        ("2018-01-20,1,0", "the day 2018-01-20 stands twice"),
        ("soon,1,0", "'soon' is not a day"),
        ("2018-03-01,much,0", "'much' is not a number"),
    ],
)
def test_a_published_series_with_faults_is_refused(villages, tmp_path, row, message):
    with pytest.raises(InputError) as caught:
        beside(villages, tmp_path, shares=SHARES + row)
    assert message in str(caught.value)


def test_actors_are_called_as_the_job_calls_them(villages, tmp_path):
    for file in villages.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    named = '[actors.red]\ntitle = "The Red Banner"\n'
    write(tmp_path / "job.toml", JOB.replace('headline = "A test"\n', "") + named)
    text = Page(render(compute(tmp_path / "job.toml"), {})).text
    assert re.search(r"The Red Banner took [\d,.]+ km² from Blue", text)
    assert not re.search(r"\bRed\b(?! Banner)", text)

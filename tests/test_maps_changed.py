"""Maps of what changed: who, from whom, where and when in the title; gains in a second tone."""

import re
from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_maps import (
    AFTER,
    BEFORE,
    GOVERNMENT,
    ISIS,
    OPPOSITION,
    ROWS_AFTER,
    ROWS_BEFORE,
    draw,
    grid,
    said,
)
from matplotlib.colors import to_rgb
from squares import history_of, squares

from territory.geometry.projection import EqualArea
from territory.holders import NOBODY, Holder, Status
from territory.job.series import Loaded
from territory.job.spec import MapsSpec
from territory.languages import LANGUAGES
from territory.maps.film.film import Take, written
from territory.maps.film.reel import Reel
from territory.maps.kinds.classes import tenure_classes, times_classes
from territory.maps.kinds.plan import Planner
from territory.maps.map_text import MapText
from territory.maps.pictures import Wish, map_figure
from territory.maps.request import MapSource
from territory.maps.sheet import NARROW_MAP_WIDTH
from territory.maps.style import (
    CONVENTIONAL,
    MIN_SEPARATION,
    Style,
    second_tones,
    separation,
    styles_for,
)
from territory.maps.subject import Subject
from territory.maps.titles import Speaker
from territory.maps.typesetting import measure, set_text
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble, estimate
from territory.measure.estimate import Estimate
from territory.measure.tables import transfer_estimates
from territory.numbers import figure
from territory.read.basemap import Context

# What changes from ROWS_BEFORE to ROWS_AFTER: three cells of 400 km2 from opposition to government.
TAKEN_KM2 = 1200


@pytest.fixture(scope="module")
def history():
    return grid(ROWS_BEFORE, ROWS_AFTER)


def countries(*names, edge=37.45):
    """Countries side by side, with the border at a longitude; the changes lie at 37.2 to 37.7."""
    land = [shapely.box(30.0, 30.0, edge, 41.0), shapely.box(edge, 30.0, 44.0, 41.0)][: len(names)]
    land = land if names[1:] else [shapely.box(30.0, 30.0, 44.0, 41.0)]
    columns = {"name": list(names), "name_ar": ["سوريا", "تركيا"][: len(names)]}
    return Context(countries=gpd.GeoDataFrame(columns, geometry=land, crs=4326))


def source(history, context=None, **maps):
    loaded = Loaded("", Ensemble(history), history.days, ())
    return MapSource(loaded, MapsSpec(**maps), context or Context())


def title(history, kind, context=None, language="en", **maps):
    _, figure = map_figure(
        source(history, context, **maps), Wish(kind, text=MapText(language=language))
    )
    return " ".join(said(figure)).replace("\u200f", "")


# ---- Titles --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["transfers", "before-after"])
def test_the_title_says_who_took_how_much_from_whom_where_and_when(history, kind):
    wanted = "Syria: Government took 1,200 km² from Opposition, 5 November 2017 to 5 February 2018"
    assert title(history, kind, countries("Syria")).startswith(wanted)


def test_a_film_has_the_same_title(history):
    stage = written(source(history, countries("Syria")), Take(size=(640, 480)))
    assert stage.subject.text.title == (
        "Syria: Government took 1,200 km² from Opposition, 5 November 2017 to 5 February 2018"
    )


def test_a_year_that_both_days_share_is_said_once():
    from datetime import date

    said = Speaker({}, "en").dated("It changed", date(2025, 11, 1), date(2025, 12, 1))
    assert said == "It changed, 1 November to 1 December 2025"


def test_a_transfer_between_actors_is_named_before_one_between_statuses():
    held, contested = Holder("a"), Holder("a", Status.CONTESTED)
    other = Holder("b")
    named = {each: Style("#3b8c5e", label={"en": str(each)}) for each in (held, contested, other)}
    moved = {(held, contested): Estimate(300, 300, 300), (held, other): Estimate(100, 100, 100)}
    assert Speaker(named, "en").transfer(moved) == "b took 100 km² from a"


@pytest.mark.parametrize(("back", "is_told"), [(24.0, False), (25.0, True), (100.0, True)])
def test_what_went_the_other_way_is_told_if_it_is_much(back, is_told):
    named = styles_for((Holder("a"), Holder("b")))
    moved = {
        (Holder("a"), Holder("b")): Estimate(100, 90, 110),
        (Holder("b"), Holder("a")): Estimate(back, back, back),
    }
    for language in LANGUAGES:
        found = Speaker(named, language).transfer(moved)
        assert len(re.findall(r"\d+(?:[.,]\d+)?", found)) == (2 if is_told else 1)
    told = f"; {figure(back)} km² went the other way" if is_told else ""
    assert Speaker(named, "en").transfer(moved) == f"B took 100 km² from A{told}"


@pytest.mark.parametrize("kind", ["changes", "held-since"])
def test_ground_that_changed_hands_has_the_interval_that_a_transfer_has(kind):
    """Lines that both maps share count once; what is taken up to a day may be late."""
    history = history_of(squares("A..."), squares("AA.."), squares("AAA."))
    lag_days = 2.0 if kind == "held-since" else 0.0  # it changed hands whichever map is first
    ensemble = Ensemble(history, BoundaryError(50.0, 3000.0, redraw_lag_days=lag_days))
    _, before, after = history.days
    *_, ground = (
        times_classes(history, before, after)
        if kind == "changes"
        else tenure_classes(history, after)
    )
    planner = Planner(ensemble, "all")
    found, alone = planner.of(ground), estimate(ensemble, planner._measure(ground.faces))
    moved = transfer_estimates(ensemble, before, after, "all")
    other = moved[NOBODY, Holder("A")]
    assert found == other
    assert found.value == alone.value
    assert (found.low, found.high) != (alone.low, alone.high)


def test_what_was_won_and_lost_alike_is_not_said_never_to_have_moved():
    named = styles_for((Holder("a"),))
    say = Speaker(named, "en")
    for nothing in (0.0, 1e-12, -1e-12):  # as sums of the same ground in another order
        found = say.change_of(frozenset({Holder("a")}), nothing)
        assert found == "A: as much ground at the end as at the beginning"
    assert say.change_of(frozenset({Holder("a")}), 2.0).startswith("A gained 2")


@pytest.mark.parametrize(
    ("edge", "place"),
    [
        (37.45, "West and East"),  # through the middle of what changed
        (37.9, "West"),  # beyond it
        (37.7, "West"),  # along its rim, where the outlines of countries lie off by a kilometre
        (36.9, "East"),
    ],
)
def test_the_countries_of_what_changed_are_named(history, edge, place):
    found = title(history, "transfers", countries("West", "East", edge=edge))
    named = found.partition(": Government")[0]
    assert set(named.split(" and ")) == set(place.split(" and "))


def test_no_country_is_named_where_none_is_known_or_three_share_it(history):
    thirds = [shapely.box(w, 30, e, 41) for w, e in ((30, 37.3), (37.3, 37.5), (37.5, 44))]
    land = gpd.GeoDataFrame({"name": ["A", "B", "C"]}, geometry=thirds, crs=4326)
    for context in (Context(), Context(countries=land)):
        assert title(history, "transfers", context).startswith("Government took")


def test_ground_of_nobody_is_said_to_come_from_others_or_nobody():
    drawn = grid(["NNNN", "NNNN", "NNGG", "GGGG"], ["NNNN", "NNGG", "NNGG", "GGGN"])
    drawn = replace(drawn, outside_is_nobody=True)
    found = title(drawn, "transfers")
    assert found.startswith("Government took 800 km² from others or nobody, 5 November")
    back = title(replace(drawn, held_by=drawn.held_by[::-1]), "transfers")
    assert back.startswith("Government lost 800 km² to others or nobody, 5 November")


def test_a_figure_stays_with_its_unit_where_a_line_breaks():
    text = "Russia gained 483 km² here"
    width = measure("Russia gained 483", 12.0, True)[0] + 0.01
    lines = set_text(text, width, 12.0, bold=True, lines=3).lines
    assert lines == ("Russia gained", "483 km² here")


@pytest.mark.parametrize("day", ["5 February 2018", "5 лютого 2018", "5 شباط/فبراير 2018"])
def test_a_day_stays_with_its_month_where_a_line_breaks(day):
    text = f"since {day}"
    width = measure("since 5", 12.0, True)[0] + 0.01
    lines = set_text(text, width, 12.0, bold=True, lines=4).lines
    assert lines[0] == "since"


# ---- Second tones --------------------------------------------------------------------------


@pytest.mark.parametrize("names", [*combinations(sorted(CONVENTIONAL), 3)][::11])
def test_tones_are_told_apart_from_every_colour_of_the_map(names):
    styles = styles_for([Holder(name) for name in names])
    tones = second_tones(styles)
    for holder, tone in tones.items():
        assert separation(tone, styles[holder].colour) >= 10.0
        others = [*(s.colour for h, s in styles.items() if h != holder)]
        assert all(separation(tone, other) >= 5.0 for other in others)


def test_a_tone_keeps_away_from_a_holder_of_that_colour():
    plain = second_tones({Holder("a"): Style("#b5404f")})[Holder("a")]
    crowded = second_tones({Holder("a"): Style("#b5404f"), Holder("b"): Style(plain)})
    assert separation(crowded[Holder("a")], plain) >= MIN_SEPARATION


def filled(figure, gid):
    """Return the fill colours of what stands under a name, map by map."""
    found = figure.findobj(lambda each: str(each.get_gid() or "").startswith(gid))
    return [to_rgb(each.get_facecolor()) for each in found if hasattr(each, "get_facecolor")]


def test_what_was_gained_has_a_second_tone_on_the_later_map_alone(history):
    figure = draw("before-after", history, Context())
    tone = second_tones(styles_for(history.holders))[GOVERNMENT]
    assert filled(figure, "gained-") == [pytest.approx(to_rgb(tone), abs=0.01)]
    assert "Gained since 5 November 2017" in " ".join(said(figure))


def test_small_maps_show_what_changed_in_full_colour_and_the_rest_pale(history):
    figure = draw("multiples", history, Context())
    own = to_rgb(styles_for(history.holders)[GOVERNMENT].colour)
    assert filled(figure, "gained-") == [pytest.approx(own, abs=0.01)]
    first, second = filled(figure, "zones-government")
    assert first == pytest.approx(own, abs=0.01)
    assert min(second) > max(own) - 0.1
    assert "Full colour: gained since the map before" in " ".join(said(figure))


def test_ground_that_went_to_nobody_is_hatched_on_small_maps():
    drawn = grid(["GGGG", "GGGG", "GGNN", "NNNN"], ["GGGG", "GGNN", "GGNN", "NNNN"])
    drawn = replace(drawn, outside_is_nobody=True)
    figure = draw("multiples", drawn, Context())
    lost = figure.findobj(lambda each: str(each.get_gid() or "").startswith("gained-"))
    assert [each.get_hatch() for each in lost] == ["/////"]
    assert "Lost since the map before" in " ".join(said(figure))


@pytest.mark.parametrize("kind", ["before-after", "multiples"])
def test_maps_of_all_ground_are_framed_around_what_changed(kind):
    """Of a wide country one cell in the middle changes."""
    wide = grid(["GGGG", "GGGG", "GGGG", "GGGG"], ["GGGG", "GOGG", "GGGG", "GGGG"])
    faces = shapely.transform(wide.faces, lambda xy: xy * 20)
    wide = replace(wide, faces=faces, area_m2=wide.area_m2 * 400)
    figure = draw(kind, wide, Context())
    maps = [axes for axes in figure.axes if str(axes.get_gid()) in {"map-1", "map-2"}]
    for axes in maps:
        assert abs(np.diff(axes.get_xlim())[0]) < 0.5 * (wide.faces[15].bounds[2])
    assert "its figures count ground beyond the edge too" in " ".join(said(figure))


# ---- Film and telephone --------------------------------------------------------------------


def test_a_film_shows_gains_in_the_second_tone_and_says_so(history):
    stage = written(source(history), Take(size=(640, 480)))
    assert stage.gainers == (GOVERNMENT,)
    picture = Reel(stage).frame(1)
    tone = second_tones(stage.subject.styles)[GOVERNMENT]
    own = stage.subject.styles[GOVERNMENT].colour
    for colour, cells in ((tone, 3), (own, 7)):
        near = np.abs(picture / 255 - np.array(to_rgb(colour))).max(axis=2) < 0.01
        left, top, right, bottom = stage.map_box
        share = near[top:bottom, left:right].mean()
        whole = stage.subject.view.extent
        assert share == pytest.approx(cells * 4e8 / (whole.width * whole.height), rel=0.1)


def test_a_film_shows_the_towns_of_the_package(history):
    there = replace(history, projection=EqualArea(37.75, 48.1))  # around Donetsk
    stage = written(source(there), Take(size=(640, 480)))
    assert {"Avdiivka", "Siversk"} <= {town.name for town in stage.subject.view.towns}
    own = replace(stage.subject.context, towns=None)
    assert source(there, own).with_towns.context.towns is not None
    assert source(there, replace(own, past=True)).with_towns.context.towns is None


@pytest.mark.parametrize("kind", ["transfers", "before-after", "day"])
def test_a_sheet_for_a_telephone_is_narrow_and_cuts_nothing(history, kind):
    map_source = source(history, countries("Syria"))
    subject = replace(map_source.subject(MapText("W " * 60 + "end")), narrow=True)
    days = (AFTER,) if kind == "day" else (BEFORE, AFTER)
    figure = Wish(kind).kind.plan(_planner(history), *days).draw(subject)
    assert figure.get_size_inches()[0] == pytest.approx(NARROW_MAP_WIDTH + 0.8)
    text = " ".join(said(figure))
    assert not re.search("…", text)
    assert "end" in text
    frame = figure.get_window_extent()
    for each in figure.findobj(lambda a: a.__class__.__name__ == "Text" and a.get_text()):
        assert each.get_window_extent().x1 <= frame.x1 + 1


def _planner(history):
    from territory.maps.kinds.plan import Planner

    return Planner(Ensemble(history), "all")


def test_tones_do_not_depend_on_the_order_of_the_holders():
    holders = [GOVERNMENT, OPPOSITION, ISIS, NOBODY]
    one = second_tones(styles_for(holders))
    assert set(one) == set(holders)


def test_a_subject_between_no_days_is_itself(history):
    subject = Subject(history, Context())
    assert subject.between(()) is subject
    assert subject.between((BEFORE, AFTER)).changed.area / 1e6 == pytest.approx(TAKEN_KM2)

"""Villages of a gazetteer: which follow which place, what they make of a figure, bad tables."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import PLANE

import territory as tt
from territory.errors import InputError
from territory.geometry.projection import WGS84
from territory.history.gazetteer import UNEVEN, Villages, followed, villages
from territory.history.places import Place
from territory.read.gazetteer import read_gazetteer

START, END = date(2018, 1, 1), date(2018, 2, 1)
SIDE_KM = 100.0
STRIP_KM = (30.0, 70.0)  # what changed hands


# ---- Who follows whom --------------------------------------------------------------------


def line_of(x, known_count):
    """Return villages on a line, the first of them places."""
    xy = np.column_stack([x, np.zeros(len(x))])
    return Villages(xy, np.full(len(xy), True)), np.full(known_count, True)


def test_places_that_are_seldom_known_reach_further():
    # Changed ground lies left of 5; one of five villages is known there, all of three right of it.
    there, known = line_of([0.0, 6.0, 8.0, 10.0, 1.0, 2.0, 2.5, 3.5], 4)
    changed = np.array([True, False, False, False])
    nearest, as_they_lie = followed(there, known, changed, rebalance=False)
    assert nearest.tolist() == [0, 1, 2, 3, 0, 0, 0, 1]  # the one at 3.5 goes wrong
    assert (as_they_lie.changed, as_they_lie.unchanged) == (1 / 4, 3 / 4)
    place, shares = followed(there, known, changed)
    assert place.tolist() == [0, 1, 2, 3, 0, 0, 0, 0]
    assert (shares.changed, shares.unchanged, shares.ratio) == (1 / 5, 1.0, 5.0)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(0, 40))
def test_every_village_follows_the_nearest_place_by_weighted_distance(seed, known_count, more):
    random = np.random.default_rng(seed)
    xy = random.uniform(0, 100, (known_count + more, 2))
    there = Villages(xy, np.full(len(xy), True))
    known, changed = random.random(known_count) < 0.8, random.random(known_count) < 0.5
    known[0] = True
    place, shares = followed(there, known, changed)
    assert known[place].all()
    assert (place[:known_count][known] == np.flatnonzero(known)).all()
    weight = np.sqrt(np.where(changed, shares.changed, shares.unchanged))
    away = np.hypot(*(xy[:, None] - xy[None, :known_count]).transpose(2, 0, 1)) * weight
    away[:, ~known] = np.inf
    follows = changed[place]
    for kind, share in ((True, shares.changed), (False, shares.unchanged)):
        mine = follows == kind
        found = int((mine[:known_count] & known).sum())
        assert share == (found / mine.sum() if mine.any() else 1.0)
    guessed = np.append(~known, np.full(more, True))
    best = away.min(axis=1)
    assert away[guessed, place[guessed]] == pytest.approx(best[guessed])


def at(key, x_km, y_km=0.0):
    lon, lat = PLANE.transformer(WGS84).transform(x_km * 1e3, y_km * 1e3, direction="INVERSE")
    return Place(key, key, lon, lat)


def test_a_place_is_the_village_of_its_key_or_the_nearest_within_a_kilometre():
    extent = shapely.box(-50e3, -50e3, 50e3, 50e3)
    places = {"V1": 0.0, "P2": 10.0, "P3": 20.0, "P4": 20.4, "P5": 60.0}
    listed = [at("V1", 5.0), at("V2", 10.9), at("V3", 20.3), at("V4", 31.0), at("V5", 60.1)]
    xy = np.array([[x * 1e3, 0.0] for x in places.values()])
    found = villages(xy, list(places), listed, extent=extent, projection=PLANE)
    # V1 by key however far, V2 by nearness, V3 is P4 (nearest to one another), so P3 is on no
    # list; V4 is nobody's; P5 and V5 lie beyond the extent.
    assert found.listed.tolist() == [True, True, False, True, False, True]
    assert found.xy[5:] == pytest.approx(np.array([[31e3, 0.0]]), abs=1e-3)


def test_a_gazetteer_of_another_country_is_refused():
    extent = shapely.box(-50e3, -50e3, 50e3, 50e3)
    xy = np.array([[n * 1e3, 0.0] for n in range(8)])
    far = [at(f"V{n}", 900.0 + n) for n in range(30)]
    with pytest.raises(InputError, match="0 of its 30 villages lie in the extent, where 8 places"):
        villages(xy, list("abcdefgh"), far, extent=extent, projection=PLANE)


# ---- The figure --------------------------------------------------------------------------


def strip(seed, known_share):
    """Return places, events and the gazetteer of a square whose middle strip changed hands."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, SIDE_KM, (2, 600))
    changed = (x > STRIP_KM[0]) & (x < STRIP_KM[1])
    known = random.random(600) < np.where(changed, *known_share)
    inverse = PLANE.transformer(WGS84)
    lon, lat = inverse.transform(x * 1e3, y * 1e3, direction="INVERSE")
    listed = pd.DataFrame({"pcode": [f"V{n}" for n in range(600)], "lon": lon, "lat": lat})
    places = listed[known].rename(columns={"pcode": "place_id"}).assign(holder="red")
    fell = places.place_id[changed[known]]
    events = pd.DataFrame({"place_id": fell}).assign(
        day=str(END), from_actor="red", to_actor="blue"
    )
    return places, events, listed


def extent_of_square():
    corners = np.array([[0, 0], [SIDE_KM, 0], [SIDE_KM, SIDE_KM], [0, SIDE_KM]]) * 1e3
    lonlat = np.column_stack(PLANE.transformer(WGS84).transform(*corners.T, direction="INVERSE"))
    return shapely.segmentize(shapely.Polygon(lonlat), 0.01)


def history(seed, known_share, *, with_gazetteer=True):
    places, events, listed = strip(seed, known_share)
    more = {"gazetteer": listed} if with_gazetteer else {}
    days = {"first_day": START, "last_day": END}
    return tt.History.from_places(places, events, extent=extent_of_square(), **days, **more)


@pytest.mark.filterwarnings("ignore:.*gazetteer's villages are known", "ignore:no gazetteer")
def test_a_figure_that_is_low_for_want_of_reports_is_rebalanced():
    truth = (STRIP_KM[1] - STRIP_KM[0]) * SIDE_KM
    plain, rebalanced = [], []
    for seed in range(3):
        h = history(seed, (0.27, 0.5))
        row, found = h.net("blue").iloc[0], h.findings
        rebalanced.append(row.km2)
        plain.append(row.km2 - found[found.kind == "known-shares"].km2.item())
        assert row.low < truth < row.high
    assert np.mean(plain) < 0.97 * truth
    assert np.mean(rebalanced) == pytest.approx(truth, rel=0.03)


def test_uneven_shares_are_warned_of_and_even_ones_told():
    with pytest.warns(
        tt.TerritoryWarning,
        match=r"^2[0-9.]+ % of the gazetteer's villages are known",
    ):
        uneven = history(1, (0.27, 0.5)).findings
    told = uneven[uneven.kind == "known-shares"].iloc[0]
    assert "figures and maps go by the second" in told.detail
    even = history(1, (0.5, 0.5)).findings
    told = even[even.kind == "known-shares"].iloc[0]
    assert (told.severity, UNEVEN) == ("info", 1.2)
    assert "figures and maps go by the first" in told.detail
    with pytest.warns(tt.TerritoryWarning, match="no gazetteer is named"):
        history(1, (0.5, 0.5), with_gazetteer=False)


@pytest.mark.filterwarnings("ignore:.*gazetteer's villages are known")
def test_rebalanced_areas_add_up_and_net_is_gained_less_lost():
    h = history(2, (0.27, 0.5))
    for day in (START, END):
        held = h.areas(days=day).km2.sum()
        assert held == pytest.approx(SIDE_KM**2, rel=1e-4)
    whole = extent_of_square()
    boxes = shapely.box(36, 35, 37.7, 37), shapely.box(37.7, 35, 39, 37)
    halves = [shapely.intersection(whole, box) for box in boxes]
    taken = sum(h.within(half).net("blue").km2.item() for half in halves)
    assert taken == pytest.approx(h.net("blue").km2.item(), rel=1e-9)
    moved = h.changes(START, END)
    gained = moved[(moved.to_actor == "blue") & (moved.from_actor == "red")].km2.sum()
    assert gained == pytest.approx(h.net("blue").km2.item(), rel=1e-9)


# ---- Bad tables --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pcode,name\nC1,Here\n", "line 1: no column 'lat' or 'latitude'; it has pcode, name"),
        ("name,lat,lon\nHere,36,37\n", "line 1: no column 'place_id' or 'id' or 'pcode'"),
        ("pcode,lat,lon\nC1,36,\n", "line 2: lon '' is no degree"),
        ("pcode,lat,lon\nC1,96,37\n", "line 2: lat '96' is no degree"),
        ("pcode,lat,lon\nC1,36,37\nC1,36,38\n", "line 3: pcode 'C1' stands twice"),
        ("pcode,lat,lon\nC1,36,37\nC2,36,37\n", "line 3: another village lies at 36, 37 too"),
        ("pcode,lat,lon\n,36,37\n", "line 2: pcode is empty"),
        ("pcode,lat,lon\n", "no village in the file"),
        ("pcode\tlat\tlon\nC1\t36\t37\n", "line 1: cells are separated by tabs, not by commas"),
        ("", "the file is empty or has no header"),
    ],
)
def test_a_bad_gazetteer_is_refused_in_one_line(tmp_path, text, problem):
    file = tmp_path / "gazetteer.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"gazetteer\.csv") as caught:
        read_gazetteer(file)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_gazetteer_in_memory_names_the_row():
    places, events, listed = strip(1, (0.5, 0.5))
    twice = pd.concat([listed, listed.tail(1)])
    with pytest.raises(tt.TerritoryError, match=r"gazetteer, feature 601 .*'V599' stands twice"):
        tt.History.from_places(places, events, gazetteer=twice)

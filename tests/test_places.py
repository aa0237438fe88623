"""Nearest-place zones against brute force, and holders replayed from events by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from squares import PLANE, day

import territory as tt
from territory.errors import GeometryError, InputError, TerritoryError
from territory.geometry.cutting import Overlays
from territory.geometry.projection import WGS84, EqualArea
from territory.history import voronoi
from territory.history.places import (
    Dating,
    Event,
    Place,
    PlaceSeries,
    Start,
    changed,
    check_chain,
    holders_by_day,
)
from territory.history.voronoi import (
    cell_history,
    cells,
    place_counts,
    place_findings,
    points,
    sites,
    subsamples,
)
from territory.holders import NOBODY, Holder
from territory.job.place_files import read_variants
from territory.job.rebalancing import histories_under
from territory.job.spec import Job
from territory.measure.change import areas_by_day
from territory.read.text_files import read_toml
from territory.read.towns import read_towns
from territory.trace.controls_file import read_controls

# ---- Cells -------------------------------------------------------------------------------

BOX = shapely.box(0, 0, 4, 4)
NOTCHED = shapely.box(0, 0, 4, 4).difference(shapely.box(2, 1, 4, 3))
TWO_PARTS = shapely.MultiPolygon([shapely.box(0, 0, 1, 4), shapely.box(2.5, 0, 4, 4)])
WITH_HOLE = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 3))
PROBES = np.array([(x / 7 + 0.011, y / 7 + 0.017) for x in range(28) for y in range(28)])

quarters = st.integers(-8, 24).map(lambda n: n / 4)  # many at one position or in one line
anywhere = st.floats(-2, 6, allow_subnormal=False)
site_lists = st.one_of(
    st.lists(st.tuples(quarters, quarters), min_size=1, max_size=12),
    st.lists(st.tuples(anywhere, anywhere), min_size=1, max_size=12),
).map(np.array)


@settings(max_examples=150)
@given(site_lists, st.sampled_from([BOX, NOTCHED, TWO_PARTS, WITH_HOLE]))
@example(np.array([[1.0, 2.0], [3.0, 2.0]]), NOTCHED)  # the line between runs along the rim
@example(np.array([[1.0, 1.0], [1.0 + 2**-50, 1.0], [3.0, 3.0]]), BOX)  # too close to tell apart
@example(np.array([[9.0, 1.0], [90.0, 1.0]]), BOX)
def test_cells_are_the_ground_nearest_to_each_site(xy, extent):
    found = cells(xy, extent)
    assert len(found) == len(xy)
    assert {each.geom_type for each in found} <= {"Polygon", "MultiPolygon"}
    assert shapely.area(found).sum() == pytest.approx(extent.area, rel=1e-12)
    inside = PROBES[shapely.contains_xy(extent, PROBES)]
    away = np.hypot(*(inside[:, None] - xy[None]).transpose(2, 0, 1))
    owned = np.array([shapely.intersects_xy(cell, inside) for cell in found])
    assert (owned.sum(axis=0) >= 1).all()
    nearest = np.broadcast_to(away.min(axis=1), owned.shape)
    assert (away.T[owned] <= nearest[owned] + 1e-6).all()


def test_of_two_sites_at_one_position_the_first_has_the_cell():
    found = cells(np.array([[3.0, 1.0], [1.0, 1.0], [3.0, 1.0]]), BOX)
    assert shapely.area(found).tolist() == [8, 8, 0]


def test_cells_of_one_site_and_of_none():
    assert cells(np.array([[50.0, 50.0]]), BOX)[0].equals(BOX)
    with pytest.raises(GeometryError, match="no place to draw zones from"):
        cells(np.zeros((0, 2)), BOX)


# ---- A small series by hand --------------------------------------------------------------


def place_at(key, x_km, y_km=0.0):
    lon, lat = PLANE.transformer(WGS84).transform(x_km * 1e3, y_km * 1e3, direction="INVERSE")
    return Place(key, f"place {key}", lon, lat)


def event(place, giver, taker, first, last=None, evidence="reported"):
    return Event(place, day(first), day(first if last is None else last), giver, taker, evidence)


def series_of(starts, events=(), *, until=20, places=None):
    keys = sorted({*starts, *(each.place for each in events)})
    return PlaceSeries(
        places or tuple(place_at(key, n) for n, key in enumerate(keys)),
        {
            key: start if isinstance(start, Start) else Start(start, "marker")
            for key, start in starts.items()
        },
        tuple(events),
        day(0),
        day(until),
    )


def holder_names(series, number, **options):
    """Return who holds each place on a day, one word per place."""
    holders, held_by = holders_by_day(series, (day(number),), **options)
    assert holders[0] == NOBODY
    return [str(holders[code]) for code in held_by[0]]


def changes_of(series, **options):
    """Return the numbers of the days on which the first place has a new holder."""
    days = tuple(day(n) for n in range(21))
    held = holders_by_day(series, days, **options)[1][:, 0]
    return (np.flatnonzero(np.diff(held)) + 1).tolist()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(4, 4, (4, 4, 4)), (4, 5, (4, 4, 5)), (4, 7, (4, 5, 7)), (4, 8, (4, 6, 8)), (0, 1, (0, 0, 1))],
)
def test_an_event_counts_from_a_day_of_its_range(first, last, expected):
    series = series_of({"P": "a"}, [event("P", "a", "b", first, last)])
    for dating, since in zip(("earliest", "middle", "latest"), expected, strict=True):
        options = {"dating": Dating(dating)}
        assert holder_names(series, since, **options) == ["b"]
        assert changes_of(series, **options) == ([since] if since else [])
        if since:
            assert holder_names(series, since - 1, **options) == ["a"]


def test_several_changes_on_one_day_count_in_order():
    events = [event("P", "a", "b", 5), event("P", "b", "c", 5), event("P", "c", "a", 9)]
    series = series_of({"P": "a"}, events)
    check_chain(series)
    assert [holder_names(series, n) for n in (4, 5, 8, 9)] == [["a"], ["c"], ["c"], ["a"]]
    there_and_back = series_of({"P": "a"}, [event("P", "a", "b", 5), event("P", "b", "a", 5)])
    check_chain(there_and_back)
    assert changes_of(there_and_back) == []


def test_overlapping_ranges_keep_their_order():
    series = series_of({"P": "a"}, [event("P", "a", "b", 2, 8), event("P", "b", "c", 4, 10)])
    check_chain(series)
    assert changes_of(series, dating=Dating.EARLIEST) == [2, 4]
    assert changes_of(series) == [5, 7]
    assert changes_of(series, dating=Dating.LATEST) == [8, 10]


def test_an_event_on_the_first_day_counts_on_it():
    series = series_of({"P": "a"}, [event("P", "a", "b", 0)])
    check_chain(series)
    assert holder_names(series, 0) == ["b"]


def test_events_before_the_first_day_explain_the_start_and_change_nothing():
    series = series_of({"P": "b"}, [event("P", "a", "b", -9), event("P", "b", "a", 6)])
    check_chain(series)
    assert holder_names(series, 0) == ["b"]
    assert changes_of(series) == [6]


def test_no_event_at_all():
    series = series_of({"P": "a", "Q": "b"})
    check_chain(series)
    assert holder_names(series, 20) == ["a", "b"]


def test_evidence_that_is_not_believed():
    events = [
        event("P", "a", "b", 3),
        event("P", "b", "c", 6, evidence="area"),
        event("P", "c", "d", 9),
    ]
    series = series_of({"P": "a"}, events)
    reported = frozenset({"marker", "reported"})
    found = [holder_names(series, n, evidence=reported)[0] for n in (2, 3, 5, 6, 8, 9)]
    assert found == ["a", "b", "b", "nobody", "nobody", "d"]  # unknown, not unchanged
    assert [holder_names(series, n)[0] for n in (2, 3, 6, 9)] == list("abcd")
    assert changes_of(series, evidence=frozenset({"marker"})) == [3]  # unknown from there on
    assert series.evidence_classes == {"marker", "reported", "area"}


def test_a_start_that_is_not_believed_gives_way_to_earlier_events():
    """The state says b by word of mouth; a report of the time before says a to b to c."""
    before = [event("P", "a", "b", -9), event("P", "b", "c", -5, evidence="area")]
    series = series_of({"P": Start("c", "rumour")}, [*before, event("P", "c", "a", 6)])
    assert holder_names(series, 0) == ["c"]
    assert holder_names(series, 0, evidence=frozenset({"area"})) == ["c"]
    assert holder_names(series, 0, evidence=frozenset({"reported", "area"})) == ["c"]
    only = frozenset({"reported"})  # that b passed it on is not believed, so b may have it or not
    assert [holder_names(series, n, evidence=only)[0] for n in (0, 5, 6)] == ["nobody"] * 2 + ["a"]
    assert holder_names(series, 9, evidence=frozenset()) == ["nobody"]
    earlier = series_of({"P": Start("c", "rumour")}, before[:1])
    assert holder_names(earlier, 0, evidence=only) == ["b"]
    later = series_of({"P": Start("a", "rumour")}, [event("P", "a", "b", 6)])
    assert holder_names(later, 0, evidence=only) == ["a"]  # what the first event gives up
    assert holder_names(series, 0, evidence=frozenset({"reported", "rumour"})) == ["c"]
    silent = series_of({"P": Start("c", "rumour")})
    assert holder_names(silent, 0, evidence=frozenset({"reported"})) == ["nobody"]


def test_days_outside_the_period_are_refused():
    series = series_of({"P": "a"}, until=5)
    for number in (-1, 6):
        with pytest.raises(InputError, match=f"{day(number)} lies outside the period"):
            holders_by_day(series, (day(number),))


# ---- Chains ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "events", "message"),
    [
        ("a", [event("P", "b", "c", 3)], "held by 'a', so it cannot pass from 'b' on 2018-01-04"),
        (
            "a",
            [event("P", "a", "b", 3), event("P", "a", "c", 6)],
            "held by 'b', so it cannot pass from 'a' on 2018-01-07",
        ),
        ("a", [event("P", "a", "b", 6), event("P", "b", "c", 3)], "on 2018-01-04 is listed after"),
        (
            "a",
            [event("P", "a", "b", 3, 9), event("P", "b", "c", 4, 8)],
            "listed after one on 2018-01-10",
        ),
        ("a", [event("P", "a", "b", -5)], "passed to b before 2018-01-01, but the state .* says a"),
        (
            "c",
            [event("P", "a", "b", -9), event("P", "a", "c", -5)],
            "held by 'b', so it cannot pass from 'a'",
        ),
        (
            "unknown",
            [event("P", "a", "b", -5), event("P", "a", "c", 5)],
            "held by 'b', so it cannot pass from 'a' on 2018-01-06",
        ),
    ],
)
def test_events_that_contradict_the_start_or_one_another(start, events, message):
    series = series_of({"P": start}, events)
    with pytest.raises(InputError, match=message):
        check_chain(series)
    at = {each: f"events.csv, line {n}: " for n, each in enumerate(events, start=2)}
    with pytest.raises(InputError, match=r"^events\.csv, line [23]: place P"):
        check_chain(series, at)


def test_a_scenario_adds_starts_and_events():
    series = series_of({"P": "a", "Q": "a"}, [event("Q", "a", "b", 5)])
    flipped = changed(series, starts={"P": Start("b", "guess")}, events=[event("P", "b", "c", 7)])
    check_chain(flipped)
    assert holder_names(flipped, 0) == ["b", "a"]
    assert holder_names(flipped, 7) == ["c", "b"]
    assert holder_names(series, 7) == ["a", "b"]
    with pytest.raises(InputError, match="held by 'a', so it cannot pass from 'b'"):
        check_chain(changed(series, starts={}, events=[event("P", "b", "c", 7)]))


def test_a_place_of_an_event_that_is_not_believed_is_left_out_and_not_left_as_it_was():
    """Q passed to b by hearsay. Without that it is unknown, so P and R divide its ground."""
    series = series_of(FOUR, [event("Q", "a", "b", 5, evidence="hearsay")])
    firm = frozenset({"marker"})
    for last, known in ((4, [True] * 4), (5, [True, False, True, True])):
        found = sites(series, (day(0), day(last)), projection=PLANE, evidence=firm)
        assert found.known.tolist() == known


# ---- Histories ---------------------------------------------------------------------------

EXTENT = shapely.box(-500, -1000, 3500, 1000)  # 4 km by 2 km about places at 0, 1, 2 and 3 km
FOUR = {"P": "a", "Q": "a", "R": "b", "S": "b"}


def areas(series, number, **options):
    found = sites(series, (day(number),), projection=PLANE)
    history = cell_history(found, extent=EXTENT, **options)
    found = zip(history.holders, areas_by_day(history)[0], strict=True)
    return {str(holder): km2 for holder, km2 in found if km2}


def test_ground_goes_with_its_place():
    series = series_of(FOUR, [event("Q", "a", "b", 5)])
    assert areas(series, 4) == pytest.approx({"a": 4, "b": 4})
    assert areas(series, 5) == pytest.approx({"a": 2, "b": 6})


def test_readings_that_know_the_same_places_have_the_same_cells():
    """Each history is what its own cells give; cells are made once for each set of places."""
    less = {**FOUR, "Q": "unknown"}
    found = {
        name: sites(series_of(start, events), (day(0), day(5)), projection=PLANE)
        for name, start, events in (
            ("", FOUR, []),
            ("later", FOUR, [event("Q", "a", "b", 5)]),
            ("without Q", less, []),
            ("without Q, later", less, [event("P", "a", "b", 5)]),
        )
    }
    made = []

    def divide(each):
        made.append(each)
        return cell_history(each, extent=EXTENT)

    histories = histories_under(cell_history(found[""], extent=EXTENT), found, divide)
    assert list(histories) == list(found)[1:]
    assert len(made) == 1
    assert histories["without Q"].faces is histories["without Q, later"].faces
    for name, history in histories.items():
        own = cell_history(found[name], extent=EXTENT)
        assert history.held_by.tolist() == own.held_by.tolist()
        assert history.area_m2.tolist() == own.area_m2.tolist()
        assert history.origin.tolist() == own.origin.tolist()


def test_cells_that_were_clipped_before_are_clipped_alike():
    """Draws of the places one after another; each has what its own cells give."""
    xy = np.random.default_rng(3).uniform((-600, -1100), (3600, 1100), (60, 2))
    overlays, laid = Overlays(), []
    for keep in subsamples(len(xy), share=0.9, draws=5, seed=1):
        known = cells(xy[keep], EXTENT, overlays=overlays)
        assert shapely.to_wkb(known).tolist() == shapely.to_wkb(cells(xy[keep], EXTENT)).tolist()
        laid.extend(shapely.area(known).tolist())
    assert sum(laid) == pytest.approx(5 * EXTENT.area)


def test_ground_of_an_unknown_holder_goes_to_the_neighbours():
    without = {**FOUR, "Q": "unknown"}
    # P and R then meet half-way, at 1 km: P has 1.5 km of the 4, R and S have the rest.
    assert areas(series_of(without), 0) == pytest.approx({"a": 3, "b": 5})
    with pytest.raises(GeometryError, match="no place"):
        areas(series_of(dict.fromkeys("PQRS", "unknown")), 0)


def test_only_the_places_kept_count():
    kept = np.array([False, True, True, False])
    assert areas(series_of(FOUR), 0, keep=kept) == pytest.approx({"a": 4, "b": 4})
    kept = np.array([True, False, False, True])
    series = series_of({**FOUR, "S": "c"})
    assert areas(series, 0, keep=kept) == pytest.approx({"a": 4, "c": 4})


def test_one_place_and_all_places_of_one_holder():
    assert areas(series_of({"P": "a"}), 0) == pytest.approx({"a": 8})
    assert areas(series_of(dict.fromkeys("PQRS", "a")), 0) == pytest.approx({"a": 8})


def test_counts_weigh_every_place_one():
    series = series_of(FOUR, [event("Q", "a", "b", 5)])
    east = shapely.box(500, -1000, 9000, 1000)
    counts = place_counts(sites(series, (day(0), day(5)), projection=PLANE), {"east": east})
    assert areas_by_day(counts, "all").tolist() == [[0, 2, 2], [0, 1, 3]]
    assert areas_by_day(counts, "east").tolist() == [[0, 1, 2], [0, 0, 3]]


def test_names_in_any_script_are_kept():
    names = ("خان شيخون", "Авдіївка", 'A, "b"')
    places = tuple(replace(place_at(key, n), name=names[n]) for n, key in enumerate("PQR"))
    series = series_of({"P": "a", "Q": "unknown", "R": "a"}, places=places)
    (found,) = place_findings(series, extent=EXTENT, projection=PLANE)
    assert found.detail == "Q Авдіївка has no known holder; the ground goes to its neighbours"


def findings(series, extent=EXTENT):
    found = place_findings(series, extent=extent, projection=PLANE)
    return [(each.kind, each.detail.split()[0]) for each in found]


def test_findings_name_places_at_one_position_outside_or_without_holder():
    assert findings(series_of(FOUR)) == []
    places = (
        *(place_at(key, n) for n, key in enumerate("PQR")),
        place_at("S", 1),
        place_at("T", 9),
    )
    series = series_of({**FOUR, "R": "unknown", "T": "a"}, places=places)
    assert findings(series) == [
        ("unknown-holder", "R"),
        ("same-position", "S"),
        ("outside-extent", "T"),
    ]


@pytest.mark.parametrize(
    ("start", "events", "found"),
    [
        ("unknown", [event("Q", "a", "b", 5)], []),  # the event says who held it before
        ("a", [event("Q", "a", "unknown", 5)], [("unknown-holder", "Q")]),
        ("unknown", [event("Q", "unknown", "b", 5)], [("unknown-holder", "Q")]),
        (None, [event("Q", "a", "b", 5)], []),
        (None, [], [("unknown-holder", "Q")]),
    ],
)
def test_a_place_is_reported_whenever_its_ground_goes_to_others(start, events, found):
    starts = {key: each for key, each in {**FOUR, "Q": start}.items() if each}
    places = tuple(place_at(key, n) for n, key in enumerate("PQRS"))
    series = series_of(starts, events, places=places)
    assert findings(series) == found
    both = sites(series, (day(0), day(9)), projection=PLANE)
    assert len(cell_history(both, extent=EXTENT).faces) == (3 if found else 4)


def test_points_are_in_the_plane():
    series = series_of(FOUR)
    assert points(series, PLANE) == pytest.approx(  # PROJ goes back to degrees to a millimetre
        np.array([[0, 0], [1000, 0], [2000, 0], [3000, 0]]), abs=2e-3
    )
    assert holders_by_day(series, (day(0),))[0] == (NOBODY, Holder("a"), Holder("b"))


# ---- Subsamples --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "share", "kept"),
    [(418, 0.8, 334), (10, 0.5, 5), (2, 0.8, 1), (3, 0.9, 2), (5, 0.01, 1)],
)
def test_subsamples_keep_their_share_and_never_all(count, share, kept):
    masks = subsamples(count, share=share, draws=5, seed=1)
    assert [mask.sum() for mask in masks] == [kept] * 5
    again = subsamples(count, share=share, draws=5, seed=1)
    assert all((a == b).all() for a, b in zip(masks, again, strict=True))
    other = subsamples(418, share=share, draws=1, seed=2)[0]
    assert (other != subsamples(418, share=share, draws=1, seed=1)[0]).any()


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.1, float("nan")])
def test_a_share_that_keeps_nothing_or_everything_is_refused(share):
    with pytest.raises(InputError, match="between 0 and 1"):
        subsamples(10, share=share, draws=5, seed=1)


@pytest.mark.parametrize("count", [0, 1])
def test_one_place_cannot_be_resampled(count):
    with pytest.raises(InputError, match=f"two places or more, not {count}"):
        subsamples(count, share=0.8, draws=5, seed=1)


# ---- The founding data -------------------------------------------------------------------

TABLE = {
    date(2017, 10, 1): ((201, 217, 0), ((201, 201), (217, 217), (0, 0))),
    date(2017, 11, 1): ((197, 218, 3), ((195, 199), (218, 219), (1, 4))),
    date(2017, 12, 1): ((205, 206, 7), ((205, 207), (204, 206), (6, 9))),
    date(2018, 1, 1): ((220, 189, 9), ((219, 222), (187, 190), (9, 9))),
    date(2018, 2, 5): ((296, 113, 9), ((293, 298), (113, 114), (6, 12))),
    date(2018, 2, 15): ((303, 115, 0), ((303, 303), (115, 115), (0, 0))),
    date(2018, 2, 28): ((303, 115, 0), ((303, 303), (115, 115), (0, 0))),
}


@pytest.fixture(scope="module")
def variants(repo):
    """Return the founding series, and it under each scenario of its job."""
    folder = repo / "data" / "idlib-2018"
    return read_variants(read_toml(folder / "job.toml", Job).series[0], folder)


@pytest.fixture(scope="module")
def idlib(variants):
    """Return the rows of the first coding alone: the table is that of its notes."""
    return variants[1]["who coded: the first coder alone"]


def counted(series, dating):
    """Count places by day for government, opposition and isis."""
    holders, held_by = holders_by_day(series, tuple(TABLE), dating=dating)
    codes = [holders.index(Holder(actor)) for actor in ("government", "opposition", "isis")]
    return [tuple(int((row == code).sum()) for code in codes) for row in held_by]


def test_the_table_of_the_coding_notes_follows_from_the_events(idlib):
    assert counted(idlib, Dating.MIDDLE) == [middle for middle, _ in TABLE.values()]
    ends = (Dating.EARLIEST, Dating.MIDDLE, Dating.LATEST)
    every = np.array([counted(idlib, dating) for dating in ends])
    lowest, highest = every.min(axis=0), every.max(axis=0)
    ranges = [
        tuple(zip(low.tolist(), high.tolist(), strict=True))
        for low, high in zip(lowest, highest, strict=True)
    ]
    assert ranges == [expected for _, expected in TABLE.values()]


def test_the_table_is_the_one_in_the_coding_notes(repo):
    text = (repo / "data" / "idlib-2018" / "CODING.md").read_text(encoding="utf-8")
    for when, (middle, ranges) in TABLE.items():
        words = "; ".join(f"{a}-{b}" if a < b else f"{a}" for a, b in ranges)
        assert f"| {when} | {' | '.join(map(str, middle))} | {words} |" in text


def test_scenarios_leave_out_what_they_say(variants):
    series, found, _ = variants
    sizes = {name: (len(each.places), len(each.events)) for name, each in found.items()}
    assert (len(series.places), len(series.events)) == (551, 397)
    assert sizes == {
        "ten doubtful markers opposition-held at the start": (551, 407),
        "who coded: the first coder alone": (418, 222),
        "who coded: without the second coder's amendments of the first": (551, 396),
        # 23 probable places, three with a probable event, three amended for a probable report
        "who coded: of the second coding only what is certain": (551 - 23 - 3 - 3, 354),
        "who coded: matching by rule instead of the second coder": (418 + 92, 222 + 95),
        "who coded: with 77 places deep behind the lines": (551 + 77, 397),
    }


# ---- Rows left out ---------------------------------------------------------------------------

SCENARIO = """[series]
profile = "places"
path = "places.csv"
state = "state_2018-01-01.csv"
[[series.scenario]]
name = "s"
"""


def scenario(folder, text, **tables):
    """Read three places, P and Q coded by one, R by two, under a scenario."""
    files = {
        "places": "place_id,name,lat,lon,by\nP,p,36,37,one\nQ,q,36,37.1,one\nR,r,36,37.2,two\n",
        "state_2018-01-01": "place_id,holder,evidence,by\nP,a,x,one\nQ,a,x,one\nR,b,x,two\n",
        "events": (
            "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source,by,sure\n"
            "P,2018-01-02,2018-01-02,a,b,x,-,one,yes\n"
            "P,2018-01-03,2018-01-03,b,a,x,-,two,no\n"
            "R,2018-01-03,2018-01-03,b,a,x,-,two,yes\n"
        ),
        **tables,
    }
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    (folder / "job.toml").write_text(SCENARIO + text, encoding="utf-8")
    spec = read_toml(folder / "job.toml", Job).series[0]
    return read_variants(spec, folder)[1]


def test_a_place_that_loses_an_event_is_left_out_and_not_unchanged(tmp_path):
    found = scenario(tmp_path, 'without = { by = ["two"] }\n')["s"]
    assert [place.key for place in found.places] == ["Q"]
    assert set(found.starts) == {"Q"}
    assert found.events == ()


def test_a_row_goes_only_if_every_column_says_so(tmp_path):
    found = scenario(tmp_path, 'without = { by = ["two"], sure = ["no"] }\n')["s"]
    assert [place.key for place in found.places] == ["Q", "R"]  # places and state have no `sure`
    assert [event.place for event in found.events] == ["R"]


def test_what_a_scenario_says_instead_stands_in_for_what_it_leaves_out(tmp_path):
    header = "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n"
    more = header + "P,2018-01-04,2018-01-04,b,c,x,-\n"
    text = 'family = "who"\nwithout = { by = ["two"] }\nevents = "more.csv"\n'
    found = scenario(tmp_path, text, more=more)["who: s"]
    assert [place.key for place in found.places] == ["P", "Q"]
    assert [event.taker for event in found.events] == ["b", "c"]


def test_one_table_may_hold_further_places_and_their_starts(tmp_path):
    both = "place_id,name,lat,lon,holder,evidence\nS,s,36,37.3,c,x\n"
    found = scenario(tmp_path, 'places = "b.csv"\nstate = "b.csv"\n', b=both)["s"]
    assert [place.key for place in found.places] == ["P", "Q", "R", "S"]
    assert found.starts["S"] == Start("c", "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('without = { bye = ["two"] }', "no table has a column 'bye'; did you mean 'by'"),
        ('without = { by = ["too"] }', "no row has by 'too'; did you mean 'two'"),
        ('without = { by = ["one", "two"] }', "scenario 's' leaves no place"),
        ("without = { by = [] }", "without.by"),
        ('without = { by = "two" }', "without.by"),
        ('only = { by = ["one"] }', "unknown key 'series.scenario.only'"),
        ('family = "who: me"', "without colon and semicolon"),
        ('places = "places.csv"', "line 2: place_id 'P' is on the list already"),
    ],
)
def test_scenarios_that_cannot_be_meant_are_refused(tmp_path, text, message):
    with pytest.raises(TerritoryError) as caught:
        scenario(tmp_path, text + "\n")
    assert message in str(caught.value)


def test_an_empty_cell_is_no_answer(tmp_path):
    places = "place_id,name,lat,lon,by\nP,p,36,37,one\nQ,q,36,37.1,\nR,r,36,37.2,two\n"
    with pytest.raises(TerritoryError, match=r"places.csv, line 3: by is empty, and scenario 's'"):
        scenario(tmp_path, 'without = { by = ["two"] }\n', places=places)


def test_dating_from_noon_moves_ranges_whose_middle_is_noon():
    for length, moved in ((0, 0), (1, 1), (2, 0), (5, 1)):
        one = Event("P", date(2018, 1, 1), date(2018, 1, 1 + length), "a", "b", "x")
        later = one.counts_from(Dating.NOON) - one.counts_from(Dating.MIDDLE)
        assert later.days == moved


@pytest.mark.parametrize("shape", [(4, 4, 1.0, 2.0), (6, 3, 2.0, 1.0), (4, 2, 1.0, 2.0)])
def test_places_on_a_grid_part_the_ground(shape):
    """GEOS alone draws some of their cells over others: up to 86 % more than there is."""
    columns, rows, across, up = shape
    lon, lat = np.meshgrid(np.arange(columns) * across, np.arange(rows) * up)
    lon, lat = lon - lon.mean() + 88.3, lat - lat.mean() - 11.2
    xy = np.column_stack(EqualArea(88.3, -11.2).transformer(WGS84).transform(lon.flat, lat.flat))
    extent = shapely.box(*(xy.min(axis=0) - 1e4), *(xy.max(axis=0) + 1e4))
    found = cells(xy, extent)
    assert shapely.is_valid(found).all()
    assert shapely.area(found).sum() == pytest.approx(extent.area, rel=1e-9)
    assert shapely.contains(found, shapely.points(xy)).all()
    alone = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=extent, ordered=True)
    )
    drawn = shapely.area(alone).sum() / shapely.box(*shapely.total_bounds(alone)).area
    assert not (shapely.is_valid(alone).all() and drawn == pytest.approx(1, rel=1e-9))


@pytest.mark.parametrize(
    ("spacing_m", "town_m", "seed"), [(14e3, 20, 0), (26e3, 160, 1), (2e3, 50, 2)]
)
def test_places_on_a_grid_and_in_a_town_part_the_ground(spacing_m, town_m, seed):
    """Every spot is in the cell of its nearest place, however near others lie together."""
    chance = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(9.0), np.arange(9.0)), axis=-1).reshape(-1, 2)
    wide = chance.random((30, 2)) * 7e5
    town = chance.random((30, 2)) * town_m + chance.random(2) * 7e5
    xy = np.concatenate([grid * spacing_m, wide, town])
    extent = shapely.box(*xy.min(axis=0), *xy.max(axis=0))
    found = cells(xy, extent)
    assert shapely.is_valid(found).all()
    assert shapely.area(found).sum() == pytest.approx(extent.area, rel=1e-12)
    spots = np.concatenate([chance.random((500, 2)) * 7e5, town + chance.random((30, 2)) * 5])
    spots = spots[shapely.contains(extent, shapely.points(spots))]
    far = np.hypot(*(spots[:, None] - xy).transpose(2, 0, 1))
    spot, cell = shapely.STRtree(found).query(shapely.points(spots), predicate="intersects")
    assert set(spot.tolist()) == set(range(len(spots)))
    assert (far[spot, cell] <= far.min(axis=1)[spot] + 1e-3).all()


def test_cells_that_do_not_part_the_ground_are_refused(monkeypatch):
    columns = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0)), axis=-1).reshape(-1, 2)
    beyond = voronoi._FAR_OFF * 1e9  # so far off that nearly all sites are one to Qhull
    monkeypatch.setattr(voronoi, "_FAR_OFF", beyond)
    with pytest.raises(GeometryError, match="cannot be parted among the places"):
        voronoi._by_qhull(columns, shapely.box(0, 0, 3, 3))


@pytest.mark.parametrize(
    ("read", "head", "meant"),
    [
        (read_towns, "name,lat,lon,Rank", "rank"),
        (read_towns, "name,lat,lon,rankk", "rank"),
        (read_controls, "mapX,mapY,sourceX,sourceY,enabel", "enable"),
    ],
)
def test_a_column_that_is_nearly_one_that_is_read_is_refused(tmp_path, read, head, meant):
    path = tmp_path / ("a.points" if meant == "enable" else "a.csv")
    path.write_text(f"{head}\n1,2,3,0,0\n" if meant == "enable" else f"{head}\nA,2,3,1\n")
    with pytest.raises(InputError, match=f"would not be read; did you mean '{meant}'"):
        read(path)


def test_frames_of_places_with_a_misspelt_column_of_evidence_are_refused():
    frame = pd.DataFrame({"place_id": ["a"], "holder": ["x"], "lat": [1.0], "lon": [2.0]})
    with pytest.raises(InputError, match="places: column 'evidense' would not be read"):
        tt.History.from_places(frame.assign(evidense="claim"), first_day="2024-01-01")

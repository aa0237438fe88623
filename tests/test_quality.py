"""Faults planted in drawn series must be found, and wars must not be taken for faults."""

import importlib.util
import json
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import PLANE, day, history_of, squares
from test_bad_input import zone_file

from territory import cli
from territory.errors import InputError
from territory.findings import Severity
from territory.geometry.projection import WGS84, EqualArea
from territory.history.history import History, from_coverage, from_snapshots
from territory.history.overlaps import Overlap
from territory.history.repair import Repair, normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.quality.check import check_history, corrupt_days
from territory.quality.countries import Countries
from territory.quality.excluded_features import LeftOutClass, left_out_findings
from territory.quality.missing_days import far_days
from territory.read.formats.geojson import read_geojson, read_rings
from territory.read.world import read_countries

PLAIN = squares("AAAAAA..", "AAAAAA..", "AAAAAA..", "BBBBB...", "BBBBB...")  # A 18, B 10
DAYS = 9


def series(**changed):
    """Return the history of nine plain days, some of them redrawn (`d4=grid`)."""
    grids = [changed.get(f"d{number}", PLAIN) for number in range(DAYS)]
    return history_of(*grids)


def found(history, kind, **options):
    """Return (day, severity, km2 rounded to a square metre) of every finding of a kind."""
    return [
        (finding.day, str(finding.severity), finding.km2 and round(finding.km2, 6))
        for finding in check_history(history, **options)
        if finding.kind == kind
    ]


def bad(history, **options):
    return sorted(corrupt_days(check_history(history, **options)))


def flat(held_by, *, days=None, drawn=True, km=1, actors="AB", plane=PLANE):
    """Return a history of squares in a row, holders given as numbers (0 is nobody)."""
    held_by = np.array(held_by, dtype=np.int16)
    side = km * 1000
    faces = np.array(
        [shapely.box(i * side, 0, (i + 1) * side, side) for i in range(held_by.shape[1])]
    )
    when = days or tuple(day(number) for number in range(len(held_by)))
    holders = (NOBODY, *(Holder(actor) for actor in actors))
    made = from_coverage(faces, held_by, days=when, holders=holders, projection=plane)
    return replace(made, outside_is_nobody=drawn)


# Each kind, drawn.


def test_a_steady_series_has_only_repeats():
    findings = check_history(series())
    assert [finding.kind for finding in findings] == ["identical", "identical"]
    assert "8 of 9 snapshots repeat" in findings[0].detail
    assert "in 1 run(s), the longest of 8" in findings[0].detail
    assert findings[1].day == day(1)
    assert corrupt_days(findings) == frozenset()


def test_ground_that_goes_and_comes_back_is_an_error():
    history = series(d4=squares("AAA.....", "AAA.....", *PLAIN[2:]))
    assert found(history, "jump") == [(day(4), "error", 6.0)]
    detail = next(f.detail for f in check_history(history) if f.kind == "jump")
    assert "A changes by -6.0 km2" in detail
    assert f"back as they were on {day(5)}" in detail


def test_ground_that_comes_back_after_two_days_marks_both():
    short = squares("AAA.....", "AAA.....", *PLAIN[2:])
    history = series(d4=short, d5=short)
    assert found(history, "jump") == [(day(4), "error", 6.0), (day(5), "error", 6.0)]
    assert bad(history) == [day(4), day(5)]


def test_ground_that_stays_away_for_long_is_a_step_and_no_spike():
    short = squares("AAA.....", "AAA.....", *PLAIN[2:])
    history = series(d3=short, d4=short, d5=short, d6=short)
    assert found(history, "jump") == [(day(3), "warning", 6.0), (day(7), "warning", 6.0)]
    assert bad(history) == []


def test_a_lasting_step_is_a_warning_with_the_holder_that_moved():
    held = [[1] * 60 + [2] * 40] + [[1] * (60 + n) + [2] * (40 - n) for n in range(1, 8)]
    held += [[1] * 90 + [2] * 10] * 3
    history = flat(held)
    assert found(history, "jump") == [(day(8), "warning", 23.0)]
    detail = next(f.detail for f in check_history(history) if f.kind == "jump")
    assert "A changes by +23.0 km2 (23.0 lost and taken) in 1 day(s)" in detail
    assert "it lasts" in detail


def test_a_step_on_the_last_day_says_that_nobody_knows_yet():
    held = [[1] * (60 + n) + [2] * (40 - n) for n in range(8)] + [[1] * 90 + [2] * 10]
    (finding,) = (f for f in check_history(flat(held)) if f.kind == "jump")
    assert finding.severity is Severity.WARNING
    assert "the last snapshot" in finding.detail


def test_the_same_ground_over_many_days_is_no_jump():
    held = [[1] * (60 + n) + [2] * (40 - n) for n in range(8)] + [[1] * 80 + [2] * 20]
    days = (*(day(n) for n in range(8)), day(7 + 13))
    assert found(flat(held, days=days), "jump") == []


def test_an_empty_day_between_full_days():
    history = series(d4=squares(*["........"] * 5))
    assert found(history, "empty-day") == [(day(4), "error", 28.0)]
    assert bad(history) == [day(4)]
    assert found(history, "jump") == found(history, "vanished-actor") == []


def test_an_empty_day_at_the_end_is_a_warning():
    empty = squares(*["........"] * 5)
    assert found(series(d8=empty), "empty-day") == [(day(8), "warning", 28.0)]


def test_a_day_cut_short():
    history = series(d4=squares("AAA.....", *["........"] * 2, "B.......", "........"))
    assert found(history, "truncated-day") == [(day(4), "error", 24.0)]
    assert bad(history) == [day(4)]


ISLANDS = [1] * 400 + [2, 0] * 15  # one zone of A, fifteen of B that touch nobody


def test_a_day_without_its_small_zones_is_cut_short():
    held = [list(ISLANDS) for _ in range(DAYS)]
    held[4][402:] = [0] * 28
    assert ("truncated-day" in {f.kind for f in check_history(flat(held))}) is True
    assert bad(flat(held)) == [day(4)]


def test_small_zones_that_stay_away_are_features_lost():
    held = [list(ISLANDS) for _ in range(DAYS)]
    for row in held[4:]:
        row[402:] = [0] * 28
    assert found(flat(held), "features-lost") == [(day(4), "warning", 14.0)]
    assert bad(flat(held)) == []


def test_an_actor_for_one_day():
    history = series(d4=squares("AAAAAACC", "AAAAAACC", *PLAIN[2:]))
    assert found(history, "sudden-actor") == [(day(4), "error", 4.0)]
    assert found(history, "jump") == []


def test_two_actors_for_one_day_whose_names_begin_alike_are_two_findings():
    held = [[1] * 12 + [2] * 12 for _ in range(DAYS)]
    held[4][4:8], held[4][12:15] = [3] * 4, [4] * 3
    history = flat(held, actors=("A", "B", "Islamic State", "Islamic Army"))
    assert found(history, "sudden-actor") == [(day(4), "error", 3.0), (day(4), "error", 4.0)]


def test_an_actor_for_two_days_over_ground_of_another():
    grid = squares("AAACCC..", "AAACCC..", *PLAIN[2:])
    history = series(d4=grid, d5=grid)
    assert found(history, "sudden-actor") == [(day(4), "error", 6.0), (day(5), "error", 6.0)]
    assert found(history, "jump") == []


def test_an_actor_that_stays_is_a_warning():
    grid = squares("AAAAAACC", "AAAAAACC", *PLAIN[2:])
    history = series(**{f"d{n}": grid for n in range(4, DAYS)})
    assert found(history, "sudden-actor") == [(day(4), "warning", 4.0)]
    assert bad(history) == []


def test_an_actor_that_grows_from_little_is_no_surprise():
    held = [[1] * 90 + [0] * 10] * 2
    held += [[1] * 90 + [2] * n + [0] * (10 - n) for n in range(1, 9)]
    assert found(flat(held), "sudden-actor") == []


def test_an_actor_that_is_gone():
    grid = squares(*PLAIN[:3], "........", "........")
    history = series(**{f"d{n}": grid for n in range(5, DAYS)})
    assert found(history, "vanished-actor") == [(day(5), "warning", 10.0)]
    assert bad(history) == []


def test_holes_of_a_daily_series():
    days = tuple(day(n) for n in range(20) if n not in {5, 11, 12})
    history = flat([[1, 2]] * len(days), days=days)
    assert found(history, "missing-day") == [(day(5), "info", None), (day(11), "warning", None)]
    details = [f.detail for f in check_history(history) if f.kind == "missing-day"]
    assert f"{day(11)} to {day(12)}" in details[1]


def test_holes_of_a_weekly_series():
    days = tuple(day(7 * n) for n in range(12) if n != 4)
    assert found(flat([[1, 2]] * 11, days=days), "missing-day") == [(day(28), "info", None)]


@pytest.mark.parametrize("offsets", [(0, 1, 5, 6, 20, 40, 41), (0, 31, 59, 90, 120, 151)])
def test_an_irregular_or_monthly_series_misses_nothing(offsets):
    days = tuple(day(n) for n in offsets)
    assert found(flat([[1, 2]] * len(days), days=days), "missing-day") == []


def test_repeats_are_counted_in_runs():
    held = [[1] * (50 + n) + [2] * (50 - n) for n in (0, 1, 1, 2, 3, 3, 3, 3, 4)]
    texts = [f.detail for f in check_history(flat(held)) if f.kind == "identical"]
    assert len(texts) == 2
    assert "4 of 9 snapshots" in texts[0]
    assert "in 2 run(s), the longest of 3" in texts[0]
    assert f"{day(5)} to {day(7)}" in texts[1]


# Countries.

LAND = EqualArea(30.0, 10.0)


def country_of(km2, west=29.0, east=31.0):
    box = shapely.box(west, 9.0, east, 11.0)
    return Countries(("Squareland",), np.array([float(km2)]), np.array([box], dtype=object))


@pytest.mark.parametrize(("size", "expected"), [(1000, "warning"), (1700, "warning"), (1900, None)])
def test_a_holder_larger_than_its_country_on_one_map_is_large_and_not_corrupt(size, expected):
    history = flat([[1] * 18], km=10, plane=LAND)  # 18 squares of 100 km2 from 30 E to 31.6 E
    findings = found(history, "larger-than-country", countries=country_of(size, east=32.0))
    assert findings == ([(day(0), expected, 1800.0)] if expected else [])
    assert bad(history, countries=country_of(size, east=32.0)) == []


def test_a_day_too_large_for_a_country_is_wrong_between_days_that_are_not():
    """A stray polygon comes and goes; a holder that has grown stays, or ends the series."""
    small, large = [1] * 9 + [0] * 9, [1] * 18
    countries = country_of(1000, east=32.0)
    stray = flat([small, large, small], km=10, plane=LAND)
    assert found(stray, "larger-than-country", countries=countries) == [(day(1), "error", 1800.0)]
    for held in ([small, large], [large, small], [[0] * 18, large, [0] * 18]):
        history = flat(held, km=10, plane=LAND)
        ((_, severity, _),) = found(history, "larger-than-country", countries=countries)
        assert severity == "warning"


def test_the_countries_of_a_large_holder_are_named():
    history = flat([[1] * 18], km=10, plane=LAND)
    land = [shapely.box(29.0, 9.0, 30.9, 11.0), shapely.box(30.9, 9.0, 32.0, 11.0)]
    countries = Countries(("West", "East"), np.array([1000.0, 900.0]), np.array(land, dtype=object))
    (finding,) = (
        f for f in check_history(history, countries=countries) if f.km2 == 1800.0 and f.day
    )
    assert "West, where it mostly lies, has 1,000 km2; it lies in West (54.8 %), East (45.2 %)" in (
        finding.detail
    )


def test_a_lasting_class_larger_than_its_country_is_a_matter_of_the_series():
    history = flat([[1] * 18] * 5, km=10, plane=LAND)
    countries = country_of(1000, east=32.0)
    assert found(history, "larger-than-country", countries=countries) == [(None, "warning", 1800.0)]
    assert bad(history, countries=countries) == []


@pytest.mark.parametrize("days", [3, 5])
def test_a_growing_holder_is_told_with_the_figure_of_the_day_that_is_told(days):
    held = [[1] * (14 + n) + [0] * (4 - n) for n in range(days)]
    findings = [
        f
        for f in check_history(flat(held, km=10, plane=LAND), countries=country_of(900, east=32.0))
        if f.kind == "larger-than-country"
    ]
    assert len(findings) == (3 if days == 3 else 1)  # a long run is a matter of the series
    for each in findings:
        assert f"{each.km2:,.0f} km2" in each.detail
        assert (each.day is None) == ("up to 1,800 km2 (" in each.detail)
    assert len({each.detail for each in findings}) == len(findings)


def test_a_holder_at_sea():
    held = [[1] * 9 + [0] * 9] * 3 + [[1] * 9 + [2] * 9] + [[1] * 9 + [0] * 9] * 3
    history = flat(held, km=10, plane=LAND)
    countries = country_of(50_000, east=30.8)  # the ninth square ends at 30.82 E
    assert found(history, "outside-country", countries=countries) == [(day(3), "error", 900.0)]


def test_a_holder_wholly_at_sea_is_said_to_lie_in_no_country_and_none_is_named():
    history = flat([[1] * 22 + [2]], km=10, plane=LAND)  # little beside what is held
    findings = check_history(history, countries=country_of(50_000, east=32.0))
    (finding,) = (f for f in findings if f.kind == "outside-country" and "100 km2" in f.detail)
    assert finding.severity == "warning"
    assert "has 100 km2: 100 % of it lie in no country; a stray polygon" in finding.detail


def test_big_faces_are_cut_along_countries_and_not_given_to_one():
    history = flat([[1]], km=100, plane=LAND)  # from 30 E to 30.91 E, 10,000 km2
    countries = country_of(50_000, east=30.3)  # a third of it
    (finding,) = (f for f in check_history(history, countries=countries) if f.kind != "place")
    assert finding.kind == "outside-country"
    assert "67.2 % of it lie in no country" in finding.detail


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        (shapely.box(37, 47.5, 38, 48.5), "Ukraine (100 %)"),
        (shapely.box(47.5, 37, 48.5, 38), "Iran (100 %)"),  # the same with its axes swapped
        (shapely.box(-30, 20, -29, 21), "no country"),
    ],
)
def test_the_place_is_told(zone, place):
    raw = RawZones(day(0), WGS84, Source("x"), (Holder("a"),), np.array([zone]))
    history = from_snapshots((normalise(raw),))
    (found,) = (f for f in check_history(history, countries=read_countries()) if f.kind == "place")
    assert found.detail.startswith(f"what was ever held lies in {place}")
    assert (found.severity, found.day) == (Severity.INFO, None)
    assert found.km2 == pytest.approx(history.area_m2.sum() / 1e6)


@pytest.mark.parametrize(("names", "km2"), [(("a", "b"), [1.0]), (("a",), [0.0])])
def test_countries_check_themselves(names, km2):
    with pytest.raises(InputError):
        Countries(names, np.array(km2), np.array([shapely.box(0, 0, 1, 1)], dtype=object))


def test_countries_of_the_world():
    world = read_countries()
    km2 = dict(zip(world.names, world.km2, strict=True))
    assert km2["Ukraine"] == pytest.approx(600_000, rel=0.015)
    assert km2["Syria"] == pytest.approx(186_000, rel=0.01)
    assert km2["Russia"] == pytest.approx(16_950_000, rel=0.01)
    assert shapely.is_valid(world.polygons).all()
    assert np.abs(shapely.bounds(world.polygons)[:, [0, 2]]).max() <= 180


def test_countries_are_read_as_geopandas_reads_them(repo):
    world = read_countries()
    frame = gpd.read_parquet(repo / "territory" / "data" / "countries.parquet")
    assert world.names == tuple(frame["name"])
    assert world.km2.tolist() == frame["km2"].tolist()
    assert shapely.equals_identical(world.polygons, frame.geometry.to_numpy()).all()


@pytest.mark.parametrize(
    ("country", "place"),
    [("Ukraine", (34.1, 45.2)), ("Ukraine", (37.8, 48.0)), ("Russia", (-175.0, 66.5))],
)
def test_where_a_place_is(country, place):
    world = read_countries()
    here = shapely.contains(world.polygons, shapely.Point(place))
    assert [world.names[index] for index in np.flatnonzero(here)] == [country]


def test_the_builder_cuts_at_the_antimeridian(repo):
    build_world = load_script(repo, "build_world")
    across = shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    cut = build_world.cut_at_antimeridian(across)
    assert shapely.is_valid(cut)
    assert cut.area == pytest.approx(2.0)
    assert cut.bounds == (-180.0, 0.0, 180.0, 1.0)


def test_the_builder_wants_crimea_in_one_piece(repo):
    build_world = load_script(repo, "build_world")
    boxes = [shapely.box(100, 50, 110, 60), shapely.box(20, 46, 30, 50)]
    frame = build_world.gpd.GeoDataFrame({"name": ["Russia", "Ukraine"]}, geometry=boxes, crs=4326)
    with pytest.raises(build_world.BuildError, match="Crimea"):
        build_world.with_crimea(frame)


def load_script(repo, name):
    """Import a script by path, with its neighbours importable while it is."""
    sys.path.insert(0, str(repo / "scripts"))
    try:
        spec = importlib.util.spec_from_file_location(name, repo / "scripts" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


# No false alarm.


def front(rng, steps, *, width=200, stride=5):
    """Return a line of squares whose front walks at random."""
    at = [width // 2]
    for step in rng.integers(-stride, stride + 1, steps - 1):
        inside = 20 <= at[-1] + step <= width - 20
        at.append(at[-1] + step if inside else at[-1] - step)
    return [[1] * int(x) + [2] * int(width - x) for x in at]


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.booleans())
def test_a_mobile_war_is_never_an_error(seed, stride, drawn):
    rows = front(np.random.default_rng(seed), 60, stride=stride)
    assert bad(flat(rows, drawn=drawn)) == []


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_patches_that_flip_at_random_are_never_an_error(seed):
    rng = np.random.default_rng(seed)
    state = rng.integers(1, 3, 300)
    rows = []
    for _ in range(50):
        state = np.where(rng.random(300) < 0.05, 3 - state, state)
        rows.append(state)
    assert bad(flat(rows)) == []


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(5, 50))
def test_a_spike_in_a_mobile_war_is_found(seed, when):
    rows = front(np.random.default_rng(seed), 60, stride=3)
    rows[when] = [0 if index < 19 else holder for index, holder in enumerate(rows[when])]
    rows = [[3 if i >= 170 else holder for i, holder in enumerate(row)] for row in rows]
    rows[when] = [0 if i >= 170 else holder for i, holder in enumerate(rows[when])]
    assert bad(flat(rows, actors="ABC")) == [day(when)]


def test_a_village_taken_and_retaken_is_no_error_in_a_fixed_coverage():
    held = [[1] * 60 + [2] * 40 for _ in range(DAYS)]
    held[4][55:60] = [2] * 5
    assert bad(flat(held, drawn=True)) == [day(4)]
    assert bad(flat(held, drawn=False)) == []


def test_a_return_after_weeks_is_no_error():
    held = [[1] * 90 + [2] * 10 for _ in range(DAYS)]
    held[4][80:90] = [2] * 4 + [1] * 6
    monthly = tuple(day(30 * number) for number in range(DAYS))
    assert bad(flat(held)) == [day(4)]
    assert bad(flat(held, days=monthly)) == []


@pytest.mark.parametrize("length", [1, 2, 3])
def test_short_series_are_checked_without_a_usual(length):
    assert bad(flat([[1, 2, 0, 1]] * length)) == []


# The limits themselves.


def drifting(spike, *, step=1, ground=100):
    """Return A, who takes `step` squares from nobody each day; on day 5 it lacks `spike`."""
    days = 11
    width = ground + step * days
    rows = [[1] * (ground + step * n) + [0] * (width - ground - step * n) for n in range(days)]
    rows[5][:spike] = [0] * spike
    return flat(rows)


@pytest.mark.parametrize(("spike", "is_bad"), [(3, False), (6, True), (12, True)])
def test_a_return_is_corrupt_above_four_big_steps(spike, is_bad):
    assert bad(drifting(spike)) == [day(5)] * is_bad


@pytest.mark.parametrize(("spike", "is_bad"), [(7, False), (10, True)])
def test_big_steps_are_those_of_the_series(spike, is_bad):
    assert bad(drifting(spike, step=2, ground=200)) == [day(5)] * is_bad


@pytest.mark.parametrize(
    ("ground", "spike", "is_bad"), [(900, 5, True), (900, 3, True), (5_900, 5, False)]
)
def test_a_return_is_corrupt_above_a_thousandth_of_all_ground(ground, spike, is_bad):
    rows = [[1] * ground + [2] * 100 for _ in range(9)]
    rows[4][-spike:] = [0] * spike  # more than 2 % of what B has
    assert bad(flat(rows)) == [day(4)] * is_bad


# Zones from day to day.


def zones_of_a(*sizes, gap=1):
    """Return a row of zones of A, so many squares wide each, and B at the end."""
    row = [square for size in sizes for square in [1] * size + [0] * gap]
    return row


def test_a_zone_that_is_gone_is_told_however_long_the_step():
    months = (date(2018, 1, 1), date(2018, 2, 1))
    before, after = zones_of_a(60, 30, 10), [1] * 60 + [0] * 31 + [0] + [1] * 10 + [0]
    assert found(flat([before, after], days=months), "feature-vanished") == [
        (months[1], "warning", 30.0)
    ]
    assert not found(flat([before, before], days=months), "feature-vanished")
    (finding,) = (
        f for f in check_history(flat([before, after], days=months)) if f.kind == "feature-vanished"
    )
    assert (
        "A has no part of a zone of 30.0 km2 any more, which it had on 2018-01-01" in finding.detail
    )


def test_a_zone_with_a_remnant_is_not_gone():
    months = (date(2018, 1, 1), date(2018, 2, 1))
    before, after = zones_of_a(90, 10), [1] * 90 + [0] * 10 + [1] + [0]
    assert not found(flat([before, after], days=months), "feature-vanished")


def test_a_holder_with_nothing_left_has_vanished_itself():
    months = (date(2018, 1, 1), date(2018, 2, 1))
    history = flat([[1, 1, 2, 2], [0, 0, 2, 2]], days=months)
    assert not found(history, "feature-vanished")
    assert found(history, "vanished-actor")


@pytest.mark.parametrize(("size", "is_told"), [(19, False), (20, True), (60, True)])
def test_a_zone_that_doubles_is_told(size, is_told):
    months = (date(2018, 1, 1), date(2018, 2, 1))
    before = [1] * 100 + [0] + [1] * 10 + [0] * 50
    after = [1] * 100 + [0] + [1] * size + [0] * (60 - size)
    grew = found(flat([before, after], days=months), "feature-grew")
    assert grew == [(months[1], "warning", size - 10.0)] * is_told


def test_ground_that_doubles_by_a_stray_zone_is_told():
    months = (date(2018, 1, 1), date(2018, 2, 1))
    before = [1] * 10 + [0] * 21
    after = [1] * 10 + [0] + [1] * 20
    history = flat([before, after], days=months)
    assert found(history, "feature-grew") == [(months[1], "warning", 20.0)]
    detail = next(f.detail for f in check_history(history) if f.kind == "feature-grew")
    assert "all its ground of A is 30.0 km2, 3.0 times the 10.0 km2" in detail


def test_two_zones_that_join_have_not_grown():
    months = (date(2018, 1, 1), date(2018, 2, 1))
    history = flat([[1] * 10 + [0] + [1] * 10, [1] * 21], days=months)
    assert not found(history, "feature-grew")


def test_days_of_spans_are_no_snapshots_that_may_be_missing():
    daily = tuple(day(n) for n in (0, 1, 2, 3, 4, 8, 9))
    history = flat([[1, 1]] * 7, days=daily)
    assert {f.kind for f in check_history(history)} == {"identical", "missing-day"}
    assert not check_history(history, snapshots=False)


def test_spans_that_say_who_held_ground_for_a_week_are_no_damage():
    history = series(d4=squares("AAA.....", "AAA.....", *PLAIN[2:]))
    assert bad(history) == [day(4)]
    assert not corrupt_days(check_history(history, snapshots=False))


# Days far from the others.


def years(*numbers):
    return [date(number, 2, 1) for number in numbers]


DAILY = [day(n) for n in range(20)]


@pytest.mark.parametrize(
    ("days", "far"),
    [
        ([*DAILY, date(2202, 2, 2)], [date(2202, 2, 2)]),
        ([date(218, 1, 5), *DAILY], [date(218, 1, 5)]),
        ([*DAILY, date(2028, 1, 5)], [date(2028, 1, 5)]),
        ([*years(2018, 2019, 2020), date(2202, 1, 1)], [date(2202, 1, 1)]),
        (
            [*DAILY * 1, *(day(n) for n in range(20, 60)), date(2202, 1, 1), date(2202, 1, 2)],
            [date(2202, 1, 1), date(2202, 1, 2)],
        ),
        ([date(2018, 1, 1), date(2202, 1, 1)], [date(2202, 1, 1), date(2018, 1, 1)]),
        (DAILY, []),
        (years(1886, 1914, 1918, 1919, 1939, 1945, 1991, 2014), []),  # changes of a century
        (years(2014, 2022), []),
        (years(1700, 1800, 1900, 1990), []),  # far apart, as all are
        ([*DAILY, day(300)], []),  # a pause
        ([day(0)], []),
        ([*(day(n) for n in range(10)), *(date(2028, 1, n) for n in range(1, 11))], []),
    ],
)
def test_days_far_from_the_others_are_told(days, far):
    findings = list(far_days(days, {each: f"{each}.json" for each in days}))
    assert [each.detail.partition(":")[0] for each in findings] == [f"{d}.json" for d in far]
    assert all(f.severity is Severity.WARNING and f.day is None for f in findings)


def test_far_days_of_drawn_zones_name_their_file(tmp_path, capsys):
    for when in ("2022-02-04", "2022-02-08", "2202-02-02"):
        zone_file(tmp_path / f"z_{when}.geojson", "a")
    zones = [str(tmp_path), "--profile", "zones", "--boundary-error-m", "100"]
    assert cli._code(["areas", *zones, "--days", "first-and-last"]) == 0
    said = capsys.readouterr().err
    assert "z_2202-02-02.geojson: 2202-02-02 lies 180.0 years after 2022-02-08" in said


def test_far_days_of_units_and_places_are_told(tmp_path):
    square = shapely.geometry.mapping(shapely.box(36, 35, 37, 36))
    unit = {"type": "Feature", "properties": {"id": "n"}, "geometry": square}
    content = {"type": "FeatureCollection", "features": [unit]}
    (tmp_path / "units.geojson").write_text(json.dumps(content))
    rows = [
        f"n,{when},{actor}"
        for when, actor in (("2022-02-04", "a"), ("2022-02-08", "b"), ("2202-02-02", "a"))
    ]
    (tmp_path / "holders.csv").write_text("\n".join(["unit,day,actor", *rows]))
    assert "holders.csv: 2202-02-02 lies" in far_told(tmp_path, "units", "units.geojson")

    places = [f"P{n},P{n},{35 + n % 2},{36 + n // 2}" for n in range(4)]
    (tmp_path / "places.csv").write_text("\n".join(["place_id,name,lat,lon", *places]))
    state = [f"P{n},a,marker" for n in range(4)]
    (tmp_path / "state_2022-02-01.csv").write_text("\n".join(["place_id,holder,evidence", *state]))
    events = ["P0,2022-02-04,2022-02-04,a,b,m,s", "P1,2202-02-02,2202-02-02,a,b,m,s"]
    head = "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source"
    (tmp_path / "events.csv").write_text("\n".join([head, *events]))
    assert "events.csv: 2202-02-02 lies" in far_told(tmp_path, "places", "places.csv")


def far_told(folder, profile, path):
    """Return what is said of days far from the others."""
    loaded = load_series(
        SeriesSpec(profile=profile, path=path),
        folder,
        areas={},
        rule="first-and-last",
        more_days=(),
        uncertainty=UncertaintySpec(draws=2),
    )
    return " ".join(each.detail for each in loaded.findings if each.kind == "far-day")


# Classes that are left out.


def test_a_class_that_drops_all_of_a_country_is_told(tmp_path):
    for when, width in (("2022-04-04", 0.5), ("2022-04-05", 30)):
        shapes = {
            "nochange": shapely.box(36, 48, 37, 49),
            "losses": shapely.box(22, 44, 22 + width, 56),
        }
        rows = [
            {
                "type": "Feature",
                "properties": {"type": kind},
                "geometry": shapely.geometry.mapping(shape),
            }
            for kind, shape in shapes.items()
        ]
        content = {"value": {"type": "FeatureCollection", "features": rows}}
        (tmp_path / f"{when}.json").write_text(json.dumps(content))
    spec = SeriesSpec(profile="nzz", path="*.json")
    loaded = load_series(
        spec, tmp_path, areas={}, rule="all", more_days=(), uncertainty=UncertaintySpec()
    )
    (finding,) = (each for each in loaded.findings if each.kind == "left-out-large")
    assert (finding.day, finding.severity) == (date(2022, 4, 5), Severity.WARNING)
    for part in ("2022-04-05.json", "more than Ukraine", "60 times"):
        assert part in finding.detail


def left_out(*sizes, label="losses", where=(0, 0)):
    square = np.array([shapely.box(*where, where[0] + 0.5, where[1] + 0.5)])
    return [
        LeftOutClass(day(n), f"{n}.json", label, km2, square, np.array([km2]))
        for n, km2 in enumerate(sizes)
    ]


SIZED = Countries(
    ("Small", "Large"),
    np.array([100.0, 1_000.0]),
    np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]),
)


@pytest.mark.parametrize(
    ("classes", "told", "words"),
    [
        (left_out(99.0), [], ""),
        (left_out(150.0), [0], "more than Small, where it mostly lies (100)"),
        (left_out(150.0, where=(2, 0)), [], ""),
        (left_out(1_500.0, where=(50, 0)), [], ""),  # at sea
        (left_out(3.0, 29.0), [], ""),
        (left_out(3.0, 31.0, 31.0), [1], "10 times the 3.0 km2 of the snapshot before"),
        (left_out(0.5, 31.0), [], ""),  # from next to nothing
        (left_out(5.0) + left_out(60.0, label="other")[:1], [], ""),
    ],
)
def test_a_class_that_is_left_out_is_looked_at(classes, told, words):
    findings = list(left_out_findings(classes, SIZED))
    assert [(f.day, f.severity) for f in findings] == [(day(n), Severity.WARNING) for n in told]
    assert all(words in f.detail and f"{told[0]}.json" in f.detail for f in findings)


def test_findings_come_by_day():
    history = series(d2=squares(*["........"] * 5), d6=squares("AAA.....", *PLAIN[1:]))
    days = [finding.day or date.min for finding in check_history(history)]
    assert days == sorted(days)


# Public series.


def zones(layer, when, holders, keep=None):
    geometry = layer.geometry if keep is None else layer.geometry[keep]
    raw = RawZones(when, WGS84, Source(layer.file), tuple(holders), geometry)
    return normalise(raw, repair=Repair.WINDING)


def compact(text):
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=timezone.utc).date()  # noqa: UP017


@pytest.fixture(scope="module")
def world():
    return read_countries()


@pytest.fixture(scope="module")
def owl(shared_data, world):
    snapshots = []
    for path in sorted((shared_data / "ukraine" / "owl").glob("*.json")):
        layer = read_rings(path, keys=("areas", "areas_ua"), latitude_first=True)
        names = {"areas": "russia", "areas_ua": "ukraine"}
        holders = [Holder(names[str(p["layer"])]) for p in layer.properties]
        snapshots.append(zones(layer, compact(path.stem), holders))
    history = from_snapshots(tuple(snapshots), overlap=Overlap.FIRST)
    return check_history(history, countries=world)


@pytest.fixture(scope="module")
def daily(shared_data, world):
    snapshots = []
    for path in sorted((shared_data / "ukraine" / "deepstate_daily").glob("*.geojson")):
        layer = read_geojson(path)
        holders = [Holder("russia")] * len(layer.geometry)
        snapshots.append(zones(layer, compact(path.stem[-8:]), holders))
    return check_history(from_snapshots(tuple(snapshots)), countries=world)


def errors(findings):
    return [(f.kind, f.day, round(f.km2)) for f in findings if f.severity is Severity.ERROR]


def test_project_owl(owl):
    assert errors(owl) == [
        ("empty-day", date(2023, 5, 24), 113_613),
        ("empty-day", date(2023, 6, 23), 113_372),
        ("jump", date(2023, 7, 8), 26_857),
        ("jump", date(2023, 7, 9), 26_857),
    ]


def test_project_owl_into_kursk_is_a_warning(owl):
    kinds = {(f.kind, f.day) for f in owl if f.severity is Severity.WARNING}
    assert ("sudden-actor", date(2024, 8, 15)) in kinds
    assert ("vanished-actor", date(2025, 4, 1)) in kinds


def test_deepstate_daily_has_holes_and_no_errors(daily):
    assert errors(daily) == []
    assert [(f.day, "to" in f.detail.split()[4:6]) for f in daily if f.kind == "missing-day"] == [
        (date(2024, 8, 18), True),
        (date(2025, 1, 1), False),
        (date(2025, 3, 31), True),
        (date(2025, 11, 26), False),
    ]
    assert {f.kind for f in daily} == {"identical", "missing-day", "place"}
    (place,) = (f.detail for f in daily if f.kind == "place")
    assert place.startswith("what was ever held lies in Ukraine (9")


FILLS = {"a52714": "occupied", "880e4f": "before", "000000": "before", "ff5252": "elsewhere"}


def deepstate_raw(folder, first, last):
    """Return the archive's snapshots between two days, colours as actors of their own."""
    latest = {}
    for path in sorted((folder / "ukraine" / "deepstate_raw").glob("*.geojson")):
        when = datetime.fromtimestamp(int(path.stem), tz=timezone.utc).date()  # noqa: UP017
        if first <= when <= last:
            latest[when] = path
    snapshots = []
    for when, path in latest.items():
        layer = read_geojson(path)
        keep = [i for i, g in enumerate(layer.geometry) if g is not None and is_area(g)]
        fills = [str(layer.properties[i].get("fill", "")).lstrip("#").lower() for i in keep]
        holders = [Holder(FILLS.get(fill, fill or "none")) for fill in fills]
        snapshots.append(zones(layer, when, holders, keep))
    priority = ("occupied", "before")
    return from_snapshots(tuple(snapshots), overlap=Overlap.FIRST, priority=priority)


def is_area(geometry):
    return "Point" not in geometry.geom_type and "Line" not in geometry.geom_type


@pytest.mark.parametrize(
    ("around", "days", "bad_day", "km2"),
    [
        (date(2023, 2, 7), 40, date(2023, 2, 7), 103_040),
        (date(2023, 6, 24), 25, date(2023, 6, 24), 4_855),
    ],
)
def test_deepstate_archive_actors_for_one_day(shared_data, world, around, days, bad_day, km2):
    span = timedelta(days)
    findings = check_history(
        deepstate_raw(shared_data, around - span, around + span), countries=world
    )
    assert errors(findings) == [("sudden-actor", bad_day, km2)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2022, 4, 1), date(2022, 4, 30)),  # the withdrawal from the north
        (date(2022, 8, 7), date(2022, 10, 9)),  # the Kharkiv offensive
        (date(2022, 10, 9), date(2022, 12, 11)),  # the withdrawal from Kherson
    ],
)
def test_big_moves_of_the_war_are_warnings_at_most(shared_data, world, first, last):
    assert errors(check_history(deepstate_raw(shared_data, first, last), countries=world)) == []


def test_the_withdrawal_from_the_north_in_another_series(shared_data, world):
    snapshots = []
    for path in sorted((shared_data / "ukraine" / "nzz").glob("2022*.json")):
        layer = read_geojson(path, inside="value")
        keep = [i for i, p in enumerate(layer.properties) if p["type"] != "losses"]
        when = date.fromisoformat(path.stem)
        snapshots.append(zones(layer, when, [Holder("russia")] * len(keep), keep))
    findings = check_history(from_snapshots(tuple(snapshots)), countries=world)
    assert errors(findings) == []
    assert (date(2022, 4, 5), "jump") in {(f.day, f.kind) for f in findings}


def test_history_is_left_alone():
    history: History = series()
    before = history.held_by.copy()
    check_history(history)
    assert (history.held_by == before).all()

"""Lags from when two series show the same ground changing hands: simulated fronts, real ones."""

import json
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely
from squares import PLANE

from territory.cli import _code
from territory.geometry.grid_points import grid_points
from territory.geometry.projection import choose_projection
from territory.history.history import from_coverage, from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.job.days import Period
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.measure.calibrate import calibrate, common_days
from territory.measure.calibration_words import sentences, source_of
from territory.measure.ensemble import Ensemble
from territory.measure.lag_fit import LagFit, fit_lag, own_lags, shown_km2
from territory.read.profile import read_profile

FIRST = date(2023, 1, 1)
SECTION_M, SECTIONS = 10_000.0, 36
JUMP_M, BETWEEN_DAYS = 3_000.0, 80.0
LINE_M = 250.0
ROOM_M = 80_000.0
HALF_MONTHS = tuple(range(0, 600, 15))


def jumps(rng):
    """Return when the front jumps forward in each section, and back in every fourth."""
    span = HALF_MONTHS[-1] + 400
    return [
        (
            np.sort(rng.uniform(-200, span - 200, rng.poisson(span / BETWEEN_DAYS))),
            -1 if n % 4 == 3 else 1,
        )
        for n in range(SECTIONS)
    ]


def shapes_of(moves, delay, line_m, rng, days=HALF_MONTHS):
    """Return what a publisher draws who learns of each jump late, and draws it wrong by metres."""
    shown = [(np.sort(when + delay(len(when))), way) for when, way in moves]
    off = [rng.normal(0, line_m, len(when) + 1) for when, _ in moves]
    for day in days:
        count = [np.searchsorted(when, day, side="right") for when, _ in shown]
        y = [
            way * JUMP_M * number + error[number] + (ROOM_M / 2 if way < 0 else 0)
            for number, (_, way), error in zip(count, shown, off, strict=True)
        ]
        x = np.repeat(np.arange(SECTIONS + 1) * SECTION_M, 2)[1:-1]
        front = zip(x, np.repeat(y, 2), strict=True)
        yield day, shapely.Polygon([(0, -ROOM_M), *front, (x[-1], -ROOM_M)])


def drawn(*arguments):
    snapshots = [
        normalise(
            RawZones(
                FIRST + timedelta(days=day),
                PLANE.crs,
                Source("drawn"),
                (Holder("red"),),
                np.array([shape], dtype=object),
            )
        )
        for day, shape in shapes_of(*arguments)
    ]
    return from_snapshots(tuple(snapshots), projection=PLANE)


def fitted(one, other):
    held = tuple(each.held_by > 0 for each in (one, other))
    return fit_lag(shown_km2(one, other, held), (one.days, other.days))


def late(rng, lag_days):
    return lambda count: rng.normal(0, lag_days, count)


def delayed(rng, lag_days):
    """Exponential delays, whose standard deviation is their mean."""
    return lambda count: rng.exponential(lag_days, count)


# ---- An oracle -----------------------------------------------------------------------------


@pytest.mark.parametrize("lag_days", [3.0, 9.0, 20.0])
def test_a_lag_that_was_simulated_is_found(lag_days):
    """To a quarter: 300 jumps tell no more."""
    rng = np.random.default_rng(11)
    moves = jumps(rng)
    one, other = (drawn(moves, late(rng, lag_days), 0, rng) for _ in range(2))
    found = fitted(one, other)
    assert found.lag_days == pytest.approx(lag_days, rel=0.25)
    assert 0.03 * lag_days < found.error_days < 0.3 * lag_days
    assert abs(found.lag_days - lag_days) < 4 * found.error_days


@pytest.mark.parametrize("lag_days", [3.0, 9.0, 20.0])
def test_errors_of_the_lines_make_it_longer_and_no_shorter(lag_days):
    """Lines of 250 m on jumps of 3 km: up to 3 days and a quarter more, and no quarter less."""
    rng = np.random.default_rng(12)
    moves = jumps(rng)
    one, other = (drawn(moves, late(rng, lag_days), LINE_M, rng) for _ in range(2))
    found = fitted(one, other)
    assert 0.75 * lag_days < found.lag_days < 1.25 * lag_days + 3


def test_of_exponential_delays_most_is_found():
    rng = np.random.default_rng(21)
    moves = jumps(rng)
    one, other = (drawn(moves, delayed(rng, 12.0), 0, rng) for _ in range(2))
    assert 0.6 * 12 < fitted(one, other).lag_days < 12


def test_a_lag_is_found_on_few_days_and_with_steps_of_any_length():
    rng = np.random.default_rng(13)
    moves = jumps(rng)
    for days in (HALF_MONTHS[::4], tuple(np.cumsum(rng.integers(2, 30, 36)).tolist())):
        one, other = (drawn(moves, late(rng, 9.0), 0, rng, days) for _ in range(2))
        assert fitted(one, other).lag_days == pytest.approx(9.0, rel=0.35)


def test_it_is_the_same_whichever_series_comes_first():
    rng = np.random.default_rng(14)
    moves = jumps(rng)
    one, other = (drawn(moves, late(rng, lag), LINE_M, rng) for lag in (4.0, 15.0))
    there, back = fitted(one, other), fitted(other, one)
    assert there.lag_days == pytest.approx(back.lag_days, rel=1e-9)
    assert there.error_days == pytest.approx(back.error_days, rel=1e-9)
    assert there.km2 == back.km2


def test_another_plane_gives_the_same():
    rng = np.random.default_rng(15)
    moves = jumps(rng)
    one, other = (drawn(moves, late(rng, 9.0), 0, rng) for _ in range(2))
    plane = choose_projection((1.0, 1.0, 3.0, 3.0))
    elsewhere = replace(other, projection=plane, faces=carried(other, plane))
    assert fitted(one, elsewhere).lag_days == pytest.approx(fitted(one, other).lag_days, rel=0.01)


def carried(history, plane):
    from territory.geometry.area import project

    return project(history.faces, history.projection.crs, plane.crs)


def steps_of(rng, lags, span=4000):
    """Return in which step series of many jumps show each, and the days; outside is -1."""
    days = np.arange(0, span, 16)
    when = rng.uniform(0, days[-1], 12_000)
    steps = [np.searchsorted(days, when + rng.normal(0, lag, when.size)) - 1 for lag in lags]
    return [np.where(each < len(days) - 1, each, -1) for each in steps], len(days) - 1


def lag_between(one, other, count):
    km2 = np.zeros((count, count))
    inside = (one >= 0) & (other >= 0)
    np.add.at(km2, (one[inside], other[inside]), 1.0)
    days = tuple(FIRST + timedelta(days=16 * n) for n in range(count + 1))
    return fit_lag(km2, (days, days)), np.mean(one[inside] == other[inside])


def test_many_jumps_give_the_lag_to_a_twentieth_and_the_share_of_a_plain_count():
    rng = np.random.default_rng(16)
    for lag_days in (2.0, 6.0, 30.0):
        for span in (200, 4000):  # how many days there are does not matter
            steps, count = steps_of(rng, (lag_days, lag_days), span)
            found, share = lag_between(*steps, count)
            assert found.same_share == share
            assert found.lag_days == pytest.approx(
                lag_days, rel=0.05 if lag_days < span / 10 else 0.2
            )


# ---- Three of them -------------------------------------------------------------------------


def test_three_series_have_a_lag_of_their_own_each():
    lags = (4.0, 8.0, 16.0)
    steps, count = steps_of(np.random.default_rng(17), lags)
    pairs = {
        (a, b): lag_between(steps[a], steps[b], count)[0] for a, b in combinations(range(3), 2)
    }
    found = own_lags(pairs)
    assert [each.days for each in found] == pytest.approx(lags, abs=0.6)
    assert found[0].days < found[1].days < found[2].days


def test_a_variance_below_zero_is_told_and_half_of_the_nearest_pair_is_taken():
    pairs = {(0, 1): lag_of(3.0), (0, 2): lag_of(4.0), (1, 2): lag_of(7.0)}
    found = own_lags(pairs)
    assert found[0].hat_days2 == pytest.approx(9 + 16 - 49)
    assert [each.days for each in found] == pytest.approx([3.0, 42**0.5, 56**0.5])
    assert found[1].hat_days2 is None


def lag_of(days):
    return LagFit(900.0, 0.5, days, 1.0)


def test_a_pair_that_says_nothing_leaves_none_a_lag():
    pairs = {(0, 1): lag_of(3.0), (0, 2): LagFit(10.0, 0.5, unknown="x"), (1, 2): lag_of(7.0)}
    assert own_lags(pairs) == (None, None, None)


# ---- Where it cannot be told ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("km2", "words"),
    [
        ([[900.0]], "that needs three common days"),
        ([[10.0, 9], [9, 10]], "that needs 50 km2"),
        ([[0.0, 0], [0, 0]], "that needs 50 km2"),
        ([[60.0, 0], [0, 60]], "both show all of it between the same days"),
        ([[10.0, 60], [60, 10]], "they show it together no more than by chance"),
        ([[60.0, 60], [60, 60]], "they show it together no more than by chance"),
        ([[500.0, 10], [10, 9]], "its standard error would be more than a third of it"),
    ],
)
def test_what_says_nothing_of_a_lag_gives_none_and_says_why(km2, words):
    days = tuple(FIRST + timedelta(days=15 * n) for n in range(len(km2) + 1))
    found = fit_lag(np.array(km2), (days, days))
    assert (found.lag_days, found.error_days) == (None, None)
    assert found.unknown == words
    assert found.km2 == np.sum(km2)


def strip(*rows):
    """Return cells of 1 km2 side by side, held (1) or not on each day."""
    cells = np.array([shapely.box(n * 1000, 0, n * 1000 + 1000, 1000) for n in range(len(rows[0]))])
    return from_coverage(
        cells,
        np.array(rows, dtype=np.int16),
        days=tuple(FIRST + timedelta(days=15 * n) for n in range(len(rows))),
        holders=(NOBODY, Holder("red")),
        projection=PLANE,
    )


def test_ground_that_changes_again_or_the_other_way_or_on_one_map_alone_is_left_out():
    #               gained, lost, again, other way, alone, beyond
    one = strip([0, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 1, 1, 1])
    other = strip([0, 1, 0, 1, 0], [0, 0, 0, 1, 0], [1, 0, 1, 0, 0])
    km2 = shown_km2(one, other, (one.held_by > 0, other.held_by > 0))
    assert km2.tolist() == [[0, 1], [1, 0]]


def test_where_nothing_moves_there_is_no_ground():
    still = strip([1, 0], [1, 0], [1, 0])
    moved = strip([1, 0], [1, 1], [1, 1])
    for pair in ((still, moved), (moved, still), (still, still)):
        assert not shown_km2(*pair, tuple(each.held_by > 0 for each in pair)).any()


def test_points_of_a_grid_are_those_in_the_shapes():
    rng = np.random.default_rng(18)
    shapes = shapely.buffer(shapely.points(rng.uniform(-60, 60, (30, 2))), rng.uniform(0.1, 20, 30))
    found = grid_points(shapes, 3.0)
    axis = np.arange(-90, 90, 3) + 1.5
    every = [(n, x, y) for n in range(30) for x in axis for y in axis]
    wanted = {(n, x, y) for n, x, y in every if shapely.contains_xy(shapes[n], x, y)}
    assert {
        (n, *xy) for n, xy in zip(found.shape.tolist(), found.xy.tolist(), strict=True)
    } == wanted
    assert not len(grid_points(shapes[:0], 3.0).xy)


# ---- In a calibration ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def calibration():
    rng = np.random.default_rng(19)
    moves = jumps(rng)
    one, other = (drawn(moves, late(rng, 9.0), LINE_M, rng, HALF_MONTHS[::2]) for _ in range(2))
    return calibrate({"a": Ensemble(one), "b": Ensemble(other)})


def test_a_calibration_gives_both_the_lag_and_says_so(calibration):
    (pair,) = calibration.pairs
    assert [fit.lag.days for fit in calibration.fits] == [pair.lag.lag_days] * 2
    assert 7 < pair.lag.lag_days < 18
    said = list(sentences(calibration))
    assert any(
        "% of it between the same two days, as if each were redrawn" in line for line in said
    )
    assert f"b: redrawn {pair.lag.lag_days:.1f} days late or early, one standard deviation" in said
    assert "; the lag from how much ground" in source_of(calibration.fits[0], calibration)


def test_a_calibration_that_knows_no_lag_says_why(calibration):
    (pair,) = calibration.pairs
    nothing = replace(pair, lag=LagFit(12.0, 0.5, unknown="that needs 50 km2"))
    none = replace(
        calibration,
        pairs=(nothing,),
        fits=tuple(replace(fit, lag=None) for fit in calibration.fits),
    )
    said = list(sentences(none))
    assert (
        "a and b: 12 km2 change hands once and for good on both; how late or early they are redrawn"
        " is not known: that needs 50 km2"
    ) in said
    assert "no profile gets redraw_lag_days" in said
    assert "the lag" not in source_of(none.fits[0], none)


def test_a_lag_of_half_the_nearest_pair_is_told(calibration):
    fits = (replace(calibration.fits[0], lag=replace(calibration.fits[0].lag, hat_days2=-12.0)),)
    said = list(sentences(replace(calibration, fits=fits, sides=calibration.sides[:1])))
    assert any("leave its lag a variance of -12 days2, which none has" in line for line in said)


def write_zones(folder, *arguments):
    """Write the same in the middle of Ukraine."""
    folder.mkdir()
    for day, shape in shapes_of(*arguments):
        there = shapely.transform(shape, lambda xy: [31.0, 48.6] + xy / [74_000, 111_000])
        feature = {"properties": {"actor": "red"}, "geometry": there.__geo_interface__}
        text = json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", **feature}]}
        )
        name = f"z_{FIRST + timedelta(days=day)}.geojson"
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(("days", "known"), [(HALF_MONTHS[::3], True), (HALF_MONTHS[:2], False)])
def test_the_profile_that_is_written_has_the_lag_or_none(tmp_path, capsys, days, known):
    rng = np.random.default_rng(20)
    moves = jumps(rng)
    paths = [write_zones(tmp_path / n, moves, late(rng, 9.0), LINE_M, rng, days) for n in "ab"]
    (tmp_path / "own.toml").write_text(
        'name = "own"\nboundary_error_m = 70\nredraw_lag_days = 3\n', encoding="utf-8"
    )
    profiles = ["--profile", str(tmp_path / "own.toml"), "--profile-b", "zones"]
    assert _code(["calibrate", *paths, *profiles, "--out", str(tmp_path / "fit.toml")]) == 0
    said = " ".join(capsys.readouterr().err.split())
    found = [read_profile(name, tmp_path).redraw_lag_days for name in ("fit.toml", "fit-b.toml")]
    assert found[0] == found[1]
    if known:
        assert 6 < found[0] < 18
        assert f"redrawn {found[0]:.1f} days late or early, one standard deviation" in said
    else:
        assert found[0] is None  # that of the old profile was not fitted to these
        assert "is not known: that needs three common days" in said
        assert "no profile gets redraw_lag_days" in said


# ---- Real ones -----------------------------------------------------------------------------


def figures(name):
    path = Path(__file__).parent.parent / "data" / "line_errors.toml"
    fits = tomllib.loads(path.read_text(encoding="utf-8"))["fit"]
    return next(each for each in fits if each["name"] == name)


@pytest.mark.parametrize(
    ("profile", "fit", "publisher"),
    [
        ("deepstate-raw", "two", "DeepState"),
        ("deepstate-daily", "two", "DeepState"),
        ("deepstate-named", "two", "DeepState"),
        ("deepstate-unified", "two", "DeepState"),
        ("owl", "two", "Project Owl"),
        ("nzz", "three", "NZZ"),
        ("isw", "isw", "Institute for the Study of War"),
        ("isw-layers", "isw", "Institute for the Study of War"),
    ],
)
def test_built_in_profiles_carry_the_lag_that_was_fitted(profile, fit, publisher):
    (series,) = (each for each in figures(fit)["series"] if each["publisher"] == publisher)
    stated, lag = read_profile(profile).redraw_lag_days, series.get("redraw_lag_days")
    assert stated == (None if lag is None else round(lag))
    if lag is None:
        assert any("lag_unknown" in pair for pair in figures(fit)["pair"])


def test_the_lag_of_deepstate_and_project_owl_is_near_the_figure_that_is_kept(shared_data):
    """On the first seven of its nineteen months."""
    paths = {"deepstate-raw": "deepstate_raw", "owl": "owl"}
    ukraine = shared_data / "ukraine"
    shown = [
        load_series(
            SeriesSpec(
                profile=profile,
                path=(str(ukraine / folder), str(ukraine / "calibration" / folder)),
            ),
            Path(),
            areas={},
            rule="all",
            more_days=(),
            wanted_days=(),
            uncertainty=UncertaintySpec(),
            span=Period(date(2022, 12, 1), date(2023, 6, 30)),
        ).ensemble
        for profile, folder in paths.items()
    ]
    days = common_days([each.base.days for each in shown], 1)
    held = tuple(
        np.array([russian(each.base, day) for day in own])
        for each, own in zip(shown, zip(*days, strict=True), strict=True)
    )
    km2 = shown_km2(shown[0].base, shown[1].base, held)
    found = fit_lag(km2, tuple(zip(*days, strict=True)))
    assert 300 < found.km2 < 600
    assert found.lag_days == pytest.approx(figures("two")["pair"][0]["redraw_lag_days"], rel=0.5)


def russian(history, day):
    names = ("russia", "russia-before-2022")
    return history.holding(day, frozenset(map(Holder, names)))

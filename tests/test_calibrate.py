"""Errors of lines from the distance of fronts: drawn fronts with known offsets, simulated ones."""

import json
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from squares import PLANE

import territory as tt
from territory.cli import _code
from territory.errors import InputError
from territory.geometry.area import project
from territory.geometry.fronts import RIM_M, STEP_M, Land, front_of
from territory.geometry.projection import WGS84
from territory.history.history import from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.measure.calibrate import calibrate, common_days
from territory.measure.calibration_words import LOWER_BOUND, sentences
from territory.measure.ensemble import Ensemble
from territory.measure.line_errors import LAGS, autocovariance, correlation_length_m, own_errors
from territory.quality.countries import Countries
from territory.read.profile import read_profile

FIRST = date(2024, 1, 1)
WIDE = 400_000.0
DEEP = 60_000.0
# Land ends before the ground does on three sides, so that its northern edge alone is front.
COUNTRY = shapely.box(20_000, -20_000, WIDE - 20_000, 70_000)


def countries():
    polygons = project(np.array([COUNTRY], dtype=object), PLANE.crs, WGS84)
    return Countries(("Land",), np.array([COUNTRY.area / 1e6]), polygons)


def ground(x, y):
    """Return ground from a southern edge up to a front."""
    return shapely.Polygon([(0, -DEEP), *zip(x, y, strict=True), (WIDE, -DEEP)])


def series(*fronts, first=FIRST, actor="red", also=(), corrupt=()):
    """Return drawn zones of consecutive days: ground up to each front, and further zones."""
    snapshots = [
        normalise(
            RawZones(
                first + timedelta(days=10 * number),
                PLANE.crs,
                Source("drawn"),
                (Holder(actor), *(Holder(name) for name, _ in also)),
                np.array([ground(*front), *(shape for _, shape in also)], dtype=object),
            )
        )
        for number, front in enumerate(fronts)
    ]
    return Ensemble(from_snapshots(tuple(snapshots), projection=PLANE), corrupt=frozenset(corrupt))


def straight(y):
    return (0.0, WIDE), (float(y), float(y))


def simulated(rng, sd_m, length_m):
    """Return a front whose error has an exponential covariance: an AR(1) process at corners."""
    x = np.arange(0.0, WIDE + 1, STEP_M)
    fall = np.exp(-STEP_M / length_m)
    noise = rng.standard_normal(len(x)) * np.sqrt(1 - fall**2)
    y = np.empty(len(x))
    y[0] = rng.standard_normal()
    for at in range(1, len(x)):
        y[at] = fall * y[at - 1] + noise[at]
    return x, sd_m * y


# ---- Distances -----------------------------------------------------------------------------


def test_the_distance_is_signed_by_whose_ground_reaches_farther():
    found = calibrate({"a": series(straight(0)), "b": series(straight(700))}, countries())
    (pair,) = found.pairs
    assert pair.offset_m == pytest.approx(700, abs=1)
    assert pair.sd_m == pytest.approx(0, abs=1)
    assert [fit.offset_m for fit in found.fits] == pytest.approx([-350, 350], abs=1)
    back = calibrate({"b": series(straight(700)), "a": series(straight(0))}, countries())
    assert back.pairs[0].offset_m == pytest.approx(-700, abs=1)


def test_coasts_and_borders_are_no_front():
    (pair,) = calibrate({"a": series(straight(0)), "b": series(straight(700))}, countries()).pairs
    inland_km = (WIDE - 40_000 - 2 * RIM_M) / 1e3
    assert pair.lines_km == pytest.approx(inland_km, abs=1)
    everywhere = calibrate({"a": series(straight(0)), "b": series(straight(700))}).pairs[0]
    assert everywhere.lines_km > inland_km + 400
    assert everywhere.offset_m < 350  # the other three sides are the same


def test_a_gap_inside_the_ground_and_a_spit_are_no_front():
    box, slit = shapely.box(0, 0, 20_000, 20_000), shapely.box(5_000, 5_000, 15_000, 5_200)
    spit = shapely.box(20_000, 10_000, 30_000, 10_150)
    whole = box.difference(slit).union(spit)
    outline = np.vstack(
        [
            np.hstack([xy[:-1], xy[1:]])
            for ring in shapely.get_rings(whole)
            for xy in (shapely.get_coordinates(ring),)
        ]
    )
    found = front_of(outline, np.array([whole], dtype=object))
    for narrow in (slit.buffer(50), shapely.box(21_000, 9_900, 30_100, 10_300)):
        assert shapely.intersects_xy(narrow, found.xy).sum() <= 1  # at an end, of 80 all along
    assert len(found.xy) * STEP_M == pytest.approx(80_000, rel=0.02)


def test_land_ends_at_a_rim():
    land = Land(np.array([shapely.box(0, 0, 20_000, 20_000)], dtype=object))
    xy = np.array([[10_000.0, 10_000], [RIM_M - 1, 10_000], [RIM_M + 1, 10_000], [-9_000, 10_000]])
    assert land.inland(xy).tolist() == [True, False, True, False]


def test_a_pocket_that_one_alone_has_is_told_in_km_and_does_not_count():
    pocket = ("red", shapely.box(200_000, 50_000, 210_000, 55_000))
    one, other = series(straight(0)), series(straight(700), also=[pocket])
    (pair,) = calibrate({"a": one, "b": other}, countries()).pairs
    assert pair.offset_m == pytest.approx(700, abs=1)
    assert pair.alone_km[0] == 0
    assert pair.alone_km[1] == pytest.approx(30, abs=1)


def test_claimed_ground_is_no_ground_and_other_names_of_a_side_are_found():
    old = ("red-before", shapely.box(100_000, -50_000, 200_000, -1_000))
    own = shapely.Polygon(ground(*straight(0)).difference(old[1]).exterior)
    day = RawZones(
        FIRST,
        PLANE.crs,
        Source("drawn"),
        (Holder("red"), Holder("red-before")),
        np.array([own.difference(old[1]), old[1]], dtype=object),
    )
    parted = Ensemble(from_snapshots((normalise(day),), projection=PLANE))
    found = calibrate({"a": parted, "b": series(straight(500))}, countries())
    assert found.sides == (("red", "red-before"), ("red",))
    assert found.pairs[0].alone_km == (0, 0)  # the border of the old ground is no front


def test_moves_on_both_maps_at_the_same_place_are_redrawing_together():
    def step(y, at):
        x = [0.0, at, at, at + 30_000, at + 30_000, WIDE]
        return x, [y, y, y + 2_000, y + 2_000, y, y]

    one = series(straight(0), step(0, 100_000))
    together = series(straight(500), step(500, 100_000))
    apart = series(straight(500), step(500, 250_000))
    same = calibrate({"a": one, "b": together}, countries()).pairs[0].redrawing
    different = calibrate({"a": one, "b": apart}, countries()).pairs[0].redrawing
    assert same > 0.9
    assert abs(different) < 0.3


# ---- Errors --------------------------------------------------------------------------------


def test_two_simulated_fronts_give_back_their_error():
    rng = np.random.default_rng(5)
    one, other = (series(*(simulated(rng, 100, 5_000) for _ in range(8))) for _ in range(2))
    found = calibrate({"a": one, "b": other}, countries())
    for fit in found.fits:
        assert fit.error_m == pytest.approx(100, rel=0.1)
        assert fit.length_m == pytest.approx(5_000, rel=0.25)
    assert abs(found.pairs[0].offset_m) < 25  # three standard errors: 141 m sqrt(2 5 km / 2,880 km)
    assert any("half of the variance" in line for line in sentences(found))


def test_three_simulated_fronts_each_give_back_their_own():
    rng = np.random.default_rng(7)
    errors = {"a": (80, 4_000), "b": (140, 5_000), "c": (220, 8_000)}
    drawn = {
        name: series(*(simulated(rng, *error) for _ in range(14))) for name, error in errors.items()
    }
    found = calibrate(drawn, countries())
    for fit in found.fits:
        sd_m, length_m = errors[fit.series]
        assert fit.error_m == pytest.approx(sd_m, rel=0.15)
        assert fit.length_m == pytest.approx(length_m, rel=0.35)
    assert LOWER_BOUND in list(sentences(found))


def test_a_variance_below_zero_is_told_and_half_of_the_nearest_pair_is_taken():
    falling = np.exp(-np.arange(LAGS) / 20)
    pairs = {(0, 1): 1e4 * falling, (0, 2): 2e4 * falling, (1, 2): 5e4 * falling}
    own = own_errors(pairs, STEP_M)
    assert own[0].hat_m2 == pytest.approx(-1e4)
    assert own[0].error_m == pytest.approx(np.sqrt(5e3))
    assert own[1].hat_m2 is None
    assert own[1].error_m == pytest.approx(np.sqrt(2e4))


def test_autocovariance_is_that_of_a_plain_sum_and_stays_within_lines():
    rng = np.random.default_rng(1)
    line, station = np.repeat([0, 1], 60), np.tile(np.arange(0, 120, 2), 2)  # every other one
    values = rng.normal(size=120)
    found = autocovariance(values, line, station)
    left = values - values.mean()
    for lag in range(LAGS):
        products = [
            left[i] * left[j]
            for i in range(120)
            for j in range(120)
            if line[i] == line[j] and station[j] - station[i] == lag
        ]
        if products:
            assert found[lag] == pytest.approx(np.mean(products), abs=1e-12)
        else:
            assert np.isnan(found[lag])


def test_noise_has_no_length_to_speak_of():
    covariance = np.zeros(LAGS)
    covariance[0] = 1.0
    assert correlation_length_m(covariance, STEP_M) < STEP_M


# ---- Days ----------------------------------------------------------------------------------


def test_days_go_together_once_and_with_the_nearest():
    days = [FIRST + timedelta(days=n) for n in range(4)]
    assert common_days([days[:2], [days[1]]], 1) == ((days[1], days[1]),)
    assert common_days([[days[0]], [days[2]]], 1) == ()
    assert common_days([[days[0]], [days[2]]], 2) == ((days[0], days[2]),)


def test_a_day_that_is_judged_wrong_is_left_out():
    wrong = FIRST + timedelta(days=10)
    one = series(straight(0), straight(0), corrupt=[wrong])
    other = series(straight(700), straight(5_000))
    found = calibrate({"a": one, "b": other}, countries())
    assert found.days == ((FIRST, FIRST),)
    assert found.pairs[0].offset_m == pytest.approx(700, abs=1)


# ---- Bad input -----------------------------------------------------------------------------


def far_away():
    shape = shapely.box(100_000, -400_000, 200_000, -300_000)
    day = RawZones(FIRST, PLANE.crs, Source("x"), (Holder("red"),), np.array([shape]))
    return Ensemble(from_snapshots((normalise(day),), projection=PLANE))


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([series(straight(1), first=date(2020, 1, 1))], "no common day"),
        ([series(straight(0))], "a and b draw the same lines along 100 % of their front"),
        ([series(straight(700)), far_away()], "have no common front"),
        ([far_away()], "a and b have no common front"),
        ([series(straight(1), actor="blue")], "no actor in common"),
        ([], "two or three series"),
        ([series(straight(n)) for n in (1, 2, 3)], "two or three series"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_line(others, words):
    all_of_them = dict(zip("abcd", [series(straight(0)), *others], strict=False))
    with pytest.raises(InputError, match=words) as raised:
        calibrate(all_of_them, countries())
    assert "\n" not in str(raised.value)


def bulging(width_m):
    """Return a straight front of many corners with one bulge of 3 km, or none."""
    x = np.linspace(0, WIDE, 401)
    return x, np.where(np.abs(x - WIDE / 2) < width_m / 2, 3_000.0, 0.0)


def test_a_copy_with_one_stretch_drawn_again_is_still_a_copy():
    with pytest.raises(InputError, match=r"the same lines along 9\d % of their front"):
        calibrate({"a": series(bulging(0)), "b": series(bulging(5_000))}, countries())
    found = calibrate({"a": series(bulging(0)), "b": series(bulging(100_000))}, countries())
    assert found.pairs[0].sd_m > 500


def test_a_side_that_nobody_has_is_named():
    with pytest.raises(InputError, match="a: no ground of green; it has red"):
        calibrate({"a": series(straight(0)), "b": series(straight(1))}, side=["green"])


def test_lines_that_nobody_drew_are_refused():
    undrawn = series(straight(0))
    cells = replace(undrawn, base=replace(undrawn.base, outside_is_nobody=False))
    with pytest.raises(InputError, match="b: nobody drew these lines"):
        calibrate({"a": series(straight(700)), "b": cells}, countries())


# ---- The verb ------------------------------------------------------------------------------


def write_zones(folder, shift, seed):
    """Write zones in the middle of Ukraine, whose edge strays at random about a shift."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    for number in (1, 2, 3):
        turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
        radius = 1.0 + (shift + 400 * np.convolve(rng.normal(size=400), np.ones(9) / 3, "same")) / (
            60_000
        )
        xy = np.column_stack([33 + 0.8 * radius * np.cos(turn), 48.6 + 0.5 * radius * np.sin(turn)])
        feature = {
            "type": "Feature",
            "properties": {"actor": "red"},
            "geometry": shapely.Polygon(xy).__geo_interface__,
        }
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (folder / f"z_2024-01-0{number}.geojson").write_text(text, encoding="utf-8")
    return str(folder)


def call(*paths, out, more=()):
    marks = ["--profile", "--profile-b", "--profile-c"]
    needed = [mark for mark, _ in zip(marks, paths, strict=False) if mark not in more]
    options = [word for mark in needed for word in (mark, "zones")]
    return ["calibrate", *paths, *options, "--out", str(out), *more]


def test_the_profile_that_is_written_can_be_read_with(tmp_path, capsys):
    one, other = write_zones(tmp_path / "a", 0, 1), write_zones(tmp_path / "b", 300, 2)
    assert _code(call(one, other, out=tmp_path / "fit.toml")) == 0
    out, err = capsys.readouterr()
    header, first, _ = out.splitlines()
    assert header == "series,boundary_error_m,correlation_length_m,bias_m,days,lines_km"
    assert first.split(",")[4] == "3"
    assert "lower bound" in err
    assert "half of the variance" in err
    for name in ("fit.toml", "fit-b.toml"):
        profile = read_profile(name, tmp_path)
        assert profile.boundary_error_m == float(first.split(",")[1])
        assert profile.boundary_error_m > 50
        assert "lower bound" in profile.error_source
        assert profile.bias_m is None
    assert _code(["areas", one, "--profile", str(tmp_path / "fit.toml")]) == 0
    out, err = capsys.readouterr()
    assert "assumed" not in err
    rows = [line.split(",") for line in out.splitlines()[1:]]
    assert all(float(row[4]) < float(row[3]) < float(row[5]) for row in rows)


def test_three_publishers_write_three_profiles(tmp_path, capsys):
    paths = [write_zones(tmp_path / name, 0, seed) for seed, name in enumerate("abc")]
    assert _code(call(*paths, out=tmp_path / "fit.toml")) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    for name in ("fit.toml", "fit-b.toml", "fit-c.toml"):
        assert "error_source" in tomllib.loads((tmp_path / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"paths": "aa"}, 1, "draw the same lines along 100 % of their front"),
        ({"out": "fit.csv"}, 1, "fit.csv: name a .toml file"),
        ({"more": ["--within", "-1"]}, 2, "--within"),
        ({"more": ["--profile-c", "zones"]}, 2, "--profile-c is for a third publisher"),
        ({"more": ["--side", "green"]}, 1, "no ground of green; it has red"),
        ({"more": ["--profile-b", "places"]}, 1, "nobody drew the lines of 'places'"),
    ],
)
def test_a_wrong_call_is_one_clear_message(tmp_path, capsys, change, code, words):
    found = {
        "a": write_zones(tmp_path / "a", 0, 1),
        "b": write_zones(tmp_path / "b", 300, 2),
    }
    paths = [found[name] for name in change.get("paths", "ab")]
    out = tmp_path / change.get("out", "fit.toml")
    assert _code(call(*paths, out=out, more=change.get("more", ()))) == code
    err = capsys.readouterr().err
    assert words in " ".join(err.split())
    assert not out.exists()


def test_the_front_door_gives_the_same_table(tmp_path, capsys):
    one, other = write_zones(tmp_path / "a", 0, 1), write_zones(tmp_path / "b", 300, 2)
    answer = tt.calibrate(tt.read(one), tt.read(other))
    assert _code(call(one, other, out=tmp_path / "fit.toml")) == 0
    printed = capsys.readouterr().out.splitlines()
    assert ",".join(answer.frame.columns) == printed[0]
    for row, line in zip(answer.frame.itertuples(index=False), printed[1:], strict=True):
        assert [float(each) for each in row[1:]] == [float(each) for each in line.split(",")[1:]]
    assert "lower bounds" in answer.sentence


@pytest.mark.parametrize(
    ("key", "source", "metres"),
    [
        ("", "stated by the profile 'mine' (fitted to others)", 70.0),
        ("boundary_error_m = 30", "stated by whoever asked for the figures", 30.0),
    ],
)
def test_a_run_says_where_the_error_of_its_lines_comes_from(tmp_path, key, source, metres):
    write_zones(tmp_path / "zones", 0, 1)
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\nboundary_error_m = 70\nerror_source = "fitted to others"\n',
        encoding="utf-8",
    )
    (tmp_path / "job.toml").write_text(
        f'[series]\nprofile = "mine.toml"\npath = "zones/*"\n{key}\n[maps]\nenabled = false\n',
        encoding="utf-8",
    )
    tt.run(tmp_path / "job.toml", tmp_path / "out")
    (found,) = json.loads((tmp_path / "out" / "run.json").read_bytes())["line_errors"]
    assert (found["source"], found["boundary_error_m"]) == (source, metres)
    assert source.split(" (")[0] in " ".join(
        (tmp_path / "out" / "report.html").read_text(encoding="utf-8").split()
    ).replace("&#39;", "'")


@pytest.mark.parametrize(
    ("profile", "fit", "publisher"),
    [
        ("deepstate-daily", "two", "DeepState"),
        ("deepstate-raw", "two", "DeepState"),
        ("owl", "two", "Project Owl"),
        ("nzz", "three", "NZZ"),
        ("isw", "isw", "Institute for the Study of War"),
    ],
)
def test_built_in_profiles_carry_the_figures_that_were_fitted(profile, fit, publisher):
    path = Path(__file__).parent.parent / "data" / "line_errors.toml"
    fits = tomllib.loads(path.read_text(encoding="utf-8"))["fit"]
    (found,) = (
        each
        for one in fits
        for each in one["series"]
        if (one["name"], each["publisher"]) == (fit, publisher)
    )
    stated = read_profile(profile)
    assert stated.boundary_error_m == pytest.approx(found["boundary_error_m"], abs=5)
    assert stated.correlation_length_m == pytest.approx(found["correlation_length_m"], abs=50)
    assert "a lower bound" in stated.error_source
    assert f"on {len(found['days'])} days" in stated.error_source
    assert max(found["days"]) <= date(2024, 6, 30)  # what is later tests the intervals

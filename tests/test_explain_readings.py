"""What `explain` calls the plain measurement is what `check` measures, for every reading."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from squares import KM, day, history_of, squares
from strategies import grids

from territory.claims.model import Claim
from territory.claims.verdicts import judge
from territory.cli import _code
from territory.errors import ClaimError
from territory.explain.claims import Ground, explain_claim, measured_ground, recipes_of, tallies_of
from territory.explain.published_zones import metrics_for
from territory.explain.recipes.metrics import TRUE
from territory.holders import Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble

UKRAINE = (31.0, 45.5, 40.2, 50.1)
HOLDERS = {"a": Holder("A", Status.CLAIMED), "b": Holder("B", Status.CLAIMED)}
NAMES = ("A", "B", "C", "A (claimed)", "B (claimed)")
STATUS = st.lists(st.sampled_from(["held", "claimed"]), min_size=1, max_size=2, unique=True)
KEYS = {
    "gained": ("by", "from"),
    "lost": ("by", "to"),
    "net": ("by", "from", "to"),
    "total": ("by",),
    "share": ("by", "from"),
    "changed-hands": (),
}
CHANGES = ("gained", "lost", "net", "changed-hands")


def with_statuses(history):
    """Return a history in which small letters are claims of the actor with the large one."""
    holders = tuple(HOLDERS.get(each.actor, each) for each in history.holders)
    return replace(history, holders=holders)


@st.composite
def claims(draw):
    """Return a claim with one reading of any quantity, with any keys that it takes."""
    quantity = draw(st.sampled_from(sorted(KEYS)))
    reading = {"name": "r", "quantity": quantity}
    if quantity != "changed-hands":  # of which all count
        reading["status"] = draw(STATUS)
    names = draw(st.permutations(NAMES))
    sides = {"by": names[:2], "from": names[2:4], "to": names[4:]}
    for key in KEYS[quantity]:
        if key == "by" or draw(st.booleans()):
            reading[key] = sides[key][: draw(st.integers(1, 2))]
    unit = draw(st.sampled_from(["km2", "percent", "points"])) if quantity in CHANGES else "km2"
    if quantity == "share":
        unit = "percent"
    if unit == "points" or quantity == "share":
        needs_size = "from" not in reading and draw(st.booleans())
    else:
        needs_size = unit == "percent"
    if needs_size:
        reading["of"] = draw(st.sampled_from([7.0, 40.0]))
    reading["area"] = draw(st.sampled_from(["all", "frame", "west"]))
    reading["path"] = quantity in CHANGES and draw(st.booleans())
    reading["plus"] = 3.5 if quantity == "total" and draw(st.booleans()) else 0.0
    first = draw(st.integers(0, 2))
    last = draw(st.integers(first + 1, 3))
    over = quantity in CHANGES or "from" in reading
    days = {"period": [day(first), day(last)]} if over else {"day": day(first)}
    value = draw(st.sampled_from([1, 5, 50]))
    said = {"id": "c", "text": "-", "publisher": "-", "published": date(2018, 2, 5)}
    return {**said, "value": value, "unit": unit, **days, "reading": [reading]}


def plain_figure(claim, ensemble):
    """Return what `explain` gives for true areas without any departure."""
    km2 = ensemble.base.area_m2[None, :] / 1e6
    recipes = recipes_of(tallies_of(claim, ensemble, {}), Ground(ensemble, (TRUE,), UKRAINE, km2))
    (value,) = recipes.values[recipes.plain]
    return value


@settings(max_examples=150, deadline=None)
@given(grids(days=4, actors="ABCab.", size=4), claims())
def test_explain_measures_every_reading_that_check_judges(drawn, written):
    claim = Claim(**written)
    west = shapely.box(0, -len(drawn[0]) * KM, 1.5 * KM, 0)
    history = with_statuses(history_of(*drawn)).with_areas({"west": west})
    ensemble = Ensemble(history, BoundaryError(100.0, 500.0), corrupt=frozenset({day(1)}))
    try:
        (judged,) = judge(claim, ensemble)
    except ClaimError:
        with pytest.raises(ClaimError):
            tallies_of(claim, ensemble, {})
        return
    if judged.computed is None:
        assert tallies_of(claim, ensemble, {}).unmeasured == {"r": judged.reason}
        return
    assert plain_figure(claim, ensemble) == pytest.approx(judged.computed.value, rel=1e-9, abs=1e-9)


SPLIT = squares("AAaB", "AABB", "..BB"), squares("AAAa", "AaaB", "CABB")


def claim_of(**keys):
    stated = {"id": "c", "text": "-", "publisher": "-", "published": date(2018, 2, 5)}
    stated |= {"value": 2, "unit": "km2"}
    days = {} if {"day", "period"} & keys.keys() else {"period": [day(0), day(1)]}
    unit = {key: keys.pop(key) for key in ("unit", "value", "day", "period") if key in keys}
    return Claim(**(stated | days | unit), reading=[{"name": "r", **keys}])


@pytest.mark.parametrize(
    ("keys", "counted"),
    [
        ({"quantity": "gained", "by": ["A"], "status": ["held", "claimed"]}, 3),
        ({"quantity": "gained", "by": ["A"]}, 2),
        ({"quantity": "gained", "by": ["A (claimed)"], "from": ["B"]}, 2),
        ({"quantity": "gained", "by": ["A (claimed)"]}, 3),
        ({"quantity": "net", "by": ["B"], "from": ["A"], "to": ["A (claimed)"]}, -2),
        ({"quantity": "total", "by": ["A"], "plus": 10.0, "day": day(1)}, 15),
        ({"quantity": "gained", "by": ["A"], "unit": "points"}, 100 * 2 / 12),
        ({"quantity": "gained", "by": ["A"], "unit": "percent", "of": 50.0}, 4),
    ],
)
def test_the_plain_figure_counts_squares(keys, counted):
    ensemble = Ensemble(with_statuses(history_of(*SPLIT)).with_areas({}), BoundaryError())
    keys = keys if keys.get("unit") != "points" else {**keys, "area": "frame"}
    assert plain_figure(claim_of(**keys), ensemble) == pytest.approx(counted)


def test_the_true_metric_of_a_ground_is_the_area_of_its_faces(monkeypatch):
    monkeypatch.setattr("territory.explain.published_zones.grid_metrics", lambda *_, **__: ())
    history = history_of(*SPLIT)
    ground = measured_ground(Ensemble(history, BoundaryError()))
    true = ground.face_km2[ground.metrics.index(TRUE)]
    assert true.tolist() == (history.area_m2 / 1e6).tolist()
    claim = tallies_of(claim_of(quantity="gained", by=["A"]), ground.ensemble, {})
    assert next(each for each in explain_claim(claim, ground) if each.is_plain).error < 1e-9


def test_zones_up_to_three_off_are_tried():
    metrics, _ = metrics_for(np.array([shapely.box(36, 48, 37, 49)]))
    listed = {code for each in metrics for code in (each.id, *each.alias)}
    assert {f"epsg:326{zone}" for zone in range(34, 41)} <= listed


# ---- On the command line ---------------------------------------------------------------------


@pytest.fixture
def few_grids(monkeypatch):
    """Leave out the grids of the country: they take seconds."""
    monkeypatch.setattr("territory.explain.published_zones.grid_metrics", lambda *_, **__: ())


def written(folder, when, *zones):
    """Write one GeoJSON file of (actor, status, polygon) zones."""
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor, "status": status},
            "geometry": json.loads(shapely.to_geojson(polygon)),
        }
        for actor, status, polygon in zones
    ]
    folder.mkdir(exist_ok=True)
    path = folder / f"zones_{when}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def box(west, east):
    return shapely.box(west, 35.2, east, 35.8)


@pytest.fixture
def front(tmp_path):
    """Give three days of held and claimed ground, and a profile that reads the status."""
    folder = tmp_path / "zones"
    days = (("2018-01-01", 37.0, 37.4), ("2018-01-15", 37.5, 37.6), ("2018-02-01", 37.3, 37.9))
    for when, one, other in days:
        written(
            folder,
            when,
            ("russia", "held", box(36.6, one)),
            ("russia", "claimed", box(one, other)),
            ("ukraine", "held", box(other, 38.5)),
        )
    profile = tmp_path / "with_status.toml"
    profile.write_text('name = "st"\nstatus_property = "status"\n')
    return folder, profile


CLAIM = """
[[claim]]
id = "{id}"
text = "-"
publisher = "-"
published = 2018-02-05
value = {value}
unit = "{unit}"
precision = "rounded"
{days}
  [[claim.reading]]
  name = "r"
  {reading}
"""
PERIOD, DAY = "period = [2018-01-01, 2018-02-01]", "day = 2018-02-01"
READINGS = {
    "with a status": (PERIOD, 'quantity = "gained"\nby = ["russia (claimed)"]\nfrom = ["ukraine"]'),
    "statuses": (PERIOD, 'quantity = "gained"\nby = ["russia"]\nstatus = ["held", "claimed"]'),
    "net": (PERIOD, 'quantity = "net"\nby = ["ukraine"]\nto = ["russia (claimed)"]'),
    "from": (PERIOD, 'quantity = "gained"\nby = ["russia"]\nfrom = ["russia (claimed)"]'),
    "path": (PERIOD, 'quantity = "gained"\nby = ["russia"]\npath = true'),
    "total": (DAY, 'quantity = "total"\nby = ["russia"]'),
    "total of claims": (DAY, 'quantity = "total"\nby = ["russia (claimed)"]'),
    "total of both": (DAY, 'quantity = "total"\nby = ["russia"]\nstatus = ["held", "claimed"]'),
    "plus": (DAY, 'quantity = "total"\nby = ["russia"]\nplus = 500.0'),
    "in an area": (DAY, 'quantity = "total"\nby = ["russia"]\narea = "box"'),
}
SHARES = {
    "share": (DAY, 'quantity = "share"\nby = ["russia"]'),
    "share of": (DAY, 'quantity = "share"\nby = ["russia"]\nof = 20000.0'),
    "share of theirs": (
        PERIOD,
        'quantity = "share"\nby = ["russia (claimed)"]\nfrom = ["ukraine"]',
    ),
}


def claims_file(folder, readings, *, value=60, unit="km2"):
    text = "".join(
        CLAIM.format(id=name.replace(" ", "-"), value=value, unit=unit, days=days, reading=reading)
        for name, (days, reading) in readings.items()
    )
    path = folder / f"claims-{unit}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def verb(capsys, *arguments):
    code = _code([*map(str, arguments)])
    printed = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(printed.out))), printed.err


@pytest.mark.usefixtures("few_grids")
@pytest.mark.parametrize(("readings", "unit"), [(READINGS, "km2"), (SHARES, "percent")])
def test_explain_prints_what_check_prints(front, tmp_path, capsys, readings, unit):
    folder, profile = front
    path = claims_file(tmp_path, readings, unit=unit)
    words = [path, folder, "--profile", profile, "--area", "box=36.65,35.3,38,35.7"]
    code, checked, _ = verb(capsys, "check", *words)
    assert code == 0
    code, rows, _ = verb(capsys, "explain", *words)
    assert code == 0
    plain = {row["claim_id"]: row for row in rows if row["recipe"] == "equal-area; r"}
    plain |= {
        row["claim_id"]: row for row in rows if row["recipe"].startswith("equal-area; russia")
    }
    assert {each["claim_id"] for each in checked} == {n.replace(" ", "-") for n in readings}
    for each in checked:
        found = [r for r in rows if r["claim_id"] == each["claim_id"]]
        assert any(
            float(r["computed"]) == pytest.approx(float(each["computed"]), rel=1e-9)
            and r["recipe"] == plain[each["claim_id"]]["recipe"]
            for r in found
        ), each["claim_id"]


@pytest.mark.usefixtures("few_grids")
def test_ground_that_is_added_is_added_to_every_recipe(front, tmp_path, capsys):
    folder, profile = front
    to_plane = Transformer.from_crs(4326, 3857, always_xy=True)
    (x0, y0), (x1, y1) = (to_plane.transform(*corner) for corner in ((36.6, 35.2), (37.3, 35.8)))
    value = round((x1 - x0) * (y1 - y0) / 1e6 + 500, 2)
    path = claims_file(tmp_path, {"p": READINGS["plus"]}, value=value)
    _, rows, _ = verb(capsys, "explain", path, folder, "--profile", profile)
    assert rows[0]["recipe"] == "web-mercator = epsg:3857; russia"
    assert float(rows[0]["computed"]) == pytest.approx(value, abs=0.005)
    assert float(rows[0]["chance"]) < 1 / 50


@pytest.mark.usefixtures("few_grids")
def test_a_figure_of_held_and_claimed_ground_blames_nobody(front, tmp_path, capsys):
    folder, profile = front
    path = claims_file(tmp_path, {"s": READINGS["statuses"]})
    _, (checked, *_), _ = verb(capsys, "check", path, folder, "--profile", profile)
    path = claims_file(
        tmp_path, {"s": READINGS["statuses"]}, value=round(float(checked["computed"]))
    )
    code, rows, told = verb(capsys, "explain", path, folder, "--profile", profile)
    assert (code, rows[0]["recipe"]) == (0, "equal-area; r")
    assert "there is nothing to explain" in told
    assert "added" not in told


def test_an_area_that_was_not_given_is_not_taken_for_the_whole(front, tmp_path, capsys):
    folder, profile = front
    path = claims_file(tmp_path, {"a": READINGS["in an area"], "b": READINGS["total"]})
    code, rows, told = verb(capsys, "explain", path, folder, "--profile", profile)
    assert code == 3
    assert {row["claim_id"] for row in rows} == {"b"}
    assert "a: not explained. The area 'box' that it is about was not given" in told


def test_an_actor_without_the_status_is_refused_as_check_does(front, tmp_path, capsys):
    folder, profile = front
    path = claims_file(tmp_path, {"a": (DAY, 'quantity = "total"\nby = ["ukraine (claimed)"]')})
    told = [
        verb(capsys, name, path, folder, "--profile", profile)[2] for name in ("check", "explain")
    ]
    assert "unknown actor 'ukraine (claimed)'" in told[0]
    assert told[0].split(": ", 2)[-1] == told[1].split(": ", 1)[-1]


@pytest.mark.usefixtures("few_grids")
def test_claims_about_one_day_are_measured_once(front, tmp_path, capsys, monkeypatch):
    from territory.explain import series_claims

    measured, recipes = [], []
    once, drawn = series_claims.measured_day, series_claims.DrawnDay.recipes
    monkeypatch.setattr(series_claims, "measured_day", lambda *a: measured.append(a[0]) or once(*a))
    monkeypatch.setattr(
        series_claims.DrawnDay, "recipes", lambda *a, **k: recipes.append(a) or drawn(*a, **k)
    )
    folder, profile = front
    many = {f"{name} {n}": READINGS[name] for n in range(20) for name in ("total", "total of both")}
    path = claims_file(tmp_path, many)
    code, rows, _ = verb(capsys, "explain", path, folder, "--profile", profile)
    assert code == 0
    assert len({row["claim_id"] for row in rows}) == 40
    assert measured == [date(2018, 2, 1)]
    assert len(recipes) == 2


@pytest.mark.usefixtures("few_grids")
def test_progress_is_told(front, tmp_path):
    from territory.explain.questions import explain_claims, read_claims
    from territory.job.spec import SeriesSpec

    folder, profile = front
    path = claims_file(tmp_path, READINGS)
    spec = SeriesSpec(profile=str(profile), path=str(folder))
    told = []
    explain_claims(read_claims(str(path)), spec, {}, progress=lambda *each: told.append(each))
    stages = dict.fromkeys(stage for stage, _, _ in told)
    assert {"reading and cutting the zones", "measuring in every way", "explaining claims"} <= {
        *stages
    }
    assert [done for stage, done, _ in told if stage == "explaining claims"] == [*range(1, 10)]


@pytest.mark.usefixtures("few_grids")
def test_overlaps_that_a_policy_settles_are_told_apart_from_the_zones_as_drawn(tmp_path, capsys):
    """On the cleaned map B has what A does not; as drawn it has the overlap too."""
    folder = tmp_path / "zones"
    written(folder, "2018-02-01", ("A", "held", box(36.0, 37.0)), ("B", "held", box(36.5, 38.0)))
    profile = tmp_path / "p.toml"
    profile.write_text('name = "p"\noverlap = "first"\npriority = ["A"]\n')
    path = claims_file(tmp_path, {"b": (DAY, 'quantity = "total"\nby = ["B"]')})
    words = [path, folder, "--profile", profile]
    _, (checked,), _ = verb(capsys, "check", *words)
    _, rows, _ = verb(capsys, "explain", *words, "--max-error-pct", 1e9)
    by_recipe = {row["recipe"]: float(row["computed"]) for row in rows}
    assert by_recipe["equal-area; B"] == pytest.approx(float(checked["computed"]), rel=1e-9)
    path = claims_file(
        tmp_path,
        {"b": (DAY, 'quantity = "total"\nby = ["B"]')},
        value=round(by_recipe["equal-area; B"] * 1.5 / 1.0),
    )
    _, rows, _ = verb(capsys, "explain", *words)
    drawn = next(row for row in rows if row["recipe"] == "equal-area; B; as drawn")
    assert float(drawn["computed"]) == pytest.approx(1.5 * float(checked["computed"]), rel=1e-6)


# ---- Days that are not sound -----------------------------------------------------------------


def series(folder, *, bad=(), days=12):
    """Write a front that moves a little every day; on a bad day half of the ground is missing."""
    for n in range(days):
        when = date(2018, 1, 1) + timedelta(n)
        front = 37.5 + 0.01 * n + 0.003 * (n % 3)
        west = 37.1 if n in bad else 36.6
        written(folder, when, ("a", "held", box(west, front)), ("b", "held", box(front, 38.5)))


def published(tmp_path, *, odd=(), factor=1.0, days=12):
    """Write what a ball as wide as the equator gives for the days, some of them otherwise."""
    south, north = np.sin(np.radians([35.2, 35.8]))
    lines = ["day,value"]
    for n in range(days):
        front = 37.5 + 0.01 * n + 0.003 * (n % 3)
        km2 = 6378.137**2 * np.radians(front - 36.6) * (north - south)
        km2 *= (1.013 + 0.002 * n) if n in odd else factor
        lines.append(f"{date(2018, 1, 1) + timedelta(n)},{km2:.4f}")
    path = tmp_path / "figures.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.usefixtures("few_grids")
def test_days_that_inspect_calls_errors_are_left_out_and_named(tmp_path, capsys):
    series(tmp_path / "z", bad=(5,))
    code, rows, _ = verb(capsys, "inspect", tmp_path / "z", "--profile", "zones")
    assert [row["day"] for row in rows if row["severity"] == "error"] == ["2018-01-06"]
    words = ["--published", published(tmp_path), "--profile", "zones"]
    code, rows, told = verb(capsys, "explain", tmp_path / "z", *words)
    assert code == 3
    assert rows[0]["recipe"] == "sphere-6378.137; a"
    assert (rows[0]["days"], rows[0]["odd_days"]) == ("11", "")
    assert "2018-01-06: left out, for its map is not sound" in told
    assert "is what one gets by measuring on a ball" in told


@pytest.mark.usefixtures("few_grids")
def test_figures_all_of_whose_days_are_bad_are_refused(tmp_path, capsys):
    series(tmp_path / "z", bad=(5,))
    path = tmp_path / "figures.csv"
    path.write_text("day,value\n2018-01-06,5000\n")
    words = ["--published", path, "--profile", "zones"]
    code, rows, told = verb(capsys, "explain", tmp_path / "z", *words)
    assert (code, rows) == (1, [])
    assert "no day that has a figure has a sound map" in told
    assert "2018-01-06" in told


@pytest.mark.usefixtures("few_grids")
def test_a_single_figure_of_a_bad_day_is_looked_at_and_told(tmp_path, capsys):
    series(tmp_path / "z", bad=(5,))
    words = ["--value", 5000, "--day", "2018-01-06", "--profile", "zones"]
    code, _, told = verb(capsys, "explain", tmp_path / "z", *words)
    assert code == 3
    assert "not used or not to be trusted" in told
    assert "2018-01-06" in told


@pytest.mark.usefixtures("few_grids")
@pytest.mark.parametrize("odd", [(), (3,), (1, 4, 8), (1, 3, 5, 7, 9)])
def test_as_many_odd_days_are_tolerated_as_their_chance_allows(tmp_path, capsys, odd):
    """Five of twelve days replaced later: the other seven agree to a square metre."""
    series(tmp_path / "z")
    words = ["--published", published(tmp_path, odd=odd), "--profile", "zones"]
    code, rows, told = verb(capsys, "explain", tmp_path / "z", *words)
    assert code == 0
    assert rows[0]["recipe"] == "sphere-6378.137; a"
    expected = [str(date(2018, 1, 1) + timedelta(n)) for n in odd]
    assert rows[0]["odd_days"].split() == expected
    assert f"on {12 - len(odd)} of 12 days" in told

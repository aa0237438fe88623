"""Every key that a file may hold changes what is found, or it is said here why it does not.

The keys are those of the models, so one that somebody adds must be put into `EFFECTS` with a
value that matters, stand in the tests that `SHOWN` names for its table, or in `WITHOUT`.
"""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
import shapely
from pydantic import BaseModel

from territory.claims.model import Claims
from territory.errors import TerritoryError
from territory.job.spec import Job
from territory.job.study import compute
from territory.read.profile import Profile
from territory.trace.legend_file import Legend

DAYS = ("2024-01-01", "2024-02-01", "2024-03-01")
TESTS = Path(__file__).parent


# ---- What is drawn ---------------------------------------------------------------------------


def feature(shape, **properties):
    return {"type": "Feature", "properties": properties, "geometry": shape.__geo_interface__}


def strip(west, east, **properties):
    """Return a strip of land between two meridians, in tenths of a degree from 37."""
    return feature(shapely.box(37 + west / 10, 48, 37 + east / 10, 48.5), **properties)


def front(east):
    """Return a line that ends a little before the southern rim of the ground."""
    return feature(shapely.LineString([(37 + east / 10, 48.02), (37 + east / 10, 48.6)]), n=east)


def twice_around():
    """Return a shell drawn over itself, whose area depends on the rule."""
    loop = [(0, 0), (4, 0), (4, 4), (2, 4), (2, 1), (3, 1), (3, 3), (0, 3), (0, 0)]
    ring = [(37 + x / 10, 48 + y / 10) for x, y in loop]
    return strip(0, 1, actor="A") | {"geometry": {"type": "Polygon", "coordinates": [ring]}}


def drawn(day, number):
    """Return the files of one day."""
    west = 2 + number
    a = {"actor": "A", "who": "C", "how": "held", "n": 1, "on": "2020-01-01"}
    b = {"actor": "B", "who": "B", "how": "claimed", "n": 2, "on": "2020-01-01"}
    both = [strip(0, west, **a), strip(west, 8, **b)]
    yield f"z_{day}.geojson", both
    yield f"over_{day}.geojson", [strip(0, 5, actor="A"), strip(4, 8, actor="B")]
    yield f"none_{day}.geojson", [strip(0, 5, actor="A"), strip(5, 8, actor=None)]
    yield f"bare_{day}.geojson", [strip(0, west, q=1)]
    yield f"f_{day}.geojson", [front(west)]
    yield f"two_{day}_a.geojson", [strip(0, west, actor="A")]
    yield f"two_{day}_b.geojson", [strip(west, 8, actor="B")]


def collections():
    """Return every file of polygons and lines, by name."""
    found = dict(pair for n, day in enumerate(DAYS) for pair in drawn(day, n))
    for hour in (6, 18):
        found[f"t_{DAYS[0]}_{hour:02}-00.geojson"] = [strip(0, hour / 6, actor="A")]
    span = {"since": "2024-01-01", "till": "2024-02-01"}
    return found | {
        "spans.geojson": [strip(0, 4, actor="A", **span), strip(4, 8, actor="B", since=DAYS[0])],
        "slash.geojson": [strip(0, 1 + n, actor="A", d=f"0{n}/02/2024") for n in (1, 2)],
        "inv_2024-01-01.geojson": [twice_around(), strip(5, 8, actor="B")],
        "ground.geojson": [strip(0, 8)],
        "units.geojson": [strip(n, n + 1, id=f"u{n}", code=f"c{n}") for n in range(4)],
    }  # fmt: skip


def tables():
    """Return every table, by name: units of three days, and places on a grid."""
    rows = [
        f"u{n},{day},{'AB'[n > k]},{'held' if n else 'claimed'},c{n},{'XY'[n > 1]},{k + 1}/2/2023"
        for k, day in enumerate(DAYS)
        for n in range(4)
    ]
    head = "unit,day,actor,status,code,who,slash\n"
    grid = [(f"P{n}", 37 + n % 4 / 10, 48 + n // 4 / 10) for n in range(12)]
    listed = [f"{key},{key},{y},{x},{'x' if key == 'P5' else 'y'}" for key, x, y in grid]
    starts = [f"P{n},{'ab'[n % 4 > 1]},marker,y" for n in range(12)]
    events = ["P2,2024-01-10,2024-01-20,b,a,reported,S", "P6,2024-02-01,2024-02-01,b,a,area,S"]
    panel = [
        f"P{n},{day},{'ab'[n % 4 > 1 + k]},{'cd'[n % 4 > k]},{k + 1}/3/2023"
        for k, day in enumerate(DAYS)
        for n in range(12)
    ]
    place, start = "place_id,name,lat,lon,source\n", "place_id,holder,evidence,source\n"
    event = "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n"
    slashes = "P2,10/01/2024,10/01/2024,b,a,reported,S"
    return {
        "holders.csv": head + "\n".join(rows),
        "later.csv": head + "\n".join(rows[:8]),
        "strange.csv": head + "\n".join([*rows, f"zz,{DAYS[0]},A,held,zz,X,1/2/2023"]),
        "places.csv": place + "\n".join(listed),
        "state_2024-01-01.csv": start + "\n".join(starts),
        "other_2024-01-01.csv": start + "\n".join(starts).replace("P3,b", "P3,a"),
        "events.csv": event + "\n".join(events),
        "fewer.csv": event + events[0],
        "slashes.csv": event + slashes,
        "more.csv": event + "P10,2024-02-01,2024-02-01,b,a,reported,S",
        "q.csv": place + "Q,Q,48.05,37.25,z",
        "q_state.csv": start + "P3,a,marker,y",
        "villages.csv": "place_id,name,lat,lon\n"
        + "\n".join(f"V{n},V{n},{48 + n // 8 / 20},{37 + n % 8 / 20}" for n in range(48)),
        "panel.csv": "place_id,day,holder,who,slash\n" + "\n".join(panel),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("keys")
    for name, features in collections().items():
        content = {"type": "FeatureCollection", "features": features}
        (found / name).write_text(json.dumps(content), encoding="utf-8")
    for name, text in tables().items():
        (found / name).write_text(f"{text}\n", encoding="utf-8")
    return found


# ---- A job with and without a key ------------------------------------------------------------

OFF = {"maps": {"enabled": False}, "report": {"enabled": False}}
MINE = {"name": "mine"}
BOX, EAST = [37, 48, 37.3, 48.4], [37.3, 48, 37.8, 48.5]


def zones(path="z_*.geojson", **series):
    return {"series": {"profile": "zones", "path": path, **series}, **OFF}


def places(**series):
    more = {"area": {"e": [36.9, 47.9, 37.5, 48.4]}, "uncertainty": {"draws": 3, "share": 0.5}}
    return {**zones("places.csv", profile="places", **series), **more}


def units(**series):
    return zones("units.geojson", profile="units", **{"holders": "holders.csv", **series})


def fronts(**series):
    cut = {"ground": "ground.geojson", "sides": {"west": "A", "east": "B"}, "reach_m": 5000}
    return zones("f_*.geojson", **{**cut, **series})


def own(path="z_*.geojson", **profile):
    """Return a job with a profile of its own, which stands beside it."""
    return {**zones(path, profile="mine.toml"), "profile": {**MINE, **profile}}


def toml(value):
    """Return a value as TOML has it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(k)} = {toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


def lines(values):
    return "\n".join(f"{key} = {toml(value)}" for key, value in values.items()) + "\n"


def found(folder, job):
    """Return all that a job finds."""
    parts = dict(job)
    if profile := parts.pop("profile", None):
        (folder / "mine.toml").write_text(lines(profile), encoding="utf-8")
    (folder / "job.toml").write_text(lines(parts), encoding="utf-8")
    results = compute(folder / "job.toml")
    series = [
        (each.name, each.looks, each.publisher, each.licence, each.ensemble.hour_utc,
         each.ensemble.error_source, [str(f) for f in each.findings])
        for each in results.loaded
    ]  # fmt: skip
    rows = results.areas, results.changes, results.verdicts, results.budget, results.quality
    titles = [results.titles(code) for code in ("en", "ar", "fr", "ru", "uk")]
    return repr((rows, series, titles))


def with_key(job, path, value):
    """Return a job with one more key, or another value of it."""
    if not path:
        return value
    first, *rest = path
    if isinstance(job, list):
        return [with_key(each, rest, value) if n == first else each for n, each in enumerate(job)]
    return {**job, first: with_key(job.get(first, {}), rest, value)}


# By table and key: the job, where the key goes, and a value that matters.
LINES = {
    **{"boundary_error_m": 100, "correlation_length_m": 100, "map_scale": 1e6},
    **{"georeference_error_m": 900, "bias_m": 300, "date_correlation": 0.9},
    "redraw_lag_days": 9,
}
TITLES = ("title", "title_ar", "title_fr", "title_ru", "title_uk")
BOXED = {**zones(), "area": {"w": {"bbox": BOX}}}
SCENARIO = places(scenario=[{"name": "s", "events": "more.csv"}])
RULES = [{"label": "A", "actor": "AA"}, {"label": "B", "actor": "BB"}]
REST = {"label": ".*", "actor": "Q"}
BOTH = ["units.geojson", "ground.geojson"]
UNIT = {**zones("units.geojson", profile="mine.toml"), "profile": {**MINE, "units": {}}}
EFFECTS = {
    "SeriesSpec": {
        **{key: (zones(), ("series", key), value) for key, value in LINES.items()},
        "name": (zones(), ("series", "name"), "n"),
        "path": (zones(), ("series", "path"), ["z_2024-01-01.geojson", "z_2024-02-01.geojson"]),
        "profile": (own(label_properties=["who"]), ("series", "profile"), "zones"),
        "state": (places(), ("series", "state"), "other_2024-01-01.csv"),
        "events": (places(), ("series", "events"), "fewer.csv"),
        "first_day": (places(), ("series", "first_day"), "2024-01-15"),
        "until": (places(), ("series", "until"), "2024-01-25"),
        "gazetteer": (places(), ("series", "gazetteer"), "villages.csv"),
        "evidence": (places(), ("series", "evidence"), ["reported", "area"]),
        "scenario": (places(), ("series", "scenario"), [{"name": "s", "events": "more.csv"}]),
        "extent": (zones(), ("series", "extent"), BOX),
        "holders": (units(), ("series", "holders"), "later.csv"),
        "unit_field": (units(id_field="code", unit_field="code"), ("series", "unit_field"), "unit"),
        "id_field": (units(), ("series", "id_field"), "code"),
        "day": (zones("z_2024-01-01.geojson"), ("series", "day"), "2023-01-01"),
        "actor_field": (zones(), ("series", "actor_field"), "who"),
        "day_field": (zones("z_2024-01-01.geojson"), ("series", "day_field"), "on"),
        "day_format": (
            zones("slash.geojson", day_field="d", day_format="DD/MM/YYYY"),
            ("series", "day_format"),
            "MM/DD/YYYY",
        ),
        "status_field": (zones(), ("series", "status_field"), "how"),
        "actor": (zones("bare_*.geojson", actor="A"), ("series", "actor"), "X"),
        "until_field": (
            own("spans.geojson", day={"properties": ["since"], "until_properties": []}),
            ("series",),
            {"path": "spans.geojson", "day_field": "since", "until_field": "till"},
        ),
        "overlap": (zones("over_*", overlap="contested"), ("series", "overlap"), "first"),
        "priority": (zones("over_*", overlap="first"), ("series", "priority"), ["B"]),
        "repair": (zones("inv_*", repair="winding"), ("series", "repair"), "even-odd"),
        "doubt_percent": (zones("inv_*", doubt_percent=50), ("series", "doubt_percent"), 0.1),
        "unnamed": (zones("none_*", unnamed="U"), ("series", "unnamed"), "drop"),
        "where": (zones(), ("series", "where"), "n = 1"),
        "ground": (fronts(), ("series", "ground"), "37,48,37.9,48.5"),
        "sides": (fronts(), ("series", "sides"), {"west": "B", "east": "A"}),
        "reach_m": (fronts(), ("series", "reach_m"), 1),
        "cut": (
            own("t_*", several="last", day={"file_name": r"(?P<year>\d{4})-(?P<month>\d\d)-"
                r"(?P<day>\d\d)_(?P<hour>\d\d)-(?P<minute>\d\d)"}),
            ("series", "cut"),
            "12:00",
        ),
        "actors": (zones(), ("series", "actors"), {"A": {"colour": "red"}}),
        "remainder": (
            zones(remainder="R", remainder_area="37,48,37.9,48.5"),
            ("series", "remainder"),
            "S",
        ),
        "remainder_area": (
            zones(remainder="R", remainder_area="37,48,37.9,48.5"),
            ("series", "remainder_area"),
            "37,48,37.9,48.6",
        ),
    },
    "Scenario": {
        "name": (SCENARIO, ("series", "scenario", 0, "name"), "t"),
        "family": (SCENARIO, ("series", "scenario", 0, "family"), "f"),
        "without": (SCENARIO, ("series", "scenario", 0, "without"), {"source": ["x"]}),
        "events": (SCENARIO, ("series", "scenario", 0, "events"), "fewer.csv"),
    },
    "AreaBox": {
        "bbox": (BOXED, ("area", "w", "bbox"), EAST),
        **{key: (BOXED, ("area", "w", key), "T") for key in TITLES},
    },
    "LabelRule": {
        key: (own(rule=RULES), ("profile", "rule", 0, key), value)
        for key, value in {"label": "C|A", "actor": "Q", "status": "claimed", "since": DAYS[1],
                           "until": DAYS[1], "drop": True}.items()
        if key not in ("label", "drop")
    }
    | {
        "label": (own(rule=[*RULES, REST]), ("profile", "rule", 0, "label"), "C"),
        "drop": (own(rule=RULES), ("profile", "rule", 0), {"label": "A", "drop": True}),
    },
    "UnitRule": {
        "id_fields": (UNIT, ("profile", "units", "id_fields"), ["code"]),
        "unit_fields": (UNIT, ("profile", "units", "unit_fields"), ["code"]),
        "day_fields": (UNIT, ("profile", "units", "day_fields"), ["slash"]),
        "actor_fields": (UNIT, ("profile", "units", "actor_fields"), ["who"]),
        "status_fields": (UNIT, ("profile", "units", "status_fields"), ["nonesuch"]),
        "holders": (UNIT, ("profile", "units", "holders"), "later*"),
        "polygons": (
            {**UNIT, "series": {"profile": "mine.toml", "path": BOTH}},
            ("profile", "units", "polygons"),
            "units*",
        ),
        "without_polygon": (
            {**UNIT, "profile": {**MINE, "units": {"holders": "strange*"}}},
            ("profile", "units", "without_polygon"),
            "leave-out",
        ),
    },

}  # fmt: skip

# Elsewhere: by table, the tests that show what its other keys do.
SHOWN = {
    "ActorLook": ("actor_looks",),
    "AreaFile": ("rim", "regions", "job", "extent", "uncertainty", "read"),
    "Claim": ("claims", "words", "caveats", "standards", "unit_counts"),
    "Claims": ("claims",),
    "ClaimsSpec": ("job",),
    "Companion": ("claims", "words", "unit_counts"),
    "BesideSpec": ("report",),
    "DayRule": ("profiles", "spans", "day_cut", "idle_keys", "days_read"),
    "DaysSpec": ("job_keys",),
    "ExportSpec": ("job",),
    "Job": ("job", "job_keys", "extent", "watch", "population"),
    "Legend": ("trace", "image", "fuzz", "standards"),
    "MapsSpec": ("job_keys", "maps_kinds", "context", "job"),
    "Marks": ("profiles",),
    "PopulationSpec": ("population",),
    "Profile": ("profiles", "idle_keys", "job_keys", "remainder", "chosen_features", "trace"),
    "Reading": ("claims", "drawn"),
    "RegionsSpec": ("regions", "rim", "region_tables"),
    "ReportSpec": ("report", "job_keys", "explain_readings"),
    "Scenario": ("places",),
    "UncertaintySpec": ("uncertainty", "job", "claims", "idle_keys"),
    "WatchSpec": ("watch",),
    "Zone": ("trace",),
}
ALIKE = {f"title_{code}": "title_ar" for code in ("fr", "ru", "uk")}  # one piece of code for all

# What changes nothing, and why.
WITHOUT = {
    ("Profile", "name"): "messages call it so",
    ("Profile", "about"): "a note for who reads the profile",
}


def models(model, known):
    """Return a model and all that stand below it, by name."""
    if model.__name__ not in known:
        known[model.__name__] = model
        for field in model.model_fields.values():
            waiting = [field.annotation]
            while waiting:
                each = waiting.pop()
                waiting += get_args(each)
                if isinstance(each, type) and issubclass(each, BaseModel):
                    models(each, known)
    return known


def keys():
    """Return every key, by the table it stands in."""
    known = {}
    for root in (Job, Claims, Profile, Legend):
        models(root, known)
    return {
        (name, field.alias or key)
        for name, model in known.items()
        for key, field in model.model_fields.items()
    }


CASES = [(table, key) for table, cases in EFFECTS.items() for key in cases]
OTHERS = sorted(keys() - {*CASES} - {*WITHOUT})


@pytest.mark.parametrize(("table", "key"), OTHERS)
def test_of_every_key_it_is_said_where_its_effect_is_shown(table, key):
    texts = ((TESTS / f"test_{name}.py").read_text(encoding="utf-8") for name in SHOWN[table])
    assert any(re.search(rf"\b{ALIKE.get(key, key)}\b", text) for text in texts)


@pytest.mark.parametrize(("table", "key"), CASES)
def test_a_key_changes_what_is_found(folder, plain, table, key):
    job, path, value = EFFECTS[table][key]
    assert answer(folder, with_key(job, path, value)) != plain(job)


@pytest.fixture(scope="module")
def plain(folder):
    """Return what is found without a key, which is worked out once for each job."""
    known = {}

    def of(job):
        text = json.dumps(job)
        known[text] = known.get(text) or answer(folder, job)
        return known[text]

    return of


def answer(folder, job):
    """Return what a job finds, or why it is refused."""
    try:
        return found(folder, job)
    except TerritoryError as error:
        return str(error)

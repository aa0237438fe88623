"""No argument of the front door does nothing in silence: it changes the result, or is refused.

The arguments are those that Python itself names. A new one needs a call in which it matters, in
`MATTERS`, or the test that holds it, in `ELSEWHERE`.
"""

import inspect
import io
import warnings
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import matplotlib.figure
import pandas as pd
import pytest
import shapely
from test_api import history as drawn_history
from test_api import oblasts

import territory as tt
from territory.api import plot, verbs
from territory.errors import TerritoryError

TESTS = Path(__file__).parent
FIRST, LAST = "2025-11-01", "2025-12-01"
WEST, EAST = (37.0, 48.0, 37.12, 48.1), (37.12, 48.0, 37.3, 48.1)

# ---- What is asked ---------------------------------------------------------------------------


def strips(*cuts, south=48.0, north=48.1):
    """Return boxes side by side."""
    return [shapely.box(a, south, b, north) for a, b in pairwise(cuts)]


def zones(**columns):
    """Return the zones of A and B on three days: A takes ground from B."""
    shapes = [*strips(37, 37.1, 37.3), *strips(37, 37.15, 37.3), *strips(37, 37.2, 37.3)]
    days = ["2025-11-01", "2025-11-15", "2025-12-01"]
    values = {
        "actor": ["A", "B"] * 3,
        "side": ["SA", "SB"] * 3,
        "day": [each for each in days for _ in "AB"],
        "odd": [f"{each[8:]}/{each[5:7]}/{each[:4]}" for each in days for _ in "AB"],
        "firm": ["held", "claimed"] * 3,
        "earlier": [f"2024{each[4:]}" for each in days for _ in "AB"],
        "time": [f"{each}T23:00:00Z" for each in days for _ in "AB"],
    }
    return gpd.GeoDataFrame({**values, **columns}, geometry=shapes, crs=4326)


def overlapping():
    """Return zones of A and B that have some ground in common."""
    shapes = [shapely.box(37, 48, 37.2, 48.1), shapely.box(37.1, 48, 37.3, 48.1)]
    return gpd.GeoDataFrame({"actor": ["A", "B"]}, geometry=shapes, crs=4326)


def twisted():
    """Return a zone that overlaps itself, of which readings differ, beside a sound one."""
    loop = [(0, 0), (4, 0), (4, 4), (2, 4), (2, 1), (3, 1), (3, 3), (0, 3), (0, 0)]
    shapes = [
        shapely.Polygon([(37 + x / 50, 48 + y / 50) for x, y in loop]),
        shapely.box(37.1, 48, 37.3, 48.1),
    ]
    return gpd.GeoDataFrame({"actor": ["A", "B"]}, geometry=shapes, crs=4326)


def of_frame(frame=None, **options):
    frame = zones() if frame is None else frame
    known = {"day": "day"} if "day" in frame else {"day": FIRST}
    return tt.History.from_geodataframe(frame, **{**known, **options})


def spans():
    """Return zones that hold from one day to another."""
    ends = {"begin": [FIRST] * 2 + [LAST] * 2, "end": ["2025-11-20"] * 2 + ["2025-12-20"] * 2}
    frame = zones().drop(columns=["day", "earlier", "time", "odd"])
    return frame.iloc[[0, 1, 4, 5]].assign(**ends)


def of_units(**options):
    shapes = strips(37, 37.1, 37.2, 37.3)
    names = {"id": ["0", "1", "2"], "code": ["2", "1", "0"]}
    districts = gpd.GeoDataFrame(names, geometry=shapes, crs=4326)
    table = pd.DataFrame(
        {
            "unit": list("012") * 2,
            "code": list("210") * 2,
            "day": [FIRST] * 3 + [LAST] * 3,
            "when": ["2025-10-01"] * 3 + ["2025-12-24"] * 3,
            "odd": ["01/11/2025"] * 3 + ["01/12/2025"] * 3,
            "actor": list("ABBAAB"),
            "side": list("XYYXXY"),
            "status": ["held"] * 6,
            "firm": ["claimed"] * 6,
        }
    )
    return tt.History.from_coverage(districts, table, **options)


PLACES = pd.DataFrame(
    {
        "place_id": [f"p{n}" for n in range(12)],
        "lon": [37 + n % 4 / 10 for n in range(12)],
        "lat": [48 + n // 4 / 10 + n % 3 / 70 for n in range(12)],
        "holder": ["a", "a", "b", "b"] * 3,
    }
)
EVENTS = pd.DataFrame(
    {
        "place_id": ["p2", "p6"],
        "day": ["2025-11-10", "2025-11-20"],
        "from_actor": "b",
        "to_actor": "a",
        "evidence": "claim",
    }
)
VILLAGES = pd.DataFrame(
    {
        "pcode": [f"g{n}" for n in range(60)],
        "lon": [37.01 + n % 10 / 33 for n in range(60)],
        "lat": [48.01 + n // 10 / 33 for n in range(60)],
    }
)


def of_places(events=EVENTS, **options):
    return tt.History.from_places(PLACES, events, **options)


def of_fronts(**options):
    lines = gpd.GeoDataFrame(
        {
            "when": [FIRST, LAST],
            "odd": ["01/11/2025", "01/12/2025"],
            "earlier": ["2024-11-20", "2024-12-20"],
            "time": [f"{FIRST}T23:00:00Z", f"{LAST}T23:00:00Z"],
            "left": "B",
            "right": "A",
        },
        geometry=[shapely.LineString([(x, 48.001), (x, 48.2)]) for x in (37.1, 37.2)],
        crs=4326,
    )
    ground = options.pop("ground", (37, 48, 37.3, 48.1))
    if "start" in options:
        lines = lines.rename(columns={"when": "begin"}).drop(columns=["earlier", "time", "odd"])
        lines = lines.assign(end=["2025-11-20", "2025-12-20"])
    known = {} if "start" in options else {"day": "when"}
    return tt.History.from_front_lines(lines, ground, **{**known, "reach_m": 500, **options})


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write the zones of `zones` into a file of each sort that `read` is asked for."""
    root = tmp_path_factory.mktemp("files")
    zones().to_file(root / "a.geojson", driver="GeoJSON")
    spans().to_file(root / "spans.geojson", driver="GeoJSON")
    zones().drop(columns=["day"]).to_file(root / "timed.geojson", driver="GeoJSON")
    (root / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    (root / "more.toml").write_text(CLAIMS.replace("= 500", "= 900"), encoding="utf-8")
    return root


CLAIMS = """[[claim]]
id = "a"
text = "t"
publisher = "p"
published = 2025-12-02
value = 500
unit = "km2"
period = [2025-11-01, 2025-12-01]
reading = [{ name = "A", quantity = "gained", by = ["A"] }]
"""


def ask(name, *values, **options):
    """Ask the history of the frame a question."""
    return lambda _: getattr(of_frame(), name)(*values, **options)


def made(make, **options):
    return lambda _: make(**options)


def read(file, *values, **options):
    return lambda folder: tt.read(folder / file, *values, **options)


CLAIM = {"value": 500, "quantity": "gained", "by": "A", "period": (FIRST, LAST)}


def judged(**options):
    """Judge a claim on the frame."""
    values = {**CLAIM, **options}
    return lambda _: of_frame().judge(tt.Claim(**values))


def claimed(**options):
    """Return a claim itself: what it says of whose it is shows nowhere else."""
    return lambda _: tt.Claim(**{**CLAIM, **options})


def picture(kind="day", *values, **options):
    def call(folder):
        place = options.get("out")
        known = {**options, "out": folder / place} if place else options
        found = getattr(plot, kind)(of_frame(), *values, **known)
        if place:
            return Path(known["out"]).read_bytes()
        return found

    return call


REGIONS = oblasts()
LINES = {
    "boundary_error_m": (100, 900),
    "correlation_length_m": (9000, 500),
    "map_scale": (0, 500_000),
    "georeference_error_m": (0, 700),
    "bias_m": (0, 800),
    "date_correlation": (0.1, 0.9),
    "redraw_lag_days": (0, 9),
}


def of_lines(name, make, *names):
    """Return how each of what is said of the lines matters."""
    given = {"boundary_error_m": 100, "correlation_length_m": 9000}
    return {
        (name, each): (made(make, **{**given, each: a}), made(make, **{**given, each: b}))
        for each, (a, b) in LINES.items()
        if each in (names or LINES)
    }


def asked(name, base, **options):
    """Return how options of a question matter, beside what is asked anyway."""
    return {
        (f"History.{name}", each): (ask(name, **base), ask(name, **{**base, each: value}))
        for each, value in options.items()
    }


REGIONAL = {"regions": REGIONS}
PERIOD = {"start": FIRST, "end": LAST}
CODED = {"regions": oblasts(name=["West", "East"], code=["W", "E"])}
# By argument: a call, and the same with another value of it.
MATTERS = {
    **asked("areas", {}, days=LAST, aoi=WEST, regions=REGIONS),
    **asked("areas", CODED, regions_name="code"),
    **asked("areas", REGIONAL, rim_error_m=900),
    **asked("changes", {"end": LAST}, start="2025-11-15", aoi=WEST, regions=REGIONS),
    **asked("changes", {"start": FIRST}, end="2025-11-15"),
    **asked("changes", CODED, regions_name="code"),
    **asked("changes", REGIONAL, rim_error_m=900),
    **asked("components", {"end": LAST}, start="2025-11-15", aoi=WEST, regions=REGIONS),
    **asked("components", {"start": FIRST}, end="2025-11-15"),
    **asked("components", CODED, regions_name="code"),
    **asked("front", {"actor": "A"}, day=FIRST, aoi=WEST, actor="B"),
    **asked("net", {"actor": "A", **PERIOD}, actor="B", start="2025-11-15", end="2025-11-15"),
    **asked("net", {"actor": "A", "by": "region", **REGIONAL}, by="", rim_error_m=900),
    **asked("net", {"actor": "A", "by": "region", **CODED}, regions_name="code"),
    **asked("net", {"actor": "A", "by": "region", **REGIONAL}, regions=REGIONS.iloc[:1]),
    **asked("net", {"actor": "A"}, aoi=WEST, status="claimed"),
    **asked("transfers", {"end": LAST}, start="2025-11-15", aoi=WEST),
    **asked("transfers", {"start": FIRST}, end="2025-11-15"),
    **asked("zones", {}, day=FIRST, aoi=WEST),
    **asked("zones", {"aoi": (36.9, 48, 37.3, 48.1)}, nobody=True),
    **asked("judge", {"claim": tt.Claim(**CLAIM)}, claim=tt.Claim(**{**CLAIM, "by": "B"})),
    **asked("judge", {"claim": tt.Claim(**CLAIM)}, aoi=(37, 48, 37.12, 48.1)),
    **asked("judge", {"claim": tt.Claim(**CLAIM), "aoi": REGIONS.iloc[:1]}, rim_error_m=900),
    **asked("judge", {"claim": tt.Claim(**CLAIM)}, others=drawn_history()),
    **asked("within", {"area": WEST}, area=EAST),
    **asked("within", {"area": REGIONS.iloc[:1]}, rim_error_m=900),
    **{
        ("History.from_geodataframe", each): (made(of_frame), made(of_frame, **{each: value}))
        for each, value in {
            "actor": "side",
            "status": "firm",
            "first_day": "2025-11-10",
            "last_day": "2025-11-20",
            "remainder": "R",
        }.items()
    },
    ("History.from_geodataframe", "gdf"): (made(of_frame), made(of_frame, frame=zones()[:4])),
    ("History.from_geodataframe", "day"): (made(of_frame), made(of_frame, day="earlier")),
    ("History.from_geodataframe", "start"): (
        made(of_frame, frame=spans(), day="", start="begin", end="end"),
        made(of_frame, frame=spans(), day="", start="end", end="end"),
    ),
    ("History.from_geodataframe", "end"): (
        made(of_frame, frame=spans(), day="", start="begin"),
        made(of_frame, frame=spans(), day="", start="begin", end="end"),
    ),
    ("History.from_geodataframe", "overlap"): (
        lambda _: of_frame(overlapping()),
        lambda _: of_frame(overlapping(), overlap="contested"),
    ),
    ("History.from_geodataframe", "priority"): (
        lambda _: of_frame(overlapping(), overlap="first", priority=["A", "B"]),
        lambda _: of_frame(overlapping(), overlap="first", priority=["B", "A"]),
    ),
    ("History.from_geodataframe", "repair"): (
        lambda _: of_frame(twisted()),
        lambda _: of_frame(twisted(), repair="winding"),
    ),
    ("History.from_geodataframe", "doubt_percent"): (
        lambda _: of_frame(twisted()),
        lambda _: of_frame(twisted(), doubt_percent=90),
    ),
    ("History.from_geodataframe", "unnamed"): (
        lambda _: of_frame(zones(actor=["A", None] * 3)),
        lambda _: of_frame(zones(actor=["A", None] * 3), unnamed="Q"),
    ),
    ("History.from_geodataframe", "remainder_area"): (
        made(of_frame, remainder="R", remainder_area=(36.9, 47.9, 37.4, 48.2)),
        made(of_frame, remainder="R", remainder_area=(36.8, 47.9, 37.4, 48.2)),
    ),
    ("History.from_geodataframe", "day_format"): (
        made(of_frame, day="odd"),
        made(of_frame, day="odd", day_format="MM/DD/YYYY"),
    ),
    ("History.from_geodataframe", "utc_offset_hours"): (
        made(of_frame, day="time", utc_offset_hours=0),
        made(of_frame, day="time", utc_offset_hours=3),
    ),
    **of_lines("History.from_geodataframe", of_frame),
    **{
        ("History.from_coverage", each): (made(of_units), made(of_units, **{each: value}))
        for each, value in {
            "id": "code",
            "unit": "code",
            "day": "when",
            "actor": "side",
            "status": "firm",
        }.items()
    },
    ("History.from_coverage", "day_format"): (
        made(of_units, day="odd"),
        made(of_units, day="odd", day_format="MM/DD/YYYY"),
    ),
    **of_lines("History.from_coverage", of_units, "boundary_error_m", "correlation_length_m"),
    ("History.from_places", "events"): (made(of_places), made(of_places, events=EVENTS[:1])),
    **{
        ("History.from_places", each): (made(of_places), made(of_places, **{each: value}))
        for each, value in {
            "extent": (36.9, 47.9, 37.4, 48.3),
            "gazetteer": VILLAGES,
            "first_day": "2025-11-01",
            "last_day": "2025-12-24",
        }.items()
    },
    **{
        ("History.from_front_lines", each): (made(of_fronts), made(of_fronts, **{each: value}))
        for each, value in {
            "ground": (37, 48, 37.4, 48.1),
            "sides": "west=X,east=Y",
            "day": "earlier",
            "reach_m": 1,
            "first_day": "2025-11-10",
            "last_day": "2025-11-20",
        }.items()
    },
    ("History.from_front_lines", "start"): (
        made(of_fronts, start="begin", end="end"),
        made(of_fronts, start="end", end="end"),
    ),
    ("History.from_front_lines", "end"): (
        made(of_fronts, start="begin"),
        made(of_fronts, start="begin", end="end"),
    ),
    ("History.from_front_lines", "day_format"): (
        made(of_fronts, day="odd"),
        made(of_fronts, day="odd", day_format="MM/DD/YYYY"),
    ),
    ("History.from_front_lines", "utc_offset_hours"): (
        made(of_fronts, day="time", utc_offset_hours=0),
        made(of_fronts, day="time", utc_offset_hours=3),
    ),
    **of_lines("History.from_front_lines", of_fronts),
    **{
        ("Claim", each): (judged(), judged(**{each: value}))
        for each, value in {
            "value": 5,
            "words": "over",
            "precision": "over",
            "unit": "ha",
            "quantity": "total",
            "by": "B",
            "from_": "A",
            "status": "claimed",
            "period": (FIRST, "2025-11-15"),
            "day": FIRST,
            "area": "west",
            "id": "other",
        }.items()
    },
    ("Claim", "to"): (
        judged(quantity="lost", by="B"),
        judged(quantity="lost", by="B", to="Q"),
    ),
    ("Claim", "reading"): (
        judged(quantity="", by=(), reading=[{"name": "x", "quantity": "gained", "by": ["A"]}]),
        judged(quantity="", by=(), reading=[{"name": "x", "quantity": "gained", "by": ["B"]}]),
    ),
    ("Claim", "text"): (claimed(), claimed(text="other")),
    ("Claim", "publisher"): (claimed(), claimed(publisher="Q")),
    ("Claim", "published"): (claimed(), claimed(published="2025-12-03")),
    ("Claim.from_file", "path"): (
        lambda folder: tt.Claim.from_file(folder / "claims.toml"),
        lambda folder: tt.Claim.from_file(folder / "more.toml"),
    ),
    ("Estimate.beside", "published"): (
        lambda _: tt.Estimate(5, 4, 6).beside(5),
        lambda _: tt.Estimate(5, 4, 6).beside(5.25),
    ),
    **{
        ("read", each): (read("a.geojson"), read("a.geojson", **{each: value}))
        for each, value in {
            "profile": "deepstate-daily",
            "actor": "side",
            "holder": "Z",
            "day": "2025-11-15",
            "status": "firm",
            "extent": WEST,
            "first_day": "2025-11-10",
            "last_day": "2025-11-20",
        }.items()
    },
    ("read", "paths"): (read("a.geojson"), read("timed.geojson", day=FIRST)),
    ("read", "start"): (
        read("spans.geojson", start="begin", end="end"),
        read("spans.geojson", start="end", end="end"),
    ),
    ("read", "end"): (
        read("spans.geojson", start="begin"),
        read("spans.geojson", start="begin", end="end"),
    ),
    ("read", "utc_offset_hours"): (
        read("timed.geojson", day="time", utc_offset_hours=0),
        read("timed.geojson", day="time", utc_offset_hours=3),
    ),
    ("compare", "one"): (
        lambda _: tt.compare(of_frame(), drawn_history(), FIRST),
        lambda _: tt.compare(of_frame(boundary_error_m=50, actor="side"), drawn_history(), FIRST),
    ),
    ("compare", "other"): (
        lambda _: tt.compare(of_frame(), drawn_history(), FIRST),
        lambda _: tt.compare(of_frame(), of_frame(actor="side"), FIRST),
    ),
    ("compare", "day"): (
        lambda _: tt.compare(of_frame(), drawn_history()),
        lambda _: tt.compare(of_frame(), drawn_history(), FIRST),
    ),
    ("compare", "aoi"): (
        lambda _: tt.compare(of_frame(), drawn_history()),
        lambda _: tt.compare(of_frame(), drawn_history(), aoi=WEST),
    ),
    **{
        ("explain", each): (
            lambda _: tt.explain(82, of_frame(), FIRST, by="A"),
            lambda _, changed={each: value}: tt.explain(
                **{"figure": 82, "history": of_frame(), "day": FIRST, "by": "A", **changed}
            ),
        )
        for each, value in {
            "figure": 100,
            "day": LAST,
            "by": "B",
            "words": "roughly",
            "unit": "ha",
        }.items()
    },
    **{
        ("explain", "history"): (
            lambda _: tt.explain(82, of_frame(), FIRST, by="A"),
            lambda _: tt.explain(82, of_frame(zones()[2:]), "2025-11-15", by="A"),
        )
    },
    **{
        (f"plot.{kind}", each): (picture(kind), picture(kind, **{each: value}))
        for kind, options in {
            "before_after": {"start": "2025-11-15", "end": "2025-11-15"},
            "changes": {"start": "2025-11-15", "end": "2025-11-15"},
            "transfers": {"start": "2025-11-15", "end": "2025-11-15"},
            "day": {"day": FIRST},
            "held_since": {"day": FIRST},
            "uncertainty": {"day": FIRST},
            "front": {"days": [FIRST], "actor": "A"},
            "multiples": {"days": [FIRST], "actor": "A"},
        }.items()
        for each, value in options.items()
    },
    **{
        ("plot", each): (picture("day"), picture("day", **{each: value}))
        for each, value in {
            "colours": {"A": "#123456"},
            "title": "TT",
            "subtitle": "SS",
            "source": "QQ",
            "aoi": WEST,
            "language": "fr",
        }.items()
    },
    ("plot", "out"): (picture("day"), picture("day", out="m.svg")),
    ("plot", "dpi"): (picture("day", out="m.png"), picture("day", out="m.png", dpi=60)),
}
_OF_RUN = ("job", "out", "options")
# Which test holds the others.
ELSEWHERE = {
    "test_api.py": {
        *(("run", each) for each in _OF_RUN),
        *(("History.to_file", each) for each in ("path", "crs")),
        ("Claim", "more"),
        *(("History.from_coverage", each) for each in ("districts", "holders")),
        ("History.from_places", "places"),
    },
    "test_front_lines.py": {("History.from_front_lines", "lines")},
    "test_every_key.py": {("read", "settings")},  # keys of a series
    "test_calibrate.py": {("calibrate", each) for each in ("histories", "side", "within_days")},
    "test_uncertainty.py": {("BoundaryError", each) for each in LINES},
}
PLAIN = {"Estimate", "Verdict", "History"}  # are not made by hand, or are what is put in


# ---- What the front door takes ---------------------------------------------------------------


def callables():
    """Yield the name and the function of all that may be called."""
    for name in {*tt.__all__} - {"__version__", "TerritoryError", "TerritoryWarning", "plot"}:
        found = getattr(verbs, name, None) or getattr(tt, name)
        if not (inspect.isclass(found) and name in PLAIN):
            yield name, found
        if inspect.isclass(found):
            own = ((n, m) for n, m in inspect.getmembers(found) if not n.startswith("_"))
            yield from ((f"{name}.{n}", m) for n, m in own if callable(m))
    for name, found in inspect.getmembers(plot, inspect.isfunction):
        if found.__module__ == plot.__name__ and not name.startswith("_"):
            yield f"plot.{name}", found


def arguments():
    """Return all arguments, by the name of the function."""
    every = {("plot", each) for each in plot.Look.__annotations__}
    for name, found in callables():
        parameters = inspect.signature(found).parameters
        every |= {(name, each) for each in parameters}
    return {(n, a) for n, a in every if a not in {"self", "look"}} - {
        (n, "history") for n, _ in callables() if n.startswith("plot.")
    }


def test_every_argument_of_every_function_is_looked_at():
    elsewhere = set().union(*ELSEWHERE.values())
    assert arguments() == {*MATTERS} | elsewhere
    assert not {*MATTERS} & elsewhere
    for file, named in ELSEWHERE.items():
        text = (TESTS / file).read_text(encoding="utf-8")
        assert not [each for name, _ in named if (each := name.rpartition(".")[2]) not in text]


# ---- What it says ----------------------------------------------------------------------------


def printed(found):
    """Return all that an answer says, as text or bytes."""
    if isinstance(found, tt.History):
        parts = [found.areas(), found.changes() if len(found.days) > 1 else "", found.findings]
        return [printed(each) for each in parts]
    if isinstance(found, tt.Claim):
        return repr(vars(found))
    if isinstance(found, tt.Verdict):
        return [str(found), printed(found.frame), found.verdict, repr(found.computed)]
    if isinstance(found, matplotlib.figure.Figure):
        place = io.BytesIO()
        found.savefig(place, format="rgba", dpi=50)
        return place.getvalue()
    if isinstance(found, pd.DataFrame):
        return found.to_csv() + str(getattr(found, "crs", ""))
    return getattr(found, "frame", found).to_csv() if hasattr(found, "frame") else repr(found)


def outcome(call, folder):
    """Return what a call says, or why it is refused."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            said = printed(call(folder))
        except (TerritoryError, TypeError) as error:
            said = f"{type(error).__name__}: {error}"
    return said, sorted(
        str(each.message) for each in caught if each.category is tt.TerritoryWarning
    )


@pytest.mark.parametrize(("function", "argument"), MATTERS)
def test_an_argument_matters_or_is_refused(files, function, argument):
    plain, changed = (outcome(call, files) for call in MATTERS[function, argument])
    assert plain != changed
    assert not str(plain[0]).startswith("TypeError")

"""The whole way, from files to verdicts: a small job drawn by hand, and the founding case."""

import csv
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import geopandas as gpd
import orjson
import pytest
import shapely
from squares import write_two_boxes

from territory.claims.rows import VERDICT_COLUMNS
from territory.cli import _code
from territory.errors import JobError, TerritoryError
from territory.holders import Holder
from territory.job.study import compute
from territory.measure.rows import AREA_COLUMNS, CHANGE_COLUMNS, QUALITY_COLUMNS
from territory.measure.tables import area_estimates
from territory.publish.report.method import method
from territory.run import run

FOUNDING = "aa-2018-02-05-3035"

SMALL = {
    # Four places on a square; the two in the east change hands.
    #   P1 | P2
    #   P3 | P4
    "places.csv": "place_id,name,lat,lon\nP1,=1+1,35.9,37.0\nP2,<b>,35.9,37.2\n"
    "P3,Three,35.7,37.0\nP4,Four,35.7,37.2\n",
    "state_2018-01-01.csv": "place_id,holder,evidence\nP1,a,marker\nP2,a,marker\n"
    "P3,a,marker\nP4,b,marker\n",
    "events.csv": "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n"
    "P2,2018-01-10,2018-01-20,a,b,reported,Agency\n"
    "P4,2018-01-12,2018-01-12,b,a,area,Agency\n",
    "claims.toml": """[[claim]]
id = "half"
text = "b took two fifths"
publisher = "Agency"
published = 2018-02-01
value = 500
unit = "km2"
precision = "roughly"
period = [2018-01-01, 2018-01-31]
[[claim.reading]]
name = "b from a"
quantity = "gained"
by = ["b"]
from = ["a"]
area = "box"
""",
    "job.toml": """title = "Small"
[series]
profile = "places"
path = "places.csv"
until = 2018-01-31
evidence = ["reported", "area"]
[area]
box = [36.9, 35.6, 37.3, 36.0]
[days]
select = ["2018-01-01", "2018-01-31"]
[claims]
file = "claims.toml"
[uncertainty]
draws = 5
share = 0.5
[export]
zones = ["2018-01-31"]
""",
}


@pytest.fixture
def small(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_titles_of_areas_are_for_readers_and_names_for_tables(small):
    """Only the words that a reader sees change; every figure and every key stays."""
    out = small / "out"
    run(small / "job.toml", out)
    plain = {each.name: each.read_bytes() for each in out.glob("*.csv")}
    page = (out / "page.html").read_text(encoding="utf-8")
    assert "<td>Box" not in page and '"en":"Box"' in page
    job = (small / "job.toml").read_text(encoding="utf-8")
    titled = "box = { bbox = [36.9, 35.6, 37.3, 36.0], title = 'The bend of the river' }"
    job = job.replace("box = [36.9, 35.6, 37.3, 36.0]", titled)
    (small / "job.toml").write_text(job, encoding="utf-8")
    run(small / "job.toml", out)
    report = (out / "report.html").read_text(encoding="utf-8")
    page = (out / "page.html").read_text(encoding="utf-8")

    assert {each.name: each.read_bytes() for each in out.glob("*.csv")} == plain
    assert "inside the area “The bend of the river”" in report
    assert "The bend of the river, square kilometres" in report
    assert "The bend of the river, 1 January 2018 to 31 January 2018: km²" in report
    assert "“Box”" not in report
    assert '"en":"The bend of the river"' in page and '"en":"Box"' not in page


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_zones_are_written_of_no_other_days_than_are_reported(small):
    job = small / "job.toml"
    text = job.read_text(encoding="utf-8")
    job.write_text(text.replace('zones = ["2018-01-31"]', 'zones = ["2018-01-15"]'), "utf-8")
    with pytest.raises(JobError, match=r"export\.zones names 2018-01-15, which days\.select"):
        run(job, small / "out")
    assert not (small / "out").exists()


def test_the_crs_of_a_job_is_that_of_its_spells(small):
    job = small / "job.toml"
    job.write_text(job.read_text(encoding="utf-8") + 'crs = "equal-area"\n', encoding="utf-8")
    run(job, small / "out")
    plane = orjson.loads((small / "out" / "run.json").read_bytes())["crs"]
    for found in (
        gpd.read_file(small / "out" / "history.gpkg", layer="spells"),
        gpd.read_parquet(small / "out" / "history.parquet"),
    ):
        assert found.crs == plane
        assert found.area.sum() / 1e6 == pytest.approx(found.km2.sum(), rel=1e-9)
    (zone,) = (small / "out" / "zones").iterdir()
    assert gpd.read_file(zone).total_bounds[0] > 36  # degrees still


def test_a_small_job_writes_everything(small):
    out = small / "out"
    run(small / "job.toml", out)
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {
        "areas.csv",
        "changes.csv",
        "claims/half.jsonld",
        "history.gpkg",
        "history.parquet",
        "maps/2018-01-01.png",
        "maps/2018-01-31.png",
        "maps/before_after.png",
        "maps/transfers.png",
        "quality.csv",
        "report.html",
        "run.json",
        "verdicts.csv",
        "zones/2018-01-31.geojson",
    } <= written
    assert "zones/2018-01-01.geojson" not in written
    assert not [name for name in written if name.endswith(".svg")]  # nobody asked for one
    for name, columns in (
        ("areas.csv", AREA_COLUMNS),
        ("changes.csv", CHANGE_COLUMNS),
        ("verdicts.csv", VERDICT_COLUMNS),
        ("quality.csv", QUALITY_COLUMNS),
    ):
        header = (out / name).read_text(encoding="utf-8").splitlines()[0]
        assert header == ",".join(columns)
    # The east of the box: each place has a quarter, to the curvature of the parallels.
    held = {(r["day"], r["actor"]): float(r["km2"]) for r in rows(out / "areas.csv")}
    total = held["2018-01-01", "a"] + held["2018-01-01", "b"]
    assert held["2018-01-01", "b"] == pytest.approx(total / 4, rel=0.01)
    moved = {(r["from_actor"], r["to_actor"]): float(r["km2"]) for r in rows(out / "changes.csv")}
    assert sum(moved.values()) == pytest.approx(total, rel=1e-9)
    assert moved["a", "b"] == pytest.approx(total / 4, rel=0.01)
    record = orjson.loads((out / "run.json").read_bytes())
    assert set(record["outputs"]) == written - {"run.json"}
    assert "places.csv" in record["inputs"]


def test_two_runs_are_the_same_to_the_byte(small, monkeypatch):
    run(small / "job.toml", small / "one", workers=1)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(small)
    run(Path("job.toml"), Path("two"), workers=2)
    files = sorted(p.relative_to(small / "one") for p in (small / "one").rglob("*") if p.is_file())
    for name in files:
        assert (small / "one" / name).read_bytes() == (small / "two" / name).read_bytes(), name


def test_an_unchanged_job_is_not_run_again(small):
    out = small / "out"
    assert not run(small / "job.toml", out).was_current
    assert run(small / "job.toml", out).was_current
    (out / "areas.csv").write_text("edited", encoding="utf-8")
    assert not run(small / "job.toml", out).was_current
    text = (small / "events.csv").read_text(encoding="utf-8")
    (small / "events.csv").write_text(text.replace("2018-01-12", "2018-01-13"), encoding="utf-8")
    assert not run(small / "job.toml", out).was_current


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("places.csv", "lat", "latitude", "places.csv, line 1: no column 'lat'"),
        ("events.csv", "P4,2018-01-12", "P9,2018-01-12", "events.csv, line 3: unknown place 'P9'"),
        ("events.csv", "b,a,area", "a,b,area", "events.csv, line 3: place P4 was held by 'b'"),
        ("events.csv", "2018-01-20,a", "2018-01-02,a", "events.csv, line 2: the dates run back"),
        (
            "events.csv",
            "2018-01-20,a",
            "20.20.2018,a",
            "line 2: '20.20.2018' in 'date_latest' is not a day",
        ),
        ("claims.toml", '"km2"', '"leagues"', "claims.toml, line 7: unknown unit 'leagues'"),
        ("claims.toml", '"gained"', '"gainde"', "claims.toml, line 12: unknown quantity 'gainde'"),
        ("claims.toml", '["b"]', '["bb"]', "unknown actor 'bb'"),
        ("job.toml", "[uncertainty]", "[uncertanty]", "unknown key 'uncertanty'; did you mean"),
        ("job.toml", '"2018-01-31"]', '"2018-02-31"]', "job.toml"),
        ("job.toml", "[claims]", "[claims", "job.toml, line 11: not TOML"),
    ],
)
def test_bad_input_is_one_clear_message(small, capsys, file, old, new, message):
    text = (small / file).read_text(encoding="utf-8")
    assert old in text
    (small / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(TerritoryError) as caught:
        run(small / "job.toml", small / "out")
    assert message in str(caught.value)
    assert _code(["run", str(small / "job.toml"), "--out", str(small / "out")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert [p.name for p in small.iterdir() if p.name.endswith("out") or "out-" in p.name] == []


def test_a_failed_run_leaves_the_last_one(small, monkeypatch):
    out = small / "out"
    run(small / "job.toml", out)
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}

    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("territory.publish.results.render", interrupted)
    assert _code(["run", str(small / "job.toml"), "--out", str(out), "--force"]) == 130
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert sorted(p.name for p in small.iterdir() if p.is_dir()) == ["out"]


def test_hostile_names_stay_text(small):
    text = (small / "claims.toml").read_text(encoding="utf-8")
    text = text.replace("b took two fifths", "<script>alert(1)</script>")
    (small / "claims.toml").write_text(text, encoding="utf-8")
    (small / "places.csv").write_text(
        SMALL["places.csv"].replace("35.9,37.0", "36.5,37.0"), encoding="utf-8"
    )
    run(small / "job.toml", small / "out")
    assert "<script>alert" not in (small / "out" / "report.html").read_text(encoding="utf-8")
    assert any("=1+1" in row["detail"] for row in rows(small / "out" / "quality.csv"))


def test_without_maps_and_report(small):
    text = (small / "job.toml").read_text(encoding="utf-8")
    (small / "job.toml").write_text(
        text + "[maps]\nenabled = false\n[report]\nenabled = false\n", encoding="utf-8"
    )
    run(small / "job.toml", small / "out")
    assert not (small / "out" / "maps").exists()
    assert not (small / "out" / "report.html").exists()


# ---- The command line ---------------------------------------------------------------------


def test_areas_change_and_check_print_tables(small, capsys):
    place = str(small / "places.csv")
    box = "36.9,35.6,37.3,36.0"
    common = [place, "--profile", "places", "--area", box]
    assert _code(["areas", *common, "--days", "2018-01-01,2018-01-20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "day,actor,status,km2,low,high,drawn_low,drawn_high"
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["2018-01-01", "a", "held"],
        ["2018-01-01", "b", "held"],
        ["2018-01-20", "a", "held"],
        ["2018-01-20", "b", "held"],
    ]
    assert _code(["change", *common, "--from", "2018-01-01", "--to", "2018-01-20", "--json"]) == 0
    found = orjson.loads(capsys.readouterr().out)
    assert list(found[0]) == sorted(CHANGE_COLUMNS[2:])
    assert found[0]["drawn_low"] is None  # nobody drew zones around places
    assert {(r["from_actor"], r["to_actor"]) for r in found} == {
        ("a", "a"),
        ("a", "b"),
        ("b", "a"),
    }


def test_villages_of_a_gazetteer_are_counted(small, capsys):
    """Beside the places or named by the job: V1 follows P2, which fell, and V2 to V4 others."""
    (small / "villages.csv").write_text(
        "pcode,name,lat,lon\nP1,One,35.9,37\nP2,Two,35.9,37.2\nP3,Three,35.7,37\n"
        "P4,Four,35.7,37.2\nV1,Five,35.92,37.22\nV2,Six,35.72,37.22\nV3,Seven,35.92,36.98\n"
        "V4,Eight,35.72,36.98\n",
        encoding="utf-8",
    )
    text = (small / "claims.toml").read_text(encoding="utf-8")
    text = text.replace("value = 500", "value = 2").replace('"km2"', '"places"')
    text = text.replace("2018-01-31]", "2018-01-20]")
    (small / "claims.toml").write_text(text + 'lower_bound = "short"\n', encoding="utf-8")
    job = (small / "job.toml").read_text(encoding="utf-8")
    job = job.replace("[area]", 'gazetteer = "villages.csv"\n[area]')
    (small / "job.toml").write_text(job, encoding="utf-8")
    found = compute(small / "job.toml")
    (verdict,) = found.verdicts
    assert (verdict["computed"], verdict["verdict"]) == (2, "consistent")
    told = dict(method(found.loaded[0]))["Villages"]
    assert "a list of all villages: 8 of them lie in the ground covered" in told
    record = {row["kind"]: row["detail"] for row in found.quality}
    assert record["known-shares"].startswith("50.0 % of the gazetteer's villages are known")
    (small / "villages.csv").rename(small / "gazetteer.csv")
    call = ["check", str(small / "claims.toml"), str(small / "places.csv"), "--profile", "places"]
    assert _code([*call, "--area", "box=36.9,35.6,37.3,36.0", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)[0]["computed"] == 2
    (small / "gazetteer.csv").unlink()
    assert _code(["run", str(small / "job.toml"), "--out", str(small / "out")]) == 1
    assert "villages.csv" in capsys.readouterr().err


def test_check_judges_claims(small, capsys):
    claims = small / "claims.toml"
    text = claims.read_text(encoding="utf-8").replace("2018-01-31]", "2018-01-20]")
    claims.write_text(text, encoding="utf-8")
    arguments = ["check", str(claims), str(small / "places.csv"), "--profile", "places"]
    assert _code([*arguments, "--area", "36.9,35.6,37.3,36.0"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == ",".join(VERDICT_COLUMNS)
    assert printed.out.splitlines()[1].startswith("half,b from a,km2,500,450,550,")
    assert "500 km2" in printed.err
    assert _code(arguments) == 3  # the claims name an area that nobody gave
    assert "give the area 'box' as --area box=W,S,E,N" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["frobnicate"], 2, "No such command"),
        (["run"], 2, "Missing argument"),
        (["run", "nowhere.toml"], 1, "nowhere.toml: no such file"),
        (["areas", "x.csv", "--profile", "plaices"], 1, "did you mean 'places'?"),
        (["areas", "nowhere.geojson", "--profile", "zones"], 1, "nowhere.geojson"),
        (["areas", "x.csv", "--profile", "places", "--area", "5,4,3,2"], 1, "is no box"),
        (["areas", "x.csv", "--profile", "places", "--days", "soon"], 1, "'soon' is not a day"),
        (
            ["change", "x", "--profile", "places", "--from", "2018-02-01", "--to", "2018-01-01"],
            1,
            "must come before",
        ),
    ],
)
def test_wrong_calls(arguments, code, message, capsys):
    assert _code(arguments) == code
    assert message in capsys.readouterr().err


def test_help_and_version(capsys):
    for arguments in (["--help"], ["run", "--help"], ["--version"]):
        assert _code(arguments) == 0
    assert "territory 0." in capsys.readouterr().out


def test_the_module_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "territory", "areas", "nowhere", "--profile", "zones"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


# ---- The founding case -------------------------------------------------------------------


@pytest.fixture(scope="module")
def idlib(repo, tmp_path_factory):
    """The founding case with few draws and no pictures: the figures do not depend on either."""
    folder = tmp_path_factory.mktemp("data") / "idlib-2018"
    shutil.copytree(repo / "data", folder.parent, dirs_exist_ok=True)
    text = (folder / "job.toml").read_text(encoding="utf-8").replace("draws = 200", "draws = 20")
    (folder / "job.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def founding(idlib):
    return compute(idlib / "job.toml", workers=2)


def test_the_founding_claim(founding):
    """Figures from another computation: cells of scipy and events replayed in a loop."""
    computed = {r["reading"]: r["computed"] for r in founding.verdicts if r["claim_id"] == FOUNDING}
    assert computed["regime only, whole countryside"] == pytest.approx(2700.308, abs=0.001)
    assert computed["regime and Daesh, whole countryside"] == pytest.approx(3523.257, abs=0.001)
    assert computed["regime and Daesh, Idlib governorate"] < 1000
    since = {
        name.replace(" since 22 October", ""): value
        for name, value in computed.items()
        if "October" in name
    }
    assert since["regime only, whole countryside"] == pytest.approx(3068.217, abs=0.001)
    assert since["regime and Daesh, whole countryside"] == pytest.approx(3891.166, abs=0.001)
    assert (len(computed), len(since)) == (12, 6)


def test_the_first_coding_alone_gives_the_figures_it_always_gave(founding):
    """Before there was a second coding, an independent computation found these two."""
    first = founding.loaded[0].ensemble.scenarios["who coded: the first coder alone"]
    days = (date(2017, 11, 5), date(2018, 2, 5))
    giver, *takers = (frozenset({Holder(a)}) for a in ("opposition", "government", "isis"))
    lost = first.holding(days[0], giver)
    gained = [first.km2(lost & first.holding(days[1], each), "campaign") for each in takers]
    assert gained[0] == pytest.approx(2577.527, abs=0.001)
    assert sum(gained) == pytest.approx(3279.990, abs=0.001)


def test_who_coded_is_one_line_of_the_budget(founding):
    lines = [
        row["component"]
        for row in founding.budget
        if (row["claim_id"], row["reading"]) == (FOUNDING, "regime only, whole countryside")
    ]
    assert lines.count("who coded") == 1
    assert lines.count("the hour of the map") == 1
    assert lines.count("ten doubtful markers opposition-held at the start") == 1


def test_every_matrix_adds_up_to_its_area(founding):
    base = founding.loaded[0].ensemble.base
    for area in base.area_names:
        total = base.area_m2[base.mask(area)].sum() / 1e6
        asked = base.requested_m2[base.stands_for_all if area == "all" else area]
        assert total == pytest.approx(asked / 1e6, rel=1e-9)
        sums = {}
        for row in founding.changes:
            if row["area"] == area:
                key = row["from_day"], row["to_day"]
                sums[key] = sums.get(key, 0.0) + row["km2"]
        assert sums
        assert list(sums.values()) == pytest.approx([total] * len(sums), rel=1e-9)


def test_dated_polygons_reach_the_same_figures(founding, idlib):
    zones = compute(idlib / "zones.toml")
    for table, keys in (
        ("areas", ("area", "day", "actor", "status")),
        ("changes", ("area", "from_day", "to_day", "from_actor", "to_actor")),
    ):
        one, other = (
            {tuple(row[key] for key in keys): row["km2"] for row in getattr(result, table)}
            for result in (founding, zones)
        )
        assert other == pytest.approx(one, rel=1e-6, abs=1e-4)  # 100 m2 of a small transfer


def test_the_zones_in_the_repository_are_what_the_job_writes(founding, repo):
    from territory.publish.export.carried import on_earth
    from territory.publish.export.daily_geojson import zone_collection

    carried = on_earth(founding.loaded[0].ensemble.base)
    for day in founding.loaded[0].days:
        kept = orjson.loads((repo / "data/idlib-2018/zones" / f"{day}.geojson").read_bytes())
        made = orjson.loads(zone_collection(carried, day))
        for one, other in zip(kept["features"], made["features"], strict=True):
            assert one["properties"] == other["properties"]
            shapes = [shapely.from_geojson(orjson.dumps(f["geometry"])) for f in (one, other)]
            # to a tenth of a millimetre: another build of PROJ may round the last digit apart
            assert shapely.hausdorff_distance(*shapes) < 2e-9


def test_geodesic_area_is_checked_in_every_run(founding):
    checks = [row for row in founding.quality if row["kind"] == "geodesic-check"]
    assert len(checks) == 4
    assert {row["severity"] for row in checks} == {"info"}


def test_scenarios_and_their_range(founding):
    (row,) = (
        r
        for r in founding.verdicts
        if r["claim_id"] == FOUNDING and r["reading"] == "regime only, whole countryside"
    )
    assert row["range_low"] < row["computed"] < row["range_high"]
    names = set(founding.loaded[0].ensemble.scenarios)
    assert len(names) == 63  # 3 datings x 3 evidence x 7 tables, less the base, and from noon
    assert "ten doubtful markers opposition-held at the start" in names


def test_what_cannot_be_answered_says_why(founding):
    open_ones = [row for row in founding.verdicts if row["verdict"] == "not checkable"]
    assert open_ones
    assert all(row["reason"] for row in open_ones)


def test_villages_are_counted_on_the_list_of_the_gazetteer(founding):
    rows = {row["claim_id"]: row for row in founding.verdicts if row["unit"] == "places"}
    villages = rows["aa-2018-02-05-100-villages"]
    assert (villages["computed"], villages["verdict"]) == (69, "inconsistent")
    assert villages["low"] < 69 < villages["high"]
    assert "the list of all villages does not bear it out" in villages["reason"]
    checkable = [row for row in rows.values() if row["verdict"] != "not checkable"]
    assert len(checkable) == 5  # the sixth names neither a period nor an area


def test_a_scenario_with_other_places_has_cells_of_its_own(tmp_path):
    """As many places, all known, but one elsewhere: half the ground is no longer half."""
    files = {
        "places.csv": "place_id,name,lat,lon,by\nP,p,36,37.1,me\nQ,q,36,37.3,you\n",
        "state_2018-01-01.csv": "place_id,holder,evidence\nP,a,x\nQ,b,x\n",
        "events.csv": "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n",
        "more.csv": "place_id,name,lat,lon,holder,evidence\nS,s,36,37.4,b,x\n",
        "job.toml": """[series]
profile = "places"
path = "places.csv"
[[series.scenario]]
family = "who coded"
name = "me"
without = { by = ["you"] }
places = "more.csv"
state = "more.csv"
[area]
box = [37.0, 35.9, 37.4, 36.1]
[uncertainty]
draws = 2
share = 0.5
""",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    ensemble = compute(tmp_path / "job.toml").loaded[0].ensemble
    day, a = ensemble.base.days[0], frozenset({Holder("a")})
    other = ensemble.scenarios["who coded: me"]
    shares = [
        each.km2(each.holding(day, a)) / each.area_m2.sum() * 1e6 for each in (ensemble.base, other)
    ]
    assert shares == pytest.approx([0.5, 0.625], abs=1e-3)  # the line moves from 37.2 to 37.25


def test_a_job_says_how_late_maps_are_redrawn(tmp_path):
    write_two_boxes(tmp_path)
    job = tmp_path / "job.toml"
    lines = "\n[uncertainty]\nboundary_error_m = 1\n"
    found = []
    for late in ("", "redraw_lag_days = 1.5\n"):
        job.write_text('[series]\nprofile = "zones"\npath = "*.geojson"\n' + lines + late)
        ensemble = compute(job).loaded[0].ensemble
        found.append(area_estimates(ensemble, ensemble.base.days[0], "all")[Holder("A")])
    exact, late = found
    assert late.high - late.value > 2 * (exact.high - exact.value)
    assert (late.drawn_low, late.drawn_high) == (exact.drawn_low, exact.drawn_high)

"""The verbs for drawn series, on boxes of one degree: inspect, convert, compare; profiles."""

import json
from datetime import date

import orjson
import pytest
import shapely

from territory.cli import _code
from territory.errors import InputError
from territory.read.moments import moment_of
from territory.read.profile import Profile, read_profile
from territory.read.profiles import built_in
from territory.read.zones import read_series


def drawn(folder, day, *zones, name="zones"):
    """Write one GeoJSON file of (actor, west, east) zones, one degree high."""
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor},
            "geometry": json.loads(shapely.to_geojson(shapely.box(west, 35, east, 36))),
        }
        for actor, west, east in zones
    ]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}_{day}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def zones(tmp_path):
    folder = tmp_path / "zones"
    drawn(folder, "2018-01-01", ("a", 37.0, 37.4), ("b", 37.4, 38.0))
    drawn(folder, "2018-01-02", ("a", 37.0, 37.6), ("b", 37.6, 38.0))
    drawn(folder, "2018-01-04", ("a", 37.0, 37.7), ("b", 37.7, 38.0))
    return folder


def table(text):
    return [line.split(",") for line in text.splitlines()]


def test_inspect_lists_findings_and_sums_up(zones, capsys):
    assert _code(["inspect", str(zones), "--profile", "zones"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "day,kind,severity,km2,detail"
    assert "3 days from 2018-01-01 to 2018-01-04; held by a, b" in printed.err
    assert "0 error" in printed.err


def test_a_file_that_cannot_be_used_is_listed_and_the_rest_goes_on(zones, capsys):
    (zones / "zones_2018-01-03.geojson").write_text('{"type": "FeatureCollection", "feat')
    assert _code(["areas", str(zones), "--profile", "zones"]) == 3
    printed = capsys.readouterr()
    assert {row[0] for row in table(printed.out)[1:]} == {"2018-01-01", "2018-01-02", "2018-01-04"}
    assert "zones_2018-01-03.geojson, line 1: not JSON" in printed.err
    assert _code(["inspect", str(zones), "--profile", "zones"]) == 3
    rows = capsys.readouterr().out
    assert "2018-01-03,refused,error" in rows


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "kml", "kmz", ""])
def test_what_convert_writes_reads_back_the_same(zones, tmp_path, capsys, suffix):
    target = tmp_path / (f"series.{suffix}" if suffix else "series")
    assert _code(["convert", str(zones), "--profile", "zones", "--out", str(target)]) == 0
    capsys.readouterr()
    figures = []
    for source, profile in ((zones, "zones"), (target, "spells" if suffix else "zones")):
        assert _code(["areas", str(source), "--profile", profile, "--json"]) == 0
        areas = orjson.loads(capsys.readouterr().out)
        days = ["--from", "2018-01-01", "--to", "2018-01-04"]
        assert _code(["change", str(source), "--profile", profile, *days, "--json"]) == 0
        changes = orjson.loads(capsys.readouterr().out)
        figures.append(
            {
                **{(r["day"], r["actor"]): r["km2"] for r in areas},
                **{(r["from_actor"], r["to_actor"]): r["km2"] for r in changes},
            }
        )
    close = 1e-9 if suffix in {"gpkg", "parquet"} else 1e-6
    assert figures[1] == pytest.approx(figures[0], rel=close)


def test_compare_counts_where_two_publishers_differ(zones, tmp_path, capsys):
    other = tmp_path / "other"
    drawn(other, "2018-01-02", ("a", 37.0, 37.5), ("b", 37.5, 38.0), name="other")
    picture = tmp_path / "map.png"
    arguments = ["compare", str(zones), str(other), "--profile", "zones", "--profile-b", "zones"]
    assert _code([*arguments, "--out", str(picture), "--json"]) == 0
    printed = capsys.readouterr()
    found = {(r["actor_a"], r["actor_b"]): r["km2"] for r in orjson.loads(printed.out)}
    assert set(found) == {("a", "a"), ("a", "b"), ("b", "b")}
    assert found["a", "b"] == pytest.approx(sum(found.values()) / 10, rel=1e-6)
    assert "agree on 90.0 % of the 10,066 km2 that both speak of" in printed.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert _code([*arguments, "--day", "2018-01-03"]) == 1
    assert "nearest days" in capsys.readouterr().err
    drawn(other, "2018-01-04", ("a", 37.0, 37.5), name="bad")
    (other / "bad_2018-01-04.geojson").write_text("{")
    assert _code(arguments) == 0  # another day than the one compared
    assert "2018-01-04" not in capsys.readouterr().err
    assert _code(["areas", str(other), "--profile", "zones"]) == 3


def test_an_area_without_a_name_is_cut_and_filled_with_nobody(zones, capsys):
    box = "37.2,35,38.2,36"
    assert _code(["areas", str(zones), "--profile", "zones", "--area", box, "--json"]) == 0
    rows = orjson.loads(capsys.readouterr().out)
    held = {row["actor"]: row["km2"] for row in rows if row["day"] == "2018-01-01"}
    degree = sum(held.values())
    assert degree == pytest.approx(10_066.275, abs=0.01)
    shares = {actor: km2 / degree for actor, km2 in held.items()}
    assert shares == pytest.approx({"a": 0.2, "b": 0.6, "nobody": 0.2}, rel=1e-6)


# ---- Profiles ------------------------------------------------------------------------------


def test_built_in_profiles_are_all_there():
    assert set(built_in()) == {
        *("deepstate-daily", "deepstate-named", "deepstate-raw", "deepstate-unified"),
        *("isw", "isw-layers", "nzz", "owl", "spells", "zones"),
        *("cshapes", "historical-basemaps", "openhistoricalmap"),
        *("units", "viina"),
    }
    for name in built_in():
        assert read_profile(name).name == name
    with pytest.raises(InputError, match="did you mean 'owl'"):
        read_profile("owll")


def test_a_profile_of_ones_own(tmp_path, zones):
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nlabel_properties = ["actor"]\n'
        '[[rule]]\nlabel = "A"\nactor = "alpha"\nuntil = 2018-01-01\n'
        '[[rule]]\nlabel = "a"\nactor = "beta"\n'
        '[[rule]]\nlabel = "b"\ndrop = true\n'
    )
    found = read_series((str(zones),), read_profile(str(path)))
    assert [[h.actor for h in raw.holders] for raw in found.raws] == [["alpha"], ["beta"], ["beta"]]
    (left_out, *_) = found.raws[0].findings
    assert (left_out.kind, left_out.day) == ("left-out", date(2018, 1, 1))
    assert left_out.km2 == pytest.approx(0.6 * 10_066.3, rel=1e-4)


def test_an_unknown_label_is_refused_with_its_area(tmp_path, zones):
    profile = Profile(name="p", rule=({"label": "a", "actor": "a"},))
    with pytest.raises(InputError, match=r"does not know 'b' on 1 features, 6,0\d\d km2"):
        read_series((str(zones),), profile)


def test_several_files_for_one_day(zones):
    drawn(zones, "2018-01-01", ("c", 37.0, 37.1), name="later")
    profile = read_profile("zones")
    merged = read_series((str(zones),), profile.model_copy(update={"several": "merge"}))
    assert sorted(h.actor for h in merged.raws[0].holders) == ["a", "b", "c"]
    last = read_series((str(zones),), profile.model_copy(update={"several": "last"}))
    assert sorted(h.actor for h in last.raws[0].holders) == ["a", "b"]
    assert [f.kind for f in last.findings] == ["several-snapshots"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2022-04-01", date(2022, 4, 1)),
        ("2022-04-01T23:59:59Z", date(2022, 4, 1)),
        (1_648_771_200, date(2022, 4, 1)),
        (1_648_771_200_000, date(2022, 4, 1)),
        ("1.4.2022", date(2022, 4, 1)),
        ("1/4/2022", None),
        (True, None),
        (None, None),
    ],
)
def test_days_of_properties(value, day):
    assert (moment.first if (moment := moment_of(value)) else None) == day

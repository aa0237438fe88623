"""The command line as such: what it answers at once, and what its help knows by heart."""

import csv
import json
import subprocess
import sys
from io import StringIO

import pytest
import shapely
from typer.testing import CliRunner

from territory.cli import VERBS, _code, app, options
from territory.plans import KINDS
from territory.read.profile import built_in

SLOW = ("geopandas", "matplotlib", "numpy", "pandas", "pyproj", "rasterio", "shapely")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["map", "--help"]])
def test_help_and_version_load_no_library_that_reads_or_draws(arguments):
    program = (
        "import sys\nfrom territory.cli import _code\n"
        f"code = _code({arguments!r})\n"
        f"print(code, [name for name in {SLOW!r} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert ran.stdout.splitlines()[-1] == "0 []", ran.stderr


def test_the_help_names_every_profile_and_every_kind_of_picture():
    assert {*options.PROFILES} == {*built_in(), "places", "units"}
    assert options.KINDS == KINDS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb):
    ran = CliRunner().invoke(app, [verb, "--help"])
    assert ran.exit_code == 0
    assert (VERBS[verb].__doc__ or "-").split(":")[0].split()[0] in ran.output


def test_what_the_package_offers_is_loaded_when_asked_for():
    import territory

    assert all(getattr(territory, name) is not None for name in territory.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = territory.nothing


# ---- Intervals -------------------------------------------------------------------------------

CLAIM = """
[[claim]]
id = "half"
text = "t"
publisher = "p"
published = 2024-01-10
value = 50
unit = "percent"
day = 2024-01-01
reading = [{ name = "A", quantity = "share", by = ["A"] }]
"""
ASSUMED = "no boundary error stated: 500 m assumed, correlated over 2,000 m; state it with "


@pytest.fixture
def folder(tmp_path):
    """Two boxes side by side; on the later day A has both."""
    for day, holders in (("2024-01-01", "AB"), ("2024-01-03", "AA")):
        features = [
            {"type": "Feature", "properties": {"actor": actor}, "geometry": box.__geo_interface__}
            for actor, box in zip(
                holders,
                (shapely.box(37, 48, 37.5, 48.5), shapely.box(37.5, 48, 38, 48.5)),
                strict=True,
            )
        ]
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (tmp_path / f"z_{day}.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "claims.toml").write_text(CLAIM, encoding="utf-8")
    (tmp_path / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "*.geojson"\n', encoding="utf-8"
    )
    return tmp_path


def verbs(folder):
    """Return calls of the verbs that print intervals, on the same zones."""
    zones, read = str(folder / "*.geojson"), ["--profile", "zones"]
    two = [str(folder / "z_2024-01-01.geojson"), str(folder / "z_2024-01-01.geojson")]
    return {
        "areas": ["areas", zones, *read],
        "change": ["change", zones, *read, "--from", "2024-01-01", "--to", "2024-01-03"],
        "check": ["check", str(folder / "claims.toml"), zones, *read],
        "compare": ["compare", *two, *read, "--profile-b", "zones"],
        "map": ["map", zones, *read, "--to", str(folder / "map.png"), "--dpi", "50"],
        "page": ["page", zones, *read, "--to", str(folder / "page.html")],
    }


@pytest.mark.parametrize("verb", ["areas", "change", "check", "compare", "map", "page"])
def test_an_error_that_is_only_assumed_is_told_once(folder, capsys, verb):
    call = verbs(folder)[verb]
    assert _code(call) == 0
    assert capsys.readouterr().err.count(f"{ASSUMED}--boundary-error-m METRES") == 1
    assert _code([*call, "--boundary-error-m", "100"]) == 0
    assert ASSUMED not in capsys.readouterr().err


def test_intervals_follow_the_error_that_is_stated(folder, capsys):
    def width(*options):
        assert _code([*verbs(folder)["areas"], *options]) == 0
        rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
        return float(rows[0]["high"]) - float(rows[0]["low"])

    assert width("--boundary-error-m", "500") == pytest.approx(width(), abs=1e-5)
    assert width("--boundary-error-m", "1000") == pytest.approx(2 * width(), rel=1e-4)
    assert width("--boundary-error-m", "500", "--correlation-length-m", "500") < 0.6 * width()
    assert width("--boundary-error-m", "0") == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--boundary-error-m", "inf"], "--boundary-error-m: inf is no length"),
        (["--correlation-length-m", "0"], "--correlation-length-m: 0 is no length"),
    ],
)
def test_an_error_that_is_no_length_is_refused(folder, capsys, options, message):
    assert _code([*verbs(folder)["areas"], *options]) == 1
    assert message in capsys.readouterr().err
    for bad in ("-1", "nan"):
        assert _code([*verbs(folder)["areas"], "--boundary-error-m", bad]) == 2


@pytest.mark.parametrize("verb", ["map", "page"])
def test_a_job_states_its_own_error(folder, capsys, verb):
    to = folder / ("x.png" if verb == "map" else "x.html")
    call = [verb, str(folder / "job.toml"), "--to", str(to)]
    assert _code([*call, "--boundary-error-m", "0"]) == 1
    assert "for files" in capsys.readouterr().err
    assert _code(call) == 0
    assert f"{ASSUMED}boundary_error_m in the job" in capsys.readouterr().err

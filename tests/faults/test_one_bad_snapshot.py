"""One snapshot among hundreds that cannot be used.

Fault: the download of one day was cut off, left nothing, is a page of the web that says sorry,
or holds no number where one belongs. Right end: exit 3, the file named, every other day measured
as without it; with ``--strict`` exit 1, the file named, nothing written.
"""

import csv
from io import StringIO

import pytest
from fault_calls import BARE, in_a_fork, needs_linux, write_job, zones

pytestmark = needs_linux
DAYS = 200
BAD = "z_2024-06-15.geojson"
FAULTS = {
    "cut off": zones(("A", 37, 38))[:-20],
    "empty": "",
    "a page": "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    "no number": zones(("A", 37, 38)).replace("48.5", "NaN"),
}

RARE = ("empty", "a page", "no number")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hundreds")
    write_job(folder, days=DAYS, settings=BARE)
    return folder


@pytest.fixture
def bad(desk):
    """Return the file of one day, which is what it was afterwards."""
    path = desk / BAD
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def rows(text):
    return [row for row in csv.DictReader(StringIO(text)) if row["day"] != "2024-06-15"]


@pytest.fixture(scope="module")
def whole(desk):
    return in_a_fork("areas", "z_*.geojson", "--profile", "zones", cwd=desk)


@pytest.mark.parametrize(
    "fault", ["cut off", *(pytest.param(each, marks=pytest.mark.long_form) for each in RARE)]
)
def test_a_verb_measures_the_others_and_names_it(fault, desk, bad, whole):
    bad.write_text(FAULTS[fault], encoding="utf-8")
    done = in_a_fork("areas", "z_*.geojson", "--profile", "zones", cwd=desk)
    assert done.code == 3
    assert BAD in done.err
    assert "2024-06-15" not in done.out
    assert rows(done.out) == rows(whole.out)
    assert len({row["day"] for row in rows(done.out)}) == DAYS - 1


def test_a_run_lists_it_and_strict_stops(desk, bad, tmp_path):
    bad.write_text(FAULTS["cut off"], encoding="utf-8")
    strict = in_a_fork("run", "job.toml", "--strict", "--out", tmp_path / "out", cwd=desk)
    assert strict.code == 1
    assert BAD in strict.line
    assert not (tmp_path / "out").exists()
    assert [*tmp_path.iterdir()] == []
    done = in_a_fork("run", "job.toml", "--out", tmp_path / "out", cwd=desk)
    assert done.code == 3
    assert BAD in done.err
    assert BAD in (tmp_path / "out" / "quality.csv").read_text("utf-8")

"""Real series, read with the profile of their publisher, written, and read again with `spells`.

Nothing but the package itself is used both ways: what leaves it must come back as the same
areas and the same transitions between any two days.
"""

from functools import cache
from itertools import product

import numpy as np
import pytest
from test_bad_input import zone_file
from test_formats import text_file

from territory.cli import _code
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.measure.pairs import all_transitions
from territory.publish.export.series_files import export

SERIES = {
    "deepstate-daily": ("ukraine/deepstate_daily/*2024070*.geojson",),
    "deepstate-raw": ("ukraine/deepstate_raw/165[12]*.geojson",),
    "isw": (
        "ukraine/isw/RussianAssessedAdvance*/*2022040[48]*.geojson",
        "ukraine/isw/RussianClaimed*/*2022040[48]*.geojson",
    ),
    "owl": ("ukraine/owl/*202408*",),
    "nzz": ("ukraine/nzz/2022-05-0*.json",),
}
EXACT = 1e-9  # of all ground


def loaded(profile, folder, *paths, days="all"):
    spec = SeriesSpec(profile=profile, path=tuple(paths))
    found = load_series(
        spec, folder, areas={}, rule=days, more_days=(), uncertainty=UncertaintySpec()
    )
    return found.ensemble.base.at_days(found.days)


@pytest.fixture(scope="module")
def originals(shared_data):
    """Give the history of a profile, each loaded once."""
    return cache(lambda profile: loaded(profile, shared_data, *SERIES[profile]))


def moved(history):
    """Return all transitions by days and pair of holders; between nobody and nobody left out."""
    table = all_transitions(history)
    names = [str(holder) for holder in history.holders]
    return {
        (one, other): table[:, :, i, j]
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if i or j
    }


@pytest.mark.parametrize(
    ("profile", "suffix"),
    [
        *product(SERIES, [".gpkg", ".parquet"]),
        *product(["deepstate-daily", "isw", "nzz"], [".kml"]),  # takes seconds each
    ],
)
def test_what_is_written_comes_back(originals, tmp_path, profile, suffix):
    whole = originals(profile)
    held = [day for day, row in zip(whole.days, whole.held_by, strict=True) if row.any()]
    history = whole.at_days(tuple(held))
    path = tmp_path / f"zones{suffix}"
    export({"series": (history, history.days)}, path)
    again = loaded("spells", tmp_path, path.name, days=history.days)
    assert again.days == history.days
    before, after = moved(history), moved(again)
    nothing = np.zeros((len(held), len(held)))
    allowed = EXACT * history.area_m2.sum() / 1e6
    for pair in before.keys() | after.keys():
        off = np.abs(before.get(pair, nothing) - after.get(pair, nothing)).max()
        assert off <= allowed, pair


@pytest.mark.parametrize("name", ["history.gpkg", "history.parquet"])
def test_what_run_writes_comes_back(tmp_path, name):
    zone_file(tmp_path / "zones_2024-01-01.geojson", "a")
    zone_file(tmp_path / "zones_2024-01-02.geojson", "a", "b")
    series = '[series]\nprofile = "p.toml"\npath = "zones_*.geojson"\n'
    text_file(tmp_path / "p.toml", 'name = "p"\noverlap = "contested"\n')
    job = text_file(tmp_path / "job.toml", series + "[maps]\nenabled = false\n")
    assert _code(["run", str(job), "--out", str(tmp_path / "out")]) == 0
    before, after = (
        moved(each)
        for each in (
            loaded("p.toml", tmp_path, "zones_*.geojson"),
            loaded("spells", tmp_path, f"out/{name}"),
        )
    )
    assert before.keys() == after.keys()
    for pair, table in before.items():
        assert after[pair] == pytest.approx(table, rel=1e-9, abs=1e-5)

"""Settings and fixtures that every test may use."""

import gc
import os
from collections.abc import Generator
from pathlib import Path

os.environ["MPLBACKEND"] = "Agg"  # before anything imports matplotlib

import pytest
from hypothesis import settings

settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

collect_ignore = ["conftest.py"]  # the documentation has one too: no module of that name is both
REPO = Path(__file__).resolve().parent.parent
# Whose tests take longest, or wait longest for processes: a third of all the time together.
LONGEST = (
    *("test_workers", "test_kills", "test_page_browser", "test_real_series", "test_explain"),
    *("test_options", "test_trace", "test_extent", "test_state", "test_reexport", "test_qgis"),
    *("test_folders", "test_api", "test_cli", "test_one_run_one_folder", "ten-minutes"),
    *("test_notebooks", "test_streams", "test_region_tables", "test_stray", "test_worldview"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests in `faults` be short or long."""
    usual = os.environ.get("TERRITORY_FAULTS", "short")
    told = "how thorough the tests of faults are; see tests/faults/conftest.py"
    parser.addoption("--faults", choices=["short", "long"], default=usual, help=told)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the collector of cycles from going through all that the tests are made of.

    That is more than a million objects which stay to the end: a third of the time of finding the
    tests, and half a second each time that a test lets it collect everything.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files: of one begun last, the other processes would see the end."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="module")
def repo() -> Path:
    """Return the root of the repository."""
    return REPO


@pytest.fixture(scope="module")
def shared_data() -> Path:
    """Return the folder of large public series kept beside the checkout, or skip the test."""
    folder = REPO.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the public series in ../shared/data")
    return folder

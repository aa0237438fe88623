"""The command line as such: what it answers at once, and what its help knows by heart."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from territory.cli import VERBS, app, options
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

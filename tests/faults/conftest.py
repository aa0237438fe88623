"""How thorough the tests of faults are.

The short form, part of every run of the tests, takes a minute or two. The long one takes some
twenty minutes: ``scripts/test --faults long``, or ``TERRITORY_FAULTS=long`` in the environment.
It kills the real founding job, with its pictures, and tries every fault on every reader.
"""

import pytest


def pytest_collection_modifyitems(config, items):
    """Leave out what only the long form does."""
    if config.getoption("--faults", "short") == "long":
        return
    for item in items:
        if item.get_closest_marker("long_form"):
            item.add_marker(pytest.mark.skip(reason="only with --faults long"))

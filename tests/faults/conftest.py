"""How thorough the tests of faults are.

The short form, part of every run of the tests, takes a minute or two. The long one takes some
twenty minutes: ``scripts/test --faults long``, or ``TERRITORY_FAULTS=long`` in the environment.
It kills the real founding job, with its pictures, and tries every fault on every reader.
"""


def pytest_collection_modifyitems(config, items):
    """Leave out what only the long form does."""
    if config.getoption("--faults", "short") == "long":
        return
    long_ones = [item for item in items if item.get_closest_marker("long_form")]
    items[:] = [item for item in items if item not in long_ones]
    config.hook.pytest_deselected(items=long_ones)

"""How publishers' files are to be understood: one TOML file each, and nothing else to add."""

import tomllib
from functools import cache
from importlib import resources


def built_in() -> tuple[str, ...]:
    """Return the names of the built-in profiles, for drawn zones and for units.

    Examples
    --------
    >>> "zones" in built_in()
    True
    """
    names = (each.name for each in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def of_units() -> frozenset[str]:
    """Return the names of the built-in profiles for fixed units with a table of holders.

    Examples
    --------
    >>> sorted(of_units())
    ['units', 'viina']
    """
    folder = resources.files(__name__)
    texts = {name: (folder / f"{name}.toml").read_text("utf-8") for name in built_in()}
    return frozenset(name for name, text in texts.items() if "units" in tomllib.loads(text))

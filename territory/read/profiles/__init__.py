"""How publishers' files are to be understood: one TOML file each, and nothing else to add."""

from importlib import resources


def built_in() -> tuple[str, ...]:
    """Return the names of the built-in profiles for drawn zones.

    Examples
    --------
    >>> "zones" in built_in()
    True
    """
    names = (each.name for each in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))

"""Recompute published figures about who held what territory, and when.

Zones drawn by a publisher are read, cut for all days together into one planar
partition in an equal-area projection, and every area, transfer, verdict and map
is read off that partition.

::

    import territory as tt
    h = tt.read("zones/*.geojson", actor="side")       # files, a folder, a zip
    h = tt.History.from_geodataframe(gdf, actor="side", day="date")
    h.areas(); h.changes("2025-11-01", "2025-12-01"); h.zones("2025-12-01").explore("actor")

See `territory.api.history.History`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from territory.name_clash import clash
from territory.version import __version__

if TYPE_CHECKING:
    from territory.api import plot
    from territory.api.claims import Claim, Verdict
    from territory.api.example import example
    from territory.api.history import History
    from territory.api.verbs import calibrate, compare, explain, read, run
    from territory.errors import TerritoryError, TerritoryWarning
    from territory.measure.boundary_error import BoundaryError
    from territory.measure.estimate import Estimate

__all__ = [
    "BoundaryError",
    "Claim",
    "Estimate",
    "History",
    "TerritoryError",
    "TerritoryWarning",
    "Verdict",
    "__version__",
    "calibrate",
    "compare",
    "example",
    "explain",
    "plot",
    "read",
    "run",
]
_HOMES = {
    "BoundaryError": "measure.boundary_error",
    "Claim": "api.claims",
    "Estimate": "measure.estimate",
    "History": "api.history",
    "TerritoryError": "errors",
    "TerritoryWarning": "errors",
    "Verdict": "api.claims",
    "calibrate": "api.verbs",
    "compare": "api.verbs",
    "example": "api.example",
}
# What is called like the room or module that does it: both are this one name.
_ROOMS = ("explain", "read", "run")


class _Room(ModuleType):
    """A room that is called as the function of its name: `territory.read` and its modules."""

    def __call__(self, *values: object, **options: object) -> object:
        """Call the function of the front door; see `territory.api.verbs`."""
        return self._function(*values, **options)  # type: ignore[operator]

    @property
    def _function(self) -> object:
        return getattr(import_module("territory.api.verbs"), self.__name__.split(".")[1])

    @property
    def __wrapped__(self) -> object:
        """The function, for whoever asks for a signature."""
        return self._function


class _Door(ModuleType):
    """The package, whose rooms can be called where a function bears the same name."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _ROOMS and type(value) is ModuleType:
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door


def __getattr__(name: str) -> object:
    """Load what is asked for; `territory --version` waits for nothing."""
    if line := clash():
        raise ImportError(line)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name == "plot":
        return import_module(f"{__name__}.api.plot")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the names of the front door."""
    return sorted([*__all__, "__version__"])

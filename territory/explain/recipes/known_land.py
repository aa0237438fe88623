"""Pieces of land that publishers treat apart, with their sizes as stated.

A constant added to a figure explains nothing unless it means something. For one figure
only these are tried; a constant fitted to a series is named after one of them where it is
near. A piece counts only where it lies in or beside what is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass

from territory.explain.recipes.explanation import Constant
from territory.numbers import figure

NEAR = 0.02  # relative: how close a fitted constant must come to be named
_BESIDE = 1.0  # degrees


@dataclass(frozen=True)
class Land:
    """A piece of land.

    Attributes
    ----------
    longitude, latitude : float
        A point in it, in degrees.
    """

    name: str
    km2: float
    longitude: float
    latitude: float
    source: str


LANDS = (
    Land(
        "Crimea with Sevastopol",
        27_000.0,
        34.3,
        45.3,
        "Autonomous Republic 26.1 thousand km2 (Embassy of Ukraine, netherlands.mfa.gov.ua/en/"
        "about-ukraine/info/regions/1-crimea), Sevastopol 864 km2 (zagorodna.com/en/"
        "regions-of-ukraine/sevastopol); together 27.0 thousand, as it is usually quoted",
    ),
    Land(
        "the Golan held by Israel",
        1_295.0,
        35.8,
        33.0,
        "The World Factbook 2024, Syria: 'includes 1,295 sq km of Israeli-occupied territory'",
    ),
    Land(
        "the Gaza Strip",
        365.0,
        34.4,
        31.4,
        "Economist Intelligence Unit, Palestine, basic data, 2019: 365 sq km"
        " (The World Factbook: 360)",
    ),
)


def nearby(bounds: tuple[float, float, float, float]) -> tuple[Land, ...]:
    """Return the known pieces in or beside an extent.

    Parameters
    ----------
    bounds : (float, float, float, float)
        West, south, east, north of what is measured, in degrees.

    Returns
    -------
    tuple of Land
        Those whose middle lies inside or up to `_BESIDE` degrees off.

    Examples
    --------
    >>> [land.name for land in nearby((31.0, 45.5, 40.2, 50.1))]
    ['Crimea with Sevastopol']
    """
    west, south, east, north = bounds
    return tuple(
        land
        for land in LANDS
        if west - _BESIDE <= land.longitude <= east + _BESIDE
        and south - _BESIDE <= land.latitude <= north + _BESIDE
    )


def constants(bounds: tuple[float, float, float, float]) -> tuple[Constant, ...]:
    """Return what may have been added to one figure, or left out of it.

    Parameters
    ----------
    bounds : (float, float, float, float)
        West, south, east, north of what is measured, in degrees.

    Returns
    -------
    tuple of Constant
        Each piece with its size in km2, once added and once taken off.
    """
    return tuple(
        Constant(land.name, sign * land.km2) for land in nearby(bounds) for sign in (1, -1)
    )


def namer(bounds: tuple[float, float, float, float]) -> Callable[[float], str]:
    """Return a function that names a fitted constant.

    Parameters
    ----------
    bounds : (float, float, float, float)
        West, south, east, north of what is measured, in degrees.

    Returns
    -------
    callable
        From a constant in km2, of either sign, to words.

    Examples
    --------
    >>> namer((31.0, 45.5, 40.2, 50.1))(26_689.32)
    'about the size of Crimea with Sevastopol, 27,000 km2'
    """

    def name(km2: float) -> str:
        for land in nearby(bounds):
            if abs(abs(km2) / land.km2 - 1) < NEAR:
                return f"about the size of {land.name}, {figure(land.km2)} km2"
        return "the same on every day"

    return name

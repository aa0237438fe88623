"""Colours for what has an order: dates, counts, sureness.

They are those of matplotlib's *inferno*, from pale yellow through red to near black, each step
darker than the one before, so that the order is read in grey and without green or red cones.
"""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

from territory.maps.style import lightness

_SAMPLES = 200
_MIDDLE = 0.45


def ramp(count: int, *, palest: float = 90.0, darkest: float = 14.0) -> tuple[str, ...]:
    """Return colours from pale to dark, evenly spaced in lightness.

    Parameters
    ----------
    count : int
        How many; a single one is in the middle.
    palest, darkest : float
        CIE lightness of the first and the last, 0 to 100.

    Examples
    --------
    >>> [round(lightness(colour)) for colour in ramp(3)]
    [90, 52, 14]
    >>> ramp(0)
    ()
    """
    colours = [to_hex(rgb) for rgb in colormaps["inferno"](np.linspace(0, 1, _SAMPLES))]
    light = np.array([lightness(colour) for colour in colours])
    middle = palest + _MIDDLE * (darkest - palest)
    steps = np.linspace(palest, darkest, count) if count != 1 else [middle]
    return tuple(colours[int(np.argmin(np.abs(light - step)))] for step in steps)

"""Colours for what has an order: dates, counts, sureness.

From pale yellow through red to near black, each step darker than the one before, so that
the order is read in grey and without green or red cones as well.
"""

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from territory.maps.style import lightness

_ANCHORS = ("#fbeeb8", "#f6c667", "#ea8c45", "#cf4a45", "#8f2259", "#4b1550", "#1d0c2c")
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
    places = np.linspace(0, len(_ANCHORS) - 1, _SAMPLES)
    anchors = np.array([to_rgb(colour) for colour in _ANCHORS])
    channels = [np.interp(places, np.arange(len(_ANCHORS)), channel) for channel in anchors.T]
    red, green, blue = (channel.tolist() for channel in channels)
    colours = [to_hex(rgb) for rgb in zip(red, green, blue, strict=True)]
    light = np.array([lightness(colour) for colour in colours])
    steps = np.linspace(palest, darkest, count) if count > 1 else [_middle(palest, darkest)] * count
    return tuple(colours[int(np.argmin(np.abs(light - step)))] for step in steps)


def _middle(palest: float, darkest: float) -> float:
    return palest + _MIDDLE * (darkest - palest)

"""Colours as the eye sees them: sRGB to CIE Lab, where a distance is a difference one sees.

References
----------
IEC 61966-2-1 (sRGB); CIE 15:2018 (L*a*b*, white D65).
"""

import re

import numpy as np
from numpy.typing import NDArray

from territory.errors import InputError

Floats = NDArray[np.float64]

_RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_D65 = np.array([0.95047, 1.0, 1.08883])
_XYZ_TO_LAB = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])
_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)


def linear(rgb: Floats) -> Floats:
    """Return light from sRGB values of 0 to 1.

    Parameters
    ----------
    rgb : ndarray, shape (..., 3)
        Red, green, blue.

    Returns
    -------
    ndarray, shape (..., 3)
        0 to 1.
    """
    dark = rgb / 12.92
    return np.where(rgb <= 0.04045, dark, ((rgb + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004


def lab_of(light: Floats) -> Floats:
    """Return CIE Lab of linear red, green and blue, shape (..., 3).

    Parameters
    ----------
    light : ndarray, shape (..., 3)
        0 to 1; what lies outside is clipped.
    """
    xyz = np.clip(light, 0, 1) @ _RGB_TO_XYZ.T / _D65
    bend = 6 / 29
    f = np.where(xyz > bend**3, np.cbrt(xyz), xyz / (3 * bend**2) + 4 / 29)
    return np.asarray(f @ _XYZ_TO_LAB.T - np.array([16.0, 0.0, 0.0]), dtype=np.float64)


def lab(codes: NDArray[np.int64]) -> Floats:
    """Return CIE Lab of colours given as numbers ``0xrrggbb``, shape (n, 3).

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Colours as ``0xrrggbb``.

    Examples
    --------
    >>> lab(np.array([0xFF0000])).round(1).tolist()
    [[53.2, 80.1, 67.2]]
    """
    channels = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1)
    return lab_of(linear(channels / 255.0))


def code_of(colour: str) -> int:
    """Return a colour written as ``#rrggbb`` as the number ``0xrrggbb``.

    Parameters
    ----------
    colour : str
        Capital letters or small ones.

    Raises
    ------
    InputError
        If it is written otherwise.

    Examples
    --------
    >>> code_of("#FF7d7d") == 0xFF7D7D
    True
    """
    if not _HEX.fullmatch(colour.lower()):
        raise InputError(f"'{colour[:30]}' is no colour; write it as #rrggbb")
    return int(colour[1:], 16)


def named(code: int) -> str:
    """Return a colour as ``#rrggbb``.

    Parameters
    ----------
    code : int
        0 to ``0xffffff``.

    Examples
    --------
    >>> named(0x00FF7D)
    '#00ff7d'
    """
    return f"#{code:06x}"


def difference(one: str, other: str) -> float:
    """Return how far two colours are apart in CIE Lab; 2.3 is just noticeable.

    Parameters
    ----------
    one, other : str
        Written as ``#rrggbb``.

    Examples
    --------
    >>> round(difference("#ffffff", "#000000"), 1)
    100.0
    """
    pair = lab(np.array([code_of(one), code_of(other)]))
    return float(np.linalg.norm(pair[0] - pair[1]))

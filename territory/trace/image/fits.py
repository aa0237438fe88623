"""Transformations from pixels to a plane, fitted to control points.

========== ========= =================================================================
kind       numbers   what it can do
========== ========= =================================================================
affine     6         shift, turn, stretch: a map printed in its own projection
projective 8         a page photographed at an angle
polynomial 12        a page that is bent (second order)
spline     all       goes through every point (thin plate); only points left out tell
                     how good it is
========== ========= =================================================================

All arithmetic is elementwise, so that a point gives the same bits wherever it stands in
an array: neighbouring zones share it.

*The plane* here is that of the picture: the projection that the printed map is taken to be in,
in its own units. It need not be equal-area, so nothing is measured in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.optimize import least_squares

from territory.geometry.projection import Floats

Kind = Literal["affine", "projective", "polynomial", "spline"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EXACT: dict[Kind, int] = {"affine": 3, "projective": 4, "polynomial": 6, "spline": 3}
_SMALL = 1e-300


@dataclass(frozen=True, eq=False)
class Fit:
    """A transformation from pixels to a plane.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    centre, scale
        What pixels and plane are shifted and divided by, so that numbers are near one.
    terms : ndarray
        The fitted numbers.
    knots : ndarray, shape (n, 2)
        Of a spline: its points, in pixels shifted and divided.
    """

    kind: Kind
    centre: tuple[Floats, Floats]
    scale: tuple[float, float]
    terms: Floats
    knots: Floats

    def plane(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return where pixels lie in the plane.

        Parameters
        ----------
        x, y : ndarray
            Of one shape: pixels to the right of and below the upper left corner of the picture.

        Returns
        -------
        tuple of two ndarray
            Of that shape: x and y in the projection that was fitted to, in its units.
        """
        u = (x - self.centre[0][0]) / self.scale[0]
        v = (y - self.centre[0][1]) / self.scale[0]
        a, b = _VALUES[self.kind](u, v, self.terms, self.knots)
        return a * self.scale[1] + self.centre[1][0], b * self.scale[1] + self.centre[1][1]


def fitted(kind: Kind, at: Floats, where: Floats) -> Fit:
    """Fit a transformation to points, by least squares in the plane.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    at, where : ndarray, shape (n, 2)
        Points in pixels, and in the plane; at least as many as `EXACT` says.

    Returns
    -------
    Fit
        From pixels to the plane.

    Examples
    --------
    >>> at = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])
    >>> x, y = fitted("affine", at, at * (10.0, -10.0)).plane(np.array([50.0]), np.array([20.0]))
    >>> round(float(x[0]), 6), round(float(y[0]), 6)
    (500.0, -200.0)
    """
    centre = at.mean(axis=0), where.mean(axis=0)
    scale = float(np.abs(at - centre[0]).max()), float(np.abs(where - centre[1]).max())
    near, far = (at - centre[0]) / scale[0], (where - centre[1]) / scale[1]
    return Fit(kind, centre, scale, _FITTERS[kind](near, far), near)


def _powers(u: Floats, v: Floats, order: int) -> list[Floats]:
    first = [np.ones_like(u), u, v]
    return first if order == 1 else [*first, u * u, u * v, v * v]


def _linear(order: int) -> Callable[[Floats, Floats], Floats]:
    def fit(near: Floats, far: Floats) -> Floats:
        design = np.column_stack(_powers(near[:, 0], near[:, 1], order))
        return np.asarray(np.linalg.lstsq(design, far, rcond=None)[0])

    return fit


def _sums(u: Floats, v: Floats, terms: Floats, _knots: Floats) -> tuple[Floats, Floats]:
    powers = _powers(u, v, 1 if len(terms) == 3 else 2)  # noqa: PLR2004 - terms of first order
    a, b = np.zeros_like(u), np.zeros_like(u)
    for power, (one, other) in zip(powers, terms, strict=True):
        a, b = a + one * power, b + other * power
    return a, b


def _projective(near: Floats, far: Floats) -> Floats:
    """Fit eight numbers, starting from the affine ones."""
    start = np.append(_linear(1)(near, far).T.ravel(), [0.0, 0.0])

    def left(terms: Floats) -> Floats:
        a, b = _quotients(near[:, 0], near[:, 1], terms, near)
        return np.concatenate([a - far[:, 0], b - far[:, 1]])

    found = least_squares(left, start, method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    return np.asarray(found.x, dtype=np.float64)


def _quotients(u: Floats, v: Floats, terms: Floats, _knots: Floats) -> tuple[Floats, Floats]:
    below = 1 + terms[6] * u + terms[7] * v
    above = (terms[k] + terms[k + 1] * u + terms[k + 2] * v for k in (0, 3))
    a, b = (each / below for each in above)
    return a, b


def _spline(near: Floats, far: Floats) -> Floats:
    """Solve for the weights of a thin plate through all points and its affine part."""
    count = len(near)
    apart = np.linalg.norm(near[:, None] - near[None], axis=2)
    plane = np.column_stack([np.ones(count), near])
    system = np.block([[_bent(apart**2), plane], [plane.T, np.zeros((3, 3))]])
    return np.linalg.solve(system, np.vstack([far, np.zeros((3, 2))]))


def _bent(square: Floats) -> Floats:
    """Return r^2 log r of squared distances."""
    return square * np.log(np.maximum(square, _SMALL)) / 2


def _plates(u: Floats, v: Floats, terms: Floats, knots: Floats) -> tuple[Floats, Floats]:
    a, b = _sums(u, v, terms[-3:], knots)
    for (x, y), (one, other) in zip(knots, terms[:-3], strict=True):
        bend = _bent((u - x) * (u - x) + (v - y) * (v - y))
        a, b = a + one * bend, b + other * bend
    return a, b


_FITTERS: dict[Kind, Callable[[Floats, Floats], Floats]] = {
    "affine": _linear(1),
    "projective": _projective,
    "polynomial": _linear(2),
    "spline": _spline,
}
_VALUES: dict[Kind, Callable[[Floats, Floats, Floats, Floats], tuple[Floats, Floats]]] = {
    "affine": _sums,
    "projective": _quotients,
    "polynomial": _sums,
    "spline": _plates,
}

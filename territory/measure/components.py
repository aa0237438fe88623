"""Quantity, exchange and shift: what a change between two days is made of.

A transition matrix says who lost how much to whom. Its difference, all ground that changed
hands, falls into three parts (Pontius and Santacruz, 2014, "Quantity, exchange, and shift
components of difference in a square contingency table"):

* *quantity*: how much more or less of the ground each holder has;
* *exchange*: ground that two holders swapped, as much one way as the other;
* *shift*: the rest, ground that went round among three or more.

A front that moves is quantity. One that sways, or is drawn again a little beside itself, is
exchange.
"""

from dataclasses import dataclass

import numpy as np

from territory.geometry.projection import Floats


@dataclass(frozen=True, eq=False)
class Components:
    """The components of a difference, for each holder, in the unit of the matrix.

    Attributes
    ----------
    quantity, exchange, shift : ndarray, shape (holders,)
        None is negative. Together they are what the holder gained and lost.
    """

    quantity: Floats
    exchange: Floats
    shift: Floats

    @property
    def overall(self) -> tuple[float, float, float]:
        """The three components of all holders together: half of the sums.

        Whatever changed hands was lost by one holder and gained by another.
        """
        parts = (self.quantity, self.exchange, self.shift)
        quantity, exchange, shift = (float(each.sum()) / 2 for each in parts)
        return quantity, exchange, shift


def components(matrix: Floats) -> Components:
    """Return the components of the difference that a transition matrix shows.

    For holder j with the entries c of the matrix::

        difference = sum_i (c_ij + c_ji) - 2 c_jj
        quantity   = |sum_i c_ij - sum_i c_ji|
        exchange   = 2 (sum_i min(c_ij, c_ji) - c_jj)
        shift      = difference - quantity - exchange

    Parameters
    ----------
    matrix : ndarray, shape (holders, holders)
        Ground from (row) to (column), not negative; the diagonal, which stayed, is of no
        account.

    Returns
    -------
    Components
        In the unit of the matrix.

    Examples
    --------
    >>> found = components(np.array([[5.0, 3.0, 0.0], [1.0, 5.0, 2.0], [2.0, 0.0, 5.0]]))
    >>> found.quantity.tolist(), found.exchange.tolist(), found.shift.tolist()
    ([0.0, 0.0, 0.0], [2.0, 2.0, 0.0], [4.0, 4.0, 4.0])
    >>> found.overall
    (0.0, 2.0, 6.0)
    """
    moved = matrix - np.diag(np.diag(matrix))
    lost, gained = moved.sum(axis=1), moved.sum(axis=0)
    quantity = np.abs(gained - lost)
    exchange = 2 * np.minimum(moved, moved.T).sum(axis=0)
    rest = gained + lost - quantity - exchange
    return Components(quantity, exchange, np.maximum(rest, 0.0))  # below 0 is rounding

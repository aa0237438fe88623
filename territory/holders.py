"""Who can hold ground, and how firmly.

An actor is named by a short lower-case identifier (`government`). A `Holder` is an
actor with a status. `NOBODY` is a holder too, so that no ground is ever lost from a
sum: the areas of all holders always add up to the area looked at.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How firmly an actor has the ground."""

    HELD = "held"
    CLAIMED = "claimed"
    CONTESTED = "contested"


@dataclass(frozen=True, order=True)
class Holder:
    """An actor with a status: what a face of the partition carries on a day.

    Attributes
    ----------
    actor : str
        Short identifier of the actor.
    status : Status
        How firmly it has the ground.

    Examples
    --------
    >>> str(Holder("isis"))
    'isis'
    >>> str(Holder("isis", Status.CLAIMED))
    'isis (claimed)'
    """

    actor: str
    status: Status = Status.HELD

    def __str__(self) -> str:
        """Return the actor, with the status unless it is plainly held."""
        return self.actor if self.status is Status.HELD else f"{self.actor} ({self.status})"


NOBODY = Holder("nobody")
CONTESTED = Holder("contested")  # ground of two holders, where a policy says so

"""Every kind of map, by the name it has on the command line.

A new kind is one module beside this one and one line in `KINDS`. The command line offers what
stands here, a job draws what it marks, and the report captions it. So that `--help` need not
wait for the libraries that draw, functions are named here and found when they are used.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from territory.maps.kinds.plan import Plan, Planner


NARROW = ".narrow"
"""End of the names of pictures that the report shows on telephones; nobody else needs them."""


class Days(Enum):
    """How many days a kind of map shows."""

    ONE, TWO, SEVERAL = range(3)


@dataclass(frozen=True)
class Kind:
    """A kind of map.

    Attributes
    ----------
    planner : str
        ``module:function`` beside this one; takes a `territory.maps.kinds.plan.Planner` and the
        days, and gives a `Plan`.
    days : Days
        How many days it shows.
    every_day : bool
        Whether it needs every day of the data.
    usual : int
        How many days it shows by default, if several.
    caption : str
        What the report writes below it, of its days; only kinds that a job draws have one.
    alt : str
        What it says there to readers who do not see it, with the caption and who held what.
    """

    planner: str
    days: Days
    every_day: bool = False
    usual: int = 0
    caption: str = ""
    alt: str = "Map. {caption} {held}"

    @property
    def in_job(self) -> bool:
        """Whether a job draws it unasked."""
        return bool(self.caption)

    def plan(self, planner: "Planner", *days: date) -> "Plan":
        """Plan a picture.

        Parameters
        ----------
        planner : Planner
            Measures what the picture shows.
        *days : date
            Days of the history, in order; one, two or several, as `days` says.

        Raises
        ------
        InputError
            If a day or an actor is not in the data, or there are too few or too many days.
        """
        found: Plan = resolve_name(f"{__package__}.{self.planner}")(planner, *days)
        return found


KINDS = {
    "day": Kind("control:plan_day", Days.ONE, caption="Who held what on {}."),
    "held-since": Kind("holding_time:plan_held_since", Days.ONE, every_day=True),
    "uncertainty": Kind("uncertainty:plan_uncertainty", Days.ONE),
    "before-after": Kind(
        "control:plan_before_after",
        Days.TWO,
        caption="Who held what on {} and on {}; what was gained has a second tone.",
        alt="Two maps side by side. {caption} {held}",
    ),
    "transfers": Kind(
        "control:plan_transfers",
        Days.TWO,
        caption="The ground that changed hands from {} to {}: who lost it and who took it.",
        alt="Map. {caption} The figures stand in the tables below.",
    ),
    "changes": Kind("holding_time:plan_changes", Days.TWO, every_day=True),
    "front": Kind("fronts:plan_front", Days.SEVERAL, usual=6),
    "multiples": Kind("multiples:plan_multiples", Days.SEVERAL, usual=12),
}


def kinds_of(days: Days, *, in_job: bool = False) -> tuple[str, ...]:
    """Return the kinds of map that show so many days, all or those that a job draws.

    Parameters
    ----------
    days : Days
        How many days they show.
    in_job : bool
        Whether only those that a job draws are wanted.

    Examples
    --------
    >>> kinds_of(Days.SEVERAL), kinds_of(Days.TWO, in_job=True)
    (('front', 'multiples'), ('before-after', 'transfers'))
    """
    found = (name for name, kind in KINDS.items() if kind.days is days)
    return tuple(name for name in found if KINDS[name].in_job or not in_job)

"""Which of two numbers before a year is the day, where all values together allow one order only.

``13/02/2024`` allows one order, ``01/02/2024`` both; a column or a folder was written by one
hand, so what one of its values rules out is ruled out for all. Where nothing does, nobody can
say, and the values are refused; where two values rule out both, the column contradicts itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from territory.findings import Finding, FindingKind
from territory.read.moments import Order, either_way, has_dots


@dataclass(frozen=True, eq=False)
class DayOrder:
    """What the values of one column, or the names of one folder, say of their order.

    Attributes
    ----------
    order : Order or None
        None where nobody can say, and where the values contradict one another.
    witness : mapping of Order to str
        By order, the first value that allows no other.
    """

    order: Order | None = None
    witness: Mapping[Order, str] = field(default_factory=dict)

    @property
    def is_contradicted(self) -> bool:
        """Whether one value allows only one order, and another only the other."""
        return len(self.witness) > 1

    def said(self) -> str:
        """Return how a message names the values that contradict one another."""
        return " and ".join(f"'{value}' ({order[:5]})" for order, value in self.witness.items())

    def about(self, what: str) -> tuple[Finding, ...]:
        """Return what is to be told: which value says it; nothing where none had to.

        Parameters
        ----------
        what : str
            What the values are, as a sentence begins.
        """
        if self.order is None or not self.witness:
            return ()
        detail = f"{what} are read as {self.order}: '{self.witness[self.order]}' allows no other"
        return (Finding(FindingKind.DAY_ORDER, detail),)


NO_ORDER = DayOrder()


def order_of(values: Iterable[object]) -> DayOrder:
    """Return the order that all values together allow.

    Parameters
    ----------
    values : iterable of object
        As they stand in the files; only those with two numbers before a year count.

    Examples
    --------
    >>> order_of(["01/02/2024", "13/02/2024"]).order.value, order_of(["01/02/2024"]).order
    ('DD/MM/YYYY', None)
    >>> order_of(["13/02/2024", "02/13/2024"]).said()
    "'13/02/2024' (DD/MM) and '02/13/2024' (MM/DD)"
    """
    witness: dict[Order, str] = {}
    same: list[bool] = []
    dotted = ""
    for value in values:
        days = either_way(value)
        dotted = dotted or (str(value).strip() if has_dots(value) else "")
        if len(days) == 1:
            witness.setdefault(next(iter(days)), str(value).strip())
        same += [len(set(days.values())) == 1] if days else []
    if dotted and Order.MONTH_FIRST in witness:  # with dots the day stands first
        witness.setdefault(Order.DAY_FIRST, dotted)
    if len(witness) == 1:
        return DayOrder(next(iter(witness)), witness)
    # 02/02/2024 is one day in either order, so where all are such there is nothing to say.
    return DayOrder(Order.DAY_FIRST if same and all(same) and not witness else None, witness)

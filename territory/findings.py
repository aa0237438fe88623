"""What was found wrong, odd or repaired: one line each, never silent."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to the figures."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One line of `quality.csv`.

    Attributes
    ----------
    kind : str
        Short fixed word for the sort of thing found, such as ``overlap``.
    detail : str
        One sentence for a reader: which feature, what was found, what was done.
    severity : Severity
        ``error`` means that figures of that day should not be trusted.
    day : date or None
        The day concerned; None where it concerns the whole series.
    km2 : float or None
        Effect on area in square kilometres, where it has one.
    """

    kind: str
    detail: str
    severity: Severity = Severity.INFO
    day: date | None = None
    km2: float | None = None

"""What was found wrong, odd or repaired: one line each, never silent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from territory.numbers import figure


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


UNTRUSTED = "not used or not to be trusted"
_PREFIX = {Severity.ERROR: UNTRUSTED, Severity.WARNING: "warning"}
_FEW = 3  # findings of one kind that are told one by one, and days that are named of more


def finding_lines(
    findings: Iterable[Finding], *, all_in: str = "territory inspect"
) -> tuple[str, ...]:
    """Return warnings and errors as lines for a reader, errors first.

    Many of one kind are one line: how many, on which days first, and their km2 together.

    Parameters
    ----------
    findings : iterable of Finding
        Those that are for information alone are left out.
    all_in : str
        Where every one of them is listed.

    Examples
    --------
    >>> jump = [
    ...     Finding("jump", f"{n} km2 moved", Severity.WARNING, date(2024, 1, n), float(n))
    ...     for n in range(1, 6)
    ... ]
    >>> finding_lines(jump)[0]
    "warning: 5 times 'jump', on 2024-01-01, 2024-01-02, 2024-01-03 and 2 more days, 15.0 km2 \
together; the first: 1 km2 moved (territory inspect lists all)"
    >>> finding_lines(jump[:1])
    ('warning: 2024-01-01: 1 km2 moved',)
    """
    found = tuple(findings)
    return tuple(
        f"{prefix}: {line}"
        for severity, prefix in _PREFIX.items()
        for line in lines_of(found, severity, all_in=all_in)
    )


def lines_of(
    findings: Iterable[Finding], severity: Severity, *, all_in: str = "territory inspect"
) -> tuple[str, ...]:
    """Return the findings of one severity as lines that do not say how severe they are.

    Parameters
    ----------
    findings, all_in
        See `finding_lines`.
    severity : Severity
        Those of any other are left out.
    """
    kinds: dict[str, list[Finding]] = {}
    for each in dict.fromkeys(findings):
        if each.severity is severity:
            kinds.setdefault(each.kind, []).append(each)
    return tuple(
        line
        for kind, some in kinds.items()
        for line in (map(line_of, some) if len(some) <= _FEW else (_many(kind, some, all_in),))
    )


def line_of(finding: Finding) -> str:
    """Return a finding as a line, with its day where its words do not name it."""
    named = finding.day is None or str(finding.day) in finding.detail
    if finding.severity is Severity.ERROR:
        what = finding.kind if named else f"{finding.kind} on {finding.day}"
    else:
        what = "" if named else str(finding.day)
    return ": ".join(part for part in (what, finding.detail) if part)


def _many(kind: str, some: Sequence[Finding], all_in: str) -> str:
    days = sorted({each.day for each in some if each.day is not None})
    more = len(days) - _FEW
    on = ", ".join(map(str, days[:_FEW])) + (f" and {more} more days" if more > 0 else "")
    km2 = sum(each.km2 for each in some if each.km2 is not None)
    size = f", {figure(km2)} km2 together" if any(each.km2 for each in some) else ""
    what = f"{len(some)} times '{kind}'" + (f", on {on}" if days else "") + size
    return f"{what}; the first: {some[0].detail} ({all_in} lists all)"

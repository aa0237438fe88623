"""Tables of many holders: the largest in full, the others added up in one row or column.

The tables beside the report (`areas.csv`, `changes.csv`) have every one of them.
"""

from collections.abc import Iterable, Mapping
from typing import cast

from territory.measure.rows import Row
from territory.publish.report.report_text import number, span

MOST = 8  # holders shown in full
Triple = tuple[float, float, float]
Cell = tuple[str, str]


def folded(sizes: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """Return the largest holders, and those that are too many; a single one is not folded.

    Parameters
    ----------
    sizes : mapping of str to float
        By what they are ranked.

    Examples
    --------
    >>> folded({"a": 1.0, "b": 2.0})
    (['b', 'a'], [])
    >>> largest, others = folded({f"a{n}": float(n) for n in range(10)})
    >>> len(largest), others
    (8, ['a1', 'a0'])
    """
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    return (ranked, []) if len(ranked) <= MOST + 1 else (ranked[:MOST], ranked[MOST:])


def others_label(others: list[str]) -> str:
    """Return what the sum of the others is called.

    Parameters
    ----------
    others : list of str
        Names of the others.
    """
    return f"{len(others)} others together"


def added(figures: Iterable[Triple | None]) -> Triple | None:
    """Return the sum of figures, or None where there is none.

    Their lows and highs are added too, as if all errors went the same way: an interval that
    errs on the wide side.

    Parameters
    ----------
    figures : iterable of (float, float, float) or None
        Value, low and high of each, in one unit.

    Returns
    -------
    (float, float, float) or None
        Value, low and high.

    Examples
    --------
    >>> added([(1.0, 0.5, 2.0), None, (3.0, 2.0, 4.0)])
    (4.0, 2.5, 6.0)
    """
    found = [each for each in figures if each is not None]
    if not found:
        return None
    value, low, high = map(sum, zip(*found, strict=True))
    return float(value), float(low), float(high)


def triple(row: Row) -> Triple:
    """Return the figure of a row with its low and its high.

    Parameters
    ----------
    row : Row
        Of a table with `km2`, `low` and `high`, in square kilometres.

    Returns
    -------
    (float, float, float)
        Value, low and high, in square kilometres.
    """
    return cast(Triple, (row["km2"], row["low"], row["high"]))


def cell_of(figures: Triple | None) -> Cell | None:
    """Return a figure and its interval as a table shows them.

    Parameters
    ----------
    figures : (float, float, float) or None
        Value, low and high in square kilometres.
    """
    if figures is None:
        return None
    value, low, high = figures
    return number(value), span(low, high, like=value) if low < high else ""

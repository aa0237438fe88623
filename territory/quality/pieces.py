"""Days on which many separate zones are gone though hardly any ground is."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from territory.findings import Finding, Severity
from territory.history import History
from territory.projection import Floats, Ints
from territory.quality.series import HALF, Series

FEWEST_PIECES = 10  # fewer separate zones may well halve by themselves
SMALL_LOSS = 0.05  # of the ground held; more is a matter of areas and not of zones
SMALLEST_PIECE_KM2 = 0.01


def few_pieces(series: Series, history: History) -> Iterator[Finding]:
    """Report days with less than half the separate zones of the days around."""
    count = _pieces(series, history)
    for row in range(1, len(count)):
        before, now = int(count[row - 1]), int(count[row])
        small_loss = series.held[row] > (1 - SMALL_LOSS) * series.held[row - 1]
        if before < FEWEST_PIECES or now >= HALF * before or not small_loss:
            continue
        after = int(count[row + 1]) if row + 1 < len(count) else 0
        lost = float(max(series.held[row - 1] - series.held[row], 0.0))
        text = f"{now} separate zones, {before} on {series.days[row - 1]}"
        if now < HALF * after:
            detail = f"{text} and {after} on {series.days[row + 1]}; the file is cut short"
            yield Finding("truncated-day", detail, Severity.ERROR, series.days[row], lost)
        else:
            detail = f"{text}; small zones were dropped, or merged into larger ones"
            yield Finding("features-lost", detail, Severity.WARNING, series.days[row], lost)


def _pieces(series: Series, history: History) -> Ints:
    """Count the connected zones of all holders by day."""
    _, one, other = history.borders
    inner = other >= 0
    pairs = np.unique(np.sort(np.column_stack([one[inner], other[inner]])), axis=0)
    one, other = pairs.T
    counts: list[int] = []
    for row, held in enumerate(series.held_by):
        if row and (held == series.held_by[row - 1]).all():
            counts.append(counts[-1])
        else:
            counts.append(_components(held, one, other, series.face_km2))
    return np.array(counts, dtype=np.int64)


def _components(held: NDArray[np.int16], one: Ints, other: Ints, km2: Floats) -> int:
    joined = np.flatnonzero((held[one] == held[other]) & (held[one] > 0))
    shape = (len(held), len(held))
    ends = one[joined], other[joined]
    table = sparse.csr_array((np.ones(len(joined), dtype=np.int8), ends), shape=shape)
    _, label = connected_components(table, directed=False)
    size = np.bincount(label[held > 0], weights=km2[held > 0])
    return int((size > SMALLEST_PIECE_KM2).sum())

"""Hypothesis strategies shared by the tests."""

from hypothesis import strategies as st
from squares import Grid


@st.composite
def grids(draw: st.DrawFn, *, days: int = 2, actors: str = "ABC.", size: int = 5) -> list[Grid]:
    """Return several random grids of one shape, at least one square held on the first day."""
    height = draw(st.integers(1, size))
    width = draw(st.integers(1, size))
    row = st.text(alphabet=actors, min_size=width, max_size=width)
    grid = st.lists(row, min_size=height, max_size=height).map(tuple)
    found = [draw(grid) for _ in range(days)]
    if set("".join(found[0])) == {"."}:
        found[0] = ("A" + found[0][0][1:], *found[0][1:])
    return found

"""Numbers as they stand in files: rounded in order, and never below zero by nothing."""

import numpy as np
import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from territory.publish.write import DECIMALS, cell_text, csv_text, json_bytes

NUMBER = st.floats(-1e9, 1e9)
NEAR = st.floats(-1e-5, 1e-5)


@given(st.lists(NUMBER | NEAR, min_size=3, max_size=3))
@example([-1e-9, -1e-10, 1e-9])
@example([0.4999994, 0.4999996, 0.5000004])
def test_an_interval_holds_its_figure_after_rounding(numbers):
    """A row is written and read back: low <= km2 <= high as numbers, none off by more than half."""
    low, km2, high = sorted(numbers)
    names = ("km2", "low", "high")
    text = csv_text(names, [dict(zip(names, (km2, low, high), strict=True))])
    head, row = text.splitlines()
    assert head == "km2,low,high"
    written = dict(zip(names, map(float, row.split(",")), strict=True))
    assert written["low"] <= written["km2"] <= written["high"]
    for name, number in zip(names, (km2, low, high), strict=True):
        assert abs(written[name] - number) <= 0.5 * 10**-DECIMALS + 1e-16 * abs(number)


@given(NUMBER | NEAR)
@example(-0.0)
@example(-4e-7)
@example(-1e-300)
def test_no_number_is_written_as_minus_nothing(number):
    text = cell_text(number)
    assert text not in {"-0", "-0.0", "-"}
    assert (text == "0") == (abs(round(number, DECIMALS)) == 0)
    [written] = orjson.loads(json_bytes([number]))
    assert str(written) != "-0.0"
    assert b"-0.0\n" not in json_bytes([number])
    assert float(text) == written


@given(st.integers(-(10**9), 10**9))
@example(-2)
def test_a_whole_number_below_zero_stays_a_number(number):
    """A spreadsheet runs nothing that is only a number: fewer findings are -2, not text."""
    for cell in (number, np.int64(number)):
        assert int(cell_text(cell)) == number
    assert cell_text(str(-abs(number) - 1)).startswith("'-")  # text may be a formula

"""What published words allow: a table of phrasings, read from claims files as they are written."""

import copy
import pickle
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.claims.model import Claims
from territory.claims.precision import Precision, published_interval
from territory.errors import JobError
from territory.maps.map_text import Words
from territory.measure.estimate import Estimate
from territory.numbers import Numeral, decimals_apart, fixed, is_narrow, span, written
from territory.publish.report.report_text import span as report_span
from territory.read.text_files import read_toml

# What a sentence says, as it stands in a claims file, and what it allows.
PHRASINGS = [
    ("20 %", "20", "percent", "rounded", 19.5, 20.5),
    ("exactly 20 %", "20", "percent", "exact", 19.5, 20.5),
    ("20 %, as text", '"20"', "percent", "rounded", 19.5, 20.5),
    ("20.0 %", "20.0", "percent", "rounded", 19.95, 20.05),
    ("20.0 %, as text", '"20.0"', "percent", "rounded", 19.95, 20.05),
    ("Sumy – 1.0 %", "1.0", "percent", "exact", 0.95, 1.05),
    ("1.0 %, rounded", "1.0", "percent", "rounded", 0.95, 1.05),
    ("1 %", "1", "percent", "rounded", 0.5, 1.5),
    ("19.04 %", "19.04", "percent", "rounded", 19.035, 19.045),
    ("19.10 %", "19.10", "percent", "rounded", 19.095, 19.105),
    ("100 %", "100", "percent", "rounded", 99.5, 100.0),
    ("about 20 %", "20", "percent", "roughly", 19.0, 21.0),
    ("about 5 %", "5", "percent", "roughly", 4.5, 5.5),
    ("almost 20 %", "20", "percent", "under", 18.0, 20.0),
    ("more than 95 %", "95", "percent", "over", 95.0, 100.0),
    ("10 points", "10", "points", "rounded", 9.5, 10.5),
    ("3,035 km2", '"3,035"', "km2", "rounded", 3034.5, 3035.5),
    ("roughly 3,035 km2", "3035", "km2", "roughly", 2883.25, 3186.75),
    ("roughly 3,035 km2, as text", '"3,035"', "km2", "roughly", 2883.25, 3186.75),
    ("about 1,000 km2", "1000", "km2", "roughly", 900.0, 1100.0),
    ("about 1,000 km2, underscored", "1_000", "km2", "roughly", 900.0, 1100.0),
    ("1,000 km2", "1000", "km2", "rounded", 950.0, 1050.0),
    ("exactly 1,000 km2", "1000", "km2", "exact", 999.5, 1000.5),
    ("1,000.0 km2", "1000.0", "km2", "rounded", 999.95, 1000.05),
    ("1,200 km2", "1200", "km2", "rounded", 1150.0, 1250.0),
    ("about 1,200 km2", "1200", "km2", "roughly", 1140.0, 1260.0),
    ("1,100 km2", "1100", "km2", "rounded", 1050.0, 1150.0),
    ("850 km2", "850", "km2", "rounded", 845.0, 855.0),
    ("250 km2", "250", "km2", "rounded", 245.0, 255.0),
    ("400 km2", "400", "km2", "rounded", 380.0, 420.0),
    ("108 651 km2", '"108 651"', "km2", "exact", 108_650.5, 108_651.5),
    ("126,825.666 km2", "126_825.666", "km2", "exact", 126_825.6655, 126_825.6665),
    ("over 1,000 km2", "1000", "km2", "over", 1000.0, 1100.0),
    ("over 3,000 km2", "3000", "km2", "over", 3000.0, 3300.0),
    ("under 1,000 km2", "1000", "km2", "under", 900.0, 1000.0),
    ("over 0.5 km2", "0.5", "km2", "over", 0.5, 0.55),
    ("0.5 km2", "0.5", "km2", "rounded", 0.45, 0.55),
    ("about 7 km2", "7", "km2", "roughly", 6.5, 7.5),
    ("about 2 km2, as 2 km2", "2", "km2", "roughly", 1.5, 2.5),
    ("about 3 %, as 3 %", "3", "percent", "roughly", 2.5, 3.5),
    ("about 0.4 points", "0.4", "points", "roughly", 0.35, 0.45),
    ("no km2", "0", "km2", "exact", 0.0, 0.5),
    ("more than 100 villages", "100", "places", "over", 100.0, 110.0),
    ("300 villages", "300", "places", "rounded", 285.0, 315.0),
    ("about 80 villages", "80", "places", "roughly", 75.0, 85.0),
    ("28 villages", "28", "places", "exact", 27.5, 28.5),
    ("10 villages", "10", "places", "rounded", 9.5, 10.5),
    ("2 million people", "2_000_000", "people", "rounded", 1_900_000.0, 2_100_000.0),
    ("about 2 million people", "2_000_000", "people", "roughly", 1_800_000.0, 2_200_000.0),
]
CLAIM = """[[claim]]
id = "c"
text = "t"
publisher = "p"
published = 2025-10-01
value = {value}
unit = "{unit}"
precision = "{word}"
not_checkable = "no map"
"""


def read(tmp_path, text):
    (tmp_path / "claims.toml").write_text(text, encoding="utf-8")
    return read_toml(tmp_path / "claims.toml", Claims).claim[0]


@pytest.mark.parametrize(
    ("value", "unit", "word", "low", "high"),
    [row[1:] for row in PHRASINGS],
    ids=[row[0] for row in PHRASINGS],
)
def test_each_phrasing_allows_what_the_rule_says(tmp_path, value, unit, word, low, high):
    claim = read(tmp_path, CLAIM.format(value=value, unit=unit, word=word))
    assert claim.published_interval() == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize(
    ("value", "said"),
    [("1.0", "1.0 %"), ('"20.00"', "20.00 %"), ("20", "20 %"), ('"3,0"', None), ("1e1", "10 %")],
)
def test_a_figure_is_said_with_the_digits_it_was_written_with(tmp_path, value, said):
    text = CLAIM.format(value=value, unit="percent", word="rounded")
    if said is None:
        with pytest.raises(JobError, match=r"claims\.toml, line 6: .*'3,0' is no figure"):
            read(tmp_path, text)
        return
    claim = read(tmp_path, text)
    assert claim.wording() == said
    assert written(claim.value) == said.removesuffix(" %")


@given(st.decimals("0.01", "99999", places=2), st.sampled_from(["km2", "percent", "places"]))
def test_the_rule_holds_for_any_figure(value, unit):
    """The oracle is the sentence of the rule, in whole steps of the last digit."""
    value = value.normalize()
    text = format(value, "f")
    number = Numeral(text)
    last = Decimal(1).scaleb(min(value.as_tuple().exponent, 0)) / 2
    zeros = len(text) - len(text.rstrip("0")) if "." not in text else 0
    half = Decimal(5) * Decimal(10) ** (zeros - 1) if zeros and unit != "percent" else last

    def reach(word):
        low, high = published_interval(number, word, unit=unit)
        return float(value) - low, high - float(value)

    exact, rounded, roughly = (reach(w) for w in (Precision.EXACT, "rounded", "roughly"))
    assert exact[1] == pytest.approx(float(last))
    assert rounded[1] == pytest.approx(float(max(last, min(half, value * Decimal("0.05")))))
    cap = min(half, value * Decimal("0.1"))
    alone = max(value * Decimal("0.05"), cap)
    assert roughly[1] == pytest.approx(max(float(alone), rounded[1]))  # never the narrower one
    assert rounded[0] == pytest.approx(min(rounded[1], float(value)))
    assert reach(Precision.OVER) == pytest.approx((0, float(value) / 10))
    assert reach(Precision.UNDER) == pytest.approx((float(value) / 10, 0))


def test_digits_survive_copies_and_other_processes():
    number = Numeral("1.50")
    for other in (copy.deepcopy(number), pickle.loads(pickle.dumps(number))):
        assert (other, other.decimal) == (1.5, Decimal("1.50"))


def test_a_number_that_was_never_written_has_the_digits_it_needs():
    for value in (20, 20.0, np.float64(20.0)):
        assert published_interval(value, Precision.EXACT, unit="percent") == (19.5, 20.5)
    assert Numeral("1e-99999999").decimal == 0  # not a hundred million zeros


# ---- How figures are written -----------------------------------------------------------------


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_nothing_is_minus_zero(value, decimals):
    text = fixed(value, decimals)
    assert text.startswith("-") == (value < 0 and any(c in "123456789" for c in text))
    assert not str(Estimate(value, value, value)).startswith(("-0 ", "-0.0 "))


@given(st.floats(-1e5, 1e5), st.floats(1e-4, 1e3), st.sampled_from([556, 0.5, 19.04]))
def test_an_interval_is_never_rounded_away(value, half, like):
    low, high = value - half, value + half
    if is_narrow(low, high):
        return
    told = Estimate(value, low, high).beside(like)
    first, _, last = told.partition("(")[2].partition(")")[0].partition(" to ")
    assert first != last
    estimate = Estimate(value, low, high)
    plain = str(estimate).partition("(")[2].partition(")")[0]
    for text in (
        plain,
        span(low, high),
        report_span(low, high, like=value),
        Words("en").interval(estimate),
    ):
        first, _, last = text.partition(" to ")
        assert first != last


def test_an_interval_without_width_is_not_told():
    assert Estimate(498.0, 498.0, 498.0 + 1e-9).beside(556) == "498 km2"
    assert decimals_apart(498.0, 498.0, 2) == 2


def test_a_plain_float_is_written_as_before():
    assert [written(each) for each in (3035.0, 538.8, 26_689.32)] == ["3,035", "538.8", "26,689.32"]


@pytest.mark.parametrize("text", ["0,500", "0,035", "0 500"])
def test_a_comma_before_decimals_is_not_taken_for_thousands(text):
    with pytest.raises(ValueError, match="a point before decimals"):
        Numeral.published(text)

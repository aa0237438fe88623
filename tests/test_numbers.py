"""One figure is written alike in six places; the page is held to this in test_page_browser."""

import pickle
import re
import sys
from dataclasses import replace
from datetime import date

import pytest
from test_recipes import explained
from written_numbers import FIGURES, INTERVALS

from territory.claims.decision import decide
from territory.claims.model import Claim, Reading
from territory.cli.output import note, print_table
from territory.explain.recipes.sentences import Answer, sentence
from territory.maps.map_text import Words
from territory.measure.estimate import Estimate
from territory.numbers import (
    Numeral,
    bounds,
    change,
    figure,
    interval,
    percent,
    printed,
    span,
)
from territory.publish.report.folding import cell_of


def on_the_terminal(value, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table(("km2",), [{"km2": value}], as_json=False)
    return capsys.readouterr().out.splitlines()[3].strip("\u2502 ")


def test_a_table_far_wider_than_the_terminal_has_a_line_for_each_cell(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    names = tuple(f"column_{number}" for number in range(12))
    row = dict.fromkeys(names, "") | {"column_0": "first", "column_11": "last"}
    print_table(names, [row, row], as_json=False)
    plain = re.sub("\x1b[^m]*m", "", capsys.readouterr().out)
    lines = [line.strip() for line in plain.splitlines()]
    assert [line.split() for line in lines if "column" in line] == [
        ["column_0", "first"], ["column_11", "last"],
    ] * 2  # fmt: skip
    assert "\u2500" in lines[2]


def in_a_verdict(value, *_):
    claim = Claim(
        id="x", text="", publisher="p", published=date(2018, 2, 5), value=500_000, unit="km2",
        precision="exact", not_checkable="-",
    )  # fmt: skip
    reading = Reading(name="a", quantity="gained", by=("a",))
    _, why = decide(claim, reading, Estimate(value, value, value))
    return re.search("out: (.*) km2 computed", why)[1]


def in_the_report(value, *_):
    return cell_of((value, value, value))[0]


def in_a_legend(value, *_):
    return Words("en").area(value).removesuffix(" km²")


def in_an_explanation(value, *_):
    """The plain measurement of a figure that it gives."""
    plain = next(each for each in explained(5000.0, 0.5) if each.is_plain)
    same = replace(plain, published=(5000.0,), computed=(value,), fits=True)
    return re.search("True areas.* give (.*) km2,", sentence(Answer("x", "km2", (same,))))[1]


@pytest.mark.parametrize(
    "place", [on_the_terminal, in_a_verdict, in_the_report, in_a_legend, in_an_explanation]
)
def test_a_figure_is_written_alike_wherever_it_stands(place, capsys, monkeypatch):
    assert {value: place(value, capsys, monkeypatch) for value in FIGURES} == FIGURES


@pytest.mark.parametrize(("estimate", "ends"), INTERVALS.items())
def test_an_interval_is_written_alike_wherever_it_stands(estimate, ends):
    value, low, high = estimate
    both = " to ".join(ends)
    assert Words("en").interval(Estimate(*estimate)) == both
    if low < high:
        assert cell_of(estimate)[1] == both
        assert f"({both})" in str(Estimate(*estimate))
        assert f"({both})" in Estimate(*estimate).beside(round(value))
    else:
        assert str(Estimate(*estimate)) == f"{ends[0]} km2"


def test_what_is_written_is_as_near_as_its_digits_allow():
    for value, text in FIGURES.items():
        digits = len(text.partition(".")[2])
        assert abs(float(text.replace(",", "")) - value) <= 0.5000001 * 10**-digits
        assert figure(-value) == (f"-{text}" if text != "0" else "0")
        assert change(value) == (f"+{text}" if text != "0" else "0")


def test_shares_and_counts_follow_the_same_rule():
    assert [percent(each) for each in (1.0, 0.5, 0.0026, 0.0)] == [
        "100 %",
        "50.0 %",
        "0.26 %",
        "0 %",
    ]
    assert interval(1.0, 1.0, 1.0, "places") == "1 place"
    assert interval(79.0, 70.0, 90.0, "places") == "79 (70 to 90) places"


def test_a_line_is_printed_as_it_is(capsys):
    note("where = side = :a: [bold]x[/bold]")
    assert capsys.readouterr().err == "where = side = :a: [bold]x[/bold]\n"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1.0", "1.0"),
        ("1e-30", "1E-30"),
        ("1.0e-30", "1E-30"),  # 31 digits after the point are no measurement
        ("0.1234567890123456789012345678901", "0.12345678901234568"),
        ("1e99999999999999999999", "Infinity"),  # more than a Decimal holds
        ("nan", "NaN"),
    ],
)
def test_a_numeral_keeps_the_digits_that_can_have_been_measured(text, digits):
    numeral = Numeral(text)
    again = pickle.loads(pickle.dumps(numeral))  # as a worker gets it
    assert str(numeral.decimal) == str(again.decimal) == digits
    assert type(again) is Numeral


def test_what_rounds_to_a_hundred_has_no_decimal():
    assert [figure(each) for each in (99.94, 99.95, 99.96)] == ["99.9", "100", "100"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (lambda: change(3.0, unit="places"), "+3"),
        (lambda: change(1e-9), "0"),
        (lambda: change(-3.04, like=250.0), "-3"),
        # Ends need no more digits than their distance deserves, and one at least.
        (lambda: interval(7.0, 5.4, 8.6, "places"), "7 (5 to 9) places"),
        (lambda: interval(7.0, 7.0, 7.0, "places"), "7 places"),
        (lambda: interval(0.04, -90.0, 90.0), "0.040 (-90.0 to 90.0) km2"),
        (lambda: interval(1e-12, 0.0, 1e-11), "0 (0 to 0) km2"),  # nine digits tell them not apart
        # Beside a published figure: its decimals, and one more where the distance has them.
        (lambda: interval(250.0, 250.0, 250.0, beside=19.04), "250.00 km2"),
        (lambda: interval(250.0, 200.0, 300.0, beside=19.04), "250.00 (200.00 to 300.00) km2"),
        (
            lambda: interval(250.0, 249.9999, 250.0001, beside=250.1),
            "250.0000 (249.9999 to 250.0001) km2",
        ),
        (lambda: bounds(5.4, 8.6, like=7.0, unit="places"), ("5", "9")),
        (lambda: bounds(5.4, 8.6, like=7.0), ("5.4", "8.6")),
        (lambda: span(3.0, 3.0), "3 to 3"),
        (lambda: span(2.0, 3.0), "2 to 3"),
        (lambda: span(2.344, 3.344), "2.34 to 3.34"),  # half of the distance to two digits
        (lambda: span(100.26, 130.26), "100 to 130"),
        (lambda: printed("-250 (-300 to 10)"), "\u2212250 (\u2212300 to 10)"),
    ],
)
def test_a_figure_has_the_digits_it_deserves(text, expected):
    assert text() == expected

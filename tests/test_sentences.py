"""Sentences about verdicts say what the numbers say, and no more.

The drawn history has a row of twenty squares of 1 km2 of which B has the first few; B's
share of them on each day is the number of the grid.
"""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from squares import PLANE, day, history_of, squares

from territory.claims.as_drawn import MEASURED_TO, day_that_reaches, web_sphere
from territory.claims.model import Claim
from territory.claims.same_publisher import same_publisher
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.publish.page.judgements import claim_content
from territory.publish.report.answer import Outcome, answer, outcome
from territory.publish.report.doubt import doubts_of
from territory.publish.review import claim_review

METHOD = max(MEASURED_TO, web_sphere(PLANE.latitude))
LINE = BoundaryError(300.0, 1000.0)


def strip(length):
    return squares("B" * length + "A" * (20 - length))


def ensemble_of(*lengths, publisher="DeepState", **more):
    return Ensemble(history_of(*map(strip, lengths)), LINE, publisher=publisher, **more)


def net(start=0, end=1, **more):
    period = (day(start), day(end))
    return {"name": "net", "quantity": "net", "by": ["B"], "period": period, **more}


def claim_of(value, *readings, publisher="DeepState", **more):
    given_ = {"id": "c", "text": "t", "published": date(2019, 1, 1), "unit": "km2", **more}
    return Claim.model_validate(
        {**given_, "publisher": publisher, "value": value, "reading": readings or (net(),)}
    )


def plain(text):
    return text.replace("\u00a0", " ")


# ---- Whose map -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("DeepState", "DEEPSTATE", True),
        ("DeepState", "DeepStateMap.Live", True),
        ("Deep State UA", "DeepState", True),
        ("NZZ", "Neue Zürcher Zeitung", True),
        ("nzz-maps, territory.csv", "NZZ", True),
        ("ISW", "Institute for the Study of War", True),
        ("Reuters, citing DeepState", "DeepState", True),
        ("OWL", "Project Owl", True),
        ("Interfax-Ukraine", "DeepState", False),
        ("UA War Infographics / War Mapper", "DeepState", False),
        ("Reuters / Visualizing Palestine", "OpenStreetMap contributors", False),
        ("", "DeepState", False),
        ("", "", False),
    ],
)
def test_publishers_are_known_by_any_of_their_names(one, other, same):
    assert same_publisher(one, other) is same
    assert same_publisher(other, one) is same


def test_a_publishers_figure_on_its_own_map_is_judged_as_drawn():
    own = ensemble_of(2, 9)
    (found,) = judge(claim_of(7), own)
    assert found.reading.same_map
    # Six hours at an end are a quarter of seven squares there and nothing beyond the series.
    assert found.computed.high == pytest.approx(7 + 7 * METHOD)
    assert found.computed.low == pytest.approx(7 - 2 * 7 / 4 - 7 * METHOD)
    assert "on these very polygons" in found.reason


@pytest.mark.parametrize("at", ["claim", "reading"])
def test_the_claim_or_its_reading_may_say_otherwise(at):
    said = claim_of(7, same_map=False) if at == "claim" else claim_of(7, net(same_map=False))
    (found,) = judge(said, ensemble_of(2, 9))
    assert not found.reading.same_map
    assert found.computed.high > 7.2
    other = (
        claim_of(7, publisher="X", same_map=True)
        if at == "claim"
        else claim_of(7, net(same_map=True), publisher="X")
    )
    (found,) = judge(other, ensemble_of(2, 9))
    assert found.reading.same_map


def test_a_reading_goes_before_its_claim():
    (found,) = judge(claim_of(7, net(same_map=False), same_map=True), ensemble_of(2, 9))
    assert not found.reading.same_map


def test_without_a_known_publisher_nothing_is_taken_for_its_own_map():
    for one, other in (("DeepState", ""), ("", "DeepState"), ("", "")):
        (found,) = judge(claim_of(7, publisher=one), ensemble_of(2, 9, publisher=other))
        assert not found.reading.same_map


def test_on_another_publishers_map_it_is_said_whose_and_both_errors_count():
    """Two maps that err alike are off by the square root of two times what one is."""
    own = judge(claim_of(7, same_map=False), ensemble_of(2, 9))[0]
    (found,) = judge(claim_of(7, publisher="War Mapper"), ensemble_of(2, 9))
    half = own.computed.high - own.computed.value
    assert found.computed.high - found.computed.value == pytest.approx(half * 2**0.5)
    assert "on DeepState's map with the errors of both maps and 7 km2 published" in found.reason
    assert "War Mapper may have measured another map" in found.reason
    names = [each.name for each in found.budget.components]
    assert "where the other publisher drew the line" in names


@given(st.integers(0, 400), st.sampled_from(["DeepState", "War Mapper"]))
@example(34, "DeepState")  # 7.0 (3.5 to 7.0) lies just above 3.4 (3.35 to 3.45)
@settings(max_examples=60)
def test_a_verdict_says_whose_map_does_not_bear_a_figure_out_with_the_number(value, publisher):
    (found,) = judge(claim_of(value / 10, publisher=publisher), ensemble_of(2, 9, 9))
    low, high = found.published
    apart = found.computed.low > high or found.computed.high < low
    assert (found.verdict == "inconsistent") == apart
    for text in (found.reason, summary((found,)), plain(answer((found,)))):
        assert ("DeepState's map does not bear it out: 7.0" in text) == apart
        assert "data speak against" not in text
    side = "below" if found.computed.high < low else "above"
    own = re.search(f"computed on these very polygons lies (just )?{side}", found.reason)
    assert bool(own) == (apart and publisher == "DeepState")


def test_an_assumed_error_is_said_where_a_verdict_rests_on_it():
    assumed = ensemble_of(2, 9, publisher="", is_assumed=True)
    (found,) = judge(claim_of(30), assumed)
    assert summary((found,)).endswith(", with an error of its lines that is only assumed.")
    (found,) = judge(claim_of(30), replace(assumed, is_assumed=False))
    assert "assumed" not in summary((found,))
    (found,) = judge(claim_of(30, same_map=True), assumed)  # no line in its interval
    assert "assumed" not in summary((found,))


# ---- The day's cut ---------------------------------------------------------------------------


def test_a_figure_that_the_days_cut_alone_spans_is_said_to_be():
    """As in June 2025: 498 by the days themselves, 556.5 a day later, 556 published."""
    jump = ensemble_of(1, 1, 6, 12, 12)
    (found,) = judge(claim_of("10.9", net(1, 2)), jump)  # 5, and 11 a day later
    assert found.verdict == "inconsistent"
    told = "the day's cut alone spans it: by the maps of 2018-01-02 and 2018-01-04 it is 11.0 km2"
    assert found.reason.endswith(told)
    assert found.with_limits.endswith(", though the day's cut reaches it")
    assert found.caveats.startswith("day's cut: the day's cut alone spans it")
    assert told in summary((found,))
    assert told in plain(answer((found,))).replace("km²", "km2")
    assert claim_review((found,))["reviewBody"] == summary((found,))


@given(st.lists(st.integers(1, 19), min_size=5, max_size=5), st.integers(1, 19), st.booleans())
@settings(max_examples=80)
def test_the_days_cut_is_told_exactly_where_it_spans_a_figure(lengths, value, own):
    """The oracle tries every pair of days beside those of the figure."""
    publisher = "DeepState" if own else "X"
    ensemble = replace(ensemble_of(*lengths), boundary=BoundaryError(1.0, 1.0))
    (found,) = judge(claim_of(value, net(1, 3), publisher=publisher), ensemble)
    low, high = found.published
    figure = lengths[3] - lengths[1]
    pairs = [(a, b) for a in (0, 1, 2) for b in (2, 3, 4) if abs(b - a - 2) <= 1 and a < b]
    moved = {lengths[b] - lengths[a] for a, b in pairs}
    spans = (figure < low and max(moved) >= low) or (figure > high and min(moved) <= high)
    expected = found.verdict == "inconsistent" and spans
    assert bool(found.day_cut) == expected
    assert ("the day's cut alone spans it" in found.reason) == expected


def test_the_nearest_day_that_reaches_is_named():
    figures = {"a": 470.0, "b": 700.0, "c": 556.5}
    assert day_that_reaches(figures, (555.5, 556.5), 498.0) == "c"
    assert day_that_reaches(figures, (480.0, 482.0), 498.0) == "a"
    assert day_that_reaches(figures, (490.0, 500.0), 498.0) is None


# ---- Open readings ---------------------------------------------------------------------------

MISSING = net(0, 40, name="missing")


@given(st.integers(1, 30), st.integers(0, 2))
@settings(max_examples=40)
def test_readings_that_were_not_measured_keep_the_headline_open(value, missing):
    open_ones = [{**MISSING, "name": f"missing {n}"} for n in range(missing)]
    found = judge(claim_of(value, net(), *open_ones), ensemble_of(2, 9))
    fits = found[0].verdict.startswith("consistent")
    measured = Outcome.ALL if fits else Outcome.NONE
    still_open = Outcome.MEASURED if fits else Outcome.OPEN
    assert outcome(found) is (still_open if missing else measured)
    for text in (summary(found), plain(answer(found))):
        assert ("so it stays open" in text) == (not fits and missing > 0)
        assert ("could not be measured" in text or "could be measured" in text) or not (
            missing and not fits
        )
        assert ("readings could not be checked." in text) == (missing > 0)
        assert "every reading" not in text
        assert "depends on" not in text  # over the one reading that was measured
    rating = claim_review(found)["reviewRating"]
    assert ("ratingValue" in rating) == (fits or not missing)


def test_two_readings_that_were_not_measured_refute_nothing():
    found = judge(claim_of(7, MISSING, {**MISSING, "name": "other"}), ensemble_of(2, 9))
    assert outcome(found) is Outcome.UNCHECKED
    assert "bear" not in summary(found)
    assert "not checkable" in summary(found)


# ---- What it depends on ----------------------------------------------------------------------


def test_what_it_depends_on_is_what_the_readings_differ_in():
    days = judge(claim_of(7, net(), net(0, 2, name="later")), ensemble_of(2, 9, 15))
    assert summary(days).endswith("so it depends on which days are meant.")
    lost = {**net(), "name": "lost", "quantity": "lost"}
    meant = judge(claim_of(7, net(), lost), ensemble_of(2, 9, 15))
    assert summary(meant).endswith("so it depends on what the sentence means.")


def test_a_figure_that_fits_lies_on_no_side():
    for value in ("6.9", "7", "7.01"):
        found = judge(claim_of(value, same_map=False), ensemble_of(2, 9))
        told = plain(answer(found))
        assert told.startswith(f"The figure of {value} km² fits “net”")
        assert not re.search(r"\b(below|above)\b", told)


# ---- Gains and losses ------------------------------------------------------------------------


@given(st.lists(st.integers(1, 19), min_size=3, max_size=3), st.integers(1, 19))
@settings(max_examples=60)
def test_gains_and_losses_are_never_one_range(lengths, value):
    readings = [net(0, 1, name="first"), net(1, 2, name="second"), net(0, 2, name="both")]
    found = judge(claim_of(value, *readings, same_map=False), ensemble_of(*lengths))
    values = [each.computed.value for each in found]
    mixed = min(values) < -1e-6 and max(values) > -1e-6
    for text in (summary(found), plain(answer(found))):
        assert ("give gains" in text) == mixed
        if mixed:
            assert "on both sides" not in text
            assert not re.search(r"from [-−]", text)


def test_a_loss_and_a_gain_are_told_apart():
    lost = {**net(1, 2), "name": "lost", "quantity": "lost"}
    found = judge(claim_of(30, net(0, 1), lost), ensemble_of(2, 9, 5))
    assert "readings give gains of 7.0 and losses of 4.0; none of 2" in summary(found)
    assert "readings give gains of 7.0 km² and losses of 4.0 km²" in plain(answer(found))


# ---- The whole, and parts of doubt -----------------------------------------------------------


def share(**more):
    return {"name": "s", "quantity": "share", "by": ["B"], "day": day(1), **more}


def test_what_others_say_is_only_what_the_claim_says_they_do():
    sizes = {"Here": 50.0, "There": 50.0}
    (named,) = judge(claim_of(18, share(of="Here"), unit="percent"), ensemble_of(2, 9), sizes=sizes)
    assert "others" not in named.reason
    assert "(as the outlines packaged here have it, to 2 %)" in named.reason
    given_ = share(of=50, of_low=49, of_high=51)
    (told,) = judge(claim_of(18, given_, unit="percent"), ensemble_of(2, 9))
    assert "(given as 49 to 51 by others)" in told.reason
    both = share(of=["Here", "There"])
    (found,) = judge(claim_of(9, both, unit="percent"), ensemble_of(2, 9), sizes=sizes)
    assert found.computed.value == pytest.approx(9)
    assert "the 100 km2 of Here and There" in found.reason


def test_an_outline_is_an_error_of_ours_and_counts():
    """The outline of Ukraine is 0.8 % smaller than the country: 19.20 % for 19.04 %."""
    sizes = {"Here": 50.0}
    ensemble = ensemble_of(9, 9)
    (sharp,) = judge(claim_of("17.86", share(of=50), unit="percent"), ensemble)
    (found,) = judge(claim_of("17.86", share(of="Here"), unit="percent"), ensemble, sizes=sizes)
    assert (sharp.verdict, found.verdict) == ("inconsistent", "consistent")
    assert found.computed.high - sharp.computed.high == pytest.approx(18 / 0.98 - 18)
    assert found.computed.low - sharp.computed.low == pytest.approx(18 / 1.02 - 18)
    assert "the outline of the country" in [each.name for each in found.budget.components]


def test_several_countries_may_be_meant():
    sizes = {"Here": 5.0, "There": 5.0}
    reading = {"name": "t", "quantity": "total", "by": ["B"], "day": day(1)}
    one = judge(claim_of(9, reading, of="Here"), ensemble_of(2, 9), sizes=sizes)
    both = judge(claim_of(9, reading, of=["Here", "There"]), ensemble_of(2, 9), sizes=sizes)
    assert [each.verdict for each in (*one, *both)] == ["inconsistent", "consistent"]
    assert "9 km2 is more than the 5.0 km2 of Here" in one[0].reason


def test_no_bar_is_called_a_part_of_all_doubt():
    found = judge(claim_of(7, same_map=False), ensemble_of(2, 9))
    (chart,) = doubts_of(found)
    assert chart.bars
    assert not any("%" in f"{bar.figure}{bar.label}{bar.meaning}" for bar in chart.bars)


def test_a_day_that_cannot_be_used_says_why_and_names_no_file():
    doubts = {day(1): "B leaves and is back the next day"}
    spoilt = ensemble_of(2, 9, corrupt=frozenset({day(1)}), doubts=doubts)
    (found,) = judge(claim_of(7), spoilt)
    assert found.reason == (
        "the snapshot of 2018-01-02 is judged corrupt: B leaves and is back the next day"
    )
    assert ".csv" not in found.reason


def test_what_the_data_lack_is_said_with_the_answer():
    lack = "villages there are under-reported, so the figure is likelier low than high"
    found = judge(claim_of(7, caveat=lack), ensemble_of(2, 9))
    sentence = f" {lack.capitalize()}."
    assert summary(found).endswith(sentence)
    assert answer(found).endswith(sentence)
    assert claim_content(found, ensemble_of(2, 9).base, ())["lack"] == lack
    assert claim_review(found)["reviewBody"].endswith(sentence)


def test_a_figure_that_cannot_be_true_is_no_open_question_on_the_page():
    found = judge(claim_of(7, of=5), None)
    assert claim_content(found, ensemble_of(2).base, ())["fault"] is True


def test_no_share_is_more_than_all():
    sizes = {"Here": 19.1}
    for said in ({}, {"same_map": False}):
        (found,) = judge(
            claim_of(99, share(of="Here", **said), unit="percent"), ensemble_of(2, 19), sizes=sizes
        )
        assert found.computed.value == pytest.approx(1900 / 19.1)
        assert found.computed.high == 100

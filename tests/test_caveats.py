"""What is said beside a verdict: maps that came later, and how well figures agree."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from squares import day, history_of, squares

from territory.claims.caveats import LaterMap
from territory.claims.closeness import Fit, fit_of, way_out
from territory.claims.decision import decide
from territory.claims.model import Claim, Verdict
from territory.claims.rows import verdict_rows
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import Estimate
from territory.publish.page.judgements import claim_content
from territory.publish.report.answer import answer
from territory.publish.report.reading_list import claim_view, verdict_mark

HISTORY = history_of(squares("AABB"), squares("AAAB"), squares("AAAA"))
ONE = {"name": "one", "quantity": "gained", "by": ["A"], "period": (day(0), day(1))}
TWO = {"name": "two", "quantity": "gained", "by": ["A"], "period": (day(0), day(2))}


DAY = day(1)


def judged(*readings, published=DAY, value=1, hour_utc=None, **more):
    given = {"id": "c", "text": "t", "publisher": "p", "published": published, "value": value}
    claim = Claim.model_validate({"unit": "km2", **given, **more, "reading": readings})
    return judge(claim, Ensemble(HISTORY, hour_utc=hour_utc))


def caveats(*args, **more):
    return [row["caveat"] for row in verdict_rows(judged(*args, **more))]


# ---- Maps that came after the figure ---------------------------------------------------------


def test_a_map_of_the_day_of_publication_can_have_been_used():
    assert caveats(ONE, published=day(1)) == [""]
    assert caveats(ONE, published=day(1), hour_utc=3) == [""]
    assert caveats(ONE, published=day(9)) == [""]


def test_a_map_dated_after_publication_is_told_whatever_the_verdict():
    for value, verdict in ((1, "consistent"), (7, "inconsistent")):
        (found,) = judged(ONE, published=day(0), value=value)
        assert found.verdict == verdict
        assert found.with_limits == f"{verdict}, on a later map"
        assert found.caveats == (
            f"later map: the map of {day(1)} is dated after the figure was published"
            f" ({day(0)}), so the publisher cannot have used it"
        )


def test_a_stated_hour_speaks_of_the_night_after_publication_alone():
    (near,) = caveats(ONE, published=day(1) - timedelta(1), hour_utc=3)
    assert near.endswith(
        "it shows 03:00 UTC of its day, so the publisher cannot have used this file, though its"
        " own map may have looked nearly the same the evening before"
    )
    (far,) = caveats(ONE, published=day(1) - timedelta(2), hour_utc=3)
    assert "UTC" not in far
    assert far.endswith("so the publisher cannot have used it")


def test_a_later_map_stands_beside_a_weak_test():
    (found,) = judged(ONE, published=day(0))
    weak = replace(found, caveat="weak test")
    assert weak.caveats.startswith("weak test; later map: the map of ")


def test_only_the_readings_that_end_later_are_told():
    first, second = judged(ONE, TWO, published=day(1))
    assert (first.later, second.later) == (None, LaterMap(day(2), day(1)))


def test_what_cannot_be_true_or_measured_rests_on_no_map():
    (measured,) = judged(ONE, published=day(0), value=7, of=5)
    assert measured.fault
    assert not measured.caveats
    (missing,) = judged({**ONE, "period": (day(0), day(8))}, published=day(0))
    assert missing.verdict == "not checkable"
    assert not missing.caveats


@pytest.mark.parametrize("say", [answer, summary])
def test_the_sentence_on_a_claim_says_what_it_rests_on(say):
    told = "rests on a map dated after the figure was published."
    assert f"Whatever agrees with it {told}" in say(judged(ONE, published=day(0)))
    assert f"This {told}" in say(judged(ONE, published=day(0), value=7))
    assert told not in say(judged(ONE, TWO, published=day(1)))  # the one that agrees does not
    assert told in say(judged(ONE, TWO, published=day(1), value=2))


def test_report_and_page_say_it():
    group = judged(ONE, published=day(1) - timedelta(1), hour_utc=3)
    (row,) = claim_view(group).rows
    assert row.notes[-2].startswith(f"The map of {day(1)} is dated after")
    assert row.notes[-1] == "Judged by the interval on the ground"
    assert verdict_mark(group[0]).mark == "◐"
    assert verdict_mark(group[0]).word == "consistent, on a later map"
    content = claim_content(group, HISTORY, ())
    assert content["readings"][0]["later"] == {"day": str(day(1)), "hour": "03"}
    (refuted,) = judged(ONE, published=day(0), value=7)
    assert verdict_mark(refuted).mark == "✕"
    plain = claim_content(judged(ONE), HISTORY, ())
    assert plain["readings"][0]["later"] is None
    assert date.fromisoformat(content["readings"][0]["later"]["day"]) == day(1)


# ---- How well figures agree ------------------------------------------------------------------

MIDDLE = Estimate(544.0, 391.0, 697.0)  # an arm of 153 either way; half of it ends at 467.5


@pytest.mark.parametrize(
    ("published", "fit"),
    [
        ((540, 550), Fit.GOOD),  # the computed figure itself
        ((450, 467.6), Fit.GOOD),
        ((450, 467.4), Fit.LOOSE),
        ((350, 450), Fit.LOOSE),
        ((350, 391), Fit.LOOSE),  # they touch
        ((350, 390), Fit.NONE),
        ((620.4, 700), Fit.GOOD),
        ((620.6, 700), Fit.LOOSE),
        ((697, 700), Fit.LOOSE),
        ((698, 700), Fit.NONE),
        ((0, 2000), Fit.GOOD),
    ],
)
def test_a_fit_is_good_up_to_half_of_the_way_to_the_end_of_the_interval(published, fit):
    assert fit_of(published, MIDDLE) is fit


def test_arms_of_an_interval_count_each_for_itself():
    skew = Estimate(10.0, 0.0, 12.0)
    assert fit_of((11.1, 20.0), skew) is Fit.LOOSE
    assert fit_of((0.0, 8.9), skew) is Fit.GOOD
    assert fit_of((10.0, 10.0), Estimate(10.0, 10.0, 10.0)) is Fit.GOOD


@given(*[st.integers(0, 60)] * 5)
def test_the_way_out_is_found_by_walking(a, b, c, d, e):
    """The oracle tries every whole figure that the words allow."""
    (low, value, high), (least, most) = sorted((a, b, c)), sorted((d, e))
    allowed = [n for n in range(least, most + 1) if low <= n <= high]
    out = way_out((least, most), Estimate(float(value), float(low), float(high)))
    if not allowed:
        assert out is None
        return
    steps = [
        abs(n - value) / (high - value if n > value else value - low) if n != value else 0
        for n in allowed
    ]
    assert out == pytest.approx(min(steps))
    assert 0 <= out <= 1


@given(st.floats(1, 500), st.floats(0, 300), st.floats(1, 500))
def test_whatever_is_consistent_has_a_fit_and_nothing_else_has(value, arm, said):
    reading = {"name": "a", "quantity": "gained", "by": ["A"], "period": (day(0), day(1))}
    given = {"id": "c", "text": "", "publisher": "", "published": day(1), "unit": "km2"}
    claim = Claim.model_validate({**given, "value": said, "reading": [reading]})
    computed = Estimate(value, value - arm, value + arm)
    verdict, _ = decide(claim, claim.reading[0], computed)
    assert bool(fit_of(claim.published_interval(), computed)) == (verdict is Verdict.CONSISTENT)


def loosely(value=1.0, arm=1.0, **more):
    """One reading whose figure, 1, gets an interval of `value` +- `arm`."""
    (found,) = judged(ONE, **more)
    return replace(found, computed=Estimate(value, value - arm, value + arm))


def test_a_loose_fit_has_a_mark_and_words_of_its_own():
    good, loose = loosely(), loosely(2.2, 1.0)  # 0.5 to 1.5 published
    assert [verdict_rows([each])[0]["fit"] for each in (good, loose)] == ["good", "loose"]
    assert [verdict_mark(each).mark for each in (good, loose)] == ["✓", "≈"]
    assert verdict_mark(loose).word == loose.with_limits == "consistent, a loose fit"
    only = replace(loose, verdict="consistent only as one")
    assert verdict_mark(only).mark == "≈"
    assert verdict_mark(only).word == "consistent only as this reading, a loose fit"
    refuted = replace(loose, verdict="inconsistent")
    assert (refuted.fit, verdict_mark(refuted).mark) == (Fit.NONE, "✕")
    notes = [claim_view((each,)).rows[0].notes[0].partition(":")[0] for each in (good, loose)]
    assert notes == ["A good fit", "A loose fit"]
    assert claim_content((loose,), HISTORY, ())["readings"][0]["fit"] == "loose"


def test_a_figure_that_is_only_true_to_its_word_has_no_fit():
    far = loosely(9.0, 1.0, precision="over")
    assert far.fit is Fit.NONE


@pytest.mark.parametrize("say", [answer, summary])
def test_the_sentence_on_a_claim_names_loose_fits(say):
    good, loose = loosely(), loosely(2.2, 1.0)
    other = replace(loose, reading=loose.reading.model_copy(update={"name": "other"}))
    assert "loose" not in say((good,))
    assert "Whatever agrees with it is only a loose fit." in say((loose,))
    assert "The fit is only loose for “other”." in say((good, other))
    assert "loose" not in say((replace(loose, verdict="inconsistent"),))

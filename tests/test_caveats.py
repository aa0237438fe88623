"""What is said beside a verdict: maps that came later, and how well figures agree."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from squares import day, history_of, squares

from territory.claims import Claim, LaterMap, judge, summary
from territory.page.judged import claim_content
from territory.report.answer import answer
from territory.report.readings import claim_view, verdict_shown
from territory.results import verdict_rows
from territory.uncertainty import Ensemble

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
        assert found.told == f"{verdict}, on a later map"
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
    assert row.notes[-1].startswith(f"The map of {day(1)} is dated after")
    assert verdict_shown(group[0]).mark == "◐"
    assert verdict_shown(group[0]).word == "consistent, on a later map"
    content = claim_content(group, HISTORY, ())
    assert content["readings"][0]["later"] == {"day": str(day(1)), "hour": "03"}
    (refuted,) = judged(ONE, published=day(0), value=7)
    assert verdict_shown(refuted).mark == "✕"
    plain = claim_content(judged(ONE), HISTORY, ())
    assert plain["readings"][0]["later"] is None
    assert date.fromisoformat(content["readings"][0]["later"]["day"]) == day(1)

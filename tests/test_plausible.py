"""Figures that cannot be true, whatever any polygon says."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from squares import day, history_of, squares

from territory.claims.model import Claim, Verdict
from territory.claims.plausibility import Fault, contradiction
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.errors import ClaimError
from territory.measure.ensemble import Ensemble
from territory.publish.report.answer import Outcome, answer, outcome

SIZES = {"Ukraine": 598_996.1, "Syria": 185_716.7}


def claim_of(value, unit="km2", **more):
    given_ = {"precision": "exact", "not_checkable": "no map", **more}
    if "reading" in given_:
        del given_["not_checkable"]
    return Claim.model_validate(
        {
            "id": "c",
            "text": "t",
            "publisher": "p",
            "published": date(2024, 1, 30),
            "value": value,
            "unit": unit,
            **given_,
        }
    )


def percent(value, **more):
    return {"value": value, "unit": "percent", **more}


@pytest.mark.parametrize(
    ("claim", "fault", "words"),
    [
        # 1,158 km2 of a place that has 365, and 41 % of it is not 1,158.
        (
            claim_of(1158, of=365, of_name="the Gaza Strip", also=[percent(41)]),
            Fault.IMPOSSIBLE,
            "impossible: 1,158 km2 is more than the 365 km2 of the Gaza Strip; 41 % of it is"
            " 150 km2",
        ),
        (claim_of(365, of=365), Fault.NONE, ""),
        (claim_of(366, of=365, of_high=366), Fault.NONE, ""),
        (claim_of(368, of=365), Fault.IMPOSSIBLE, "368 km2 is more than the 365 km2 of the whole"),
        (claim_of(400, of=365, precision="rounded"), Fault.NONE, ""),  # may mean 350
        (claim_of(615_000, of="Ukraine"), Fault.IMPOSSIBLE, "598,996 km2 of Ukraine"),
        (claim_of(603_628, of="Ukraine"), Fault.NONE, ""),  # the outlines are off by as much
        # 7,463 of 603,700 is 1.236 %.
        (
            claim_of(7463, of=603_700, also=[percent(1.28)]),
            Fault.CONTRADICTION,
            "contradicts itself: 7,463 km2 is 1.24 % of the 603,700 km2 of the whole, not 1.28 %",
        ),
        (claim_of(7463, also=[percent(1.28, of=603_700)]), Fault.CONTRADICTION, "not 1.28 %"),
        (claim_of(7463, also=[percent(1.28)]), Fault.NONE, ""),  # of what, is not said
        (claim_of(7463, of=603_700, also=[percent(1.24)]), Fault.NONE, ""),
        (claim_of(7463, of=603_700, also=[percent(1.23)]), Fault.NONE, ""),  # cut off, not rounded
        (claim_of(7463, of=603_700, also=[percent(1.22)]), Fault.CONTRADICTION, "not 1.22 %"),
        (claim_of(1.28, "percent", of=603_700, also=[{"value": 7463, "unit": "km2"}]),
            Fault.CONTRADICTION, "7,463 km2 is 1.24 %"),
        (claim_of(1.28, "percent", of=583_000, also=[{"value": 7463, "unit": "km2"}]),
            Fault.NONE, ""),
        (
            claim_of(7463, of=603_700, of_low=580_000, also=[percent(1.28)]),
            Fault.NONE,
            "",
        ),
        # of Ukraine as wide as somebody says, and not as far off as the outlines may be
        (claim_of(615_000, of="Ukraine", of_high=616_000), Fault.NONE, ""),
        (claim_of(615_000, of="Ukraine", of_low=590_000), Fault.IMPOSSIBLE, "of Ukraine"),
        (
            claim_of(3000, also=[{"value": 1000, "unit": "km2", "precision": "roughly"}]),
            Fault.CONTRADICTION,
            "the same amount cannot be 3,000 km2 and 1,000 km2",
        ),
        (
            claim_of(
                3000, precision="between", value_high=4000, of=10_000, also=[percent(35)]
            ),
            Fault.NONE,
            "",
        ),
        (
            claim_of(
                3000, precision="between", value_high=4000, of=10_000, also=[percent(60)]
            ),
            Fault.CONTRADICTION,
            "3,000 to 4,000 km2 is 30.0 %",
        ),
    ],
)  # fmt: skip
def test_contradictions(claim, fault, words):
    found, why = contradiction(claim, SIZES)
    assert found is fault
    assert (words in why) if words else not why


@given(
    part=st.floats(1, 1e5),
    whole=st.floats(1, 1e6),
    digits=st.integers(1, 4),
)
def test_a_true_percentage_is_never_a_contradiction(part, whole, digits):
    """Rounded or cut off, to any number of digits."""
    assume(part <= whole)
    exact = 100 * part / whole
    for said in (round(exact, digits), int(exact * 10**digits) / 10**digits):
        claim = claim_of(part, of=whole, also=[percent(min(said, 100.0), precision="exact")])
        if said == 0 or len(repr(said).partition(".")[2]) < digits:
            continue  # fewer digits than were meant: what was cut off is not to be seen
        assert contradiction(claim, {})[0] is Fault.NONE


@given(part=st.integers(1000, 10**5), percent_off=st.floats(3, 50))
def test_a_percentage_that_is_clearly_off_always_is(part, percent_off):
    whole = part * 3.0
    said = round(100 / 3 * (1 - percent_off / 100), 2)
    assume(said % 10)  # "30" may be a third, to the nearest ten
    claim = claim_of(part, of=whole, also=[percent(said)])
    assert contradiction(claim, {})[0] is Fault.CONTRADICTION


def test_the_verdict_is_inconsistent_and_no_map_is_needed():
    claim = claim_of(1158, of=365, not_checkable="no polygons")
    (found,) = judge(claim, None)
    assert (found.verdict, found.fault) == (Verdict.INCONSISTENT, Fault.IMPOSSIBLE)
    assert found.reason.startswith("impossible: ")
    assert summary((found,)).startswith("1,158 km2: impossible: 1,158 km2 is more than")


def test_the_report_says_that_it_cannot_be_true():
    found = judge(claim_of(1158, of=365, not_checkable="no polygons"), None)
    assert outcome(found) is Outcome.NONE
    assert answer(found).replace("\u00a0", " ") == (
        "The figure of 1,158 km² cannot be true: 1,158 km² is more than the 365 km² of the whole."
    )


def test_a_claim_that_fits_the_ground_may_still_contradict_itself():
    """Two of eight squares are no 60 %, even if two squares are right."""
    history = history_of(squares("AABB", "...."))
    reading = {"name": "r", "quantity": "total", "by": ["A"], "area": "frame"}
    claim = claim_of(2, day=day(0), of=8, also=[percent(60)], reading=[reading])
    (found,) = judge(claim, Ensemble(history))
    assert (found.verdict, found.fault) == (Verdict.INCONSISTENT, Fault.CONTRADICTION)
    assert found.computed.value == pytest.approx(2)
    assert "2 km2 is 25.0 % of the 8 km2 of the whole, not 60 %; measured all the same: 2" in (
        found.reason
    )
    good = claim_of(2, day=day(0), of=8, also=[percent(25)], reading=[reading])
    (found,) = judge(good, Ensemble(history))
    assert (found.verdict, found.fault) == (Verdict.CONSISTENT, Fault.NONE)


def test_without_a_map_a_reading_is_not_checkable():
    reading = {"name": "r", "quantity": "total", "by": ["A"]}
    (found,) = judge(claim_of(2, day=day(0), reading=[reading]), None)
    assert (found.verdict, found.reason) == (
        Verdict.NOT_CHECKABLE,
        "no map was given to measure it on",
    )


def test_an_unknown_country_is_an_error():
    with pytest.raises(ClaimError, match=r"claim 'c': no country 'Ukrain' .*mean 'Ukraine'\?"):
        contradiction(claim_of(1, of="Ukrain"), SIZES)
    with pytest.raises(ClaimError, match="give its size in km2"):
        contradiction(claim_of(1, of="Ukraine"), {})

"""Sentences that decide, whole: every part of one is written down here, worked out by hand.

"Roughly 1,000" allows 900 to 1,100, "over 100" 100 to 110, "under 500" 450 to 500, "102" 101.5 to
102.5, "25 %" 24.5 to 25.5, and "0" nothing beyond 0.5 (see `territory.claims.precision`).
"""

import pytest
from squares import day

from territory.claims.decision import decide
from territory.claims.model import Claim
from territory.claims.plausibility import Whole
from territory.claims.same_publisher import Interval
from territory.measure.estimate import Estimate

AFP = "; AFP may have measured another map, so an error of that counts too"
OTHERWISE = (
    ": more than rounding, the hour of the map and the way of measuring can explain, so it was"
    " measured on another map, over other days or by another rule"
)
UKRAINE = Whole("Ukraine", 600_000, 600_000, 600_000)
BOTH = {"interval": Interval.BOTH, "whose": "ISW's map"}
BOUND = {"lower_bound": "the list is short"}
TOTAL = {"quantity": "total", "day": day(1)}
SHARE = {**TOTAL, "quantity": "share"}
PATH, SAME = {"path": True}, {"same_map": True}


def decided(said, estimate, reading, more):
    """Decide about a claim of the AFP: its figure with its word and unit, and any other keys."""
    value, word, unit, *others = said
    claim = {"value": value, "precision": word, "unit": unit, "publisher": "AFP", "text": ""}
    gained = {"name": "a", "quantity": "gained", "by": ["A"], "period": (day(0), day(1))}
    of_one_day = {"period": None} if "day" in reading else {}
    claim |= {"id": "x", "published": day(1), "reading": [gained | of_one_day | reading]}
    model = Claim.model_validate(claim | dict(*others))
    return decide(model, model.reading[0], Estimate(*estimate, unit), **more)


@pytest.mark.parametrize(
    ("said", "estimate", "reading", "more", "verdict", "why"),
    [
        # They overlap: the map is named only where another's error counts too.
        (
            (1000, "roughly", "km2"), (870, 840, 900.5), {}, {},
            "consistent",
            "870 (840 to 900) km2 computed and 1,000 km2 published (900 to 1,100) overlap",
        ),
        (
            (1000, "roughly", "km2"), (870, 840, 900.5), {}, BOTH,
            "consistent",
            "870 (840 to 900) km2 computed on ISW's map with the errors of both maps and"
            f" 1,000 km2 published (900 to 1,100) overlap{AFP}",
        ),
        (
            (1000, "roughly", "km2", {"publisher": ""}), (870, 840, 900.5), {},
            {**BOTH, "maps": "all maps"},
            "consistent",
            "870 (840 to 900) km2 computed on ISW's map with the errors of all maps and"
            " 1,000 km2 published (900 to 1,100) overlap; its publisher may have measured another"
            " map, so an error of that counts too",
        ),
        (  # they touch below, and above
            (1000, "roughly", "km2"), (870, 840, 900), {}, {},
            "consistent",
            "870 (840 to 900) km2 computed and 1,000 km2 published (900 to 1,100) overlap",
        ),
        (
            (1000, "roughly", "km2"), (1130, 1100, 1160), {}, {},
            "consistent",
            "1,130 (1,100 to 1,160) km2 computed and 1,000 km2 published (900 to 1,100) overlap",
        ),
        # What it was computed on, and what stands behind it.
        (
            (25, "exact", "percent"), (25, 24, 26), SHARE, {"whole": UKRAINE},
            "consistent",
            "25.0 (24.0 to 26.0) % computed of the 600,000 km2 of Ukraine and 25 % published"
            " (24.5 to 25.5) overlap",
        ),
        (
            (1000, "roughly", "km2"), (1000, 950, 1050), TOTAL, {"whole": UKRAINE},
            "consistent",
            "1,000 (950 to 1,050) km2 computed and 1,000 km2 published (900 to 1,100) overlap",
        ),
        (
            (1000, "roughly", "km2"), (1000, 950, 1050), PATH, {"about": " since then"},
            "consistent",
            "1,000 (950 to 1,050) km2 since then computed along the path and"
            " 1,000 km2 published (900 to 1,100) overlap",
        ),
        (
            (1000, "roughly", "km2"), (1000, 950, 1050), {**TOTAL, "plus": 12.5, **SAME}, {},
            "consistent",
            "1,000 (950 to 1,050) km2 computed, with the 12.5 km2 not drawn, on these very"
            " polygons and 1,000 km2 published (900 to 1,100) overlap",
        ),
        # They do not: by how much only on the publisher's own polygons.
        (
            (1000, "roughly", "km2"), (500, 450, 550), {}, {},
            "inconsistent",
            "this map does not bear it out: 500 (450 to 550) km2 computed lies below"
            " 1,000 km2 published (900 to 1,100)",
        ),
        (
            (1000, "roughly", "km2"), (1250, 1200, 1300), {}, BOTH,
            "inconsistent",
            "ISW's map does not bear it out: 1,250 (1,200 to 1,300) km2 computed with the errors"
            f" of both maps lies above 1,000 km2 published (900 to 1,100){AFP}",
        ),
        (
            (1000, "roughly", "km2"), (1250, 1200, 1300), SAME, {},
            "inconsistent",
            "this map does not bear it out: 1,250 (1,200 to 1,300) km2 computed on these very"
            " polygons lies above 1,000 km2 published (900 to 1,100), 1.250 times it" + OTHERWISE,
        ),
        (
            (0, "exact", "km2"), (5, 4, 6), SAME, {},
            "inconsistent",
            "this map does not bear it out: 5.0 (4.0 to 6.0) km2 computed on these very polygons"
            " lies above 0 km2 published (0 to 0.5)" + OTHERWISE,
        ),
        (
            (1000, "roughly", "km2"), (1250, 1200, 1300), SAME, {"day_cut": "it is the hour"},
            "inconsistent",
            "this map does not bear it out: 1,250 (1,200 to 1,300) km2 computed on these very"
            " polygons lies above 1,000 km2 published (900 to 1,100); it is the hour",
        ),
        (
            (1000, "roughly", "km2"), (1250, 1200, 1300), {}, {**BOTH, "day_cut": "an hour"},
            "inconsistent",
            "ISW's map does not bear it out: 1,250 (1,200 to 1,300) km2 computed with the errors"
            f" of both maps lies above 1,000 km2 published (900 to 1,100){AFP}; an hour",
        ),
        # True to the word, and far beyond it.
        (
            (500, "under", "km2"), (300, 250, 350), {}, {},
            "consistent",
            "300 (250 to 350) km2 computed lies far below 500 km2 published (450 to 500); true of"
            " 'under', which usually means a tenth less at most",
        ),
        (
            (100, "over", "km2"), (300, 250, 350), BOUND, BOTH,
            "consistent",
            "at least 300 (250 to 350) km2 computed lies far above 100 km2 published (100 to 110);"
            f" true of 'over', which usually means a tenth more at most{AFP}",
        ),
        # A lower bound refutes what lies below it, agrees where it reaches, and says no more.
        (
            (102, "exact", "km2"), (120, 102.5, 150), BOUND, {},
            "consistent",
            "at least 120 (102 to 150) km2 computed; the list is short",
        ),
        (
            (102, "exact", "km2"), (80, 60, 101.5), BOUND, {},
            "consistent",
            "at least 80.0 (60.0 to 101.5) km2 computed; the list is short",
        ),
        (
            (102, "exact", "km2"), (120, 103, 150), BOUND, {},
            "inconsistent",
            "this map does not bear it out: at least 120 (103 to 150) km2 computed, already above"
            " 102 km2 published (at most 102.5)",
        ),
        (
            (100, "between", "km2", {"value_high": 200}), (300, 250, 350), BOUND, {},
            "inconsistent",
            "this map does not bear it out: at least 300 (250 to 350) km2 computed, already above"
            " 100 to 200 km2 published (at most 200)",
        ),
        (
            (102, "exact", "km2"), (80, 60, 101), BOUND, {},
            "not checkable",
            "80.0 (60.0 to 101.0) km2 computed, which is a lower bound and can neither confirm nor"
            " refute 102 km2: the list is short",
        ),
        (
            ("102.50", "exact", "km2"), (80, 60, 99), BOUND, {},
            "not checkable",
            "80.00 (60.00 to 99.00) km2 computed, which is a lower bound and can neither confirm"
            " nor refute 102.50 km2: the list is short",
        ),
        (
            (9, "exact", "places"), (2, 2, 2), BOUND, {},
            "not checkable",
            "2 places counted, which is a lower bound and can neither confirm nor refute"
            " 9 places: the list is short; a gazetteer of all villages would",
        ),
        (
            (9, "exact", "units"), (2, 2, 2), BOUND, {},
            "not checkable",
            "2 units counted, which is a lower bound and can neither confirm nor refute"
            " 9 units: the list is short",
        ),
        (
            (100, "between", "km2", {"value_high": 200}), (80, 60, 99), BOUND, {},
            "not checkable",
            "80.0 (60.0 to 99.0) km2 computed, which is a lower bound and can neither confirm nor"
            " refute 100 to 200 km2: the list is short",
        ),
        # Ends that are written alike are told apart, with as many decimals as are written.
        (
            (1000, "roughly", "km2"), (870, 840, 899.8), {}, {},
            "inconsistent",
            "this map does not bear it out: 870 (840 to 900) km2 computed lies just below"
            " 1,000 km2 published (900 to 1,100)",
        ),
        (
            (1000, "roughly", "km2"), (1130, 1100.2, 1160), {}, {},
            "inconsistent",
            "this map does not bear it out: 1,130 (1,100 to 1,160) km2 computed lies just above"
            " 1,000 km2 published (900 to 1,100)",
        ),
        (
            (9, "exact", "places"), (7, 5.5, 8.4), {}, {},
            "inconsistent",
            "this map does not bear it out: 7 (6 to 8) places computed lies just below"
            " 9 places published (8.5 to 9.5)",
        ),
        (
            ("100.3", "exact", "km2"), (100.1, 100, 100.24), {}, {},
            "inconsistent",
            "this map does not bear it out: 100.10 (100.00 to 100.24) km2 computed lies below"
            " 100.3 km2 published (100.25 to 100.35)",
        ),
    ],
)  # fmt: skip
def test_every_part_of_a_sentence_is_there_when_it_should_be(
    said, estimate, reading, more, verdict, why
):
    assert decided(said, estimate, reading, more) == (verdict, why)

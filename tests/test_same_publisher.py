"""Which interval a figure is judged by: whose figure it is, whose map, and what it counts."""

import numpy as np
import pytest
import shapely
from squares import PLANE, day

from territory.claims.figures import Unit
from territory.claims.model import Claim
from territory.claims.same_publisher import (
    error_of_other,
    interval_of,
    is_another_map,
    is_same_map,
    map_of,
    owned,
    same_publisher,
)
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble

HISTORY = from_coverage(
    np.array([shapely.box(0, 0, 1000, 1000)]),
    np.array([[0], [1]], dtype=np.int16),
    days=(day(0), day(1)),
    holders=(NOBODY, Holder("A")),
    projection=PLANE,
)
DRAWN = Ensemble(HISTORY, publisher="DeepState")
PLACES = Ensemble(HISTORY, publisher="DeepState", counts={"": HISTORY})
RESAMPLED = Ensemble(HISTORY, publisher="DeepState", draws=(HISTORY,))
UNKNOWN = Ensemble(HISTORY)


def claim_of(publisher, *, unit="km2", same_map=None, of_reading=None):
    reading = {"name": "a", "quantity": "gained", "by": ["A"], "same_map": of_reading}
    return Claim.model_validate(
        {"id": "x", "text": "", "publisher": publisher, "published": day(1), "value": 1}
        | {"unit": unit, "period": (day(0), day(1)), "same_map": same_map, "reading": [reading]}
    )


@pytest.mark.parametrize(
    ("claim", "ensemble", "same", "another", "interval"),
    [
        (claim_of("DeepState"), DRAWN, True, False, "drawn"),
        (claim_of("DeepState", unit="points"), DRAWN, True, False, "drawn"),
        (claim_of("AFP"), DRAWN, False, True, "both"),
        (claim_of(""), DRAWN, False, True, "both"),
        (claim_of("AFP"), UNKNOWN, False, False, "ground"),
        (claim_of("DeepState"), UNKNOWN, False, False, "ground"),
        # Around places nobody drew lines, and what is counted has none.
        (claim_of("DeepState"), PLACES, False, False, "ground"),
        (claim_of("AFP"), PLACES, False, False, "ground"),
        (claim_of("AFP"), RESAMPLED, False, False, "ground"),
        (claim_of("DeepState", unit="places"), DRAWN, False, False, "ground"),
        (claim_of("AFP", unit="places"), DRAWN, False, True, "both"),
        # What is stated goes before what names say, and the reading before the claim.
        (claim_of("AFP", same_map=True), DRAWN, True, False, "drawn"),
        (claim_of("AFP", same_map=True), UNKNOWN, True, False, "drawn"),
        (claim_of("AFP", of_reading=True), DRAWN, True, False, "drawn"),
        (claim_of("DeepState", same_map=False), DRAWN, False, False, "ground"),
        (claim_of("DeepState", of_reading=False), DRAWN, False, False, "ground"),
        (claim_of("DeepState", same_map=False, of_reading=True), DRAWN, True, False, "drawn"),
        (claim_of("AFP", same_map=True, of_reading=False), DRAWN, False, True, "both"),
    ],
)
def test_a_figure_is_judged_by_whose_map_it_stems_from(claim, ensemble, same, another, interval):
    asked = (claim, claim.reading[0], ensemble)
    found = is_same_map(*asked), is_another_map(*asked), interval_of(*asked)
    assert found == (same, another, interval)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ukrainska Pravda by DeepState", "DeepState", True),
        ("Pravda via DeepState (Kyiv)", "Kyiv", True),
        ("Pravda and DeepState", "DeepState", True),
        ("Pravda from DeepState", "DeepState", True),
        ("Pravda quoting DeepState", "DeepState", True),
        ("A+B", "B", True),
        ("Live", "live", True),  # says nothing, but is all there is
        ("Live", "Map", False),
        ("Beta Gamma", "BG", False),  # two letters may be chance
        ("Alpha Beta Gamma", "ABG", True),
        ("Áccents", "accents", True),
        ("Straße", "STRASSE", True),
        ("Deep State", "deep-state", True),
        ("Deep State", "DeepState", True),
        ("Warmaps", "war", False),  # what is left of an ending must still be a name
        ("Frontmaps", "Front", True),
        ("Frontmap", "Front", True),
        ("Frontua", "Front", True),
        ("Roadmap", "road", True),
        ("Oblastua", "Oblast", True),
    ],
)
def test_a_name_is_known_however_it_is_written(one, other, same):
    assert same_publisher(one, other) is same
    assert same_publisher(other, one) is same


@pytest.mark.parametrize(
    ("publisher", "error_m"),
    [
        ("AFP citing ISW", 700.0),
        ("ISW", 700.0),
        ("NZZ / ISW", 700.0),
        ("NZZ", 900.0),
        ("AFP", None),
    ],
)
def test_the_error_of_another_publisher_is_the_first_that_is_known(publisher, error_m):
    known = {"Institute for the Study of War": 700.0, "NZZ": 900.0}
    others = {name: BoundaryError(each) for name, each in known.items()}
    found = error_of_other(claim_of(publisher), Ensemble(HISTORY, others=others))
    assert (found and found.boundary_error_m) == error_m


@pytest.mark.parametrize(
    ("ensemble", "unit", "words"),
    [
        (DRAWN, Unit.KM2, "DeepState's map"),
        (UNKNOWN, Unit.KM2, "this map"),
        (PLACES, Unit.PERCENT, "the nearest-place map"),
        (PLACES, Unit.PLACES, "the list of places"),
        (Ensemble(HISTORY, count_draws=(HISTORY,)), Unit.PLACES, "the list of all villages"),
        (DRAWN, Unit.UNITS, "the table of holders"),
    ],
)
def test_a_sentence_says_whose_map_it_speaks_of(ensemble, unit, words):
    assert map_of(ensemble, unit) == words


def test_a_name_that_ends_with_an_s_has_an_apostrophe_alone():
    assert (owned("Reuters", "map"), owned("AFP", "map")) == ("Reuters' map", "AFP's map")

"""Readings counted on five strips of 1, 2, 4, 8 and 16 km2, over four days::

    A A B . A     A holds 19 km2, B 4
    B A A . A     A holds 22 km2, B 1
    A B A A B     A holds 13 km2, B 18
    B A . A B     A holds 10 km2, B 17

No two sets of strips have the same size, so a figure tells which of them it counts. The area `west`
is the first two strips.
"""

from math import inf

import numpy as np
import pytest
import shapely
from squares import KM, PLANE, day, history_of, squares

from territory.claims import tallies
from territory.claims.model import Claim, Kind
from territory.claims.readings import holders_named, measure_of
from territory.claims.tallies import Query, Tally, face_km2, figures
from territory.errors import InputError
from territory.history.history import from_coverage
from territory.history.rim import RimError
from territory.holders import NOBODY, Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble, estimate
from territory.numbers import KM2_PER_UNIT

STRIPS = np.array([shapely.box(2**n * KM, 0, 2 ** (n + 1) * KM, KM) for n in range(5)])
A, B, N = (frozenset({each}) for each in (Holder("A"), Holder("B"), NOBODY))
FROM_B, FROM_NOBODY, TO_A, TO_B = {"giver": B}, {"giver": N}, {"taker": A}, {"taker": B}
PATH, NONE = {"path": True}, [0, 0, 0, 0, 0]


@pytest.fixture(scope="module")
def history():
    drawn = ("AAB.A", "BAA.A", "ABAAB", "BA.AB")
    rows = np.array([[".AB".index(mark) for mark in row] for row in drawn], dtype=np.int16)
    who, days = (NOBODY, Holder("A"), Holder("B")), tuple(day(n) for n in range(4))
    cut = from_coverage(STRIPS, rows, days=days, holders=who, projection=PLANE)
    return cut.with_areas({"west": shapely.union_all(STRIPS[:2])})


def query(kind, by=A, first=0, last=3, area="all", **more):
    """Return a query from one day to another."""
    given = {"giver": None, "taker": None, **more}
    return Query(Kind(kind), by, start=day(first), end=day(last), area=area, **given)


@pytest.mark.parametrize(
    ("asked", "times"),
    [
        (query("total"), [0, 1, 0, 1, 0]),
        (query("total", last=2), [1, 0, 1, 1, 0]),
        (query("total", A | B, first=3), [1, 1, 0, 1, 1]),
        (query("share", B), [1, 0, 0, 0, 1]),
        (query("share", last=1, **FROM_B), [0, 0, 1, 0, 0]),
        (query("gained"), [0, 0, 0, 1, 0]),
        (query("gained", **FROM_B), NONE),
        (query("gained", **FROM_NOBODY), [0, 0, 0, 1, 0]),
        (query("gained", B), [1, 0, 0, 0, 1]),
        (query("gained", A | B), [0, 0, 0, 1, 0]),  # what goes from one to the other is not gained
        (query("lost"), [1, 0, 0, 0, 1]),
        (query("lost", B), [0, 0, 1, 0, 0]),
        (query("lost", B, **TO_A), NONE),
        (query("net"), [-1, 0, 0, 1, -1]),
        (query("net", **FROM_B, **TO_B), [-1, 0, 0, 0, -1]),
        (query("net", B, **TO_A), [1, 0, 0, 0, 1]),
        (query("changed-hands"), [1, 0, 1, 1, 1]),
        (query("gained", **PATH), [1, 1, 1, 1, 0]),
        (query("gained", **PATH, skip=frozenset({day(1)})), [0, 1, 1, 1, 0]),
        (query("gained", first=1, **PATH), [1, 1, 0, 1, 0]),
        (query("gained", last=2, **PATH), [1, 0, 1, 1, 0]),
        (query("lost", **PATH), [2, 1, 1, 0, 1]),
        (query("net", **PATH), [-1, 0, 0, 1, -1]),
        (query("changed-hands", **PATH), [3, 2, 2, 1, 1]),
        (query("ever-lost"), [1, 0, 1, 0, 1]),
        (query("ever-lost", first=2), [1, 0, 1, 0, 0]),
        (query("below-maximum"), [0, 0, 1, -1, 1]),
        (query("below-maximum", area="west"), [1, 0, 0, -1, 1]),
        (query("below-maximum", first=1, area="west"), NONE),  # most on its first and last day
    ],
)
def test_every_quantity_counts_each_strip_as_often_as_it_should(history, asked, times):
    assert asked.times(history).tolist() == asked.weights(history).tolist() == times
    inside = [1, 1, 0, 0, 0] if asked.area == "west" else [1] * 5
    assert asked.counted(history).tolist() == [
        n * each for n, each in zip(times, inside, strict=True)
    ]
    km2 = sum(2**n * each * here for n, (each, here) in enumerate(zip(times, inside, strict=True)))
    assert Tally(asked, 0.5).figure(history, face_km2(history)) == pytest.approx(km2 + 0.5)
    for counted in asked.moved(history):
        assert counted.shape == (5,)
        assert counted.min() >= 0


@pytest.mark.parametrize(
    ("asked", "whole_km2"),
    [
        (query("share"), 31),
        (query("share", area="west"), 3),
        (query("share", **FROM_B), 4),
        (query("share", **FROM_B, area="west"), 0),
        (query("gained", **FROM_B), 31),
        (query("ever-lost"), 31),
        (query("ever-lost", B), 23),
        (query("ever-lost", B, area="west"), 3),
        (query("below-maximum"), 22),
        (query("below-maximum", area="west"), 3),
        (query("below-maximum", first=1, area="west"), 2),
    ],
)
def test_a_share_is_of_what_it_should_be(history, asked, whole_km2):
    assert face_km2(history) @ asked.divided(history) == pytest.approx(whole_km2)
    share = Tally(asked, in_percent=True)
    per_km2 = 100 / whole_km2 if whole_km2 else 0
    assert share.per_km2(history, face_km2(history)) == pytest.approx(per_km2)
    amount = Tally(asked).figure(history, face_km2(history))
    assert share.figure(history, face_km2(history)) == pytest.approx(amount * per_km2)
    of_fifty = Tally(asked, in_percent=True, whole_km2=50.0)
    assert of_fifty.figure(history, face_km2(history)) == pytest.approx(amount * 2)


@pytest.mark.parametrize(
    ("asked", "days", "ends", "steps"),
    [
        (query("gained"), [0, 3], [0, 3], [[0, 0, 0, 1, 0]]),
        (query("total", first=3), [3, 3], [3], [[0, 1, 0, 1, 0]]),
        (
            query("net", first=1, **PATH),
            [1, 2, 3],
            [],
            [[1, -1, 0, 1, -1], [-1, 1, -1, 0, 0]],
        ),
        (
            query("gained", **PATH, skip=frozenset({day(2)})),
            [0, 1, 3],
            [],
            [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]],
        ),
        (query("ever-lost"), [0, 1, 2, 3], [], [NONE, [0, 0, 0, 0, 1], [1, 0, 1, 0, 0]]),
        (query("ever-lost", first=1, last=2), [1, 2], [], [[0, 1, 0, 0, 1]]),
        (query("below-maximum"), [0, 1, 2, 3], [], [[0, 0, 1, -1, 1]]),
    ],
)  # fmt: skip
def test_a_path_goes_day_by_day(history, asked, days, ends, steps):
    assert asked.days(history) == tuple(day(n) for n in days)
    assert asked.ends == tuple(day(n) for n in ends)
    assert asked.each_step(history).tolist() == steps


def test_what_is_held_most_is_of_the_last_such_day(history):
    asked = query("below-maximum", area="west")
    np.testing.assert_allclose(asked.held_km2(history), [3, 2, 1, 2])
    assert asked.largest(history) == day(0)
    assert query("below-maximum", first=1, area="west").largest(history) == day(3)


def test_many_figures_at_once_are_those_of_each(history, monkeypatch):
    monkeypatch.setattr(tallies, "_BLOCK", 2)  # three tallies are two blocks
    unknown = np.array([1.0, 2.0, 4.0, np.nan, 16.0])
    metrics = np.array([[1.0, 2.0, 4.0, 8.0, 16.0], [2.0, 4.0, 8.0, 16.0, 32.0], unknown])
    km2 = [Tally(query("net"), 0.5), Tally(query("lost")), Tally(query("lost", area="west"))]
    np.testing.assert_allclose(
        figures(km2, history, metrics),
        [[-8.5, 17, 1], [-17.5, 34, 2], [np.nan, 17, 1]],  # 8 - 17 + 0.5 and so on
    )
    shares = [
        Tally(query("total"), in_percent=True),
        Tally(query("share", **FROM_B, area="west"), in_percent=True),  # of nothing
        Tally(query("lost"), in_percent=True, whole_km2=50.0),
        Tally(query("lost"), in_percent=True),  # of which the third metric does not know the whole
    ]
    np.testing.assert_allclose(
        figures(shares, history, metrics),
        [
            [1000 / 31, 0, 34, 1700 / 31],
            [1000 / 31, 0, 68, 1700 / 31],
            [np.nan, 0, 34, np.nan],
        ],
    )
    for each, row in zip(shares, figures(shares, history, metrics).T, strict=True):
        np.testing.assert_allclose([each.figure(history, km2) for km2 in metrics], row)


def measured(history, unit, reading, **more):
    """Return the measure of a reading of what A has or gains from the first day to the last."""
    given = {"name": "a", "quantity": "gained", "by": ["A"], **reading}
    ends = {} if "day" in given else {"period": (day(0), day(3))}
    model = Claim.model_validate(
        {"id": "x", "text": "", "publisher": "", "published": day(3), "value": 1, "unit": unit}
        | {"reading": [given], **ends}
    )
    return measure_of(model, model.reading[0], history, **more)


LAST, SQMI = {"quantity": "total", "day": day(3)}, 2.589988110336
NET, LEAST = {"quantity": "net"}, {"quantity": "below-maximum"}


@pytest.mark.parametrize(
    ("unit", "reading", "value", "floor", "ceiling", "days", "path"),
    [
        ("km2", {}, 8, 0, 31, [0, 3], []),
        ("km2", {"from": ["B"]}, 0, 0, 31, [0, 3], []),
        ("km2", {"quantity": "lost", "to": ["B"]}, 17, 0, 31, [0, 3], []),
        ("km2", {"quantity": "lost", "to": ["nobody"]}, 0, 0, 31, [0, 3], []),
        ("km2", {**NET, "from": ["B"]}, -17, -31, 31, [0, 3], []),
        ("km2", {**NET, "from": ["nobody"]}, 8, -31, 31, [0, 3], []),
        ("km2", {**PATH, "period": (day(2), day(3))}, 2, 0, inf, [], [2, 3]),
        ("km2", {**NET, "area": "west"}, -1, -3, 3, [0, 3], []),
        ("km2", {**LAST, "plus": 2.5}, 12.5, 0, 33.5, [3], []),
        ("sqmi", {**LAST, "plus": 2.5}, 12.5 / SQMI, 0, 33.5 / SQMI, [3], []),
        ("ha", NET, -900, -3100, 3100, [0, 3], []),
        ("km2", PATH, 15, 0, inf, [], [0, 1, 2, 3]),
        ("km2", {**NET, **PATH}, -9, -inf, inf, [], [0, 1, 2, 3]),
        ("percent", {**LAST, "quantity": "share"}, 1000 / 31, 0, 100, [3], []),
        ("percent", {"of": 62.0}, 800 / 62, 0, 100, [0, 3], []),
        ("points", NET, -900 / 31, -100, 100, [0, 3], []),
        ("points", {**NET, **PATH}, -900 / 31, -inf, inf, [], [0, 1, 2, 3]),
        ("km2", {"quantity": "ever-lost"}, 21, 0, 31, [3], [0, 1, 2, 3]),
        ("km2", LEAST, 12, 0, 31, [3], [1, 3]),
        ("km2", {**LEAST, "period": (day(1), day(3)), "area": "west"}, 0, 0, 3, [], []),
        ("places", {}, 8, 0, 31, [0, 3], []),  # of a history in which a place has a km2
        ("people", LAST, 60, 0, inf, [3], []),
        ("people", NET, -20, -inf, inf, [0, 3], []),
    ],
)
def test_a_measure_knows_what_is_possible(
    history, unit, reading, value, floor, ceiling, days, path
):
    people = {"people": lambda of: np.linspace(10.0, 50.0, len(of.faces))}
    found = measured(history, unit, reading, **(people if unit == "people" else {}))
    assert found.value(history) == pytest.approx(value)
    assert (found.floor, found.ceiling) == pytest.approx((floor, ceiling))
    assert found.unit == ("km2" if unit == "places" else unit)
    assert found.days == tuple(day(n) for n in days)
    assert found.path == tuple(day(n) for n in path)
    assert found.area == reading.get("area", "all")
    times = found.weights(history)
    back_and_forth = reading == {**NET, **PATH}  # what was taken and lost again has lines too
    assert found.faces(history).tolist() == ((times != 0) | back_and_forth).tolist()
    if found.path:
        assert found.steps(history).sum(axis=0).tolist() == times.tolist()


@pytest.mark.parametrize(
    ("unit", "reading", "per_km2", "divided"),
    [
        ("km2", {}, 1, None),
        ("ha", {}, 100, None),
        ("percent", {**LAST, "quantity": "share"}, 100 / 31, [1, 1, 1, 1, 1]),
        ("points", {"area": "west"}, 100 / 3, [1, 1, 0, 0, 0]),
        ("points", {"of": 50.0}, 2, None),
        ("people", LAST, 6, None),  # 60 people on 10 km2
        ("people", {**LAST, "area": "west"}, 10, None),  # 20 on 2 km2
        ("people", {"from": ["B"]}, 0, None),  # on none
    ],
)
def test_a_square_kilometre_counts_as_much_as_it_is_of_the_whole(
    history, unit, reading, per_km2, divided
):
    people = {"people": lambda of: np.linspace(10.0, 50.0, len(of.faces))}
    found = measured(history, unit, reading, **(people if unit == "people" else {}))
    assert found.per_km2(history) == pytest.approx(per_km2)
    assert divided == (None if found.divided is None else found.divided(history).tolist())


@pytest.mark.parametrize(
    ("unit", "reading", "days", "value"),
    [
        ("km2", {}, (0, 2), 12),
        ("km2", {}, (1, 2), 9),
        ("km2", LAST, (2,), 13),
        ("km2", {"quantity": "ever-lost"}, (2,), 18),  # only the last day is a choice
        ("percent", {"of": 50.0}, (0, 2), 24),
        ("people", {}, (0, 2), 70),
    ],
)
def test_the_hour_of_the_cut_is_asked_of_the_days_that_are_a_choice(
    history, unit, reading, days, value
):
    people = {"people": lambda of: np.linspace(10.0, 50.0, len(of.faces))}
    found = measured(history, unit, reading, **(people if unit == "people" else {}))
    assert found.by_days(history, tuple(day(n) for n in days)).value(history) == pytest.approx(
        value
    )


def test_days_that_are_wrong_are_left_out_of_a_path(history):
    found = measured(history, "km2", PATH, skip=frozenset({day(1)}))
    assert found.value(history) == pytest.approx(14)
    assert found.path == (day(0), day(2), day(3))
    assert found.by_days(history, (day(0), day(2))).value(history) == pytest.approx(12)
    people = measured(
        history, "people", PATH, skip=frozenset({day(1)}), people=lambda _: np.ones(5)
    )
    assert people.value(history) == pytest.approx(3)


def test_one_status_of_an_actor_is_named_with_it():
    status = (Status.HELD, Status.CONTESTED)
    assert holders_named(("C", "B (claimed)", "A"), status) == {
        Holder("C", Status.HELD),
        Holder("C", Status.CONTESTED),
        Holder("A", Status.HELD),
        Holder("A", Status.CONTESTED),
        Holder("B", Status.CLAIMED),
    }


def test_a_share_of_a_country_knows_its_size_on_other_days_too(history):
    found = measured(history, "percent", {"of": "Ukraine"}, sizes={"Ukraine": 62.0})
    assert found.value(history) == pytest.approx(800 / 62)
    assert found.by_days(history, (day(0), day(2))).value(history) == pytest.approx(1200 / 62)


def test_people_are_counted_only_where_they_are_known(history):
    with pytest.raises(InputError, match="counting people needs a population raster"):
        measured(history, "people", LAST)


@pytest.mark.parametrize("unit", ["sqmi", "ha", "acres", "dunams"])
@pytest.mark.parametrize(
    ("quantity", "area"), [("total", "all"), ("total", "frame"), ("net", "all"), ("net", "frame")]
)
def test_the_interval_of_a_figure_is_the_same_ground_in_any_unit_of_area(unit, quantity, area):
    """All zones together are no limit, as they end where they happen to be drawn; a rim may be."""
    history = history_of(squares("BA"), squares("AA"))
    ensemble = Ensemble(
        history, BoundaryError(300.0, 1000.0), rims={"frame": RimError(100.0, 1000.0)}
    )
    reading = {"quantity": quantity, "area": area}
    reading |= {"day": day(1)} if quantity == "total" else {"period": (day(0), day(1))}
    km2, other = (estimate(ensemble, measured(history, each, reading)) for each in ("km2", unit))
    per_km2 = 1 / KM2_PER_UNIT[unit]
    assert (other.value, other.low, other.high) == pytest.approx(
        (km2.value * per_km2, km2.low * per_km2, km2.high * per_km2)
    )
    assert km2.high > (2 if quantity == "total" else 1)

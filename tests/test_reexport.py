"""A file written again changes nothing: near lines share their errors, far ones do not."""

from math import exp, sqrt

import numpy as np
import pytest
import shapely
from squares import KM, PLANE, day, history_of, squares
from test_uncertainty import along, covariance, normals, ring_of, wavy

from territory.claims.model import Claim
from territory.claims.verdicts import judge
from territory.history.history import from_snapshots
from territory.history.regions import Regions, with_regions
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import budget
from territory.measure.compare import compare
from territory.measure.disputes import pieces
from territory.measure.ensemble import Ensemble, Measure, estimate
from territory.measure.rows import change_rows, compare_rows
from territory.measure.strips import SAME_LINE_M, correlation, same_line_m
from territory.measure.tables import area_estimates, transfer_estimates, transfer_measure

A, B, C = Holder("A"), Holder("B"), Holder("C")
ERROR = BoundaryError(500.0, 2_000.0, bias_m=20.0)
OUTLINE = shapely.Polygon(wavy(5))
FIRST, LAST = day(0), day(1)


def drawn(*days):
    """Return the history of days that each give polygons by actor."""
    found = []
    for number, zones in enumerate(days):
        holders = tuple(Holder(name) for name in zones)
        shapes = np.array([*zones.values(), None], dtype=object)[:-1]
        raw = RawZones(day(number), PLANE.crs, Source("drawn"), holders, shapes)
        found.append(normalise(raw))
    return from_snapshots(tuple(found), projection=PLANE)


def rolled(shape):
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    return shapely.Polygon(np.roll(ring, 700, axis=0))


WRITTEN_AGAIN = {
    "fewer decimals": lambda shape: shapely.transform(shape, lambda xy: xy.round(0)),
    "centimetres": lambda shape: shapely.transform(shape, lambda xy: xy.round(2)),
    "more points": lambda shape: shapely.segmentize(shape, 77.0),
    "another start": rolled,
    "wound the other way": lambda shape: shape.reverse(),
    "simplified by a metre": lambda shape: shapely.simplify(shape, 1.0),
    "moved by a metre": lambda shape: shapely.affinity.translate(shape, 0.8, -0.6),
    "all of it": lambda shape: shapely.affinity.translate(
        shapely.transform(shapely.simplify(rolled(shape), 1.0), lambda xy: xy.round(0)), 0.5, 0.5
    ),
}


def net(area="all"):
    def weights(each):
        before, after = (each.holding(on, frozenset({A})) for on in (FIRST, LAST))
        return after.astype(float) - before

    return Measure(
        lambda each: float(each.area_m2 @ (weights(each) * each.mask(area)) / 1e6),
        lambda each: weights(each) != 0,
        area,
        floor=-1e9,
        weights=weights,
        days=(FIRST, LAST),
    )


def wide(found):
    return found.high - found.low


@pytest.mark.parametrize("way", WRITTEN_AGAIN)
@pytest.mark.parametrize("forward", [True, False])
def test_a_file_written_again_is_no_change(way, forward):
    days = [{"A": OUTLINE}, {"A": WRITTEN_AGAIN[way](OUTLINE)}]
    ensemble = Ensemble(drawn(*(days if forward else days[::-1])), ERROR)
    assert wide(estimate(ensemble, net())) < 0.1
    moved = transfer_estimates(ensemble, FIRST, LAST, "all")
    for pair, found in moved.items():
        if pair[0] != pair[1]:
            assert wide(found) < 0.1
    for on in (FIRST, LAST):  # what is held is as uncertain as before
        alone = Ensemble(drawn(days[0]), ERROR)
        [expected] = area_estimates(alone, FIRST, "all").values()
        assert wide(area_estimates(ensemble, on, "all")[A]) == pytest.approx(
            wide(expected), rel=1e-3
        )
    assert wide(moved[A, A]) == pytest.approx(wide(expected), rel=0.02)


@pytest.mark.parametrize("way", WRITTEN_AGAIN)
def test_what_did_change_in_a_file_written_again_keeps_its_interval(way):
    """A pocket of 12 km: its own lines count, the rest of the outline does not.

    Where the rest is a strip all along one side, pocket and strip are one piece of ground with
    one mean width, which errs on the wide side.
    """
    pocket = shapely.Point(shapely.get_coordinates(OUTLINE)[300]).buffer(6 * KM)
    after = shapely.union(OUTLINE, pocket)
    found = [
        estimate(
            Ensemble(drawn({"A": OUTLINE}, {"A": shape}), ERROR),
            transfer_measure(drawn({"A": OUTLINE}), (FIRST, LAST), (NOBODY, A), "all"),
        )
        for shape in (after, WRITTEN_AGAIN[way](after))
    ]
    assert found[1].value == pytest.approx(found[0].value, rel=0.02)
    most = {"moved by a metre": 2.6, "all of it": 1.1}.get(way, 1.03)
    assert 0.99 < wide(found[1]) / wide(found[0]) < most
    assert 10 < wide(found[0]) < 80


def test_a_line_towards_a_third_party_written_again_is_still_one_line():
    """A takes all of B beside C, whose border is redrawn by metres: it counts once, in full."""
    xs = np.linspace(0, 60 * KM, 600)
    wave = 900 * np.sin(xs / 3000)
    south = [(0, -20 * KM), (60 * KM, -20 * KM)]

    def days(noise):
        lines = [np.column_stack([xs, wave + each]) for each in (np.zeros(600), noise)]
        b, a = (shapely.Polygon([*line, *south[::-1]]) for line in lines)
        c1, c2 = (shapely.Polygon([*line, (60 * KM, 9 * KM), (0, 9 * KM)]) for line in lines)
        return {"B": b, "C": c1}, {"A": a, "C": c2}

    noise = np.random.default_rng(0).normal(size=600)
    noise[[0, -1]] = 0
    same, again = (Ensemble(drawn(*days(each)), ERROR) for each in (np.zeros(600), noise))
    found = [transfer_estimates(each, FIRST, LAST, "all")[B, A] for each in (same, again)]
    assert wide(found[1]) == pytest.approx(wide(found[0]), rel=0.01)


def test_the_interval_grows_with_the_distance_to_that_of_two_lines():
    def width(metres):
        return wide(estimate(Ensemble(drawn({"A": OUTLINE}, {"A": grown(metres)}), ERROR), net()))

    def grown(metres):
        return OUTLINE.buffer(metres, join_style="mitre")

    found = [width(metres) for metres in (1.0, 30.0, 150.0, 500.0, 2000.0, 6000.0)]
    assert found == sorted(found)
    assert found[0] < 0.1
    one = wide(area_estimates(Ensemble(drawn({"A": OUTLINE}), ERROR), FIRST, "all")[A])
    assert found[-1] > sqrt(2) * 0.9 * one


def test_what_near_lines_share_falls_with_their_distance_over_their_error():
    found = correlation(np.array([0.0, SAME_LINE_M, 255.0, 1e9]), 250.0)
    assert found == pytest.approx([1.0, 1.0, exp(-1.0), 0.0])
    assert same_line_m(20.0) == 2.0
    assert correlation(np.array([3.0, 300.0]), 0.0).tolist() == [1.0, 0.0]


def test_a_bias_alone_counts_along_lines_that_moved_and_not_along_one_written_again():
    leaning = BoundaryError(0.0, 2_000.0, bias_m=20.0)
    for shape, least, most in ((OUTLINE.buffer(900), 20, 40), (OUTLINE.buffer(0.5), 0, 0.01)):
        found = estimate(Ensemble(drawn({"A": OUTLINE}, {"A": shape}), leaning), net())
        assert least <= wide(found) <= most


@pytest.mark.parametrize("gap", [(9 * KM, 0, 9 * KM + 0.3, 50 * KM), (9e3, 1e3, 9e3 + 0.3, 4.9e4)])
def test_a_hairline_that_is_closed_is_no_gain(gap):
    """A gap of 30 cm in ground of one party, from rim to rim or inside: one map drew it all."""
    whole, hairline = shapely.box(0, 0, 20 * KM, 50 * KM), shapely.box(*gap)
    history = drawn({"A": whole.difference(hairline)}, {"A": whole})
    found = transfer_estimates(Ensemble(history, ERROR), FIRST, LAST, "all")[NOBODY, A]
    assert found.value == pytest.approx(hairline.area / 1e6)
    assert wide(found) < 0.1


def test_a_path_over_files_written_again_is_no_change():
    """Six days of one outline: gained along the path is a matter of metres."""
    again = [WRITTEN_AGAIN[way](OUTLINE) for way in WRITTEN_AGAIN]
    history = drawn({"A": OUTLINE}, *({"A": each} for each in again[:5]))
    claim = Claim.model_validate(
        {
            "id": "x", "text": "-", "publisher": "-", "published": "2018-02-01", "value": 50,
            "unit": "km2", "period": [FIRST, day(5)],
            "reading": [{"name": "r", "quantity": "gained", "by": ["A"], "path": True}],
        }
    )  # fmt: skip
    (found,) = judge(claim, Ensemble(history, ERROR))
    assert found.computed is not None
    assert wide(found.computed) < 0.5
    assert found.verdict == "inconsistent"


def test_a_path_over_real_changes_keeps_its_interval():
    grids = squares("AABBBB", "AABBBB"), squares("AAABBB", "AAABBB"), squares("AAAABB", "AAAABB")
    history = history_of(*grids)
    near = Ensemble(history, BoundaryError(20.0, 500.0))  # lines a square apart are two
    claim = Claim.model_validate(
        {
            "id": "x", "text": "-", "publisher": "-", "published": "2018-02-01", "value": 4,
            "unit": "km2", "period": [FIRST, day(2)],
            "reading": [
                {"name": n, "quantity": "gained", "by": ["A"], "path": n == "p", "area": "frame"}
                for n in "pq"
            ],
        }
    )  # fmt: skip
    path, plain = judge(claim, near)
    assert wide(path.computed) == pytest.approx(wide(plain.computed), rel=1e-3)


def test_provinces_of_a_file_written_again_have_not_changed():
    history = drawn({"A": OUTLINE}, {"A": WRITTEN_AGAIN["fewer decimals"](OUTLINE)})
    west, south, east, north = OUTLINE.bounds
    halves = np.array([shapely.box(west - KM, south - KM, 0, north + KM),
                       shapely.box(0, south - KM, east + KM, north + KM)])  # fmt: skip
    cut = with_regions(history, Regions(("west", "east"), halves))
    rows = change_rows("s", Ensemble(cut, ERROR), [(FIRST, LAST)])
    moved = [row for row in rows if row["from_actor"] != row["to_actor"]]
    assert {row["area"] for row in moved} >= {"all", "west", "east"}
    assert all(row["high"] - row["low"] < 0.1 for row in moved)


def test_the_budget_of_a_file_written_again_is_that_of_its_interval():
    history = drawn({"A": OUTLINE}, {"A": WRITTEN_AGAIN["fewer decimals"](OUTLINE)})
    found = budget(Ensemble(history, ERROR), net())
    assert wide(found.interval) < 0.1
    assert all(each.span < 0.1 for each in found.components if each.sd is not None)


# ---- Two series ----------------------------------------------------------------------------


def compared(one, other, error):
    """Return the rows of a comparison of two zones, by pair of actors."""
    series = [drawn({"A": one}), drawn({"A": other})]
    found = compare(*series, day_one=FIRST, day_other=FIRST)
    rows = compare_rows(found, pieces(found), error)
    return {(row["actor_a"], row["actor_b"]): row for row in rows}


@pytest.mark.parametrize("way", ["fewer decimals", "simplified by a metre", "moved by a metre"])
def test_two_series_with_one_outline_do_not_differ(way):
    rows = compared(OUTLINE, WRITTEN_AGAIN[way](OUTLINE), ERROR)
    differ = [row for pair, row in rows.items() if pair[0] != pair[1]]
    assert differ
    assert all(row["high"] - row["low"] < 0.1 for row in differ)
    assert rows["A", "A"]["high"] - rows["A", "A"]["low"] > 30


def test_ground_two_series_differ_on_has_the_interval_of_its_outline():
    """A band of 10 by 40 km, whose sides are far apart: all of its outline counts."""
    one, other = shapely.box(0, 0, 40 * KM, 40 * KM), shapely.box(0, 0, 30 * KM, 40 * KM)
    plain, leaning = (
        compared(one, other, BoundaryError(200.0, 1000.0, bias_m=bias))["A", "nobody"]
        for bias in (0.0, -50.0)
    )
    sd = 0.2 * sqrt(2 * 1.0 * 100 * (1 - exp(-50)))  # a ring of 100 km, errors over 1 km
    assert plain["km2"] == pytest.approx(400)
    assert plain["high"] - plain["km2"] == pytest.approx(1.959964 * sd, rel=1e-6)
    assert leaning["high"] - plain["high"] == pytest.approx(0.05 * 100, rel=1e-6)
    assert plain["low"] - leaning["low"] == pytest.approx(0.05 * 100, rel=1e-6)


def test_no_ground_two_series_differ_on_is_less_than_none_nor_more_than_there_is():
    """A pocket of a square metre: its interval starts at 0, ends with the ground, and is told.

    What is a billionth of the ground compared is the rounding of coordinates and no row.
    """
    whole = shapely.box(0, 0, KM, KM)
    for size, told in ((1.0, True), (0.01, False)):
        rows = compared(whole, whole.difference(shapely.box(0, 0, size, size)), ERROR)
        assert (("A", "nobody") in rows) == told
    leaning = BoundaryError(5_000.0, 2_000.0, bias_m=900.0)
    rows = compared(whole, whole.difference(shapely.box(0, 0, 300, 300)), leaning)
    assert rows["A", "nobody"]["low"] == 0.0
    assert rows["A", "A"]["high"] == pytest.approx(1.0)


# ---- Does the interval cover the truth? ----------------------------------------------------

SIGMA, LENGTH = 400.0, 5_000.0
TRIALS = 600


def test_intervals_cover_the_truth_where_the_rest_is_drawn_with_the_same_error():
    """A third of the front moves out by 12 km and is drawn anew; the rest is written again."""
    xy, outward = ring_of(wavy(3))
    last = len(xy) // 3
    moved = xy[: last + 1] + 12 * KM * outward[: last + 1]
    ahead = shapely.LineString(np.vstack([xy[:1], moved, xy[last : last + 1]]))
    count = round(ahead.length / KM)
    front = shapely.get_coordinates(
        shapely.line_interpolate_point(ahead, np.arange(1, count) / count, normalized=True)
    )
    side = normals(np.gradient(front, axis=0))
    truth = shapely.Polygon(np.vstack([xy[:1], front, xy[last::-1]])).area / 1e6
    old = np.linalg.cholesky(covariance(along(xy)))
    new = np.linalg.cholesky(covariance(along(front)))
    random = np.random.default_rng(6)
    hits = {"gained": 0, "net": 0}
    for _ in range(TRIALS):
        before = xy + (SIGMA * old @ random.normal(size=len(xy)))[:, None] * outward
        drawn_anew = front + (SIGMA * new @ random.normal(size=len(front)))[:, None] * side
        again = (before[last:] + random.normal(0, 0.5, 2)).round(0)
        after = np.vstack([before[:1], drawn_anew, again])
        history = drawn({"A": shapely.Polygon(before)}, {"A": shapely.Polygon(after)})
        error = BoundaryError(SIGMA, LENGTH)
        ensemble = Ensemble(history, error, corrupt=frozenset(history.days))  # no hour of the cut
        gained = transfer_measure(history, (FIRST, LAST), (NOBODY, A), "all")
        for name, measure in (("gained", gained), ("net", net())):
            found = estimate(ensemble, measure)
            hits[name] += found.low <= truth <= found.high
    assert all(0.93 <= each / TRIALS <= 0.97 for each in hits.values()), hits


@pytest.mark.parametrize("apart", [0.1, 1.0, 3.0, 12.0])
def test_intervals_cover_the_truth_of_lines_near_and_far(apart):
    """A front advances by 0.1 to 12 errors, and two drawings of it share what near lines share.

    By a tenth of its error the wobble of both drawings is most of the width between them, and
    the interval errs on the wide side.
    """
    count, step = 121, KM
    x = np.arange(count) * step
    factor = np.linalg.cholesky(covariance(along(np.column_stack([x, x * 0]))))
    r = float(correlation(np.array([apart * SIGMA]), SIGMA)[0])
    random = np.random.default_rng(7)
    truth, hits = apart * SIGMA * x[-1] / 1e6, 0
    for _ in range(TRIALS):
        first = SIGMA * factor @ random.normal(size=count)
        fresh = SIGMA * factor @ random.normal(size=count)
        second = apart * SIGMA + r * first + sqrt(1 - r**2) * fresh
        zones = [
            shapely.Polygon([(0, -60 * KM), *np.column_stack([x, y]), (x[-1], -60 * KM)])
            for y in (first, second)
        ]
        box = shapely.box(0, -50 * KM, x[-1], 50 * KM)
        history = drawn(*({"A": each} for each in zones)).with_areas({"box": box})
        found = estimate(Ensemble(history, BoundaryError(SIGMA, LENGTH)), net("box"))
        hits += found.low <= truth <= found.high
    most = 1.0 if apart < 1 else 0.98
    assert 0.93 <= hits / TRIALS <= most, hits / TRIALS

"""The error of the rim of an area: its formula against rims that are drawn anew."""

from datetime import date
from math import exp, sqrt

import numpy as np
import pytest
import shapely
from squares import KM, PLANE, day, drawn, squares

import territory
from territory.claims.model import Claim, Reading
from territory.claims.readings import measure_of
from territory.errors import InputError
from territory.history.history import from_coverage, from_snapshots
from territory.history.regions import ELSEWHERE, Regions, with_regions
from territory.history.rim import Rim, RimError, rim_of
from territory.holders import NOBODY, Holder
from territory.job.spec import Job
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import RIM, budget
from territory.measure.ensemble import Ensemble, estimate, rim_sd
from territory.measure.estimate import Z_95, correlated_m2
from territory.measure.rim import RimReach
from territory.measure.tables import area_estimates, area_measure, transfer_estimates

A, B = Holder("A"), Holder("B")


def box(west, south, east, north):
    return shapely.box(west * KM, south * KM, east * KM, north * KM)


def halves(*areas):
    """Return a history of A in the west of x = 0 and B in the east, cut along areas."""
    faces = np.array([box(-60, -60, 0, 60), box(0, -60, 60, 60)])
    history = from_coverage(
        faces,
        np.array([[1, 2]], dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY, A, B),
        projection=PLANE,
    )
    return history.with_areas(dict(areas))


def share_of(holder, area):
    reading = Reading(name="share", quantity="share", by=(holder.actor,), area=area)
    claim = Claim(
        id="x", text="", publisher="", published=day(0), value=50, unit="percent", day=day(0),
        reading=(reading,),
    )  # fmt: skip
    return lambda history: measure_of(claim, reading, history)


def total_of(holder, area):
    return lambda history: area_measure(history, holder, day(0), area)


# ---- Where the rim runs ----------------------------------------------------------------------


def test_every_piece_of_a_rim_has_the_ground_within_beside_it():
    history = halves(("x", box(-20, -10, 40, 10)))
    rim = rim_of(history, "x")
    assert rim.ring_m.tolist() == [160 * KM]
    length = rim.end_m - rim.start_m
    of_a = history.held_by[0][rim.face] == 1
    assert length[of_a].sum() == pytest.approx(60 * KM)
    assert length[~of_a].sum() == pytest.approx(100 * KM)
    assert (rim.start_m[1:] >= rim.end_m[:-1] - 1e-6).all()


def test_the_rim_of_the_rest_is_that_of_the_regions_and_not_the_end_of_the_data():
    regions = Regions(("west", "east"), np.array([box(-9, -5, 0, 5), box(0, -5, 9, 5)]))
    history = with_regions(halves(), regions)
    rim = rim_of(history, ELSEWHERE)
    assert (rim.end_m - rim.start_m).sum() == pytest.approx(2 * (18 + 10) * KM)


def test_the_rim_of_an_area_that_the_cells_fill_is_their_outline():
    history = halves().with_areas({"extent": box(-60, -60, 60, 60)}, filled="extent")
    rim = rim_of(history, "extent")
    assert (rim.end_m - rim.start_m).sum() == pytest.approx(480 * KM)


# ---- Exact -----------------------------------------------------------------------------------


@pytest.mark.parametrize("length_m", [300.0, 2_000.0, 50_000.0, 10_000_000.0])
def test_a_rim_of_one_holder_has_the_error_of_a_closed_line(length_m):
    reach = RimReach(rim_of(halves(("x", box(-20, -10, 40, 10))), "x"), length_m, faces=4)
    expected = correlated_m2(np.array([160 * KM]), length_m, closed=np.array([True]))[0]
    assert reach.spread_m(np.ones(4)) == pytest.approx(np.sqrt(expected), rel=0.02)


def test_the_error_of_the_rim_adds_in_quadrature_and_stands_in_the_budget():
    history, front = halves(("x", box(-20, -10, 40, 10))), BoundaryError(500.0)
    measure = area_measure(history, A, day(0), "x")
    plain = Ensemble(history, front)
    rimmed = Ensemble(history, front, rims={"x": RimError(300.0, 2_000.0)})
    sd = [(estimate(each, measure).high - 400) / Z_95 for each in (plain, rimmed)]
    assert sd[1] == pytest.approx(np.hypot(sd[0], rim_sd(rimmed, measure)))
    found = {each.name: each.sd for each in budget(rimmed, measure).components}
    assert found[RIM] == pytest.approx(rim_sd(rimmed, measure))
    assert found["where the line ran"] == pytest.approx(sd[0])
    [table] = [area_estimates(each, day(0), "x")[A] for each in (rimmed,)]
    part = area_estimates(rimmed.inside("x"), day(0), "x")[A]
    assert table == estimate(rimmed, measure)
    assert (part.low, part.high) == pytest.approx((table.low, table.high))


def test_no_other_area_is_touched_by_the_error_of_a_rim():
    history = halves(("x", box(-20, -10, 40, 10)), ("y", box(-20, 10, 40, 30)))
    plain = Ensemble(history, BoundaryError())
    rimmed = Ensemble(history, BoundaryError(), rims={"x": RimError(300.0, 2_000.0)})
    for area in ("all", "y"):
        assert area_estimates(plain, day(0), area) == area_estimates(rimmed, day(0), area)


def test_the_share_of_a_province_that_one_side_has_whole_is_exact():
    history = halves(("x", box(10, -10, 40, 10)))
    ensemble = Ensemble(history, rims={"x": RimError(300.0, 2_000.0)})
    assert rim_sd(ensemble, share_of(B, "x")(history)) == pytest.approx(0, abs=1e-12)
    total = estimate(ensemble, total_of(B, "x")(history))
    assert total.low < 600 < total.high  # the province itself may be larger


def test_ground_that_does_not_reach_the_rim_does_not_depend_on_it():
    snapshot = drawn(squares("....", ".AA.", "...."))
    history = from_snapshots((snapshot,), projection=PLANE).with_areas({"x": box(0, -3, 4, 0)})
    ensemble = Ensemble(history, rims={"x": RimError(300.0, 2_000.0)})
    assert rim_sd(ensemble, total_of(A, "x")(history)) == 0
    assert rim_sd(ensemble, total_of(NOBODY, "x")(history)) > 0


def test_places_and_transfers_carry_the_rim_too():
    history = from_coverage(
        np.array([box(0, 0, 9, 9), box(9, 0, 18, 9)]),
        np.array([[1, 2], [1, 1]], dtype=np.int16),
        days=(day(0), day(1)),
        holders=(NOBODY, A, B),
        projection=PLANE,
    ).with_areas({"x": box(2, 2, 16, 7)})
    rims = {"x": RimError(200.0, 1_000.0)}
    places = Ensemble(history, draws=(history, history), sample_size=8, total=10, rims=rims)
    drawn_zones = Ensemble(history, BoundaryError(0.0), rims=rims)
    for ensemble in (places, drawn_zones):
        taken = transfer_estimates(ensemble, day(0), day(1), "x")[B, A]
        east = 7 + 5 + 7  # km of rim about the ground that was taken
        sd = np.sqrt(correlated_m2(np.array([east * KM]), 1_000.0, closed=np.array([False])))[0]
        assert (taken.high - taken.value) / Z_95 == pytest.approx(200 * sd / 1e6, rel=0.02)
    held = [area_estimates(each, day(0), "x")[B] for each in (places, drawn_zones)]
    assert held[0].high == pytest.approx(held[1].high)
    assert held[0].high > held[0].value


# ---- Against rims drawn anew -----------------------------------------------------------------


def jittered(middle, radius, *, error_m, length_m, draws):
    """Yield circles whose outline lies off by a Gaussian process round it."""
    count = 720
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    apart = np.minimum(np.arange(count), count - np.arange(count)) * 2 * np.pi * radius / count
    covariance = error_m**2 * np.exp(-apart / length_m)
    at = (np.arange(count)[:, None] - np.arange(count)) % count
    factor = np.linalg.cholesky(covariance[at] + 1e-6 * np.eye(count))
    random = np.random.default_rng(20180205)
    for _ in range(draws):
        r = radius + factor @ random.standard_normal(count)
        yield shapely.Polygon(
            np.column_stack([middle[0] + r * np.cos(angle), middle[1] + r * np.sin(angle)])
        )


@pytest.mark.parametrize("middle", [(0.0, 0.0), (-12 * KM, 3 * KM), (17 * KM, 0.0)])
def test_figures_vary_as_they_do_when_the_rim_is_drawn_anew(middle):
    radius, error = 20 * KM, RimError(150.0, 4_000.0)
    circle = shapely.Point(middle).buffer(radius, quad_segs=180)
    history = halves(("x", circle))
    ensemble = Ensemble(history, rims={"x": error})
    west = history.before_cut.faces[0]
    held, share = [], []
    for other in jittered(middle, radius, error_m=150.0, length_m=4_000.0, draws=600):
        held.append(other.intersection(west).area / 1e6)
        share.append(100 * held[-1] / (other.area / 1e6))
    assert rim_sd(ensemble, total_of(A, "x")(history)) == pytest.approx(np.std(held), rel=0.1)
    assert rim_sd(ensemble, share_of(A, "x")(history)) == pytest.approx(np.std(share), rel=0.1)


def test_slivers_along_a_rim_vary_as_they_do_when_the_rim_is_drawn_anew():
    # A holds every other kilometre along the rim: far shorter than errors go together.
    teeth = [box(n, -60, n + 1, 60) for n in range(-60, 60)]
    history = from_coverage(
        np.array(teeth),
        np.array([[1, 2] * 60], dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY, A, B),
        projection=PLANE,
    ).with_areas({"x": shapely.Point(0, 0).buffer(20 * KM, quad_segs=180)})
    ensemble = Ensemble(history, rims={"x": RimError(100.0, 8_000.0)})
    west = shapely.union_all(teeth[::2])
    circles = jittered((0, 0), 20 * KM, error_m=100.0, length_m=8_000.0, draws=400)
    held = [other.intersection(west).area / 1e6 for other in circles]
    assert rim_sd(ensemble, total_of(A, "x")(history)) == pytest.approx(np.std(held), rel=0.12)


# ---- How it is stated ------------------------------------------------------------------------


def job_with(**area):
    return Job.model_validate(
        {"series": {"profile": "zones", "path": "a.geojson"}, "area": {"x": area}}
    )


def test_a_scale_states_half_a_millimetre():
    spec = job_with(file="x.geojson", rim_scale=1_000_000).area["x"]
    assert spec.rim == RimError(500.0)
    spec = job_with(file="x.geojson", rim_error_m=80, rim_correlation_length_m=900).area["x"]
    assert spec.rim == RimError(80.0, 900.0)
    assert job_with(file="x.geojson").area["x"].rim is None


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"file": "x", "rim_error_m": 1, "rim_scale": 1}, "say the same"),
        ({"file": "x", "rim_correlation_length_m": 1}, "does nothing without rim_error_m"),
        ({"file": "x", "rim_error_m": -1}, "greater than or equal to 0"),
        ({"bbox": [1, 2, 3, 4], "rim_error_m": 1}, "Extra inputs"),
    ],
)
def test_what_says_nothing_of_a_rim_is_refused(keys, problem):
    with pytest.raises(ValueError, match=problem):
        job_with(**keys)


def test_a_country_has_a_rim_of_its_own_and_a_box_is_exact():
    history = territory.example()
    assert history._loaded("Ukraine", None, "", ()).ensemble.rims[""].error_m == 1_100
    boxed = history._loaded((37.0, 48.0, 37.1, 48.1), None, "", ())
    assert boxed.ensemble.rims[""].error_m == 0
    with pytest.raises(InputError, match="rim_error_m does nothing here"):
        history.areas(aoi=(37.0, 48.0, 37.1, 48.1), rim_error_m=100)
    with pytest.raises(InputError, match="is no length in metres"):
        history.areas(aoi=shapely.box(37.0, 48.0, 37.1, 48.1), rim_error_m=-1)


def test_errors_go_together_between_corners_and_over_four_errors_at_least():
    assert RimError(100.0).resolved(2_000.0).correlation_length_m == 2_000
    assert RimError(100.0).resolved(50.0).correlation_length_m == 400
    assert RimError(100.0, 70.0).resolved(2_000.0).correlation_length_m == 70
    with pytest.raises(InputError, match="cannot be -1 metres"):
        RimError(-1)


def test_the_argument_widens_the_area_alone():
    history = territory.example()
    shape = shapely.box(37.05, 48.02, 37.25, 48.2)
    plain, rimmed = (history.areas(aoi={"x": shape}, rim_error_m=m) for m in (None, 200.0))
    everything = plain.area == "all"
    assert plain[everything].equals(rimmed[everything])
    assert (rimmed.high[~everything] >= plain.high[~everything]).all()
    assert (rimmed.high[~everything] > plain.high[~everything]).any()
    assert date(2025, 12, 1) in history.days


@pytest.mark.parametrize(
    ("weight", "share"), [([1, 1], 1.0), ([1, 0], 0.25), ([1, -1], 0.5), ([0, 0], 0.0)]
)
def test_a_short_rim_moves_as_a_whole(weight, share):
    """Of a ring of 200 m a quarter lies beside the first face, where errors reach over 1 km."""
    rim = Rim(np.array([200.0]), np.array([0.0, 50.0]), np.array([50.0, 200.0]), np.array([0, 1]))
    spread = RimReach(rim, 1000.0, faces=2).spread_m(np.array(weight, dtype=float))
    assert spread == pytest.approx(share * sqrt(2 * 1000 * 200 * (1 - exp(-0.1))))


def test_rims_of_two_rings_add_in_quadrature():
    """A short ring and a long one, with a gap of which nothing is known on either."""
    ring_m = np.array([200.0, 100_000.0])
    ends = np.array([0.0, 200.0]), np.array([150.0, 75_200.0])
    both = RimReach(Rim(ring_m, *ends, np.array([0, 1])), 1000.0, faces=2)
    short, long, together = (
        both.spread_m(np.array(each)) for each in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0])
    )
    assert short == pytest.approx(0.75 * sqrt(2 * 1000 * 200 * (1 - exp(-0.1))))
    assert long == pytest.approx(sqrt(2 * 1000 * (75_000 - 1000)), rel=1e-3)  # of a line of 75 km
    assert together == pytest.approx(sqrt(short**2 + long**2))
    assert both.whole_m == together
    assert both.of_part(np.array([True, True])).spread_m(np.array([1.0, 0.0])) == short

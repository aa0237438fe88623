"""The page counts that maps are redrawn late or early as the tables do: its script is run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from drawn_pages import (
    DAYS,
    NEEDS_NODE,
    held_on_the_page,
    moved_on_the_page,
    topic_of,
    unpacked,
    unzigzag,
)
from squares import PLANE, day, drawn, squares

from territory.history.history import from_snapshots
from territory.history.regions import DrawnRegions, resolve_regions
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.tables import area_estimates, transfer_estimates
from territory.publish.page.content import content
from territory.publish.page.redrawn import redrawn
from territory.publish.page.scopes import grouped, scopes_of

GAPS = (0, 3, 10, 11, 40)  # days of the maps
PROVINCES = {
    "North": shapely.box(-500, -1700, 5000, 500),
    "South": shapely.box(-500, -4000, 5000, -1700),
}


def late(lag_days, *, doubted=()):
    """Return a drawn series of five maps with two areas."""
    grids = (*DAYS, squares("ABBB", "AACC", "AC.."), DAYS[0])
    snapshots = tuple(drawn(grid, n) for grid, n in zip(grids, GAPS, strict=True))
    history = from_snapshots(snapshots, projection=PLANE).with_areas(
        {
            "part": shapely.Polygon([(300, -2500), (300, -100), (3700, -700), (2900, -2900)]),
            "east": shapely.box(2500, -2600, 4500, 500),
        }
    )
    error = BoundaryError(20.0, 900.0, redraw_lag_days=lag_days)
    return Ensemble(history, error, corrupt=frozenset(day(GAPS[n]) for n in doubted))


def in_provinces(ensemble):
    """Return the page of a series that cuts provinces itself."""
    shapes = np.array([*PROVINCES.values()])
    drawn_regions = DrawnRegions("p.gpkg", PLANE.crs, tuple(PROVINCES), shapes, (), {})
    return topic_of(ensemble, "", regions=resolve_regions(drawn_regions, PLANE))


def held_in_tables(ensemble, area, days=None):
    """Return what `held_on_the_page` should say."""
    base = ensemble.base
    return [
        [n, base.holders.index(holder), each.value, each.low, each.high]
        for n in days or range(len(base.days))
        for holder, each in sorted(
            area_estimates(ensemble, base.days[n], area).items(),
            key=lambda item: base.holders.index(item[0]),
        )
    ]


def moved_in_tables(ensemble, area, found):
    """Return what `moved_on_the_page` should have said where it said something."""
    base, expected = ensemble.base, []
    cells = {
        (i, j): transfer_estimates(ensemble, base.days[i], base.days[j], area, stayed=False)
        for i, j, *_ in found
    }
    assert sum(map(len, cells.values())) == len(found)
    for i, j, giver, taker, *_ in found:
        each = cells[i, j][base.holders[giver], base.holders[taker]]
        expected.append([i, j, giver, taker, each.value, each.low, each.high])
    return expected


def near(expected, **tolerance):
    return [pytest.approx(row, **tolerance) for row in expected]


@NEEDS_NODE
@pytest.mark.parametrize(
    ("lag_days", "doubted"),
    [(1.0, ()), (3.7, (1,)), (9.0, ()), (9.0, (0, 4)), (100.0, ()), (9.0, (0, 1, 2, 3)),
     (1.0, (0, 1, 2, 3, 4))],
)  # fmt: skip
def test_the_page_counts_late_redrawing_as_the_tables_do(lag_days, doubted):
    """On days that it has no table of, and for any two days. It has lengths to a centimetre."""
    ensemble = late(lag_days, doubted=doubted)
    topic = topic_of(ensemble, "", days=ensemble.base.days[:1])
    for scope, area in enumerate(ensemble.base.distinct_areas):
        moved = moved_on_the_page(topic, scope)
        assert len(moved) >= 10
        assert moved == near(moved_in_tables(ensemble, area, moved), abs=1e-5)
        held = held_on_the_page(topic, scope)
        assert held == near(held_in_tables(ensemble, area), abs=1e-5)


@NEEDS_NODE
def test_a_lag_makes_intervals_of_the_page_wider_and_none_leaves_them():
    widths = [
        sum(high - low for *_, low, high in moved_on_the_page(topic_of(late(lag_days), "")))
        for lag_days in (0.0, 1.0, 9.0)
    ]
    assert 1.1 * widths[0] < widths[1] < widths[2]


@NEEDS_NODE
def test_the_page_counts_late_redrawing_in_provinces_that_it_cuts_itself():
    ensemble = late(9.0)
    topic = in_provinces(replace(ensemble, sectioned=ensemble.sections))  # those of other faces
    keys = [scope["key"] for scope in content(topic)["scopes"]]
    cut = replace(ensemble, base=ensemble.base.with_areas(PROVINCES))
    for name in PROVINCES:
        scope = keys.index(f"region:{name}")
        assert held_on_the_page(topic, scope) == near(held_in_tables(cut, name), abs=1e-5)
        moved = moved_on_the_page(topic, scope)
        assert moved == near(moved_in_tables(cut, name, moved), abs=1e-5)


@NEEDS_NODE
def test_the_page_of_daily_maps_counts_late_redrawing_as_the_tables_do(shared_data):
    """At both ends of the series and in between, over a day and over all of it."""
    folder = shared_data / "ukraine" / "deepstate_daily"
    spec = SeriesSpec(profile="deepstate-daily", path=str(folder))
    loaded = load_series(
        spec, Path(), areas={}, rule="all", more_days=(), uncertainty=UncertaintySpec()
    )
    ensemble, days = loaded.ensemble, [0, 5, 200, 535]
    assert ensemble.lag_days > 0
    topic = topic_of(ensemble, "", days=ensemble.base.days[100:101])
    held = held_on_the_page(topic, 0, days)
    assert held == near(held_in_tables(ensemble, "all", days), rel=1e-6)
    pairs = [[0, 535], [0, 7], [100, 101], [100, 130], [200, 290], [530, 535]]
    moved = moved_on_the_page(topic, 0, pairs)
    assert {(i, j) for i, j, *_ in moved} == set(map(tuple, pairs))
    assert moved == near(moved_in_tables(ensemble, "all", moved), rel=1e-6, abs=1e-5)


def test_a_page_of_maps_that_are_not_late_tells_of_no_sections():
    found, more = (content(topic_of(late(each), "")) for each in (0.0, 9.0))
    assert set(more) - set(found) == {"redrawn"}
    still = late(9.0)
    still = replace(still, base=still.base.at_days(still.base.days[:1]))
    assert "redrawn" not in content(topic_of(still, ""))


def test_pieces_of_groups_add_up_to_the_ground_that_changed_hands():
    ensemble = late(9.0)
    base, sections = ensemble.base, ensemble.sections
    groups = grouped(base, scopes_of(base, base, {}, {}))
    told = redrawn(ensemble, base, groups)["redrawn"]
    group = np.cumsum(unpacked(told["groups"]))
    section = np.cumsum(unzigzag(unpacked(told["sections"])))
    written, left, area = iter(unpacked(told["areas"])), groups.area_m2 * 100, []
    for each, following in zip(group, [*group[1:], -1], strict=True):
        area.append(next(written) if following == each else left[each])
        left[each] -= area[-1]
    changing = (groups.held_by != groups.held_by[0]).any(axis=0)
    assert left[changing] == pytest.approx(0.0, abs=1e-6)
    assert list(written) == []
    assert (left[~changing] == groups.area_m2[~changing] * 100).all()
    of_sections = np.bincount(section, area, sections.count) / 1e8
    assert of_sections == pytest.approx(sections.added_up(np.ones(len(base.faces))), abs=1e-7)

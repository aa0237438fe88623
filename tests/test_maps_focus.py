"""Maps of changes: their frame around what changed, and figures led to their own ground."""

import itertools
import re
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_maps import (
    AFTER,
    BEFORE,
    GOVERNMENT,
    ISIS,
    OPPOSITION,
    ROWS_AFTER,
    ROWS_BEFORE,
    boxes,
    draw,
    grid,
    names_on,
    said,
    surroundings,
)
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib_scalebar.scalebar import ScaleBar

from territory.geometry.projection import EqualArea
from territory.history.history import from_coverage
from territory.holders import NOBODY
from territory.maps.focus import LEAST_M, LEFT_OUT, REGION_M, beyond, focus
from territory.maps.frame import Extent, View
from territory.maps.sheet import Group
from territory.measure.change import transfers
from territory.read.basemap import Context, read_context, usual_towns


def pieces_apart():
    """Return a history of 400 km in which A loses two pieces and C one, side by side."""
    cells = [shapely.box(x, 0.0, x + 1e4, 3e4) for x in (2e5, 2.1e5, 2.2e5)]
    rest = shapely.difference(shapely.box(0.0, 0.0, 4e5, 3e5), shapely.union_all(cells))
    rows = [[1, 2, 1, 1], [3, 3, 3, 1]]
    holders = (NOBODY, GOVERNMENT, ISIS, OPPOSITION)
    return from_coverage(
        np.array([*cells, rest]),
        np.array(rows, dtype=np.int16),
        days=(BEFORE, AFTER),
        holders=holders,
        projection=EqualArea(37.0, 35.7),
    )


def leaders_on(axes):
    groups = [group for group in axes.findobj(Group) if group.get_gid().startswith("leaders")]
    return [line for group in groups for line in group.get_children()]


def test_a_label_beside_its_ground_has_a_line_that_ends_on_it():
    """Labels of equal pieces of two pairs stand close together: each must lead to its own."""
    history = replace(pieces_apart(), within={"all of it": np.ones(4, dtype=bool)})
    figure = draw("transfers", history, Context(), area="all of it")
    axes = figure.axes[0]
    names = [name for name in names_on(axes) if name.get_text() == "300 km²"]
    lines = leaders_on(axes)
    ends = [axes.transAxes.transform(np.column_stack(line.get_data())) for line in lines]
    ground = [axes.transData.inverted().transform(end[1]) for end in ends]
    text = boxes(names, figure)

    assert len(names) == len(lines) == 3
    reached = [
        next(n for n, cell in enumerate(history.faces[:3]) if shapely.contains_xy(cell, *at))
        for at in ground
    ]
    assert sorted(reached) == [0, 1, 2]
    for end in ends:  # each line begins at a label of its own
        near = [abs(box.x0 + box.x1 - 2 * end[0][0]) < box.width + 12 for box in text]
        assert any(near)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(text, 2))


def test_a_label_inside_its_ground_needs_no_line():
    figure = draw("transfers", grid(ROWS_BEFORE, ROWS_AFTER), surroundings())
    assert not leaders_on(figure.axes[0])


# Around what changed ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["transfers", "changes", "front"])
def test_a_map_of_changes_is_drawn_around_them_unless_an_area_is_asked_for(kind):
    history = pieces_apart()
    around = draw(kind, history, surroundings())
    asked = replace(history, within={"all of it": np.ones(4, dtype=bool)})
    whole = draw(kind, asked, surroundings(), area="all of it")
    day = draw("day", history, surroundings())

    west, east = around.axes[0].get_xlim()
    assert west < 2e5
    assert east > 2.3e5
    assert east - west < 8e4
    assert np.ptp(whole.axes[0].get_xlim()) > 4e5
    assert np.ptp(day.axes[0].get_xlim()) > 4e5
    assert any("drawn around the ground that changed hands" in text for text in said(around))
    assert not any("drawn around" in text for text in [*said(whole), *said(day)])


def test_the_locator_marks_the_frame_and_the_legend_counts_everything():
    history = pieces_apart()
    figure = draw("transfers", history, surroundings())
    frame, locator = figure.axes
    (mark,) = [patch for patch in locator.patches if isinstance(patch, Rectangle)]
    marked = (mark.get_x(), mark.get_x() + mark.get_width())

    west, east = frame.get_xlim()
    assert marked[0] <= west < east <= marked[1] < west + 6e4  # grown to what can be seen

    (legend,) = (each for each in figure.findobj(Group) if each.get_gid() == "legend")
    told = [each.get_text() for each in legend.get_children() if isinstance(each, Text)]
    km2 = [float(each.split()[0]) for each in told if re.fullmatch(r"[\d.]+ km²", each)]
    assert km2 == [600.0, 300.0]
    assert sum(km2) == pytest.approx(sum(each.km2 for each in transfers(history, BEFORE, AFTER)))


WIDE = Extent(0.0, 0.0, 8e5, 8e5)


def test_a_frame_has_a_least_size_and_gives_way_to_the_whole():
    tiny = focus(shapely.box(4e5, 4e5, 4.001e5, 4.001e5), WIDE)
    assert tiny.width == tiny.height == pytest.approx(LEAST_M)
    assert focus(shapely.box(0, 0, 6e5, 1e4), WIDE) is None
    assert focus(shapely.Polygon(), WIDE) is None
    region = Extent(0.0, 0.0, REGION_M, REGION_M)
    assert focus(shapely.box(0, 0, 1e4, 1e4), region) is None


def test_redrawn_coasts_do_not_widen_a_frame_and_what_lies_beyond_is_told():
    front, coast = shapely.box(4e5, 4e5, 4.5e5, 4.2e5), shapely.box(7.9e5, 0.0, 7.91e5, 4e3)
    changed = shapely.MultiPolygon([front, coast])  # 1,000 and 4 km2
    found = focus(changed, WIDE)
    assert found.east < 4.7e5
    assert beyond(changed, found) == (1, pytest.approx(4.0))
    assert beyond(front, found) == (0, 0.0)
    more = shapely.MultiPolygon([front, shapely.box(7.9e5, 0.0, 7.91e5, 6e3)])
    assert focus(more, WIDE).east > 7.9e5  # 6 km2 are more than may be left out


@given(st.lists(st.tuples(*[st.integers(0, 79)] * 2), min_size=1, max_size=12, unique=True))
def test_a_frame_leaves_out_next_to_nothing(cells):
    changed = shapely.MultiPolygon(
        [shapely.box(x * 1e4, y * 1e4, x * 1e4 + 5e3, y * 1e4 + 5e3) for x, y in cells]
    )
    found = focus(changed, WIDE)
    if found is not None:
        assert beyond(changed, found)[1] <= 4 * LEFT_OUT * changed.area / 1e6 + 1e-9
        assert found.width >= LEAST_M or found.height >= LEAST_M


def test_towns_of_the_package_are_fewer_on_a_wider_map():
    towns, plane = usual_towns(), EqualArea(37.0, 48.0)
    shown = []
    for half in (1e5, 2e5, 4e5, 1e6):
        extent = Extent(-half, -half, half, half)
        view = View(plane, extent, Context(towns=towns), "en")
        shown.append({town.name for town in view.towns})
    assert "Kurakhove" in shown[0] - shown[1]
    assert "Bakhmut" in shown[1] - shown[2]
    assert "Kramatorsk" in shown[2] - shown[3]
    assert "Donetsk" in shown[3]


def test_before_1992_countries_of_the_package_have_no_names_and_its_towns_are_left_out(tmp_path):
    own = tmp_path / "states.geojson"
    gpd.GeoDataFrame({"name": ["Rus"]}, geometry=[shapely.box(36, 47, 38, 49)], crs=4326).to_file(
        own
    )
    plane, extent = EqualArea(37.0, 48.0), Extent(-1e5, -1e5, 1e5, 1e5)
    for context, day, named in (
        (read_context(tmp_path), date(1991, 12, 31), False),
        (read_context(tmp_path), date(1992, 1, 1), True),
        (read_context(tmp_path, countries=own.name), date(1400, 1, 1), True),
    ):
        found = context.on(day)
        names = [each.name for each in View(plane, extent, found, "uk").countries]
        assert bool(names) and any(names) == named
        assert found.past != named


def test_countries_near_the_far_side_of_the_earth_can_be_named_in_a_locator(tmp_path):
    plane = EqualArea(5.4, 54.9)  # of western Europe
    view = View(plane, Extent(-1.27e7, -1.05e7, 1.27e7, 1.05e7), read_context(tmp_path), "en")
    assert shapely.is_valid([each.geometry for each in view.countries]).all()


def test_no_town_lies_under_the_scale_bar():
    names = {"name": ["Hidden", "Seen"], "name_ar": ["", ""], "rank": [2, 2]}
    points = gpd.points_from_xy([36.975, 37.4], [35.675, 36.1])
    context = Context(towns=gpd.GeoDataFrame(names, geometry=points, crs=4326))
    figure = draw("day", grid(ROWS_BEFORE), context)
    (dots,) = (each for each in figure.findobj(Group) if each.get_gid() == "towns")
    (bar,) = (each for each in figure.findobj(ScaleBar))
    box = bar.info.window_extent
    places = [
        figure.axes[0].transData.transform(dot.get_xydata()[0]) for dot in dots.get_children()
    ]
    assert len(places) == 1
    assert not box.contains(*places[0])
    assert [name.get_text() for name in names_on(figure.axes[0])].count("Seen") == 1

"""What lies outside the area asked for is cut off before edges are divided; no figure shows it."""

import json
from itertools import product

import numpy as np
import pytest
import shapely
from matplotlib.image import imread

from territory.cli import _code
from territory.history import clipping

AREA = "22.1,45.2,22.9,45.9"  # about the border that moves, which is at 22.5


def write_zones(path, zones):
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor},
            "geometry": json.loads(shapely.to_geojson(shapely.MultiPolygon(boxes))),
        }
        for actor, boxes in zones.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def many_boxes(folder, day, shift=0.0, *, columns=range(10)):
    """Write thirty boxes of two holders side by side; one border near the area moves."""
    zones = {"a": [], "b": []}
    for n, (column, row) in enumerate(product(columns, range(3))):
        west, south = 20 + 0.5 * column, 45 + 0.5 * row
        east = west + 0.5 + (shift if column == 4 else 0.0)
        west += shift if column == 5 else 0.0
        zones["ab"[n % 2]].append(shapely.box(west, south, east, south + 0.5))
    write_zones(folder / f"boxes_{day}.geojson", zones)


def printed(capsys, *words):
    code = _code([*words, "--profile", "zones", "--boundary-error-m", "1000"])
    out = capsys.readouterr().out
    rows = [line.split(",") for line in out.splitlines()]
    return code, [row[:-5] for row in rows], np.array([row[-5:] for row in rows[1:]], dtype=float)


@pytest.mark.parametrize("verb", ["areas", "change"])
@pytest.mark.parametrize("shift", [0.03, -0.03])
def test_figures_and_intervals_are_those_of_the_uncut_series(
    tmp_path, capsys, monkeypatch, verb, shift
):
    many_boxes(tmp_path, "2024-01-01")
    many_boxes(tmp_path, "2024-01-02", shift)
    period = ["--from", "2024-01-01", "--to", "2024-01-02"] if verb == "change" else []
    words = [verb, str(tmp_path), *period, "--area", AREA]
    seen, carried = [], clipping._in_box
    monkeypatch.setattr(clipping, "_in_box", lambda *each: seen.append(carried(*each)) or seen[-1])
    monkeypatch.setattr(clipping, "_LONG", 0.0)
    cut = printed(capsys, *words)
    assert 0 < clipping._edges(tuple(seen)) < 0.5 * 2 * 30 * 4
    monkeypatch.setattr(clipping, "_LONG", np.inf)
    whole = printed(capsys, *words)
    assert cut[:2] == whole[:2]
    np.testing.assert_allclose(cut[2], whole[2], rtol=1e-9)


def test_a_map_whose_borders_are_short_is_never_cut(tmp_path, capsys, monkeypatch):
    write_zones(tmp_path / "z_2024-01-01.geojson", {"a": [shapely.box(30, 40, 40, 50)]})
    monkeypatch.setattr(clipping, "_PAYS", 1.0)
    called = []
    monkeypatch.setattr(clipping, "from_snapshots", lambda *each, **_more: called.append(each))
    code, _, figures = printed(capsys, "areas", str(tmp_path), "--area", "31,41,32,42")
    assert not code and len(figures) and not called


@pytest.mark.parametrize("verb", ["areas", "change"])
def test_long_borders_are_drawn_roughly_where_nothing_is_cut_and_no_figure_shows_it(
    tmp_path, capsys, monkeypatch, verb
):
    many_boxes(tmp_path, "2024-01-01")
    many_boxes(tmp_path, "2024-01-02", 0.03)
    period = ["--from", "2024-01-01", "--to", "2024-01-02"] if verb == "change" else []
    words = [verb, str(tmp_path), *period]
    points, carried = [], clipping.in_plane

    def counted(*each, **more):
        found = carried(*each, **more)
        points.append(shapely.get_num_coordinates(found[0]).sum())
        return found

    monkeypatch.setattr(clipping, "in_plane", counted)
    monkeypatch.setattr(clipping, "_LONG", 0.0)
    rough = printed(capsys, *words)
    monkeypatch.setattr(clipping, "_FAIR_M", clipping.MAX_CHORD_ERROR_M)
    fine = printed(capsys, *words)
    assert len(points) == 2 and 0 < 10 * points[0] < points[1]
    monkeypatch.setattr(clipping, "_LONG", np.inf)
    exact = printed(capsys, *words)
    assert len(points) == 2
    assert rough[:2] == fine[:2] == exact[:2]
    np.testing.assert_allclose(rough[2], exact[2], rtol=1e-9)


def test_areas_that_are_cut_have_exact_borders(tmp_path, capsys, monkeypatch):
    many_boxes(tmp_path, "2024-01-01")
    monkeypatch.setattr(clipping, "_LONG", 0.0)
    monkeypatch.setattr(clipping, "_FAIR_M", None)  # would fail
    code, _, figures = printed(capsys, "areas", str(tmp_path), "--area", "20,45,25,46.5")
    assert not code and len(figures)


@pytest.mark.parametrize("words", [[], ["--from", "2024-01-01", "--to", "2024-01-02"]])
def test_a_map_of_an_area_is_that_of_the_uncut_series(tmp_path, monkeypatch, words):
    many_boxes(tmp_path, "2024-01-01")
    many_boxes(tmp_path, "2024-01-02", 0.03)
    seen, carried = [], clipping._in_box
    monkeypatch.setattr(clipping, "_in_box", lambda *each: seen.append(carried(*each)) or seen[-1])
    pictures = []
    for name, long in (("cut", 0.0), ("whole", np.inf)):
        monkeypatch.setattr(clipping, "_LONG", long)
        place = tmp_path / f"{name}.png"
        out = ["--area", AREA, "--dpi", "60", "--out", str(place)]
        assert _code(["map", str(tmp_path / "*.geojson"), "--profile", "zones", *words, *out]) == 0
        pictures.append(imread(place))
    assert 0 < clipping._edges(tuple(seen)) < 0.5 * 2 * 30 * 4
    differ = (pictures[0] != pictures[1]).any(axis=2)  # raises unless of one size
    assert differ.sum() <= 10  # straight edges are divided elsewhere

"""The same ground in other coordinates: every verb gives the same figures."""

import csv
import io

import geopandas as gpd
import pytest
import shapely

from territory.cli import _code

DAYS = {"2024-01-01": 37.5, "2024-02-01": 37.75}  # how far Red has come
PROFILE = """name = "p"
latitude_first = {first}
label_properties = ["actor"]
[day]
properties = ["day"]
[[rule]]
label = "Red"
actor = "Red"
[[rule]]
label = "Blue"
actor = "Blue"
[[rule]]
label = "fog"
drop = true
"""


def zones():
    """Return two days of two parties and what the profile leaves out, in longitude and latitude."""
    rows = [
        (actor, day, shapely.segmentize(shapely.box(west, 48, east, 48.5), 0.002))
        for day, front in DAYS.items()
        for actor, west, east in (("Red", 37, front), ("Blue", front, 38), ("fog", 38, 38.25))
    ]
    actors, days, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"actor": actors, "day": days}, geometry=list(shapes), crs=4326)


def swapped(frame):
    return frame.set_geometry(
        [shapely.transform(shape, lambda xy: xy[:, ::-1]) for shape in frame.geometry], crs=4326
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Give the same zones in three kinds of coordinates, each with its profile."""
    folder, frame = tmp_path_factory.mktemp("ground"), zones()
    kinds = {
        "degrees": (frame, "false"),
        "utm": (frame.to_crs(32637), "false"),
        "swapped": (swapped(frame), "true"),
    }
    for name, (each, first) in kinds.items():
        each.to_file(folder / f"{name}.gpkg")
        (folder / f"{name}.toml").write_text(PROFILE.format(first=first), encoding="utf-8")
    return folder


CALLS = (
    ("areas",),
    ("change", "--from", "2024-01-01", "--to", "2024-02-01"),
    ("inspect",),
    ("explain", "--value", "2064", "--unit", "km2", "--by", "Red", "--day", "2024-01-01"),
)


@pytest.mark.parametrize("other", ["utm", "swapped"])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_figures_do_not_hang_on_coordinates(written, capsys, call, other):
    one, two = (table(written, capsys, call, name) for name in ("degrees", other))
    assert len(one) == len(two) > 1
    for row, like in zip(one, two, strict=True):
        assert row.keys() == like.keys()
        for name, text in row.items():
            if number(text) is None:
                assert like[name].replace(other, "degrees") == text
            elif name != "error_pct":  # the sixth digit of a difference
                assert number(like[name]) == pytest.approx(number(text), rel=1e-6, abs=1e-5)


def table(folder, capsys, call, name):
    verb, *more = call
    paths = [str(folder / f"{name}.gpkg"), "--profile", str(folder / f"{name}.toml")]
    assert _code([verb, *paths, *more]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    return [row for row in rows if row.get("kind") != "geodesic-check"]  # the last digits of it


def number(text):
    try:
        return float(text)
    except ValueError:
        return None

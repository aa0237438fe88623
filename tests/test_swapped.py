"""One feature among others with its axes swapped, and sound maps that look alike."""

from datetime import date

import numpy as np
import pytest
import shapely

from territory import cli
from territory.findings import Severity
from territory.geometry.projection import WGS84
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.quality.swapped_axes import mirrored_features
from territory.read.world import read_countries

DAY = date(2024, 2, 24)


def raw_of(*boxes, day=DAY):
    shapes = np.array([shapely.box(*each) for each in boxes], dtype=object)
    return RawZones(day, WGS84, Source("a.geojson"), (Holder("a"),) * len(shapes), shapes)


def swapped(west, south, east, north):
    return south, west, north, east


def found(*raws):
    return list(mirrored_features(raws, read_countries()))


KHARKIV, DONETSK = (35.5, 49, 36.5, 50), (37, 47.5, 38.5, 48.5)
HOMS, RAQQA, IDLIB = (36.5, 34.3, 38, 35), (38, 35.5, 39.5, 36.4), (36.4, 35.5, 37, 36)


@pytest.mark.parametrize(
    ("boxes", "feature", "home", "abroad"),
    [
        ([DONETSK, swapped(*KHARKIV)], 2, "Ukraine", "Iran"),
        ([swapped(*KHARKIV), DONETSK, (33, 46, 34, 47)], 1, "Ukraine", "Iran"),
        ([HOMS, IDLIB, swapped(*RAQQA)], 3, "Syria", "Turkey"),
    ],
)
def test_one_of_several_with_its_axes_swapped_is_a_warning(boxes, feature, home, abroad):
    (told,) = found(raw_of(*boxes))
    assert (told.kind, told.severity, told.day) == ("axes-swapped", Severity.WARNING, DAY)
    assert told.detail.startswith(f"a.geojson, feature {feature} (held by a): lies in {abroad}")
    assert "its axes look swapped" in told.detail
    assert told.detail.endswith(f"among them in {home}")


def test_a_day_that_is_swapped_among_others_is_told_on_that_day():
    days = [raw_of(KHARKIV, DONETSK, day=date(2024, 2, n)) for n in (1, 2, 4)]
    bad = raw_of(swapped(*KHARKIV), swapped(*DONETSK), day=date(2024, 2, 3))
    assert {(each.kind, each.day.day) for each in found(*days, bad)} == {("axes-swapped", 3)}


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ([KHARKIV, DONETSK, (-38.5, 47.5, -37, 48.5)], "sign of its longitude looks wrong"),
        ([KHARKIV, DONETSK, (37, -48.5, 38.5, -47.5)], "sign of its latitude looks wrong"),
    ],
)
def test_a_lost_sign_is_a_warning(boxes, words):
    (told,) = found(raw_of(*boxes))
    assert words in told.detail
    assert "feature 3" in told.detail


@pytest.mark.parametrize(
    "boxes",
    [
        [KHARKIV, DONETSK],
        [swapped(*KHARKIV), swapped(*DONETSK)],  # all of them: a sound map of Iran
        [(36, 35, 37, 36), (35, 36, 35.9, 36.5)],  # Syria beside the Turkish coast
        [(3.5, 11, 4.5, 12), (8, 5, 9, 6), (12, 10, 13, 11)],  # Nigeria, on both sides of 1:1
        [(-5, 50, -4, 51), (0.5, 51, 1.5, 52)],  # England, on both sides of Greenwich
        [(-3, 51, -0.6, 53), (0, 51.4, 0.5, 51.9), (0.65, 51.5, 0.75, 51.55)],  # and on its coast
        [(29, -1.5, 30, -0.5), (29, 0.5, 30, 1.5)],  # on both sides of the equator
        [(-170, 15, -60, 70), (-80, -50, -40, 10), (35, 45, 140, 70), (115, -35, 150, -12)],
        [DONETSK, (130, 45, 131, 46)],  # far off, but no mirror image
    ],
)
def test_a_sound_map_is_none(boxes):
    assert not found(raw_of(*boxes))


def test_metres_have_no_axes_to_swap():
    raw = raw_of(KHARKIV, swapped(*DONETSK))
    plane = RawZones(DAY, read_crs(3857), raw.source, raw.holders, raw.geometry)
    assert not found(plane)


def read_crs(code):
    return type(WGS84).from_epsg(code)


def test_inspect_says_so(tmp_path, capsys):
    shapes = [shapely.box(*DONETSK), shapely.box(*swapped(*KHARKIV))]
    features = ",".join(
        f'{{"type":"Feature","properties":{{"actor":"a"}},"geometry":{shapely.to_geojson(shape)}}}'
        for shape in shapes
    )
    path = tmp_path / "z_2024-02-24.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    assert cli.guarded(["inspect", str(path), "--profile", "zones"]) == 0
    assert "axes-swapped,warning" in capsys.readouterr().out

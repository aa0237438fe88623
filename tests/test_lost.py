"""Features without geometry: lost ground is an error, a line that never had any is not."""

import json
from datetime import date

import pytest
import shapely

from territory import cli
from territory.findings import Severity
from territory.job.clean_days import normalised
from territory.job.series_profile import profile_of
from territory.job.spec import SeriesSpec
from territory.read.profile import read_profile
from territory.read.zones import read_series

GONE = {"null": None, "empty": {"type": "MultiPolygon", "coordinates": []}}


def box(west, width=1.0):
    return json.loads(shapely.to_geojson(shapely.box(west, 35, west + width, 36)))


def feature(geometry, actor="A", **properties):
    found = {"type": "Feature", "properties": {"actor": actor, **properties}}
    return found if geometry == "absent" else {**found, "geometry": geometry}


def series(folder, *days):
    """Write one file a day and return what the snapshots tell."""
    for number, features in enumerate(days, start=1):
        content = {"type": "FeatureCollection", "features": features}
        (folder / f"z_2024-01-{number:02}.geojson").write_text(json.dumps(content))
    raws = read_series((str(folder),), read_profile("zones")).raws
    snapshots, refused = normalised(raws)
    assert not refused
    audit = [each for snapshot in snapshots for each in snapshot.audit]
    return [each for each in audit if each.kind.endswith("-geometry")]


@pytest.mark.parametrize("gone", [None, GONE["empty"], "absent"])
def test_a_holder_that_lost_its_only_feature_is_an_error_with_the_km2(tmp_path, gone):
    whole = [feature(box(36)), feature(box(37), "B")]
    (found,) = series(tmp_path, whole, [whole[0], feature(gone, "B")])
    assert (found.severity, found.day) == (Severity.ERROR, date(2024, 1, 2))
    assert found.km2 == pytest.approx(10066.28, abs=0.01)
    assert "z_2024-01-02.geojson, feature 2 (held by B) has " in found.detail
    assert "on 2024-01-01 its holder had 10,066 km2, now 0" in found.detail


def test_a_lost_feature_is_found_by_its_name_although_its_holder_grew(tmp_path):
    before = [feature(box(36), name="west"), feature(box(37), name="east")]
    after = [feature(box(36, 5), name="west"), feature(None, name="east")]
    (found,) = series(tmp_path, before, after)
    assert found.severity == Severity.ERROR
    assert found.km2 == pytest.approx(10066.28, abs=0.01)
    assert "on 2024-01-01 it held 10,066 km2, which vanished" in found.detail


def test_a_feature_that_stays_lost_is_an_error_on_every_day(tmp_path):
    whole, less = [feature(box(36)), feature(box(37))], [feature(box(36)), feature(None)]
    found = series(tmp_path, whole, less, less, less, whole)
    assert [each.day.day for each in found] == [2, 3, 4]
    assert {each.severity for each in found} == {Severity.ERROR}
    assert [each.km2 for each in found] == pytest.approx([10066.28] * 3, abs=0.01)


def test_the_day_after_tells_where_there_is_none_before(tmp_path):
    (found,) = series(tmp_path, [feature(box(36)), feature(None, "B")], [feature(box(37), "B")])
    assert found.severity == Severity.ERROR
    assert "on 2024-01-02 its holder had" in found.detail


@pytest.mark.parametrize("gone", [None, GONE["empty"]])
def test_a_line_that_never_has_a_geometry_is_a_warning(tmp_path, gone):
    day = [feature(box(36)), feature(gone)]
    found = series(tmp_path, day, day, [feature(box(36, 0.5)), feature(gone)])
    assert [each.severity for each in found] == [Severity.WARNING] * 3
    assert "nothing was lost with it" in found[1].detail


def test_a_named_line_that_never_has_a_geometry_is_a_warning(tmp_path):
    day = [feature(box(36), id=1), feature(None, id=2)]
    found = series(tmp_path, day, day)
    assert [each.severity for each in found] == [Severity.WARNING] * 2


def test_a_stray_line_beside_ground_that_stays_is_a_warning(tmp_path):
    (found,) = series(tmp_path, [feature(box(36))], [feature(box(36)), feature(None)])
    assert found.severity == Severity.WARNING
    assert "no less than on 2024-01-01" in found.detail


def test_growth_does_not_hide_a_lost_feature_without_a_name(tmp_path):
    before = [feature(box(36)), feature(box(37))]
    (found,) = series(tmp_path, before, [feature(box(36, 5)), feature(None)])
    assert found.severity == Severity.ERROR
    assert "had 2 features with one, now 1" in found.detail


@pytest.mark.parametrize(
    ("gone", "other", "severity"),
    [
        (None, "A", Severity.ERROR),
        (None, "B", Severity.ERROR),
        (GONE["empty"], "B", Severity.ERROR),
        (GONE["empty"], "A", Severity.WARNING),  # written as nothing on purpose
    ],
)
def test_one_day_alone(tmp_path, gone, other, severity):
    (found,) = series(tmp_path, [feature(gone), feature(box(36), other)])
    assert found.severity == severity


def test_points_and_lines_are_no_lost_ground(tmp_path):
    point = feature({"type": "Point", "coordinates": [36.5, 35.5]})
    assert {each.kind for each in series(tmp_path, [feature(box(36)), point])} == set()


def test_a_feature_without_an_actor_needs_no_geometry(tmp_path):
    assert not series(tmp_path, [feature(box(36)), {"type": "Feature", "geometry": None}])


def test_the_exit_code_is_3_and_the_day_is_named(tmp_path, capsys):
    whole = [feature(box(36)), feature(box(37), "B")]
    series(tmp_path, whole, [whole[0], feature(None, "B")])
    call = ["change", str(tmp_path), "--profile", "zones", "--from", "2024-01-01"]
    assert cli.guarded([*call, "--to", "2024-01-02"]) == 3
    said = capsys.readouterr().err
    assert "z_2024-01-02.geojson, feature 2 (held by B) has no geometry" in said


def test_real_placeholders_are_no_loss(shared_data):
    files = sorted((shared_data / "syria" / "polygons_2024").glob("*.geojson"))
    paths = tuple(map(str, files))
    profile = profile_of(SeriesSpec(profile="zones", path=paths, actor_field="layer"))
    raws = read_series(paths, profile).raws
    audit = [each for snapshot in normalised(raws)[0] for each in snapshot.audit]
    found = [each for each in audit if each.kind == "empty-geometry"]
    assert [each.severity for each in found] == [Severity.WARNING] * 4

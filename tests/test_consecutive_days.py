"""Days that are as the one before: cleaned once, and the same as if each were cleaned."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from pyproj import CRS

from territory.findings import Finding, FindingKind
from territory.geometry.projection import WGS84
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.job.consecutive_days import cleaned_in_turn

SQUARE, OTHER = shapely.box(37, 35, 38, 36), shapely.box(37, 35, 38, 36.5)
TOUCHING = shapely.Polygon([(37, 35), (38, 35), (38, 36), (37.5, 35), (37, 36)])


def raw(number, *zones, holder="a", findings=()):
    file, holders = Source(f"{number}.geojson"), (Holder(holder),) * len(zones)
    geometry = np.array([*zones, None], dtype=object)[:-1]
    return RawZones(date(2018, 1, number), WGS84, file, holders, geometry, findings)


def cleaned(days, near=()):
    """Return what comes of days, and the days that were cleaned."""
    calls = []

    def clean(piece, drawn=None):
        calls.append(piece[0].day.day)
        return normalise(piece[0], drawn=drawn)

    return list(cleaned_in_turn(map)(clean, [(each, list(near)) for each in days])), calls


def same(one, other):
    arrays = zip(
        (one.xy, one.ring_start, one.ring_layer),
        (other.xy, other.ring_start, other.ring_layer),
        strict=True,
    )
    said = (one.day, one.holders, one.audit) == (other.day, other.holders, other.audit)
    return said and all(np.array_equal(a, b) for a, b in arrays)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([raw(n, SQUARE) for n in (1, 2, 3)], [1]),
        ([raw(1, SQUARE), raw(2, OTHER), raw(3, OTHER), raw(4, SQUARE)], [1, 2, 4]),
        ([raw(1, SQUARE), raw(2, SQUARE, OTHER), raw(3, SQUARE, OTHER)], [1, 2]),
        ([raw(1, SQUARE), raw(2, SQUARE, holder="b")], [1, 2]),
        ([raw(1, TOUCHING), raw(2, TOUCHING)], [1, 2]),  # what is told names the file
        ([raw(1), raw(2)], [1]),
        ([raw(1, None), raw(2, None)], [1, 2]),
        ([raw(n, SQUARE, findings=(Finding(FindingKind.HEIGHTS, "x"),)) for n in (1, 2)], [1, 2]),
        ([], []),
    ],
)
def test_a_day_is_cleaned_again_only_where_something_differs_or_is_told(days, expected):
    found, calls = cleaned(days)
    assert calls == expected
    assert all(map(same, found, map(normalise, days)))
    assert [each.day for each in found] == [each.day for each in days]


def test_what_is_found_among_other_days_is_looked_for_on_each():
    days = [raw(1, SQUARE), raw(2, SQUARE)]
    assert cleaned(days, near=days)[1] == [1, 2]


def test_days_of_many_corners_are_cleaned_once_too(monkeypatch):
    """Days are cleaned in blocks, and each is held against the one before all the same."""
    monkeypatch.setattr("territory.job.consecutive_days._TOGETHER", 4)
    days = [raw(n, SQUARE) for n in (1, 2, 3)] + [raw(n, OTHER) for n in (4, 5)]
    found, calls = cleaned(days)
    assert calls == [1, 4]
    assert all(map(same, found, map(normalise, days)))


def test_days_in_several_systems_are_cleaned_as_each_alone():
    plane = CRS.from_epsg(32637)
    moved = shapely.box(400_000, 3_900_000, 410_000, 3_910_000)
    days = [raw(1, SQUARE), replace(raw(2, moved), crs=plane), raw(3, OTHER)]
    found, calls = cleaned(days)
    assert calls == [1, 2, 3]
    assert all(map(same, found, map(normalise, days)))
    assert [each.crs for each in found] == [WGS84, plane, WGS84]

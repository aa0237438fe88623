"""The tables under ``data/idlib-2018`` agree with each other and their README."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "data" / "idlib-2018"
START, END = date(2017, 10, 1), date(2018, 2, 28)
ACTORS = {"government", "opposition", "isis"}
SCENARIO = {"P028", "P096", "P215", "P226", "P232", "P245", "P252", "P253", "P309", "P312", "P320"}
STATE = "state_2017-10-01.csv"
COLUMNS = {
    "places.csv": "place_id,name,alt_names,lat,lon,source",
    STATE: "place_id,holder,evidence,note",
    "scenario_markers_state.csv": "place_id,holder,evidence,note",
    "events.csv": ("place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source,note"),
    "scenario_markers_events.csv": (
        "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source,note"
    ),
    "unlocated_reports.csv": (
        "report_row,name,admin,date_captured,from_actor,to_actor,source,reason,best_guess_region"
    ),
}
EVENT_FILES = ["events.csv", "scenario_markers_events.csv"]
Row = dict[str, str]


def read(file: str) -> list[Row]:
    """Rows of one table."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def days(event: Row) -> tuple[date, date]:
    """Interval of an event."""
    earliest, latest = event["date_earliest"], event["date_latest"]
    return date.fromisoformat(earliest), date.fromisoformat(latest)


def by_place(events: list[Row]) -> dict[str, list[Row]]:
    """Events of every place, in the order of the table."""
    chains: dict[str, list[Row]] = defaultdict(list)
    for event in events:
        chains[event["place_id"]].append(event)
    return chains


def holders() -> dict[str, str]:
    """Holder of every place on 1 October 2017."""
    return {row["place_id"]: row["holder"] for row in read(STATE)}


def middle(event: Row) -> date:
    """Middle of the interval of an event."""
    earliest, latest = days(event)
    return earliest + (latest - earliest) / 2


@pytest.mark.parametrize("file", COLUMNS)
def test_columns(file: str) -> None:
    assert ",".join(read(file)[0]) == COLUMNS[file]


@pytest.mark.parametrize("file", COLUMNS)
def test_cells_are_clean(file: str) -> None:
    for row in read(file):
        for cell in row.values():
            assert cell == " ".join(cell.split())
            assert not cell.endswith((";", ",", "|"))
            assert cell.count("(") == cell.count(")")
            assert cell.count('"') % 2 == 0


@pytest.mark.parametrize("file", COLUMNS)
def test_bytes(file: str) -> None:
    content = (FOLDER / file).read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("places.csv", 418),
        (STATE, 418),
        ("events.csv", 222),
        ("scenario_markers_state.csv", 11),
        ("scenario_markers_events.csv", 11),
        ("unlocated_reports.csv", 251),
    ],
)
def test_row_counts(file: str, rows: int) -> None:
    assert len(read(file)) == rows


def test_places_are_unique_and_in_the_box() -> None:
    places = read("places.csv")
    outside = {
        row["place_id"]
        for row in places
        if not 36.60 <= float(row["lon"]) <= 37.75 or not 35.22 <= float(row["lat"]) <= 36.10
    }
    assert outside == {"P021", "P236"}
    for key in ("place_id", "name"):
        assert len({row[key] for row in places}) == len(places)
    assert len({(row["lat"], row["lon"]) for row in places}) == len(places)


def test_state_covers_exactly_the_places() -> None:
    state = read(STATE)
    assert [row["place_id"] for row in state] == [row["place_id"] for row in read("places.csv")]
    assert Counter(row["holder"] for row in state) == {
        "government": 201,
        "opposition": 217,
    }
    assert Counter(row["evidence"] for row in state) == {
        "marker": 408,
        "area": 6,
        "reported": 4,
    }


@pytest.mark.parametrize("file", EVENT_FILES)
def test_events_are_legal(file: str) -> None:
    known = set(holders())
    for event in read(file):
        earliest, latest = days(event)
        assert earliest <= latest <= END
        assert event["place_id"] in known
        assert {event["from_actor"], event["to_actor"]} <= ACTORS
        assert event["from_actor"] != event["to_actor"]
        assert event["evidence"] in {"reported", "area", "neighbour"}
        assert event["source"]


def test_event_counts_are_those_of_the_readme() -> None:
    events = read("events.csv")
    assert len(by_place(events)) == 122
    assert sum(earliest == latest for earliest, latest in map(days, events)) == 113
    assert Counter(event["evidence"] for event in events) == {
        "reported": 172,
        "area": 49,
        "neighbour": 1,
    }


def test_chains_are_in_order_of_time() -> None:
    for chain in by_place(read("events.csv")).values():
        for first, second in pairwise(chain):
            assert first["to_actor"] == second["from_actor"], second
            assert days(first)[0] <= days(second)[0], second
            assert days(first)[1] <= days(second)[1], second


def test_chains_agree_with_the_first_of_october() -> None:
    state = holders()
    early = 0
    for place, chain in by_place(read("events.csv")).items():
        before = [event for event in chain if days(event)[1] < START]
        after = [event for event in chain if days(event)[1] >= START]
        assert all(days(event)[0] >= START for event in after)
        early += len(before)
        if before:
            assert before[-1]["to_actor"] == state[place]
        if after:
            assert after[0]["from_actor"] == state[place]
    assert early == 12


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2017, 10, 1), (201, 217, 0)),
        (date(2017, 11, 1), (197, 218, 3)),
        (date(2017, 12, 1), (205, 206, 7)),
        (date(2018, 1, 1), (220, 189, 9)),
        (date(2018, 2, 5), (296, 113, 9)),
        (date(2018, 2, 28), (303, 115, 0)),
    ],
)
def test_holders_by_day_are_those_of_coding_md(day: date, counts: tuple[int, int, int]) -> None:
    now = holders()
    for event in read("events.csv"):
        if START <= middle(event) <= day:
            now[event["place_id"]] = event["to_actor"]
    found = Counter(now.values())
    assert (found["government"], found["opposition"], found["isis"]) == counts


def test_scenario_places_are_the_eleven() -> None:
    state, events = (
        read("scenario_markers_state.csv"),
        read("scenario_markers_events.csv"),
    )
    assert {row["place_id"] for row in state} == SCENARIO
    assert {row["place_id"] for row in events} == SCENARIO
    assert {(row["holder"], row["evidence"]) for row in state} == {("opposition", "marker")}
    assert {(row["from_actor"], row["to_actor"]) for row in events} == {
        ("opposition", "government")
    }
    assert all(days(event)[0] >= START for event in events)


def test_scenario_contradicts_the_main_coding_only_at_the_start() -> None:
    state = holders()
    assert {state[place] for place in SCENARIO} == {"government"}
    assert not SCENARIO & set(by_place(read("events.csv")))

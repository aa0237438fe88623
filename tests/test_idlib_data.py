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
# The eleven of rule 5b but P028, which the second coding found confirmed.
SCENARIO = {"P096", "P215", "P226", "P232", "P245", "P252", "P253", "P309", "P312", "P320"}
AMENDED = {"P028", "P101", "P102", "P275"}
STATE = "state_2017-10-01.csv"
WHO = ",coding,confidence"
PLACE = "place_id,name,alt_names,lat,lon,source"
HOLDER = "place_id,holder,evidence,note"
EVENT = "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source,note"
REPORT = "report_row,name,admin,date_captured,from_actor,to_actor,source"
COLUMNS = {
    "places.csv": PLACE + WHO,
    STATE: HOLDER + WHO,
    "events.csv": EVENT + WHO,
    "scenario_markers_state.csv": HOLDER,
    "scenario_markers_events.csv": EVENT,
    "scenario_first_coding_state.csv": HOLDER + WHO,
    "scenario_first_coding_events.csv": EVENT + WHO,
    "scenario_machine_places.csv": PLACE,
    "scenario_machine_state.csv": HOLDER,
    "scenario_machine_events.csv": EVENT,
    "scenario_deep.csv": (
        "place_id,name,lat,lon,source,holder,evidence,dist_nearest_changed_km,dist_fifth_coded_km,"
        "dist_nearest_other_or_changed_km,largest_gap_deg,near_5b_place,strict"
    ),
    "liveuamap_weekly_shares.csv": "day,government,opposition,isis",
    "gazetteer.csv": "pcode,name,alt_names,governorate,district,sub_district,lon,lat",
    "located_reports.csv": REPORT + ",place_id,matched_name,confidence,reason",
    "unlocated_reports.csv": (
        REPORT + ",reason,best_guess_region,second_coding,candidates,second_reason"
    ),
}
EVENT_FILES = ["events.csv", "scenario_markers_events.csv", "scenario_first_coding_events.csv"]
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
        ("places.csv", 418 + 133),
        (STATE, 418 + 133),
        ("events.csv", 222 + 174 + 1),  # the amendments put six changes for five
        ("scenario_markers_state.csv", 10),
        ("scenario_markers_events.csv", 10),
        ("scenario_first_coding_state.csv", 3),
        ("scenario_first_coding_events.csv", 5),
        ("scenario_machine_places.csv", 92),
        ("scenario_machine_state.csv", 3 + 92),
        ("scenario_machine_events.csv", 5 + 95),
        ("scenario_deep.csv", 77),
        ("gazetteer.csv", 1198),
        ("liveuamap_weekly_shares.csv", 22),
        ("located_reports.csv", 160),
        ("unlocated_reports.csv", 251 - 160),
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
        "government": 198,
        "opposition": 353,
    }
    assert Counter(row["evidence"] for row in state) == {
        "marker": 405,
        "area": 27,
        "reported": 119,
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
    assert len(by_place(events)) == 239
    assert sum(earliest == latest for earliest, latest in map(days, events)) == 219
    assert Counter(event["evidence"] for event in events) == {
        "reported": 325,
        "area": 71,
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
        (date(2017, 10, 1), (198, 353, 0)),
        (date(2017, 10, 22), (194, 354, 3)),
        (date(2017, 12, 1), (218, 320, 13)),
        (date(2018, 1, 1), (233, 302, 16)),
        (date(2018, 2, 5), (386, 136, 29)),
        (date(2018, 2, 28), (412, 139, 0)),
    ],
)
def test_holders_by_day_are_those_of_coding2_md(day: date, counts: tuple[int, int, int]) -> None:
    now = holders()
    for event in read("events.csv"):
        if START <= middle(event) <= day:
            now[event["place_id"]] = event["to_actor"]
    found = Counter(now.values())
    assert (found["government"], found["opposition"], found["isis"]) == counts


def test_scenario_places_are_ten_of_the_eleven() -> None:
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


# ---- Two codings --------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["places.csv", STATE, "events.csv"])
def test_every_row_says_who_coded_it_and_how_surely(file: str) -> None:
    assert {row["coding"] for row in read(file)} == {"first", "second"}
    assert {row["confidence"] for row in read(file)} == {"certain", "probable"}


def test_places_of_the_second_coding_are_those_that_reports_were_found_to_be() -> None:
    new = {row["place_id"]: row for row in read("places.csv") if row["coding"] == "second"}
    found: dict[str, set[str]] = defaultdict(set)
    for report in read("located_reports.csv"):
        found[report["place_id"]].add(report["confidence"])
    assert set(found) - set(new) == {"P028", "P096", "P166", "P275"}
    for place, row in new.items():
        assert row["confidence"] == ("certain" if "certain" in found[place] else "probable")
    assert Counter(row["confidence"] for row in new.values()) == {"certain": 110, "probable": 23}


def test_rows_of_the_second_coding_are_of_its_places_and_the_amended_ones() -> None:
    new = {row["place_id"] for row in read("places.csv") if row["coding"] == "second"}
    for file in (STATE, "events.csv"):
        theirs = {row["place_id"] for row in read(file) if row["coding"] == "second"}
        assert theirs - new <= AMENDED
    state = {row["place_id"]: row for row in read(STATE)}
    assert all(state[place]["coding"] == "second" for place in new)


def test_gazetteer_has_the_positions_of_the_second_coding() -> None:
    listed = {row["pcode"]: (row["name"], row["lat"], row["lon"]) for row in read("gazetteer.csv")}
    assert len(listed) == 1198
    known = {row["place_id"] for row in read("places.csv")}
    for file in ("places.csv", "scenario_machine_places.csv", "scenario_deep.csv"):
        for row in read(file):
            if row["place_id"].startswith("C"):
                assert listed[row["place_id"]] == (row["name"], row["lat"], row["lon"])
    assert not known & {row["place_id"] for row in read("scenario_deep.csv")}


def test_every_report_stands_in_one_of_two_tables() -> None:
    rows = [
        row["report_row"]
        for file in ("located_reports.csv", "unlocated_reports.csv")
        for row in read(file)
    ]
    assert len(set(rows)) == len(rows) == 251
    assert Counter(row["second_coding"] for row in read("unlocated_reports.csv")) == {
        "none": 81,
        "ambiguous": 10,
    }

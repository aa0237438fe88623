"""Draw the samples of the built-in profiles, and the registry with their right figures.

Usage: ``python scripts/draw_samples.py [FOLDER]`` (``territory/data/samples`` by default).

Every sample is drawn here, in boxes of longitude and latitude: the layout is the publisher's,
no ground of it is. The right figures are those of the boxes on the ellipsoid, by the formula of
a zone of latitude; nothing of the library is used for them.
"""

import gzip
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Box = tuple[float, float, float, float]
Held = tuple[str, str, str, Sequence[Box]]  # day, actor, status, boxes that do not overlap
Files = Mapping[str, object]  # JSON, or text, by name

A_KM, F = 6378.137, 1 / 298.257223563
E2 = F * (2 - F)
WEST, MIDDLE, EAST = (37.0, 48.0, 37.5, 48.5), (37.5, 48.0, 37.75, 48.5), (37.75, 48.0, 38.0, 48.5)
NORTH = (37.0, 48.5, 38.0, 48.75)


def box_km2(box: Box) -> float:
    """Return the area of a box in degrees (west, south, east, north) on WGS 84."""
    west, south, east, north = box
    e = math.sqrt(E2)

    def zone(latitude: float) -> float:
        s = math.sin(math.radians(latitude))
        return s / (1 - E2 * s * s) + math.log((1 + e * s) / (1 - e * s)) / (2 * e)

    b_km = A_KM * (1 - F)
    return b_km**2 / 2 * math.radians(east - west) * (zone(north) - zone(south))


def ring(box: Box) -> list[list[float]]:
    """Return the corners of a box as a closed ring, counter-clockwise."""
    w, s, e, n = box
    return [[w, s], [e, s], [e, n], [w, n], [w, s]]


def polygon(box: Box) -> dict[str, Any]:
    """Return a box as GeoJSON."""
    return {"type": "Polygon", "coordinates": [ring(box)]}


def feature(box: Box, **properties: object) -> dict[str, Any]:
    """Return a feature of GeoJSON with one box."""
    return {"type": "Feature", "properties": properties, "geometry": polygon(box)}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    """Return a FeatureCollection of GeoJSON."""
    return {"type": "FeatureCollection", "features": list(features)}


def many(boxes: Sequence[Box], **properties: object) -> dict[str, Any]:
    """Return one feature with several boxes."""
    geometry = {"type": "MultiPolygon", "coordinates": [[ring(box)] for box in boxes]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def deepstate_daily() -> tuple[Files, list[Held]]:
    """Draw one MultiPolygon a day, without properties."""
    days = {"20240708": [WEST], "20240709": [WEST, MIDDLE]}
    files = {f"deepstatemap_data_{day}.geojson": collection(many(b)) for day, b in days.items()}
    return files, [
        ("2024-07-08", "russia", "held", [WEST]),
        ("2024-07-09", "russia", "held", [WEST, MIDDLE]),
    ]


def deepstate_unified() -> tuple[Files, list[Held]]:
    """Draw all days in one file that gzip made smaller."""
    rows = collection(
        many([WEST], id=0, date="2024-07-08"), many([WEST, EAST], id=1, date="2024-07-09")
    )
    return {"deepstate-map-data.geojson.gz": rows}, [
        ("2024-07-08", "russia", "held", [WEST]),
        ("2024-07-09", "russia", "held", [WEST, EAST]),
    ]


_WORDS = {
    "a52714": "Окуповано /// Occupied /// geoJSON.status.occupied",
    "880e4f": "Окупований Крим /// Occupied Crimea /// geoJSON.territories.crimea",
    "01579b": "Звільнено /// Liberated /// geoJSON.status.dismissed",
    "bcaaa4": "Статус невідомий /// Unknown status /// geoJSON.status.unknown",
    "ff5252": "Абхазія /// Occupied Abkhazia /// geoJSON.territories.abkhazia",
}


def deepstate_raw() -> tuple[Files, list[Held]]:
    """Draw files named by unix time, with colours, heights, and liberated ground over occupied."""

    def drawn(fill: str, box: Box) -> dict[str, Any]:
        found = feature(box, name=_WORDS[fill], fill=f"#{fill}", stroke=f"#{fill}")
        rings = found["geometry"]["coordinates"]
        found["geometry"]["coordinates"] = [[[*xy, 0] for xy in each] for each in rings]
        return found

    arrow = {
        "type": "Feature",
        "properties": {"name": "Напрямок удару /// Direction of attack"},
        "geometry": {"type": "Point", "coordinates": [37.6, 48.2, 0]},
    }
    first = [drawn("a52714", WEST), drawn("880e4f", NORTH), arrow]
    second = [*first, drawn("01579b", (37.25, 48.0, 37.5, 48.5)), drawn("bcaaa4", MIDDLE)]
    return {"1722470400.geojson": collection(*first), "1725148800.geojson": collection(*second)}, [
        ("2024-08-01", "russia", "held", [WEST]),
        ("2024-08-01", "russia-before-2022", "held", [NORTH]),
        ("2024-09-01", "russia", "held", [(37.0, 48.0, 37.25, 48.5)]),
        ("2024-09-01", "russia-before-2022", "held", [NORTH]),
        ("2024-09-01", "ukraine", "held", [(37.25, 48.0, 37.5, 48.5)]),
        ("2024-09-01", "unknown", "held", [MIDDLE]),
    ]


def deepstate_named() -> tuple[Files, list[Held]]:
    """Draw names and a day, no colours."""
    rows = [
        (WEST, "a52714", "russia"),
        (NORTH, "880e4f", "russia-before-2022"),
        (MIDDLE, "bcaaa4", "unknown"),
        (EAST, "01579b", "ukraine"),
        ((40.5, 43.0, 41.0, 43.25), "ff5252", "russia-abroad"),
    ]
    drawn = (feature(box, name=f"{_WORDS[fill]}\n", date="2025-06-30") for box, fill, _ in rows)
    held: list[Held] = [("2025-06-30", actor, "held", [box]) for box, _, actor in rows]
    return {"2025-06-30.geojson": collection(*drawn)}, held


def isw() -> tuple[Files, list[Held]]:
    """Draw a folder for each layer, the day in the names of files."""
    layers = {
        "RussianAssessedCoTinUkraine": WEST,
        "RussianAssessedAdvanceinUkraine": MIDDLE,
        "RussianClaimedCoTinUkraine": NORTH,
        "UkrainianClaimedCounterOffensives": EAST,
    }
    files = {
        f"{name}/20220615_{name}.geojson": collection(feature(b)) for name, b in layers.items()
    }
    return files, [
        ("2022-06-15", "russia", "held", [WEST]),
        ("2022-06-15", "russia", "claimed", [NORTH]),
        ("2022-06-15", "russia-advance", "held", [MIDDLE]),
        ("2022-06-15", "ukraine", "claimed", [EAST]),
    ]


def isw_layers() -> tuple[Files, list[Held]]:
    """Draw the layer in a property, with several layers and files a day."""
    day = "2024-09-11"
    front = [
        feature(WEST, date=day, area_km2=1.0, layer_type="ukraine_control_map"),
        feature(MIDDLE, date=day, area_km2=1.0, layer_type="russian_advances"),
        feature(NORTH, date=day, area_km2=1.0, layer_type="claimed_russian_territory"),
    ]
    kursk = [feature(EAST, date=day, area_km2=1.0, layer_type="kursk_russian_advances")]
    return {
        f"ukraine/{day}.geojson": collection(*front),
        f"kursk/{day}.geojson": collection(*kursk),
    }, [
        (day, "russia", "held", [WEST]),
        (day, "russia", "claimed", [NORTH]),
        (day, "russia-advance", "held", [MIDDLE, EAST]),
    ]


def owl() -> tuple[Files, list[Held]]:
    """Draw lists of rings, latitude first."""

    def rings(*boxes: Box) -> list[list[list[float]]]:
        return [[[lat, lon] for lon, lat in ring(box)] for box in boxes]

    return {
        "20230101.json": {"areas": rings(WEST), "frontline": [], "units": {}},
        "20240901.json": {"areas": rings(WEST, MIDDLE), "areas_ua": rings(EAST), "units": {}},
    }, [
        ("2023-01-01", "russia", "held", [WEST]),
        ("2024-09-01", "russia", "held", [WEST, MIDDLE]),
        ("2024-09-01", "ukraine", "held", [EAST]),
    ]


def nzz() -> tuple[Files, list[Held]]:
    """Draw GeoJSON under value; losses are no longer held."""
    rows = [(WEST, "nochange"), (MIDDLE, "gains"), (EAST, "losses")]
    drawn = (
        feature(box, type=kind, date="2022-03-30", _datefrom="2022-03-26", _dateto="2022-03-30")
        for box, kind in rows
    )
    return {"2022-03-31.json": {"value": collection(*drawn)}}, [
        ("2022-03-31", "russia", "held", [WEST, MIDDLE])
    ]


def cshapes() -> tuple[Files, list[Held]]:
    """Draw spans that hold on their last day too."""

    def state(box: Box, name: str, code: int, first: str, last: str) -> dict[str, Any]:
        days = {"gwsdate": first, "gwedate": last, "gwsyear": int(first[:4])}
        return feature(box, cntry_name=name, gwcode=code, capname="", status="independent", **days)

    rows = [
        state(WEST, "Westland", 901, "1886-01-01", "1918-11-11"),
        state(MIDDLE, "Eastland", 902, "1886-01-01", "2019-12-31"),
        state((37.0, 48.0, 37.5, 48.5), "Eastland", 902, "1918-11-12", "2019-12-31"),
    ]
    return {"CShapes-2.0.geojson": collection(*rows)}, [
        ("1886-01-01", "Westland", "held", [WEST]),
        ("1886-01-01", "Eastland", "held", [MIDDLE]),
        ("1918-11-12", "Eastland", "held", [WEST, MIDDLE]),
    ]


def openhistoricalmap() -> tuple[Files, list[Held]]:
    """Draw spans of which an end may be open, and a beginning a year alone."""

    def boundary(box: Box, name: str, **days: str) -> dict[str, Any]:
        tags = {"@id": "relation/1", "boundary": "administrative", "admin_level": "2"}
        return feature(box, **tags, type="boundary", name=name, **days)

    rows = [
        boundary(WEST, "Westland", start_date="1900-01-01", end_date="1920-06-30"),
        boundary(EAST, "Eastland", start_date="1900", end_date=""),
    ]
    return {"export.geojson": collection(*rows)}, [
        ("1900-01-01", "Westland", "held", [WEST]),
        ("1900-01-01", "Eastland", "held", [EAST]),
        ("1920-07-01", "Eastland", "held", [EAST]),
    ]


def historical_basemaps() -> tuple[Files, list[Held]]:
    """Draw files with the year in their names."""

    def land(box: Box, name: str | None) -> dict[str, Any]:
        more = {"ABBREVN": name, "SUBJECTO": name, "BORDERPRECISION": 3, "PARTOF": name}
        return feature(box, NAME=name, **more)

    return {
        "world_1914.geojson": collection(land(WEST, "Westland"), land(MIDDLE, "Eastland")),
        "world_1920.geojson": collection(
            land(WEST, "Eastland"), land(MIDDLE, "Eastland"), land(EAST, None)
        ),
    }, [
        ("1914-01-01", "Westland", "held", [WEST]),
        ("1914-01-01", "Eastland", "held", [MIDDLE]),
        ("1920-01-01", "Eastland", "held", [WEST, MIDDLE]),
    ]


def spells() -> tuple[Files, list[Held]]:
    """Draw what this library writes: an end is the day from which somebody else has the ground."""
    rows = [
        feature(WEST, actor="a", status="held", valid_from="2024-01-01", valid_to=None, km2=1.0),
        feature(
            EAST,
            actor="b",
            status="claimed",
            valid_from="2024-01-01",
            valid_to="2024-02-01",
            km2=1.0,
        ),
    ]
    return {"history.geojson": collection(*rows)}, [
        ("2024-01-01", "a", "held", [WEST]),
        ("2024-01-01", "b", "claimed", [EAST]),
        ("2024-02-01", "a", "held", [WEST]),
    ]


def viina() -> tuple[Files, list[Held]]:
    """Draw cells around settlements, and a table of who holds each by day."""
    cells = {690001: WEST, 690002: MIDDLE, 690003: EAST}
    opinions = [("20250101", "RU", "UA", "CONTESTED"), ("20250102", "RU", "RU", "CONTESTED")]
    rows = [
        f"{unit},{day},{status},,,,{status}"
        for day, *held in opinions
        for unit, status in zip(cells, held, strict=True)
    ]
    table = "geonameid,date,status_wiki,status_boost,status_dsm,status_isw,status"
    drawn = collection(*(feature(b, geonameid=unit, asciiname="P") for unit, b in cells.items()))
    return {
        "gn_UA_tess.geojson": drawn,
        "control_latest_2025.csv": "\n".join([table, *rows, ""]),
    }, [
        ("2025-01-01", "RU", "held", [WEST]),
        ("2025-01-01", "UA", "held", [MIDDLE]),
        ("2025-01-01", "CONTESTED", "held", [EAST]),
        ("2025-01-02", "RU", "held", [WEST, MIDDLE]),
        ("2025-01-02", "CONTESTED", "held", [EAST]),
    ]


def units() -> tuple[Files, list[Held]]:
    """Draw districts, and a table of who holds each from which day."""
    rows = ["unit,day,actor", "d1,2021-07-01,a", "d2,2021-07-01,b", "d2,2021-08-15,a", ""]
    return {
        "districts.geojson": collection(feature(WEST, id="d1"), feature(MIDDLE, id="d2")),
        "holders.csv": "\n".join(rows),
    }, [
        ("2021-07-01", "a", "held", [WEST]),
        ("2021-07-01", "b", "held", [MIDDLE]),
        ("2021-08-15", "a", "held", [WEST, MIDDLE]),
    ]


def zones() -> tuple[Files, list[Held]]:
    """Draw anybody's zones: an actor, and the day in the name."""
    return {
        "zones_2024-01-01.geojson": collection(feature(WEST, actor="a"), feature(EAST, actor="b")),
        "zones_2024-02-01.geojson": collection(feature(WEST, actor="a"), feature(EAST, actor="a")),
    }, [
        ("2024-01-01", "a", "held", [WEST]),
        ("2024-01-01", "b", "held", [EAST]),
        ("2024-02-01", "a", "held", [WEST, EAST]),
    ]


# Profile: how its sample is drawn; where it is published, under what, and when the layout was
# last seen, in which form.
_ARCHIVE = "https://github.com/cyterat/deepstate-map-data"
SAMPLES: dict[str, tuple[Callable[[], tuple[Files, list[Held]]], str, str, str, str]] = {
    "cshapes": (
        *(cshapes, "https://icr.ethz.ch/data/cshapes/", "CC BY-NC-SA 4.0", "2021-05-20"),
        "release 2.0 as its columns are described",
    ),
    "deepstate-daily": (deepstate_daily, _ARCHIVE, "GPL-3.0", "2025-12-31", "files"),
    "deepstate-named": (
        *(deepstate_named, "https://deepstatemap.live", "not stated", "2026-06-30"),
        "files of archives that keep names and drop colours",
    ),
    "deepstate-raw": (
        *(deepstate_raw, "https://deepstatemap.live", "not stated", "2026-09-28"),
        "files until July 2024, colours after as others list them",
    ),
    "deepstate-unified": (
        *(deepstate_unified, _ARCHIVE, "GPL-3.0", "2025-12-31"),
        "the publisher's description of its columns",
    ),
    "historical-basemaps": (
        *(historical_basemaps, "https://github.com/aourednik/historical-basemaps", "GPL-3.0"),
        *("2026-11-29", "files"),
    ),
    "isw": (
        *(isw, "https://www.understandingwar.org", "all rights reserved", "2026-03-01"),
        "files of 2022, names of layers after as others list them",
    ),
    "isw-layers": (
        *(isw_layers, "https://www.understandingwar.org", "all rights reserved", "2025-11-05"),
        "files of archives that put the layers together",
    ),
    "nzz": (nzz, "https://github.com/nzzdev", "not stated", "2025-12-01", "files"),
    "openhistoricalmap": (
        *(openhistoricalmap, "https://www.openhistoricalmap.org", "CC0 1.0", "2026-11-29"),
        "the project's description of its tags",
    ),
    "owl": (
        owl,
        "https://github.com/owlmaps/UAControlMapBackups",
        "not stated",
        "2025-12-15",
        "files",
    ),
    "spells": (spells, "written by this library", "", "2026-11-29", "files"),
    "units": (units, "anybody", "", "2026-11-29", "files"),
    "viina": (
        *(viina, "https://github.com/zhukovyuri/VIINA", "ODbL 1.0", "2025-12-31"),
        "files of 2025 and the project's description of its columns",
    ),
    "zones": (zones, "anybody", "", "2026-11-29", "files"),
}


def main(folder: Path) -> None:
    """Write all samples and the registry."""
    parts = [
        "# The samples of the built-in profiles and their right figures, written by",
        "# scripts/draw_samples.py. last_seen says when the layout was last seen, and seen_in how.",
    ]
    for name, (draw, source, licence, last_seen, seen_in) in SAMPLES.items():
        files, held = draw()
        for each, content in files.items():
            place = folder / name / each
            place.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            data = text.encode()
            place.write_bytes(gzip.compress(data, mtime=0) if each.endswith(".gz") else data)
        parts += [
            "\n[[sample]]",
            f"profile = {json.dumps(name)}",
            f"source = {json.dumps(source)}",
            f"licence = {json.dumps(licence)}",
            f"last_seen = {last_seen}",
            f"seen_in = {json.dumps(seen_in)}",
        ]
        for day, actor, status, boxes in held:
            km2 = sum(map(box_km2, boxes))
            parts += [
                "  [[sample.held]]",
                f'  day = {day}\n  actor = "{actor}"\n  status = "{status}"\n  km2 = {km2:.6f}',
            ]
    (folder / "registry.toml").write_text("\n".join([*parts, ""]), encoding="utf-8")


if __name__ == "__main__":
    default = Path(__file__).resolve().parent.parent / "territory" / "data" / "samples"
    main(Path(sys.argv[1]) if sys.argv[1:] else default)

"""KML with time, plain or zipped: a folder for each day, a placemark for each holder."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import shapely
from matplotlib.colors import to_hex
from shapely.geometry.base import BaseGeometry

from territory.holders import NOBODY, Holder
from territory.maps.sheet import Paint
from territory.maps.style import Style, styles_for
from territory.publish.export.lonlat import DECIMALS, Carried
from territory.publish.export.progress import Progress, Ticks, silent
from territory.publish.export.qml import legal
from territory.publish.export.zone_tables import spans

_HELD, _NOT_HELD = "b3", "66"  # opacity; KML has no hatches, so claims are thinner
_EDGE = "ff"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can carry; ours has none


def kml_text(carried: Carried, *, progress: Progress = silent) -> str:
    """Return all series as one KML document.

    Parameters
    ----------
    carried : mapping of str to (OnEarth, tuple of date)
        See `territory.publish.export.lonlat.carried_of`.
    progress : callable
        Told how many of how many days are done.
    """
    days = sum(len(days) for _, days in carried.values())
    return "".join(_lines(carried, Ticks(days, progress)))


def write_kmz(carried: Carried, path: Path, *, progress: Progress = silent) -> None:
    """Write the KML document zipped, the same to the byte each time.

    Parameters
    ----------
    carried : mapping of str to (OnEarth, tuple of date)
        See `territory.publish.export.lonlat.carried_of`.
    path : Path
        The ``.kmz`` to write; what is there is replaced.
    progress : callable
        Told how many of how many days are written.
    """
    entry = ZipInfo("doc.kml", _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3  # unix, wherever it was written
    with ZipFile(path, "w") as archive:
        archive.writestr(entry, kml_text(carried, progress=progress).encode())


def _lines(carried: Carried, ticks: Ticks) -> Iterator[str]:
    styles = styles_for(*(each.history.holders for each, _ in carried.values()))
    names = {holder: f"holder-{number}" for number, holder in enumerate(styles)}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
    for holder, style in styles.items():
        if holder != NOBODY:
            yield _style(names[holder], holder, style)
    for series, (zones, days) in carried.items():
        yield f"<Folder><name>{_text(series)}</name>\n"
        for start, end in ticks.of(spans(days)):
            yield f"<Folder><name>{start}</name>{_span(start, end)}\n"
            for holder, zone in zones.zones(start):
                data = _data(series, holder, start, end)
                head = f"<name>{_text(styles[holder].name('en'))}</name>{_span(start, end)}"
                look = f"<styleUrl>#{names[holder]}</styleUrl>"
                yield f"<Placemark>{head}{look}{data}\n{_shape(zone)}</Placemark>\n"
            yield "</Folder>\n"
        yield "</Folder>\n"
    yield "</Document></kml>\n"


def _text(value: object) -> str:
    return escape(legal(str(value)), {'"': "&quot;"})


def _span(start: date, end: date) -> str:
    return f"<TimeSpan><begin>{start}</begin><end>{end}</end></TimeSpan>"


def _style(name: str, holder: Holder, style: Style) -> str:
    paint = Paint.of(style)
    opacity = _HELD if holder.status == "held" else _NOT_HELD
    return (
        f'<Style id="{name}">'
        f"<LineStyle><color>{_colour(paint.edge, _EDGE)}</color><width>1</width></LineStyle>"
        f"<PolyStyle><color>{_colour(paint.fill, opacity)}</color></PolyStyle></Style>\n"
    )


def _colour(colour: str, opacity: str) -> str:
    """Return a colour as KML has it: opacity, blue, green, red.

    Examples
    --------
    >>> _colour("#3b8c5e", "ff")
    'ff5e8c3b'
    """
    plain = to_hex(colour)
    return opacity + plain[5:7] + plain[3:5] + plain[1:3]


def _data(series: str, holder: Holder, start: date, end: date) -> str:
    values: Mapping[str, object] = {
        "series": series,
        "actor": holder.actor,
        "status": holder.status,
        "day": start,
        "valid_from": start,
        "valid_to": end,
    }
    rows = (
        f'<Data name="{name}"><value>{_text(value)}</value></Data>'
        for name, value in values.items()
    )
    return f"<ExtendedData>{''.join(rows)}</ExtendedData>"


def _shape(zone: BaseGeometry) -> str:
    polygons = "".join(_polygon(part) for part in shapely.get_parts(zone))
    return f"<MultiGeometry>{polygons}</MultiGeometry>"


def _polygon(polygon: BaseGeometry) -> str:
    shell, *holes = shapely.get_rings(polygon)
    inner = "".join(f"<innerBoundaryIs>{_ring(hole)}</innerBoundaryIs>" for hole in holes)
    return (
        "<Polygon><tessellate>1</tessellate>"
        f"<outerBoundaryIs>{_ring(shell)}</outerBoundaryIs>{inner}</Polygon>\n"
    )


def _ring(ring: BaseGeometry) -> str:
    points = shapely.get_coordinates(ring).tolist()
    places = " ".join(f"{x:.{DECIMALS}f},{y:.{DECIMALS}f}" for x, y in points)
    return f"<LinearRing><coordinates>{places}</coordinates></LinearRing>"

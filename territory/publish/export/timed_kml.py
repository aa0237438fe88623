"""KML with time, plain or zipped: a folder for each holder, a placemark for each spell.

The end of a spell is the day from which somebody else has the ground; a spell that lasts to the
end of the series has none. KML does not say whether an end is still inside.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import shapely
from matplotlib.colors import to_hex
from shapely.geometry.base import BaseGeometry

from territory.geometry.projection import WGS84
from territory.holders import NOBODY, Holder
from territory.maps.paint import Paint
from territory.maps.style import Style
from territory.publish.export.carried import CarriedSeries
from territory.publish.export.digits import digits_of
from territory.publish.export.qml import legal
from territory.publish.export.tables import spell_table, styles_of

_HELD, _NOT_HELD = "b3", "66"  # opacity; KML has no hatches, so claims are thinner
_DECIMALS = digits_of(WGS84).decimals
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can carry; ours has none


def kml_text(carried: Mapping[str, CarriedSeries]) -> str:
    """Return all series as one KML document.

    Parameters
    ----------
    carried : mapping of str to CarriedSeries
        By name, in longitude and latitude.
    """
    return "".join(_lines(carried))


def write_kmz(carried: Mapping[str, CarriedSeries], path: Path) -> None:
    """Write the KML document zipped, the same to the byte each time.

    Parameters
    ----------
    carried : mapping of str to CarriedSeries
        By name, in longitude and latitude.
    path : Path
        The ``.kmz`` to write; what is there is replaced.
    """
    entry = ZipInfo("doc.kml", _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3  # unix, wherever it was written
    with ZipFile(path, "w") as archive:
        archive.writestr(entry, kml_text(carried).encode())


def _lines(carried: Mapping[str, CarriedSeries]) -> Iterator[str]:
    styles = styles_of(carried)
    names = {holder: f"holder-{number}" for number, holder in enumerate(styles)}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
    for holder, style in styles.items():
        if holder != NOBODY:
            yield _style(names[holder], holder, style)
    for name, series in carried.items():
        yield f"<Folder><name>{_text(name)}</name>\n"
        rows = spell_table(name, series).to_pylist()
        for holder in series.history.holders:
            own = [row for row in rows if row["holder"] == str(holder)]
            if own:
                title = styles[holder].name("en")
                yield f"<Folder><name>{_text(title)}</name>\n"
                yield from _placemarks(own, title, names[holder])
                yield "</Folder>\n"
        yield "</Folder>\n"
    yield "</Document></kml>\n"


def _placemarks(rows: Iterable[Mapping[str, Any]], title: str, style: str) -> Iterator[str]:
    for row in rows:
        head = f"<name>{_text(title)}</name>{_span(row)}<styleUrl>#{style}</styleUrl>"
        shape = _shape(shapely.from_wkb(row["geometry"]))
        yield f"<Placemark>{head}{_data(row)}\n{shape}</Placemark>\n"


def _text(value: object) -> str:
    return escape(legal(str(value)), {'"': "&quot;"})


def _span(row: Mapping[str, Any]) -> str:
    end = f"<end>{row['valid_to']}</end>" if row["valid_to"] else ""
    return f"<TimeSpan><begin>{row['valid_from']}</begin>{end}</TimeSpan>"


def _style(name: str, holder: Holder, style: Style) -> str:
    paint = Paint.of(style)
    opacity = _HELD if holder.status == "held" else _NOT_HELD
    return (
        f'<Style id="{name}">'
        f"<PolyStyle><color>{_colour(paint.fill, opacity)}</color>"
        "<outline>0</outline></PolyStyle></Style>\n"  # pieces of one holder look like one zone
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


def _data(row: Mapping[str, Any]) -> str:
    data = "".join(
        f'<Data name="{name}"><value>{_text(value)}</value></Data>'
        for name, value in row.items()
        if value is not None and name not in {"geometry", "holder"}
    )
    return f"<ExtendedData>{data}</ExtendedData>"


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
    places = " ".join(f"{x:.{_DECIMALS}f},{y:.{_DECIMALS}f}" for x, y in points)
    return f"<LinearRing><coordinates>{places}</coordinates></LinearRing>"

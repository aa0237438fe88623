"""The zones of a traced map as files: the zones, how to read them, a job, a picture to check.

=======================  =====================================================
file                     holds
=======================  =====================================================
``NAME.geojson``         the zones (or ``.gpkg``, ``.kml`` and the other formats)
``NAME.profile.toml``    how to read them: publisher, licence, error of the lines
``NAME.job.toml``        a job for `territory run`
``NAME.png``             the picture beside the zones
=======================  =====================================================
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from territory.errors import InputError
from territory.maps.image_files import save
from territory.one_piece import check_place, folder_in_one_piece
from territory.publish.export.carried import on_earth
from territory.publish.export.daily_geojson import zone_collection
from territory.publish.export.series_files import export
from territory.read.sources import find_source
from territory.read.text_files import sha256_of
from territory.trace.check_picture import check_sheet
from territory.trace.tracing import AREA, Traced
from territory.untrusted import clean

_DPI = 200


def default_place(day: str) -> Path:
    """Return where zones go if no place is named.

    Parameters
    ----------
    day : str
        That the zones are of, as in the legend.

    Returns
    -------
    Path
        ``zones_DAY.geojson`` in the current folder.

    Raises
    ------
    InputError
        If there is something already.

    Examples
    --------
    >>> default_place("2013-11-30").name
    'zones_2013-11-30.geojson'
    """
    place = Path(f"zones_{day}.geojson")
    for each in (place, *_beside(place)):
        if each.exists():
            raise InputError("is there already; name a file with --out", file=str(each))
    return place


def _beside(to: Path) -> tuple[Path, Path, Path]:
    """Return the profile, the job and the picture that go with zones."""
    profile, job, picture = (
        to.with_name(to.stem + end) for end in (".profile.toml", ".job.toml", ".png")
    )
    return profile, job, picture


def write(traced: Traced, to: Path) -> tuple[Path, ...]:
    """Write the zones and what belongs beside them, all or nothing.

    Parameters
    ----------
    traced : Traced
        With its picture, placement and zones.
    to : Path
        ``.geojson``, or any suffix that `territory.publish.export.series_files.export` knows.
        What is there is replaced.

    Returns
    -------
    tuple of Path
        The zones, the profile, the job, the picture.

    Raises
    ------
    InputError
        If the place or its suffix cannot be written to.
    """
    check_place(to)
    if not to.suffix:
        raise InputError("name a file of zones, such as zones.geojson", file=str(to))
    profile, job, picture = _beside(to)
    with folder_in_one_piece(to.parent) as part:
        _write_zones(traced, part / to.name)
        _write_text(part / profile.name, _profile(traced, to))
        _write_text(part / job.name, _job(traced, to, profile))
        figure = check_sheet(traced)
        save(figure, part / picture.stem, formats=("png",), dpi=_DPI, in_one_piece=False)
    return to, profile, job, picture


def _write_zones(traced: Traced, path: Path) -> None:
    history = traced.ensemble.base
    if _is_geojson(path):
        path.write_bytes(zone_collection(on_earth(history), history.days[0]))
    else:
        export({"": (history, history.days)}, path)


def _is_geojson(path: Path) -> bool:
    return path.suffix.lower() in {".geojson", ".json"}


def _write_text(path: Path, lines: Iterator[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _text(text: str) -> str:
    """Return text as a TOML string; JSON's escapes are among TOML's."""
    return json.dumps(clean(text), ensure_ascii=False)


def origin(traced: Traced) -> str:
    """Return in one sentence where the zones come from.

    Parameters
    ----------
    traced : Traced
        With its picture and placement.
    """
    placement = traced.placement
    return (
        f"Traced from {traced.request.image.name} by {len(placement.points)} control points:"
        f" {placement.fit.kind} in {placement.crs_name}; points left out lie"
        f" {placement.rmse_m:,.0f} m off"
    )


def _profile(traced: Traced, to: Path) -> Iterator[str]:
    legend, error = traced.legend, traced.error
    title = f"{legend.title}. " if legend.title else ""
    url = f" {legend.url}" if legend.url else ""
    yield "# How to read the zones beside this file: territory areas ZONES --profile THIS_FILE"
    yield f"name = {_text(to.stem)}"
    yield f"about = {_text(f'{title}{origin(traced)}.{url}')}"
    yield f"publisher = {_text(legend.publisher)}"
    yield f"licence = {_text(legend.licence)}"
    yield 'label_properties = ["actor"]'
    yield 'status_property = "status"'
    yield "# How far the lines may lie off by drawing and placing the map, in metres; add"
    yield "# boundary_error_m for how well the publisher knew the front."
    yield f"map_scale = {error.map_scale:.0f}  # half a millimetre of it is {error.drawn_m:g} m"
    yield f"georeference_error_m = {error.placed_m:g}"
    yield f"correlation_length_m = {error.correlation_m:g}"
    yield f"# The picture: sha256 {sha256_of(traced.request.image)}"
    yield ""
    yield "[day]"
    if _is_geojson(to):
        yield 'properties = ["day"]'
    else:  # one spell, that is open
        yield 'properties = ["valid_from"]'
        yield 'until_properties = ["valid_to"]'
        yield 'until = "exclusive"'


def _job(traced: Traced, to: Path, profile: Path) -> Iterator[str]:
    legend = traced.legend
    yield f"title = {_text(legend.title or f'Zones of {legend.day}')}"
    yield ""
    yield "[series]"
    yield f"profile = {_text(profile.name)}"
    yield f"path = {_text(to.name)}"
    if traced.request.area:
        yield ""
        yield "[area]"
        yield f"{AREA} = {_area(traced.request.area, to)}"
    if legend.source:
        yield ""
        yield "[maps]"
        yield f"source = {_text(legend.source)}"
    yield ""
    yield "[report]"
    whence = f" The map: {legend.source}." if legend.source else ""
    yield f"sources = [{_text(f'{origin(traced)}.{whence}')}]"


def _area(area: str, to: Path) -> str:
    """Return an area as the job file names it."""
    source = find_source(area)
    if source is None:
        return f"[{', '.join(f'{float(each)!r}' for each in area.split(','))}]"
    if source.country:
        return f"{{ file = {_text(source.country)} }}"
    near = Path(os.path.relpath(source.place, to.parent)).as_posix()
    layer = f", layer = {_text(source.layer)}" if source.layer else ""
    return f"{{ file = {_text(near)}{layer} }}"

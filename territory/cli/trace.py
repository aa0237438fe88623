"""The verb trace: zones from a picture of a map."""

from pathlib import Path
from typing import Annotated

import typer

from territory.cli.options import Json
from territory.cli.output import UNUSABLE, note, print_table
from territory.extras import require
from territory.numbers import percent


def trace(
    image: Annotated[
        Path, typer.Argument(help="A picture of a map: PNG, JPEG, TIFF, WebP.", metavar="IMAGE")
    ],
    legend: Annotated[Path, typer.Option("--legend", help="TOML: day, actors and their colours.")],
    points: Annotated[Path, typer.Option("--points", help="CSV x,y,lon,lat, or .points of QGIS.")],
    area: Annotated[
        str, typer.Option("--area", help="Cut to W,S,E,N in degrees or a vector file.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="The zones; zones_DAY.geojson by default.")
    ] = None,
    transform: Annotated[
        str,
        typer.Option(
            "--transform", help="affine, projective, polynomial, spline; the best by default."
        ),
    ] = "",
    map_crs: Annotated[
        str, typer.Option("--map-crs", help="The map's projection, as EPSG:3857; likewise.")
    ] = "",
    max_unknown_pct: Annotated[
        float,
        typer.Option("--max-unknown-pct", min=0, max=100, help="Of the ground; more is exit 3."),
    ] = 5.0,
    as_json: Json = False,
) -> int:
    """Trace the zones of a map that exists only as a picture.

    For example: territory trace map.png --legend legend.toml --points points.csv

    Pixels are told apart by the colours of the legend; what is printed over the zones is
    filled from beside, what no colour explains stays 'unknown'. The columns: km2, low, high,
    the area and its interval from drawing and placing the map; matched_pct and
    filled_pct, how much of it has the zone's own colour, and how much was filled under
    labels and lines; smoothed_pct, by how much smoothing the borders changed it.
    Beside the zones stand a profile with the error of their lines, a job, and a picture to
    check the trace by.
    """
    require("trace")
    from territory.trace.summary import COLUMNS, rows, summary_lines, usage
    from territory.trace.tracing import Request
    from territory.trace.tracing import trace as traced
    from territory.trace.zone_files import default_place, write

    found = traced(Request(image, legend, points, area, transform, map_crs))
    place = out or default_place(str(found.legend.day))
    written = write(found, place)
    print_table(COLUMNS, rows(found), as_json=as_json)
    for line in (*summary_lines(found), *usage(found, written)):
        note(line)
    share = found.audit.unknown_share
    if 100 * share <= max_unknown_pct:
        return 0
    note(
        f"not to be trusted: {percent(share)} of the ground is unknown; name its colours in the"
        " legend (zone, not_land or overprint), or allow for it with --max-unknown-pct"
    )
    return UNUSABLE

"""Options that several verbs share.

`--help` must not wait for the libraries that read and draw, so the names of profiles and
of kinds of pictures are written out here; tests hold them against those libraries.
"""

from typing import Annotated

import typer

PROFILES = ("deepstate-daily", "deepstate-raw", "isw", "nzz", "owl", "places", "units", "zones")
KINDS = (
    "day",
    "held-since",
    "uncertainty",
    "before-after",
    "transfers",
    "changes",
    "front",
    "multiples",
)
PROFILES_IN_SHORT = (
    "zones (any vector file with the actor in a property and the day in its name or a property),"
    " a publisher's (deepstate-daily, deepstate-raw, isw, nzz, owl), units, places, or your own"
    " TOML file"
)
_PROFILES = f"How to read them: {', '.join(PROFILES)}; or the path of a profile TOML."

Paths = Annotated[list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH...")]
PathsOrJob = Annotated[
    list[str], typer.Argument(help="Files, folders or globs; or a JOB.toml.", metavar="PATH...")
]
Profile = Annotated[str, typer.Option("--profile", help=_PROFILES)]
ProfileIfFiles = Annotated[str, typer.Option("--profile", help=f"{_PROFILES} Not for a job.")]
AreaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--area",
        metavar="AOI",
        help=(
            "W,S,E,N in degrees, a country's name, or polygons: a file, FILE:LAYER, a folder,"
            " a glob, a zip. NAME=AOI names it."
        ),
    ),
]
RegionsOption = Annotated[
    str | None,
    typer.Option(
        "--regions",
        metavar="PLACE",
        help=(
            "Provinces, a row for each and the rest: whatever --area takes but a box."
            " NAME=PLACE makes one of all."
        ),
    ),
]
RegionsName = Annotated[
    str,
    typer.Option("--regions-name", help="Property that names the province; the usual ones."),
]
EvenOdd = Annotated[
    bool,
    typer.Option(
        "--regions-even-odd",
        help="Read invalid provinces by the even-odd rule of their rings; else by winding.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FromDay = Annotated[
    str, typer.Option("--from", metavar="DAY", help="First day that is looked at, YYYY-MM-DD.")
]
ToDay = Annotated[
    str, typer.Option("--to", metavar="DAY", help="Last day that is looked at, YYYY-MM-DD.")
]
DaysOption = Annotated[
    str, typer.Option("--days", help="all, month-start, week, first-and-last, or days.")
]
Language = Annotated[str, typer.Option("--language", help="en or ar.")]
Title = Annotated[str, typer.Option("--title", help="Instead of the finding.")]
Subtitle = Annotated[str, typer.Option("--subtitle", help="What is shown, and where.")]
SourceOption = Annotated[str, typer.Option("--source", help="The publisher by default.")]
Countries = Annotated[
    str, typer.Option("--countries", help="Polygons with a name each, as --area takes them.")
]
Regions = Annotated[
    str, typer.Option("--regions", help="Provinces with a name each, as --area takes them.")
]
Towns = Annotated[
    str, typer.Option("--towns", help="CSV: name,lat,lon, and as one likes name_ar,rank (1 to 9).")
]
ZonesDay = Annotated[str, typer.Option("--day", help="Day of zones that do not say it.")]
ActorField = Annotated[str, typer.Option("--actor-field", help="Property that names the actor.")]
DayField = Annotated[str, typer.Option("--day-field", help="Property of the day, or since when.")]
UntilField = Annotated[str, typer.Option("--until-field", help="Property of until when.")]
DayFormat = Annotated[
    str, typer.Option("--day-format", help="How they are written, such as DD/MM/YYYY.")
]
Repair = Annotated[
    str,
    typer.Option(
        "--repair",
        metavar="RULE",
        help="winding, even-odd or drop: zones whose area depends on how they are mended.",
    ),
]
ErrorM = Annotated[
    float | None,
    typer.Option(
        "--boundary-error-m",
        min=0,
        metavar="METRES",
        help="How far the drawn lines may lie off, one standard deviation; for the intervals.",
    ),
]
CorrelationM = Annotated[
    float | None,
    typer.Option(
        "--correlation-length-m",
        min=0,
        metavar="METRES",
        help="Over what length along a line that error stays the same.",
    ),
]

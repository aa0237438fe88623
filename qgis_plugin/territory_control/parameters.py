"""What an algorithm asks for, and the words of the command line that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(Enum):
    """What sort of value an option takes."""

    TEXT = "text"
    METRES = "metres"
    YES = "yes"
    CHOICE = "choice"
    TOML = "toml"
    FOLDER = "folder"
    LAYER = "layer"


@dataclass(frozen=True)
class Option:
    """One parameter of an algorithm, and the option of the command line that it is.

    Attributes
    ----------
    name : str
        Of the parameter.
    title : str
        As the dialog shows it.
    help : str
        What a reader needs to know more, as a sentence.
    flag : str
        The option; empty where the algorithm itself says what becomes of the value.
    kind : Kind
        What it takes.
    choices : tuple of str
        All values of a `Kind.CHOICE`.
    default : str
        Empty: none.
    needed : bool
        Whether the algorithm cannot do without.
    rare : bool
        Whether it is shown among the advanced ones.
    """

    name: str
    title: str
    help: str
    flag: str = ""
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    default: str = ""
    needed: bool = False
    rare: bool = False

    def definition(self) -> QgsProcessingParameterDefinition:
        """Return the parameter as QGIS knows it."""
        made = self._made(self.default or None, not self.needed)
        made.setHelp(self.help)
        if self.rare:
            made.setFlags(made.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        return made

    def _made(self, default: str | None, optional: bool) -> QgsProcessingParameterDefinition:
        number, file = QgsProcessingParameterNumber, QgsProcessingParameterFile
        named, drawn = (self.name, self.title), [QgsProcessing.TypeVectorAnyGeometry]
        if self.kind is Kind.METRES:
            return number(*named, number.Double, default, optional, 0)
        if self.kind is Kind.YES:
            return QgsProcessingParameterBoolean(*named, False)
        if self.kind is Kind.CHOICE:
            words = list(self.choices)
            return QgsProcessingParameterEnum(*named, words, False, default, optional, True)
        if self.kind is Kind.LAYER:
            return QgsProcessingParameterVectorLayer(*named, drawn, default, optional)
        if self.kind in _FILES:
            behaviour, suffix = _FILES[self.kind]
            return file(*named, behaviour, suffix, default, optional)
        return QgsProcessingParameterString(*named, default, False, optional)


_FILES = {  # what is browsed for, and the suffix; other paths and patterns can be typed
    Kind.TOML: (QgsProcessingParameterFile.File, "toml"),
    Kind.FOLDER: (QgsProcessingParameterFile.Folder, ""),
}

LAYER = Option(
    "INPUT",
    "Zones: a layer",
    "Polygons with who holds them, or front lines. A file that QGIS shows as it is, is read itself;"
    " what is filtered, edited, in memory or in a database is written to a temporary file first.",
    kind=Kind.LAYER,
)
FILES = Option(
    "FILES",
    "Or files: a folder, file, pattern or .zip",
    "Such as /maps/zones, with one file a day, or /maps/2024-*.geojson. It also takes what QGIS"
    " cannot show, such as tables of places.",
    kind=Kind.FOLDER,
)
CLAIMS = Option(
    "CLAIMS",
    "Claims to check (TOML)",
    "Published figures, each with its unit, days and readings.",
    kind=Kind.TOML,
    needed=True,
)
_DAY_HELP = "As YYYY-MM-DD; it must be a day of the series."
FROM_DAY = Option("FROM", "First day", _DAY_HELP, "--from", needed=True)
TO_DAY = Option("TO", "Last day", _DAY_HELP, "--to", needed=True)
DAY = Option("DAY", "Day", _DAY_HELP, "--days", needed=True)
WHICH_DAYS = (
    Option(
        "DAYS",
        "Days",
        "all, month-start, week, first-and-last, or days as YYYY-MM-DD separated by commas.",
        "--days",
        default="all",
    ),
    Option("FROM", "First day that is looked at", "As YYYY-MM-DD.", "--from"),
    Option("TO", "Last day that is looked at", "As YYYY-MM-DD.", "--to"),
)
AREA = (
    Option(
        "AREA",
        "Area of interest",
        "A country's name, W,S,E,N in degrees, or a file. NAME=... names it.",
        "--area",
    ),
    Option(
        "AREA_LAYER",
        "Or area of interest: a layer",
        "All its polygons together are the area.",
        "--area",
        Kind.LAYER,
    ),
)
REGIONS = (
    Option(
        "REGIONS",
        "Regions",
        "Provinces, a row for each and the rest: a country's name or a file.",
        "--regions",
        rare=True,
    ),
    Option(
        "REGIONS_LAYER",
        "Or regions: a layer",
        "A polygon or more for each.",
        "--regions",
        Kind.LAYER,
        rare=True,
    ),
    Option(
        "REGIONS_NAME",
        "Field that names the region",
        "The usual ones are found.",
        "--regions-name",
        rare=True,
    ),
)
BY_REGION = Option(
    "BY_REGION",
    "Net change by region instead",
    "What everyone gained and lost in each region, with the net.",
    "--by=region",
    Kind.YES,
    rare=True,
)
COMPONENTS = Option(
    "COMPONENTS",
    "What the change is made of instead",
    "Quantity, exchange and shift (Pontius and Santacruz, 2014).",
    "--components",
    Kind.YES,
    rare=True,
)
PROFILE = Option(
    "PROFILE",
    "Profile",
    "How the files are read: the name of a built-in one, such as deepstate-daily, isw or zones, or"
    " the path of a profile TOML. Left empty, files are recognised; the log says as what.",
    "--profile",
)
_FIELDS = (
    Option("ACTOR_FIELD", "Field that names the actor", "Who holds it.", "--actor-field"),
    Option("DAY_FIELD", "Field of the day", "Or since when.", "--day-field"),
    Option("UNTIL_FIELD", "Field of until when", "Empty cells are open.", "--until-field"),
    Option("STATUS_FIELD", "Field of how firmly", "Held, claimed ...", "--status-field", rare=True),
    Option("DAY_FORMAT", "How days are written", "Such as DD/MM/YYYY.", "--day-format", rare=True),
)
_DAY_OF_ZONES = Option(
    "ZONES_DAY",
    "Day of all zones",
    "Where neither a field nor the name of the file says it, as YYYY-MM-DD.",
    "--day",
)
_RULES = (
    Option("ACTOR", "Who holds all zones", "Where no field says it.", "--actor", rare=True),
    Option(
        "OVERLAP",
        "Ground that two hold at once",
        "Refused (error, as by default), whose name stands first in the priority, or contested.",
        "--overlap",
        Kind.CHOICE,
        ("error", "first", "contested"),
        rare=True,
    ),
    Option("PRIORITY", "Actors, strongest first", "For 'first': A,B.", "--priority", rare=True),
    Option(
        "REPAIR",
        "Zones whose area depends on how they are mended",
        "They are refused unless this says how.",
        "--repair",
        Kind.CHOICE,
        ("winding", "even-odd", "drop"),
        rare=True,
    ),
    Option(
        "REMAINDER",
        "Who holds what nobody drew",
        "Of the area below.",
        "--remainder",
        rare=True,
    ),
    Option(
        "REMAINDER_AREA",
        "Of which area",
        "A country's name or a file.",
        "--remainder-area",
        rare=True,
    ),
)
LINES = (
    Option(
        "BOUNDARY_ERROR_M",
        "Error of the drawn lines, metres",
        "How far they may lie off, one standard deviation; for the intervals.",
        "--boundary-error-m",
        Kind.METRES,
    ),
    Option(
        "CORRELATION_LENGTH_M",
        "Over what length it stays the same, metres",
        "Along a line.",
        "--correlation-length-m",
        Kind.METRES,
        rare=True,
    ),
)
CRS = Option(
    "CRS",
    "Coordinates",
    "An EPSG code such as EPSG:32637, or equal-area; longitude and latitude if empty.",
    "--crs",
    rare=True,
)
COLOURS = Option(
    "COLOURS",
    "Colours and titles (TOML)",
    "With [actors.NAME], colour and title; those of the maps if empty.",
    "--colours",
    Kind.TOML,
    rare=True,
)
EXTRA = Option(
    "EXTRA",
    "More options of the command line",
    "As one types them, such as --cut 14:00 --unnamed drop.",
    rare=True,
)


def reading(*, dated: bool) -> tuple[Option, ...]:
    """Return what says how files are read.

    Parameters
    ----------
    dated : bool
        Whether all zones may be said to be of one day.
    """
    day = (_DAY_OF_ZONES,) if dated else ()
    return (PROFILE, *_FIELDS, *day, *_RULES)


def words_of(option: Option, value: str) -> list[str]:
    """Return the words of the command line for the value of a parameter.

    Parameters
    ----------
    option : Option
        The parameter.
    value : str
        As text; empty where it is not set.
    """
    if not value or not option.flag:
        return []
    return [option.flag] if option.kind is Kind.YES else [f"{option.flag}={value}"]


def in_order(options: Sequence[Option]) -> list[Option]:
    """Return options with those that are rare at the end, as dialogs show them.

    Parameters
    ----------
    options : sequence of Option
        Of one algorithm.
    """
    return sorted(options, key=lambda option: option.rare)

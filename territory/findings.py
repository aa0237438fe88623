"""What was found wrong, odd or repaired: one line each, never silent."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from territory.numbers import figure


class Severity(StrEnum):
    """How much a finding matters to the figures."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class FindingKind(StrEnum):
    """What sort of thing was found: the column `kind` of `quality.csv`.

    Attributes
    ----------
    meaning : str
        One sentence for a reader; ``territory inspect --kinds`` prints them all.

    Examples
    --------
    >>> print(FindingKind.UNCLOSED_RING, "-", FindingKind.UNCLOSED_RING.meaning)
    unclosed-ring - An open ring was closed.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """Return a member: the text of files is its value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    ASSUMED_ERROR = "assumed-error", "Nobody states the error of the lines, so one is assumed."
    AXES_SWAPPED = "axes-swapped", "A feature lies by the others once its axes are swapped."
    BORDER = "border", "Within which border a country is measured."
    CLUSTERED_PLACES = "clustered-places", "Places are clustered, so intervals are wider."
    COLOURS_TAKEN = "colours-taken", "Actors have the colours that the files give them."
    CRS_ASSUMED = "crs-assumed", "A file names no CRS; longitude and latitude are assumed."
    CURVED_EDGES = "curved-edges", "Edges said to be curved were taken as straight."
    CUT_ANSWER = "cut-answer", "A server cut its answer, so features are missing."
    DAY_DIFFERS = "day-differs", "A file or feature names another day than the one that counts."
    DAY_ORDER = "day-order", "How days are written that several ways could be meant by."
    DELETED_ROWS = "deleted-rows", "Rows marked as deleted were left out."
    EMPTY_DAY = "empty-day", "Nobody holds anything, though somebody does on the nearest days."
    EMPTY_GEOMETRY = "empty-geometry", "The geometry of a feature is empty; ground may be missing."
    ENCODING_ASSUMED = "encoding-assumed", "The encoding of the labels was guessed."
    ENDS_MEET = "ends-meet", "Features still hold on the day on which others begin."
    FAR_DAY = "far-day", "A day lies far from all others; its year may be wrong."
    FEATURE_GREW = "feature-grew", "A zone is much larger: an advance, or a stray corner."
    FEATURE_VANISHED = "feature-vanished", "A zone is gone whole: lost, left, or missing."
    FEATURES_LOST = "features-lost", "Far fewer zones than before, on hardly less ground."
    FIRST_SERIES = "first-series", "Pictures are about the first series alone."
    FRONT_DRAWN_ON = "front-drawn-on", "A front that ends near the rim was drawn on to it."
    GEODESIC_CHECK = "geodesic-check", "The total in the plane less that on the ellipsoid."
    HEIGHTS = "heights", "Heights were left out; areas are those of the ground plan."
    HOLE_OUTSIDE = "hole-outside", "A hole that lies in no shell was counted as ground."
    IDENTICAL = "identical", "Snapshots repeat the one before: not redrawn, or a file was copied."
    IDLE_OFFSET = "idle-offset", "No time is in UTC, so that the offset of its clock moves none."
    JUMP = "jump", "A holder changes by far more than usual, or there and back."
    KNOWN_SHARES = "known-shares", "How many villages are known, where ground changed and not."
    LARGER_THAN_COUNTRY = "larger-than-country", "A holder has more than the country it lies in."
    LAYERS_MERGED = "layers-merged", "Several layers of a file were put together as one map."
    LEFT_OUT = "left-out", "A layer, table or feature was left out."
    LEFT_OUT_LARGE = "left-out-large", "What the profile drops is so large that it may be wrong."
    LOCAL_MIDNIGHT = (
        "local-midnight",
        "Times are midnight of an eastern zone: the next day counts.",
    )
    MISSING_DAY = "missing-day", "No snapshot where the rhythm of the series wants one."
    NO_EVIDENCE = "no-evidence", "A class of evidence that the job names is in no table yet."
    NO_FRONT = "no-front", "No front line reaches a part of the ground; nobody holds it."
    NO_GAZETTEER = "no-gazetteer", "Whether some places are known less often cannot be seen."
    NO_HOLDER = "no-holder", "No row says who holds a unit; until one does, nobody does."
    NO_PROPERTY = "no-property", "A property that the profile names is in no file."
    NO_SPAN = "no-span", "Two properties were not read as a span, as not all are days."
    NO_STYLE = "no-style", "A placemark names a style that is not in the file."
    NO_SUCH_ACTOR = "no-such-actor", "A colour, title or priority is about an actor without ground."
    NOT_AREA = "not-area", "What has no area (a line, a point) was dropped."
    NOT_POOLED = (
        "not-pooled",
        "A series of other ground than the rest, or of the same files; no claim is judged on it.",
    )
    NOT_READ = "not-read", "A part of a file was not read."
    NOTHING_HELD = "nothing-held", "No zone of any day lies in an area, or in any region."
    NULL_GEOMETRY = "null-geometry", "A feature has no geometry; ground may be missing."
    ODD_COLOUR = "odd-colour", "A colour of a KML file is none."
    OPEN_END = "open-end", "A day lies after the last in the files; open ends reach it."
    OUTSIDE_COUNTRY = "outside-country", "Much of the ground of a holder lies in no country."
    OUTSIDE_EXTENT = "outside-extent", "A place lies beyond the extent; it still shapes the rim."
    OVERLAP = "overlap", "Two holders have the same ground; the policy says who counts."
    OWN_OVERLAP = "own-overlap", "Zones of one holder overlap; the ground counts once."
    PAGES_MERGED = "pages-merged", "Pages of one answer of a server were put together."
    PANEL = "panel", "Changes of places follow from who holds them day by day."
    PARTLY_COVERED = "partly-covered", "The data cover only part of an area of interest."
    PERHAPS_END = "perhaps-end", "A property that is not read may say until when zones hold."
    PLACE = "place", "In which countries the ground of the series lies."
    READER_WARNING = "reader-warning", "What the library that reads a file warned of."
    RECOGNISED = "recognised", "Nobody named the profile; the files were recognised by their marks."
    REFUSED = "refused", "A file, or a day of it, cannot be used and does not count."
    REGION_OVERLAP = "region-overlap", "Two regions overlap; the ground is counted with one."
    REGIONS_MERGED = "regions-merged", "Several features of one name are one region."
    REGIONS_TOLD_APART = "regions-told-apart", "Regions of one name have their code behind it."
    REMAINDER = "remainder", "Ground of an area that nobody drew was given to a holder."
    REPAIRED = "repaired", "An invalid polygon was repaired; km2 is how far its readings differ."
    REPEATED_POLYGON = "repeated-polygon", "A polygon is given several times; it counts once."
    RIM_EXACT = "rim-exact", "Nobody states the error of a rim, so it is taken as exact."
    RIM_SLIVERS = "rim-slivers", "Strips along a rim: its outline and the zones were drawn apart."
    ROUNDED_AWAY = "rounded-away", "Ground narrower than written digits is in no zone."
    SAME_POSITION = "same-position", "Two places share a position; one has the cell."
    SEVERAL_SNAPSHOTS = "several-snapshots", "Of several snapshots of a day one counts."
    SIMILAR_NAMES = "similar-names", "Names differ only in writing; they are counted apart."
    SLIVERS = "slivers", "Neighbouring units do not share every point of their border."
    SPANS = "spans", "Which spans of time were read, and by which rule they end."
    SPANS_UNUSED = "spans-unused", "Regions hold over spans; all are used, whatever theirs."
    STRAY_POSITION = "stray-position", "A position lies far from its ring; km2 is what it adds."
    SUDDEN_ACTOR = "sudden-actor", "A holder appears that had nothing before."
    SWITCHED_OFF = "switched-off", "Placemarks that are switched off were counted."
    TOWNS_ELSEWHERE = "towns-elsewhere", "The towns lie by the zones once axes are swapped."
    TRUNCATED_DAY = "truncated-day", "Far less ground than on the days beside: a cut file."
    UNCLOSED_RING = "unclosed-ring", "An open ring was closed."
    UNKNOWN_HOLDER = "unknown-holder", "Nobody knows who holds a place; neighbours get it."
    UNNAMED = "unnamed", "Features name no actor; they have the name that was chosen for them."
    UNREAD_DAYS = "unread-days", "Two properties hold days, and neither is read."
    UNREADABLE = "unreadable", "A file cannot be read and was left out."
    VANISHED_ACTOR = "vanished-actor", "A holder has nothing left, or was renamed."


@dataclass(frozen=True)
class Finding:
    """One line of `quality.csv`.

    Attributes
    ----------
    kind : FindingKind
        The sort of thing found, such as ``overlap``.
    detail : str
        One sentence for a reader: which feature, what was found, what was done.
    severity : Severity
        ``error`` means that figures of that day should not be trusted.
    day : date or None
        The day concerned; None where it concerns the whole series.
    km2 : float or None
        Effect on area in square kilometres, where it has one.
    """

    kind: FindingKind
    detail: str
    severity: Severity = Severity.INFO
    day: date | None = None
    km2: float | None = None


# Where the name of a file ends in a sentence; what follows a slash is a file of an archive.
_NAME_ENDS = re.compile(r"$|(?=[\s:;,/\\'\")\]])|(?=\.(?:\s|$))")


def seen_from(
    findings: Iterable[Finding], folder: str, files: Collection[str]
) -> tuple[Finding, ...]:
    """Return findings that name files as seen from a folder, wherever the program is run.

    Parameters
    ----------
    findings : iterable of Finding
        With names that begin with the folder.
    folder : str
        Of a job file, as it was given, with a separator at its end; "" is the working folder.
    files : collection of str
        What is a file, its name with the folder. Nothing else loses its beginning: an actor may
        be called like a folder.

    Examples
    --------
    >>> a = Finding(FindingKind.HEIGHTS, "red/a.kml, beside red/b.kml: held by red/blue")
    >>> seen_from([a], "red/", {"red/a.kml", "red/b.kml"})[0].detail
    'a.kml, beside b.kml: held by red/blue'
    """
    if not folder:
        return tuple(findings)
    begins_with_it = re.compile(rf"(?<![^\s'\"(=]){re.escape(folder)}")

    def without_it(match: re.Match[str]) -> str:
        rest = match.string[match.start() :]
        ends = (end.start() for end in _NAME_ENDS.finditer(rest))
        return "" if any(rest[:end] in files for end in ends) else match[0]

    return tuple(
        replace(each, detail=begins_with_it.sub(without_it, each.detail)) for each in findings
    )


UNTRUSTED = "not used or not to be trusted"
_PREFIX = {Severity.ERROR: UNTRUSTED, Severity.WARNING: "warning"}
_FEW = 3  # findings of one kind that have a line each, and days that are named of more


def finding_lines(
    findings: Iterable[Finding], *, all_in: str = "territory inspect"
) -> tuple[str, ...]:
    """Return warnings and errors as lines for a reader, errors first.

    Many of one kind are one line: how many, on which days first, and their km2 together.

    Parameters
    ----------
    findings : iterable of Finding
        Those that are for information alone are left out.
    all_in : str
        Where every one of them is listed; empty if nowhere.

    Returns
    -------
    tuple of str
        One line each, without a line break at its end.

    Examples
    --------
    >>> jump = [
    ...     Finding(FindingKind.JUMP, f"{n} km2 moved", Severity.WARNING, date(2024, 1, n), n)
    ...     for n in range(1, 6)
    ... ]
    >>> finding_lines(jump)[0]
    "warning: 5 times 'jump', on 2024-01-01, 2024-01-02, 2024-01-03 and 2 more days, 15.0 km2 \
together; the first: 1 km2 moved (territory inspect lists all)"
    >>> finding_lines(jump[:1])
    ('warning: 2024-01-01: 1 km2 moved',)
    """
    found = tuple(findings)
    return tuple(
        f"{prefix}: {line}"
        for severity, prefix in _PREFIX.items()
        for line in lines_of(found, severity, all_in=all_in)
    )


def lines_of(
    findings: Iterable[Finding], severity: Severity, *, all_in: str = "territory inspect"
) -> tuple[str, ...]:
    """Return the findings of one severity as lines that do not say how severe they are.

    Parameters
    ----------
    findings, all_in
        See `finding_lines`.
    severity : Severity
        Those of any other are left out.
    """
    kinds: dict[FindingKind, list[Finding]] = {}
    for each in dict.fromkeys(findings):
        if each.severity is severity:
            kinds.setdefault(each.kind, []).append(each)
    return tuple(
        line
        for kind, some in kinds.items()
        for line in (map(line_of, some) if len(some) <= _FEW else (_many(kind, some, all_in),))
    )


def line_of(finding: Finding) -> str:
    """Return a finding as a line, with its day where its words do not name it.

    Parameters
    ----------
    finding : Finding
        Of any severity; an error begins with its kind.
    """
    named = finding.day is None or str(finding.day) in finding.detail
    if finding.severity is Severity.ERROR:
        what = finding.kind if named else f"{finding.kind} on {finding.day}"
    else:
        what = "" if named else str(finding.day)
    return ": ".join(part for part in (what, finding.detail) if part)


def _many(kind: FindingKind, some: Sequence[Finding], all_in: str) -> str:
    days = sorted({each.day for each in some if each.day is not None})
    more = len(days) - _FEW
    on = ", ".join(map(str, days[:_FEW])) + (f" and {more} more days" if more > 0 else "")
    km2 = sum(each.km2 for each in some if each.km2 is not None)
    size = f", {figure(km2)} km2 together" if any(each.km2 for each in some) else ""
    what = f"{len(some)} times '{kind}'" + (f", on {on}" if days else "") + size
    lists = f" ({all_in} lists all)" if all_in else ""
    return f"{what}; the first: {some[0].detail}{lists}"

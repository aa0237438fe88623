"""What is written under each picture, and what it says to readers who do not see it."""

from dataclasses import dataclass
from datetime import date

from territory.errors import InputError
from territory.history.history import WHOLE
from territory.job.several_maps import farthest_apart
from territory.job.study import Results
from territory.maps.kinds.catalogue import KINDS
from territory.measure.rows import Row
from territory.publish.report.embed import Picture
from territory.publish.report.folding import triple
from territory.publish.report.report_text import actor, area, listing, long_day, number, span
from territory.publish.report.timeline import holder_name
from territory.read.actor_looks import Looks

_LARGEST = 6
BETWEEN_MAPS = "between_maps"
"""Name of the picture that shows where two series differ."""


@dataclass(frozen=True)
class Plate:
    """A picture with its words."""

    picture: Picture
    caption: str
    alt: str


def plates(results: Results, pictures: tuple[Picture, ...]) -> tuple[Plate, ...]:
    """Return every picture with its caption and its alternative text.

    Parameters
    ----------
    results : Results
        Everything a job found out.
    pictures : tuple of Picture
        In the order of the page.

    Returns
    -------
    tuple of Plate
        In the same order.
    """
    return tuple(_plate(results, each) for each in pictures)


def _plate(results: Results, picture: Picture) -> Plate:
    if picture.key == BETWEEN_MAPS:
        return _between_maps(results, picture)
    kind, days = KINDS.get(picture.kind), _days(results, picture)
    if kind is None or not kind.in_job:
        name = picture.kind.replace("-", " ")
        caption = _placed(results, picture, f"{name[:1].upper()}{name[1:]}.")
        return Plate(picture, caption, f"Map: {caption}")
    caption = _placed(results, picture, kind.caption.format(*map(long_day, days)))
    held = " ".join(filter(None, (_held(results, picture, day) for day in days)))
    return Plate(picture, caption, kind.alt.format(caption=caption, held=held).strip())


def _between_maps(results: Results, picture: Picture) -> Plate:
    pair = farthest_apart(results.judgements[0])
    if pair is None:
        raise InputError("no two maps differ, so no picture can show where", file=picture.key)
    names = f"“{pair.one}” and “{pair.other}”"
    whole = pair.area == WHOLE
    ground = "all ground" if whole else f"{area(pair.area, results.titles('en'))} alone"
    caption = (
        f"Where the maps {names} differ, on {long_day(pair.day)}: {ground}, also along coasts"
        " and where one of them draws nothing."
    )
    return Plate(picture, caption, f"Map: {caption}")


def _area(results: Results, picture: Picture) -> str:
    """Return the area that a picture is about."""
    whole = results.loaded[0].ensemble.base.stands_for_all
    return results.job.maps.area or whole if picture.of_area else whole


def _placed(results: Results, picture: Picture, caption: str) -> str:
    """Return a caption with the area, unless it is all ground, and with whose map it is."""
    name, first = _area(results, picture), results.loaded[0].name
    where = "" if name == WHOLE else area(name, results.titles("en"))
    whose = f"“{first}”" if len(results.loaded) > 1 else ""
    if not (told := ", ".join(filter(None, (where, whose)))):
        return caption
    return f"{told}: {caption[:1].lower()}{caption[1:]}"


def _days(results: Results, picture: Picture) -> tuple[date, ...]:
    """Return the day that a map shows, or the two that it compares."""
    days = results.loaded[0].days
    pair = results.job.maps.before_after or (days[0], days[-1])
    return (picture.day,) if picture.day else pair


def _held(results: Results, picture: Picture, day: date) -> str:
    """Return what each holder has on a day, in the area that the map shows."""
    first, name = results.loaded[0], _area(results, picture)
    rows = [
        row
        for row in results.areas
        if (row["series"], row["area"], row["day"]) == (first.name, name, day)
    ]
    if not rows:
        return ""
    largest = sorted(rows, key=lambda row: -triple(row)[0])[:_LARGEST]
    found = listing(_figure(row, first.looks) for row in largest)
    titles = results.titles("en")
    return f"{area(name, titles)} on {long_day(day)}: {found}."


def _figure(row: Row, looks: Looks) -> str:
    value, low, high = triple(row)
    return f"{actor(holder_name(row), looks)} {number(value)} km² ({span(low, high, like=value)})"

"""What is written under each picture, and what it says to readers who do not see it."""

from dataclasses import dataclass
from datetime import date

from territory.report.embed import Picture
from territory.report.timeline import holder_name
from territory.report.words import actor, area, listing, long_day, number, span
from territory.results import Row
from territory.study import Results

_LARGEST = 6


@dataclass(frozen=True)
class Plate:
    """A picture with its words."""

    picture: Picture
    caption: str
    alt: str


def plates(results: Results, pictures: tuple[Picture, ...]) -> tuple[Plate, ...]:
    """Return every picture with its caption and its alternative text."""
    return tuple(_plate(results, each) for each in pictures)


def _plate(results: Results, picture: Picture) -> Plate:
    if picture.day:
        caption = f"Who held what on {long_day(picture.day)}."
        return Plate(picture, caption, f"Map. {caption} {_held(results, picture.day)}".strip())
    if picture.key == "before_after":
        return _before_after(results, picture)
    if picture.key == "transfers":
        return _transfers(results, picture)
    name = picture.key.replace("_", " ").replace("-", " ")
    caption = f"{name[:1].upper()}{name[1:]}."
    return Plate(picture, caption, f"Map: {caption}")


def _pair(results: Results) -> tuple[date, date]:
    """Return the two days that the maps compare."""
    days = results.loaded[0].days
    return results.job.maps.before_after or (days[0], days[-1])


def _before_after(results: Results, picture: Picture) -> Plate:
    days = _pair(results)
    caption = f"Who held what on {long_day(days[0])} and on {long_day(days[1])}."
    told = " ".join(filter(None, (_held(results, day) for day in days)))
    return Plate(picture, caption, f"Two maps side by side. {caption} {told}".strip())


def _transfers(results: Results, picture: Picture) -> Plate:
    first, last = map(long_day, _pair(results))
    caption = f"The ground that changed hands from {first} to {last}: who lost it and who took it."
    return Plate(picture, caption, f"Map. {caption} The figures stand in the tables below.")


def _held(results: Results, day: date) -> str:
    """Return what each holder has on a day, in the area that the maps show."""
    first = results.loaded[0]
    name = results.job.maps.area or first.ensemble.base.area_names[0]
    rows = [
        row
        for row in results.areas
        if (row["series"], row["area"], row["day"]) == (first.name, name, day)
    ]
    if not rows:
        return ""
    largest = sorted(rows, key=lambda row: -float(str(row["km2"])))[:_LARGEST]
    found = listing(_figure(row) for row in largest)
    titles = results.titles("en")
    return f"{area(name, titles)} on {long_day(day)}: {found}."


def _figure(row: Row) -> str:
    value, low, high = (float(str(row[key])) for key in ("km2", "low", "high"))
    return f"{actor(holder_name(row))} {number(value)} km² ({span(low, high, like=value)})"

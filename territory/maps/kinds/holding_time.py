"""Ground by class: since when it has been held, and how often it changed hands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.maps.ground import draw_lines, fill
from territory.maps.kinds.borders import between
from territory.maps.kinds.classes import Tenure, Times, tenure_classes, times_classes
from territory.maps.kinds.plan import Plan, Planner
from territory.maps.layout import Panel, one_map
from territory.maps.legend import Entry, figures, legend_hint, pale_entries
from territory.maps.map_text import Words
from territory.maps.paint import Paint
from territory.maps.ramp import ramp
from territory.maps.scene import draw_over
from territory.maps.sheet import drawing
from territory.maps.style import INK
from territory.maps.subject import Subject, changed_ground, check_order
from territory.maps.titles import Speaker
from territory.measure.estimate import Estimate

_OLDEST = "#e4e1da"  # ground that has been held since before the data begin
_FAINT = 0.25  # points between two classes
_BORDER = 0.8  # points between two holders


def plan_held_since(planner: Planner, day: date) -> Plan:
    """Plan since when ground is held.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    day : date
        A day of the history.
    """
    base = planner.base
    classes = tenure_classes(base, day)
    found: dict[Tenure, Estimate] = {each: planner.of(each) for each in classes}
    later = sum(found[each].value for each in classes[1:])
    total = sum(each.value for each in found.values())

    def title(say: Speaker) -> str:
        since = say.words.day(base.days[0])
        if not say.framed:
            return say.words.say("title_since_area", area=say.words.area(later), day=since)
        share = later / total if total else 0.0
        return say.of_ground("title_since", share=say.words.share(share), day=since)

    days = tuple(each for each in base.days if each <= day)
    draw = partial(held_since_map, day=day, estimates=found)
    return Plan("held_since", draw, title, lambda say: say.gaps(days))


def held_since_map(
    subject: Subject,
    day: date,
    *,
    estimates: Mapping[Tenure, Estimate],
) -> Figure:
    """Draw since when the ground of a day has been held by whoever holds it.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    day : date
        A day of the history.
    estimates : mapping of Tenure to Estimate
        Area in km2 of each class of `territory.maps.kinds.classes.tenure_classes`.

    The result and errors are those of `day_map`.
    """
    with drawing():
        classes = tenure_classes(subject.history, day)
        colours = [_OLDEST, *ramp(len(classes) - 1, palest=86, darkest=24)]
        sorted_ground = [
            (each, Paint(colour, colour, edge_width=_FAINT))
            for each, colour in zip(classes, colours, strict=True)
        ]
        panel = Panel(
            subject.words,
            (subject.words.day(day),),
            subject.words.say("legend_since"),
            legend_hint(subject),
            _entries(subject, sorted_ground, estimates),
        )
        return _class_map(subject, day, sorted_ground, panel, covered=True)


def plan_changes(planner: Planner, start: date, end: date) -> Plan:
    """Plan how often ground changed hands.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    start, end : date
        Days of the history.
    """
    classes = times_classes(planner.base, start, end, planner.area)
    found: dict[Times, Estimate] = {each: planner.of(each) for each in classes}
    often = sum(each.value for times, each in found.items() if times.low > 1)
    total = sum(each.value for each in found.values())

    def title(say: Speaker) -> str:
        some = any(each.is_open for each in classes)
        once = "title_changes_any" if some else "title_changes_once"
        key = "title_changes" if often else once if total else "no_transfer"
        return say.words.say(key, area=say.words.area(often or total))

    draw = partial(changes_map, from_day=start, to_day=end, estimates=found)
    return Plan("changes", draw, title)


def changes_map(
    subject: Subject,
    from_day: date,
    to_day: date,
    *,
    estimates: Mapping[Times, Estimate],
) -> Figure:
    """Draw how often ground changed hands between two days.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    from_day, to_day : date
        Days of the history.
    estimates : mapping of Times to Estimate
        Area in km2 of each class of `territory.maps.kinds.classes.times_classes`.

    The result and errors are those of `day_map`; days out of order are an error too.
    """
    with drawing():
        check_order(from_day, to_day)
        days = tuple(day for day in subject.history.days if from_day <= day <= to_day)
        subject = replace(subject, changed=changed_ground(subject, days))
        classes = times_classes(subject.history, from_day, to_day, subject.area)
        sorted_ground = [
            (each, Paint(colour, colour, edge_width=_FAINT))
            for each, colour in zip(classes, ramp(len(classes), palest=80, darkest=18), strict=True)
        ]
        words = subject.words
        panel = Panel(
            words,
            words.period(from_day, to_day),
            words.say("legend_changes" if classes else "no_transfer"),
            legend_hint(subject) if classes else "",
            _entries(subject, sorted_ground, estimates),
            words.say("unchanged"),
            pale_entries(subject, subject.held(to_day)),
        )
        return _class_map(subject, to_day, sorted_ground, panel)


def class_name(each: Tenure | Times, words: Words, *, first: date) -> str:
    """Return what a class is called in a legend, by months only where the data allow it.

    Parameters
    ----------
    each : Tenure or Times
        The class.
    words : Words
        The texts of one language.
    first : date
        First day of the data.
    """
    if isinstance(each, Times):
        return words.times(each.low, None if each.is_open else each.high)
    if each.open_ended:
        return words.say("since_first", day=words.day(each.until))
    if each.is_one_day:
        return words.day(each.until)
    if each.is_whole_months(first):
        return words.span(each.since, each.until)
    return words.say("since_between", start=words.day(each.after), end=words.day(each.until))


_Sorted = Sequence[tuple[Tenure | Times, Paint]]


def _entries(
    subject: Subject,
    classes: _Sorted,
    estimates: Mapping[Tenure, Estimate] | Mapping[Times, Estimate],
) -> tuple[Entry, ...]:
    """Return an entry for every class that has any ground."""
    found, first = [], subject.history.days[0]
    for each, paint in classes:
        measured = subject.history.km2(each.faces(subject.history), subject.area)
        if measured > 0:
            caption = figures(subject, measured, estimates.get(each), share=True)  # type: ignore[arg-type]  # its own kind
            found.append(
                Entry(
                    replace(paint, edge_width=0.6),
                    class_name(each, subject.words, first=first),
                    *caption,
                )
            )
    return tuple(found)


def _class_map(
    subject: Subject, day: date, classes: _Sorted, panel: Panel, *, covered: bool = False
) -> Figure:
    """Draw classes over the quiet zones of a day, or in place of them."""
    held = subject.held(day)

    def draw(axes: Axes) -> None:
        over = partial(_draw_classes, axes, subject, day, classes)
        draw_over(axes, subject, held, over, covered=covered)

    return one_map(subject, panel, draw)


def _draw_classes(axes: Axes, subject: Subject, day: date, classes: _Sorted) -> None:
    for number, (each, paint) in enumerate(classes):
        ground = subject.ground_of(each.faces(subject.history))
        if not ground.is_empty:
            fill(axes, ground, paint, zorder=5, name=f"class-{number}")
    _draw_borders(axes, subject, day)


def _draw_borders(axes: Axes, subject: Subject, day: date) -> None:
    """Draw the lines between any two holders of a day."""
    history = subject.history
    line = history.edges.line(between(history, history.day_index(day), subject.area))
    draw_lines(axes, line, colour=INK, width=_BORDER, zorder=7, name="lines")

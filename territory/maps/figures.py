"""Maps of who holds what: one day, before and after, and who lost ground to whom."""

from collections.abc import Mapping
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.actors import Holder
from territory.change import Transfer, transfers
from territory.errors import InputError
from territory.estimate import Estimate
from territory.history import History
from territory.maps.frame import Context, View
from territory.maps.furniture import MapText
from territory.maps.layout import Panel, one_map, two_maps
from territory.maps.legend import Entry, holder_entries, legend_hint, pale, transfer_entries
from territory.maps.scene import draw_day, draw_transfers, stayed
from territory.maps.sheet import drawing
from territory.maps.style import Style
from territory.maps.subject import Holding, Subject, look_at


def day_map(
    history: History,
    day: date,
    *,
    area: str | None = None,
    estimates: Mapping[Holder, Estimate],
    context: Context,
    text: MapText,
    styles: Mapping[Holder, Style] | None = None,
) -> Figure:
    """Draw who holds what on a day.

    Parameters
    ----------
    history : History
        Its plane is the plane of the map.
    day : date
        One of its days.
    area : str, optional
        A named area of the history; the whole by default.
    estimates : mapping of Holder to Estimate
        Area of each holder in km2, shown in the legend. A holder without one is shown
        with its measured area and without an interval.
    context : Context
        What lies around.
    text : MapText
        Title, source and language.
    styles : mapping of Holder to Style, optional
        Missing ones are filled in by `styles_for`.

    Returns
    -------
    Figure
        To be written with `save`.

    Raises
    ------
    InputError
        If the day or area is not in the history, the data do not reach into the area,
        or an estimate is not in km2.
    """
    with drawing():
        subject = look_at(history, day, area=area, context=context, text=text, styles=styles)
        words, held = subject.words, subject.held(day)
        panel = Panel(
            words,
            (words.day(day),),
            words.say("legend"),
            legend_hint(subject),
            holder_entries(subject, day, estimates),
        )
        return one_map(subject, panel, lambda axes, view: draw_day(axes, view, subject, held))


def before_after_map(
    history: History,
    before: date,
    after: date,
    *,
    area: str | None = None,
    estimates: Mapping[date, Mapping[Holder, Estimate]],
    context: Context,
    text: MapText,
    styles: Mapping[Holder, Style] | None = None,
) -> Figure:
    """Draw two days side by side, at one extent and scale.

    Parameters
    ----------
    before, after : date
        Days of the history.
    estimates : mapping of date to mapping of Holder to Estimate
        As for `day_map`, by day.

    Other parameters, results and errors are those of `day_map`; days out of order are an
    error too.
    """
    with drawing():
        check_order(before, after)
        subject = look_at(history, before, area=area, context=context, text=text, styles=styles)
        days = tuple((day, subject.held(day)) for day in (before, after))
        return two_maps(subject, days, estimates)


def transfers_map(
    history: History,
    from_day: date,
    to_day: date,
    *,
    area: str | None = None,
    estimates: Mapping[tuple[Holder, Holder], Estimate],
    context: Context,
    text: MapText,
    styles: Mapping[Holder, Style] | None = None,
) -> Figure:
    """Draw who lost ground to whom between two days.

    Ground that changed hands has the colour of its taker and is hatched and edged in
    the colour of its giver; the rest is pale.

    Parameters
    ----------
    from_day, to_day : date
        Days of the history.
    estimates : mapping of (giver, taker) to Estimate
        Area of each transfer in km2. One without is shown with its measured area and
        without an interval.

    Other parameters, results and errors are those of `day_map`; days out of order are an
    error too.
    """
    with drawing():
        check_order(from_day, to_day)
        subject = look_at(history, to_day, area=area, context=context, text=text, styles=styles)
        found = transfers(history, from_day, to_day, area)
        moved = tuple(sorted(found, key=lambda transfer: -transfer.km2))
        unchanged = stayed(subject.held(to_day), moved)

        def draw(axes: Axes, view: View) -> None:
            draw_transfers(
                axes, view, subject, unchanged=unchanged, moved=moved, estimates=estimates
            )

        panel = _transfer_panel(subject, (from_day, to_day), moved, unchanged, estimates)
        return one_map(subject, panel, draw)


def check_order(first: date, second: date) -> None:
    """Refuse days that are the same or out of order.

    Raises
    ------
    InputError
        If the first is not before the second.
    """
    if first >= second:
        raise InputError(f"the first day must come before the second, but {first} >= {second}")


def _transfer_panel(
    subject: Subject,
    days: tuple[date, date],
    moved: tuple[Transfer, ...],
    unchanged: Holding,
    estimates: Mapping[tuple[Holder, Holder], Estimate],
) -> Panel:
    words = subject.words
    return Panel(
        words,
        words.period(*days),
        words.say("legend_transfers" if moved else "no_transfer"),
        words.say("legend_hint_transfers") if moved else "",
        transfer_entries(subject, moved, estimates),
        words.say("unchanged"),
        tuple(Entry(pale(subject.styles[h]), subject.name(h)) for h, _ in unchanged),
    )

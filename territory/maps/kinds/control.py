"""Maps of who holds what: one day, before and after, and who lost ground to whom."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.history.history import History
from territory.holders import Holder
from territory.maps.frame import View
from territory.maps.layout import Panel, one_map, two_maps
from territory.maps.legend import holder_entries, legend_hint, pale_entries, transfer_entries
from territory.maps.scene import draw_day, draw_transfers, stayed
from territory.maps.sheet import drawing
from territory.maps.subject import Holding, Setting, Subject, changed_ground, check_order, look_at
from territory.measure.change import Transfer, transfers
from territory.measure.estimate import Estimate


def day_map(
    history: History,
    day: date,
    *,
    estimates: Mapping[Holder, Estimate],
    **setting: Unpack[Setting],
) -> Figure:
    """Draw who holds what on a day.

    Parameters
    ----------
    history : History
        Its plane is the plane of the map.
    day : date
        One of its days.
    estimates : mapping of Holder to Estimate
        Area of each holder in km2, shown in the legend. A holder without one is shown
        with its measured area and without an interval.
    **setting
        Area, surroundings, words and styles; see `territory.maps.subject.Setting`.

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
        subject = look_at(history, day, **setting)
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
    estimates: Mapping[date, Mapping[Holder, Estimate]],
    **setting: Unpack[Setting],
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
        subject = look_at(history, before, **setting)
        days = tuple((day, subject.held(day)) for day in (before, after))
        return two_maps(subject, days, estimates)


def transfers_map(
    history: History,
    from_day: date,
    to_day: date,
    *,
    estimates: Mapping[tuple[Holder, Holder], Estimate],
    **setting: Unpack[Setting],
) -> Figure:
    """Draw who lost ground to whom between two days.

    Ground that changed hands has the colour of its taker and is hatched and edged in
    the colour of its giver; the rest is pale. Without an area the map is drawn around what
    changed, and its figures are those of the whole.

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
        subject = look_at(history, to_day, **setting)
        subject = replace(subject, changed=changed_ground(subject, (from_day, to_day)))
        found = transfers(history, from_day, to_day, subject.area)
        moved = tuple(sorted(found, key=lambda transfer: -transfer.km2))
        unchanged = stayed(subject.held(to_day), moved)

        def draw(axes: Axes, view: View) -> None:
            draw_transfers(
                axes, view, subject, unchanged=unchanged, moved=moved, estimates=estimates
            )

        panel = _transfer_panel(subject, (from_day, to_day), moved, unchanged, estimates)
        return one_map(subject, panel, draw)


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
        words.say("both_ends"),
        pale_entries(subject, unchanged),
    )

"""Maps of who holds what: one day, before and after, and who lost ground to whom.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.holders import Holder
from territory.maps.kinds.plan import Plan, Planner
from territory.maps.layout import Panel, day_panel, one_map, two_maps
from territory.maps.legend import pale_entries, transfer_entries
from territory.maps.scene import draw_day, draw_transfers, stayed
from territory.maps.sheet import drawing
from territory.maps.subject import Holding, Subject, check_order
from territory.measure.change import Transfer, transfers
from territory.measure.estimate import Estimate
from territory.measure.tables import transfer_estimates


def plan_day(planner: Planner, day: date) -> Plan:
    """Plan who holds what.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    day : date
        A day of the history.
    """
    held = planner.held(day)
    draw = partial(day_map, day=day, estimates=held)
    return Plan(f"{day}", draw, lambda say: say.day(held))


def day_map(
    subject: Subject,
    day: date,
    *,
    estimates: Mapping[Holder, Estimate],
) -> Figure:
    """Draw who holds what on a day.

    Parameters
    ----------
    subject : Subject
        What is shown.
    day : date
        One of its days.
    estimates : mapping of Holder to Estimate
        Area of each holder in km2, shown in the legend. A holder without one is shown
        with its measured area and without an interval.

    Returns
    -------
    Figure
        To be written with `save`.

    Raises
    ------
    InputError
        If the day is not in the history or an estimate is not in km2.
    """
    with drawing():
        held, panel = subject.held(day), day_panel(subject, day, estimates)
        return one_map(subject, panel, lambda axes: draw_day(axes, subject, held))


def plan_before_after(planner: Planner, start: date, end: date) -> Plan:
    """Plan two days side by side.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    start, end : date
        Days of the history.
    """
    held = {day: planner.held(day) for day in (start, end)}
    moved = transfer_estimates(planner.ensemble, start, end, planner.area, stayed=False)
    draw = partial(before_after_map, before=start, after=end, estimates=held)
    return Plan("before_after", draw, lambda say: say.transfer(moved), period=(start, end))


def before_after_map(
    subject: Subject,
    before: date,
    after: date,
    *,
    estimates: Mapping[date, Mapping[Holder, Estimate]],
) -> Figure:
    """Draw two days side by side, at one extent and scale.

    What was gained between them has a second tone of its holder's colour on the later one.
    Without an area both are drawn around what changed, and their figures are those of the whole.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    before, after : date
        Days of the history.
    estimates : mapping of date to mapping of Holder to Estimate
        As for `day_map`, by day.

    The result and errors are those of `day_map`; days out of order are an error too.
    """
    with drawing():
        check_order(before, after)
        subject = subject.between((before, after))
        days = tuple((day, subject.held(day)) for day in (before, after))
        moved = transfers(subject.history, before, after, subject.area)
        return two_maps(subject, days, estimates, moved=tuple(moved))


def plan_transfers(planner: Planner, start: date, end: date) -> Plan:
    """Plan who lost to whom.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    start, end : date
        Days of the history.
    """
    moved = transfer_estimates(planner.ensemble, start, end, planner.area, stayed=False)
    draw = partial(transfers_map, from_day=start, to_day=end, estimates=moved)
    return Plan("transfers", draw, lambda say: say.transfer(moved), period=(start, end))


def transfers_map(
    subject: Subject,
    from_day: date,
    to_day: date,
    *,
    estimates: Mapping[tuple[Holder, Holder], Estimate],
) -> Figure:
    """Draw who lost ground to whom between two days.

    Ground that changed hands has the colour of its taker and is hatched and edged in
    the colour of its giver; the rest is pale. Without an area the map is drawn around what
    changed, and its figures are those of the whole.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    from_day, to_day : date
        Days of the history.
    estimates : mapping of (giver, taker) to Estimate
        Area of each transfer in km2. One without is shown with its measured area and
        without an interval.

    The result and errors are those of `day_map`; days out of order are an error too.
    """
    with drawing():
        check_order(from_day, to_day)
        subject = subject.between((from_day, to_day))
        found = transfers(subject.history, from_day, to_day, subject.area)
        moved = tuple(sorted(found, key=lambda transfer: -transfer.km2))
        unchanged = stayed(subject.held(to_day), moved)

        def draw(axes: Axes) -> None:
            draw_transfers(axes, subject, unchanged=unchanged, moved=moved, estimates=estimates)

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
        words.say("legend_transfers" if moved else "same_ground"),
        words.say("legend_hint_transfers") if moved else "",
        transfer_entries(subject, moved, estimates),
        words.say("both_ends"),
        pale_entries(subject, unchanged),
    )

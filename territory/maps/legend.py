"""Legends: whose ground, how much, how sure.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from territory.errors import InputError
from territory.holders import NOBODY, Holder
from territory.maps.boxes import SWATCH, Box, stack
from territory.maps.map_text import Words, clean
from territory.maps.paint import Paint
from territory.maps.parts import Parts, parted
from territory.maps.style import GREY, INK, MIN_SEPARATION, Style, separation, shade, tint
from territory.maps.subject import Holding, Subject
from territory.maps.typesetting import set_text
from territory.measure.change import Transfer
from territory.measure.estimate import Estimate
from territory.numbers import figure

_SWATCH_GAP = 0.14  # inches
_UNCHANGED_WHITE = 0.72  # white mixed into ground that did not change hands
_HAIRLINE = 0.25  # points
_QUIET_EDGE = "#9a9da1"
_LOST = "#ffffff"


Pair = tuple[Holder, Holder]


@dataclass(frozen=True)
class Sizes:
    """Type sizes of a legend in points, and the gap between entries in inches."""

    name: float = 11.0
    value: float = 10.5
    interval: float = 9.5
    gap: float = 0.13


FULL, SMALL, COMPACT = Sizes(), Sizes(name=9.5, gap=0.08), Sizes(9.5, 9.0, 8.5, 0.1)


@dataclass(frozen=True)
class Entry:
    """A sample, whose it is, how much, and what else must be said of it."""

    paint: Paint
    name: str
    value: str = ""
    interval: str = ""
    more: str = ""

    def box(self, words: Words, width: float, sizes: Sizes = FULL) -> Box:
        """Return the entry set to a width in inches; a single line stands beside its sample.

        Parameters
        ----------
        words : Words
            Of the language; it decides the direction.
        width : float
            In inches.
        sizes : Sizes
            Of the type, and the gap below.
        """
        room = width - SWATCH[0] - _SWATCH_GAP
        parts = [
            (self.name, sizes.name, INK, True),
            (self.value, sizes.value, INK, False),
            (self.interval, sizes.interval, GREY, False),
            (self.more, sizes.interval, GREY, False),
        ]
        blocks = [
            set_text(
                words.directed(text), room, size, bold=bold, colour=colour, lines=3, spacing=1.25
            )
            for text, size, colour, bold in parts
            if text
        ]
        text = stack(blocks, between=0.0)
        down = max(0.0, (SWATCH[1] - text.height) / 2)
        placed = (0.0, 0.01, self.paint), (SWATCH[0] + _SWATCH_GAP, down, text)
        return Box(placed, max(text.height, SWATCH[1]) + sizes.gap)


def figures(
    subject: Subject, measured: float, estimate: Estimate | None, *, share: bool
) -> tuple[str, str]:
    """Return the value and the interval as a legend gives them.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    measured : float
        In square kilometres; it counts where there is no estimate.
    estimate : Estimate or None
        In square kilometres, with its interval.
    share : bool
        Whether the share of the ground is given too, where that means anything.

    Returns
    -------
    (str, str)
        The interval is empty where there is nothing.

    Raises
    ------
    InputError
        If the estimate is not in km2.
    """
    words = subject.words
    if estimate is None and measured <= 0:
        return words.say("nothing"), ""
    if estimate is not None and estimate.unit != "km2":
        raise InputError(f"a map shows areas in km2, not in {clean(estimate.unit, 20)}")
    value = measured if estimate is None else estimate.value
    text = words.area(value)
    if share and subject.framed:
        text += " · " + words.share(value / subject.total_km2)
    return text, words.say("no_interval") if estimate is None else words.interval(estimate)


def legend_hint(subject: Subject) -> str:
    """Say what the figures of a legend are; without an area there is nothing to share.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    """
    return subject.words.say("legend_hint" if subject.framed else "legend_hint_transfers")


def holder_entries(
    subject: Subject,
    day: date,
    estimates: Mapping[Holder, Estimate],
    *,
    look: Callable[[Style], Paint] = Paint.of,
) -> tuple[Entry, ...]:
    """Return an entry for everyone who holds ground on a day.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    day : date
        A day of the history.
    estimates : mapping of Holder to Estimate
        As for `day_map`.
    look : callable
        From a style to how ground is drawn.

    Returns
    -------
    tuple of Entry
        The largest first and nobody last; then what many small ones hold together, which
        has no interval, as errors of neighbours are not independent.
    """
    km2, every = subject.km2(day), subject.holders(day)
    minor = [each for each in every if each in subject.minor]
    single = tuple(
        Entry(
            look(subject.styles[holder]),
            subject.name(holder),
            *figures(subject, km2[holder], estimates.get(holder), share=True),
        )
        for holder in every
        if holder not in subject.minor
    )
    if not minor:
        return single
    together = sum(km2[each] for each in minor)
    value, _ = figures(subject, together, None, share=True)
    name = subject.words.counted("together", len(minor))
    return (*single, Entry(look(subject.styles[minor[0]]), name, value))


def transfer_entries(
    subject: Subject,
    moved: tuple[Transfer, ...],
    estimates: Mapping[tuple[Holder, Holder], Estimate],
) -> tuple[Entry, ...]:
    """Return an entry for every pair of giver and taker, the largest first.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    moved : tuple of Transfer
        The largest first, in square kilometres and in the plane.
    estimates : mapping of (giver, taker) to Estimate
        In square kilometres. One without is shown with its measured area and without an
        interval.
    """
    entries, numbers = [], numbered(subject, moved)
    for transfer in moved:
        pair = transfer.giver, transfer.taker
        giver, taker = map(subject.name, pair)
        text = figures(subject, transfer.km2, estimates.get(pair), share=False)
        name = subject.words.say("pair", giver=giver, taker=taker)
        if pair in numbers:
            name = subject.words.say("numbered", number=numbers[pair], name=name)
        parts = parted(transfer.geometry, subject.least_km2)
        paint = (plain if parts.large.is_empty else crossed)(subject, transfer)
        entries.append(Entry(paint, name, *text, small_parts(subject, parts)))
    return tuple(entries)


def numbered(subject: Subject, moved: Sequence[Transfer]) -> Mapping[Pair, str]:
    """Return a number for every pair where any two look the same, which no colour can mend.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    moved : sequence of Transfer
        In the order of the legend.

    Returns
    -------
    mapping of (giver, taker) to str
        From 1; empty where all look different.
    """
    looks = {crossed(subject, transfer) for transfer in moved}
    return {} if len(looks) == len(moved) else numbers_of(moved)


def numbers_of(moved: Sequence[Transfer]) -> Mapping[Pair, str]:
    """Return a number for every pair of giver and taker, from 1.

    Parameters
    ----------
    moved : sequence of Transfer
        In the order of the legend.
    """
    return {(each.giver, each.taker): f"{place}" for place, each in enumerate(moved, start=1)}


def small_parts(subject: Subject, parts: Parts) -> str:
    """Say how many parts of a transfer are too small to be hatched, and how much they are.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    parts : Parts
        Of one transfer.
    """
    if not parts.count or figure(parts.small_km2) == "0":  # the rounding of coordinates
        return ""
    return subject.words.counted(
        "small_parts",
        parts.count,
        limit=subject.words.number(f"{subject.least_km2:g}"),
        area=subject.words.area(parts.small_km2),
    )


def pale_entries(subject: Subject, held: Holding) -> tuple[Entry, ...]:
    """Return an entry without figures for everyone whose ground lies pale below.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    held : tuple of (Holder, geometry)
        Who holds what, in the plane.
    """
    return tuple(Entry(pale(subject.styles[holder]), subject.name(holder)) for holder, _ in held)


def pale(style: Style) -> Paint:
    """Return how ground is shown that did not change hands.

    Parameters
    ----------
    style : Style
        Of the holder.
    """
    plain = Paint.of(replace(style, colour=tint(style.colour, _UNCHANGED_WHITE)))
    hatch_colour = tint(style.colour, 0.4)
    return replace(plain, hatch_colour=hatch_colour, edge=_QUIET_EDGE, edge_width=0.6)


def plain(subject: Subject, transfer: Transfer) -> Paint:
    """Return how parts are shown that are too small for a hatch: in the taker's colour.

    Parameters
    ----------
    subject : Subject
        Its styles are used.
    transfer : Transfer
        Who took the ground.
    """
    colour = subject.styles[transfer.taker].colour
    return Paint(colour, shade(colour, 0.1), edge_width=_HAIRLINE)


def gained(subject: Subject, transfer: Transfer, *, vivid: bool = False) -> Paint:
    """Return the second tone of who gained ground; what nobody gained is hatched in the loser's.

    Parameters
    ----------
    subject : Subject
        Its styles are used.
    transfer : Transfer
        Who took the ground from whom.
    vivid : bool
        Whether it has the full colour of who gained it instead, among pale zones.
    """
    if transfer.taker == NOBODY:
        line = subject.styles[transfer.giver].colour
        return Paint(_LOST, line, "/////", line, _HAIRLINE, 0.7)
    style = subject.styles[transfer.taker]
    colour = style.colour if vivid else subject.tones[transfer.taker]
    plain = Paint.of(replace(style, colour=colour))
    return replace(plain, edge=shade(colour, 0.1), edge_width=_HAIRLINE)


def gained_entries(subject: Subject, moved: Sequence[Transfer], said: str) -> tuple[Entry, ...]:
    """Return an entry for the second tone of everyone who gained.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    moved : sequence of Transfer
        In square kilometres and in the plane.
    said : str
        Since when it was gained.
    """
    takers = {each.taker: each for each in moved if each.taker != NOBODY}
    return tuple(Entry(gained(subject, takers[h]), subject.name(h), said) for h in sorted(takers))


def lost_entries(subject: Subject, moved: Sequence[Transfer], said: str) -> tuple[Entry, ...]:
    """Return an entry for everyone who lost ground to nobody.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    moved : sequence of Transfer
        In square kilometres and in the plane.
    said : str
        What such ground is called.
    """
    givers = {each.giver: each for each in moved if each.taker == NOBODY}
    return tuple(Entry(gained(subject, givers[h]), subject.name(h), said) for h in sorted(givers))


def crossed(subject: Subject, transfer: Transfer) -> Paint:
    """Return the taker's colour, hatched and edged in the giver's.

    Parameters
    ----------
    subject : Subject
        Its styles are used.
    transfer : Transfer
        Who took the ground from whom.
    """
    giver, taker = subject.styles[transfer.giver], subject.styles[transfer.taker]
    apart = separation(giver.colour, taker.colour) >= MIN_SEPARATION
    line = giver.colour if apart else shade(giver.colour, 0.5)
    return Paint(taker.colour, shade(line, 0.1), "///", line, 1.6, 1.5)

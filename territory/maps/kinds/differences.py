"""Where two publishers differ, on one map.

The plane is the equal-area plane of the comparison's projection, in metres.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.history.history import History, from_coverage
from territory.holders import NOBODY, Holder
from territory.maps.image_files import picture_format, save
from territory.maps.layout import Panel, one_map
from territory.maps.legend import Entry, numbers_of, pale, small_parts
from territory.maps.map_text import MapText, clean
from territory.maps.paint import Paint
from territory.maps.parts import parted
from territory.maps.scene import draw_transfers
from territory.maps.sheet import drawing
from territory.maps.style import (
    MIN_SEPARATION,
    Style,
    distinct_colours,
    hatched,
    separation,
    styles_for,
)
from territory.maps.subject import Subject
from territory.maps.titles import Speaker
from territory.measure.change import Transfer
from territory.measure.compare import Comparison
from territory.read.actor_looks import Looks
from territory.read.basemap import Context, world

_NAME_LIMIT = 40  # characters of a publisher's name
_EDGE_WIDTH, _HAIRLINE = 0.5, 0.25  # points
_LEAST_SHARE = 1e-6  # of all ground: less is rounding, not a difference

_Pair = tuple[Holder, Holder]


def draw_comparison(
    found: Comparison,
    names: tuple[str, str],
    path: Path,
    *,
    framed: bool = True,
    area: str = "",
    looks: Looks = MappingProxyType({}),
) -> Path:
    """Draw where two publishers differ; return the file.

    Parameters
    ----------
    found : Comparison
        The two series, cut together; its plane is the plane of the map.
    names : (str, str)
        The publishers, in the order of the comparison.
    path : Path
        A file whose suffix names the format; its folder is made if missing.
    framed : bool
        Whether an area was asked for or the data are a coverage that ends somewhere.
    area : str
        What the area is called that was asked for, if one was.
    looks : mapping of str to ActorLook
        Colours and titles of actors.

    Raises
    ------
    InputError
        If the suffix is that of no picture.
    """
    written = picture_format(path)
    say = Speaker({}, "en", framed, area)
    share = say.words.share(found.agreed_km2 / found.total_km2)
    text = MapText(
        say.placed(say.of_ground("agree", one=names[0], other=names[1], share=share)),
        source=" and ".join(names),
        note=say.words.say("note_zones"),
    )
    figure = comparison_map(
        found,
        names=names,
        context=Context(countries=world()),
        text=text,
        framed=framed,
        styles=styles_for(found.holders, looks=looks),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(figure, path.with_suffix(""), formats=(written,))[0]


def comparison_map(
    comparison: Comparison,
    *,
    names: tuple[str, str],
    context: Context,
    text: MapText,
    styles: Mapping[Holder, Style] | None = None,
    framed: bool = True,
) -> Figure:
    """Draw where two publishers differ and where they agree.

    Ground on which they differ has a colour for each pair of holders, and its largest
    pieces carry their size; where they agree it is pale.

    Parameters
    ----------
    comparison : Comparison
        Its plane is the plane of the map.
    names : (str, str)
        The publishers, in the order of the comparison.
    context : Context
        What lies around.
    text : MapText
        Title, source and language.
    styles : mapping of Holder to Style, optional
        Missing ones are filled in by `styles_for`.
    framed : bool
        Whether the rim of what was compared means anything; see `territory.maps.subject.is_framed`.

    The result is that of `day_map`.

    Raises
    ------
    InputError
        If there is no ground to show.
    """
    with drawing():
        subject = Subject(_as_history(comparison, framed=framed), context, text, preferred=styles)
        differ = _differences(comparison)
        agreed = tuple(pair for pair in comparison.agreed() if pair[0] != NOBODY)
        paints = _paints(subject, differ)
        numbers = _numbers(differ, paints)

        def draw(axes: Axes) -> None:
            draw_transfers(
                axes,
                subject,
                unchanged=agreed,
                moved=differ,
                estimates={},
                painted=lambda _, each: paints[each.giver, each.taker],
                small=lambda _, each: _plain(paints[each.giver, each.taker]),
                numbers=numbers,
            )

        called = clean(names[0], _NAME_LIMIT), clean(names[1], _NAME_LIMIT)
        entries = tuple(_entry(subject, each, called, paints, numbers) for each in differ)
        return one_map(subject, _panel(subject, comparison, called, entries), draw)


def _as_history(comparison: Comparison, *, framed: bool) -> History:
    """Return what the first publisher says, on all ground that was compared."""
    coverage = from_coverage(
        comparison.faces,
        comparison.held_by[:1],
        days=comparison.days[:1],
        holders=comparison.holders,
        projection=comparison.projection,
    )
    return replace(coverage, outside_is_nobody=not framed)


def _differences(comparison: Comparison) -> tuple[Transfer, ...]:
    """Return the differences as ground that goes from what one says to what the other says."""
    least = _LEAST_SHARE * comparison.total_km2
    return tuple(
        Transfer(each.one, each.other, each.km2, each.geometry)
        for each in comparison.differences()
        if each.km2 > least
    )


def _paints(subject: Subject, differ: tuple[Transfer, ...]) -> dict[_Pair, Paint]:
    """Return one look for each pair, told apart from each other and from ground agreed on."""
    quiet = {
        holder: replace(style, colour=pale(style).fill, hatch="")
        for holder, style in subject.styles.items()
    }
    colours = distinct_colours(len(differ), [style.colour for style in quiet.values()])
    marks = [Holder(f"difference {number}") for number in range(len(differ))]
    chosen = dict(quiet)
    for mark, colour in zip(marks, colours, strict=True):
        chosen[mark] = hatched(colour, chosen.values())
    return {
        (each.giver, each.taker): replace(Paint.of(chosen[mark]), edge_width=_EDGE_WIDTH)
        for each, mark in zip(differ, marks, strict=True)
    }


def _numbers(differ: tuple[Transfer, ...], paints: Mapping[_Pair, Paint]) -> Mapping[_Pair, str]:
    """Return a number for every pair where colours alone do not tell all of them apart.

    Small parts have no hatch, so hatches do not count.
    """
    fills = [paint.fill for paint in paints.values()]
    if all(separation(*two) >= MIN_SEPARATION for two in combinations(fills, 2)):
        return {}
    return numbers_of(differ)


def _panel(
    subject: Subject,
    comparison: Comparison,
    names: tuple[str, str],
    entries: tuple[Entry, ...],
) -> Panel:
    words = subject.words
    days = zip(names, comparison.days, strict=True)
    return Panel(
        words,
        tuple(words.say("says", name=name, day=words.day(day)) for name, day in days),
        words.say("legend_compare" if entries else "no_difference"),
        words.say("legend_hint_compare"),
        entries,
        words.say("agreed"),
        _agreed(subject, comparison),
    )


def _entry(
    subject: Subject,
    each: Transfer,
    names: tuple[str, str],
    paints: Mapping[_Pair, Paint],
    numbers: Mapping[_Pair, str],
) -> Entry:
    first, second = (
        subject.words.say("says_holder", name=name, actor=subject.name(holder))
        for name, holder in zip(names, (each.giver, each.taker), strict=True)
    )
    if number := numbers.get((each.giver, each.taker)):
        first = subject.words.say("numbered", number=number, name=first)
    paint, parts = paints[each.giver, each.taker], parted(each.geometry, subject.least_km2)
    visible = _plain(paint) if parts.large.is_empty else paint
    return Entry(visible, first, second, _share(subject, each.km2), small_parts(subject, parts))


def _plain(paint: Paint) -> Paint:
    """Return how parts are shown that are too small for a hatch."""
    return replace(paint, hatch="", edge=paint.fill, edge_width=_HAIRLINE)


def _agreed(subject: Subject, comparison: Comparison) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            pale(subject.styles[holder]),
            subject.name(holder),
            _share(subject, float(ground.area) / 1e6),
        )
        for holder, ground in comparison.agreed()
    )


def _share(subject: Subject, km2: float) -> str:
    """Return an area with its share of all ground that was compared."""
    return f"{subject.words.area(km2)} · {subject.words.share(km2 / subject.total_km2)}"

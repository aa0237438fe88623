"""Maps of a history, as the command line draws them: one function for each kind.

Every function returns a matplotlib `Figure` (shown by a notebook, saved by ``.savefig``), and
takes these options besides its own:

colours : mapping or Series of str to str
    ``{actor: colour}``, opaque; others keep the usual colours.
title, subtitle, source : str
    Instead of the finding, what is shown, and the publisher.
aoi : area
    The ground that is shown; see `territory.History.areas`.
language : str
    One of `territory.languages.LANGUAGES`: en, ar, fr, ru or uk.
out : str or Path
    Also save it there: FILE.png, .svg or .pdf.
dpi : int
    Dots per inch of a PNG.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from territory.api.claims import names_of
from territory.api.days import DayLike, days_of, optional_day
from territory.api.history import History
from territory.api.layers import plain
from territory.api.sources import EXTENT
from territory.api.texts import check_path, text_of
from territory.api.wording import caution
from territory.errors import InputError, did_you_mean
from territory.holders import Holder, Status
from territory.job.spec import MapsSpec
from territory.languages import LANGUAGES
from territory.maps.image_files import FORMATS, check_dpi, save
from territory.maps.map_text import MapText
from territory.maps.pictures import Wish, map_figure
from territory.maps.request import MapSource, looks_of, with_source
from territory.maps.style import Style
from territory.maps.typesetting import DPI
from territory.one_piece import check_place
from territory.read.basemap import read_context

T = TypeVar("T")
_SCREEN_DPI = 110  # a map of two days is then as wide as a notebook
_WORDS = ("title", "subtitle", "language")


class Picture(Figure):
    """A figure that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        content = BytesIO()
        self.savefig(content, format="png", dpi=_SCREEN_DPI)
        return content.getvalue()


class Look(TypedDict, total=False):
    """Options of every kind of map; see the module."""

    colours: Mapping[str, str] | pd.Series
    title: str
    subtitle: str
    source: str
    aoi: object
    language: str
    out: str | Path
    dpi: int


def day(history: History, day: DayLike | None = None, **look: Unpack[Look]) -> Figure:
    """Draw who held what on a day.

    Parameters
    ----------
    history : History
        Any.
    day : str, date or Timestamp, optional
        The last one by default.
    **look
        See `territory.api.plot`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        If the day is not in the series, or a colour is none.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.day(tt.example(), "2025-12-01", colours={"Red": "#c00000"})
    <Picture size ...>
    """
    return _drawn(history, Wish("day", day=optional_day(day, "day")), look)


def before_after(
    history: History,
    start: DayLike | None = None,
    end: DayLike | None = None,
    **look: Unpack[Look],
) -> Figure:
    """Draw two days side by side.

    Parameters
    ----------
    history : History
        Any.
    start, end : str, date or Timestamp, optional
        The first and the last day by default.
    **look
        See `territory.api.plot`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        If a day is not in the series, or a colour is none.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.before_after(tt.example(), "2025-11-01", "2025-12-01")
    <Picture size ...>
    """
    return _drawn(history, _between("before-after", start, end), look)


def transfers(
    history: History,
    start: DayLike | None = None,
    end: DayLike | None = None,
    **look: Unpack[Look],
) -> Figure:
    """Draw the ground that changed hands between two days.

    Parameters
    ----------
    history, start, end, **look
        As for `before_after`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        As for `before_after`.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.transfers(tt.example())
    <Picture size ...>
    """
    return _drawn(history, _between("transfers", start, end), look)


def changes(
    history: History,
    start: DayLike | None = None,
    end: DayLike | None = None,
    **look: Unpack[Look],
) -> Figure:
    """Draw how often ground changed hands between two days, over all days between.

    Parameters
    ----------
    history, start, end, **look
        As for `before_after`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        As for `before_after`.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.changes(tt.example())
    <Picture size ...>
    """
    return _drawn(history, _between("changes", start, end), look)


def held_since(history: History, day: DayLike | None = None, **look: Unpack[Look]) -> Figure:
    """Draw since when ground has been held as it was on a day.

    Parameters
    ----------
    history, day, **look
        As for `day`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        As for `day`.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.held_since(tt.example())
    <Picture size ...>
    """
    return _drawn(history, Wish("held-since", day=optional_day(day, "day")), look)


def uncertainty(history: History, day: DayLike | None = None, **look: Unpack[Look]) -> Figure:
    """Draw where the lines of a day are in doubt.

    Parameters
    ----------
    history, day, **look
        As for `day`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        As for `day`.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.uncertainty(tt.example())
    <Picture size ...>
    """
    return _drawn(history, Wish("uncertainty", day=optional_day(day, "day")), look)


def front(
    history: History,
    days: DayLike | Iterable[DayLike] | None = None,
    *,
    actor: str | Sequence[str] = "",
    **look: Unpack[Look],
) -> Figure:
    """Draw the line of one actor on several days.

    Parameters
    ----------
    history : History
        Any.
    days : iterable of days, optional
        Evenly spaced ones by default.
    actor : str or sequence of str
        Whose line; by default whose ground changed most.
    **look
        See `territory.api.plot`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        If a day is not in the series, or nobody has that name.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.front(tt.example(), ["2025-11-01", "2025-12-01"], actor="Red")
    <Picture size ...>
    """
    return _drawn(history, _several("front", days, actor), look)


def multiples(
    history: History,
    days: DayLike | Iterable[DayLike] | None = None,
    *,
    actor: str | Sequence[str] = "",
    **look: Unpack[Look],
) -> Figure:
    """Draw small maps of several days beside one another.

    Parameters
    ----------
    history, days, actor, **look
        As for `front`.

    Returns
    -------
    Figure

    Raises
    ------
    TerritoryError
        As for `front`.

    Examples
    --------
    >>> import territory as tt
    >>> tt.plot.multiples(tt.example())
    <Picture size ...>
    """
    return _drawn(history, _several("multiples", days, actor), look)


def _between(kind: str, start: object, end: object) -> Wish:
    return Wish(kind, start=optional_day(start, "start"), end=optional_day(end, "end"))


def _several(kind: str, days: object, actor: object) -> Wish:
    chosen = () if days is None else days_of(days)
    if isinstance(chosen, str):
        raise InputError(f"days: give days, not the rule '{chosen}'")
    return Wish(kind, days=chosen, actors=names_of(actor, "actor"))


def _drawn(history: History, wish: Wish, look: Look) -> Figure:
    """Draw a picture; save it where that is asked for."""
    if not isinstance(history, History):
        raise InputError(f"a History is needed, not {history!r:.60}")
    unknown = look.keys() - Look.__annotations__.keys()
    if unknown:
        odd = min(unknown)
        raise InputError(f"unknown option '{odd}'; {did_you_mean(odd, Look.__annotations__)}")
    out = look.get("out")
    if out is not None:
        out = _checked_place(out)
    dpi = plain(look.get("dpi", DPI))
    if not isinstance(dpi, int | float):
        raise InputError(f"dpi: {dpi!r:.60} is no number of dots per inch")
    check_dpi(dpi)
    if "dpi" in look and out is not None and out.suffix != ".png":
        raise InputError("dpi does nothing here: it is for PNG files (out='map.png')")
    text = MapText(**_words(look))
    wish = replace(wish, text=text)
    days = (wish.day, wish.start, wish.end, *wish.days)
    source = _source(history, look, tuple(day for day in days if day is not None))
    base = source.loaded.ensemble.base
    preferred = {**looks_of(source.loaded), **_styles(look.get("colours"), base.holders)}
    _, figure = map_figure(replace(source, styles=preferred), wish)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        save(figure, out.with_suffix(""), formats=(out.suffix[1:],), dpi=int(dpi))
    figure.__class__ = Picture  # the drawing is that of every map; only how it is shown is new
    return figure


def _words(look: Look) -> dict[str, str]:
    """Return the words of a picture; refuse what is no text."""
    words = {key: text_of(look.get(key), key) for key in (*_WORDS, "source")}
    return {key: words[key] for key in _WORDS if words[key]}


def _checked_place(place: object) -> Path:
    """Return where a picture is saved; refuse what cannot be before any of it is drawn."""
    if not isinstance(place, str | Path):
        raise InputError(f"out: a file is needed, not {place!r:.60}; such as 'map.png'")
    check_path(place, "out")
    out = Path(place)
    if out.suffix[1:] not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise InputError(f"cannot draw '{out.suffix}'; known are: {known}", file=str(out))
    check_place(out)
    return out


def _source(history: History, look: Look, days: tuple[date, ...]) -> MapSource:
    """Return the series with what lies around it, cut along the area that is shown."""
    loaded, area = history._map_area(look.get("aoi"), days)
    history._there(days, loaded)
    spec = MapsSpec.model_validate({"area": area, "source": look.get("source") or ""})
    maps = with_source(spec, history._source.spec, loaded)
    titles = {EXTENT: dict.fromkeys(LANGUAGES, "")}  # all ground of places needs no name
    return MapSource(loaded, maps, read_context(Path()), titles=titles)


def _styles(colours: object, holders: Sequence[Holder]) -> dict[Holder, Style]:
    """Return the styles of actors whose colours are chosen."""
    if colours is None:
        return {}
    if not isinstance(colours, Mapping | pd.Series):
        raise InputError(f"colours: {colours!r:.60} is no mapping {{actor: colour}}")
    styles: dict[Holder, Style] = {}
    for name, colour in colours.items():
        known = {str(each): each for each in holders}
        alike = [each for each in holders if each.actor == name and each.status is Status.HELD]
        alike = alike or [each for each in holders if name in (str(each), each.actor)]
        if not alike:
            hint = did_you_mean(str(name), known)
            raise InputError(f"colours: nobody is named '{name}'; {hint}")
        styles |= {each: Style(str(colour)) for each in alike}
    for one, other in combinations(styles, 2):
        if one.actor != other.actor and to_hex(styles[one].colour) == to_hex(styles[other].colour):
            caution(f"colours: '{one}' and '{other}' have one colour and look alike on the map")
    return styles

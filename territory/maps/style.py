"""How each actor is shown: a colour, a hatch, a name.

Colours are the ones readers of conflict maps know, moved until they stay apart for
readers without green or red cones and in grey; who is called by a colour has that. Where a
colour alone cannot tell two holders apart, a hatch does.

References
----------
Machado, G. M., Oliveira, M. M. and Fernandes, L. A. F. (2009). A physiologically-based
model for simulation of color vision deficiency. IEEE Transactions on Visualization and
Computer Graphics 15, 1291-1298.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, combinations
from types import MappingProxyType

import numpy as np
from matplotlib.colors import is_color_like, to_hex, to_rgb, to_rgba

from territory.errors import InputError
from territory.geometry.projection import Floats
from territory.holders import Holder, Status
from territory.languages import LANGUAGES
from territory.maps.colour_difference import lab_of, linear
from territory.maps.map_text import Words, clean
from territory.read.actor_looks import Looks

INK, GREY = "#1b1b1b", "#565b60"
TOGETHER = "#d4d7db"  # of holders that are too many to be told apart

MIN_SEPARATION = 14.0  # in CIE Lab; 2.3 is just noticeable side by side, a map needs far more

MIN_GREY = 5.0  # difference of CIE lightness

CONVENTIONAL = {
    "nobody": "#ededed",
    "unknown": "#dcdcdc",
    "contested": "#c8b38c",
    "government": "#e5a0ab",
    "opposition": "#3b8c5e",
    "isis": "#3a3a42",
    "sdf": "#f5d866",
    "kurdish": "#f5d866",
    "hts": "#14624a",
    "turkey": "#2f6fa8",
    "russia": "#b5404f",
    "ukraine": "#8db9de",
    "israel": "#7fb4e6",
    "iran": "#8a8f3c",
    "us": "#1f4e79",
    "hezbollah": "#b8a12f",
    "houthi": "#9c6b98",
}
NAMED = {  # of actors that are called by a colour: all told apart from each other
    "red": "#bf3f4d",
    "green": "#62c089",
    "blue": "#24527f",
    "yellow": "#f3dd70",
    "orange": "#dd7d24",
    "purple": "#a866b9",
    "pink": "#efbdce",
    "brown": "#5c3a1a",
    "black": "#2a2b34",
}
_CYCLE = (
    "#4477aa",
    "#eecc66",
    "#ee99aa",
    "#225555",
    "#bbccee",
    "#994455",
    "#999933",
    "#dd7733",
    "#b39bd0",
    "#77ccbb",
)
_STATUS_HATCH = {Status.HELD: "", Status.CLAIMED: "////", Status.CONTESTED: "xxxx"}
_HATCHES = ("..", "--", "\\\\", "||", "oo", "++")
_HATCH_CHARACTERS = frozenset("/\\|-+xXoO.*")
_WHITE_SHARE_OF_CLAIM = 0.45
_VERY_DARK, _DEEPER = 30.0, 1.15  # lightness below which a second tone is lighter; saturation
_DARK_ENOUGH = 46.0  # CIE lightness that a colour needs to be seen on a dark ground

# Linear RGB as seen without red (protan) and without green (deutan) cones.
_PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
_DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]
_VISIONS = np.array([np.eye(3), _PROTAN, _DEUTAN])


@dataclass(frozen=True)
class Style:
    r"""How one holder is shown.

    Attributes
    ----------
    colour : str
        Any opaque colour that matplotlib knows, such as ``"#3b8c5e"``.
    hatch : str
        Any of ``/ \ | - + x X o O . *``; none by default.
    label : mapping of str to str
        Name by language (``"en"``, ``"ar"``).

    Raises
    ------
    InputError
        If the colour or the hatch is not one.

    Examples
    --------
    >>> Style("#3b8c5e", label={"en": "Rebels"}).name("ar")
    'Rebels'
    """

    colour: str
    hatch: str = ""
    label: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be drawn."""
        if not is_color_like(self.colour) or to_rgba(self.colour)[3] < 1:  # ground shines through
            raise InputError(f"'{clean(self.colour, 30)}' is not a colour; write it as #rrggbb")
        if not set(self.hatch) <= _HATCH_CHARACTERS:
            allowed = " ".join(sorted(_HATCH_CHARACTERS))
            raise InputError(f"'{clean(self.hatch, 30)}' is not a hatch; use any of {allowed}")

    def name(self, language: str) -> str:
        """Return the name in a language, else in any other, else nothing.

        Parameters
        ----------
        language : str
            Code such as ``en``.
        """
        return self.label.get(language) or next(iter(self.label.values()), "")


def styles_for(
    *series: Iterable[Holder],
    preferred: Mapping[Holder, Style] | None = None,
    looks: Looks = MappingProxyType({}),
) -> dict[Holder, Style]:
    """Return a style for every holder, all told apart by colour or hatch.

    Whoever is in the first of several series looks as in pictures of it alone, so that its
    pictures and what is said of all series agree.

    Parameters
    ----------
    *series : iterable of Holder
        The holders of one series, or of each, in the order of the job. Use the same for all
        maps of a history, so that colours agree.
    preferred : mapping of Holder to Style, optional
        Wins over the conventions; missing labels are filled in.
    looks : mapping of str to ActorLook
        Colours and titles of actors, or of one with its status; go before the conventions.

    Returns
    -------
    dict of Holder to Style
        Every holder once, in this order.

    Examples
    --------
    >>> styles = styles_for([Holder("isis"), Holder("x_brigade")])
    >>> styles[Holder("isis")].colour, styles[Holder("x_brigade")].name("en")
    ('#3a3a42', 'X brigade')
    >>> first, second = [Holder("x"), Holder("y")], [Holder("isis"), Holder("x")]
    >>> found = styles_for(first, second)
    >>> found[Holder("x")] == styles_for(first)[Holder("x")], list(map(str, found))
    (True, ['x', 'y', 'isis'])
    """
    found: dict[Holder, Style] = {}
    for holders in series:
        wanted = list(dict.fromkeys([*found, *holders]))
        known_looks = {**_coloured(wanted, looks), **(preferred or {}), **found}
        chosen = {holder: style for holder, style in known_looks.items() if holder in wanted}
        known = [h for h in wanted if h not in chosen and _expected(h.actor)]
        for holder in [*known, *(h for h in wanted if h not in chosen and h not in known)]:
            chosen[holder] = _first_free(_candidates(holder, chosen), chosen.values())
        found = {holder: _labelled(holder, chosen[holder], looks) for holder in wanted}
    return found


def _coloured(holders: Iterable[Holder], looks: Looks) -> dict[Holder, Style]:
    """Return the styles of holders whose colour is said; a claim is paler than what is held."""
    found = {}
    for holder in holders:
        exact, of_actor = looks.get(str(holder)), looks.get(holder.actor)
        hatch = _STATUS_HATCH[holder.status]
        if exact and exact.colour:
            found[holder] = Style(exact.colour, hatch)
        elif of_actor and of_actor.colour:
            white = 0.0 if holder.status is Status.HELD else _WHITE_SHARE_OF_CLAIM
            found[holder] = Style(tint(of_actor.colour, white), hatch)
    return found


def seen_on_dark(colour: str) -> str:
    """Return a colour that can be seen on a dark ground, as little changed as possible.

    Parameters
    ----------
    colour : str
        Any that matplotlib knows.

    Returns
    -------
    str
        As ``#rrggbb``.

    Examples
    --------
    >>> seen_on_dark("#3b8c5e"), seen_on_dark("#3a3a42")
    ('#3b8c5e', '#6d6d73')
    """
    whites = (0.02 * n for n in range(50))
    return next(
        found for white in whites if lightness(found := tint(colour, white)) >= _DARK_ENOUGH
    )


def second_tones(styles: Mapping[Holder, Style]) -> dict[Holder, str]:
    """Return for every holder a second colour, for ground that it gained.

    It is a deeper tone of its own, or a lighter one of a very dark one: the first that is told
    apart from every colour of the map and every tone before it; where there is none, the one
    that comes nearest.

    Parameters
    ----------
    styles : mapping of Holder to Style
        Of all holders of a map.

    Returns
    -------
    dict of Holder to str
        As ``#rrggbb``.

    Examples
    --------
    >>> second_tones({Holder("russia"): Style("#b5404f")})[Holder("russia")]
    '#6e202a'
    >>> second_tones({Holder("isis"): Style("#3a3a42")})[Holder("isis")]
    '#747487'
    """
    taken, found = [style.colour for style in styles.values()], {}
    for holder, style in styles.items():
        tones = list(_tones(style.colour))
        apart = [min(separation(tone, other) for other in taken) for tone in tones]
        enough = (n for n, each in enumerate(apart) if each >= MIN_SEPARATION)
        found[holder] = tones[next(enough, int(np.argmax(apart)))]
        taken.append(found[holder])
    return found


def _tones(colour: str) -> Iterator[str]:
    """Yield tones of a colour with its hue, the best first."""
    hue, light, vivid = rgb_to_hls(*to_rgb(colour))
    darker = [light * factor for factor in (0.68, 0.58, 0.78, 0.45)]
    lighter = [light + (1 - light) * share for share in (0.33, 0.45, 0.25, 0.6)]
    first, second = (lighter, darker) if lightness(colour) < _VERY_DARK else (darker, lighter)
    for each in (*first, *second):
        yield to_hex(hls_to_rgb(hue, each, min(1.0, _DEEPER * vivid)))


def _candidates(holder: Holder, chosen: Mapping[Holder, Style]) -> Iterator[Style]:
    """Yield what a holder could look like, best first, without end in practice."""
    own = next((s.colour for h, s in chosen.items() if h.actor == holder.actor), None)
    colour = own or _expected(holder.actor)
    colours = [colour] if colour else list(_CYCLE)
    white = 0.0 if holder.status is Status.HELD else _WHITE_SHARE_OF_CLAIM
    firmly = _STATUS_HATCH[Status.CONTESTED if holder.actor == "contested" else holder.status]
    for hatch in chain([""], _hatches()):
        for candidate in colours:
            yield Style(tint(candidate, white), firmly + hatch)


def _expected(actor: str) -> str:
    """Return the colour in which readers look for an actor; nothing if in any."""
    words = re.findall(r"[a-z]+", actor.lower())
    called = (NAMED[word] for word in words if word in NAMED)
    return CONVENTIONAL.get(actor) or next(called, "")


def _hatches() -> Iterator[str]:
    for size in range(1, len(_HATCHES) + 1):
        yield from map("".join, combinations(_HATCHES, size))


def _first_free(candidates: Iterator[Style], taken: Iterable[Style]) -> Style:
    """Return the first candidate that differs from all taken, else the last."""
    others = list(taken)
    candidate = next(candidates)
    for candidate in chain([candidate], candidates):  # noqa: B020
        if all(distinguishable(candidate, other) for other in others):
            break
    return candidate


def distinguishable(one: Style, other: Style) -> bool:
    """Return whether two styles differ in hatch or, for every reader and in grey, in colour.

    Parameters
    ----------
    one, other : Style
        Styles of two holders.
    """
    if one.hatch != other.hatch:
        return True
    grey = abs(lightness(one.colour) - lightness(other.colour))
    return grey >= MIN_GREY and separation(one.colour, other.colour) >= MIN_SEPARATION


def hatched(colour: str, taken: Iterable[Style]) -> Style:
    """Return a style of a colour, hatched only where the colour does not tell it apart.

    Parameters
    ----------
    colour : str
        Any that matplotlib knows.
    taken : iterable of Style
        Those that it must differ from.

    Examples
    --------
    >>> hatched("#4477aa", [Style("#eecc66")]).hatch, hatched("#4477aa", [Style("#4477aa")]).hatch
    ('', '..')
    """
    return _first_free((Style(colour, hatch) for hatch in chain([""], _hatches())), taken)


def distinct_colours(count: int, taken: Iterable[str] = ()) -> list[str]:
    """Return colours of which no two are alike, for what is too small for a hatch.

    Those come first that every reader tells apart, in grey too; then those that all tell apart
    in colour; then whichever lie furthest from the others, and are alike only if there are
    more than tones of ten colours.

    Parameters
    ----------
    count : int
        How many.
    taken : iterable of str
        Colours that others have already.

    Returns
    -------
    list of str
        As ``#rrggbb``.

    Examples
    --------
    >>> distinct_colours(2), distinct_colours(1, ["#4477aa"])
    (['#4477aa', '#eecc66'], ['#eecc66'])
    """
    every = list(dict.fromkeys(chain(_CYCLE, chain.from_iterable(map(_tones, _CYCLE)))))
    lab = np.array([seen(colour) for colour in every])
    apart, grey = (np.full(len(every), np.inf) for _ in range(2))
    found: list[str] = []

    def take(colour: str) -> None:
        off = np.linalg.norm(lab - seen(colour), axis=2).min(axis=1)
        np.minimum(apart, off, out=apart)
        np.minimum(grey, np.abs(lab[:, 0, 0] - lightness(colour)), out=grey)

    for colour in taken:
        take(colour)
    for _ in range(count):
        coloured = apart >= MIN_SEPARATION
        fitting = np.flatnonzero(coloured & (grey >= MIN_GREY))
        fitting = fitting if fitting.size else np.flatnonzero(coloured)
        found.append(every[int(fitting[0] if fitting.size else apart.argmax())])
        take(found[-1])
    return found


def _labelled(holder: Holder, style: Style, looks: Looks) -> Style:
    usual = {language: _usual(holder, language, looks) for language in LANGUAGES}
    return replace(style, label={**usual, **style.label})


def _usual(holder: Holder, language: str, looks: Looks) -> str:
    """Return the title of a holder in a language, else in any other, else its usual name."""
    words = Words(language)
    exact, of_actor = looks.get(str(holder)), looks.get(holder.actor)
    for look, status in ((exact, Status.HELD), (of_actor, holder.status)):
        if look and look.titles:
            title = look.titles.get(language) or next(iter(look.titles.values()))
            return words.status(title, status)
    return words.actor(holder)


@cache
def seen(colour: str) -> Floats:
    """Return a colour in CIE Lab as seen with full, protan and deutan vision, shape (3, 3).

    Parameters
    ----------
    colour : str
        Any that matplotlib knows.
    """
    return lab_of(_VISIONS @ linear(np.array(to_rgb(colour))))


def separation(one: str, other: str) -> float:
    """Return the smallest distance of two colours in CIE Lab over the three visions.

    Parameters
    ----------
    one, other : str
        Any colours that matplotlib knows.

    Examples
    --------
    >>> separation("#ff0000", "#ff0000")
    0.0
    """
    return float(np.linalg.norm(seen(one) - seen(other), axis=1).min())


def lightness(colour: str) -> float:
    """Return how light a colour is, 0 (black) to 100 (white).

    Parameters
    ----------
    colour : str
        Any that matplotlib knows.

    Examples
    --------
    >>> round(lightness("white"))
    100
    """
    return float(seen(colour)[0, 0])


def tint(colour: str, white: float) -> str:
    """Return a colour mixed with a share of white.

    Parameters
    ----------
    colour : str
        Any that matplotlib knows.
    white : float
        0 to 1.

    Returns
    -------
    str
        As ``#rrggbb``.

    Examples
    --------
    >>> tint("#000000", 0.5)
    '#808080'
    """
    red, green, blue = (white + (1 - white) * channel for channel in to_rgb(colour))
    return to_hex((red, green, blue))


def shade(colour: str, black: float) -> str:
    """Return a colour mixed with a share of black.

    Parameters
    ----------
    colour : str
        Any that matplotlib knows.
    black : float
        0 to 1.

    Returns
    -------
    str
        As ``#rrggbb``.

    Examples
    --------
    >>> shade("#ffffff", 0.5)
    '#808080'
    """
    red, green, blue = ((1 - black) * channel for channel in to_rgb(colour))
    return to_hex((red, green, blue))

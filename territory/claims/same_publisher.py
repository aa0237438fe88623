"""Whose figure it is, whose map, and whether the two are of one publisher."""

import re
import unicodedata
from enum import StrEnum

from territory.claims.figures import AREAL, Unit
from territory.claims.model import Claim, Reading
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble

_APART = re.compile(r"[,;:/()&|+]| and | by | citing | from | quoting | via ", re.IGNORECASE)
_SAYS_NOTHING = frozenset(
    {"the", "project", "map", "maps", "live", "ua", "com", "org", "net", "of", "for"}
)
_ENDS = ("maps", "map", "ua")
_SHORTEST = 3  # letters of an abbreviation that can be told from chance


class Interval(StrEnum):
    """Which interval of a computed figure it is judged by."""

    DRAWN = "drawn"
    GROUND = "ground"
    BOTH = "both"


INTERVAL_SENTENCES = {
    Interval.DRAWN: "judged by the interval of the map as drawn: it is the publisher's own",
    Interval.GROUND: "judged by the interval on the ground",
    Interval.BOTH: "judged with the errors of both maps: that of another publisher counts too",
}


def same_publisher(one: str, other: str) -> bool:
    """Return whether two names of publishers have one in common.

    Case, accents, marks, and words such as "the" and "map" do not matter, an abbreviation
    stands for its words, and of several names each counts.

    Parameters
    ----------
    one, other : str
        Names as they are written in claims and profiles, several parted by a slash; an empty
        one is nobody.

    Examples
    --------
    >>> same_publisher("deepstate", "DeepStateMap.Live")
    True
    >>> same_publisher("ISW", "Institute for the Study of War")
    True
    >>> same_publisher("UA War Infographics / War Mapper", "War Mapper")
    True
    >>> same_publisher("War Mapper", "DeepState"), same_publisher("", "")
    (False, False)
    """
    return bool(_names(one) & _names(other))


def _names(text: str) -> set[str]:
    """Return the names in a text, and their abbreviations, as they are compared."""
    found = set()
    for part in _APART.split(text):
        words = _words(part)
        plain = "".join(words)
        short = "".join(word[0] for word in words)
        found |= {_bare(plain)} if plain else set()
        found |= {short} if len(words) >= _SHORTEST else set()
    return found


def _words(name: str) -> list[str]:
    """Return the words of a name that tell it from others."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    return [word for word in words if word not in _SAYS_NOTHING] or words


def _bare(name: str) -> str:
    for end in _ENDS:
        if name.endswith(end) and len(name) - len(end) > _SHORTEST:
            return name.removesuffix(end)
    return name


def is_same_map(claim: Claim, reading: Reading, ensemble: Ensemble) -> bool:
    """Return whether a figure was measured on these very polygons.

    As the reading says, else as the claim says, else whether it is an area that the
    publisher of the zones published itself.

    Parameters
    ----------
    claim : Claim
        With its publisher and unit.
    reading : Reading
        One of its readings.
    ensemble : Ensemble
        With the publisher of the zones.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> is_same_map(claim, claim.reading[0], Ensemble(history, publisher="DeepState"))
    False
    """
    for statement in (reading.same_map, claim.same_map):
        if statement is not None:
            return statement
    ours = same_publisher(claim.publisher, ensemble.publisher)
    return ensemble.is_drawn and claim.unit in AREAL and ours


def is_another_map(claim: Claim, reading: Reading, ensemble: Ensemble) -> bool:
    """Return whether a figure stems from another publisher than the zones do.

    Parameters
    ----------
    claim : Claim
        With its publisher.
    reading : Reading
        One of its readings.
    ensemble : Ensemble
        With the publisher of the zones; False where that is not known, or nobody drew them.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> is_another_map(claim, claim.reading[0], Ensemble(history, publisher="DeepState"))
    True
    """
    if not ensemble.publisher or not ensemble.is_drawn:
        return False
    ours = same_publisher(claim.publisher, ensemble.publisher)
    return not ours and not is_same_map(claim, reading, ensemble)


def interval_of(claim: Claim, reading: Reading, ensemble: Ensemble) -> Interval:
    """Return which interval a figure is judged by.

    A publisher's own figure by what can differ on its own map, that of another publisher by
    the errors of both maps, and any other by how far the truth on the ground may be off.

    Parameters
    ----------
    claim : Claim
        With its publisher and unit.
    reading : Reading
        One of its readings.
    ensemble : Ensemble
        With the publisher of the zones.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="AFP", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> str(interval_of(claim, claim.reading[0], Ensemble(history, publisher="DeepState")))
    'both'
    """
    if is_same_map(claim, reading, ensemble):
        return Interval.DRAWN
    return Interval.BOTH if is_another_map(claim, reading, ensemble) else Interval.GROUND


def error_of_other(claim: Claim, ensemble: Ensemble) -> BoundaryError | None:
    """Return the error of the lines that the publisher of a figure draws, where it is known.

    Parameters
    ----------
    claim : Claim
        With its publisher; of several names the first counts whose error is known.
    ensemble : Ensemble
        With the errors of other publishers.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> day = date(2018, 1, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1, 1)]), np.zeros((1, 1), dtype=np.int16),
    ...     days=(day,), holders=(NOBODY,), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="AFP citing ISW", published=day, value=1,
    ...               unit="km2", not_checkable="-")
    >>> others = {"Institute for the Study of War": BoundaryError(700.0)}
    >>> error_of_other(claim, Ensemble(history, others=others)).boundary_error_m
    700.0
    """
    known = ensemble.others.items()
    return next((each for name, each in known if same_publisher(claim.publisher, name)), None)


def map_of(ensemble: Ensemble, unit: Unit) -> str:
    """Return whose map a figure is computed on, as it stands in a sentence.

    Parameters
    ----------
    ensemble : Ensemble
        Which knows who drew the zones, if anybody did.
    unit : Unit
        Places are counted on a list and not on a map.

    Returns
    -------
    str
        Such as "DeepState's map"; "this map" where nobody knows whose it is.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1, 1)]), np.zeros((1, 1), dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY,), projection=EqualArea(0.0, 0.0))
    >>> map_of(Ensemble(history, publisher="DeepState"), Unit.KM2)
    "DeepState's map"
    """
    if unit is Unit.UNITS:
        return "the table of holders"
    if unit is Unit.PLACES:
        return "the list of all villages" if ensemble.count_draws else "the list of places"
    if not ensemble.is_drawn:
        return "the nearest-place map"
    return owned(ensemble.publisher, "map") if ensemble.publisher else "this map"


def owned(name: str, thing: str) -> str:
    """Return a thing as somebody's.

    Parameters
    ----------
    name : str
        Of somebody.
    thing : str
        What is theirs.

    Examples
    --------
    >>> owned("DeepState", "map"), owned("Areas of Control contributors", "map")
    ("DeepState's map", "Areas of Control contributors' map")
    """
    return f"{name}' {thing}" if name.endswith("s") else f"{name}'s {thing}"

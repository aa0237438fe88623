"""What a publisher may have counted: which labels, overlaps once or twice, which day's file.

Pure arithmetic on drawn zones as they are published, before any cleaning. Each day and
label is an atom whose area is the sum over its features, which is what a tool gives that
adds features up. Ground drawn more than once is found by overlay and taken off again where
a recipe counts ground once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from math import log2

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import InputError, near_hint
from territory.explain.recipes.rings import Rings, rings_of
from territory.geometry.coverage import polygons_in
from territory.geometry.projection import Floats, Ints
from territory.history.snapshot import RawZones
from territory.holders import Holder

MAX_SHIFT = 3  # days
MANY_LABELS = 7  # up to this many, every combination is tried
_AS_DRAWN = 1e-9  # relative; what cleaning changes less is the same figure
_UNCLEANED = "on the zones as they are drawn, before any cleaning"
MAX_TOGGLES = 2  # with more, those this many labels away from what an actor holds


@dataclass(frozen=True)
class Choice:
    """Everything about a recipe but how ground is measured.

    Attributes
    ----------
    id : str
        What is counted, for the table.
    words : str
        The same as a clause: "counting ...".
    bits : float
        How complicated it is: the number of bits it takes to say which of the possible
        departures from the plain measurement it makes. 0 is the plain one.
    plain : bool
        Whether it is just what the question says, with no departure.
    """

    id: str
    words: str
    bits: float
    plain: bool = False


@dataclass(frozen=True, eq=False)
class Counted:
    """Raw zones of some days as atoms.

    Attributes
    ----------
    days : tuple of date
        The file of each day.
    labels : tuple of str
        As published.
    rings : Rings
        Atoms are days x labels, then the pieces of ground drawn more than once.
    piece_day : ndarray of int, shape (p,)
        Index into `days` of every such piece.
    piece_cover : ndarray of int, shape (p, labels)
        How often each label covers it.
    """

    days: tuple[date, ...]
    labels: tuple[str, ...]
    rings: Rings
    piece_day: Ints
    piece_cover: Ints

    @property
    def overlapping(self) -> bool:
        """Whether any ground is drawn more than once."""
        return len(self.piece_day) > 0

    def km2(self, atoms: Floats, subsets: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Return the area of label subsets with overlaps once, and as often as drawn.

        Parameters
        ----------
        atoms : ndarray, shape (metrics, atoms)
        subsets : ndarray of bool, shape (s, labels)

        Returns
        -------
        once, drawn : ndarray, shape (metrics, s, days)
        """
        split = len(self.days) * len(self.labels)
        by_label = atoms[:, :split].reshape(len(atoms), len(self.days), len(self.labels))
        drawn = np.einsum("mdl,sl->msd", by_label, subsets.astype(np.float64))
        beyond = np.maximum(self.piece_cover @ subsets.T.astype(np.int64) - 1, 0)
        excess = np.zeros_like(drawn)
        for day in np.unique(self.piece_day):
            here = self.piece_day == day
            excess[:, :, day] = atoms[:, split:][:, here] @ beyond[here]
        return drawn - excess, drawn


def counted(raws: Sequence[RawZones]) -> Counted:
    """Take raw zones whose actors are the published labels apart.

    Parameters
    ----------
    raws : sequence of RawZones
        One per day; the actor of a holder is its label.

    Examples
    --------
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import Source
    >>> boxes = np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 2)])
    >>> raw = RawZones(date(2022, 1, 1), WGS84, Source(""), (Holder("a"), Holder("b")), boxes)
    >>> counted([raw]).piece_cover.tolist()
    [[1, 1]]
    """
    labels = tuple(sorted({label_of(holder) for raw in raws for holder in raw.holders}))
    shapes: list[NDArray[np.object_]] = []
    atom: list[Ints] = []
    piece_day: list[int] = []
    covers: list[Ints] = [np.zeros((0, len(labels)), dtype=np.int64)]
    pieces: list[NDArray[np.object_]] = []
    for number, raw in enumerate(raws):
        parts, feature = polygons_in(raw.geometry)
        names = np.array([labels.index(label_of(h)) for h in raw.holders], dtype=np.int64)
        shapes.append(parts)
        atom.append(number * len(labels) + names[feature])
        found, cover = repeated_ground(parts, names[feature], len(labels))
        pieces.append(found)
        covers.append(cover)
        piece_day += [number] * len(found)
    split = len(raws) * len(labels)
    atom.append(np.arange(len(piece_day)) + split)
    rings = rings_of(
        np.concatenate([*shapes, *pieces]),
        np.concatenate(atom),
        crs=raws[0].crs,
        atoms=split + len(piece_day),
    )
    days = tuple(raw.day for raw in raws)
    return Counted(days, labels, rings, np.array(piece_day, dtype=np.int64), np.vstack(covers))


def label_of(holder: Holder) -> str:
    """Return the label of a raw feature: its actor, with the status unless plainly held.

    Parameters
    ----------
    holder : Holder
        Its actor is the published label.
    """
    return str(holder)


def repeated_ground(
    parts: NDArray[np.object_], label: Ints, labels: int
) -> tuple[NDArray[np.object_], Ints]:
    """Return the pieces of ground that several polygons cover, and how often each label does.

    Parameters
    ----------
    parts : ndarray of Polygon
        May be invalid; each is mended for this purpose only.
    label : ndarray of int
        Of each polygon.
    labels : int
        How many labels there are.

    Returns
    -------
    pieces : ndarray of Polygon, shape (p,)
        In the CRS of the polygons.
    times : ndarray of int, shape (p, labels)
        How often each label covers each piece; two or more in all.
    """
    mended = shapely.make_valid(parts, method="structure", keep_collapsed=False)
    different, which = _different(mended)
    drawn = np.zeros((len(different), labels), dtype=np.int64)
    np.add.at(drawn, (which, label), 1)
    tree = shapely.STRtree(different)
    one, other = tree.query(different, predicate="intersects")
    common, _ = polygons_in(
        shapely.intersection(different[one[one < other]], different[other[one < other]])
    )
    lines = shapely.boundary(np.append(_different(common)[0], different[drawn.sum(axis=1) > 1]))
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    point, cover = tree.query(shapely.point_on_surface(faces), predicate="within")
    times = np.zeros((len(faces), labels), dtype=np.int64)
    np.add.at(times, point, drawn[cover])
    several = times.sum(axis=1) > 1
    return faces[several], times[several]


def _different(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], Ints]:
    """Return geometries without repeats, and which of them each is."""
    if not len(geometries):
        return geometries, np.zeros(0, dtype=np.int64)
    written = shapely.to_wkb(shapely.normalize(geometries))
    _, first, which = np.unique(written, return_index=True, return_inverse=True)
    return geometries[first], np.asarray(which, dtype=np.int64)


@dataclass(frozen=True)
class Subset:
    """Labels that may have been counted together, and how far they are from plain."""

    labels: tuple[str, ...]
    bits: float


def label_subsets(labels: Sequence[str], plain: Mapping[str, frozenset[str]]) -> tuple[Subset, ...]:
    """Return the sets of labels to try, each with its distance from what an actor holds.

    Parameters
    ----------
    labels : sequence of str
        All that occur.
    plain : mapping of str to frozenset of str
        For each actor the question may be about, the labels that mean it holds the
        ground. Saying which actor costs bits, and so does each label more or less.

    Examples
    --------
    >>> for subset in label_subsets(["a", "b"], {"x": frozenset("a")}):
    ...     print(subset)
    Subset(labels=('a',), bits=0.0)
    Subset(labels=('a', 'b'), bits=2.0)
    Subset(labels=('b',), bits=4.0)
    """
    toggle = 1 + log2(max(len(labels), 1))
    most = len(labels) if len(labels) <= MANY_LABELS else MAX_TOGGLES
    best: dict[frozenset[str], float] = {}
    for start in plain.values():
        for count in range(most + 1):
            for changed in combinations(labels, count):
                subset = start.symmetric_difference(changed) & frozenset(labels)
                bits = log2(len(plain)) + count * toggle
                if subset and bits < best.get(subset, np.inf):
                    best[subset] = bits
    ordered = sorted(best.items(), key=lambda item: (item[1], sorted(item[0])))
    return tuple(Subset(tuple(sorted(subset)), bits) for subset, bits in ordered)


@dataclass(frozen=True, eq=False)
class Table:
    """What every choice gives, day by day.

    Attributes
    ----------
    choices : tuple of Choice, length c
    days : ndarray of object, shape (c, d)
        The published day of each column, by choice; None where there is no file.
    values : ndarray, shape (metrics, c, d)
        In the unit of the published figures; NaN where there is no file.
    """

    choices: tuple[Choice, ...]
    days: NDArray[np.object_]
    values: Floats

    def published(self, figures: Mapping[date, float]) -> Floats:
        """Return what was published for each choice and column; NaN where there is no file.

        Parameters
        ----------
        figures : mapping of date to float
            Published figures by day; every day of the table has one.

        Returns
        -------
        ndarray, shape (c, d)
            In the unit of the figures.
        """
        described = [[np.nan if day is None else figures[day] for day in row] for row in self.days]
        return np.array(described, dtype=np.float64).reshape(self.days.shape)

    def adding(self, km2: float) -> "Table":
        """Return the table with something added to every figure.

        Parameters
        ----------
        km2 : float
            What the publisher adds for ground that it does not draw.
        """
        return replace(self, values=self.values + km2) if km2 else self

    def with_plain(self, truly: int, figure: float) -> "Table":
        """Return the table with the plain figure as it was measured elsewhere.

        Where that is another one than of the zones as they are drawn, those become a
        choice of their own.

        Parameters
        ----------
        truly : int
            The row of the true metric.
        figure : float
            Of the plain choice, in the same unit.
        """
        plain = [choice.plain for choice in self.choices].index(True)
        drawn = self.values[truly, plain]
        there = np.isfinite(drawn)
        values = self.values.copy()
        values[truly, plain, there] = figure
        if np.allclose(drawn[there], figure, rtol=_AS_DRAWN, atol=0.0):
            return replace(self, values=values)
        own = self.choices[plain]
        choice = Choice(f"{own.id}; as drawn", _UNCLEANED, own.bits + 1)
        column = np.full((len(values), 1, values.shape[2]), np.nan)
        column[truly, 0] = drawn
        return Table(
            (*self.choices, choice),
            np.concatenate([self.days, self.days[[plain]]]),
            np.concatenate([values, column], axis=1),
        )


def zone_table(
    zones: Counted,
    atoms: Floats,
    subsets: Sequence[Subset],
    published: Collection[date],
    *,
    meaning: Mapping[str, str],
) -> Table:
    """Compute what every choice gives for the published days.

    Parameters
    ----------
    zones : Counted
        The pieces that are added up, and how often each label covers them, day by day.
    atoms : ndarray, shape (metrics, atoms)
        Areas in km2 by metric.
    subsets : sequence of Subset
        Labels that may have been counted together.
    published : collection of date
        The days that a figure was published for.
    meaning : mapping of str to str
        What labels mean, where that is another word.
    """
    known = {name: i for i, name in enumerate(zones.labels)}
    wanted = np.zeros((len(subsets), len(zones.labels)), dtype=bool)
    for row, subset in enumerate(subsets):
        wanted[row, [known[name] for name in subset.labels if name in known]] = True
    once, drawn = zones.km2(atoms, wanted)
    ways = _ways(zones, once, drawn)
    choices: list[Choice] = []
    values: list[Floats] = []
    days: list[list[date | None]] = []
    for shift in _shifts():
        when = [zones_day - timedelta(days=shift) for zones_day in zones.days]
        there = [day if day in published else None for day in when]
        gap = np.where([day is None for day in there], np.nan, 0.0)
        for words, bits, km2 in ways:
            for row, subset in enumerate(subsets):
                choices.append(_choice(subset, words, bits, shift, meaning))
                values.append(km2[:, row] + gap)
                days.append(there)
    return Table(
        tuple(choices),
        np.array(days, dtype=object).reshape(len(choices), len(zones.days)),
        np.stack(values, axis=1),
    )


def _ways(zones: Counted, once: Floats, drawn: Floats) -> Iterable[tuple[str, float, Floats]]:
    plain = ("", 0.0, once)
    if not zones.overlapping:
        return [plain]
    return [plain, ("overlaps counted as often as drawn", 1.0, drawn)]


def _shifts() -> tuple[int, ...]:
    return (0, *(sign * days for days in range(1, MAX_SHIFT + 1) for sign in (1, -1)))


def shift_bits(shift: int) -> float:
    """Return what taking another day's file costs: one bit, and which of the days.

    Parameters
    ----------
    shift : int
        By how many days the file is off the published day; 0 for the day's own.
    """
    return 1 + log2(2 * MAX_SHIFT) if shift else 0.0


def _choice(
    subset: Subset, how: str, how_bits: float, shift: int, meaning: Mapping[str, str]
) -> Choice:
    parts = [" + ".join(subset.labels)]
    described = [f"counting {_listed(subset.labels, meaning)}"] if subset.bits else []
    if how:
        parts.append(how)
        described.append("with features added up, so that overlapping ground counts twice")
    if shift:
        count = f"{abs(shift)} day{'s' if abs(shift) > 1 else ''}"
        which = f"{count} {'later' if shift > 0 else 'earlier'}"
        parts.append(f"file of {which}")
        described.append(f"on the map of {which}")
    bits = subset.bits + how_bits + shift_bits(shift)
    return Choice("; ".join(parts), ", ".join(described), bits, plain=not described)


def _listed(names: Sequence[str], meaning: Mapping[str, str]) -> str:
    *others, last = [
        f"'{name}' ({meaning[name]})" if name in meaning else f"'{name}'" for name in names
    ]
    return f"{', '.join(others)} and {last}" if others else last


def require_days(published: Collection[date], available: Sequence[date]) -> None:
    """Refuse published days for none of which there is a file.

    Parameters
    ----------
    published : collection of date
        Days that have a figure; at least one.
    available : sequence of date
        Days that have a file; at least one.

    Raises
    ------
    InputError
        Naming the nearest days.
    """
    if set(published) & set(available):
        return
    if len(published) == 1:
        (day,) = published
        raise InputError(f"no file for {day}; {near_hint(day, available)}")
    raise InputError(
        f"no day in common: published are {min(published)} to {max(published)},"
        f" the files are of {min(available)} to {max(available)}"
    )

"""What may stand in a claims file: figures as published, and what each may mean.

A wrong key, a unit that does not fit its quantity, a period that runs backwards are
refused here, before any polygon is read. Whether a figure can be true at all is for
`territory.claims.plausibility`.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from territory.claims.figures import (
    AREAL,
    AREAS,
    SHARES,
    Companion,
    Day,
    Figure,
    Published,
    Reference,
    Strict,
    Unit,
)
from territory.errors import ClaimError, did_you_mean
from territory.holders import Status


class Kind(StrEnum):
    """What is measured."""

    GAINED = "gained"
    LOST = "lost"
    NET = "net"
    TOTAL = "total"
    SHARE = "share"
    CHANGED_HANDS = "changed-hands"
    EVER_LOST = "ever-lost"
    BELOW_MAXIMUM = "below-maximum"


class Verdict(StrEnum):
    """How a reading came out."""

    CONSISTENT = "consistent"
    ONLY_AS = "consistent only as"
    INCONSISTENT = "inconsistent"
    NOT_CHECKABLE = "not checkable"


# What a reading may name besides its quantity: anything else would have no effect.
_TAKES = {
    Kind.GAINED: ("by", "from"),
    Kind.LOST: ("by", "to"),
    Kind.NET: ("by", "from", "to"),
    Kind.TOTAL: ("by",),
    Kind.SHARE: ("by", "from"),
    Kind.CHANGED_HANDS: (),
    Kind.EVER_LOST: ("by",),
    Kind.BELOW_MAXIMUM: ("by",),
}
_CHANGES = (Kind.GAINED, Kind.LOST, Kind.NET, Kind.CHANGED_HANDS)
_ON_A_DAY = (Kind.TOTAL, Kind.SHARE)
SINCE_MOST = (Kind.EVER_LOST, Kind.BELOW_MAXIMUM)  # every snapshot of the period is looked at


class Reading(Reference):
    """One exact meaning of a published sentence.

    Attributes
    ----------
    name : str
        By which tables and messages know it; once in its claim.
    quantity : Kind
        ``gained``: ground that `by` holds at the end and did not at the start (from
        `from`, or from anyone). ``lost``: the other way round (to `to`, or to anyone).
        ``net``: gained less lost. ``total``: ground held on a day. ``share``: on a day,
        percent of the area or of `of`; over a period, percent of what `from` held at its
        start that `by` holds at its end. ``changed-hands``: ground whose holder differs,
        or how firmly it is held.
        ``ever-lost``: ground that `by` held on any day of the period and not on its last,
        whenever it was taken and lost ("liberated since the invasion"). ``below-maximum``: by
        how much its area on the last day is below that of the day on which it was largest,
        what was taken meanwhile taken off ("less than at the peak"). The second is never more
        than the first. In percent without `of`, both are of what was ever held, or of the
        largest area.
        In percent (with `of`) and percentage points a change is that of the share.
    by, from_, to : tuple of str
        Actors, as in the tables: ``"russia"`` (with any of the statuses in `status`), or
        ``"russia (claimed)"`` for just that. Ground that passes between two actors of one
        list, or from one status of an actor to another that counts, has not changed hands.
    status : tuple of Status
        Which statuses count as having the ground; held by default. Of what changed hands all do.
    path : bool
        Follow the ground along every snapshot of the period instead of comparing its ends:
        what is taken, lost and taken again counts each time.
    area : str
        An area that the job or ``--area NAME=PLACE`` names; the whole by default.
    period, day
        Override those of the claim; a total is about a day, a share about either, all else about a
        period.
    plus : float
        Km2 that the publisher adds for ground it does not draw; for totals.
    same_map : bool or None
        The publisher measured these very polygons, so the position of the line is no
        source of difference; what is left is the rounding of the figure, the hour of the
        day at which the map was cut and the way of measuring.
        Without it the interval of a small change is
        so wide that nearly any figure fits. None: as the claim says, and where that says
        nothing, if the series is of the publisher of the claim.
    lower_bound : str
        Why the computed figure is only a lower bound; empty where it is not.
    of : float, str or tuple of str, optional
        Of what a share is taken, instead of the area; with `of_low`, `of_high` and `of_name` it
        goes before that of the claim.
    """

    name: str
    quantity: Kind
    by: tuple[str, ...] = ()
    from_: Annotated[tuple[str, ...], Field(alias="from")] = ()
    to: tuple[str, ...] = ()
    status: tuple[Status, ...] = (Status.HELD,)
    path: bool = False
    area: str = "all"
    period: tuple[Day, Day] | None = None
    day: Day | None = None
    plus: Figure = 0.0
    same_map: bool | None = None
    lower_bound: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.quantity is not Kind.CHANGED_HANDS and not self.by:
            raise ValueError(f"a reading of '{self.quantity}' needs 'by' (whose ground)")
        if self.quantity is Kind.LOST and self.from_:
            raise ValueError("a reading of 'lost' takes 'to' (who got it), not 'from'")
        for key, actors in (("by", self.by), ("from", self.from_), ("to", self.to)):
            if actors and key not in _TAKES[self.quantity]:
                raise ValueError(f"a reading of '{self.quantity}' takes no '{key}'")
        if self.quantity is Kind.CHANGED_HANDS and "status" in self.model_fields_set:
            raise ValueError(f"a reading of '{self.quantity}' takes no 'status': all of them count")
        for actor in sorted({*self.by} & {*self.from_, *self.to}):
            raise ValueError(f"'{actor}' cannot be in 'by' and in 'from' or 'to'")
        for key, does_nothing in (
            ("day", self.quantity not in _ON_A_DAY),
            ("period", self.quantity is Kind.TOTAL or self.day is not None),
        ):
            if does_nothing and getattr(self, key) is not None:
                beside = " beside 'day'" if self.day and self.quantity is Kind.SHARE else ""
                raise ValueError(f"a reading of '{self.quantity}' takes no '{key}'{beside}")
        if not self.status:
            raise ValueError("'status' is empty, so no ground would count")
        if self.path and self.quantity in SINCE_MOST:
            raise ValueError(f"'{self.quantity}' follows every snapshot anyway; leave 'path' out")
        if self.path and self.quantity not in _CHANGES:
            raise ValueError(f"a reading of '{self.quantity}' is about days, so it has no path")
        return self


class Claim(Published):
    """One published figure.

    Attributes
    ----------
    id : str
        Letters, digits, points, dashes and underscores; once in the file.
    text, publisher, url : str
        The sentence as it was published, by whom and where.
    published : date
        When.
    also : tuple of Companion
        The same amount in other units; see `territory.claims.plausibility`.
    period : (date, date), optional
        The ends of the period that it is about, in order; readings may name others.
    day : date, optional
        The day that it is about; readings may name another.
    same_map : bool or None
        As in its readings, for those that do not say.
    caveat : str
        What the data are known to lack that the figure turns on; said with the answer.
    not_checkable : str
        Why these data cannot answer it; such a claim has no reading.
    reading : tuple of Reading
        What the sentence may mean.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    text: str
    publisher: str
    published: Day
    url: str = ""
    also: tuple[Companion, ...] = ()
    period: tuple[Day, Day] | None = None
    day: Day | None = None
    same_map: bool | None = None
    caveat: str = ""
    not_checkable: str = ""
    reading: tuple[Reading, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.reading) == bool(self.not_checkable):
            raise ValueError("a claim needs readings, or 'not_checkable' with the reason")
        names = [reading.name for reading in self.reading]
        if len(set(names)) < len(names):
            raise ValueError("two readings of one claim have the same name")
        for reading in self.reading:
            _check_unit(reading, self)
            _check_dates(reading, self)
        return self


def _check_unit(reading: Reading, claim: Claim) -> None:
    """Refuse a unit that cannot count the quantity, and keys that would do nothing."""
    this, unit = f"reading '{reading.name}': ", claim.unit
    of = reading.of if reading.of is not None else claim.of
    quantity = reading.quantity
    fits = {
        **dict.fromkeys(AREAS, quantity is not Kind.SHARE),
        Unit.PLACES: quantity is not Kind.SHARE,
        Unit.UNITS: quantity is not Kind.SHARE,
        Unit.PEOPLE: quantity is not Kind.SHARE,
        Unit.PERCENT: quantity in (Kind.SHARE, *SINCE_MOST)
        or (quantity in _CHANGES and of is not None),
        Unit.POINTS: quantity in _CHANGES,
    }[unit]
    if not fits:
        hint = "; say 'of' what" if unit is Unit.PERCENT and quantity in _CHANGES else ""
        raise ValueError(f"{this}quantity '{quantity}' does not fit unit '{unit}'{hint}")
    if reading.of is not None and unit not in SHARES:
        raise ValueError(f"{this}'of' is for shares, not for unit '{unit}'")
    if reading.plus and (unit not in AREAS or quantity is not Kind.TOTAL):
        raise ValueError(f"{this}'plus' is for totals of area, not for '{quantity}' in '{unit}'")
    if (reading.same_map or claim.same_map) and unit not in AREAL:
        raise ValueError(f"{this}'same_map' is for areas, not for unit '{unit}'")
    if reading.of is not None and reading.from_ and quantity is Kind.SHARE:
        raise ValueError(f"{this}a share is of what 'from' held or of 'of', not of both")


def _check_dates(reading: Reading, claim: Claim) -> None:
    days = days_of(reading, claim)
    this = f"reading '{reading.name}' of '{reading.quantity}'"
    if not days:
        needed = "day" if reading.quantity is Kind.TOTAL else "period"
        raise ValueError(f"{this} needs a {needed}")
    if days[0] >= days[-1] and len(days) > 1:
        what = "is empty" if days[0] == days[1] else "runs backwards"
        raise ValueError(f"{this}: the period {days[0]} to {days[1]} {what}")
    if reading.quantity is Kind.SHARE and bool(reading.from_) != (len(days) > 1):
        raise ValueError(
            f"{this} needs 'from' (whose ground is the whole) over a period, and none on a day"
        )


class Claims(Strict):
    """A claims file.

    Attributes
    ----------
    claim : tuple of Claim
        In the order of the file.
    """

    claim: tuple[Claim, ...]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        seen: set[str] = set()
        for claim in self.claim:
            if claim.id in seen:
                raise ValueError(f"two claims have the id '{claim.id}'")
            seen.add(claim.id)
        return self

    def only(self, ids: Sequence[str]) -> "Claims":
        """Return the claims with these ids; all of them for none.

        Parameters
        ----------
        ids : sequence of str
            In the order in which the claims are to stand.

        Raises
        ------
        ClaimError
            If no claim has one of the ids.
        """
        known = {claim.id: claim for claim in self.claim}
        for each in ids:
            if each not in known:
                raise ClaimError(f"no claim has the id '{each}'; {did_you_mean(each, known)}")
        return Claims(claim=tuple(known[each] for each in ids)) if ids else self

    def within(self, area: str) -> "Claims":
        """Return the claims with every reading about one area.

        Parameters
        ----------
        area : str
            A named area.
        """
        about = {"area": area}
        return Claims(
            claim=tuple(
                each.model_copy(
                    update={"reading": tuple(r.model_copy(update=about) for r in each.reading)}
                )
                for each in self.claim
            )
        )

    def readings(self) -> Iterator[tuple[Claim, Reading]]:
        """Yield every reading with its claim.

        Yields
        ------
        tuple of Claim and Reading
            In the order of the file.
        """
        for claim in self.claim:
            for reading in claim.reading:
                yield claim, reading

    def days(self) -> tuple[date, ...]:
        """Return every day that any reading needs, sorted."""
        found = {day for claim, reading in self.readings() for day in days_of(reading, claim)}
        return tuple(sorted(found))

    def asking_for(self, area: str) -> tuple[str, ...]:
        """Return the readings that are about an area, as messages name them.

        Parameters
        ----------
        area : str
            A named area, or ``"all"``.
        """
        found = (at(*each) for each in self.readings() if each[1].area == area)
        return tuple(found)

    def names_countries(self) -> bool:
        """Return whether any share or place is that of a country named without its size."""
        references = (each for claim in self.claim for each in (claim, *claim.also, *claim.reading))
        return any(each.countries for each in references)


def at(claim: Claim, reading: Reading) -> str:
    """Return where a reading stands, as messages name it.

    Parameters
    ----------
    claim : Claim
        The claim of the reading.
    reading : Reading
        One of its readings.

    Examples
    --------
    >>> reading = Reading(name="taken", quantity="gained", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 1), value=2,
    ...               unit="km2", period=(date(2018, 1, 1), date(2018, 2, 1)), reading=(reading,))
    >>> at(claim, reading)
    "claim 'x', reading 'taken'"
    """
    return f"claim '{claim.id}', reading '{reading.name}'"


def days_of(reading: Reading, claim: Claim) -> tuple[date, ...]:
    """Return the days a reading needs: one, or the two ends of its period.

    What the reading says goes before what the claim says, and a day before a period.

    Parameters
    ----------
    reading : Reading
        What it says goes before what the claim says.
    claim : Claim
        The claim of the reading.

    Returns
    -------
    tuple of date
        In order; none where neither says it.

    Examples
    --------
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> reading = Reading(name="taken", quantity="gained", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=2, unit="km2",
    ...               period=(start, end), reading=(reading,))
    >>> [str(day) for day in days_of(reading, claim)]
    ['2018-01-01', '2018-02-01']
    """
    for each in (reading, claim):
        if each.day and reading.quantity in _ON_A_DAY:
            return (each.day,)
        if each.period and reading.quantity is not Kind.TOTAL:
            return each.period
    return ()

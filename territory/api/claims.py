"""A published figure as a caller writes it, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from territory.api.days import day_of
from territory.api.layers import plain
from territory.api.tables import html_of, table
from territory.api.texts import text_of
from territory.claims.model import Claim as ClaimModel
from territory.claims.model import Claims, Kind, days_of
from territory.claims.precision import Precision, precision_of
from territory.claims.rows import VERDICT_COLUMNS, verdict_rows
from territory.claims.summaries import summary
from territory.claims.verdicts import Judgement
from territory.errors import ClaimError, InputError, did_you_mean
from territory.measure.estimate import Estimate
from territory.read.text_files import read_toml, with_values

_READING = ("quantity", "by", "from", "to", "status", "path", "area", "plus", "lower_bound")


class Claim:
    """One published figure, in the words of the claims file.

    Parameters
    ----------
    value : float or str
        As published; text keeps its digits (``"1.0"``, ``"3,035"``).
    words : str
        How it was put: exact, rounded, roughly, over, under, nearly, just over or between; or
        as it was written, such as "about", "at least", "up to", "almost". `precision`, as the
        claims file calls it, is the same.
    unit : str
        km2, sqmi (square miles), ha (hectares), acres, dunams, percent, points, places, units
        (districts held) or people.
    quantity : str
        gained, lost, net, total, share, changed-hands, ever-lost (held on any day of the
        period and not on its last) or below-maximum (the largest area less that of the last day).
    by, from_, to : str or sequence of str
        Actors: whose figure it is, who lost the ground, who got it.
    status : str or sequence of str
        What counts as having ground: held, claimed, contested.
    period : (day, day), optional
        Of a change.
    day : str, date or Timestamp, optional
        Of a total or share.
    area : str
        A named area; the whole by default.
    id, text, publisher : str
        Shown in answers. Of a publisher that is also that of the zones, their lines are
        the very same.
    published : str, date or Timestamp, optional
        When it was published; the last day it is about by default.
    reading : sequence of mapping, optional
        Several meanings, each with the keys of ``[[claim.reading]]``, instead of `quantity`
        and its actors.
    **more
        Any other key of ``[[claim]]`` (``of``, ``same_map``, ``caveat``, ...) or of a reading
        (``path``, ``plus``, ``lower_bound``).

    Raises
    ------
    ClaimError
        If a word is unknown, or the figure cannot be meant so.

    Examples
    --------
    >>> Claim(value=505, words="rounded", quantity="net", by="Russia",
    ...       period=("2025-11-01", "2025-12-01"))
    <Claim 505 km2 rounded: net, by Russia, 2025-11-01 to 2025-12-01>
    """

    model: ClaimModel

    def __init__(
        self,
        value: float | str,
        *,
        words: str = "",
        precision: str = "",
        unit: str = "km2",
        quantity: str = "",
        by: str | Sequence[str] = (),
        from_: str | Sequence[str] = (),
        to: str | Sequence[str] = (),
        status: str | Sequence[str] = (),
        period: tuple[object, object] | None = None,
        day: object = None,
        area: str = "all",
        id: str = "claim",
        text: str = "",
        publisher: str = "",
        published: object = None,
        reading: Sequence[Mapping[str, object]] = (),
        **more: object,
    ) -> None:
        quantity = text_of(quantity, "quantity")
        own = {key: more.pop(key) for key in _READING if key in more}
        actors = {"by": by, "from": from_, "to": to, "status": status}
        given = {key: names_of(names, key) for key, names in actors.items()}
        own |= {key: names for key, names in given.items() if names}
        days = {"period": _period(period), "day": None if day is None else day_of(day, "day")}
        dated = None if published is None else day_of(published, "published")
        when = dated or days["day"] or (days["period"] or (None, None))[1]  # type: ignore[index]
        if when is None:
            raise ClaimError("a figure needs a day= (of a total) or a period=(first, last)")
        meanings = _meanings(reading)
        if meanings and (quantity or own):
            raise ClaimError("give quantity= and its actors, or reading= (several), not both")
        meant = [
            {"name": quantity or "claim", "quantity": _quantity(quantity), "area": area, **own}
        ]
        self.model = _modelled(
            {
                **more,
                "id": id,
                "text": text,
                "publisher": publisher,
                "published": day_of(when, "published"),
                "value": plain(value),
                "unit": text_of(unit, "unit"),
                "precision": _precision(text_of(words, "words"), text_of(precision, "precision")),
                "reading": meanings or meant,
                **{key: found for key, found in days.items() if found is not None},
            }
        )

    @classmethod
    def from_file(cls, path: str | Path) -> "tuple[Claim, ...]":
        """Return every claim of a claims file.

        Parameters
        ----------
        path : str or Path
            CLAIMS.toml.

        Returns
        -------
        tuple of Claim

        Raises
        ------
        InputError
            If the file is not understood.
        """
        if not isinstance(path, str | Path):
            raise InputError(f"a claims file is needed, not {path!r:.60}; such as 'claims.toml'")
        return tuple(cls._of(each) for each in read_toml(Path(path), Claims).claim)

    @classmethod
    def _of(cls, model: ClaimModel) -> "Claim":
        found = cls.__new__(cls)
        found.model = model
        return found

    def __repr__(self) -> str:
        """Return the figure, what it means and when, in one line."""
        if not self.model.reading:
            return f"<Claim {self.model.wording()}: {self.model.not_checkable}>"
        first, more = self.model.reading[0], len(self.model.reading) - 1
        about = [str(first.quantity)]
        for word, names in (("by", first.by), ("from", first.from_), ("to", first.to)):
            about += [f"{word} {' and '.join(names)}"] if names else []
        days = days_of(first, self.model)
        about += [" to ".join(map(str, days))] if days else []
        about += [f"and {more} more readings"] if more else []
        figure = f"{self.model.wording()} {self.model.precision}"
        return f"<Claim {figure}: {', '.join(about)}>"


def _modelled(values: Mapping[str, object]) -> ClaimModel:
    """Check a claim as one of a claims file is checked."""
    try:
        return with_values(ClaimModel.model_construct(), values)
    except ClaimError:
        raise
    except InputError as error:
        raise ClaimError(error.problem) from None


def names_of(names: object, key: str) -> tuple[str, ...]:
    """Return one name, several or none as several.

    Parameters
    ----------
    names : str, iterable of str, or None
        Of actors, or of statuses; none for None or an empty text.
    key : str
        The argument that names them, for the message.

    Raises
    ------
    ClaimError
        If it is neither a name nor a list of names.

    Examples
    --------
    >>> names_of("Red", "by"), names_of(["Red", "Blue"], "by")
    (('Red',), ('Red', 'Blue'))
    """
    if names is None or isinstance(names, str):
        return (names,) if names else ()
    found = tuple(names) if isinstance(names, Iterable) else (names,)
    if all(isinstance(each, str) for each in found):
        return tuple(sorted(found)) if isinstance(names, Set) else found
    raise ClaimError(f"{key}: {names!r:.60} is no name, nor a list of names")


def _period(period: object) -> tuple[object, object] | None:
    if period is None:
        return None
    days: tuple[object, ...] = ()
    if isinstance(period, Iterable) and not isinstance(period, str | Set | Mapping):
        days = tuple(period)
    if len(days) != 2:  # noqa: PLR2004
        raise ClaimError(f"period: {period!r:.60} is not (first day, last day)")
    return day_of(days[0], "period"), day_of(days[1], "period")


def _meanings(reading: object) -> list[dict[str, object]]:
    """Return several meanings of a figure, each with its keys; none for None."""
    if reading is None:
        return []
    is_list = isinstance(reading, Iterable) and not isinstance(reading, str | Mapping)
    found = list(reading) if is_list else [reading]  # type: ignore[call-overload]
    meanings = [dict(each) for each in found if isinstance(each, Mapping)]
    if not is_list or len(meanings) < len(found):
        raise ClaimError(f"reading: {reading!r:.60} is no list of readings, such as [{{...}}]")
    return meanings


def _quantity(quantity: str) -> str:
    if quantity in list(Kind) or not quantity:
        return quantity
    raise ClaimError(f"unknown quantity '{quantity}'; {did_you_mean(quantity, map(str, Kind))}")


def _precision(words: str, precision: str) -> str:
    if words and precision and words != precision:
        raise ClaimError(f"words '{words}' and precision '{precision}' are one thing; give one")
    try:
        return precision_of(words or precision or Precision.ROUNDED)
    except ValueError as error:
        raise ClaimError(f"words: {error}") from None


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """What became of a question: a sentence, and the table behind it.

    Attributes
    ----------
    sentence : str
        For readers without GIS.
    frame : DataFrame
        With the columns that the command line prints.
    """

    sentence: str
    frame: pd.DataFrame

    def __repr__(self) -> str:
        """Return the sentence."""
        return f"<{type(self).__name__}: {self.sentence}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>{html_of(self.frame)}"


@dataclass(frozen=True, eq=False, repr=False)
class Verdict(Answer):
    """How a claim came out, reading by reading.

    Attributes
    ----------
    verdict : str
        Of the first reading: consistent, inconsistent, not checkable, or consistent only as
        one of them.
    computed : Estimate or None
        The figure of the first reading, with its interval; None where it is not checkable.
    """

    verdict: str
    computed: Estimate | None


def verdict_of(judgements: tuple[Judgement, ...]) -> Verdict:
    """Return the judgements of one claim as one verdict.

    Parameters
    ----------
    judgements : tuple of Judgement
        All of one claim, one for each reading; at least one.

    Returns
    -------
    Verdict
        Its sentence covers all readings; the computed figure is that of the first.
    """
    frame = table(verdict_rows(judgements), VERDICT_COLUMNS)
    first = judgements[0]
    return Verdict(summary(judgements), frame, str(first.verdict), first.computed)

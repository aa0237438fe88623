"""When the features of a series hold, decided on all of its files at once.

So one file an actor means the same as all actors in one file. The rules are those of
`territory.read.spans`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from territory.errors import InputError
from territory.findings import Finding
from territory.read.column import Column, no_day
from territory.read.day_columns import columns_of
from territory.read.formats.layer import Layer
from territory.read.profile import Profile
from territory.read.span_faults import refuse_misread
from territory.read.span_findings import about_columns, about_guesses, about_spans
from territory.read.spans import (
    Span,
    are_snapshots,
    spans_of,
    with_misread_spells,
    with_open_ends,
    with_two_meanings,
)


@dataclass(frozen=True, eq=False)
class Times:
    """When the features of a series hold.

    Attributes
    ----------
    layers : tuple of Layer
        Of all files.
    instants : tuple of Column
        What gives the one day of a feature; the first that is there counts.
    spans : mapping of int to tuple of Span or None
        By layer, one for each feature; only of layers that have any.
    refused : mapping of int to InputError
        Layers whose days cannot be understood.
    findings : tuple of Finding
        What was read, and what may be misread.
    of_spans : bool
        Whether the one day of each feature is that of a span: no other day may replace it.
    """

    layers: tuple[Layer, ...]
    instants: tuple[Column, ...]
    spans: Mapping[int, tuple[Span | None, ...]]
    refused: Mapping[int, InputError]
    findings: tuple[Finding, ...]
    of_spans: bool = False

    def own_day(self, number: int, row: int) -> date | None:
        """Return the one day that a feature names, None where it names none.

        Parameters
        ----------
        number : int
            Of the layer, from 0.
        row : int
            Number of the feature in it, from 0.

        Raises
        ------
        InputError
            If what it names is no day.
        """
        for each in self.instants:
            if (moment := each.at(number, row)) is not None:
                return moment.first
            wrong = [value for n, r, value in each.odd if (n, r) == (number, row)]
            if wrong:
                why = no_day(wrong[0], each.order, each.day_format)
                problem = f"'{wrong[0]}' in '{each.called(number)}' {why}"
                raise InputError(problem, file=self.layers[number].file, feature=row + 1)
        return None

    def own_clock(self, number: int, row: int) -> float:
        """Return the time of the day that a feature names, in seconds; NaN where it names none.

        Parameters
        ----------
        number, row
            As of `own_day`.
        """
        moments = (each.at(number, row) for each in self.instants)
        moment = next((each for each in moments if each is not None), None)
        return float("nan") if moment is None or moment.clock_s is None else float(moment.clock_s)


def times_of(layers: Sequence[Layer], profile: Profile) -> Times:
    """Find out when the features of a series hold.

    Parameters
    ----------
    layers : sequence of Layer
        Of all files of the series.
    profile : Profile
        Says which properties say days, and how.

    Raises
    ------
    InputError
        If the profile reads only the start of features that also carry an end, or nothing
        reads what by its name is one.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import WGS84
    >>> rows = {"valid_from": "2020-01-01", "valid_to": None}, {"valid_from": "2020-01-01",
    ...         "valid_to": "2020-06-30"}
    >>> layer = Layer("a.geojson", "a", WGS84, rows, np.array([shapely.box(0, 0, 1, 1)] * 2))
    >>> times = times_of([layer], Profile(name="p"))
    >>> [str(span.last) for span in times.spans[0]]
    ['9999-12-31', '2020-06-30']
    """
    columns = columns_of(layers, profile)
    refuse_misread(columns)
    spans, refused = spans_of(columns)
    refused = {**with_open_ends(columns), **with_misread_spells(columns), **refused}
    snapshots = are_snapshots(spans, columns)
    about: tuple[Finding, ...] = ()
    days = columns.days
    if snapshots:
        days, spans = (*days, *(each for pair in columns.pairs for each in pair.since)), {}
    else:
        about = tuple(about_spans(spans, columns))
        refused |= with_two_meanings(spans, columns)
    findings = (*about_columns(columns), *about, *about_guesses(columns))
    return Times(columns.layers, days, spans, refused, findings, of_spans=snapshots)

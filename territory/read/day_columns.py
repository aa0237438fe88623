"""What the properties of a series say of days: which give one day, and which a span of time.

The usual pairs of properties say since and until when; a profile may name others. What counts
is decided on all files at once, so one file an actor means the same as all actors in one file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from territory.read.column import (
    PAIRS,
    Column,
    Pair,
    bare,
    column,
    each_on_its_clock,
    pair_of,
    pair_on_its_clock,
)
from territory.read.formats.layer import Layer
from territory.read.profile import Profile

_USUAL = frozenset(bare(name) for pair in PAIRS for name in pair)


@dataclass(frozen=True, eq=False)
class DayColumns:
    """The properties of a series that say when its features hold.

    Attributes
    ----------
    layers : tuple of Layer
        Of all files.
    keys : tuple of frozenset of str
        The properties of each layer.
    profile : Profile
        Which of them to read, and how.
    instants : tuple of Column
        What gives the one day of a feature; the first that is there counts.
    pairs : tuple of Pair
        What gives its span.
    alone : tuple of Column
        What says since when, without anything that says until when.
    usual : tuple of Pair
        The usual pairs of which one side is there at least, as they stand in the files;
        none where the profile names its own.
    """

    layers: tuple[Layer, ...]
    keys: tuple[frozenset[str], ...]
    profile: Profile
    instants: tuple[Column, ...] = ()
    pairs: tuple[Pair, ...] = ()
    alone: tuple[Column, ...] = ()
    usual: tuple[Pair, ...] = ()

    @property
    def are_inferred(self) -> bool:
        """Whether the profile leaves it open which properties say until when."""
        return self.profile.day.until_properties is None

    @property
    def days(self) -> tuple[Column, ...]:
        """What may give the one day of a feature."""
        return (*self.instants, *self.alone)

    @property
    def every(self) -> tuple[Column, ...]:
        """All that is read."""
        return (*self.days, *(each for pair in self.pairs for each in pair.columns))

    def has_end(self, number: int) -> bool:
        """Return whether a layer has a property that is read as the end of a span.

        Parameters
        ----------
        number : int
            Of the layer, from 0.
        """
        return any(number in each.fields for pair in self.pairs for each in pair.until)

    def has_day(self, number: int) -> bool:
        """Return whether any feature of a layer names its one day.

        Parameters
        ----------
        number : int
            Of the layer, from 0.
        """
        return any(any(each.moments.get(number, ())) for each in self.days)


def columns_of(layers: Sequence[Layer], profile: Profile) -> DayColumns:
    """Read the properties that say days, and the day of each time on the publisher's clock.

    Parameters
    ----------
    layers : sequence of Layer
        Of all files of the series.
    profile : Profile
        Says which properties to read, and how text gives a day.
    """
    keys, rule = tuple(frozenset[str]().union(*layer.properties) for layer in layers), profile.day
    if rule.until_properties:
        sides = (rule.properties, rule.until_properties)
        pair = pair_on_its_clock(pair_of(*sides, layers, keys, profile), layers, profile)
        return DayColumns(tuple(layers), keys, profile, pairs=(pair,))
    found = (column(name, layers, keys, profile, loose=False) for name in rule.properties)
    instants = each_on_its_clock([each for each in found if each.is_there], layers, profile)
    usual: tuple[Pair, ...] = ()
    if not _USUAL.isdisjoint(map(bare, frozenset[str]().union(*keys))):  # most series have none
        pairs = (pair_of((since,), (until,), layers, keys, profile) for since, until in PAIRS)
        usual = tuple(pair for pair in pairs if any(each.is_there for each in pair.columns))
    columns = DayColumns(tuple(layers), keys, profile, instants, usual=usual)
    if not columns.are_inferred:
        return columns
    read = {each.name for each in instants}
    starts = [pair.since[0] for pair in usual if pair.is_start and pair.since[0].name not in read]
    return DayColumns(
        tuple(layers),
        keys,
        profile,
        instants,
        tuple(pair_on_its_clock(pair, layers, profile) for pair in usual if pair.is_span),
        each_on_its_clock(starts, layers, profile),
        usual,
    )

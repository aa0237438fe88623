"""Properties that say since or until when, and cannot be read: each names its way out."""

from collections.abc import Mapping, Sequence

from territory.errors import InputError
from territory.read.day_columns import Column, bare
from territory.read.formats.layer import Layer
from territory.read.profile import Profile
from territory.read.spans import PAIRS, Pair, Span


def refuse_start_only(
    layers: Sequence[Layer],
    instants: Sequence[Column],
    usual: Sequence[Pair],
    profile: Profile,
) -> None:
    """Refuse a profile that reads since when features hold, where they also say until when."""
    ends = {bare(each.since[0].name): each.until[0] for each in usual}
    for start in instants:
        end = ends.get(bare(start.name))
        if end is None or not end.is_there or (end.odd and not end.says_days):
            continue
        both = sorted(set(start.fields) & set(end.fields))
        if not both:
            continue
        name, until = start.called(both[0]), end.called(both[0])
        raise InputError(
            f"the profile '{profile.name}' reads '{name}' as the day, but features also carry"
            f" '{until}', until when they hold; say until_properties = [\"{until}\"] beside"
            f' properties = ["{name}"] under [day] (or --until-field {until})',
            file=layers[both[0]].file,
        )


def refuse_end_only(
    layers: Sequence[Layer],
    instants: Sequence[Column],
    usual: Sequence[Pair],
    complete: Sequence[Pair],
) -> None:
    """Refuse features that say until when they hold, and of the rest only one day.

    Where the day is that of the file, what it holds is a map of that day.
    """
    read = {number for pair in complete for each in pair.until for number in each.fields}
    for pair in usual:
        (since,), (until,) = pair.since, pair.until
        if since.says_days or not until.says_days or until.odd:
            continue
        if until.name == "to" and any(moment.is_partial for moment in until.all()):
            continue  # numbers
        for number in sorted(set(until.moments) - read):
            days = [each for each in instants if any(each.moments.get(number, ()))]
            if days:
                begin, end = days[0].called(number), until.called(number)
                raise InputError(
                    f"features carry '{end}', until when they hold, and only a day in '{begin}';"
                    f' say under [day] of a profile properties = ["{begin}"] with'
                    f' until_properties = ["{end}"] if that is since when, or until_properties = []'
                    " if it is no end",
                    file=layers[number].file,
                )


def with_open_ends(layers: Sequence[Layer], alone: Sequence[Column]) -> dict[int, InputError]:
    """Refuse layers whose features begin on several days, and nothing says until when."""
    refused = {}
    for since in alone:
        until = next(end for start, end in PAIRS if start == since.name)
        for number, rows in since.moments.items():
            days = sorted({moment.first for moment in rows if moment is not None})
            if days[1:]:
                called = since.called(number)
                problem = (
                    f"features begin on {len(days)} days ('{called}', {days[0]} to {days[-1]}), and"
                    " none says until when; say under [day] of a profile"
                    f' properties = ["{called}"] with until_properties = ["{until}"] if each holds'
                    " from then on, or until_properties = [] if it holds on that day only"
                )
                refused[number] = InputError(problem, file=layers[number].file)
    return refused


def with_two_meanings(
    layers: Sequence[Layer],
    spans: Mapping[int, tuple[Span | None, ...]],
    instants: Sequence[Column],
) -> dict[int, InputError]:
    """Refuse features that hold over a span and on a day of another property."""
    refused = {}
    for number, rows in spans.items():
        for row, span in enumerate(rows):
            named = [each for each in instants if each.at(number, row)]
            if span is not None and named:
                called = named[0].called(number)
                problem = (
                    f"has a day in '{called}' and a span besides; say which counts under [day] of"
                    f' a profile: properties = ["{called}"], until_properties = [] for the day, or'
                    " name both properties of the span"
                )
                refused[number] = InputError(problem, file=layers[number].file, feature=row + 1)
                break
    return refused

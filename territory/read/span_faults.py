"""Properties that say since or until when, and cannot be read: each names its way out."""

from territory.errors import InputError
from territory.read.column import MAY_BE_NAMES, bare
from territory.read.day_columns import DayColumns
from territory.read.unread_spans import refuse_unread


def refuse_misread(columns: DayColumns) -> None:
    """Refuse a series of which a begin or an end would be read as a day, or not at all.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.

    Raises
    ------
    InputError
        Naming the property, and what to say.
    """
    _refuse_start_only(columns)
    if columns.are_inferred:
        _refuse_end_only(columns)
        refuse_unread(columns)


def _refuse_start_only(columns: DayColumns) -> None:
    """Refuse a profile that reads since when features hold, where they also say until when."""
    ends = {bare(each.since[0].name): each.until[0] for each in columns.usual}
    for start in columns.instants:
        end = ends.get(bare(start.name))
        if end is None or not end.is_there or (end.odd and not end.says_days):
            continue
        both = sorted(set(start.fields) & set(end.fields))
        if not both:
            continue
        name, until = start.called(both[0]), end.called(both[0])
        raise InputError(
            f"the profile '{columns.profile.name}' reads '{name}' as the day, but features also"
            f" carry '{until}', until when they hold; say until_properties = [\"{until}\"] beside"
            f' properties = ["{name}"] under [day] (or --until-field {until})',
            file=columns.layers[both[0]].file,
        )


def _refuse_end_only(columns: DayColumns) -> None:
    """Refuse features that say until when they hold, and of the rest only one day.

    Where the day is that of the file, what it holds is a map of that day.
    """
    for pair in columns.usual:
        (since,), (until,) = pair.since, pair.until
        if since.says_days or not until.says_days or until.odd:
            continue
        if since.name == MAY_BE_NAMES and any(moment.is_partial for moment in until.all()):
            continue  # numbers
        for number in sorted(n for n in until.moments if not columns.has_end(n)):
            days = [each for each in columns.instants if any(each.moments.get(number, ()))]
            if days:
                begin, end = days[0].called(number), until.called(number)
                raise InputError(
                    f"features carry '{end}', until when they hold, and only a day in '{begin}';"
                    f' say under [day] of a profile properties = ["{begin}"] with'
                    f' until_properties = ["{end}"] if that is since when, or until_properties = []'
                    " if it is no end",
                    file=columns.layers[number].file,
                )

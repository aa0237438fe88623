"""Which days a series would be reported on, before any of the long work is done."""

from datetime import date, timedelta

from territory.load.asked import Asked
from territory.load.place_files import read_variants
from territory.load.units import holders_file
from territory.read.profile import read_profile
from territory.read.units import read_holders, unit_names
from territory.read.vector import read_any, read_series, with_fields


def preview_days(asked: Asked) -> tuple[date, ...]:
    """Return the days that a series would be reported on.

    The files are read and nothing is measured: a day that turns out to be unusable
    still counts.

    Raises
    ------
    InputError
        If a file cannot be read, or a day that is asked for is not there.
    """
    return asked.days(asked.span.of(_there(asked)))


def _there(asked: Asked) -> tuple[date, ...]:
    """Return the days that a series has."""
    spec, folder = asked.spec, asked.folder
    if spec.profile == "places":
        series, _ = read_variants(spec, folder)
        count = (series.last_day - series.first_day).days + 1
        return tuple(series.first_day + timedelta(days=n) for n in range(count))
    if spec.profile == "units":
        names = unit_names(read_any(folder / spec.paths[0])[0], spec.id_field)
        return read_holders(holders_file(spec, folder), names).days
    paths = tuple(str(folder / path) for path in spec.paths)
    profile = with_fields(read_profile(spec.profile, folder), spec.actor_field, spec.status_field)
    return tuple(raw.day for raw in read_series(paths, profile, day=spec.day).raws)

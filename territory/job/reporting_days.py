"""Which days a series would be reported on, before any of the long work is done."""

from datetime import date, timedelta

from territory.job.input_files import is_of_units
from territory.job.series import SeriesRequest
from territory.job.series_profile import profile_of
from territory.read.zones import read_series


def preview_days(request: SeriesRequest) -> tuple[date, ...]:
    """Return the days that a series would be reported on.

    The files are read and nothing is measured: a day that turns out to be unusable
    still counts.

    Parameters
    ----------
    request : SeriesRequest
        The series and its days; its `on_days` is told of them.

    Returns
    -------
    tuple of date
        In order.

    Raises
    ------
    InputError
        If a file cannot be read, or a day that is asked for is not there.
    """
    there, own = _there(request)
    return request.days(
        request.span.of(there), tuple(day for day in own if request.span.holds(day))
    )


def _there(request: SeriesRequest) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the days that a series has, and those of them that a rule chooses from."""
    spec, folder = request.spec, request.folder
    if spec.profile == "places":
        from territory.job.place_files import read_variants  # slow to load

        series, *_ = read_variants(spec, folder)
        count = (series.last_day - series.first_day).days + 1
        days = tuple(series.first_day + timedelta(days=n) for n in range(count))
        return days, days
    if is_of_units(spec, folder):
        from territory.job.unit_series import unit_days

        days = unit_days(spec, folder)
        return days, days
    paths = tuple(str(folder / path) for path in spec.paths)
    profile = profile_of(spec, folder)
    drawn = read_series(paths, profile, day=spec.day, also=request.named_days)
    return tuple(raw.day for raw in drawn.raws), drawn.own_days

"""How a series is read whose profile nobody names, found out before anything else is done."""

from collections.abc import Mapping
from pathlib import Path

from territory.job.spec import Job, SeriesSpec
from territory.read.profile import Profile, read_profile
from territory.read.recognise import FALLBACK, recognised, refuse_named
from territory.read.text_files import read_toml, with_values

_TOLD = ("actor_field", "actor", "unnamed", "ground")  # any of them says who holds what


def with_profile(spec: SeriesSpec, folder: Path = Path()) -> SeriesSpec:
    """Return a series with its profile: as it is named, else as the files are recognised.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Returns
    -------
    SeriesSpec
        Its `recognised` says by what; nothing where the profile was named.

    Raises
    ------
    InputError
        If the files fit the marks of two publishers, or nothing says who holds what.
    """
    paths = [str(folder / path) for path in spec.paths]
    if spec.profile:
        if spec.actor:
            refuse_named(paths, _naming(read_profile(spec.profile, folder)))
        return spec
    if spec.ground:
        why = f"read as '{FALLBACK}': front lines, and the ground that they cut"
        return with_values(spec, {"profile": FALLBACK}).recognised_by(why)
    told = next((name for name in _TOLD if getattr(spec, name)), "")
    found = recognised(paths, told=told, tables=spec.tables)
    values: Mapping[str, object] = {"profile": found.profile}
    if found.actor_field:
        values = {**values, "actor_field": found.actor_field}
    return with_values(spec, values).recognised_by(found.why)


def _naming(profile: Profile) -> tuple[str, ...]:
    """Return the properties that name actors under a profile; none where something else does."""
    is_property = profile.label == "property" and profile.container == "features"
    return profile.label_properties if is_property else ()


def read_job(path: Path) -> Job:
    """Read a job file, and find out how those of its series are read that name no profile.

    Parameters
    ----------
    path : Path
        The job file; relative names in it start from its folder.

    Raises
    ------
    InputError
        If the job cannot be used as it stands, or files cannot be recognised.
    """
    job = read_toml(path, Job)
    if all(spec.profile for spec in job.series):
        return job
    series = tuple(with_profile(spec, path.parent) for spec in job.series)
    return with_values(job, {"series": series})


def choices_of(job: Job) -> tuple[str, ...]:
    """Say of every series whose profile was recognised what it is read as, and why.

    Parameters
    ----------
    job : Job
        As `read_job` gives it.
    """
    several = len(job.series) > 1
    return tuple(
        f"{spec.name}: {spec.recognised}" if several and spec.name else spec.recognised
        for spec in job.series
        if spec.recognised
    )

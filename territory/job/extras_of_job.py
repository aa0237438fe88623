"""Which extras of the package a job needs, to tell a missing one before anything is read."""

from territory.job.spec import Job


def extras_of(job: Job, *, scheduler: str = "") -> tuple[str, ...]:
    """Return the extras without which a run of a job could not write all that it should.

    Parameters
    ----------
    job : Job
        What is to be run.
    scheduler : str
        Address of a Dask scheduler, or empty.

    Returns
    -------
    tuple of str
        Keys of `territory.extras.EXTRAS`.
    """
    needed = {
        "run": True,
        "film": job.maps.enabled and job.maps.film,
        "population": job.population is not None,
        "dask": bool(scheduler),
    }
    return tuple(name for name, is_needed in needed.items() if is_needed)

"""The files that a job names, before any of them is read."""

from collections.abc import Iterable
from pathlib import Path

from territory.errors import JobError
from territory.job.spec import AreaFile, Job, SeriesSpec, extent_file, foreign_keys
from territory.read.paths import expand
from territory.read.profile import read_profile
from territory.read.profiles import of_units
from territory.read.sources import source_files


def input_files(job: Job, path: Path) -> tuple[Path, ...]:
    """Return every file that a job names and that is there, sorted.

    A profile of one's own is one of them, and what lies beside a Shapefile.

    Parameters
    ----------
    job : Job
        Its relative file names start from the folder of `path`.
    path : Path
        The job file, which is one of them.

    Raises
    ------
    InputError
        If a path of a series names no file.
    """
    named = [path.name, job.claims.file if job.claims else "", job.maps.towns]
    named += [job.population.file] if job.population else []
    named += [each.file for each in job.report.beside]
    named += [spec.profile for spec in job.series if spec.profile.endswith(".toml")]
    files = {path.parent / name for name in named if name}
    polygons = [area.file for area in job.area.values() if isinstance(area, AreaFile)]
    polygons += [job.regions.file] if job.regions else []
    polygons += [each for spec in job.series for each in (spec.remainder_area, spec.ground) if each]
    polygons += list(filter(None, map(extent_file, job.series)))
    for place in (*polygons, job.maps.countries, job.maps.regions):
        files |= set(source_files(place, path.parent))
    for spec in job.series:
        files |= set(series_files(spec, path.parent))
    files |= {beside for file in files for beside in _beside(file)}
    return tuple(sorted(file for file in files if file.is_file()))


def _beside(file: Path) -> Iterable[Path]:
    """Return the other files that a Shapefile consists of."""
    if file.suffix.lower() != ".shp":
        return ()
    return (each for each in file.parent.iterdir() if each.stem == file.stem)


def series_files(spec: SeriesSpec, folder: Path) -> tuple[Path, ...]:
    """Return every file that a series is read from.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Raises
    ------
    InputError
        If a path names no file.
    """
    if is_of_units(spec, folder):
        from territory.job.unit_files import unit_files

        return unit_files(spec, folder, read_profile(spec.profile, folder)).all
    if spec.profile != "places":
        return expand(tuple(str(folder / path) for path in spec.paths))
    from territory.job.place_files import gazetteer_file, panel_files, place_files  # slow to load

    scenarios = dict.fromkeys(name for each in spec.scenario for name in each.files)
    listed = gazetteer_file(spec, folder)
    gazetteer = () if listed is None else (listed,)
    if panel := panel_files(spec, folder):
        return (panel[0], *panel[1], *gazetteer)
    return (*place_files(spec, folder), *(folder / name for name in scenarios), *gazetteer)


def is_of_units(spec: SeriesSpec, folder: Path) -> bool:
    """Return whether a series is of fixed units; a profile of one's own is read for that.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Raises
    ------
    InputError
        If keys of the series do nothing under its profile.
    """
    own = spec.profile.endswith(".toml")
    if not own:
        return spec.profile in of_units()
    is_units = read_profile(spec.profile, folder).units is not None
    foreign = foreign_keys(spec, of_units=is_units)
    if foreign:
        what = "units" if is_units else "drawn zones"
        does = "do" if foreign[1:] else "does"
        listed = ", ".join(f"'{key}'" for key in foreign)
        raise JobError(f"{listed} {does} nothing under profile '{spec.profile}', one of {what}")
    return is_units

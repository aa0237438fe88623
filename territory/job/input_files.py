"""The files that a job names, before any of them is read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from territory.errors import JobError
from territory.job.spec import AreaFile, Job, SeriesSpec, extent_file, foreign_keys
from territory.read.paths import expand, names_under
from territory.read.profile import read_profile
from territory.read.profiles import of_units
from territory.read.sources import located, source_files


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
    for place in _places(job, path.parent):
        files |= set(source_files(place, Path()))
    for spec in job.series:
        files |= set(series_files(spec, path.parent))
    files |= {beside for file in files for beside in _beside(file)}
    return tuple(sorted(file for file in files if file.is_file()))


def names_of_files(job: Job, path: Path) -> frozenset[str]:
    """Return what findings call the files of a job, those among them that cannot be read.

    Parameters
    ----------
    job : Job
        Its relative file names start from the folder of `path`.
    path : Path
        The job file.
    """
    folder = path.parent
    texts = (str(folder / text) for spec in job.series for text in (*spec.paths, *spec.tables))
    found = (name for text in texts for name in names_under(text))
    return frozenset((*map(str, input_files(job, path)), *_places(job, folder), *found))


def _places(job: Job, folder: Path) -> list[str]:
    """Return what polygons are read from beside the series, as seen from here."""
    areas = [area.file for area in job.area.values() if isinstance(area, AreaFile)]
    regions = [job.regions.file] if job.regions else []
    rims = filter(None, map(extent_file, job.series))
    named = [*areas, *regions, *rims, job.maps.countries, job.maps.regions]
    grounds = (place for spec in job.series for place in _grounds(spec, folder))
    return [*(located(each, folder) for each in named if each), *grounds]


def _grounds(spec: SeriesSpec, folder: Path) -> Iterator[str]:
    """Yield the grounds that a series names, or else a profile of its own."""
    own = read_profile(spec.profile, folder) if spec.profile.endswith(".toml") else None
    for key in ("remainder_area", "ground"):
        if said := getattr(spec, key):
            yield located(said, folder)
        elif stated := getattr(own, key, ""):
            yield stated  # which is seen from here


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

"""The files of a series of places, and every reading of them: dates, evidence, first holders."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from territory.errors import InputError
from territory.history.places import Dating, PlaceSeries, changed, check_chain
from territory.job.spec import SeriesSpec
from territory.measure.ensemble import BASE
from territory.read.place_tables import read_events, read_places, read_starts

EVIDENCE = "evidence: "  # begins the name of a reading that believes some classes only


def read_variants(spec: SeriesSpec, folder: Path) -> tuple[PlaceSeries, dict[str, PlaceSeries]]:
    """Read the series and its scenario variants.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Returns
    -------
    series : PlaceSeries
        As published.
    variants : dict of str to PlaceSeries
        The same under each scenario of the job, by name.

    Raises
    ------
    InputError
        If a file cannot be read, or events of a place do not follow from one another.
    """
    places, state, events = place_files(spec, folder)
    series = read_places(places, state, events, first_day=spec.first_day, last_day=spec.until)
    known = {place.key: place for place in series.places}
    variants = {}
    for scenario in spec.scenario:
        starts = read_starts(folder / scenario.state, known) if scenario.state else {}
        more = read_events(folder / scenario.events, known) if scenario.events else {}
        variants[scenario.name] = changed(series, starts=starts, events=more)
        check_chain(variants[scenario.name], more)
    return series, variants


def place_files(spec: SeriesSpec, folder: Path) -> tuple[Path, Path, Path]:
    """Return the three files; unnamed ones are looked for beside the places.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Returns
    -------
    tuple of Path
        Places, holders on the first day, events.

    Raises
    ------
    InputError
        If it names more than one folder, or it cannot be told which file has the first holders.
    """
    if len(spec.paths) != 1:
        raise InputError("profile 'places' reads one file or folder", file=spec.paths[1])
    places = folder / spec.paths[0]
    if places.is_dir():
        places = places / "places.csv"
    if spec.state:
        state = folder / spec.state
    else:
        beside = sorted(places.parent.glob("state_*.csv"))
        if len(beside) != 1:
            problem = (
                f"{len(beside)} files named state_YYYY-MM-DD.csv beside it; name one as 'state'"
            )
            raise InputError(problem, file=str(places))
        state = beside[0]
    return places, state, folder / spec.events if spec.events else places.parent / "events.csv"


def gazetteer_file(spec: SeriesSpec, folder: Path) -> Path | None:
    """Return the table of all villages; ``gazetteer.csv`` beside the places where none is named.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Returns
    -------
    Path or None
        None where there is none.
    """
    if spec.gazetteer:
        return folder / spec.gazetteer
    beside = place_files(spec, folder)[0].parent / "gazetteer.csv"
    return beside if beside.is_file() else None


def readings(
    series: PlaceSeries, scenarios: Mapping[str, PlaceSeries], order: tuple[str, ...]
) -> list[tuple[str, PlaceSeries, Dating, frozenset[str] | None]]:
    """Cross dating, evidence and starting holders; the first is the base.

    Parameters
    ----------
    series : PlaceSeries
        As published.
    scenarios : mapping of str to PlaceSeries
        The same under each scenario of the job, by name.
    order : tuple of str
        Classes of evidence, the firmest first.

    Returns
    -------
    list of (str, PlaceSeries, Dating, frozenset of str or None)
        Name of the reading, its series, the day of its range that an event counts from, and the
        classes of evidence that are believed (None for all).
    """
    weights = _believed(series, order)
    found = []
    for (flip, variant), dating, (words, classes) in product(
        [("", series), *scenarios.items()], [Dating.MIDDLE, Dating.EARLIEST, Dating.LATEST], weights
    ):
        dated = "" if dating is Dating.MIDDLE else f"events dated {dating}"
        name = "; ".join(part for part in (dated, words, flip) if part)
        found.append((name or BASE, variant, dating, classes))
    return found


def _believed(
    series: PlaceSeries, order: tuple[str, ...]
) -> list[tuple[str, frozenset[str] | None]]:
    """Return what to believe, from everything to the firmest class only.

    Classes that `order` does not name are always believed.
    """
    always = series.evidence_classes - set(order)
    weaker = [
        (f"{EVIDENCE}{' + '.join(order[:n])} only", always | frozenset(order[:n]))
        for n in range(len(order) - 1, 0, -1)
    ]
    return [("", None), *weaker]

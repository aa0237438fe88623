"""The files of a series of places, and every reading of them: dates, evidence, first holders."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from territory.errors import InputError
from territory.history.places import Dating, Event, PlaceSeries, changed, check_chain, left_out
from territory.job.spec import Scenario, SeriesSpec
from territory.measure.ensemble import BASE
from territory.measure.scenarios import JOINT
from territory.read.place_tables import (
    matching_rows,
    read_events,
    read_places,
    read_positions,
    read_starts,
)

_DATINGS = (Dating.MIDDLE, Dating.EARLIEST, Dating.LATEST, Dating.NOON)
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
    files = place_files(spec, folder)
    series = read_places(*files, first_day=spec.first_day, last_day=spec.until)
    variants = {each.full_name: _variant(series, each, files, folder) for each in spec.scenario}
    return series, variants


def _variant(
    series: PlaceSeries, scenario: Scenario, files: tuple[Path, Path, Path], folder: Path
) -> PlaceSeries:
    """Return the series with what a scenario leaves out, and then with what it adds.

    A statement that is left out leaves its place unknown and not as it was, unless the
    scenario says something else of that place.
    """
    places, starts, events = _left_out(series, scenario, files)
    less = left_out(series, places=places, starts=starts, events=events)
    known = {place.key: place for place in less.places}
    new = read_positions(folder / scenario.places, other_than=known) if scenario.places else {}
    known |= new
    first = read_starts(folder / scenario.state, known) if scenario.state else {}
    more = read_events(folder / scenario.events, known) if scenario.events else {}
    doubtful = {*starts, *(event.place for event in events)}
    doubtful -= {*first, *(event.place for event in more)}
    found = changed(less, places=new.values(), starts=first, events=more)
    found = left_out(found, places=doubtful)
    if not found.places:
        raise InputError(f"scenario '{scenario.full_name}' leaves no place", file=str(files[0]))
    check_chain(found, more)
    return found


def _left_out(
    series: PlaceSeries, scenario: Scenario, files: tuple[Path, Path, Path]
) -> tuple[set[str], set[str], set[Event]]:
    """Return the places, starts and events that a scenario leaves out."""
    if not scenario.without:
        return set(), set(), set()
    label = f"scenario '{scenario.full_name}'"
    places, starts, events = matching_rows(files, scenario.without, label)
    return (
        {key for key, out in places if out},
        {key for key, out in starts if out},
        {event for event, (_, out) in zip(series.events, events, strict=True) if out},
    )


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
        [("", series), *scenarios.items()], _DATINGS, weights
    ):
        dated = "" if dating is Dating.MIDDLE else f"events dated {dating}"
        parts = [part for part in (dated, words, flip) if part]
        if dating is Dating.NOON and parts != [dated]:
            continue  # half a day is no end of a range, so it is not combined with others
        found.append((JOINT.join(parts) or BASE, variant, dating, classes))
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

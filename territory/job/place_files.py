"""The files of a series of places, and every reading of them: dates, evidence, first holders."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from territory.errors import InputError, did_you_mean
from territory.findings import Finding, FindingKind
from territory.history.places import Dating, Event, PlaceSeries, changed, check_chain, left_out
from territory.job.spec import Scenario, SeriesSpec
from territory.job.unit_files import fields_of
from territory.measure.ensemble import BASE
from territory.measure.scenarios import JOINT
from territory.read.large_tables import header_of
from territory.read.paths import expand
from territory.read.place_panel import RULE, read_panel
from territory.read.place_tables import (
    matching_rows,
    read_events,
    read_places,
    read_positions,
    read_starts,
)
from territory.read.units import UnitFields

_DATINGS = (Dating.MIDDLE, Dating.EARLIEST, Dating.LATEST, Dating.NOON)
_OF_EVENTS = ("state", "events", "first_day", "until", "evidence", "scenario")
_OF_PANELS = ("unit_field", "actor_field", "day_field")
EVIDENCE = "evidence: "  # begins the name of a reading that believes some classes only


def read_variants(
    spec: SeriesSpec, folder: Path
) -> tuple[PlaceSeries, dict[str, PlaceSeries], tuple[Finding, ...]]:
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
    findings : tuple of Finding
        How days were read.

    Raises
    ------
    InputError
        If a file cannot be read, or events of a place do not follow from one another.
    """
    if panel := panel_files(spec, folder):
        of_panel, about_rows = read_panel(*panel, fields_of(spec))
        return of_panel, {}, about_rows
    files = place_files(spec, folder)
    series, findings = read_places(
        *files, first_day=spec.first_day, last_day=spec.until, day_format=spec.day_format
    )
    findings = (*findings, *_about_evidence(spec, series, files[-1]))
    variants = {
        each.full_name: _variant(series, each, files, folder, spec.day_format)
        for each in spec.scenario
    }
    return series, variants, findings


def _about_evidence(spec: SeriesSpec, series: PlaceSeries, events: Path) -> tuple[Finding, ...]:
    """Tell of classes of evidence that nothing has: a slip is refused, others may come later."""
    known = series.evidence_classes - {""}
    strange = [name for name in spec.evidence if name not in known]
    for name in strange:
        is_slip = did_you_mean(name, known - {*spec.evidence}).startswith("did")
        if is_slip or len(strange) == len(spec.evidence):
            problem = f"evidence: nothing has the class '{name}'; {did_you_mean(name, known)}"
            raise InputError(problem, file=str(events))
    if len(spec.evidence) == 1:
        problem = "evidence: one class leaves nothing out; name several, the firmest first"
        raise InputError(f"{problem} ({', '.join(sorted(known))})", file=str(events))
    return tuple(
        Finding(FindingKind.NO_EVIDENCE, f"{events}: evidence: nothing has the class '{name}' yet")
        for name in strange
    )


def _variant(
    series: PlaceSeries,
    scenario: Scenario,
    files: tuple[Path, Path, Path],
    folder: Path,
    day_format: str,
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
    more: dict[Event, str] = {}
    if scenario.events:
        more, _ = read_events(folder / scenario.events, known, day_format=day_format)
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
        problem = "profile 'places' reads one file or folder; name a panel with --holders"
        raise InputError(problem, file=spec.paths[1])
    places = _places(spec, folder)
    if spec.state:
        state = folder / spec.state
    else:
        beside = _states(places)
        if len(beside) != 1:
            problem = (
                f"{len(beside)} files named state_YYYY-MM-DD.csv beside it; name one as 'state', or"
                " a table place_id,day,holder as 'holders' (--holders)"
            )
            raise InputError(problem, file=str(places))
        state = beside[0]
    return places, state, folder / spec.events if spec.events else places.parent / "events.csv"


def panel_files(spec: SeriesSpec, folder: Path) -> tuple[Path, tuple[Path, ...]] | None:
    """Return the places and the tables of who holds them day by day.

    A table beside the places is one if no state of a first day is named or lies there, and it
    alone has columns for the place, the day and the holder.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.

    Returns
    -------
    (Path, tuple of Path) or None
        None where starting holders and events say it.

    Raises
    ------
    InputError
        If a panel and starting holders are named, or the panel is read with what it has not.
    """
    places = _places(spec, folder)
    if spec.tables:
        found = expand(tuple(str(folder / table) for table in spec.tables))
        _refuse_idle(spec, _OF_EVENTS, places, "beside 'holders', which says it day by day")
        return places, found
    found = _panel_beside(spec, places)
    if len(found) == 1:
        whose = f"beside {found[0].name}, which says it day by day"
        _refuse_idle(spec, _OF_EVENTS, places, whose)
        return places, found
    _refuse_idle(spec, _OF_PANELS, places, "without 'holders', a table of who holds them by day")
    return None


def _refuse_idle(spec: SeriesSpec, keys: tuple[str, ...], places: Path, why: str) -> None:
    """Refuse the first of some keys that a series has, as it does nothing."""
    for key in keys:
        if getattr(spec, key):
            raise InputError(f"'{key}' does nothing {why}", file=str(places))


def _panel_beside(spec: SeriesSpec, places: Path) -> tuple[Path, ...]:
    """Return the tables beside places that say who holds them, where nothing else does."""
    if spec.state or spec.events or not places.is_file() or _states(places):
        return ()
    others = (each for each in sorted(places.parent.glob("*.csv")) if each.name != places.name)
    return tuple(each for each in others if _is_panel(each, fields_of(spec)))


def _places(spec: SeriesSpec, folder: Path) -> Path:
    places = folder / spec.paths[0]
    return places / "places.csv" if places.is_dir() else places


def _states(places: Path) -> list[Path]:
    return sorted(places.parent.glob("state_*.csv"))


def _is_panel(path: Path, fields: UnitFields) -> bool:
    """Return whether a table has columns for the place, the day and the holder."""
    try:
        header = {name.casefold() for name in header_of(path)}
    except InputError:
        return False
    wanted = (
        (fields.unit, RULE.unit_fields),
        (fields.day, RULE.day_fields),
        (fields.actor, RULE.actor_fields),
    )
    return all(
        not header.isdisjoint(name.casefold() for name in ((chosen,) if chosen else usual))
        for chosen, usual in wanted
    )


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
    beside = _places(spec, folder).with_name("gazetteer.csv")
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

"""Files that nobody described, read with the profile that is proposed for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from territory.errors import InputError, OverlapError
from territory.job.series import Loaded
from territory.read.proposal import Proposal, proposed
from territory.read.sight import Sight, sight_of
from territory.read.unit_proposal import units_proposed

Load = Callable[[str], Loaded]


@dataclass(frozen=True, eq=False)
class Attempt:
    """What is proposed for files, and what it makes of them.

    Attributes
    ----------
    sight : Sight
        What stands in the files.
    text : str
        The profile, as TOML.
    loaded : Loaded or None
        The series; None where the proposal does not read it.
    problem : str
        Why not.
    """

    sight: Sight
    text: str
    loaded: Loaded | None = None
    problem: str = ""


def attempt(
    paths: Sequence[str], load: Load, *, day_field: str = "", day_format: str = ""
) -> Attempt:
    """Propose a profile for files, and read them with it.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.
    load : callable
        Reads them with the profile whose path it is given.
    day_field : str
        The property that says the day, if that is known.
    day_format : str
        How days are written, if that is known; the profile says it.

    Returns
    -------
    Attempt
        The profile has its overlaps contested where the files cannot be read otherwise.

    Raises
    ------
    InputError
        If no file can be read at all.
    """
    sight = sight_of(paths)
    units = units_proposed(paths)
    found = _tried(units, sight, paths, load) if units is not None else None
    if found is not None and found.loaded is not None:
        return found
    found = _tried(proposed(sight, day_field=day_field, day_format=day_format), sight, paths, load)
    if found is not None:
        return found
    again = proposed(sight, day_field=day_field, day_format=day_format, contested=True)
    tried = _tried(again, sight, paths, load)
    return tried or Attempt(sight, _text(again, sight, paths), None, "zones overlap")


def _tried(found: Proposal, sight: Sight, paths: Sequence[str], load: Load) -> Attempt | None:
    """Read files with a proposal; None where zones of it overlap."""
    text = _text(found, sight, paths)
    with TemporaryDirectory(prefix="territory-") as folder:
        place = Path(folder) / "proposed.toml"
        place.write_text(text, encoding="utf-8")
        try:
            return Attempt(sight, text, load(str(place)))
        except OverlapError:
            return None
        except InputError as error:
            return Attempt(sight, text, None, str(error))


def _text(found: Proposal, sight: Sight, paths: Sequence[str]) -> str:
    crs = " and ".join(sight.crs)
    return found.toml(
        f"Proposed for {' '.join(paths)}: {sight.size}, {crs}. Rename the actors as you like, then"
        " read them with --profile and this file."
    )

"""The profile by which the files of a series are read, with what the series says otherwise."""

from pathlib import Path

from territory.history.overlaps import Overlap
from territory.job.spec import SeriesSpec
from territory.read.profile import Profile, read_profile, refuse_of_zones
from territory.read.sources import located

# What a series and a profile call alike.
_ALIKE = (
    "overlap",
    "priority",
    "repair",
    "doubt_percent",
    "unnamed",
    "where",
    "reach_m",
    "sides",
)
_UNSAID = (None, "", ())


def profile_of(spec: SeriesSpec, folder: Path = Path()) -> Profile:
    """Return the profile of a series with what the series says otherwise.

    Parameters
    ----------
    spec : SeriesSpec
        What it says goes before what the profile says.
    folder : Path
        What a relative path starts from.
    """
    profile = read_profile(spec.profile, folder, _settings(spec, folder))
    if profile.ground:
        present = {name: getattr(spec, name) for name in spec.model_fields_set}
        stated = {name: value for name, value in present.items() if value not in _UNSAID}
        refuse_of_zones(stated, read_profile(spec.profile, folder))
    return profile


def _settings(spec: SeriesSpec, folder: Path) -> dict[str, object]:
    """Return what a series says, as a profile calls it."""
    said: dict[str, object] = {name: getattr(spec, name) for name in _ALIKE}
    settings = {name: value for name, value in said.items() if value not in {None, ""}}
    if settings.get("overlap", Overlap.FIRST) is not Overlap.FIRST:
        settings.setdefault("priority", ())  # of the profile, which another policy has no use for
    if spec.remainder:
        settings["remainder"] = spec.remainder
    if spec.remainder_area:
        settings["remainder_area"] = located(spec.remainder_area, folder)
    if spec.actor_field:  # instead of whatever the profile has
        of_labels = {"label_properties": (spec.actor_field,), "label_pattern": ""}
        settings |= {"label": "property", **of_labels}
    if spec.actor:
        settings |= _of_one(spec.actor)
    if spec.ground:
        settings["ground"] = located(spec.ground, folder)
    if spec.status_field:
        settings["status_property"] = spec.status_field
    return {**settings, "day": _of_days(spec)}


def _of_days(spec: SeriesSpec) -> dict[str, object]:
    """Return what a series says of its days."""
    days = {
        "properties": spec.day_field and (spec.day_field,),
        "until_properties": spec.until_field and (spec.until_field,),
        "format": spec.day_format,
        "cut": spec.cut,
    }
    return {name: value for name, value in days.items() if value}


def _of_one(actor: str) -> dict[str, object]:
    """Return what a profile says of zones that are all of one holder."""
    rule = {"label": ".*", "actor": actor}
    return {"label": "constant", "label_properties": (), "label_pattern": "", "rule": (rule,)}

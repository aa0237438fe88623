"""A profile with other errors of its lines: its own text, with the new values on top."""

import json
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

from territory.read.profiles import built_in
from territory.read.text_files import read_text

_ERROR_KEYS = "boundary_error_m|correlation_length_m|bias_m|redraw_lag_days|error_source"
_OLD = re.compile(rf"^[ \t]*({_ERROR_KEYS})[ \t]*=.*\n?", re.MULTILINE)


def fitted_profile(
    name: str, values: Mapping[str, float | str], remarks: Iterable[str] = ()
) -> str:
    """Return the text of a profile with other values about its lines.

    Parameters
    ----------
    name : str
        A built-in profile, or the path of one's own.
    values : mapping of str to float or str
        By key, such as ``boundary_error_m``; they replace what the profile says.
    remarks : iterable of str
        Lines to stand above them as comments.

    Returns
    -------
    str
        TOML; comments and rules of the profile stay.

    Examples
    --------
    >>> print(fitted_profile("zones", {"boundary_error_m": 850.0}, ["from fronts"])[:45])
    # from fronts
    boundary_error_m = 850.0
    name =
    """
    if name in built_in():
        text = (resources.files("territory.read.profiles") / f"{name}.toml").read_text("utf-8")
    else:
        text = read_text(Path(name))
    top, bracket, rest = _parted(text)
    comments = (f"# {each}" for each in remarks)
    lines = (f"{key} = {json.dumps(each, ensure_ascii=False)}" for key, each in values.items())
    return "\n".join((*comments, *lines, "")) + _OLD.sub("", top) + bracket + rest


def _parted(text: str) -> tuple[str, str, str]:
    """Return what stands before the first table, its bracket, and the rest."""
    found = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    if found is None:
        return text if text.endswith("\n") or not text else f"{text}\n", "", ""
    return text[: found.start()], found.group(), text[found.end() :]

"""Messages that name an option of the command line, in the words of a caller in Python."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import currentframe

from territory.errors import InputError, SettingError, TerritoryWarning

# What is quoted stays as it is: whole commands, and what the data say.
_OPTION = re.compile(r"(?<!\w)'[^']*'|--([a-z][a-z0-9-]*)")
_IN_A_PROFILE = re.compile(r"(utc_offset_hours) = (\S+) under \[day\] of (?:a|the) profile")
_KEYS = {"actor": "holder", "actor_field": "actor", "status_field": "status"}
_KEYS |= {"day_field": "day", "until_field": "end"}  # of a series, as arguments are called
_KEY = re.compile(rf"'({'|'.join(_KEYS)})'")
_KEY_OF_DAYS = re.compile(r"\bday\.(format|utc_offset_hours)\b")  # as a profile has them
_DAYS = {"format": "day_format", "utc_offset_hours": "utc_offset_hours"}
_OTHERWISE = {
    "actor-field": "actor",
    "actor": "holder",
    "day-field": "day",
    "until-field": "end",
    "area": "aoi",
    "precision": "words",
    "value": "figure",
    "unit-field": "unit",
    "id-field": "id",
}


def in_python(text: str) -> str:
    """Return a message with arguments in the place of options.

    Parameters
    ----------
    text : str
        A message that may name options such as ``--day-format``.

    Examples
    --------
    >>> in_python("name it with --actor-field, or --day-format DD/MM/YYYY")
    'name it with actor=, or day_format= DD/MM/YYYY'
    """
    words = _OPTION.sub(_argument, text)
    words = _IN_A_PROFILE.sub(r"\1=\2", words).replace("=:", ":")
    return _KEY_OF_DAYS.sub(lambda found: _DAYS[found[1]], words)


def _argument(found: re.Match[str]) -> str:
    """Return the argument that stands for an option."""
    name = found[1]
    return found[0] if name is None else f"{_OTHERWISE.get(name, name.replace('-', '_'))}="


@contextmanager
def python_words() -> Iterator[None]:
    """Let errors name arguments instead of options.

    Raises
    ------
    InputError
        Of the same kind, file and feature as what was raised within.
    """
    try:
        yield
    except InputError as error:
        problem = in_python(error.problem)
        if isinstance(error, SettingError):  # which names keys
            problem = _KEY.sub(lambda found: f"'{_KEYS[found[1]]}'", problem)
        file = None if error.file is None else in_python(error.file).removesuffix("=")
        if problem == error.problem and file == error.file:
            raise
        raise type(error)(problem, file=file, line=error.line, feature=error.feature) from None


def caution(text: str) -> None:
    """Warn of something, at the line of the caller outside this package.

    Parameters
    ----------
    text : str
        One sentence.

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as found:
    ...     warnings.simplefilter("always")
    ...     caution("two regions overlap")
    >>> found[0].category.__name__
    'TerritoryWarning'
    """
    package, frame, levels = __name__.split(".")[0], currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] == package:
        frame, levels = frame.f_back, levels + 1
    warnings.warn(text, TerritoryWarning, stacklevel=levels + 1)

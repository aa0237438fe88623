"""What the files of a publisher are recognised by: names, properties, values, keys of JSON.

A look at a file takes what stands in it and no geometry, so that whose it is can be found
out before anything is understood.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator


@dataclass(frozen=True)
class Look:
    """What a file shows at first sight.

    Attributes
    ----------
    name : str
        Its path, with ``/`` between folders.
    keys : frozenset of str
        The outermost keys of JSON.
    layers : tuple of str
        Names of the layers; none of plain GeoJSON.
    values : mapping of str to frozenset of str
        By property, the values that are text or whole numbers, as text.
    features : int
        How many features there are.
    """

    name: str
    keys: frozenset[str] = frozenset()
    layers: tuple[str, ...] = ()
    values: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    features: int = 0

    @property
    def properties(self) -> frozenset[str]:
        """The properties of its features."""
        return frozenset(self.values)


class Marks(BaseModel):
    """What all files of a publisher have; everything that is named must fit.

    Attributes
    ----------
    file_name : str
        Pattern that is found in the path of the file.
    layer : str
        Pattern that is found in the name of every layer, or in the path of the file.
    keys : tuple of str
        Outermost keys of JSON, one of which is there.
    properties : tuple of str
        Properties that features have, all of them, in this case of letters.
    values : dict of str to str
        By property, a pattern that one value at least fits as a whole.
    without : str
        Pattern that no property fits; ``.*`` for features without any.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_name: str = ""
    layer: str = ""
    keys: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    values: dict[str, str] = {}
    without: str = ""

    @field_validator("file_name", "layer", "without")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        return _checked(value)

    @field_validator("values")
    @classmethod
    def _are_patterns(cls, value: dict[str, str]) -> dict[str, str]:
        return {name: _checked(text) for name, text in value.items()}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set or self.model_fields_set == {"without"}:
            raise ValueError("marks need more than what is not there, or they fit any file")
        return self

    def fit(self, look: Look) -> bool:
        """Return whether a file has all of them.

        Parameters
        ----------
        look : Look
            What the file shows.

        Examples
        --------
        >>> marks = Marks(properties=("fill",), values={"fill": "#a52714"})
        >>> marks.fit(Look("a.geojson", values={"fill": frozenset({"#A52714", "#bdbdbd"})}))
        True
        """
        return (
            _found(self.file_name, [look.name])
            and (not self.layer or _found(self.layer, [look.name]) or _all_found(self, look))
            and (not self.keys or not look.keys.isdisjoint(self.keys))
            and look.properties.issuperset((*self.properties, *self.values))
            and all(_any_fits(text, look.values[name]) for name, text in self.values.items())
            and not (self.without and _any_fits(self.without, look.properties))
        )

    def words(self) -> str:
        """Say by what a file was recognised."""
        named = [f"'{each}'" for each in (*self.values, *self.properties)]
        parts = [
            f"the properties {', '.join(dict.fromkeys(named))}" if named else "",
            f"the key '{self.keys[0]}'" if self.keys else "",
            "the name of the layer" if self.layer else "",
            "the name of the file" if self.file_name else "",
        ]
        return " and ".join(part for part in parts if part)


def _checked(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' is no pattern ({error})") from None
    return text


def _found(pattern: str, texts: Iterable[str]) -> bool:
    return not pattern or any(re.search(pattern, text, re.ASCII) for text in texts)


def _all_found(marks: Marks, look: Look) -> bool:
    return bool(look.layers) and all(_found(marks.layer, [each]) for each in look.layers)


def _any_fits(pattern: str, texts: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, text, re.IGNORECASE) for text in texts)


def plain_path(path: str) -> str:
    r"""Return a path with ``/`` between folders, whatever the system has.

    Parameters
    ----------
    path : str
        As the user named it.

    Examples
    --------
    >>> plain_path("a/b.geojson")
    'a/b.geojson'
    """
    return str(PurePosixPath(path.replace("\\", "/")))

"""What actors are called and which colour they have, where somebody says so."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from territory.read.text_files import read_toml
from territory.untrusted import clean

_SHOWN = 30  # characters of what is no colour


class ActorLook(BaseModel):
    """How one actor is shown: ``[actors.NAME]`` of a job, a profile or a file of colours.

    Attributes
    ----------
    title, title_ar, title_uk, title_ru, title_fr : str
        What readers are told it is called, in English and in other languages.
    colour : str
        Opaque, such as ``#b5404f`` or ``crimson``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = ""
    title_ar: str = ""
    title_uk: str = ""
    title_ru: str = ""
    title_fr: str = ""
    colour: str = ""

    @field_validator("colour")
    @classmethod
    def _is_colour(cls, value: str) -> str:
        from matplotlib.colors import is_color_like, to_rgba  # loaded where somebody names one

        if value and not (is_color_like(value) and to_rgba(value)[3] == 1):
            raise ValueError(f"'{clean(value)[:_SHOWN]}' is not a colour; write it as #rrggbb")
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(vars(self).values()):
            raise ValueError("it says neither a colour nor a title")
        return self

    @property
    def titles(self) -> dict[str, str]:
        """What it is called by language; nothing where nobody says so."""
        own = {"en": self.title, "ar": self.title_ar, "uk": self.title_uk}
        own |= {"ru": self.title_ru, "fr": self.title_fr}
        return {language: title for language, title in own.items() if title}

    def over(self, other: "ActorLook | None") -> "ActorLook":
        """Return this look, with what it does not say taken from another.

        Parameters
        ----------
        other : ActorLook or None
            Of the same actor.

        Examples
        --------
        >>> ActorLook(title="Reds").over(ActorLook(title="R", colour="red")).colour
        'red'
        """
        said = {} if other is None else {name: each for name, each in vars(other).items() if each}
        return ActorLook(**{**said, **{name: each for name, each in vars(self).items() if each}})


Looks = Mapping[str, ActorLook]


class _ActorsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    actors: dict[str, ActorLook]


def read_looks(path: Path) -> dict[str, ActorLook]:
    """Read a file of colours and titles.

    Parameters
    ----------
    path : Path
        TOML with ``[actors.NAME]`` for each.

    Raises
    ------
    InputError
        If it cannot be read, or a colour is none.
    """
    return read_toml(path, _ActorsFile).actors


def looks_together(layers: Iterable[Looks]) -> dict[str, ActorLook]:
    """Return looks from several sources, of which later ones win.

    Parameters
    ----------
    layers : iterable of mapping of str to ActorLook
        By the name of an actor, or of one with its status, such as ``red (claimed)``.

    Examples
    --------
    >>> drawn = {"red": ActorLook(colour="pink"), "red (claimed)": ActorLook(colour="plum")}
    >>> sorted(looks_together([drawn, {"red": ActorLook(colour="crimson")}]))
    ['red']
    """
    found: dict[str, ActorLook] = {}
    for layer in layers:
        for name, look in layer.items():
            if look.colour:  # that of an actor is also that of its claims
                found = {key: each for key, each in found.items() if not _is_of(key, name)}
            found[name] = look.over(found.get(name))
    return found


def _is_of(key: str, actor: str) -> bool:
    return key.startswith(f"{actor} (") and key.endswith(")")

"""Pictures inside the page: as they are or scaled down, with few colours, each only once."""

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from territory.ancient_days import day_from_iso
from territory.errors import InputError
from territory.job.workers import spread
from territory.maps.kinds.catalogue import NARROW, Days, kinds_of

if TYPE_CHECKING:
    from markupsafe import Markup

BUDGET = 2_900_000  # bytes of all pictures, so that the page stays under 4 MB in base64
DAYS = 12
_WIDTHS = (2400, 1600, 1200, 900, 640)  # our own pictures have the first
_TRIM = 55  # pixels of the white rim of a sheet, which a telephone has no room for
_FIRST = tuple(name.replace("-", "_") for name in kinds_of(Days.TWO, in_job=True))
_DAY = re.compile(r"(-\d{4,6}|\d{4})-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Picture:
    """A picture as the page carries it, and what it shows instead on a telephone."""

    key: str
    data: "Markup"
    width: int
    height: int
    narrow: "Picture | None" = None

    @property
    def kind(self) -> str:
        """Which kind of map it is, whatever area it is about; see `KINDS`."""
        return "day" if self.day else _shows(self.key).replace("_", "-")

    @property
    def of_area(self) -> bool:
        """Whether it is about an area that is not all ground."""
        return "/" in self.key

    @property
    def day(self) -> date | None:
        """The day it shows, if it shows one."""
        name = _shows(self.key)
        return day_from_iso(name) if _DAY.match(name) else None


def _shows(key: str) -> str:
    """Return what a picture shows, whatever area: a day, ``before_after``, ``transfers``."""
    return key.rpartition("/")[2]


def embedded(pictures: Mapping[str, Path]) -> tuple[Picture, ...]:
    """Return the pictures to be shown, in order, within the budget of the page.

    Before and after comes first, then the transfers, then the days (`DAYS` of them at
    most), then whatever else there is. Copies in other languages, whose keys end in
    ``.ar`` or the like, are left out: see `languages`.

    Parameters
    ----------
    pictures : mapping of str to Path
        PNG files by what they show: a day such as ``2018-02-05``, ``before_after``,
        ``transfers``; after the name of the area and ``/`` where it is not all ground.

    Raises
    ------
    InputError
        If a file is not a picture.
    """
    narrow, pictures = _narrow(pictures)
    chosen = _distinct({key: pictures[key] for key in _ordered(pictures)})
    wide = _WIDTHS[0]
    beside = {k: _packed(path, wide, trim=_TRIM) for k, path in narrow.items() if k in chosen}
    room = BUDGET - sum(len(content) for content, _ in beside.values())
    packed: dict[str, tuple[bytes, tuple[int, int]]] = {}
    for width in _WIDTHS:
        with spread(os.cpu_count() or 1) as run:  # Pillow works outside the interpreter lock
            smaller = run(partial(_packed, width=width), chosen.values())
            packed = dict(zip(chosen, smaller, strict=True))
        if sum(len(content) for content, _ in packed.values()) <= room:
            break
    small = {key: _picture(key, *each) for key, each in beside.items()}
    return tuple(_picture(key, *each, small.get(key)) for key, each in packed.items())


def _narrow(pictures: Mapping[str, Path]) -> tuple[dict[str, Path], dict[str, Path]]:
    """Return the pictures for telephones, by what they show, and all others."""
    found = {k.removesuffix(NARROW): path for k, path in pictures.items() if k.endswith(NARROW)}
    return found, {key: path for key, path in pictures.items() if not key.endswith(NARROW)}


def is_of_day(key: str) -> bool:
    """Return whether a picture shows a day, in whatever area and language.

    Parameters
    ----------
    key : str
        What the picture shows, as in `embedded`.

    Examples
    --------
    >>> is_of_day("2018-02-05.ar"), is_of_day("idlib/2018-02-05"), is_of_day("transfers")
    (True, True, False)
    """
    return _DAY.match(_shows(key).partition(".")[0]) is not None


def languages(pictures: Mapping[str, Path]) -> tuple[str, ...]:
    """Return the codes of the languages in which there are further copies.

    Parameters
    ----------
    pictures : mapping of str to Path
        PNG files by what they show, as in `embedded`.

    Examples
    --------
    >>> languages({"transfers": Path("a.png"), "transfers.ar": Path("b.png")})
    ('ar',)
    """
    _, pictures = _narrow(pictures)
    ends = (key.rpartition(".") for key in pictures)
    return tuple(sorted({code for stem, _, code in ends if stem in pictures}))


def _ordered(pictures: Mapping[str, Path]) -> list[str]:
    copies = tuple(f".{code}" for code in languages(pictures))
    keys = [key for key in pictures if not (copies and key.endswith(copies))]
    days = sorted(key for key in keys if _DAY.match(_shows(key)))
    if len(days) > DAYS:
        days = [days[round(n * (len(days) - 1) / (DAYS - 1))] for n in range(DAYS)]
    first = [key for kind in _FIRST for key in sorted(keys, key=_area_last) if _shows(key) == kind]
    rest = sorted(key for key in keys if not _DAY.match(_shows(key)) and _shows(key) not in _FIRST)
    return [*first, *days, *rest]


def _area_last(key: str) -> tuple[bool, str]:
    """Put pictures of all ground before those of an area."""
    return "/" in key, key


def _distinct(pictures: Mapping[str, Path]) -> dict[str, Path]:
    """Leave out pictures that are the same as an earlier one."""
    seen: dict[str, str] = {}
    for key, path in pictures.items():
        seen.setdefault(sha256(_read(path)).hexdigest(), key)
    return {key: pictures[key] for key in seen.values()}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("the picture cannot be read", file=path.name) from error


def _packed(path: Path, width: int, *, trim: int = 0) -> tuple[bytes, tuple[int, int]]:
    """Return a PNG no wider than `width`, with a palette and without its rim, and its size."""
    content = _read(path)
    try:
        with Image.open(BytesIO(content)) as source:
            if not trim and _is_ready(source) and source.width <= width:
                source.verify()
                return content, source.size
            flat = _on_white(source)
    except (UnidentifiedImageError, OSError) as error:
        raise InputError("this is not a picture", file=path.name) from error
    if trim:
        flat = flat.crop((trim, trim, flat.width - trim, flat.height - trim))
    if flat.width > width:
        height = max(1, round(flat.height * width / flat.width))
        flat = flat.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    from territory.maps.image_files import few_colours  # with all that draws, slow to load

    few = few_colours(np.asarray(flat.convert("RGBX")))
    out = BytesIO()
    few.save(out, format="PNG", compress_level=6)
    return out.getvalue(), few.size


def _is_ready(source: Image.Image) -> bool:
    """Return whether a picture has few colours already, as those have that a job draws."""
    is_plain = source.mode == "P" and not source.has_transparency_data
    return source.format == "PNG" and is_plain


def _on_white(source: Image.Image) -> Image.Image:
    if not source.has_transparency_data or source.getchannel("A").getextrema() == (255, 255):
        return source.convert("RGB")
    layered = source.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def _picture(
    key: str, content: bytes, size: tuple[int, int], narrow: Picture | None = None
) -> Picture:
    from markupsafe import Markup

    data = Markup("data:image/png;base64,") + Markup(b64encode(content).decode("ascii"))
    return Picture(key, data, *size, narrow)

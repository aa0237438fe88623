"""Pictures as files: the same figure gives the same bytes, and never half a file."""

from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from territory.errors import InputError, did_you_mean
from territory.maps.sheet import drawing
from territory.maps.typesetting import DPI
from territory.one_piece import file_in_one_piece

_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
FORMATS = tuple(_METADATA)
_DPI = (30, 1200)
_COLOURS, _SAMPLE = 256, 11  # of a picture; every so many pixels are looked at to find them
_COMPRESSION = 6


def save(
    figure: Figure,
    path_without_suffix: Path | str,
    *,
    formats: tuple[str, ...] = ("png", "svg"),
    dpi: int = DPI,
    in_one_piece: bool = True,
) -> list[Path]:
    """Write a figure in several formats.

    Parameters
    ----------
    figure : Figure
        From one of the map functions.
    path_without_suffix : Path or str
        ``out/map`` gives ``out/map.png`` and ``out/map.svg``; the folder must exist.
    formats : tuple of {"png", "svg", "pdf"}
        Each once.
    dpi : int
        Dots per inch of a PNG, 30 to 1200; 300 for print.
    in_one_piece : bool
        Whether each file is written beside its place and then moved there, which needs not be
        where the whole folder is.

    Returns
    -------
    list of Path
        The files, in the order of `formats`.

    Raises
    ------
    InputError
        If a format is not known or the dots are too few or many; nothing is written then.
    OSError
        If the folder cannot be written to.
    """
    for kind in formats:
        if kind not in _METADATA:
            raise InputError(f"cannot write '{kind}'; {did_you_mean(kind, _METADATA)}")
    check_dpi(dpi)
    paths = [Path(f"{path_without_suffix}.{kind}") for kind in formats]
    for path, kind in zip(paths, formats, strict=True):
        with file_in_one_piece(path) if in_one_piece else nullcontext(path) as place:
            _write(figure, place, kind, dpi, named=path)
    return paths


def picture_format(path: Path) -> str:
    """Return in which format a picture is to be written, as its name says.

    Parameters
    ----------
    path : Path
        A file, with its suffix.

    Raises
    ------
    InputError
        If the suffix is that of no picture that can be written.

    Examples
    --------
    >>> picture_format(Path("out/map.svg"))
    'svg'
    """
    if path.suffix[1:] not in FORMATS:
        found = f"not '{path.suffix}'" if path.suffix else "and this has no suffix"
        raise InputError(f"a picture is .png, .svg or .pdf, {found}", file=str(path))
    return path.suffix[1:]


def check_dpi(dpi: float) -> None:
    """Refuse what no picture has.

    Parameters
    ----------
    dpi : float
        Dots per inch.

    Raises
    ------
    InputError
        If they are fewer than 30 or more than 1200.
    """
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise InputError(f"{dpi} dots per inch; choose {_DPI[0]} to {_DPI[1]}")


def _write(figure: Figure, place: Path, kind: str, dpi: int, *, named: Path) -> None:
    """Write one file; errors name what it will be."""
    try:
        with drawing():
            if kind == "png":
                _write_png(figure, place, dpi)
            else:
                figure.savefig(place, format=kind, dpi=dpi, metadata=_METADATA[kind])
    except OSError as error:  # such as a full disk, which knows no names
        if error.errno is not None:
            error.filename = str(named)
        raise


def _write_png(figure: Figure, path: Path, dpi: int) -> None:
    """Write a PNG of 256 colours: a third of the size and time of one of all colours."""
    raw = _Pixels()
    figure.savefig(raw, format="rgba", dpi=dpi)
    image = few_colours(raw.drawn)
    image.save(path, format="png", dpi=(dpi, dpi), compress_level=_COMPRESSION)


class _Pixels(BytesIO):
    """What takes a picture from matplotlib as it stands in memory."""

    drawn: NDArray[np.uint8]

    def write(self, picture: Any, /) -> int:  # noqa: ANN401 - a buffer
        """Take it."""
        self.drawn = np.asarray(picture)
        return self.drawn.nbytes


def few_colours(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return a picture with its 256 most frequent colours, the others by the nearest of them.

    Fills keep their colour exactly; what moves, by hardly more than can be seen, are the
    edges of letters and lines.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 4), contiguous
        Red, green, blue; the fourth is not looked at, but should be the same everywhere.
    """
    words = pixels.view(np.uint32).ravel()
    red_first = pixels.view(">u4").ravel()
    change = np.flatnonzero(words[1:] != words[:-1])  # most of a map is flat
    first = np.append(0, change + 1)
    cell = _cells(red_first[first].astype(np.uint32) >> 8)
    some = red_first[::_SAMPLE].astype(np.uint32) >> 8
    found, count = np.unique(some, return_counts=True)
    chosen = found[np.argsort(-count, kind="stable")[:_COLOURS]]
    palette = np.stack([chosen >> 16, chosen >> 8 & 255, chosen & 255], axis=1).astype(np.uint8)
    index = _nearest(palette, cell)
    own = _cells(chosen)[::-1]  # the most frequent colour of a cell comes last and stays
    index[own] = np.arange(len(palette), dtype=np.uint8)[::-1]
    runs = np.repeat(index[cell], np.diff(first, append=len(words)))
    image = Image.fromarray(runs.reshape(pixels.shape[:2]))
    image.putpalette(palette.tobytes())
    return image


def _cells(colours: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """Return which of 32 x 32 x 32 cells each colour of 24 bits lies in."""
    red, green, blue = colours >> 19, colours >> 11 & 31, colours >> 3 & 31
    return (red << 10 | green << 5 | blue).astype(np.uint16)


def _nearest(palette: NDArray[np.uint8], cell: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return the index of the nearest colour for the middle of each cell that occurs."""
    occurs = np.zeros(1 << 15, dtype=bool)
    occurs[cell] = True
    cells = np.flatnonzero(occurs)
    middles = np.stack([cells >> 10, cells >> 5 & 31, cells & 31], axis=1) * 8.0 + 4.0
    colours = palette.astype(np.float64)
    # |a - b|^2 is least where |b|^2 - 2 a.b is
    distance = (colours**2).sum(axis=1) - 2 * middles @ colours.T
    index = np.zeros(1 << 15, dtype=np.uint8)
    index[cells] = distance.argmin(axis=1)
    return index

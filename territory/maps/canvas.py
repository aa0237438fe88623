"""A canvas whose lines of text are laid out once in a process, whatever picture shows them.

Laying out a line takes longer than drawing it, and most lines of a map (towns, legend,
sources) are those of the map before. What is drawn is what matplotlib's own canvas draws.
"""

from functools import lru_cache
from os import getpid
from threading import get_ident
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags, RenderMode
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from numpy.typing import NDArray

_LINES = 4096  # that are kept
_LETTERS = 16_384  # of one font and size, each as often as it stands otherwise to the pixels
_PARTS = 64  # of a pixel, to which FreeType places letters
_UPRIGHT = np.array([[1 << 16, 0], [0, 1 << 16]])

Outline = tuple[NDArray[np.float64], NDArray[np.uint8]]
_Font = Any  # matplotlib's FT2Font, whose stubs leave out what places and draws letters


class _TextPaths(TextToPath):
    """The outlines of letters, each line of them laid out once."""

    def get_text_path(self, prop: FontProperties, s: str, *args: Any, **features: Any) -> Any:  # noqa: ANN401 - as matplotlib has it
        """Return points and codes of a line."""
        if any(args) or any(features.values()):  # formulas and what our maps never have
            return super().get_text_path(prop, s, *args, **features)
        return _outline(s, prop.copy())


class TextRenderer(RendererAgg):
    """A renderer that lays each line of text out once, and draws each letter of it once."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._text2path = _TextPaths()

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        """Return width, height and descent of a line in pixels."""
        if ismath:
            found: tuple[float, float, float]
            found = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
            return found
        return extent(s, prop.copy(), self.dpi, hinting())

    def draw_text(  # noqa: PLR0917 - as matplotlib has it
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,  # noqa: ANN401 - as matplotlib has it
        mtext: Text | None = None,
    ) -> None:
        """Draw a line, whole pixels away from where its letters were drawn before."""
        if angle or ismath or not gc.get_antialiased() or _is_special(mtext):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        size, kind, up = prop.get_size_in_points(), hinting(), self.height - y
        for font, number, dx, dy in _letters(s, prop.copy(), self.dpi, kind, _here()):
            column, right = divmod(round(_PARTS * (x + dx)), _PARTS)
            row, above = divmod(round(_PARTS * (up + dy)), _PARTS)
            image, left, top = _drawn(font, number, size, self.dpi, right, above, kind)
            bottom = int(self.height) - (row + top) + len(image)
            self._renderer.draw_text_image(image, column + left, bottom, 0, gc)


class TextCanvas(FigureCanvasAgg):
    """A canvas that draws with a `TextRenderer`."""

    renderer: TextRenderer | None = None

    def get_renderer(self) -> TextRenderer:
        """Return the renderer, another one where the size has changed."""
        size = (*self.get_width_height(physical=True), self.figure.dpi)
        old = self.renderer
        if old is None or (old.width, old.height, old.dpi) != size:
            self.renderer = old = TextRenderer(*size)
        return old


def hinting() -> str:
    """Return how matplotlib fits letters to pixels just now; their width depends on it."""
    return str(mpl.rcParams["text.hinting"])


@lru_cache(maxsize=16)
def _plain(dpi: float) -> RendererAgg:
    return RendererAgg(8, 8, dpi)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=_LINES)
def extent(
    text: str, font: FontProperties, dpi: float, _hinting: str
) -> tuple[float, float, float]:
    """Return width, height and descent of a line in pixels.

    Parameters
    ----------
    text : str
        One line.
    font : FontProperties
        Not changed afterwards.
    dpi : float
        Dots per inch.
    _hinting : str
        See `hinting`.
    """
    found = _plain(dpi).get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(found[0]), float(found[1]), float(found[2])


def _here() -> tuple[int, int]:
    """Return process and thread: a font is one thread's, and reads a file from where it stands.

    A forked process shares that place with its parent, and both would read nonsense.
    """
    return getpid(), get_ident()


def _flags() -> LoadFlags:
    flags: LoadFlags = get_hinting_flag()  # type: ignore[no-untyped-call]
    return flags


def _is_special(text: Text | None) -> bool:
    """Return whether a text asks for features of its font, which our maps never do."""
    return text is not None and bool(text.get_fontfeatures() or text.get_language())


@lru_cache(maxsize=_LINES)
def _letters(
    text: str, font: FontProperties, dpi: float, _hinting: str, _where: tuple[int, int]
) -> tuple[tuple[_Font, int, float, float], ...]:
    """Return font, number and place of the letters of a line; see `_here`."""
    prepared: _Font = _plain(dpi)._prepare_font(font)  # type: ignore[no-untyped-call]
    laid_out = prepared._layout(text, flags=_flags())
    return tuple((each.ft_object, each.glyph_index, each.x, each.y) for each in laid_out)


@lru_cache(maxsize=_LETTERS)
def _drawn(  # noqa: PLR0917
    font: _Font, number: int, size: float, dpi: float, right: int, above: int, _hinting: str
) -> tuple[NDArray[np.uint8], int, int]:
    """Return a letter so many parts of a pixel from one, and how far left and up it begins."""
    font.set_size(size, dpi)
    font._set_transform(_UPRIGHT, [right, above])
    bitmap = font._render_glyph(number, _flags(), RenderMode.NORMAL)
    return np.array(bitmap.buffer), bitmap.left, bitmap.top


@lru_cache(maxsize=_LINES)
def _outline(text: str, font: FontProperties) -> Outline:
    points, codes = TextToPath().get_text_path(font, text)
    outline = np.array(points, dtype=float).reshape(-1, 2), np.array(codes, dtype=np.uint8)
    for each in outline:
        each.setflags(write=False)
    return outline

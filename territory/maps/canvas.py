"""A canvas whose lines of text are laid out once in a process, whatever picture shows them.

Laying out a line takes longer than drawing it, and most lines of a map (towns, legend,
sources) are those of the map before. What is drawn is what matplotlib's own canvas draws.
"""

from functools import lru_cache
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from numpy.typing import NDArray

_LINES = 4096  # that are kept

Outline = tuple[NDArray[np.float64], NDArray[np.uint8]]


class _TextPaths(TextToPath):
    """The outlines of letters, each line of them laid out once."""

    def get_text_path(self, prop: FontProperties, s: str, *args: Any, **features: Any) -> Any:  # noqa: ANN401 - as matplotlib has it
        """Return points and codes of a line."""
        if any(args) or any(features.values()):  # formulas and what our maps never have
            return super().get_text_path(prop, s, *args, **features)
        return _outline(s, prop.copy())


class TextRenderer(RendererAgg):
    """A renderer that measures each line of text once."""

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


@lru_cache(maxsize=_LINES)
def _outline(text: str, font: FontProperties) -> Outline:
    points, codes = TextToPath().get_text_path(font, text)
    outline = np.array(points, dtype=float).reshape(-1, 2), np.array(codes, dtype=np.uint8)
    for each in outline:
        each.setflags(write=False)
    return outline

"""Text and figures as pixels."""

from functools import lru_cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from territory.maps.film.raster import Bytes
from territory.maps.style import INK


def rendered(canvas: FigureCanvasAgg) -> Bytes:
    """Return a figure as red, green, blue and alpha.

    Parameters
    ----------
    canvas : FigureCanvasAgg
        It is drawn first.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
    """
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's own stubs, here and below
    return np.asarray(canvas.buffer_rgba(), dtype=np.uint8)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def inked(text: str, size: float, bold: bool, dpi: float) -> Bytes:
    """Return how much ink one line of text puts on each pixel, 0 to 255.

    Kept, because most words of a frame are those of the frame before.

    Parameters
    ----------
    text : str
        One line, in the direction that it is marked with.
    size : float
        In points.
    bold : bool
        Whether it is bold.
    dpi : float
        Pixels per inch.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Two times as high as the type; as wide as the text.
    """
    high = round(2.0 * size / 72 * dpi)
    figure = Figure(figsize=(16.0, high / dpi), dpi=dpi, facecolor="none")
    canvas = FigureCanvasAgg(figure)
    weight = "bold" if bold else "normal"
    figure.text(
        0.0, 0.5, text, size=size, weight=weight, color=INK, ha="left", va="center_baseline"
    )
    alpha = rendered(canvas)[..., 3]
    used = np.flatnonzero(alpha.any(axis=0))
    return alpha[:, : used[-1] + 2 if len(used) else 1].copy()

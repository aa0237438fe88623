"""Pictures of maps as pixels: PNG, JPEG, TIFF and WebP, whatever colours they are stored in.

The first bytes decide what a file is, not its name; only those four kinds are decoded, so
that no descriptor of other data is ever followed. A picture is counted before it is
unpacked, and one that ends early is refused instead of being filled up with grey.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from territory.errors import InputError
from territory.geometry.arrays import Bools
from territory.read.formats.gdal_guard import first_bytes

MAX_PIXELS = 40_000_000
_SMALLEST = 16  # pixels along a side
_OPAQUE = 128  # of 255: less is taken as not there
_DEEP = 257  # from 16 bits to 8: 65,535 becomes 255
_BEGINS = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"II+\x00": "TIFF",
    b"MM\x00+": "TIFF",
}
_OTHERS = {
    b"%PDF": "a PDF; render its page to PNG first, such as with 'pdftoppm -r 300 -png'",
    b"GIF8": "a GIF; save it as PNG first",
    b"BM": "a BMP; save it as PNG first",
}
_SVG = "an SVG; render it to PNG first, such as with 'rsvg-convert -w 4000 map.svg -o map.png'"


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it is seen, turned upright.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
        Red, green, blue (sRGB); what is half transparent lies on white.
    clear : ndarray of bool, shape (height, width)
        Pixels that are more than half transparent.
    """

    rgb: NDArray[np.uint8]
    clear: Bools

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]


def read_picture(path: Path) -> Picture:
    """Read a picture of a map.

    Parameters
    ----------
    path : Path
        A PNG, JPEG, TIFF or WebP, whatever its name ends in.

    Raises
    ------
    InputError
        If it is missing, of another kind, too large or too small, has several pages, or
        ends early.
    """
    kind = _kind(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit; ours is lower and an error
            with Image.open(path, formats=[kind]) as image:
                _check_size(image, path)
                return _pixels(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        raise InputError(_too_large("more than 178 million"), file=str(path)) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        detail = str(error).splitlines()[0] if str(error) and kind not in str(error) else "damaged"
        problem = f"the {kind} picture cannot be read to its end ({detail}); get it again"
        raise InputError(problem.replace(str(path), "it"), file=str(path)) from None


def _kind(path: Path) -> str:
    """Return what kind of picture a file is by its first bytes."""
    head = first_bytes(path)
    for begin, kind in _BEGINS.items():
        if head.startswith(begin):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    found = next((name for begin, name in _OTHERS.items() if head.startswith(begin)), "")
    if path.suffix.lower() in {".svg", ".svgz"} or b"<svg" in head.lower():
        found = _SVG
    what = found or "no picture that this reads (PNG, JPEG, TIFF or WebP), whatever its name says"
    raise InputError(f"is {what}", file=str(path))


def _too_large(count: str) -> str:
    return (
        f"{count} pixels; at most {MAX_PIXELS:,} are read."
        " Make it smaller: 4,000 pixels across are enough for most maps"
    )


def _check_size(image: Image.Image, path: Path) -> None:
    """Refuse a picture by its header, before any pixel is unpacked."""
    if image.width * image.height > MAX_PIXELS:
        raise InputError(_too_large(f"{image.width * image.height:,}"), file=str(path))
    if min(image.size) < _SMALLEST:
        problem = f"{image.width} x {image.height} pixels are too few for a map"
        raise InputError(problem, file=str(path))
    pages = getattr(image, "n_frames", 1)
    if pages > 1:
        raise InputError(f"{pages} pages or frames; save the map alone", file=str(path))


def _pixels(image: Image.Image) -> Picture:
    """Return red, green and blue of a picture in any mode."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if not (image.has_transparency_data or "A" in image.getbands()):
        rgb = np.asarray(image.convert("RGB"), dtype=np.uint8)
        return Picture(rgb, np.zeros(rgb.shape[:2], dtype=bool))
    rgba = np.asarray(image.convert("RGBA"), dtype=np.uint8)
    cover = rgba[..., 3:].astype(np.uint16)
    on_white = (rgba[..., :3] * cover + 255 * (255 - cover) + 127) // 255
    return Picture(on_white.astype(np.uint8), rgba[..., 3] < _OPAQUE)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a grey picture of 16 or 32 bits with 8."""
    deep = np.asarray(image, dtype=np.float64)
    top = float(np.nanmax(deep, initial=0.0))
    scale = 1.0 if 1.0 < top <= 255 else _DEEP if top > 255 else 1 / 255  # noqa: PLR2004
    return Image.fromarray(np.clip(np.nan_to_num(deep) / scale, 0, 255).astype(np.uint8))

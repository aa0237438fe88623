"""Pictures as files: the same figure gives the same bytes, and never half a file."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from territory.errors import InputError, did_you_mean
from territory.maps.sheet import DPI, drawing

_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
FORMATS = tuple(_METADATA)
_DPI = (30, 1200)
_OPTIONS: dict[str, dict[str, Any]] = {"png": {"pil_kwargs": {"compress_level": 2}}}


def save(
    figure: Figure,
    path_without_suffix: Path | str,
    *,
    formats: tuple[str, ...] = ("png", "svg"),
    dpi: int = DPI,
) -> list[Path]:
    """Write a figure in several formats, each beside its place and then renamed.

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
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise InputError(f"{dpi} dots per inch; choose {_DPI[0]} to {_DPI[1]}")
    return [_write(figure, Path(f"{path_without_suffix}.{kind}"), kind, dpi) for kind in formats]


def _write(figure: Figure, path: Path, kind: str, dpi: int) -> Path:
    part = path.with_name(f".{path.name}.part")
    try:
        with drawing():
            options = _OPTIONS.get(kind, {})
            figure.savefig(part, format=kind, dpi=dpi, metadata=_METADATA[kind], **options)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path

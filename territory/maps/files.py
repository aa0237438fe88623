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
_OPTIONS: dict[str, dict[str, Any]] = {"png": {"pil_kwargs": {"compress_level": 2}}}


def save(
    figure: Figure, path_without_suffix: Path | str, *, formats: tuple[str, ...] = ("png", "svg")
) -> list[Path]:
    """Write a figure in several formats, each beside its place and then renamed.

    Parameters
    ----------
    figure : Figure
        From one of the map functions.
    path_without_suffix : Path or str
        ``out/map`` gives ``out/map.png`` and ``out/map.svg``; the folder must exist.
    formats : tuple of {"png", "svg", "pdf"}
        PNG at 200 dots per inch.

    Returns
    -------
    list of Path
        The files, in the order of `formats`.

    Raises
    ------
    InputError
        If a format is not known; nothing is written then.
    OSError
        If the folder cannot be written to.
    """
    for kind in formats:
        if kind not in _METADATA:
            raise InputError(f"cannot write '{kind}'; {did_you_mean(kind, _METADATA)}")
    return [_write(figure, Path(f"{path_without_suffix}.{kind}"), kind) for kind in formats]


def _write(figure: Figure, path: Path, kind: str) -> Path:
    part = path.with_name(f".{path.name}.part")
    try:
        with drawing():
            options = _OPTIONS.get(kind, {})
            figure.savefig(part, format=kind, dpi=DPI, metadata=_METADATA[kind], **options)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path

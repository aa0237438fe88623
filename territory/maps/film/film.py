"""A film of any days: frames drawn in several processes, encoded by ffmpeg."""

import pickle
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from PIL import Image

from territory.errors import InputError, did_you_mean
from territory.extras import require
from territory.holders import NOBODY, Holder
from territory.job.workers import spread
from territory.maps.chart import Course
from territory.maps.film.raster import Bytes
from territory.maps.film.reel import Reel
from territory.maps.film.stage import Stage, checked_size
from territory.maps.map_text import MapText
from territory.maps.request import MapSource
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import Estimate
from territory.measure.tables import area_estimates, transfer_estimates
from territory.one_piece import file_in_one_piece

Progress = Callable[[str, int, int], None]
KINDS = (".mp4", ".gif")
_STAGE = "drawing frames"
_CHUNK = 6  # frames to a task
_QUICK, _SLOW, _FEW = 12.0, 2.0, 60  # frames a second; days below which a film is slow
_LAST_STAYS = 2.0  # seconds
_PALETTE = 16  # colours a side: a palette is a picture of 16 by 16


@dataclass(frozen=True)
class Take:
    """How a film is made.

    Attributes
    ----------
    fps : float, optional
        Days a second; 12, or 2 for few days, by default.
    size : (int, int)
        Pixels; odd ones lose one.
    text : MapText
        Its language; title and subtitle instead of the finding and the title of the job.

    Raises
    ------
    InputError
        If there are no frames a second, or far too many, or the size cannot be.
    """

    fps: float | None = None
    size: tuple[int, int] = (1280, 720)
    text: MapText = field(default_factory=MapText)

    def __post_init__(self) -> None:
        """Refuse what no player shows."""
        checked_size(*self.size)
        if self.fps is not None and not 0.1 <= self.fps <= 60:  # noqa: PLR2004
            raise InputError(f"{self.fps:g} frames a second; choose 0.1 to 60")


def animate(
    film_source: MapSource,
    take: Take,
    to: Path,
    *,
    workers: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
    in_one_piece: bool = True,
) -> Path:
    """Make a film of the days that are loaded.

    Days that are judged corrupt are left out. The same input gives the same frames, and
    the same ffmpeg the same bytes, whatever the number of workers.

    Parameters
    ----------
    film_source : MapSource
        The loaded series with what its pictures need.
    take : Take
        Days a second, size in pixels, language and title.
    to : Path
        ``.mp4`` (H.264, 4:2:0, plays everywhere) or ``.gif``.
    workers : int
        Processes that draw.
    progress : callable
        Told the stage and how far it is.
    in_one_piece : bool
        Whether it is written beside its place and then moved there, which needs not be where
        the whole folder is.

    Returns
    -------
    Path
        The film.

    Raises
    ------
    InputError
        If there is no day, the file is of another kind, or ffmpeg fails.
    """
    if to.suffix.lower() not in KINDS:
        hint = did_you_mean(to.suffix or "no suffix", KINDS)
        raise InputError(f"a film is .mp4 or .gif, not '{to.suffix}'; {hint}", file=str(to))
    stage = written(film_source, take)
    count = len(stage.course.days)
    fps = take.fps or (_QUICK if count >= _FEW else _SLOW)
    whole = file_in_one_piece(to) if in_one_piece else nullcontext(to)
    with whole as place, _encoder(place, stage, fps, to=to) as encode:
        frame = b""
        for done, frame in enumerate(_frames(stage, workers), start=1):
            encode(frame)
            progress(_STAGE, done, count)
        for _ in range(round(_LAST_STAYS * fps)):
            encode(frame)
    return to


def written(film_source: MapSource, take: Take) -> Stage:
    """Return what a film shows: days, areas with intervals, title.

    Parameters
    ----------
    film_source : MapSource
        The loaded series with what its pictures need.
    take : Take
        Size in pixels, language and title.

    Raises
    ------
    InputError
        If there is no day, or the size cannot be.
    """
    ensemble = film_source.loaded.ensemble
    days = tuple(day for day in film_source.loaded.days if day not in ensemble.corrupt)
    if not days:
        raise InputError("no day is selected, so there is nothing to show")
    film_source = film_source.with_towns
    subject = film_source.subject(take.text)
    course = course_of(ensemble, days, film_source.area, nobody=subject.framed)
    start, end = days[0], days[-1]
    if start == end:
        held = area_estimates(ensemble, start, film_source.area)
        subject = film_source.captioned(subject, lambda say: say.day(held))
    else:
        moved = transfer_estimates(ensemble, start, end, film_source.area, stayed=False)
        period = (start, end)
        subject = film_source.captioned(subject, lambda say: say.transfer(moved), period=period)
        subject = subject.between(days)
    return Stage(subject, course, checked_size(*take.size))


def course_of(ensemble: Ensemble, days: Sequence[date], area: str, *, nobody: bool) -> Course:
    """Return everyone's area on each day, with intervals.

    Parameters
    ----------
    ensemble : Ensemble
        With the days and the area.
    days : sequence of date
        Days of the history, in order.
    area : str
        A named area, or ``all``.
    nobody : bool
        Whether ground that nobody holds counts.

    Returns
    -------
    Course
        In square kilometres.
    """
    by_day = [area_estimates(ensemble, day, area) for day in days]
    holders = [h for h in ensemble.base.holders if any(h in held for held in by_day)]
    counted = [holder for holder in holders if nobody or holder != NOBODY]
    areas: dict[Holder, tuple[Estimate | None, ...]] = {
        holder: tuple(held.get(holder) for held in by_day) for holder in counted
    }
    return Course(tuple(days), areas)


def _frames(stage: Stage, workers: int) -> Iterator[bytes]:
    """Yield the frames in order, drawn in several processes."""
    count = len(stage.course.days)
    chunks = (range(at, min(at + _CHUNK, count)) for at in range(0, count, _CHUNK))
    with spread(workers, in_processes=True) as run:  # few are drawn before the encoder needs them
        for frames in run(partial(drawn, pickle.dumps(stage)), chunks):
            yield from frames


def drawn(stage: bytes, numbers: range) -> list[bytes]:
    """Draw some frames; return each as red, green, blue.

    Parameters
    ----------
    stage : bytes
        What the film shows: a pickled `Stage`.
    numbers : range
        Indices into the days of the film.

    Returns
    -------
    list of bytes
        Three bytes a pixel, row by row from the top.
    """
    reel = _reel(stage)
    return [reel.frame(number).tobytes() for number in numbers]


@lru_cache(maxsize=1)
def _reel(stage: bytes) -> Reel:
    """Return a reel, set up once in a process."""
    opened: Stage = pickle.loads(stage)
    return Reel(opened)


@contextmanager
def _encoder(
    path: Path, stage: Stage, fps: float, *, to: Path
) -> Iterator[Callable[[bytes], None]]:
    """Give a function that takes one frame after the other; `to` is what errors name."""
    with tempfile.TemporaryDirectory() as folder:
        palette = Path(folder) / "palette.png"
        if path.suffix.lower() == ".gif":
            _write_palette(stage, palette)
        process = subprocess.Popen(
            _command(path, stage.size, fps, palette),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            yield lambda frame: _feed(process, frame)
            _, output = process.communicate()
        except BaseException:
            process.kill()
            process.communicate()
            raise
        if process.returncode:
            why = _why(process.returncode, output)
            raise InputError(f"ffmpeg could not write the film: {why}", file=str(to))


def _why(code: int, output: bytes) -> str:
    """Say why a program gave up: what it said last, or the signal that ended it."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    if lines:
        return lines[-1]
    return "it gave no reason" if code >= 0 else f"it was ended ({signal.strsignal(-code)})"


def _feed(process: "subprocess.Popen[bytes]", frame: bytes) -> None:
    try:
        if process.stdin is not None:
            process.stdin.write(frame)
    except BrokenPipeError:
        output = process.stderr.read() if process.stderr is not None else b""
        raise InputError(f"ffmpeg stopped: {_why(process.wait(), output)}") from None


def _command(path: Path, size: tuple[int, int], fps: float, palette: Path) -> list[str]:
    """Return how ffmpeg is called; one thread and no metadata, so that bytes repeat."""
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", f"{fps:g}"]
    quiet = [ffmpeg(), "-y", "-hide_banner", "-loglevel", "error", "-nostdin", *raw, "-i", "-"]
    same = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1"]
    if path.suffix.lower() == ".gif":
        drawn = ["-i", str(palette), "-lavfi", "paletteuse=dither=none:diff_mode=rectangle"]
        return [*quiet, *drawn, *same, "-loop", "0", str(path)]
    video = ["-c:v", "libx264", "-preset", "fast", "-crf", "20", "-tune", "animation"]
    plays = ["-pix_fmt", "yuv420p", "-movflags", "+faststart", "-an"]
    return [*quiet, *video, *plays, *same, str(path)]


def ffmpeg() -> str:
    """Return the program that makes films.

    Raises
    ------
    InputError
        If there is none.
    """
    require("film")
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise InputError(f"there is no ffmpeg to make films with: {error}") from error


def _write_palette(stage: Stage, path: Path) -> None:
    """Write the 256 colours that the first, middle and last frame need most."""
    reel, last = Reel(stage), len(stage.course.days) - 1
    frames: list[Bytes] = [reel.frame(number) for number in sorted({0, last // 2, last})]
    image = Image.fromarray(np.concatenate(frames)).quantize(_PALETTE**2, Image.Quantize.MEDIANCUT)
    colours = np.array(image.getpalette(), dtype=np.uint8).reshape(-1, 3)
    square = np.zeros((_PALETTE**2, 3), dtype=np.uint8)
    square[: len(colours)] = colours
    Image.fromarray(square.reshape(_PALETTE, _PALETTE, 3)).save(path)

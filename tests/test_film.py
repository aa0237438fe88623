"""Films: the right day, the right ground, a steady scale, and a file that plays."""

import subprocess
from datetime import date

import imageio_ffmpeg
import numpy as np
import pytest
import shapely
from drawn_maps import (
    GOVERNMENT,
    HOSTILE,
    ISIS,
    OPPOSITION,
    ROWS_AFTER,
    ROWS_BEFORE,
    grid,
    surroundings,
)
from matplotlib.colors import to_rgb
from squares import history_of, squares

from territory.cli import _code
from territory.errors import InputError
from territory.geometry.projection import EqualArea
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder, Status
from territory.job.series import Loaded
from territory.job.spec import MapsSpec
from territory.maps.chart import Course
from territory.maps.film.film import Take, _encoder, _frames, animate, course_of, written
from territory.maps.film.raster import Canvas
from territory.maps.film.reel import Reel
from territory.maps.film.stage import Stage, checked_size
from territory.maps.frame import Extent
from territory.maps.map_text import MapText
from territory.maps.request import MapSource
from territory.maps.style import second_tones, styles_for
from territory.maps.subject import Subject
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import around
from territory.read.basemap import Context

SIZE = (320, 240)


def course(history, **km2):
    rows = {Holder(actor): tuple(around(v, 1.0) for v in values) for actor, values in km2.items()}
    return Course(history.days, rows)


def staged(history, text=None, size=SIZE, **options):
    text = text or MapText("The finding", "Where and when", "The publisher")
    areas = course(history, government=[2800.0, 4000.0], opposition=[3200.0, 2000.0])
    areas = options.pop("course", areas)
    return Stage(Subject(history, **{"context": Context(), "text": text, **options}), areas, size)


@pytest.fixture(scope="module")
def history():
    return grid(ROWS_BEFORE, ROWS_AFTER)


def colour_of(reel, picture, x, y):
    """Return the colour of a frame at a place of the plane."""
    left, top, right, bottom = reel.stage.map_box
    extent = reel.stage.subject.view.extent
    across = left + (x - extent.west) / extent.width * (right - left)
    down = bottom - (y - extent.south) / extent.height * (bottom - top)
    return picture[int(down), int(across)] / 255


# What a frame shows -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
def test_every_cell_has_the_colour_of_its_holder_on_the_day(history, number):
    reel = Reel(staged(history))
    picture = reel.frame(number)
    styles = styles_for(history.holders)
    tones = second_tones(styles)
    first, now = history.held_by[0], history.held_by[number]

    for face, before, index in zip(history.faces, first, now, strict=True):
        x, y = face.bounds[0] + 7000.0, face.bounds[1] + 13000.0
        holder = history.holders[index]
        expected = to_rgb(styles[holder].colour if before == index else tones[holder])
        assert colour_of(reel, picture, x, y) == pytest.approx(expected, abs=0.02)


def test_frames_do_not_depend_on_the_order_they_are_asked_in(history):
    forth = [Reel(staged(history)).frame(number).tobytes() for number in (0, 1)]
    reel = Reel(staged(history))
    back = [reel.frame(number).tobytes() for number in (1, 0)]

    assert forth == back[::-1]
    assert forth[0] != forth[1]


def test_all_that_stands_still_is_the_same_in_every_frame(history):
    reel = Reel(staged(history))
    first, last = reel.frame(0), reel.frame(1)
    left, top, right, bottom = reel.stage.map_box
    moved = (first != last).any(axis=2)

    assert not moved[:top].any()
    assert not moved[:, :left].any()
    rim = [moved[top, left:right], moved[bottom - 1, left:right], moved[top:bottom, left]]
    assert not any(edge.any() for edge in rim)


def test_zones_without_an_area_let_the_land_show_where_nobody_is(history):
    drawn = history_of(squares("A.", ".."), squares("AA", ".."))
    canvas = Canvas(
        drawn,
        None,
        Extent(0, -2000, 2000, 0),
        (40, 40),
        styles_for(drawn.holders),
        framed=False,
    )
    alpha = canvas.picture(0)[..., 3]

    assert (alpha[5:15, 5:15] == 255).all()
    assert (alpha[25:, :] == 0).all()


def test_the_colour_at_an_edge_is_the_share_of_both_sides():
    half = history_of(squares("A"))
    canvas = Canvas(
        half, None, Extent(0, -1000, 2800, 0), (6, 3), styles_for(half.holders), framed=False
    )
    alpha = canvas.picture(0)[1, :, 3]  # a pixel is 467 m, so the edge lies in the third one

    assert alpha[0] == 255
    assert 0 < alpha[2] < 255 or 0 < alpha[1] < 255
    assert not alpha[3:].any()


def test_claimed_ground_is_hatched():
    holders = (NOBODY, GOVERNMENT, Holder("government", Status.CLAIMED))
    history = from_coverage(
        np.array([shapely.box(0, 0, 1000, 1000)]),
        np.array([[2]], dtype=np.int16),
        days=(date(2018, 1, 1),),
        holders=holders,
        projection=EqualArea(0.0, 0.0),
    )
    styles = styles_for(holders)
    canvas = Canvas(history, None, Extent(0, 0, 1000, 1000), (60, 60), styles, framed=True)

    assert len(np.unique(canvas.picture(0)[5:-5, 5:-5].reshape(-1, 4), axis=0)) > 2


@pytest.mark.parametrize("size", [(320, 240), (1280, 720), (720, 1280), (640, 640)])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_any_shape_of_film_has_room_for_everything(history, size, language):
    text = MapText(HOSTILE, HOSTILE, HOSTILE, language, HOSTILE)
    reel = Reel(staged(history, text, size=size, context=surroundings()))
    picture = reel.frame(1)
    left, top, right, bottom = reel.stage.chart_box

    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert reel.stage.rows
    edge = round(0.1 * reel.stage.layout.inch)  # a margin stays white
    for rim in (picture[:edge], picture[-edge:], picture[:, :edge], picture[:, -edge:]):
        assert (rim == 255).all()


def test_forty_actors_show_the_largest():
    holders = (NOBODY, *(Holder(f"brigade_{number:02d}") for number in range(40)))
    cells = np.array([shapely.box(x, 0, x + 1e3, 1e4) for x in range(0, 40_000, 1000)])
    history = from_coverage(
        cells,
        np.array([np.arange(1, 41)] * 2, dtype=np.int16),
        days=(date(2018, 1, 1), date(2018, 1, 2)),
        holders=holders,
        projection=EqualArea(0.0, 0.0),
    )
    km2 = {f"brigade_{number:02d}": [number + 1.0] * 2 for number in range(40)}
    reel = Reel(staged(history, size=(1280, 720), course=course(history, **km2)))
    reel.frame(0)

    assert reel.stage.rows[0] == Holder("brigade_39")
    assert 2 <= len(reel.stage.rows) <= 7
    assert reel.stage.unnamed == f"and {40 - len(reel.stage.rows)} more on the map"


def test_below_a_map_there_is_room_for_the_totals_of_a_few_parties(history):
    areas = course(history, government=[2.0, 4.0], opposition=[3.0, 2.0], isis=[1.0, 0.0])
    long = MapText("The finding", "Where", "A source " * 30, note="A note. " * 30)
    stage = staged(history, long, size=(720, 1280), course=areas)

    assert len(stage.rows) == 3
    assert stage.unnamed == ""


@pytest.mark.parametrize("size", [(10, 10), (5000, 720), (0, 0)])
def test_a_size_that_cannot_be_is_refused(size):
    with pytest.raises(InputError, match="choose 320x240"):
        checked_size(*size)


# Totals -------------------------------------------------------------------------------------------


def test_totals_are_those_of_the_tables(history):
    ensemble = Ensemble(history, BoundaryError(500.0, 2000.0))
    found = course_of(ensemble, history.days, "all", nobody=True)

    assert [each.value for each in found.areas[GOVERNMENT]] == [2800.0, 4000.0]
    assert [each.value for each in found.areas[ISIS]] == [400.0, 400.0]
    assert found.areas[OPPOSITION][0].low < 3200 < found.areas[OPPOSITION][0].high


def shown(history, corrupt=frozenset()):
    ensemble = Ensemble(history, BoundaryError(), corrupt=corrupt)
    return MapSource(Loaded("", ensemble, history.days, ()), MapsSpec(source="Test"), Context())


def test_a_corrupt_day_is_left_out(history):
    both = written(shown(history), Take(size=SIZE))
    one = written(shown(history, frozenset({history.days[1]})), Take(size=SIZE))

    assert both.course.days == history.days
    assert one.course.days == history.days[:1]
    assert both.subject.text.title == (
        "Government took 1,200 km² from Opposition, 5 November 2017 to 5 February 2018"
    )
    assert one.subject.text.title == "Opposition held 50.0 % of the ground"


@pytest.mark.parametrize("language", ["en", "ar", "fr", "ru", "uk"])
def test_ground_that_was_taken_and_given_back_is_not_said_never_to_have_moved(language):
    """The frames between show that it changed hands; a title speaks of both ends alone."""
    there_and_back = history_of(squares("AAB"), squares("ABB"), squares("AAB"))
    title = written(shown(there_and_back), Take(size=SIZE, text=MapText(language=language))).subject
    same = title.words.say("same_ground")
    assert same in title.text.title
    assert ".," not in title.text.title
    assert same != title.words.say("no_transfer")


def test_no_day_left_is_a_clear_message(history):
    with pytest.raises(InputError, match="no day is selected"):
        written(shown(history, frozenset(history.days)), Take())


# Files --------------------------------------------------------------------------------------------


def played(path):
    """Return size, frames and pixel format of a film, as ffmpeg reads it."""
    said = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", path, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    frames, _ = imageio_ffmpeg.count_frames_and_secs(path)
    return said, frames


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_a_film_has_a_frame_for_each_day_and_a_rest_at_the_end(history, suffix, tmp_path):
    told = []
    path = animate(
        shown(history),
        Take(fps=2, size=SIZE),
        tmp_path / f"film{suffix}",
        progress=lambda _stage, done, total: told.append((done, total)),
    )
    said, frames = played(path)

    assert "320x240" in said
    assert frames == 2 + 4
    assert told == [(1, 2), (2, 2)]
    assert list(tmp_path.iterdir()) == [path]
    if suffix == ".mp4":
        assert "yuv420p" in said
        assert "h264" in said


def test_a_film_shows_the_frames_that_were_drawn(history, tmp_path):
    take = Take(fps=2, size=SIZE)
    path = animate(shown(history), take, tmp_path / "film.mp4")
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    call = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", path, *raw]
    bytes_ = subprocess.run(call, capture_output=True, check=True).stdout
    frames = np.frombuffer(bytes_, dtype=np.uint8).reshape(-1, 240, 320, 3)
    reel = Reel(written(shown(history), take))

    for number in (0, 1):
        off = np.abs(frames[number].astype(int) - reel.frame(number))
        assert off.mean() < 4


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_two_workers_make_the_same_bytes_as_one(history, suffix, tmp_path):
    take = Take(fps=2, size=SIZE)
    one = animate(shown(history), take, tmp_path / f"one{suffix}", workers=1)
    two = animate(shown(history), take, tmp_path / f"two{suffix}", workers=2)

    assert one.read_bytes() == two.read_bytes()


def test_frames_come_in_order_whoever_draws_them():
    many = history_of(*[squares("AB"), squares("BB"), squares("BA")] * 10)
    areas = course(many, A=[1.0] * 30)
    shot = staged(many, course=areas)
    one = list(_frames(shot, 1))

    assert len(one) == 30
    assert list(_frames(shot, 2)) == one


def test_an_interrupted_film_leaves_nothing(history, tmp_path):
    def stop(_stage, _done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animate(shown(history), Take(size=SIZE), tmp_path / "film.mp4", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_what_ffmpeg_says_is_passed_on(history, tmp_path):
    place = tmp_path / "no such folder" / "film.mp4"
    with (
        pytest.raises(InputError, match="ffmpeg"),
        _encoder(place, staged(history), 2.0, to=place) as encode,
    ):
        encode(b"\0" * (320 * 240 * 3))


@pytest.mark.parametrize("name", ["film.avi", "film", "film.mp3"])
def test_other_kinds_of_file_are_refused(history, name, tmp_path):
    with pytest.raises(InputError, match=r"a film is \.mp4 or \.gif"):
        animate(shown(history), Take(), tmp_path / name)


@pytest.mark.parametrize("fps", [0.0, -1.0, 1000.0, float("nan")])
def test_speeds_that_no_player_has_are_refused(fps):
    with pytest.raises(InputError, match=r"choose 0\.1 to 60"):
        Take(fps=fps)


# The verb -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["1280", "x", "1280x", "-1x5", "axb"])
def test_a_size_that_is_none_is_a_message(size, tmp_path, capsys):
    call = ["animate", "x", "--profile", "zones", "--out", str(tmp_path / "a.mp4"), "--size", size]
    assert _code(call) == 1
    assert "such as 1280x720" in capsys.readouterr().err

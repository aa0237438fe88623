"""Pictures of each kind as they were when somebody last looked at them.

To renew them after a wanted change, and look at what git shows as changed:

    RENEW_GOLDEN=1 python -m pytest tests/test_maps_golden.py

The font comes with matplotlib and text is drawn without the system's help, so the pictures
agree between machines up to the rounding of edges. The tolerance is a mean square
difference of 3 of 255 and one pixel in 200 that is off by more than 48.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from drawn_maps import ALL_KINDS, ARABIC, ROWS_AFTER, ROWS_BEFORE, draw, grid, held, surroundings
from PIL import Image

from territory.maps.chart import Course
from territory.maps.film.reel import Reel
from territory.maps.film.stage import Stage
from territory.maps.image_files import save
from territory.maps.kinds.differences import comparison_map
from territory.maps.map_text import MapText
from territory.maps.subject import Subject
from territory.measure.compare import compare
from territory.measure.estimate import Estimate

GOLDEN = Path(__file__).parent / "golden"
DPI, LARGEST = 45, 60_000  # dots per inch; bytes
RENEW = bool(os.environ.get("RENEW_GOLDEN"))
TEXT = MapText("Government took 1,200 km²", "Idlib, drawn for a test", "Test", note="A note.")


@pytest.fixture(scope="module")
def history():
    return grid(ROWS_BEFORE, ROWS_AFTER)


def agrees(name, drawn):
    """Hold a picture against the golden one, or renew that."""
    path = GOLDEN / f"{name}.png"
    if RENEW:
        GOLDEN.mkdir(exist_ok=True)
        drawn.save(path, optimize=True)
    assert path.stat().st_size < LARGEST
    expected = np.asarray(Image.open(path).convert("RGB"), dtype=float)
    found = np.asarray(drawn.convert("RGB"), dtype=float)
    assert found.shape == expected.shape
    off = np.abs(found - expected)
    assert np.sqrt((off**2).mean()) < 3.0
    assert (off.max(axis=2) > 48).mean() < 0.005


def picture(figure, folder):
    (path,) = save(figure, folder / "map", formats=("png",), dpi=DPI)
    return Image.open(path).convert("RGB")


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_each_kind_looks_as_it_did(kind, history, tmp_path):
    agrees(kind, picture(draw(kind, history, surroundings(), TEXT), tmp_path))


def test_arabic_looks_as_it_did(history, tmp_path):
    agrees("day-ar", picture(draw("day", history, surroundings(), ARABIC), tmp_path))


def test_a_comparison_looks_as_it_did(history, tmp_path):
    other = grid(ROWS_AFTER, ROWS_BEFORE)
    day = history.days[0]
    found = compare(history, other, day_one=day, day_other=day)
    figure = comparison_map(found, names=("One", "Other"), context=surroundings(), text=TEXT)
    agrees("comparison", picture(figure, tmp_path))


def staged(history, size=(480, 270), text=TEXT):
    rows = {
        holder: (row[holder], Estimate(row[holder].value * 1.2, 1.0, 9999.0))
        for row in [held(government=2400.0, opposition=3600.0, isis=400.0)]
        for holder in row
    }
    course = Course(history.days, rows)
    return Stage(Subject(history, surroundings(), text), course, size)


@pytest.mark.parametrize(("name", "text"), [("film", TEXT), ("film-ar", ARABIC)])
def test_a_frame_of_a_film_looks_as_it_did(name, text, history):
    agrees(name, Image.fromarray(Reel(staged(history, text=text)).frame(1)))


def test_a_picture_that_changed_is_noticed(history, tmp_path):
    if RENEW:
        pytest.skip("renewing")
    with pytest.raises(AssertionError):
        agrees("day", picture(draw("transfers", history, surroundings(), TEXT), tmp_path))

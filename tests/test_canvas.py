"""What is kept from picture to picture changes no pixel of any."""

import ast
import gc
import os
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke

from territory.garbage import no_collection
from territory.maps.canvas import TextCanvas, TextRenderer, _here, _letters
from territory.maps.image_files import few_colours
from territory.maps.labels import Placer
from territory.maps.sheet import drawing

LINES = (
    "Idlib, 5 February 2018",
    "إدلب، 5 شباط 2018",
    "Fußnote: 2.578 km²",
    "Idlib, 5 February 2018",
)


def drawn(canvas, dpi=100, **settings):
    """Draw lines plain and with a halo, in two sizes and weights, and a formula."""
    with drawing(), mpl.rc_context(settings):
        figure = Figure(figsize=(4, 3), dpi=dpi)
        canvas(figure)
        for place, line in enumerate(LINES):
            weight = "bold" if place % 2 else "normal"
            figure.text(0.1, 0.9 - place / 8, line, size=9 + place, weight=weight)
            halo = [withStroke(linewidth=3, foreground="red")]
            figure.text(0.1, 0.5 - place / 8, line, size=9, weight=weight, path_effects=halo)
        for step in range(9):  # the same letters, parts of a pixel further on
            figure.text(
                0.02 + step / 9.7, 0.02 + step / 990, "ill", size=9, rotation=30 * (step > 7)
            )
        figure.text(0.6, 0.1, r"$\frac{1}{2}$", parse_math=True)
        figure.canvas.draw()
        return np.array(figure.canvas.buffer_rgba())


@pytest.mark.parametrize("dpi", [100, 73])
@pytest.mark.parametrize("hinting", ["none", "force_autohint"])
def test_text_is_drawn_as_by_the_usual_canvas(dpi, hinting):
    usual = drawn(FigureCanvasAgg, dpi, **{"text.hinting": hinting})
    for _ in range(2):  # the second time from what is kept
        assert np.array_equal(drawn(TextCanvas, dpi, **{"text.hinting": hinting}), usual)
    assert len(np.unique(usual)) > 50


def test_a_line_is_measured_anew_in_another_font_and_at_another_resolution():
    with drawing():
        wide = [
            TextRenderer(9, 9, dpi).get_text_width_height_descent(
                "Idlib", FontProperties(size=size, weight=weight), False
            )[0]
            for dpi in (100, 200)
            for size in (8, 15)
            for weight in ("normal", "bold")
        ]
    assert len(set(wide)) == len(wide) and wide[-1] > 3 * wide[0]


def test_a_line_is_measured_anew_where_letters_are_fitted_to_pixels():
    font, found = FontProperties(size=9), {}
    for hinting in ("none", "force_autohint"):
        with mpl.rc_context({"text.hinting": hinting}):
            found[hinting] = [
                renderer(9, 9, 73).get_text_width_height_descent("Idlib 2018", font, False)
                for renderer in (TextRenderer, RendererAgg)
            ]
    assert all(ours == usual for ours, usual in found.values())
    assert found["none"] != found["force_autohint"]


def test_few_colours_are_kept_exactly_and_many_within_their_cell():
    generator = np.random.default_rng(7)
    palette = generator.integers(0, 256, (256, 4), dtype=np.uint8)
    palette[:, 3] = 255
    few = palette[np.repeat(generator.integers(0, 256, 900), 11)].reshape(90, 110, 4)
    assert np.array_equal(np.asarray(few_colours(few).convert("RGB")), few[..., :3])
    many = generator.integers(0, 256, (60, 70, 4), dtype=np.uint8)
    many[..., 3] = 255
    found = np.asarray(few_colours(many).convert("RGB")).reshape(-1, 3).astype(int)
    known = np.unique(found, axis=0)
    middles = (many[..., :3].reshape(-1, 3) >> 3).astype(int) * 8 + 4
    nearest = ((middles[:, None] - known) ** 2).sum(axis=2).min(axis=1)
    distance = ((found - middles) ** 2).sum(axis=1)
    same_cell = (found >> 3 == middles >> 3).all(axis=1)  # a colour of the palette stays itself
    assert np.array_equal(distance[~same_cell], nearest[~same_cell])


def test_a_place_is_free_inside_the_frame_and_off_all_that_is_taken():
    figure = Figure(figsize=(2, 2), dpi=100)
    FigureCanvasAgg(figure)
    placer = Placer(figure.add_axes((0, 0, 1, 1)))
    corners = np.random.default_rng(3).uniform(0, 190, (400, 2))
    boxes = np.hstack([corners, corners + np.random.default_rng(4).uniform(2, 40, (400, 2))])
    assert placer._are_free(boxes).sum() > 200
    placer.keep_free([(50.0, 60.0, 90.0, 80.0), (120.0, 20.0, 130.0, 150.0)])
    near, edge = 2.0 * 200 / 72, 4.0 * 200 / 72  # pixels kept free

    def is_free(box):
        west, south, east, north = box
        apart = all(
            west - near >= e or w - near >= east or south - near >= n or s - near >= north
            for w, s, e, n in placer.taken
        )
        return apart and min(west, south) >= edge and max(east, north) <= 200 - edge

    expected = [is_free(box) for box in boxes]
    assert placer._are_free(boxes).tolist() == expected
    assert 20 < sum(expected) < 300


COLLECTING = """
import gc, weakref
from territory.garbage import collect_seldom

class Ring(list):
    pass

def ring():
    found = Ring()
    found.append(found)
    return weakref.ref(found)

before = gc.get_threshold()
collect_seldom()
waits = gc.get_threshold()
stay, old = [[] for _ in range(200_000)], ring()
begun = gc.get_freeze_count() > 0
stay += [[] for _ in range(200_000)]  # now it begins, and looks at nothing that was there
first = gc.get_threshold(), gc.get_freeze_count() > 200_000, old() is not None
new = ring()
stay += [[] for _ in range(30_000)]
print([before, waits, begun, first, new() is None, gc.isenabled()])
"""


def test_the_collector_begins_late_spares_what_was_there_and_still_collects():
    ran = subprocess.run(
        [sys.executable, "-c", COLLECTING], check=True, capture_output=True, text=True
    )
    before, waits, begun, first, collected, is_on = ast.literal_eval(ran.stdout)
    (often, again, seldom), spared, kept = first
    assert before[0] < often < 100_000 < waits[0]
    assert before[1] < again <= 50
    assert seldom == before[2]
    assert (begun, spared, kept) == (False, True, True)
    assert collected
    assert is_on


def test_garbage_is_collected_again_after_a_picture():
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), no_collection():
        assert not gc.isenabled()
        _ = 1 / 0
    assert gc.isenabled()


def test_a_forked_process_reads_fonts_of_its_own():
    """A font reads its file from where it stands, a place that parent and child would share."""
    line = "Idlib", FontProperties(size=9), 100.0, "none"
    with drawing():
        known = [font for font, *_ in _letters(*line, _here())]
        child = os.fork()
        if child == 0:
            fonts = [font for font, *_ in _letters(*line, _here())]
            os._exit(any(one is other for one in fonts for other in known))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

"""Pictures of maps: points, transformations, colours, classes and outlines, each alone."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from territory.errors import CRSError, InputError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import GEOD, WGS84
from territory.holders import Holder
from territory.maps.colour_difference import difference, lab
from territory.trace.image.control_points import ControlPoint, check_points
from territory.trace.image.fits import EXACT, KINDS, fitted
from territory.trace.image.georeference import placed
from territory.trace.image.line_error import jackknife_km2, trace_error
from territory.trace.image.palette import (
    NOT_LAND,
    OVERPRINT,
    Palette,
    Swatch,
    colours_in_words,
    main_colours,
)
from territory.trace.image.pixel_classes import How, classified
from territory.trace.image.polygonise import on_ground, outlined, pixel_km2

SIZE = (1000, 800)
GRID = [(x, y) for x in (100, 400, 650, 900) for y in (100, 400, 700)]


def seen(lon, lat):
    """Return the pixel of a place on a plain map: 200 pixels to a degree, north up."""
    return (lon - 36) * 200, (37 - lat) * 200


def points(places, *, to_pixels=seen, off=()):
    found = []
    for number, (lon, lat) in enumerate(places):
        x, y = to_pixels(lon, lat)
        dx, dy = dict(off).get(number, (0, 0))
        found.append(ControlPoint(x + dx, y + dy, lon, lat, f"p{number}", number + 2))
    return tuple(found)


PLACES = [(36 + x / 200, 37 - y / 200) for x, y in GRID]


# ---- Points ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p[:3], "3 points; give 4 or more"),
        (lambda p: (), "0 points; give 4 or more"),
        (lambda p: (replace(p[0], lon=float("nan")), *p[1:]), "are not all numbers"),
        (lambda p: (replace(p[0], x=float("inf")), *p[1:]), "are not all numbers"),
        (lambda p: (replace(p[0], lon=36.0, lat=136.0), *p[1:]), "no degrees|beyond the pole"),
        (lambda p: (replace(p[0], lon=35.0, lat=120.0), *p[1:]), "are lon and lat swapped"),
        (lambda p: (replace(p[0], x=1000.5), *p[1:]), "lies outside the picture of 1000 x 800"),
        (lambda p: (replace(p[0], y=-1.0), *p[1:]), "lies outside the picture"),
        (lambda p: (*p, replace(p[3], line=99)), "lines 5 and 99 are the same point"),
        (lambda p: (*p, replace(p[3], lon=40.0, line=99)), "one pixel, two places"),
        (lambda p: (*p, replace(p[3], x=500.0, line=99)), "one place, two pixels"),
        (lambda p: p[::3], "lie on one line"),
        (
            lambda p: tuple(replace(each, lon=each.lat, lat=each.lon) for each in p),
            "mirror image; are lon and lat swapped",
        ),
        (
            lambda p: tuple(replace(each, y=800 - each.y) for each in p),
            "mirror image; is y counted from the bottom",
        ),
        (
            lambda p: tuple(replace(each, lon=(each.lon - 38) * 60) for each in p),
            "both sides of 180|no degrees",
        ),
    ],
)
def test_points_that_place_no_map_are_refused(change, message):
    good = points(PLACES)
    check_points(good, SIZE, file="gcps.csv")
    with pytest.raises(InputError, match=message) as caught:
        check_points(change(good), SIZE, file="gcps.csv")
    assert str(caught.value).startswith("gcps.csv")


# ---- Transformations -------------------------------------------------------------------------


def warped(kind, x, y):
    """Return what a transformation of some kind does to pixels, in thousands of metres."""
    u, v = x / 500 - 1, y / 500 - 1
    if kind == "affine":
        return 300 + 200 * u + 15 * v, 100 + 10 * u - 180 * v
    if kind == "projective":
        below = 1 + 0.08 * u - 0.05 * v
        return (300 + 200 * u) / below, (100 - 180 * v) / below
    if kind == "polynomial":
        return 300 + 200 * u + 9 * u * v, 100 - 180 * v + 7 * u * u - 5 * v * v
    return 300 + 200 * u + 4 * np.sin(2 * v), 100 - 180 * v + 4 * np.cos(2 * u)


@pytest.mark.parametrize("kind", KINDS)
def test_every_transformation_finds_what_made_the_points(kind):
    at = np.array(GRID, dtype=float)
    where = np.column_stack(warped(kind, *at.T))
    fit = fitted(kind, at, where)
    assert np.column_stack(fit.plane(*at.T)) == pytest.approx(where, abs=1e-8)
    if kind != "spline":  # which knows nothing between its points
        x, y = np.array([237.0, 811.0]), np.array([555.0, 123.0])
        assert np.column_stack(fit.plane(x, y)) == pytest.approx(
            np.column_stack(warped(kind, x, y)), abs=1e-6
        )


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), shift=st.floats(-1e6, 1e6), turn=st.floats(-3, 3))
def test_a_fit_follows_when_the_ground_is_shifted_and_turned(kind, seed, shift, turn):
    random = np.random.default_rng(seed)
    at = np.array(GRID, dtype=float) + random.uniform(-40, 40, (12, 2))
    where = np.column_stack(warped(kind, *at.T)) + random.normal(0, 0.3, (12, 2))
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[c, -s], [s, c]])
    moved = where @ rotation.T + shift
    x, y = random.uniform(50, 950, 5), random.uniform(50, 750, 5)
    plain = np.column_stack(fitted(kind, at, where).plane(x, y)) @ rotation.T + shift
    assert np.column_stack(fitted(kind, at, moved).plane(x, y)) == pytest.approx(plain, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pixel_gives_the_same_bits_wherever_it_stands(kind):
    at = np.array(GRID, dtype=float)
    fit = fitted(kind, at, np.column_stack(warped(kind, *at.T)))
    x, y = np.random.default_rng(1).uniform(0, 800, (2, 37))
    together = np.column_stack(fit.plane(x, y))
    alone = [np.concatenate(fit.plane(x[i : i + 1], y[i : i + 1])) for i in range(37)]
    assert (together == np.array(alone)).all()


@pytest.mark.parametrize(
    ("crs", "told"),
    [
        ("EPSG:4326", "EPSG:4326"),
        ("EPSG:3857", "EPSG:3857"),
        ("EPSG:32637", "EPSG:32637"),
        ("+proj=lcc +lat_1=33 +lat_2=37 +lat_0=35 +lon_0=39 +datum=WGS84", "+proj=lcc"),
        ("+proj=laea +lat_0=35 +lon_0=39 +datum=WGS84", "+proj=laea"),
    ],
)
@pytest.mark.parametrize("turn", [0.0, 20.0])
def test_the_projection_of_a_map_is_found_by_points_left_out(crs, told, turn):
    there = Transformer.from_crs(WGS84, CRS.from_user_input(crs), always_xy=True)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    corner, far = there.transform([36, 42], [33, 37])
    unit = (corner[1] - corner[0]) / 700

    def to_pixels(lon, lat):
        e, n = there.transform(lon, lat)
        a, b = (e - corner[0]) / unit, (n - far[0]) / unit
        return 200 + c * a - s * b, 700 - s * a - c * b

    places = [(lon, lat) for lon in (36.5, 38.7, 40.1, 41.9) for lat in (33.2, 34.7, 36.9)]
    found = placed(points(places, to_pixels=to_pixels), file="p")
    assert found.fit.kind == "affine"
    assert found.crs_name.startswith(told)
    assert min(each.rmse_m for each in found.tried if each.kind == "affine") == found.rmse_m
    assert found.rmse_m < (30 if told.startswith("+proj") else 1e-3)
    lon, lat = np.array([37.3, 41.0]), np.array([36.0, 33.9])
    x, y = found.pixel(lon, lat)
    assert np.array(found.transform(x, y)) == pytest.approx(np.array([lon, lat]), abs=1e-7)
    assert [x, y] == pytest.approx(np.array(to_pixels(lon, lat)), abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_back_from_the_ground_ends_where_it_began(kind):
    at = points([(36 + x / 200, 37 - y / 200) for x, y in GRID], off={2: (4, -3), 7: (-5, 2)})
    found = placed(at, file="p", kind=kind)
    x, y = np.array([120.0, 505.5, 880.0]), np.array([130.0, 333.3, 690.0])
    assert np.array(found.pixel(*found.transform(x, y))) == pytest.approx(
        np.array([x, y]), abs=1e-6
    )


def test_errors_of_points_are_those_of_points_left_out():
    exact = points(PLACES)
    assert placed(exact, file="p").rmse_m == pytest.approx(0, abs=1e-3)
    moved = points(PLACES, off={4: (0, 3)})  # amid the others
    found = placed(moved, file="p", map_crs="EPSG:4326")
    rest = placed(moved[:4] + moved[5:], file="p", map_crs="EPSG:4326")
    lon, lat = (np.array([each]) for each in (moved[4].lon, moved[4].lat))
    own = rest.transform(np.array([moved[4].x]), np.array([moved[4].y]))
    assert found.off_m[4] == pytest.approx(GEOD.inv(own[0], own[1], lon, lat)[2][0], rel=1e-9)
    spline = placed(moved, file="p", kind="spline", map_crs="EPSG:4326")
    assert spline.rmse_m > 300  # though it goes through every point


def test_a_point_far_from_where_the_others_put_it_is_named():
    with pytest.raises(InputError, match=r"line 6: point 'p4' lies 2\d\.\d km .* other 11 put it"):
        placed(points(PLACES, off={4: (0, 50)}), file="gcps.csv")
    assert placed(points(PLACES, off={4: (0, 3)}), file="gcps.csv").rmse_m > 100


@pytest.mark.parametrize("kind", KINDS)
def test_as_many_points_as_numbers_tell_nothing(kind):
    count = EXACT[kind]
    some = points([PLACES[i] for i in (0, 2, 9, 11, 4, 7, 5)])
    with pytest.raises(InputError, match=f"'{kind}' needs {count + 1}"):
        placed(some[:count], file="p", kind=kind)


def test_what_cannot_be_asked_for_is_told():
    with pytest.raises(InputError, match="did you mean 'projective'"):
        placed(points(PLACES), file="p", kind="projectiv")
    with pytest.raises(CRSError, match="'EPSG:99999' is no projection"):
        placed(points(PLACES), file="p", map_crs="EPSG:99999")
    line = points([(36.5, 36.5), (37.5, 35.5), (38.5, 34.5), (37.0, 34.0)])
    with pytest.raises(InputError, match="without point 'p3' all points lie on one line"):
        placed(line, file="p")


def test_a_pixel_has_the_size_it_has_on_the_ground():
    found = placed(points(PLACES), file="p", map_crs="EPSG:4326")
    cell = shapely.box(38.0, 34.8, 38.005, 34.805)  # a pixel amid the points
    middle = float(np.sqrt(geodesic_area_km2(np.array([cell]), WGS84)[0] * 1e6))
    assert found.pixel_m == pytest.approx(middle, rel=0.01)
    km2, block = pixel_km2(found, (800, 1000))
    south = shapely.box(36.0, 37 - 25 * 0.16, 36.16, 37 - 24 * 0.16)
    assert km2[24, 0] * block**2 == pytest.approx(
        geodesic_area_km2(np.array([south]), WGS84)[0], rel=1e-4
    )


# ---- Colours ---------------------------------------------------------------------------------

RED, GREEN, GREY = "#ff7d7d", "#8dfeba", "#e0e0e0"
A, B = Holder("a"), Holder("b")
TWO = Palette((A, B), (Swatch(RED, 0), Swatch(GREEN, 1), Swatch(GREY, NOT_LAND)))


def test_colours_are_as_far_apart_as_the_standard_says():
    # Sharma, Wu and Dalal (2005) give Lab of these sRGB primaries to four digits.
    found = lab(np.array([0xFF0000, 0x00FF00, 0x0000FF]))
    expected = [[53.24, 80.09, 67.20], [87.73, -86.18, 83.18], [32.30, 79.19, -107.86]]
    assert found == pytest.approx(np.array(expected), abs=0.02)
    assert difference("#808080", "#838383") < 2.3 < difference("#808080", "#888888")


@given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=40))
def test_a_pixel_is_of_the_nearest_colour_within_its_tolerance(codes):
    labels, _ = TWO.labels(np.array(codes))
    for code, label in zip(codes, labels, strict=True):
        apart = {s.label: difference(f"#{code:06x}", s.colour) for s in TWO.swatches}
        nearest = min(apart, key=apart.get)
        near_enough = apart[nearest] <= 10
        assert label == (nearest if near_enough else -3)


@pytest.mark.parametrize(
    ("holders", "swatches", "message"),
    [
        ((A, A), (), "'a' stands twice"),
        ((Holder("nobody"),), (), "cannot be named 'nobody'"),
        ((Holder("unknown"),), (), "cannot be named 'unknown'"),
        ((A, B), (Swatch(RED, 0), Swatch("#ff7d7e", 1)), "are the same colour to the eye"),
    ],
)
def test_a_legend_that_contradicts_itself_is_refused(holders, swatches, message):
    with pytest.raises(InputError, match=message):
        Palette(holders, swatches)


def test_the_main_colours_are_told_with_their_shares():
    codes = np.array([0x102030, 0x112131, 0xFF0000])
    found = list(main_colours(codes, np.array([10, 40, 50])))
    assert colours_in_words(iter(found)) == "#ff0000 (50.0 %), #112131 (50.0 %)"


# ---- Classes ---------------------------------------------------------------------------------


def painted(rows, size=20):
    """Return a picture of squares: R, G and s (sea) as in `TWO`, x any other colour."""
    colours = {"R": RED, "G": GREEN, "s": GREY, "x": "#202020", "y": "#2040c0"}
    codes = np.array([[list(bytes.fromhex(colours[c][1:])) for c in row] for row in rows])
    return np.repeat(np.repeat(codes, size, axis=0), size, axis=1).astype(np.uint8)


def classes_of(rgb, palette=TWO, **options):
    return classified(rgb, palette, left_out=np.zeros(rgb.shape[:2], dtype=bool), **options)


def test_flat_colours_are_matched_pixel_by_pixel():
    found = classes_of(painted(["RRG", "RsG"]))
    assert (found.how == How.MATCHED).all()
    assert np.bincount(found.label.ravel() + 1).tolist() == [400, 1200, 800]
    assert found.line_px == 0
    assert found.swatch_pixels.tolist() == [1200, 800, 400]


def test_a_line_between_zones_is_shared_along_its_middle():
    rgb = painted(["RRRGGG"], size=30)
    rgb[:, 86:94] = 32  # eight pixels wide, about the border at 90
    found = classes_of(rgb)
    assert (found.label[:, :90] == 0).all()
    assert (found.label[:, 90:] == 1).all()
    assert (found.how[:, 86:94] == How.UNMATCHED).all()
    assert found.line_px == pytest.approx(4, abs=0.01)
    known = Palette(TWO.holders, (*TWO.swatches, Swatch("#202020", OVERPRINT)))
    assert (classes_of(rgb, known).how[:, 86:94] == How.OVERPRINTED).all()


def test_a_zone_that_the_legend_forgot_stays_unknown_to_its_edge():
    rgb = painted(["RRRRRR", "RRxxRR", "RRxxRR", "RRRRRR"], size=30)
    found = classes_of(rgb, fill_px=20)
    assert (found.label == 2).sum() == 3600
    assert (found.how[found.label == 2] == How.UNKNOWN).all()
    assert classes_of(rgb, fill_px=43).label.max() == 0  # a label may be that large


def test_specks_and_threads_of_a_colour_are_no_zones():
    rgb = painted(["RRR", "RRR", "RRR"], size=30)
    green = [int(GREEN[i : i + 2], 16) for i in (1, 3, 5)]
    rgb[10:15, 10:15] = green  # 25 pixels
    rgb[40:42, 5:80] = green  # a thread of two pixels
    found = classes_of(rgb)
    assert (found.label == 0).all()
    assert (found.how == How.TOO_SMALL).sum() == 25 + 150
    assert (classes_of(rgb, smallest_px=25).label == 1).sum() == 25


def test_what_is_left_out_is_no_land_and_gives_no_colour():
    rgb = painted(["RxG"], size=30)
    left_out = np.zeros(rgb.shape[:2], dtype=bool)
    left_out[:, :30] = True
    found = classified(rgb, TWO, left_out=left_out, fill_px=40)
    assert (found.label[:, :30] == NOT_LAND).all()
    assert (found.how[:, :30] == How.LEFT_OUT).all()
    assert (found.label[:, 30:] == 1).all()
    everything = classified(rgb, TWO, left_out=np.ones_like(left_out))
    assert (everything.label == NOT_LAND).all()


def test_a_hidden_part_is_filled_from_around():
    rgb = painted(["RRR", "RGR", "RRR"], size=30)
    covered = np.zeros(rgb.shape[:2], dtype=bool)
    covered[30:60, 30:60] = True
    assert (classes_of(rgb).label == 1).sum() == 900
    assert (classes_of(rgb, covered=covered).label == 0).all()


# ---- Outlines --------------------------------------------------------------------------------


@st.composite
def label_grids(draw):
    rows = draw(st.integers(1, 9))
    columns = draw(st.integers(1, 9))
    cells = draw(st.lists(st.integers(-1, 2), min_size=rows * columns, max_size=rows * columns))
    return np.array(cells, dtype=np.int16).reshape(rows, columns)


@settings(max_examples=60, deadline=None)
@given(grid=label_grids(), size=st.integers(3, 6))
def test_outlines_are_a_coverage_of_the_pixels(grid, size):
    label = np.repeat(np.repeat(grid, size, axis=0), size, axis=1)
    found = outlined(label, 3)
    assert shapely.is_valid(found.drawn).all()
    assert shapely.coverage_is_valid(found.drawn) or not len(found.drawn)
    kept = np.bincount(found.label, shapely.area(found.drawn), 3)
    pixels = np.bincount(label[label >= 0], minlength=3)
    assert kept - pixels == pytest.approx(found.smoothed_px, abs=1e-9)
    corners = 0.5 * (grid.size + 1) * 4  # each may lose or gain up to half a pixel
    assert np.abs(found.smoothed_px).max() <= corners
    for name in range(3):  # the middle of a square of pixels stays where it was
        rows, columns = np.nonzero(grid == name)
        middle = shapely.points((columns + 0.5) * size, (rows + 0.5) * size)
        inside = shapely.union_all(found.drawn[found.label == name])
        assert shapely.contains(inside, middle).all()


@pytest.mark.parametrize("slope", [0.0, 0.13, 0.5, 1.0, 2.7])
def test_a_slanting_border_is_smoothed_without_a_lean(slope):
    y, x = np.mgrid[0:300, 0:300] + 0.5
    label = (y - 150 > slope * (x - 150)).astype(np.int16)
    found = outlined(label, 2)
    line = shapely.LineString([(-300, 150 - 450 * slope), (600, 150 + 450 * slope)])
    border = shapely.line_merge(shapely.intersection(*found.drawn))
    assert shapely.distance(shapely.points(border.coords), line).max() <= 0.75
    ends = shapely.Point(border.coords[0]).distance(shapely.Point(border.coords[-1]))
    assert border.length < 1.04 * ends  # a staircase would be up to 1.41 times as long
    assert np.abs(found.smoothed_px).max() < 0.1 * ends  # a tenth of a pixel to one side


def test_zones_on_the_ground_have_the_areas_of_their_pixels():
    y, x = np.mgrid[0:800, 0:1000]
    label = np.where((x - 500) ** 2 + (y - 400) ** 2 < 250**2, 0, 1).astype(np.int16)
    label[:, :100] = NOT_LAND
    placement = placed(points(PLACES), file="p", map_crs="EPSG:4326")
    found = outlined(label, 2)
    ground = on_ground(found, placement)
    assert shapely.coverage_is_valid(ground)
    measured = np.bincount(found.label, geodesic_area_km2(ground, WGS84))
    size, block = pixel_km2(placement, label.shape)
    for name in range(2):
        rows, columns = np.nonzero(label == name)
        assert measured[name] == pytest.approx(
            size[rows // block, columns // block].sum(), rel=2e-4
        )


def test_long_borders_follow_the_projection_of_the_map():
    there = Transformer.from_crs(WGS84, CRS.from_epsg(32637), always_xy=True)

    def to_pixels(lon, lat):
        e, n = there.transform(lon, lat)
        return (e - 200_000) / 1000, (4_200_000 - n) / 1000

    placement = placed(points(PLACES, to_pixels=to_pixels), file="p", map_crs="EPSG:32637")
    label = np.full((700, 600), NOT_LAND, dtype=np.int16)
    label[100:600, 50:550] = 0
    zone = on_ground(outlined(label, 1), placement)[0]
    fine = shapely.segmentize(zone, 0.05)
    back = shapely.transform(fine, lambda at: np.column_stack(to_pixels(*at.T)))
    square = shapely.box(50, 100, 550, 600)
    assert shapely.hausdorff_distance(back, square) < 0.8  # its corners are cut
    assert shapely.symmetric_difference(back, square).area < 20  # a hundredth of a pixel


# ---- Errors of lines -------------------------------------------------------------------------


def test_what_points_alone_make_unsure_is_what_moving_them_does():
    """The jackknife against many draws of the points themselves."""
    y, x = np.mgrid[0:800, 0:1000]
    label = np.where((x > 150) & (x < 850) & (y > 120) & (y < 680), 0, NOT_LAND).astype(np.int16)
    random = np.random.default_rng(4)

    def drawn():
        off = {n: tuple(random.normal(0, 3, 2)) for n in range(12)}
        return placed(points(PLACES, off=off), file="p", kind="affine", map_crs="EPSG:4326")

    maps = [drawn() for _ in range(60)]
    areas = []
    for each in maps:
        size, block = pixel_km2(each, label.shape)
        rows, columns = np.nonzero(label == 0)
        areas.append(size[rows // block, columns // block].sum())
    told = np.mean([jackknife_km2(each, label, 1)[0] for each in maps])
    assert told == pytest.approx(np.std(areas), rel=0.35)


def test_a_wide_line_and_a_coarse_scale_make_lines_less_sure():
    label = np.full((800, 1000), NOT_LAND, dtype=np.int16)
    label[100:700, 100:900] = 0
    placement = placed(points(PLACES, off={4: (0, 3)}), file="p", map_crs="EPSG:4326")
    zones = outlined(label, 1)
    plain = trace_error(placement, label, zones, line_px=0.0)
    assert plain.drawn_m == pytest.approx(placement.pixel_m, abs=0.1)
    assert plain.placed_m == pytest.approx(placement.rmse_m / np.sqrt(2), abs=0.1)
    assert plain.boundary.total_m == pytest.approx(plain.total_m, rel=1e-9)
    wide = trace_error(placement, label, zones, line_px=6.0)
    assert wide.drawn_m == pytest.approx(np.hypot(1, 6 / np.sqrt(3)) * placement.pixel_m, abs=0.1)
    coarse = trace_error(placement, label, zones, line_px=0.0, scale=5e6)
    assert coarse.drawn_m == 2500


# ---- Several points that are wrong --------------------------------------------------------


def refusal(at, **options):
    with pytest.raises(InputError) as caught:
        placed(at, file="gcps.csv", **options)
    return str(caught.value)


def with_places(at, wrong):
    """Return points with the places of some replaced."""
    return tuple(replace(each, **wrong.get(n, {})) for n, each in enumerate(at))


@pytest.mark.parametrize("wrong", [(0, 5), (3, 4), (2, 11), (0, 1), (1, 6, 9)])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_several_wrong_points_are_all_named(wrong, noise):
    random = np.random.default_rng(sum(wrong))
    off = {n: tuple(random.normal(0, noise, 2)) for n in range(len(PLACES))}
    off |= {n: ((-1) ** n * (90 + 40 * n), 60 + 25 * n) for n in wrong}
    said = refusal(points(PLACES, off=off))
    for n in range(len(PLACES)):
        assert (f"point 'p{n}'" in said.split(" from where ")[0]) == (n in wrong)
    assert f"the other {len(PLACES) - len(wrong)} put them" in said


def test_two_of_eight_shifted_alike_do_not_vouch_for_each_other():
    eight = [PLACES[n] for n in (0, 2, 4, 5, 7, 8, 9, 11)]
    said = refusal(points(eight, off={1: (150, 0), 6: (150, 0)}))
    assert "point 'p1'" in said
    assert "point 'p6'" in said


def test_two_points_exchanged_with_each_other_are_told_so():
    at = points(PLACES)
    exchanged = {2: {"lon": at[8].lon, "lat": at[8].lat}, 8: {"lon": at[2].lon, "lat": at[2].lat}}
    said = refusal(with_places(at, exchanged))
    assert "right with the place of point 'p8'" in said
    assert "right with the place of point 'p2'" in said


def test_a_point_with_lon_and_lat_swapped_is_told_so():
    at = points(PLACES)
    turned = {n: {"lon": at[n].lat, "lat": at[n].lon} for n in (2, 8)}
    assert refusal(with_places(at, turned)).count("right with its lon and lat swapped") == 2


@pytest.mark.parametrize("kind", ["", "affine"])
def test_points_that_agree_on_nothing_place_no_map(kind):
    random = np.random.default_rng(7)
    off = {n: tuple(random.uniform(-400, 400, 2)) for n in range(6)}
    said = refusal(points([PLACES[n] for n in (0, 2, 4, 7, 9, 11)], off=off), kind=kind)
    assert "contradict each other" in said or "from where the other" in said


@pytest.mark.parametrize("seed", range(8))
def test_points_picked_by_hand_are_not_refused(seed):
    random = np.random.default_rng(seed)
    off = {n: tuple(random.normal(0, 3, 2)) for n in range(len(PLACES))}
    assert placed(points(PLACES, off=off), file="p").rmse_m < 5000


def test_a_page_photographed_at_an_angle_has_no_wrong_points():
    def bent(lon, lat):
        x, y = (lon - 36) * 200, (37 - lat) * 200
        below = 1 + x / 3000 + y / 2000
        return x / below, y / below

    places = [(36 + x / 200, 37 - y / 200) for x, y in GRID]
    found = placed(points(places, to_pixels=bent), file="p")
    assert found.fit.kind == "projective"

"""The verb trace: from a picture to zones that the other verbs read, with an honest error."""

import csv
import json
import struct
import zlib
from dataclasses import replace
from io import BytesIO, StringIO

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn_pictures import (
    ACTORS,
    COLOURS,
    DAY,
    LEGEND,
    SIZE,
    control_csv,
    country,
    drawn,
    labelled,
    saved,
    spots,
)
from PIL import Image
from pyproj import Transformer

from territory.cli import _code
from territory.errors import GeometryError, InputError
from territory.read.text_files import read_toml
from territory.read.world import read_countries
from territory.trace import picture_file as pictures
from territory.trace.audit import home_of
from territory.trace.controls_file import read_controls
from territory.trace.image.control_points import ControlPoint
from territory.trace.image.georeference import placed
from territory.trace.image.polygonise import on_ground, outlined
from territory.trace.legend_file import Legend
from territory.trace.picture_file import read_picture
from territory.trace.summary import rows, summary_lines
from territory.trace.tracing import Request, trace

CRSS = ("EPSG:3857", "EPSG:4326", "EPSG:32637")


def desk(folder, picture, *, kind="PNG", legend=LEGEND, points=None, error_px=0.0, **options):
    """Lay out a picture, its legend and its points."""
    folder.mkdir(exist_ok=True)
    (folder / "map.png").write_bytes(saved(picture.image, kind, **options))
    (folder / "legend.toml").write_text(legend, encoding="utf-8")
    text = points or control_csv(picture, seed=len(legend), error_px=error_px)
    (folder / "points.csv").write_text(text, encoding="utf-8")
    return Request(folder / "map.png", folder / "legend.toml", folder / "points.csv")


def call(request, *more):
    files = [str(request.image), "--legend", str(request.legend), "--points", str(request.points)]
    return _code(["trace", *files, *more])


def table(text):
    return {row["actor"]: row for row in csv.DictReader(StringIO(text))}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    """Draw the picture to check by with few dots; none of these tests looks at it."""
    monkeypatch.setattr("territory.trace.zone_files._DPI", 40)


@pytest.fixture(scope="module")
def plain():
    return drawn(country(3))


@pytest.fixture
def request_of(plain, tmp_path):
    return desk(tmp_path / "in", plain)


# ---- Truth -----------------------------------------------------------------------------------


def test_a_clean_picture_gives_the_true_areas(plain, tmp_path):
    found = {row["actor"]: row for row in rows(trace(desk(tmp_path, plain)))}
    assert set(found) == set(ACTORS)
    for actor, km2 in plain.km2.items():
        assert found[actor]["km2"] == pytest.approx(km2, rel=0.005)
        assert found[actor]["low"] <= km2 <= found[actor]["high"]
        assert found[actor]["high"] - found[actor]["low"] < 0.04 * km2
        assert abs(found[actor]["smoothed_pct"]) < 0.1


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("bent_px", [0.0, 3.0])
def test_intervals_hold_the_truth_of_maps_drawn_and_clicked_with_errors(kind, bent_px, tmp_path):
    """Labels, roads, dots, soft edges, noise, points 1.5 pixels off; also a bad draughtsman."""
    held = wide = of = 0
    for seed in range(4):
        bent = (seed, bent_px) if bent_px else None
        made = labelled(drawn(country(seed), crs=CRSS[seed % 3], bent=bent), seed)
        quality = {"quality": 75} if kind == "JPEG" else {}
        found = trace(desk(tmp_path / str(seed), made, kind=kind, error_px=1.5, **quality))
        assert found.audit.unknown_share < 0.01
        for row in rows(found):
            truth = made.km2[row["actor"]]
            held += row["low"] <= truth <= row["high"]
            wide += (row["high"] - row["low"]) / truth
            of += 1
    assert of == 12
    assert held >= 11
    assert wide / of < (0.12 if not bent_px else 0.3)


def test_much_that_was_filled_is_warned_of(tmp_path, capsys):
    made = labelled(drawn(country(1)), 1, words=300)
    bare = LEGEND.replace(LEGEND[LEGEND.index("overprint") : LEGEND.index("[[zone]]")], "")
    out = str(tmp_path / "z.geojson")
    assert call(desk(tmp_path / "in", made, legend=bare), "--out", out) == 0
    err = capsys.readouterr().err
    assert "of the ground was filled over colours that the legend does not know" in err
    assert "main colours that the legend does not know" in err
    quiet = labelled(drawn(country(1)), 1, words=10)
    assert call(desk(tmp_path / "in", quiet), "--out", out) == 0
    assert "warning" not in capsys.readouterr().err


def test_hatching_and_roads_are_filled_and_counted(tmp_path):
    made = drawn(country(5), hatch=True)
    found = trace(desk(tmp_path, made))
    told = {row["actor"]: row for row in rows(found)}
    for actor, km2 in made.km2.items():
        assert told[actor]["km2"] == pytest.approx(km2, rel=0.01)
        assert 5 < told[actor]["filled_pct"] < 30
        assert told[actor]["filled_pct"] + told[actor]["matched_pct"] == pytest.approx(100)
    km2 = sum(float(row["km2"]) for row in told.values())
    assert found.audit.total_km2 == pytest.approx(km2, rel=1e-3)


def test_a_zone_that_the_legend_forgot_is_unknown_and_the_verb_says_so(plain, tmp_path, capsys):
    short = LEGEND[: LEGEND.rindex("[[zone]]")]
    request = desk(tmp_path, plain, legend=short)
    out = tmp_path / "z.geojson"
    assert call(request, "--out", str(out)) == 3
    said = capsys.readouterr()
    unknown = table(said.out)["unknown"]
    assert float(unknown["km2"]) == pytest.approx(plain.km2[ACTORS[2]], rel=0.05)
    assert "not to be trusted" in said.err
    assert COLOURS[2] in said.err
    assert call(request, "--out", str(out), "--max-unknown-pct", "60") == 0
    assert (gpd.read_file(out)["actor"] == "unknown").sum() == 1


def test_a_legend_box_is_left_out_and_an_inset_is_filled(plain, tmp_path):
    image = plain.image.copy()
    image.paste(COLOURS[0], (20, 20, 90, 90))  # a legend in the sea
    x, y = (round(float(each)) for each in plain.to_pixels(38.5, 35.0))
    image.paste(COLOURS[1], (x - 15, y - 15, x + 15, y + 15))  # an inset over the land
    made = type(plain)(image, plain.zones, plain.to_pixels)
    boxes = f"ignore = [[15, 15, 95, 95]]\ncovered = [[{x - 15}, {y - 15}, {x + 15}, {y + 15}]]\n"
    found = trace(desk(tmp_path, made, legend=boxes + LEGEND))
    km2 = {row["actor"]: row["km2"] for row in rows(found)}
    assert km2 == pytest.approx(plain.km2, rel=0.01)
    frame = "frame = [100, 0, 720, 600]\n"
    framed = trace(
        desk(tmp_path / "framed", made, legend=frame + boxes[boxes.index("covered") :] + LEGEND)
    )
    assert {row["actor"]: row["km2"] for row in rows(framed)} == pytest.approx(km2, rel=1e-3)


# ---- What the other verbs make of it ---------------------------------------------------------


def test_the_other_verbs_read_the_zones_and_their_error(request_of, tmp_path, capsys):
    out = tmp_path / "out" / "zones.geojson"
    assert call(request_of, "--out", str(out)) == 0
    said = capsys.readouterr()
    own = table(said.out)
    beside = sorted(path.name for path in out.parent.iterdir())
    assert beside == ["zones.geojson", "zones.job.toml", "zones.png", "zones.profile.toml"]
    assert f"--profile {out.with_suffix('.profile.toml')}" in said.err

    def areas(*how):
        assert _code(["areas", str(out), *how]) == 0
        read = capsys.readouterr()
        return table(read.out), read.err

    by_profile, err = areas("--profile", str(out.with_suffix(".profile.toml")))
    assert "no boundary error stated" not in err
    assert "not how well the map knew the front" in err
    line = next(line for line in said.err.splitlines() if "--boundary-error-m" in line)
    by_options, err = areas(*line.split(", ")[-1].split())
    assert "assumed" not in err
    for actor, row in own.items():
        for column in ("km2", "low", "high"):
            assert float(by_profile[actor][column]) == pytest.approx(float(row[column]), rel=1e-8)
            assert float(by_options[actor][column]) == pytest.approx(float(row[column]), rel=2e-3)
    assert _code(["run", str(out.with_suffix(".job.toml")), "--out", str(tmp_path / "run")]) == 0
    read = table((tmp_path / "run" / "areas.csv").read_text("utf-8"))
    assert float(read["kurdish"]["high"]) == pytest.approx(float(own["kurdish"]["high"]), rel=1e-8)
    assert "A news agency" in (tmp_path / "run" / "report.html").read_text("utf-8")


def test_neighbours_share_their_border_in_the_file(request_of, tmp_path):
    out = tmp_path / "zones.geojson"
    assert call(request_of, "--out", str(out)) == 0
    zones = gpd.read_file(out)
    assert shapely.coverage_is_valid(np.asarray(zones.geometry))
    assert zones["status"].tolist() == ["held"] * 3
    assert zones["day"].astype(str).str[:10].tolist() == [DAY] * 3


@pytest.mark.parametrize("suffix", [".gpkg", ".kml", ".fgb", ".parquet"])
def test_zones_are_written_in_the_other_formats(request_of, tmp_path, suffix, capsys):
    out = tmp_path / f"zones{suffix}"
    assert call(request_of, "--out", str(out)) == 0
    own = table(capsys.readouterr().out)
    profile = str(out.with_suffix(".profile.toml"))
    assert _code(["areas", str(out), "--profile", profile]) == 0
    read = table(capsys.readouterr().out)
    assert float(read["opposition"]["km2"]) == pytest.approx(
        float(own["opposition"]["km2"]), rel=1e-6
    )


@pytest.mark.parametrize("way", ["box", "file"])
def test_an_area_cuts_the_zones_and_what_is_counted(plain, request_of, tmp_path, capsys, way):
    west, south, east, north = 38.0, 34.6, 39.4, 35.6
    box = shapely.box(west, south, east, north)
    area = f"{west},{south},{east},{north}"
    if way == "file":
        area = str(tmp_path / "box.geojson")
        gpd.GeoDataFrame(geometry=[box], crs=4326).to_file(area)
    out = tmp_path / "zones.geojson"
    assert call(request_of, "--area", area, "--out", str(out)) == 0
    own = table(capsys.readouterr().out)
    cut = drawn({actor: shapely.intersection(zone, box) for actor, zone in plain.zones.items()})
    for actor, km2 in cut.km2.items():
        assert float(own[actor]["km2"]) == pytest.approx(km2, rel=0.01, abs=10)  # 17 pixels
    assert shapely.union_all(gpd.read_file(out).geometry).within(box.buffer(1e-6))
    job = str(out.with_suffix(".job.toml"))
    assert _code(["run", job, "--out", str(tmp_path / "run")]) == 0
    read = table((tmp_path / "run" / "areas.csv").read_text("utf-8"))
    for actor in cut.km2:
        assert float(read[actor]["km2"]) == pytest.approx(float(own[actor]["km2"]), rel=1e-6)
        own_width, width = (float(t[actor]["high"]) - float(t[actor]["low"]) for t in (own, read))
        # Zones cut before or after have the same lines inside the area, but for a rounding.
        assert own_width == pytest.approx(width, rel=1e-4)
        assert width < 1.6 * own_width


def test_only_ground_within_the_area_is_counted(plain, request_of):
    """The audit counts pixels, the zones are polygons."""
    found = trace(replace(request_of, area="38.0,34.6,39.4,35.6"))
    listed = [row["actor"] for row in rows(found)]
    assert len(listed) == len(set(listed))
    measured = {row["actor"]: row["km2"] for row in rows(found)}
    counted = found.audit.km2.sum(axis=1)
    for number, actor in enumerate(ACTORS):
        assert counted[number] == pytest.approx(measured[actor], rel=0.01, abs=15)  # half a pixel
    assert found.audit.total_km2 < 0.6 * sum(plain.km2.values())


def test_an_area_elsewhere_is_refused(request_of, capsys, tmp_path):
    out = tmp_path / "z.geojson"
    assert call(request_of, "--area", "10,50,11,51", "--out", str(out)) == 1
    assert "the zones lie elsewhere" in capsys.readouterr().err
    assert not out.exists()


def test_two_runs_write_the_same_bytes(request_of, tmp_path, capsys):
    for name in ("one", "two"):
        assert call(request_of, "--out", str(tmp_path / name / "zones.geojson"), "--json") == 0
    out = capsys.readouterr().out
    half = len(out) // 2
    assert out[:half] == out[half:]
    assert {row["actor"] for row in json.loads(out[:half])} == set(ACTORS)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_nothing_is_written_over_unless_it_is_named(request_of, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(request_of) == 0
    assert (tmp_path / f"zones_{DAY}.geojson").exists()
    assert call(request_of) == 1
    assert "is there already; name a file with --out" in capsys.readouterr().err
    assert call(request_of, "--out", f"zones_{DAY}.geojson") == 0
    assert call(request_of, "--out", "zones.docx") == 1
    assert "cannot write '.docx'" in capsys.readouterr().err
    assert call(request_of, "--out", "zones") == 1
    assert not (tmp_path / "zones.docx").exists()


# ---- Pictures --------------------------------------------------------------------------------


def variants(image):
    """Return the same picture stored in other ways."""
    grey = image.convert("L")
    rgba = image.convert("RGBA")
    turned = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    image.transpose(Image.Transpose.ROTATE_90).save(turned, format="PNG", exif=exif)
    return {
        "palette": (image.quantize(256), saved(image.quantize(256), "PNG"), 3),
        "rgba": (image, saved(rgba, "PNG"), 0),
        "webp": (image, saved(image, "WEBP", lossless=True), 0),
        "tiff": (image, saved(image, "TIFF", compression="tiff_lzw"), 0),
        "turned": (image, turned.getvalue(), 0),
        "cmyk": (image, saved(image.convert("CMYK"), "TIFF"), 1),
        "grey": (grey, saved(grey, "PNG"), 0),
        "deep": (
            grey,
            saved(Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "PNG"),
            1,
        ),
    }


@pytest.mark.parametrize("name", [*variants(Image.new("RGB", (40, 30)))])
def test_a_picture_is_the_same_however_it_is_stored(plain, tmp_path, name):
    image, content, off = variants(plain.image)[name]
    path = tmp_path / "map.dat"
    path.write_bytes(content)
    found = read_picture(path)
    assert found.size == SIZE
    apart = np.abs(found.rgb.astype(int) - np.asarray(image.convert("RGB")).astype(int))
    assert apart.max() <= off or name == "palette"
    assert not found.clear.any()


def test_what_is_clear_is_no_part_of_the_map(plain, tmp_path):
    rgba = np.array(plain.image.convert("RGBA"))
    rgba[:, :300, 3] = 0
    path = tmp_path / "map.png"
    path.write_bytes(saved(Image.fromarray(rgba), "PNG"))
    assert read_picture(path).clear.sum() == 300 * 600


def png_of(width, height):
    """Return a PNG that claims a size and holds nothing of it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


VRT = b'<VRTDataset rasterXSize="9" rasterYSize="9"><SRSName>/etc/passwd</SRSName></VRTDataset>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("map.png", VRT, "is no picture that this reads"),
        ("map.tif", b"<GDAL_WMS><Service name='TMS'></Service></GDAL_WMS>", "is no picture"),
        ("map.svg", b"<?xml version='1.0'?><svg></svg>", "an SVG; render it to PNG first"),
        ("map.png", b"  <SVG xmlns='x'/>", "an SVG; render it to PNG first"),
        ("map.pdf", b"%PDF-1.7", "a PDF; render its page to PNG first"),
        ("map.gif", b"GIF89a", "a GIF; save it as PNG first"),
        ("map.png", b"", "is no picture"),
        ("map.png", png_of(50_000, 50_000), "2,500,000,000|more than 178 million"),
        ("map.png", png_of(9_000, 9_000), "81,000,000 pixels; at most 40,000,000"),
        ("map.png", png_of(8, 8), "8 x 8 pixels are too few"),
        ("map.png", png_of(800, 800), "cannot be read to its end"),
        ("map.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100, "cannot be read to its end"),
        ("map.jpg", b"\xff\xd8\xff" + b"x" * 100, "cannot be read to its end"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_picture(path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_picture_that_ends_early_is_refused(plain, tmp_path, kind):
    content = saved(plain.image, kind)
    path = tmp_path / "map"
    for share in (0.3, 0.9):
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(InputError, match="cannot be read to its end"):
            read_picture(path)


def test_several_pages_are_refused(plain, tmp_path):
    path = tmp_path / "map.tif"
    plain.image.save(path, save_all=True, append_images=[plain.image])
    with pytest.raises(InputError, match="2 pages or frames"):
        read_picture(path)


def test_the_limit_is_what_the_message_says(plain, tmp_path, monkeypatch):
    path = tmp_path / "map.png"
    path.write_bytes(saved(plain.image, "PNG"))
    monkeypatch.setattr(pictures, "MAX_PIXELS", SIZE[0] * SIZE[1])
    assert read_picture(path).size == SIZE
    monkeypatch.setattr(pictures, "MAX_PIXELS", SIZE[0] * SIZE[1] - 1)
    with pytest.raises(InputError, match="432,000 pixels; at most 431,999"):
        read_picture(path)


# ---- Legends and points ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("publisher =", "publisher_ =", "unknown key 'publisher_'; did you mean 'publisher'"),
        ("colour =", "color =", "unknown key 'zone.color'; did you mean 'colour'"),
        (COLOURS[0], "red", "'red' is no colour; write it as #rrggbb"),
        ('actor = "kurdish"', 'actor = "The Kurds"', "'The Kurds' is no actor name"),
        ('actor = "kurdish"', 'actor = "nobody"', "cannot be named 'nobody'"),
        ('actor = "kurdish"', 'actor = "opposition"', "'opposition' stands twice"),
        (COLOURS[2], COLOURS[1], "are the same colour to the eye"),
        (f"day = {DAY}", "", "the key 'day' is missing"),
        (f"day = {DAY}", "day = 2013-13-01", "not TOML|day"),
        ("title =", "tolerance = nan\ntitle =", "tolerance"),
        ("title =", "tolerance = -1\ntitle =", "tolerance"),
        ("title =", "fill_px = inf\ntitle =", "fill_px"),
        ("title =", "frame = [5, 5, 5, 9]\ntitle =", "is no box"),
        ("title =", "ignore = [[5000, 5, 5010, 9]]\ntitle =", "lies outside 720 x 600 pixels"),
        ("title =", "zone = []\ntitle =", "zone|not TOML"),
        (COLOURS[2], "#800080", "no pixel is of the colour #800080 of 'kurdish'"),
    ],
)
def test_a_legend_that_cannot_be_used_is_told(plain, tmp_path, capsys, old, new, message):
    request = desk(tmp_path, plain, legend=LEGEND.replace(old, new))
    with pytest.raises(InputError, match=message) as caught:
        trace(request)
    assert "legend.toml" in str(caught.value)
    assert call(request, "--out", str(tmp_path / "z.geojson")) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_picture_without_any_zone_is_told(plain, tmp_path, capsys):
    bare = Image.new("RGB", SIZE, "#e0e0e0")
    for number, colour in enumerate(COLOURS):
        bare.paste(colour, (10 + 20 * number, 10, 13 + 20 * number, 13))
    request = desk(tmp_path, type(plain)(bare, plain.zones, plain.to_pixels))
    assert call(request, "--out", str(tmp_path / "z.geojson")) == 1
    assert "no zone is left: all that matches is too small" in capsys.readouterr().err


def test_words_from_a_legend_cannot_do_harm(plain, tmp_path):
    hostile = r'"$\\frac{$ \u0007\u202e<script> \"quoted\" \\ \u6c49' + "W" * 300 + '"'
    legend = LEGEND.replace('"A country"', hostile).replace('"A news agency"', hostile)
    out = tmp_path / "z.geojson"
    assert call(desk(tmp_path / "in", plain, legend=legend), "--out", str(out)) == 0
    profile = str(out.with_suffix(".profile.toml"))
    assert _code(["areas", str(out), "--profile", profile]) == 0
    assert chr(7) not in out.with_suffix(".job.toml").read_text("utf-8")


def test_likely_colours_are_named_where_one_is_not_found(plain, tmp_path):
    request = desk(tmp_path, plain, legend=LEGEND.replace(COLOURS[0], "#cc0000"))
    with pytest.raises(InputError, match=f"main colours of the picture are .*{COLOURS[0]}"):
        trace(request)


def test_several_colours_and_statuses_of_an_actor_are_kept(plain, tmp_path):
    more = LEGEND.replace(f'colour = "{COLOURS[0]}"', f'colour = ["{COLOURS[0]}"]')
    more = more.replace('actor = "kurdish"', 'actor = "government"\nstatus = "claimed"')
    legend = read_toml(desk(tmp_path, plain, legend=more).legend, Legend)
    assert [str(each.holder) for each in legend.zone][::2] == ["government", "government (claimed)"]
    found = rows(trace(desk(tmp_path, plain, legend=more)))
    km2 = {(row["actor"], row["status"]): row["km2"] for row in found}
    assert km2["government", "claimed"] == pytest.approx(plain.km2["kurdish"], rel=0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("lon", "long", 1), "no column 'lon'; did you mean 'long'"),
        (lambda t: t + "extra,1,x,38,35\n", "line 12: y 'x' is no number"),
        (lambda t: t + "extra,10,10,nan,35\n", "line 12: point 'extra'.*not all numbers"),
        (lambda t: t + "extra,10,10,38\n", "line 12: 4 cells where the header has 5"),
        (lambda t: t + "extra,10,10,38,95\n", "line 12: .*latitude 95 is beyond the pole"),
        (lambda t: t + "extra,700,590,36.1,36.9\n", "line 12: point 'extra' lies .* km"),
        (lambda t: t + "extra,7000,590,36.1,36.9\n", "line 12: .*lies outside the picture"),
        (lambda t: "\n".join(t.splitlines()[:3]), "2 points; give 4 or more"),
        (lambda t: "", "the file is empty"),
    ],
)
def test_points_that_cannot_be_used_are_told(plain, tmp_path, change, message):
    text = control_csv(plain)  # which place the map in other tests
    with pytest.raises(InputError, match=message) as caught:
        trace(desk(tmp_path, plain, points=change(text) or "\n"))
    assert "points.csv" in str(caught.value)


@pytest.mark.parametrize("old", [False, True])
def test_points_of_qgis_are_read(plain, tmp_path, old):
    names = "pixelX,pixelY" if old else "sourceX,sourceY"
    places = spots(10, 0)
    web = gpd.GeoSeries.from_xy(*places.T, crs=4326).to_crs(3857)
    lines = [] if old else [f"#CRS: {web.crs.to_wkt()}".replace("\n", "")]
    lines += [f"mapX,mapY,{names},enable,dX,dY,residual"]
    for number, ((lon, lat), there) in enumerate(zip(places, web, strict=True)):
        x, y = (float(each) for each in plain.to_pixels(lon, lat))
        east, north = (lon, lat) if old else (there.x, there.y)
        lines.append(f"{east},{north},{x},{-y},{0 if number == 9 else 1},0,0,0")
    path = tmp_path / "map.points"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read_controls(path)
    assert len(found) == 9
    for point, (lon, lat) in zip(found, places, strict=False):
        x, y = plain.to_pixels(lon, lat)
        assert (point.x, point.y) == pytest.approx((float(x), float(y)))
        assert (point.lon, point.lat) == pytest.approx((lon, lat), abs=1e-9)
    assert found[0].line == (2 if old else 3)


# ---- A real map ------------------------------------------------------------------------------

# Picked by eye: corners of the border with Iraq and Jordan, and towns. Longitudes and
# latitudes of corners from the national boundary of OCHA, of towns from gazetteers.
SYRIA_POINTS = """name,x,y,lon,lat
Iraq 1,2215,372,41.8283,36.5932
Iraq 2,2081,398,41.4112,36.5229
Iraq 3,2044,460,41.2945,36.3562
Iraq 4,2035,568,41.2580,36.0546
Jordan and Iraq,1246,1556,38.7925,33.3747
south tip,620,1943,36.8348,32.3164
north-west corner,568,282,36.6755,36.8456
Manbij,977,394,37.9549,36.5281
Raqqa,1320,608,39.0078,35.9594
Hasakah,1871,409,40.7478,36.5024
Malikiyah,2317,159,42.1400,37.1767
Tartus,313,1000,35.8866,34.8890
Homs,581,1060,36.7137,34.7324
Suwayda,533,1806,36.5695,32.7089
"""
SYRIA_LEGEND = """
title = "Syria, November 2013"
day = 2013-11-30
publisher = "Wikimedia Commons"
licence = "CC BY-SA 3.0"
not_land = ["#e0e0e0", "#c6ecff"]
overprint = ["#646464"]
[[zone]]
actor = "government"
colour = "#ff7d7d"
[[zone]]
actor = "opposition"
colour = ["#8dfeba", "#94ef9f", "#abe9ab"]
[[zone]]
actor = "kurdish"
colour = "#ffecaa"
"""


@pytest.fixture(scope="module")
def syria(shared_data, tmp_path_factory):
    image = shared_data / "syria" / "maps" / "syria_control_2013-11.png"
    if not image.is_file():
        pytest.skip("needs the map of November 2013")
    folder = tmp_path_factory.mktemp("syria")
    (folder / "legend.toml").write_text(SYRIA_LEGEND, encoding="utf-8")
    (folder / "points.csv").write_text(SYRIA_POINTS, encoding="utf-8")
    return trace(Request(image, folder / "legend.toml", folder / "points.csv"))


def test_a_real_map_is_placed_to_a_few_pixels_in_its_own_projection(syria):
    assert (syria.placement.fit.kind, syria.placement.crs_name) == ("affine", "EPSG:4326")
    assert syria.placement.rmse_m < 1500
    assert syria.placement.rmse_m / syria.placement.pixel_m < 5


def test_a_real_map_has_the_ground_of_its_country(syria, shared_data):
    held = [row for row in rows(syria) if row["actor"] != "nobody"]
    national = gpd.read_file(shared_data / "syria" / "admin" / "syr_admin0.shp")
    km2 = sum(float(row["km2"]) for row in held)
    # OCHA's outline has the Golan (1,150 km2) and Lake Assad (600 km2); the map leaves both out.
    official = float(national.to_crs("+proj=laea +lat_0=35 +lon_0=38").area.sum()) / 1e6
    assert official - km2 == pytest.approx(1150 + 600 + 1200, abs=1500)
    share = {row["actor"]: float(row["km2"]) / km2 for row in held}
    assert share["government"] == pytest.approx(0.647, abs=0.01)
    assert share["opposition"] == pytest.approx(0.261, abs=0.01)
    assert share["kurdish"] == pytest.approx(0.090, abs=0.01)
    assert syria.audit.unknown_share < 0.005
    assert np.abs(syria.audit.smoothed[:3]).max() < 1e-3


def test_how_much_of_the_country_is_in_the_zones_is_told(syria):
    home = home_of(syria.ensemble.base, read_countries())
    assert home.name == "Syria"
    assert 0.975 < home.covered < 0.995  # without Lake Assad
    assert home.beyond < 0.015
    assert any("of Syria (" in line for line in summary_lines(syria))


def test_a_misplaced_town_of_the_real_map_is_named(syria, tmp_path):
    """The dot of Abu Kamal stands at the border crossing, 8 km from the town."""
    points = tmp_path / "points.csv"
    points.write_text(SYRIA_POINTS + "Abu Kamal,1949,1172,40.9186,34.4506\n", encoding="utf-8")
    request = Request(syria.request.image, syria.request.legend, points)
    with pytest.raises(InputError, match=r"point 'Abu Kamal' lies \d\.\d km"):
        trace(request)


@pytest.mark.parametrize("map_crs", ["EPSG:4326", "EPSG:3832"])
def test_a_zone_across_180_degrees_is_refused_in_words_of_a_picture(map_crs):
    """All points lie west of 180 degrees, and the map goes on beyond."""
    there = Transformer.from_crs("EPSG:4326", map_crs, always_xy=True)
    at = [(0, 0), (900, 0), (0, 900), (900, 900), (450, 450), (200, 700)]
    east, north = there.transform([178.0, 179.8], [10.0, 8.2])  # of the corners of the points
    across = [east[0] + (east[1] - east[0]) * x / 900 for x, _ in at]
    down = [north[0] + (north[1] - north[0]) * y / 900 for _, y in at]
    lon, lat = there.transform(across, down, direction="INVERSE")
    ends = zip(at, lon, lat, strict=True)
    points = tuple(ControlPoint(x, y, float(a), float(b)) for (x, y), a, b in ends)
    placement = placed(points, file="points.csv", kind="affine", map_crs=map_crs)
    label = np.zeros((900, 1200), dtype=np.int16)
    with pytest.raises(GeometryError, match=r"across 180 degrees.*cut the picture there"):
        on_ground(outlined(label, 1), placement)
    [zone] = on_ground(outlined(label[:, :990], 1), placement)
    assert zone.bounds[2] < 180
    label[:, 990:1010] = -1  # the ground at 180 degrees is nobody's
    if map_crs != "EPSG:4326":  # where longitudes go on there
        assert len(on_ground(outlined(label, 1), placement)) == 2

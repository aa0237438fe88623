"""`territory explain`: the Mercator trap, published series, claims, and what cannot be told."""

import csv
import io
import json
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from territory.cli import _code
from territory.errors import InputError
from territory.explain.recipes.explanation import MAY_BE
from territory.explain.recipes.sentences import COLUMN_WORDS, COLUMNS
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.read.published_figures import read_published, unit_factor

TRUE_KM2 = 3035.0


def star(size, x=37.2, y=35.7):
    """Return a polygon with bays around a point, `size` degrees across."""
    angle = np.linspace(0, 2 * np.pi, 181)[:-1]
    radius = size / 2 * (1 + 0.15 * np.sin(3 * angle) + 0.1 * np.cos(7 * angle))
    return shapely.Polygon(
        np.column_stack([x + 1.6 * radius * np.cos(angle), y + 0.7 * radius * np.sin(angle)])
    )


@cache
def sized(km2):
    """Return such a polygon of a given true area."""
    low, high = 0.1, 2.0
    for _ in range(50):
        middle = (low + high) / 2
        smaller = geodesic_area_km2(np.array([star(middle)]), WGS84)[0] < km2
        low, high = (middle, high) if smaller else (low, middle)
    return star(low)


def written(folder, when, *zones):
    """Write one GeoJSON file of (actor, polygon) zones."""
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor},
            "geometry": json.loads(shapely.to_geojson(polygon)),
        }
        for actor, polygon in zones
    ]
    folder.mkdir(exist_ok=True)
    path = folder / f"zones_{when}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def few_grids(monkeypatch):
    """Leave out the grids of the country, where the test is not about them: they take seconds."""
    monkeypatch.setattr("territory.explain.published_zones.grid_metrics", lambda *_, **__: ())


@pytest.fixture
def trap(tmp_path):
    """Give a zone of 3,035 km2 at 35.7 N."""
    return written(tmp_path / "trap", "2018-02-05", ("government", sized(TRUE_KM2)))


def run(capsys, *arguments):
    """Return exit code, rows and messages of a call."""
    code = _code(["explain", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(printed.out))), printed.err


# ---- One figure ------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [["4600"], ["4,600", "--precision", "rounded"]])
def test_the_mercator_trap(trap, capsys, said):
    code, rows, told = run(capsys, trap, "--profile", "zones", "--value", *said, "--unit", "km2")
    assert code == 0
    contract = "claim_id,rank,recipe,computed,published,error_pct,tried,chance"
    assert list(rows[0])[:8] == contract.split(",")
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    assert rows[0]["recipe"].startswith("web-mercator")
    assert float(rows[0]["computed"]) == pytest.approx(4600, rel=0.003)
    assert float(rows[0]["chance"]) > MAY_BE  # a figure a quarter of a percent off proves nothing
    assert "cannot tell" in told
    assert "the likeliest is off by 0.26 %: measuring in Web Mercator" in told
    assert "stretches everything away from the equator" in told
    assert "measured truly, is 3,035 km2, 34.0 % less than published" in told


@pytest.mark.usefixtures("few_grids")
def test_a_true_figure_needs_no_explanation(trap, capsys):
    _, rows, told = run(capsys, trap, "--profile", "zones", "--value", "3035")
    assert rows[0]["recipe"] == "equal-area; government"
    assert "there is nothing to explain" in told


def test_a_figure_a_little_off_cannot_be_told(trap, capsys):
    _, rows, told = run(capsys, trap, "--profile", "zones", "--value", "3050")
    assert float(rows[0]["chance"]) > 0.2
    assert "cannot tell" in told


@pytest.mark.usefixtures("few_grids")
def test_other_units_and_json(trap, capsys):
    arguments = ["--profile", "zones", "--value", "460000", "--unit", "ha", "--json"]
    assert _code(["explain", str(trap), *arguments]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["published"] == pytest.approx(4600)
    assert rows[0]["recipe"].startswith("web-mercator")
    assert rows[0]["chance"] > MAY_BE
    assert unit_factor("sqmi") == pytest.approx(1.609344**2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--value", "x"], "--value: 'x' is not a number above zero"),
        (["--value", "-5"], "'-5' is not a number above zero"),
        (["--value", "248,69"], "a comma stands between thousands; write 248.69 or 24,869"),
        (["--value", "1,2,3"], "'1,2,3' is not a number above zero"),
        (["--value", "5", "--precision", "between"], "'between' needs two figures"),
        (["--value", "nan"], "'nan' is not a number above zero"),
        (["--value", "1e-300"], "--value: 1e-300 km2 is no area on Earth (1 m2 to 510 million"),
        (["--value", "1e300"], "1e300 km2 is no area on Earth"),
        (["--value", "1", "--unit", "km"], "unknown unit 'km'; did you mean 'km2'?"),
        (["--value", "1", "--precision", "exakt"], "did you mean 'exact'?"),
        (["--value", "1", "--day", "2018-02-07"], "nearest day is 2018-02-05"),
        (["--value", "1", "--day", "5.2.2018"], "--day: '5.2.2018' is not a day"),
        (["--value", "1", "--by", "goverment"], "did you mean 'government'?"),
        (["--value", "1", "--published", "x.csv"], "--published or --value, not both"),
        (["--published", "missing.csv"], "missing.csv: no such file"),
    ],
)
def test_bad_figures_are_one_clear_message(trap, capsys, arguments, message):
    code, rows, told = run(capsys, trap, "--profile", "zones", *arguments)
    assert (code, rows) == (1, [])
    assert message in told
    assert told.startswith("territory: ")


@pytest.mark.usefixtures("few_grids")
def test_what_reproduces_nothing_is_left_out_unless_asked_for(trap, capsys):
    figure = ["--profile", "zones", "--value", "7123", "--day", "2018-02-05"]
    code, rows, told = run(capsys, trap, *figure)
    assert code == 0
    assert [row["recipe"] for row in rows] == ["equal-area; government"]  # what check measures
    assert "ways of measuring were tried, and none of the likely ones gives it within 5 %" in told
    _, rows, told = run(capsys, trap, *figure, "--max-error-pct", "80")
    assert rows
    assert all(5 < float(row["error_pct"]) <= 80 for row in rows)
    assert "error_pct: how far it is off, in percent" in told.splitlines()[0]


def test_every_column_is_explained(capsys):
    assert tuple(COLUMN_WORDS) == COLUMNS
    assert _code(["explain", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(column in told for column in COLUMNS[1:])


def test_several_days_need_to_be_told_apart(tmp_path, capsys):
    for when in ("2018-02-05", "2018-02-06"):
        written(tmp_path / "z", when, ("a", star(0.5)))
    code, _, told = run(capsys, tmp_path / "z", "--profile", "zones", "--value", "1")
    assert code == 1
    assert "2 days, 2018-02-05 to 2018-02-06; say with --day" in told


def test_places_have_no_zones_as_drawn(repo, capsys):
    folder = repo / "data" / "idlib-2018"
    code, _, told = run(capsys, folder, "--profile", "places", "--value", "1")
    assert code == 1
    assert "write the figure into a claims file" in told


# ---- A series --------------------------------------------------------------------------------


@pytest.fixture
def grown(tmp_path):
    """Give ten days of two zones that overlap, and both added up in the wrong UTM zone."""
    to_plane = Transformer.from_crs(4326, 32638, always_xy=True)
    figures = []
    for n in range(10):
        shapes = [star(0.5 + n / 50), star(0.4 - n / 90, x=37.5)]
        when = date(2018, 1, 1) + timedelta(n)
        written(tmp_path / "series", when, ("a", shapes[0]), ("b", shapes[1]))
        flat = shapely.transform(shapes, lambda xy: np.column_stack(to_plane.transform(*xy.T)))
        figures.append((when, shapely.area(flat).sum()))
    return tmp_path, figures


def table_of(folder, figures, name="figures.csv", header="when,area_m2"):
    path = folder / name
    path.write_text("\n".join([header, *(f"{day},{figure}" for day, figure in figures)]) + "\n")
    return path


def asked(path):
    return [
        "--published",
        path,
        "--day-column",
        "when",
        "--value-column",
        "area_m2",
        "--unit",
        "m2",
    ]


def test_a_wrong_zone_and_overlaps_counted_twice_are_found(grown, capsys):
    folder, figures = grown
    figures[3] = (figures[3][0], figures[3][1] * 1.02)  # another file than the one published from
    path = table_of(folder, figures)
    code, rows, told = run(capsys, folder / "series", "--profile", "zones", *asked(path))
    assert code == 0
    first = rows[0]
    assert "epsg:32638" in first["recipe"]
    assert "a + b; overlaps counted as often as drawn" in first["recipe"]
    assert "plus" not in first["recipe"]
    assert first["odd_days"] == "2018-01-04"
    assert first["days"] == "10"
    assert float(first["log10_chance"]) < -20
    assert float(first["error_pct"]) < 1e-6
    assert "on 9 of 10 days (not on 2018-01-04" in told
    assert "overlapping ground counts twice" in told


@pytest.mark.usefixtures("few_grids")
def test_the_figures_day_by_day(grown, capsys):
    folder, figures = grown
    path = table_of(folder, figures)
    arguments = [folder / "series", "--profile", "zones", *asked(path), "--by-day"]
    _, rows, _ = run(capsys, *arguments)
    assert [row["day"] for row in rows] == [str(when) for when, _ in figures]
    for row, (_, figure) in zip(rows, figures, strict=True):
        assert float(row["computed"]) == pytest.approx(figure / 1e6, rel=1e-8)


@pytest.mark.usefixtures("few_grids")
def test_figures_dated_a_day_late(grown, capsys):
    folder, figures = grown
    late = [(when + timedelta(1), figure) for when, figure in figures]
    path = table_of(folder, late)
    _, rows, _ = run(capsys, folder / "series", "--profile", "zones", *asked(path))
    assert rows[0]["recipe"].endswith("file of 1 day earlier")
    assert rows[0]["days"] == "9"  # the last one falls out of the days in common


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("when,area\n2018-01-01,5\n", "no column 'area_m2'; did you mean 'area'?"),
        ("day,area_m2\n2018-01-01,5\n", "no column 'when'"),
        ("", "line 1: the file is empty or has no header"),
        ("when,area_m2\n", "no figure in column 'area_m2'"),
        ("when,area_m2\n2018-01-01,NaN\n", "line 2: area_m2: 'NaN' is not a number"),
        ("when,area_m2\n2018-01-01,inf\n", "line 2: area_m2: 'inf' is not a number"),
        ("when,area_m2\n2018-01-01,abc\n", "'abc' is not a number"),
        ("when,area_m2\n2018-01-01,-3\n", "area_m2: -3 is not above zero"),
        ("when,area_m2\n2018-13-01,3\n", "when: '2018-13-01' is not a day"),
        ("when,area_m2\n2018-01-01,3\n2018-01-01,4\n", "line 3: the day 2018-01-01 stands twice"),
        ("when,area_m2\n2021-01-01,3\n", "nearest days are 2018-01-09 and 2018-01-10"),
        (
            "when,area_m2\n2021-01-01,3\n2021-01-02,3\n",
            "no day in common: published are 2021-01-01",
        ),
    ],
)
def test_bad_tables_are_one_clear_message(grown, capsys, lines, message):
    folder, _ = grown
    path = folder / "bad.csv"
    path.write_text(lines)
    code, rows, told = run(capsys, folder / "series", "--profile", "zones", *asked(path))
    assert (code, rows) == (1, [])
    assert message in told


@pytest.mark.parametrize(
    "days",
    [("01.02.2024", "13.02.2024"), ("01/02/2024", "13/02/2024"), ("1 Feb 2024", "13 лютого 2024")],
)
def test_published_days_are_read_as_columns_are(tmp_path, days):
    path = tmp_path / "figures.csv"
    path.write_text("day,value\n" + "".join(f"{day},5\n" for day in days), encoding="utf-8")
    found = read_published(path, day_column="day", value_column="value", unit="km2")
    assert [str(day) for day in found.km2] == ["2024-02-01", "2024-02-13"]
    path.write_text("day,value\n01/02/2024,5\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 2: day: '01/02/2024' is not a day .*day/month or"):
        read_published(path, day_column="day", value_column="value", unit="km2")


def test_the_digits_of_a_table_say_how_exact_it_is(tmp_path):
    path = table_of(tmp_path, [("2018-01-01 00:00:00", "1234.5"), ("2018-01-02", "1234")])
    found = read_published(path, day_column="when", value_column="area_m2", unit="ha")
    assert found.km2 == {date(2018, 1, 1): 12.345, date(2018, 1, 2): 12.34}
    assert found.half_unit_km2 == pytest.approx(0.05 / 100)
    with pytest.raises(InputError, match="unknown unit"):
        read_published(path, day_column="when", value_column="area_m2", unit="leagues")


# ---- Claims ----------------------------------------------------------------------------------

CLAIM = """
[[claim]]
id = "{id}"
text = "-"
publisher = "-"
published = 2018-02-05
value = {value}
unit = "{unit}"
precision = "exact"
{days}
  [[claim.reading]]
  name = "all"
  quantity = "{quantity}"
  by = ["{by}"]
"""


def claims(folder, **changes):
    stated = {
        "id": "c",
        "value": 3035,
        "unit": "km2",
        "days": "day = 2018-02-05",
        "quantity": "total",
        "by": "government",
    }
    path = folder / "claims.toml"
    path.write_text(CLAIM.format(**(stated | changes)))
    return path


@pytest.mark.usefixtures("few_grids")
def test_a_claim_is_explained_as_its_figure_is(trap, tmp_path, capsys):
    path = claims(tmp_path, value=4600)
    code, rows, told = run(capsys, path, trap, "--profile", "zones")
    assert code == 0
    assert rows[0]["claim_id"] == "c"
    assert rows[0]["recipe"].startswith("web-mercator")
    assert "Web Mercator" in told


@pytest.fixture
def front(tmp_path):
    """Give two days on which a takes 0.3 degrees from b and loses 0.1 elsewhere."""
    one, other = tmp_path / "front", tmp_path / "front"
    written(
        one, "2018-01-01", ("a", shapely.box(37, 35, 38, 36)), ("b", shapely.box(38, 35, 39, 36))
    )
    written(
        other,
        "2018-01-02",
        ("a", shapely.box(37.1, 35, 38.3, 36)),
        ("b", shapely.box(38.3, 35, 39, 36)),
    )
    return one


def strip(degrees):
    return float(geodesic_area_km2(np.array([shapely.box(0, 35, degrees, 36)]), WGS84)[0])


@pytest.mark.usefixtures("few_grids")
def test_a_net_change_given_for_a_gain_is_found(front, tmp_path, capsys):
    days = "period = [2018-01-01, 2018-01-02]"
    net = round(strip(0.3) - strip(0.1), 1)
    path = claims(tmp_path, value=net, days=days, quantity="gained", by="a")
    code, rows, told = run(capsys, path, front, "--profile", "zones")
    assert code == 0
    assert rows[0]["recipe"] == "equal-area; all; gains less losses"
    assert "gains less losses" in told


@pytest.mark.usefixtures("few_grids")
def test_a_gain_in_web_mercator_is_found(front, tmp_path, capsys):
    days = "period = [2018-01-01, 2018-01-02]"
    to_plane = Transformer.from_crs(4326, 3857, always_xy=True)
    (x0, y0), (x1, y1) = (to_plane.transform(*corner) for corner in ((38, 35), (38.3, 36)))
    value = round((x1 - x0) * (y1 - y0) / 1e6, 1)
    path = claims(tmp_path, value=value, days=days, quantity="gained", by="a")
    _, rows, _ = run(capsys, path, front, "--profile", "zones")
    assert rows[0]["recipe"] == "web-mercator = epsg:3857; all"


@pytest.mark.usefixtures("few_grids")
def test_a_share_is_explained(front, tmp_path, capsys):
    path = claims(
        tmp_path, value=60.0, unit="percent", days="day = 2018-01-02", quantity="share", by="a"
    )
    arguments = [path, front, "--profile", "zones", "--area", "37,35,39,36"]
    _, rows, told = run(capsys, *arguments)
    assert rows[0]["recipe"].startswith("equal-area; all")
    assert float(rows[0]["computed"]) == pytest.approx(60.0)
    assert "nothing to explain" in told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"by": "goverment"}, "unknown actor 'goverment'; did you mean 'government'?"),
        ({"value": -1}, "claims.toml, line 7: claim.value"),
        ({"value": "nan"}, "claim.value"),
        ({"unit": "percent"}, "a share cannot be 3035 percent"),
    ],
)
def test_bad_claims_are_one_clear_message(trap, tmp_path, capsys, changes, message):
    path = claims(tmp_path, **changes)
    code, rows, told = run(capsys, path, trap, "--profile", "zones")
    assert (code, rows) == (1, [])
    assert message in told


def test_a_claim_of_a_day_without_a_file_does_not_stop_the_others(trap, tmp_path, capsys):
    one = claims(tmp_path).read_text(encoding="utf-8")
    other = claims(tmp_path, days="day = 2018-02-09").read_text(encoding="utf-8")
    path = tmp_path / "claims.toml"
    path.write_text(one + other.replace('id = "c"', 'id = "d"'), encoding="utf-8")
    code, rows, told = run(capsys, path, trap, "--profile", "zones")
    assert code == 3
    assert {row["claim_id"] for row in rows} == {"c"}
    assert "d: not explained. There is no snapshot of 2018-02-09; the nearest day is" in told


def test_yaml_and_unknown_claims_are_refused(trap, tmp_path, capsys):
    path = claims(tmp_path)
    code, _, told = run(capsys, path, trap, "--profile", "zones", "--claim", "d")
    assert code == 1
    assert "no claim 'd'" in told
    yaml = path.rename(tmp_path / "claims.yaml")
    code, _, told = run(capsys, yaml, trap, "--profile", "zones")
    assert code == 1
    assert "this is not TOML" in told
    code, _, told = run(capsys, path, "--profile", "zones")
    assert code == 1
    assert "give the files" in told


@pytest.mark.usefixtures("few_grids")
def test_a_claim_about_places_is_listed_and_the_rest_goes_on(trap, tmp_path, capsys):
    first = claims(tmp_path, id="villages", unit="places", value=100).read_text()
    second = claims(tmp_path)
    second.write_text(first + second.read_text())
    code, rows, told = run(capsys, second, trap, "--profile", "zones")
    assert code == 3
    assert {row["claim_id"] for row in rows} == {"c"}
    assert "villages: not explained. It counts places" in told


# ---- Real figures ----------------------------------------------------------------------------


def test_a_rough_figure_of_the_founding_case_cannot_be_told(repo, capsys):
    folder = repo / "data" / "idlib-2018"
    arguments = ["--profile", "places", "--area", "36.60,35.22,37.75,36.10"]
    claim = ["--claim", "aa-2018-02-05-over-3000"]
    code, rows, told = run(capsys, folder / "claims.toml", folder, *arguments, *claim)
    assert code == 0
    assert float(rows[0]["chance"]) > 0.2
    assert "3,000 km2: cannot tell" in told


def test_the_economist_s_daily_totals(shared_data, capsys):
    """Two layers added up on a grid made for the other end of the country."""
    folder = shared_data / "ukraine"
    path = folder / "economist_published_2022.csv"
    column = "area_assessed_as_russia_controlled"
    arguments = ["--day-column", "date", "--value-column", column, "--unit", "m2"]
    _, rows, told = run(capsys, folder / "isw", "--profile", "isw", "--published", path, *arguments)
    best = rows[0]
    assert "epsg:6381" in best["recipe"]
    assert "RussianAssessedAdvanceinUkraine + RussianAssessedCoTinUkraine;" in best["recipe"]
    assert "as often as drawn" in best["recipe"]
    assert (best["days"], best["odd_days"]) == ("21", "2022-04-04")
    assert float(best["error_pct"]) < 0.001
    assert float(best["log10_chance"]) < -100
    assert "made for Ukraine - west of 24°E" in told


def test_the_totals_of_nzz(shared_data, capsys):
    """All three types in a world cylindrical projection, and a constant for Crimea."""
    folder = shared_data / "ukraine" / "nzz"
    arguments = ["--day-column", "date", "--value-column", "area", "--unit", "km2"]
    published = ["--published", folder / "published_totals.csv"]
    _, rows, told = run(capsys, folder / "2022-0*.json", "--profile", "nzz", *published, *arguments)
    best = rows[0]
    assert best["recipe"].startswith("world-cylindrical")
    assert "gains + losses + nochange; plus 26,689.32 km2" in best["recipe"]
    assert (best["days"], best["odd_days"]) == ("26", "")
    assert float(best["error_pct"]) < 0.001
    assert "about the size of Crimea" in told


@pytest.mark.parametrize("by", [[], ["--by", "russia", "--by", "russia-before-2022"]])
def test_deepstate_s_total_of_12_november_2022(shared_data, capsys, by):
    """Features added up on a ball as wide as the equator, as turf.js did."""
    arguments = ["--profile", "deepstate-raw", "--value", "108651", "--day", "2022-11-12", *by]
    _, rows, told = run(
        capsys, shared_data / "ukraine" / "deepstate_raw" / "1668[23]*.geojson", *arguments
    )
    assert rows[0]["recipe"].startswith("sphere-6378.137; #880e4f + #a52714")
    assert float(rows[0]["error_pct"]) < 0.001
    assert round(float(rows[0]["computed"])) == 108_651
    assert "turf.area" in told

"""A run that starts from the state of an earlier one: the same bytes as from nothing.

Oracle: a run of the same files into a folder that is empty.
"""

import json
import os
import shutil
import signal
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from squares import KM, cells_of
from strategies import grids

from territory.cli import _code
from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import WGS84
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.job.kept_days import days_form
from territory.job.state import STATE, packed_state, program, read_state, unpacked_state
from territory.job.study import compute
from territory.memo import Form, Memo, key_of
from territory.packed import Unnamed, joined, numbers, parted
from territory.read.formats.layer import Layer, Page
from territory.read.kept_files import files_form
from territory.read.profile import read_profile
from territory.read.shared_files import shared_file
from territory.read.zones import read_series
from territory.run import run

JOB = """[series]
profile = "zones"
path = "days/*.geojson"
boundary_error_m = 100
[maps]
enabled = false
[report]
enabled = false
"""
DEGREE = KM * 100  # squares of a hundredth of a degree


def draw(folder, grid, number):
    """Write the file of one day; return it."""
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor},
            "geometry": shapely.geometry.mapping(
                shapely.transform(shapely.union_all(cells), lambda at: at / DEGREE + (37, 48))
            ),
        }
        for actor, cells in sorted(cells_of(grid).items())
    ]
    path = folder / "days" / f"{date(2024, 1, 1) + timedelta(days=number)}.geojson"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text, encoding="utf-8")
    return path


def contents(out):
    """Return the bytes of every file of a folder."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


def answered(folder, out):
    """Return how many answers a run of the job would find in the state of a folder."""
    memo, _ = read_state(out)
    compute(folder / "job.toml", memo=memo)
    return memo.found


@pytest.fixture
def series(tmp_path):
    """Return a folder with a job on five days, in which a front moves, and its first results."""
    for number in range(1, 6):
        draw(tmp_path, ("A" * number + "B" * (6 - number), "AABB.."), number)
    (tmp_path / "job.toml").write_text(JOB, encoding="utf-8")
    run(tmp_path / "job.toml", tmp_path / "out")
    return tmp_path


def assert_as_from_nothing(folder, **how):
    """Run the job on its earlier results, and once more into an empty folder."""
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    outcome = run(folder / "job.toml", folder / "out", **how)
    other = run(folder / "job.toml", fresh, **how)
    assert contents(folder / "out") == contents(fresh)
    assert STATE in contents(fresh)
    assert (outcome.was_current, outcome.strange) == (False, ())
    assert (outcome.warnings, outcome.summaries) == (other.warnings, other.summaries)


NEW = ("BBBBBB", "A.A.A.")
ALL = 2 * 5  # five files that were read, and five days that were cleaned


@pytest.mark.parametrize("number", [0, 6], ids=["first", "last"])
def test_a_day_more(series, number):
    draw(series, NEW, number)
    assert answered(series, series / "out") == ALL
    assert_as_from_nothing(series)


@pytest.mark.parametrize("number", [1, 3, 5], ids=["first", "middle", "last"])
@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_day_changed_or_gone(series, number, change):
    path = draw(series, NEW, number)
    if change == "removed":
        path.unlink()
    assert answered(series, series / "out") == ALL - 2
    assert_as_from_nothing(series)


def test_a_day_in_the_middle_of_others(series):
    draw(series, NEW, 3).unlink()
    run(series / "job.toml", series / "out")
    draw(series, NEW, 3)
    assert answered(series, series / "out") == ALL - 2
    assert_as_from_nothing(series)


def test_a_file_is_known_by_its_content_and_not_by_its_time_stamp(series):
    path = series / "days" / "2024-01-03.geojson"
    before = path.stat()
    text = path.read_text("utf-8").replace('"A"', '"C"')
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert_as_from_nothing(series)
    assert b",C,held," in (series / "out" / "areas.csv").read_bytes()


@settings(max_examples=4, deadline=None)
@given(
    drawn=grids(days=6, size=4),
    changes=st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=3),
)
def test_whatever_is_drawn_and_changed(tmp_path_factory, drawn, changes):
    """Days come, go and change; after each change all files are as from nothing."""
    folder = tmp_path_factory.mktemp("series")
    (folder / "job.toml").write_text(JOB, encoding="utf-8")
    for number, grid in enumerate(drawn[:4]):
        draw(folder, grid, number)
    run(folder / "job.toml", folder / "out")
    for step, (number, is_there) in enumerate(changes):
        path = draw(folder, drawn[(number + step) % 6], number)
        draw(folder, drawn[0], 0)  # so that something is held at all
        if not is_there and number:
            path.unlink()
        draw(folder, ("B" * len(drawn[0][0]),) * len(drawn[0]), 6 + step)
        assert_as_from_nothing(folder)


def test_other_settings_find_what_does_not_depend_on_them(series):
    job = series / "job.toml"
    job.write_text(JOB.replace("100", "200") + '[days]\nselect = "first-and-last"\n', "utf-8")
    assert answered(series, series / "out") == ALL
    assert_as_from_nothing(series)
    job.write_text(JOB.replace("100", '200\nrepair = "winding"'), "utf-8")
    assert answered(series, series / "out") == 0
    assert_as_from_nothing(series)


def test_a_state_of_which_nothing_fits_is_told(series, capsys):
    job = series / "job.toml"
    job.write_text(JOB.replace("100", '200\nrepair = "winding"'), encoding="utf-8")
    assert _code(["run", str(job), "--out", str(series / "out")]) == 0
    assert "is of other files or settings" in capsys.readouterr().err
    run(job, series / "fresh")
    assert contents(series / "out") == contents(series / "fresh")


def damages():
    """Return what may have happened to a state, by name."""
    return {
        "empty": lambda content: b"",
        "cut": lambda content: content[: len(content) // 2],
        "no-line": lambda content: b"\xff" * 200,
        "bit": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
        "too-large": lambda content: content.replace(b'"size":', b'"size":9999999999'),
        "other-list": lambda content: b"[]\n" + content.partition(b"\n")[2],
    }


@pytest.mark.parametrize("name", damages())
def test_a_damaged_state_is_not_used(series, name, capsys):
    place = series / "out" / STATE
    place.write_bytes(damages()[name](place.read_bytes()))
    draw(series, NEW, 6)
    assert _code(["run", str(series / "job.toml"), "--out", str(series / "out")]) == 0
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "is damaged" in line]
    assert STATE in told
    assert "everything is worked out anew" in told
    run(series / "job.toml", series / "fresh")
    assert contents(series / "out") == contents(series / "fresh")


def test_a_state_of_another_program_is_not_used(series, capsys):
    place = series / "out" / STATE
    wrong = dict.fromkeys(unpacked_state(place.read_bytes(), program()), b"wrong")
    place.write_bytes(packed_state(wrong, "elsewhere"))
    draw(series, NEW, 6)
    assert _code(["run", str(series / "job.toml"), "--out", str(series / "out")]) == 0
    assert "of another version, or of another kind of machine" in capsys.readouterr().err
    run(series / "job.toml", series / "fresh")
    assert contents(series / "out") == contents(series / "fresh")


def test_a_state_that_cannot_be_read_is_not_used(series):
    place = series / "out" / STATE
    place.unlink()
    place.mkdir()
    assert read_state(series / "out")[1] == ""


def test_what_a_program_is_depends_on_the_code_and_the_machine(monkeypatch):
    here = program()
    assert program() == here
    monkeypatch.setattr("platform.machine", lambda: "another")
    assert program() != here
    monkeypatch.undo()
    monkeypatch.setattr("territory.job.state.installation", lambda: (("shapely", "0"),))
    assert program() != here


def test_a_state_may_be_deleted(series):
    before = contents(series / "out")
    shutil.rmtree(series / "out" / "state")
    assert run(series / "job.toml", series / "out").was_current
    draw(series, NEW, 6)
    assert_as_from_nothing(series)
    assert set(contents(series / "out")) == set(before)


def test_a_forced_run_starts_from_nothing(series, monkeypatch):
    monkeypatch.setattr("territory.job.state.read_state", lambda _out: 1 / 0)
    before = contents(series / "out")
    assert not run(series / "job.toml", series / "out", force=True).was_current
    assert contents(series / "out") == before


def test_a_strict_run_that_stops_leaves_the_state(series):
    before = contents(series / "out")
    (series / "days" / "2024-01-09.geojson").write_text("{", encoding="utf-8")
    assert _code(["run", str(series / "job.toml"), "--out", str(series / "out"), "--strict"]) == 1
    assert contents(series / "out") == before
    (series / "days" / "2024-01-09.geojson").unlink()
    draw(series, NEW, 9)
    assert_as_from_nothing(series, strict=True)


def test_a_state_holds_no_path_and_no_number_of_workers(series, monkeypatch):
    twice = draw(series, NEW, 7)
    drawn = json.loads(twice.read_text("utf-8"))
    drawn["features"] += drawn["features"][:1]  # a finding that names the file
    twice.write_text(json.dumps(drawn), encoding="utf-8")
    monkeypatch.setattr("territory.job.workers._WORTH_BYTES", 1)
    for workers in (1, 2):
        run(series / "job.toml", series / f"with{workers}", workers=workers)
    one, two = (contents(series / f"with{workers}") for workers in (1, 2))
    assert one == two
    kept = b"".join(unpacked_state(one[STATE], program()).values())
    assert b"2024-01-07.geojson" not in one["quality.csv"]
    assert b"2024-01-08.geojson" in one["quality.csv"]
    assert b"2024-01-08.geojson" in kept
    assert str(series).encode() not in kept
    assert str(series).encode() not in one[STATE]
    assert_as_from_nothing(series)


def test_a_run_that_is_killed_goes_on_from_whatever_state_there_is(series):
    """Killed at each file that is moved in: the next run ends as from nothing."""
    draw(series, NEW, 6)
    kept = series / "kept"
    shutil.copytree(series / "out", kept)
    files = len(contents(kept)) + 2  # with the record of an unfinished run, which is moved twice
    for number in range(files):
        shutil.rmtree(series / "out")
        shutil.copytree(kept, series / "out")
        pid = os.fork()
        if not pid:
            _die_at_move(number, series)
        os.waitpid(pid, 0)
        outcome = run(series / "job.toml", series / "out")
        fresh = series / "fresh"
        if not fresh.exists():
            run(series / "job.toml", fresh)
        assert contents(series / "out") == contents(fresh), number
        assert outcome.strange == (), number


def _die_at_move(number, series):
    """Run the job in this process until so many files are moved in, and end."""
    import territory.one_piece as moving

    move, moved = moving._to_disk, []

    def dies(path):
        moved.append(path)
        if len(moved) > 2 * number:
            os.kill(os.getpid(), signal.SIGKILL)
        move(path)

    moving._to_disk = dies
    try:
        run(series / "job.toml", series / "out")
    finally:
        os._exit(0)


def test_the_real_series(shared_data, tmp_path):
    """Forty days of the published daily maps: one more, one changed, one gone."""
    files = sorted((shared_data / "ukraine" / "deepstate_daily").glob("*.geojson"))[100:140]
    (tmp_path / "days").mkdir()
    for file in files:
        shutil.copy(file, tmp_path / "days")
    job = JOB.replace("zones", "deepstate-daily").replace("boundary_error_m = 100\n", "")
    (tmp_path / "job.toml").write_text(job, encoding="utf-8")
    (last, middle) = (tmp_path / "days" / files[n].name for n in (-1, 20))
    last.rename(tmp_path / last.name)
    run(tmp_path / "job.toml", tmp_path / "out")
    (tmp_path / last.name).rename(last)
    assert answered(tmp_path, tmp_path / "out") == 2 * 39
    assert_as_from_nothing(tmp_path)
    shutil.copy(files[25], middle)
    assert answered(tmp_path, tmp_path / "out") == 2 * 39
    assert_as_from_nothing(tmp_path)
    middle.unlink()
    assert answered(tmp_path, tmp_path / "out") == 2 * 39
    assert_as_from_nothing(tmp_path)
    assert (tmp_path / "out" / STATE).stat().st_size < 1_000_000


SQUARE = Form(key_of, lambda _n, answer: b"%d" % answer, lambda _n, kept: int(kept))


def test_a_memo_keeps_no_more_than_it_may():
    memo = Memo(most=3)
    assert list(memo.answers(SQUARE, lambda n: n * n, [3, 20, 2, 3])) == [9, 400, 4, 9]
    assert list(memo.kept.values()) == [b"9", b"4"]


def test_what_has_changed_while_it_was_looked_at_is_not_kept():
    keys = iter([b"before", b"after"])
    form = Form(lambda _n: next(keys), SQUARE.pack, SQUARE.unpack)
    memo = Memo()
    assert list(memo.answers(form, lambda n: n * n, [3])) == [9]
    assert memo.kept == {}


def test_the_key_of_what_cannot_change_is_worked_out_once():
    keys = iter([b"before", b"after"])
    form = Form(lambda _n: next(keys), SQUARE.pack, SQUARE.unpack, lasts=True)
    memo = Memo()
    assert list(memo.answers(form, lambda n: n * n, [3])) == [9]
    assert memo.kept == {b"before": b"9"}


def test_what_is_kept_lies_where_numbers_may_and_cannot_be_written_to():
    packed = joined("", np.arange(3.0).tobytes())
    for before in range(8):
        content = packed_state({bytes(32): bytes(before) + packed}, "me")
        kept = unpacked_state(content, "me")[bytes(32)][before:]
        found = numbers(parted(kept)[1][0], "<f8")
        assert found.tolist() == [0.0, 1.0, 2.0]
        assert found.flags.aligned
        assert not found.flags.writeable


def test_what_has_no_key_is_worked_out_every_time():
    memo = Memo()
    form = Form(lambda _n: None, SQUARE.pack, SQUARE.unpack)
    assert list(memo.answers(form, lambda n: n * n, [3])) == [9]
    assert (memo.kept, memo.found) == ({}, 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(
    rows=st.lists(st.dictionaries(st.text(max_size=3), JSON, max_size=2), max_size=3),
    details=st.lists(st.text(max_size=20) | st.just("a/b/c.geojson: closed"), max_size=2),
    page=st.none() | st.builds(Page, st.text(max_size=5), st.none() | st.integers(0, 9)),
)
def test_a_file_that_is_kept_comes_back_the_same(rows, details, page):
    findings = tuple(Finding(FindingKind.LEFT_OUT, each, km2=0.1) for each in details)
    shapes = np.array([None, shapely.Point(), shapely.box(0, 0, 0.1, 1)] * 3)[: len(rows)]
    layer = Layer("a/b/c.geojson", "c", WGS84, tuple(rows), shapes, findings, page)
    form = files_form(lambda _s: b"key", lambda found: found, lambda _s, found: found)
    shared = type("Named", (), {"path": Path("a/b/c.geojson")})
    packed = form.pack(shared, (layer,))
    if packed is None:  # then JSON cannot say it
        assert any(isinstance(each, int | float) for each in _leaves(rows)) or "\0" in str(
            details
        ).replace("\\x00", "\0")
        return
    assert b"a/b" not in packed
    (found,) = form.unpack(shared, packed)
    assert repr(found.properties) == repr(layer.properties)
    assert (found.file, found.name, found.findings, found.page) == (
        layer.file,
        layer.name,
        layer.findings,
        layer.page,
    )
    assert [each and each.wkb for each in found.geometry] == [each and each.wkb for each in shapes]


def _leaves(value):
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


def test_a_day_is_another_if_anything_it_depends_on_is():
    square = np.array([shapely.box(37, 48, 38, 49)])
    raw = RawZones(date(2024, 1, 1), WGS84, Source("a/b.geojson"), (Holder("a"),), square)

    def other(**changed):
        return RawZones(**{**{n: getattr(raw, n) for n in raw.__dataclass_fields__}, **changed})

    form = days_form(frozenset(), None, 0.1)
    days = [
        raw,
        other(day=date(2024, 1, 2)),
        other(source=Source("a/c.geojson")),
        other(holders=(Holder("b"),)),
        other(geometry=np.array([shapely.box(37, 48, 38, 50)])),
        other(findings=(Finding(FindingKind.LEFT_OUT, "x"),)),
        other(spots=(("x", 1),)),
        other(identities=("x",)),
        other(crs=CRS.from_epsg(4979)),
    ]
    keys = [form.key((each, [])) for each in days]
    keys += [days_form(frozenset("a"), None, 0.1).key((raw, []))]
    keys += [days_form(frozenset(), "drop", 0.1).key((raw, []))]
    keys += [days_form(frozenset(), None, 0.2).key((raw, []))]
    assert len(set(keys)) == len(keys)
    assert form.key((other(), [])) == keys[0]
    assert form.key((raw, [raw])) is None  # lost features are judged by other days
    assert form.key((other(crs=CRS.from_epsg(32637)), [])) is None


def test_a_cleaned_day_comes_back_the_same():
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    shapes = np.array([shapely.box(0, 2, 1, 3), shapely.box(0, 2, 1, 3), bow])
    raw = RawZones(date(2024, 1, 1), WGS84, Source("a/b.geojson"), (Holder("a"),) * 3, shapes)
    found = normalise(raw, repair="winding")
    form = days_form(frozenset(), "winding", 0.1)
    packed = form.pack((raw, []), found)
    assert b"a/b" not in packed
    again = form.unpack((raw, []), packed)
    assert again.audit == found.audit
    assert any("a/b.geojson" in each.detail for each in again.audit)
    assert again.xy.tobytes() == found.xy.tobytes()
    assert again.ring_start.tolist() == found.ring_start.tolist()
    assert (again.day, again.holders) == (found.day, found.holders)
    refused = Finding(FindingKind.REFUSED, "x", Severity.ERROR)
    assert form.pack((raw, []), refused) is None


def test_texts_with_the_mark_of_a_folder_are_not_taken():
    with pytest.raises(ValueError, match="mark"):
        Unnamed("a/b").taken("\0")
    assert Unnamed("b").put(Unnamed("b").taken("b: x")) == "b: x"
    for there, then in (("a.kml", "maps/a.kml"), ("a/a.kml", "maps/a.kml")):
        text = f"{there}: layer '{there}' as in data.kml, data/a.kml and a.kmls"
        told = text.replace(there, then, 2)
        assert Unnamed(then).put(Unnamed(there).taken(text)) == told
    actor = "Red/a.kml, feature 1: held by Red/Blue"  # who is called like a folder
    assert Unnamed("a.kml").put(Unnamed("Red/a.kml").taken(actor)) == actor[4:]


BOW_TIE = [[37, 48], [37.04, 48.04], [37.04, 48], [37, 48.04], [37, 48]]


@pytest.mark.parametrize("below", ["", "days/"])
def test_results_are_the_same_wherever_a_job_is_run_from(series, monkeypatch, below):
    """Seen from its own folder files have no folder or a short one, from elsewhere a long one."""
    shape = {"type": "Polygon", "coordinates": [BOW_TIE]}  # a finding that names its file
    feature = {"type": "Feature", "properties": {"actor": "A"}, "geometry": shape}
    broken = {"type": "FeatureCollection", "features": [feature]}
    (series / "days" / "2024-03-01.geojson").write_text(json.dumps(broken), encoding="utf-8")
    for path in (series / "days").iterdir():
        path.rename(series / below / path.name)
    shape = {"type": "Polygon", "coordinates": [[[37, 48], [37.1, 48], [37.1, 48.1], [37, 48]]]}
    ground = {"type": "FeatureCollection", "features": [{**feature, "geometry": shape}]}
    (series / "ground.json").write_text(json.dumps(ground), encoding="utf-8")
    path = f'path = "{below}*.geojson"\nrepair = "winding"'
    path += '\nremainder = "C"\nremainder_area = "ground.json"'
    text = JOB.replace('path = "days/*.geojson"', path)
    (series / "job.toml").write_text(text, encoding="utf-8")
    ways = [(series, ""), (series.parent, series.name), (Path("/"), series)]
    for number, (where, folder) in enumerate(ways):
        monkeypatch.chdir(where)
        run(Path(folder, "job.toml"), series / f"out{number}")
        assert contents(series / f"out{number}") == contents(series / "out0"), where
        assert answered(Path(folder), series / "out0") == 2 * 6
    findings = (series / "out0" / "quality.csv").read_text(encoding="utf-8")
    assert f"{below}2024-03-01.geojson, feature 1: invalid polygon" in findings


@pytest.mark.parametrize(
    "setting", [{"label": "layer"}, {"label_properties": ("side",)}, {"where": "actor = 'A'"}]
)
def test_a_file_read_otherwise_is_another(series, setting):
    paths = (str(series / "days"),)
    profile = read_profile("zones", Path(), {})
    first = Memo()
    read_series(paths, profile, memo=first)
    later = Memo(first.kept)
    read_series(paths, profile, memo=later)
    assert later.found == 5
    other = Memo(first.kept)
    with suppress(InputError):  # what such settings make of the labels is no matter
        read_series(paths, profile.model_copy(update=setting), memo=other)
    assert other.found == 0


def test_a_file_that_is_no_text_of_zones_has_no_key(series, tmp_path):
    from territory.read.kept_files import file_key

    place = tmp_path / "a.gpkg"
    place.write_bytes(b"")
    assert file_key(shared_file(place)) is None
    assert file_key(shared_file(series / "days" / "2024-01-03.geojson")) is not None


def test_the_first_line_of_a_state_says_what_it_is(series):
    head = orjson.loads((series / "out" / STATE).read_bytes().partition(b"\n")[0])
    assert head["state"] == 1
    assert head["program"] == program()
    record = orjson.loads((series / "out" / "run.json").read_bytes())
    assert STATE in record["outputs"]

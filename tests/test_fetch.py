"""Downloads from a server on this machine that serves real bytes, well and badly."""

import csv
import hashlib
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest

from territory.cli import _code
from territory.errors import InputError
from territory.fetch import Source, State, built_in_sources, fetch, read_source, read_sums
from territory.read.profiles import built_in

UNTIL = date(2024, 1, 5)


class Archive(ThreadingHTTPServer):
    """Serves `files` by path; `cut` breaks off in the middle, `broken` answers 500."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.cut, self.broken, self.asked = files, set(), set(), []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/data/{{day:%Y%m%d}}.geojson"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        content = self.server.files.get(name)
        if name in self.server.broken:
            self.send_error(500)
        elif content is None:
            self.send_error(404)
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if name in self.server.cut else content)

    def log_message(self, *_):
        pass


def content(name):
    return f'{{"type": "FeatureCollection", "features": [], "name": "{name}"}}'.encode() * 500


def sha(name):
    return hashlib.sha256(content(name)).hexdigest()


NAMES = ("20240101.geojson", "20240102.geojson", "20240104.geojson", "20240105.geojson")


@pytest.fixture
def archive(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Archive({name: content(name) for name in NAMES})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source(archive, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        f'name = "mine"\npublisher = "P"\nlicence = "L"\nprofile = "zones"\n'
        f'url = "{archive.address}"\nfirst = 2024-01-01\n',
        encoding="utf-8",
    )
    return path


def with_sums(source, names, *, damage=""):
    text = source.read_text(encoding="utf-8") + 'checksums = "known.sha256"\n'
    source.write_text(text, encoding="utf-8")
    lines = [f"{'0' * 64 if name == damage else sha(name)}  {name}\n" for name in names]
    source.with_name("known.sha256").write_text("".join(lines), encoding="utf-8")


def states(found):
    return [each.state for each in found[1]]


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_there_is_not_fetched_again(archive, source, tmp_path):
    to = tmp_path / "to"
    first = fetch(str(source), to, until=UNTIL)
    fetched, missing = State.FETCHED, State.MISSING
    assert states(first) == [fetched, fetched, missing, fetched, fetched]
    assert files(to) == [*NAMES, "SHA256SUMS"]
    assert all((to / name).read_bytes() == content(name) for name in NAMES)
    assert read_sums(to / "SHA256SUMS") == {name: sha(name) for name in NAMES}
    archive.asked.clear()
    again = fetch(str(source), to, until=UNTIL)
    assert states(again) == [State.KEPT, State.KEPT, missing, State.KEPT, State.KEPT]
    assert archive.asked == ["20240103.geojson"]
    assert [each.sha256 for each in again[1]] == [each.sha256 for each in first[1]]


def test_a_damaged_or_unnoted_file_is_fetched_again(archive, source, tmp_path):
    to = tmp_path / "to"
    fetch(str(source), to, until=UNTIL)
    (to / NAMES[0]).write_bytes(b"edited")
    archive.asked.clear()
    assert states(fetch(str(source), to, until=date(2024, 1, 2))) == [State.FETCHED, State.KEPT]
    assert archive.asked == [NAMES[0]]
    assert (to / NAMES[0]).read_bytes() == content(NAMES[0])
    (to / "SHA256SUMS").unlink()
    assert states(fetch(str(source), to, until=date(2024, 1, 2))) == [State.FETCHED] * 2


def test_only_the_days_asked_for(archive, source, tmp_path):
    found = fetch(str(source), tmp_path / "to", since=date(2024, 1, 4), until=UNTIL)
    assert [each.day for each in found[1]] == [date(2024, 1, 4), UNTIL]
    assert sorted(archive.asked) == list(NAMES[2:])
    with pytest.raises(InputError, match="'mine' has no day from 2024-02-01 to 2024-01-05"):
        fetch(str(source), tmp_path / "to", since=date(2024, 2, 1), until=UNTIL)


def test_a_file_cut_off_never_gets_its_name_and_the_next_call_goes_on(archive, source, tmp_path):
    to = tmp_path / "to"
    archive.cut.add(NAMES[2])
    with pytest.raises(InputError, match=r"20240104.geojson: cannot fetch from 127.0.0.1:\d+"):
        fetch(str(source), to, until=UNTIL)
    assert NAMES[2] not in files(to)
    assert not [name for name in files(to) if "part" in name or "tmp" in name]
    archive.cut.clear()
    archive.asked.clear()
    fetch(str(source), to, until=UNTIL)
    assert (to / NAMES[2]).read_bytes() == content(NAMES[2])
    assert NAMES[0] not in archive.asked
    assert NAMES[2] in archive.asked


def test_a_server_in_trouble_and_no_server_at_all(archive, source, tmp_path):
    archive.broken.add(NAMES[0])
    with pytest.raises(InputError, match=r"\(it answers 500\)"):
        fetch(str(source), tmp_path / "to", until=UNTIL)
    archive.shutdown()
    archive.server_close()
    with pytest.raises(InputError, match=r"is this machine offline\?"):
        fetch(str(source), tmp_path / "to", until=UNTIL)


def test_known_files_are_checked_and_known_gaps_not_asked_for(archive, source, tmp_path):
    with_sums(source, NAMES[:3], damage=NAMES[1])
    found = fetch(str(source), tmp_path / "to", until=UNTIL)
    assert [(each.file, each.state) for each in found[1]] == [
        (NAMES[0], State.FETCHED),
        (NAMES[1], State.CHANGED),
        (NAMES[2], State.FETCHED),
        (NAMES[3], State.FETCHED),  # newer than what is known: taken as it is
    ]
    assert "20240103.geojson" not in archive.asked
    assert files(tmp_path / "to") == [NAMES[0], *NAMES[2:], "SHA256SUMS"]


def test_a_known_file_that_is_there_needs_no_note(archive, source, tmp_path):
    with_sums(source, NAMES)
    to = tmp_path / "to"
    to.mkdir()
    (to / NAMES[0]).write_bytes(content(NAMES[0]))
    assert states(fetch(str(source), to, until=date(2024, 1, 1))) == [State.KEPT]
    assert not archive.asked


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"url": "https://example.org/a.geojson"}, "needs the day in its file name"),
        ({"url": "https://example.org/{day:%d}/a.geojson"}, "needs the day in its file name"),
        ({"url": "https://example.org/{month}.geojson"}, "may have only {day} in braces"),
        ({"url": "file:///etc/{day:%Y%m%d}"}, "is no address"),
        ({"url": "{day:%Y%m%d}.geojson"}, "is no address"),
        ({"first": "1.2.2024"}, "is not a day"),
        ({"licence": None}, "valid string"),
    ],
)
def test_bad_sources(change, message):
    good = {"name": "n", "publisher": "p", "licence": "l", "profile": "zones"}
    good |= {"url": "https://example.org/{day:%Y%m%d}.geojson", "first": date(2024, 1, 1)}
    Source.model_validate(good)
    with pytest.raises(ValueError, match=message):
        Source.model_validate({**good, **change})


def test_a_list_of_sums_that_is_none(tmp_path):
    path = tmp_path / "SHA256SUMS"
    path.write_text(f"{'a' * 64}  fine\nabc  short\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"SHA256SUMS, line 2: a line needs a sha256"):
        read_sums(path)


# ---- The built-in sources --------------------------------------------------------------------


def test_built_in_sources_can_be_read():
    assert built_in_sources() == ("deepstate", "nzz")
    for name in built_in_sources():
        source, _ = read_source(name)
        assert source.profile in built_in()
        assert source.licence
        assert source.address(date(2024, 8, 1)).startswith("https://raw.githubusercontent.com/")
    with pytest.raises(InputError, match="did you mean 'deepstate'"):
        read_source("deepstat")


def test_the_sums_of_deepstate_are_those_of_its_files(shared_data):
    source, known = read_source("deepstate")
    paths = sorted((shared_data / "ukraine" / "deepstate_daily").glob("*.geojson"))
    assert set(known) == {path.name for path in paths}
    assert all(
        known[path.name] == hashlib.sha256(path.read_bytes()).hexdigest() for path in paths[::60]
    )
    assert source.address(date(2024, 7, 8)).endswith(min(known))


# ---- The command line ------------------------------------------------------------------------


def test_fetch_on_the_command_line(archive, source, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert _code(["fetch", str(source), "--to", "2024-01-05"]) == 0
    out = capsys.readouterr()
    rows = list(csv.DictReader(StringIO(out.out)))
    assert [row["state"] for row in rows].count("fetched") == 4
    assert rows[0] == {
        "day": "2024-01-01",
        "file": NAMES[0],
        "sha256": sha(NAMES[0]),
        "state": "fetched",
    }
    assert files(tmp_path / "mine") == [*NAMES, "SHA256SUMS"]
    assert "licence: L; read with --profile zones" in out.err
    with_sums(source, NAMES, damage=NAMES[3])
    assert _code(["fetch", str(source), "--to", "2024-01-05"]) == 3
    assert f"{NAMES[3]}: not the bytes that are known" in capsys.readouterr().err
    archive.shutdown()
    archive.server_close()
    assert _code(["fetch", str(source), "--from", "2024-01-03", "--out", "else"]) == 1
    assert "offline?" in capsys.readouterr().err
    assert _code(["fetch", "deepstat"]) == 1
    assert "did you mean 'deepstate'" in capsys.readouterr().err
    assert _code(["fetch", str(source), "--from", "yesterday"]) == 2

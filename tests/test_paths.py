"""What lies in a folder and is no file is told, and nothing makes the program wait for ever."""

import os
import socket
from pathlib import Path

import pytest
from test_sweep import BOX, geojson

from territory import cli
from territory.errors import InputError
from territory.findings import Severity
from territory.one_piece import folder_in_one_piece
from territory.read.formats.gdal_guard import bytes_of
from territory.read.paths import expanded
from territory.read.profile import read_profile
from territory.read.text_files import read_text
from territory.read.zones import read_series


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one good file in it."""
    where = tmp_path / "zones"
    where.mkdir()
    (where / "z_2024-01-01.geojson").write_text(geojson([BOX], ["a"]))
    return where


def dead_link(path):
    path.symlink_to("nowhere.geojson")


def link_to_itself(path):
    path.symlink_to(path)


def pipe(path):
    os.mkfifo(path)


def bound_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(here)


ODD = [
    (dead_link, "link to nowhere.geojson"),
    (link_to_itself, "cannot be read"),
    (pipe, "pipe"),
    (bound_socket, "socket"),
]


@pytest.mark.parametrize(("make", "why"), ODD)
def test_what_is_no_file_in_a_folder_is_a_warning_that_names_it(folder, make, why):
    odd = folder / "z_2024-01-02.geojson"
    make(odd)
    files, (found,) = expanded((str(folder),))
    assert [path.name for path in files] == ["z_2024-01-01.geojson"]
    assert (found.kind, found.severity, found.day) == ("unreadable", Severity.WARNING, None)
    assert found.detail.startswith(f"{odd}: left out; it ")
    assert why in found.detail
    assert found in read_series((str(folder),), read_profile("zones")).findings


@pytest.mark.parametrize(("make", "why"), ODD)
@pytest.mark.parametrize("by", ["name", "glob"])
def test_what_is_no_file_and_named_by_itself_is_refused(folder, make, why, by, capsys):
    odd = folder / "z_2024-01-02.geojson"
    make(odd)
    text = str(odd) if by == "name" else str(folder / "*-02.geojson")
    with pytest.raises(InputError, match=why):
        expanded((text,))
    assert cli.guarded(["areas", text, "--profile", "zones"]) == 1
    assert why in capsys.readouterr().err


def test_a_dead_link_without_an_ending_may_have_been_a_folder(folder):
    (folder / "2023").symlink_to("moved-away")
    (folder / ".#z.geojson").symlink_to("somebody@somewhere.1:2")  # the lock of an editor
    _, (found,) = expanded((str(folder),))
    assert "2023: left out; it is a link to moved-away, which is not there" in found.detail


def test_linked_folders_are_read_once(folder, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "z_2024-01-02.geojson").write_text(geojson([BOX], ["a"]))
    (folder / "more").symlink_to(other)
    (other / "back").symlink_to(folder)
    (folder / "again").symlink_to(folder)
    files, findings = expanded((str(folder),))
    assert [path.name for path in files] == ["z_2024-01-02.geojson", "z_2024-01-01.geojson"]
    assert not findings


def test_a_folder_that_cannot_be_listed_is_told(folder, monkeypatch):
    (folder / "closed").mkdir()
    listed = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    _, (found,) = expanded((str(folder),))
    assert "closed: left out; it cannot be listed (Permission denied)" in found.detail


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
@pytest.mark.parametrize("verb", ["run", "check", "areas"])
def test_a_device_has_no_end_and_is_refused(device, verb, capsys):
    more = [] if verb == "run" else ["x.geojson", "--profile", "zones"]
    words = [verb, device, *more] if verb != "areas" else [verb, device, *more[1:]]
    assert cli.guarded(words) == 1
    said = capsys.readouterr().err
    assert device in said
    assert "unexpectedly" not in said


def test_a_pipe_for_a_claims_file_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "claims.toml")
    with pytest.raises(InputError, match="is a pipe, not a file"):
        read_text(tmp_path / "claims.toml")


def test_no_more_is_read_than_the_limit(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x" * 11)
    with pytest.raises(InputError, match="larger than"):
        bytes_of(tmp_path / "a.csv", 10)
    assert bytes_of(tmp_path / "a.csv", 11) == b"x" * 11


def test_what_a_run_wrote_is_no_input_unless_it_is_named(folder):
    out = folder / "out"
    out.mkdir()
    for name in ("run.json", "quality.csv"):
        (out / name).write_text("{}")
    (out / "z_2024-01-02.geojson").write_text(geojson([BOX], ["a"]))
    files, (finding,) = expanded((str(folder),))
    assert [each.name for each in files] == ["z_2024-01-01.geojson"]
    assert (finding.kind, finding.severity) == ("left-out", Severity.INFO)
    assert finding.detail.startswith(f"{out}: left aside; it holds the results of a run")
    assert out / "z_2024-01-02.geojson" in expanded((str(out),))[0]
    (out / "run.json").unlink()
    assert out / "z_2024-01-02.geojson" in expanded((str(folder),))[0]


# ---- Names that a library takes apart ----------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
@pytest.mark.parametrize("name", ['a "b"', "a'b", "a:b", "50% #1", "a[1]", "дані", "a\tb", "a\nb"])
@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp", ".parquet", ".geojson"])
def test_a_file_below_any_name_is_read_or_refused_in_one_line(
    folder, tmp_path, capsys, name, suffix
):
    def areas(path):
        code = cli._code(["areas", str(path)])
        return code, capsys.readouterr()

    written = tmp_path / f"s{suffix}"
    assert cli._code(["convert", str(folder), "--profile", "zones", "--out", str(written)]) == 0
    code, said = areas(written)
    assert code == 0
    (tmp_path / name).mkdir()
    for each in tmp_path.glob("s.*"):
        each.rename(tmp_path / name / each.name)
    again, later = areas(tmp_path / name / written.name)
    if again:
        assert "which GDAL takes out; rename the file or folder" in later.err
        assert suffix != ".geojson" and set(name) & set('"\t\n')
    else:
        assert later.out == said.out


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
@pytest.mark.parametrize("name", ["a\tb", "a\nb"])
def test_nothing_is_written_to_a_name_that_a_library_takes_apart(folder, tmp_path, capsys, name):
    out = tmp_path / name / "s.gpkg"
    assert cli._code(["convert", str(folder), "--profile", "zones", "--out", str(out)]) == 1
    assert "a tab or line feed stands in its path" in capsys.readouterr().err
    assert not (tmp_path / name).exists() and not (tmp_path / "ab").exists()


def test_what_is_being_written_is_not_read(folder):
    with folder_in_one_piece(folder) as part:
        (part / "z_2024-01-09.geojson").write_text(geojson([BOX], ["a"]))
        files, findings = expanded((str(folder), str(folder.parent)))
        assert ({path.name for path in files}, findings) == ({"z_2024-01-01.geojson"}, ())
    assert len(expanded((str(folder),))[0]) == 2

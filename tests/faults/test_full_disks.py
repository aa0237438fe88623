"""Disks that are full, for every writer.

Fault: the disk has room for some of what is written, not for all (a small disk of its own where
the tests may mount one, which takes root; elsewhere, and besides, a limit to the size of files).
Right end: exit 1 with one line that names what does not fit; what was there before is there
unharmed, and nothing half-written lies beside it.
"""

import os
import re
import resource
import subprocess
import tempfile
import zipfile
from contextlib import contextmanager

import pytest
from fault_calls import (
    BARE,
    SERIES,
    bytes_of,
    hidden_in,
    in_a_fork,
    needs_linux,
    write_job,
    zones,
)

pytestmark = needs_linux
READ = ["--profile", "zones", "--boundary-error-m", "100"]
FULL = re.compile("no space left|file too large|file size limit exceeded", re.IGNORECASE)

# How each writer is called and where it writes; {} stands for the disk.
WRITERS = {
    "run": ["run", "job.toml", "--out", "{}/out"],
    "run with pictures": ["run", "drawn.toml", "--out", "{}/out"],
    "gpkg": ["convert", "days", *READ[:2], "--out", "{}/out.gpkg"],
    "parquet": ["convert", "days", *READ[:2], "--out", "{}/out.parquet"],
    "fgb": ["convert", "days", *READ[:2], "--out", "{}/out.fgb"],
    "kml": ["convert", "days", *READ[:2], "--out", "{}/out.kml"],
    "kmz": ["convert", "days", *READ[:2], "--out", "{}/out.kmz"],
    "geojson": ["convert", "days", *READ[:2], "--out", "{}/out"],
    "png": ["map", "days", *READ, "--kind", "day", "--out", "{}/out.png"],
    "svg": ["map", "days", *READ, "--kind", "day", "--out", "{}/out.svg"],
    "pdf": ["map", "days", *READ, "--kind", "day", "--out", "{}/out.pdf"],
    "folder of maps": ["map", "days", *READ, "--kind", "day", "--out", "{}/out"],
    "mp4": ["animate", "days", *READ, "--out", "{}/out.mp4"],
    "gif": ["animate", "days", *READ, "--out", "{}/out.gif"],
    "page": ["page", "days", *READ, "--out", "{}/out.html"],
    "differences": [
        *["compare", "days", "days", *READ, "--profile-b", "zones"],
        *["--day", "2024-01-02", "--out", "{}/out.png"],
    ],
    "calibrated": [
        *["calibrate", "days", "moved", "--profile", "zones", "--profile-b", "zones"],
        *["--out", "{}/out.toml"],
    ],
}
OFTEN = ("run", "gpkg", "png", "mp4", "page")  # these write more than a page


def some(*short):
    """Return all writers, of which the short form tries some."""
    return [
        each if each in short else pytest.param(each, marks=pytest.mark.long_form)
        for each in WRITERS
    ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Lay out what is read, on a disk with room."""
    folder = tmp_path_factory.mktemp("desk")
    write_job(folder / "days", settings=BARE)
    for path in (folder / "days").glob("z_*"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "days" / "job.toml").unlink()
    (folder / "job.toml").write_text(SERIES + BARE, encoding="utf-8")
    (folder / "drawn.toml").write_text(SERIES + "[report]\nenabled = false\n", encoding="utf-8")
    (folder / "moved").mkdir()
    for path in (folder / "days").glob("z_*"):
        moved = zones(("A", 37, 37.75), ("B", 37.75, 38))
        (folder / "moved" / path.name).write_text(moved, encoding="utf-8")
    return folder


@contextmanager
def mounted(folder, size):
    """Give a disk of some bytes."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk takes root to mount, and may be forbidden; limits are tried")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def call(writer, disk, desk, **options):
    words = [word.format(disk) for word in WRITERS[writer]]
    return in_a_fork(*words, cwd=desk, **options)


def assert_unharmed(disk, ended, before):
    assert ended.code == 1, ended
    assert FULL.search(ended.line)
    assert str(disk / "out") in ended.line
    assert bytes_of(disk) == before
    assert hidden_in(disk) == []


@pytest.mark.parametrize("writer", some(*OFTEN, "parquet", "kml", "geojson", "calibrated"))
def test_a_full_disk_is_one_line_and_loses_nothing(writer, desk, tmp_path):
    with mounted(tmp_path / "disk", 65_536) as disk:
        (disk / "there.txt").write_text("there before", encoding="utf-8")
        free = 3 if writer in OFTEN else 0  # pages of memory
        (disk / "fill.bin").write_bytes(bytes(65_536 - 4096 * (free + 1)))
        before = bytes_of(disk)
        assert_unharmed(disk, call(writer, disk, desk), before)


@pytest.mark.parametrize("writer", some("run", "gpkg", "mp4"))
def test_a_limit_to_the_size_of_files_is_one_line_and_loses_nothing(writer, desk, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    small = 200 if writer in {"calibrated", "geojson"} else 1500

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (small, small))

    assert_unharmed(disk, call(writer, disk, desk, prepare=limit), {})


@pytest.mark.parametrize("writer", some("run"))
def test_what_was_written_before_outlives_a_full_disk(writer, desk, tmp_path):
    with mounted(tmp_path / "disk", 4_000_000) as disk:
        assert call(writer, disk, desk).code == 0
        before = bytes_of(disk)
        fill = disk / "fill.bin"
        with fill.open("wb", buffering=0) as file:
            while written := _as_much_as_fits(file):
                assert written
        words = ["--force"] if writer == "run" else []
        ended = in_a_fork(*[w.format(disk) for w in WRITERS[writer]], *words, cwd=desk)
        fill.unlink()
        assert_unharmed(disk, ended, before)


def _as_much_as_fits(file):
    try:
        return file.write(bytes(4096))
    except OSError:
        return 0


def test_no_room_to_unpack_is_one_line(tmp_path):
    """An archive is unpacked where temporary files are, if there is room."""
    packed = tmp_path / "days.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("z_2024-01-02.geojson", zones(("A", 37, 38)) + " " * 100_000)
    words = ["areas", packed, "--profile", "zones"]
    with mounted(tmp_path / "disk", 65_536) as disk:

        def prepare():
            tempfile.tempdir = str(disk)

        done = in_a_fork(*words, cwd=tmp_path, prepare=prepare)
        assert done.code == 1
        assert "days.zip: cannot be unpacked in" in done.line
        assert "TMPDIR" in done.line
        assert bytes_of(disk) == {}
    assert in_a_fork(*words, cwd=tmp_path).code == 0

"""What is no plain file, in the place of every file that is read: one line, and at once.

Fault: a path names a pipe that nobody writes to, a device without end, a link to what is not
there, a link to itself, a socket, a folder, or nothing at all. Right end: exit 1 with one line
that names the path; nothing waits, and nothing is written.
"""

import os
import socket
from contextlib import chdir

import pytest
from fault_calls import SERIES, at_most, zones
from PIL import Image

from territory.cli import _code

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes are made here")


def pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def dead_link(path):
    path.symlink_to("moved-away")


def link_to_itself(path):
    path.symlink_to(path)


def listening(path):
    with socket.socket(socket.AF_UNIX) as server, chdir(path.parent):  # their names are short
        server.bind(path.name)


def folder(path):
    path.mkdir()


def nothing(path):
    pass


RARE = [link_to_itself, listening, nothing]
FAULTS = [
    pipe,
    endless,
    dead_link,
    folder,
    *(pytest.param(each, marks=pytest.mark.long_form) for each in RARE),
]
GOOD = ["areas", "z_2024-01-01.geojson", "--profile", "zones"]
MAP = ["map", "z_2024-01-01.geojson", "--profile", "zones", "--kind", "day", "--out", "a.png"]
CHECK = ["check", "claims.toml", "z_2024-01-01.geojson", "--profile", "zones"]
COMPARED = ["z_2024-01-01.geojson", "b.geojson", "--profile", "zones", "--profile-b", "zones"]
TRACE = ["trace", "map.png", "--legend", "legend.toml", "--points", "points.csv", "--out", "t"]
JOB = ["run", "job.toml", "--out", "out"]
PLACES = '[series]\nprofile = "places"\npath = "places.csv"\nuntil = 2018-01-31\n'
UNITS = '[series]\nprofile = "units"\npath = "b.geojson"\nid_field = "actor"\nholders = "h.csv"\n'
CLAIMS = SERIES + '[claims]\nfile = "claims.toml"\n'

# The call, the file in it that is none, and the text of the job.
READERS = {
    "zones": (GOOD, "z_2024-01-01.geojson", ""),
    "kml": (["areas", "z_2024-01-01.kml", *GOOD[2:]], "z_2024-01-01.kml", ""),
    "gpkg": (["areas", "z_2024-01-01.gpkg", *GOOD[2:]], "z_2024-01-01.gpkg", ""),
    "zip": (["areas", "z_2024-01-01.zip", *GOOD[2:]], "z_2024-01-01.zip", ""),
    "parquet": (["areas", "z_2024-01-01.parquet", *GOOD[2:]], "z_2024-01-01.parquet", ""),
    "shapefile": (["areas", "z_2024-01-01.shp", *GOOD[2:]], "z_2024-01-01.shp", ""),
    "profile": (["areas", "z_2024-01-01.geojson", "--profile", "mine.toml"], "mine.toml", ""),
    "holders": (JOB, "h.csv", UNITS),
    "area": ([*GOOD, "--area", "area.geojson"], "area.geojson", ""),
    "named area": ([*GOOD, "--area", "a=area.gpkg"], "area.gpkg", ""),
    "layer": ([*GOOD, "--area", "area.gpkg:x"], "area.gpkg", ""),
    "regions": ([*GOOD, "--regions", "regions.geojson"], "regions.geojson", ""),
    "claims": (CHECK, "claims.toml", ""),
    "another map": ([*CHECK, "--and", "b.geojson", "--and-profile", "zones"], "b.geojson", ""),
    "published": (
        ["explain", *GOOD[1:], "--published", "p.csv", "--day-column", "d", "--value-column", "v"],
        "p.csv",
        "",
    ),
    "compared": (
        [
            "compare",
            "z_2024-01-01.geojson",
            "b.geojson",
            "--profile",
            "zones",
            "--profile-b",
            "zones",
        ],
        "b.geojson",
        "",
    ),
    "calibrated": (
        ["calibrate", *COMPARED, "--out", "c.toml"],
        "b.geojson",
        "",
    ),
    "towns": ([*MAP, "--towns", "towns.csv"], "towns.csv", ""),
    "countries": ([*MAP, "--countries", "c.geojson"], "c.geojson", ""),
    "regions of a map": ([*MAP, "--regions", "r.geojson"], "r.geojson", ""),
    "image": (TRACE, "map.png", ""),
    "legend": (TRACE, "legend.toml", ""),
    "points": (TRACE, "points.csv", ""),
    "source": (["fetch", "source.toml", "--out", "f"], "source.toml", ""),
    "job": (JOB, "job.toml", ""),
    "job to draw": (["map", "job.toml", "--kind", "day", "--out", "a.png"], "job.toml", ""),
    "zones of a job": (JOB, "z.geojson", SERIES.replace("z_*", "z")),
    "claims of a job": (JOB, "claims.toml", CLAIMS),
    "area of a job": (JOB, "a.geojson", SERIES + '[area]\na = {file = "a.geojson"}\n'),
    "regions of a job": (JOB, "r.geojson", SERIES + '[regions]\nfile = "r.geojson"\n'),
    "towns of a job": (JOB, "t.csv", SERIES + '[maps]\ntowns = "t.csv"\n'),
    "countries of a job": (JOB, "c.geojson", SERIES + '[maps]\ncountries = "c.geojson"\n'),
    "regions of maps": (JOB, "r.geojson", SERIES + '[maps]\nregions = "r.geojson"\n'),
    "places": (JOB, "places.csv", PLACES),
    "state": (JOB, "state.csv", PLACES + 'state = "state.csv"\n'),
    "events": (JOB, "events.csv", PLACES + 'events = "events.csv"\n'),
    "gazetteer": (JOB, "gaz.csv", PLACES + 'gazetteer = "gaz.csv"\n'),
    "population": (JOB, "p.tif", CLAIMS + '[population]\nfile = "p.tif"\n'),
}
TEXTS = {
    "z_2024-01-01.geojson": zones(("A", 37, 38)),
    "b.geojson": zones(("A", 37, 38)),
    "claims.toml": "claim = []\n",
    "places.csv": "place_id,name,lat,lon\nP1,a,35.9,37.0\nP2,b,35.9,37.2\nP3,c,35.7,37.0\n",
    "state_2018-01-01.csv": "place_id,holder,evidence\nP1,a,marker\nP2,a,marker\nP3,b,marker\n",
    "events.csv": "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n",
    "legend.toml": 'day = 2018-01-01\n[[zone]]\nactor = "a"\ncolour = "#ff0000"\n',
    "points.csv": "x,y,lon,lat\n0,0,37,36\n",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("reader", READERS)
def test_one_line_names_what_is_no_file(reader, fault, tmp_path, monkeypatch, capsys):
    words, name, job = READERS[reader]
    monkeypatch.chdir(tmp_path)
    for each, text in TEXTS.items():
        (tmp_path / each).write_text(text, encoding="utf-8")
    Image.new("RGB", (99, 99), "#ff0000").save(tmp_path / "map.png")
    if job:
        (tmp_path / "job.toml").write_text(job, encoding="utf-8")
    (tmp_path / name).unlink(missing_ok=True)
    fault(tmp_path / name)
    before = set(tmp_path.rglob("*"))
    with at_most(60):
        assert _code(words) == 1
    lines = capsys.readouterr().err.splitlines()
    (line,) = [each for each in lines if each.startswith("territory: ")]
    assert name in line
    assert set(tmp_path.rglob("*")) == before

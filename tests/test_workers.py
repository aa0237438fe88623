"""Work in pieces: the same in this process, in processes and on a cluster, and clear faults."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from multiprocessing import active_children
from pathlib import Path
from pickle import PicklingError
from threading import Thread

import pytest
from test_job import SMALL

from territory.cli import _code
from territory.errors import InputError, JobError
from territory.job.installed import differences, installation
from territory.job.workers import spread, worth
from territory.read.shared_files import SharedFile
from territory.run import run as run_job

ZONE = """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":
{"actor": "%s"}, "geometry": {"type": "Polygon", "coordinates":
[[[37, 36], [%s, 36], [%s, 37], [37, 37], [37, 36]]]}}]}"""
JOB = """title = "Drawn"
days.select = "all"
maps.languages = ["en"]
series = [{profile = "zones", path = "zones"}]
"""
DAYS = 6


@pytest.fixture
def places(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "job.toml"


@pytest.fixture
def job(tmp_path):
    """A job of six drawn days, of which one cannot be read and one has an odd layer."""
    (tmp_path / "zones").mkdir()
    for day in range(1, DAYS + 1):
        east = 38 + day / 10
        text = ZONE % ("isis", east, east) if day != 3 else '{"type": "Feature'
        (tmp_path / "zones" / f"2018-01-{day:02}.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "zones" / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "job.toml").write_text(JOB, encoding="utf-8")
    return tmp_path / "job.toml"


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def squared(number):
    if number < 0:
        raise JobError("no square", file="a", line=3)
    return number * number


def process_of(_piece):
    return os.getpid()


def killed(_piece):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("in_processes", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_pieces(workers, in_processes):
    with spread(workers, in_processes=in_processes) as run:
        assert list(run(squared, range(500))) == [n * n for n in range(500)]
        assert list(run(squared, iter(range(50)))) == [n * n for n in range(50)]
        assert list(run(squared, [])) == []


def test_processes_are_others_than_this_one():
    with spread(2, in_processes=True) as run:
        assert os.getpid() not in set(run(process_of, range(4)))


@pytest.mark.parametrize("in_processes", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_in_its_place_and_as_it_was(workers, in_processes):
    with spread(workers, in_processes=in_processes) as run:
        results = iter(run(squared, [*range(40), -1, *range(9)]))
        assert [next(results) for _ in range(40)] == [n * n for n in range(40)]
        with pytest.raises(JobError, match=r"^a, line 3: no square$") as caught:
            next(results)
    assert (caught.value.file, caught.value.line) == ("a", 3)


@pytest.mark.parametrize("workers", [2, 3])
def test_pieces_made_one_by_one_are_not_made_all_at_once(workers):
    made = []
    pieces = (made.append(n) or n for n in range(1000))
    with spread(workers) as run:
        next(iter(run(squared, pieces)))
        assert len(made) < 10 * workers


def test_a_process_that_is_killed_is_one_line():
    ended = pytest.raises(InputError, match="2 workers: a process ended before its work")
    with ended, spread(2, in_processes=True) as run:
        list(run(killed, range(4)))


def failed(_piece):
    raise ZeroDivisionError("of the work")


def unsendable(_piece):
    return lambda: None


@pytest.mark.parametrize(
    ("work", "error"), [(failed, ZeroDivisionError), (unsendable, (AttributeError, PicklingError))]
)
def test_an_error_nobody_foresaw_comes_back_from_a_process(work, error):
    with pytest.raises(error), spread(2, in_processes=True) as run:
        list(run(work, range(40)))
    assert not active_children()


def test_nobody_waits_for_work_that_is_no_longer_wanted():
    begun = time.monotonic()
    with pytest.raises(KeyError), spread(2, in_processes=True) as run:
        run(time.sleep, [60.0] * 4)
        raise KeyError
    assert time.monotonic() - begun < 10
    assert not active_children()


# Limits the addresses of a process to so many bytes more than it has, and works in processes.
SHORT = """
import os, resource, sys
from multiprocessing import active_children
from territory.errors import TerritoryError, is_short_of_memory
from territory import little_memory
from territory.job import workers
little_memory._ROOM_BYTES = int(sys.argv[2])
with open("/proc/self/statm") as file:
    pages = int(file.read().split()[0])
limit = pages * resource.getpagesize() + int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
found, known = [], True
try:
    with workers.spread(2, in_processes=True) as run:
        found = list(run(abs, range(-40, 0)))
except Exception as error:
    known = isinstance(error, TerritoryError) or is_short_of_memory(error)
os.write(1, f"{known} {found == list(range(40, 0, -1))} {active_children()}".encode())
os._exit(0)  # the libraries of this process may not end in peace
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="addresses are counted by Linux")
@pytest.mark.parametrize("more", [0, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 12_000_000])
def test_short_memory_never_means_waiting(more):
    """There is room for new processes but not for threads: it ends, or is done."""
    for room, done in ((1, ("True", "False")), (256_000_000, ("True",))):
        command = [sys.executable, "-c", SHORT, str(more), str(room)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        known, found, left = ended.stdout.split(" ", 2)
        assert (known, left) == ("True", "[]"), ended.stdout + ended.stderr
        assert found in done


@pytest.mark.parametrize(
    ("sizes", "processes"),
    [
        ([20_000_000] * 4, 3),
        ([40_000_000] * 2, 2),
        ([20_000_000] * 3, 1),
        ([60_000_000], 1),
        ([1000] * 100, 1),
        ([], 1),
    ],
)
def test_processes_are_started_where_files_are_large(sizes, processes, tmp_path):
    files = [tmp_path / str(number) for number in range(len(sizes))]
    for path, size in zip(files, sizes, strict=True):
        with path.open("wb") as file:
            file.truncate(size)
    assert worth(3, files) == processes


def test_a_job_is_the_same_in_processes(job, monkeypatch):
    monkeypatch.setattr("territory.job.workers._WORTH_BYTES", 1)
    monkeypatch.chdir(job.parent)
    for workers in (1, 2):
        run_job(Path("job.toml"), Path(f"out{workers}"), workers=workers)
    one, two = files_of(Path("out1")), files_of(Path("out2"))
    assert one == two
    assert b"zones/2018-01-03.geojson" in one["quality.csv"]
    assert sum(name.endswith(".png") for name in one) == DAYS - 1 + 2


def printed(capsys, *asked):
    code = _code([*map(str, asked)])
    found = capsys.readouterr()
    return code, found.out, found.err


@pytest.mark.parametrize(
    "asked",
    [
        ("areas", "zones", "--profile", "zones"),
        ("change", "zones", "--profile", "zones", "--all-pairs"),
    ],
)
def test_a_verb_is_the_same_in_processes(asked, job, monkeypatch, capsys):
    monkeypatch.setattr("territory.job.workers._WORTH_BYTES", 1)
    monkeypatch.chdir(job.parent)
    one = printed(capsys, *asked, "--workers", 1)
    assert one[0] == 3
    assert "zones/2018-01-03.geojson" in one[2]
    assert printed(capsys, *asked, "--workers", 2) == one


def test_workers_without_files_are_wrong_usage(job, capsys):
    claims = job.parent / "claims.toml"
    claims.write_text("claim = []", encoding="utf-8")
    code, _, told = printed(capsys, "check", claims, "--workers", 2)
    assert (code, "--workers" in told) == (2, True)


def test_what_is_installed_is_compared_by_name():
    assert differences(installation()) == ""
    other = [(name, "0.1" if name == "shapely" else value) for name, value in installation()]
    assert differences(tuple(other)).startswith("shapely ")
    assert differences(tuple(other)).endswith(" instead of 0.1")
    assert differences((("cabbage", "2"),)) == "cabbage missing instead of 2"


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not there
    with (
        pytest.raises(InputError, match=r"pip install 'territory-control\[dask\]'"),
        spread(1, "tcp://x"),
    ):
        pass


# From here on a real cluster: a scheduler and workers, each a process of its own. They do not
# watch themselves, which is most of what they do while they wait.
QUIET = {
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}


class Cluster:
    """A Dask scheduler on this machine and its workers, started in some folder."""

    def __init__(self, folder, **environment):
        self.folder, self.workers = folder, []
        port = folder / "address"
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--scheduler-file", str(port), **environment
        )
        self.file = port

    def _start(self, kind, *options, **environment):
        here = str(Path(__file__).resolve().parent)
        paths = [str(Path(here).parent), here]
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1"]
        with (self.folder / f"{kind}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--no-dashboard", *options],
                cwd=self.folder,
                env={**os.environ, **QUIET, "PYTHONPATH": os.pathsep.join(paths), **environment},
                stdout=log,
                stderr=log,
            )

    def add_worker(self, *, threads=1, **environment):
        options = ("--scheduler-file", str(self.file), "--no-nanny", "--nthreads", str(threads))
        self.workers.append(self._start("worker", *options, **environment))
        return self.workers[-1]

    @property
    def address(self):
        for _ in range(300):
            with suppress(FileNotFoundError, ValueError):
                return json.loads(self.file.read_text())["address"]
            time.sleep(0.1)
        raise TimeoutError((self.folder / "scheduler.log").read_text())

    def wait(self, workers):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def a_cluster(folder, workers=2, **environment):
    pytest.importorskip(
        "distributed", reason="Dask is not installed: pip install 'territory-control[dask]'"
    )
    made = Cluster(folder, **environment)
    try:
        for _ in range(workers):
            made.add_worker()
        if workers:
            made.wait(workers)
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with a_cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def test_a_cluster_gives_results_and_errors_in_order(cluster):
    with spread(1, cluster.address) as run:
        assert list(run(squared, range(500))) == [n * n for n in range(500)]
        assert list(run(squared, iter(range(50)))) == [n * n for n in range(50)]
        assert os.getpid() not in set(run(process_of, range(4)))
        with pytest.raises(JobError, match=r"^a, line 3: no square$"):
            list(run(squared, [1, -1]))


def length(common, piece):
    return len(common) + piece


def test_what_is_large_and_common_is_sent_once(cluster):
    with spread(1, cluster.address, in_processes=True) as run:
        work = partial(length, bytes(3_000_000))
        assert list(run(work, range(3))) == [3_000_000, 3_000_001, 3_000_002]


def test_a_job_is_the_same_on_a_cluster(job, cluster, monkeypatch):
    monkeypatch.chdir(job.parent)  # the workers stand elsewhere
    run_job(Path("job.toml"), Path("here"))
    run_job(Path("job.toml"), Path("there"), scheduler=cluster.address)
    assert files_of(Path("there")) == files_of(Path("here"))


@pytest.mark.parametrize("points", [None, 5])
def test_a_verb_is_the_same_on_a_cluster(points, job, cluster, monkeypatch, capsys):
    monkeypatch.setattr("territory.job.cut_zones.tile_points", lambda *_, **__: points)
    monkeypatch.chdir(job.parent)
    asked = ("areas", "zones", "--profile", "zones")
    here, there = (printed(capsys, *asked, *way) for way in ((), ("--scheduler", cluster.address)))
    assert there[:2] == here[:2]
    assert [line for line in there[2].splitlines() if "Dask" not in line] == here[2].splitlines()


@pytest.mark.parametrize("wrong", ["gone", "other"])
def test_a_worker_that_sees_other_files_is_one_line(wrong, job, cluster, monkeypatch, capsys):
    files = {"gone": ("2018-01-02.geojson", 1, 2), "other": ("zones/2018-01-02.geojson", 1, 2)}
    place, *stamp = files[wrong]
    shared = SharedFile(Path(place), job.parent, tuple(stamp))
    refused = pytest.raises(InputError, match="every worker must see the same files")
    with refused as caught, spread(1, cluster.address) as run:
        list(run(SharedFile.found, [shared]))
    assert caught.value.file == place


def test_places_are_the_same_on_a_cluster(places, cluster):
    run_job(places, places.parent / "here", workers=2)
    run_job(places, places.parent / "there", scheduler=cluster.address)
    assert files_of(places.parent / "there") == files_of(places.parent / "here")


def test_the_dashboard_is_named_once(job, cluster, capsys):
    from territory.job.cluster import _name_dashboard

    _name_dashboard.cache_clear()
    for _ in range(2):
        with spread(1, cluster.address):
            pass
    assert capsys.readouterr().err.count("Dask shows its progress at http://") == 1


def first_time_killed(mark, _common, piece):
    """End the first process that comes to the seventh piece."""
    if piece == 7 and not (mark / "killed").exists():
        (mark / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("size", [10, 2_000_000])
def test_a_worker_that_is_killed_costs_only_time(workers, size, tmp_path):
    with a_cluster(tmp_path, workers) as made, spread(1, made.address) as run:
        results = iter(run(partial(first_time_killed, tmp_path, bytes(size)), range(40)))
        while not (tmp_path / "killed").exists():
            time.sleep(0.01)
        made.add_worker()  # all that knew what is common may be gone by now
        assert list(results) == list(range(40))
        assert [worker.wait(1) for worker in made.workers if worker.poll()] == [-signal.SIGKILL]


def pictures_below(folder):
    """Return how many maps there are; folders may come and go meanwhile."""
    there = (names for place, _, names in os.walk(folder) if Path(place).name == "maps")
    return sum(name.endswith(".png") for names in there for name in names)


def test_a_job_survives_a_worker(job, tmp_path):
    """One of two workers is killed as soon as the first picture is there."""
    command = [sys.executable, "-m", "territory", "run", str(job), "--force", "--out"]
    folder = tmp_path / "dask"
    folder.mkdir()
    run_job(job, tmp_path / "out-here")
    here = pictures_below(tmp_path)
    with a_cluster(folder) as made:
        out = tmp_path / "out-there"
        at_work = subprocess.Popen([*command, str(out), "--scheduler", made.address])
        deadline = time.monotonic() + 60
        while pictures_below(tmp_path) == here:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        made.workers[0].kill()
        assert at_work.wait(timeout=120) == 3  # a day cannot be read, as here
    assert files_of(out) == files_of(tmp_path / "out-here")


def test_work_that_ends_every_worker_is_one_line(tmp_path):
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    ended = pytest.raises(InputError, match=r"tcp://.*: worker after worker was lost with the same")
    with a_cluster(tmp_path, **once) as made, ended, spread(1, made.address) as run:
        list(run(killed, [0]))


def begun_and_ended(_piece):
    begun = time.monotonic()
    time.sleep(0.2)
    return begun, time.monotonic()


@pytest.mark.parametrize("alone", [True, False])
def test_a_process_of_many_threads_does_one_thing_at_a_time(alone, tmp_path):
    with a_cluster(tmp_path, workers=0) as made:
        made.add_worker(threads=4)
        made.wait(1)
        with spread(1, made.address, in_processes=alone) as run:
            spans = sorted(run(begun_and_ended, range(4)))
    in_turn = all(end <= begun for (_, end), (begun, _) in pairwise(spans))
    assert in_turn == alone


def killed_scheduler(process, _piece):
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    time.sleep(1)


def test_a_scheduler_that_is_lost_is_one_line(tmp_path):
    with a_cluster(tmp_path) as made:
        work = partial(killed_scheduler, made.scheduler.pid)
        lost = pytest.raises(InputError, match=r"tcp://.*: the Dask scheduler was lost before")
        with lost, spread(1, made.address) as run:
            list(run(work, range(4)))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://127.0.0.1:9", "Timed out"),
        ("tcp://127.0.0.1", "missing port number"),
        ("ftp://127.0.0.1:9", "unknown address scheme 'ftp'"),
        ("", "what answers there is something else"),  # a page of the web
    ],
)
def test_no_scheduler_at_the_address(address, why, places, capsys, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("territory.job.cluster._PATIENCE_S", 1)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as page:
        Thread(target=page.serve_forever, daemon=True).start()
        address = address or f"tcp://127.0.0.1:{page.server_port}"
        asked = ["run", str(places), "--out", str(places.parent / "out"), "--scheduler", address]
        assert _code(asked) == 1
        page.shutdown()
    told = capsys.readouterr().err
    line = f"territory: --scheduler: no Dask scheduler answers at '{address}' ({why}"
    assert [each for each in told.splitlines() if line in each]
    assert not (places.parent / "out").exists()


def test_a_scheduler_without_workers_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("territory.job.cluster._PATIENCE_S", 1)
    refused = pytest.raises(InputError, match="the Dask scheduler has no workers")
    with a_cluster(tmp_path, workers=0) as made, refused, spread(1, made.address):
        pass


def test_a_worker_of_another_version_is_refused(cluster, monkeypatch):
    other = tuple((name, "0.0.1" if name == "shapely" else value) for name, value in installation())
    monkeypatch.setattr("territory.job.cluster.installation", lambda: other)
    line = r"the worker tcp://.* has shapely .* instead of 0\.0\.1; install the same"
    with pytest.raises(InputError, match=line), spread(1, cluster.address):
        pass


def test_a_worker_without_territory_is_refused(tmp_path):
    with a_cluster(tmp_path, workers=0) as made:
        hidden = tmp_path / "old" / "territory"
        hidden.mkdir(parents=True)
        (hidden / "__init__.py").write_text("")
        made.add_worker(PYTHONPATH=str(hidden.parent))
        made.wait(1)
        refused = pytest.raises(InputError, match="has no territory like this one")
        with refused, spread(1, made.address):
            pass


def test_a_worker_that_joins_late_is_refused_too(tmp_path):
    from territory.job.cluster import _worked_on

    other = (*installation(), ("cabbage", "2"))
    with a_cluster(tmp_path, workers=1) as made:
        from distributed import Client

        with Client(made.address, set_as_default=False) as client:
            late = client.submit(_worked_on, b"", other, 1)
            with pytest.raises(InputError, match="cabbage missing instead of 2"):
                late.result()


WORKING = """
import time
from territory.job.workers import spread
with spread(2, in_processes=True) as run:
    list(run(time.sleep, [0.0] * 4))
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes have no groups here")
def test_processes_end_with_the_one_that_started_them(tmp_path):
    (tmp_path / "work.py").write_text(WORKING, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, "work.py"], cwd=tmp_path, stdout=subprocess.PIPE, start_new_session=True
    )
    with parent.stdout as said:
        assert said.readline() == b"ready\n"
    parent.kill()
    parent.wait()
    for _ in range(100):  # ten seconds at most
        try:
            os.killpg(parent.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(parent.pid, signal.SIGKILL)
    pytest.fail("they still live")

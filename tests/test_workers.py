"""Work in pieces: in order, the same on threads and on a cluster, clear where there is none."""

import sys
from types import SimpleNamespace

import pytest
from test_job import SMALL

from territory.cli import _code
from territory.errors import InputError
from territory.job.study import compute
from territory.job.workers import spread


@pytest.fixture
def job(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "job.toml"


class Cluster:
    """Stands for a Dask client: keeps what it was sent, and sends it through pickle."""

    def __init__(self, address, **options):
        if address != "tcp://there:8786":
            raise OSError(f"Timed out trying to connect to {address}\nmore")
        self.pieces = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def map(self, work, pieces, *, pure):
        import pickle

        assert not pure  # draws that look alike are still draws of their own
        sent = [pickle.loads(pickle.dumps((work, piece))) for piece in pieces]
        return [SimpleNamespace(result=lambda w=w, p=p: w(p)) for w, p in sent]


@pytest.fixture
def dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Cluster))


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_pieces(workers):
    with spread(workers) as run:
        assert list(run(lambda n: n * n, range(50))) == [n * n for n in range(50)]


def test_a_cluster_gives_the_same_figures(job, dask):
    here = compute(job, workers=2)
    there = compute(job, scheduler="tcp://there:8786")
    assert there.areas == here.areas
    assert there.changes == here.changes
    assert there.verdicts == here.verdicts


def test_no_scheduler_at_the_address(job, dask, capsys):
    asked = ["run", str(job), "--out", str(job.parent / "out"), "--scheduler", "tcp://nowhere:1"]
    assert _code(asked) == 1
    told = capsys.readouterr().err
    assert "--scheduler: no Dask scheduler answers at 'tcp://nowhere:1' (Timed out" in told
    assert not (job.parent / "out").exists()


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not there
    with pytest.raises(InputError, match=r"pip install 'territory\[dask\]'"), spread(1, "tcp://x"):
        pass

"""Every notebook runs from top to bottom, and prints the figures that it is about."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
FIGURES = {  # of the job
    "01_founding_claim": ("regime alone:     2,700 km2", "regime and Daesh: 3,523 km2"),
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}})
    client.execute()
    printed = "".join(
        output["text"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
    )
    assert printed
    assert [each for each in FIGURES.get(path.stem, ()) if each not in printed] == []


def test_notebooks_with_figures_are_there():
    assert {*FIGURES} <= {path.stem for path in NOTEBOOKS}

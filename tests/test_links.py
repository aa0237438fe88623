"""Links of the pages that stand outside the documentation, whose build checks its own."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("data/**/*.md"), *ROOT.glob(".github/**/*.md")])
WEB = re.compile(r"[a-z]+:")


def targets(text):
    """Yield where the links and pictures of a page in Markdown lead."""
    for block in MarkdownIt("commonmark").parse(text):
        for token in block.children or ():
            if target := token.attrGet("href") or token.attrGet("src"):
                yield str(target)


def headings(path):
    """Return the names that a page's headings are linked to by."""
    tokens = MarkdownIt("commonmark").parse(path.read_text(encoding="utf-8"))
    said = (words.content for it, words in pairwise(tokens) if it.type == "heading_open")
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in said}


def broken(path):
    """Return the links of a page that lead nowhere."""
    found = []
    for target in targets(path.read_text(encoding="utf-8")):
        if WEB.match(target):
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        if not there.exists() or (anchor and anchor not in headings(there)):
            found.append(target)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page):
    assert broken(page) == []


def test_links_that_lead_nowhere_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A b, c\n[1](gone.md) [2](#nothing) [3](#a-b-c) [4](page.md) ![5](no.png)\n")
    assert broken(page) == ["gone.md", "#nothing", "no.png"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a](gone.md)", "'gone.md'"),
        ("[a](other.md#nothing)", "'nothing'"),
        ("[a](#nothing)", "'nothing'"),
        ("![a](gone.png)", "gone.png"),
        ("", "orphan.md"),
    ],
)
def test_the_build_of_the_documentation_stops_at_a_link_that_leads_nowhere(text, told, tmp_path):
    """By the settings of the documentation, but without what is made from the code."""
    conf = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")
    conf = conf.replace("import generate", "").replace("generate.pages(HERE)", "")
    (tmp_path / "conf.py").write_text(conf, encoding="utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "territory.css").touch()
    toctree = "```{toctree}\nother\n```\n"
    (tmp_path / "index.md").write_text(f"# Top\n\n{text}\n\n{toctree}", encoding="utf-8")
    (tmp_path / "other.md").write_text("# Other\n\nWords.\n", encoding="utf-8")
    if not text:
        (tmp_path / "orphan.md").write_text("# Orphan\n", encoding="utf-8")
    build = (ROOT / "scripts" / "docs").read_text(encoding="utf-8")
    options = re.search(r"-m sphinx (-W.*?) \"\$@\"", build)[1].split()
    command = [sys.executable, "-m", "sphinx", *options, "-b", "dummy", tmp_path, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert told in done.stderr

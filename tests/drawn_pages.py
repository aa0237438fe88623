"""Pages of small series in tests, and what the script of a page makes of them."""

import json
import shutil
import subprocess
from base64 import b64decode
from importlib import resources

import pytest
from squares import squares

from territory.job.series import Loaded
from territory.job.spec import MapsSpec
from territory.maps.request import MapSource
from territory.publish.page.content import content
from territory.publish.page.topic import Topic
from territory.read.basemap import Context

NEEDS_NODE = pytest.mark.skipif(
    not shutil.which("node"), reason="needs node to run the script of the page"
)
DAYS = (  # with strips of all widths
    squares("AAAB", "AAAB", "CCBB"),
    squares("AABB", "AAAB", "CCCB"),
    squares("AAAB", "AABB", "CCC."),
)
_SCRIPTS = ("10-data.js", "15-redraw-lag.js", "20-figures.js")
_MOVED = """
const days = [...Data.days.keys()];
for (const [i, j] of asked ?? days.flatMap((j) => days.slice(0, j).map((i) => [i, j])))
  for (const m of Figures.moved(i, j, scope))
    found.push([i, j, m.giver, m.taker, m.km2, ...Figures.movedBounds(i, j, scope, m)]);
"""
_NET = """
const days = [...Data.days.keys()];
for (const [i, j] of asked ?? days.flatMap((j) => days.slice(0, j).map((i) => [i, j])))
  Data.holders.forEach(({ nobody }, n) => {
    if (nobody) return;
    const { value, bounds: [low, high] } = Figures.wholeNet(i, j, n);
    found.push([i, j, n, value, low, high, Figures.shareOfNet(1, i, j, n)]);
  });
"""
_HELD = """
for (const day of asked ?? Data.days.keys())
  Figures.held(day, scope).forEach((km2, n) => {
    if (km2) found.push([day, n, km2, ...Figures.heldBounds(day, scope, n)]);
  });
"""


def topic_of(ensemble, title="", *, days=(), area="", source="", context=None, styles=None, **own):
    """Return the page of an ensemble, with all its days unless some are named."""
    loaded = Loaded("", ensemble, days or ensemble.base.days, ())
    maps, around = MapsSpec(area=area, source=source), context or Context()
    return Topic(MapSource(loaded, maps, around, title, styles=styles), **own)


def moved_on_the_page(topic, scope=0, pairs=None):
    """Return what the script of a page says of every transfer, with its interval.

    Days, giver, taker, then the figures; of all pairs of days unless some are named.
    """
    return _said(topic, scope, pairs, _MOVED)


def net_on_the_page(topic):
    """Return the net change of everyone on all ground between any two days.

    Days, holder, net, low, high, and the share that 1 km2 is of it; what may be anything is None.
    """
    return _said(topic, 0, None, _NET)


def held_on_the_page(topic, scope=0, days=None):
    """Return what the script of a page says of every area that is held, with its interval.

    Day, holder, then the figures; of all days unless some are named.
    """
    return _said(topic, scope, days, _HELD)


def _said(topic, scope, asked, question):
    static = resources.files("territory.publish.page").joinpath("static")
    scripts = [static.joinpath(name).read_text("utf-8") for name in _SCRIPTS]
    data = json.dumps(json.dumps(content(topic)))
    text = [
        f"globalThis.document = {{ getElementById: () => ({{ textContent: {data} }}) }};",
        *scripts,
        f"const [scope, asked, found] = [{scope}, {json.dumps(asked)}, []];",
        question,
        "console.log(JSON.stringify(found));",
    ]
    done = subprocess.run(
        ["node", "-"], check=True, input="\n".join(text), capture_output=True, text=True
    )
    return json.loads(done.stdout)


def unpacked(text):
    """Read LEB128 the slow way."""
    found, value, shift = [], 0, 0
    for byte in b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value, shift = 0, 0
    return found


def unzigzag(numbers):
    """Return numbers from zero up as the signed ones that they stand for."""
    return [n // 2 if n % 2 == 0 else -(n + 1) // 2 for n in numbers]

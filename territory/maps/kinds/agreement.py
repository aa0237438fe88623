"""How sure ground is that comes from places: which of it other draws give to someone else.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from territory.errors import InputError
from territory.geometry.projection import Floats
from territory.history.history import History
from territory.holders import Holder
from territory.maps.kinds.plan import Plan, Planner
from territory.maps.layout import Panel, day_panel, one_map
from territory.maps.legend import Entry, pale
from territory.maps.paint import Paint
from territory.maps.scene import draw_over
from territory.maps.sheet import drawing, tagged
from territory.maps.subject import Subject
from territory.measure.estimate import Estimate
from territory.numbers import written

_FINEST = 110  # points of the grid along the longer side
_HARDLY_SURE = 0.05  # share of draws that disagree, from which ground hangs on them
_CLASSES = ((0.05, 0.25, "#f5c5ae"), (0.25, 0.5, "#e08163"), (0.5, 1.0, "#a83440"))


@dataclass(frozen=True, eq=False)
class Disagreement:
    """How many draws give the points of a grid to another holder than the best history.

    Attributes
    ----------
    x, y : ndarray
        Columns and rows of the grid in the plane, in metres.
    share : ndarray, shape (rows, columns)
        0 to 1; not a number outside the ground looked at.
    draws : int
        How many draws there are.
    """

    x: Floats
    y: Floats
    share: Floats
    draws: int

    def share_between(self, low: float, high: float) -> float:
        """Return the share of the ground on which more than `low` and up to `high` disagree.

        Parameters
        ----------
        low, high : float
            Shares of the draws, 0 to 1.

        Returns
        -------
        float
            0 to 1.
        """
        known = np.isfinite(self.share)
        return float(((self.share > low) & (self.share <= high) & known).sum() / known.sum())


def disagreement(
    base: History, draws: tuple[History, ...], day: date, area: str | None = None
) -> Disagreement:
    """Ask every draw who holds the points of a grid.

    Parameters
    ----------
    base, draws : History
        With the same days and holders, in one plane.
    day : date
        A day of the histories.
    area : str, optional
        A named area; the whole partition by default.

    Returns
    -------
    Disagreement
        On a grid in the plane of the histories.

    Raises
    ------
    InputError
        If there are no draws or the area is not covered.
    """
    if not draws:
        raise InputError("there are no draws to compare with")
    faces = base.faces[base.mask(area)]
    if not len(faces):
        raise InputError("there is no ground to look at")
    west, south, east, north = shapely.total_bounds(faces)
    step = max(east - west, north - south) / _FINEST
    x = np.arange(west + step / 2, east, step)
    y = np.arange(south + step / 2, north, step)
    across, up = np.meshgrid(x, y)
    points = np.asarray(shapely.points(across.ravel(), up.ravel()), dtype=object)
    believed = _holders_at(base, day, points, area)
    other = np.zeros(len(points))
    for draw in draws:
        best = _holders_at(draw, day, points, None)
        other += (best != believed) & (best >= 0)
    share = np.where(believed >= 0, other / len(draws), np.nan)
    return Disagreement(x, y, share.reshape(across.shape), len(draws))


def _holders_at(
    history: History, day: date, points: NDArray[np.object_], area: str | None
) -> NDArray[np.int16]:
    """Return the index of the holder at each point, or -1 where there is no face."""
    chosen = np.flatnonzero(history.mask(area))
    tree = shapely.STRtree(history.faces[chosen])
    point, face = tree.query(points, predicate="intersects")
    held = np.full(len(points), -1, dtype=np.int16)
    held[point] = history.held_by[history.day_index(day)][chosen[face]]
    return held


def plan_draws(planner: Planner, day: date, held: Mapping[Holder, Estimate]) -> Plan:
    """Plan which ground hangs on the places known.

    Parameters
    ----------
    planner : Planner
        Of an ensemble with draws.
    day : date
        A day of the history.
    held : mapping of Holder to Estimate
        Area of each on the day, in square kilometres.
    """
    found = disagreement(planner.base, planner.ensemble.draws, day, planner.area)
    share = found.share_between(_HARDLY_SURE, np.inf)
    return Plan(
        "uncertainty",
        partial(draws_map, day=day, found=found, estimates=held),
        lambda say: say.of_ground("title_draws", share=say.words.share(share)),
        lambda say: say.words.say("note_draws", count=str(found.draws)),
    )


def draws_map(
    subject: Subject,
    day: date,
    *,
    found: Disagreement,
    estimates: Mapping[Holder, Estimate],
) -> Figure:
    """Draw which ground of a day hangs on the places that happen to be known.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    day : date
        A day of the history.
    found : Disagreement
        From `disagreement`, of the same day and area.
    estimates : mapping of Holder to Estimate
        As for `day_map`.

    The result and errors are those of `day_map`.
    """
    with drawing():
        held = subject.held(day)

        def draw(axes: Axes) -> None:
            draw_over(axes, subject, held, partial(_shade, axes, found))

        return one_map(subject, _panel(subject, day, found, estimates), draw)


def _shade(axes: Axes, found: Disagreement) -> None:
    levels = [low for low, _, _ in _CLASSES] + [1.0]
    colours = [colour for _, _, colour in _CLASSES]
    limits = axes.get_xlim(), axes.get_ylim()
    shaded = axes.contourf(found.x, found.y, found.share, levels=levels, colors=colours, zorder=5)
    shaded.set_gid(tagged(axes, "unsure"))
    axes.set(xlim=limits[0], ylim=limits[1])


def _panel(
    subject: Subject, day: date, found: Disagreement, estimates: Mapping[Holder, Estimate]
) -> Panel:
    words = subject.words
    unsure = [
        Entry(
            Paint(colour, colour),
            words.say(
                "band_draws",
                low=words.number(written(100 * low)),
                high=words.number(written(100 * high)),
            ),
        )
        for low, high, colour in _CLASSES
        if found.share_between(low, high) > 0
    ]
    return day_panel(
        subject,
        day,
        estimates,
        look=pale,
        second_heading=words.say("legend_band"),
        second=tuple(unsure),
    )

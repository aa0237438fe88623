"""Names on a map: every one inside the frame, none over another.

Labels are placed one after the other, the most important first, each at the first of
its candidate positions that is still free. One that finds no place is left out.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from math import cos, pi, sin

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats
from territory.maps.sheet import Box, Group, tagged
from territory.maps.style import INK
from territory.maps.typesetting import DPI, POINTS_PER_INCH, measure

Candidate = tuple[float, float, Box]

HALO = "#ffffff"
_CLEARANCE = 2.0 * DPI / POINTS_PER_INCH  # pixels kept free between two labels
_SIDE_ROOM = 3.0 * DPI / POINTS_PER_INCH  # more, where two names could read as one
_FRAME_CLEARANCE = 4.0 * DPI / POINTS_PER_INCH
_GRID = 11  # positions tried across a polygon, each way
_SMALLER = 0.8  # of its size, for a name that its ground is too small for
_LINE_SPACING = 1.2
_BELOW_NAMES = 19.0  # zorder
_LEADER = 0.9  # points: width of a line that leads from a label to its ground
_REACHES = tuple(points * DPI / POINTS_PER_INCH for points in (10, 14, 20, 28, 38, 50, 64, 80))
_TURNS = 24  # directions tried about a place
_STEP = 4.0 * DPI / POINTS_PER_INCH  # pixels kept free along a leader
_COMPASS = ((1, 0.0), (-1, 0.0), (0, 1.0), (0, -1.0), (1, 0.8), (1, -0.8), (-1, 0.8), (-1, -0.8))


@dataclass(frozen=True)
class Label:
    """A text that looks for a place.

    Attributes
    ----------
    text : str
        One or more lines.
    anchors : ndarray, shape (n, 2)
        Candidate middles in the plane, best first.
    offsets : tuple of (float, float)
        Shifts of the middle in pixels to try at each anchor.
    inside : Polygon, optional
        Ground that the whole label must lie on.
    led_off : Polygon or MultiPolygon, optional
        Where there is no room inside, the label is set beside its ground, off this one if it
        can be, and a line leads from it to the first anchor.
    """

    text: str
    anchors: Floats
    offsets: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    inside: BaseGeometry | None = None
    led_off: BaseGeometry | None = None
    size: float = 8.5
    bold: bool = False
    colour: str = INK
    halo: str = HALO

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in pixels."""
        lines = [measure(line, self.size, self.bold) for line in self.text.split("\n")]
        width = max(width for width, _ in lines)
        height = lines[0][1] * (1 + _LINE_SPACING * (len(lines) - 1))
        return width * DPI, height * DPI


@dataclass(eq=False)
class Placer:
    """The free room of one map.

    Attributes
    ----------
    axes : Axes
        With its final extent.
    taken : list of box
        Left, bottom, right, top in pixels.
    lines : geometry
        Lines of the plane that a label crosses only where there is no other room.
    """

    axes: Axes
    taken: list[Box] = field(default_factory=list)
    lines: BaseGeometry = field(default_factory=shapely.MultiLineString)
    names: Group = field(init=False)

    def __post_init__(self) -> None:
        """Make the group that the names stand in."""
        self.names = Group(self.axes.get_figure(root=True), tagged(self.axes, "labels"))
        self.axes.add_artist(self.names)

    @cached_property
    def _leaders(self) -> Group:
        """The group that leaders stand in, below the names; made for the first."""
        figure = self.axes.get_figure(root=True)
        leaders = Group(figure, tagged(self.axes, "leaders"), zorder=_BELOW_NAMES)
        self.axes.add_artist(leaders)
        return leaders

    def keep_free(self, boxes: Iterable[Box]) -> None:
        """Let no label lie on these boxes.

        Parameters
        ----------
        boxes : iterable of (float, float, float, float)
            Left, bottom, right, top in pixels.
        """
        self.taken.extend(boxes)

    def place(self, labels: Iterable[Label]) -> None:
        """Write every label that finds room, off the lines if it can.

        Parameters
        ----------
        labels : iterable of Label
            The most important first.
        """
        for label in labels:
            if self._written(label) or label.inside is None:
                continue
            smaller = replace(label, size=label.size * _SMALLER)
            if not self._written(smaller) and label.led_off is not None:
                self._lead(smaller, label.led_off)

    def _written(self, label: Label) -> bool:
        """Write a label where it finds room; return whether it did."""
        best = self._best(label)
        if best is None:
            return False
        x, y, box = best
        self.taken.append(_widened(box))
        self._write(label, x, y)
        return True

    def _best(self, label: Label) -> Candidate | None:
        """Return the first free candidate off the lines, else the first free one."""
        anchors = self.axes.transData.transform(label.anchors)
        middles = (anchors[:, None] + np.array(label.offsets)).reshape(-1, 2)
        half = np.array(label.extent) / 2
        boxes = np.hstack([middles - half, middles + half])
        free = np.flatnonzero(self._are_free(boxes))
        ground = self._ground(boxes[free])
        if label.inside is not None:
            within = shapely.contains(label.inside, ground)
            free, ground = free[within], ground[within]
        if not len(free):
            return None
        best = free[np.argmin(shapely.intersects(self.lines, ground))]
        return *_point(middles[best]), _sides(boxes[best])

    def _lead(self, label: Label, off: BaseGeometry) -> None:
        """Write a label beside its ground, with a line that leads there, if there is room."""
        goal = _point(self.axes.transData.transform(label.anchors[:1])[0])
        around = list(_around(goal, label.extent))
        free = self._are_free(np.array([box for *_, box in around]))
        clear = [
            each
            for each, is_free in zip(around, free, strict=True)
            if is_free and self._is_clear(_leader(goal, each[2]))
        ]
        if not clear:
            return
        best = min(clear, key=lambda each: self._hides(each[2], off))  # the nearest of the best
        leader = _leader(goal, best[2])
        self._leaders.add(_lead_line(leader, self.axes))
        self.taken += [_widened(best[2]), *_steps(leader)]
        self._write(label, best[0], best[1])

    def _hides(self, box: Box, off: BaseGeometry) -> tuple[bool, bool]:
        """Return whether a box would lie on ground that is to stay free, or on a line."""
        (ground,) = self._ground(np.array([box]))
        return bool(off.intersects(ground)), bool(self.lines.intersects(ground))

    def _is_clear(self, leader: BaseGeometry) -> bool:
        """Return whether a leader runs over no label and no dot."""
        return not shapely.intersects(shapely.box(*np.array(self.taken).T), leader).any()

    def _ground(self, boxes: Floats) -> NDArray[np.object_]:
        """Return the ground below boxes, as rectangles of the plane."""
        corners = self.axes.transData.inverted().transform(boxes.reshape(-1, 2))
        return np.asarray(shapely.box(*corners.reshape(-1, 4).T))

    def _are_free(self, boxes: Floats) -> Bools:
        """Return which boxes lie inside the frame and off all that is taken."""
        start, end = np.array(self.axes.bbox.extents).reshape(2, 2)
        low, high = boxes[:, :2], boxes[:, 2:]
        within = (low >= start + _FRAME_CLEARANCE) & (high <= end - _FRAME_CLEARANCE)
        taken = np.array(self.taken).reshape(-1, 1, 4)
        right_of = low - _CLEARANCE >= taken[..., 2:]
        left_of = taken[..., :2] - _CLEARANCE >= high
        apart = (right_of | left_of).any(axis=2).all(axis=0)
        return np.asarray(within.all(axis=1) & apart)

    def _write(self, label: Label, x: float, y: float) -> None:
        across, up = self.axes.transAxes.inverted().transform((x, y))
        text = Text(
            across,
            up,
            label.text,
            transform=self.axes.transAxes,
            ha="center",
            va="center",
            size=label.size,
            weight="bold" if label.bold else "normal",
            color=label.colour,
            linespacing=_LINE_SPACING,
            path_effects=[withStroke(linewidth=label.size / 3.4, foreground=label.halo)],
        )
        self.names.add(text)


def _point(xy: Floats) -> tuple[float, float]:
    return float(xy[0]), float(xy[1])


def _around(goal: tuple[float, float], extent: tuple[float, float]) -> Iterator[Candidate]:
    """Yield places about a point, in pixels, the nearest first."""
    (x, y), (width, height) = goal, extent
    for reach in _REACHES:
        for turn in range(_TURNS):
            across, up = cos(2 * pi * turn / _TURNS), sin(2 * pi * turn / _TURNS)
            middle = x + across * (reach + width / 2), y + up * (reach + height / 2)
            yield *middle, _box(*middle, width, height)


def _leader(goal: tuple[float, float], box: Box) -> BaseGeometry:
    """Return the shortest line from a box to a point, in pixels."""
    near = min(max(goal[0], box[0]), box[2]), min(max(goal[1], box[1]), box[3])
    return shapely.LineString([near, goal])


def _steps(leader: BaseGeometry) -> list[Box]:
    """Return boxes along a leader that no other label may lie on."""
    points = shapely.get_coordinates(shapely.segmentize(leader, _STEP))
    return [(x - _STEP / 2, y - _STEP / 2, x + _STEP / 2, y + _STEP / 2) for x, y in points]


def _lead_line(leader: BaseGeometry, axes: Axes) -> Line2D:
    """Return a thin line that ends in a ring (dots are towns), with a white casing."""
    x, y = axes.transAxes.inverted().transform(shapely.get_coordinates(leader)).T
    line = Line2D(x, y, color=INK, lw=_LEADER, marker="o", ms=3.2, markevery=[1])
    line.set(transform=axes.transAxes, markerfacecolor=HALO, markeredgewidth=_LEADER)
    line.set_path_effects([withStroke(linewidth=_LEADER + 1.8, foreground=HALO)])
    return line


def _sides(box: Floats) -> Box:
    left, bottom, right, top = box.tolist()
    return left, bottom, right, top


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _widened(box: Box) -> Box:
    return box[0] - _SIDE_ROOM, box[1], box[2] + _SIDE_ROOM, box[3]


def beside(text: str, size: float, bold: bool, *, radius: float) -> tuple[tuple[float, float], ...]:
    """Return shifts in pixels that set a text beside a dot of a radius in points.

    Parameters
    ----------
    text : str
        One line.
    size : float
        In points.
    bold : bool
        Whether it is bold.
    radius : float
        Of the dot, in points.

    Returns
    -------
    tuple of (float, float)
        To the right and up, the best first.
    """
    width, height = (inches * DPI for inches in measure(text, size, bold))
    gap = (radius + 2.6) * DPI / POINTS_PER_INCH
    return tuple(
        (across * (gap + width / 2), up * (height if across else gap + height / 2))
        for across, up in _COMPASS
    )


@lru_cache(maxsize=256)
def inner_points(polygon: BaseGeometry) -> Floats:
    """Return points inside a polygon, those furthest from its edge first, shape (n, 2).

    They are kept, because the next picture names much of the same ground.

    Parameters
    ----------
    polygon : geometry
        In the plane; of several parts the largest counts.
    """
    parts = shapely.get_parts(polygon)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    west, south, east, north = largest.bounds
    across, up = np.meshgrid(
        np.linspace(west, east, _GRID + 2)[1:-1], np.linspace(south, north, _GRID + 2)[1:-1]
    )
    grid = np.column_stack([across.ravel(), up.ravel()])
    grid = grid[shapely.contains_xy(largest, grid)]
    middle = shapely.get_coordinates(
        shapely.maximum_inscribed_circle(largest, (east - west + north - south) / 500)
    )[:1]
    depth = shapely.distance(largest.boundary, shapely.points(grid))
    points = np.concatenate([middle, grid[np.argsort(-depth, kind="stable")]])
    points.setflags(write=False)
    return points

"""The inside of a map: zones or transfers, and every name on them.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.coverage import sound, union_of
from territory.holders import NOBODY, Holder, Status
from territory.maps.frame import Named, rims
from territory.maps.furniture import north_arrow, scale_bar
from territory.maps.ground import area_frame, borders, fill, land, set_extent
from territory.maps.labels import Label, Placer, beside, inner_points
from territory.maps.legend import Pair, crossed, gained, numbered, pale, plain
from territory.maps.paint import Paint
from territory.maps.parts import parted
from territory.maps.sheet import Box, Group, tagged
from territory.maps.style import INK, Style, lightness
from territory.maps.subject import Holding, Subject
from territory.maps.typesetting import DPI, POINTS_PER_INCH
from territory.maps.web_tiles import draw_tiles
from territory.measure.change import Transfer
from territory.measure.estimate import Estimate

_FRONT, _FRONT_WIDTH = "#4a4a4a", 0.8
_NAMED_SHARE = 0.02  # of the area a zone must have to carry its name
_NAMED_TRANSFERS, _LARGE_TRANSFER = 6, 0.03  # number; share of the area
_HARDLY_ANY, _ALL_OF_IT = 0.02, 0.9999  # of the largest piece; of a transfer
_MOST_NUMBERS = 200  # labels of pieces
_LARGE = 2  # rank of the towns that are named before the zones
_DARK = 45  # CIE lightness below which names on a fill are set in white
_DOT = {1: 3.0, 2: 2.3}  # radius of a town in points by rank
_TOWN_SIZE = {1: 9.5, 2: 9.0}
_REGION_SIZE, _REGION_INK = 8.5, "#3f4347"
_LEAST_M2 = 1.0  # smaller pieces are left over from rounding


def draw_day(
    axes: Axes, subject: Subject, held: Holding, *, moved: Sequence[Transfer] = ()
) -> None:
    """Draw who holds what, and what was gained in a second tone.

    Parameters
    ----------
    axes : Axes
        Of the map.
    subject : Subject
        The history as it is shown.
    held : tuple of (Holder, geometry)
        Who holds what, in the plane.
    moved : sequence of Transfer
        What changed hands until then, in the plane.
    """
    draw_zones(axes, subject, held)
    draw_gained(axes, subject, moved)
    finish(axes, subject, [g for _, g in held], zone_labels(subject, held))


def draw_gained(
    axes: Axes, subject: Subject, moved: Sequence[Transfer], *, vivid: bool = False
) -> None:
    """Draw what changed hands over the zones of the later day, in a second tone.

    Parameters
    ----------
    axes : Axes
        Of the map.
    subject : Subject
        The history as it is shown.
    moved : sequence of Transfer
        In the plane.
    vivid : bool
        Whether it has the full colour of who gained it instead, over pale zones.
    """
    for number, each in enumerate(moved, start=1):
        name = f"gained-{number}-{each.giver.actor}-{each.taker.actor}"
        fill(axes, each.geometry, gained(subject, each, vivid=vivid), zorder=4.5, name=name)


def zone_look(style: Style, width: float = _FRONT_WIDTH) -> Paint:
    """Return the look of a zone, with the line around it.

    Parameters
    ----------
    style : Style
        Colour and pattern of the holder.
    width : float
        Of the line, in points.
    """
    return replace(Paint.of(style), edge=_FRONT, edge_width=width)


def draw_zones(
    axes: Axes, subject: Subject, held: Holding, *, look: Callable[[Style], Paint] = zone_look
) -> None:
    """Draw land and the zones on it.

    Parameters
    ----------
    axes : Axes
        Of the map.
    subject : Subject
        The history as it is shown.
    held : tuple of (Holder, geometry)
        Who holds what, in the plane.
    look : callable
        From the style of a holder to the look of its zones.
    """
    set_extent(axes, subject.view)
    land(axes, subject.view)
    for holder, geometry in held:
        fill(axes, geometry, look(subject.styles[holder]), zorder=4, name=zone_name(holder))


def draw_over(
    axes: Axes,
    subject: Subject,
    held: Holding,
    over: Callable[[], None],
    *,
    covered: bool = False,
    lines: Sequence[BaseGeometry] = (),
) -> None:
    """Draw something over quiet zones, and then their names and all else that lies on top.

    Parameters
    ----------
    axes : Axes
        Of the map.
    subject : Subject
        The history as it is shown.
    held : tuple of (Holder, geometry)
        Who holds what, in the plane.
    over : callable
        Draws it.
    covered : bool
        Whether it takes the place of the zones, so that only nobody's ground is drawn below.
    lines : sequence of geometry
        Those of it that names keep off.
    """
    below = tuple(pair for pair in held if pair[0] == NOBODY) if covered else held
    draw_zones(axes, subject, below, look=pale)
    over()
    labels = zone_labels(subject, held, quiet=True)
    finish(axes, subject, [geometry for _, geometry in held], labels, lines=lines)


def zone_name(holder: Holder) -> str:
    """Return what the zones of a holder are called in an SVG: ``zones-isis-claimed``.

    Parameters
    ----------
    holder : Holder
        The actor and how firmly it holds the ground.
    """
    status = "" if holder.status is Status.HELD else f"-{holder.status}"
    return f"zones-{holder.actor}{status}"


def draw_transfers(
    axes: Axes,
    subject: Subject,
    *,
    unchanged: Holding,
    moved: tuple[Transfer, ...],
    estimates: Mapping[tuple[Holder, Holder], Estimate],
    painted: Callable[[Subject, Transfer], Paint] = crossed,
    small: Callable[[Subject, Transfer], Paint] = plain,
    numbers: Mapping[Pair, str] | None = None,
) -> None:
    """Draw who lost to whom, the largest transfer first, over pale unchanged ground.

    Labels stand on the ground they are about, or beside it with a line that leads there.

    Parameters
    ----------
    axes : Axes
        Of the map.
    subject : Subject
        The history as it is shown.
    unchanged : tuple of (Holder, geometry)
        Who holds what did not change hands, in the plane.
    moved : tuple of Transfer
        The largest first, in square kilometres and in the plane.
    estimates : mapping of (giver, taker) to Estimate
        In square kilometres. One without is shown with its measured area.
    painted : callable
        The look of parts that are large enough to be hatched.
    small : callable
        The look of parts that are too small for the other one.
    numbers : mapping of (giver, taker) to str, optional
        What pairs are numbered where no look tells them apart; as in the legend of
        `crossed` by default.
    """
    draw_zones(axes, subject, unchanged, look=pale)
    for number, transfer in enumerate(moved, start=1):
        name = f"transfer-{number}-{transfer.giver.actor}-{transfer.taker.actor}"
        parts = parted(transfer.geometry, subject.least_km2)
        if parts.count:
            fill(axes, parts.small, small(subject, transfer), zorder=4.9, name=f"{name}-small")
        if not parts.large.is_empty:
            fill(axes, parts.large, painted(subject, transfer), zorder=5, name=name)
    visible = [transfer.geometry for transfer in moved]
    numbers = numbered(subject, moved) if numbers is None else numbers
    if numbers:
        labels = _number_labels(subject, moved, numbers)
    else:
        labels = _transfer_labels(subject, moved, estimates)
    finish(axes, subject, visible, labels)


def stayed(held: Holding, moved: tuple[Transfer, ...]) -> Holding:
    """Return the ground that did not change hands, by holder.

    Parameters
    ----------
    held : tuple of (Holder, geometry)
        Who holds what at the end, in the plane.
    moved : tuple of Transfer
        What changed hands until then, in the plane.
    """
    left = []
    for holder, ground in held:
        gained = [transfer.geometry for transfer in moved if transfer.taker == holder]
        placed = (
            shapely.difference(ground, union_of(np.array([*gained, None], dtype=object)[:-1]))
            if gained
            else ground
        )
        if placed.area > _LEAST_M2:
            left.append((holder, placed))
    return tuple(left)


def finish(
    axes: Axes,
    subject: Subject,
    visible: list[BaseGeometry],
    labels: list[Label],
    *,
    lines: Sequence[BaseGeometry] = (),
) -> None:
    """Draw what lies over the zones: borders, frame, scale, towns, names.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    subject : Subject
        The history as it is shown.
    visible : list of geometry
        The zones, whose outlines names keep off.
    labels : list of Label
        The most important first.
    lines : sequence of geometry
        Further lines that names keep off.
    """
    borders(axes, subject.view)
    if subject.view.context.tiles:
        draw_tiles(axes, subject.view)
    if subject.framed:
        area_frame(axes, subject.ground)
    simple = _simple(subject, visible)
    blocked = rims([subject.view.simplified(subject.seen(subject.ground)), *simple])
    if lines:
        blocked = shapely.union_all([blocked, *map(subject.view.simplified, lines)])
    shapely.prepare(blocked)  # asked once for every place that a name is tried at
    placer = Placer(axes, lines=blocked)
    placer.keep_free([scale_bar(axes, subject.view, subject.words)])
    placer.keep_free(north_arrow(axes, subject.view, subject.words))
    visible_towns = _in_sight(axes, subject.view.towns, placer.taken)
    placer.keep_free(_town_dots(axes, visible_towns))
    towns = _town_labels(visible_towns, subject)
    large = sum(town.rank <= _LARGE for town in visible_towns)
    regions = _region_labels(subject, simple)
    placer.place([*towns[:large], *labels, *towns[large:], *regions])


def _simple(subject: Subject, visible: Iterable[BaseGeometry]) -> NDArray[np.object_]:
    """Return what a map shows of geometries, with the detail that placing names needs."""
    simple = [subject.view.simplified(subject.seen(geometry)) for geometry in visible]
    return sound(np.array([*simple, None], dtype=object)[:-1])


def zone_labels(subject: Subject, held: Holding, *, quiet: bool = False) -> list[Label]:
    """Return the names of the parties on ground large enough for them.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    held : tuple of (Holder, geometry)
        Who holds what, in the plane.
    quiet : bool
        Whether the zones are drawn pale.

    Returns
    -------
    list of Label
        The largest ground first; nobody has none.
    """
    labels = []
    seen = [(holder, subject.seen(geometry)) for holder, geometry in held]
    for holder, geometry in sorted(seen, key=lambda pair: -float(pair[1].area)):
        if holder == NOBODY or geometry.area < _NAMED_SHARE * subject.seen(subject.ground).area:
            continue
        colour = subject.styles[holder].colour
        dark = lightness(colour) < _DARK and not quiet
        ink, halo = ("#ffffff", colour) if dark else (INK, "#ffffff")
        ground = subject.view.simplified(geometry)
        text = subject.words.directed(_zone_name(subject, holder))
        label = Label(text, inner_points(ground), inside=ground, size=11.5, bold=True)
        labels.append(replace(label, colour=ink, halo=halo))
    return labels


def _zone_name(subject: Subject, holder: Holder) -> str:
    """Return what stands on a zone: never the bare name of a country that is on the map too."""
    name = subject.name(holder)
    is_country = name in {country.name for country in subject.view.countries}
    return subject.words.say("held_by", actor=name) if is_country else name


def _number_labels(
    subject: Subject, moved: Sequence[Transfer], numbers: Mapping[Pair, str]
) -> list[Label]:
    """Return the numbers of the legend on every piece that can be seen, the largest first."""
    pieces = [
        (numbers[transfer.giver, transfer.taker], piece)
        for transfer in moved
        for piece in shapely.get_parts(parted(transfer.geometry, subject.least_km2).large)
    ]
    pieces.sort(key=lambda each: -float(each[1].area))
    directed, simplified = subject.words.directed, subject.view.simplified
    return [
        Label(directed(number), inner_points(simplified(piece)), bold=True)
        for number, piece in pieces[:_MOST_NUMBERS]
    ]


def _transfer_labels(
    subject: Subject,
    moved: tuple[Transfer, ...],
    estimates: Mapping[tuple[Holder, Holder], Estimate],
) -> list[Label]:
    """Return the size of the largest pieces; each says its own and not that of its pair."""
    pieces = [
        (float(piece.area) / 1e6, piece, transfer)
        for transfer in moved
        for piece in shapely.get_parts(transfer.geometry)
        if not subject.seen(piece).is_empty
    ]
    pieces.sort(key=lambda each: -each[0])
    every = union_of(_simple(subject, [each.geometry for each in moved]))
    labels = []
    for km2, piece, transfer in pieces[:_NAMED_TRANSFERS]:
        if km2 < _HARDLY_ANY * pieces[0][0]:
            break
        estimate = estimates.get((transfer.giver, transfer.taker))
        is_all = estimate is not None and km2 >= _ALL_OF_IT * transfer.km2
        figure = subject.words.area(estimate.value if is_all and estimate else km2)
        size = 12.0 if km2 > _LARGE_TRANSFER * subject.total_km2 else 10.0
        text = subject.words.directed(figure)
        ground = subject.seen(piece)
        anchors = inner_points(subject.view.simplified(ground))
        labels.append(Label(text, anchors, inside=ground, size=size, bold=True, led_off=every))
    return labels


def _radius(rank: int) -> float:
    return _DOT.get(rank, 1.8)


def _in_sight(axes: Axes, towns: Sequence[Named], taken: Sequence[Box]) -> list[Named]:
    """Return the towns that do not lie under what already stands on the map."""
    boxes = shapely.box(*np.array(taken).T) if taken else np.zeros(0, dtype=object)

    def hidden(town: Named) -> bool:
        at = shapely.Point(axes.transData.transform(shapely.get_coordinates(town.geometry))[0])
        return bool(shapely.dwithin(boxes, at, _radius(town.rank) * DPI / POINTS_PER_INCH).any())

    return [town for town in towns if not hidden(town)]


def _town_dots(axes: Axes, towns: Sequence[Named]) -> list[Box]:
    """Draw the towns; return their boxes in pixels."""
    boxes = []
    dots = Group(axes.get_figure(root=True), tagged(axes, "towns"), zorder=15)
    for town in towns:
        x, y = shapely.get_coordinates(town.geometry)[0]
        radius = _radius(town.rank)
        dot = Line2D([x], [y], marker="o", ms=2 * radius, mfc=INK, mec="white", mew=0.8)
        dot.set_transform(axes.transData)
        dots.add(dot)
        across, up = map(float, axes.transData.transform((x, y)))
        half = radius * DPI / POINTS_PER_INCH
        boxes.append((across - half, up - half, across + half, up + half))
    axes.add_artist(dots)
    return boxes


def _town_labels(towns: Sequence[Named], subject: Subject) -> list[Label]:
    labels = []
    for town in towns:
        size, bold = _TOWN_SIZE.get(town.rank, 8.5), town.rank == 1
        text = subject.words.directed(town.name)
        anchor = shapely.get_coordinates(town.geometry)[:1]
        offsets = beside(text, size, bold, radius=_radius(town.rank))
        labels.append(Label(text, anchor, offsets, size=size, bold=bold))
    return labels


def _region_labels(subject: Subject, visible: NDArray[np.object_]) -> list[Label]:
    """Name regions, or countries, on the largest of the pieces that the zones cut them into.

    A region's name inside a small zone would read as the name of the zone.
    """
    free = shapely.difference(subject.view.extent.box, union_of(visible))
    labels = []
    countries = subject.view.countries if len(subject.view.countries) > 1 else ()
    named = (*subject.view.regions, *countries)
    grounds = sound(np.array([*(each.geometry for each in named), None], dtype=object)[:-1])
    for region, ground in zip(named, grounds, strict=True):
        pieces = shapely.get_parts(shapely.intersection(ground, [*visible, free]))
        pieces = shapely.get_parts(shapely.intersection(pieces, subject.view.extent.box))
        largest = max(pieces, key=lambda piece: float(piece.area), default=shapely.Polygon())
        if largest.area > 0 and region.name:
            name = subject.words.directed(region.name.upper())
            label = Label(name, inner_points(largest), inside=largest, size=_REGION_SIZE)
            labels.append(replace(label, colour=_REGION_INK))
    return labels

"""What stands around a map: heading, legend, scale, locator, sources.

The plane is the equal-area plane of the history's projection, in metres.
"""

from dataclasses import replace
from math import cos, radians, sin

import shapely
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.text import Text
from matplotlib_scalebar.scalebar import ScaleBar
from shapely.geometry.base import BaseGeometry

from territory.history.history import History
from territory.maps.frame import Extent, View, metres_per_unit, north_at, round_length
from territory.maps.ground import LAND, draw_lines, land, set_extent
from territory.maps.labels import Label, Placer, inner_points
from territory.maps.map_text import FONT, MapText, Words, clean
from territory.maps.sheet import Box, Group, tagged
from territory.maps.style import GREY, INK
from territory.maps.typesetting import Block, set_text

PAD = 0.4  # inches around the sheet
GAP = 0.28  # inches between map and legend
TITLE_SIZE, SUBTITLE_SIZE, SMALL_SIZE = 18.0, 11.5, 8.5
_NARROW = 4.0  # inches of a sheet for a telephone: smaller titles in more lines
_WIDE_EXTENT_M = 1.5e6  # beyond this one scale does not hold over the map
_SMALL_BAR = 8.0  # points
_UPRIGHT, _ONE_WAY = 2.0, 6.0  # degrees: leaning less needs no arrow, turning more allows none
_LOCATOR_MARK = "#b3202c"
_LOCATOR_MARGIN = 0.06
_HALF = 0.5  # of a locator: a mark as large says nothing
_NEIGHBOURHOOD = 4.0  # times the map, where no country is known
_SMALLEST_MARK = 0.06  # of the locator's width


def header(text: MapText, width: float) -> list[Block]:
    """Return title and subtitle set to a width.

    Parameters
    ----------
    text : MapText
        Title and subtitle, in its language.
    width : float
        In inches.
    """
    words = text.words
    narrow = width < _NARROW
    size, under, lines = (14.0, 10.0, 7) if narrow else (TITLE_SIZE, SUBTITLE_SIZE, 3)
    heading, more = (words.directed(clean(each, 400)) for each in (text.title, text.subtitle))
    title = set_text(heading, width, size, bold=True, spacing=1.25, lines=lines)
    subtitle = set_text(more, width, under, colour=GREY)
    return [title, *([subtitle] if clean(text.subtitle) else [])]


def footer(text: MapText, history: History, width: float, *extra: str, borders: str) -> list[Block]:
    """Return note, source, projection and what else must be said, set to a width.

    Parameters
    ----------
    text : MapText
        Note, source and language.
    history : History
        Its projection is named.
    width : float
        In inches.
    *extra : str
        What else must be said; empty ones are left out.
    borders : str
        The key of what must be said of the borders that are drawn; empty where none are.
    """
    words = text.words
    source = words.say("source", source=clean(text.source, 600)) if text.source else ""
    projected = words.projection(history.projection) + (" " + words.say(borders) if borders else "")
    notes = [clean(text.note, 600), *extra, source, projected]
    lines = 9 if width < _NARROW else 3
    return [
        set_text(words.directed(line), width, SMALL_SIZE, colour=GREY, lines=lines)
        for line in notes
        if line
    ]


class _NamedBar(ScaleBar):  # type: ignore[misc]  # the library has no annotations
    """A scale bar that stands under its name in an SVG."""

    def draw(self, renderer: RendererBase, *args: object, **kwargs: object) -> None:
        """Draw the bar."""
        renderer.open_group("scale-bar", gid=self.get_gid())
        super().draw(renderer, *args, **kwargs)
        renderer.close_group("scale-bar")


def scale_bar(axes: Axes, view: View, words: Words, *, size: float = 9.0) -> Box:
    """Add a scale bar that is true at the middle of the map; return its box in pixels.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    view : View
        What the map shows of the plane, in metres.
    words : Words
        The texts of one language.
    size : float
        Of its text, in points.

    Returns
    -------
    (float, float, float, float)
        Left, bottom, right, top.
    """
    unit = metres_per_unit(view.plane, view.extent)
    length = round_length(view.extent.width * unit * 0.24)
    length_text = words.length(length)
    if view.extent.width > _WIDE_EXTENT_M:
        length_text = words.say("at_centre", length=length_text)
    bar = _NamedBar(
        unit,
        fixed_value=length,
        fixed_units="m",
        location="lower right" if words.rtl else "lower left",
        scale_formatter=lambda _value, _unit: words.directed(length_text),
        scale_loc="left" if words.rtl else "right",
        width_fraction=0.007,
        border_pad=0.5 if size > _SMALL_BAR else 0.2,
        pad=0.3 if size > _SMALL_BAR else 0.1,
        sep=4,
        box_color=LAND,
        box_alpha=0.9,
        color=INK,
        font_properties={"family": FONT, "size": size},
    )
    bar.set_gid(tagged(axes, "scale-bar"))
    axes.add_artist(bar)
    canvas = axes.get_figure(root=True).canvas  # type: ignore[union-attr]
    if isinstance(canvas, FigureCanvasAgg):
        bar.draw(canvas.get_renderer())  # type: ignore[no-untyped-call]
    box = bar.info.window_extent
    return box.x0, box.y0, box.x1, box.y1


def north_arrow(axes: Axes, view: View, words: Words) -> list[Box]:
    """Add an arrow where north is not straight up but lies one way; return its box in pixels.

    Up means north where the meridians run up the map, so an arrow would say nothing; on a
    map over which they turn by more than a few degrees one arrow would be wrong.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    view : View
        What the map shows of the plane, in metres.
    words : Words
        The texts of one language.

    Returns
    -------
    list of (float, float, float, float)
        Left, bottom, right, top; empty without an arrow.
    """
    turned = north_at(view.plane, view.extent)
    if abs(turned.middle) < _UPRIGHT or not turned.spread < _ONE_WAY:
        return []
    lean = radians(turned.middle)
    x, y, reach = (0.05 if words.rtl else 0.95), 0.93, 0.032
    high = reach * axes.bbox.width / axes.bbox.height
    tip, tail = (
        (x + sign * reach * sin(lean), y + sign * high * cos(lean)) for sign in (1.0, -1.0)
    )
    group = Group(axes.get_figure(root=True), tagged(axes, "north-arrow"))
    arrow = FancyArrowPatch(
        tail,
        tip,
        arrowstyle="-|>",
        mutation_scale=13,
        linewidth=1.3,
        color=INK,
        shrinkA=0,
        shrinkB=0,
    )
    name = Text(*tail, words.say("north_mark"), ha="center", va="top", size=9, weight="bold")
    for each in (arrow, name):
        each.set_transform(axes.transAxes)
        group.add(each)
    axes.add_artist(group)
    corners = axes.transAxes.transform([(x - 0.04, y - 2.4 * high), (x + 0.04, y + 1.3 * high)])
    return [tuple(corners.ravel().tolist())]


def locator_view(view: View, area: BaseGeometry, aspect: float) -> View | None:
    """Return what a locator shows: the country about the area, or its neighbourhood.

    There is none for an area that would fill half of it.

    Parameters
    ----------
    view : View
        What the map shows of the plane, in metres.
    area : geometry
        In the plane.
    aspect : float
        Width of the locator over its height.
    """
    if view.context.countries is None:
        return None
    home = view.mainland(shapely.point_on_surface(area))
    if home is None:
        extent = _grown(view.extent, _NEIGHBOURHOOD)
    else:
        both = shapely.union_all([home.envelope, area.envelope])
        extent = Extent.around(both, margin=_LOCATOR_MARGIN)
    extent = extent.fitted(aspect)
    if area.envelope.area > _HALF * extent.box.area:
        return None
    context = replace(view.context, tiles=False) if view.context.tiles else view.context
    return replace(view, extent=extent, context=context)


def _grown(extent: Extent, factor: float) -> Extent:
    (x, y), half = extent.centre, factor * max(extent.width, extent.height) / 2
    return Extent(x - half, y - half, x + half, y + half)


def locator(axes: Axes, view: View, area: BaseGeometry) -> None:
    """Draw where the area lies: countries, their names, the area marked.

    Parameters
    ----------
    axes : Axes
        Of the locator.
    view : View
        What the locator shows; see `locator_view`.
    area : geometry
        In the plane.
    """
    set_extent(axes, view)
    land(axes, view, home=shapely.point_on_surface(area))
    outlines = view.seen.country_borders
    draw_lines(axes, outlines, colour=GREY, width=0.6, zorder=3, name="borders")
    west, south, east, north = _mark(area, view.extent)
    axes.add_patch(
        Rectangle(
            (west, south),
            east - west,
            north - south,
            facecolor=_LOCATOR_MARK + "40",
            edgecolor=_LOCATOR_MARK,
            linewidth=1.4,
            zorder=6,
        )
    )
    placer = Placer(axes)
    corners = axes.transData.transform([(west, south), (east, north)])
    placer.keep_free([tuple(corners.ravel())])
    placer.place(_country_labels(view, area))


def _mark(area: BaseGeometry, extent: Extent) -> tuple[float, float, float, float]:
    """Return the bounds of the area, grown where they would be too small to see."""
    west, south, east, north = area.bounds
    short = max(0.0, _SMALLEST_MARK * extent.width - max(east - west, north - south)) / 2
    return west - short, south - short, east + short, north + short


def _country_labels(view: View, area: BaseGeometry) -> list[Label]:
    middle = shapely.point_on_surface(area)
    labels = []
    for country in view.countries:
        seen = shapely.intersection(country.geometry, view.extent.box)
        if seen.area <= 0 or not country.name:
            continue
        home = bool(country.geometry.contains(middle))
        labels.append(
            Label(
                Words(view.language).directed(country.name),
                inner_points(seen),
                inside=None if home else seen,
                size=9.5 if home else 8.0,
                bold=home,
                colour=INK if home else GREY,
            )
        )
    return sorted(labels, key=lambda label: not label.bold)

"""Everything the page knows, as one object that becomes JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.geometry import coverage
from territory.history.history import WHOLE, History
from territory.history.rim import RimError, rim_of
from territory.holders import NOBODY, Holder
from territory.languages import LANGUAGES, catalogue
from territory.maps.focus import focus
from territory.maps.frame import Extent, metres_per_unit
from territory.maps.map_text import Words
from territory.maps.request import MapSource
from territory.maps.style import Style, second_tones, seen_on_dark, styles_for, tint
from territory.maps.titles import Speaker
from territory.measure.ensemble import Ensemble
from territory.publish.page.arcs import Arcs, Grid, arcs_of, dissolved, simplified
from territory.publish.page.context import surroundings
from territory.publish.page.intervals import (
    area_bounds,
    borders_between,
    moved_bounds,
    net_bounds,
    with_regions,
)
from territory.publish.page.judgements import claim_content
from territory.publish.page.pack import packed, packed_lines, steps, zigzag
from territory.publish.page.page_text import interface_words
from territory.publish.page.redrawn import redrawn
from territory.publish.page.scopes import (
    Groups,
    Region,
    Scope,
    cut_along,
    grouped,
    key_of,
    named_as,
    provinces,
    scopes_of,
)
from territory.publish.page.topic import Topic
from territory.untrusted import clean

_MOST_COMPARED = 24  # days, all pairs of which have intervals from draws


def content(topic: Topic) -> dict[str, Any]:
    """Return what the page knows.

    Parameters
    ----------
    topic : Topic
        What the page is about.

    Returns
    -------
    dict
        Texts, numbers and lists only; areas in square kilometres, points in steps of the grid.

    Raises
    ------
    InputError
        If a day or area is not in the history, or the language is not spoken.
    """
    Words(topic.language)
    topic = replace(topic, source=topic.source.with_towns)
    base, days = topic.source.base, topic.all_days
    regions = provinces(topic.regions, base)
    same = named_as(base, regions)
    apart = {n: each for n, each in regions.items() if topic.tables and n not in same.values()}
    cut = cut_along(base, apart)
    labels = topic.source.loaded.regions
    titles = {name: label.names(name, LANGUAGES) for name, label in labels.items()}
    scopes = scopes_of(base, cut, regions, same, {**titles, **topic.source.titles})
    codes = _codes(topic, same)
    groups = grouped(cut, scopes)
    base.mask(topic.source.maps.area or None)
    return {
        "title": clean(topic.source.title),
        "titles": {code: clean(said) for code, said in topic.source.local_titles.items()},
        "subtitle": "",
        "language": topic.language,
        "languages": list(LANGUAGES),
        "words": interface_words(),
        "days": [str(day) for day in base.days],
        "shown": [base.day_index(day) for day in days],
        "open": _opened(topic, days, scopes),
        "holders": _holders(base, topic.source.styles),
        "groups": _groups(groups),
        "scopes": [
            {
                **_scope(scope, groups, base),
                "region": scope.region or scope.key in labels,
                "code": _code(codes.get(scope.key, ""), scope),
            }
            for scope in scopes
        ],
        "outside": base.outside_is_nobody,
        "bounds": _bounds(topic, cut, scopes, apart, days),
        "claims": [claim_content(group, base, scopes) for group in topic.judgements],
        "notes": _notes(topic),
        **_drawing(topic, cut, scopes, groups),
        **redrawn(topic.ensemble, cut, groups),
    }


def _codes(topic: Topic, same: Mapping[str, str]) -> dict[str, str]:
    """Return the codes of regions, such as pcodes, by the key of their scope."""
    of_file = {} if topic.regions is None else topic.regions.codes
    areas = {area: of_file[name] for area, name in same.items() if name in of_file}
    cut = {key_of(name): code for name, code in of_file.items()}
    return {**cut, **areas, **{n: each.code for n, each in topic.source.loaded.regions.items()}}


def _code(code: str, scope: Scope) -> str:
    """Return a code as it is told, which is not where a name has it already."""
    return clean("" if any(code in name for name in scope.names.values()) else code)


def _opened(topic: Topic, days: Sequence[date], scopes: Sequence[Scope]) -> dict[str, int]:
    base, maps = topic.source.base, topic.source.maps
    before, after = maps.before_after or (days[0], days[-1])
    keys = [scope.key for scope in scopes]
    return {
        "from": base.day_index(before),
        "day": base.day_index(after),
        "scope": keys.index(maps.area) if maps.area in keys else 0,
    }


def _holders(base: History, preferred: Mapping[Holder, Style] | None) -> list[dict[str, Any]]:
    styles = styles_for(base.holders, preferred=preferred)
    on_dark = {h: replace(each, colour=seen_on_dark(each.colour)) for h, each in styles.items()}
    tones, dark_tones = second_tones(styles), second_tones(on_dark)
    return [
        {
            "actor": clean(holder.actor),
            "status": str(holder.status),
            "nobody": holder == NOBODY,
            "name": {language: clean(styles[holder].name(language)) for language in LANGUAGES},
            "colour": tint(styles[holder].colour, 0.0),
            "dark": on_dark[holder].colour,
            "tone": tones[holder],
            "dark_tone": seen_on_dark(dark_tones[holder]),
            "hatch": styles[holder].hatch,
        }
        for holder in base.holders
    ]


def _groups(groups: Groups) -> dict[str, Any]:
    """Return true areas in square centimetres... and the holders of the first day with changes."""
    changes: list[np.ndarray] = []
    for before, after in zip(groups.held_by[:-1], groups.held_by[1:], strict=True):
        moved = np.flatnonzero(before != after)
        changes += [np.array([len(moved)]), steps(moved), after[moved]]
    return {
        "count": len(groups.area_m2),
        "areas": packed(np.rint(groups.area_m2 * 100)),
        "start": packed(groups.held_by[0]),
        "changes": packed(*changes) if changes else "",
    }


def _scope(scope: Scope, groups: Groups, base: History) -> dict[str, Any]:
    inside = np.flatnonzero(scope.faces[groups.first])
    return {
        "key": scope.key,
        "name": {language: clean(name) for language, name in scope.names.items()},
        "region": scope.region,
        "rimmed": scope.region or base.has_rim(scope.key),
        "groups": packed(steps(inside)),
        "share": round(scope.share, 6),
    }


def _bounds(
    topic: Topic,
    cut: History,
    scopes: Sequence[Scope],
    regions: Mapping[str, Region],
    days: Sequence[date],
) -> dict[str, Any]:
    """Return the intervals that are worked out beforehand, by number of the scope, in m2."""
    ensemble = topic.ensemble
    named = set(ensemble.base.distinct_areas)
    found: dict[str, Any] = {"areas": {}, "moved": {}, "boundary": None, "doubted": []}
    found["nets"] = _nets(ensemble, _compared(topic, days)) if ensemble.draws else None
    if ensemble.boundary is not None:
        error = ensemble.boundary
        found["boundary"] = [
            error.total_m,
            error.correlation_length_m,
            abs(error.bias_m),
            error.date_correlation,
            error.drawn_share,
        ]
        corrupt = (day in ensemble.corrupt for day in ensemble.base.days)
        found["doubted"] = [number for number, is_bad in enumerate(corrupt) if is_bad]
    wide = with_regions(ensemble, cut, regions) if ensemble.draws and regions else ensemble
    compared = _compared(topic, days)
    for number, scope in enumerate(scopes):
        if scope.key not in named and not ensemble.draws:
            continue
        looked_at = ensemble if scope.key in named else wide
        bounds = area_bounds(looked_at, days, scope.key)
        found["areas"][number] = packed(np.rint(bounds.ravel() * 1e6))
        found["moved"][number] = [
            [m.from_day, m.to_day, m.giver, m.taker, round(m.low * 1e6), round(m.high * 1e6)]
            for m in moved_bounds(looked_at, compared, scope.key)
        ]
    return found


def _nets(ensemble: Ensemble, days: Sequence[date]) -> list[list[int]]:
    """Return the intervals of net changes on all ground, in m2."""
    return [
        [n.from_day, n.to_day, n.holder, round(n.low * 1e6), round(n.high * 1e6)]
        for n in net_bounds(ensemble, days)
    ]


def _compared(topic: Topic, days: Sequence[date]) -> tuple[date, ...]:
    """Return the days between which transfers have intervals, not too many."""
    compared_days = topic.compared or tuple(days)
    return compared_days if len(compared_days) <= _MOST_COMPARED else (days[0], days[-1])


def _drawing(topic: Topic, cut: History, scopes: Sequence[Scope], groups: Groups) -> dict[str, Any]:
    """Return the grid, the arcs between groups, their lengths and the surroundings."""
    opened = next((s for s in scopes if s.key == topic.source.maps.area), scopes[0])
    visible = _focus(cut, opened)
    extent = Extent.around(shapely.box(*shapely.total_bounds(visible)))
    grid = Grid.over(extent)
    shapes = dissolved(cut, groups.of_face, len(groups.area_m2), grid)
    arcs = arcs_of(simplified(shapes, grid), grid)
    plane = cut.projection
    return {
        "view": _corners(_first_view(cut, opened, extent), grid),
        "whole": _corners(extent, grid),
        "metres": grid.cell * metres_per_unit(plane, extent),
        "arcs": _arcs(arcs),
        "borders": _borders(topic.ensemble, cut, groups, scopes),
        "around": surroundings(
            topic.source.context,
            plane,
            extent,
            _largest(visible),
            grid,
            zones=_zones(cut, groups, shapes),
        ),
    }


def _corners(extent: Extent, grid: Grid) -> list[int]:
    """Return west, north, east and south on the grid."""
    corners = np.array([[extent.west, extent.north], [extent.east, extent.south]])
    found: list[int] = grid.at(corners).ravel().tolist()
    return found


def _first_view(cut: History, scope: Scope, extent: Extent) -> Extent:
    """Return what is seen first: the ground that changed hands, as on a map of all ground."""
    if scope.key != WHOLE or not cut.outside_is_nobody:
        return extent
    moved = (cut.held_by != cut.held_by[0]).any(axis=0)
    return focus(shapely.GeometryCollection(list(cut.faces[moved])), extent) or extent


def _focus(cut: History, scope: Scope) -> np.ndarray:
    """Return the faces that the page is about: those of an area, or once held."""
    faces = scope.faces & (cut.area_m2 > 0)
    if scope.key == WHOLE and cut.outside_is_nobody:
        faces &= (cut.held_by != 0).any(axis=0)
    return np.asarray(cut.faces[faces if faces.any() else slice(None)])


def _zones(cut: History, groups: Groups, shapes: np.ndarray) -> BaseGeometry | None:
    """Return the zones of any day where what lies around them is nobody's."""
    if cut.within or not cut.outside_is_nobody:
        return None
    held = groups.held_by.any(axis=0)
    return coverage.dissolved(shapes[held if held.any() else slice(None)])


def _largest(faces: np.ndarray) -> Any:  # noqa: ANN401 - a shapely geometry
    return faces[int(np.argmax(shapely.area(faces)))]


def _arcs(arcs: Arcs) -> dict[str, Any]:
    return {
        "count": len(arcs.points),
        "left": packed(zigzag(steps(arcs.left))),
        "right": packed(zigzag(steps(arcs.right))),
        "lines": packed_lines(arcs.points),
    }


def _borders(
    ensemble: Ensemble, cut: History, groups: Groups, scopes: Sequence[Scope]
) -> dict[str, Any] | None:
    """Return the lines between patches, lengths in centimetres, where intervals need them."""
    if ensemble.boundary is None or ensemble.draws:
        return None
    found = borders_between(cut, groups.of_face)
    order = np.lexsort((found.lines.other, found.lines.one))
    lines = found.lines
    within = {n: lines.inside.get(scope.key) for n, scope in enumerate(scopes)}
    return {
        "one": packed(zigzag(steps(lines.one[order]))),
        "other": packed(lines.other[order] + 1),
        "ends": packed(zigzag(steps(lines.ends[order].ravel()))),
        "points": lines.points,
        "lengths": packed(np.rint(lines.length_m[order] * 100)),
        "groups": packed(zigzag(steps(found.group))),
        "areas": packed(np.rint(found.area_m2 * 100)),
        "within": {
            n: packed(steps(np.flatnonzero(mask[order])))
            for n, mask in within.items()
            if mask is not None
        },
        "rims": {
            n: _rim(ensemble.rims[scope.key], cut, scope.key, groups)
            for n, scope in enumerate(scopes)
            if scope.key in ensemble.rims and ensemble.rims[scope.key].error_m
        },
    }


def _rim(error: RimError, cut: History, area: str, groups: Groups) -> list[Any]:
    """Return the error of a rim, and how many centimetres of it lie beside each group."""
    rim = rim_of(cut, area)
    group, at = np.unique(groups.of_face[rim.face], return_inverse=True)
    lengths = np.bincount(at, (rim.end_m - rim.start_m) * 100)
    beside = packed(steps(group)), packed(np.rint(lengths))
    return [error.error_m, error.correlation_length_m, *beside]


def _rest(source: MapSource, say: Speaker) -> str:
    """Say who has what no zone covers of an area, if anybody is said to."""
    loaded = source.loaded
    if not loaded.rest:
        return ""
    holder = Holder(loaded.rest)
    name = styles_for(source.base.holders, preferred=source.styles)[holder].name(say.language)
    return say.rest(clean(name), clean(loaded.beside))


def _whose(topic: Topic, language: str) -> str:
    """Say of several series which one the map and its figures are about."""
    if not topic.beside:
        return ""
    names = {"name": topic.source.loaded.name, "others": ", ".join(topic.beside)}
    text: str = catalogue(language)["page"]["of_series"]
    return text.format(**{key: clean(name) for key, name in names.items()})


def _notes(topic: Topic) -> dict[str, list[str]]:
    """Return what stands at the foot of the page, by language."""
    ensemble = topic.ensemble
    publisher = clean(topic.source.maps.source)
    found = {}
    for language in LANGUAGES:
        words, say = Words(language), Speaker({}, language)
        places = ensemble.total if ensemble.draws else 0
        kind = say.note(places, listed=topic.listed, is_rebalanced=ensemble.is_rebalanced)
        boundary = ensemble.boundary if topic.source.assumed else None
        borders = "borders_of_today" if topic.source.context.past else "borders"
        lines = [
            _whose(topic, language),
            kind,
            _rest(topic.source, say),
            say.assumed(boundary) if boundary else "",
            words.say("source", source=publisher) if publisher else "",
        ]
        lines += [words.projection(ensemble.base.projection), words.say(borders)]
        found[language] = [line for line in lines if line]
    return found

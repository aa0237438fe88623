"""Dated front lines and the ground they cut, as the snapshots of drawn zones."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError, TerritoryError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.coverage import has_polygon
from territory.geometry.projection import MAX_CHORD_ERROR_M, same_crs
from territory.history.front_lines import DEGREE_M, Division, FrontLine, divide
from territory.history.front_sides import Heading
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.read.aoi import DrawnArea
from territory.read.formats.layer import Layer, km2_of
from territory.read.profile import Profile

_COLUMNS = ("left", "right")
_LINES = ("LineString", "MultiLineString", "LinearRing")


@dataclass(frozen=True, eq=False)
class FrontLabels:
    """Who is on either side of the front lines of a series; it stands for `HolderLabels`.

    Attributes
    ----------
    profile : Profile
        With the sides, unless the lines have them in the columns ``left`` and ``right``.
    ground : DrawnArea
        What the lines cut.
    """

    profile: Profile
    ground: DrawnArea

    def needs_day(self, layer: Layer, index: int) -> bool:
        """Return whether a feature must say its day; see `HolderLabels.needs_day`.

        Parameters
        ----------
        layer, index
            The feature.
        """
        return _is_line(layer, index)

    def held(self, layer: Layer, rows: Bools, day: date) -> RawZones:
        """Return the lines of one day, each twice: for its left side, then for its right one.

        Parameters
        ----------
        layer : Layer
            All its features.
        rows : ndarray of bool, shape (n,)
            The features of the layer that are of the day.
        day : date
            The day.

        Returns
        -------
        RawZones
            Not yet zones; `cut_ground` makes them.

        Raises
        ------
        InputError
            If a feature is a polygon, or does not say who is on its sides.
        """
        chosen = np.flatnonzero(rows).tolist()
        for index in chosen:
            if has_polygon(layer.geometry[index]):
                problem = "is a polygon; where a ground is named, the files hold front lines alone"
                raise InputError(problem, file=layer.where, feature=index + 1)
        lines = [index for index in chosen if _is_line(layer, index)]
        both = [Holder(actor) for index in lines for actor in self._sides(layer, index)]
        findings = []
        if beside := len(chosen) - len(lines):
            detail = f"{layer.where}: {beside} features that are no lines left out"
            findings.append(Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, day, 0.0))
        profile, twice = self.profile, [index for index in lines for _ in _COLUMNS]
        return RawZones(
            day,
            layer.crs,
            Source(layer.file, profile.publisher, profile.licence),
            tuple(both),
            layer.geometry[twice],
            tuple(findings),
            tuple((layer.where, index + 1) for index in twice),
        )

    def _sides(self, layer: Layer, index: int) -> tuple[str, str]:
        if (sides := self.profile.sides) is not None:
            return sides.left, sides.right
        row = {str(key).lower(): value for key, value in layer.properties[index].items()}
        found = [row.get(column) for column in _COLUMNS]
        left, right = (each.strip() if isinstance(each, str) else "" for each in found)
        if left and right and left != right:
            return left, right
        problem = (
            f"'{left}' is on both sides of the front"
            if left and right
            else "nothing says who is on either side of the front; name them with --sides"
            " west=A,east=B (sides in a profile or job), or in columns 'left' and 'right'"
        )
        raise InputError(problem, file=layer.where, feature=index + 1)

    def cut(self, raws: Iterable[RawZones]) -> tuple[tuple[RawZones, ...], list[Finding]]:
        """Cut the ground along the lines of each day; a day that cannot be is refused.

        Parameters
        ----------
        raws : iterable of RawZones
            Lines, as `held` gives them; those of a day together.

        Returns
        -------
        raws : tuple of RawZones
            Zones.
        findings : list of Finding
            Refused days, and parts of the ground that no line reaches.
        """
        made: list[RawZones] = []
        findings: list[Finding] = []
        grounds: dict[CRS, BaseGeometry] = {}  # of one CRS as a rule: carried there once
        for raw in raws:
            try:
                if raw.crs not in grounds:
                    grounds[raw.crs] = self._ground_in(raw.crs)
                made.append(self._zones(raw, grounds[raw.crs]))
            except TerritoryError as error:
                findings.append(Finding(FindingKind.REFUSED, str(error), Severity.ERROR, raw.day))
        return tuple(made), findings

    def _ground_in(self, crs: CRS) -> BaseGeometry:
        """Return the ground in the CRS of the lines, its edges as straight as in its own."""
        ground = self.ground
        if same_crs(crs, ground.crs):
            return ground.geometry
        metres = DEGREE_M if crs.is_geographic else crs.axis_info[0].unit_conversion_factor
        bound = MAX_CHORD_ERROR_M / metres
        shapes = np.array([ground.geometry])
        there: BaseGeometry = project(shapes, ground.crs, crs, max_chord_error=bound)[0]
        return there

    def _zones(self, raw: RawZones, ground: BaseGeometry) -> RawZones:
        if not raw.holders:
            raise InputError(f"no front line on {raw.day}", file=raw.source.location)
        sides = self.profile.sides
        heading = sides.heading if sides else Heading.AS_DRAWN
        how = (heading, raw.crs, _refusal(raw))
        reach_m = self.profile.reach_m
        found = divide(ground, _lines(raw), *how, reach_m=reach_m)
        return replace(
            raw,
            holders=tuple(map(Holder, found.holders)),
            geometry=found.pieces,
            findings=(*raw.findings, *self._about(raw, found)),
            spots=tuple(raw.spot(row) for row in found.features),
        )

    def _about(self, raw: RawZones, found: Division) -> Iterator[Finding]:
        """Tell of parts of the ground without a front, and of fronts beside the ground."""
        if len(found.untouched):
            km2 = km2_of(found.untouched, raw.crs)
            detail = (
                f"{raw.source.location}: no front of {raw.day} reaches {len(found.untouched)} parts"
                " of the ground, which nobody holds"
            )
            yield Finding(FindingKind.NO_FRONT, detail, Severity.WARNING, raw.day, km2)
        if found.drawn_on_m:
            detail = (
                f"{raw.source.location}: the front of {raw.day} was drawn on to the rim of the"
                f" ground, by {found.drawn_on_m:,.0f} m at most"
            )
            yield Finding(FindingKind.FRONT_DRAWN_ON, detail, Severity.INFO, raw.day)
        for row in found.outside:
            file, number = raw.spot(row)
            detail = f"{file}, feature {number}: left out; it lies outside the ground"
            yield Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, raw.day, 0.0)


def _lines(raw: RawZones) -> list[FrontLine]:
    """Return the lines of a day, which stand there twice."""
    rows = range(0, len(raw.holders), 2)
    several = len({raw.spot(row)[0] for row in rows}) > 1
    return [
        FrontLine(
            raw.geometry[row],
            raw.holders[row].actor,
            raw.holders[row + 1].actor,
            row,
            ", ".join([*([raw.spot(row)[0]] if several else []), f"feature {raw.spot(row)[1]}"]),
        )
        for row in rows
    ]


def _refusal(raw: RawZones) -> Callable[[str, int], GeometryError]:
    def refused(problem: str, row: int) -> GeometryError:
        file, number = raw.spot(row)
        return GeometryError(f"front line of {raw.day}: {problem}", file=file, feature=number)

    return refused


def _is_line(layer: Layer, index: int) -> bool:
    shape = layer.geometry[index]
    return shape is not None and shape.geom_type in _LINES and not shape.is_empty

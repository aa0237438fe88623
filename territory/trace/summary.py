"""The table of a traced map, and what is told about how it came about."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from territory.measure.rows import Row, area_rows
from territory.numbers import figure, percent
from territory.read.world import read_countries
from territory.trace.audit import beyond_points, home_of
from territory.trace.image.palette import NOT_LAND, OVERPRINT, colours_in_words, main_colours
from territory.trace.image.pixel_classes import How
from territory.trace.tracing import Traced

COLUMNS = (
    "day",
    "actor",
    "status",
    "km2",
    "low",
    "high",
    "matched_pct",
    "filled_pct",
    "smoothed_pct",
)
_FILLED = (How.OVERPRINTED, How.UNMATCHED, How.TOO_SMALL)
_POOR_PX = 10.0  # points left out that lie further off deserve a word
_MOST = 0.5  # of a country
_MUCH_BEYOND = 0.05  # of the ground
_MUCH_FILLED = 0.1  # of the ground
_MUCH_UNMATCHED = 0.01  # of the ground
_LISTED = 4  # ways of placing that are told


def rows(traced: Traced) -> list[Row]:
    """Return the area of every holder with its interval and where it comes from.

    Parameters
    ----------
    traced : Traced
        With its error and audit.

    Returns
    -------
    list of mapping
        As of `territory.measure.rows.area_rows`, of the area where one is asked for, with which
        percentage of the ground matched, was filled, and was added by smoothing.
    """
    labels = {(h.actor, str(h.status)): n for n, h in enumerate(traced.holders)}
    found: list[Row] = []
    base = traced.ensemble.base
    every = area_rows("", traced.ensemble, base.days)
    for row in (each for each in every if each["area"] == base.area_names[-1]):
        label = labels.get((str(row["actor"]), str(row["status"])))
        found.append({**row, **_came(traced, label)})
    return found


def _came(traced: Traced, label: int | None) -> Row:
    """Return which part of a class matched, was filled and was added by smoothing."""
    if label is None:  # ground of nobody within an area
        return dict.fromkeys(("matched_pct", "filled_pct", "smoothed_pct"))
    audit = traced.audit
    return {
        "matched_pct": 100 * audit.share(label, How.MATCHED),
        "filled_pct": 100 * audit.share(label, *_FILLED),
        "smoothed_pct": 100 * float(audit.smoothed[label]),
    }


def summary_lines(traced: Traced) -> Iterator[str]:
    """Yield what a user must know to judge the trace, line by line.

    Parameters
    ----------
    traced : Traced
        With its error, audit and findings.

    Yields
    ------
    str
        Without a line break at its end.
    """
    yield from (f"{each.severity}: {each.detail}" for each in traced.findings)
    yield from _placing(traced)
    yield from _ground(traced)
    yield from _home(traced)
    yield from _colours(traced)
    error = traced.error
    yield (
        f"lines: {error.total_m:,.0f} m off (one standard deviation: {error.drawn_m:,.0f} m as"
        f" drawn, {error.placed_m:,.0f} m as placed), alike over {error.correlation_m:,.0f} m."
        " How well the map knew the front is not in it"
    )


def _placing(traced: Traced) -> Iterator[str]:
    placement = traced.placement
    pixel, count = placement.pixel_m, len(placement.points)
    yield (
        f"placed: {placement.fit.kind} in {placement.crs_name} by {count} points; points left"
        f" out lie {placement.rmse_m:,.0f} m off ({placement.rmse_m / pixel:.1f} pixels of"
        f" {pixel:,.0f} m)"
    )
    best = list(dict.fromkeys(placement.tried))[:_LISTED]
    others = "; ".join(f"{each.kind} in {each.crs} {each.rmse_m:,.0f} m" for each in best)
    yield f"compared: {others}" if len(placement.tried) > 1 else "nothing else was compared"
    worst = max(range(count), key=lambda i: placement.off_m[i])
    if placement.off_m[worst] > _POOR_PX * pixel:
        yield (
            f"warning: {placement.points[worst]} lies {placement.off_m[worst] / 1000:,.1f} km from"
            " where the others put it"
        )
    beyond = beyond_points(traced.ensemble.base, placement)
    if beyond > _MUCH_BEYOND:
        beyond_all = f"{percent(beyond)} of the ground lies beyond all control points"
        yield f"warning: {beyond_all}; add some there"


def _ground(traced: Traced) -> Iterator[str]:
    audit = traced.audit
    parts = (
        ("matched directly", audit.of(How.MATCHED)),
        ("filled under labels and lines", audit.of(How.OVERPRINTED)),
        ("filled where the colour is none of the legend", audit.of(How.UNMATCHED)),
        ("filled where a colour is only a speck or a thread", audit.of(How.TOO_SMALL)),
        ("unknown", audit.unknown_km2),
    )
    shares = (f"{name} {figure(km2)} km2 ({percent(km2 / audit.total_km2)})" for name, km2 in parts)
    yield f"ground: {', '.join(shares)}; filled up to {traced.legend.fill_px:g} pixels"
    worst = max(range(len(traced.holders)), key=lambda n: abs(audit.smoothed[n]))
    yield (
        f"smoothing changed no area by more than {percent(abs(audit.smoothed[worst]))}"
        f" ({traced.holders[worst]})"
    )


def _home(traced: Traced) -> Iterator[str]:
    """Say how much of the country is in the zones, where they seem to be all of it."""
    home = home_of(traced.ensemble.base, read_countries())
    if traced.area is None and home.covered > _MOST:
        yield (
            f"country: the zones cover {percent(home.covered)} of {home.name}"
            f" ({figure(home.km2)} km2 by Natural Earth), {percent(home.beyond)} of them lie beyond"
            " it; a party in the colour of what is not land would be missing"
        )


def _colours(traced: Traced) -> Iterator[str]:
    classes, palette = traced.classes, traced.legend.palette
    for swatch, pixels in zip(palette.swatches, classes.swatch_pixels, strict=True):
        if swatch.label in {NOT_LAND, OVERPRINT} and not pixels:
            yield f"no pixel is of the colour {swatch.colour} ({palette.name(swatch)})"
    audit = traced.audit
    odd_km2, whole_km2 = audit.of(How.UNMATCHED), audit.total_km2
    if odd_km2 > _MUCH_FILLED * whole_km2:
        yield (
            f"warning: {percent(odd_km2 / whole_km2)} of the ground was filled over colours that"
            " the legend does not know; name them (overprint, or a zone's other colours), or raise"
            f" the tolerance from {traced.legend.tolerance:g}"
        )
    if odd_km2 + audit.unknown_km2 > _MUCH_UNMATCHED * whole_km2:
        yield (
            "main colours that the legend does not know (share of all such pixels):"
            f" {colours_in_words(main_colours(classes.colours, classes.counts))}"
        )


def usage(traced: Traced, written: tuple[Path, ...]) -> Iterator[str]:
    """Yield what was written and how to go on with it.

    Parameters
    ----------
    traced : Traced
        With its error and what was asked of it.
    written : tuple of Path
        The zones, the profile, the job, the picture.

    Yields
    ------
    str
        A line, without a line break at its end.
    """
    zones, profile, job, picture = (quote(str(each)) for each in written)
    error, area = traced.error, traced.request.area
    cut = f" --area {quote(area)}" if area else ""
    yield f"{zones}: look at {picture} before you use them, and go on with"
    yield f"  territory areas {zones} --profile {profile}{cut}"
    yield f"  territory run {job}"
    yield (
        f"or, without the profile, --profile zones --boundary-error-m {error.total_m:.0f}"
        f" --correlation-length-m {error.correlation_m:.0f}"
    )

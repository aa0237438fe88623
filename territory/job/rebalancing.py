"""Are villages on ground that changed hands known as often as others? If not, it is mended.

Decided once for a series, by what changed hands from its first day to its last, so that the
figures of all days, areas and pairs of days go by the same estimator and add up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools
from territory.geometry.projection import EqualArea
from territory.history.gazetteer import (
    UNEVEN,
    KnownShares,
    Villages,
    changed_m2,
    followed,
    spread_over,
)
from territory.history.history import History
from territory.history.places import PlaceSeries
from territory.history.voronoi import Sites, sites
from territory.measure.ensemble import BASE, Ensemble
from territory.measure.estimate import Z_95
from territory.numbers import figure, percent

PLAIN = "by nearest places alone"
REBALANCED = "rebalanced to the gazetteer"
UNSEEN = Finding(
    FindingKind.NO_GAZETTEER,
    "no gazetteer is named, so it cannot be seen whether villages on ground that changed hands are"
    " known less often than the others, which would make the figures too small and the intervals"
    " too narrow; name a table of all villages as 'gazetteer'",
    Severity.WARNING,
)


@dataclass(frozen=True, eq=False)
class Ground:
    """What is divided.

    Attributes
    ----------
    history : callable
        Divides it among sites.
    reading : callable
        The same for figures alone, without outlines.
    counts : callable
        Puts sites into its named areas, each as a point that weighs one.
    """

    history: Callable[[Sites], History]
    reading: Callable[[Sites], History]
    counts: Callable[[Sites], History]


@dataclass(frozen=True, eq=False)
class Listing:
    """The places of one reading beside the villages of the gazetteer.

    Attributes
    ----------
    there : Villages
        The places, and the villages beside them.
    changed : ndarray of bool, shape (places,)
        See `changed_places`.
    """

    there: Villages
    changed: Bools


def changed_places(series: PlaceSeries, projection: EqualArea) -> Bools:
    """Return which places had another holder on the last day than on the first.

    Parameters
    ----------
    series : PlaceSeries
        What is known of the places.
    projection : EqualArea
        Any plane.

    Returns
    -------
    ndarray of bool, shape (places,)
        Not those whose holder is not known on both days.
    """
    days = tuple(sorted({series.first_day, series.last_day}))
    held = sites(series, days, projection=projection).held_by
    changed: Bools = (held[0] != held[-1]) & held[0].astype(bool) & held[-1].astype(bool)
    return changed


def by_gazetteer(
    plain: Ensemble,
    found: Mapping[str, Sites],
    listings: Mapping[str, Listing],
    *,
    keeps: Sequence[Bools],
    ground: Ground,
) -> tuple[Ensemble, tuple[Finding, ...]]:
    """Return what figures of places rest on where all villages are known by name.

    Parameters
    ----------
    plain : Ensemble
        Of nearest places.
    found : mapping of str to Sites
        The places under every reading; the best one first.
    listings : mapping of str to Listing
        The places of each reading, which need not be the same.
    keeps : sequence of ndarray of bool, shape (places,)
        The places of each draw of `plain`.
    ground : Ground
        What is divided.

    Returns
    -------
    ensemble : Ensemble
        Rebalanced where villages are known more than `UNEVEN` times as often on one kind of
        ground, or where it makes more of a difference than the half width of the interval.
        Its counts are those of the villages.
    findings : tuple of Finding
        The shares that are known, and both figures.
    """
    best, there, changed = found[BASE], listings[BASE].there, listings[BASE].changed

    def spread(name: str, keep: Bools | None = None, *, rebalance: bool) -> Sites:
        each, own = found[name], listings[name]
        known = each.known if keep is None else each.known & keep
        place, _ = followed(own.there, known, own.changed, rebalance=rebalance)
        return spread_over(each, own.there, place)

    place, shares = followed(there, best.known, changed)
    base = ground.history(spread_over(best, there, place))
    figures = _km2(plain.base, changed), _km2(base, changed[place])
    half = Z_95 * plain.sd_of([_km2(draw, changed) for draw in plain.draws])
    rebalance = bool(shares.ratio > UNEVEN or abs(figures[1] - figures[0]) > half)
    finite = _finite(best.known, there)
    readings = {name: spread(name, rebalance=rebalance) for name in found}
    draws = [spread(BASE, keep, rebalance=rebalance).held_by for keep in keeps]
    counts = {
        name: ground.counts(_listed(each, listings[name].there)) for name, each in readings.items()
    }
    ensemble = replace(
        plain,
        counts=counts,
        count_draws=tuple(replace(counts[BASE], held_by=h[:, there.listed]) for h in draws),
        count_widening=finite,
        beside={REBALANCED: base},
    )
    if rebalance:
        ensemble = replace(
            ensemble,
            base=base,
            draws=tuple(base.with_holders(held) for held in draws),
            scenarios=histories_under(base, readings, ground.reading),
            widening=plain.widening if plain.widening > 1 else finite,
            beside={PLAIN: plain.base},
            is_rebalanced=True,
        )
    return ensemble, (_about(shares, figures, half, rebalance=rebalance),)


def histories_under(
    base: History, found: Mapping[str, Sites], divide: Callable[[Sites], History]
) -> dict[str, History]:
    """Return the history under every other reading; the cells stay if the known places do.

    Parameters
    ----------
    base : History
        Under the best reading.
    found : mapping of str to Sites
        The places under every reading, the best one too.
    divide : callable
        Divides the ground among sites.
    """
    divided = {_known_places(found[BASE]): base}
    histories = {}
    for name, each in found.items():
        if name == BASE:
            continue
        alike = divided.get(_known_places(each))
        histories[name] = divide(each) if alike is None else alike.with_holders(each.held_by)
        divided.setdefault(_known_places(each), histories[name])
    return histories


def _known_places(found: Sites) -> tuple[object, ...]:
    """Return what the cells follow from, to be compared."""
    return found.holders, found.known.tobytes(), found.xy.tobytes()


def _km2(history: History, changed: Bools) -> float:
    return changed_m2(history.area_m2, history.origin, changed) / 1e6


def _listed(found: Sites, there: Villages) -> Sites:
    return replace(found, xy=found.xy[there.listed], held_by=found.held_by[:, there.listed])


def _finite(known: Bools, there: Villages) -> float:
    """Return what is left of a deviation where so many of all villages are known.

    The finite population correction (Cochran 1977, Sampling techniques, section 2.6): what
    is known of a village needs no guess. It is for counts, and for ground where places do not
    cluster: else the ground between villages is what is not known.
    """
    listed = there.listed
    return sqrt(1 - int((known & listed[: len(known)]).sum()) / int(listed.sum()))


def _about(
    shares: KnownShares, figures: tuple[float, float], half: float, *, rebalance: bool
) -> Finding:
    """Tell of the shares that are known, and of both figures."""
    plain, balanced = figures
    uneven = shares.ratio > UNEVEN
    used = f"figures and maps go by the {'second' if rebalance else 'first'}"
    detail = (
        f"{percent(shares.changed)} of the gazetteer's villages are known on ground that changed"
        f" hands between the first and the last day, and {percent(shares.unchanged)} on other"
        f" ground; what changed hands is {figure(plain)} km2 {PLAIN} (give or take"
        f" {figure(half)}) and {figure(balanced)} km2 {REBALANCED}; {used}"
    )
    severity = Severity.WARNING if uneven else Severity.INFO
    return Finding(FindingKind.KNOWN_SHARES, detail, severity, km2=balanced - plain)

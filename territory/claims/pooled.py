"""A claim on several maps: judged on each of them, and on all of them together.

The pool is about the ground, whoever published the figure: every map enters it with the error
of its lines (or places), also one on which its own publisher's figure is judged as drawn. A
figure from a publisher whose map is not among them stems from one more map, so it is held
against what one more map would show. What is off on all maps alike, such as the outline of a
country that shares are taken of, is not averaged out: it is put on top of the pool.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import hypot, sqrt

from territory.claims.caveats import Caveat, caveat_of
from territory.claims.decision import decide
from territory.claims.model import Claim, Reading, Verdict, days_of
from territory.claims.plausibility import whole_for
from territory.claims.readings import People, limits_of
from territory.claims.same_publisher import (
    Interval,
    error_of_other,
    is_another_map,
    same_publisher,
)
from territory.claims.verdicts import Judgement, concluded, judge, measured_readings
from territory.errors import ClaimError
from territory.measure.budget import (
    HOUR,
    OTHER_MAP,
    OUTLINE,
    RIM,
    Budget,
    Component,
    random_budget,
    with_cause,
)
from territory.measure.budget import Kind as Doubt
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import Z_95, Estimate
from territory.measure.pool import FEWEST, POOLED, Pool, pool
from territory.numbers import bounds, figure, percent, unit_words

OWN_ERRORS = "the maps' own errors"
DISAGREEMENT = "what the maps disagree by"
ONE_MORE_MAP = "where the other publisher drew the line"
_SHARED = frozenset({OUTLINE, RIM})  # components that are off on all maps alike
_AS_NEAR = 1e-6  # of a figure: less is rounding
Where = Callable[[str, str, date, str], str]


@dataclass(frozen=True)
class _OnMap:
    """One reading on one map: how it came out there, and the figure with the error of the ground.

    `another` says whether the figure stems from another map than this one, and `other_sd` is
    the error that the map of its publisher gives it, where that is known.
    """

    judgement: Judgement
    ground: Judgement
    another: bool
    other_sd: float | None = None

    @property
    def value(self) -> float:
        return self.ground.computed.value if self.ground.computed else 0.0

    @property
    def sd(self) -> float:
        """The standard deviation of what is off on this map alone.

        It goes by the longer half of the interval: the other may be cut at what is possible.
        The hour of the cut alone is no error of a map: one of districts, or one on which
        nothing moved, would outweigh all others by it. Zero says that no error is known.
        """
        found = self.ground.computed
        if found is None or not self._has_error:
            return 0.0
        lean = sum(_half(each) for each in self.shared if each.sd is None)
        chance = sum(each.sd**2 for each in self.shared if each.sd is not None)
        half = max(found.value - found.low, found.high - found.value) - lean
        return sqrt(max((half / Z_95) ** 2 - chance, 0.0))

    @property
    def _has_error(self) -> bool:
        budget = self.ground.budget
        apart = {HOUR, *_SHARED}
        return budget is None or any(
            each.span
            for each in budget.components
            if each.kind is not Doubt.CHOICE and each.name not in apart
        )

    @property
    def shared(self) -> tuple[Component, ...]:
        """What is off on all maps alike."""
        budget = self.ground.budget
        return tuple(each for each in budget.components if each.name in _SHARED) if budget else ()


def _half(component: Component) -> float:
    return component.span / 2


def judge_on_maps(
    claim: Claim,
    maps: Mapping[str, Ensemble],
    *,
    sizes: Mapping[str, float] | None = None,
    people: People | None = None,
    unasked: Mapping[str, str] | None = None,
    where: Where = lambda _one, _other, _day, _area: "",
) -> tuple[Judgement, ...]:
    """Judge a claim on several maps and on all of them together.

    Parameters
    ----------
    claim : Claim
        As published. That it was measured on these very polygons (``same_map = true``) holds
        for the map of its publisher, or for the first where none is.
    maps : mapping of str to Ensemble
        By the name of the series; at least one.
    sizes, people
        As for `territory.claims.verdicts.judge`.
    unasked : mapping of str to str
        The maps that are not to be pooled, and why.
    where : callable
        Gets the series with the smallest and with the largest figure, the last day of the
        reading and its area; says where these two maps differ most, or nothing.

    Returns
    -------
    tuple of Judgement
        One per reading, each with that of every map (`Judgement.maps`). It is the pooled one
        where two maps or more could measure it, else that of the only one.

    Raises
    ------
    ClaimError
        If no map can be asked, for one reason or another: that of the first.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> def drawn(km):
    ...     days, box = (date(2018, 1, 1), date(2018, 2, 1)), shapely.box(0, 0, km * 1000, 1000)
    ...     history = from_coverage(
    ...         np.array([box]), np.array([[0], [1]], dtype=np.int16), days=days,
    ...         holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    ...     return Ensemble(history)
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 1), value=4,
    ...               unit="km2", period=(date(2018, 1, 1), date(2018, 2, 1)),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> [judgement] = judge_on_maps(claim, {"one": drawn(3), "other": drawn(5)})
    >>> judgement.apart
    'the 2 maps lie from 3.0 to 5.0 km2, apart by 2.0 (I2 100 %); none of 2 by itself bears it out'
    """
    several = len(maps) > 1
    if not several or claim.not_checkable:
        (name, ensemble), *_ = maps.items()
        alone = judge(claim, ensemble, sizes=sizes, people=people)
        return tuple(replace(each, series="" if several else name) for each in alone)
    found = _on_maps(claim, maps, sizes or {}, people, unasked or {})
    headline = tuple(
        _headline(claim, number, found, sizes or {}, where) for number in range(len(claim.reading))
    )
    return concluded(claim, headline, sizes)


def _on_maps(
    claim: Claim,
    maps: Mapping[str, Ensemble],
    sizes: Mapping[str, float],
    people: People | None,
    unasked: Mapping[str, str],
) -> list[tuple[_OnMap, ...]]:
    """Measure every reading on every map; one that cannot be asked says why in its reason."""
    found: list[tuple[_OnMap, ...]] = []
    errors: list[ClaimError] = []
    for name, ensemble in maps.items():
        stated = claim if name in _own(claim, maps) else _unstated(claim)
        try:
            if name in unasked:
                found.append(_silent(claim, name, unasked[name]))
            else:
                found.append(_on_map(claim, stated, name, ensemble, sizes=sizes, people=people))
        except ClaimError as error:
            errors.append(error)
            found.append(_silent(claim, name, error.problem))
    if len(errors) == len(maps) - len(unasked):
        raise errors[0]
    return found


def _on_map(
    claim: Claim,
    stated: Claim,
    name: str,
    ensemble: Ensemble,
    *,
    sizes: Mapping[str, float],
    people: People | None,
) -> tuple[_OnMap, ...]:
    def measured(of: Claim, on: Ensemble) -> tuple[Judgement, ...]:
        return measured_readings(of, on, sizes=sizes, people=people)

    raw = measured(stated, ensemble)
    another = [is_another_map(stated, each, ensemble) for each in stated.reading]
    as_ground = any(another) or any(each.reading and each.reading.same_map for each in raw)
    # Of a publisher whom nobody knows only the ground is asked for.
    ground = measured(_of_ground(claim), replace(ensemble, publisher="")) if as_ground else raw
    judged = concluded(stated, raw, sizes)
    known = error_of_other(claim, ensemble) is not None
    return tuple(
        _OnMap(
            replace(one, claim=claim, series=name), other, apart, _other_sd(one) if known else None
        )
        for one, other, apart in zip(judged, ground, another, strict=True)
    )


def _other_sd(judgement: Judgement) -> float | None:
    """Return the error that another publisher's map gives a figure, if that counts."""
    parts = judgement.budget.components if judgement.budget else ()
    return next((each.sd for each in parts if each.name == OTHER_MAP), None)


def _own(claim: Claim, maps: Mapping[str, Ensemble]) -> tuple[str, ...]:
    """Return the maps of the claim's publisher; the first where there is none."""
    own = [name for name, each in maps.items() if same_publisher(claim.publisher, each.publisher)]
    return tuple(own) or tuple(maps)[:1]


def _unstated(claim: Claim) -> Claim:
    """Return a claim that does not say to have been measured on these very polygons."""
    readings = tuple(
        each.model_copy(update={"same_map": None}) if each.same_map else each
        for each in claim.reading
    )
    same_map = None if claim.same_map else claim.same_map
    return claim.model_copy(update={"same_map": same_map, "reading": readings})


def _of_ground(claim: Claim) -> Claim:
    """Return a claim whose readings are about the ground and not about anybody's polygons."""
    readings = tuple(each.model_copy(update={"same_map": False}) for each in claim.reading)
    return claim.model_copy(update={"reading": readings})


def _silent(claim: Claim, name: str, why: str) -> tuple[_OnMap, ...]:
    """Return a map that says nothing about any reading of a claim."""
    open_ = str(Verdict.NOT_CHECKABLE)
    each = (
        Judgement(claim, r, None, {}, open_, why, lacking=why, series=name) for r in claim.reading
    )
    return tuple(_OnMap(one, one, another=False) for one in each)


def _headline(
    claim: Claim,
    number: int,
    found: Sequence[tuple[_OnMap, ...]],
    sizes: Mapping[str, float],
    where: Where,
) -> Judgement:
    """Return what a reading comes to over all maps."""
    every = [readings[number] for readings in found]
    maps = tuple(each.judgement for each in every)
    asked = [each for each in every if each.judgement.computed]
    if len(asked) < FEWEST:
        only = (asked or every)[0]
        verdict = str(only.judgement.kind)
        plain = str(Verdict.CONSISTENT) if only.judgement.agrees else verdict
        return replace(only.judgement, verdict=plain, maps=maps, apart=_alone(asked, maps))
    return _pooled(claim, claim.reading[number], asked, maps, sizes=sizes, where=where)


def _pooled(
    claim: Claim,
    reading: Reading,
    asked: Sequence[_OnMap],
    maps: tuple[Judgement, ...],
    *,
    sizes: Mapping[str, float],
    where: Where,
) -> Judgement:
    lower = (each.judgement.reading.lower_bound for each in asked if each.judgement.reading)
    reading = reading.model_copy(update={"same_map": None, "lower_bound": max(lower)})
    found = pool([each.value for each in asked], [each.sd for each in asked])
    another = all(each.another for each in asked)
    doubt = _budget(found, claim, reading, asked, another_sd=_one_more(found, asked))
    whose, interval = (
        f"the pool of {len(asked)} maps",
        Interval.BOTH if another else Interval.GROUND,
    )
    verdict, why = decide(
        claim,
        reading,
        doubt.estimate,
        whole=whole_for(claim, reading, sizes),
        whose=whose,
        interval=interval,
        maps="all maps",
    )
    fits = verdict is Verdict.CONSISTENT
    lie = _apart(claim, found, asked, fits=fits)
    apart = f"{lie}{_where(claim, reading, asked, where)}{_left(maps)}"
    later = [each.judgement.later for each in asked]
    return Judgement(
        claim,
        reading,
        doubt.estimate,
        {},
        str(verdict),
        f"{why}; {apart}",
        budget=doubt,
        caveat=caveat_of(claim, doubt.estimate) if fits else Caveat.NONE,
        later=later[0] if all(later) else None,
        whose=whose,
        is_assumed=any(each.ground.is_assumed for each in asked),
        interval=interval,
        series=POOLED,
        maps=maps,
        apart=apart,
    )


def _budget(
    found: Pool,
    claim: Claim,
    reading: Reading,
    asked: Sequence[_OnMap],
    *,
    another_sd: float | None,
) -> Budget:
    """Return the pooled figure with where the doubt about it comes from."""
    widest = sorted((c for each in asked for c in each.shared), key=lambda c: c.span)
    shared = {each.name: each for each in widest}.values()  # of each the widest
    chances = {each.name: (each.sd, each.note) for each in shared if each.sd is not None}
    half = hypot(
        found.half_width(another_sd=another_sd), *(Z_95 * sd for sd, _ in chances.values())
    )
    floor, ceiling = limits_of(claim, reading)
    least, most = min(floor, found.value), max(ceiling, found.value)
    low, high = max(least, found.value - half), min(most, found.value + half)
    estimate = Estimate(found.value, low, high, claim.said_unit)
    doubt = random_budget(estimate, {**_causes(found, another_sd), **chances})
    for each in shared:
        if each.sd is None:
            ends = found.value - _half(each), found.value + _half(each)
            doubt = with_cause(doubt, each.name, *ends, each.note, floor=least, ceiling=most)
    return doubt


def _one_more(found: Pool, asked: Sequence[_OnMap]) -> float | None:
    """Return the error of the map that a figure stems from, None where it is one of these.

    The widest that is known on any of them; as large as theirs where none is.
    """
    if not all(each.another for each in asked):
        return None
    known = [each.other_sd for each in asked if each.other_sd is not None]
    return max(known, default=found.typical_sd)


def _causes(found: Pool, another_sd: float | None) -> dict[str, tuple[float, str]]:
    """Return what the interval of a pool is made of."""
    root = sum(weight**2 for weight in found.weights) ** 0.5
    weights = ", ".join(percent(each) for each in found.weights)
    one_more = hypot(another_sd or 0.0, found.disagreement_sd)
    more = f"an error of {figure(another_sd or 0.0)} and a disagreement like theirs"
    return {
        OWN_ERRORS: (found.own_sd, f"weights of the maps {weights}"),
        DISAGREEMENT: (
            root * found.disagreement_sd,
            f"random effect (DerSimonian and Laird), I2 {percent(found.i2)}, at least half of"
            " the variance of a map",
        ),
        **({} if another_sd is None else {ONE_MORE_MAP: (one_more, more)}),
    }


def _apart(claim: Claim, found: Pool, asked: Sequence[_OnMap], *, fits: bool) -> str:
    """Say how far the maps lie apart, and how many of them bear out what the pool does or not."""
    values = [each.value for each in asked]
    low, high, unit, count = min(values), max(values), claim.said_unit, len(asked)
    ends = bounds(low, high, like=high, unit=unit)
    words = unit_words(unit, high)
    apart = f"apart by {figure(high - low, unit=unit)} (I2 {percent(found.i2)})"
    lie = f"lie from {' to '.join(ends)} {words}, {apart}"
    agree = sum(each.judgement.agrees for each in asked)
    alone = " by itself" if fits and not agree else ""  # the pool, which is wider, does
    some = f"{agree or 'none'} of {count}{alone} {'bear' if agree > 1 else 'bears'} it out"
    give = f"{'both' if count == FEWEST else 'all'} give {ends[0]} {words}"
    return f"the {count} maps {give if give_one_figure(values) else lie}; {some}"


def give_one_figure(values: Sequence[float]) -> bool:
    """Return whether the figures of several maps are one, but for the rounding of sums.

    Parameters
    ----------
    values : sequence of float
        One of each map, in one unit; at least one.

    Examples
    --------
    >>> give_one_figure([2.0, 2.0 + 1e-9]), give_one_figure([2.0, 2.1])
    (True, False)
    >>> give_one_figure([0.0, -3e-14])  # a net of nothing is hardly ever nothing to the last digit
    True
    """
    apart = max(values) - min(values)
    return apart <= _AS_NEAR * max(map(abs, values)) or figure(apart) == "0"


def _where(claim: Claim, reading: Reading, asked: Sequence[_OnMap], where: Where) -> str:
    if give_one_figure([each.value for each in asked]):
        return ""
    least, most = min(asked, key=lambda e: e.value), max(asked, key=lambda e: e.value)
    names = least.judgement.series, most.judgement.series
    found = where(*names, days_of(reading, claim)[-1], reading.area)
    return f"; {found}" if found else ""


def _left(maps: Sequence[Judgement]) -> str:
    """Say which maps could not be asked; their own rows say why."""
    left = [f"'{each.series}'" for each in maps if not each.computed]
    return f"; {' and '.join(left)} could not be asked" if left else ""


def _alone(asked: Sequence[_OnMap], maps: Sequence[Judgement]) -> str:
    """Say that one map alone could measure a reading, or nothing where none could."""
    if not asked:
        return ""
    return f"only '{asked[0].judgement.series}' of {len(maps)} maps could be asked{_left(maps)}"

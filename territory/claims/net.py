"""What everyone gained and lost between two days, area by area, as the reading `net` counts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from territory.claims.figures import Unit
from territory.claims.model import Claim, Kind, Reading
from territory.claims.readings import measure_of, query_of
from territory.claims.tallies import face_km2
from territory.history.history import WHOLE
from territory.history.regions import ELSEWHERE
from territory.holders import NOBODY, Status
from territory.measure.ensemble import NEGLIGIBLE_SHARE, Ensemble, estimate
from territory.measure.estimate import Estimate
from territory.measure.rows import Row

NET_COLUMNS = (
    *("from_day", "to_day", "region", "actor"),
    *("gained", "lost", "net", "share", "low", "high"),
)
Pair = tuple[date, date]


@dataclass(frozen=True)
class Net:
    """What an actor gained and lost between two days, in km2.

    Attributes
    ----------
    gained, lost : float
        Ground that it had on one of the two days alone; neither is negative.
    net : Estimate
        The one less the other, with the interval.
    """

    gained: float
    lost: float
    net: Estimate


def net_claim(actors: Sequence[str], pair: Pair, area: str, status: Sequence[Status]) -> Claim:
    """Return a claim about a net change, with its one reading.

    Parameters
    ----------
    actors : sequence of str
        Whose change it is together, as the tables name them; ``"russia (claimed)"`` is one
        status of an actor.
    pair : (date, date)
        From which day to which.
    area : str
        A named area, or ``"all"``.
    status : sequence of Status
        What counts as having the ground.
    """
    reading = Reading(
        name="net", quantity=Kind.NET, by=tuple(actors), status=tuple(status), area=area
    )
    return Claim(
        id="net",
        text="",
        publisher="",
        published=pair[1],
        value=0,
        unit=Unit.KM2,
        period=pair,
        reading=(reading,),
    )


def net_of(ensemble: Ensemble, claim: Claim) -> Net:
    """Return what an actor gained and lost.

    Parameters
    ----------
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    claim : Claim
        See `net_claim`.

    Returns
    -------
    Net
        In km2.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import Holder
    >>> days = date(2018, 1, 1), date(2018, 2, 1)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0, 0], [0, 1, 1]], dtype=np.int16), days=days,
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> found = net_of(Ensemble(history), net_claim(["a"], days, "all", [Status.HELD]))
    >>> found.gained, found.lost, found.net.value
    (2.0, 1.0, 1.0)
    """
    reading, part = claim.reading[0], ensemble.inside(claim.reading[0].area)
    base = part.base
    inside, km2 = base.mask(reading.area), face_km2(base)
    moved = query_of(claim, reading).moved(base)
    gained, lost = (float(km2[inside] @ each[inside]) for each in moved)
    return Net(gained, lost, estimate(part, measure_of(claim, reading, base)))


def net_rows(
    ensemble: Ensemble,
    pairs: Iterable[Pair],
    areas: Sequence[str],
    *,
    actors: Sequence[str] = (),
    status: Sequence[Status] = (Status.HELD,),
) -> list[Row]:
    """Return what each actor gained and lost in each area between two days.

    Parameters
    ----------
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    pairs : iterable of (date, date)
        From which day to which, days of the history.
    areas : sequence of str
        Named areas that do not overlap, such as regions. An `ELSEWHERE` without ground is
        left out.
    actors : sequence of str
        As the tables name them; by default each, a status at a time, that has ground in an
        area on one of the two days.
    status : sequence of Status
        What counts as having the ground, for a name without a status.

    Returns
    -------
    list of mapping
        By `NET_COLUMNS` and more; in km2, `low` and `high` of the net, `drawn_low` and
        `drawn_high` of it as drawn. `share` is what part of the net change of the actor on all
        ground lies in this area, in percent: below 0 where the area goes the other way, and None
        as `share_of_net` says.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from dataclasses import replace
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import Holder
    >>> days = date(2018, 1, 1), date(2018, 2, 1)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(4)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0, 0, 0], [0, 1, 1, 1]], dtype=np.int16), days=days,
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> east = np.array([False, True, True, True])
    >>> regions = replace(history, within={"west": ~east, "east": east})
    >>> for row in net_rows(Ensemble(regions), [days], ["west", "east"]):
    ...     row["region"], row["gained"], row["lost"], row["net"], row["share"]
    ('west', 0.0, 1.0, -1.0, -50.0)
    ('east', 3.0, 0.0, 3.0, 150.0)
    """
    there = [each for each in areas if each != ELSEWHERE or ensemble.base.mask(each).any()]
    found = []
    for pair in pairs:
        rows: list[Row] = [
            {"from_day": pair[0], "to_day": pair[1], "region": area, "actor": actor, **_cells(net)}
            for area in there
            for actor in actors or _present(ensemble, pair, area)
            for net in [net_of(ensemble, net_claim([actor], pair, area, status))]
        ]
        found += _with_shares(ensemble, rows, pair, status)
    return found


def _present(ensemble: Ensemble, pair: Pair, area: str) -> list[str]:
    """Return who has ground in an area on one of two days."""
    base = ensemble.base
    held = base.held_km2(pair, area)
    some = held.max(axis=0) > NEGLIGIBLE_SHARE * held.sum(axis=1).max()
    return [
        str(holder)
        for holder, there in zip(base.holders, some, strict=True)
        if there and holder != NOBODY
    ]


def _cells(found: Net) -> Row:
    return {
        "gained": found.gained,
        "lost": found.lost,
        "net": found.net.value,
        "low": found.net.low,
        "high": found.net.high,
        "drawn_low": found.net.drawn_low,
        "drawn_high": found.net.drawn_high,
    }


def _with_shares(
    ensemble: Ensemble, rows: list[Row], pair: Pair, status: Sequence[Status]
) -> list[Row]:
    """Add to each row of one pair of days its share of the net change of its actor."""
    nothing = NEGLIGIBLE_SHARE * ensemble.base.km2(ensemble.base.mask())
    whole = {
        actor: net_of(ensemble, net_claim([actor], pair, WHOLE, status)).net
        for actor in dict.fromkeys(str(row["actor"]) for row in rows)
    }
    return [
        {**row, "share": share_of_net(float(row["net"]), whole[str(row["actor"])], nothing)}  # type: ignore[arg-type]
        for row in rows
    ]


def share_of_net(part: float, whole: Estimate, nothing: float = 0.0) -> float | None:
    """Return what part of a net change another is, in percent, where that means anything.

    A share is of something. Where gains and losses nearly cancel, so that the interval of the
    whole net holds zero, nobody knows whether there was a change at all, nor which way it went:
    a part of it may be any number of percent, of either sign.

    Parameters
    ----------
    part : float
        The net change of a part, in the unit of the whole.
    whole : Estimate
        The net change of all, with its interval.
    nothing : float
        The size that the rounding of coordinates may have.

    Returns
    -------
    float or None
        Below 0 where the part goes the other way, above 100 where others do. None where the
        interval of the whole holds zero.

    Examples
    --------
    >>> share_of_net(-1.0, Estimate(4.0, 3.0, 5.0))
    -25.0
    >>> share_of_net(400.0, Estimate(4.0, -3.0, 11.0)) is None
    True
    """
    if whole.low <= 0 <= whole.high or abs(whole.value) <= nothing:
        return None
    return 100 * part / whole.value

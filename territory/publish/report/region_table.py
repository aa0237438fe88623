"""What everyone gained and lost in each region: the first table of a report that has regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from territory.claims.net import net_rows
from territory.history.regions import ELSEWHERE, RegionLabel
from territory.job.series import Loaded
from territory.measure.rows import Row
from territory.numbers import printed
from territory.publish.report.report_text import actor, long_day, number, span
from territory.read.actor_looks import Looks

_HARDLY = 0.005  # km2: gained and lost less than that is written as nothing


@dataclass(frozen=True)
class RegionRow:
    """One actor in one region, as text; `name` is empty but for the first row of a region.

    Attributes
    ----------
    local, code : str
        The name in the language of the file, where it is another, and the code.
    gained, lost, net, interval, share : str
        Square kilometres, and percent of the net change of the actor on all ground; no share
        where that may be none (`territory.claims.net.share_of_net`).
    """

    name: str
    local: str
    code: str
    actor: str
    gained: str
    lost: str
    net: str
    interval: str
    share: str


@dataclass(frozen=True)
class RegionTable:
    """The regions of one series from the first day that is reported to the last.

    Attributes
    ----------
    series : str
        Its name.
    since, until : str
        The two days.
    rows : tuple of RegionRow
        Regions, and actors in each, with the largest change first.
    unchanged : tuple of str
        Regions that are in no row because nobody gained or lost anything there.
    """

    series: str
    since: str
    until: str
    rows: tuple[RegionRow, ...]
    unchanged: tuple[str, ...]

    @property
    def lacks_shares(self) -> bool:
        """Whether a row has no share."""
        return not all(row.share for row in self.rows)


def region_table(loaded: Loaded) -> RegionTable | None:
    """Return what everyone gained and lost in each region; None without regions or change of day.

    Parameters
    ----------
    loaded : Loaded
        A series, cut along its regions.
    """
    if not loaded.regions or len(loaded.days) < 2:  # noqa: PLR2004 - a first day and a last
        return None
    pair = loaded.days[0], loaded.days[-1]
    there = [each for each in loaded.ensemble.base.area_names if each in loaded.regions]
    found = net_rows(loaded.ensemble, [pair], [*there, ELSEWHERE])
    rows: list[RegionRow] = []
    unchanged: list[str] = []
    for region in _by_change(found):
        own = [row for row in found if row["region"] == region and _moved(row) > _HARDLY]
        called = _called(region, loaded.regions)
        if not own:
            unchanged.append(called[0])
        own.sort(key=_moved, reverse=True)
        blank = ("", "", "")
        rows += [_row(row, blank if n else called, loaded.looks) for n, row in enumerate(own)]
    return RegionTable(
        loaded.name, long_day(pair[0]), long_day(pair[1]), tuple(rows), tuple(unchanged)
    )


def _by_change(rows: Sequence[Row]) -> list[str]:
    """Return the regions, those first where most changed hands; what is equal as in the file."""
    moved: dict[str, float] = {}
    for row in rows:
        region = str(row["region"])
        moved[region] = max(moved.get(region, 0.0), _moved(row))
    return sorted(moved, key=lambda each: -moved[each])


def _moved(row: Row) -> float:
    return float(row["gained"]) + float(row["lost"])  # type: ignore[arg-type]


def _called(region: str, labels: Mapping[str, RegionLabel]) -> tuple[str, str, str]:
    """Return the English name of a region, its own name where that differs, and its code."""
    if region not in labels:
        return "Elsewhere", "", ""
    label = labels[region]
    local = next((t for language, t in label.titles.items() if language != "en"), "")
    name = label.titles.get("en", region)
    other = region if name != region else local
    return name, other if other != name else "", label.code if label.code not in name else ""


def _share(percent: float) -> str:
    """Return a share in whole percent; what is not nothing is never nought.

    Examples
    --------
    >>> _share(60.4), _share(0.2), _share(-0.2), _share(-3.4), _share(0.0)
    ('60 %', '<1 %', '<1 %', '−3 %', '0 %')
    """
    whole = round(percent)
    return "<1 %" if percent and not whole else f"{printed(str(whole))} %"


def _row(row: Row, called: tuple[str, str, str], looks: Looks) -> RegionRow:
    like = _moved(row)
    gained, lost, net, low, high = (
        float(row[name])  # type: ignore[arg-type]
        for name in ("gained", "lost", "net", "low", "high")
    )
    sign = "+" if net > 0 else ""
    share = row["share"]
    return RegionRow(
        *called,
        actor(str(row["actor"]), looks),
        number(gained, like=like),
        number(lost, like=like),
        f"{sign}{number(net, like=like)}",
        span(low, high, like=like),
        _share(share) if isinstance(share, float) else "",
    )

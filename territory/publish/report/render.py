"""From results and pictures to the one page; the words of the page stand in its template."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from territory.claims.caveats import Caveat
from territory.claims.closeness import Fit
from territory.claims.summaries import checked
from territory.claims.verdicts import Judgement, claimed_days
from territory.extras import require
from territory.findings import FindingKind
from territory.history.history import WHOLE
from territory.holders import Holder
from territory.job.series import Loaded
from territory.job.study import Results
from territory.languages import language_name
from territory.maps.kinds.catalogue import Days, kinds_of
from territory.maps.style import Style, styles_for
from territory.measure.rows import Row
from territory.publish.report.answer import Outcome, answer, outcome
from territory.publish.report.bars import BarChart
from territory.publish.report.beside import BesideView, beside_view
from territory.publish.report.captions import BETWEEN_MAPS, plates
from territory.publish.report.doubt import doubts_of
from territory.publish.report.embed import DAYS, embedded, is_of_day, languages
from territory.publish.report.forest import Forest, forests
from territory.publish.report.headline import headline_of, looks_of
from territory.publish.report.matrix import Exchange, claimed_periods, exchanges
from territory.publish.report.measuring_ways import Explained, Explanations, explained
from territory.publish.report.method import WORD_RULE, doubts, method
from territory.publish.report.reading_list import ClaimView, claim_view
from territory.publish.report.region_table import region_table
from territory.publish.report.report_text import Titles, area, long_day, number, prose
from territory.publish.report.scenario_bars import tornadoes
from territory.publish.report.timeline import HEIGHT, Timeline, timelines
from territory.read.actor_looks import Looks
from territory.untrusted import clean

if TYPE_CHECKING:
    from jinja2 import Environment

QUALITY_ROWS = 200
_DOUBTS = 12
_BETWEEN = BETWEEN_MAPS.replace("_", "-")
_APART = kinds_of(Days.TWO, in_job=True)  # pictures that have a place of their own
TALLY = {
    Outcome.ALL: "fit in every reading",
    Outcome.MEASURED: "fit in every reading that could be measured",
    Outcome.SOME: "fit in some readings and not in others",
    Outcome.NONE: "fit in no reading",
    Outcome.OPEN: "fit in no reading that could be measured, and stay open",
    Outcome.UNCHECKED: "cannot be checked with these data",
}


def _tally_words(found: Outcome, count: int) -> str:
    """Return what so many claims do."""
    words = TALLY[found]
    return re.sub(r"\b(fit|stay)\b", r"\1s", words) if count == 1 else words


@dataclass(frozen=True)
class SeriesView:
    """What the page shows of one series."""

    name: str
    exchanges: tuple[Exchange, ...]
    timelines: tuple[Timeline, ...]
    beside: tuple[BesideView, ...]
    method: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClaimSection:
    """A claim with the sentence that answers it, and where the doubt comes from.

    `far` says whether a reading fits only because "over" and "under" have no end, `loose`
    whether one fits only loosely. `fitting` are the budgets of the readings that fit (of all
    where none does), `further` those of the others.
    """

    claim: ClaimView
    answer: str
    outcome: Outcome
    ranged: bool
    far: bool
    loose: bool
    fitting: tuple[BarChart, ...]
    further: tuple[BarChart, ...]
    explained: Explained | None
    forests: tuple[Forest, ...]


def render(
    results: Results,
    pictures: Mapping[str, Path],
    *,
    explanations: Explanations = MappingProxyType({}),
) -> str:
    """Return the report as one HTML page that needs nothing else.

    Parameters
    ----------
    results : Results
        Everything a job found out; its first claim leads.
    pictures : mapping of str to Path
        PNG files by what they show: a day such as ``2018-02-05``, ``before_after``,
        ``transfers``. They are scaled down and put into the page.
    explanations : mapping of str to (str, sequence of Row)
        By claim, which ways of measuring give its figure: a sentence, and the rows of
        `territory explain`.

    Returns
    -------
    str
        The same for the same results and pictures.

    Raises
    ------
    InputError
        If a picture cannot be read.
    """
    return (
        _environment()
        .get_template("report.html.j2")
        .render(_context(results, pictures, explanations))
    )


def _environment() -> "Environment":
    require("run")
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("territory.publish.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _cleaned(value: object) -> object:
    """Clean whatever text is put into the page; markup is the page's own."""
    from markupsafe import Markup

    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _context(
    results: Results, pictures: Mapping[str, Path], explanations: Explanations
) -> dict[str, Any]:
    images = embedded(pictures)
    days = {key.partition(".")[0] for key in pictures if is_of_day(key)}
    titles = results.titles("en")
    looks = looks_of(results)
    sections = [_claim_section(group, explanations, titles, looks) for group in results.judgements]
    lead = results.judgements[0] if results.judgements else ()
    found = doubts(results.quality)
    framed = plates(results, images)
    styles = styles_for(*(each.ensemble.base.holders for each in results.loaded), looks=looks)
    return {
        "title": results.job.title or "Area of control, recomputed",
        "headline": headline_of(results),
        "report": results.job.report,
        "lead": sections[0] if sections else None,
        "lead_checked": bool(checked(lead)),
        "others": sections[1:],
        "tally": Counter(each.outcome for each in sections),
        "outcomes": list(Outcome),
        "tally_words": _tally_words,
        "unchecked": Outcome.UNCHECKED,
        "opening": [each for each in framed if each.picture.kind == "before-after"],
        "between": [each for each in framed if each.picture.key == BETWEEN_MAPS],
        "plates": [each for each in framed if each.picture.kind not in (*_APART, "day", _BETWEEN)],
        "moved": [each for each in framed if each.picture.kind == "transfers"],
        "by_day": [each for each in framed if each.picture.day],
        "days_left_out": len(days) > DAYS,
        "days_drawn": len(days),
        "days": len(results.loaded[0].days),
        "also_in": [language_name(code) for code in languages(pictures)],
        "series": [_series(results, each, lead, styles) for each in results.loaded],
        "region_tables": [table for each in results.loaded if (table := region_table(each))],
        "tornadoes": tornadoes(lead) if lead else (),
        "period": _period(results),
        "height": HEIGHT,
        "word_rule": WORD_RULE,
        "doubts": [prose(str(row["detail"])) for row in found[:_DOUBTS]],
        "more_doubts": max(0, len(found) - _DOUBTS),
        "quality": [_quality(row) for row in results.quality[:QUALITY_ROWS]],
        "more_quality": max(0, len(results.quality) - QUALITY_ROWS),
    }


def _claim_section(
    group: Sequence[Judgement], explanations: Explanations, titles: Titles, looks: Looks
) -> ClaimSection:
    found = doubts_of(group)
    yes = {each.reading.name for each in group if each.reading and each.agrees}
    fitting = tuple(each for each in found if each.reading in yes) or found
    return ClaimSection(
        claim_view(group, titles, looks),
        answer(group),
        outcome(group),
        any(each.scenarios for each in group),
        any(each.caveat in (Caveat.FAR_ABOVE, Caveat.FAR_BELOW) for each in group),
        any(each.fit is Fit.LOOSE for each in group),
        fitting,
        tuple(each for each in found if each not in fitting),
        explained(group[0].claim.id, str(group[0].claim.unit), explanations),
        forests(group),
    )


def _series(
    results: Results, loaded: Loaded, lead: Sequence[Judgement], styles: Mapping[Holder, Style]
) -> SeriesView:
    there, first = set(loaded.ensemble.base.days), loaded is results.loaded[0]
    periods = [each for each in claimed_periods(lead) if first and there.issuperset(each)]
    titles = results.titles("en")
    distinct = loaded.ensemble.base.distinct_areas  # an area that is all ground stands for it
    rows = [row for row in results.areas if row["area"] in distinct]
    return SeriesView(
        loaded.name,
        exchanges(loaded, results.changes, periods, titles),
        timelines(rows, loaded.name, titles, styles=styles, marked=claimed_days(lead)),
        _beside(results, titles) if loaded is results.loaded[0] else (),
        method(loaded),
    )


def _beside(results: Results, titles: Titles) -> tuple[BesideView, ...]:
    specs = results.job.report.beside
    return tuple(
        beside_view(spec, published, results.loaded[0], titles)
        for spec, published in zip(specs, results.beside, strict=True)
    )


def _period(results: Results) -> str:
    """Return the days, after the name of the ground where that is not all there is."""
    days, whole = results.loaded[0].days, results.loaded[0].ensemble.base.stands_for_all
    first, last = long_day(days[0]), long_day(days[-1])
    where = "" if whole in {WHOLE, ""} else f"in {area(whole, results.titles('en'))}, "
    return where + (first if first == last else f"{first} to {last}")


def _quality(row: Row) -> dict[str, str]:
    """Return a finding as text; the effect of a mere check is too small to write."""
    km2 = None if row["kind"] == FindingKind.GEODESIC_CHECK else row["km2"]
    return {
        "series": str(row["series"]),
        "day": str(row["day"] or ""),
        "kind": str(row["kind"]),
        "severity": str(row["severity"]),
        "km2": number(km2) if isinstance(km2, float) else "",
        "detail": prose(str(row["detail"])),
    }

"""What was published, what it may mean, and whether the ground bears it out.

A `Claim` is one published figure. Each of its `Reading`s says exactly what the sentence
may mean: which actors, which area, which days, which quantity. `judge` first asks whether
the figure can be true at all (`contradiction`), then measures every reading and compares
two intervals, the published and the computed one.

==========  ==============================================================
module      answers
==========  ==============================================================
words       what interval do a figure and its word allow?
figures     what is a published figure, and what is it a part of?
model       what may stand in a claims file?
caveats     what must be said beside a verdict?
closeness   how well do two intervals that overlap agree?
plausible   does the figure contradict itself, or the size of the place?
publishers  whose figure is it, and whose map?
measures    what is to be read off the polygons for a reading?
obstacles   what keeps a reading from being measured?
cut         what can differ on the publisher's own map: the hour, the way of measuring?
decision    which sentence decides, and whose map does it speak of?
verdicts    how does each reading come out?
summaries   what does a claim come to, in one sentence?
==========  ==============================================================
"""

from territory.claims.caveats import Caveat, LaterMap
from territory.claims.closeness import Fit
from territory.claims.decision import decide
from territory.claims.figures import Companion, Day, Published, Reference, Unit, iso_day
from territory.claims.measures import People, Query, Tally, measure_of, query_of, tally_of
from territory.claims.model import Claim, Claims, Kind, Reading, Verdict, at, days_of
from territory.claims.plausible import Fault, Whole, contradiction, whole_of
from territory.claims.summaries import (
    checked,
    conclusion,
    ends_of,
    further,
    lack,
    left_out,
    summary,
)
from territory.claims.verdicts import Judgement, claimed_days, judge
from territory.claims.words import Numeral, Precision, published_interval

__all__ = [
    "Caveat",
    "Claim",
    "Claims",
    "Companion",
    "Day",
    "Fault",
    "Fit",
    "Judgement",
    "Kind",
    "LaterMap",
    "Numeral",
    "People",
    "Precision",
    "Published",
    "Query",
    "Reading",
    "Reference",
    "Tally",
    "Unit",
    "Verdict",
    "Whole",
    "at",
    "checked",
    "claimed_days",
    "conclusion",
    "contradiction",
    "days_of",
    "decide",
    "ends_of",
    "further",
    "iso_day",
    "judge",
    "lack",
    "left_out",
    "measure_of",
    "published_interval",
    "query_of",
    "summary",
    "tally_of",
    "whole_of",
]

"""How did they get that number? From published figures and files to measuring recipes.

`zones` reads the files label by label, `soundness` says which days are to be trusted,
`published` explains series and totals, `claims` and `judged` what readings ask of a history,
`ask` is what the command line calls.
"""

from territory.explain.ask import (
    Figures,
    explain_claims,
    explain_figures,
    read_claims,
)
from territory.explain.claims import asked, explain_claim, measured_ground
from territory.explain.judged import explain_judged
from territory.explain.published import explain_published, measured_day
from territory.explain.soundness import as_line
from territory.explain.zones import Zones, read_labels

__all__ = [
    "Figures",
    "Zones",
    "as_line",
    "asked",
    "explain_claim",
    "explain_claims",
    "explain_figures",
    "explain_judged",
    "explain_published",
    "measured_day",
    "measured_ground",
    "read_claims",
    "read_labels",
]

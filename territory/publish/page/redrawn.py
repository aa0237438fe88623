"""Which section of the front ground lies in, for the page to count late and early redrawing.

The page reads off its own days what they would be so much sooner and later, as
`territory.measure.redraw_lag` does, for days and pairs of days that have no interval beforehand.
For that it must know how much of each group of faces that changes hands lies in which section.

Most groups lie in one section or two. So areas are written of all pieces of a group but the
largest, which is what the others leave.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from territory.geometry.projection import Floats, Ints
from territory.history.history import History
from territory.history.sections import Sections
from territory.measure.ensemble import Ensemble
from territory.publish.page.pack import packed, steps, zigzag
from territory.publish.page.scopes import Groups


def redrawn(ensemble: Ensemble, cut: History, groups: Groups) -> dict[str, Any]:
    """Return the lag and the pieces of groups by section, under one name.

    Parameters
    ----------
    ensemble : Ensemble
        With how many days sections are off.
    cut : History
        Its history, cut along the provinces.
    groups : Groups
        The faces of that history in groups.

    Returns
    -------
    dict
        Days, and areas in hundredths of a square metre, as those of groups are; empty where no
        section is off or no ground ever changed hands.
    """
    if not ensemble.lag_days:
        return {}
    own = ensemble if cut is ensemble.base else replace(ensemble, base=cut, sectioned=None)
    group, section, area = _pieces(own.sections, groups.of_face)
    if not group.size:
        return {}
    has_more = np.append(group[1:] == group[:-1], False)
    return {
        "redrawn": {
            "days": ensemble.lag_days,
            "groups": packed(steps(group)),
            "sections": packed(zigzag(steps(section))),
            "areas": packed(area[has_more]),
        }
    }


def _pieces(sections: Sections, of_face: Ints) -> tuple[Ints, Ints, Floats]:
    """Return group, section and area of each piece; the largest of a group comes last."""
    key = of_face[sections.face].astype(np.int64) * sections.count + sections.section
    there, at = np.unique(key, return_inverse=True)
    area = np.rint(np.bincount(at.reshape(-1), sections.km2 * 1e8, len(there)))
    some = area > 0  # coordinates are rounded, which leaves pieces of nothing beyond a line
    group, section = np.divmod(there[some], max(sections.count, 1))
    order = np.lexsort((area[some], group))
    return group[order], section[order], area[some][order]

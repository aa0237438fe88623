"""Days as they were cleaned, for a later run in which their zones are the same."""

import numpy as np
import shapely

from territory.findings import Finding
from territory.geometry.projection import WGS84, is_wgs84
from territory.history.repair import Repair
from territory.history.snapshot import Snapshot
from territory.holders import Holder, Status
from territory.job.consecutive_days import Day
from territory.memo import Form, Kept, key_of
from territory.packed import Unnamed, is_usual, joined, numbers, parted


def days_form(
    reserved: frozenset[str], repair: Repair | None, doubt_percent: float
) -> Form[Day, Snapshot | Finding]:
    """Return how cleaned days are kept.

    Kept are days whose zones are all there: what lost features had, other days tell.

    Parameters
    ----------
    reserved, repair, doubt_percent
        See `territory.job.clean_days.normalised`.
    """
    settings = sorted(reserved), None if repair is None else str(repair), doubt_percent

    def key(day: Day) -> bytes | None:
        raw, near = day
        if near or not is_wgs84(raw.crs):
            return None
        about = Unnamed(raw.source.location)
        try:
            findings = about.cells(raw.findings)
            spots = [(about.taken(file), number) for file, number in raw.spots]
        except ValueError:
            return None
        said = (
            raw.day.isoformat(),
            (about.name, raw.source.publisher, raw.source.licence),
            [(each.actor, str(each.status)) for each in raw.holders],
            findings,
            spots,
            raw.identities,
        )
        shapes = (b"" if each is None else each for each in shapely.to_wkb(raw.geometry))
        crs = "" if is_usual(raw.crs) else raw.crs.to_wkt()
        return key_of("day", settings, crs, said, *shapes)

    return Form(key, _packed, _snapshot, lasts=True)


def _packed(day: Day, found: Snapshot | Finding) -> bytes | None:
    """Return a cleaned day as bytes; None where it would not come back the same."""
    if not isinstance(found, Snapshot):
        return None
    try:
        head = {
            "holders": [[each.actor, str(each.status)] for each in found.holders],
            "audit": Unnamed(day[0].source.location).cells(found.audit),
        }
        arrays = found.xy, found.ring_start, found.ring_layer
        packed = joined(head, *(each.tobytes() for each in arrays))
        return packed if _same(_snapshot(day, packed), found) else None
    except (TypeError, ValueError):  # what JSON cannot say
        return None


def _snapshot(day: Day, kept: Kept) -> Snapshot:
    raw = day[0]
    head, (xy, ring_start, ring_layer) = parted(kept)
    return Snapshot(
        raw.day,
        WGS84,
        tuple(Holder(actor, Status(status)) for actor, status in head["holders"]),
        numbers(xy, "<f8").reshape(-1, 2),
        numbers(ring_start, "<i8"),
        numbers(ring_layer, "<i8"),
        Unnamed(raw.source.location).findings(head["audit"]),
    )


def _same(one: Snapshot, other: Snapshot) -> bool:
    arrays = (
        (one.xy, other.xy),
        (one.ring_start, other.ring_start),
        (one.ring_layer, other.ring_layer),
    )
    return (
        (one.day, one.holders, one.audit) == (other.day, other.holders, other.audit)
        and is_usual(other.crs)
        and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in arrays)
    )

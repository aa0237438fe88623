"""The page has no share of a net change that may be none, as the tables: its script is run."""

from itertools import combinations

import pytest
from drawn_pages import NEEDS_NODE, net_on_the_page, topic_of
from squares import drawn, squares
from test_page import resampled
from test_page_lag import late

from territory.claims.net import net_claim, net_of, net_rows, share_of_net
from territory.history.history import WHOLE, from_snapshots
from territory.holders import Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble


def in_tables(ensemble):
    """Return what `net_on_the_page` should say."""
    base, found = ensemble.base, []
    for i, j in sorted(combinations(range(len(base.days)), 2), key=lambda pair: pair[::-1]):
        for number, holder in enumerate(base.holders):
            if holder.actor == "nobody":
                continue
            claim = net_claim([str(holder)], (base.days[i], base.days[j]), WHOLE, [Status.HELD])
            net = net_of(ensemble, claim).net
            share = share_of_net(1.0, net, 1e-9 * base.km2(base.mask()))
            found.append((i, j, number, net.value, net.low, net.high, share and share / 100))
    return found


def same(found, expected, tolerance):
    assert len(found) == len(expected) > 0
    for (*said, share), (*wanted, part) in zip(found, expected, strict=True):
        assert said == pytest.approx(wanted, abs=tolerance)
        assert share is part is None or share == pytest.approx(part, rel=1e-4)
    assert {share is None for *_, share in found} == {True, False}


@NEEDS_NODE
@pytest.mark.parametrize("lag_days", [0.0, 1.0, 3.7])
def test_the_page_has_the_interval_of_a_net_change_and_its_shares(lag_days):
    """Across a line between one who gained and one who lost a figure changes by two."""
    ensemble = late(lag_days)
    same(net_on_the_page(topic_of(ensemble)), in_tables(ensemble), 1e-5)


@NEEDS_NODE
def test_a_page_of_places_has_those_of_the_draws():
    ensemble = resampled()
    same(net_on_the_page(topic_of(ensemble)), in_tables(ensemble), 2e-6)


@NEEDS_NODE
def test_days_without_an_interval_have_no_share():
    ensemble = resampled()
    topic = topic_of(ensemble, compared=ensemble.base.days[:1])
    assert all(low is high is share is None for *_, low, high, share in net_on_the_page(topic))


@NEEDS_NODE
def test_where_no_error_is_known_all_that_is_not_nothing_has_a_share():
    days = squares("AAB."), squares("ABBA"), squares("AABA")
    ensemble = Ensemble(from_snapshots(tuple(drawn(grid, n) for n, grid in enumerate(days))))
    same(net_on_the_page(topic_of(ensemble)), in_tables(ensemble), 1e-6)


def test_a_share_of_what_may_be_nothing_is_none_in_the_table():
    """A square and a bit is gained in the west and a square lost in the east."""
    before, after = squares("A.AA", "....", "AAAA"), squares("AAA.", "....", "AAAA")
    history = from_snapshots((drawn(before, 0), drawn(after, 1)))
    for error in (None, BoundaryError(50.0)):
        rows = net_rows(Ensemble(history, error), [history.days], [WHOLE], actors=["A"])
        assert [row["share"] for row in rows] == [None]

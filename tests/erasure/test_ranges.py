"""Lists of sectors: sorted, merged, and exact in their totals."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from erasure.outcome import LbaRange
from erasure.ranges import RangeLedger, merged, sectors_in

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=30)


@given(SPANS)
def test_a_ledger_holds_exactly_the_sectors_that_were_added(spans: list[tuple[int, int]]) -> None:
    ledger, wanted = RangeLedger(), set()
    for first, count in spans:
        ledger.add(first, count)
        wanted |= set(range(first, first + count))
    ranges = ledger.ranges()
    held = [lba for item in ranges for lba in range(item.first, item.first + item.count)]
    assert held == sorted(wanted)
    assert ledger.sectors() == len(wanted) == sectors_in(ranges)
    assert all(one.first + one.count < other.first for one, other in pairwise(ranges))


def test_neighbours_become_one_range() -> None:
    ledger = RangeLedger((LbaRange(7, 2),))
    ledger.add(9)
    ledger.add(10, 5)
    assert ledger.ranges() == (LbaRange(7, 8),)
    assert len(ledger) == 1


def test_an_empty_range_is_no_range() -> None:
    assert merged((LbaRange(4, 0),)) == ()

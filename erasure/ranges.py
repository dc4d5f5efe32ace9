"""Lists of logical sectors that stay short: neighbours merge while they are added, and the result is sorted."""

from collections.abc import Iterable

from erasure.outcome import LbaRange


def merged(ranges: Iterable[LbaRange]) -> tuple[LbaRange, ...]:
    """Sort `ranges` by LBA and join those that touch or overlap. No sector is counted twice."""
    result: list[LbaRange] = []
    for item in sorted(ranges):
        if result and item.first <= result[-1].first + result[-1].count:
            last = result[-1]
            end = max(last.first + last.count, item.first + item.count)
            result[-1] = LbaRange(last.first, end - last.first)
        elif item.count > 0:
            result.append(item)
    return tuple(result)


def sectors_in(ranges: Iterable[LbaRange]) -> int:
    """Count the sectors of `ranges`, each once."""
    return sum(item.count for item in merged(ranges))


class RangeLedger:
    """Collects sectors as they are found; joins a sector to the range before it when it follows directly."""

    def __init__(self, known: Iterable[LbaRange] = ()) -> None:
        self._ranges = list(merged(known))
        self._sectors = sectors_in(self._ranges)
        self._in_order = True  # no sector was noted twice or out of order so far

    def __len__(self) -> int:
        return len(self._ranges)

    def add(self, first: int, count: int = 1) -> None:
        """Note `count` sectors from LBA `first` on."""
        last = self._ranges[-1] if self._ranges else None
        self._in_order = self._in_order and (last is None or last.first + last.count <= first)
        self._sectors += count
        if last is not None and last.first + last.count == first:
            self._ranges[-1] = LbaRange(last.first, last.count + count)
        else:
            self._ranges.append(LbaRange(first, count))

    def ranges(self) -> tuple[LbaRange, ...]:
        """All sectors noted so far, sorted and merged."""
        return merged(self._ranges)

    def sectors(self) -> int:
        """How many sectors were noted, each once."""
        return self._sectors if self._in_order else sectors_in(self._ranges)

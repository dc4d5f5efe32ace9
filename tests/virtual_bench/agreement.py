"""Two readings of one drive, fact by fact: what the agent says, and what a tool of other people says of it.

A comparison that cannot fail shows nothing: each one is made again with every single value altered, and must name it.
"""

from collections.abc import Mapping

from tests.virtual_bench.bench import expect, require

Reading = Mapping[str, object]
ABSENT = "(nothing)"


def disagreements(ours: Reading, theirs: Reading) -> dict[str, str]:
    """Name every fact that only one of them has, or that they read differently; 1 is not True here."""
    found = {}
    for name in sorted({*ours, *theirs}):
        mine, other = ours.get(name, ABSENT), theirs.get(name, ABSENT)
        if (type(mine), mine) != (type(other), other):
            found[name] = f"the agent says {mine!r}, the tool says {other!r}"
    return found


def altered(value: object) -> object:
    """Give another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return f"{value}x"


def agree(drive: str, ours: Reading, theirs: Reading) -> int:
    """Ask that both read the same, and that one altered value would be noticed; give the number of facts."""
    expect(f"facts of {drive} that are read differently", seen=disagreements(ours, theirs), wanted={})
    for name, value in theirs.items():
        noticed = disagreements(ours, {**theirs, name: altered(value)})
        expect(f"what is noticed when {name} of {drive} is altered", seen=[*noticed], wanted=[name])
    return len(theirs)


def tells_apart(ours: Reading, others: Reading, *names: str) -> None:
    """Ask that what the tool says of another drive is noticed, at least by these names."""
    noticed = disagreements(ours, others)
    require(f"another drive is noticed by {names}", {*names} <= {*noticed}, seen=[*noticed])

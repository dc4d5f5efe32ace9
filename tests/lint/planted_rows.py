"""Every planted bug stands where it is planted: its text once in its file, and its tests in theirs.

The accident: a line is renamed, its row can no longer be planted, and that is seen only on the day of its share.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.planted.bugs import Bug, load


def problems(root: Path) -> list[str]:
    """Name every row that does not fit."""
    bugs = load(*sorted((root / "tests" / "planted").glob("bugs*.toml")))
    return [f"{bug.id}: {problem}" for bug in bugs for problem in _of(root, bug)] or ([] if bugs else ["no row at all"])


def _of(root: Path, bug: Bug) -> Iterator[str]:
    path = root / bug.file
    times = path.read_text(encoding="utf-8").count(bug.old) if path.is_file() else 0
    if times != 1:
        yield f"its text stands {times} times in {bug.file}, not once"
    for test in bug.tests:
        file, _, name = test.partition("::")
        wanted = rf"^ *def {name.rpartition('::')[2].partition('[')[0]}\b"
        if not (root / file).exists():
            yield f"there is no {file}"
        elif name and not re.search(wanted, (root / file).read_text(encoding="utf-8"), re.MULTILINE):
            yield f"there is no test {name} in {file}"

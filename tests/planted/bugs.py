"""The list of planted bugs: rows (file, old, new) and the tests that must notice.

`bugs.toml`:

    [[bug]]
    id = "skip-verification"             # unique
    why = "an erase that is not read back is not proven"
    file = "erasure/run.py"
    old = "if not verified:"             # must stand exactly once in the file
    new = "if False:"
    tests = ["tests/erasure/test_run.py::test_a_drive_that_drops_writes_is_not_erased"]
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


class BadRow(Exception):
    """A row that cannot be planted: it would count as caught, or as nothing, and prove neither."""


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug that the suite must catch."""

    id: str
    why: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def plant(self, tree: Path) -> None:
        """Write the bug into a copy of the tree. Raises BadRow when `old` does not stand there exactly once."""
        path = tree / self.file
        source = path.read_text(encoding="utf-8") if path.is_file() else ""
        if (times := source.count(self.old)) != 1:
            raise BadRow(f"{self.id}: the old text stands {times} times in {self.file}, not once")
        path.write_text(source.replace(self.old, self.new), encoding="utf-8")

    def remove(self, tree: Path, original: Path) -> None:
        """Put the file of the original tree back."""
        (tree / self.file).write_bytes((original / self.file).read_bytes())


def load(*paths: Path) -> tuple[Bug, ...]:
    """Read the rows of files. Raises BadRow for a missing or unknown key, a doubled id, no change or no test."""
    rows = [row for path in paths for row in tomllib.loads(path.read_text(encoding="utf-8")).get("bug", [])]
    bugs = tuple(_bug(row) for row in rows)
    doubled = {bug.id for bug in bugs if [other.id for other in bugs].count(bug.id) > 1}
    if doubled:
        raise BadRow(f"doubled id: {', '.join(sorted(doubled))}")
    return bugs


def _bug(row: dict[str, object]) -> Bug:
    try:
        bug = Bug(**{**row, "tests": tuple(row["tests"])})  # type: ignore[arg-type]
    except (TypeError, KeyError) as error:
        raise BadRow(f"{row.get('id', 'a row without id')}: {error}") from error
    if not bug.tests or bug.old == bug.new or not bug.old:
        raise BadRow(f"{bug.id}: needs a test, an old text, and a new one that differs")
    return bug

"""The files that the checks look at: what a person wrote, without what tools made."""

from collections.abc import Iterator
from pathlib import Path

MADE = frozenset(
    {".git", ".venv", "build", "__pycache__", "demo-data", "etabli-hub-data", "node_modules"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis"}
)
PACKAGES = ("station_agent", "hub", "erasure", "diagnostics", "certificates")


def files(root: Path, *suffixes: str) -> Iterator[Path]:
    """Walk the tree below `root`, sorted; only the given suffixes when there are any."""
    for path in sorted(root.iterdir()):
        if path.name in MADE or path.name.endswith(".egg-info") or path.is_symlink():
            continue
        if path.is_dir():
            yield from files(path, *suffixes)
        elif not suffixes or path.suffix in suffixes:
            yield path


def text(path: Path) -> str | None:
    """Read a text file; None for anything that is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None

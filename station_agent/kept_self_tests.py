"""Results of the drives' own self-tests on the bench's own disk, until a diagnosis puts them on the record.

One file for each drive, one line for each test, beside the store and not in it, as the answers of the guided checks: a
self-test may run while another process erases and holds the store. A line that is no result is left out.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from diagnostics import plain
from diagnostics.reading import SmartIdentity
from diagnostics.self_test import SelfTestOutcome, SelfTestResult
from station_agent.errors import StoreBroken
from station_agent.language import mark

FOLDER: Final = "self-tests"
MOST: Final = 20  # results of one drive on one report, the newest
WORDS: Final = ("ended", "kind", "outcome", "detail")

FIGURES: Final = ("seconds", "first_error_lba")
OUTCOMES: Final = frozenset(SelfTestOutcome)


def keep_self_test(folder: Path, drive: SmartIdentity, result: SelfTestResult, ended: str) -> dict[str, Any]:
    """Append a result to the file of its drive; it is on the medium when this returns. Raises `StoreBroken`.

    `folder` is the state folder of the bench, `ended` a time as statements write it. Returns the row of the report.
    """
    named = {"model": drive.model, "serial": drive.serial}
    row = {"drive": named, "by": "health", "ended": ended, **result.to_document()}
    path = _path(folder, drive.serial)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a", encoding="ascii") as file:
            file.write(json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreBroken(mark("The file {path} cannot be written: {detail}."), path=path, detail=error) from error
    return row


def kept_self_tests(folder: Path, serials: Iterable[str]) -> list[dict[str, Any]]:
    """Give the rows of these drives, the oldest of each first; nothing for a drive without a serial number."""
    return [row for serial in dict.fromkeys(serials) if serial for row in _rows(_path(folder, serial), serial)]


def _path(folder: Path, serial: str) -> Path:
    return folder / FOLDER / f"{hashlib.sha256(serial.encode('utf-8', 'replace')).hexdigest()[:32]}.jsonl"


def _rows(path: Path, serial: str) -> list[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    found = [_row(line) for line in lines]
    return [row for row in found if row and row["drive"]["serial"] == serial][-MOST:]


def _row(line: str) -> dict[str, Any]:
    try:
        told = plain.table(json.loads(line))
    except (ValueError, RecursionError):
        return {}
    drive, words = plain.table(told.get("drive")), {name: plain.text(told.get(name)) for name in WORDS}
    figures = {name: plain.integer(told.get(name)) for name in FIGURES if name in told}
    if words["outcome"] not in OUTCOMES or figures.get("seconds") is None:
        return {}
    named = {name: plain.text(drive.get(name)) for name in ("model", "serial")}
    return {"drive": named, "by": "health", **words, **figures}

"""Answers of guided checks on the bench's own disk, one file for each machine, one line for each answer.

The file is beside the store and not in it: a console records while another process erases and holds the store. Each
line is durable before the next question; a line cut by a power failure is left out. `diagnose` lays the answers over
the checklist and states them through journal and outbox.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from diagnostics import plain
from diagnostics.checks import CheckOutcome, CheckResult, results_from
from diagnostics.errors import CheckRefused
from diagnostics.machine import MachineIdentity
from station_agent.errors import StoreBroken
from station_agent.language import mark

FOLDER: Final = "checks"
OUTCOMES: Final = frozenset(CheckOutcome)


class KeptAnswers:
    """The answers of one machine, in the order in which they were given. `folder` is the state folder of the bench."""

    def __init__(self, folder: Path, machine: str) -> None:
        self.path = folder / FOLDER / f"{machine}.jsonl"

    def read(self) -> tuple[CheckResult, ...]:
        """Return the answers, oldest first; nothing where there are none. A line that is no answer is left out."""
        try:
            lines = self.path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return ()
        return tuple(_answers(lines))

    def add(self, result: CheckResult) -> None:
        """Append one answer; it is on the medium when this returns. Raises `StoreBroken`."""
        line = json.dumps(result.to_row(), ensure_ascii=True, separators=(",", ":"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.path.open("a", encoding="ascii") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreBroken(
                mark("The file {path} cannot be written: {detail}."), path=self.path, detail=error
            ) from error

    def put_away(self, now: datetime) -> None:
        """Begin anew: the old answers stay in a file that names the moment. Raises `StoreBroken`."""
        try:
            if self.path.exists():
                self.path.rename(self.path.with_suffix(f".{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.old"))
        except OSError as error:
            raise StoreBroken(
                mark("The file {path} cannot be written: {detail}."), path=self.path, detail=error
            ) from error


def machine_key(identity: MachineIdentity, asset: str, boot_id: str) -> str:
    """Name the machine's file: by what it says it is and its tag, and by this start where neither tells it apart."""
    told = [identity.maker, identity.model, identity.serial, identity.uuid, asset]
    told += [] if asset or identity.grade != "C" else [boot_id]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]


def _answers(lines: Iterable[str]) -> Iterable[CheckResult]:
    for line in lines:
        row = _row(line)
        if row.get("id") and str(row.get("result")) in OUTCOMES:
            try:
                yield from results_from([row])
            except CheckRefused:
                continue


def _row(line: str) -> dict[str, Any]:
    try:
        return dict(plain.table(json.loads(line)))
    except (ValueError, RecursionError):
        return {}

"""The real agent in the guest, by its own commands, and what it leaves: verdict, statement, journal, evidence.

Nothing of the engine is imported here: what counts is what a person at the bench would get.
"""

import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.last_document import last_document
from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.channel import Channel, Said
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.snapshot import AGENT, AGENT_ENVIRONMENT

TELL_S = 480.0
ERASE_S = 1500.0  # limits for a hang: on a busy machine a guest is ten times slower
READ_STATE = """
import json, sqlite3
base = sqlite3.connect("/var/lib/etabli/station.sqlite3")
rows = lambda query: base.execute(query).fetchall()
journal = rows("select kind, data from journal order by position")
signed = rows("select envelope from statement where kind = 'erasure' order by position")
print(json.dumps({
    "journal": [{"kind": kind, "data": json.loads(data)} for kind, data in journal],
    "envelopes": [bytes(one).decode() for (one,) in signed],
    "evidence": [bytes(one).decode() for (one,) in rows("select transcript from evidence")],
}))
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the agent said and kept of one erase."""

    status: int
    drive: dict[str, Any]  # the drive of `etabli.erase/1`
    statement: dict[str, Any]  # the payload that was signed; {} when there is none
    journal: tuple[dict[str, Any], ...]
    evidence: tuple[Any, ...]
    seconds: float
    complaint: str  # what it said to the person beside its document

    @property
    def verdict(self) -> str:
        """The word, "" when the run is open or nothing was begun."""
        return str(self.drive.get("verdict") or "")

    @property
    def state(self) -> str:
        """The state of the run."""
        return str(self.drive.get("state", ""))

    @property
    def reasons(self) -> dict[str, str]:
        """Every reason and exception: code and detail."""
        found = [*self.drive.get("reasons", ()), *self.drive.get("exceptions", ())]
        return {one["code"]: one["detail"] for one in found}

    @property
    def commands(self) -> tuple[dict[str, Any], ...]:
        """The destructive commands, as they were made durable before each was sent."""
        return tuple(entry["data"] for entry in self.journal if entry["kind"] == "COMMANDED")

    @property
    def method(self) -> str:
        """The method that the statement says was achieved."""
        return str(self.statement.get("method", {}).get("achieved", ""))

    @property
    def level(self) -> str:
        """The level that the statement claims."""
        return str(self.statement.get("method", {}).get("level", ""))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the entries of the journal, in order."""
        return tuple(entry["kind"] for entry in self.journal)

    def in_words(self) -> str:
        """Sum it up in a line."""
        why = "; ".join(f"{code}: {detail}" for code, detail in self.reasons.items())
        return f"{self.verdict or self.state or 'no verdict'} (status {self.status}){': ' + why if why else ''}"

    def row(self) -> dict[str, Any]:
        """Give the row of the record: what was claimed, by which method and level, and what was read back."""
        return {
            "verdict": self.verdict or None,
            "state": self.state,
            "status": self.status,
            "method": self.method or None,
            "level": self.level or None,
            "verify": self.statement.get("verify"),
            "reasons": self.reasons,
            "commands": [str(one.get("command") or one.get("method", "")) for one in self.commands],
            "seconds": round(self.seconds, 1),
        }

    def outcome(self) -> Outcome:
        """Give what the scenario shows: word, method, level, what was verified and how, reasons."""
        seen = self.statement.get("verify")
        by = f" by {self.method}, {self.level}" if self.method else ""
        looked = f", {verified(seen)}" if seen else ""
        why = f"; {', '.join(self.reasons)}" if self.reasons else ""
        words = f"{self.verdict or self.state or 'no verdict'}{by}{looked}{why}"
        return Outcome(words, (self.row(),))


def verified(seen: dict[str, Any]) -> str:
    """Say in words how the old content was looked for; of canaries, those that match are gone."""
    if seen["mode"] == "none" or not seen["sectors"]:
        return "nothing to verify"
    what = (
        "canaries and fingerprints looked for" if seen["mode"] == "canaries" else f"sectors read back ({seen['mode']})"
    )
    return f"{seen['sectors']} {what}, {seen['nonmatching']} amiss"


class Agent:
    """The agent of one guest."""

    def __init__(self, channel: Channel) -> None:
        self._guest = channel

    def documents(self, *words: str, timeout_s: float = TELL_S) -> dict[str, Any]:
        """Run a command that only tells, and give its document. Raises BenchError."""
        said = self._guest.run((*AGENT, *words, "--json"), timeout_s=timeout_s, env=AGENT_ENVIRONMENT, warm=True)
        if not said.out:
            raise BenchError(f"etabli-station {' '.join(words)}: status {said.status}: {said.err[-1500:]}")
        document: dict[str, Any] = json.loads(said.out)
        return document

    def begin(self, device: str, serial: str, options: Sequence[str] = ()) -> "Running":
        """Start erasing in the background. Raises BenchError."""
        words = (*AGENT, "erase", device, "--confirm", serial, "--operator", "bench", "--json", *options)
        return Running(self._guest, self._guest.begin(words, env=AGENT_ENVIRONMENT, warm=True), time.monotonic())

    def erase(self, device: str, serial: str, options: Sequence[str] = ()) -> Told:
        """Erase to the end. Raises BenchError."""
        return self.begin(device, serial, options).ended()


@dataclass(frozen=True, slots=True)
class Running:
    """An erase in the background."""

    guest: Channel
    process: int
    started: float

    def still(self) -> bool:
        """Say whether it runs; what it said is kept until `ended` asks."""
        alive = ("grep", "--quiet", "^State:[[:space:]]*[^ZX[:space:]]", f"/proc/{self.process}/status")
        return self.guest.run(alive).status == 0

    def ended(self, timeout_s: float = ERASE_S) -> Told:
        """Wait for its end. Raises BenchError when it does not come."""
        said = self.guest.ended(self.process, timeout_s)
        if said is None:
            raise BenchError(f"the agent did not end within {timeout_s:.0f} s")
        return told(self.guest, said, time.monotonic() - self.started)


def told(guest: Channel, said: Said, seconds: float) -> Told:
    """Gather what it said and kept. Raises BenchError."""
    document = last_document(said.out) if said.out.startswith("{") else {}
    drives = document.get("drives") or [{}]
    kept = guest.run(("python3", "-c", READ_STATE))
    state = json.loads(kept.out) if kept.status == 0 else {"journal": [], "envelopes": [], "evidence": []}
    return Told(
        said.status,
        drives[0],
        payload(state["envelopes"][-1]) if state["envelopes"] else {},
        tuple(state["journal"]),
        tuple(one for text in state["evidence"] for one in json.loads(text)),
        seconds,
        said.err.strip() if drives[0] else (said.out + said.err).strip(),
    )


def payload(envelope: str) -> dict[str, Any]:
    """Open a DSSE envelope without judging its signature: `etabli-verify` does that elsewhere."""
    document: dict[str, Any] = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    return document

"""The search of the whole log. It rebuilds everything from the envelopes and compares; it never writes.

What it cannot see: that the whole log was exchanged for another one and signed again with its own key. That shows a
bench, a witness or a donor with an older checkpoint; give it as `shown`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.derive.interpret import payload_of
from hub.log.checkpoints import Signed, stored_checkpoints
from hub.log.entries import end_of_ledger
from hub.log.errors import LogBehind
from hub.log.examining import Progress, Search
from hub.log.findings import Finding
from hub.log.seen import SEEN_FILE, opened_note, seen_note
from hub.log.shards import FROZEN, OPEN, all_shards, newest_checkpoint
from hub.logged import LogCheckpoint, LogShard
from hub.models import LedgerEntry


@dataclass(slots=True)
class Report:
    """How much was looked at, and what is wrong. `faulty`: by shard, the first entry that something is wrong with."""

    entries: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    faulty: dict[str, int] = field(default_factory=dict)

    @property
    def new(self) -> list[Finding]:
        """What is wrong, but in shards that are frozen already."""
        return [one for one in self.findings if not one.known]


def fsck(session: Session, data_dir: Path, shown: Mapping[str, str], progress: Progress) -> Report:
    """Search every shard. `shown`: notes of others by where they come from; `progress` gets how many entries more."""
    report = Report()
    notes = _notes(session, data_dir, shown, report)
    shards = all_shards(session)
    for number, shard in enumerate(shards, start=1):
        signed = stored_checkpoints(session, shard, report.findings)
        report.checkpoints += len(signed)
        search = Search(session, shard, [*signed, *notes.get(shard.name, ())], progress)
        search.run()
        report.entries += shard.size
        report.findings += search.findings
        if search.faulty is not None:
            report.faulty[shard.name] = search.faulty
        before = shards[number - 2] if number > 1 else None
        report.findings += _placed(session, shard, before, number)
    return report


def _notes(session: Session, data_dir: Path, shown: Mapping[str, str], report: Report) -> dict[str, list[Signed]]:
    """What others and the file beside the key say, by shard."""
    found: dict[str, list[Signed]] = {}
    try:
        own = seen_note(data_dir)
    except LogBehind:
        own = ""
    for file, note in {**shown, **({SEEN_FILE: own} if own is not None else {})}.items():
        try:
            shard, checkpoint = opened_note(session, note)
        except LogBehind:
            report.findings.append(Finding("seen.unknown", {"file": file}))
            continue
        found.setdefault(shard.name, []).append(Signed("seen", {"file": file}, checkpoint.size, checkpoint.root))
        same = (LogCheckpoint.shard == shard.name, LogCheckpoint.size == checkpoint.size)
        if session.scalar(select(LogCheckpoint.id).where(*same)) is None:
            facts = {"file": file, "size": checkpoint.size, "shard": shard.name}
            report.findings.append(Finding("seen.gone", facts, shard.state == FROZEN))
    return found


def _placed(session: Session, shard: LogShard, before: LogShard | None, number: int) -> list[Finding]:
    """Whether a shard stands where it has to."""
    found = []
    if shard.number != number:
        found.append(Finding("shard.missing", {"number": number}))
    newest, here = newest_checkpoint(session, shard.name), end_of_ledger(session) - shard.first + 1
    if (newest is not None and shard.size < newest.size) or (shard.state != FROZEN and shard.size > here):
        entries = min(here, newest.size if newest is not None else here)
        found.append(Finding("shard.size", {"shard": shard.name, "size": shard.size, "entries": entries}))
    if before is None:
        return [*found, *_begins(shard, 1)]
    if before.state == OPEN or (before.state != FROZEN and shard.first != before.first + before.size):
        found.append(Finding("shard.place", {"shard": shard.name, "first": shard.first}))
    last = newest_checkpoint(session, before.name)
    if not _is_opened(session, shard, last.note if last is not None else ""):
        found.append(Finding("shard.opening", {"shard": shard.name}, shard.state == FROZEN))
    return found


def _begins(shard: LogShard, first: int) -> Sequence[Finding]:
    return [] if shard.first == first else [Finding("shard.place", {"shard": shard.name, "first": shard.first})]


def _is_opened(session: Session, shard: LogShard, note: str) -> bool:
    query = select(LedgerEntry).where(LedgerEntry.kind == "registry", LedgerEntry.position >= shard.first)
    for entry in session.scalars(query.order_by(LedgerEntry.position)):
        said = payload_of(entry)
        if (said.get("change"), said.get("shard")) == ("opening", shard.name):
            return bool(said.get("note") == note)
    return False

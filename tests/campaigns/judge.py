"""What must hold at every moment: rules over the stick, the hub's ledger and the bytes of the drives.

Each rule gives the sentences of what is wrong; none means that it holds. Nothing here comes from the programs that are
judged.
"""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.campaigns.drives import Drive, expected, wrong_ranges
from tests.campaigns.records import Ledger, Run, Statement, Stick, envelope_id

GENESIS = "0" * 64
CONFIRMED, QUEUED = "confirmed", "queued"


def problems(stick: Stick, ledger: Ledger, drives: list[Drive], before: Stick | None = None) -> list[str]:
    """Judge everything at once. `before` is the same stick as it was judged last."""
    found = [*chain(stick, ledger.public), *runs(stick), *delivery(stick, ledger), *copy(stick)]
    for drive in drives:
        found += [*intent(stick, drive), *truth(stick, drive)]
    return [*found, *memory(before, stick)] if before else found


def chain(stick: Stick, public: bytes) -> Iterator[str]:
    """The statements are one chain: numbered from 1 without a gap, each naming the one before, each signed."""
    previous, key = GENESIS, Ed25519PublicKey.from_public_bytes(public)
    for number, statement in enumerate(stick.statements, 1):
        payload = statement.payload
        if statement.seq != number or payload["seq"] != number:
            yield f"statement {number} has seq {statement.seq}, and {payload['seq']} in its payload"
        if payload["prev"] != previous:
            yield f"statement {number} does not name the one before"
        if envelope_id(statement.envelope) != statement.id:
            yield f"statement {number} is not stored under its hash"
        if not _signed(statement, key):
            yield f"statement {number} has no good signature"
        previous = statement.id
    if stick.statements and stick.heads != ((len(stick.statements), previous),):
        yield f"the head of the chain is {stick.heads}, not {len(stick.statements)}"


def copy(stick: Stick) -> Iterator[str]:
    """The second copy has every statement but the last, at most, which a kill may have met between the two."""
    if stick.copied is None:
        return
    stored = tuple(statement.envelope for statement in stick.statements)
    if stick.copied != stored[: len(stick.copied)]:
        yield "the second copy holds something else than the stick"
    elif len(stored) - len(stick.copied) > 1:
        yield f"{len(stored) - len(stick.copied)} statements are not in the second copy"


def runs(stick: Stick) -> Iterator[str]:
    """A run is open, or it is closed with its one statement and its one CLOSED; a drive has one open run at most."""
    for run in stick.runs:
        stated = [statement for statement in stick.statements if statement.run_id == run.id]
        if (run.state, len(stated), run.count("CLOSED")) not in {("open", 0, 0), ("closed", 1, 1)}:
            yield f"run {run.id} is {run.state} with {len(stated)} statements and {run.count('CLOSED')} CLOSED"
    opened = [run.serial for run in stick.runs if run.state == "open"]
    yield from (f"{serial} has more than one open run" for serial in {*opened} if opened.count(serial) > 1)
    known = {run.id for run in stick.runs}
    yield from (f"statement {s.seq} belongs to no run" for s in stick.statements if s.run_id not in known)


def delivery(stick: Stick, ledger: Ledger) -> Iterator[str]:
    """What the stick calls confirmed is in the ledger, byte for byte; the ledger has nothing that the stick has not."""
    kept, mine = ledger.kept, {statement.id: statement for statement in stick.statements}
    yield from (f"the hub complains: {text}" for text in ledger.complaints)
    if len(kept) != len(ledger.rows) or len({row[2] for row in ledger.rows}) != len(ledger.rows):
        yield "the ledger has a statement twice"
    for name, data in kept.items():
        if envelope_id(data) != name or name not in mine or mine[name].envelope != data:
            yield f"the ledger has {name}, of which the stick knows nothing, or other bytes"
    for statement in stick.statements:
        if statement.outbox not in {CONFIRMED, QUEUED}:
            yield f"statement {statement.seq} is {statement.outbox} in the outbox"
        if statement.outbox == CONFIRMED and kept.get(statement.id) != statement.envelope:
            yield f"statement {statement.seq} was acknowledged, and the ledger does not have it"
    told = [payload["run_id"] for payload in (statement.payload for statement in stick.statements)]
    yield from (f"run {run_id} is stated twice" for run_id in {*told} if told.count(run_id) > 1)


def memory(before: Stick, now: Stick) -> Iterator[str]:
    """Nothing that was durable changes: statements are only added, and what was confirmed stays so."""
    for old, new in zip(before.statements, now.statements, strict=False):
        if (old.id, old.seq, old.run_id, old.envelope) != (new.id, new.seq, new.run_id, new.envelope):
            yield f"statement {old.seq} has changed"
        if old.outbox == CONFIRMED != new.outbox:
            yield f"statement {old.seq} was confirmed and is {new.outbox}"
    if len(now.statements) < len(before.statements):
        yield f"{len(before.statements) - len(now.statements)} statements are gone"


def intent(stick: Stick, drive: Drive) -> Iterator[str]:
    """Not one byte of a drive changes before the intent is durable."""
    meant = any(run.count("INTENT") for run in stick.runs_of(drive.serial))
    if not meant and drive.content() != drive.old:
        yield f"{drive.serial} was written to, and no intent is journalled"


def truth(stick: Stick, drive: Drive) -> Iterator[str]:
    """A verdict says what stands on the drive, and rests on a whole verification after the last interruption."""
    stated = [s for s in stick.about(drive.serial) if s.verdict != "NOT_ERASED"]
    if len(stated) > 1:
        yield f"{drive.serial} has {len(stated)} verdicts: {[s.verdict for s in stated]}"
    for statement in stated:
        run = next(run for run in stick.runs if run.id == statement.run_id)
        wrong = wrong_ranges(drive, expected(drive, run.key))
        if statement.verdict == "ERASED":
            yield from (
                f"{drive.serial} ERASED: {why}" for why in (*_unproven(statement, run, drive), *_unclean(wrong))
            )
        elif statement.verdict == "FAILED":
            yield from (f"{drive.serial} FAILED: {why}" for why in _unfounded(statement, drive, wrong))
        else:
            yield f"{drive.serial} has the verdict {statement.verdict}"
    for statement in stick.about(drive.serial):
        codes = {reason["code"] for reason in statement.payload["result"]["reasons"]}
        if statement.verdict == "NOT_ERASED" and codes != {"IN_USE"}:
            yield f"{drive.serial} was refused for {codes}"


def _signed(statement: Statement, key: Ed25519PublicKey) -> bool:
    envelope = json.loads(statement.envelope)
    kind, body = envelope["payloadType"].encode(), b64decode(envelope["payload"])
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)
    try:
        key.verify(b64decode(envelope["signatures"][0]["sig"]), message)
    except InvalidSignature:
        return False
    return True


def _unproven(statement: Statement, run: Run, drive: Drive) -> Iterator[str]:
    """Name what its proof lacks: intent, a finished pass, then a whole verification, in the last part of the run."""
    payload, sectors = statement.payload, drive.size // drive.sector
    checked = payload["verify"]
    if (checked["mode"], checked["sectors"], checked["nonmatching"], checked["unreadable"]) != ("full", sectors, 0, 0):
        yield f"its statement tells another verification: {checked}"
    key_sha256 = "" if drive.zeros else hashlib.sha256(run.key).hexdigest()
    if checked["key_sha256"] != key_sha256:
        yield "its statement names another key"
    if payload["resumed"] != run.count("RESUMED"):
        yield f"resumed {payload['resumed']} times by its statement, {run.count('RESUMED')} by the journal"
    places = [run.last("INTENT"), run.last("WRITTEN"), run.last("VERIFIED"), run.last("CLOSED")]
    if places != sorted(places) or min(places) < 0 or run.last("VERIFIED") < run.last("RESUMED"):
        yield f"its journal has no verification at the end: {[kind for kind, _ in run.entries]}"
        return
    proof = run.entries[run.last("VERIFIED")][1]
    if (proof["mode"], proof["sectors"], proof["nonmatching"], proof["unreadable"]) != ("full", sectors, 0, 0):
        yield f"its journal tells another verification: {proof}"


def _unclean(wrong: list[tuple[int, int]]) -> Iterator[str]:
    if wrong:
        yield f"these sectors hold something else: {wrong[:8]}"


def _unfounded(statement: Statement, drive: Drive, wrong: list[tuple[int, int]]) -> Iterator[str]:
    """A failure is only right where the drive was spoiled, and then it lists exactly those sectors."""
    payload = statement.payload
    listed = [(int(first), int(count)) for first, count in payload["bad"]["mismatch"]]
    codes = {reason["code"] for reason in payload["result"]["reasons"]}
    if not wrong:
        yield f"every sector holds what it should: {payload['result']}"
    if listed != wrong or codes != {"MISMATCH"}:
        yield f"it lists {listed} for {codes}, and the drive has {wrong[:8]}"
    if not {lba for first, count in wrong for lba in range(first, first + count)} <= drive.spoiled:
        yield "sectors that nobody spoiled are wrong"

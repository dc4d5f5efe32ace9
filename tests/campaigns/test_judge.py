"""The judge of the campaign fires: each rule, on a small stick that was changed in just one place."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.campaigns.drives import Drive, expected, wrong_ranges
from tests.campaigns.judge import GENESIS, problems
from tests.campaigns.moments import phase_hit
from tests.campaigns.records import Ledger, Run, Statement, Stick, envelope_id

SECTOR, SECTORS = 512, 8
KEY = bytes(range(32))
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = SIGNER.public_key().public_bytes_raw()
PROOF = {"mode": "full", "sectors": SECTORS, "nonmatching": 0, "unreadable": 0}
Case = tuple[Stick, Ledger, Drive]


@pytest.fixture
def drive(tmp_path: Path) -> Drive:
    """A drive that was wiped."""
    old = b"\x01" * SECTOR * SECTORS
    made = Drive("d1", tmp_path / "d1.img", 1, len(old), SECTOR, 1, 0, old)
    made.image.write_bytes(expected(made, KEY))
    return made


@pytest.fixture
def case(drive: Drive) -> Case:
    """One run, closed and acknowledged: nothing is wrong."""
    statement = signed(payload(drive))
    stick = Stick((statement,), (finished_run(drive),), ((1, statement.id),))
    return stick, Ledger(((1, statement.id, 1, statement.envelope),), PUBLIC), drive


def payload(drive: Drive, **changed: Any) -> dict[str, Any]:
    return {
        "seq": 1,
        "prev": GENESIS,
        "run_id": "r1",
        "resumed": 1,
        "subject": {"drive": {"serial": drive.serial}},
        "verify": {**PROOF, "key_sha256": hashlib.sha256(KEY).hexdigest()},
        "bad": {"mismatch": []},
        "result": {"verdict": "ERASED", "reasons": []},
        **changed,
    }


def signed(document: dict[str, Any], outbox: str = "confirmed") -> Statement:
    kind, body = b"application/test", json.dumps(document).encode()
    signature = SIGNER.sign(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body))
    encoded = {"payload": base64.b64encode(body).decode(), "payloadType": kind.decode()}
    envelope = json.dumps({**encoded, "signatures": [{"sig": base64.b64encode(signature).decode()}]}).encode()
    return Statement(envelope_id(envelope), document["seq"], document["run_id"], envelope, outbox)


def finished_run(drive: Drive) -> Run:
    begun = ("INTENT", {"key": KEY.hex()})
    ended: list[tuple[str, dict[str, Any]]] = [("RESUMED", {}), ("WRITTEN", {}), ("VERIFIED", PROOF), ("CLOSED", {})]
    return Run("r1", drive.serial, "closed", [begun, *ended])


def restated(case: Case, **changed: Any) -> Case:
    """The same case with another payload, signed, stored and acknowledged."""
    stick, ledger, drive = case
    statement = signed(payload(drive, **changed))
    row = (1, statement.id, 1, statement.envelope)
    return replace(stick, statements=(statement,), heads=((1, statement.id),)), replace(ledger, rows=(row,)), drive


def without(case: Case, *kinds: str) -> Case:
    """The same case, and these entries are not in the journal."""
    stick, ledger, drive = case
    run = stick.runs[0]
    kept = [entry for entry in run.entries if entry[0] not in kinds]
    return replace(stick, runs=(replace(run, entries=kept),)), ledger, drive


def in_outbox(case: Case, state: str) -> Case:
    stick, ledger, drive = case
    return replace(stick, statements=(replace(stick.statements[0], outbox=state),)), ledger, drive


def with_rows(case: Case, *rows: tuple[int, str, int, bytes]) -> Case:
    return case[0], replace(case[1], rows=rows), case[2]


def failed(case: Case, mismatch: list[list[int]]) -> Case:
    result = {"verdict": "FAILED", "reasons": [{"code": "MISMATCH", "detail": ""}]}
    return restated(case, result=result, bad={"mismatch": mismatch})


def again(case: Case) -> Case:
    """A second statement about the same run."""
    stick, ledger, drive = case
    second = signed(payload(drive, seq=2, prev=stick.statements[0].id))
    return replace(stick, statements=(*stick.statements, second), heads=((2, second.id),)), ledger, drive


def open_with_statement(case: Case) -> Case:
    stick = case[0]
    return replace(stick, runs=(replace(stick.runs[0], state="open"),)), case[1], case[2]


def forged(case: Case) -> Case:
    stick, ledger, drive = case
    envelope = json.loads(stick.statements[0].envelope)
    envelope["signatures"] = [{"sig": base64.b64encode(bytes(64)).decode()}]
    data = json.dumps(envelope).encode()
    statement = Statement(envelope_id(data), 1, "r1", data, "queued")
    return replace(stick, statements=(statement,), heads=((1, statement.id),)), replace(ledger, rows=()), drive


def test_nothing_is_wrong_with_an_honest_run(case: Case) -> None:
    assert judged(case) == []


LIES: list[tuple[str, Callable[[Case], Case], str]] = [
    ("no verification", lambda c: without(c, "VERIFIED"), "has no verification at the end"),
    ("no intent entry", lambda c: restated(c, resumed=0), "resumed 0 times by its statement"),
    ("partial proof", lambda c: restated(c, verify={**PROOF, "sectors": 7, "key_sha256": ""}), "another verification"),
    ("another key", lambda c: restated(c, verify={**PROOF, "key_sha256": "0" * 64}), "names another key"),
    ("closed and open", open_with_statement, "is open with 1 statements and 1 CLOSED"),
    ("closed without statement", lambda c: (replace(c[0], statements=(), heads=()), c[1], c[2]), "with 0 statements"),
    ("not in the ledger", with_rows, "was acknowledged, and the ledger does not have it"),
    ("other bytes", lambda c: with_rows(c, (1, c[0].statements[0].id, 1, b"{}")), "or other bytes"),
    ("doubled", lambda c: with_rows(c, *c[1].rows, *c[1].rows), "has a statement twice"),
    ("refused", lambda c: in_outbox(c, "refused"), "is refused in the outbox"),
    ("no outbox row", lambda c: in_outbox(c, "none"), "is none in the outbox"),
    ("stated twice", again, "run r1 is stated twice"),
    ("two verdicts", again, "has 2 verdicts"),
    ("chain", lambda c: restated(c, prev="1" * 64), "does not name the one before"),
    ("number", lambda c: restated(c, seq=2), "has seq 2"),
    ("head", lambda c: (replace(c[0], heads=((2, "x"),)), c[1], c[2]), "the head of the chain"),
    ("signature", forged, "has no good signature"),
    ("failed for nothing", lambda c: failed(c, [[3, 1]]), "every sector holds what it should"),
    ("complaint", lambda c: (c[0], replace(c[1], complaints=("gap 1-2",)), c[2]), "the hub complains: gap 1-2"),
]


@pytest.mark.parametrize(("change", "sentence"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_each_lie_is_found(case: Case, change: Callable[[Case], Case], sentence: str) -> None:
    assert sentence in "\n".join(judged(change(case)))


def test_one_old_sector_makes_erased_a_lie(case: Case) -> None:
    case[2].spoil(5)
    assert judged(case) == [f"{case[2].serial} ERASED: these sectors hold something else: [(5, 1)]"]


def test_a_failure_is_right_when_it_lists_just_the_sectors_that_were_spoiled(case: Case) -> None:
    for lba in (2, 3, 6):
        case[2].spoil(lba)
    assert judged(failed(case, [[2, 2], [6, 1]])) == []
    assert "it lists [(2, 2)]" in "\n".join(judged(failed(case, [[2, 2]])))


def test_sectors_that_nobody_spoiled_are_no_excuse(case: Case) -> None:
    case[2].spoil(2)
    case[2].spoiled.clear()
    assert "sectors that nobody spoiled are wrong" in "\n".join(judged(failed(case, [[2, 1]])))


def test_a_byte_without_an_intent_is_found(case: Case) -> None:
    empty, nothing = Stick((), (), ()), Ledger((), PUBLIC)
    assert problems(empty, nothing, [case[2]]) == [f"{case[2].serial} was written to, and no intent is journalled"]
    case[2].image.write_bytes(case[2].old)
    assert problems(empty, nothing, [case[2]]) == []


def test_a_second_copy_that_lacks_or_changes_statements_is_found(case: Case) -> None:
    stick, ledger, drive = case
    (one,) = stick.statements
    for copied, wrong in (((one.envelope,), 0), ((), 0), ((b"other",), 1), ((one.envelope, b"more"), 1)):
        assert len(problems(replace(stick, copied=copied), ledger, [drive])) == wrong
    more = replace(stick, statements=(one, one), copied=())
    assert "2 statements are not in the second copy" in problems(more, ledger, [drive])


def test_what_was_durable_may_not_change(case: Case) -> None:
    stick, ledger, drive = case
    assert problems(stick, ledger, [drive], in_outbox(case, "queued")[0]) == []
    back = in_outbox(case, "queued")[0]
    assert problems(back, ledger, [drive], stick) == ["statement 1 was confirmed and is queued"]
    gone = replace(stick, statements=(), runs=(), heads=())
    assert "1 statements are gone" in problems(gone, replace(ledger, rows=()), [], stick)


def test_ranges_are_joined_and_exact(drive: Drive) -> None:
    right = drive.content()
    assert wrong_ranges(drive, right) == []
    for lba in (0, 1, 4, 7):
        drive.spoil(lba)
    assert wrong_ranges(drive, right) == [(0, 2), (4, 1), (7, 1)]


@pytest.mark.parametrize(
    ("missing", "outbox", "phase"),
    [
        (("INTENT", "RESUMED", "WRITTEN", "VERIFIED", "CLOSED"), "", "prepare"),
        (("WRITTEN", "VERIFIED", "CLOSED"), "", "write"),
        (("VERIFIED", "CLOSED"), "", "verify"),
        (("CLOSED",), "", "closing"),
        ((), "queued", "sync"),
        ((), "confirmed", "after"),
    ],
)
def test_the_phase_that_was_hit_is_read_from_what_was_durable(
    case: Case, missing: tuple[str, ...], outbox: str, phase: str
) -> None:
    stick, ledger, drive = in_outbox(without(case, *missing), outbox) if outbox else without(case, *missing)
    if not outbox:
        stick = replace(stick, runs=(replace(stick.runs[0], state="open"),), statements=())
    assert phase_hit(stick, ledger, drive, None) == phase


def judged(case: Case) -> list[str]:
    stick, ledger, drive = case
    return problems(stick, ledger, [drive])

"""Six verdicts: which one it is, what was checked, and what the log and its witnesses say."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from certificates import canonical
from certificates.bracket import bracket_of
from certificates.position import Bound, Place
from certificates.proof import Proof
from certificates.proved_bundle import with_proof
from certificates.tree import root_hash
from certificates.trust import Trust
from certificates.verdicts import EXIT_STATUS, Judgement, Verdict, judge
from tests.certificates.ledgers import COSIGNED, Ledger, logged


@pytest.fixture
def bundle(workshop: Any) -> Any:
    return workshop.bundle()


@pytest.fixture
def ledger(bundle: Any) -> Ledger:
    return logged(bundle.statements)  # at the places 5, 6 and 7; the erasure is the last


def shown(bundle: Any, proof: Proof | None, trust: Trust) -> Judgement:
    """Judge the bundle with the proof inside; the same is said with the proof beside it."""
    if proof is None:
        return judge(bundle.data, trust)
    inside = judge(with_proof(bundle.data, proof), trust)
    beside = judge(bundle.data, trust, proof.to_json())
    assert (inside.verdict, inside.code, inside.detail) == (beside.verdict, beside.code, beside.detail)
    return inside


def with_status(trust: Trust, workshop: Any, status: Any, until: Bound | None) -> Trust:
    key = replace(trust.keys[workshop.station.kid], status=status, until=until)
    return replace(trust, keys={**trust.keys, key.kid: key})


def test_a_workshop_of_one_needs_no_proof_and_says_so(bundle: Any, ledger: Ledger, workshop: Any) -> None:
    found = shown(bundle, None, ledger.trust(workshop.trust))
    assert (found.verdict, found.witnessed) == ("VALID", True)
    assert "log" in found.not_checked
    assert "logged" not in found.checked
    assert "current" in found.checked


def test_a_proof_that_is_shown_is_checked(bundle: Any, ledger: Ledger, workshop: Any) -> None:
    found = shown(bundle, ledger.proof(bundle.statements), ledger.trust(workshop.trust))
    assert found.verdict == "VALID"
    assert {"logged", "current", "links"} <= set(found.checked)
    assert not {"log", "witness"} & set(found.not_checked)
    assert "witnessed" not in found.checked  # this policy demands none


@pytest.mark.parametrize(
    ("witnesses", "verdict"), [(0, "VALID-UNWITNESSED"), (1, "VALID-UNWITNESSED"), (2, "VALID"), (3, "VALID")]
)
def test_a_network_needs_its_quorum(bundle: Any, ledger: Ledger, workshop: Any, witnesses: int, verdict: str) -> None:
    found = shown(bundle, ledger.proof(bundle.statements, witnesses=witnesses), ledger.trust(workshop.trust, 2))
    assert found.verdict == verdict
    assert ("witnessed" in found.checked) == (verdict == "VALID") != ("witness" in found.not_checked)
    assert shown(bundle, None, ledger.trust(workshop.trust, 2)).verdict == "VALID-UNWITNESSED"


def test_every_statement_needs_the_quorum_not_only_one_checkpoint(bundle: Any, ledger: Ledger, workshop: Any) -> None:
    proof = ledger.proof(bundle.statements, witnesses=2)
    lonely = replace(proof, checkpoints=(*proof.checkpoints, ledger.note(1)))
    entries = (*lonely.entries[:2], replace(lonely.entries[2], checkpoint=1))
    assert (
        shown(bundle, replace(lonely, entries=entries), ledger.trust(workshop.trust, 2)).verdict == "VALID-UNWITNESSED"
    )


def test_a_proof_that_does_not_hold_makes_it_invalid(bundle: Any, ledger: Ledger, workshop: Any) -> None:
    proof = ledger.proof(bundle.statements)
    wrong = replace(proof, entries=(replace(proof.entries[0], received=1), *proof.entries[1:]))
    for trust in (ledger.trust(workshop.trust), ledger.trust(workshop.trust, 2)):
        found = shown(bundle, wrong, trust)
        assert (found.verdict, found.code, found.statement) == ("INVALID", "proof", None)
    assert judge(bundle.data, ledger.trust(workshop.trust), b"{}").verdict == "INVALID"
    good = with_proof(bundle.data, proof)
    assert judge(good, ledger.trust(workshop.trust), wrong.to_json()).verdict == "INVALID"


def test_a_shard_that_the_trust_file_does_not_know(bundle: Any, ledger: Ledger, workshop: Any) -> None:
    trust = ledger.trust(workshop.trust, logs=())
    found = shown(bundle, ledger.proof(bundle.statements), trust)
    assert (found.verdict, found.code, found.told) == ("UNKNOWN-KEY", "unknown-log", "unknown-log")
    assert shown(bundle, None, trust).verdict == "VALID"


def test_a_trust_file_of_the_first_form_says_nothing_about_a_proof(bundle: Any, ledger: Ledger, workshop: Any) -> None:
    proof = ledger.proof(bundle.statements)
    found = shown(bundle, proof, workshop.trust)
    assert found.verdict == "VALID"
    assert "unread-proof" in found.not_checked
    assert not {"logged", "current"} & set(found.checked)
    assert shown(workshop.bundle(erasure={"seq": 9}), proof, workshop.trust).verdict == "INVALID"


@pytest.mark.parametrize(
    "case",
    [
        ("compromised", None, True, "compromised"),
        ("compromised", None, False, "compromised"),
        ("compromised", ("2026", 7, 1), True, ""),
        ("compromised", ("2026", 7, 1), False, "no-place"),
        ("compromised", ("2026", 6, 1), True, "beyond-bound"),
        ("compromised", ("2026", 7, 0), True, "beyond-bound"),
        ("compromised", ("2026", 7, 0), False, "beyond-bound"),
        ("compromised", ("2025", 900, 99), True, "beyond-bound"),
        ("compromised", ("2026-2", 0, 1), True, ""),
        ("retired", None, True, ""),
        ("retired", ("2026", 7, 1), True, ""),
        ("retired", ("2026", 7, 1), False, ""),
        ("retired", ("2026", 6, 1), True, "retired"),
        ("retired", ("2026", 7, 0), False, "retired"),
    ],
)
def test_a_key_counts_up_to_its_last_entry(bundle: Any, ledger: Ledger, workshop: Any, case: Any) -> None:
    status, until, proof, code = case
    bound = Bound(Place(until[0], until[1]), until[2]) if until else None
    trust = with_status(ledger.trust(workshop.trust), workshop, status, bound)
    found = shown(bundle, ledger.proof(bundle.statements) if proof else None, trust)
    assert (found.verdict, found.code) == ("DISPUTED" if code else "VALID", code)
    assert found.detail == ("Poste 3" if code else "")


def test_a_station_that_saw_another_root_disputes_the_log(workshop: Any) -> None:
    other = Ledger().fill(2)
    seen = {"origin": other.key.name, "size": 2, "root": "ab" * 32, "note_sha256": "cd" * 32}
    bundle = workshop.bundle(erasure={"last_cp": seen})
    ledger = logged(bundle.statements)
    trust = ledger.trust(workshop.trust)
    proof = ledger.proof(bundle.statements, more=[ledger.note(size=2)])
    assert (shown(bundle, proof, trust).verdict, shown(bundle, proof, trust).code) == ("DISPUTED", "split-view")
    assert shown(bundle, ledger.proof(bundle.statements), trust).verdict == "VALID"


@pytest.mark.parametrize(("by", "code"), [("cd" * 32, "superseded"), ("", "taken-back")])
def test_a_certificate_that_was_replaced(bundle: Any, ledger: Ledger, workshop: Any, by: str, code: str) -> None:
    trust = ledger.trust(workshop.trust, superseded={bundle.certificate.id: by})
    found = shown(bundle, ledger.proof(bundle.statements), trust)
    assert (found.verdict, found.code, found.superseded_by, found.exit_status) == ("SUPERSEDED", code, by, 3)
    assert "current" not in found.checked
    disputed = with_status(trust, workshop, "compromised", None)
    assert shown(bundle, None, disputed).verdict == "DISPUTED"
    assert shown(bundle, None, disputed).superseded_by == by
    assert shown(bundle, None, replace(trust, quorum=2)).verdict == "SUPERSEDED"
    assert judge(bundle.certificate.envelope.data, trust).verdict == "SUPERSEDED"
    assert judge(bundle.erasure.envelope.data, trust).verdict == "VALID"


def test_what_is_wrong_counts_more_than_what_is_unknown(bundle: Any, workshop: Any, demo_workshop: Any) -> None:
    document = json.loads(bundle.data)
    foreign = json.loads(demo_workshop.bundle().data)["envelopes"][0]
    damaged = json.loads(json.dumps(document["envelopes"][2]))
    damaged["signatures"][0]["sig"] = document["envelopes"][1]["signatures"][0]["sig"]
    for envelopes, verdict in (
        ([foreign, *document["envelopes"][1:]], "UNKNOWN-KEY"),
        ([foreign, document["envelopes"][1], damaged], "INVALID"),
    ):
        data = canonical.encode({**document, "envelopes": envelopes}, max_bytes=500_000)
        assert judge(data, workshop.trust).verdict == verdict


def test_the_bracket_of_time_rests_on_witnesses_alone(workshop: Any) -> None:
    before = Ledger().fill(4)
    note = before.note(3, at=COSIGNED - 500)
    held = {"origin": before.key.name, "size": 4, "note_sha256": hashlib.sha256(note.encode()).hexdigest()}
    held["root"] = root_hash(before.leaves).hex()
    bundle = workshop.bundle(erasure={"last_cp": held})
    ledger = Ledger(leaves=list(before.leaves)).add(*bundle.statements).fill(3)
    trust = ledger.trust(workshop.trust, 2)
    proof = ledger.proof(bundle.statements, witnesses=3, more=[note])
    found = shown(bundle, proof, trust)
    assert found.verdict == "VALID"
    assert found.proved is not None
    bracket = bracket_of(bundle.erasure, found.proved, 2)
    assert (bracket.not_before, bracket.not_after) == (COSIGNED - 500 + 1, COSIGNED + 1)  # the tightest two of three
    alone = shown(bundle, replace(proof, checkpoints=proof.checkpoints[:1]), trust)
    assert alone.proved is not None
    assert bracket_of(bundle.erasure, alone.proved, 2).not_before is None  # the note is not at hand
    assert bracket_of(bundle.validation, found.proved, 2).not_before is None  # a hub holds no checkpoint
    few = shown(bundle, ledger.proof(bundle.statements, witnesses=1), trust)
    assert few.proved is not None
    assert bracket_of(bundle.erasure, few.proved, 2).not_after is None


def test_a_key_statement_that_is_unknown_is_said_and_a_proof_alone_is_none(
    bundle: Any, ledger: Ledger, workshop: Any, demo_workshop: Any
) -> None:
    stranger = demo_workshop.validation(demo_workshop.erasure())
    ledger.add(stranger)
    found = shown(bundle, ledger.proof(bundle.statements, [stranger]), ledger.trust(workshop.trust))
    assert (found.verdict, found.code) == ("UNKNOWN-KEY", "unknown-key")
    alone = judge(ledger.proof(bundle.statements).to_json(), ledger.trust(workshop.trust))
    assert (alone.verdict, alone.code, alone.told, alone.document) == ("INVALID", "proof-alone", "proof-alone", "proof")


def test_every_verdict_has_its_exit_status() -> None:
    assert [EXIT_STATUS[one] for one in Verdict] == [1, 4, 3, 3, 3, 0]

"""Proofs: strict in form, and about nothing else than the statements and the log that they name."""

import json
from dataclasses import replace
from typing import Any

import pytest

from certificates.errors import BundleError, CertificateError, NotCanonical, ProofError, UnknownLog
from certificates.proof import MAX_PROOF_BYTES, Proof, parse_proof, proof_from
from certificates.proved import Proved, verify_proof
from certificates.proved_bundle import parted, with_proof
from tests.certificates.ledgers import COSIGNED, WITNESSES, Ledger, logged


@pytest.fixture
def bundle(workshop: Any) -> Any:
    return workshop.bundle()


@pytest.fixture
def ledger(bundle: Any) -> Ledger:
    return logged(bundle.statements)


@pytest.fixture
def proof(bundle: Any, ledger: Ledger) -> Proof:
    return ledger.proof(bundle.statements, witnesses=2)


@pytest.fixture
def trust(workshop: Any, ledger: Ledger) -> Any:
    return ledger.trust(workshop.trust)


def refused(proof: Proof, bundle: Any, trust: Any) -> str:
    with pytest.raises(ProofError) as caught:
        verify_proof(proof, bundle.statements, trust)
    return str(caught.value)


def test_a_proof_comes_back_and_says_where_each_statement_stands(bundle: Any, proof: Proof, trust: Any) -> None:
    assert parse_proof(proof.to_json()) == proof
    found = verify_proof(proof, bundle.statements, trust)
    assert isinstance(found, Proved)
    assert [(one.place.shard, one.place.index) for one in found.entries.values()] == [("2026", n) for n in (5, 6, 7)]
    assert list(found.entries) == [one.id for one in bundle.statements]
    assert found.witnesses == 2
    times = found.checkpoints[0].found.witnesses
    assert times == {WITNESSES[n].key.public.kid: COSIGNED + n for n in (0, 1)}


def test_a_bundle_and_its_proof_are_one_document(bundle: Any, proof: Proof) -> None:
    both = with_proof(bundle.data, proof)
    assert json.loads(both)["schema"] == "etabli.bundle/2"
    assert parted(both) == (bundle.data, proof)
    with pytest.raises(BundleError):
        parted(bundle.data)
    with pytest.raises(BundleError):
        with_proof(both, proof)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "etabli.proof/2"},
        {"checkpoints": []},
        {"checkpoints": ["x"] * 9},
        {"checkpoints": [1]},
        {"entries": []},
        {"registry": {}},
        {"more": 1},
    ],
)
def test_another_shape_is_refused(proof: Proof, change: Any) -> None:
    with pytest.raises(ProofError):
        proof_from({**proof.to_document(), **change})


@pytest.mark.parametrize(
    "change",
    [
        {"id": "AB" * 32},
        {"checkpoint": 8},
        {"checkpoint": True},
        {"index": -1},
        {"received": 1.5},
        {"path": ["ab"]},
        {"path": ["ab" * 32] * 64},
        {"kind": "erasure"},
    ],
)
def test_another_shape_of_an_entry_is_refused(proof: Proof, change: Any) -> None:
    document = proof.to_document()
    document["entries"][1] |= change
    with pytest.raises(ProofError):
        proof_from(document)


def test_other_bytes_of_the_same_proof_are_refused(proof: Proof) -> None:
    data = proof.to_json()
    for other in (data + b"\n", b" " + data, json.dumps(json.loads(data)).encode(), b" " * (MAX_PROOF_BYTES + 1)):
        with pytest.raises(NotCanonical):
            parse_proof(other)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"index": 6}, "path"),
        ({"index": 600}, "outside"),
        ({"received": 1}, "path"),
        ({"checkpoint": 1}, "not there"),
        ({"path": ()}, "path"),
        ({"id": "ab" * 32}, "other statements"),
    ],
)
def test_an_entry_that_says_anything_else_is_refused(
    bundle: Any, proof: Proof, trust: Any, change: Any, told: str
) -> None:
    entries = (replace(proof.entries[0], **change), *proof.entries[1:])
    assert told in refused(replace(proof, entries=entries), bundle, trust)


def test_a_proof_of_other_statements_proves_nothing(workshop: Any, bundle: Any, proof: Proof, trust: Any) -> None:
    assert "other statements" in refused(proof, workshop.bundle(erasure={"seq": 9}), trust)
    assert "other statements" in refused(replace(proof, entries=proof.entries[::-1]), bundle, trust)
    assert "other statements" in refused(replace(proof, entries=proof.entries[:2]), bundle, trust)


def test_a_checkpoint_of_another_key_under_the_same_name_is_refused(bundle: Any, ledger: Ledger, trust: Any) -> None:
    thief = replace(ledger, seed=0x69)
    assert "has not signed" in refused(thief.proof(bundle.statements), bundle, trust)


def test_a_wrong_signature_of_a_known_key_refuses_the_whole_note(bundle: Any, proof: Proof, trust: Any) -> None:
    lines = proof.checkpoints[0].split("\n")
    for place in (4, 5, 6):
        damaged = list(lines)
        end = damaged[place][-6]
        damaged[place] = damaged[place][:-6] + ("A" if end != "A" else "B") + damaged[place][-5:]
        assert "does not match" in refused(replace(proof, checkpoints=("\n".join(damaged),)), bundle, trust)


def test_a_line_of_somebody_else_is_ignored_and_one_witness_counts_once(
    bundle: Any, ledger: Ledger, trust: Any
) -> None:
    note = ledger.note(1)
    foreign = note + "— elsewhere.example/w " + "A" * 96 + "\n"
    twice = note + note.split("\n")[5] + "\n"
    for text in (foreign, twice):
        proof = replace(ledger.proof(bundle.statements), checkpoints=(text,))
        assert verify_proof(proof, bundle.statements, trust).witnesses == 1


def test_an_unknown_shard_is_said_after_everything_else_was_checked(bundle: Any, proof: Proof, trust: Any) -> None:
    nobody = replace(trust, logs=())
    with pytest.raises(UnknownLog, match=r"atelier\.example/erasure-log/2026"):
        verify_proof(proof, bundle.statements, nobody)
    moved = replace(proof, entries=(replace(proof.entries[0], index=2), *proof.entries[1:]))
    with pytest.raises(ProofError):
        verify_proof(moved, bundle.statements, nobody)


def test_a_checkpoint_that_a_station_held_may_be_there_and_has_to_hold(bundle: Any, ledger: Ledger, trust: Any) -> None:
    held = ledger.proof(bundle.statements, more=[ledger.note(2, size=4)])
    assert len(verify_proof(held, bundle.statements, trust).checkpoints) == 2
    other = Ledger().fill(3)
    other.leaves.append(b"\x00" * 32)
    contradicting = ledger.proof(bundle.statements, more=[ledger.note(2, size=4), other.note()])
    assert "contradict" in refused(contradicting, bundle, trust)
    with pytest.raises(CertificateError):
        verify_proof(ledger.proof(bundle.statements, more=["no note"]), bundle.statements, trust)


def test_only_key_statements_stand_in_the_registry(workshop: Any, bundle: Any, ledger: Ledger, trust: Any) -> None:
    other = workshop.validation(bundle.erasure, seq=5)
    ledger.add(other)
    assert "only key statements" in refused(ledger.proof(bundle.statements, [other]), bundle, trust)

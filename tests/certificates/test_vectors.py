"""Published test vectors: two independent implementations agreed on every byte; so must this one.

They are looked for in `$ETABLI_SHARED`, or in `shared/reference/vectors` beside or above the checkout; the vectors of
this folder are always there.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from certificates import canonical
from certificates.envelope import SignedEnvelope, assemble_envelope, pae, short_id
from certificates.errors import CertificateError, KeyRefused, ProofError
from certificates.keys import PublicKey, SigningKey
from certificates.note import Checkpoint, NoteKey, cosign, cosigned_message, sign_checkpoint
from certificates.tlog_proof import parse_policy, proof_file, verify_proof_file
from certificates.tree import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    log_entry,
    root_hash,
)
from certificates.verify import authenticate

HERE = Path(__file__).parent
TOP = HERE.parent.parent


def shared_vectors() -> Path | None:
    named = os.environ.get("ETABLI_SHARED")
    places = [Path(named), Path(named) / "reference" / "vectors"] if named else []
    places += [folder / "shared" / "reference" / "vectors" for folder in (TOP.parent, TOP.parent.parent)]
    return next((place for place in places if (place / "rejects.json").is_file()), None)


VECTORS = shared_vectors()
published = pytest.mark.skipif(VECTORS is None, reason="the published vectors are not part of the tree: ETABLI_SHARED")


def load(name: str) -> Any:
    assert VECTORS is not None
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def raw_key(vector: Any, role: str, place: int = 0) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    found = [key for key in vector["inputs"]["keys"] if key["role"] == role][place]
    return found, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(found["seed_hex"]))


def signed(seed: bytes, payload_type: str, payload: dict[str, Any]) -> SignedEnvelope:
    """Sign below the schema: the published payloads are shortened."""
    key = SigningKey.from_seed(seed, demo=False)
    body = canonical.encode(payload)
    return assemble_envelope(payload_type, body, key.kid, key._private.sign(pae(payload_type, body)))


@published
def test_the_single_entry_reproduces_byte_for_byte() -> None:
    vector = load("single-entry.json")
    given, expected = vector["inputs"], vector["expected"]
    station, _ = raw_key(vector, "station")
    key = SigningKey.from_seed(bytes.fromhex(station["seed_hex"]), demo=False)
    assert (key.kid, key.public.raw.hex()) == (expected["kid"], station["public_hex"])
    assert canonical.encode(given["payload_object"]).decode() == expected["payload_utf8"]
    envelope = signed(bytes.fromhex(station["seed_hex"]), given["payload_type"], given["payload_object"])
    assert envelope.text == expected["envelope_utf8"]
    assert (len(envelope.data), envelope.id) == (expected["envelope_length"], expected["envelope_sha256"])
    assert envelope.short_id == short_id(envelope.id) == expected["statement_id_base64url"]
    entry = log_entry(envelope.id, key.kid, 1, given["entry_received_unix"], given["entry_type"])
    assert entry.decode() == expected["entry_utf8"]
    assert leaf_hash(entry).hex() == expected["leaf_hash_hex"] == root_hash([leaf_hash(entry)]).hex()
    checkpoint = Checkpoint(given["origin"], 1, leaf_hash(entry))
    assert checkpoint.body == expected["checkpoint_body"]
    log, log_private = raw_key(vector, "log")
    witness, witness_private = raw_key(vector, "witness")
    line = sign_checkpoint(checkpoint, NoteKey.from_vkey(log["vkey"]), log_private.sign)
    time = given["cosignature_unix"]
    second = cosign(checkpoint, NoteKey.from_vkey(witness["vkey"]), time, witness_private.sign)
    assert (line, second) == (expected["log_signature_line"], expected["cosignature_line"])
    assert cosigned_message(time, checkpoint.body).decode() == expected["cosigned_message"]
    text = proof_file(0, [], checkpoint.body + "\n" + line + second)
    assert VECTORS is not None
    assert text == expected["tlog_proof"] == (VECTORS / "single-entry.tlog-proof").read_text(encoding="utf-8")


@published
def test_seven_entries_reproduce_byte_for_byte() -> None:
    vector = load("seven-entries.json")
    leaves = []
    for statement in vector["inputs"]["statements"]:
        expected = statement["expected"]
        seed = bytes.fromhex(statement["station_seed_hex"])
        envelope = signed(seed, statement["payload_type"], statement["payload_object"])
        assert (envelope.text, envelope.id) == (expected["envelope_utf8"], expected["envelope_sha256"])
        payload = statement["payload_object"]
        entry = log_entry(
            envelope.id, payload["kid"], payload["seq"], statement["entry_received_unix"], statement["entry_type"]
        )
        assert entry.decode() == expected["entry_utf8"]
        assert leaf_hash(entry).hex() == expected["leaf_hash_hex"]
        leaves.append(leaf_hash(entry))
    expected = vector["expected"]
    for size, root in expected["roots_hex_by_size"].items():
        assert root_hash(leaves[: int(size)]).hex() == root
    for index, proof in expected["inclusion_proofs_base64_at_size_7"].items():
        path = inclusion_proof(leaves, int(index))
        assert [base64.b64encode(node).decode() for node in path] == proof
        check_inclusion(leaves[int(index)], int(index), 7, path, root_hash(leaves))
    for proof in expected["consistency_proofs"]:
        path = consistency_proof(leaves, proof["from"])
        assert [base64.b64encode(node).decode() for node in path] == proof["proof_base64"]
        check_consistency(proof["from"], 7, path, root_hash(leaves[: proof["from"]]), root_hash(leaves))


@published
def test_the_proof_of_entry_four_holds_under_the_policy() -> None:
    vector = load("seven-entries.json")
    expected = vector["expected"]
    policy = parse_policy(expected["tlog_policy"])
    assert policy.quorum == vector["inputs"]["witness_quorum"]
    entry = vector["inputs"]["statements"][4]["expected"]["entry_utf8"].encode()
    found = verify_proof_file(expected["tlog_proof_index_4"], entry, policy)
    assert sorted(found.witnesses.values()) == sorted(vector["inputs"]["cosignature_unix"].values())


REJECTS: dict[str, Any] = load("rejects.json") if VECTORS else {"envelopes": [], "proofs": []}


@published
@pytest.mark.parametrize("item", REJECTS["envelopes"], ids=lambda item: item["name"])
def test_a_published_bad_envelope_is_refused(item: dict[str, Any]) -> None:
    station = PublicKey(bytes.fromhex(REJECTS["station_public_hex"]))
    if "envelope_utf8" in item:
        data = item["envelope_utf8"].encode()
    else:
        body = b"[" * 20_000 + b"]" * 20_000
        key = SigningKey.from_seed(b"\x01" * 32, demo=False)
        kind = "application/vnd.refurb.erasure.v1+json"
        data = assemble_envelope(kind, body, key.kid, key._private.sign(pae(kind, body))).data
        assert SignedEnvelope(data).id == item["envelope_sha256"]
    with pytest.raises(CertificateError):
        authenticate(data, {station.kid: station}.get, REJECTS["accepted_payload_types"])


@published
@pytest.mark.parametrize("item", REJECTS["proofs"], ids=lambda item: item["name"])
def test_a_published_bad_proof_is_refused(item: dict[str, Any]) -> None:
    vector = load("seven-entries.json")
    entry = vector["inputs"]["statements"][4]["expected"]["entry_utf8"].encode()
    with pytest.raises(ProofError):
        verify_proof_file(item["tlog_proof"], entry, parse_policy(vector["expected"]["tlog_policy"]))


@published
def test_the_published_weak_keys_are_refused() -> None:
    vector = load("low-order-keys.json")
    weak = [*vector["keys"], vector["mixed_order_key"]]
    assert len(weak) == 15
    for key in weak:
        with pytest.raises(KeyRefused):
            PublicKey(bytes.fromhex(key["public_hex"]))


@published
def test_all_bit_flips_of_the_first_envelope_are_refused() -> None:
    vector = load("single-entry.json")
    key = PublicKey(bytes.fromhex(vector["inputs"]["keys"][0]["public_hex"]))
    data, accepted = vector["expected"]["envelope_utf8"].encode(), [vector["inputs"]["payload_type"]]
    assert authenticate(data, {key.kid: key}.get, accepted)[1] == vector["inputs"]["payload_object"]
    for place in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(CertificateError):
            authenticate(bytes(flipped), {key.kid: key}.get, accepted)


def test_our_own_envelope_reproduces() -> None:
    vector = json.loads((HERE / "vectors" / "envelope.json").read_text(encoding="utf-8"))
    key = SigningKey.from_seed(bytes.fromhex(vector["seed"]), demo=False)
    envelope = key.sign_statement(vector["payload"])
    assert (key.kid, envelope.text, envelope.id) == (vector["kid"], vector["envelope"], vector["id"])

"""Keys and signatures that some verifiers accept and others refuse: refused here, wherever a key may come from.

The points are computed; the published ones (`test_vectors`) are the same. Order of the group: RFC 8032, section 5.1.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from certificates.errors import BadSignature, KeyRefused, ProofError, TrustError
from certificates.keys import PublicKey, SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, NoteKey
from certificates.trust import Trust
from certificates.trust2 import signed_document
from certificates.verdicts import judge
from tests.certificates.ledgers import Ledger, logged

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
LOW = (0, 1, PRIME - 1, PRIME, PRIME + 1)  # y of points of order 1, 2 and 4, two of them beyond the prime
EIGHT = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826  # y of order 8, and its negative
ENCODED = [value.to_bytes(32, "little") for value in (*LOW, EIGHT, PRIME - EIGHT)]
WEAK = [*ENCODED, *(raw[:-1] + bytes([raw[-1] | 0x80]) for raw in ENCODED)]
MIXED = bytes.fromhex("1f4f580e73ac208f06760190e9edc6f5916775dabd9c1cdca393175c2d6d1083")
NON_CANONICAL = [value.to_bytes(32, "little") for value in range(PRIME, 2**255)]
HERE = Path(__file__).parent


@pytest.mark.parametrize("raw", [*WEAK, MIXED], ids=range(len(WEAK) + 1))
def test_a_weak_key_is_refused_wherever_it_stands(raw: bytes, workshop: Any) -> None:
    with pytest.raises(KeyRefused):
        PublicKey(raw)
    kid, public = hashlib.sha256(raw).hexdigest(), base64.b64encode(raw).decode()
    trust = signed_document(Ledger().fill(1).trust(workshop.trust), None)
    weak = {**trust["keys"][0], "kid": kid, "public": public}
    for document in ({**workshop.trust.to_document(), "keys": [weak | {}]}, {**trust, "keys": [weak]}):
        if document["schema"] == "etabli.trust/1":
            document["keys"] = [{name: value for name, value in weak.items() if name != "until"}]
        with pytest.raises(TrustError, match="key"):
            Trust.from_json(json.dumps(document).encode())
    for kind in (LOG_SIGNATURE, COSIGNATURE):
        name = "atelier.example/erasure-log/2026"
        key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:4]
        with pytest.raises(ProofError):
            NoteKey.from_vkey(f"{name}+{key_id.hex()}+{base64.b64encode(bytes([kind]) + raw).decode()}")


def test_there_are_fourteen_encodings_of_low_order() -> None:
    assert len(set(WEAK)) == 14
    assert len(NON_CANONICAL) == 19


@pytest.mark.parametrize("raw", NON_CANONICAL, ids=range(19))
def test_a_key_beyond_the_prime_is_refused(raw: bytes) -> None:
    with pytest.raises(KeyRefused):
        PublicKey(raw)


def test_a_signature_has_one_spelling() -> None:
    """S is below the order of the group, R is canonical and of the right order: nobody makes a second signature."""
    key = SigningKey.from_seed(b"\x22" * 32, demo=False)
    signature = key.sign_message("x", b"message")
    message = b"DSSEv1 1 x 7 message"
    key.public.verify(signature, message)
    scalar = int.from_bytes(signature[32:], "little")
    for wrong in (scalar + ORDER, scalar + 2 * ORDER, scalar + 4 * ORDER, 0, ORDER):
        with pytest.raises(BadSignature):
            key.public.verify(signature[:32] + wrong.to_bytes(32, "little"), message)
    for point in (*WEAK, *NON_CANONICAL):
        for rest in (signature[32:], bytes(32)):
            with pytest.raises(BadSignature):
                key.public.verify(point + rest, message)
    for length in (0, 63, 65, 128):
        with pytest.raises(BadSignature):
            key.public.verify((signature * 2)[:length], message)


def test_the_vector_of_a_proof_reproduces(demo_workshop: Any) -> None:
    vector = json.loads((HERE / "vectors" / "proof.json").read_text(encoding="utf-8"))
    trust = Trust.from_json(json.dumps(vector["trust"]).encode())
    found = judge(vector["bundle"].encode(), trust)
    assert (found.verdict, "witnessed" in found.checked) == ("VALID", True)
    assert found.proved is not None
    assert [entry.place.index for entry in found.proved.entries.values()] == vector["indexes"]
    assert found.proved.checkpoints[0].found.checkpoint.root.hex() == vector["root"]
    statements = demo_workshop.bundle().statements
    ledger = logged(statements)
    assert signed_document(ledger.trust(demo_workshop.trust, 2), demo_workshop.hub) == vector["trust"]
    assert ledger.proof(statements, witnesses=2).to_document() == json.loads(vector["bundle"])["proof"]

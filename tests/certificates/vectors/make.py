"""Writes the vectors of this folder again; the tests compare what the library makes with what lies here.

Run from the top of the tree: `python -m tests.certificates.vectors.make`. A difference is a change of format.
"""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import PublicKey, SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, Checkpoint, NoteKey, cosign, sign_checkpoint
from certificates.proved_bundle import with_proof
from certificates.tlog_proof import proof_file
from certificates.tree import inclusion_proof, leaf_hash, log_entry, root_hash
from certificates.trust2 import signed_document
from tests.certificates.conftest import DEMO_HUB_KEY, DEMO_STATION_KEY, workshop_of
from tests.certificates.ledgers import logged

HERE = Path(__file__).parent
ORIGIN = "hub.example.org/erasure-log/2026"
STATION_SEED = b"\x01" * 32


def envelope() -> dict[str, object]:
    """One signed validation statement."""
    key = SigningKey.from_seed(STATION_SEED, demo=False)
    payload = {
        "v": 1, "kind": "validation", "kid": key.kid, "hub": "Atelier", "seq": 1, "prev": "0" * 64, "nonce": "0" * 32,
        "wall": "2026-01-01T00:00:00Z", "wall_src": "system", "simulated": False, "statement": "ab" * 32,
        "decision": "APPROVED", "reason": "Contrôlé « à l’œil »", "validator": "p-1", "validator_name": "Zoé",
        "role": "",
    }  # fmt: skip
    signed = key.sign_statement(payload)
    return {"seed": STATION_SEED.hex(), "kid": key.kid, "payload": payload, "envelope": signed.text, "id": signed.id}


def log() -> dict[str, object]:
    """A log of five entries, its roots, and the proof file of the third."""
    entries = [log_entry(f"{n:064x}", "cd" * 32, n, 1_767_225_600 + n, "erasure") for n in range(1, 6)]
    leaves = [leaf_hash(entry) for entry in entries]
    checkpoint = Checkpoint(ORIGIN, 5, root_hash(leaves))
    note = checkpoint.body + "\n"
    for name, kind, seed in (
        (ORIGIN, LOG_SIGNATURE, 2),
        ("witness.example.org/w", COSIGNATURE, 3),
        ("witness.example.net/w", COSIGNATURE, 5),
    ):
        private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        key = NoteKey(name, kind, PublicKey(private.public_key().public_bytes_raw()))
        note += (
            sign_checkpoint(checkpoint, key, private.sign)
            if kind == LOG_SIGNATURE
            else cosign(checkpoint, key, 1_767_225_700, private.sign)
        )
    return {
        "entries": [entry.decode() for entry in entries],
        "leaves": [leaf.hex() for leaf in leaves],
        "roots": [root_hash(leaves[:size]).hex() for size in range(6)],
        "proof": proof_file(2, inclusion_proof(leaves, 2), note),
    }


def proof() -> dict[str, object]:
    """A demo certificate with its proof, the trust file of the second form by which it is VALID, and who cosigned."""
    shop = workshop_of(DEMO_STATION_KEY, DEMO_HUB_KEY)
    bundle = shop.bundle()
    ledger = logged(bundle.statements)
    proved = with_proof(bundle.data, ledger.proof(bundle.statements, witnesses=2))
    return {
        "trust": signed_document(ledger.trust(shop.trust, 2), shop.hub),
        "bundle": proved.decode(),
        "indexes": [ledger.places[one.id][0] for one in bundle.statements],
        "root": root_hash(ledger.leaves).hex(),
    }


if __name__ == "__main__":
    for name, vector in (("envelope", envelope()), ("log", log()), ("proof", proof())):
        text = json.dumps(vector, indent=1, ensure_ascii=False) + "\n"
        (HERE / f"{name}.json").write_text(text, encoding="utf-8")

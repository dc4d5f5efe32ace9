"""The log: trees, checkpoints, cosignatures and proof files, against the published vectors and our own."""

import json
from pathlib import Path
from typing import Any

import pytest

from certificates.errors import ProofError
from certificates.keys import PublicKey, SigningKey
from certificates.note import (
    COSIGNATURE,
    LOG_SIGNATURE,
    Checkpoint,
    NoteKey,
    cosign,
    sign_checkpoint,
    verify_note,
)
from certificates.tlog_proof import Policy, parse_policy, proof_file, verify_proof_file
from certificates.tree import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    log_entry,
    root_hash,
)

ORIGIN = "hub.example.org/erasure-log/2026"


def signer(seed: int) -> tuple[PublicKey, Any]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return PublicKey(private.public_key().public_bytes_raw()), private.sign


LOG_PUBLIC, LOG_SIGN = signer(2)
LOG = NoteKey(ORIGIN, LOG_SIGNATURE, LOG_PUBLIC)
WITNESSES = tuple(
    (NoteKey(f"witness.example.{end}/w", COSIGNATURE, signer(seed)[0]), signer(seed)[1])
    for end, seed in (("org", 3), ("net", 5), ("com", 6))
)
LEAVES = [leaf_hash(b"entry %d" % n) for n in range(40)]


def note(checkpoint: Checkpoint, *, witnesses: int = 2) -> str:
    lines = [sign_checkpoint(checkpoint, LOG, LOG_SIGN)]
    lines += [cosign(checkpoint, key, 1_767_225_700, sign) for key, sign in WITNESSES[:witnesses]]
    return checkpoint.body + "\n" + "".join(lines)


def test_every_inclusion_proof_leads_to_its_root_and_to_no_other() -> None:
    for size in range(1, 40):
        leaves = LEAVES[:size]
        root = root_hash(leaves)
        for index in range(size):
            path = inclusion_proof(leaves, index)
            check_inclusion(leaves[index], index, size, path, root)
            for wrong in ((index ^ 1, size, path), (index, size, path[:-1]), (index, size, [*path, root])):
                if wrong[0] >= size or (wrong[0] == index and wrong[2] == path):
                    continue
                with pytest.raises(ProofError):
                    check_inclusion(leaves[index], *wrong, root)


def test_every_consistency_proof_holds_and_no_other() -> None:
    for size in range(1, 24):
        root = root_hash(LEAVES[:size])
        for old in range(1, size + 1):
            old_root = root_hash(LEAVES[:old])
            proof = consistency_proof(LEAVES[:size], old)
            check_consistency(old, size, proof, old_root, root)
            for wrong in ((proof, LEAVES[39], root), (proof, old_root, LEAVES[39]), ([*proof, root], old_root, root)):
                with pytest.raises(ProofError):
                    check_consistency(old, size, *wrong)
            if proof:
                with pytest.raises(ProofError):
                    check_consistency(old, size, proof[:-1], old_root, root)


def test_places_outside_a_tree_are_refused() -> None:
    for size, index in ((0, 0), (3, 3), (3, -1)):
        with pytest.raises(ProofError):
            inclusion_proof(LEAVES[:size], index)
        with pytest.raises(ProofError):
            check_inclusion(LEAVES[0], index, size, [], LEAVES[0])
    for old in (0, 4):
        with pytest.raises(ProofError):
            consistency_proof(LEAVES[:3], old)
        with pytest.raises(ProofError):
            check_consistency(old, 3, [], LEAVES[0], LEAVES[0])
    assert root_hash([]) == EMPTY_ROOT


def test_a_cosigned_checkpoint_counts_distinct_keys() -> None:
    checkpoint = Checkpoint(ORIGIN, 7, root_hash(LEAVES[:7]))
    keys = [key for key, _ in WITNESSES]
    assert len(verify_note(note(checkpoint), LOG, keys, 2).witnesses) == 2
    with pytest.raises(ProofError, match="1 witnesses instead of 2"):
        verify_note(note(checkpoint, witnesses=1), LOG, keys, 2)
    twice = note(checkpoint, witnesses=1) + cosign(checkpoint, *WITNESSES[0][:1], 1_767_225_701, WITNESSES[0][1])
    with pytest.raises(ProofError, match="1 witnesses instead of 2"):
        verify_note(twice, LOG, keys, 2)
    alias = NoteKey("other.example/w", COSIGNATURE, keys[0].public)
    renamed = note(checkpoint, witnesses=1) + cosign(checkpoint, alias, 1_767_225_701, WITNESSES[0][1])
    with pytest.raises(ProofError, match="1 witnesses instead of 2"):
        verify_note(renamed, LOG, [*keys, alias], 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(ORIGIN, "other.example/log", 1),
        lambda text: text.replace("\n7\n", "\n07\n"),
        lambda text: text.replace("\n7\n", "\n8\n"),
        lambda text: text.replace("\n7\n", "\n7\nextension\n"),
        lambda text: text.replace("— ", "- "),
        lambda text: text.replace(f"— {ORIGIN}", "— other.example/log"),
        lambda text: "\n".join(line for line in text.split("\n") if not line.startswith(f"— {ORIGIN}")),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text + "— x y z\n",
        lambda text: text.replace("=\n\n", "\n\n"),
    ],
)
def test_a_damaged_checkpoint_is_refused(damage: Any) -> None:
    text = note(Checkpoint(ORIGIN, 7, root_hash(LEAVES[:7])))
    with pytest.raises(ProofError):
        verify_note(damage(text), LOG, [key for key, _ in WITNESSES], 2)


def test_a_proof_file_comes_back_and_proves_one_entry() -> None:
    entries = [log_entry("ab" * 32, "cd" * 32, seq, 1_767_225_600, "erasure") for seq in range(1, 8)]
    leaves = [leaf_hash(entry) for entry in entries]
    text = proof_file(4, inclusion_proof(leaves, 4), note(Checkpoint(ORIGIN, 7, root_hash(leaves))))
    policy = Policy(LOG, tuple(key for key, _ in WITNESSES), 2)
    assert verify_proof_file(text, entries[4], policy).checkpoint.size == 7
    for damaged in (
        text.replace("index 4", "index 3"),
        text.replace("index 4", "index 04"),
        text.replace("index 4", "index 7"),
        text.replace("\nindex", "\nextra AAAA\nindex"),
        text.replace("@v1", "@v2"),
        text.replace("\n", "\r\n"),
        text.split("\n\n", 1)[0],
        text.replace("index 4\n", "index 4\nAAAA\n"),
        text.replace("index 4\n", "index 4\n?\n"),
    ):
        with pytest.raises(ProofError):
            verify_proof_file(damaged, entries[4], policy)
    with pytest.raises(ProofError):
        verify_proof_file(text, entries[3], policy)


def test_verifier_keys_and_policies_are_read_strictly() -> None:
    keys = [key for key, _ in WITNESSES]
    assert NoteKey.from_vkey(LOG.vkey) == LOG
    names = "".join(f"witness w{place} {key.vkey}\n" for place, key in enumerate(keys))
    text = f"log {LOG.vkey}\n{names}group g 2 w0 w1 w2\nquorum g\n"
    assert parse_policy(text) == Policy(LOG, tuple(keys), 2)
    for damaged in (
        text.replace("group g 2", "group g 4"),
        text.replace("group g 2", "group g 0"),
        text.replace("w0 w1 w2\n", "w0 w9\n"),
        text.replace("quorum g", "quorum h"),
        text.replace("log ", "lag "),
        text + text,
        "",
    ):
        with pytest.raises(ProofError):
            parse_policy(damaged)
    for vkey in ("", "a+b", LOG.vkey[:-4] + "AAAA", LOG.vkey.replace("+d", "+e"), f"x y{LOG.vkey}"):
        with pytest.raises(ProofError):
            NoteKey.from_vkey(vkey)
    assert SigningKey.from_seed(b"\x02" * 32, demo=False).public == LOG_PUBLIC


OWN = Path(__file__).parent / "vectors" / "log.json"


def test_our_own_vectors_reproduce() -> None:
    vector = json.loads(OWN.read_text(encoding="utf-8"))
    entries = [entry.encode() for entry in vector["entries"]]
    leaves = [leaf_hash(entry) for entry in entries]
    assert [leaf.hex() for leaf in leaves] == vector["leaves"]
    assert [root_hash(leaves[:size]).hex() for size in range(len(leaves) + 1)] == vector["roots"]
    text = proof_file(2, inclusion_proof(leaves, 2), note(Checkpoint(ORIGIN, len(leaves), root_hash(leaves))))
    assert text == vector["proof"]

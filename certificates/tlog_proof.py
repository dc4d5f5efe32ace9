"""Proof files (C2SP tlog-proof v1): index, audit path and cosigned checkpoint of one log entry.

House rules: no `extra` line (nothing authenticates it), strict base64, a final line feed. A proof file may gain
cosignatures later, so it is never an identity and never hashed as one.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from certificates.envelope import decode_base64
from certificates.errors import EnvelopeError, ProofError
from certificates.note import NoteKey, VerifiedCheckpoint, verify_note
from certificates.tree import HASH_BYTES, check_inclusion, leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)
_MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class Policy:
    """The log and the witnesses to believe, and how many distinct witnesses are needed."""

    log: NoteKey
    witnesses: tuple[NoteKey, ...]
    quorum: int


def proof_file(index: int, path: Sequence[bytes], note: str) -> str:
    """Write a proof file; `note` is the cosigned checkpoint."""
    hashes = "".join(base64.b64encode(node).decode("ascii") + "\n" for node in path)
    return f"{HEADER}\nindex {index}\n{hashes}\n{note}"


def verify_proof_file(text: str, entry: bytes, policy: Policy) -> VerifiedCheckpoint:
    """Check that the entry lies in the log under a checkpoint with the witness quorum; ProofError otherwise."""
    if "\r" in text:
        raise ProofError("carriage returns are not part of a proof file")
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != HEADER or len(lines) < 2 or len(lines) > _MOST_HASHES + 2:  # noqa: PLR2004
        raise ProofError("not a proof file")
    index = _INDEX.fullmatch(lines[1])
    if index is None:
        raise ProofError("the index comes second, as a decimal number")
    found = verify_note(note, policy.log, policy.witnesses, policy.quorum)
    path = [_hash(line) for line in lines[2:]]
    check_inclusion(leaf_hash(entry), int(index[1]), found.checkpoint.size, path, found.checkpoint.root)
    return found


def parse_policy(text: str) -> Policy:
    """Read a C2SP tlog-policy with one log, named witnesses and one group; ProofError for anything else."""
    logs: list[NoteKey] = []
    witnesses: dict[str, NoteKey] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    quorum = ""
    for line in text.splitlines():
        match line.split():
            case ["log", vkey]:
                logs.append(NoteKey.from_vkey(vkey))
            case ["witness", name, vkey] if name not in witnesses:
                witnesses[name] = NoteKey.from_vkey(vkey)
            case ["group", name, count, *members] if count.isdecimal():
                groups[name] = (int(count), members)
            case ["quorum", name] if not quorum:
                quorum = name
            case _:
                raise ProofError(f"policy line not understood: {line[:60]}")
    return _policy(logs, witnesses, groups.get(quorum))


def _policy(logs: list[NoteKey], witnesses: dict[str, NoteKey], group: tuple[int, list[str]] | None) -> Policy:
    if len(logs) != 1 or group is None or not all(name in witnesses for name in group[1]):
        raise ProofError("a policy names one log and a quorum of known witnesses")
    count, members = group
    if not 0 < count <= len(set(members)):
        raise ProofError("the quorum cannot be reached")
    return Policy(logs[0], tuple(witnesses[name] for name in members), count)


def _hash(line: str) -> bytes:
    try:
        raw = decode_base64(line)
    except EnvelopeError as error:
        raise ProofError(str(error)) from error
    if len(raw) != HASH_BYTES:
        raise ProofError("a hash has 32 bytes")
    return raw

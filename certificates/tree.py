"""The tree of a log: RFC 6962, section 2.1, with SHA-256. Hashes only; knows neither statements nor storage."""

from collections.abc import Sequence
from hashlib import sha256

from certificates import canonical
from certificates.errors import ProofError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def log_entry(statement_id: str, kid: str, seq: int, received_unix: int, entry_type: str) -> bytes:
    """Bytes of a log entry: canonical JSON of id, key, sequence number, time of receipt (seconds) and type."""
    return canonical.encode({"h": statement_id, "k": kid, "q": seq, "t": received_unix, "y": entry_type})


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def row_above(row: bytes) -> bytes:
    """The hashes of the nodes over each two hashes that stand one behind the other; a last one without a pair has none.

    As `node_hash` for each, without cutting every hash out.
    """
    pairs = range(0, len(row) - 2 * HASH_BYTES + 1, 2 * HASH_BYTES)
    return b"".join([sha256(b"\x01" + row[place : place + 2 * HASH_BYTES]).digest() for place in pairs])


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """Root of the tree over leaf hashes; the hash of nothing for an empty tree."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root_hash(leaves[:split]), root_hash(leaves[split:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of the leaf at `index`, from the bottom up; ProofError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise ProofError("no such leaf")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_hash(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_hash(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the tree of the first `old_size` leaves is a beginning of this one."""
    if not 0 < old_size <= len(leaves):
        raise ProofError("no such tree")
    return _subproof(leaves, old_size, whole=True)


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless the path leads from the leaf at `index` to the root of a tree of `size` (RFC 9162)."""
    if not 0 <= index < size:
        raise ProofError("the index lies outside the tree")
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the audit path is too long")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last or node != root:
        raise ProofError("the audit path does not lead to the root")


def check_consistency(old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Raise ProofError unless the old tree is a beginning of the new one (RFC 9162, section 2.1.4.2)."""
    if not 0 < old_size <= size:
        raise ProofError("no such tree")
    if old_size == size:
        if proof or old_root != root:
            raise ProofError("trees of one size must be the same")
        return
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise ProofError("the proof is too short")
    first, second = _climb(path, old_size - 1, size - 1)
    if first != old_root or second != root:
        raise ProofError("the new tree does not continue the old one")


def _climb(path: list[bytes], place: int, last: int) -> tuple[bytes, bytes]:
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return first, second


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root_hash(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), root_hash(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, whole=False), root_hash(leaves[:split])]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)

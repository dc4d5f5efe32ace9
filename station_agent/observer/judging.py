"""Whether what a hub shows continues what this bench has seen (trust and reliability, section 2). Pure.

`Contradiction` is a proof that failed; `LogUnproved` is one that is missing.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from certificates.errors import ProofError
from certificates.note import read_checkpoint, verify_note
from certificates.root import Root
from certificates.tree import check_consistency
from station_agent.errors import LogUnproved
from station_agent.observer.book import Pin
from station_agent.observer.contradiction import Contradiction
from station_agent.observer.listing import CLOSED, FROZEN, LONGEST, OPEN, UNREADABLE, Shard, order_of
from station_agent.observer.roots import names_shard

MOST_NOTE: Final = 32_768  # characters of a checkpoint with its cosignatures
MOST_HASHES: Final = 63
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_GOES_ON: Final = {OPEN: (OPEN, CLOSED, FROZEN), CLOSED: (CLOSED, FROZEN), FROZEN: (FROZEN,)}


def judge_listing(pins: Sequence[Pin], shards: Sequence[Shard], root: Root | None = None) -> tuple[Shard, ...]:
    """Give the shards that were not known before. Raises `Contradiction`.

    A known log stays where it is, under its key, and never opens again; another one comes after all that were known,
    and only once they are closed or frozen, by the key of the one before it or by one that the root file names which
    is followed here. A key that was given up never comes back.
    """
    by_origin = {shard.origin: shard for shard in shards}
    for pin in pins:
        _require_same(pin, by_origin.get(pin.origin))
    for shard in shards[:-1]:
        if shard.state == OPEN:
            raise Contradiction("beside", shard.origin)
    known = {pin.origin for pin in pins}
    new = tuple(shard for shard in shards if shard.origin not in known)
    if pins:
        used = [pin.key.public.raw for pin in sorted(pins, key=lambda pin: order_of(pin.name))]
        for shard in new:
            _require_after(pins, shard)
            _require_key(used, shard, root)
    return new


def _require_same(pin: Pin, shard: Shard | None) -> None:
    if shard is None:
        raise Contradiction("gone", pin.origin)
    if shard.key.vkey != pin.vkey:
        raise Contradiction("key", pin.origin, shard.key.vkey)
    if (shard.name, shard.first) != (pin.name, pin.first) or shard.state not in _GOES_ON.get(pin.state, ()):
        raise Contradiction("moved", pin.origin, f"{shard.name} {shard.first} {shard.state}")
    if shard.state == FROZEN and shard.size < pin.size:  # it proves nothing any more, but says itself what is missing
        raise Contradiction("smaller", pin.origin, f"{shard.size} < {pin.size}")
    if pin.final and shard.size != pin.size:
        raise Contradiction("moved", pin.origin, f"{shard.size} <> {pin.size}")


def _require_after(pins: Sequence[Pin], shard: Shard) -> None:
    last = max(pins, key=lambda pin: order_of(pin.name))
    if shard.order <= order_of(last.name) or shard.first < last.first + last.size:
        raise Contradiction("beside", shard.origin)


def _require_key(used: list[bytes], shard: Shard, root: Root | None) -> None:
    raw = shard.key.public.raw
    if raw == used[-1]:
        return
    if raw in used or not names_shard(root, shard):
        raise Contradiction("key", shard.origin, shard.key.vkey)
    used.append(raw)


def judge_checkpoint(pin: Pin, document: Mapping[str, Any], now: str) -> Pin:
    """Give what is known after an answer to "consistency from what I have". Raises `Contradiction`, `LogUnproved`."""
    note, proof = document.get("checkpoint"), document.get("proof")
    if not isinstance(note, str) or len(note) > MOST_NOTE or not _encodable(note):
        raise LogUnproved(UNREADABLE)
    path = _hashes(proof)
    try:
        read_checkpoint(note)
    except ProofError as error:  # no checkpoint of anybody: an answer that is broken, not another history
        raise LogUnproved(UNREADABLE) from error
    try:
        checkpoint = verify_note(note, pin.key, (), 0).checkpoint
    except ProofError as error:
        raise Contradiction("signature", pin.origin, str(error), note) from error
    if checkpoint.size > LONGEST:
        raise Contradiction("signature", pin.origin, f"{checkpoint.size}", note)
    if checkpoint.size < pin.size:
        raise Contradiction("smaller", pin.origin, f"{checkpoint.size} < {pin.size}", note)
    if pin.size:
        try:
            check_consistency(pin.size, checkpoint.size, path, bytes.fromhex(pin.root), checkpoint.root)
        except ProofError as error:
            raise Contradiction("fork", pin.origin, str(error), note) from error
    digest = hashlib.sha256(note.encode()).hexdigest()
    return replace(
        pin, size=checkpoint.size, root=checkpoint.root.hex(), note=note, note_sha256=digest, seen=now, final=False
    )


def judge_end(seen: Pin, shard: Shard) -> Pin:
    """Give what is known back. Raises `Contradiction` where a log has ended and its end is not shown here."""
    if shard.state != OPEN and seen.size < shard.size:
        raise Contradiction("withheld", seen.origin, f"{seen.size} … {shard.size}", seen.note)
    return seen


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _hashes(proof: object) -> list[bytes]:
    if not isinstance(proof, list) or len(proof) > MOST_HASHES:
        raise LogUnproved(UNREADABLE)
    if not all(isinstance(node, str) and _HASH.fullmatch(node) for node in proof):
        raise LogUnproved(UNREADABLE)
    return [bytes.fromhex(node) for node in proof]

"""Bytes of the formats for the independent verifier: canonical JSON, base64, DSSE, notes, the tree of a log."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from tests.independent.curve import good_key, signed


class Bad(Exception):
    """The document is not what it must be."""


class Unknown(Exception):
    """The trust file does not know a key or a log."""


def need(holds: object, why: str) -> None:
    """Bad unless it holds."""
    if not holds:
        raise Bad(why)


def canonical(data: bytes, most: int, levels: int = 8) -> Any:
    """Value of bytes in the one canonical form, at most so many of them, and nested at most so deep."""
    need(len(data) <= most, "size")
    try:
        value = json.loads(data, object_pairs_hook=_once)
        need(data.decode("utf-8") == spelled(value) and _depth(value) <= levels, "form")
    except (ValueError, RecursionError) as error:
        raise Bad("no JSON") from error
    return value


def spelled(value: Any) -> str:
    """The canonical text of a value; Bad for what has none."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        need(abs(value) < 2**53, "integer")
        return str(value)
    if isinstance(value, str):
        need(not re.search("[\ud800-\udfff]", value), "surrogate")
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    need(isinstance(value, dict) and all(name.isascii() for name in value), "value")
    return "{" + ",".join(f"{spelled(name)}:{spelled(value[name])}" for name in sorted(value)) + "}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len({name for name, _ in pairs}) == len(pairs), "member twice")
    return dict(pairs)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def unbase64(text: Any) -> bytes:
    """Bytes of padded standard base64 in its one spelling."""
    need(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text) and len(text) % 4 == 0, "base64")
    raw = base64.b64decode(text)
    need(base64.b64encode(raw).decode() == text, "base64")
    return raw


def sha(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def dsse(kind: str, body: bytes) -> bytes:
    """What is signed."""
    return f"DSSEv1 {len(kind)} {kind} {len(body)} ".encode() + body


@dataclass(frozen=True)
class Vkey:
    """A key for notes: log (1) or witness (4)."""

    text: str
    name: str
    tag: bytes
    kind: int
    raw: bytes

    @property
    def kid(self) -> str:
        """Key id."""
        return sha(self.raw)


def vkey(text: str) -> Vkey:
    """Read a verifier key."""
    parts = text.split("+", 2)
    need(len(parts) == 3 and re.fullmatch(r"[!-*,-~]{1,200}", parts[0]), "vkey")
    material = unbase64(parts[2])
    tag = hashlib.sha256(parts[0].encode() + b"\n" + material).digest()[:4]
    need(tag.hex() == parts[1] and material[:1] in (b"\1", b"\4") and good_key(material[1:]), "vkey")
    return Vkey(text, parts[0], tag, material[0], material[1:])


@dataclass(frozen=True)
class Note:
    """A checkpoint, and its signature lines as pairs of name and bytes in base64."""

    text: str
    body: str
    origin: str
    size: int
    root: bytes
    lines: tuple[tuple[str, str], ...]


def note(text: str) -> Note:
    """Read a note without judging its signatures."""
    found = re.fullmatch(r"(([!-*,-~]{1,200})\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/=]+)\n)\n((?:— [^\n]*\n)+)", text)
    need(found, "note")
    assert found is not None
    root = unbase64(found[4])
    lines = [re.fullmatch(r"— ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]{1,500})", line) for line in found[5][:-1].split("\n")]
    need(len(root) == 32 and all(lines), "note")
    return Note(text, found[1], found[2], int(found[3]), root, tuple((line[1], line[2]) for line in lines if line))


def cosigned(said: Note, log: Vkey, witnesses: list[Vkey]) -> dict[str, int]:
    """Times of the witnesses that signed a note, by key id; Bad for a wrong known one, or without the log's."""
    times: dict[str, int] = {}
    logged = False
    for name, coded in said.lines:
        raw = unbase64(coded)
        for key in (log, *witnesses):
            if (key.name, key.tag) != (name, raw[:4]):
                continue
            if key.kind == 1:
                need(signed(key.raw, raw[4:], said.body.encode()), "log signature")
                logged = True
                continue
            time = int.from_bytes(raw[4:12], "big")
            need(signed(key.raw, raw[12:], f"cosignature/v1\ntime {time}\n{said.body}".encode()), "cosignature")
            times[key.kid] = min(time, times.get(key.kid, time))
    need(logged, "log signature")
    return times


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Root of a tree by RFC 6962, section 2.1.1, from the top: the sizes say on which side each sibling stands."""
    need(0 <= index < size, "index")
    sides: list[bool] = []  # from the top: whether the leaf is in the right part
    while size > 1:
        split = 1 << ((size - 1).bit_length() - 1)
        sides.append(index >= split)
        index, size = (index - split, size - split) if index >= split else (index, split)
    need(len(sides) == len(path), "path")
    node = leaf
    for right, sibling in zip(reversed(sides), path, strict=True):
        node = hashlib.sha256(b"\1" + (sibling + node if right else node + sibling)).digest()
    return node

"""The second form of a trust file (`etabli.trust/2`): with logs, witnesses, bounds of keys and what was replaced.

{"schema": "etabli.trust/2", "hub": {"name", "url"}, "profile": atelier or reseau, "keys": [{"kid", "public", "role":
hub, station or registry, "name", "status", "demo", "until": null or {"shard", "index", "seq"}}], "logs": [{"name",
"vkey", "state", "end": null, or entries of the last checkpoint of one that is not open}], "witnesses": [{"name",
"vkey"}], "quorum", "superseded": [{"certificate", "by"}] (statement ids, or "" for `by`), "position": {"shard",
"size"}, "root": null or an `etabli.root/1`, "older_roots": [...], "signature": null or {"kid", "sig"}}

The signature covers PAE("application/vnd.etabli.trust.v2", canonical bytes of the document without `signature`). Where
there is a root file, what it says must be what this file says, and a hub key that it names has signed.
"""

import base64
import re
from collections.abc import Sequence
from typing import Any, Final, cast

from certificates import canonical
from certificates.envelope import decode_base64, pae
from certificates.errors import BadSignature, EnvelopeError, NotCanonical, ProofError, Refused, SchemaError, TrustError
from certificates.keys import PublicKey, SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, NoteKey
from certificates.position import SHARD, Bound, Place, Position
from certificates.root import NamedKey, NamedWitness, Profile, Root, names_log, verify_line
from certificates.shape import Anything, Flag, Items, Maybe, Pattern, Record, Text, Whole, Word
from certificates.trust import (
    MAX_TRUST_BYTES,
    MAX_TRUST_KEYS,
    NEXT_SCHEMA,
    LogState,
    Trust,
    TrustedKey,
    TrustedLog,
    key_table,
    trusted_key,
)

TRUST_TYPE: Final = "application/vnd.etabli.trust.v2"
MAX_LOGS: Final = 1000
MAX_WITNESSES: Final = 100
MAX_SUPERSEDED: Final = 20_000
MAX_ROOTS: Final = 100

_HEX_64 = Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII))
_HEX_64_OR_NONE = Pattern(re.compile(r"(?:[0-9a-f]{64})?", re.ASCII))
_SHARD = Pattern(SHARD)
_VKEY = Text(400, 1, ascii=True)
_SHAPE = Record(
    {
        "schema": Word((NEXT_SCHEMA,)),
        "hub": Record({"name": Text(400), "url": Text(400)}),
        "profile": Word(("atelier", "reseau")),
        "keys": Items(
            Record(
                {
                    "kid": _HEX_64,
                    "public": Text(64, ascii=True),
                    "role": Word(("hub", "station", "registry")),
                    "name": Text(400),
                    "status": Word(("active", "retired", "compromised")),
                    "demo": Flag(),
                    "until": Maybe(Record({"shard": _SHARD, "index": Whole(), "seq": Whole()})),
                }
            ),
            MAX_TRUST_KEYS,
        ),
        "logs": Items(
            Record({"name": _SHARD, "vkey": _VKEY, "state": Word(("open", "closed", "frozen")), "end": Maybe(Whole())}),
            MAX_LOGS,
        ),
        "witnesses": Items(Record({"name": Text(400, 1), "vkey": _VKEY}), MAX_WITNESSES),
        "quorum": Whole(0, MAX_WITNESSES),
        "superseded": Items(Record({"certificate": _HEX_64, "by": _HEX_64_OR_NONE}), MAX_SUPERSEDED),
        "position": Record({"shard": _SHARD, "size": Whole()}),
        "root": Maybe(Anything()),
        "older_roots": Items(Anything(), MAX_ROOTS),
        "signature": Maybe(Record({"kid": _HEX_64, "sig": Text(88, 88, ascii=True)})),
    }
)


def trust_from(document: Any) -> Trust:
    """Read a decoded `etabli.trust/2`; TrustError when it is malformed, contradicts its root, or is wrongly signed."""
    try:
        _SHAPE.check(document, "")
        trust = _trust(document)
        _check_keys(trust)
        if trust.root is not None:
            _check_root(trust, trust.root, (*trust.older_roots, trust.root))
        _check_signature(document, trust)
    except TrustError:
        raise
    except (SchemaError, NotCanonical, ProofError, EnvelopeError, Refused) as error:
        raise TrustError(f"not a trust file: {error}") from error
    return trust


def document_of(trust: Trust) -> dict[str, Any]:
    """The trust file as plain JSON types, unsigned; TrustError when profile or position is missing."""
    if trust.profile is None or trust.position is None:
        raise TrustError("a trust file of the second form names its profile and its position in the log")
    return {
        "schema": NEXT_SCHEMA,
        "hub": {"name": trust.hub_name, "url": trust.hub_url},
        "profile": trust.profile,
        "keys": [_plain_key(key) for key in sorted(trust.keys.values(), key=lambda key: key.kid)],
        "logs": [{"name": log.name, "vkey": log.key.vkey, "state": log.state, "end": log.end} for log in trust.logs],
        "witnesses": [{"name": one.name, "vkey": one.key.vkey} for one in trust.witnesses],
        "quorum": trust.quorum,
        "superseded": [{"certificate": old, "by": new} for old, new in sorted(trust.superseded.items())],
        "position": {"shard": trust.position.shard, "size": trust.position.size},
        "root": trust.root.to_document() if trust.root else None,
        "older_roots": [root.to_document() for root in trust.older_roots],
        "signature": None,
    }


def signed_document(trust: Trust, key: SigningKey | None) -> dict[str, Any]:
    """The same, signed by a key of the hub; TrustError for what `trust_from` would not read again."""
    document = document_of(trust)
    if key is not None:
        signature = key.sign_message(TRUST_TYPE, signed_bytes(document))
        document["signature"] = {"kid": key.kid, "sig": base64.b64encode(signature).decode("ascii")}
    trust_from(document)
    return document


def signed_bytes(document: dict[str, Any]) -> bytes:
    """What the signature of a trust file covers: the canonical bytes of all but the signature. Raises NotCanonical."""
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    return canonical.encode(unsigned, max_bytes=MAX_TRUST_BYTES)


def _trust(document: dict[str, Any]) -> Trust:
    superseded = {entry["certificate"]: entry["by"] for entry in document["superseded"]}
    _require(len(superseded) == len(document["superseded"]), "a certificate is replaced once")
    position = document["position"]
    return Trust(
        document["hub"]["name"],
        document["hub"]["url"],
        key_table(trusted_key(entry, _bound(entry["until"])) for entry in document["keys"]),
        document["quorum"],
        tuple(
            TrustedLog(entry["name"], NoteKey.from_vkey(entry["vkey"]), cast("LogState", entry["state"]), entry["end"])
            for entry in document["logs"]
        ),
        tuple(NamedWitness(entry["name"], NoteKey.from_vkey(entry["vkey"])) for entry in document["witnesses"]),
        cast("Profile", document["profile"]),
        superseded,
        Position(position["shard"], position["size"]),
        Root.from_document(document["root"]) if document["root"] is not None else None,
        tuple(Root.from_document(entry) for entry in document["older_roots"]),
    )


def _check_keys(trust: Trust) -> None:
    """No key has two uses (the message of a cosignature does not say who signs), and no quorum is out of reach."""
    _require(all(log.key.kind == LOG_SIGNATURE for log in trust.logs), "a log has a key for checkpoints")
    _require(all(one.key.kind == COSIGNATURE for one in trust.witnesses), "a witness has a key for cosignatures")
    _require(len({log.name for log in trust.logs}) == len(trust.logs), "a shard is named twice")
    _require(len({log.key.name for log in trust.logs}) == len(trust.logs), "two shards have one origin")
    _require(
        all(log.key.name.endswith(f"/erasure-log/{log.name}") for log in trust.logs),
        "the key of a shard is named for its origin",
    )
    _require(
        all((log.state == "open") == (log.end is None) for log in trust.logs), "a shard that is not open has its end"
    )
    logs, witnesses = {log.key.public.kid for log in trust.logs}, {one.key.public.kid for one in trust.witnesses}
    _require(len(witnesses) == len(trust.witnesses), "a witness key occurs twice")
    _require(
        not witnesses & logs and not (witnesses | logs) & trust.keys.keys(),
        "a key of a log or a witness has no other use",
    )
    _require(trust.quorum <= len(witnesses), "a quorum needs as many witnesses")
    for key in trust.keys.values():
        _require(key.until is None or key.status != "active", f"key {key.kid}: an active key has no last entry")
    _require(all(old != new for old, new in trust.superseded.items()), "no certificate replaces itself")


def _check_root(trust: Trust, root: Root, line: Sequence[Root]) -> None:
    """The root file is signed as it must be, and this file says nothing else than it does."""
    verify_line(line)
    _require(trust.profile == root.profile, "the root file names another profile")
    _require(trust.quorum == root.quorum, "the root file names another quorum")
    _require(_vkeys(trust.witnesses) == _vkeys(root.witnesses), "the root file names other witnesses")
    _require(
        all(names_log(line, log.key, log.name) for log in trust.logs), "the root file does not know a key of a log"
    )
    hubs, people = [one.hub_keys for one in line], [_publics(one.registry) for one in line]
    _check_named("hub", trust, hubs)
    _check_named("registry", trust, people)
    missing = {key.kid for key in (*hubs[-1], *people[-1])} - trust.keys.keys()
    _require(not missing, "a key of the root file is missing")


def _check_named(role: str, trust: Trust, named: Sequence[Sequence[PublicKey]]) -> None:
    """A key of this role stands in the newest root file; one that no longer counts may stand in an older one."""
    newest = {key.kid for key in named[-1]}
    ever = {key.kid for keys in named for key in keys}
    for key in trust.keys.values():
        if key.role == role:
            _require(
                key.kid in (newest if key.status == "active" else ever),
                f"key {key.kid}: the root file does not know it",
            )


def _check_signature(document: dict[str, Any], trust: Trust) -> None:
    found = document["signature"]
    if found is None:
        _require(trust.root is None, "a trust file with a root file is signed")
        return
    key = trust.find(found["kid"])
    named = {one.kid for one in trust.root.hub_keys} if trust.root else trust.keys.keys()
    if key is None or key.role != "hub" or key.status != "active" or key.kid not in named:
        raise TrustError("a key of the hub signs a trust file")
    try:
        key.public.verify(decode_base64(found["sig"]), pae(TRUST_TYPE, signed_bytes(document)))
    except BadSignature as error:
        raise TrustError("the signature of the trust file does not match") from error


def _plain_key(key: TrustedKey) -> dict[str, Any]:
    until = key.until
    return {
        "kid": key.kid,
        "public": key.public.base64,
        "role": key.role,
        "name": key.name,
        "status": key.status,
        "demo": key.demo,
        "until": {"shard": until.place.shard, "index": until.place.index, "seq": until.seq} if until else None,
    }


def _bound(until: dict[str, Any] | None) -> Bound | None:
    return Bound(Place(until["shard"], until["index"]), until["seq"]) if until else None


def _vkeys(witnesses: Sequence[NamedWitness]) -> set[tuple[str, str]]:
    return {(one.name, one.key.vkey) for one in witnesses}


def _publics(people: Sequence[NamedKey]) -> tuple[PublicKey, ...]:
    return tuple(one.public for one in people)


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001  (reads as a sentence)
    if not holds:
        raise TrustError(sentence)

"""The root file (`etabli.root/1`): which keys speak for a workshop, signed by paper keys that never touch the hub.

{"schema": "etabli.root/1", "signed": {"version", "profile": atelier or reseau, "threshold", "roots": [{"kid", "public",
"name"}], "hub": {"name", "url"}, "hub_keys": [{"kid", "public"}], "registry": {"threshold", "keys": [{"kid", "public",
"name"}]}, "log_keys": [{"kid", "public"}], "witnesses": [{"name", "vkey"}], "quorum"}, "signatures": [{"kid", "sig"}]}

A signature covers PAE("application/vnd.etabli.root.v1", canonical bytes of `signed`). Thresholds count distinct public
keys. Version N + 1 is signed by the thresholds of N and of N + 1, as in TUF 1.0.33, section 5.3.4.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from certificates import canonical
from certificates.envelope import SIGNATURE_BYTES, decode_base64, pae
from certificates.errors import (
    BadSignature,
    EnvelopeError,
    KeyRefused,
    NotCanonical,
    ProofError,
    RootOutOfLine,
    RootRefused,
    RootUnsigned,
    SchemaError,
)
from certificates.keys import PublicKey, SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, NoteKey
from certificates.shape import Items, Pattern, Record, Shape, Text, Whole, Word

SCHEMA: Final = "etabli.root/1"
ROOT_TYPE: Final = "application/vnd.etabli.root.v1"
MAX_ROOT_BYTES: Final = 65_536
MAX_ROOTS: Final = 16
MAX_KEYS: Final = 100
LOG_PATH: Final = "/erasure-log/"
NETWORK_THRESHOLD: Final = 2  # people, and witnesses, of the profile reseau
NETWORK_WITNESSES: Final = 3

Profile = Literal["atelier", "reseau"]

_KID = Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII))
_RAW: dict[str, Shape] = {"kid": _KID, "public": Text(64, ascii=True)}
_KEY = Record(_RAW)
_PERSON = Record({**_RAW, "name": Text(400, 1)})
_SHAPE = Record(
    {
        "schema": Word((SCHEMA,)),
        "signed": Record(
            {
                "version": Whole(1),
                "profile": Word(("atelier", "reseau")),
                "threshold": Whole(1, MAX_ROOTS),
                "roots": Items(_PERSON, MAX_ROOTS),
                "hub": Record({"name": Text(400), "url": Text(400)}),
                "hub_keys": Items(_KEY, MAX_KEYS),
                "registry": Record({"threshold": Whole(1, MAX_ROOTS), "keys": Items(_PERSON, MAX_KEYS)}),
                "log_keys": Items(_KEY, MAX_KEYS),
                "witnesses": Items(Record({"name": Text(400, 1), "vkey": Text(400, 1, ascii=True)}), MAX_KEYS),
                "quorum": Whole(0, MAX_KEYS),
            }
        ),
        "signatures": Items(Record({"kid": _KID, "sig": Text(88, 88, ascii=True)}), 2 * MAX_ROOTS),
    }
)


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A public key and the person who keeps it."""

    public: PublicKey
    name: str


@dataclass(frozen=True, slots=True)
class NamedWitness:
    """A witness: the organisation as people call it, and its verifier key."""

    name: str
    key: NoteKey


@dataclass(frozen=True, slots=True)
class Root:
    """What one version of the root file says. Its signatures are judged by `verify_root`, `verify_line`."""

    version: int
    profile: Profile
    threshold: int
    roots: tuple[NamedKey, ...]
    hub_name: str
    hub_url: str
    hub_keys: tuple[PublicKey, ...]
    registry_threshold: int
    registry: tuple[NamedKey, ...]
    log_keys: tuple[PublicKey, ...]
    witnesses: tuple[NamedWitness, ...] = ()
    quorum: int = 0
    signatures: Mapping[str, bytes] = field(default_factory=dict)  # by key id

    def __post_init__(self) -> None:
        """Judge the rules of the profile; RootRefused."""
        _check_counts(self)
        _check_roles(self)
        (_check_atelier if self.profile == "atelier" else _check_reseau)(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Root":
        """Read a root file in its one form in bytes; RootRefused when it is malformed. Signatures are not judged."""
        try:
            return cls.from_document(canonical.decode(data, max_bytes=MAX_ROOT_BYTES))
        except NotCanonical as error:
            raise RootRefused(f"not a root file: {error}") from error

    @classmethod
    def from_document(cls, document: Any) -> "Root":
        """Read a decoded root file, as it lies in a trust file; RootRefused when it is malformed."""
        try:
            canonical.encode(document, max_bytes=MAX_ROOT_BYTES)
            _SHAPE.check(document, "")
            return _root(document["signed"], document["signatures"])
        except (NotCanonical, SchemaError, EnvelopeError, KeyRefused, ProofError) as error:
            raise RootRefused(f"not a root file: {error}") from error

    @property
    def signed(self) -> dict[str, Any]:
        """What is signed, as plain JSON types."""
        return {
            "version": self.version,
            "profile": self.profile,
            "threshold": self.threshold,
            "roots": [_person(key) for key in self.roots],
            "hub": {"name": self.hub_name, "url": self.hub_url},
            "hub_keys": [_plain(key) for key in self.hub_keys],
            "registry": {"threshold": self.registry_threshold, "keys": [_person(key) for key in self.registry]},
            "log_keys": [_plain(key) for key in self.log_keys],
            "witnesses": [{"name": one.name, "vkey": one.key.vkey} for one in self.witnesses],
            "quorum": self.quorum,
        }

    def to_document(self) -> dict[str, Any]:
        """The root file as plain JSON types, signatures in the order of their key ids."""
        signatures = [
            {"kid": kid, "sig": base64.b64encode(sig).decode("ascii")} for kid, sig in sorted(self.signatures.items())
        ]
        return {"schema": SCHEMA, "signed": self.signed, "signatures": signatures}

    def to_json(self) -> bytes:
        """The root file in its one form in bytes; NotCanonical when it holds too much."""
        return canonical.encode(self.to_document(), max_bytes=MAX_ROOT_BYTES)

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        return pae(ROOT_TYPE, canonical.encode(self.signed, max_bytes=MAX_ROOT_BYTES))

    def with_signature(self, key: SigningKey) -> "Root":
        """The same, signed by one more root key. A root key of the version before may sign too."""
        signature = key.sign_message(ROOT_TYPE, canonical.encode(self.signed, max_bytes=MAX_ROOT_BYTES))
        return replace(self, signatures={**self.signatures, key.kid: signature})

    def log_name(self, shard: str) -> str:
        """Origin of a shard of this hub's log: `<host and port of its address>/erasure-log/<shard>`."""
        host = urlsplit(self.hub_url).netloc.rpartition("@")[2].lower()
        return f"{host}{LOG_PATH}{shard}"

    def signers(self, root: "Root") -> tuple[str, ...]:
        """Names of this version's root keys that signed `root` (perhaps this version); RootUnsigned for a wrong one."""
        return tuple(key.name for key in self.roots if key.public.kid in _signers(self, root))


def verify_root(root: Root) -> None:
    """Check that its own threshold of distinct root keys signed it; RootUnsigned."""
    _demand(root, root)


def verify_succession(before: Root, root: Root) -> None:
    """Check that `root` is the next version after `before`, signed by the thresholds of both.

    RootOutOfLine, RootUnsigned. That `before` is itself in order is the caller's to know.
    """
    if root.version != before.version + 1:
        raise RootOutOfLine(f"version {root.version} does not follow version {before.version}")
    _demand(before, root)
    _demand(root, root)


def verify_line(roots: Sequence[Root]) -> Root:
    """Check all versions in ascending order, the first by its own keys, and return the newest; RootRefused when empty.

    A line may begin at any version: who holds an older one passes it first.
    """
    if not roots:
        raise RootRefused("no root file")
    verify_root(roots[0])
    for before, after in pairwise(roots):
        verify_succession(before, after)
    return roots[-1]


def names_log(roots: Iterable[Root], key: NoteKey, shard: str) -> bool:
    """Whether the newest of these versions knows the log key, and some version had the address that it is named for."""
    line = sorted(roots, key=lambda root: root.version)
    known = bool(line) and key.public in line[-1].log_keys and key.kind == LOG_SIGNATURE
    return known and any(root.log_name(shard) == key.name for root in line)


def _signers(by: Root, root: Root) -> set[str]:
    message, found = root.message, set()
    for key in by.roots:
        signature = root.signatures.get(key.public.kid)
        if signature is None:
            continue
        try:
            key.public.verify(signature, message)
        except BadSignature as error:
            raise RootUnsigned(f"the signature of {key.name} under the root file does not match") from error
        found.add(key.public.kid)
    return found


def _demand(by: Root, root: Root) -> None:
    found = len(_signers(by, root))
    if found < by.threshold:
        raise RootUnsigned(f"{found} of {by.threshold} root keys of version {by.version} signed version {root.version}")


def _check_counts(root: Root) -> None:
    _distinct("root", [key.public.kid for key in root.roots])
    _distinct("root", [key.name for key in root.roots])
    _distinct("hub", [key.kid for key in root.hub_keys])
    _distinct("registry", [key.public.kid for key in root.registry])
    _distinct("log", [key.kid for key in root.log_keys])
    _distinct("witness", [one.key.public.kid for one in root.witnesses])
    _require(root.version >= 1, "versions begin at 1")
    _require(1 <= root.threshold <= len(root.roots), "no more signatures can be needed than there are root keys")
    _require(1 <= root.registry_threshold <= len(root.registry), "fewer registry keys than have to sign")
    _require(0 <= root.quorum <= len(root.witnesses), "a quorum needs as many witnesses")
    _require(len(root.hub_keys) > 0, "a root file names a key of the hub")
    _require(all(one.key.kind == COSIGNATURE for one in root.witnesses), "a witness has a key for cosignatures")


def _check_roles(root: Root) -> None:
    """Root, hub, log and witness keys are never the same; a registry key may be the hub's (profile)."""
    roles = (
        [key.public.kid for key in root.roots],
        [key.kid for key in root.hub_keys],
        [key.kid for key in root.log_keys],
        [one.key.public.kid for one in root.witnesses],
    )
    kids = [kid for role in roles for kid in role]
    _require(len(set(kids)) == len(kids), "root, hub, log and witnesses each have their own keys")
    others = {*roles[0], *roles[2], *roles[3]}
    _require(not others & {key.public.kid for key in root.registry}, "a registry key is no root, log or witness key")


def _check_atelier(root: Root) -> None:
    _require(root.threshold == len(root.roots) == 1, "a workshop of one administrator has one root key")
    _require(root.registry_threshold == 1, "in a workshop of one administrator one registry key decides")
    _require(root.quorum == 0, "a workshop of one administrator demands no witness")


def _check_reseau(root: Root) -> None:
    least = NETWORK_THRESHOLD
    _require(root.threshold >= least, "in a network two people sign a root file")
    _require(len(root.roots) > root.threshold, "in a network one root key may be lost")
    _require(root.registry_threshold == least, "in a network two people decide on keys")
    people, hub = {key.public.kid for key in root.registry}, {key.kid for key in root.hub_keys}
    _require(not people & hub, "in a network no registry key is the hub's")
    _distinct("registry", [key.name for key in root.registry])
    _require(root.quorum >= least and len(root.witnesses) >= NETWORK_WITNESSES, "a network has 2 of 3 witnesses")


def _root(signed: dict[str, Any], signatures: list[dict[str, str]]) -> Root:
    registry = signed["registry"]
    return Root(
        signed["version"],
        cast("Profile", signed["profile"]),
        signed["threshold"],
        tuple(NamedKey(_public(entry), entry["name"]) for entry in signed["roots"]),
        signed["hub"]["name"],
        signed["hub"]["url"],
        tuple(_public(entry) for entry in signed["hub_keys"]),
        registry["threshold"],
        tuple(NamedKey(_public(entry), entry["name"]) for entry in registry["keys"]),
        tuple(_public(entry) for entry in signed["log_keys"]),
        tuple(NamedWitness(entry["name"], NoteKey.from_vkey(entry["vkey"])) for entry in signed["witnesses"]),
        signed["quorum"],
        _signatures(signatures),
    )


def _signatures(entries: list[dict[str, str]]) -> dict[str, bytes]:
    kids = [entry["kid"] for entry in entries]
    _require(kids == sorted(set(kids)), "a root file has one signature of a key, in the order of their ids")
    found = {entry["kid"]: decode_base64(entry["sig"]) for entry in entries}
    _require(all(len(sig) == SIGNATURE_BYTES for sig in found.values()), "a signature has 64 bytes")
    return found


def _public(entry: dict[str, str]) -> PublicKey:
    public = PublicKey.from_base64(entry["public"])
    _require(public.kid == entry["kid"], f"key {entry['kid']}: the public key has another id")
    return public


def _plain(key: PublicKey) -> dict[str, str]:
    return {"kid": key.kid, "public": key.base64}


def _person(key: NamedKey) -> dict[str, str]:
    return {**_plain(key.public), "name": key.name}


def _distinct(role: str, values: Sequence[str]) -> None:
    _require(len(set(values)) == len(values), f"a {role} key or name occurs twice")


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001  (reads as a sentence)
    if not holds:
        raise RootRefused(sentence)

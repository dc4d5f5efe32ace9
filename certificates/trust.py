"""Which keys count: the trust file (`etabli.trust/1`). A document is verified against it, never against its own key.

{"schema": "etabli.trust/1", "hub": {"name", "url"}, "keys": [{"kid", "public" (base64 of 32 bytes), "role": hub or
station, "name", "status": active, retired or compromised, "demo": bool}], "witness": {"quorum": 0}}

Pure: reading the file is the caller's business. Every key passes the tests of `certificates.keys.PublicKey`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, cast

from certificates.errors import KeyRefused, SchemaError, TrustError
from certificates.keys import PublicKey
from certificates.shape import Flag, Items, Pattern, Record, Text, Whole, Word

SCHEMA = "etabli.trust/1"
MAX_TRUST_BYTES = 4_000_000
MAX_TRUST_KEYS = 10_000

Role = Literal["hub", "station"]
Status = Literal["active", "retired", "compromised"]

SHAPE = Record(
    {
        "schema": Word((SCHEMA,)),
        "hub": Record({"name": Text(400), "url": Text(400)}),
        "keys": Items(
            Record(
                {
                    "kid": Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII)),
                    "public": Text(64, ascii=True),
                    "role": Word(("hub", "station")),
                    "name": Text(400),
                    "status": Word(("active", "retired", "compromised")),
                    "demo": Flag(),
                }
            ),
            MAX_TRUST_KEYS,
        ),
        "witness": Record({"quorum": Whole(0, 100)}),
    }
)


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key, whose it is, and what it may sign."""

    public: PublicKey
    role: Role
    name: str
    status: Status = "active"
    demo: bool = False

    @property
    def kid(self) -> str:
        """Key id, 64 hex digits."""
        return self.public.kid


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys of one hub and its stations, and how many independent witnesses its policy demands."""

    hub_name: str
    hub_url: str
    keys: Mapping[str, TrustedKey] = field(default_factory=dict)
    quorum: int = 0

    @classmethod
    def of(cls, hub_name: str, hub_url: str, keys: Iterable[TrustedKey], quorum: int = 0) -> "Trust":
        """Build from keys; TrustError when one occurs twice."""
        table: dict[str, TrustedKey] = {}
        for key in keys:
            if table.setdefault(key.kid, key) is not key:
                raise TrustError(f"key {key.kid} occurs twice")
        return cls(hub_name, hub_url, table, quorum)

    @classmethod
    def from_json(cls, data: bytes) -> "Trust":
        """Read a trust file; TrustError when it is malformed or holds a key that must not be trusted."""
        document = _document(data)
        keys = [_key(entry) for entry in document["keys"]]
        return cls.of(document["hub"]["name"], document["hub"]["url"], keys, document["witness"]["quorum"])

    def to_document(self) -> dict[str, Any]:
        """The trust file as plain JSON types, keys in the order of their ids."""
        return {
            "schema": SCHEMA,
            "hub": {"name": self.hub_name, "url": self.hub_url},
            "keys": [
                {
                    "kid": key.kid,
                    "public": key.public.base64,
                    "role": key.role,
                    "name": key.name,
                    "status": key.status,
                    "demo": key.demo,
                }
                for key in sorted(self.keys.values(), key=lambda key: key.kid)
            ],
            "witness": {"quorum": self.quorum},
        }

    def to_json(self) -> bytes:
        """The trust file, readable, with a final newline."""
        return (json.dumps(self.to_document(), indent=1, ensure_ascii=False) + "\n").encode("utf-8")

    def find(self, kid: str) -> TrustedKey | None:
        """The key of this id, if it is known."""
        return self.keys.get(kid)


def _key(entry: dict[str, Any]) -> TrustedKey:
    try:
        public = PublicKey.from_base64(entry["public"])
    except KeyRefused as error:
        raise TrustError(f"key {entry['kid']}: {error}") from error
    if public.kid != entry["kid"]:
        raise TrustError(f"key {entry['kid']}: the public key has another id")
    return TrustedKey(
        public, cast("Role", entry["role"]), entry["name"], cast("Status", entry["status"]), demo=entry["demo"]
    )


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_TRUST_BYTES:
        raise TrustError("too large for a trust file")
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_members, parse_constant=_refuse)
        SHAPE.check(document, "")
    except (ValueError, RecursionError, SchemaError) as error:
        raise TrustError(f"not a trust file: {error}") from error
    return cast("dict[str, Any]", document)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TrustError("a member occurs twice")
    return members


def _refuse(word: str) -> NoReturn:
    raise TrustError(f"{word} is no value")

"""Which keys count: the trust file. A document is verified against it, never against its own key.

{"schema": "etabli.trust/1", "hub": {"name", "url"}, "keys": [{"kid", "public" (base64 of 32 bytes), "role": hub or
station, "name", "status": active, retired or compromised, "demo": bool}], "witness": {"quorum": 0}}

`etabli.trust/2` says more (logs, witnesses, bounds of keys, what was replaced): `certificates.trust2`. Reading takes
both. Pure: opening the file is the caller's business. Every key passes the tests of `certificates.keys.PublicKey`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, cast

from certificates.errors import KeyRefused, SchemaError, TrustError
from certificates.keys import PublicKey
from certificates.note import NoteKey
from certificates.position import Bound, Position
from certificates.root import NamedWitness, Profile, Root
from certificates.shape import Flag, Items, Pattern, Record, Text, Whole, Word

SCHEMA = "etabli.trust/1"
NEXT_SCHEMA = "etabli.trust/2"
MAX_TRUST_BYTES = 4_000_000
MAX_TRUST_KEYS = 10_000

Role = Literal["hub", "station", "registry"]
Status = Literal["active", "retired", "compromised"]
LogState = Literal["open", "closed", "frozen"]

_SHAPE = Record(
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
    until: Bound | None = None  # of a retired or compromised key: its last entry that counts

    @property
    def kid(self) -> str:
        """Key id, 64 hex digits."""
        return self.public.kid


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """One shard of the hub's log and the key that signs its checkpoints; the name of the key is the origin.

    `end`: entries of its last checkpoint, once it is closed or frozen; None while it is open.
    """

    name: str
    key: NoteKey
    state: LogState = "open"
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys of one hub and its stations, and how many independent witnesses its policy demands.

    What follows `quorum` is known from `etabli.trust/2` only. `superseded` leads from the statement id of a certificate
    to the one that replaced it, or to "". `position` is how much of the log the file took into account.
    """

    hub_name: str
    hub_url: str
    keys: Mapping[str, TrustedKey] = field(default_factory=dict)
    quorum: int = 0
    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[NamedWitness, ...] = ()
    profile: Profile | None = None
    superseded: Mapping[str, str] = field(default_factory=dict)
    position: Position | None = None
    root: Root | None = None
    older_roots: tuple[Root, ...] = ()

    @classmethod
    def of(cls, hub_name: str, hub_url: str, keys: Iterable[TrustedKey], quorum: int = 0) -> "Trust":
        """Build from keys; TrustError when one occurs twice."""
        return cls(hub_name, hub_url, key_table(keys), quorum)

    @classmethod
    def from_json(cls, data: bytes) -> "Trust":
        """Read a trust file of either version; TrustError when it is malformed or holds what must not be trusted."""
        document = decoded(data)
        if isinstance(document, dict) and document.get("schema") == NEXT_SCHEMA:
            from certificates.trust2 import trust_from  # noqa: PLC0415  (that module builds on this one)

            return trust_from(document)
        try:
            _SHAPE.check(document, "")
        except SchemaError as error:
            raise TrustError(f"not a trust file: {error}") from error
        keys = [trusted_key(entry) for entry in document["keys"]]
        return cls.of(document["hub"]["name"], document["hub"]["url"], keys, document["witness"]["quorum"])

    def to_document(self) -> dict[str, Any]:
        """The trust file `etabli.trust/1` as plain JSON types, keys in the order of their ids.

        It has no word for keys of people and for bounds: these keys are left out, a bounded key keeps its status.
        """
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
                if key.role != "registry"
            ],
            "witness": {"quorum": self.quorum},
        }

    def to_json(self) -> bytes:
        """The trust file, readable, with a final newline."""
        return (json.dumps(self.to_document(), indent=1, ensure_ascii=False) + "\n").encode("utf-8")

    def find(self, kid: str) -> TrustedKey | None:
        """The key of this id, if it is known."""
        return self.keys.get(kid)

    def log_of(self, origin: str) -> TrustedLog | None:
        """The shard whose checkpoints have this origin, if it is known."""
        return next((log for log in self.logs if log.key.name == origin), None)


def key_table(keys: Iterable[TrustedKey]) -> dict[str, TrustedKey]:
    """Keys by their ids; TrustError when one occurs twice."""
    table: dict[str, TrustedKey] = {}
    for key in keys:
        if table.setdefault(key.kid, key) is not key:
            raise TrustError(f"key {key.kid} occurs twice")
    return table


def trusted_key(entry: dict[str, Any], until: Bound | None = None) -> TrustedKey:
    """Read one of the `keys` of a trust file whose shape was checked; TrustError for a key not to be trusted."""
    try:
        public = PublicKey.from_base64(entry["public"])
    except KeyRefused as error:
        raise TrustError(f"key {entry['kid']}: {error}") from error
    if public.kid != entry["kid"]:
        raise TrustError(f"key {entry['kid']}: the public key has another id")
    role, status = cast("Role", entry["role"]), cast("Status", entry["status"])
    return TrustedKey(public, role, entry["name"], status, demo=entry["demo"], until=until)


def decoded(data: bytes) -> Any:
    """Decode the JSON of a trust file, members once each; TrustError otherwise."""
    if len(data) > MAX_TRUST_BYTES:
        raise TrustError("too large for a trust file")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_members, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise TrustError(f"not a trust file: {error}") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TrustError("a member occurs twice")
    return members


def _refuse(word: str) -> NoReturn:
    raise TrustError(f"{word} is no value")

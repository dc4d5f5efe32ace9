"""Registry statements as payloads, and the files in which they travel on a stick. Pure: no database, no clock.

A request (`etabli.registry-request/1`) carries one change and, for each registry key, the end of its chain, so that a
person signs far from the hub: first one person the change, then another the approval. Both statements come back in it.

{"schema", "hub": {"name", "kid"}, "demo", "change": members of a registry statement but key, link and approval,
"heads": [{"kid", "public", "name", "seq", "prev"}], "statements": [envelope objects, 0 to 2]}
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from certificates import canonical
from certificates.envelope import MAX_ENVELOPE_BYTES as MOST
from certificates.envelope import SignedEnvelope, parse_envelope
from certificates.errors import CertificateError
from certificates.keys import PublicKey, SigningKey
from certificates.shape import Flag, Items, Maybe, Pattern, Record, Text, Whole, Word
from certificates.statement import GENESIS, REGISTRY_ROLES
from certificates.verify import VerifiedStatement, open_signed
from hub.errors import BadInput

SCHEMA: Final = "etabli.registry-request/1"
CHANGES: Final = ("enrol", "rotate", "retire", "compromise")
MOST_BYTES: Final = 1_000_000
_KID = Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII))
_KID_OR_NONE = Pattern(re.compile(r"(?:[0-9a-f]{64})?", re.ASCII))
_ENVELOPE = Record(
    {
        "payload": Text(100_000, ascii=True),
        "payloadType": Text(200, ascii=True),
        "signatures": Items(Record({"keyid": _KID, "sig": Text(88, 88, ascii=True)}), 1, exactly=1),
    }
)
_SHAPE = Record(
    {
        "schema": Word((SCHEMA,)),
        "hub": Record({"name": Text(400), "kid": _KID}),
        "demo": Flag(),
        "change": Record(
            {
                "change": Word(CHANGES),
                "key": Record(
                    {"kid": _KID, "public": Text(44, 44, ascii=True), "role": Word(REGISTRY_ROLES), "name": Text(400)}
                ),
                "replaces": _KID_OR_NONE,
                "last_good_seq": Maybe(Whole()),
                "last_good_index": Maybe(Whole()),
                "shard": Text(16, ascii=True),
            }
        ),
        "heads": Items(
            Record({"kid": _KID, "public": Text(44, 44, ascii=True), "name": Text(400), "seq": Whole(), "prev": _KID}),
            100,
        ),
        "statements": Items(_ENVELOPE, 2),
    }
)


@dataclass(frozen=True, slots=True)
class SpokenKey:
    """The key that a change speaks of."""

    public: PublicKey
    role: str
    name: str

    def members(self) -> dict[str, str]:
        """As JSON types."""
        return {"kid": self.public.kid, "public": self.public.base64, "role": self.role, "name": self.name}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one key; the bounds only of a compromise, `replaces` (a key id) only of a rotation."""

    change: str
    key: SpokenKey
    replaces: str = ""
    last_good_seq: int | None = None
    last_good_index: int | None = None
    shard: str = ""

    def members(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "change": self.change,
            "key": self.key.members(),
            "replaces": self.replaces,
            "last_good_seq": self.last_good_seq,
            "last_good_index": self.last_good_index,
            "shard": self.shard,
        }

    def said(self, by: str) -> dict[str, Any]:
        """The members of the statement that makes it."""
        return {**self.members(), "approves": "", "by": by, "note": "", "keys": []}


def approval(statement_id: str, by: str) -> dict[str, Any]:
    """The members of the statement that approves another."""
    nothing = {"key": None, "replaces": "", "last_good_seq": None, "last_good_index": None, "shard": ""}
    return {"change": "approve", **nothing, "approves": statement_id, "by": by, "note": "", "keys": []}


@dataclass(frozen=True, slots=True)
class Head:
    """A registry key, whose it is, and the end of its chain: seq and id of its last statement."""

    public: PublicKey
    name: str
    seq: int = 0
    prev: str = GENESIS

    def members(self) -> dict[str, Any]:
        """As JSON types."""
        plain = {"kid": self.public.kid, "public": self.public.base64, "name": self.name}
        return {**plain, "seq": self.seq, "prev": self.prev}


@dataclass(frozen=True, slots=True)
class Request:
    """A change on its way, and the registry keys that may sign it, by key id."""

    hub_name: str
    hub_kid: str
    demo: bool
    change: Change
    heads: Mapping[str, Head]
    statements: tuple[SignedEnvelope, ...] = ()

    @classmethod
    def from_json(cls, data: bytes) -> "Request":
        """Read a request; BadInput when it is none."""
        try:
            document = canonical.decode(data.strip(), max_bytes=MOST_BYTES)
            _SHAPE.check(document, "")
            change = Change(**{**document["change"], "key": _spoken(document["change"]["key"])})
            heads = {head["kid"]: _head(head) for head in document["heads"]}
            statements = tuple(SignedEnvelope(canonical.encode(one, max_bytes=MOST)) for one in document["statements"])
        except (CertificateError, ValueError) as error:
            raise BadInput(f"this is no request for a change of a key: {error}", "registry-request") from error
        hub = document["hub"]
        return cls(hub["name"], hub["kid"], document["demo"], change, heads, statements)

    def to_json(self) -> bytes:
        """The request in its one form in bytes, with a line feed."""
        document = {
            "schema": SCHEMA,
            "hub": {"name": self.hub_name, "kid": self.hub_kid},
            "demo": self.demo,
            "change": self.change.members(),
            "heads": [head.members() for _, head in sorted(self.heads.items())],
            "statements": [json.loads(one.text) for one in self.statements],
        }
        return canonical.encode(document, max_bytes=MOST_BYTES) + b"\n"

    def signed_by(self, key: SigningKey, by: str, nonce: str, wall: str) -> "Request":
        """The same with the statement of one more person: the change first, then its approval.

        Raises BadInput: a key that is not asked for, the same key twice, more than two; SchemaError for a wrong `by`.
        """
        if key.demo != self.demo:
            raise BadInput("a demo key never signs for a real workshop, nor a real key in a demo", "demo")
        if key.kid not in self.heads:
            raise BadInput("this registry key is none of those that the root file of this hub names")
        first = self.first()
        if len(self.statements) > 1:
            raise BadInput("two people have signed this request already: bring it to the hub")
        head = self.heads[key.kid]
        if first is not None and (first.link.kid == key.kid or first.signer.name == head.name):
            raise BadInput("the second signature is another person's: this one has signed already")
        said = approval(first.id, by) if first is not None else self.change.said(by)
        link = {"kid": key.kid, "seq": head.seq + 1, "prev": head.prev, "nonce": nonce, "wall": wall}
        payload = {**link, "wall_src": "system", "v": 1, "kind": "registry", "simulated": key.demo, **said}
        return replace(self, statements=(*self.statements, key.sign_statement(payload)))

    def first(self) -> VerifiedStatement | None:
        """The statement of the first person, None before it. Raises BadInput where it does not make this change."""
        if not self.statements:
            return None
        data = self.statements[0].data
        try:
            signer = parse_envelope(data).keyid
            head = self.heads.get(signer)
            if head is None:
                raise BadInput("this request was signed by a key that it does not name")
            statement = open_signed(data, head.public, role="registry", name=head.name, demo=self.demo)
        except CertificateError as error:
            raise BadInput(f"the first signature of this request is wrong: {error}") from error
        payload = statement.payload
        if any(payload.get(name) != value for name, value in self.change.members().items()):
            raise BadInput("what was signed first is not the change that this request names")
        return statement


def _spoken(entry: Mapping[str, str]) -> SpokenKey:
    return SpokenKey(_public(entry), entry["role"], entry["name"])


def _head(entry: Mapping[str, Any]) -> Head:
    return Head(_public(entry), entry["name"], entry["seq"], entry["prev"])


def _public(entry: Mapping[str, str]) -> PublicKey:
    public = PublicKey.from_base64(entry["public"])
    if public.kid != entry["kid"]:
        raise BadInput("this is no request for a change of a key: the public key has another id")
    return public

"""Public halves of keys as small files that travel on a stick: `etabli.public-key/1`. They hold no secret.

{"schema", "role": root or registry, "kid", "public", "name", "demo"}
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from certificates import canonical
from certificates.errors import CertificateError
from certificates.keys import PublicKey
from certificates.root import NamedKey
from certificates.shape import Flag, Pattern, Record, Text, Word
from hub.errors import BadInput

SCHEMA: Final = "etabli.public-key/1"
Role = Literal["root", "registry"]
_SHAPE = Record(
    {
        "schema": Word((SCHEMA,)),
        "role": Word(("root", "registry")),
        "kid": Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII)),
        "public": Text(44, 44, ascii=True),
        "name": Text(400, 1),
        "demo": Flag(),
    }
)


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A public key, whose it is, and what for."""

    role: Role
    public: PublicKey
    name: str
    demo: bool

    @property
    def named(self) -> NamedKey:
        """The key as a root file names it."""
        return NamedKey(self.public, self.name)

    @classmethod
    def from_json(cls, data: bytes, role: Role, *, demo: bool) -> "PublicFile":
        """Read the file of a key of this role; BadInput for another, also for one of a rehearsal."""
        try:
            document: dict[str, Any] = canonical.decode(data.strip())
            _SHAPE.check(document, "")
            public = PublicKey.from_base64(document["public"])
        except CertificateError as error:
            raise BadInput(f"this is no file of a public key: {error}", "public-key") from error
        if public.kid != document["kid"] or document["role"] != role:
            raise BadInput(f"this is no file of a {role} key", "public-key")
        if document["demo"] != demo:
            raise BadInput("a key of a rehearsal or a demo is never one of a real workshop", "demo")
        return cls(cast("Role", document["role"]), public, document["name"], document["demo"])

    def to_json(self) -> bytes:
        """The file, with a line feed."""
        plain = {"kid": self.public.kid, "public": self.public.base64, "name": self.name, "demo": self.demo}
        return canonical.encode({"schema": SCHEMA, "role": self.role, **plain}) + b"\n"

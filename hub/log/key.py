"""The key of the log: signs checkpoints and nothing else. A file beside the hub's key, mode 0600, never replaced.

It is never the key of the hub, of a station or of a witness: another kind of file, which their readers refuse.
"""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from certificates.errors import KeyFileError
from certificates.keys import PublicKey, read_secret, write_secret
from certificates.note import NoteKey

LOG_KEY_FILE: Final = "log.key"


class NoteSigner:
    """A private key for notes. `kind` is the type of its signatures (note.LOG_SIGNATURE, note.COSIGNATURE)."""

    __slots__ = ("_private", "kind", "public")

    def __init__(self, private: Ed25519PrivateKey, kind: int) -> None:
        """Use `generate` or `load`."""
        self._private, self.kind = private, kind
        self.public = PublicKey(private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, kind: int) -> "NoteSigner":
        """Make a key from the kernel's random source."""
        return cls(Ed25519PrivateKey.generate(), kind)

    def sign(self, message: bytes) -> bytes:
        """Sign: 64 bytes."""
        return self._private.sign(message)

    def named(self, name: str) -> NoteKey:
        """The key that verifies, under a name."""
        return NoteKey(name, self.kind, self.public)

    def save(self, path: Path) -> None:
        """Write the key file, whole or not at all; KeyFileError when the path exists."""
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
        write_secret(path, f"{_header(self.kind)}\nEtabli-Kid: {self.public.kid}\n\n{pem}")

    @classmethod
    def load(cls, path: Path, kind: int) -> "NoteSigner":
        """Read a key file; KeyFileError when others may read it, or it is no key of this kind."""
        head, _, pem = read_secret(path).partition("\n\n")
        if head.splitlines()[:1] != [_header(kind)]:
            raise KeyFileError(f"{path}: not a key file of this kind")
        try:
            private = load_pem_private_key(pem.encode("ascii"), password=None)
        except (ValueError, TypeError) as error:
            raise KeyFileError(f"{path}: no readable private key") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError(f"{path}: not an Ed25519 key")
        key = cls(private, kind)
        if f"Etabli-Kid: {key.public.kid}" not in head.splitlines():
            raise KeyFileError(f"{path}: the key is not the one its header names")
        return key


def _header(kind: int) -> str:
    return f"Etabli-Note-Key: ed25519 type {kind:#04x} v1"

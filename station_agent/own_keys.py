"""The keys of this bench: the one that signs now, and those that it gave up, which only deliver what they signed.

A key is given up when the hub locked it (a copied stick) or at the wish of a person. It is kept beside the state, so
that its statements can still be sent; it signs no statement again. The new key is on the medium before the old one
leaves its place: a power cut leaves the old key in force, or the new one, never none.
"""

import os
from pathlib import Path
from typing import Final

from certificates.errors import KeyFileError
from certificates.keys import SigningKey, write_secret
from station_agent.errors import KeySealedElsewhere
from station_agent.sealed_key import Tpm, load_key
from station_agent.signing import KEY_FILE

RETIRED: Final = "retired-keys"


def retired_keys(folder: Path, tpm: Tpm) -> tuple[tuple[SigningKey, ...], KeySealedElsewhere | None]:
    """Give the keys that were given up, by key id, and why one of them cannot be opened. Raises `KeyFileError`."""
    keys, shut = [], None
    for path in sorted((folder / RETIRED).glob("*.key")):
        try:
            keys.append(load_key(path, tpm))
        except KeySealedElsewhere as error:
            shut = error
    return tuple(keys), shut


def replace_key(folder: Path, old: SigningKey, new: str) -> None:
    """Put a new key in force, given as the text of its file, and keep the old file aside. Raises `KeyFileError`."""
    try:
        (folder / RETIRED).mkdir(mode=0o700, exist_ok=True)
        kept = folder / RETIRED / f"{old.kid}.key"
        if not kept.exists():
            os.link(folder / KEY_FILE, kept)
        draft = folder / f"{KEY_FILE}.new"
        draft.unlink(missing_ok=True)
        write_secret(draft, new)
        draft.replace(folder / KEY_FILE)
        _sync(folder)
    except OSError as error:
        raise KeyFileError(f"{folder / KEY_FILE}: {error.strerror or error}") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

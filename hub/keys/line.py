"""The root files that this hub took in, as they are stored: which is in force, and which keys older ones named."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.keys import PublicKey
from certificates.root import Root
from hub.context import hub_of
from hub.errors import Conflict
from hub.keyring import RootVersion


def root_line(session: Session) -> Sequence[Root]:
    """Every version that this hub took in, ascending; none in a workshop that never made one."""
    found = session.scalars(select(RootVersion.document).order_by(RootVersion.version))
    return [_read(document) for document in found]


def current_root(session: Session) -> Root | None:
    """The version that is in force."""
    query = select(RootVersion.document).order_by(RootVersion.version.desc()).limit(1)
    document = session.scalar(query)
    return _read(document) if document is not None else None


def former_hub_keys(session: Session) -> dict[str, PublicKey]:
    """Keys of this hub that a root file names, or named, and that it does not sign with, by key id."""
    own = hub_of(session).identity.key.kid
    return {key.kid: key for root in root_line(session) for key in root.hub_keys if key.kid != own}


def told_root(session: Session) -> dict[str, Any] | None:
    """Version in force and SHA-256 of what was signed in it, as benches ask for it; None without a root file."""
    root = current_root(session)
    return None if root is None else {"version": root.version, "sha256": hashlib.sha256(root.message).hexdigest()}


def require_in_force(session: Session) -> None:
    """Raise Conflict where the root file in force does not name the key that this hub would sign with."""
    root, own = current_root(session), hub_of(session).identity.key.kid
    if root is not None and own not in {key.kid for key in root.hub_keys}:
        raise Conflict(
            "this hub has another key now: end the change with `etabli-hub key hub change`, then start it anew"
        )


@lru_cache(maxsize=64)
def _read(document: bytes) -> Root:
    return Root.from_json(document)

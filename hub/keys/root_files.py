"""The root files of this hub: which is in force, what it demands, and how the next one is taken in.

A hub without one is a workshop of one administrator (profile atelier) whose own key decides about keys.
"""

from typing import Final

from sqlalchemy.orm import Session

from certificates.errors import RootOutOfLine, RootRefused
from certificates.root import Profile, Root, names_log, verify_root, verify_succession
from hub import audit
from hub.context import hub_of
from hub.errors import Conflict
from hub.keyring import RootVersion
from hub.keys.line import current_root, root_line
from hub.log.shards import all_shards, key_of

INSTALLED: Final = "root.install"


def profile_of(root: Root | None) -> Profile:
    """The profile that is in force."""
    return root.profile if root is not None else "atelier"


def hub_decides(session: Session) -> bool:
    """Whether the key of this hub alone decides about keys: one administrator, as without a root file."""
    root = current_root(session)
    return root is None or (root.registry_threshold == 1 and _own(session) in _registry(root))


def install(session: Session, root: Root) -> None:
    """Take the next version in. Raises RootRefused, RootUnsigned, RootOutOfLine, Conflict: of another hub."""
    hub, before = hub_of(session), current_root(session)
    if hub.identity.key.kid not in {key.kid for key in root.hub_keys}:
        raise Conflict("this root file is of another hub, or of a rehearsal: it does not name the key of this one")
    if before is not None:
        verify_succession(before, root)
    elif root.version != 1:
        raise RootOutOfLine(f"this hub has no root file yet: version {root.version} is not the first")
    else:
        verify_root(root)
    if root.hub_url.rstrip("/") != hub.settings.public_url.rstrip("/"):
        raise RootRefused(f"the root file names the address {root.hub_url}, not {hub.settings.public_url}")
    _require_logs(session, root)
    session.add(RootVersion(version=root.version, document=root.to_json(), installed=hub.clock()))
    session.flush()
    audit.record(session, None, INSTALLED, f"version {root.version}", f"{root.profile}, {root.threshold} of roots")


def unnamed_log(session: Session) -> str:
    """The newest shard whose key the root file in force does not name, "" where all are named or there is none.

    A lost or changed log key begins a shard under a new one: no trust file can say so before a root file does.
    """
    line = root_line(session)
    unnamed = [one.name for one in all_shards(session) if line and not names_log(line, key_of(one), one.name)]
    return unnamed[-1] if unnamed else ""


def _require_logs(session: Session, root: Root) -> None:
    """Raise RootRefused where no trust file could be written any more: it names every shard, and the root its key."""
    line = (*root_line(session), root)
    for shard in all_shards(session):
        if not names_log(line, key_of(shard), shard.name):
            raise RootRefused(
                f"the root file does not know the log {shard.origin}: name its key, and begin under that address"
            )


def _own(session: Session) -> str:
    return hub_of(session).identity.key.kid


def _registry(root: Root) -> set[str]:
    return {key.public.kid for key in root.registry}

"""The keys that live on the hub, its own and that of the log: the next one is made, named by a root file, put in use.

The next key waits in a file beside the one in use (`hub.key.next`, `log.key.next`) and signs nothing until a root file
in force names it. The database says first which key counts, then the files change places: where a change was cut off
between the two nothing is signed, and the same command ends it. The file of before stays, under the id of its key.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from certificates.errors import KeyFileError
from certificates.keys import PublicKey, SigningKey
from certificates.note import LOG_SIGNATURE
from certificates.root import Root
from hub import audit
from hub.context import Hub, hub_of
from hub.derive.reading import read_ledger
from hub.errors import BadInput, Conflict
from hub.identity import KEY_FILE, sync_folder
from hub.keys.changing import BY_THE_HUB, bring, say
from hub.keys.line import current_root
from hub.keys.root_files import install
from hub.keys.saying import Change, Request, SpokenKey
from hub.log.freezing import freeze_and_open
from hub.log.fsck import Report
from hub.log.key import LOG_KEY_FILE, NoteSigner
from hub.log.sequencer import Log
from hub.log.shards import key_of, newest_shard
from hub.post.asked import tell_disputes
from hub.stations.bench_policies import sign_policies_anew

NEXT: Final = ".next"
HUB_CHANGED, LOG_CHANGED = "key.hub-changed", "key.log-changed"
STOLEN: Final = "the key of the log may be in other hands"
_Key = TypeVar("_Key", SigningKey, NoteSigner)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a key that may be in other hands signed surely itself: its last number, and the last entry of the log."""

    seq: int
    index: int
    shard: str


def make_next_hub_key(hub: Hub) -> PublicKey:
    """Make the next key of the hub, which signs nothing yet; the one that was made already where there is one."""
    place = hub.settings.data_dir / (KEY_FILE + NEXT)
    if not place.exists():
        SigningKey.generate(demo=hub.identity.key.demo).save(place)
    return next_hub_key(hub).public


def make_next_log_key(hub: Hub) -> PublicKey:
    """Make the next key of the log, which signs nothing yet; the one that was made already where there is one."""
    place = hub.settings.data_dir / (LOG_KEY_FILE + NEXT)
    if not place.exists():
        NoteSigner.generate(LOG_SIGNATURE).save(place)
    return next_log_key(hub).public


def next_hub_key(hub: Hub) -> SigningKey:
    """The next key of the hub. Raises Conflict where none was made, KeyFileError."""
    return _loaded(hub.settings.data_dir / (KEY_FILE + NEXT), SigningKey.load, "etabli-hub key hub new")


def next_log_key(hub: Hub) -> NoteSigner:
    """The next key of the log. Raises Conflict where none was made, KeyFileError."""
    place = hub.settings.data_dir / (LOG_KEY_FILE + NEXT)
    return _loaded(place, lambda path: NoteSigner.load(path, LOG_SIGNATURE), "etabli-hub key log new")


def with_next_hub_key(session: Session, root: Root) -> Root:
    """A draft that names the next key of the hub for the one in use, also where that decides about keys."""
    hub = hub_of(session)
    old, new = hub.identity.key.public, next_hub_key(hub).public
    people = tuple(replace(one, public=new) if one.public == old else one for one in root.registry)
    return replace(root, hub_keys=tuple(new if key == old else key for key in root.hub_keys), registry=people)


def with_next_log_key(session: Session, root: Root) -> Root:
    """A draft that names the next key of the log beside those of before, which still prove what they signed."""
    key = next_log_key(hub_of(session)).public
    return replace(root, log_keys=(*(one for one in root.log_keys if one != key), key))


def change_log_key(hub: Hub, *, stolen: bool) -> str:
    """Close the open part of the log and open the next one under the next key; gives its verifier key.

    `stolen`: the key in use signs nothing more, not even an end; what it proves stays proven, the rest is logged again.
    Raises Conflict where the root file in force does not name the next key, LogStopped.
    """
    signer = next_log_key(hub)
    with hub.readers()() as session:
        root, shard = current_root(session), newest_shard(session)
        begun = shard is not None and key_of(shard).public == signer.public
    if root is None or signer.public not in root.log_keys:
        raise Conflict("the root file in force does not name the next key of the log: etabli-hub key root replace")
    if not begun and stolen:
        freeze_and_open(hub, Report(), STOLEN, signer)
    elif not begun:
        Log(hub).change_key(signer)
    put_in_use(hub.settings.data_dir, LOG_KEY_FILE, _log_kid(hub))
    Log(hub).bring_up()
    with hub.sessions().begin() as session:
        opened = newest_shard(session)
        assert opened is not None
        audit.record(session, None, LOG_CHANGED, opened.name, signer.public.kid)
        return opened.vkey


def change_hub_key(hub: Hub, root: Root, stolen: Bounds | Request | None = None) -> PublicKey:
    """Put a root file in force that names the next key of the hub, and that key in use; gives it. The hub must not run.

    `stolen`: the key of before may be in other hands; its bounds in a workshop of one administrator, in a network what
    two people signed about it. Both hold in the same transaction: at no time does all of the old key count.
    Raises Conflict, BadInput, RootRefused, RootUnsigned, RootOutOfLine.
    """
    old, key = hub.identity.key.public, next_hub_key(hub)
    now = Hub(hub.settings, replace(hub.identity, key=key), hub.engine, hub.clock)
    if key.public not in root.hub_keys or old in root.hub_keys:
        raise BadInput("this root file does not exchange the key of the hub: etabli-hub key root replace")
    with now.sessions().begin() as session:
        if current_root(session) != root:
            install(session, root)
            audit.record(session, None, HUB_CHANGED, key.kid, old.kid)
            if isinstance(stolen, Bounds):
                spoken = SpokenKey(old, "hub", hub.identity.name)
                say(session, Change("compromise", spoken, "", stolen.seq, stolen.index, stolen.shard), BY_THE_HUB)
            elif stolen is None:
                sign_policies_anew(session)
            else:
                _require_of_key(stolen, old)
                if bring(session, stolen, old.kid)[0].effective is None:
                    raise Conflict("another person approves this request first: `etabli-hub key registry approve`")
            if stolen is not None:
                read_ledger(session)
                tell_disputes(session)
    put_in_use(hub.settings.data_dir, KEY_FILE, old.kid)
    return key.public


def put_in_use(folder: Path, name: str, old: str) -> None:
    """Let the next key file take the place of the one in use, which stays under the id of its key, `old`."""
    used, aside = folder / name, folder / f"{name}.{old[:16]}.old"
    if used.exists() and not aside.exists():
        os.link(used, aside)
    (folder / (name + NEXT)).replace(used)
    sync_folder(folder)


def _require_of_key(request: Request, old: PublicKey) -> None:
    if (request.change.change, request.change.key.public) != ("compromise", old):
        raise BadInput("this request does not say that the key of the hub may be in other hands")


def _log_kid(hub: Hub) -> str:
    place = hub.settings.data_dir / LOG_KEY_FILE
    return NoteSigner.load(place, LOG_SIGNATURE).public.kid if place.exists() else ""


def _loaded(place: Path, load: Callable[[Path], _Key], command: str) -> _Key:
    if not place.exists():
        raise Conflict(f"no next key was made here yet: {command}")
    try:
        return load(place)
    except KeyFileError as error:
        raise Conflict(f"the next key cannot be read: {error}") from error

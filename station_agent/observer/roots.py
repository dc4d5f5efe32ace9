"""Whether the root file that a hub shows follows the one that this bench knows. Pure.

A bench takes its first root file from a trust file that a key of the hub signed which it knows from its enrolment. From
then on another one counts only where the thresholds of the version before and of its own signed it, one version after
the other (`certificates.root.verify_succession`): then the keys that it names count without anybody at the bench.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from certificates.errors import CertificateError, RootOutOfLine, RootRefused, RootUnsigned
from certificates.root import Root, names_log, verify_succession
from certificates.trust2 import trust_from
from station_agent.errors import LogUnproved
from station_agent.observer.book import Pin
from station_agent.observer.contradiction import Contradiction
from station_agent.observer.listing import UNREADABLE, Shard, whole

CODE: Final = "root"
MOST_ROOTS: Final = 100
MOST_SHOWN: Final = 100_000  # characters of what a hub showed that are kept as evidence
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ToldRoot:
    """Which version a hub says is in force, and the digest of what was signed in it."""

    version: int
    sha256: str


def told_root(document: Mapping[str, Any]) -> ToldRoot | None:
    """Read `root` of `GET /api/v1/log`; None where the hub says that it has none. Raises `LogUnproved`."""
    told = document.get("root")
    if told is None:
        return None
    version, digest = (told.get("version"), told.get("sha256")) if isinstance(told, dict) else (None, None)
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise LogUnproved(UNREADABLE)
    return ToldRoot(whole(version), digest)


def digest_of(root: Root) -> str:
    """What names a version: SHA-256 of the bytes that are signed, in hex."""
    return hashlib.sha256(root.message).hexdigest()


def is_newer(kept: Root, told: ToldRoot | None, origin: str) -> bool:
    """Whether the hub has a later version. Raises `Contradiction` for an earlier one, another one, or none."""
    if told is None or told.version < kept.version:
        shown = str(told.version) if told is not None else "-"
        raise Contradiction(CODE, origin, f"{shown} < {kept.version}")
    if told.version == kept.version and told.sha256 != digest_of(kept):
        raise Contradiction(CODE, origin, f"{told.version} <> {kept.version}")
    return told.version > kept.version


def followed(kept: Root, document: Mapping[str, Any], told: ToldRoot, origin: str) -> Root:
    """Give the newest version of an answer to "what follows mine".

    Raises `Contradiction` where one does not follow the one before, `LogUnproved` for an answer that is broken.
    """
    rows = document.get("roots")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROOTS:
        raise LogUnproved(UNREADABLE)
    newest = kept
    try:
        for row in rows:
            root = Root.from_document(row)
            verify_succession(newest, root)
            newest = root
    except (RootUnsigned, RootOutOfLine) as error:
        raise Contradiction(CODE, origin, str(error), json.dumps(rows, sort_keys=True)[:MOST_SHOWN]) from error
    except RootRefused as error:
        raise LogUnproved(UNREADABLE) from error
    if (newest.version, digest_of(newest)) != (told.version, told.sha256):
        raise LogUnproved(UNREADABLE)  # one came in between: the next look sees both
    return newest


def first_root(document: Mapping[str, Any], hub_keys: Collection[str], pins: Sequence[Pin], origin: str) -> Root | None:
    """Give the root file of the first trust file that is seen; None where it has none.

    `hub_keys` are the ids of the keys of the hub that this bench knows. Raises `Contradiction` where another key signed
    it, or where it does not know the log that is followed here; `LogUnproved` for what is no trust file.
    """
    try:
        trust = trust_from(dict(document))
    except CertificateError as error:
        raise LogUnproved(UNREADABLE) from error
    signature = document.get("signature")
    if trust.root is None or not isinstance(signature, dict):
        return None
    shown = json.dumps(document, sort_keys=True)[:MOST_SHOWN]
    if signature["kid"] not in hub_keys:
        raise Contradiction(CODE, origin, f"{signature['kid']}", shown)
    if pins and pins[-1].key.public not in trust.root.log_keys:
        raise Contradiction(CODE, origin, pins[-1].vkey, shown)
    return trust.root


def names_shard(root: Root | None, shard: Shard) -> bool:
    """Whether the root file knows the key of a log under its name."""
    return root is not None and names_log((root,), shard.key, shard.name)

"""Erasure policies that the hub signs and hands to the benches with their assignments; benches judge them."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.envelope import parse_envelope
from certificates.errors import UnknownKey
from certificates.policy import open_policy, sign_policy
from hub import audit
from hub.assigned import BenchPolicy
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.stations.trust import trust_of

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


def publish_policy(session: Session, name: str, table: dict[str, Any]) -> BenchPolicy:
    """Sign a policy and hand it to the benches from now on; the same again changes nothing.

    Raises BadInput for a name that no bench takes, Conflict for other content without a higher version, NotCanonical.
    """
    if not NAME.fullmatch(name):
        raise BadInput(f"a policy cannot be called {name}", "policy-name")
    hub, kept = hub_of(session), session.get(BenchPolicy, name)
    signed = sign_policy(hub.identity.key, name, table)
    if kept is not None:
        known = _kept(session, kept)
        if known == table and parse_envelope(kept.envelope).keyid == hub.identity.key.kid:
            return kept
        if known is not None and known != table and not _version(known) < _version(table):
            raise Conflict(f"the benches have version {_version(known)} of {name}: raise its version")
    row = kept or BenchPolicy(name=name)
    row.envelope, row.signed = signed.data, hub.clock()
    session.add(row)
    session.flush()
    audit.record(session, None, "policy.publish", name, f"version {_version(table)}, {signed.id}")
    return row


def sign_policies_anew(session: Session) -> None:
    """Sign what is handed out by the key that is in use now, where the one before was given up as planned."""
    hub = hub_of(session)
    for kept in session.scalars(select(BenchPolicy)):
        table = _kept(session, kept)
        if table is not None:
            kept.envelope, kept.signed = sign_policy(hub.identity.key, kept.name, table).data, hub.clock()


def withdraw_policy(session: Session, name: str) -> None:
    """Hand a policy out no more; benches that have it keep it. Raises NotFound."""
    kept = session.get(BenchPolicy, name)
    if kept is None:
        raise NotFound(f"no policy {name} is handed to the benches")
    session.delete(kept)
    session.flush()
    audit.record(session, None, "policy.withdraw", name)


def _kept(session: Session, kept: BenchPolicy) -> dict[str, Any] | None:
    """What a policy says that is handed out; None where the key under it may be in other hands."""
    try:
        return open_policy(kept.envelope, trust_of(session), former=True)[1]
    except UnknownKey:
        return None


def _version(table: dict[str, Any]) -> int:
    version = table.get("version")
    return version if type(version) is int else 0

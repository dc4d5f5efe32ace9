"""Erasure policies that the hub signs and hands to the benches with their assignments; benches judge them."""

import re
from typing import Any

from sqlalchemy.orm import Session

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
        _, known = open_policy(kept.envelope, trust_of(session))
        if known == table:
            return kept
        if not _version(known) < _version(table):
            raise Conflict(f"the benches have version {_version(known)} of {name}: raise its version")
    row = kept or BenchPolicy(name=name)
    row.envelope, row.signed = signed.data, hub.clock()
    session.add(row)
    session.flush()
    audit.record(session, None, "policy.publish", name, f"version {_version(table)}, {signed.id}")
    return row


def withdraw_policy(session: Session, name: str) -> None:
    """Hand a policy out no more; benches that have it keep it. Raises NotFound."""
    kept = session.get(BenchPolicy, name)
    if kept is None:
        raise NotFound(f"no policy {name} is handed to the benches")
    session.delete(kept)
    session.flush()
    audit.record(session, None, "policy.withdraw", name)


def _version(table: dict[str, Any]) -> int:
    version = table.get("version")
    return version if type(version) is int else 0

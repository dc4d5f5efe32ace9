"""A request for a change of a key, with what the people who sign it far from the hub need to know."""

from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.errors import Conflict
from hub.keys.line import current_root
from hub.keys.saying import Change, Head, Request
from hub.ledger.append import head_of


def write(session: Session, change: Change) -> Request:
    """Write a request for the registry keys of the root file in force. Raises Conflict where there is none."""
    root, identity = current_root(session), hub_of(session).identity
    if root is None:
        raise Conflict("this hub has no root file: its own key decides about keys")
    heads = {key.public.kid: Head(key.public, key.name, *head_of(session, key.public.kid)) for key in root.registry}
    return Request(identity.name, identity.key.kid, identity.key.demo, change, heads)

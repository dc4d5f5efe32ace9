"""Introduce this bench to a hub: the key stays here, the proof names token and hub, and people compare the fingerprint.

The hub keeps the bench pending until a person accepts it; statements made meanwhile wait in the outbox.
Trust and reliability, section 3.2.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from certificates.keys import SigningKey
from station_agent.errors import EnrolmentError
from station_agent.hub_keys import TRUST_FILE, hub_keys, kept_trust
from station_agent.hub_link import HubLink
from station_agent.language import mark
from station_agent.observer.book import move_pages, set_pages_aside
from station_agent.signing import ELSEWHERE_NOTE
from station_agent.state import write_whole
from station_agent.store import Store

PROOF_TYPE: Final = "application/vnd.etabli.enrol.v1"
FORGOTTEN: Final = (  # what concerned an earlier hub
    ("sync-failures", "0"),
    ("sync-not-before", "0"),
    ("assignments-counter", "0"),
)
NO_HUB: Final = mark(
    "No hub answers at {url} ({detail}). Write its address as the hub's pages show it, without a path."
)
ANOTHER_HUB: Final = mark(
    "The hub {url} is another one than before, and statements for that one still wait here: {n}. Nothing was kept. "
    "Bring them there first (etabli-station sync, or export), or give this bench a new key: --new-key."
)
REFUSED: Final = mark("The hub {url} did not take this bench in: {detail}.")
REFUSALS: Final = {  # by the hub's code
    "token": mark("The hub {url} does not take this token: unknown, used, or too old. Ask a lead for a new one."),
    "proof": mark(
        "The hub at {url} goes by another address. Write it exactly as its own pages show it (ETABLI_PUBLIC_URL there)."
    ),
    "conflict": mark(
        "The hub {url} knows the key of this bench already, and not from this token. Ask a lead what became of it; a "
        "new key needs a new state folder (--state)."
    ),
}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the hub answered."""

    station: str
    kid: str
    state: str
    hub: dict[str, Any]


def enrol(store: Store, link: HubLink, key: SigningKey, *, url: str, token: str, name: str) -> Enrolled:
    """Prove the key to the hub and keep its address, our name and its trust file. Raises `EnrolmentError`."""
    answer = link.enrol(proof(key, url=url, token=token, name=name))
    if not answer.good:
        raise EnrolmentError(
            REFUSALS.get(answer.code, REFUSED if answer.code else NO_HUB),
            url=url,
            detail=answer.message or f"HTTP {answer.status}",
        )
    if answer.document.get("kid") != key.kid:
        raise EnrolmentError(mark("The hub {url} answered for another key. Nothing was kept."), url=url)
    trust = answer.document.get("trust")
    elsewhere = _told_elsewhere(store, key, trust, url)
    with store.transaction() as connection:
        if hub_keys(kept_trust(store.folder)) & hub_keys(trust):
            move_pages(connection, store.noted("hub-url"), url)
        else:
            set_pages_aside(connection, url)
        notes = (("hub-url", url), (f"hub-url:{key.kid}", ""), ("station-name", name))
        for note, value in (*notes, *FORGOTTEN, *elsewhere):
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (note, value))
    if isinstance(trust, dict):
        keep_trust(store.folder, trust)
    hub = answer.document.get("hub")
    return Enrolled(name, key.kid, str(answer.document.get("state", "")), hub if isinstance(hub, dict) else {})


def _told_elsewhere(store: Store, key: SigningKey, trust: object, url: str) -> list[tuple[str, str]]:
    """Give the note that keeps what was told to an earlier hub from this one; none where it is the same hub.

    A key that a new one was to replace, and did not, still belongs to the hub of before, whatever trust is kept.
    Raises `EnrolmentError` when something still waits for the earlier one.
    """
    stayed = store.noted(f"hub-url:{key.kid}") or store.noted("hub-url")
    same = stayed == store.noted("hub-url") and hub_keys(kept_trust(store.folder)) & hub_keys(trust)
    if not stayed or same or (stayed != store.noted("hub-url") and stayed == url):
        return []
    of_key = "FROM statement JOIN outbox USING (position) WHERE kid = ? AND state = 'queued'"
    if waiting := int(store.rows(f"SELECT count(*) AS n {of_key}", (key.kid,))[0]["n"]):
        raise EnrolmentError(ANOTHER_HUB, url=url, n=waiting)
    heads = store.rows("SELECT seq FROM chain WHERE kid = ?", (key.kid,))
    return [(f"{ELSEWHERE_NOTE}:{key.kid}", str(row["seq"])) for row in heads]


def proof(key: SigningKey, *, url: str, token: str, name: str) -> dict[str, Any]:
    """Give the request of enrolment: the public key and a signature over token and hub address."""
    signature = key.sign_message(PROOF_TYPE, f"{token}\n{url}".encode())
    return {
        "token": token,
        "name": name,
        "public": key.public.base64,
        "proof": base64.b64encode(signature).decode("ascii"),
        "demo": key.demo,
    }


def keep_trust(folder: Path, trust: dict[str, Any]) -> Path:
    """Write the trust file of the hub beside the state, whole or not at all. Raises `StoreBroken`."""
    path = folder / TRUST_FILE
    write_whole(path, json.dumps(trust, indent=1, sort_keys=True) + "\n")
    return path

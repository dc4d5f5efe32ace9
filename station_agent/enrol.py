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
from station_agent.hub_link import HubLink
from station_agent.language import mark
from station_agent.state import write_whole
from station_agent.store import Store

PROOF_TYPE: Final = "application/vnd.etabli.enrol.v1"
TRUST_FILE: Final = "trust.json"
FORGOTTEN: Final = (  # what concerned an earlier hub
    ("sync-failures", "0"),
    ("sync-not-before", "0"),
    ("assignments-counter", "0"),
)
NO_HUB: Final = mark(
    "No hub answers at {url} ({detail}). Write its address as the hub's pages show it, without a path."
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
    with store.transaction() as connection:
        for note, value in (("hub-url", url), ("station-name", name), *FORGOTTEN):
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (note, value))
    trust = answer.document.get("trust")
    if isinstance(trust, dict):
        keep_trust(store.folder, trust)
    hub = answer.document.get("hub")
    return Enrolled(name, key.kid, str(answer.document.get("state", "")), hub if isinstance(hub, dict) else {})


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

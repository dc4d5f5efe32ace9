"""Signed assignments for the tests of a bench: what its hub would say."""

import json
from pathlib import Path
from typing import Any

from certificates.assignments import sign_assignments
from certificates.keys import SigningKey
from certificates.trust import Trust, TrustedKey
from station_agent.hub_keys import TRUST_FILE

HUB = SigningKey.generate(demo=False)
RULE = {
    "id": 7,
    "lot": "LOT-1",
    "policy": "purge-preferred",
    "drives": "expected",
    "exceptions": False,
    "countdown_s": 60,
    "approved": "2026-11-21T09:00:00Z",
    "approved_by": {"id": "p-lead", "name": "Camille"},
    "valid_until": "2026-11-22T09:00:00Z",
}
LOT = {
    "code": "LOT-1",
    "donor_label": "CAF",
    "policy": "purge-preferred",
    "four_eyes": True,
    "assets": ["A-1"],
    "serials": ["S-1"],
}


def assigned_document(station: str, **changed: Any) -> dict[str, Any]:
    return {
        "schema": "etabli.assignments/1",
        "station": station,
        "counter": 5,
        "issued": "2026-11-21T09:30:00Z",
        "policies": ["purge-preferred"],
        "signed_policies": [],
        "lots": [LOT],
        "protected_serials": ["KEEP-ME"],
        "operators": [{"id": "p-tech", "name": "Lou", "badge_sha256": "a" * 64}],
        "auto_start": [RULE],
        "messages": [{"id": 1, "text": "Fermé lundi", "severity": "warning", "until": "2026-11-23T00:00:00Z"}],
        **changed,
    }


def answer(station: str, key: SigningKey = HUB, **changed: Any) -> dict[str, Any]:
    """What GET /api/v1/assignments brings."""
    document = assigned_document(station, **changed)
    return {**document, "signed": sign_assignments(key, document).text}


def trust_document(status: Any = "active", *, demo: bool = False) -> dict[str, Any]:
    key = TrustedKey(HUB.public, "hub", "Atelier", status, demo=demo)
    return Trust.of("Atelier", "http://127.0.0.1:9", [key]).to_document()


def trust_hub(folder: Path, status: Any = "active", *, demo: bool = False) -> None:
    (folder / TRUST_FILE).write_text(json.dumps(trust_document(status, demo=demo)), encoding="utf-8")

"""The payload of an attestation for the tests of the certificates."""

from typing import Any

from tests.certificates.conftest import changed, validation_payload


def attestation_payload(**changes: Any) -> dict[str, Any]:
    common = ("v", "kid", "hub", "seq", "prev", "nonce", "wall", "wall_src", "simulated")
    payload = {
        **{name: value for name, value in validation_payload().items() if name in common},
        "kind": "attestation",
        "attestation": "0d6b6f7e-4a0f-4f3c-9d41-3a5a3f9f2f10",
        "number": "ETB-D-2026-000001",
        "supersedes": "",
        "what": "destroyed",
        "lot": {"code": "2026-014", "label": ""},
        "donor": {"name": "CAF"},
        "issuer": {"name": "Atelier", "address": "", "siret": "", "url": ""},
        "device": {"asset": "ETB-1", "maker": "", "model": "", "serial": ""},
        "drive": {"model": "WDC", "serial": "WD-1", "read": "WD-1", "unreadable": False},
        "bays": {"seen": 1, "empty": None},
        "method": "drilled",
        "day": "2026-11-20",
        "place": "",
        "operator": "Lou",
        "witness": "Anne",
        "recycler": "",
        "reference": "",
        "note": "",
        "recorded": "2026-11-21T09:12:00Z",
        "recorded_by": "Camille",
        "verify_url": "https://hub.example/verify/1",
    }
    return changed(payload, changes)

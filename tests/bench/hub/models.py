"""The model payloads of the generated hub: what benches and the hub sign, with the places of `forms` in them."""

from typing import Any

from certificates.keys import SigningKey
from tests.bench.hub.forms import SEQ, TEXTS
from tests.certificates.conftest import changed, diagnostics_payload, erasure_payload, validation_payload
from tests.hub.grade_reports import full_report

LEVELS = {"ERASED": "CLEAR", "ERASED_WITH_EXCEPTIONS": "CLEAR", "FAILED": "NONE"}
_STATION: dict[str, Any] = {
    "seq": SEQ,
    "prev": TEXTS["prev"],
    "wall": TEXTS["wall"],
    "lot": TEXTS["lot"],
    "asset": TEXTS["asset"],
    "simulated": False,
}


def erasure(key: SigningKey, station: str, verdict: str) -> dict[str, Any]:
    """An erasure with this verdict."""
    payload = erasure_payload(
        **_STATION,
        kid=key.kid,
        station=station,
        operator="p-operator",
        run_id=TEXTS["run"],
        started=TEXTS["started"],
        ended=TEXTS["ended"],
        subject__drive__serial=TEXTS["serial"],
        subject__drive__model=TEXTS["model"],
        subject__machine__serial=TEXTS["machine"],
        method__level=LEVELS[verdict],
        result__verdict=verdict,
    )
    if verdict == "ERASED_WITH_EXCEPTIONS":
        payload = changed(payload, {"exceptions": [{"code": "HIDDEN_AREA", "detail": "AMA"}], "hidden__ama": "present"})
    if verdict == "FAILED":
        trouble = [{"code": "WRITE_ERROR", "detail": "EIO"}]
        bad = {"bad__write": [[1000, 8]], "bad__write_total": 8}
        payload = changed(payload, {"result__reasons": trouble, **bad})
        payload["phases"][0]["errors"] = 8
    return payload


def diagnosis(key: SigningKey, station: str, letter: str) -> dict[str, Any]:
    """A diagnosis with a whole report; its letter stands in it."""
    report = full_report(serial=TEXTS["serial"])
    report["grade"]["letter"] = letter
    return diagnostics_payload(
        **_STATION,
        kid=key.kid,
        station=station,
        operator="p-operator",
        subject__drive=None,
        subject__machine__serial=TEXTS["machine"],
        report=report,
    )


def decision(key: SigningKey, word: str) -> dict[str, Any]:
    """A decision of a person about one erasure."""
    return validation_payload(
        kid=key.kid,
        seq=SEQ,
        prev=TEXTS["prev"],
        wall=TEXTS["wall"],
        statement=TEXTS["statement"],
        decision=word,
        reason="" if word == "APPROVED" else "erase it again",
        validator="p-lead",
        validator_name="Camille Le Goff",
        role="lead",
    )


def certificate(key: SigningKey) -> dict[str, Any]:
    """A certificate of one erasure."""
    return {
        "v": 1,
        "kind": "certificate",
        "kid": key.kid,
        "hub": "Atelier des Trois-Ponts",
        "seq": SEQ,
        "prev": TEXTS["prev"],
        "nonce": "c3" * 16,
        "wall": TEXTS["wall"],
        "wall_src": "system",
        "certificate": TEXTS["certificate"],
        "number": TEXTS["number"],
        "erasure": TEXTS["statement"],
        "validation": TEXTS["validation"],
        "diagnostics": None,
        "lot": {"code": TEXTS["lot"], "label": ""},
        "donor": {"name": TEXTS["donor"]},
        "issuer": {"name": "Atelier", "address": "", "siret": "", "url": ""},
        "device": {"asset": TEXTS["asset"]},
        "lang": "fr",
        "verify_url": TEXTS["verify"],
        "simulated": False,
    }

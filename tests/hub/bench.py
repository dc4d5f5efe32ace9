"""A bench as the hub sees it: a key, a chain, signed requests. Built on the contracts, not on the station's code."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

from certificates.envelope import MEDIA_TYPE, SignedEnvelope
from certificates.exchange import sign_request
from certificates.keys import SigningKey
from certificates.statement import GENESIS

SECTOR = 512


class Answer(Protocol):
    status_code: int
    headers: Mapping[str, str]

    def json(self) -> Any: ...


class Client(Protocol):
    def request(self, method: str, url: str, *, content: bytes | None, headers: dict[str, str]) -> Any: ...


class Bench:
    """A station with its own key; `client` is any client with `request`, `url` the hub's public address."""

    def __init__(self, client: Any, url: str, name: str = "banc 1", *, demo: bool = False) -> None:
        self.client, self.url, self.name = client, url, name
        self.key = SigningKey.generate(demo=demo)
        self.seq, self.prev = 0, GENESIS
        self.nonce = ""

    def enrol(self, token: str, **changed: Any) -> Any:
        message = f"{token}\n{self.url}".encode()
        proof = self.key.sign_message("application/vnd.etabli.enrol.v1", message)
        body = {
            "token": token,
            "name": self.name,
            "public": self.key.public.base64,
            "proof": base64.b64encode(proof).decode(),
            "demo": self.key.demo,
            **changed,
        }
        return self.client.post("/api/v1/enrolments", json=body)

    def send(self, method: str, path: str, body: bytes | None = None, content_type: str = "application/json") -> Any:
        nonce = self.nonce or self.client.get("/api/v1/nonce").json()["nonce"]
        headers = sign_request(self.key, method, self.url + path, body, nonce)
        if body is not None:
            headers["Content-Type"] = content_type
        answer = self.client.request(method, path, content=body, headers=headers)
        self.nonce = answer.headers.get("ETABLI-Nonce", "")
        return answer

    def put(self, data: bytes | SignedEnvelope) -> Any:
        data = data.data if isinstance(data, SignedEnvelope) else data
        return self.send("PUT", f"/api/v1/statements/{hashlib.sha256(data).hexdigest()}", data, MEDIA_TYPE)

    def post(self, envelopes: list[bytes]) -> Any:
        body = json.dumps({"envelopes": [data.decode("ascii") for data in envelopes]}).encode()
        return self.send("POST", "/api/v1/statements", body)

    def sign(self, payload: dict[str, Any]) -> SignedEnvelope:
        """Sign as the next of the chain."""
        envelope = self.key.sign_statement(payload)
        self.seq, self.prev = payload["seq"], envelope.id
        return envelope

    def erasure(self, **changed: Any) -> SignedEnvelope:
        return self.sign(self.erasure_payload(**changed))

    def diagnosis(self, **changed: Any) -> SignedEnvelope:
        return self.sign(self.diagnosis_payload(**changed))

    def common(self, kind: str, **changed: Any) -> dict[str, Any]:
        payload = {
            "v": 1,
            "kind": kind,
            "kid": self.key.kid,
            "station": self.name,
            "seq": self.seq + 1,
            "prev": self.prev,
            "nonce": secrets.token_hex(16),
            "boot_id": "boot-1",
            "mono_ns": 1,
            "wall": "2026-11-21T10:00:00Z",
            "wall_src": "system",
            "last_cp": None,
            "lot": "",
            "asset": "",
            "operator": "p-operator",
            "agent": {"version": "0.1.0", "build_sha256": "0" * 64},
            "simulated": self.key.demo,
        }
        unknown = changed.keys() - payload.keys()
        assert not unknown, f"a statement has no member {unknown}: the test would not test what it says"
        return payload | changed

    def erasure_payload(
        self,
        *,
        serial: str = "WD-1234",
        model: str = "HDD 500",
        size: int = 512_000,
        verdict: str = "ERASED",
        machine: dict[str, Any] | None = None,
        wwn: str = "",
        started: str = "2026-11-21T09:00:00Z",
        **changed: Any,
    ) -> dict[str, Any]:
        done = verdict.startswith("ERASED")
        exceptions = [{"code": "HIDDEN_AREA", "detail": "HPA"}] if verdict == "ERASED_WITH_EXCEPTIONS" else []
        reasons = [] if done else [{"code": "MISMATCH", "detail": "LBA 7"}]
        return {
            **self.common("erasure", **changed),
            "subject": {"drive": {**drive(serial, model, size), "wwn": wwn}, "machine": machine},
            "run_id": secrets.token_hex(16),
            "method": _method(verdict),
            "started": started,
            "ended": "2026-11-21T10:00:00Z",
            "duration_ms": 3_600_000,
            "resumed": 0,
            "phases": [
                {
                    "op": "write",
                    "bytes": 0 if verdict == "NOT_ERASED" else size,
                    "errors": 0,
                    "start_ms": 0,
                    "end_ms": 1,
                }
            ],
            "verify": {
                "mode": "full",
                "pattern": "keystream",
                "key_sha256": "1" * 64,
                "seed": "",
                "sectors": size // SECTOR,
                "nonmatching": 0 if done else 1,
                "unreadable": 0,
            },
            "hidden": {"hpa": "present" if exceptions else "none", "dco": "none", "ama": "none"},
            "bad": _bad(done=done),
            "exceptions": exceptions,
            "result": {"verdict": verdict, "reasons": reasons},
            "evidence_sha256": "2" * 64,
        }

    def diagnosis_payload(
        self, *, letter: str = "B", machine: dict[str, Any] | None = None, **changed: Any
    ) -> dict[str, Any]:
        grade = {"letter": letter, "policy": "default", "policy_version": 1}
        return {
            **self.common("diagnostics", **changed),
            "subject": {"drive": None, "machine": machine},
            "report": {"machine": {}, "drives": [], "batteries": [], "checks": [], "grade": grade},
        }


def drive(serial: str, model: str, size: int) -> dict[str, Any]:
    return {
        "model": model,
        "serial": serial,
        "wwn": "",
        "firmware": "1.0",
        "bus": "ata",
        "bridge": "",
        "size_bytes": size,
        "native_bytes": size,
        "logical_sector": SECTOR,
        "physical_sector": 4096,
        "identity_source": "sysfs",
        "identity_grade": "A",
    }


def machine(serial: str = "PF-0001", model: str = "ThinkPad T480") -> dict[str, Any]:
    return {
        "maker": "LENOVO",
        "model": model,
        "serial": serial,
        "uuid": "",
        "chassis": "laptop",
        "identity_source": "dmi",
        "identity_grade": "B",
    }


def _method(verdict: str) -> dict[str, Any]:
    return {
        "requested": "overwrite.keystream",
        "achieved": "" if verdict == "NOT_ERASED" else "overwrite.keystream",
        "version": 1,
        "level": "CLEAR" if verdict.startswith("ERASED") else "NONE",
        "standard": "IEEE 2883-2022",
    }


def _bad(*, done: bool) -> dict[str, Any]:
    return {
        "write": [],
        "read": [],
        "mismatch": [] if done else [[7, 1]],
        "write_total": 0,
        "read_total": 0,
        "mismatch_total": 0 if done else 1,
        "truncated": False,
    }

"""Payloads, keys, trust and bundles for the tests of the certificates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from certificates.bundle import VerifiedBundle
from certificates.issue import certificate_payload, sign_statement
from certificates.keys import SigningKey
from certificates.trust import Status, Trust, TrustedKey
from certificates.verify import VerifiedStatement, verify_envelope

Payload = dict[str, Any]
MakePayload = Callable[..., Payload]

STATION_KEY = SigningKey.from_seed(b"\x11" * 32, demo=False)
HUB_KEY = SigningKey.from_seed(b"\x22" * 32, demo=False)
DEMO_STATION_KEY = SigningKey.from_seed(b"\x33" * 32, demo=True)
DEMO_HUB_KEY = SigningKey.from_seed(b"\x44" * 32, demo=True)
SIZE = 500_107_862_016


def changed(payload: Payload, changes: dict[str, Any]) -> Payload:
    """Replace members; `drive__serial` style names reach into objects (`subject__drive__serial`)."""
    for name, value in changes.items():
        *path, last = name.split("__")
        target = payload
        for part in path:
            target = target[part]
        target[last] = value
    return payload


def erasure_payload(**changes: Any) -> Payload:
    payload: Payload = {
        "v": 1,
        "kind": "erasure",
        "kid": STATION_KEY.kid,
        "seq": 1,
        "prev": "0" * 64,
        "nonce": "a1" * 16,
        "wall": "2026-11-20T14:42:10Z",
        "wall_src": "hub",
        "simulated": False,
        "station": "Poste 3",
        "boot_id": "0d6b6f7e-4a0f-4f3c-9d41-3a5a3f9f2f10",
        "mono_ns": 8_213_000_000_000,
        "last_cp": None,
        "subject": {
            "drive": {
                "model": "WDC WD5000LPCX-24VHAT0",
                "serial": "WD-WXA1A95E7R2K",
                "wwn": "50014ee6b1a2c3d4",
                "firmware": "01.01A01",
                "bus": "ata",
                "bridge": "",
                "size_bytes": SIZE,
                "native_bytes": SIZE,
                "logical_sector": 512,
                "physical_sector": 4096,
                "identity_source": "udev",
                "identity_grade": "A",
            },
            "machine": {
                "maker": "LENOVO",
                "model": "ThinkPad T460 20FMS0XY00",
                "serial": "PC0G1A2B",
                "uuid": "4c4c4544-0043-3510-8052-b4c04f4a3132",
                "chassis": "laptop",
                "identity_source": "dmi",
                "identity_grade": "B",
            },
        },
        "lot": "2026-014",
        "asset": "ETB-00417",
        "operator": "op-7f3a",
        "agent": {"version": "0.1.0", "build_sha256": "5b" * 32},
        "run_id": "c4" * 16,
        "method": {
            "requested": "overwrite.keystream",
            "achieved": "overwrite.keystream",
            "version": 1,
            "level": "CLEAR",
            "standard": "IEEE 2883-2022",
        },
        "started": "2026-11-20T11:05:31Z",
        "ended": "2026-11-20T14:42:08Z",
        "duration_ms": 12_997_000,
        "resumed": 0,
        "phases": [
            {"op": "write", "bytes": SIZE, "errors": 0, "start_ms": 0, "end_ms": 6_400_000},
            {"op": "verify", "bytes": SIZE, "errors": 0, "start_ms": 6_400_000, "end_ms": 12_997_000},
        ],
        "verify": {
            "mode": "full",
            "pattern": "aes-256-ctr",
            "key_sha256": "7d" * 32,
            "seed": "",
            "sectors": SIZE // 512,
            "nonmatching": 0,
            "unreadable": 0,
        },
        "hidden": {"hpa": "none", "dco": "removed", "ama": "none"},
        "bad": {
            "write": [],
            "read": [],
            "mismatch": [],
            "write_total": 0,
            "read_total": 0,
            "mismatch_total": 0,
            "truncated": False,
        },
        "exceptions": [],
        "result": {"verdict": "ERASED", "reasons": []},
        "evidence_sha256": "9f2c" * 16,
    }
    return changed(payload, changes)


def diagnostics_payload(**changes: Any) -> Payload:
    station = erasure_payload()
    common = ("v", "kid", "prev", "nonce", "wall", "wall_src", "simulated", "station", "boot_id", "mono_ns", "last_cp")
    payload = {name: station[name] for name in (*common, "subject", "lot", "asset", "operator", "agent")}
    report = {
        "machine": {"maker": "LENOVO"},
        "drives": [],
        "batteries": [],
        "checks": [],
        "grade": {"letter": "B", "policy": "workshop", "policy_version": 1},
    }
    return changed({**payload, "kind": "diagnostics", "seq": 2, "report": report}, changes)


def validation_payload(**changes: Any) -> Payload:
    payload: Payload = {
        "v": 1,
        "kind": "validation",
        "kid": HUB_KEY.kid,
        "hub": "Atelier des Trois-Ponts",
        "seq": 1,
        "prev": "0" * 64,
        "nonce": "b2" * 16,
        "wall": "2026-11-21T09:12:00Z",
        "wall_src": "system",
        "simulated": False,
        "statement": "0" * 64,
        "decision": "APPROVED",
        "reason": "",
        "validator": "p-19c2",
        "validator_name": "Noémie Lefèvre",
        "role": "responsable d’atelier",
    }
    return changed(payload, changes)


@dataclass(frozen=True)
class Workshop:
    """Keys of one station and one hub, the trust file that names them, and everything they sign."""

    station: SigningKey
    hub: SigningKey
    trust: Trust

    def sign(self, key: SigningKey, payload: Payload) -> VerifiedStatement:
        return verify_envelope(sign_statement(key, payload).data, self.trust)

    def erasure(self, **changes: Any) -> VerifiedStatement:
        base = {"kid": self.station.kid, "simulated": self.station.demo}
        return self.sign(self.station, erasure_payload(**{**base, **changes}))

    def validation(self, erasure: VerifiedStatement, **changes: Any) -> VerifiedStatement:
        base = {"kid": self.hub.kid, "simulated": erasure.simulated, "statement": erasure.id}
        return self.sign(self.hub, validation_payload(**{**base, **changes}))

    def diagnostics(self, **changes: Any) -> VerifiedStatement:
        base = {"kid": self.station.kid, "simulated": self.station.demo}
        return self.sign(self.station, diagnostics_payload(**{**base, **changes}))

    def certificate(
        self,
        erasure: VerifiedStatement,
        validation: VerifiedStatement,
        diagnostics: VerifiedStatement | None = None,
        **changes: Any,
    ) -> VerifiedStatement:
        payload = certificate_payload(
            erasure,
            validation,
            diagnostics=diagnostics,
            kid=self.hub.kid,
            hub="Atelier des Trois-Ponts",
            seq=2,
            prev=validation.id,
            nonce="c3" * 16,
            wall="2026-11-21T09:12:01Z",
            wall_src="system",
            certificate="7b0e6a52-3f5d-4a53-9a0b-6f2f9d5f1c11",
            number="2026-000123",
            lot={"code": "2026-014", "label": "Renouvellement du parc 2026"},
            donor={"name": "Communauté de communes du Val d’Œuvre"},
            issuer={
                "name": "Atelier des Trois-Ponts",
                "address": "12 quai de l’Écluse\n35000 Rennes",
                "siret": "123 456 789 00012",
                "url": "https://atelier.example",
            },
            device={"asset": "ETB-00417"},
            lang="fr",
            verify_url=f"https://atelier.example/v/{erasure.envelope.short_id}",
        )
        return self.sign(self.hub, changed(payload, changes))

    def bundle(self, *, erasure: Payload | None = None, certificate: Payload | None = None) -> VerifiedBundle:
        erased = self.erasure(**(erasure or {}))
        approved = self.validation(erased)
        return VerifiedBundle(self.certificate(erased, approved, **(certificate or {})), approved, erased)


def workshop_of(station: SigningKey, hub: SigningKey, quorum: int = 0, station_status: Status = "active") -> Workshop:
    keys = (
        TrustedKey(station.public, "station", "Poste 3", station_status, demo=station.demo),
        TrustedKey(hub.public, "hub", "Atelier des Trois-Ponts", demo=hub.demo),
    )
    return Workshop(station, hub, Trust.of("Atelier des Trois-Ponts", "https://atelier.example", keys, quorum))


@pytest.fixture(scope="session")
def workshop() -> Workshop:
    return workshop_of(STATION_KEY, HUB_KEY)


@pytest.fixture(scope="session")
def demo_workshop() -> Workshop:
    return workshop_of(DEMO_STATION_KEY, DEMO_HUB_KEY)


@pytest.fixture
def make_erasure_payload() -> MakePayload:
    return erasure_payload


@pytest.fixture
def make_validation_payload() -> MakePayload:
    return validation_payload


@pytest.fixture
def make_diagnostics_payload() -> MakePayload:
    return diagnostics_payload


@pytest.fixture
def make_certificate_workshop() -> Callable[..., Workshop]:
    """A workshop of its own: `make(quorum=2)`, `make(station_status="compromised")`."""

    def make(**changes: Any) -> Workshop:
        return workshop_of(STATION_KEY, HUB_KEY, **changes)

    return make

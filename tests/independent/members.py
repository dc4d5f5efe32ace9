"""The members of every document, written down a second time for the independent verifier, in a notation of its own.

"hex64", "hex64?" (or empty), "int", "int+" (from 1), "bool", "time", "any", "uuid", "shard"; "text 400" (at most so
many characters; "text 1 400": at least 1), "line" for printable ASCII, "prose" for text with line feeds; "=a|b" one of
these words; "~X" X or null; [X, most] a list; {...} exactly these members; a name ending in "?" may be missing; "*" any
other.
"""

from typing import Any

Notation = Any
SIGNED = {
    "v": "=1",
    "kid": "hex64",
    "seq": "int+",
    "prev": "hex64",
    "nonce": "hex32",
    "wall": "time",
    "wall_src": "=system|ntp|rtc|hub|floor|unset",
    "simulated": "bool",
}
DRIVE = {
    "model": "line 4096",
    "serial": "line 4096",
    "wwn": "line 256",
    "firmware": "line 256",
    "bus": "line 128",
    "bridge": "line 1024",
    "size_bytes": "int",
    "native_bytes": "~int",
    "logical_sector": "int",
    "physical_sector": "int",
    "identity_source": "line 128",
    "identity_grade": "=A|B|C",
}
MACHINE = {
    "maker": "line 1024",
    "model": "line 1024",
    "serial": "line 1024",
    "uuid": "line 256",
    "chassis": "line 128",
    "identity_source": "line 128",
    "identity_grade": "=A|B|C",
}
STATION = {
    **SIGNED,
    "station": "text 400",
    "boot_id": "line 128",
    "mono_ns": "int",
    "lot": "text 400",
    "asset": "text 400",
    "last_cp": ("~", {"origin": "line 1 256", "size": "int", "root": "hex64", "note_sha256": "hex64"}),
    "subject": {"drive": ("~", DRIVE), "machine": ("~", MACHINE)},
    "operator": "text 400",
    "agent": {"version": "line 128", "build_sha256": "hex64?"},
}
CODES = (
    "=FROZEN|LOCKED|COUNT_EXPIRED|UNSUPPORTED|BRIDGE|RAID_VOLUME|IN_USE|BOOT_MEDIUM|READ_ONLY|IDENTITY|SIZE|HIDDEN_AREA"
    "|ABORTED|TRANSPORT|STATUS_UNREADABLE|STUCK|DEVICE_LOST|HOST_RESET|WRONG_ACTION|CANARY_SURVIVED|MISMATCH|READ_ERROR"
    "|WRITE_ERROR|NOT_IN_LOT|OPERATOR|NO_CANARIES"
)
CODED = [{"code": CODES, "detail": "line 1000"}, 30]
RANGES = [("pair", "int"), 500]
AREA = "=none|removed|present|unknown"
ERASURE = {
    **STATION,
    "kind": "=erasure",
    "run_id": "hex32",
    "started": "time",
    "ended": "time",
    "duration_ms": "int",
    "resumed": "int",
    "method": {
        "requested": "line 128",
        "achieved": "line 128",
        "version": "int",
        "level": "=NONE|CLEAR|PURGE",
        "standard": "=IEEE 2883-2022",
    },
    "phases": [{"op": "line 128", "bytes": "int", "errors": "int", "start_ms": "int", "end_ms": "int"}, 200],
    "verify": {
        "mode": "=full|sample|canaries|none",
        "pattern": "line 128",
        "key_sha256": "hex64?",
        "seed": "line 128",
        "sectors": "int",
        "nonmatching": "int",
        "unreadable": "int",
    },
    "hidden": {"hpa": AREA, "dco": AREA, "ama": AREA},
    "bad": {
        "write": RANGES,
        "read": RANGES,
        "mismatch": RANGES,
        "truncated": "bool",
        "write_total": "int",
        "read_total": "int",
        "mismatch_total": "int",
    },
    "exceptions": CODED,
    "result": {"verdict": "=ERASED|ERASED_WITH_EXCEPTIONS|FAILED|UNCONFIRMED|NOT_ERASED", "reasons": CODED},
    "evidence_sha256": "hex64",
}
DIAGNOSTICS = {
    **STATION,
    "kind": "=diagnostics",
    "report": {
        "machine": {"*": "any"},
        "drives": ["any", 200],
        "batteries": ["any", 50],
        "checks": ["any", 500],
        "grade": {"letter": "text 1 32", "policy": "text 1 128", "policy_version": "int", "*": "any"},
        "locks?": "any",
        "stress?": "any",
        "self_tests?": "any",
        "read_benchmark?": "any",
        "battery_discharge?": "any",
        "second_reader?": "any",
    },
}
VALIDATION = {
    **SIGNED,
    "kind": "=validation",
    "hub": "text 400",
    "statement": "hex64",
    "decision": "=APPROVED|REJECTED",
    "reason": "prose 4000",
    "validator": "line 1 128",
    "validator_name": "text 1 400",
    "role": "text 400",
}
ISSUER = {"name": "text 1 400", "address": "prose 1000", "siret": "text 64", "url": "text 400"}
LOT = {"code": "text 400", "label": "text 400"}
CERTIFICATE = {
    **SIGNED,
    "kind": "=certificate",
    "hub": "text 400",
    "certificate": "uuid",
    "number": "text 1 64",
    "erasure": "hex64",
    "validation": "hex64",
    "diagnostics": "~hex64",
    "lot": LOT,
    "donor": {"name": "text 400"},
    "issuer": ISSUER,
    "device": {"asset": "text 400"},
    "lang": "=fr|en",
    "verify_url": "url",
}
ATTESTATION = {
    **SIGNED,
    "kind": "=attestation",
    "hub": "text 400",
    "attestation": "uuid",
    "number": "text 1 64",
    "supersedes": "text 64",
    "what": "=destroyed|absent",
    "lot": LOT,
    "donor": {"name": "text 400"},
    "issuer": ISSUER,
    "device": {"asset": "text 400", "maker": "text 400", "model": "text 400", "serial": "text 400"},
    "drive": {"model": "text 400", "serial": "text 400", "read": "text 400", "unreadable": "bool"},
    "bays": {"seen": "~int", "empty": "~int"},
    "method": "text 64",
    "day": "text 10",
    "place": "prose 1000",
    "operator": "text 400",
    "witness": "text 400",
    "recycler": "text 400",
    "reference": "text 400",
    "note": "text 1000",
    "recorded": "time",
    "recorded_by": "text 1 400",
    "verify_url": "url",
}
SUPERSEDE = {
    **SIGNED,
    "kind": "=supersede",
    "certificate": "hex64",
    "by": "hex64?",
    "why": "=corrected|reissued|withdrawn|contradicted",
}
_ROLE = "=hub|station|registry"
REGISTRY = {
    **SIGNED,
    "kind": "=registry",
    "change": "=enrol|rotate|retire|compromise|approve|opening",
    "key": ("~", {"kid": "hex64", "public": "line 44 44", "role": _ROLE, "name": "text 400"}),
    "replaces": "hex64?",
    "last_good_seq": "~int",
    "last_good_index": "~int",
    "shard": "line 16",
    "approves": "hex64?",
    "by": "line 128",
    "note": "prose 8000",
    "keys": [{"kid": "hex64", "role": _ROLE, "status": "=active|retired|compromised"}, 450],
}
FORK = {**SIGNED, "kind": "=fork", "refused": {"id": "hex64", "kid": "hex64", "seq": "int+"}}
STATEMENTS: dict[str, Notation] = {
    "erasure": ERASURE,
    "diagnostics": DIAGNOSTICS,
    "validation": VALIDATION,
    "certificate": CERTIFICATE,
    "attestation": ATTESTATION,
    "supersede": SUPERSEDE,
    "registry": REGISTRY,
    "fork": FORK,
}
SIGNERS = {
    "erasure": {"station"},
    "diagnostics": {"station"},
    "validation": {"hub"},
    "certificate": {"hub"},
    "attestation": {"hub"},
    "supersede": {"hub"},
    "fork": {"hub"},
    "registry": {"hub", "registry"},
}

KEY = {"kid": "hex64", "public": "line 64", "name": "text 400", "status": "=active|retired|compromised", "demo": "bool"}
HUB = {"name": "text 400", "url": "text 400"}
TRUST_1 = {
    "schema": "=etabli.trust/1",
    "hub": HUB,
    "keys": [{**KEY, "role": "=hub|station"}, 10_000],
    "witness": {"quorum": "int 0 100"},
}
WITNESSES = [{"name": "text 1 400", "vkey": "line 1 400"}, 100]
TRUST_2 = {
    "schema": "=etabli.trust/2",
    "hub": HUB,
    "profile": "=atelier|reseau",
    "quorum": "int 0 100",
    "keys": [
        {**KEY, "role": "=hub|station|registry", "until": ("~", {"shard": "shard", "index": "int", "seq": "int"})},
        10_000,
    ],
    "logs": [{"name": "shard", "vkey": "line 1 400", "state": "=open|closed|frozen", "end": ("~", "int")}, 1000],
    "witnesses": WITNESSES,
    "superseded": [{"certificate": "hex64", "by": "hex64?"}, 20_000],
    "position": {"shard": "shard", "size": "int"},
    "root": "any",
    "older_roots": ["any", 100],
    "signature": ("~", {"kid": "hex64", "sig": "line 88 88"}),
}
_PERSON = {"kid": "hex64", "public": "line 64", "name": "text 1 400"}
_PLAIN = {"kid": "hex64", "public": "line 64"}
ROOT = {
    "schema": "=etabli.root/1",
    "signed": {
        "version": "int+",
        "profile": "=atelier|reseau",
        "threshold": "int 1 16",
        "roots": [_PERSON, 16],
        "hub": HUB,
        "hub_keys": [_PLAIN, 100],
        "log_keys": [_PLAIN, 100],
        "witnesses": WITNESSES,
        "registry": {"threshold": "int 1 16", "keys": [_PERSON, 100]},
        "quorum": "int 0 100",
    },
    "signatures": [{"kid": "hex64", "sig": "line 88 88"}, 32],
}
PROOF = {
    "schema": "=etabli.proof/1",
    "checkpoints": ["prose 1 50000", 8],
    "registry": ["any", 200],
    "entries": [
        {"id": "hex64", "checkpoint": "int 0 7", "index": "int", "received": "int", "path": ["hex64", 63]},
        300,
    ],
}

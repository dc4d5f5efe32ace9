"""Statements: the closed set of members of each kind, as data. Payloads are plain dicts; `validate_statement` judges.

Kinds so far: `erasure` and `diagnostics` (signed by a station), `validation`, `certificate` and `attestation` (signed
by a hub; an attestation says that a drive was destroyed or never there, and is no word about an erasure), `registry`
(what became of a key, and the opening of a shard of the log) and `fork` (a statement that intake refused because it
contradicts its chain). What the members of one statement say about each other is checked in `certificates.consistency`.
"""

import re
from typing import Any

from certificates.consistency import check_attestation, check_erasure, check_registry, check_supersede
from certificates.errors import SchemaError
from certificates.fitting import fitting
from certificates.shape import Anything, Flag, Items, Maybe, Pattern, Record, Shape, Text, Wall, Whole, Word

VERDICTS = ("ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED", "UNCONFIRMED", "NOT_ERASED")
CERTIFIABLE = ("ERASED", "ERASED_WITH_EXCEPTIONS")
REASONS = (
    *(
        "FROZEN",
        "LOCKED",
        "COUNT_EXPIRED",
        "UNSUPPORTED",
        "BRIDGE",
        "RAID_VOLUME",
        "IN_USE",
        "BOOT_MEDIUM",
        "READ_ONLY",
    ),
    *("IDENTITY", "SIZE", "HIDDEN_AREA", "ABORTED", "TRANSPORT", "STATUS_UNREADABLE", "STUCK", "DEVICE_LOST"),
    *(
        "HOST_RESET",
        "WRONG_ACTION",
        "CANARY_SURVIVED",
        "MISMATCH",
        "READ_ERROR",
        "WRITE_ERROR",
        "NOT_IN_LOT",
        "OPERATOR",
        "NO_CANARIES",
    ),
)
LEVELS = ("NONE", "CLEAR", "PURGE")
MAX_RANGES = 500
GENESIS = "0" * 64  # `prev` of the first statement of a key

_HEX_64 = Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII))
_HEX_32 = Pattern(re.compile(r"[0-9a-f]{32}", re.ASCII))
_HEX_64_OR_NONE = Pattern(re.compile(r"(?:[0-9a-f]{64})?", re.ASCII))
_UUID = Pattern(re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII))
_URL = Pattern(re.compile(r"https?://[!-~]{1,400}", re.ASCII))
_FROM_DEVICE = Text(4096, ascii=True)  # a bridge or a firmware may say anything
_SHORT = Text(128, ascii=True)
_NAME = Text(400)
_DETAIL = Text(1000, ascii=True)
_AREA = Word(("none", "removed", "present", "unknown"))
_CODED = Record({"code": Word(REASONS), "detail": _DETAIL})
_RANGES = Items(Items(Whole(), 2, exactly=2), MAX_RANGES)
_CHECKPOINT = Record({"origin": Text(256, 1, ascii=True), "size": Whole(), "root": _HEX_64, "note_sha256": _HEX_64})

DRIVE = Record(
    {
        "model": _FROM_DEVICE,
        "serial": _FROM_DEVICE,
        "wwn": Text(256, ascii=True),
        "firmware": Text(256, ascii=True),
        "bus": _SHORT,
        "bridge": Text(1024, ascii=True),
        "size_bytes": Whole(),
        "native_bytes": Maybe(Whole()),
        "logical_sector": Whole(),
        "physical_sector": Whole(),
        "identity_source": _SHORT,
        "identity_grade": Word(("A", "B", "C")),
    }
)
MACHINE = Record(
    {
        "maker": Text(1024, ascii=True),
        "model": Text(1024, ascii=True),
        "serial": Text(1024, ascii=True),
        "uuid": Text(256, ascii=True),
        "chassis": _SHORT,
        "identity_source": _SHORT,
        "identity_grade": Word(("A", "B", "C")),
    }
)
TIMELESS = ("unset", "floor")  # sources of a wall time that is no claim: the clock was not set, or only a lower bound
_SIGNED: dict[str, Shape] = {
    "v": Word((1,)),
    "kid": _HEX_64,
    "seq": Whole(1),
    "prev": _HEX_64,
    "nonce": _HEX_32,
    "wall": Wall(),
    "wall_src": Word(("system", "ntp", "rtc", "hub", "floor", "unset")),
    "simulated": Flag(),
}
_FROM_STATION: dict[str, Shape] = {
    **_SIGNED,
    "station": _NAME,
    "boot_id": _SHORT,
    "mono_ns": Whole(),
    "last_cp": Maybe(_CHECKPOINT),
    "subject": Record({"drive": Maybe(DRIVE), "machine": Maybe(MACHINE)}),
    "lot": _NAME,
    "asset": _NAME,
    "operator": _NAME,
    "agent": Record({"version": _SHORT, "build_sha256": _HEX_64_OR_NONE}),
}
ERASURE = Record(
    {
        **_FROM_STATION,
        "kind": Word(("erasure",)),
        "run_id": _HEX_32,
        "method": Record(
            {
                "requested": _SHORT,
                "achieved": _SHORT,
                "version": Whole(),
                "level": Word(LEVELS),
                "standard": Word(("IEEE 2883-2022",)),
            }
        ),
        "started": Wall(),
        "ended": Wall(),
        "duration_ms": Whole(),
        "resumed": Whole(),
        "phases": Items(
            Record({"op": _SHORT, "bytes": Whole(), "errors": Whole(), "start_ms": Whole(), "end_ms": Whole()}), 200
        ),
        "verify": Record(
            {
                "mode": Word(("full", "sample", "canaries", "none")),
                "pattern": _SHORT,
                "key_sha256": _HEX_64_OR_NONE,
                "seed": _SHORT,
                "sectors": Whole(),
                "nonmatching": Whole(),
                "unreadable": Whole(),
            }
        ),
        "hidden": Record({"hpa": _AREA, "dco": _AREA, "ama": _AREA}),
        "bad": Record(
            {
                "write": _RANGES,
                "read": _RANGES,
                "mismatch": _RANGES,
                "write_total": Whole(),
                "read_total": Whole(),
                "mismatch_total": Whole(),
                "truncated": Flag(),
            }
        ),
        "exceptions": Items(_CODED, 30),
        "result": Record({"verdict": Word(VERDICTS), "reasons": Items(_CODED, 30)}),
        "evidence_sha256": _HEX_64,
    }
)
DIAGNOSTICS = Record(
    {
        **_FROM_STATION,
        "kind": Word(("diagnostics",)),
        "report": Record(
            {
                "machine": Record({}, open=True),
                "drives": Items(Anything(), 200),
                "batteries": Items(Anything(), 50),
                "checks": Items(Anything(), 500),
                "grade": Record(
                    {"letter": Text(32, 1), "policy": Text(128, 1), "policy_version": Whole()},
                    open=True,
                ),
            },
            optional=dict.fromkeys(  # what a bench adds where it has it, in the shape of the module that makes it
                ("locks", "stress", "self_tests", "read_benchmark", "battery_discharge", "second_reader"), Anything()
            ),
        ),
    }
)
VALIDATION = Record(
    {
        **_SIGNED,
        "kind": Word(("validation",)),
        "hub": _NAME,
        "statement": _HEX_64,
        "decision": Word(("APPROVED", "REJECTED")),
        "reason": Text(4000, lines=True),
        "validator": Text(128, 1, ascii=True),
        "validator_name": Text(400, 1),
        "role": _NAME,
    }
)
ISSUER: Record = Record({"name": Text(400, 1), "address": Text(1000, lines=True), "siret": Text(64), "url": Text(400)})
CERTIFICATE = Record(
    {
        **_SIGNED,
        "kind": Word(("certificate",)),
        "hub": _NAME,
        "certificate": _UUID,
        "number": Text(64, 1),
        "erasure": _HEX_64,
        "validation": _HEX_64,
        "diagnostics": Maybe(_HEX_64),
        "lot": Record({"code": _NAME, "label": _NAME}),
        "donor": Record({"name": _NAME}),
        "issuer": ISSUER,
        "device": Record({"asset": _NAME}),
        "lang": Word(("fr", "en")),
        "verify_url": _URL,
    }
)
ATTESTED = ("destroyed", "absent")
ATTESTATION = Record(
    {
        **_SIGNED,
        "kind": Word(("attestation",)),
        "hub": _NAME,
        "attestation": _UUID,
        "number": Text(64, 1),
        "supersedes": Text(64),  # the number of the one before it about this drive, whose record was taken back
        "what": Word(ATTESTED),
        "lot": Record({"code": _NAME, "label": _NAME}),
        "donor": Record({"name": _NAME}),
        "issuer": ISSUER,
        "device": Record({"asset": _NAME, "maker": _NAME, "model": _NAME, "serial": _NAME}),
        "drive": Record({"model": _NAME, "serial": _NAME, "read": _NAME, "unreadable": Flag()}),
        "bays": Record({"seen": Maybe(Whole()), "empty": Maybe(Whole())}),
        "method": Text(64),
        "day": Text(10),
        "place": Text(1000, lines=True),
        "operator": _NAME,
        "witness": _NAME,
        "recycler": _NAME,
        "reference": _NAME,
        "note": Text(1000),
        "recorded": Wall(),
        "recorded_by": Text(400, 1),
        "verify_url": _URL,
    }
)
REGISTRY_CHANGES = ("enrol", "rotate", "retire", "compromise", "approve", "opening")
REGISTRY_ROLES = ("hub", "station", "registry")
REGISTRY_STATES = ("active", "retired", "compromised")
REGISTRY_KEYS = 450  # keys of a snapshot: a payload has room for so many
REGISTRY = Record(
    {
        **_SIGNED,
        "kind": Word(("registry",)),
        "change": Word(REGISTRY_CHANGES),
        "key": Maybe(
            Record({"kid": _HEX_64, "public": Text(44, 44, ascii=True), "role": Word(REGISTRY_ROLES), "name": _NAME})
        ),
        "replaces": _HEX_64_OR_NONE,
        "last_good_seq": Maybe(Whole()),
        "last_good_index": Maybe(Whole()),
        "shard": Text(16, ascii=True),
        "approves": _HEX_64_OR_NONE,
        "by": _SHORT,
        "note": Text(8000, lines=True),
        "keys": Items(
            Record({"kid": _HEX_64, "role": Word(REGISTRY_ROLES), "status": Word(REGISTRY_STATES)}),
            REGISTRY_KEYS,
        ),
    }
)
FORK = Record({**_SIGNED, "kind": Word(("fork",)), "refused": Record({"id": _HEX_64, "kid": _HEX_64, "seq": Whole(1)})})
REPLACED = ("corrected", "reissued")  # why a certificate is replaced by another one
TAKEN_BACK = ("withdrawn", "contradicted")  # why one no longer counts, with no other in its place
SUPERSEDE = Record(
    {
        **_SIGNED,
        "kind": Word(("supersede",)),
        "certificate": _HEX_64,  # statement ids
        "by": _HEX_64_OR_NONE,
        "why": Word((*REPLACED, *TAKEN_BACK)),
    }
)
KINDS: dict[str, Record] = {
    "erasure": ERASURE,
    "diagnostics": DIAGNOSTICS,
    "validation": VALIDATION,
    "certificate": CERTIFICATE,
    "attestation": ATTESTATION,
    "registry": REGISTRY,
    "fork": FORK,
    "supersede": SUPERSEDE,
}
_FITS = {kind: fitting(shape) for kind, shape in KINDS.items()}
ROLE_OF_KIND = {
    "erasure": "station", "diagnostics": "station", "validation": "hub", "certificate": "hub", "attestation": "hub",
    "registry": "hub", "fork": "hub", "supersede": "hub",
}  # fmt: skip
ALSO_SIGNED_BY = {"registry": "registry"}  # kind: another role that signs it


def validate_statement(payload: Any) -> str:
    """Judge a payload and return its kind; SchemaError or Inconsistent names the first member that is wrong."""
    kind = payload.get("kind") if isinstance(payload, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise SchemaError("kind", f"one of {', '.join(KINDS)} expected")
    if not _FITS[kind](payload):
        KINDS[kind].check(payload, "")
    if kind == "erasure":
        check_erasure(payload)
    if kind == "attestation":
        check_attestation(payload)
    if kind == "registry":
        check_registry(payload)
    if kind == "supersede":
        check_supersede(payload, replaced=payload["why"] in REPLACED)
    if kind == "diagnostics" and payload["subject"] == {"drive": None, "machine": None}:
        raise SchemaError("subject", "a drive or a machine is needed")
    return kind


def visible(raw: str | bytes, limit: int = 4096) -> str:
    r"""Text from a device as printable ASCII: other bytes as visible `\xHH`; cut at `limit` with a visible mark."""
    data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    text = "".join(chr(byte) if 0x20 <= byte <= 0x7E else f"\\x{byte:02X}" for byte in data)  # noqa: PLR2004
    return text if len(text) <= limit else text[: limit - 4] + "[..]"

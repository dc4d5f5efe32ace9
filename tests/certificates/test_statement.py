"""Schemas: a statement is complete, closed, and does not contradict itself."""

import copy
from typing import Any

import pytest

from certificates.errors import Inconsistent, SchemaError
from certificates.statement import KINDS, REASONS, VERDICTS, validate_statement, visible
from tests.certificates.attestations import attestation_payload
from tests.certificates.ledgers import supersede_payload
from tests.certificates.registries import fork_payload, registry_payload

NO_BAD = {
    "write": [],
    "read": [],
    "mismatch": [],
    "write_total": 0,
    "read_total": 0,
    "mismatch_total": 0,
    "truncated": False,
}
FAILED = {
    "result": {"verdict": "FAILED", "reasons": [{"code": "READ_ERROR", "detail": "LBA 77"}]},
    "method__level": "NONE",
    "verify__sectors": 976_773_167,
    "verify__unreadable": 1,
    "bad": {**NO_BAD, "read": [[77, 1]], "read_total": 1},
}
NOT_ERASED = {
    "result": {"verdict": "NOT_ERASED", "reasons": [{"code": "IN_USE", "detail": "/mnt"}]},
    "method__level": "NONE",
    "method__achieved": "",
    "phases": [],
    "verify": {
        "mode": "none",
        "pattern": "",
        "key_sha256": "",
        "seed": "",
        "sectors": 0,
        "nonmatching": 0,
        "unreadable": 0,
    },
}
EXCEPTION = [{"code": "HIDDEN_AREA", "detail": "dco unknown"}]


def paths(value: Any, path: Any = ()) -> Any:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths(inner, (*path, place))


def at(payload: Any, path: Any) -> Any:
    for step in path:
        payload = payload[step]
    return payload


@pytest.fixture
def payloads(
    make_erasure_payload: Any, make_diagnostics_payload: Any, make_validation_payload: Any, workshop: Any
) -> Any:
    bundle = workshop.bundle()
    return {
        "erasure": make_erasure_payload(),
        "diagnostics": make_diagnostics_payload(),
        "validation": make_validation_payload(),
        "certificate": bundle.certificate.payload,
        "attestation": attestation_payload(),
        "supersede": supersede_payload(),
        "registry": registry_payload(),
        "fork": fork_payload(),
    }


@pytest.mark.parametrize(
    "changes",
    [{"witness": "Lou"}, {"witness": ""}, {"day": ""}, {"method": ""}, {"drive__read": ""}, {"what": "absent"}],
)
def test_half_a_destruction_is_refused(changes: Any) -> None:
    with pytest.raises(Inconsistent):
        validate_statement(attestation_payload(**changes))


@pytest.mark.parametrize("changes", [{"by": ""}, {"why": "withdrawn"}, {"by": "ab" * 32}, {"why": "contradicted"}])
def test_a_replacement_that_does_not_fit_its_reason_is_refused(changes: Any) -> None:
    with pytest.raises(Inconsistent):
        validate_statement(supersede_payload(**changes))
    assert validate_statement(supersede_payload(why="withdrawn", by="")) == "supersede"


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_statement_is_accepted(payloads: Any, kind: Any) -> None:
    assert validate_statement(payloads[kind]) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_missing_member_is_refused(payloads: Any, kind: Any) -> None:
    checked = 0
    for path in list(paths(payloads[kind])):
        if path[0] == "report" and len(path) > 2 and path[1] != "grade":
            continue
        damaged = copy.deepcopy(payloads[kind])
        del at(damaged, path[:-1])[path[-1]]
        with pytest.raises(SchemaError, match=r"missing|expected"):
            validate_statement(damaged)
        checked += 1
    assert checked > 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_unknown_member_is_refused(payloads: Any, kind: Any) -> None:
    objects = [(), *(path for path in paths(payloads[kind]) if isinstance(at(payloads[kind], path), dict))]
    for path in objects:
        if path[:1] == ("report",) and path != ("report",):
            continue
        damaged = copy.deepcopy(payloads[kind])
        at(damaged, path)["extra"] = 1
        with pytest.raises(SchemaError, match="unknown member"):
            validate_statement(damaged)


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_of_another_type_is_refused(payloads: Any, kind: Any) -> None:
    for path in list(paths(payloads[kind])):
        if path[:1] == ("report",) and path != ("report",) and path[:2] != ("report", "grade"):
            continue
        for wrong in (True, 1, "?" * 5000, [[]], {"x": 1}, 1.5):
            damaged = copy.deepcopy(payloads[kind])
            if type(at(damaged, path)) is type(wrong) and not isinstance(wrong, str):
                continue
            if at(damaged, path) is None:
                continue
            at(damaged, path[:-1])[path[-1]] = wrong
            with pytest.raises((SchemaError, Inconsistent)):
                validate_statement(damaged)


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"kind": "destruction"}, {"kind": 1}, {"kind": ["erasure"]}])
def test_an_unknown_kind_is_refused(payload: Any) -> None:
    with pytest.raises(SchemaError, match="kind"):
        validate_statement(payload)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("wall", "2026-02-30T00:00:00Z"),
        ("wall", "2026-11-21T10:00:00"),
        ("wall", "2026-11-21T10:00:00Z\n"),
        ("wall", "٢٠٢٦-11-21T10:00:00Z"),
        ("wall_src", "gps"),
        ("kid", "A" * 64),
        ("kid", "a" * 63),
        ("nonce", "a" * 64),
        ("seq", 0),
        ("seq", -1),
        ("v", 2),
        ("v", True),
        ("run_id", "x" * 32),
        ("station", "a\x07b"),
        ("asset", "line\nbreak"),
        ("subject__drive__serial", "é"),
        ("subject__drive__serial", "a\x1b[31m"),
        ("subject__drive__model", "m" * 4097),
        ("subject__drive__identity_grade", "D"),
        ("hidden__hpa", "maybe"),
        ("method__level", "DESTROY"),
        ("method__standard", "NIST SP 800-88"),
        ("result__verdict", "WIPED"),
        ("exceptions", [{"code": "SOMETHING", "detail": ""}]),
        ("bad__write", [[1]]),
        ("bad__write", [[1, 2, 3]]),
        ("bad__write", [[n, 1] for n in range(501)]),
        ("last_cp", {"origin": "x", "size": 1, "root": "0" * 64}),
    ],
)
def test_a_value_out_of_range_is_refused(make_erasure_payload: Any, member: Any, value: Any) -> None:
    with pytest.raises(SchemaError):
        validate_statement(make_erasure_payload(**{member: value}))


def test_no_storage_limit_is_hit_by_a_long_serial(make_erasure_payload: Any) -> None:
    assert validate_statement(make_erasure_payload(subject__drive__serial="S" * 4096)) == "erasure"


@pytest.mark.parametrize("changes", [FAILED, NOT_ERASED], ids=["failed", "not erased"])
def test_failures_and_refusals_are_statements_too(make_erasure_payload: Any, changes: Any) -> None:
    assert validate_statement(make_erasure_payload(**changes)) == "erasure"


def test_an_erasure_with_exceptions_is_accepted(make_erasure_payload: Any) -> None:
    changes = {"result__verdict": "ERASED_WITH_EXCEPTIONS", "exceptions": EXCEPTION, "hidden__dco": "unknown"}
    assert validate_statement(make_erasure_payload(**changes)) == "erasure"


def test_a_sample_is_a_verification(make_erasure_payload: Any) -> None:
    assert validate_statement(make_erasure_payload(verify__mode="sample", verify__sectors=46_050)) == "erasure"


WHOLE = 976_773_168  # sectors of the drive of these statements
FAILED = {
    "method__level": "NONE",
    "result": {"verdict": "FAILED", "reasons": [{"code": "READ_ERROR", "detail": "1 sectors not readable"}]},
}
COUNT_RULES = [
    ({"verify__nonmatching": WHOLE + 1}, "differ than were compared"),
    ({"verify__sectors": 5, "verify__nonmatching": 6}, "differ than were compared"),
    ({"verify__unreadable": 1}, "than the drive has"),
    ({"verify__sectors": 1, "verify__unreadable": WHOLE}, "than the drive has"),
    ({"verify__mode": "sample", "verify__sectors": 1, "verify__unreadable": WHOLE}, "than the drive has"),
    (
        {"verify__mode": "canaries", "verify__sectors": 9, "verify__nonmatching": 5, "verify__unreadable": 5},
        "looked at",
    ),
    ({"verify__mode": "none", "verify__sectors": 0, "verify__unreadable": 1}, "looked at"),
]


@pytest.mark.parametrize(("changes", "sentence"), COUNT_RULES)
def test_a_count_that_exceeds_what_was_looked_at_is_refused(
    make_erasure_payload: Any, changes: Any, sentence: Any
) -> None:
    with pytest.raises(Inconsistent, match=sentence):
        validate_statement(make_erasure_payload(**{**FAILED, **changes}))


@pytest.mark.parametrize(
    "counts",
    [
        {"verify__sectors": 0, "verify__unreadable": WHOLE},  # nothing could be read back
        {"verify__sectors": WHOLE - 7, "verify__unreadable": 7, "verify__nonmatching": WHOLE - 7},
        {"verify__mode": "canaries", "verify__sectors": 9, "verify__nonmatching": 4, "verify__unreadable": 5},
    ],
)
def test_a_failure_may_lose_everything_that_was_looked_at(make_erasure_payload: Any, counts: Any) -> None:
    validate_statement(make_erasure_payload(**{**FAILED, **counts}))


COMPLETED_RULES = [
    ({"method__level": "NONE"}, "level CLEAR or PURGE"),
    ({"method__level": "PURGE"}, r"overwrite\.\w+ is CLEAR"),
    ({"method__achieved": ""}, "names the method"),
    ({"verify__mode": "none"}, "was read back"),
    ({"verify__mode": "canaries"}, "was read back"),
    ({"verify__mode": "sample", "verify__sectors": 0}, "at least one sector"),
    ({"verify__nonmatching": 1}, "differ"),
    ({"verify__unreadable": 1}, "unreadable"),
    ({"verify__sectors": 976_773_167}, "every sector"),
    ({"bad": {**NO_BAD, "write": [[1, 1]], "write_total": 1}}, "not written"),
    ({"bad": {**NO_BAD, "read": [[1, 1]], "read_total": 1}}, "not written"),
    ({"bad": {**NO_BAD, "mismatch": [[1, 1]], "mismatch_total": 1}}, "not written"),
    ({"bad": {**NO_BAD, "write_total": 1, "truncated": True}}, "not written"),
    ({"result__reasons": [{"code": "STUCK", "detail": ""}]}, "no reasons"),
    ({"subject__drive": None}, "names its drive"),
]


@pytest.mark.parametrize(("changes", "sentence"), COMPLETED_RULES)
def test_an_erased_that_contradicts_itself_is_refused(make_erasure_payload: Any, changes: Any, sentence: Any) -> None:
    with pytest.raises(Inconsistent, match=sentence):
        validate_statement(make_erasure_payload(**changes))


@pytest.mark.parametrize(("changes", "sentence"), COMPLETED_RULES)
def test_exceptions_excuse_none_of_it(make_erasure_payload: Any, changes: Any, sentence: Any) -> None:
    excused = {"result__verdict": "ERASED_WITH_EXCEPTIONS", "exceptions": EXCEPTION, **changes}
    with pytest.raises(Inconsistent, match=sentence):
        validate_statement(make_erasure_payload(**excused))


def test_erased_has_no_exceptions(make_erasure_payload: Any) -> None:
    with pytest.raises(Inconsistent, match="no exceptions"):
        validate_statement(make_erasure_payload(exceptions=EXCEPTION))


@pytest.mark.parametrize("area", ["hpa", "dco", "ama"])
@pytest.mark.parametrize("state", ["present", "unknown"])
def test_erased_knows_of_no_area_left_out(make_erasure_payload: Any, area: Any, state: Any) -> None:
    with pytest.raises(Inconsistent, match="no area left out"):
        validate_statement(make_erasure_payload(**{f"hidden__{area}": state}))


def test_exceptions_are_named(make_erasure_payload: Any) -> None:
    with pytest.raises(Inconsistent, match="at least one exception"):
        validate_statement(make_erasure_payload(result__verdict="ERASED_WITH_EXCEPTIONS"))


@pytest.mark.parametrize("verdict", ["FAILED", "UNCONFIRMED", "NOT_ERASED"])
def test_a_failure_has_a_reason(make_erasure_payload: Any, verdict: Any) -> None:
    with pytest.raises(Inconsistent, match="at least one reason"):
        validate_statement(make_erasure_payload(result={"verdict": verdict, "reasons": []}))


@pytest.mark.parametrize("verdict", ["FAILED", "UNCONFIRMED", "NOT_ERASED"])
def test_a_failure_has_no_level(make_erasure_payload: Any, verdict: Any) -> None:
    result = {"verdict": verdict, "reasons": [{"code": "STUCK", "detail": ""}]}
    with pytest.raises(Inconsistent, match="has no level"):
        validate_statement(make_erasure_payload(result=result))


def test_a_refusal_used_no_method_and_wrote_nothing(make_erasure_payload: Any) -> None:
    with pytest.raises(Inconsistent, match="no method"):
        validate_statement(make_erasure_payload(**{**NOT_ERASED, "method__achieved": "overwrite.zeros"}))
    phase = {"op": "write", "bytes": 512, "errors": 0, "start_ms": 0, "end_ms": 1}
    with pytest.raises(Inconsistent, match="nothing was written"):
        validate_statement(make_erasure_payload(**{**NOT_ERASED, "phases": [phase]}))


def test_lists_of_bad_sectors_agree_with_their_totals(make_erasure_payload: Any) -> None:
    for bad in ({"read": [[77, 2]], "read_total": 1}, {"read": [[77, 1]], "read_total": 2}):
        with pytest.raises(Inconsistent, match=r"bad\.read"):
            validate_statement(make_erasure_payload(**{**FAILED, "bad": {**NO_BAD, **bad}}))
    cut = {**NO_BAD, "read": [[77, 1]], "read_total": 2, "truncated": True}
    assert validate_statement(make_erasure_payload(**{**FAILED, "bad": cut})) == "erasure"


def test_a_diagnosis_is_about_something(make_diagnostics_payload: Any) -> None:
    with pytest.raises(SchemaError, match="a drive or a machine"):
        validate_statement(make_diagnostics_payload(subject={"drive": None, "machine": None}))


def test_a_diagnosis_may_carry_what_a_bench_adds_and_one_without_it_stays_sound(make_diagnostics_payload: Any) -> None:
    from diagnostics.report import OPTIONAL_MEMBERS

    for name in OPTIONAL_MEMBERS:
        assert name not in make_diagnostics_payload()["report"]
        payload = make_diagnostics_payload(**{f"report__{name}": [{"id": "cpu", "seconds": 30}]})
        assert payload["report"][name]
        assert validate_statement(payload) == "diagnostics"
    with pytest.raises(SchemaError, match="unknown member"):
        validate_statement(make_diagnostics_payload(report__horoscope=[]))


def test_the_closed_lists_are_those_of_the_erasure_library() -> None:
    from erasure.outcome import ReasonCode, VerdictWord

    assert set(REASONS) == {reason.value for reason in ReasonCode}
    assert set(VERDICTS) == {word.value for word in VerdictWord}


def test_bytes_of_a_drive_become_visible_text() -> None:
    assert visible(b"WD\x00\x1b\xff~") == "WD\\x00\\x1B\\xFF~"
    assert visible("é\n") == "\\xC3\\xA9\\x0A"
    assert visible("x" * 5000, limit=10) == "xxxxxx[..]"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"subject__drive__size_bytes": 0, "subject__drive__native_bytes": 0, "subject__drive__logical_sector": 0},
            "size and sectors",
        ),
        ({"subject__drive__size_bytes": 0, "verify__mode": "sample", "verify__sectors": 1}, "size and sectors"),
        ({"verify__mode": "sample", "verify__sectors": 2**50}, "no more sectors"),
        ({"subject__drive__native_bytes": 2**50}, "native size"),
    ],
)
def test_erased_speaks_of_a_drive_of_known_extent(make_erasure_payload: Any, changes: Any, sentence: str) -> None:
    with pytest.raises(Inconsistent, match=sentence):
        validate_statement(make_erasure_payload(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"change": "approve"},
        {"change": "enrol", "key": None},
        {"change": "rotate"},
        {"change": "rotate", "replaces": registry_payload()["key"]["kid"]},
        {"change": "retire", "last_good_seq": 3},
        {"change": "enrol", "approves": "ab" * 32},
        {"change": "enrol", "note": "x"},
        {"change": "enrol", "keys": [{"kid": "ab" * 32, "role": "hub", "status": "active"}]},
        {"change": "compromise"},
        {"change": "compromise", "last_good_seq": 3, "last_good_index": None, "shard": "2026"},
        {"change": "opening", "shard": "2026"},
    ],
)
def test_a_change_of_a_key_names_what_it_needs_and_no_more(changes: dict[str, Any]) -> None:
    with pytest.raises(Inconsistent):
        validate_statement(registry_payload(**changes))
    bounds = {"last_good_seq": 3, "last_good_index": 0, "shard": "2026"}
    assert validate_statement(registry_payload(change="compromise", **bounds)) == "registry"
    assert validate_statement(registry_payload(change="approve", key=None, approves="ab" * 32)) == "registry"

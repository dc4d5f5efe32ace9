"""Assignments are believed only as an active key of the hub signed them, for this bench, in exactly this form."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.assignments import SHAPE, open_assignments, read_unverified, sign_assignments
from certificates.envelope import MAX_ENVELOPE_BYTES
from certificates.errors import BadSignature, CertificateError, KeyMismatch, SchemaError, UnknownKey
from certificates.keys import SigningKey
from certificates.pre_approval import approval_in, pre_approved_operator
from certificates.trust import Role, Status, Trust, TrustedKey

HUB, BENCH = SigningKey.generate(demo=False), SigningKey.generate(demo=False)
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
LOT = {"code": "LOT-1", "donor_label": "CAF", "policy": "", "four_eyes": False, "assets": ["A-1"], "serials": ["S-1"]}


def document(**changed: Any) -> dict[str, Any]:
    return {
        "schema": "etabli.assignments/1",
        "station": BENCH.kid,
        "counter": 5,
        "issued": "2026-11-21T10:00:00Z",
        "policies": ["purge-preferred"],
        "signed_policies": [],
        "lots": [copy.deepcopy(LOT)],
        "protected_serials": ["KEEP-ME"],
        "operators": [{"id": "p-tech", "name": "Lou", "badge_sha256": ""}],
        "auto_start": [copy.deepcopy(RULE)],
        "messages": [{"id": 1, "text": "Bonjour", "severity": "info", "until": None}],
        **changed,
    }


def trust(role: Role = "hub", status: Status = "active") -> Trust:
    return Trust.of("Atelier", "https://hub.test", [TrustedKey(HUB.public, role, "Atelier", status)])


def test_what_the_hub_signed_is_read_back_without_a_network() -> None:
    opened = open_assignments(sign_assignments(HUB, document()).data, trust(), BENCH.kid)
    assert (opened.document, opened.demo) == (document(), False)


def test_more_serials_than_a_statement_could_hold_are_signed() -> None:
    many = document(lots=[LOT | {"serials": [f"WD-{n:012d}" for n in range(20_000)]}])
    data = sign_assignments(HUB, many).data
    assert len(data) > MAX_ENVELOPE_BYTES
    assert open_assignments(data, trust(), BENCH.kid).document == many


def test_assignments_of_another_bench_are_not_ours() -> None:
    with pytest.raises(KeyMismatch, match="for the bench"):
        open_assignments(sign_assignments(HUB, document()).data, trust(), HUB.kid)


@pytest.mark.parametrize(("role", "status"), [("station", "active"), ("hub", "retired"), ("hub", "compromised")])
def test_only_an_active_key_of_a_hub_assigns(role: Role, status: Status) -> None:
    with pytest.raises(UnknownKey):
        open_assignments(sign_assignments(HUB, document()).data, trust(role, status), BENCH.kid)


def test_a_changed_signature_is_found() -> None:
    data = sign_assignments(HUB, document()).data
    other = sign_assignments(HUB, document(counter=6)).data
    at, there = data.index(b'"sig":"'), other.index(b'"sig":"')
    with pytest.raises(BadSignature):
        open_assignments(data[:at] + other[there:], trust(), BENCH.kid)


@pytest.mark.parametrize(
    "changed",
    [
        {"auto_start": [RULE | {"countdown_s": 4}]},
        {"auto_start": [RULE | {"drives": "all"}]},
        {"auto_start": [RULE | {"approved_by": {"id": "", "name": "x"}}]},
        {"auto_start": [RULE | {"valid_until": "2026-02-30T00:00:00Z"}]},
        {"operators": [{"id": "p", "name": "n", "badge_sha256": "", "pin": "1234"}]},
        {"messages": [{"id": 1, "text": "a\nb", "severity": "info", "until": None}]},
        {"counter": 0},
        {"extra": 1},
    ],
)
def test_a_document_outside_its_form_is_not_even_signed(changed: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        sign_assignments(HUB, document(**changed))


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_and_never_fall(data: bytes) -> None:
    for read in (read_unverified, lambda raw: open_assignments(raw, trust(), BENCH.kid)):
        with pytest.raises(CertificateError):
            read(data)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_other_value_is_no_document(value: Any) -> None:
    with pytest.raises(SchemaError):
        SHAPE.check(value, "")


def test_the_operator_of_an_unattended_run_names_approver_and_rule() -> None:
    assert pre_approved_operator("p-lead", 7) == "pre-approved by p-lead, rule 7"
    assert approval_in("pre-approved by p-lead, rule 7") == ("p-lead", 7)


@pytest.mark.parametrize("text", ["", "p-lead", "pre-approved by , rule 7", "pre-approved by p-lead, rule 07x"])
def test_an_ordinary_operator_is_no_approval(text: str) -> None:
    assert approval_in(text) is None

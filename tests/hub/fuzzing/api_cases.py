"""Requests of the API: bodies and addresses by Schemathesis from the OpenAPI document, sent by people and benches."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import schemathesis
from hypothesis import strategies as st
from requests import Request
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from certificates.envelope import MEDIA_TYPE, assemble_envelope, pae, payload_type
from certificates.exchange import sign_request
from certificates.keys import SigningKey
from tests.hub.fuzzing.asking import Answered, Asked
from tests.hub.fuzzing.copies import FORGING, TOKENS, URL, VISITOR, Template
from tests.hub.hostile_words import HOSTILE

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MANNERS = ("right", "right", "right", "stale", "other body", "other address", "torn", "nothing")
ODD_TYPES = (
    "",
    "text/plain",
    "application/json; charset=utf-16",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
)
ODD_BODIES = (
    b"",
    b"[" * 9000,
    b'{"a":' * 3000,
    b"1" * 5000,
    b'{"name":"\\ud800"}',
    b'{"\\ud800":NaN}',
    b"\xff\xfe",
    b"null",
    b"x" * 20_000,
    b"{" + b" " * 70_000,
)
STATES = ("pending", "accepted", "refused", "locked", "unknown")
STATEMENTS = "/api/v1/statements"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a person by role, or a bench by its state and the manner in which it signs."""

    who: str
    manner: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What Schemathesis made, what is really sent of it, and who sends it."""

    case: Any
    body: bytes
    content_type: str
    askers: tuple[Asker, ...]


def askers_of(template: Template) -> st.SearchStrategy[Asker]:
    """Everybody who can ask; benches more often than people, whom the API does not know."""
    people = st.sampled_from([Asker(who) for who in (VISITOR, *template.tokens)])
    benches = st.builds(
        Asker, st.sampled_from([*STATES, "accepted", "accepted", "forging 0"]), st.sampled_from(MANNERS)
    )
    return st.one_of(people, benches, benches)


def told(document: dict[str, Any], template: Template, each: int) -> st.SearchStrategy[Told]:
    """Cases of every operation, right ones and wrong ones, each sent by `each` askers."""
    schema = schemathesis.openapi.from_dict(document)
    cases: list[st.SearchStrategy[Any]] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        cases.append(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        if operation.body or operation.path_parameters:
            cases.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    return _told(cases, askers_of(template), template, each)


@st.composite
def _told(
    draw: st.DrawFn,
    cases: Sequence[st.SearchStrategy[Any]],
    askers: st.SearchStrategy[Asker],
    template: Template,
    each: int,
) -> Told:
    case = draw(cases[draw(st.integers(0, len(cases) - 1))])
    body, content_type = _plain_body(case), case.media_type or ""
    odd = draw(st.integers(0, 19))
    if case.method != "GET" and odd == 0:
        body = draw(st.sampled_from(ODD_BODIES))
    if case.method != "GET" and odd == 1:
        content_type = draw(st.sampled_from(ODD_TYPES))
    asked_by = tuple(draw(askers) for _ in range(each))
    if case.path.startswith(STATEMENTS) and odd > 11:
        forger = draw(st.sampled_from(FORGING))
        envelopes = draw(st.lists(_envelope(template.benches[forger]), min_size=1, max_size=3))
        body, content_type = _with_envelopes(case, envelopes), case.media_type
        asked_by = (Asker(forger, "right"), *asked_by[1:])
    if case.path.endswith("/enrolments") and odd > 15:
        body = json.dumps(_enrolment(template, draw(st.integers(0, TOKENS - 1)))).encode()
    return Told(case, body, content_type, asked_by)


def _enrolment(template: Template, number: int) -> dict[str, Any]:
    """What a new bench shows with a token that people gave it."""
    token, key = template.enrolment[number], SigningKey.generate(demo=False)
    proof = key.sign_message("application/vnd.etabli.enrol.v1", f"{token}\n{URL}".encode())
    shown = {"token": token, "name": f"Banc {number}", "public": key.public.base64, "demo": False}
    return {**shown, "proof": base64.b64encode(proof).decode()}


def _plain_body(case: Any) -> bytes:
    if isinstance(case.body, bytes):
        return case.body
    if type(case.body).__name__ == "NotSet":
        return b""
    if isinstance(case.body, str) and case.media_type == MEDIA_TYPE:
        return case.body.encode("utf-8", "surrogatepass")
    return json.dumps(case.body).encode()


def _with_envelopes(case: Any, envelopes: list[bytes]) -> bytes:
    if case.method == "PUT":
        case.path_parameters["sha256"] = hashlib.sha256(envelopes[0]).hexdigest()
        return envelopes[0]
    return json.dumps({"envelopes": [data.decode("latin-1") for data in envelopes]}).encode()


VALUES = st.one_of(
    st.sampled_from(HOSTILE),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.none(),
    st.floats(),
    st.just([]),
    st.just({}),
)


@st.composite
def _envelope(draw: st.DrawFn, bench: Any) -> bytes:
    """A statement signed by the key of the bench in which some members are hostile, or bytes that are torn after it."""
    serial = draw(st.sampled_from(("WD-0001", draw(st.sampled_from(HOSTILE)))))
    payload = bench.erasure(serial, lot=draw(st.sampled_from(("", "LOT-zalpha", draw(st.sampled_from(HOSTILE))))))
    payload |= {
        "seq": draw(st.sampled_from((1, 1, 1, 1, 1, 2, 0, -1, 2**63))),
        "prev": "0" * 64,
        "nonce": secrets.token_hex(16),
    }
    if draw(st.booleans()):
        return _signed_whatever(bench, payload)
    for _ in range(draw(st.integers(0, 2))):
        place: Any = payload
        while True:
            name = draw(st.sampled_from(sorted(place)))
            if not isinstance(place[name], dict) or not place[name] or draw(st.booleans()):
                break
            place = place[name]
        place[name] = draw(VALUES)
    data = _signed_whatever(bench, payload)
    return data if draw(st.integers(0, 5)) else data[: draw(st.integers(0, len(data)))]


def _signed_whatever(bench: Any, payload: dict[str, Any]) -> bytes:
    """Sign what no honest bench would sign: its own code refuses it, a key in wrong hands does not."""
    kind = payload_type("erasure")
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    body = text.encode("utf-8", "surrogatepass")
    return assemble_envelope(kind, body, bench.key.kid, bench.key._private.sign(pae(kind, body))).data


def request_of(told: Told, asker: Asker, template: Template, app: Any) -> Asked:
    """The request of one asker: a person with the cookie of a session, a bench with a signature."""
    values = {name: quote(str(value), safe="") for name, value in (told.case.path_parameters or {}).items()}
    target = told.case.path.format(**values)
    headers = [("content-type", told.content_type)] if told.content_type else []
    if not asker.manner:
        headers += [("cookie", f"etabli={template.tokens[asker.who]}")] if asker.who in template.tokens else []
        return Asked(told.case.method, target, tuple(headers), told.body)
    return Asked(told.case.method, target, (*headers, *_signed(told, asker, template, app, target)), told.body)


def _signed(told: Told, asker: Asker, template: Template, app: Any, target: str) -> list[tuple[str, str]]:
    if asker.manner == "nothing":
        return []
    nonce = "0" * 32 if asker.manner == "stale" else app.state.nonces.issue()
    body = b"another" if asker.manner == "other body" else (told.body or None)
    url = URL + (target if asker.manner != "other address" else "/api/v1/other")
    signed = dict(sign_request(template.benches[asker.who].key, told.case.method, url, body, nonce))
    if asker.manner == "torn":
        signed = {name: value[: len(value) // 2] for name, value in signed.items()}
    return list(signed.items())


def outside_schema(told: Told, asked: Asked, answered: Answered) -> str:
    """What Schemathesis says of the answer; "" when it is inside the schema."""
    prepared = Request(asked.method, URL + asked.target).prepare()
    response = Response(answered.status, answered.headers, answered.body, prepared, elapsed=0.0, verify=True)
    try:
        told.case.validate_response(response, checks=CHECKS)
    except BaseExceptionGroup as found:
        return "; ".join(f"{type(one).__name__}: {one}" for one in found.exceptions)
    return ""

"""Headers, limits, errors in both shapes, and the OpenAPI document."""

import asyncio
import time
from typing import Any

import pytest
from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message

from hub.api.plain import PlainRoute
from hub.api.signed import Announced, SignedBy, target_uri
from hub.boundary import limits
from hub.boundary.headers import security_headers
from hub.boundary.limits import limit_of
from hub.errors import StationRefused
from hub.models import Donor

API = {
    ("GET", "/api/v1/nonce"): ("200",),
    ("GET", "/api/v1/trust"): ("200",),
    ("GET", "/api/v1/trust/2"): ("200", "409", "429"),
    ("GET", "/api/v1/log"): ("200", "429"),
    ("GET", "/api/v1/log/roots"): ("200", "422", "429"),
    ("GET", "/api/v1/log/{shard}/consistency"): ("200", "404", "409", "422", "423", "429"),
    ("GET", "/api/v1/log/inclusion/{statement_id}"): ("200", "404", "422", "423", "429"),
    ("POST", "/api/v1/enrolments"): ("202", "400", "401", "408", "409", "413", "415", "422"),
    ("GET", "/api/v1/stations/self"): ("200", "401"),
    ("GET", "/api/v1/assignments"): ("200", "401"),
    ("POST", "/api/v1/heartbeats"): ("204", "400", "401", "408", "413", "415", "422"),
    ("PUT", "/api/v1/statements/{sha256}"): ("200", "201", "401", "408", "409", "413", "415", "422"),
    ("POST", "/api/v1/statements"): ("200", "400", "401", "408", "413", "415", "422"),
}
WATCHING = {"/healthz", "/metrics"}  # for those who watch over the hub: no API of stations, not in its document
TILES = {"/log/{shard}/checkpoint", "/log/{shard}/tile/{level}/{place:path}"}  # the form that any mirror of a log reads
OF_THE_LOG = {*TILES, "/api/v1/trust/2"} | {path for _method, path in API if path.startswith("/api/v1/log")}
PUBLIC = {"/api/v1/nonce", "/api/v1/trust", "/api/v1/enrolments", *OF_THE_LOG, *WATCHING}


@pytest.mark.parametrize("path", ["/api/v1/nonce", "/api/v1/none", "/no/page", "/api/v1/stations/self"])
def test_every_answer_has_the_security_headers(client: Any, path: str) -> None:
    headers = client.get(path).headers
    for name, value in security_headers(secure=False).items():
        assert headers[name] == value
    assert headers["Cache-Control"] == "no-store"


def test_the_policy_lets_no_inline_script_and_no_other_origin_in() -> None:
    policy = security_headers(secure=True)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not [word for word in ("unsafe", "http:", "https:", "*") if word in policy]
    assert "max-age=31536000" in security_headers(secure=True)["Strict-Transport-Security"]


def test_errors_of_the_api_have_one_shape(client: Any) -> None:
    for answer, status, code in (
        (client.get("/api/v1/none"), 404, "not-found"),
        (client.delete("/api/v1/nonce"), 405, "method"),
        (client.get("/api/v1/stations/self"), 401, "missing"),
        (client.post("/api/v1/enrolments", content=b"{}", headers={"Content-Type": "text/plain"}), 415, "wrong-type"),
        (client.post("/api/v1/enrolments", json={"token": 1}), 422, "bad-input"),
        (
            client.post("/api/v1/enrolments", content=b"{", headers={"Content-Type": "application/json"}),
            422,
            "bad-input",
        ),
        (client.post("/api/v1/enrolments", content=b"x" * 20_000), 413, "too-large"),
    ):
        assert answer.status_code == status
        assert set(answer.json()) == {"error"}
        assert answer.json()["error"]["code"] == code
        assert answer.json()["error"]["message"]


def test_nobody_is_sent_to_the_host_that_a_request_names(client: Any) -> None:
    for path in ("/lots/", "/api/v1/nonce/"):
        answer = client.get(path, headers={"Host": "elsewhere.example"}, follow_redirects=False)
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_errors_of_pages_are_pages(client: Any) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_an_unexpected_error_tells_nothing_inner(app: Any, client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret")

    app.get("/api/v1/broken")(broken)
    answer = client.get("/api/v1/broken")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "the secret" in capsys.readouterr().err


def test_deeply_nested_json_is_refused_without_a_fall(client: Any) -> None:
    body = b'{"token":' + b"[" * 7_000 + b"}"
    answer = client.post("/api/v1/enrolments", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


def test_limits_by_address() -> None:
    assert limit_of("PUT", "/api/v1/statements/x", "") == 98_304
    assert limit_of("POST", "/api/v1/statements", "") == 4 * 1024 * 1024
    assert limit_of("POST", "/api/v1/heartbeats", "") == 64 * 1024
    assert limit_of("POST", "/api/v1/enrolments", "") == 16 * 1024
    assert limit_of("POST", "/login", "application/x-www-form-urlencoded") == 64 * 1024
    assert limit_of("POST", "/lots/x/import", "multipart/form-data; boundary=x") == 8 * 1024 * 1024


def test_the_openapi_document_is_complete(app: Any) -> None:
    document = app.openapi()
    found = {
        (method.upper(), path): tuple(sorted(operation["responses"]))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/api/")
    }
    assert found == API
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/"):
                assert operation["summary"]
                for status, answer in operation["responses"].items():
                    assert status == "204" or answer["content"]["application/json"]["schema"]
    put = document["paths"]["/api/v1/statements/{sha256}"]["put"]
    assert list(put["requestBody"]["content"]) == ["application/vnd.etabli.envelope+json"]


def test_the_openapi_document_is_not_served_outside_a_demo(client: Any) -> None:
    for path in ("/openapi.json", "/api/v1/openapi.json", "/docs", "/redoc"):
        assert client.get(path).status_code == 404


def test_every_api_route_is_signed_or_public_on_purpose(app: Any) -> None:
    def kinds(route: APIRoute) -> set[type]:
        pending, seen = list(route.dependant.dependencies), set[type]()
        while pending:
            one = pending.pop()
            seen.add(type(one.call))
            pending.extend(one.dependencies)
        return seen

    from hub.api import routers

    routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
    assert len(routes) == len(API) + len(WATCHING) + len(TILES)
    for route in routes:
        assert isinstance(route, APIRoute)
        signed = bool({SignedBy, Announced} & kinds(route))  # the second is handed to `verified_key`
        assert (route.path in PUBLIC) != signed, route.path


def test_a_plain_route_takes_no_dependency_that_would_have_to_be_run() -> None:
    async def endpoint(request: Request) -> None:
        """Nothing."""

    with pytest.raises(TypeError):
        PlainRoute("/x", endpoint, dependencies=[Depends(SignedBy(()))])
    assert PlainRoute("/x", endpoint, dependencies=[Depends(Announced())]).path == "/x"


def test_an_address_outside_ascii_is_refused_without_a_fall(app: Any) -> None:
    scope = {"type": "http", "raw_path": b"/api/v1/assignments", "query_string": b"\xc3\xa9", "headers": []}
    with pytest.raises(StationRefused):
        target_uri(Request(scope), app.state.hub)


def test_a_heartbeat_is_json_that_everybody_can_read(world: Any) -> None:
    bench = world.bench()
    assert bench.send("POST", "/api/v1/heartbeats", b'{"load": NaN}').status_code == 422
    assert bench.send("POST", "/api/v1/heartbeats", b'{"load": 1}').status_code == 204


async def speak(app: Any, path: str, receive: Any, **headers: str) -> int:
    """The status of one request over bare ASGI, with a client that sends as it likes."""
    found: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    await app(
        {**scope, "headers": told, "client": ("10.0.0.1", 1), "http_version": "1.1", "scheme": "http"}, receive, send
    )
    return found[0]


FORM = {"content_type": "application/x-www-form-urlencoded", "cookie": "etabli=x"}


@pytest.mark.parametrize("limit", ["PAUSE", "WHOLE_BODY"])
@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/statements"])
def test_a_body_that_never_ends_is_given_up(app: Any, monkeypatch: pytest.MonkeyPatch, limit: str, path: str) -> None:
    monkeypatch.setattr(limits, limit, 0.05)

    async def never() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    assert asyncio.run(speak(app, path, never, **FORM)) == 408


def test_a_body_that_does_not_tell_its_length_is_counted(app: Any) -> None:
    async def endless() -> Message:
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    assert asyncio.run(speak(app, "/sign-in", endless, **FORM)) == 413


def test_a_slow_sender_does_not_hold_the_database(app: Any, hub: Any) -> None:
    """Sends half a form; while it waits for the rest, a statement could be stored."""
    wrote: list[float] = []

    def write() -> None:
        started = time.monotonic()
        with hub.sessions().begin() as session:
            session.add(Donor(name="stored meanwhile", created=hub.clock()))
        wrote.append(time.monotonic() - started)

    parts: list[Message] = [
        {"type": "http.request", "body": b"email=a", "more_body": True},
        {"type": "http.request", "body": b"&password=b", "more_body": False},
    ]

    async def slowly() -> Message:
        if len(parts) == 1:
            await asyncio.wait_for(asyncio.to_thread(write), 10)
        return parts.pop(0)

    assert asyncio.run(speak(app, "/sign-in", slowly, **FORM)) in {401, 403}
    assert len(wrote) == 1


def test_many_readers_at_once_all_get_their_page(app: Any) -> None:
    async def end() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def crowd() -> list[int]:
        return await asyncio.gather(*(speak(app, "/sign-out", end, **FORM) for _ in range(150)))

    assert set(asyncio.run(asyncio.wait_for(crowd(), 25))) <= {401, 403}

"""The wire to the hub: signed requests over HTTP, and answers turned into a closed set of outcomes.

Every request is signed over a nonce of the hub; a stale nonce (401 `nonce`) is replaced and the request repeated once.
Nothing here decides about the outbox, and nothing here is needed for a wipe.
"""

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from certificates.envelope import MEDIA_TYPE
from certificates.errors import ExchangeError
from certificates.exchange import NONCE_HEADER, sign_request
from certificates.keys import SigningKey
from station_agent.errors import HubUnreachable, UsageError
from station_agent.language import mark, visible

if TYPE_CHECKING:
    import httpx

TIMEOUT_S: Final = 10.0
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
UNAUTHORISED: Final = 401
AUTHORITY: Final = "etabli-ca.crt"  # in the state folder; a hub on an old PC hands it out under this name
NO_AUTHORITY: Final = mark("{file} is no certificate ({detail}): take the file that the hub hands out, or remove it.")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with a JSON object, or what could be read of it. `code` is the hub's error code, "" without one."""

    status: int
    document: dict[str, Any]
    code: str
    message: str

    @property
    def good(self) -> bool:
        """Whether the hub did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004  (the class of success)


def hub_url(text: str, *, allow_http: bool = False) -> str:
    """Check an address and give it without a slash at its end. Raises `UsageError`.

    Plain http is for this machine only, unless a person allows it: the enrolment token would travel in clear.
    """
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(mark("{url} is not the address of a hub. Write it like https://hub.example.org"), url=text)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_http:
        raise UsageError(
            mark("{url} is not protected on its way. Use https, or add --allow-http on a network that you trust."),
            url=text,
        )
    return text.strip().rstrip("/")


def open_client(transport: "httpx.BaseTransport | None" = None, authority: Path | None = None) -> "httpx.Client":
    """Make the HTTP client: short timeouts, no redirects, no proxies of the environment.

    `authority` is the certificate of the hub's own authority, trusted beside the public ones where the file exists.
    Raises `UsageError` when it cannot be used.
    """
    import httpx  # noqa: PLC0415  heavy, only where it is used

    verify = trusting(authority) if authority is not None and authority.exists() else True
    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, transport=transport, verify=verify)


def trusting(authority: Path) -> ssl.SSLContext:
    """Trust the public authorities and this one. Raises `UsageError` when the file holds no certificate."""
    import httpx  # noqa: PLC0415  heavy, only where it is used

    trust = httpx.create_ssl_context(trust_env=False)
    try:
        trust.load_verify_locations(cadata=authority.read_text("ascii"))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(NO_AUTHORITY, file=authority, detail=error) from error
    return trust


class HubLink:
    """Signed requests of one key to one hub."""

    def __init__(
        self, client: "httpx.Client", base: str, key: SigningKey, *, hear: Callable[[datetime], None] | None = None
    ) -> None:
        """`hear` is told the time that the hub says with each answer (RFC 9110, 6.6.1)."""
        self._client = client
        self._base = base
        self._key = key
        self._nonce = ""
        self._hear = hear

    def batch(self, envelopes: tuple[bytes, ...]) -> Answer:
        """Hand over several statements. Raises `HubUnreachable`."""
        body = json.dumps({"envelopes": [data.decode("ascii", "surrogateescape") for data in envelopes]}).encode()
        return self._signed("POST", "/api/v1/statements", body, "application/json")

    def put(self, statement_id: str, envelope: bytes) -> Answer:
        """Hand over one statement under its id. Raises `HubUnreachable`."""
        return self._signed("PUT", f"/api/v1/statements/{statement_id}", envelope, MEDIA_TYPE)

    def myself(self) -> Answer:
        """Ask what the hub knows of this bench: state and head of its chain. Raises `HubUnreachable`."""
        return self._signed("GET", "/api/v1/stations/self", None, "")

    def assignments(self) -> Answer:
        """Ask for policies, lots and protected serials. Raises `HubUnreachable`."""
        return self._signed("GET", "/api/v1/assignments", None, "")

    def heartbeat(self, document: dict[str, Any]) -> Answer:
        """Tell the live page how the bench is. Raises `HubUnreachable`."""
        return self._signed("POST", "/api/v1/heartbeats", json.dumps(document).encode(), "application/json")

    def trust(self) -> Answer:
        """Fetch the trust file of the hub. Raises `HubUnreachable`."""
        return self._send(lambda: self._client.get(f"{self._base}/api/v1/trust"))

    def log(self) -> Answer:
        """Ask which logs the hub keeps. Raises `HubUnreachable`."""
        return self._send(lambda: self._client.get(f"{self._base}/api/v1/log"))

    def roots(self, after: int) -> Answer:
        """Ask for the root files that came after a version. Raises `HubUnreachable`."""
        return self._send(lambda: self._client.get(f"{self._base}/api/v1/log/roots?after={after}"))

    def trust_with_log(self) -> Answer:
        """Fetch the signed trust file with root files and logs. Raises `HubUnreachable`."""
        return self._send(lambda: self._client.get(f"{self._base}/api/v1/trust/2"))

    def consistency(self, shard: str, old: int) -> Answer:
        """Ask for the newest checkpoint of a log and a proof that it continues its first `old` entries.

        Raises `HubUnreachable`.
        """
        return self._send(lambda: self._client.get(f"{self._base}/api/v1/log/{shard}/consistency?old={old}"))

    def enrol(self, document: dict[str, Any]) -> Answer:
        """Ask to be taken in. Raises `HubUnreachable`."""
        return self._send(lambda: self._client.post(f"{self._base}/api/v1/enrolments", json=document))

    def _signed(self, method: str, path: str, body: bytes | None, media_type: str) -> Answer:
        answer = self._once(method, path, body, media_type)
        if answer.status == UNAUTHORISED and answer.code == "nonce":
            answer = self._once(method, path, body, media_type)
        return answer

    def _once(self, method: str, path: str, body: bytes | None, media_type: str) -> Answer:
        nonce = self._nonce or str(
            self._send(lambda: self._client.get(f"{self._base}/api/v1/nonce")).document.get("nonce")
        )
        self._nonce = ""
        url = self._base + path
        try:
            headers = sign_request(self._key, method, url, body, nonce)
        except ExchangeError as error:
            raise HubUnreachable(mark("The hub gave a nonce that cannot be signed.")) from error
        if media_type:
            headers["Content-Type"] = media_type
        return self._send(lambda: self._client.request(method, url, content=body, headers=headers))

    def _send(self, ask: Callable[[], "httpx.Response"]) -> Answer:
        import httpx  # noqa: PLC0415  heavy, only where it is used

        try:
            response = ask()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HubUnreachable(
                mark("The hub {url} does not answer ({detail})."), url=self._base, detail=visible(str(error))
            ) from error
        self._nonce = response.headers.get(NONCE_HEADER, self._nonce)
        if self._hear is not None and (said := time_said(response.headers.get("Date", ""))) is not None:
            self._hear(said)
        return _answer(response)


def time_said(header: str) -> datetime | None:
    """Read an HTTP date; None for anything else."""
    try:
        found = parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _answer(response: "httpx.Response") -> Answer:
    try:
        document = response.json() if response.content else {}
    except (ValueError, RecursionError):
        document = {}
    if not isinstance(document, dict):
        document = {}
    code, message = error_of(document)
    return Answer(response.status_code, document, code, message)


def error_of(document: dict[str, Any]) -> tuple[str, str]:
    """Read `{"error": {"code", "message"}}`; empty texts when there is none. Text of a hub is shown visibly."""
    error = document.get("error")
    if not isinstance(error, dict):
        return "", ""
    return visible(str(error.get("code", "")))[:64], visible(str(error.get("message", "")))[:500]

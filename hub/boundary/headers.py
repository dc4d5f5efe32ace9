"""Security headers on every answer (OWASP ASVS 5.0, 3.4). No inline script, no other origin, no framing."""

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CACHE_CONTROL = b"cache-control"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def security_headers(*, secure: bool) -> dict[str, str]:
    """The headers of every answer; `secure` adds HSTS."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


class SecurityHeaders:
    """ASGI middleware: sets the headers, and `no-store` where the application said nothing about caching."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self._ours = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        self._names = {name for name, _ in self._ours}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change only the start of HTTP answers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_ours(message.get("headers", ()))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _with_ours(self, theirs: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers = [(name, value) for name, value in theirs if name.lower() not in self._names]
        cached = any(name.lower() == CACHE_CONTROL for name, _ in headers)
        return [*headers, *self._ours] if cached else [*headers, *self._ours, (CACHE_CONTROL, b"no-store")]

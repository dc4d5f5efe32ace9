"""What the hub may reach outside itself: an identity provider and a mail relay. Both are off unless somebody sets them.

Secrets come from files, never from the environment, which other programs of the machine may read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from hub.errors import BadInput

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
LAST_PORT: Final = 65535
Tls = Literal["starttls", "tls", "none"]
PORTS: Final[dict[Tls, int]] = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class OidcClient:
    """Who this hub is at an identity provider; `name` stands on the button, `issuer` is compared letter for letter."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    name: str = "OpenID Connect"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "OidcClient | None":
        """Read ETABLI_OIDC_*; None without an issuer. Raises BadInput for an unsafe address or a missing part."""
        issuer = environment.get("ETABLI_OIDC_ISSUER", "").strip()
        if not issuer:
            return None
        require_safe(issuer, "ETABLI_OIDC_ISSUER")
        client = environment.get("ETABLI_OIDC_CLIENT", "").strip()
        secret = read_secret(environment, "ETABLI_OIDC_SECRET_FILE")
        if not client or not secret:
            raise BadInput("ETABLI_OIDC_ISSUER needs ETABLI_OIDC_CLIENT and ETABLI_OIDC_SECRET_FILE beside it")
        return cls(issuer, client, secret, environment.get("ETABLI_OIDC_NAME", "").strip() or cls.name_of(issuer))

    @staticmethod
    def name_of(issuer: str) -> str:
        """The host of an issuer, as a word for the button."""
        return urlsplit(issuer).hostname or issuer


@dataclass(frozen=True, slots=True)
class MailRelay:
    """The server that takes the hub's e-mail, and the address that stands on it."""

    host: str
    port: int
    sender: str
    tls: Tls = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "MailRelay | None":
        """Read ETABLI_SMTP_* and ETABLI_MAIL_FROM; None without a host. Raises BadInput for what cannot work."""
        host = environment.get("ETABLI_SMTP_HOST", "").strip()
        if not host:
            return None
        sender = environment.get("ETABLI_MAIL_FROM", "").strip()
        if sender.count("@") != 1 or not sender.isascii() or not sender.isprintable() or " " in sender:
            raise BadInput("ETABLI_SMTP_HOST needs one plain e-mail address in ETABLI_MAIL_FROM")
        tls = _tls(environment.get("ETABLI_SMTP_TLS", "starttls").strip())
        user, password = environment.get("ETABLI_SMTP_USER", ""), read_secret(environment, "ETABLI_SMTP_PASSWORD_FILE")
        if tls == "none" and (user or password) and host not in LOOPBACK:
            raise BadInput("a password is not sent to a mail server without TLS: set ETABLI_SMTP_TLS")
        return cls(host, _port(environment.get("ETABLI_SMTP_PORT", ""), PORTS[tls]), sender, tls, user, password)


def require_safe(address: str, name: str) -> None:
    """Raise BadInput unless the address is https, or http on this very machine; `name` is the setting."""
    try:
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        fit = safe and bool(parts.hostname) and not parts.username and not parts.fragment and address.isprintable()
    except ValueError:
        fit = False
    if not fit or " " in address:
        raise BadInput(f"{name} must start with https://, not {address!r}")


def require_web(address: str, name: str) -> None:
    """Raise BadInput unless this is the plain address of a web site; `name` is what asked for it."""
    try:
        parts = urlsplit(address)
        fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        fit = False
    if not fit or not address.isprintable() or " " in address:
        raise BadInput(f"{name} must start with https:// or http:// and name a host, not {address!r}")


def read_secret(environment: Mapping[str, str], name: str) -> str:
    """The first line of the file that the setting names; "" without one. Raises BadInput when it cannot be read."""
    path = environment.get(name, "").strip()
    if not path:
        return ""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise BadInput(f"{name}: {path} cannot be read") from error
    return lines[0].strip() if lines else ""


def _tls(word: str) -> Tls:
    match word:
        case "starttls" | "tls" | "none":
            return word
        case _:
            raise BadInput(f"ETABLI_SMTP_TLS is starttls, tls or none, not {word!r}")


def _port(text: str, usual: int) -> int:
    if not text.strip():
        return usual
    if not (text.strip().isascii() and text.strip().isdigit() and 0 < int(text) <= LAST_PORT):
        raise BadInput(f"ETABLI_SMTP_PORT is a number from 1 to {LAST_PORT}, not {text!r}")
    return int(text)

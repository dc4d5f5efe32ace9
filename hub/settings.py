"""Where the hub lives and how strict it is, read once: what `hub.json` keeps, and the environment, which wins."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.errors import BadInput
from hub.outside import MailRelay, OidcClient

TRUE = {"1", "true", "yes", "on"}
DEFAULT_URL = "http://127.0.0.1:8080"
MOST_LOG_SECONDS = 50  # a checkpoint comes at most a minute after what it signs
KEPT = ("ETABLI_PUBLIC_URL", "ETABLI_TWO_PEOPLE", "ETABLI_SAMPLE")  # what `init` asks for and writes into hub.json


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and policies of one hub.

    `public_url` has no final slash: signed requests and verify addresses are built from it, never from `Host`.
    `proxies` are addresses whose X-Forwarded-For is believed; without them the throttles see the proxy only.
    `name_donors` lets benches know whose lot it is. `demo` lets simulated statements in.
    `metrics_token` opens /metrics; without one there are no figures.
    `require_sample` keeps a lot open until a sample of its approved drives was drawn and read (on, unless the
    environment or `hub.json` says no: R2v3, appendix B); it holds up no house in which only one person works.
    `two_people` refuses a validator who was the operator of the run, or who approved it beforehand.
    `log_seconds` lie between two rounds in which what is new in the ledger is signed (1 to 50).
    `oidc` and `mail` are None where the hub asks no identity provider and sends no e-mail.
    """

    data_dir: Path
    database_url: str
    public_url: str = DEFAULT_URL
    demo: bool = False
    two_people: bool = False
    require_sample: bool = False
    name_donors: bool = True
    policies: tuple[str, ...] = ("purge-preferred",)
    protected_serials: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    metrics_token: str = ""
    log_seconds: int = 30
    oidc: OidcClient | None = None
    mail: MailRelay | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach the hub over TLS (decides about cookies and HSTS)."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, data_dir: Path | None, environment: Mapping[str, str]) -> "Settings":
        """Read ETABLI_* variables; `data_dir` given on the command line wins. Raises BadInput for a bad address."""
        folder = data_dir or default_data_dir(environment)
        environment = {**kept_settings(folder), **environment}
        public = environment.get("ETABLI_PUBLIC_URL", DEFAULT_URL).rstrip("/")
        if not public.startswith(("http://", "https://")):
            raise BadInput(f"ETABLI_PUBLIC_URL must start with http:// or https://, not {public!r}")
        return cls(
            data_dir=folder,
            database_url=environment.get("ETABLI_DATABASE_URL") or f"sqlite:///{folder / 'hub.db'}",
            public_url=public,
            demo=_flag(environment, "ETABLI_DEMO"),
            two_people=_flag(environment, "ETABLI_TWO_PEOPLE"),
            require_sample=_flag(environment, "ETABLI_SAMPLE", usual="1"),
            name_donors=not _flag(environment, "ETABLI_HIDE_DONORS"),
            policies=_words(environment.get("ETABLI_POLICIES", "purge-preferred")),
            proxies=_words(environment.get("ETABLI_PROXIES", "")),
            metrics_token=environment.get("ETABLI_METRICS_TOKEN", "").strip(),
            log_seconds=_seconds(environment, "ETABLI_LOG_SECONDS", 30),
            protected_serials=_words(environment.get("ETABLI_PROTECTED_SERIALS", "")),
            oidc=OidcClient.from_environment(environment),
            mail=MailRelay.from_environment(environment),
        )


def default_data_dir(environment: Mapping[str, str]) -> Path:
    """`ETABLI_HUB_DATA`, else `./etabli-hub-data` when it exists, else the user's data folder."""
    if named := environment.get("ETABLI_HUB_DATA"):
        return Path(named)
    local = Path("etabli-hub-data")
    return local if local.is_dir() else Path.home() / ".local/share/etabli-hub"


def kept_settings(folder: Path) -> dict[str, str]:
    """What `hub.json` of this folder keeps of the settings; nothing where it cannot be read: opening the hub tells."""
    try:
        kept = json.loads((folder / "hub.json").read_text(encoding="utf-8"))["settings"]
        return {name: value for name, value in kept.items() if name in KEPT and isinstance(value, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _flag(environment: Mapping[str, str], name: str, usual: str = "") -> bool:
    return (environment.get(name, "").strip() or usual).lower() in TRUE


def _seconds(environment: Mapping[str, str], name: str, usual: int) -> int:
    text = environment.get(name, "").strip()
    if text and (not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= MOST_LOG_SECONDS):
        raise BadInput(f"{name} is a number of seconds from 1 to {MOST_LOG_SECONDS}, not {text!r}")
    return int(text or usual)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())

"""Where things lie on an appliance, how programs are run, how the hub is asked: arguments, for tests."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from station_agent.hub_link import open_client
from station_agent.stick.starting import PLACES, Places
from station_agent.system import Finished

HUB_LABEL: Final = "ETABLI_HUB"
ACCOUNT: Final = "etabli-hub"
PROXY_ACCOUNT: Final = "caddy"
LOCAL_HUB: Final = "http://127.0.0.1:8080"
COMMAND_S: Final = 600.0


def status_of(path: str) -> int:
    """Give the status with which the hub answers for a path, 0 when nobody answers."""
    import httpx  # noqa: PLC0415  heavy, only where it is used

    try:
        with open_client() as client:
            return client.get(LOCAL_HUB + path).status_code
    except httpx.HTTPError:
        return 0


@dataclass(frozen=True, slots=True)
class House:
    """An appliance. What it keeps lies beside the hub's data, on the partition of the hub."""

    stick: Places = PLACES
    version: Path = Path("/etc/etabli-version")
    status: Callable[[str], int] = status_of
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    line: Callable[[float], str | None] | None = None  # what was typed within so many seconds, None for nothing

    @property
    def data(self) -> Path:
        """The data folder of the hub."""
        return self.stick.records / "hub"

    @property
    def proxy(self) -> Path:
        """Where the proxy keeps its keys and certificates."""
        return self.stick.records / "caddy"

    @property
    def backups(self) -> Path:
        """The newest backups, on the medium itself: what is copied to the second stick."""
        return self.stick.records / "backups"

    @property
    def made(self) -> bool:
        """Whether there is a hub."""
        return (self.data / "hub.json").exists() and bool(self.name)

    @property
    def name(self) -> str:
        """By which people reach the hub, "" before anybody said so."""
        return str(self.stick.kept().get("hub_name", ""))

    def hub(self, *words: str, password: str = "") -> Finished:
        """Run one command of the hub as the account of the hub; a password goes by the environment."""
        call = ("etabli-hub", "--data", str(self.data), "--lang", self.stick.language(), *words)
        more = {"env": {**os.environ, "ETABLI_PASSWORD": password}} if password else {}
        return self.stick.run(("runuser", "-u", ACCOUNT, "--", *call), timeout_s=COMMAND_S, **more)


HOUSE: Final = House()

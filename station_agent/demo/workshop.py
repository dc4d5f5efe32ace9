"""The hub of the demonstration: started as the program that a workshop runs, with its people and lots."""

import csv
import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station_agent.errors import ProcessFailed
from station_agent.hub_link import open_client
from station_agent.language import mark
from station_agent.system import Service, run

if TYPE_CHECKING:
    import httpx

PASSWORD: Final = "etabli-demo-2026"  # noqa: S105  printed on purpose: this hub holds simulated drives only
LEAD: Final = "lead@demo.example"
DONORS: Final = {"DEMO-LOT-A": "donor-a@demo.example", "DEMO-LOT-B": "donor-b@demo.example"}
NAMES: Final = {"DEMO-LOT-A": "Mairie de Démoville", "DEMO-LOT-B": "Démo Assurances"}
LABELS: Final = {"DEMO-LOT-A": "Renouvellement de l’état civil", "DEMO-LOT-B": "Agence du port"}
LISTS: Final = {"DEMO-LOT-A": "demo-lot-a.csv", "DEMO-LOT-B": "demo-lot-b.csv"}
COMMAND_S: Final = 60.0
READY_S: Final = 30.0


@dataclass(slots=True)
class Workshop:
    """A running hub with a lead, two donors and two lots."""

    folder: Path
    url: str
    env: dict[str, str]
    service: Service | None = None

    def hub(self, *arguments: str) -> str:
        """Run one `etabli-hub` command to its end; give its output. Raises `ProcessFailed`."""
        argv = [sys.executable, "-m", "hub", "--data", str(self.folder), *arguments]
        return run(argv, timeout_s=COMMAND_S, env=self.env).require().out

    def serve(self) -> None:
        """Start the hub and wait until it answers. Raises `ProcessFailed` when it does not within 30 s."""
        port = self.url.rsplit(":", 1)[1]
        argv = [sys.executable, "-m", "hub", "--data", str(self.folder), "serve", "--port", port]
        self.service = Service(argv, log=self.folder / "serve.log", env=self.env)
        with open_client() as client:
            until = time.monotonic() + READY_S
            while time.monotonic() < until and self.service.status is None:
                if answers(client, self.url):
                    return
                time.sleep(0.1)
        raise ProcessFailed(mark("The hub did not start; its log is {log}."), log=self.folder / "serve.log")

    def stop(self) -> None:
        """End the hub."""
        if self.service is not None:
            self.service.stop()


def open_workshop(folder: Path, lists: Path) -> Workshop:
    """Make the hub, its people and its lots, and start it. Raises `ProcessFailed`."""
    url = f"http://127.0.0.1:{free_port()}"
    env = {**os.environ, "ETABLI_DEMO": "1", "ETABLI_PUBLIC_URL": url, "ETABLI_PASSWORD": PASSWORD}
    env.pop("ETABLI_DATABASE_URL", None)
    folder.mkdir(parents=True)
    shop = Workshop(folder, url, env)
    shop.hub("init", "--issuer", "Atelier de démonstration", "--name", "Établi, démonstration", "--demo")
    shop.hub("user", "add", LEAD, "--role", "lead", "--name", "Camille Demo")
    for code, donor in NAMES.items():
        shop.hub("lot", "create", code, "--donor", donor, "--label", LABELS[code])
        shop.hub("lot", "import", code, str(lists / LISTS[code]))
        shop.hub("user", "add", DONORS[code], "--role", "donor", "--name", donor, "--donor", donor)
    shop.serve()
    return shop


def places(lists: Path) -> dict[str, tuple[str, str]]:
    """Give lot and asset tag of every drive serial, from the donors' lists."""
    found = {}
    for code, name in LISTS.items():
        with (lists / name).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter=";"):
                if row["drive_serial"]:
                    found[row["drive_serial"]] = (code, row["asset"])
    return found


def answers(client: "httpx.Client", url: str) -> bool:
    """Say whether a hub answers there."""
    import httpx  # noqa: PLC0415  heavy, only where it is used

    try:
        return client.get(f"{url}/api/v1/nonce").is_success
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """Find a free port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

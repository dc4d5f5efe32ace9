"""An installation from end to end, by the commands alone: made, migrated, served by two processes on PostgreSQL."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.hub.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
TRIES = 600
PASSWORD = "une phrase assez longue"
ADMIN = "andrea@port.example"
DONOR = "Mairie de Brest"


@dataclass
class Installation:
    """A data folder, and the environment of its commands."""

    environment: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hub", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    @contextmanager
    def serving(self) -> Iterator[httpx.Client]:
        """One process that serves; ended by the signal to end."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = [sys.executable, "-m", "hub", "serve", "--port", str(port)]
        with subprocess.Popen(words, env=self.environment, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
                    wait_for(client, process)
                    yield client
            finally:
                process.terminate()
                _out, told = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode in {0, -signal.SIGTERM}, "Traceback" in told) == (True, False), told


def wait_for(client: httpx.Client, process: "subprocess.Popen[str]") -> None:
    """Until the process answers; it is looked at again after a tenth of a second, and has ended if it failed."""
    for _ in range(TRIES):
        try:
            client.get("/healthz")
        except httpx.TransportError:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(process.communicate()[1]) from None
        return
    raise AssertionError("the hub does not answer")


@pytest.fixture
def installation(tmp_path: Path, postgres_server: Server) -> Iterator[Installation]:
    name = postgres_server.database()
    kept = {word: os.environ[word] for word in ("PATH", "PYTHONPATH", "HOME") if word in os.environ}
    yield Installation(
        {
            **kept,
            "ETABLI_HUB_DATA": str(tmp_path / "hub"),
            "ETABLI_DATABASE_URL": postgres_server.url(name),
            "ETABLI_METRICS_TOKEN": "s3cret",
            "ETABLI_PASSWORD": PASSWORD,
            "ETABLI_LANG": "en",
        }
    )
    postgres_server.drop(name)


@pytest.mark.postgres
@pytest.mark.world
def test_a_hub_is_made_migrated_and_served_by_two_processes_on_postgresql(installation: Installation) -> None:
    made = installation.run("init", "--issuer", "Atelier du Port", "--admin", ADMIN, "--two-people")
    assert made.returncode == 0, made.stderr
    assert installation.run("migrate").returncode == 0
    assert installation.run("lot", "create", "MAIRIE-01", "--donor", DONOR).returncode == 0
    with ExitStack() as stack:
        first, second = (stack.enter_context(installation.serving()) for _ in range(2))
        for worker in (first, second):
            health = worker.get("/healthz")
            assert (health.status_code, health.json()["status"]) == (200, "ok")
            assert worker.get("/metrics").status_code == 404, "no figures without the token"
            figures = worker.get("/metrics", headers={"Authorization": "Bearer s3cret"}).text
            assert 'etabli_hub_lots{state="announced"} 1' in figures
            for told in (health.text, figures):
                assert not [word for word in (DONOR, "MAIRIE", ADMIN, "Atelier", "hub.db") if word in told]
        entered = first.post("/sign-in", data={"email": ADMIN, "password": PASSWORD})
        assert entered.status_code == 303
        second.cookies.set("etabli", entered.cookies["etabli"])
        page = second.get("/people")
        assert (page.status_code, ADMIN in page.text) == (200, True), "who is in at one process is in at the other"

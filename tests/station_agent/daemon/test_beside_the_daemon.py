"""Commands beside the daemon: a diagnosis is stated and a hub is met while it holds the state, and nothing else is."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.keys import PublicKey
from station_agent.control.view import DiagnosisOrder, EnrolOrder
from tests.station_agent.daemon.daemon_bench import DaemonBench
from tests.station_agent.daemon.daemon_process import daemon_process
from tests.station_agent.daemon.test_orders import refused

Make = Callable[..., DaemonBench]
Run = Callable[..., tuple[int, str, str]]
DEMO = Path("hardware-fixtures/benches/demo.toml")


def facts(**changes: Any) -> dict[str, Any]:
    machine = {"maker": "DEMO", "model": "Laptop 14", "serial": "L-0042", "source": "dmi", "grade": "B"}
    return {"simulated": True, "subject": {"machine": machine, "drive": None}, **changes}


@pytest.mark.world
def test_a_machine_is_diagnosed_while_its_daemon_runs(tmp_path: Path, run: Run) -> None:
    demo = DEMO.absolute()
    bench = ("--bench", demo, "--state", tmp_path / "state")
    with daemon_process(tmp_path, demo) as daemon:
        daemon.until(lambda view: bool(view.tiles))
        assert "Nothing was kept" in run("diagnose", *bench, "--asset", "x" * 900)[2]
        status, out, err = run("diagnose", *bench, "--asset", "L-0042", "--json")
        assert status == 0, err
        stated = json.loads(out)["statement"]
        daemon.until(lambda seen: seen.outbox.queued == 1)
    status, out, _ = run("outbox", *bench, "--json")
    assert [(row["id"], row["kind"]) for row in json.loads(out)["statements"]] == [(stated, "diagnostics")]


def test_no_erasure_is_stated_by_what_a_caller_says(daemon: Make) -> None:
    bench = daemon("sda")
    for given in (
        facts(),
        facts(kind="erasure", result={"verdict": "ERASED"}),
        {},
        {"simulated": True, "kind": "erasure"},
        facts(simulated="yes"),
    ):
        code, _ = refused(lambda given=given: bench.client.state_diagnosis(DiagnosisOrder(facts=given)))
        assert code in ("unstatable", "bad-order", "usage"), code
    assert sum(bench.station.outbox.counts().values()) == 0


def test_real_drives_are_not_mixed_with_simulated_ones(daemon: Make) -> None:
    bench = daemon("sda")
    code, sentence = refused(
        lambda: bench.client.state_diagnosis(
            DiagnosisOrder(facts=facts(simulated=not bench.foreman.means.bench.simulated))
        )
    )
    assert code == "usage"
    assert "another kind of bench" in sentence


def test_a_running_daemon_sends_to_the_hub_that_it_was_introduced_to(
    daemon: Make, state_runs: Callable[..., Any]
) -> None:
    bench = daemon("sda")
    asked: list[httpx.Request] = []

    def hub(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v1/log":
            return httpx.Response(404)
        asked.append(request)
        kid = PublicKey.from_base64(json.loads(request.content)["public"]).kid
        return httpx.Response(
            202, json={"kid": kid, "state": "pending", "hub": {"name": "H"}, "trust": {"schema": "x"}}
        )

    bench.station.transport, bench.station.client = httpx.MockTransport(hub), None
    turned: list[str] = []
    bench.foreman.relink = lambda: turned.append(bench.station.hub_url)
    told = bench.client.enrol(EnrolOrder(hub="https://hub.example", token="T0", name="Banc 1"))
    assert (told.station, told.kid, told.state) == ("Banc 1", bench.station.key.kid, "pending")
    assert turned == ["https://hub.example"]
    assert base64.b64decode(json.loads(asked[0].content)["public"]) == bench.station.key.public.raw


@pytest.mark.parametrize("hub", ["http://hub.example", "ftp://x", "", "https://"])
def test_an_address_that_is_none_is_refused(daemon: Make, hub: str) -> None:
    bench = daemon("sda")
    refused(lambda: bench.client.enrol(EnrolOrder(hub=hub, token="T0")))
    assert bench.station.hub_url == ""


@pytest.mark.world
def test_a_new_key_needs_the_daemon_stopped(tmp_path: Path, run: Run) -> None:
    file = DEMO.absolute()
    with daemon_process(tmp_path, file) as daemon:
        daemon.until(lambda view: bool(view.tiles))
        words = ("enrol", "--hub", "http://127.0.0.1:9", "--token", "T", "--bench", file, "--state", tmp_path / "state")
        assert "systemctl stop etabli-station" in run(*words, "--new-key")[2]
        assert "The hub http://127.0.0.1:9 does not answer" in run(*words)[2]


@pytest.mark.world
def test_sync_says_that_a_running_daemon_sends_by_itself(tmp_path: Path, run: Run) -> None:
    file = DEMO.absolute()
    words = ("--bench", file, "--state", tmp_path / "state")
    with daemon_process(tmp_path, file) as daemon:
        daemon.until(lambda view: bool(view.outbox.sync))
        status, out, _ = run("sync", *words)
        assert status == 0
        assert "The daemon of this bench runs and sends by itself" in out
        assert "Its last attempt: no hub is known here." in out
        assert "saved on this bench, waiting: 0" in out
        status, out, _ = run("sync", "--json", *words)
        told = json.loads(out)
        assert (status, told["by_daemon"], told["counts"]["queued"]) == (0, True, 0)

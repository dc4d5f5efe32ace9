"""What a stick brings back from the hub is taken by the daemon that holds the state, and by nobody else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.receipts import written
from station_agent import carry
from station_agent.control import client
from station_agent.control.view import ReceiptsHeard
from station_agent.errors import CarriedFileError
from station_agent.outbox import OutboxState
from station_agent.station import Station
from tests.station_agent.assigned_examples import HUB, trust_hub
from tests.station_agent.daemon.daemon_bench import DaemonBench
from tests.station_agent.daemon.test_orders import refused

Make = Callable[..., DaemonBench]
BUSY = 2


def answers(ids: list[str], key: SigningKey = HUB) -> bytes:
    return written(key, [{"id": name, "status": 201, "receipt": {"id": name, "position": 1}} for name in ids])


def test_receipts_are_taken_while_the_daemon_runs(daemon: Make, state_runs: Callable[..., list[str]]) -> None:
    bench = daemon("sda")
    made = state_runs(bench.station, 3)
    trust_hub(bench.folder)
    heard = bench.client.receipts(answers([*made[:2], "f" * 64]))
    assert (heard.confirmed, heard.kept, heard.strange, heard.bad) == (2, 0, 1, 0)
    assert heard.counts == {"queued": 1, "confirmed": 2, "refused": 0, "conflict": 0}
    assert bench.station.outbox.counts()[OutboxState.CONFIRMED] == 2


def test_receipts_of_a_stranger_confirm_nothing(daemon: Make, state_runs: Callable[..., list[str]]) -> None:
    bench = daemon("sda")
    made = state_runs(bench.station, 1)
    trust_hub(bench.folder)
    heard = bench.client.receipts(answers(made, SigningKey.generate(demo=False)))
    assert (heard.confirmed, heard.bad, heard.counts["queued"]) == (0, 1, 1)


@pytest.mark.parametrize("data", [b"", b"\x00" * 5000, b"no receipts\n", b"etabli-receipts/1"])
def test_what_is_no_file_of_receipts_is_refused_in_words(daemon: Make, data: bytes) -> None:
    bench = daemon("sda")
    trust_hub(bench.folder)
    assert refused(lambda: bench.client.receipts(data))[0] in ("carried-file", "bad-order")


def test_a_file_that_is_too_long_is_not_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "MOST_BYTES", 10)
    (tmp_path / "long").write_bytes(b"x" * 11)
    with pytest.raises(CarriedFileError, match="no file of receipts"):
        carry.read_carried(tmp_path / "long")


@pytest.mark.world
def test_the_command_hands_the_file_to_the_daemon_that_holds_the_state(
    tmp_path: Path,
    run: Callable[..., tuple[int, str, str]],
    open_bench_at: Callable[..., Station],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_bench_at(tmp_path / "state")
    (tmp_path / "stick").write_bytes(b"what the hub said")
    status, _, err = run("receipts", tmp_path / "stick", "--bench", "nowhere.toml", "--state", tmp_path / "state")
    assert (status, "already works with the state" in err) == (BUSY, True), "it is held, and no daemon answers"
    sent: list[bytes] = []

    def receipts(_client: object, data: bytes) -> ReceiptsHeard:
        sent.append(data)
        return ReceiptsHeard(confirmed=2, counts={"confirmed": 2})

    monkeypatch.setattr(client.BenchClient, "receipts", receipts)
    status, out, _ = run("receipts", tmp_path / "stick", "--state", tmp_path / "state", "--json")
    told: dict[str, Any] = json.loads(out)
    assert (status, told["confirmed"], told["counts"]["confirmed"]) == (0, 2, 2)
    assert sent == [b"what the hub said"]

"""What the tests of the bench share: a standing clock, a station in a temporary folder, a report, a fake hub."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade
from erasure.hidden import AreaState, HiddenAreas
from erasure.outcome import BadRanges, Level, Phase, VerdictWord, Verification
from erasure.report import ErasureReport
from station_agent.app import main
from station_agent.clock import Moment, wall_text
from station_agent.run_context import RunContext
from station_agent.station import Station, open_station

SECTOR = 512
SIZE = 64 * SECTOR
MIB = 1 << 20
DRIVE = """
[[drives]]
name = "{name}"
bus = "ata"
model = "DEMO {name}"
serial = "DEMO-{name}"
wwn = "50000000000000{n:02d}"
size_bytes = {size}
contents = "pattern"
{more}
"""
BAD = '[[drives.faults]]\nkind = "bad-write"\nfirst_lba = 100\ncount = 2'
UNKNOWN = 'hidden = { hpa = "unknown", dco = "none", ama = "none" }'


@dataclass
class StandingClock:
    """A clock that moves only when it is told to."""

    time: datetime = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
    ticks: int = 0

    def now(self) -> datetime:
        return self.time

    def moment(self) -> Moment:
        self.ticks += 1
        return Moment("boot-1", self.ticks, wall_text(self.time), "system")

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def open_bench_at(clock: StandingClock) -> Iterator[Callable[..., Station]]:
    """Opens stations that are closed again after the test."""
    opened: list[Station] = []

    def make(folder: Path, **options: Any) -> Station:
        opened.append(open_station(folder, demo=options.pop("demo", True), clock=clock, **options))
        return opened[-1]

    yield make
    for station in opened:
        station.close()


@pytest.fixture
def station(tmp_path: Path, open_bench_at: Callable[..., Station]) -> Station:
    return open_bench_at(tmp_path / "state")


def identity(**changes: Any) -> DriveIdentity:
    known = DriveIdentity("DEMO HDD", "DEMO-0001", "5000000000000001", "1.0", "ata", "", "simulated", IdentityGrade.A)
    return replace(known, **changes)


@pytest.fixture
def make_facts() -> Callable[..., DriveFacts]:
    """Facts of a simulated drive; keyword arguments change its identity."""

    def make(size: int = SIZE, **changes: Any) -> DriveFacts:
        device = BlockDevice("sim:sda", "sda", 0, 0, 1, size, identity(**changes), simulated=True)
        hidden = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, size)
        return DriveFacts(device, size, SECTOR, SECTOR, False, True, False, "none", hidden)

    return make


@pytest.fixture
def make_context(make_facts: Callable[..., DriveFacts]) -> Callable[..., RunContext]:
    def make(**changes: Any) -> RunContext:
        known = RunContext(
            make_facts(), "overwrite.keystream", 1, "purge-preferred", "LOT", "ETB-1", "op-1", None, None
        )
        return replace(known, **changes)

    return make


@pytest.fixture
def make_report(make_facts: Callable[..., DriveFacts]) -> Callable[..., ErasureReport]:
    """A report of a drive that was erased without a fault; keyword arguments change it."""

    def make(run_id: str = "a" * 32, **changes: Any) -> ErasureReport:
        facts = changes.pop("facts", None) or make_facts()
        known = ErasureReport(
            run_id=run_id,
            facts=facts,
            identity_after=facts.device.identity,
            method_requested="overwrite.keystream",
            method_achieved="overwrite.keystream",
            method_version=1,
            level=Level.CLEAR,
            verdict=VerdictWord.ERASED,
            reasons=(),
            exceptions=(),
            phases=(Phase("write", facts.size_bytes, 0, 0, 5), Phase("verify", facts.size_bytes, 0, 5, 9)),
            verification=Verification("full", "aes-256-ctr", "b" * 64, "", facts.sectors, 0, 0),
            bad=BadRanges(),
            started_wall="2026-11-21T09:00:00Z",
            ended_wall="2026-11-21T09:01:00Z",
            duration_ms=9,
            resumed=0,
            evidence=({"what": "facts", "data": {}},),
            simulated=True,
        )
        return replace(known, **changes)

    return make


@pytest.fixture
def state_runs(
    make_report: Callable[..., ErasureReport], make_context: Callable[..., RunContext]
) -> Callable[[Station, int], list[str]]:
    """Closes n runs on a station and gives the ids of their statements, oldest first."""

    def make(station: Station, n: int) -> list[str]:
        made = []
        for _ in range(n):
            run_id = os.urandom(16).hex()
            station.journal.open_run(run_id, make_context())
            made.append(station.journal.close_run(make_report(run_id), make_context()).id)
        return made

    return make


@dataclass
class FakeHub:
    """A hub in memory that keeps what it takes, and misbehaves by a list of faults (one per request to the API)."""

    state: str = "accepted"
    stored: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    faults: list[Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    verdicts: dict[str, tuple[int, str]] = field(default_factory=dict)  # id -> status, code
    head: dict[str, Any] | None = None

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.requests.append(f"{request.method} {path}")
        if path == "/api/v1/nonce":
            return httpx.Response(200, json={"nonce": f"n{len(self.requests)}"})
        if path == "/api/v1/stations/self":
            return httpx.Response(200, json={"state": self.state, "name": "x", "head": self.head or self._head()})
        if path.startswith("/api/v1/log"):
            return self.log_answer(path, request)
        if self.faults and (answer := self.faults.pop(0)(request)) is not None:
            return answer
        if request.method == "PUT":
            result = self.take(request.content)
            return httpx.Response(result.pop("status"), json=result)
        envelopes = json.loads(request.content)["envelopes"]
        return httpx.Response(200, json={"results": [self.take(text.encode()) for text in envelopes]})

    def log_answer(self, _path: str, _request: httpx.Request) -> httpx.Response:
        """Answer as a hub of an older version: it keeps no log."""
        return httpx.Response(404, json={"error": {"code": "not-found", "message": "no"}})

    def take(self, envelope: bytes) -> dict[str, Any]:
        name = hashlib.sha256(envelope).hexdigest()
        if name in self.verdicts:
            status, code = self.verdicts[name]
            return {"id": name, "status": status, "error": {"code": code, "message": "no"}}
        status = 200 if name in self.stored else 201
        if status == 201:
            self.order.append(name)
        self.stored[name] = envelope
        return {"id": name, "status": status, "receipt": {"id": name, "position": len(self.order), "received": "x"}}

    def _head(self) -> dict[str, Any]:
        if not self.order:
            return {"seq": 0, "id": "0" * 64}
        payload = json.loads(base64.b64decode(json.loads(self.stored[self.order[-1]])["payload"]))
        return {"seq": payload["seq"], "id": self.order[-1]}


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def bench_file(tmp_path: Path) -> Path:
    drives = {
        "good": "",
        "bad": BAD,
        "odd": UNKNOWN,
        "shut": "read_only = true",
        "slow": "bytes_per_second = 500000",
    }
    text = 'schema = "etabli.bench-file/1"\nname = "test"\n'
    for n, (name, more) in enumerate(drives.items()):
        text += DRIVE.format(name=name, n=n + 1, size=MIB, more=more)
    file = tmp_path / "test.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process: status, output, messages."""
    monkeypatch.setenv("ETABLI_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ETABLI_LANG", "en")

    def call(*arguments: object) -> tuple[int, str, str]:
        status = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return call

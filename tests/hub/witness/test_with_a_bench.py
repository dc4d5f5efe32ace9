"""A real bench, the real hub and a real witness: what one of them holds, the others cannot take back."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, func, select

from certificates.note import verify_note
from hub.context import Hub
from hub.log.proofs import note_of
from hub.log.sequencer import Log
from hub.log.shards import newest_checkpoint
from hub.logged import LogCheckpoint, LogCosignature
from hub.models import Station as StationRow
from hub.stations.service import accept
from hub.witness.cosigning import make_witness, open_witness
from hub.witnesses.submitting import Submitter
from station_agent.enrol import enrol
from station_agent.observer.book import pins_in
from station_agent.station import Station, open_station
from station_agent.sync import SyncState, drain
from tests.hub.conftest import URL, Clock, World
from tests.hub.log.test_signing import note_key
from tests.hub.witness.test_submitting import known_to, way_to
from tests.station_agent.conftest import make_context, make_facts, make_report, state_runs

__all__ = ["make_context", "make_facts", "make_report", "state_runs"]


@pytest.fixture
def demo() -> bool:
    return True


@pytest.fixture
def bench(tmp_path: Path, hub: Hub, world: World) -> Iterator[Station]:
    def carry(request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        path = request.url.raw_path.decode()
        told = world.client.request(request.method, path, content=request.content, headers=headers)
        return httpx.Response(told.status_code, content=told.content, headers={"ETABLI-Nonce": _nonce(told)})

    station = open_station(tmp_path / "state", demo=True, transport=httpx.MockTransport(carry))
    token, lead = world.token(), world.person()
    enrolled = enrol(station.store, station.link_to(URL), station.key, url=URL, token=token, name="Banc")
    station.look_at_log(URL)
    with hub.sessions().begin() as session:
        found = session.scalars(select(StationRow).where(StationRow.kid == enrolled.kid)).one()
        accept(session, lead, found.id)
    yield station
    station.close()


def _nonce(told: Any) -> str:
    return str(told.headers.get("ETABLI-Nonce", ""))


def last_cp(station: Station) -> dict[str, Any] | None:
    rows = station.store.rows("SELECT envelope FROM statement ORDER BY position DESC LIMIT 1")
    payload = json.loads(base64.b64decode(json.loads(bytes(rows[0]["envelope"]))["payload"]))
    found: dict[str, Any] | None = payload["last_cp"]
    return found


def test_a_bench_pins_the_log_at_enrolment_follows_it_and_finds_what_the_hub_takes_back(
    *, hub: Hub, bench: Station, state_runs: Any, tmp_path: Path, clock: Clock
) -> None:
    (pin,) = pins_in(bench.store, URL)
    assert (pin.how, pin.vkey) == ("enrolment", note_key(hub).vkey)
    make_witness(tmp_path / "w", "temoin.example/w1")
    witness = open_witness(tmp_path / "w", lambda: clock().timestamp())
    known_to(hub, witness)
    for round_number in range(3):
        state_runs(bench, 4)
        assert drain(bench.sync()).confirmed == 4, round_number
        Log(hub).bring_up()
        assert Submitter(hub, way_to(witness)).submit() == 1
    state_runs(bench, 1)
    told = last_cp(bench)
    with hub.readers()() as session:
        held = session.scalars(select(LogCheckpoint).where(LogCheckpoint.size == told["size"])).one()  # type: ignore[index]
        assert told == {
            "origin": note_key(hub).name,
            "size": 9,  # 8 of two rounds, and the statement that took the bench in
            "root": held.root,
            "note_sha256": pins_in(bench.store, URL)[0].note_sha256,
        }
        note = note_of(session, newest_checkpoint(session, "2026"))  # type: ignore[arg-type]
    assert verify_note(note, note_key(hub), (witness.key,), 1).checkpoint.size == 13
    assert drain(bench.sync()).confirmed == 1
    _take_back(hub)
    state_runs(bench, 1)
    assert drain(bench.sync()).state is SyncState.ALARM


def _take_back(hub: Hub) -> None:
    """Let the hub forget its newest checkpoint, as one that was put back from a backup does."""
    with hub.sessions().begin() as session:
        newest = session.scalar(select(func.max(LogCheckpoint.id)))
        session.execute(delete(LogCosignature).where(LogCosignature.checkpoint_id == newest))
        session.execute(delete(LogCheckpoint).where(LogCheckpoint.id == newest))

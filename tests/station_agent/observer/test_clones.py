"""A copied stick is found at the loser's first sync, whatever both did before (T1). ETABLI_CLONES=1000 for the record.

Two benches go on from one state; who syncs second finds the other's statements where its own should be.
"""

import base64
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from station_agent.assemble import erasure_facts
from station_agent.station import Station
from station_agent.sync import drain
from tests.station_agent.observer.log_hub import LogHub

URL = "http://127.0.0.1:9"
CLONES = int(os.environ.get("ETABLI_CLONES", "8"))
Make = Callable[..., Any]


@dataclass
class StrictHub(LogHub):
    """A hub that takes each place of a chain once. `forks`: ids that came for a place that was taken."""

    places: dict[int, str] = field(default_factory=dict)
    forks: list[str] = field(default_factory=list)

    def take(self, envelope: bytes) -> dict[str, Any]:
        """Store one statement, or refuse it as a fork."""
        payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
        told = super().take(envelope) if self.places.get(payload["seq"]) is None else {}
        name = told.get("id") or hashlib.sha256(envelope).hexdigest()
        if self.places.setdefault(payload["seq"], name) == name:
            return told or super().take(envelope)
        self.forks.append(name)
        return {"id": name, "status": 409, "error": {"code": "fork", "message": "x"}}


def state(station: Station, number: int, make_report: Make, make_context: Make) -> None:
    with station.store.transaction() as connection:
        for _ in range(number):
            station.chain.append(connection, "erasure", erasure_facts(make_report(), make_context()), run_id=None)


def test_a_copied_stick_is_found_at_the_losers_first_sync(
    tmp_path: Path, open_bench_at: Make, make_report: Make, make_context: Make
) -> None:
    chance, found = random.Random(11), 0
    for turn in range(CLONES):
        hub, folder = StrictHub(), tmp_path / str(turn)
        first = open_bench_at(folder / "a", transport=hub.transport())
        first.store.note("hub-url", URL)
        state(first, chance.randint(0, 4), make_report, make_context)
        if chance.random() < 0.7:
            drain(first.sync())
        first.close()
        shutil.copytree(folder / "a", folder / "b")
        pair = [open_bench_at(folder / name, transport=hub.transport()) for name in ("a", "b")]
        chance.shuffle(pair)
        winner, loser = pair
        state(winner, chance.randint(1, 5), make_report, make_context)
        state(loser, chance.randint(0, 5), make_report, make_context)
        drain(winner.sync())
        assert winner.chain.locked() == ""
        drain(loser.sync())
        assert loser.chain.locked(), (turn, "the clone went on unseen")
        found += 1
        for one in pair:
            one.close()
        shutil.rmtree(folder)
    assert found == CLONES

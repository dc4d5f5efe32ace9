"""Orders to the daemon of a booted stick by its control API, as a script of a workshop gives them; its records as kept.

The console takes most of a minute to come up under emulation; these take seconds. They run in the guest.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.stick.bench import Bench
from tests.virtual_bench.agent import payload
from tests.virtual_bench.cache import BenchError

READY_S: Final = 600.0
OPERATOR: Final = "op-1"
ERASING: Final = """
import http.client, json, socket, sys, time
class Link(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/var/lib/etabli/control/bench.socket")
operator, serials, limit = sys.argv[1], sys.argv[3:], time.monotonic() + float(sys.argv[2])
def ask(verb, path, order=None):
    link = Link("bench")
    link.request(verb, path, order and json.dumps(order), {"content-type": "application/json"})
    answer = link.getresponse()
    told = json.loads(answer.read())
    if answer.status >= 300 and told.get("code") != "too-slow" or time.monotonic() > limit:
        sys.exit(f"{path}: {answer.status} {told}")
    return told
def wait_for(*states):
    seen = {}
    while not all(seen.get(serial, {}).get("state") in states for serial in serials):
        time.sleep(0.3)
        try:
            seen = {tile["serial"]: tile for tile in ask("GET", "/v1/bench")["tiles"]}
        except OSError:
            pass
    return {serial: seen[serial]["drive"] for serial in serials}
keys = wait_for("ready", "interrupted")
ask("POST", "/v1/sign-in", {"operator": operator})
plans, refused = [], True
while refused:
    plans = ask("POST", "/v1/plans", {"drives": list(keys.values())}).get("plans", [])
    refused = not plans or any(plan["refusals"] for plan in plans)
ask("POST", "/v1/erasures", {"plans": [plan["id"] for plan in plans], "confirmed": serials})
wait_for("running")
print(json.dumps([plan["serial"] for plan in plans if plan["goes_on"]]))
"""
READING: Final = """
import json, sqlite3
base = sqlite3.connect("/var/lib/etabli/station.sqlite3")
rows = lambda query: base.execute(query).fetchall()
signed = rows("select envelope from statement where kind = 'erasure' order by position")
last = "select run_id, kind from journal where position in (select max(position) from journal group by run_id)"
starts = "select run_id, count(distinct boot_id) from journal group by run_id"
print(json.dumps({
    "envelopes": [bytes(one).decode() for (one,) in signed],
    "last": dict(rows(f"select * from ({last}) where run_id in (select run_id from run where state = 'open')")),
    "starts": dict(rows(starts)),
}))
"""


@dataclass(frozen=True, slots=True)
class Records:
    """What the stick keeps: statements, oldest first; by run the last entry of what is open, and the starts it took."""

    statements: list[dict[str, Any]]
    last: dict[str, str]
    starts: dict[str, int]


def begin(bench: Bench, serials: Sequence[str]) -> list[str]:
    """Have drives erased as soon as they were read, and see that they are; give the serials of runs that go on.

    A bench that is too slow to answer is asked again. Raises BenchError.
    """
    words = ("python3", "-c", ERASING, OPERATOR, str(READY_S), *serials)
    said = bench.guest.run(words, timeout_s=READY_S * 2)
    if said.status:
        raise BenchError(f"the daemon began nothing: {said.err[-1500:]}")
    gone_on: list[str] = json.loads(said.out)
    return gone_on


def records(bench: Bench) -> Records:
    """Read what the stick keeps. Raises BenchError."""
    told = json.loads(bench.guest.run(("python3", "-c", READING)).required("the records of the stick").out)
    return Records([payload(one) for one in told["envelopes"]], told["last"], told["starts"])

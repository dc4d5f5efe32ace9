"""The guided checks in a guest, as a person at a serial line goes through them: `etabli-station check --plain`.

One line is one key. The agent reads its lines from a pipe; whether it watches fingers is seen from its open files.
"""

import shlex
from collections.abc import Callable
from typing import Any

from tests.virtual_bench.agent import TELL_S
from tests.virtual_bench.bench import Bench, require
from tests.virtual_bench.snapshot import AGENT, AGENT_ENVIRONMENT

LINES = "/tmp/lines"
WATCHES = "readlink /proc/{process}/fd/* | grep --quiet ^/dev/input/event"


class Questions:
    """One session of the checks, from its first page to its last."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._order = [row["id"] for row in self.rows()]
        bench.guest.shell(f"mkfifo {LINES}")
        bench.guest.begin(("sh", "-c", f"exec sleep infinity > {LINES}"))  # the pipe stays open between two lines
        words = (*AGENT, "check", "--plain", "--lang", "en")
        self._process = bench.guest.begin(words, env=AGENT_ENVIRONMENT, warm=True, read=LINES)

    def rows(self) -> list[dict[str, Any]]:
        """Give the list of the chassis with what was answered, as the agent tells it."""
        rows: list[dict[str, Any]] = self._bench.agent.documents("check")["checks"]
        return rows

    def say(self, *keys: str) -> None:
        """Type keys, each on its line."""
        lines = "".join(f"{key}\n" for key in keys)
        self._bench.guest.shell(f"printf %s {shlex.quote(lines)} > {LINES}")

    def open(self, check: str) -> None:
        """Go past the locks to a check of a list without answers, begin its live part, wait until it watches."""
        self.say("escape", *["down"] * self._order.index(check), "enter", "enter")
        self._bench.wait_until(self.watches, f"the agent watches for {check}", TELL_S)

    def watches(self) -> bool:
        """Say whether the agent has input devices open."""
        return self._bench.guest.run(("sh", "-c", WATCHES.format(process=self._process))).status == 0

    def still(self) -> bool:
        """Ask the guest whether the agent runs: the shortest question there is."""
        return self._bench.guest.ended(self._process) is None

    def await_rest(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait until the live part ended by itself, whatever goes on meanwhile. Raises BenchError."""

        def ended() -> bool:
            meanwhile()
            return not self.watches()

        self._bench.wait_until(ended, "the live part ends", TELL_S)

    def answer(self, key: str, check: str) -> dict[str, Any]:
        """Answer, leave, and give the row that the agent kept."""
        self.say(key, "escape", "q")
        said = self._bench.guest.ended(self._process, TELL_S)
        row = next(row for row in self.rows() if row["id"] == check)
        require(f"{check} was answered", row["attempts"], seen=(said.out + said.err)[-1500:] if said else "no end")
        return row

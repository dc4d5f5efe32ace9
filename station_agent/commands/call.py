"""One call of a command: language, output form, state folder and bench, decided once."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station_agent.assigned import Assignments, Unusable
from station_agent.assignments import protected_serials, read_assignments
from station_agent.bench import Bench, open_bench
from station_agent.columns import fitted, width_of
from station_agent.errors import UsageError
from station_agent.journal import OpenRun
from station_agent.language import Voice, complain, mark, say_aloud, voice
from station_agent.open_runs import seen_open_runs
from station_agent.records import Records, open_records
from station_agent.repeated import options_of, repeated
from station_agent.sealed_key import key_label
from station_agent.signing import KEY_FILE
from station_agent.state import state_folder
from station_agent.station import Station, open_station

SIMULATED = "simulated"
SECOND_COPY = "ETABLI_SECOND_COPY"


@dataclass(frozen=True, slots=True)
class Call:
    """How this call speaks, and where its state lies."""

    voice: Voice
    as_json: bool
    state: Path
    bench_file: Path | None
    again: tuple[str, ...] = ()  # options that a command needs which a person is told to give next
    second_copy: Path | None = None

    @property
    def simulated(self) -> bool | None:
        """True with a bench file; without one a command that touches no drive takes whatever key is there."""
        return True if self.bench_file is not None else None

    def bench(self, *, allow_loop: bool = False) -> Bench:
        """Open the bench; its notices are told to the person. Raises `UsageError`."""
        protected = protected_serials(self.state)
        bench = open_bench(self.bench_file, self.state, allow_loop=allow_loop, protected_serials=protected)
        for notice in bench.notices:
            complain(self.voice.say(notice))
        return bench

    def assigned(self) -> Assignments | Unusable | None:
        """Judge what the hub assigned last, also while a daemon holds the state: its last counter is not looked at.

        Raises `KeyFileError`.
        """
        path = self.state / KEY_FILE
        return read_assignments(self.state, station=key_label(path).kid if path.exists() else "", least=0)

    def open_runs(self) -> tuple[OpenRun, ...]:
        """Look at the open runs of this bench; that they cannot be seen is told. Raises `StoreError`."""
        found = seen_open_runs(self.state)
        if found is None:
            complain(self.voice.say("Another process works with the state of this bench: open runs are not shown."))
        return found or ()

    def records(self) -> Records:
        """Open what this bench has kept, only to read it, also while another process writes. Raises `StationError`."""
        found = open_records(self.state)
        if found is None:
            raise UsageError(mark("There are no records in {folder}."), folder=self.state)
        return found

    def station(self, *, simulated: bool | None = None) -> Station:
        """Open the state; None takes whatever key is there. Raises `StationError`.

        A simulated bench needs a demo key and real drives need a real one; a first use makes the key that is needed.
        """
        station = open_station(self.state, demo=bool(simulated), second_copy=self.second_copy)
        if simulated is not None and station.key.demo != simulated:
            station.close()
            raise self._other_kind()
        return station

    def kept_key_is_demo(self) -> bool:
        """Say whether the key here is one for simulated drives; before there is one, what this call would make.

        Raises `UsageError` when it is one for the other kind of bench, `KeyFileError`.
        """
        path = self.state / KEY_FILE
        demo = key_label(path).demo if path.exists() else bool(self.simulated)
        if self.simulated is not None and demo != self.simulated:
            raise self._other_kind()
        return demo

    def _other_kind(self) -> UsageError:
        return UsageError(
            mark(
                "The state in {folder} has the key of another kind of bench: simulated and real drives never share "
                "one. Choose another folder with --state."
            ),
            folder=self.state,
        )

    def show(
        self, name: str, document: dict[str, Any], lines: Iterable[str], *, columns: int = 0, indent: int | None = 1
    ) -> None:
        """Print the document `etabli.<name>/1`, or the lines; `columns` is their width where no terminal says one.

        Without an `indent` the document takes one line.
        """
        if self.as_json:
            say_aloud(json.dumps({"schema": f"etabli.{name}/1", **document}, ensure_ascii=False, indent=indent))
            return
        for line in lines:
            self.write(line, columns=columns)

    def write(self, line: str, *, columns: int = 0) -> None:
        """Print one line, broken for the terminal, for `COLUMNS`, or for `columns` where neither says a width."""
        say_aloud(fitted(repeated(line, self.again), width_of(sys.stdout, os.environ) or columns))


def begin(
    *,
    lang: str | None,
    as_json: bool,
    state: Path | None,
    bench_file: Path | None = None,
    second_copy: Path | None = None,
) -> Call:
    """Decide language, state folder and output form from the options and the environment."""
    folder = state_folder(state, os.environ, root=os.geteuid() == 0)
    if bench_file is not None and state is None and "ETABLI_STATE" not in os.environ:
        folder = folder / SIMULATED
    if second_copy is None and os.environ.get(SECOND_COPY):
        second_copy = Path(os.environ[SECOND_COPY])
    return Call(voice(lang, os.environ), as_json, folder, bench_file, options_of(bench_file, state), second_copy)

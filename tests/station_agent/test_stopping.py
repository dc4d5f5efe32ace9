"""Being asked to stop at an odd moment, and what cannot be stated: nothing is half begun, nothing is forgotten."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certificates.errors import SchemaError
from erasure.clearance import Confirmation
from erasure.outcome import Level
from erasure.plan import ErasurePlan
from erasure.policy import load_policy
from station_agent.board import LineState
from station_agent.errors import StoreBroken, UnstatableError
from station_agent.exit_status import ExitStatus, worst
from station_agent.journal import BenchJournal
from station_agent.live import Silent
from station_agent.planning import Surveyed
from station_agent.station import Station, open_station
from station_agent.stopping import SIGNALS, stop_on_signals
from station_agent.wipe import Session, Task

Make = Callable[..., Any]


class Crew:
    """Takes orders and never says anything."""

    def __init__(self) -> None:
        self.orders: list[Any] = []

    def start(self, order: Any) -> str:
        self.orders.append(order)
        return str(order.run_id)

    def poll(self, timeout: float) -> list[Any]:
        return []

    def stop(self, run_id: str) -> None:
        """Nothing to stop."""


@pytest.fixture
def tasks(make_facts: Make) -> list[Task]:
    made = []
    for serial in ("DEMO-0001", "DEMO-0002"):
        facts = make_facts(serial=serial)
        plan = ErasurePlan(facts, load_policy("overwrite"), "overwrite.keystream", 1, Level.CLEAR, "full", 0, (), ())
        made.append(Task(Surveyed(facts.device, None, plan), Confirmation("op", serial), "LOT", "TAG"))
    return made


@pytest.fixture
def session_of(station: Station) -> Callable[..., Session]:
    def make(crew: Crew, **options: Any) -> Session:
        return Session(
            crew=crew,
            journal=station.journal,
            clock=station.clock,
            operator=options.pop("operator", "op"),
            machine_of=lambda _task: None,
            random_bytes=os.urandom,
            stated=lambda: None,
            **options,
        )

    return make


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("lot", "x" * 500),
        ("lot", "caf\udcff"),
        ("asset", "tab\there"),
        ("operator", "\x1b[31mred"),
    ],
)
def test_what_no_statement_can_carry_is_refused_before_the_first_write(
    station: Station, tasks: list[Task], session_of: Callable[..., Session], place: str, text: str
) -> None:
    crew = Crew()
    options = {"operator": text} if place == "operator" else {}
    given = tasks if place == "operator" else [tasks[0], replace(tasks[1], **{place: text})]
    with pytest.raises(UnstatableError):
        session_of(crew, **options).begin(given)
    assert crew.orders == []
    assert station.journal.open_runs() == ()
    assert station.outbox.rows() == ()


def test_a_rehearsal_signs_and_stores_nothing(station: Station, make_report: Make, make_context: Make) -> None:
    station.journal.rehearse(make_report(), make_context())
    with pytest.raises(SchemaError):
        station.journal.rehearse(make_report(), make_context(lot="x" * 500))
    assert (station.outbox.rows(), station.chain.head().seq) == ((), 0)


def test_a_stop_between_two_drives_begins_no_more_and_names_every_drive(
    tasks: list[Task], session_of: Callable[..., Session]
) -> None:
    crew = Crew()
    session = session_of(crew, stop_asked=lambda: bool(crew.orders))
    session.begin(tasks)
    session.run(Silent())
    session.interrupt(Silent(), patience_s=0)
    states = [line.state for line in session.board.lines.values()]
    assert states == [LineState.INTERRUPTED, LineState.NOT_BEGUN]
    assert worst(session.board.lines.values()) is ExitStatus.OPEN


def test_a_store_that_fails_at_the_second_drive_leaves_both_on_the_board(
    tasks: list[Task], session_of: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, real = Crew(), BenchJournal.open_run

    def full(journal: BenchJournal, run_id: str, context: Any) -> None:
        if crew.orders:
            raise StoreBroken("disk full")
        real(journal, run_id, context)

    monkeypatch.setattr(BenchJournal, "open_run", full)
    session = session_of(crew)
    with pytest.raises(StoreBroken):
        session.begin(tasks)
    session.interrupt(Silent(), patience_s=0)
    states = [line.state for line in session.board.lines.values()]
    assert states == [LineState.INTERRUPTED, LineState.NOT_BEGUN]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_a_question_and_not_an_exception(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert not stop.asked()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert stop.asked()
    assert signal.getsignal(number) is before


@pytest.mark.world
def test_a_reader_that_leaves_stops_no_wipe_and_changes_no_exit_status(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text(
        'schema = "etabli.bench-file/1"\nname = "one"\n[[drives]]\nname = "sda"\nserial = "DEMO-A"\n'
        "size_bytes = 1048576\nbytes_per_second = 2000000\n"
    )
    words = ["erase", "sda", "--confirm", "DEMO-A", "--bench", str(file), "--state", str(tmp_path / "state")]
    with subprocess.Popen([sys.executable, "-m", "station_agent", *words], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.wait(60) == ExitStatus.ERASED
    with open_station(tmp_path / "state", demo=True) as station:
        assert station.journal.open_runs() == ()
        assert len(station.outbox.rows()) == 1

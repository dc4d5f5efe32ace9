"""A session of wipes against a crew that is played: what is shown follows what is durable, and nothing else."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from certificates.errors import SigningRefused
from certificates.keys import SigningKey
from diagnostics.agreement import Agreement, Difference
from erasure.clearance import Confirmation
from erasure.events import Ended, Event, Notice, Progress, WorkerLost
from erasure.outcome import Level, Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal
from erasure.policy import load_policy
from station_agent.board import Line, LineState
from station_agent.columns import fitted
from station_agent.exit_status import ExitStatus, worst
from station_agent.language import voice
from station_agent.live import PlainLines, Silent, bar, in_sight, plain_line, progress_words, table
from station_agent.planning import Surveyed
from station_agent.run_context import SecondReading
from station_agent.run_record import record_of
from station_agent.station import Station
from station_agent.summary import summary
from station_agent.wipe import Session, Task
from station_agent.words import PHASES, VERDICTS, range_words, size_words, time_words

Make = Callable[..., Any]
EN = voice("en", {})


class Crew:
    """Plays events; each turn is a function of the orders that were started."""

    def __init__(self, *turns: Callable[[list[Any]], list[Event]]) -> None:
        self.turns = list(turns)
        self.orders: list[Any] = []
        self.stopped: list[str] = []

    def start(self, order: Any) -> str:
        self.orders.append(order)
        return str(order.run_id)

    def poll(self, timeout: float) -> list[Event]:
        return (
            self.turns.pop(0)(self.orders)
            if self.turns
            else [WorkerLost(order.run_id, "end of the play") for order in self.orders]
        )

    def stop(self, run_id: str) -> None:
        self.stopped.append(run_id)


@pytest.fixture
def task(make_facts: Make) -> Task:
    facts = make_facts()
    plan = ErasurePlan(facts, load_policy("overwrite"), "overwrite.keystream", 1, Level.CLEAR, "full", 0, (), ())
    return Task(Surveyed(facts.device, None, plan), Confirmation("op", facts.device.identity.serial), "LOT", "TAG")


def session(station: Station, crew: Crew, nudges: list[str]) -> Session:
    numbers = iter(range(1, 100))
    return Session(
        crew=crew,
        journal=station.journal,
        clock=station.clock,
        operator="op",
        machine_of=lambda _task: None,
        random_bytes=lambda n: next(numbers).to_bytes(n, "big"),
        stated=lambda: nudges.append("now"),
    )


def test_a_finished_drive_is_shown_after_its_statement_is_durable(
    station: Station, task: Task, make_report: Make
) -> None:
    crew = Crew(
        lambda orders: [Progress(orders[0].run_id, "write", 50, 100, 7_000_000, 9, 0)],
        lambda orders: [Ended(orders[0].run_id, make_report(orders[0].run_id))],
    )
    nudges: list[str] = []
    played = session(station, crew, nudges)
    played.begin([task])
    played.run(Silent())
    (line,) = played.board.lines.values()
    assert (line.state, line.verdict, nudges) == (LineState.CLOSED, "ERASED", ["now"])
    assert line.statement_id == station.outbox.rows()[0].id
    assert worst(played.board.lines.values()) is ExitStatus.ERASED


def test_a_drive_that_needs_a_power_cycle_says_so_and_stays_open(station: Station, task: Task) -> None:
    def asks(orders: list[Any]) -> list[Event]:
        run_id, told = orders[0].run_id, "the hidden area shows after a power cycle"
        return [Notice(run_id, "power-cycle-required", told), WorkerLost(run_id, told)]

    played = session(station, Crew(asks), [])
    played.begin([task])
    played.run(Silent())
    (line,) = played.board.lines.values()
    assert line.state is LineState.POWER_CYCLE
    assert worst([line]) is ExitStatus.OPEN
    told = "\n".join(summary(EN, played.board, {}))
    assert "SWITCH IT OFF AND ON" in told
    assert "for 10 seconds" in told
    assert "etabli-station erase sim:sda --confirm DEMO-0001" in told


def test_a_worker_that_dies_leaves_an_open_run_and_no_statement(station: Station, task: Task) -> None:
    played = session(station, Crew(lambda orders: [WorkerLost(orders[0].run_id, "killed by signal 9")]), [])
    played.begin([task])
    played.run(Silent())
    assert worst(played.board.lines.values()) is ExitStatus.OPEN
    assert len(station.journal.open_runs()) == 1
    assert station.outbox.rows() == ()
    told = "\n".join(summary(EN, played.board, {}))
    assert "NOT erased yet" in told
    assert "killed by signal 9" in told


def test_a_verdict_that_cannot_be_recorded_is_not_shown_as_one(
    station: Station, task: Task, make_report: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: SigningKey, payload: dict[str, Any]) -> None:
        raise SigningRefused("no")

    monkeypatch.setattr(SigningKey, "sign_statement", refuse)
    nudges: list[str] = []
    crew = Crew(lambda orders: [Ended(orders[0].run_id, make_report(orders[0].run_id))])
    played = session(station, crew, nudges)
    played.begin([task])
    played.run(Silent())
    (line,) = played.board.lines.values()
    assert (line.state, line.verdict, nudges) == (LineState.UNSTATED, "", [])
    assert worst([line]) is ExitStatus.OPEN


def test_readers_that_disagree_are_shown_as_they_are_stated(station: Station, task: Task, make_report: Make) -> None:
    doubtful = replace(task, surveyed=replace(task.surveyed, second=SecondReading("", "OTHER", None)))
    crew = Crew(lambda orders: [Ended(orders[0].run_id, make_report(orders[0].run_id))])
    played = session(station, crew, [])
    played.begin([doubtful])
    played.run(Silent())
    assert [line.verdict for line in played.board.lines.values()] == ["FAILED"]


@pytest.mark.parametrize(("label_read", "verdict"), [(False, "FAILED"), (True, "ERASED")])
def test_health_readers_that_disagree_block_the_claim_until_a_person_has_read_the_label(
    station: Station, task: Task, make_report: Make, label_read: Any, verdict: str
) -> None:
    differs = Agreement("differs", (Difference("serial", ""),))
    doubtful = replace(task, surveyed=replace(task.surveyed, readers=differs, label_read=label_read))
    crew = Crew(lambda orders: [Ended(orders[0].run_id, make_report(orders[0].run_id))])
    played = session(station, crew, [])
    played.begin([doubtful])
    played.run(Silent())
    (line,) = played.board.lines.values()
    assert line.verdict == verdict
    assert [code for code, detail in line.reasons if "--label-read" in detail] == ([] if label_read else ["IDENTITY"])
    (run_id,) = played.board.lines
    kept = [item["data"] for item in record_of(station.store, run_id).transcript if item["what"] == "readers"]
    assert [(one["state"], one["label_read"]) for one in kept] == [("differs", label_read)]


def test_a_refused_drive_gets_its_statement_and_no_worker(station: Station, task: Task) -> None:
    refusal = Refusal(None, (Reason(ReasonCode.IN_USE, "mounted on /"),))
    refused = replace(task, surveyed=replace(task.surveyed, outcome=refusal), confirmation=None)
    crew = Crew()
    played = session(station, crew, [])
    played.begin([refused])
    played.run(Silent())
    assert crew.orders == []
    assert worst(played.board.lines.values()) is ExitStatus.REFUSED
    assert len(station.outbox.rows()) == 1
    assert "it is in use (mounted on /)" in "\n".join(summary(EN, played.board, {}))


def test_stopping_asks_every_worker_and_leaves_the_runs_open(station: Station, task: Task) -> None:
    crew = Crew(lambda orders: [Notice(orders[0].run_id, "interrupted", ""), WorkerLost(orders[0].run_id, "asked")])
    played = session(station, crew, [])
    played.begin([task])
    played.interrupt(Silent(), patience_s=2)
    assert crew.stopped == [crew.orders[0].run_id]
    assert worst(played.board.lines.values()) is ExitStatus.OPEN


def test_a_worker_that_does_not_stop_is_shown_as_interrupted_after_the_patience(station: Station, task: Task) -> None:
    deaf = Crew(*[lambda _orders: [] for _ in range(50)])
    played = session(station, deaf, [])
    played.begin([task])
    played.interrupt(Silent(), patience_s=0.0)
    assert [line.state for line in played.board.lines.values()] == [LineState.INTERRUPTED]


def test_plain_lines_tell_each_quarter_once(station: Station, task: Task) -> None:
    said: list[str] = []
    played = session(station, Crew(), [])
    display = PlainLines(played.board, EN, said.append)
    played.begin([task])
    (line,) = played.board.lines.values()
    for done in (0, 10, 30, 31, 100):
        line.show(Progress(line.run_id, "write", done, 100, 5_000_000, 61, 3))
        display.refresh()
    assert [text.split("erasing")[1].split("%")[0].strip() for text in said] == ["0", "30", "100"]
    assert said[-1].endswith("5 MB/s  1:01 left  3 bad")


def test_the_table_has_a_row_for_each_drive_in_safe_glyphs(station: Station, task: Task) -> None:
    from rich.console import Console

    played = session(station, Crew(), [])
    played.begin([task])
    (line,) = played.board.lines.values()
    line.show(Progress(line.run_id, "verify", 50, 100, 5_000_000, 61, 3))
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(table(played.board, EN, width=140))
    drawn = console.export_text()
    assert "...0001" in drawn
    assert "verifying" in drawn
    assert "██████░░░░░░  50 %" in drawn


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_on_80_columns_no_name_no_verdict_and_no_bad_sector_is_cut_away(
    station: Station, task: Task, make_facts: Make, lang: str
) -> None:
    from rich.console import Console

    device = replace(make_facts(serial="S6PUNJ0R12345", model="KINGSTON SNVS1000G").device, name="nvme0n1")
    board, speech = session(station, Crew(), []).board, voice(lang, {})
    running = board.add(Line("1" * 32, replace(device, size_bytes=1_000_204_886_016)))
    running.show(Progress(running.run_id, "verify", 50, 100, 1_234_000_000, 36_000, 65_536))
    for n, verdict in enumerate(VERDICTS):
        board.add(Line(f"{n:032d}", device, LineState.CLOSED, verdict=verdict))
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(table(board, speech, width=80))
    drawn = console.export_text().splitlines()
    assert all(len(text) <= 80 for text in drawn)
    assert drawn[0].split() == [speech.say(title) for title in ("drive", "model", "serial", "size", "state")]
    assert all(text.startswith("nvme0n1  KINGSTON") and "...2345" in text for text in drawn[1:])
    assert speech.say("{n} BAD", n=65_536) in drawn[1]
    assert speech.say(PHASES["verify"]) in drawn[1]
    for verdict, text in zip(VERDICTS, drawn[2:], strict=True):
        assert speech.say(VERDICTS[verdict])[:24] in text


def test_more_drives_than_rows_show_those_that_run_and_those_that_failed(station: Station, make_facts: Make) -> None:
    device = make_facts().device
    board = session(station, Crew(), []).board
    for n in range(40):
        state, verdict = (LineState.CLOSED, "ERASED" if n % 10 else "FAILED") if n < 35 else (LineState.RUNNING, "")
        board.add(Line(f"{n:032d}", replace(device, name=f"sd{n}"), state, verdict=verdict))
    shown = {line.device.name for line in in_sight(tuple(board.lines.values()), 10)}
    assert len(shown) == 10
    assert {"sd0", "sd10", "sd20", "sd30", *(f"sd{n}" for n in range(35, 40))} <= shown


def test_a_drive_that_fell_silent_is_not_shown_with_its_last_rate(station: Station, task: Task) -> None:
    crew = Crew(
        lambda orders: [Progress(orders[0].run_id, "write", 50, 100, 7_000_000, 9, 0)],
        lambda orders: [Notice(orders[0].run_id, "silent", "nothing heard for 120 s")],
    )
    played = session(station, crew, [])
    played.begin([task])
    played.turn(0)
    (line,) = played.board.lines.values()
    assert "7 MB/s" in progress_words(EN, line, wide=False)
    assert "7 Mo/s" in progress_words(voice("fr", {}), line, wide=False)
    played.turn(0)
    assert progress_words(EN, line, wide=False).endswith("50 %  no answer from the drive")
    assert plain_line(EN, line).endswith("no answer from the drive")
    line.show(Progress(line.run_id, "write", 60, 100, 7_000_000, 9, 0))
    assert "7 MB/s" in progress_words(EN, line, wide=False)
    assert "7 Mo/s" in progress_words(voice("fr", {}), line, wide=False)


def test_reasons_of_one_code_are_one_sentence_and_sectors_are_named_once(station: Station, make_facts: Make) -> None:
    board = session(station, Crew(), []).board
    line = board.add(Line("1" * 32, make_facts().device, LineState.CLOSED, verdict="FAILED"))
    line.reasons = (
        ("WRITE_ERROR", "8 sectors not written, first at LBA 2000"),
        ("HIDDEN_AREA", "HPA unknown"),
        ("HIDDEN_AREA", "DCO unknown"),
    )
    line.ranges = {"write": ((2000, 8),)}
    told = summary(EN, board, {})
    assert "  - sectors could not be written" in told
    assert "  - not written: LBA 2000-2007 (8 sectors)" in told
    assert "  - an area that this machine cannot see is not accounted for (HPA unknown; DCO unknown)" in told
    line.reasons = (("WRITE_ERROR", "flush failed with EIO"),)
    assert "  - sectors could not be written (flush failed with EIO)" in summary(EN, board, {})


def test_the_command_to_go_on_can_be_typed_as_it_stands(station: Station, make_facts: Make) -> None:
    board = session(station, Crew(), []).board
    board.add(Line("1" * 32, make_facts(serial="A B;C").device, LineState.INTERRUPTED))
    told = "\n".join(summary(EN, board, {}, ("--policy", "zeros")))
    assert "etabli-station erase sim:sda --confirm 'A B;C' --policy zeros" in told


def test_a_long_line_breaks_between_words_and_keeps_its_indent() -> None:
    line = "  - one two  three four"
    assert fitted(line, 12) == "  - one two\n    three\n    four"
    assert fitted(line, 0) == fitted(line, 80) == line


def test_words_for_sizes_times_and_ranges() -> None:
    assert [size_words(n, "en") for n in (512, 67_109_376, 500_107_862_016)] == ["512 B", "67.1 MB", "500 GB"]
    assert [time_words(n) for n in (None, 5, 3725)] == ["-", "0:05", "1:02:05"]
    many = tuple((n * 10, 2) for n in range(10))
    assert range_words(EN, "write", many).endswith("70-71 and 2 more ranges (20 sectors)")
    assert (bar(0), bar(100)) == ("░" * 12, "█" * 12)

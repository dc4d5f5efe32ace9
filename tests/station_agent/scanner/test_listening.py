"""The thread that listens: news in their order, a trouble once, the setting kept, the grab ended."""

from pathlib import Path

from station_agent.errors import StationError, StoreBroken
from station_agent.scanner.device import (
    NOT_GRABBED,
    Learnt,
    Scanned,
    Scanner,
    ScannerSetting,
    Trouble,
    keep_setting,
    kept_setting,
)
from station_agent.scanner.keycodes import TEST_CODE
from station_agent.scanner.listening import LISTEN_EVERY_NS, Listening
from tests.station_agent.scanner.strokes import FIRST, MS, START
from tests.station_agent.scanner.test_device import LATER, US, WEDGE, Bench, code


def listening(bench: Bench, setting: ScannerSetting | None, kept: list[ScannerSetting], time: list[int]) -> Listening:
    return Listening(Scanner(bench.listed, bench.open, setting), kept.append, lambda: time[0])


def test_a_scan_of_the_known_scanner_waits_until_it_is_taken() -> None:
    bench, time = Bench(), [START]
    thread = listening(bench, US, [], time)
    thread.turn()
    bench.send(WEDGE, code("ETA-7F3K2Q9", first=FIRST))
    time[0] = LATER
    thread.turn()
    assert list(thread.taken()) == [Scanned("ETA-7F3K2Q9")]
    assert list(thread.taken()) == []


def test_the_test_code_is_kept_for_the_next_start(tmp_path: Path) -> None:
    bench, time = Bench(), [START]
    scanner = Scanner(bench.listed, bench.open, None)
    thread = Listening(scanner, lambda setting: keep_setting(tmp_path, setting), lambda: time[0])
    thread.turn()
    bench.send(WEDGE, code(TEST_CODE, "fr"))
    time[0] = LATER
    thread.turn()
    learnt = ScannerSetting(WEDGE.name, "fr")
    assert list(thread.taken()) == [Learnt(learnt)]
    assert kept_setting(tmp_path) == learnt


def test_a_setting_that_cannot_be_kept_is_told_and_the_scanner_is_used_all_the_same() -> None:
    bench, time = Bench(), [START]
    broken = StoreBroken("The stick is full.")

    def keep(_setting: ScannerSetting) -> None:
        raise broken

    thread = Listening(Scanner(bench.listed, bench.open, None), keep, lambda: time[0])
    thread.turn()
    bench.send(WEDGE, code(TEST_CODE))
    time[0] = LATER
    thread.turn()
    assert list(thread.taken()) == [Learnt(US), broken]
    bench.send(WEDGE, code("LOT-2026", first=LATER + 400 * MS))
    time[0] = LATER + 2_000 * MS
    thread.turn()
    assert list(thread.taken()) == [Scanned("LOT-2026")]


def test_a_scanner_that_another_program_holds_is_told_once_until_it_is_free() -> None:
    bench, time = Bench(busy={WEDGE.node}), [START]
    thread = listening(bench, US, [], time)
    for _ in range(3):
        thread.turn()
        time[0] += LISTEN_EVERY_NS
    assert list(thread.taken()) == [Trouble(NOT_GRABBED)]
    bench.busy.clear()
    thread.turn()
    assert bench.grabs() == [WEDGE.node]


def test_the_grab_ends_with_the_thread_and_a_damaged_setting_is_told() -> None:
    bench = Bench()
    damaged = StationError("The setting of the scanner cannot be read.")
    thread = Listening(Scanner(bench.listed, bench.open, US), lambda _: None, lambda: START, damaged)
    thread.turn()
    assert bench.grabs() == [WEDGE.node]
    thread.end()
    thread.run()
    assert bench.grabs() == []
    assert list(thread.taken()) == [damaged]

"""The scanner is found by its test code, grabbed alone, and let go again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from diagnostics.guided.input_event import EV_KEY, InputDevice, InputEvent
from station_agent.errors import StoreError
from station_agent.scanner.burst import Event
from station_agent.scanner.device import (
    FILE,
    GONE,
    NOT_GRABBED,
    Learnt,
    Scanned,
    Scanner,
    ScannerSetting,
    Trouble,
    keep_setting,
    kept_setting,
    opener,
)
from station_agent.scanner.keycodes import TEST_CODE, layouts
from tests.station_agent.scanner.strokes import FIRST, MS, START, keys_of, strokes_of, timed

KEYS = frozenset({1, 30, 57, 28})
WEDGE = InputDevice("event3", "DEMO Scanner", KEYS, frozenset(), frozenset(), direct=False)
BOARD = InputDevice("event0", "DEMO Keyboard", KEYS, frozenset(), frozenset(), direct=False)
MOUSE = InputDevice("event1", "DEMO Mouse", frozenset({0x110}), frozenset(), frozenset(), direct=False)
US = ScannerSetting(WEDGE.name, "us")
LATER = FIRST + 20_000 * MS


@dataclass
class Node:
    """One open device of a test."""

    grabbed: bool
    waiting: list[InputEvent]
    refused: list[str] = field(default_factory=list)
    connected: bool = True
    closed: bool = False

    def events(self) -> tuple[InputEvent, ...]:
        given, self.waiting[:] = tuple(self.waiting[:64]), self.waiting[64:]
        return given

    def close(self) -> None:
        self.closed = True


@dataclass
class Bench:
    """Input devices of a bench; what is sent to a node that nobody has open is lost, as in the kernel."""

    devices: list[InputDevice] = field(default_factory=lambda: [BOARD, MOUSE, WEDGE])
    nodes: dict[str, list[Node]] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)

    def listed(self) -> Iterable[InputDevice]:
        return self.devices

    def open(self, device: InputDevice, grab: bool) -> Node:  # noqa: FBT001
        node = Node(grab, [], [device.node] if grab and device.node in self.busy else [])
        self.nodes.setdefault(device.node, []).append(node)
        return node

    def send(self, device: InputDevice, events: Iterable[Event]) -> None:
        made = [InputEvent(at // 1000, EV_KEY, code, value) for at, code, value in events]
        for node in self.nodes.get(device.node, []):
            node.waiting += [] if node.closed else made

    def grabs(self) -> list[str]:
        return [name for name, nodes in self.nodes.items() for node in nodes if node.grabbed and not node.closed]

    def open_nodes(self) -> list[str]:
        return [name for name, nodes in self.nodes.items() for node in nodes if not node.closed]


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def scanner(bench: Bench) -> Iterator[Scanner]:
    with Scanner(bench.listed, bench.open, US) as found:
        found.listen(START)
        yield found


def code(text: str, layout: str = "us", first: int = FIRST) -> list[Event]:
    return timed(keys_of(strokes_of(text, layouts()[layout])), first=first)


def test_a_known_scanner_is_the_only_device_that_is_opened_and_grabbed(scanner: Scanner, bench: Bench) -> None:
    assert bench.open_nodes() == [WEDGE.node]
    assert bench.grabs() == [WEDGE.node]
    assert scanner.present


def test_what_is_scanned_arrives_as_text(scanner: Scanner, bench: Bench) -> None:
    bench.send(WEDGE, code("ETA-7F3K2Q9"))
    assert scanner.hear(LATER) == (Scanned("ETA-7F3K2Q9"),)
    assert scanner.hear(LATER) == ()


def test_before_the_test_code_every_keyboard_is_heard_and_none_grabbed(bench: Bench) -> None:
    with Scanner(bench.listed, bench.open, None) as scanner:
        scanner.listen(START)
        bench.send(BOARD, code("HELLO THERE"))
        assert scanner.hear(LATER) == ()
        assert bench.open_nodes() == [BOARD.node, WEDGE.node]
        assert bench.grabs() == []


@pytest.mark.parametrize("layout", ["us", "fr"])
def test_the_test_code_makes_its_sender_the_scanner_and_grabs_it_alone(bench: Bench, layout: str) -> None:
    with Scanner(bench.listed, bench.open, None) as scanner:
        scanner.listen(START)
        bench.send(WEDGE, code(TEST_CODE, layout))
        assert scanner.hear(LATER) == (Learnt(ScannerSetting(WEDGE.name, layout)),)
        assert bench.grabs() == [WEDGE.node]
        assert bench.open_nodes() == [WEDGE.node]
        bench.send(WEDGE, code("LOT-2026", layout, first=LATER + 400 * MS))
        assert scanner.hear(LATER + 2_000 * MS) == (Scanned("LOT-2026"),)


def test_the_scanner_is_not_grabbed_while_one_of_its_keys_is_down(bench: Bench) -> None:
    with Scanner(bench.listed, bench.open, None) as scanner:
        scanner.listen(START)
        events = code(TEST_CODE)
        bench.send(WEDGE, events[:-1])
        scanner.hear(events[-2][0])
        assert bench.grabs() == []
        bench.send(WEDGE, events[-1:])
        scanner.hear(events[-1][0])
        assert bench.grabs() == [WEDGE.node]


def test_a_scanner_that_is_set_anew_is_learnt_anew(scanner: Scanner, bench: Bench) -> None:
    bench.send(WEDGE, code(TEST_CODE, "fr"))
    assert scanner.hear(LATER) == (Learnt(ScannerSetting(WEDGE.name, "fr")),)


def test_events_that_the_kernel_dropped_leave_no_half_code(scanner: Scanner, bench: Bench) -> None:
    events = code("ETA-7F3K2Q9")
    bench.send(WEDGE, events[:9])
    (node,) = bench.nodes[WEDGE.node]
    node.waiting.append(InputEvent(events[9][0] // 1000, 0, 3, 0))
    bench.send(WEDGE, events[15:])
    news = scanner.hear(LATER)
    assert news
    assert all(isinstance(one, Trouble) for one in news)


def test_closing_lets_go_of_every_device(bench: Bench) -> None:
    with Scanner(bench.listed, bench.open, US) as scanner:
        scanner.listen(START)
    assert bench.open_nodes() == []


def test_a_scanner_that_was_pulled_out_is_told_and_taken_up_again(scanner: Scanner, bench: Bench) -> None:
    bench.nodes[WEDGE.node][0].connected = False
    assert scanner.hear(LATER) == (Trouble(GONE),)
    assert not scanner.present
    scanner.listen(LATER)
    assert bench.grabs() == [WEDGE.node]


def test_a_scanner_that_another_program_holds_is_told_and_not_read(bench: Bench) -> None:
    bench.busy.add(WEDGE.node)
    with Scanner(bench.listed, bench.open, US) as scanner:
        assert scanner.listen(START) == (Trouble(NOT_GRABBED),)
        assert bench.open_nodes() == []


def test_the_setting_is_kept_beside_the_state(tmp_path: Path) -> None:
    assert kept_setting(tmp_path) is None
    keep_setting(tmp_path, US)
    assert kept_setting(tmp_path) == US


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"device": 1}', "null", "\x00"])
def test_a_damaged_setting_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StoreError, match="scan the test code"):
        kept_setting(tmp_path)


def test_what_is_no_input_device_is_refused_by_the_port(tmp_path: Path) -> None:
    (tmp_path / "dev/input").mkdir(parents=True)
    (tmp_path / "dev/input/event3").write_bytes(b"")
    source = opener(tmp_path)(WEDGE, True)
    assert source.refused == [WEDGE.node]
    source.close()

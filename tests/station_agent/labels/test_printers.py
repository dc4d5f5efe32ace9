"""A printer that is gone, out of labels, open or paused says so; nothing is sent to one that cannot print."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station_agent.errors import ProcessFailed, UsageError
from station_agent.labels.printers import (
    PRINTED,
    SENT,
    Address,
    PrinterError,
    PrinterStops,
    address_of,
    print_cups,
    print_zpl,
    stops_in,
)
from station_agent.system import Finished

READY = "\x02030,0,0,0296,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
NO_PAPER = READY.replace("030,0,0", "030,1,0", 1)
PAUSED = READY.replace("030,0,0", "030,0,1", 1)
OPEN = READY.replace("000,0,0,0,0,2", "000,0,1,0,0,2", 1)
NO_RIBBON = READY.replace("000,0,0,0,0,2", "000,0,0,1,0,2", 1)
LABEL = b"^XA^FDx^FS^XZ"


class FakePrinter:
    """A printer on the loopback that answers each `~HS` by the next of its answers."""

    def __init__(self, answers: list[str]) -> None:
        self.answers = answers
        self.received = b""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = Address("127.0.0.1", self._door.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        line, _ = self._door.accept()
        with line:
            asked = 0
            while piece := line.recv(4096):
                self.received += piece
                while self.received.count(b"~HS") > asked:
                    asked += 1
                    line.sendall((self.answers.pop(0) if self.answers else "").encode("ascii"))

    def close(self) -> None:
        self._thread.join(10)
        self._door.close()


@pytest.fixture
def printer() -> Iterator[Callable[[list[str]], FakePrinter]]:
    made: list[FakePrinter] = []

    def make(answers: list[str]) -> FakePrinter:
        made.append(FakePrinter(answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.world
def test_a_ready_printer_gets_the_label_between_two_questions(printer: Callable[[list[str]], FakePrinter]) -> None:
    fake = printer([READY, READY])
    assert print_zpl(fake.address, LABEL) == PRINTED
    fake.close()
    assert fake.received == b"~HS" + LABEL + b"~HS"


@pytest.mark.world
@pytest.mark.parametrize(
    ("answer", "told"), [(NO_PAPER, "out of labels"), (OPEN, "head"), (NO_RIBBON, "ribbon"), (PAUSED, "paused")]
)
def test_a_printer_that_cannot_print_gets_nothing(
    printer: Callable[[list[str]], FakePrinter], answer: str, told: str
) -> None:
    fake = printer([answer])
    with pytest.raises(PrinterError, match=told):
        print_zpl(fake.address, LABEL)
    fake.close()
    assert fake.received == b"~HS"


@pytest.mark.world
def test_paper_that_ends_with_this_label_is_told(printer: Callable[[list[str]], FakePrinter]) -> None:
    fake = printer([READY, NO_PAPER])
    with pytest.raises(PrinterError, match="out of labels"):
        print_zpl(fake.address, LABEL)


@pytest.mark.world
def test_a_printer_that_does_not_tell_its_state_prints_and_nobody_claims_more(
    printer: Callable[[list[str]], FakePrinter],
) -> None:
    fake = printer([])
    assert print_zpl(fake.address, LABEL, answer_s=0.05) == SENT
    fake.close()
    assert fake.received.endswith(LABEL)


@pytest.mark.world
def test_a_printer_that_is_gone_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    with pytest.raises(PrinterError, match="Is it on"):
        print_zpl(Address("127.0.0.1", port), LABEL)


def test_a_printer_that_never_answers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, timeout: float) -> socket.socket:
        assert timeout == 0.5
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", nobody)
    with pytest.raises(PrinterError, match="does not answer"):
        print_zpl(Address("printer", 9100), LABEL, connect_s=0.5)


@pytest.mark.parametrize(
    ("answer", "stops"),
    [
        (READY, ()),
        (NO_PAPER, (PrinterStops.PAPER,)),
        (OPEN, (PrinterStops.HEAD,)),
        ("", None),
        ("\x02\x03\x02\x03\x02\x03", None),
        ("\x02a,b,c\x03\x02a,b,c,d\x03", None),
        ("HTTP/1.1 400 Bad Request", None),
        ("\x02030,2,0\x03\x020,0,0,0\x03", None),
    ],
)
def test_only_a_whole_answer_is_a_state(answer: str, stops: tuple[PrinterStops, ...] | None) -> None:
    assert stops_in(answer.encode("ascii")) == stops


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("zebra", Address("zebra", 9100)),
        ("10.0.0.7:6101", Address("10.0.0.7", 6101)),
        ("[fe80::1]:9100", Address("fe80::1", 9100)),
        ("[::1]", Address("::1", 9100)),
    ],
)
def test_addresses_of_printers(text: str, address: Address) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize("text", ["", "a b", "host:", "host:0", "host:99999", "http://x", "h\n", "::1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="HOST"):
        address_of(text)


def test_cups_gets_the_pdf_as_a_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    seen: list[tuple[list[str], bytes]] = []

    def run(argv: list[str], *, timeout_s: float) -> Finished:
        seen.append((argv, Path(argv[-1]).read_bytes()))
        return Finished(tuple(argv), 0, "request id is zebra-12 (1 file(s))\n", "")

    assert print_cups("zebra", b"%PDF", tmp_path, run, lambda _: "/usr/bin/lp") == "request id is zebra-12 (1 file(s))"
    assert seen == [(["/usr/bin/lp", "-d", "zebra", "-t", "label", "--", str(tmp_path / "label.pdf")], b"%PDF")]
    assert not (tmp_path / "label.pdf").exists()


def test_a_queue_that_refuses_is_told(tmp_path: Path) -> None:
    def run(argv: list[str], *, timeout_s: float) -> Finished:
        return Finished(tuple(argv), 1, "", "lp: The printer or class does not exist.")

    with pytest.raises(PrinterError, match="does not exist"):
        print_cups("zebra", b"%PDF", tmp_path, run, lambda _: "/usr/bin/lp")


def test_a_machine_without_cups_says_so(tmp_path: Path) -> None:
    def run(argv: list[str], *, timeout_s: float) -> Finished:
        raise ProcessFailed("never")

    with pytest.raises(PrinterError, match="no CUPS"):
        print_cups("zebra", b"%PDF", tmp_path, run, lambda _: None)


@pytest.mark.parametrize("name", ["", "-o", "a b", "a/b", "zébra", "x\n"])
def test_what_is_no_queue_is_refused(tmp_path: Path, name: str) -> None:
    def run(argv: list[str], *, timeout_s: float) -> Finished:
        raise ProcessFailed("never")

    with pytest.raises(UsageError, match="print queue"):
        print_cups(name, b"%PDF", tmp_path, run, lambda _: "/usr/bin/lp")

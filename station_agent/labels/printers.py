"""Bringing a label to a printer: ZPL over TCP 9100, or PDF to CUPS by `lp`. What stops the printer is said.

A ZPL printer is asked for its state (`~HS`, ZPL II programming guide) before it gets anything, and again afterwards.
One that does not answer that question still prints; then it is said that nobody knows whether paper came out.
"""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from station_agent.errors import ProcessFailed, StationError, UsageError
from station_agent.language import mark, visible
from station_agent.system import Finished

PORT: Final = 9100
CONNECT_S: Final = 5.0
ANSWER_S: Final = 2.0
LP_S: Final = 20.0
HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.%]{2,60})\]|([0-9A-Za-z._-]{1,253}))(?::(\d{1,5}))?", re.ASCII)
CUPS_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,126}", re.ASCII)
STATUS_REQUEST: Final = b"~HS"
STATUS: Final = re.compile(rb"\x02([^\x02\x03]*)\x03")
STATUS_STRINGS: Final = 3
MOST_STATUS: Final = 1024  # bytes
HIGHEST_PORT: Final = 65_535


class PrinterStops(StrEnum):
    """What a printer says that keeps it from printing."""

    PAPER = "paper"
    HEAD = "head"
    RIBBON = "ribbon"
    PAUSE = "pause"


STOPS: Final = {
    PrinterStops.PAPER: mark("The printer {host} is out of labels: put in a roll, then print again."),
    PrinterStops.HEAD: mark("The head of the printer {host} is open: close it, then print again."),
    PrinterStops.RIBBON: mark("The printer {host} is out of ribbon: put one in, then print again."),
    PrinterStops.PAUSE: mark("The printer {host} is paused: press its pause key, then print again."),
}
PRINTED: Final = mark("Sent to the printer {host}; it reports no trouble.")
SENT: Final = mark("Sent to the printer {host}, which does not tell its state: look whether the label came out.")
QUEUED: Final = mark("Given to the print queue {name}: {answer}")


class PrinterError(StationError):
    """Nothing was printed, or nobody knows; the label can be printed again from its record."""

    code = "printer"
    exit_status = 22


@dataclass(frozen=True, slots=True)
class Address:
    """Where a printer listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def address_of(text: str) -> Address:
    """Read HOST or HOST:PORT, an IPv6 address in brackets. Raises `UsageError`."""
    found = HOST.fullmatch(text)
    port = int(found[3] or PORT) if found else 0
    if found is None or not 0 < port <= HIGHEST_PORT:
        raise UsageError(mark("{text} is no printer: write HOST or HOST:PORT."), text=visible(text) or '""')
    return Address(found[1] or found[2], port)


def print_zpl(address: Address, zpl: bytes, *, connect_s: float = CONNECT_S, answer_s: float = ANSWER_S) -> str:
    """Send labels; give the sentence (`PRINTED` or `SENT`) to say. Raises `PrinterError`."""
    try:
        with socket.create_connection((address.host, address.port), timeout=connect_s) as line:
            told = _require_ready(line, address, answer_s)
            line.settimeout(connect_s)
            line.sendall(zpl)
            if told:
                _require_ready(line, address, answer_s)
    except TimeoutError as error:
        raise PrinterError(
            mark("The printer {host} does not answer: is it on and on this network? Nothing may have been printed."),
            host=address,
        ) from error
    except OSError as error:
        raise PrinterError(
            mark("The printer {host} cannot be used: {detail}. Is it on? Nothing may have been printed."),
            host=address,
            detail=error.strerror or error,
        ) from error
    return PRINTED if told else SENT


def print_cups(
    name: str, pdf: bytes, folder: Path, run: Callable[..., Finished], which: Callable[[str], str | None]
) -> str:
    """Give a PDF to a queue of CUPS; `run` starts programs, `which` finds them. Give what `lp` answered.

    Raises `UsageError` for a name that is none, `PrinterError` where there is no `lp` or it refuses.
    """
    if not CUPS_NAME.fullmatch(name):
        raise UsageError(mark("{name} is no name of a print queue."), name=visible(name) or '""')
    program = which("lp")
    if program is None:
        raise PrinterError(mark("There is no CUPS on this machine (the program lp): print with --pdf or --printer."))
    draft = folder / "label.pdf"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_bytes(pdf)
        answer = run([program, "-d", name, "-t", "label", "--", str(draft)], timeout_s=LP_S).require().out
    except ProcessFailed as error:
        raise PrinterError(
            mark("The print queue {name} did not take the label: {detail}"), name=name, detail=error
        ) from error
    except OSError as error:
        raise PrinterError(
            mark("The file {path} cannot be written: {detail}."), path=draft, detail=error.strerror or error
        ) from error
    finally:
        draft.unlink(missing_ok=True)  # lp has read it, or will not
    return visible(answer.strip())


def stops_in(answer: bytes) -> tuple[PrinterStops, ...] | None:
    """Read the answer to `~HS`: what stops the printer; None for what is no such answer."""
    strings = [found.split(b",") for found in STATUS.findall(answer)]
    try:
        first, second = strings[0], strings[1]
        flags = {
            PrinterStops.PAPER: first[1],
            PrinterStops.HEAD: second[2],
            PrinterStops.RIBBON: second[3],
            PrinterStops.PAUSE: first[2],
        }
    except IndexError:
        return None
    if not all(flag.strip() in (b"0", b"1") for flag in flags.values()):
        return None
    return tuple(stop for stop, flag in flags.items() if flag.strip() == b"1")


def _require_ready(line: socket.socket, address: Address, answer_s: float) -> bool:
    """Ask for the state; False when the printer does not tell it. Raises `PrinterError` when it is stopped."""
    line.settimeout(answer_s)
    line.sendall(STATUS_REQUEST)
    stops = stops_in(_answer(line))
    if stops:
        raise PrinterError(STOPS[stops[0]], host=address)
    return stops is not None


def _answer(line: socket.socket) -> bytes:
    """Read until three strings are there, or nothing more comes in time."""
    answer = b""
    try:
        while len(STATUS.findall(answer)) < STATUS_STRINGS and len(answer) < MOST_STATUS:
            piece = line.recv(MOST_STATUS)
            if not piece:
                break
            answer += piece
    except TimeoutError:
        pass
    return answer

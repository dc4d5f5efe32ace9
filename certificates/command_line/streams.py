"""The three standard streams of a program that may be called without them, or whose reader may leave before its end."""

import os
import sys
from typing import Final

STANDARD: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def lead_closed_streams_nowhere() -> None:
    """Give closed standard streams the null device: the next file opened would take the number, and what is said.

    To be called before any file is opened. That file could be the records of a bench, or a drive.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor < len(STANDARD):
        os.set_inheritable(descriptor, True)
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)
    for number, (name, mode) in enumerate(STANDARD):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", errors="replace", closefd=False))  # noqa: SIM115  for the whole run


def speak(text: str) -> None:
    """Print to who called; when nobody reads it any more it goes nowhere, and the program goes on to its end."""
    try:
        print(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _lead_nowhere()


def finish_speaking() -> None:
    """Send what was said; where nobody reads it any more it goes nowhere, so that the exit status stays.

    Any other failure of the stream, as a full medium, is left to end the program with a status of its own.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _lead_nowhere()


def _lead_nowhere() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

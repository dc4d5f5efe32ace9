"""`etabli-station make-stick DEVICE --image FILE`: write the image of a bench onto a USB stick."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

from certificates.command_line import Argument, Option
from erasure.drive import BlockDevice
from station_agent.bench import Bench
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.drive_words import why
from station_agent.errors import ConfirmationError, UsageError
from station_agent.language import complain, mark, visible
from station_agent.planning import NOTHING_TYPED, WRONG_TYPED, choose, confirmed, to_confirm
from station_agent.stick.failure import StickError
from station_agent.stick.writing import Image, check_image, check_room, image_of, open_alone, write
from station_agent.words import named

Device = Annotated[str, Argument(metavar="DEVICE", help=mark("The stick: /dev/sdX or sdX, never a partition."))]
File = Annotated[Path, Option("--image", metavar="FILE", help=mark("Image that `make image` wrote, with its .json."))]
Typed = Annotated[str, Option("--confirm", metavar="SERIAL", help=mark("Its full serial number."))]

OUTSIDE: Final = frozenset({"usb", "mmc"})
NOT_OUTSIDE: Final = mark(
    "{name} is no USB stick and no card: an image is written to nothing else. Nothing was written."
)
PROTECTED: Final = mark("{name} is in use or protected, and nothing was written. Why:")
CONFIRM: Final = mark("Nothing was written. Everything on this stick will be lost; confirm it, add: {wanted}")
NO_SERIAL: Final = mark("{name} tells no serial number, so it cannot be confirmed. Take another stick.")
CHANGED: Final = mark("{name} is not the same stick any more. Nothing was written; plug it in and try again.")
NO_BENCH: Final = mark("Only a real stick can be written.")
DONE: Final = mark("Written and compared, byte for byte. This stick is a bench: start a machine from it.")
STEPS: Final = {
    "check": mark("image checked: {percent} %"),
    "write": mark("written: {percent} %"),
    "compare": mark("compared: {percent} %"),
}


def make_stick(
    *,
    device: Device,
    image: File = Path("etabli.iso"),
    typed: Typed = "",
    allow_loop: options.AllowLoop = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Write the image of a bench onto a USB stick or a card, and compare it. Everything on it is lost."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    if bench_file is not None:
        raise UsageError(NO_BENCH)
    bench, source = call.bench(allow_loop=allow_loop), image_of(image)
    chosen = choose_stick(call, bench, device, source)
    require_serial(chosen, typed)
    check_image(source, Teller(call))
    put(call, bench, chosen, source)
    document = {"path": chosen.path, "serial": chosen.identity.serial, "bytes": source.size, "sha256": source.sha256}
    call.show("make-stick", document, [named(chosen, call.voice.lang), "  " + call.voice.say(DONE)])


def choose_stick(call: Call, bench: Bench, name: str, image: Image) -> BlockDevice:
    """Find the stick among the drives. Raises StickError for what is none, is protected, in use, or too small."""
    (chosen,) = choose(bench.enumerate_disks(), [name])
    call.write(named(chosen, call.voice.lang))
    loop = bench.allow_loop and chosen.name.startswith("loop")
    if chosen.identity.bus not in OUTSIDE and not loop:
        raise StickError(NOT_OUTSIDE, name=chosen.path)
    if reasons := bench.examine(chosen):
        for one in reasons:
            complain(f"  - {why(call.voice, one)}")
        raise StickError(PROTECTED, name=chosen.path)
    check_room(image, chosen.path, chosen.size_bytes)
    return chosen


def require_serial(chosen: BlockDevice, typed: str) -> None:
    """Take the serial number as the word of a person. Raises ConfirmationError, StickError."""
    serial = chosen.identity.serial
    if not serial.strip():
        raise StickError(NO_SERIAL, name=chosen.path)
    if not confirmed(serial, [typed]):
        raise ConfirmationError(
            CONFIRM, exit_status=WRONG_TYPED if typed else NOTHING_TYPED, wanted=to_confirm([serial])
        )


def put(call: Call, bench: Bench, chosen: BlockDevice, image: Image) -> None:
    """Open the stick, see once more that it is the same one and free, and write. Raises StickError."""
    descriptor = open_alone(chosen.path)
    try:
        again = [one for one in bench.enumerate_disks() if one.path == chosen.path]
        same = [(one.diskseq, one.size_bytes, one.identity.serial, os.makedev(one.major, one.minor)) for one in again]
        number = os.fstat(descriptor).st_rdev
        if same != [(chosen.diskseq, chosen.size_bytes, chosen.identity.serial, number)] or bench.examine(again[0]):
            raise StickError(CHANGED, name=visible(chosen.path))
        write(image, descriptor, chosen.path, chosen.size_bytes, Teller(call))
    finally:
        os.close(descriptor)


class Teller:
    """Says how far a step is, on standard error, at every tenth."""

    def __init__(self, call: Call) -> None:
        self._call, self._last = call, ("", -1)

    def __call__(self, step: str, done: int, of: int) -> None:
        """Take a new number of bytes."""
        now = (step, done * 10 // of)
        if now != self._last and not self._call.as_json:
            self._last = now
            print(self._call.voice.say(STEPS[step], percent=now[1] * 10), file=sys.stderr, flush=True)

"""Pictures of the stick and the appliance for the manual: `python -m station_agent.image.pictures` draws them again.

What stands on them is what the programs print for the drives and answers below; nothing is opened, asked or written.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, cast

from certificates.language import LANGUAGES
from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from station_agent.appliance.console import CLEAR
from station_agent.appliance.console import answers as hub_answers
from station_agent.appliance.page import GIB, Facts, link_page, state_page
from station_agent.appliance.places import House
from station_agent.checks.page import COLUMNS, ROWS, Line, Segment, shortened, words
from station_agent.checks.picture import svg_of, written
from station_agent.columns import fitted
from station_agent.commands.make_stick import DONE, Teller, choose_stick, require_serial
from station_agent.errors import StationError
from station_agent.image.recipe import HERE, recipe
from station_agent.language import Voice, say_aloud, voice
from station_agent.refusals import words_of
from station_agent.stick.asking import answers
from station_agent.stick.own_disk import NO_RECORDS, SEVERAL
from station_agent.stick.starting import NOT_READY, PRESS, Places
from station_agent.stick.writing import MIB, Image
from station_agent.system import Finished
from station_agent.words import named

if TYPE_CHECKING:
    from station_agent.bench import Bench
    from station_agent.commands.call import Call

PICTURES: Final = HERE / "pictures"
MENU: Final = re.compile(r'^menuentry "(.*)"', re.MULTILINE)
CALL: Final = "etabli-station make-stick {device} --image etabli.iso"
SERIAL: Final = "DEMO4C53000955"
IMAGE: Final = Image(Path("etabli.iso"), 483 * MIB, "5f" * 32)
BENCH_TYPED: Final = {"fr": ("", "", "https://hub.example.org#token=DEMO-7Q4X"), "en": ("en", "uk", "")}
HUB_TYPED: Final = {"fr": ("fr", "be", "Atelier du Pont", "claire@atelier.example", ""),
                    "en": ("en", "uk", "Bridge Workshop", "claire@atelier.example", "")}  # fmt: skip
FACTS: Final = Facts(
    name="etabli.local",
    numbers=("192.168.1.20",),
    health=200,
    hub_key="3f2a 9c41 77d0 1be5 8a64 02fc 5d39 e8b1",
    authority=":".join(f"{byte:02X}" for byte in range(16, 16 + 32 * 7, 7)),
    room=(12 * GIB, 14 * GIB),
    backup=("2026-03-02 13:00", "ETABLI_SAVE (/dev/sdb1)"),
    version="2026-03-01 abc1234",
    image="7f6f842b-eac5-576a-99a0-fee65329ceac",
    admin="claire@atelier.example",
    link="https://etabli.local/welcome/DEMO-5t9Q2mX7cV1bN4kL8pR3wZ6yH0jF-dGsA_aTuE",
)


def disk(path: str, model: str, serial: str, size: int, bus: str) -> BlockDevice:
    """Give a disk of paper."""
    identity = DriveIdentity(model, serial, "", "1.0", bus, "", "udev", IdentityGrade.A)
    return BlockDevice(path, path.rpartition("/")[2], 8, 0, 1, size, identity)


INSIDE: Final = disk("/dev/sda", "WDC WD10EZEX-08WN4A0", "WD-DEMO6Y4XK7PN", 10**12, "ata")
STICK: Final = disk("/dev/sdb", "SanDisk Ultra Fit", SERIAL, 64 * 10**9, "usb")


@dataclass(frozen=True, slots=True)
class PaperBench:
    """A bench with two disks that nothing protects."""

    allow_loop: bool = False

    def enumerate_disks(self) -> tuple[BlockDevice, ...]:
        """Give them."""
        return (INSIDE, STICK)

    def examine(self, _device: BlockDevice) -> tuple[()]:
        """Find nothing in the way."""
        return ()


@dataclass(slots=True)
class PaperCall:
    """A call of a command whose lines are kept."""

    voice: Voice
    as_json: bool = False
    lines: list[str] = field(default_factory=list)

    def write(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)


def typed(prompt: str, text: str) -> Line:
    """Give a line that a person typed behind a prompt."""
    return (Segment(prompt, "dim"), Segment(text, "strong"))


def sheet(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Fill a screen. Raises ValueError for what does not fit: a picture shows everything."""
    if len(lines) > ROWS or any(sum(len(one.text) for one in line) > COLUMNS for line in lines):
        raise ValueError(f"no screen of {COLUMNS} x {ROWS}: {lines}")
    return (*lines, *((),) * (ROWS - len(lines)))


def printed(text: str) -> list[Line]:
    """Break what a program printed as the screen does."""
    return [words(shortened(piece, COLUMNS)) for piece in fitted(text, COLUMNS).splitlines()]


def menu(_speech: Voice) -> tuple[Line, ...]:
    """Draw the menu of the stick, which is in both languages, with the first entry chosen."""
    found = MENU.findall((HERE / "files/grub.cfg").read_text("utf-8"))
    names = [name.replace("@FR@", recipe().names[0]).replace("@EN@", recipe().names[1]) for name in found]
    rows = [words(f"  {name:76}", "" if number else "chosen") for number, name in enumerate(names)]
    return sheet([words("  GNU GRUB", "dim"), (), *rows])


def making(speech: Voice) -> tuple[Line, ...]:
    """Draw `make-stick`: a disk inside is refused, a stick is asked for its serial number, then written."""
    lines = [*_refused(speech, INSIDE, ""), (), *_refused(speech, STICK, ""), ()]
    lines += [typed("# ", f"{CALL.format(device=STICK.path)} --confirm {SERIAL}")]
    with redirect_stderr(io.StringIO()) as said:
        tell = Teller(cast("Call", PaperCall(speech)))
        for step in ("check", "write", "compare"):
            tell(step, IMAGE.size, IMAGE.size)
    lines += [words(named(STICK, speech.lang)), *printed(said.getvalue()), *printed("  " + speech.say(DONE))]
    return sheet(lines)


def _refused(speech: Voice, chosen: BlockDevice, serial: str) -> list[Line]:
    call = PaperCall(speech)
    try:
        choose_stick(cast("Call", call), cast("Bench", PaperBench()), chosen.path, IMAGE)
        require_serial(chosen, serial)
    except StationError as error:
        call.write(f"{words_of(error, speech)} [{error.code}]")
    return [typed("# ", CALL.format(device=chosen.path)), *(one for line in call.lines for one in printed(line))]


def asking(given: Sequence[str], ask: Callable[[Callable[[str], str]], object]) -> tuple[Line, ...]:
    """Draw questions with what was typed behind them."""
    lines, left = list[Line](), iter(given)

    def typing(question: str) -> str:
        text = next(left)
        lines.extend((*printed(said.getvalue().replace(CLEAR, "")), words(question), typed("", text)))
        said.seek(said.truncate(0))
        return text

    with redirect_stdout(io.StringIO()) as said:
        ask(typing)
    return sheet(lines)


def questions(speech: Voice) -> tuple[Line, ...]:
    """Draw the three questions of a new stick."""
    return asking(BENCH_TYPED[speech.lang], lambda ask: answers(speech, ask, say_aloud))


def hub_questions(speech: Voice) -> tuple[Line, ...]:
    """Draw the questions of a new hub, asked in a folder of paper."""
    with TemporaryDirectory() as folder:
        for name in ("records", "runtime"):
            (Path(folder) / name).mkdir()

        def ask(typing: Callable[[str], str]) -> object:
            here = Path(folder)
            places = Places(here / "records", here / "runtime", here / "radio", run=_done, ask=typing)
            places.keep(language=speech.lang)
            return hub_answers(House(places))

        return asking(HUB_TYPED[speech.lang], ask)


def _done(argv: Sequence[str], **_more: object) -> Finished:
    return Finished(tuple(argv), 0, "", "")


def trouble(speech: Voice, sentence: str, **facts: object) -> tuple[Line, ...]:
    """Draw why nothing can be recorded."""
    said = (speech.say(NOT_READY), speech.say(sentence, **facts), "", speech.say(PRESS))
    return sheet([line for one in said for line in (printed(one) or [()])])


SCENES: Final[dict[str, Callable[[Voice], tuple[Line, ...]]]] = {
    "make-stick": making,
    "menu": menu,
    "questions": questions,
    "two-sticks": lambda speech: trouble(speech, SEVERAL, disks="/dev/sdb, /dev/sdc"),
    "no-stick": lambda speech: trouble(speech, NO_RECORDS),
    "hub-questions": hub_questions,
    "hub-link": lambda speech: sheet([words(line) for line in link_page(FACTS, speech)]),
    "hub-state": lambda speech: sheet([words(line) for line in state_page(FACTS, speech)]),
}


def pictures() -> Iterator[tuple[str, str]]:
    """Give the path and the text of every picture."""
    for lang in LANGUAGES:
        for name, draw in SCENES.items():
            yield f"{lang}/{name}.svg", svg_of(draw(voice(lang, {})), name)


def write(folder: Path) -> int:
    """Write every picture and give how many."""
    return written(pictures(), folder)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))

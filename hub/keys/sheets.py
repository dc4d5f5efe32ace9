"""Sheets of the ceremonies: a root key on paper, and the steps that people follow. The same gives the same bytes."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from certificates.language import mark
from hub.keys.paper import code_of, lines_of
from hub.slips import Slip, Table
from hub.slips_drawn import draw
from hub.wording import page_words

STEPS_FILE: Final = Path(__file__).with_name("instructions.toml")
Where = Literal["hub", "offline", "person", "witness"]
PLACES: Final = {
    "hub": mark("On the hub"),
    "offline": mark("On a computer without network"),
    "person": mark("By hand"),
    "witness": mark("At each witness"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where, what to do in both languages, and the command, "" where hands do it.

    Words in braces stand for what differs each time; whoever follows the sheet puts theirs in.
    """

    where: Where
    fr: str
    en: str
    run: str = ""


@lru_cache(maxsize=1)
def ceremonies() -> dict[str, tuple[Step, ...]]:
    """The steps of each ceremony, by name, in their order."""
    document = tomllib.loads(STEPS_FILE.read_text(encoding="utf-8"))
    return {name: tuple(Step(**step) for step in steps) for name, steps in document.items()}


def paper_sheet(seed: bytes, name: str, hub: str, kid: str, lang: str, *, rehearsal: bool) -> bytes:
    """Draw the sheet of a root key, A4."""
    say = page_words(lang).gettext
    lines = [tuple(line.split("  ")) for line in lines_of(seed, rehearsal=rehearsal)]
    title = mark("Root key: keep under lock") if not rehearsal else mark("REHEARSAL: this key signs nothing")
    return draw(
        Slip(
            issuer=hub,
            contact="",
            title=say(title),
            facts=((say(mark("Kept by")), name), (say(mark("Key id")), kid)),
            address=code_of(seed, rehearsal=rehearsal).replace("\n", " "),
            table=Table(
                say(mark("The key")),
                (0.1, 0.6, 0.3),
                (say(mark("Line")), say(mark("Digits")), say(mark("Check"))),
                [(one, two, three) for one, two, three in lines],
            ),
            notes=(
                say(mark("Whoever has this sheet has the key. It is stored nowhere else: no copy, no photo, no scan.")),
                say(mark("It is typed line by line where a root file is signed: `etabli-hub key root sign`.")),
            ),
        ),
        lang,
    )


def steps_sheet(title: str, steps: Sequence[Step], lang: str) -> bytes:
    """Draw the steps of a ceremony, A4."""
    say = page_words(lang).gettext
    rows = [
        (
            str(number),
            say(PLACES[step.where]),
            "\n".join(filter(None, (step.fr if lang == "fr" else step.en, step.run))),
        )
        for number, step in enumerate(steps, 1)
    ]
    heads = (say(mark("Step")), say(mark("Where")), say(mark("What")))
    return draw(Slip("Établi", "", title, (), table=Table("", (0.08, 0.22, 0.7), heads, rows)), lang)

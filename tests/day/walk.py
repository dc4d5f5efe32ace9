"""One day walked by keys: each step is taken at the terminal, waits for its words, and is kept as a picture."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from station_agent.console.signs import SIGNS
from station_agent.control.view import TileState
from tests.day.picture import index, svg_of_screen
from tests.day.stage import PROMPT, Stage
from tests.day.terminal import Terminal


@dataclass
class Walk:
    """The day so far. `tell` is called with every picture's number, name and caption."""

    stage: Stage
    pictures: Path
    tell: Callable[[str], None]
    shown: list[tuple[str, str]] = field(default_factory=list)

    @property
    def terminal(self) -> Terminal:
        """The terminal in front of which somebody stands."""
        return self.stage.terminal

    def say(self, sentence: str, **facts: object) -> str:
        """Say a sentence as the bench says it."""
        return self.stage.say(sentence, **facts)

    def keep(self, name: str, told: str) -> None:
        """Keep the screen as a picture."""
        self.terminal.uncovered()
        file = f"{len(self.shown) + 1:02}-{name}.svg"
        screen = self.terminal
        drawn = svg_of_screen(screen.colours(), name, screen.columns, screen.rows)
        (self.pictures / file).write_text(drawn, encoding="utf-8")
        self.shown.append((file, told))
        self.tell(f"  {file}  {told}")

    def end(self, title: str) -> Path:
        """Write the page of all pictures."""
        return index(self.pictures, title, self.shown)

    def command(self, line: str, *texts: str) -> None:
        """Type a command on a clean screen, and wait for its words and the next prompt."""
        self.terminal.clear(PROMPT)
        self.terminal.type(line, f"{PROMPT} {line}")
        self.terminal.press("Enter", *texts)

    def slot(self, name: str, state: TileState, *, chosen: bool | None = False) -> str:
        """Give the strip of a slot in this state; `chosen` None where it cannot be chosen."""
        box = "" if chosen is None else "☑" if chosen else "☐"
        sign = SIGNS[state]
        return f"{name}{box}{sign.sign}{self.say(sign.word)}"

    def go_to(self, slot: str, here: str) -> None:
        """Move the cursor from one slot to another of the same row."""
        step = 1 if slot > here else -1
        for place in range(int(here[1:]), int(slot[1:]), step):
            self.terminal.press("Right" if step > 0 else "Left", f"▶A{place + step}")

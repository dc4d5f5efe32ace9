"""A terminal of a bench without anybody in front of it: tmux, fed with keys, read as a person would read it.

Every step waits for words that must come on the screen; when they do not, `Amiss` shows the screen as it was.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from station_agent.checks.page import safe

PATIENCE_S = 180.0  # never waited for in full where all is well
LOOK_S = 0.05
COVERED_S = 8.0  # a key without effect for so long was swallowed by the big word of a drive that is over
CONF = """
set -g status off
set -g default-terminal "tmux-256color"
set -as terminal-features ",*:RGB"
set -g remain-on-exit on
set -sg escape-time 0
set -g history-limit 0
"""


class Amiss(AssertionError):
    """Something of the day is not as it must be."""


def plain(text: str) -> str:
    """Write words as they are compared: console glyphs without blanks, for a long line is broken anywhere."""
    return safe("".join(text.split()))


@dataclass
class Terminal:
    """One window of so many columns and rows, in which `shell` runs; `folder` is short: it holds a socket."""

    folder: Path
    shell: tuple[str, ...]
    env: dict[str, str]
    columns: int = 80
    rows: int = 25
    covers: tuple[str, ...] = ()  # words that cover the screen for a moment when a drive is over

    def open(self) -> None:
        """Start it."""
        (self.folder / "conf").write_text(CONF)
        size = ("-x", str(self.columns), "-y", str(self.rows))
        self.tmux("-f", str(self.folder / "conf"), "new-session", "-d", *size, "-s", "day", *self.shell)

    def close(self) -> None:
        """End it with all that runs in it."""
        self.tmux("kill-server", check=False)

    def tmux(self, *words: str, check: bool = True) -> str:
        """Call tmux on a server of our own."""
        argv = ("tmux", "-u", "-S", str(self.folder / "tmux"), *words)
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, check=False, timeout=30)
        if check and done.returncode:
            raise Amiss(f"{argv}: {done.stderr}")
        return done.stdout

    def words(self) -> str:
        """Give the screen as text, row by row."""
        return self.tmux("capture-pane", "-p", "-t", "day")

    def colours(self) -> str:
        """Give the screen with its colours, as a terminal is told."""
        return self.tmux("capture-pane", "-p", "-e", "-N", "-t", "day")

    def covered(self) -> bool:
        """Say whether the big word of a drive that is over covers the screen."""
        shown = plain(self.words())
        return any(plain(word) in shown for word in self.covers)

    def until(self, *texts: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until all these words are on the screen. Raises `Amiss` with the screen."""
        deadline = time.monotonic() + patience_s
        while True:
            shown = self.words()
            missing = [text for text in texts if plain(text) not in plain(shown)]
            if not missing:
                return
            if time.monotonic() > deadline:
                raise Amiss(f"not on the screen within {patience_s:.0f} s: {missing}\n{shown}")
            time.sleep(LOOK_S)

    def press(self, key: str, *texts: str) -> None:
        """Press one key and wait for what it must bring; once more where a drive's big word swallowed it."""
        wanted = [plain(text) for text in texts]
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.uncovered()
            self.tmux("send-keys", "-t", "day", key)
            until = time.monotonic() + COVERED_S
            covered = False
            while time.monotonic() < until or covered:
                shown = plain(self.words())
                if all(text in shown for text in wanted):
                    return
                was, covered = covered, any(plain(word) in shown for word in self.covers)
                if was and not covered:
                    break
                time.sleep(LOOK_S)
        raise Amiss(f"{key!r} did not bring {wanted}\n{self.words()}")

    def uncovered(self) -> None:
        """Wait until no big word covers the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while self.covered():
            if time.monotonic() > deadline:
                raise Amiss(f"the screen stays covered\n{self.words()}")
            time.sleep(LOOK_S)

    def type(self, text: str, shown: str = "") -> None:
        """Type text, letter by letter, until it stands on the screen."""
        self.tmux("send-keys", "-t", "day", "-l", "--", text)
        self.until(shown or text)

    def changed(self, before: str, now: Callable[[], str]) -> None:
        """Wait until something of the screen is no longer what it was."""
        deadline = time.monotonic() + PATIENCE_S
        while now() in (before, ""):
            if time.monotonic() > deadline:
                raise Amiss(f"stays {before!r}\n{self.words()}")
            time.sleep(LOOK_S)

    def clear(self, prompt: str) -> None:
        """Have the shell wipe the screen, and wait until nothing but its prompt is on it."""
        self.tmux("send-keys", "-t", "day", "-l", "--", "clear", ";", "send-keys", "-t", "day", "Enter")
        deadline = time.monotonic() + PATIENCE_S
        while plain(self.words()) != plain(prompt):
            if time.monotonic() > deadline:
                raise Amiss(f"the shell does not come back\n{self.words()}")
            time.sleep(LOOK_S)

    def scan(self, code: str) -> None:
        """Scan a code: all its keys at once, and Enter."""
        self.tmux("send-keys", "-t", "day", "-l", "--", code, ";", "send-keys", "-t", "day", "Enter")

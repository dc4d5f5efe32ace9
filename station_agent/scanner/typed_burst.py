"""A scanner that types into the terminal: told from a person by its speed, where no key codes arrive.

What arrives faster than any person types and ends with Enter is a code, whole. As fast and without Enter it is torn:
on a screen whose letters are orders nothing of it is delivered, nor what follows before a silence; on a line to type
into it is text like any other. A second Enter right behind a code is the scanner's too, and goes. Letters wait here
until it is known what they are, at most `GAP_S`.

Pure: keys come with their times in seconds of one clock.
"""

from dataclasses import dataclass, field
from typing import Final

GAP_S: Final = 0.08  # from one key to the next of the same code; a busy terminal adds to the 30 ms of the scanner
QUIET_S: Final = 0.25  # after something torn
LEAST: Final = 4  # letters; fewer are a person's two fingers, or a script
ENTER, SPACE = "enter", "space"


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys of a person, in their order."""

    keys: tuple[str, ...] = field(repr=False)  # a PIN may be in them


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole code."""

    text: str = field(repr=False)  # a PSID or a badge may be in it


@dataclass(frozen=True, slots=True)
class Broken:
    """Something as fast as a scanner that did not end with Enter."""


Heard = Typed | Whole | Broken


class TypedBurst:
    """What one terminal sends. `typing` says whether the screen that is open takes letters as text."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._last = float("-inf")
        self._deaf = False  # the tail of something torn may follow
        self._ended = False  # the last key was the Enter of a whole code

    @property
    def waiting(self) -> bool:
        """True while letters wait for what follows."""
        return bool(self._held)

    def press(self, key: str, at: float, *, typing: bool) -> tuple[Heard, ...]:
        """Take a key that was pressed at `at` seconds; give what is known by now."""
        gap, self._last = at - self._last, at
        ended, self._ended = self._ended, False
        if ended and key == ENTER and 0 <= gap < GAP_S:
            self._ended = True
            return ()
        heard = self._end(typing=typing) if not 0 <= gap < GAP_S else ()
        if self._deaf and 0 <= gap < QUIET_S:
            return heard
        self._deaf = False
        if len(key) == 1 or key == SPACE:
            self._held.append(key)
            return heard
        if key == ENTER and self._is_fast():
            text = "".join(" " if letter == SPACE else letter for letter in self._held)
            self._held.clear()
            self._ended = True
            return (*heard, Whole(text))
        heard = (*heard, *self._end(typing=typing))
        return heard if self._deaf else (*heard, Typed((key,)))

    def look(self, at: float, *, typing: bool) -> tuple[Heard, ...]:
        """Give what the silence up to `at` seconds ended."""
        return self._end(typing=typing) if at - self._last >= GAP_S else ()

    def _is_fast(self) -> bool:
        """Say whether the held letters are no person's; one key that is held down is one."""
        return len(self._held) >= LEAST and len(set(self._held)) > 1

    def _end(self, *, typing: bool) -> tuple[Heard, ...]:
        held, fast = tuple(self._held), self._is_fast()
        self._held.clear()
        if not held:
            return ()
        self._deaf = fast and not typing
        return (Broken(),) if self._deaf else (Typed(held),)

"""Help on one screen, whole: every key on the left, every sign on the right."""

from typing import Final

from station_agent.console.frame import Line, Segment, Size, facing, fit, told
from station_agent.console.screen import Screen
from station_agent.console.signs import SIGNS
from station_agent.control.view import TileState
from station_agent.language import Voice, mark

KEYS: Final = (
    ("↑↓←→", mark("go from slot to slot")),
    ("Space", mark("choose; * all ready")),
    ("S", mark("START: plan, confirm")),
    ("p m d", mark("plan; method; details")),
    ("l z a", mark("lot; z takes it back; tag")),
    ("u  k", mark("unfreeze; PSID")),
    ("x  X", mark("stop or hold; stop all")),
    ("R", mark("go on: interrupted runs")),
    ("i", mark("sign in or out")),
    ("o", mark("reports and notices")),
    ("c", mark("checks of the machine")),
    ("f b n", mark("big tiles; dark; sound")),
    ("scan", mark("a drive, lot, badge, PSID")),
    ("L F2", mark("français / English")),
    ("h F1 ?", mark("this help, everywhere")),
    ("Esc", mark("back; nothing is done")),
    ("q", mark("leave; what runs goes on")),
)
MEANINGS: Final = {
    TileState.READING: mark("it came, it is being read"),
    TileState.READY: mark("it can be chosen"),
    TileState.PROTECTED: mark("not erased: d says why"),
    TileState.FROZEN: mark("key u thaws it"),
    TileState.LOCKED: mark("a password or Opal: k"),
    TileState.COUNTDOWN: mark("starts by itself; x holds"),
    TileState.RUNNING: mark("NOT erased before its end"),
    TileState.INTERRUPTED: mark("choose it, S goes on"),
    TileState.POWER_CYCLE: mark("cut its power, then S"),
    TileState.UNSTATED: mark("over, record not kept yet"),
    TileState.ERASED: mark("proved and kept: pull it"),
    TileState.EXCEPTIONS: mark("a lead accepts by name"),
    TileState.FAILED: mark("NOT erased: put aside"),
    TileState.UNCONFIRMED: mark("nobody knows: the lead"),
    TileState.REFUSED: mark("nothing was sent to it"),
}
PHASES: Final = mark("Phases: Prepare, Erase, Verify, Report; the present one in [ ].")


def help_lines(voice: Voice) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Give keys and signs with their meaning."""
    keys = [(voice.say("Space") if key == "Space" else voice.say("Esc") if key == "Esc" else key, voice.say(words))
            for key, words in KEYS]  # fmt: skip
    signs = [
        (f"{SIGNS[state].sign} {voice.say(SIGNS[state].word)}", voice.say(words)) for state, words in MEANINGS.items()
    ]
    return keys, signs


class Help(Screen):
    """All keys and signs."""

    title = mark("Help")

    def body(self, size: Size) -> tuple[Line, ...]:
        """Draw both columns; nothing is cut off."""
        keys, signs = help_lines(self.console.voice)
        width = max(len(key) for key, _ in keys)
        left: list[Line] = [(Segment(f" {fit(key, width)} ", "key"), Segment(f" {text}")) for key, text in keys]
        right: list[Line] = []
        for (sign, text), state in zip(signs, MEANINGS, strict=True):
            right.append((Segment(f" {fit(sign, 16)} ", SIGNS[state].style), Segment(f" {text}")))
        foot = told(self.say(PHASES), size.columns, "dim") if size.body > len(left) + 1 else []
        return (*facing(left, right, size.columns, size.columns * 9 // 20), *([()] if foot else []), *foot)

    def press(self, key: str) -> None:
        """Any of the usual keys goes back."""
        if key in ("enter", "space"):
            self.console.leave(self)
        else:
            super().press(key)

"""The screen of a photo: the camera of the machine, or a JPEG file out of a folder. Nothing is decided here."""

from pathlib import Path
from typing import Final

from station_agent.checks.desk import Desk
from station_agent.checks.page import Action, Line, Segment, words
from station_agent.language import Voice, visible

LONGEST_PATH: Final = 70
Drawn = tuple[tuple[Line, ...], tuple[Action, ...]]


def photo_page(desk: Desk, voice: Voice) -> Drawn:
    """Draw the choice; a photo is never asked for."""
    lines: list[Line] = [
        words(voice.say("A photo for this check. It is optional: nothing waits for it."), "strong"),
        words(voice.say("No person, no name on a sticker. Place and camera data are taken out.")),
        (),
    ]
    if desk.shot is not None:
        lines.append(words(voice.say("The camera takes a picture ..."), "warn"))
    for number, path in enumerate(desk.offered, 1):
        lines.append((Segment(f" {number} ", "key"), Segment("  "), Segment(_named(path))))
    if not desk.offered:
        lines.append(words(voice.say("No JPEG file is there yet. Copy one into this folder, then press r:"), "dim"))
    folders = desk.album.folders if desk.album is not None else ()
    lines += [(), words(voice.say("Folders looked at:"), "head")]
    lines += [words(f"  {visible(str(folder))[-LONGEST_PATH:]}", "dim") for folder in folders[:3]]
    actions = [Action("c", voice.say("camera"))]
    if desk.offered:
        actions.append(Action(f"1-{len(desk.offered)}", voice.say("take this file")))
    actions.append(Action("r", voice.say("look again")))
    if desk.photo is not None:
        actions.append(Action("x", voice.say("without photo")))
    return tuple(lines), (*actions, Action("escape", voice.say("back")))


def _named(path: Path) -> str:
    return f"{visible(path.name)[:48]:<48} {path.parent.name[:20]}"

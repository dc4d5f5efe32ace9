"""A grade in words: its letter, what it rests on, and why it is not a better one.

The codes are those of `diagnostics.grading`; a code that is not known here is shown as it is: the statement may come
from a newer bench.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.models import Diagnostic
from hub.pages.language import mark, words

REASONS = {
    "grade.missing-check": mark("No result yet: %(check)s"),
    "grade.locked": mark("The machine is locked"),
    "grade.function": mark("Function %(value)s is below %(wanted)s, wanted for %(letter)s"),
    "grade.looks": mark("Looks %(value)s are below %(wanted)s, wanted for %(letter)s"),
    "grade.battery": mark("Battery at %(value)s is below %(wanted)s, wanted for %(letter)s"),
    "grade.parts": mark("Missing parts: %(value)s"),
    "grade.met": mark("Everything wanted for %(letter)s is met"),
}
CHECKS = {
    "locks": mark("locks and former accounts"),
    "parts": mark("missing parts"),
    "casing": mark("casing and looks"),
    "display": mark("screen"),
    "keyboard": mark("keyboard"),
    "touchpad": mark("touchpad"),
    "touch-screen": mark("touch screen"),
    "audio": mark("sound"),
    "microphone": mark("microphone"),
    "camera": mark("camera"),
    "wifi": mark("Wi-Fi"),
    "bluetooth": mark("Bluetooth"),
    "ethernet": mark("wired network"),
    "usb-ports": mark("USB ports"),
    "video-out": mark("video output"),
    "hinge-lid": mark("hinges and lid"),
    "suspend": mark("suspend and resume"),
    "charger": mark("charger"),
    "battery": mark("battery"),
    "memory": mark("memory"),
    "cpu-load": mark("processor under load"),
    "card-reader": mark("card reader"),
    "fingerprint": mark("fingerprint reader"),
    "optical-drive": mark("optical drive"),
    "buttons": mark("buttons and lights"),
    "software": mark("system and software"),
}
UNGRADED = ("", "none")  # a signed report says "none" where the policy gave no letter
NOT_GRADED = mark("not graded")


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """A grade, the policy that gave it, and why; `letter` is a word where there is no letter."""

    letter: str
    policy: str
    version: int
    function: str
    looks: str
    battery: str
    reasons: tuple[str, ...]


def letter_word(letter: str, lang: str) -> str:
    """The letter, or "not graded"."""
    return words(lang).gettext(NOT_GRADED) if letter in UNGRADED else letter


def grade_facts(diagnostic: Diagnostic | None, lang: str) -> GradeFacts | None:
    """The grade of a diagnosis, explained; None without a diagnosis."""
    if diagnostic is None:
        return None
    grade: Mapping[str, Any] = diagnostic.payload["report"]["grade"]
    permille = grade.get("battery_permille")
    return GradeFacts(
        letter=letter_word(diagnostic.letter, lang),
        policy=diagnostic.policy,
        version=diagnostic.policy_version,
        function=str(grade.get("function", "")),
        looks=str(grade.get("looks", "")),
        battery=_percent(permille, lang) if isinstance(permille, int) else "",
        reasons=tuple(_reason(one, lang) for one in _records(grade.get("reasons"))),
    )


def _reason(reason: Mapping[str, Any], lang: str) -> str:
    say, code = words(lang).gettext, str(reason.get("code", ""))
    values = {str(name): str(value) for name, value in dict(reason.get("values") or {}).items()}
    name = CHECKS.get(values.get("check", ""))
    if name is not None:
        values["check"] = say(name)
    try:
        return say(REASONS[code]) % values
    except KeyError:  # an unknown code, or one that lost a value: show what came
        return " ".join((code, *values.values()))


def _percent(permille: int, lang: str) -> str:
    whole, tenth = divmod(permille, 10)
    return f"{whole},{tenth}\N{NO-BREAK SPACE}%" if lang == "fr" else f"{whole}.{tenth}%"


def _records(found: object) -> Iterable[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []

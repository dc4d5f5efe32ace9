"""Words of prescriptions, channels, intake over the counter, checks by hand and systems."""

from hub.distribution.standing import State
from hub.pages.language import mark, words

STATES = {
    State.OPEN: ("wait", "clock", mark("open")),
    State.RESERVED: ("wait", "lock", mark("a device is reserved")),
    State.SERVED: ("ok", "check", mark("served")),
    State.EXPIRED: ("none", "dash", mark("expired")),
    State.CANCELLED: ("none", "cross", mark("cancelled")),
}
ANY = mark("any device")
CANCELLED_BECAUSE = {
    "not-needed": mark("no longer needed"),
    "mistake": mark("issued by mistake"),
    "twice": mark("issued twice"),
    "moved": mark("served elsewhere"),
    "other": mark("another reason"),
}
CHANNELS = {
    "collection": mark("collected at the donor's"),
    "drop-off": mark("dropped off"),
    "event": mark("event day"),
    "one-for-one": mark("one for one, at a purchase"),
    "bin": mark("collection bin"),
    "recyclery": mark("recyclery or waste centre"),
    "post": mark("by post"),
    "other": mark("in another way"),
}
CONDITIONS = {
    "works": mark("it works"),
    "starts": mark("it starts, with faults"),
    "broken": mark("it does not start"),
    "unknown": mark("not tried"),
}
DRIVES = {"yes": mark("a drive is in it"), "no": mark("no drive, as told"), "unknown": mark("not known")}
RESULTS = {"pass": mark("works"), "fail": mark("does not work"), "na": mark("does not have it")}
LICENCES = {
    "free": mark("free software"),
    "with-device": mark("licence that came with the device"),
    "refurbisher": mark("licence for refurbishers"),
    "volume": mark("volume licence"),
    "none": mark("no system installed"),
}
TESTS = {
    "passed": mark("final test passed"),
    "failed": mark("final test failed"),
    "not-done": mark("final test not done yet"),
}


def say(text: str, lang: str) -> str:
    """One of the words above in the language."""
    return words(lang).gettext(text) if text else ""


def choices(table: dict[str, str], lang: str) -> tuple[tuple[str, str], ...]:
    """Codes and words of a list to choose from."""
    return tuple((code, say(word, lang)) for code, word in table.items())

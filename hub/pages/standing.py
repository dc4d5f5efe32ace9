"""Where drives, devices and lots stand, counted for pages. Reads the services' views; decides nothing.

What explains a drive, and what blocks the closing of its lot, is judged by `hub.lots` (INV-5, INV-8).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from hub.devices.service import DeviceView, DriveView
from hub.lots.seen import RunSeen
from hub.models import DecisionWord, Erasure
from hub.pages import formats
from hub.pages.language import mark, words
from hub.wording import OUTCOMES, State, state

CERTIFIABLE = frozenset({"ERASED", "ERASED_WITH_EXCEPTIONS"})
SAID_OR_OPEN = frozenset({"certified", "exceptions", "open"})
SETTLED = frozenset({"destroyed", "absent", "returned", "lost", "imported"})  # by a person's record
WORST_FIRST = ("doubted", "open", "awaiting", "received", "announced", "exceptions", "certified", "nothing")
WIDTH = 1000  # of a bar, in its own units

SEGMENTS = (
    ("certified", "ok", mark("with a certificate")),
    ("awaiting", "wait", mark("awaiting decision")),
    ("open", "bad", mark("failed, rejected or in doubt")),
    ("settled", "none", mark("explained by a record")),
    ("untouched", "none", mark("nothing reported yet")),
)
BAR_WORDS = mark("%(certified)s of %(drives)s with a certificate")
NO_DRIVES = mark("no drive recorded")


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a bar: tone, word, number of drives, and its place in thousandths."""

    tone: str
    word: str
    number: int
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of drives and the sentence that says the same."""

    words: str
    segments: tuple[Segment, ...]


def outcome(view: DriveView, *, received: bool) -> str:
    """Where one drive stands: a key of `hub.wording.OUTCOMES`."""
    return outcome_of(view.erasure, received=received)


def outcome_of(erasure: Erasure | RunSeen | None, *, received: bool) -> str:
    """Where a drive stands by its newest run: a key of `hub.wording.OUTCOMES`."""
    if erasure is None:
        return "received" if received else "announced"
    if erasure.decision == DecisionWord.APPROVED and erasure.certificate_id is not None:
        return "certified" if erasure.verdict == "ERASED" else "exceptions"
    waits = erasure.decision == DecisionWord.AWAITING and erasure.verdict in CERTIFIABLE
    return "awaiting" if waits else "open"


def doubted_if(word: str, *, against: bool) -> str:
    """The outcome of a drive against whose certificate something speaks since; others keep theirs."""
    return "doubted" if against and word in SAID_OR_OPEN else word


def outcome_of_device(view: DeviceView, doubted: Collection[str] = ()) -> str:
    """Where a device stands: the worst of its drives. `doubted`: certificates against which something speaks since."""
    received = view.device.received is not None
    found = {
        "doubted" if one.certificate is not None and one.certificate.id in doubted else outcome(one, received=received)
        for one in view.drives
    } or {"nothing"}
    return next(word for word in WORST_FIRST if word in found)


def outcome_state(word: str, lang: str) -> State:
    """How an outcome is shown."""
    return state(OUTCOMES[word], lang)


def stretches(outcomes: Iterable[str]) -> dict[str, int]:
    """Count outcomes into the four stretches of a bar."""
    counted = Counter(outcomes)
    return {
        "certified": counted["certified"] + counted["exceptions"],
        "awaiting": counted["awaiting"],
        "open": counted["open"] + counted["doubted"],
        "settled": sum(counted[word] for word in SETTLED),
        "untouched": counted["received"] + counted["announced"],
    }


def bar(numbers: Mapping[str, int], lang: str) -> Bar:
    """Draw the four stretches as one bar of `WIDTH` units; the words carry the same figures."""
    say = words(lang).gettext
    total = sum(numbers.values())
    segments, done = [], 0
    for name, tone, word in (segment for segment in SEGMENTS if segment[0] in numbers):
        start, end = (WIDTH * edge // total if total else 0 for edge in (done, done + numbers[name]))
        segments.append(Segment(tone, say(word), numbers[name], start, end - start))
        done += numbers[name]
    values = {
        "certified": formats.count_text(numbers["certified"], lang),
        "drives": formats.count_text(total, lang),
    }
    return Bar(say(BAR_WORDS) % values if total else say(NO_DRIVES), tuple(segments))

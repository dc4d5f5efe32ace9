"""What the hub learned after a certificate went out, in words: for whoever checks it, its donor and the workshop."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub import wording
from hub.issued.contradictions import Contradiction, contradictions, unanswered
from hub.pages import formats
from hub.pages.language import mark, words
from hub.pages.visit import Visit

FINDINGS: Final = {
    "FAILED": mark("%(moment)s: a later erase of this drive failed."),
    "UNCONFIRMED": mark("%(moment)s: a later erase of this drive could not be confirmed."),
    "data": mark("%(moment)s: somebody read this drive again and found data on it."),
    "compromised": mark(
        "%(moment)s: somebody else may have had the key that signed this erasure. The certificate is DISPUTED."
    ),
    "unreadable": mark("%(moment)s: somebody was to read this drive again, and it could not be read."),
}
LEFT: Final = mark(
    "By the record it had left the workshop on %(moment)s: what was on it may be of a later use. "
    "The workshop has not said."
)
AGAIN: Final = mark("Settled: it was erased again, whole and approved, on %(moment)s.")
DESTROYED: Final = mark("Settled: it was destroyed since, with a record, on %(moment)s.")
DOUBTED: Final = ("bad", "alert", mark("in doubt: something was found since"))
SETTLED: Final = ("none", "info", mark("found since, and settled"))


@dataclass(frozen=True, slots=True)
class Later:
    """What speaks against a certificate since: a badge and a sentence each; no badge where nothing does."""

    badge: wording.State | None
    sentences: tuple[str, ...]
    doubted: bool

    @property
    def tone(self) -> str:
        """The tone that the whole result takes, "" for its own."""
        return "bad" if self.doubted else ""


NOTHING: Final = Later(None, (), doubted=False)


def told(visit: Visit, statement_id: str) -> Later:
    """What speaks against one certified run since; nothing for a run that this hub does not know."""
    return told_of(visit, [statement_id]).get(statement_id, NOTHING)


def told_of(visit: Visit, runs: Collection[str]) -> Mapping[str, Later]:
    """The same of several runs, by run; those against which nothing speaks are left out."""
    found = contradictions(visit.session, runs)
    return {run: _later(every, visit.lang) for run, every in found.items()}


def sentence(one: Contradiction, lang: str) -> str:
    """One finding in words."""
    say = words(lang).gettext
    parts = [say(FINDINGS[one.what]) % {"moment": formats.moment_text(one.at, lang)}]
    if one.again is not None:
        parts.append(say(AGAIN) % {"moment": formats.moment_text(one.again, lang)})
    elif one.destroyed is not None:
        parts.append(say(DESTROYED) % {"moment": formats.moment_text(one.destroyed, lang)})
    elif one.left is not None:
        parts.append(say(LEFT) % {"moment": formats.moment_text(one.left, lang)})
    return " ".join(parts)


def _later(found: Sequence[Contradiction], lang: str) -> Later:
    doubted = bool(unanswered(found))
    badge = wording.state(DOUBTED if doubted else SETTLED, lang)
    return Later(badge, tuple(sentence(one, lang) for one in found), doubted=doubted)

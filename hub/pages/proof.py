"""The evidence of one erasure, in words and figures: what the signed statement says, nothing added, nothing left out.

Reads the payload of a statement that was verified at intake. Sector ranges are exact: first LBA, last LBA, how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certificates.figures import moment
from certificates.pre_approval import approval_in
from certificates.statement import TIMELESS
from certificates.wording import area_words, level_words, verification_words
from certificates.wording.techniques import method_words
from hub import wording
from hub.models import Drive, Erasure
from hub.pages import formats
from hub.pages.language import mark, words

OPS = {
    "probe": mark("Probed"),
    "plant": mark("Marks put on the drive"),
    "write": mark("Written"),
    "command": mark("Erased by the drive itself"),
    "look": mark("Marks and old contents looked for"),
    "verify": mark("Read back"),
}
MODES = {
    "full": mark("full read-back"),
    "sample": mark("sample read back"),
    "canaries": mark("marks and old contents looked for"),
    "none": mark("nothing was read back"),
}
PHASE = mark("%(size)s (%(bytes)s bytes) in %(duration)s")
PHASE_ERRORS = mark("%(errors)s sectors in error")
BAD_TITLES = {
    "write": mark("Sectors that could not be written: %(total)s"),
    "read": mark("Sectors that could not be read back: %(total)s"),
    "mismatch": mark("Sectors that read back differently: %(total)s"),
}
RANGE = mark("LBA %(first)s to %(last)s (%(count)s sectors)")
ONE_SECTOR = mark("LBA %(first)s")
CAPACITY = mark("%(size)s (%(bytes)s bytes; sectors of %(sector)s)")
BRIDGED = mark("%(bus)s, behind %(bridge)s")
IDENTITY = mark("%(source)s (grade %(grade)s)")
CLOCK_UNSET = mark("the clock of the bench was not set")
BENCH = mark("%(station)s, operator %(operator)s")
PRE_APPROVED = mark("pre-approved by %(person)s, rule %(rule)s")


@dataclass(frozen=True, slots=True)
class Phase:
    """One pass over the drive: its name and what it moved."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class BadSectors:
    """One sort of bad sectors with its exact ranges."""

    title: str
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the statement says about one run, ready to be read."""

    model: str
    serial: str
    wwn: str
    firmware: str
    capacity: str
    connection: str
    identity: str
    method: str
    level: str
    verification: str
    phases: tuple[Phase, ...]
    duration: str
    bench: str
    ended: str
    hidden: str
    resumed: int
    reasons: tuple[str, ...]
    exceptions: tuple[str, ...]
    bad: tuple[BadSectors, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class DriveFacts:
    """One drive as a page shows it; `evidence` is None when no bench has reported it."""

    model: str
    serial: str
    verdict: wording.State
    evidence: Evidence | None


def drive_facts(drive: Drive, erasure: Erasure | None, lang: str) -> DriveFacts:
    """A drive and its newest evidence."""
    if erasure is None:
        return DriveFacts(drive.model, drive.serial, wording.state(wording.UNTOUCHED, lang), None)
    seen = erasure.payload["subject"]["drive"]
    return DriveFacts(seen["model"], seen["serial"], _of_run(erasure, lang), evidence(erasure.payload, lang))


def _of_run(erasure: Erasure, lang: str) -> wording.State:
    return wording.run_state(erasure.verdict, erasure.decision, lang)


def evidence(payload: Mapping[str, Any], lang: str) -> Evidence:
    """Read the payload of an erasure statement for people."""
    seen, bad = payload["subject"]["drive"], payload["bad"]
    return Evidence(
        model=seen["model"],
        serial=seen["serial"],
        wwn=seen["wwn"],
        firmware=seen["firmware"],
        capacity=_capacity(seen, lang),
        connection=_connection(seen, lang),
        identity=words(lang).gettext(IDENTITY) % {"source": seen["identity_source"], "grade": seen["identity_grade"]},
        method=method_words(payload["method"]["achieved"] or payload["method"]["requested"], lang),
        level=level_words(payload["method"]["level"], lang),
        verification=verification_words(payload["verify"], _sectors(seen), lang),
        phases=tuple(_phase(phase, lang) for phase in payload["phases"]),
        duration=formats.duration_text(payload["duration_ms"]),
        bench=words(lang).gettext(BENCH)
        % {"station": payload["station"], "operator": _operator(payload["operator"], lang)},
        ended=_ended(payload, lang),
        hidden=_hidden(payload["hidden"], lang),
        resumed=payload["resumed"],
        reasons=wording.reasons(payload["result"]["reasons"], lang),
        exceptions=wording.reasons(payload["exceptions"], lang),
        bad=tuple(_bad(bad, sort, lang) for sort in BAD_TITLES if bad[f"{sort}_total"]),
        truncated=bad["truncated"],
    )


def short_verification(payload: Mapping[str, Any], lang: str) -> str:
    """How the result was verified, in a few words."""
    mode = MODES[payload["verify"]["mode"]]
    return words(lang).gettext(mode)


def range_text(first: int, count: int, lang: str) -> str:
    """One run of sectors: exact first and last LBA."""
    say = words(lang).gettext
    if count == 1:
        return say(ONE_SECTOR) % {"first": first}
    return say(RANGE) % {"first": first, "last": first + count - 1, "count": count}


def _operator(operator: str, lang: str) -> str:
    approval = approval_in(operator)
    if approval is None:
        return operator or "–"
    return words(lang).gettext(PRE_APPROVED) % {"person": approval[0], "rule": approval[1]}


def _bad(bad: Mapping[str, Any], sort: str, lang: str) -> BadSectors:
    title = words(lang).gettext(BAD_TITLES[sort]) % {"total": formats.count_text(bad[f"{sort}_total"], lang)}
    ranges: Sequence[Sequence[int]] = bad[sort]
    return BadSectors(title, tuple(range_text(first, count, lang) for first, count in ranges))


def _phase(phase: Mapping[str, Any], lang: str) -> Phase:
    say = words(lang).gettext
    text = say(PHASE) % {
        "size": formats.size_text(phase["bytes"], lang),
        "bytes": formats.count_text(phase["bytes"], lang),
        "duration": formats.duration_text(phase["end_ms"] - phase["start_ms"]),
    }
    if phase["errors"]:
        text += ", " + say(PHASE_ERRORS) % {"errors": formats.count_text(phase["errors"], lang)}
    name = OPS.get(phase["op"])
    return Phase(say(name) if name else phase["op"], text)


def _capacity(seen: Mapping[str, Any], lang: str) -> str:
    return words(lang).gettext(CAPACITY) % {
        "size": formats.size_text(seen["size_bytes"], lang),
        "bytes": formats.count_text(seen["size_bytes"], lang),
        "sector": seen["logical_sector"],
    }


def _connection(seen: Mapping[str, Any], lang: str) -> str:
    if not seen["bridge"]:
        return str(seen["bus"])
    return words(lang).gettext(BRIDGED) % {"bus": seen["bus"], "bridge": seen["bridge"]}


def _ended(payload: Mapping[str, Any], lang: str) -> str:
    return words(lang).gettext(CLOCK_UNSET) if payload["wall_src"] in TIMELESS else moment(payload["ended"], lang)


def _hidden(hidden: Mapping[str, str], lang: str) -> str:
    return ", ".join(f"{name.upper()} {area_words(word, lang)}" for name, word in hidden.items())


def _sectors(seen: Mapping[str, Any]) -> int:
    return int(seen["size_bytes"]) // int(seen["logical_sector"] or 512)

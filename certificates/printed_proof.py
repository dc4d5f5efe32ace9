"""What `etabli-verify` prints about the proof of a file: its place in the log, who cosigned, between which times.

Times of witnesses bound the signing; times of the log and the station are what they state.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from certificates.bracket import bracket_of
from certificates.figures import moment, number, shown
from certificates.language import mark as _
from certificates.proved import ProvedCheckpoint, ProvedEntry
from certificates.shape import WALL_FORM
from certificates.verdicts import Judgement
from certificates.verify import VerifiedStatement
from certificates.wording import words

PLACE = _("{shard}, entry {index} of {size}; received on {date}, as the log states")
BETWEEN = _("between {after} and {before}, as witnesses attest")
AT_LATEST = _("not after {before}, as witnesses attest; no witness says since when")
NO_BRACKET = _("what station and hub state; no witness attests it")
LAST_MOMENT = 253_402_300_799  # 31 December 9999: beyond it nobody writes a date


def proof_rows(judgement: Judgement, lang: str) -> Iterator[tuple[str, str]]:
    """Label and text of each line about the proof, the bracket of time and what took the place of the document."""
    say = words(lang).gettext
    statement = _about(judgement)
    if judgement.superseded_by:
        yield say("Replaced by"), judgement.superseded_by
        yield say("This one"), judgement.statement.id if judgement.statement else ""
    if judgement.proved is None or statement is None:
        return
    entry = judgement.proved.entries[statement.id]
    said = entry.checkpoint.found.checkpoint
    yield (
        say("Log"),
        say(PLACE).format(
            shard=entry.place.shard,
            index=number(entry.place.index, lang),
            size=number(said.size, lang),
            date=_told(entry.received, lang),
        ),
    )
    yield say("Time"), _bracket(judgement, statement, lang)
    names = [shown(one.name) for one in entry.checkpoint.cosigners]
    yield say("Witnesses"), ", ".join(names) or say("none")


def proof_members(judgement: Judgement) -> dict[str, Any]:
    """Members of a document of `etabli.verification/1` about the proof; null where nothing is known."""
    position = judgement.position
    by = judgement.superseded_by
    return {
        "profile": judgement.profile,
        "position": {"shard": position.shard, "size": position.size} if position else None,
        "superseded": None if by is None or judgement.statement is None else {
            "certificate": judgement.statement.id, "by": by},
        "proof": None if judgement.proved is None else {
            "witnesses": judgement.proved.witnesses,
            "checkpoints": [_checkpoint(one) for one in judgement.proved.checkpoints],
            "entries": [_entry(judgement, judgement.proved.entries[one.id], one) for one in judgement.statements],
            "registry": [one.id for one in judgement.proved.registry],
        },
    }  # fmt: skip


def _about(judgement: Judgement) -> VerifiedStatement | None:
    """The statement whose time matters: the erasure where there is one."""
    return judgement.bundle.erasure if judgement.bundle else judgement.statement


def _bracket(judgement: Judgement, statement: VerifiedStatement, lang: str) -> str:
    assert judgement.proved is not None
    say, found = words(lang).gettext, bracket_of(statement, judgement.proved, judgement.quorum)
    if found.not_after is None:
        return say(NO_BRACKET)
    before = _told(found.not_after, lang)
    if found.not_before is None:
        return say(AT_LATEST).format(before=before)
    return say(BETWEEN).format(after=_told(found.not_before, lang), before=before)


def _checkpoint(one: ProvedCheckpoint) -> dict[str, Any]:
    said = one.found.checkpoint
    return {
        "shard": one.log.name,
        "state": one.log.state,
        "origin": said.origin,
        "size": said.size,
        "root": said.root.hex(),
        "witnesses": [{"name": by.name, "kid": by.kid, "time": by.time} for by in one.cosigners],
    }


def _entry(judgement: Judgement, entry: ProvedEntry, statement: VerifiedStatement) -> dict[str, Any]:
    assert judgement.proved is not None
    found = bracket_of(statement, judgement.proved, judgement.quorum)
    return {
        "id": entry.id,
        "shard": entry.place.shard,
        "index": entry.place.index,
        "received": entry.received,
        "size": entry.checkpoint.found.checkpoint.size,
        "not_before": found.not_before,
        "not_after": found.not_after,
    }


def _told(seconds: int, lang: str) -> str:
    """A time as date and hour; the bare number where no calendar has it."""
    if not 0 <= seconds <= LAST_MOMENT:
        return str(seconds)
    return moment(datetime.fromtimestamp(seconds, UTC).strftime(WALL_FORM), lang)

"""What explains one drive of a lot (INV-5, INV-7): pure rules over its runs and people's records. Reads no database.

A drive has exactly one class. Classes are never added up to one figure of success: only ERASED prints as erased.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

SLACK = timedelta(days=1)  # how wrong a set clock of a bench may be
DESTROYED, ABSENT, RETURNED, LOST, EARLIER = "destroyed", "absent", "returned", "lost", "earlier-run"
IMPORTED = "imported"  # a wipe report of another program that a validator let in: never counted as erased here
REREAD = "reread"  # a drive of the sample was read again, and something was found or nothing could be read
READ_ELSEWHERE = "read-elsewhere"  # not clean, in another lot or as the drive that it is one with: somebody had it
NOT_THERE = (DESTROYED, ABSENT, RETURNED, LOST)
LEVELS = ("PURGE", "CLEAR")
ERASED, EXCEPTIONS = "ERASED", "ERASED_WITH_EXCEPTIONS"
PROBLEMS = ("FAILED", "UNCONFIRMED")


class Explained(StrEnum):
    """The classes of a drive account, in the order in which they are listed."""

    ERASED_PURGE = "erased-purge"
    ERASED_CLEAR = "erased-clear"
    EXCEPTIONS = "exceptions"
    IMPORTED = "imported"
    DESTROYED = "destroyed"
    ABSENT = "absent"
    RETURNED = "returned"
    LOST = "lost"
    OPEN = "open"
    __hash__ = str.__hash__  # an account counts by it, hundreds of times: an enumeration's own takes four times as long


BY_A_RUN: Final = frozenset({Explained.ERASED_PURGE, Explained.ERASED_CLEAR, Explained.EXCEPTIONS})


class Why(StrEnum):
    """Why a drive is not explained."""

    NONE = ""
    UNSEEN = "unseen"
    AWAITING = "awaiting"
    REJECTED = "rejected"
    FAILED = "failed"
    EARLIER = "earlier"
    CONTRADICTED = "contradicted"
    SEEN_AFTER = "seen-after"
    REREAD = "reread"
    DISPUTED = "disputed"
    __hash__ = str.__hash__


class Judged(Protocol):
    """Whatever has what the rules ask of a run that stands alone."""

    @property
    def statement_id(self) -> str:
        """Its statement."""

    @property
    def position(self) -> int:
        """Its place in the ledger."""

    @property
    def verdict(self) -> str:
        """How it ended."""

    @property
    def level(self) -> str:
        """CLEAR, PURGE or NONE."""

    @property
    def received(self) -> datetime:
        """When the hub had it."""

    @property
    def began(self) -> datetime | None:
        """When it began; None where the clock of its bench knew no time."""

    @property
    def decision(self) -> str:
        """What a person decided."""

    @property
    def certified(self) -> bool:
        """Whether the decision that counts issued a certificate."""

    @property
    def disputed(self) -> bool:
        """Whether somebody else may have had the key that signed it."""


class Run(NamedTuple):
    """One erasure of a drive in this lot. `began` is None where the clock of its bench knew no time.

    `decided` is the position of the decision in the ledger; `certified`: the decision that counts issued a certificate.
    """

    statement_id: str
    position: int
    verdict: str
    level: str
    received: datetime
    began: datetime | None
    decision: str
    decided: int
    certified: bool
    drive: str = ""  # its drive, where runs of several are looked at together
    answered: bool = False  # a lead said why this later run does not speak against this lot
    disputed: bool = False  # somebody else may have had the key that signed it


class Record(NamedTuple):
    """What a person recorded of a drive, not withdrawn."""

    id: int
    how: str
    at: datetime
    abroad: bool = False  # a reading in another lot, or of a drive that this one was merged with


class Standing(NamedTuple):
    """Where a drive stands: its class, what gives it, and why it is open."""

    explained: Explained
    run: Judged | None = None
    record: Record | None = None
    why: Why = Why.NONE


UNTOUCHED: Final = Standing(Explained.OPEN, why=Why.UNSEEN)  # no bench saw it, and nobody said anything of it


def judge(
    runs: Sequence[Run],
    records: Sequence[Record],
    since: datetime,
    unplaced: Sequence[Run] = (),
    elsewhere: Sequence[Run] = (),
) -> Standing:
    """The one class of a drive. `since` is when it was received in this lot.

    `unplaced` are its runs that belong to no lot yet, `elsewhere` those in other lots and of drives that it was merged
    with: they explain nothing. What failed there contradicts as it does here; that it was seen there speaks only
    against the word that it is destroyed or lost.
    """
    if len(runs) == 1 and not (records or unplaced or elsewhere):
        return judge_alone(runs[0], since)
    return _judge(sorted(runs, key=lambda run: run.position), records, since, unplaced, elsewhere)


def _judge(
    runs: Sequence[Run],
    records: Sequence[Record],
    since: datetime,
    unplaced: Sequence[Run],
    elsewhere: Sequence[Run],
) -> Standing:
    own = (*runs, *unplaced)
    seen = (*own, *unanswered(elsewhere))
    counting = [run for run in runs if counts(run, seen, records, since)]
    erased = next((run for run in reversed(counting) if run.verdict == ERASED), None)
    if erased is not None:
        return Standing(Explained.ERASED_PURGE if erased.level == "PURGE" else Explained.ERASED_CLEAR, erased)
    gone = [record for record in records if record.how in NOT_THERE and not seen_after(record, own, elsewhere)]
    gone = [record for record in gone if not read_after(record, records)]
    destroyed = next((record for record in gone if record.how == DESTROYED), None)
    if destroyed is not None:
        return Standing(Explained.DESTROYED, record=destroyed)
    if counting:
        return Standing(Explained.EXCEPTIONS, counting[-1])
    if gone:
        return Standing(Explained(gone[-1].how), record=gone[-1])
    reports = [record for record in records if record.how == IMPORTED]
    if reports and not spoilt_after(reports[-1], seen):
        return Standing(Explained.IMPORTED, record=reports[-1])
    return Standing(Explained.OPEN, runs[-1] if runs else None, why=_why(runs, seen, records))


def judge_alone(run: Judged, since: datetime) -> Standing:
    """The class of a drive with this one run and nothing else, as most have: nothing can speak against it."""
    if not (approved(run) and in_time(run, since)):
        return Standing(Explained.OPEN, run, why=Why.EARLIER if approved(run) else _why_last(run))
    if run.verdict == ERASED:
        return Standing(Explained.ERASED_PURGE if run.level == "PURGE" else Explained.ERASED_CLEAR, run)
    return Standing(Explained.EXCEPTIONS, run)


def counts(run: Run, runs: Sequence[Run], records: Sequence[Record], since: datetime) -> bool:
    """Whether a run explains its drive: complete, approved, of this lot's time, and not contradicted since."""
    of_time = in_time(run, since) or any(record.how == EARLIER for record in records)
    return approved(run) and of_time and not contradicted(run, runs) and not refuted(run, records)


def approved(run: Judged) -> bool:
    """Whether a run is complete and a person approved it, with a certificate, and its key was its bench's alone."""
    complete = run.verdict in {ERASED, EXCEPTIONS} and run.level in LEVELS and not run.disputed
    return complete and run.decision == "APPROVED" and run.certified


def in_time(run: Judged, since: datetime) -> bool:
    """Whether a run was made after the reception: the hub's receipt says so, and no clock of a bench speaks against."""
    return timely(run.received, run.began, since)


def timely(received: datetime, began: datetime | None, since: datetime) -> bool:
    """The same of two moments: the hub's receipt, and the beginning by the clock of a bench, None where it had none."""
    return received >= since and (began is None or began >= since - SLACK)


def contradicted(run: Run, runs: Sequence[Run]) -> bool:
    """Whether a later run wrote on this drive and failed, after the approval: nobody has answered that yet."""
    spoilt = [one for one in runs if spoils(one) and not one.answered]
    return any(one.position > max(run.position, run.decided) for one in spoilt)


def refuted(run: Run, records: Sequence[Record]) -> bool:
    """Whether somebody read the drive again after this run, and did not find it clean: only a newer run counts."""
    return any(record.how == REREAD and not newer(run, record.at) for record in records)


class Dated(Protocol):
    """Whatever has the hub's receipt of a run, and its beginning by the clock of its bench, None where it had none."""

    @property
    def received(self) -> datetime:
        """When the hub had it."""

    @property
    def began(self) -> datetime | None:
        """When it began."""


def newer(run: Dated, moment: datetime) -> bool:
    """Whether a run was made after a moment at which its drive was found not clean.

    No slack here: a run that may be from before proves nothing of the drive as it was read, and another run is cheap.
    Of a bench without a clock nobody can tell: whoever approves its run answers that doubt with a remark.
    """
    return run.received > moment and (run.began is None or run.began >= moment)


class Ended(Protocol):
    """Whatever has the verdict of a run."""

    @property
    def verdict(self) -> str:
        """How it ended."""


def spoils(run: Ended) -> bool:
    """Whether a run wrote on its drive, or may have, and did not end well."""
    return run.verdict not in {ERASED, EXCEPTIONS, "NOT_ERASED"}


def unanswered(elsewhere: Sequence[Run]) -> tuple[Run, ...]:
    """The runs elsewhere that still speak: not those after which the same drive was erased whole, and approved."""
    good = [one for one in elsewhere if one.verdict == ERASED and approved(one)]
    return tuple(
        run for run in elsewhere if not any(one.drive == run.drive and one.position > run.position for one in good)
    )


def seen_after(record: Record, runs: Sequence[Run], elsewhere: Sequence[Run] = ()) -> bool:
    """Whether a bench saw a drive that was said to be gone; an absent one was never to be seen at all.

    That a drive is not here, or is with its donor again, may be true while it is elsewhere.
    """
    if record.how in {DESTROYED, LOST} and any(run.received > record.at for run in elsewhere):
        return True
    return any(record.how == ABSENT or run.received > record.at for run in runs)


def read_after(record: Record, records: Sequence[Record]) -> bool:
    """Whether somebody read a drive of the sample, and not clean, after it was said to be gone."""
    since = [one for one in records if one.at > record.at]
    if record.how in {DESTROYED, LOST} and any(one.how == READ_ELSEWHERE for one in since):
        return True
    return any(one.how == REREAD and not one.abroad for one in since)


def spoilt_after(record: Record, runs: Sequence[Run]) -> bool:
    """Whether a bench wrote on this drive and failed after somebody let a report of another program speak for it."""
    return any(run.received > record.at and spoils(run) and not run.answered for run in runs)


def _why(runs: Sequence[Run], seen: Sequence[Run], records: Sequence[Record]) -> Why:
    if any(record.how in NOT_THERE for record in records):
        return Why.SEEN_AFTER
    if any(record.how == IMPORTED for record in records):
        return Why.CONTRADICTED
    if not runs:
        return Why.UNSEEN
    good = [run for run in runs if approved(run)]
    if good:
        return _why_not(good, seen, records)
    return _why_last(runs[-1])


def _why_last(last: Judged) -> Why:
    """Why a drive is open of which no run is approved, by its last one."""
    if last.disputed or last.decision == "REJECTED":
        return Why.DISPUTED if last.disputed else Why.REJECTED
    return Why.AWAITING if last.verdict in {ERASED, EXCEPTIONS} else Why.FAILED


def _why_not(good: Sequence[Run], seen: Sequence[Run], records: Sequence[Record]) -> Why:
    """Why none of the approved runs of a drive counts."""
    if all(refuted(run, records) for run in good):
        return Why.REREAD
    return Why.CONTRADICTED if all(contradicted(run, seen) for run in good) else Why.EARLIER

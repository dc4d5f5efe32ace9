"""What every scenario asks of an outcome: the word, the reasons, what was signed, and the bytes beneath the drive."""

from collections.abc import Iterable

from tests.virtual_bench.agent import Told
from tests.virtual_bench.bench import expect, require
from tests.virtual_bench.media import Medium

CLAIMS = ("ERASED", "ERASED_WITH_EXCEPTIONS")
STATUS = {"ERASED": 0, "ERASED_WITH_EXCEPTIONS": 10, "FAILED": 20, "UNCONFIRMED": 21, "NOT_ERASED": 30}


def is_erased(told: Told, medium: Medium, *, method: str, level: str, exceptions: Iterable[str] = ()) -> None:
    """Judge a claim: it is made, no exception but these, method and level are right, and no old sector is left."""
    word = "ERASED_WITH_EXCEPTIONS" if told.drive.get("exceptions") else "ERASED"
    expect(f"the drive is erased ({told.in_words()}; {told.complaint})", seen=told.verdict, wanted=word)
    require("no other exception", set(told.reasons) <= set(exceptions), seen=told.reasons)
    states_the_same(told)
    expect("the method", seen=told.method, wanted=method)
    expect("the level", seen=told.level, wanted=level)
    require("the old content was looked for", told.statement["verify"]["sectors"] > 0)
    expect("mismatches in the statement", seen=told.statement["verify"]["nonmatching"], wanted=0)
    expect("old sectors on the medium", seen=medium.survivors(), wanted=0)


def is_not_claimed(told: Told, *, verdict: str, reason: str) -> None:
    """Judge a failure: the word, the reason, and a statement that claims no level."""
    expect(f"the verdict ({told.in_words()}; {told.complaint})", seen=told.verdict, wanted=verdict)
    require(f"a reason {reason}", reason in told.reasons, seen=told.reasons)
    states_the_same(told)
    expect("the level", seen=told.level, wanted="NONE")


def states_the_same(told: Told) -> None:
    """Ask that the signed statement says what the person was told, about this drive."""
    expect("the word of the statement", seen=told.statement["result"]["verdict"], wanted=told.verdict)
    expect("the exit status", seen=told.status, wanted=STATUS[told.verdict])
    expect(
        "the serial of the statement", seen=told.statement["subject"]["drive"]["serial"], wanted=told.drive["serial"]
    )
    require("the statement is of a real drive", told.statement["simulated"] is False)


def was_commanded(told: Told, *starts: str) -> None:
    """Ask that exactly these destructive commands, by their first bytes, were journalled in this order."""
    sent = [str(one.get("command", "")) for one in told.commands]
    matching = len(sent) == len(starts) and all(map(str.startswith, sent, starts))
    require(f"the journalled commands begin with {starts}", matching, seen=sent)

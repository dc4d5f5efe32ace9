"""What every scenario asks of an outcome: the word, the reasons, what was signed, and the bytes beneath the drive."""

from collections.abc import Iterable

from tests.virtual_bench.agent import Told
from tests.virtual_bench.bench import expect, require
from tests.virtual_bench.media import Medium

CLAIMS = ("ERASED", "ERASED_WITH_EXCEPTIONS")
STATUS_OPEN = 22
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


def is_left_open(told: Told) -> None:
    """Judge a drive that left while it was erasing itself: nothing is claimed or stated, and the run can go on."""
    expect(f"the state ({told.complaint})", seen=told.state, wanted="interrupted")
    expect("the verdict", seen=told.verdict, wanted="")
    expect("the exit status", seen=told.status, wanted=STATUS_OPEN)
    expect("statements", seen=told.statement, wanted={})


def is_alive(medium: Medium) -> None:
    """Ask that the donor's data is there, and that the canaries, which replaced a quarter of it, are there too."""
    survivors, zeros = medium.survivors(), medium.zeros()
    canaries = medium.sectors - survivors - zeros
    require("the donor's data is still there", survivors > medium.sectors * 2 // 3, seen=survivors)
    require("canaries are alive on the medium", canaries > medium.sectors // 5, seen=(survivors, zeros))


def states_the_same(told: Told) -> None:
    """Ask that the signed statement says what the person was told, about this drive."""
    expect("the word of the statement", seen=told.statement["result"]["verdict"], wanted=told.verdict)
    expect("the exit status", seen=told.status, wanted=STATUS[told.verdict])
    expect(
        "the serial of the statement", seen=told.statement["subject"]["drive"]["serial"], wanted=told.drive["serial"]
    )
    require("the statement is of a real drive", told.statement["simulated"] is False)


def was_commanded(told: Told, *starts: str) -> None:
    """Ask that exactly these commands, by their first bytes, were journalled in this order; others may stand between.

    What prepares a drive (MODE SELECT) is journalled too: only commands with one of the wanted opcodes are compared.
    """
    opcodes = {start.split()[0] for start in starts}
    sent = [str(one.get("command", "")) for one in told.commands]
    erases = [command for command in sent if not opcodes or (command.split()[:1] and command.split()[0] in opcodes)]
    matching = len(erases) == len(starts) and all(map(str.startswith, erases, starts))
    require(f"the journalled commands begin with {starts}", matching, seen=sent)

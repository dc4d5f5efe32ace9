"""Every fact that the engine can give as a reason is known to the words: a French reader meets no English sentence.

The sentences are read from the source of the engine. What is never a fact behind a reason stands below, with why.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates.wording.details import SENTENCES, known
from certificates.wording.drive_details import TERMS

ENGINE = Path(__file__).parents[2] / "erasure"
STATION = ENGINE.with_name("station_agent")
TWO_WORDS = re.compile(r"[a-z}]+ [a-z{]")
SAMPLES = ("7", "", " after 7")  # what a place of an f-string may hold
ELSEWHERE = {
    "simulated": "speaks to developers",
    "scrubbing.py": "speaks to developers",
    "keystream.py": "speaks to developers",
    "transport/ioctl.py": "speaks to developers",
    "transport/memory.py": "speaks to developers",
    "transport/ports.py": "speaks to developers",
    "transport/sed_opal.py": "a PSID of the wrong length is refused before, in other words",
    "announcement.py": "names of raw commands, and bugs that the guard stops",
    "orders.py": "speaks to developers",
    "policy.py": "a policy file that is wrong: told by the command that reads it",
    "clearance.py": "its own misuse; what a person typed wrongly is asked for below",
    "methods/__init__.py": "two methods under one name: the program does not start",
}
NO_FACTS = {  # raw words of drives, names, and what only a developer can see
    "errno {}",
    "{} cannot be used any more: {}: the run stays open",
    "{} passes of {}",
    "{} info {}h resid {} sense {}",
    "{}sense {}/{}/{}",
    "{}: NVMe admin command {}h",
    "{}: SCSI command {}",
    "{} is built from a proof only",
    "{} needs a reason and earns no level",
    "status {}h host {}h driver {}h",
    "status {}h host {}h driver {}h info {}h resid {} sense {}",
    ", after {}",
    "enabled {} locked {} frozen {} expired {}",
    "LBA format {}, protection {}",
    "NVMe admin {}h",
    "Loop device",
    "etabli {}",
    "lba {}",
    "a register value is too large for this command",
    "a password has 32 characters at most",
    "no journal listens: nothing that may destroy can be announced",
    "a quirk has unknown members: {}",
    "a quirk needs a glob and the address of a public issue",
    "an effect that is about methods names them, and no other does",
    "only a run with one INTENT and without CLOSED can be taken up again",
    "the journal of run {} cannot be understood: {}",
    "verification abandoned",
    "the supervisor answered {}",
    "the supervisor is gone: {}",
}
SAID_BY_OTHERS = (
    "Two readers disagree about the serial of drive DEMO-1: DEMO-1 or DEMO-2.",
    (
        "smartctl and pySMART disagree about the serial of drive DEMO-1: read its label. If it is this drive, a "
        "person says so with --label-read DEMO-1."
    ),
    "given up after an interruption, 7 of 9 bytes written",
    "nobody confirmed: a name is needed",
    "the serial typed, A, is not that of the drive, B",
    "the drive is protected: mounted on / (vda)",
)
Found = tuple[str, ast.expr, bool]


def sentences() -> Iterator[Found]:
    """Give each sentence of the engine: where, what, and whether it stands directly in a `Reason`."""
    for path in sorted(ENGINE.rglob("*.py")):
        place = path.relative_to(ENGINE).as_posix()
        if any(place == module or place.startswith(f"{module}/") for module in ELSEWHERE):
            continue
        yield from ((f"{place}:{node.lineno}", node, direct) for node, direct in literals(ast.parse(path.read_text())))


def literals(tree: ast.Module) -> Iterator[tuple[ast.expr, bool]]:
    """Give the texts of two words or more that are no docstrings and no pieces of an f-string."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    reasons = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason"]
    said = {id(argument) for call in reasons for argument in call.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in inside | docs and TWO_WORDS.search(written(node)):
            yield node, id(node) in said


def written(node: ast.expr, sample: str = "{}") -> str:
    """Write a literal down, `sample` in each place; "" for what is no text."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else sample for part in node.values)  # type: ignore[misc]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def told(node: ast.expr) -> bool:
    return any(known(written(node, sample).removeprefix("; ")) for sample in SAMPLES)


def piece(node: ast.expr) -> bool:
    """Say whether it is a term, or a piece of a sentence that is listed: the rest of that one stands elsewhere."""
    fixed = [part for part in written(node).rstrip("/").split("{}") if " " in part]
    return written(node) in TERMS or (bool(fixed) and any(all(p in text for p in fixed) for text in SENTENCES))


FOUND = tuple(sentences())


@pytest.mark.parametrize(("place", "node"), [pytest.param(at, node, id=at) for at, node, direct in FOUND if direct])
def test_the_fact_in_a_reason_is_listed(place: str, node: ast.expr) -> None:
    assert told(node) or piece(node), f"{place}: no pattern in certificates/wording for {written(node)!r}"


def test_every_other_sentence_of_the_engine_is_listed_or_excepted_with_a_reason() -> None:
    others = [(at, written(node)) for at, node, direct in FOUND if not direct and not told(node) and not piece(node)]
    assert "\n".join(f"{at}: {text}" for at, text in others if text not in NO_FACTS) == ""
    unneeded = NO_FACTS - {text for _at, text in others}
    assert not unneeded, "exceptions that nothing needs any more"


def test_the_sentences_are_really_read() -> None:
    assert sum(direct for *_, direct in FOUND) > 100
    assert any(written(node) == "the drive announces no format" for _, node, _ in FOUND)


def test_a_sentence_that_nobody_listed_is_noticed() -> None:
    node = ast.parse('Reason(code, f"the moon is {phase} tonight")').body[0]
    found = [one for one, direct in literals(ast.Module([node], [])) if direct]
    assert len(found) == 1
    assert not told(found[0])
    assert not piece(found[0])


@pytest.mark.parametrize("detail", SAID_BY_OTHERS)
def test_what_a_clearance_and_the_station_say_is_listed(detail: str) -> None:
    assert known(detail)


def test_the_facts_in_the_reasons_of_the_station_are_listed() -> None:
    trees = [ast.parse(path.read_text()) for path in sorted(STATION.rglob("*.py"))]
    found = [node for tree in trees for node, direct in literals(tree) if direct]
    assert len(found) > 2
    assert [written(node) for node in found if not told(node)] == []

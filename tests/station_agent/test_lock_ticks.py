"""The tick boxes of locks: first of all, nothing absent by silence, a lock holds, and the report carries every tick."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from diagnostics.checks import CheckOutcome, CheckResult, without_result
from diagnostics.locks import DECLARED_LOCKS, Declaration, LockFinding, read_locks
from station_agent.checks import pictures
from station_agent.checks.answers import Answers
from station_agent.checks.desk import HELD, HOW, LIST, OVER, TICKS, WHO, Desk
from station_agent.checks.kept import KeptAnswers
from station_agent.checks.lock_pages import NAMES, REMEDIES, WHERE
from station_agent.checks.lock_ticks import LockTicks, declared_in
from station_agent.checks.pages import page_of
from station_agent.checks.plain_console import text_of
from station_agent.language import voice

WHEN = "2026-11-22T06:00:00Z"


@pytest.fixture
def session(tmp_path: Path) -> Callable[..., Desk]:
    def begin(operator: str = "op-1", **more: object) -> Desk:
        answers = Answers("laptop", frozenset(), KeptAnswers(tmp_path, "m"), lambda: WHEN, operator)
        return Desk(answers, replace(pictures._means(), root=tmp_path), **more)  # type: ignore[arg-type]

    return begin


def press(desk: Desk, *keys: str) -> Desk:
    for key in keys:
        desk.press(key)
    return desk


def test_the_boxes_are_the_first_screen_and_show_what_the_machine_itself_tells(session: Callable[..., Desk]) -> None:
    desk = session(read=(LockFinding("lock.password-administrator", "blocks"), LockFinding("lock.windows-key", "info")))
    assert (desk.state, desk.check.id) == (TICKS, "locks")
    said = "\n".join(text_of(page_of(desk, voice("en", {}), "")))
    assert "[KO] An administrator password is set" in said
    assert "Windows licence" not in said
    assert [name for name in NAMES.values() if name not in said] == []


def test_every_lock_has_its_name_where_to_look_and_what_to_do() -> None:
    assert tuple(NAMES) == tuple(WHERE) == tuple(REMEDIES) == DECLARED_LOCKS
    assert len(DECLARED_LOCKS) <= 9  # one digit for each


def test_a_found_lock_is_kept_and_holds_until_the_person_goes_on(session: Callable[..., Desk], tmp_path: Path) -> None:
    desk = press(session(), "1", "enter")
    assert desk.state == HELD
    (row,) = KeptAnswers(tmp_path, "m").read()
    assert (row.outcome, row.operator, row.evidence) == (
        CheckOutcome.FAIL, "op-1", {"declared": ["bios-password=present"]},
    )  # fmt: skip
    assert "Ask the donor for it." in "\n".join(text_of(page_of(desk, voice("en", {}), "")))
    press(desk, "g")
    assert (desk.state, desk.check.id) == (HOW, "media-left")
    assert KeptAnswers(tmp_path, "m").read()[-1].evidence["went_on"] is True


def test_a_held_machine_can_be_left_at_once(session: Callable[..., Desk], tmp_path: Path) -> None:
    assert press(session(), "2", "enter", "enter").state == OVER
    assert [row.outcome for row in KeptAnswers(tmp_path, "m").read()] == [CheckOutcome.FAIL]


def test_a_box_that_nobody_looked_at_is_never_absent(session: Callable[..., Desk]) -> None:
    desk = press(session(), "3", "3", "enter")
    assert declared_in(desk.answers.given) == (Declaration("mdm", "absent", "op-1"),)
    assert "locks" in without_result(desk.answers.answered())
    assert "not looked for" in desk.notice
    again = press(session(), "a", "enter")  # the boxes are as they were left
    assert len(declared_in(again.answers.given[-1:])) == len(DECLARED_LOCKS)
    assert "locks" not in without_result(again.answers.answered())


def test_nothing_ticked_is_no_answer(session: Callable[..., Desk]) -> None:
    desk = press(session(), "enter")
    assert (desk.state, desk.answers.given) == (TICKS, [])
    assert press(desk, "8", "0", "p", "f", "n").answers.given == []
    assert press(desk, "escape").state == LIST


def test_a_tick_without_a_person_is_asked_for_its_person(session: Callable[..., Desk]) -> None:
    desk = press(session(operator=""), "5", "enter")
    assert (desk.state, desk.answers.given) == (WHO, [])
    assert press(desk, "enter").state == WHO
    press(desk, "o", "x", "backspace", "p", "enter")
    assert (desk.state, desk.answers.given[-1].operator) == (HELD, "op")


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (dict.fromkeys(DECLARED_LOCKS, "absent"), CheckOutcome.PASS),
        (dict.fromkeys(DECLARED_LOCKS, ""), CheckOutcome.NOT_TESTED),
        ({**dict.fromkeys(DECLARED_LOCKS, "absent"), "android": ""}, CheckOutcome.NOT_TESTED),
        ({**dict.fromkeys(DECLARED_LOCKS, ""), "android": "present"}, CheckOutcome.FAIL),
    ],
)
def test_one_lock_fails_and_only_all_absent_passes(states: dict[str, str], outcome: CheckOutcome) -> None:
    assert LockTicks(states).outcome is outcome


@pytest.mark.parametrize("words", [7, "mdm=present", {"mdm": "present"}, ["mdm"], ["mdm=gone", "x=present", 3], None])
def test_words_that_are_no_ticks_declare_nothing(words: object) -> None:
    assert declared_in([CheckResult("locks", CheckOutcome.FAIL, evidence={"declared": words})]) == ()


def test_ticks_become_findings_of_the_machine_as_declared_locks_do(tmp_path: Path) -> None:
    row = CheckResult("locks", CheckOutcome.FAIL, evidence={"declared": ["absolute=present", "bios-password=absent"]})
    locks = read_locks(tmp_path, declared=declared_in([row]))
    assert [(one.code, dict(one.values)) for one in locks.findings if one.weight == "blocks"] == [
        ("lock.declared-present", {"lock": "absolute", "person": "?"})
    ]
    assert "lock.password-unknown" not in {one.code for one in locks.findings}  # somebody looked
    assert "lock.password-unknown" in {one.code for one in read_locks(tmp_path).findings}

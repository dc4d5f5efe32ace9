"""The word « reconditionné »: only with every result and every drive erased or attested absent."""

from typing import Any

import pytest

from diagnostics.grading import DriveStanding, banned_words, lawful, mention, mention_lines
from diagnostics.grading.refurbished import checks_by_chassis

ERASED = DriveStanding("DEMO-1", "DEMO SSD", "erased")


def complete(chassis: str = "laptop", **results: tuple[str, str]) -> dict[str, Any]:
    """A report in which every check of the chassis passed, but for those that are named."""
    rows = [{"id": name, "result": "pass", "role": "function", "key": name == "keyboard", "value": "", "reason": ""}
            for name in checks_by_chassis()[chassis]]  # fmt: skip
    for row in rows:
        row["role"] = {"locks": "locks", "battery": "battery"}.get(str(row["id"]), "function")
        row["result"], row["reason"] = results.get(str(row["id"]), ("pass", ""))
    storage = [{"serial": "DEMO-1", "model": "DEMO SSD", "removable": False}]
    return {"machine": {"identity": {"chassis": chassis}, "storage": storage}, "checks": rows}


def codes(report: Any, *drives: DriveStanding) -> list[str]:
    return [code for code, _values in mention(report, drives).missing]


@pytest.mark.parametrize("chassis", sorted(set(checks_by_chassis()) - {"drive"}))
def test_a_complete_checklist_and_an_erased_drive_earn_the_word(chassis: str) -> None:
    assert mention(complete(chassis), [ERASED]).word == "refurbished"


@pytest.mark.parametrize("name", checks_by_chassis()["laptop"])
def test_each_check_without_a_result_keeps_the_word_away_and_is_named(name: str) -> None:
    for outcome in (("not-tested", ""), ("", ""), ("maybe", ""), ("na", "")):
        given = mention(complete(**{name: outcome}), [ERASED])
        assert (given.word, given.missing) == ("second-hand", (("mention.check", {"check": name}),))
    assert mention(complete(**{name: ("na", "not-fitted")}), [ERASED]).word == "refurbished"


@pytest.mark.parametrize("name", checks_by_chassis()["laptop"])
def test_a_check_that_the_report_left_out_is_not_a_check_that_passed(name: str) -> None:
    report = complete()
    report["checks"] = [row for row in report["checks"] if row["id"] != name]
    assert codes(report, ERASED) == ["mention.check"]


def test_the_word_waits_for_no_triage_but_for_every_test() -> None:
    report = complete()
    report["checks"].append({"id": "triage", "role": "triage", "result": "not-tested"})
    assert codes(report, ERASED) == []
    assert "triage" not in checks_by_chassis()["laptop"]


def test_a_check_that_only_the_report_knows_needs_a_result_too() -> None:
    report = complete()
    report["checks"].append({"id": "of-tomorrow", "result": "not-tested"})
    assert codes(report, ERASED) == ["mention.check"]


@pytest.mark.parametrize(("name", "blocks"), [("keyboard", 1), ("locks", 1), ("battery", 1), ("wifi", 0)])
def test_an_open_blocking_defect_keeps_the_word_away(name: str, blocks: int) -> None:
    assert codes(complete(**{name: ("fail", "")}), ERASED) == ["mention.defect"] * blocks


@pytest.mark.parametrize(
    ("ticked", "weight", "blocks"), [("pass", "blocks", 1), ("fail", "blocks", 1), ("pass", "look", 0)]
)
def test_a_lock_that_was_read_or_declared_keeps_the_word_away_whatever_was_ticked(
    ticked: str, weight: str, blocks: int
) -> None:
    report = complete(locks=(ticked, ""))
    report["machine"]["locks"] = {"findings": [{"code": "lock.declared-present", "weight": weight, "values": {}}]}
    assert mention(report, [ERASED]).missing == (("mention.defect", {"check": "locks"}),) * blocks


@pytest.mark.parametrize("state", ["exceptions", "awaiting", "rejected", "failed", "nothing", "moon"])
def test_a_drive_that_is_not_erased_and_approved_keeps_the_word_away(state: str) -> None:
    drives = [ERASED, DriveStanding("DEMO-2", "DEMO HDD", state)]
    assert codes(complete(), *drives) == [f"mention.drive-{state}"]


def test_a_drive_that_the_machine_shows_and_no_erasure_names_keeps_the_word_away() -> None:
    assert codes(complete()) == ["mention.drive-unseen"]
    report = complete()
    report["machine"]["storage"].append({"serial": "", "model": "DEMO eMMC", "removable": False})
    assert codes(report, ERASED) == ["mention.drive-unseen"]
    report["machine"]["storage"][-1]["removable"] = True
    assert codes(report, DriveStanding(" demo-1 ", "", "erased")) == []


def test_none_found_is_not_none_there_until_a_person_says_so() -> None:
    report = complete()
    report["machine"]["storage"] = []
    assert codes(report) == ["mention.absence"]
    next(row for row in report["checks"] if row["id"] == "parts")["value"] = "charger, drive"
    assert codes(report) == []


@pytest.mark.parametrize("report", [{}, {"machine": None, "checks": 7}, {"machine": {"identity": {"chassis": "boat"}}}])
def test_a_report_that_says_nothing_never_earns_the_word(report: Any) -> None:
    given = mention(report, [ERASED])
    assert given.word == "second-hand"
    assert given.missing[0][0] == "mention.chassis"


def test_what_is_missing_is_said_in_words() -> None:
    report = complete(wifi=("not-tested", ""))
    word, missing = mention_lines(mention(report, [DriveStanding("DEMO-1", "", "awaiting")]).to_document())
    assert word == "Second-hand, not refurbished"
    assert missing == ("no result: Wi-Fi", "drive DEMO-1 is erased, and awaits a decision")


@pytest.mark.parametrize(
    "text",
    [
        "comme neuf", "COMME NEUF", "Comme\N{NO-BREAK SPACE}neuf", "comme-neuve", "comme  neufs", "comme&nbsp;neuf",
        "en e\u0301tat neuf", "état de neuf", "ÉTAT NEUF", "Etat neuf", "à neuf", "remis a neuf", "like new",
        "Like-New", "as new", "good as new",
    ],
)  # fmt: skip
def test_a_word_that_the_law_bans_is_found_and_masked(text: str) -> None:
    assert banned_words(f"grade {text}!")
    assert banned_words(lawful(f"grade {text}!")) == ()
    assert "[***]" in lawful(text)


@pytest.mark.parametrize("text", ["neuf disques", "à neuf heures", "there are new drives", "as new as the build",
                                  "unlike newer ones", "import x as new_name", "un disque neuf", "renew"])  # fmt: skip
def test_an_innocent_word_stays(text: str) -> None:
    assert banned_words(text) == ()
    assert lawful(text) == text


@pytest.mark.parametrize("letter", ["comme neuf", "Like New", "none", "", "x" * 17, "A\\u0007"])
def test_no_policy_can_call_a_machine_so(letter: str) -> None:
    from diagnostics.grading import MalformedGradePolicy, read_grade_policy
    from diagnostics.grading.policy import DEFAULT_POLICY

    text = DEFAULT_POLICY.read_text("utf-8").replace('letter = "A"', f'letter = "{letter}"')
    with pytest.raises(MalformedGradePolicy):
        read_grade_policy(text.encode())

"""Every code has words, every word a French translation, every translation the same places."""

import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from diagnostics import wording
from diagnostics.checks import checklist
from diagnostics.grading import load_grade_policy, words
from diagnostics.health_policy import load_health_policy

Document = dict[str, Any]
Make = Callable[..., Any]

PACKAGE = Path(wording.__file__).parent
NARROW = "\u00a0"


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    with (PACKAGE / "locale/fr.po").open("rb") as file:
        return {
            str(message.id): str(message.string)
            for message in read_po(file, locale="fr", abort_invalid=True)
            if message.id
        }


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_every_text_is_translated_and_nothing_else_is(french: dict[str, str]) -> None:
    assert set(french) == wording.every_msgid() | words.every_msgid()
    assert all(french.values())


def test_a_translation_has_the_same_places_as_its_source(french: dict[str, str]) -> None:
    assert [source for source, target in french.items() if places(source) != places(target)] == []


def test_french_typography_is_kept(french: dict[str, str]) -> None:
    broken = [target for target in french.values() if re.search(r"(?<!\u00a0)[:;!?»%]|«(?!\u00a0)|'", target)]
    assert broken == []


def test_every_code_of_the_rules_has_words() -> None:
    written = "".join(path.read_text("utf-8") for path in (PACKAGE / "health_rules.py", PACKAGE / "health_policy.toml"))
    codes = set(re.findall(r'"((?:ata|nvme|scsi|emmc|drive|smart|exit|hours|temperature|identity)\.[a-z-]+)"', written))
    assert codes == set(wording.HEALTH_REASONS)
    assert {rule.code for rule in load_health_policy().attributes} <= codes


def test_every_check_part_flag_and_error_has_words() -> None:
    import diagnostics.errors

    chassis = ("laptop", "desktop", "all-in-one", "tablet", "server", "drive")
    assert {check.id for name in chassis for check in checklist(name)} == set(wording.CHECKS) - {"touch"}
    assert set(load_grade_policy().stops_use) == set(wording.PARTS)
    flags = set(
        re.findall(r'"([a-z]+(?:-[a-z]+)+|absent|dead|implausible)"', (PACKAGE / "battery.py").read_text("utf-8"))
    )
    assert set(wording.BATTERY_FLAGS) <= flags
    errors = {kind.code for kind in vars(diagnostics.errors).values() if hasattr(kind, "code")}
    assert errors == set(wording.ERRORS)


def test_words_are_rendered_in_the_language_of_who_shows_them(french: dict[str, str]) -> None:
    words = wording.health_reason("ata.pending", "197", 3)
    assert wording.render(*words) == "Sectors waiting for reallocation: 3 (attribute 197)"
    assert (
        wording.render(*words, french.__getitem__) == f"Secteurs en attente de réallocation{NARROW}: 3 (attribut 197)"
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (wording.health_verdict("unknown"), "Health unknown"),
        (wording.health_reason("new.code", "1", 2), "new.code"),
        (wording.check("wifi"), "Wi-Fi"),
        (wording.check_result("na"), "Not applicable"),
        (wording.battery_flag("absent"), "No battery in its place"),
        (wording.grade_reason("grade.missing-check", {"check": "Keyboard"}), "Not graded: “Keyboard” has no result"),
        (
            wording.error("not-responding", program="smartctl", seconds=60),
            "smartctl did not answer within 60 s: the drive may be dying. Unplug it and set it aside",
        ),
        (wording.error("never heard of", detail="x"), "Diagnosis failed: x"),
    ],
)
def test_a_code_that_has_no_words_is_shown_as_it_stands(words: Any, expected: Any) -> None:
    assert wording.render(*words) == expected

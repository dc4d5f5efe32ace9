"""What each erase method may claim: the level that it earns, and the verification that proves it."""

from typing import Any

import pytest

from certificates import methods
from certificates.account import erasure_account
from certificates.errors import Inconsistent
from certificates.statement import validate_statement
from certificates.wording import verification_words
from certificates.wording.techniques import LIMITS, METHOD, limit_words, method_words
from erasure.methods import METHODS
from erasure.outcome import Level

LOOKED = {"verify__mode": "canaries", "verify__pattern": "canaries", "verify__sectors": 4_096}
NO_MARKS = {
    "verify__mode": "none",
    "verify__pattern": "",
    "verify__sectors": 0,
    "result__verdict": "ERASED_WITH_EXCEPTIONS",
    "exceptions": [{"code": "NO_CANARIES", "detail": "read-only"}],
}
FIRMWARE = sorted((methods.PURGE | methods.CLEAR) - {"overwrite.zeros", "overwrite.keystream"})


def done_by(method: str, level: str = "CLEAR") -> dict[str, Any]:
    """An erasure of the drive by itself, with marks looked for."""
    return {"method__requested": method, "method__achieved": method, "method__level": level, **LOOKED}


def test_levels_are_those_of_the_erasure_library() -> None:
    by_level = {level: {row.id for row in METHODS if row.level is level} for level in Level}
    assert (by_level[Level.PURGE], by_level[Level.CLEAR]) == (methods.PURGE, methods.CLEAR)
    assert by_level[Level.NONE] == methods.RECOVERY


def test_every_method_of_the_library_has_its_words_in_both_languages() -> None:
    assert set(METHOD) == {row.id for row in METHODS}
    for method in METHOD:
        assert method_words(method, "fr") != method_words(method, "en")


@pytest.mark.parametrize("method", FIRMWARE)
def test_an_erase_by_the_drive_itself_is_accepted_with_marks_looked_for(make_erasure_payload: Any, method: str) -> None:
    level = "PURGE" if method in methods.PURGE else "CLEAR"
    assert validate_statement(make_erasure_payload(**done_by(method, level))) == "erasure"


@pytest.mark.parametrize("method", [*sorted(methods.CLEAR), "nvme.sanitize.v2"])
def test_purge_is_for_methods_that_earn_it(make_erasure_payload: Any, method: str) -> None:
    with pytest.raises(Inconsistent, match="is CLEAR"):
        validate_statement(make_erasure_payload(**done_by(method, "PURGE")))


@pytest.mark.parametrize("verdict", ["ERASED", "FAILED", "UNCONFIRMED"])
def test_a_revert_that_only_opens_a_drive_is_never_what_was_achieved(make_erasure_payload: Any, verdict: str) -> None:
    changes = done_by("opal.psid-revert") | {"result__verdict": verdict}
    with pytest.raises(Inconsistent, match="only opens a drive"):
        validate_statement(make_erasure_payload(**changes))


def test_a_drive_that_had_to_be_written_before_it_could_be_read_is_read_back(make_erasure_payload: Any) -> None:
    whole = make_erasure_payload()["verify"]["sectors"]
    changes = done_by("scsi.sanitize.block", "PURGE") | {"verify__mode": "full", "verify__sectors": whole}
    assert validate_statement(make_erasure_payload(**changes)) == "erasure"
    with pytest.raises(Inconsistent, match="every sector"):
        validate_statement(make_erasure_payload(**{**changes, "verify__sectors": whole - 1}))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"verify__sectors": 0}, "at least one sector"),
        ({"verify__nonmatching": 1}, "differ"),
        ({"verify__unreadable": 1}, "unreadable"),
        ({"verify__mode": "none"}, "NO_CANARIES"),
    ],
)
def test_an_erased_by_the_drive_itself_that_contradicts_itself_is_refused(
    make_erasure_payload: Any, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Inconsistent, match=sentence):
        validate_statement(make_erasure_payload(**{**done_by("ata.sanitize.block", "PURGE"), **changes}))


def test_without_marks_there_are_exceptions_and_no_number(make_erasure_payload: Any) -> None:
    base = done_by("ata.sanitize.block", "PURGE") | NO_MARKS
    assert validate_statement(make_erasure_payload(**base)) == "erasure"
    with pytest.raises(Inconsistent, match="no sector was compared"):
        validate_statement(make_erasure_payload(**{**base, "verify__sectors": 5}))
    with pytest.raises(Inconsistent, match="NO_CANARIES"):
        validate_statement(make_erasure_payload(**{**base, "exceptions": [{"code": "HIDDEN_AREA", "detail": ""}]}))
    with pytest.raises(Inconsistent, match="no exceptions"):
        validate_statement(make_erasure_payload(**{**base, "result__verdict": "ERASED"}))


def test_marks_are_told_as_marks_and_never_as_the_whole(workshop: Any) -> None:
    told = erasure_account(workshop.erasure(**done_by("nvme.sanitize.block", "PURGE")), "en")
    assert told.verification.startswith("4,096 marks and old contents looked for, none found")
    assert "The drive itself erased" in told.sentence
    assert any("no mark and no old content" in text for text in told.uncovered)
    french = erasure_account(workshop.erasure(**done_by("nvme.sanitize.block", "PURGE")), "fr")
    assert "aucun trouvé" in french.verification


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_without_marks_the_word_of_the_drive_is_called_its_word(workshop: Any, lang: str) -> None:
    told = erasure_account(workshop.erasure(**(done_by("nvme.sanitize.block", "PURGE") | NO_MARKS)), lang)
    assert {"en": "The drive states", "fr": "Le disque déclare"}[lang] in told.sentence


@pytest.mark.parametrize("lost", [{"nonmatching": 1}, {"unreadable": 2}])
def test_survivors_are_told(lost: dict[str, int]) -> None:
    seen = {"mode": "canaries", "sectors": 8, "nonmatching": 0, "unreadable": 0, **lost}
    told = verification_words(seen, 100, "en")
    assert "none found" not in told
    assert f"{seen['nonmatching']} still there, {seen['unreadable']} unreadable" in told


@pytest.mark.parametrize("method", [method for method in METHOD if method.endswith(".crypto")])
def test_a_destroyed_key_rests_on_the_word_of_the_maker(method: str) -> None:
    assert "maker’s word alone" in limit_words(method, "en")[0]


@pytest.mark.parametrize("method", sorted(methods.PURGE | methods.CLEAR))
def test_every_method_says_what_it_cannot_reach(method: str) -> None:
    for lang in ("fr", "en"):
        assert limit_words(method, lang)
    assert methods.overwrites(method) or any(method.startswith(start) for start in LIMITS)

"""EA-05: a firmware erase is issued, polled to its end, decoded, and its canaries are gone; what is missing shows."""

from pathlib import Path

import pytest

from tests.erasure.assertions.cases import EACH_FIRMWARE, EACH_FIXTURE, FIRMWARE, SUCCESS, attempt, fixture

ORDER = ["PLANTED", "COMMANDED", "ACCEPTED", "WRITTEN", "VERIFIED"]
UNTRUE = ("lies", "half")
ENDS: dict[str, set[str]] = {  # what may become of an erase with this vice, from drives 6.1 and 6.2
    "fails": {"FAILED"},
    "aborts": {"FAILED"},
    "hangs": {"UNCONFIRMED", "FAILED"},  # security erase: the password is still set, so that it was not carried out
    "stuck": {"UNCONFIRMED", "FAILED"},
    "resets": {"UNCONFIRMED", "FAILED"},
}


@EACH_FIRMWARE
def test_an_honest_erase_is_issued_ended_decoded_and_looked_at(tmp_path: Path, method: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method)
    assert (tried.verdict in SUCCESS, tried.objections) == (True, [])
    from_planting = tried.kinds[tried.kinds.index("PLANTED") :]  # hidden areas were shown before, where there are any
    assert tried.kinds[0] == "INTENT"
    assert [kind for kind in dict.fromkeys(from_planting) if kind in ORDER] == ORDER
    report = tried.table.report
    assert report is not None
    assert report.verification.mode == "canaries"
    assert report.verification.sectors > 100
    assert report.verification.nonmatching == 0
    medium = tried.ending.media[tried.ending.target]
    assert all(medium.before[at : at + 512] != medium.after[at : at + 512] for at in range(0, len(medium.after), 512))


@EACH_FIRMWARE
@pytest.mark.parametrize("vice", UNTRUE)
def test_a_success_that_is_not_true_is_found_by_its_canaries(tmp_path: Path, method: str, vice: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=(vice,))
    assert (tried.verdict, tried.codes, tried.objections) == ("FAILED", {"CANARY_SURVIVED"}, [])


@EACH_FIRMWARE
@pytest.mark.parametrize("vice", ENDS)
def test_an_end_that_is_no_success_is_none(tmp_path: Path, method: str, vice: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=(vice,))
    assert tried.verdict in ENDS[vice]
    assert (all(tried.ending.reasons), tried.objections) == (True, [])


@EACH_FIRMWARE
@pytest.mark.parametrize("vice", ["forgets", "zero-log", "no-sense", "idle-success", "wrong-action"])
def test_a_status_that_cannot_be_trusted_never_makes_a_claim_false(tmp_path: Path, method: str, vice: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=(vice,))
    assert tried.objections == []


@EACH_FIXTURE
def test_every_method_of_every_fixture_ends_without_a_lie(tmp_path: Path, name: str, method: str) -> None:
    tried = attempt(tmp_path, fixture(name), method)
    assert tried.objections == []
    assert tried.verdict != "REFUSED"

"""The judges of the scenarios have to be able to say no: each of them is shown what must not pass."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.virtual_bench.agent import Told
from tests.virtual_bench.bench import Surprise
from tests.virtual_bench.media import Medium
from tests.virtual_bench.scenarios.judging import is_erased, is_not_claimed, was_commanded
from tests.virtual_bench.scenarios.nvme import log_says_success

METHOD, LEVEL = "scsi.sanitize.block", "PURGE"
DRIVE: dict[str, Any] = {"verdict": "ERASED", "serial": "S1", "reasons": [], "exceptions": []}
STATEMENT: dict[str, Any] = {
    "result": {"verdict": "ERASED"},
    "subject": {"drive": {"serial": "S1"}},
    "method": {"achieved": METHOD, "level": LEVEL},
    "verify": {"sectors": 10, "nonmatching": 0},
    "simulated": False,
}
JOURNAL = ({"kind": "COMMANDED", "data": {"command": "48 82 00"}},)
GOOD = Told(0, DRIVE, STATEMENT, JOURNAL, (), 1.0, "")


@pytest.fixture
def medium(tmp_path: Path) -> Medium:
    made = Medium.filled(tmp_path / "disk.img", "a donor", 1 << 20)
    made.path.write_bytes(bytes(made.size_bytes))
    return made


def test_an_honest_erase_passes(medium: Medium) -> None:
    is_erased(GOOD, medium, method=METHOD, level=LEVEL)
    was_commanded(GOOD, "48 82")


def test_one_old_sector_on_the_medium_is_a_surprise(medium: Medium) -> None:
    with medium.path.open("r+b") as file:
        file.write(medium.before()[:512])
    with pytest.raises(Surprise, match="old sectors"):
        is_erased(GOOD, medium, method=METHOD, level=LEVEL)


WRONG = {
    "another verdict": replace(GOOD, drive={**DRIVE, "verdict": "FAILED"}),
    "another exit status": replace(GOOD, status=10),
    "a statement that says another word": replace(GOOD, statement={**STATEMENT, "result": {"verdict": "FAILED"}}),
    "a statement of another drive": replace(GOOD, statement={**STATEMENT, "subject": {"drive": {"serial": "S2"}}}),
    "a simulated statement": replace(GOOD, statement={**STATEMENT, "simulated": True}),
    "another method": replace(GOOD, statement={**STATEMENT, "method": {"achieved": "x", "level": LEVEL}}),
    "a lower level": replace(GOOD, statement={**STATEMENT, "method": {"achieved": METHOD, "level": "CLEAR"}}),
    "nothing was looked for": replace(GOOD, statement={**STATEMENT, "verify": {"sectors": 0, "nonmatching": 0}}),
    "an exception nobody expects": replace(
        GOOD, drive={**DRIVE, "exceptions": [{"code": "HIDDEN_AREA", "detail": "HPA unknown"}]}
    ),
}


@pytest.mark.parametrize("told", WRONG.values(), ids=WRONG.keys())
def test_an_outcome_that_is_not_the_erase_is_a_surprise(told: Told, medium: Medium) -> None:
    with pytest.raises(Surprise):
        is_erased(told, medium, method=METHOD, level=LEVEL)


def test_a_claim_is_no_failure() -> None:
    with pytest.raises(Surprise, match="verdict"):
        is_not_claimed(GOOD, verdict="FAILED", reason="CANARY_SURVIVED")


def test_the_sanitize_log_of_nvme_cli_is_read_in_both_of_its_forms() -> None:
    assert log_says_success('{"nvme0n1":{"sprog":65535,"sstat":{"global_erased":0,"status":"(1) Most Recent ..."}}}')
    assert log_says_success('{"sprog":65535,"sstat":257}')
    for other in ('{"sstat":{"status":"(3) Most Recent Sanitize Failed."}}', '{"sprog":65535,"sstat":2}', "", "{}"):
        assert not log_says_success(other)


def test_another_command_is_a_surprise() -> None:
    for wanted in ((), ("48 83",), ("48 82", "48 82")):
        with pytest.raises(Surprise):
            was_commanded(GOOD, *wanted)

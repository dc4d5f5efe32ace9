"""The sanitize log: masked before it is compared, an empty page is no end, contradictions are unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.nvme.commands import Action
from erasure.nvme.sanitize_log import SanitizeLog, decode_sanitize_log, report_of
from erasure.sanitizing import SanitizeState
from tests.erasure.nvme.scripted import UNHURRIED, sanitize_log


def decoded(data: bytes) -> SanitizeLog:
    log = decode_sanitize_log(data)
    assert log is not None
    return log


@pytest.mark.parametrize(
    ("sstat", "state"),
    [
        (0x0000, SanitizeState.IDLE),
        (0x0100, SanitizeState.IDLE),  # never sanitized, and nothing written since the factory
        (0x0001, SanitizeState.SUCCEEDED),
        (0x0101, SanitizeState.SUCCEEDED),
        (0x0901, SanitizeState.SUCCEEDED),
        (0x0009, SanitizeState.SUCCEEDED),
        (0x0004, SanitizeState.SUCCEEDED),
        (0x0104, SanitizeState.SUCCEEDED),
        (0x0002, SanitizeState.RUNNING),
        (0x0003, SanitizeState.FAILED),
        (0x0103, SanitizeState.FAILED),
        (0x0005, SanitizeState.UNKNOWN),
        (0x0006, SanitizeState.UNKNOWN),
        (0x0007, SanitizeState.UNKNOWN),
    ],
)
def test_the_status_is_masked_before_it_is_compared(sstat: int, state: SanitizeState) -> None:
    assert decoded(sanitize_log(sstat)).state is state


def test_an_empty_page_says_that_nothing_was_done() -> None:
    log = decoded(bytes(512))
    assert (log.state, log.action, log.progress) == (SanitizeState.IDLE, None, None)


def test_a_page_of_ones_says_nothing() -> None:
    assert decoded(b"\xff" * 512).state is SanitizeState.UNKNOWN


@pytest.mark.parametrize("length", [0, 8, 36, 511, 513, 4096])
def test_a_page_of_another_length_is_no_log(length: int) -> None:
    assert decode_sanitize_log(bytes(length)) is None


@pytest.mark.parametrize(("sstat", "state"), [(1, SanitizeState.SUCCEEDED), (3, SanitizeState.FAILED)])
def test_a_progress_of_ffff_says_nothing_of_the_end(sstat: int, state: SanitizeState) -> None:
    log = decoded(sanitize_log(sstat, sprog=0xFFFF))
    assert (log.state, log.progress) == (state, None)


def test_progress_counts_only_while_it_runs() -> None:
    assert decoded(sanitize_log(2, sprog=655)).progress == 655
    assert decoded(sanitize_log(2, sprog=0xFFFF)).progress is None
    assert decoded(sanitize_log(1, sprog=655)).progress is None


@pytest.mark.parametrize(
    ("sstat", "ssi"), [(1, 1), (1, 3), (1, 2), (1, 5), (4, 4), (2, 2), (2, 4), (3, 1), (0, 3), (1, 7), (2, 0xF)]
)
def test_a_machine_state_that_contradicts_the_status_makes_it_unknown(sstat: int, ssi: int) -> None:
    assert decoded(sanitize_log(sstat, ssi=ssi)).state is SanitizeState.UNKNOWN


@pytest.mark.parametrize(
    ("sstat", "ssi", "state"),
    [
        (2, 1, SanitizeState.RUNNING),
        (2, 3, SanitizeState.RUNNING),
        (2, 5, SanitizeState.RUNNING),
        (3, 0x12, SanitizeState.FAILED),
        (3, 0x34, SanitizeState.FAILED),
        (1, 0x10, SanitizeState.SUCCEEDED),
    ],
)
def test_a_machine_state_that_agrees_changes_nothing(sstat: int, ssi: int, state: SanitizeState) -> None:
    assert decoded(sanitize_log(sstat, ssi=ssi)).state is state


@pytest.mark.parametrize(
    ("scdw10", "action"),
    [
        (0x802, Action.BLOCK),
        (0x004, Action.CRYPTO),
        (0x013, Action.OVERWRITE),
        (0x001, None),
        (0x005, None),
        (0x000, None),
        (0x007, None),
    ],
)
def test_the_action_is_that_of_the_last_command(scdw10: int, action: Action | None) -> None:
    assert decoded(sanitize_log(1, scdw10=scdw10)).action is action


@pytest.mark.parametrize(
    ("sstat", "asked", "attested"),
    [
        (0x0801, True, True),
        (0x0801, False, True),
        (0x0001, True, False),
        (0x0001, False, None),
        (0x0802, True, None),
        (0x0803, True, None),
    ],
)
def test_only_a_success_attests_a_purge(*, sstat: int, asked: bool, attested: bool | None) -> None:
    assert decoded(sanitize_log(sstat)).attested(asked=asked) is attested


def test_the_estimates_are_seconds_and_one_pass_of_sixteen() -> None:
    assert decoded(sanitize_log(0, estimate=100)).seconds() == {"overwrite": 7, "block": None, "crypto": 0}


def test_passes_and_erased_data_stand_beside_the_status() -> None:
    log = decoded(sanitize_log(0x0101 | 3 << 3))
    assert (log.completed_passes, log.data_erased, log.purged) == (3, True, False)


def test_the_report_has_the_raw_words() -> None:
    report = report_of(decoded(sanitize_log(0x0901)), purge_reporting=True)
    assert (report.state, report.action, report.attested_purge) == (SanitizeState.SUCCEEDED, "block", True)
    assert report.detail == "SSTAT 0901h SPROG FFFFh SCDW10 00000802h SSI 00h"
    assert report.raw.startswith("ffff0109")


def test_no_log_is_an_unknown_state() -> None:
    assert report_of(None, purge_reporting=True).state is SanitizeState.UNKNOWN


@UNHURRIED
@given(st.binary(min_size=512, max_size=512))
def test_no_page_is_a_success_unless_its_status_says_so(data: bytes) -> None:
    log = decoded(data)
    assert (log.state is SanitizeState.SUCCEEDED) <= (data[2] & 7 in (1, 4))
    assert (log.state is SanitizeState.RUNNING) <= (data[2] & 7 == 2)
    assert report_of(log, purge_reporting=False).detail == log.words


@UNHURRIED
@given(st.binary(max_size=600))
def test_pages_of_any_length_are_read_without_an_error(data: bytes) -> None:
    assert (decode_sanitize_log(data) is None) == (len(data) != 512)

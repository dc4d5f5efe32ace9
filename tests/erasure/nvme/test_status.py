"""What a status says: one test per status, and whatever is not listed is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.nvme.status import LISTED, StatusKind, decode_status
from tests.erasure.nvme.scripted import UNHURRIED


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (0x0000, StatusKind.GOOD, "NVMe status 0000h, success"),
        (0x2001, StatusKind.REFUSED, "NVMe status 2001h, invalid opcode"),
        (0x4002, StatusKind.INVALID_FIELD, "NVMe status 4002h, invalid field, do not retry"),
        (0x0006, StatusKind.ABORTED, "NVMe status 0006h, internal error"),
        (0x000B, StatusKind.REFUSED, "NVMe status 000bh, invalid namespace or format"),
        (0x400C, StatusKind.REFUSED, "NVMe status 400ch, command sequence error, do not retry"),
        (0x0015, StatusKind.REFUSED, "NVMe status 0015h, operation denied"),
        (0x001C, StatusKind.REFUSED, "NVMe status 001ch, the last sanitize failed"),
        (0x401D, StatusKind.IN_PROGRESS, "NVMe status 401dh, a sanitize is in progress, do not retry"),
        (0x0020, StatusKind.REFUSED, "NVMe status 0020h, namespace is write protected"),
        (0x4028, StatusKind.REFUSED, "NVMe status 4028h, prohibited by command and feature lockdown, do not retry"),
        (0x0084, StatusKind.IN_PROGRESS, "NVMe status 0084h, a format is in progress"),
        (0x410A, StatusKind.REFUSED, "NVMe status 410ah, invalid format, do not retry"),
        (
            0x4123,
            StatusKind.REFUSED,
            "NVMe status 4123h, sanitize is prohibited while the persistent memory region is enabled, do not retry",
        ),
        (0x0280, StatusKind.ABORTED, "NVMe status 0280h, write fault"),
        (0x0281, StatusKind.ABORTED, "NVMe status 0281h, unrecovered read error"),
        (0x4286, StatusKind.LOCKED, "NVMe status 4286h, access denied, do not retry"),
        (0x0371, StatusKind.UNKNOWN, "NVMe status 0371h, aborted by the host"),
        (0x07C0, StatusKind.UNKNOWN, "NVMe status 07c0h, unknown"),
    ],
)
def test_each_status_says_whether_the_command_was_begun(raw: int, kind: StatusKind, words: str) -> None:
    status = decode_status(raw)
    assert (status.kind, status.words) == (kind, words)


@UNHURRIED
@given(st.integers())
def test_only_a_plain_zero_is_good(raw: int) -> None:
    assert (decode_status(raw).kind is StatusKind.GOOD) == (raw == 0)


@pytest.mark.parametrize("raw", [0x4000, 0x2000, 0x0800, 0x8000, 0x10000, -1])
def test_flags_without_a_code_are_no_success(raw: int) -> None:
    assert decode_status(raw).kind is StatusKind.UNKNOWN


@UNHURRIED
@given(st.integers(1, 0x7FF).filter(lambda code: code not in LISTED), st.sampled_from([0, 0x2000, 0x4000, 0x6000]))
def test_what_is_not_listed_is_unknown(code: int, flags: int) -> None:
    assert decode_status(code | flags).kind is StatusKind.UNKNOWN

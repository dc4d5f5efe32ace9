"""Every bit of the commands of an NVMe erase, as the specification has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.harmless import harmless_nvme
from erasure.nvme.commands import (
    Action,
    KeptFormat,
    SecureErase,
    format_namespace,
    get_log,
    get_sanitize_log,
    identify,
    sanitize,
    words,
)
from erasure.transport.ports import NvmeCommand
from tests.erasure.nvme.scripted import UNHURRIED

PLAIN = KeptFormat(0, metadata_extended=False, protection=0)


def test_the_sanitize_log_is_asked_of_the_whole_controller() -> None:
    assert get_sanitize_log() == NvmeCommand(0x02, nsid=0xFFFFFFFF, cdw10=0x007F0081)


def test_a_short_log_counts_dwords_from_zero() -> None:
    assert get_log(0x15, 16).cdw10 == 0x00030015


@pytest.mark.parametrize(("cns", "nsid"), [(0x00, 1), (0x01, 0), (0x02, 0), (0x10, 1024)])
def test_identify_names_what_it_asks_and_of_which_namespace(cns: int, nsid: int) -> None:
    assert identify(cns, nsid) == NvmeCommand(0x06, nsid=nsid, cdw10=cns)


@pytest.mark.parametrize(
    ("action", "purge", "expected"),
    [
        (Action.BLOCK, True, 0x802),
        (Action.BLOCK, False, 0x002),
        (Action.CRYPTO, True, 0x804),
        (Action.CRYPTO, False, 0x004),
        (Action.OVERWRITE, True, 0x813),
        (Action.OVERWRITE, False, 0x013),
    ],
)
def test_sanitize_asks_for_a_purge_and_never_for_an_unrestricted_exit(
    *, action: Action, purge: bool, expected: int
) -> None:
    assert sanitize(action, purge=purge) == NvmeCommand(0x84, nsid=0, cdw10=expected)


def test_the_other_bits_of_sanitize_stand_where_they_belong() -> None:
    command = sanitize(
        Action.OVERWRITE, purge=False, passes=3, pattern=0xDEADBEEF, unrestricted_exit=True, keep_allocated=True
    )
    assert (command.cdw10, command.cdw11) == (0x003 | 0x008 | 0x030 | 0x200, 0xDEADBEEF)


@pytest.mark.parametrize("passes", [0, 16, -1])
def test_a_number_of_passes_that_means_another_on_the_wire_is_refused(passes: int) -> None:
    with pytest.raises(ValueError, match="passes"):
        sanitize(Action.OVERWRITE, purge=True, passes=passes)


@pytest.mark.parametrize(
    ("kept", "erase", "expected"),
    [
        (PLAIN, SecureErase.USER_DATA, 0x0200),
        (PLAIN, SecureErase.CRYPTO, 0x0400),
        (KeptFormat(1, metadata_extended=True, protection=0), SecureErase.USER_DATA, 0x0211),
        (KeptFormat(0, metadata_extended=False, protection=0b1010), SecureErase.CRYPTO, 0x0540),
        (KeptFormat(0x2F, metadata_extended=False, protection=0), SecureErase.USER_DATA, 0x220F),
    ],
)
def test_format_keeps_the_format_and_erases(kept: KeptFormat, erase: SecureErase, expected: int) -> None:
    assert format_namespace(5, erase, kept) == NvmeCommand(0x80, nsid=5, cdw10=expected)


@UNHURRIED
@given(
    index=st.integers(0, 63), extended=st.booleans(), protection=st.integers(0, 15), erase=st.sampled_from(SecureErase)
)
def test_no_format_can_be_built_that_erases_nothing(
    *, index: int, extended: bool, protection: int, erase: SecureErase
) -> None:
    word = format_namespace(1, erase, KeptFormat(index, extended, protection)).cdw10
    assert word >> 9 & 0b111 in (1, 2)
    assert word & 0xF | (word >> 12 & 0b11) << 4 == index
    assert word >> 14 == 0


def test_a_secure_erase_setting_of_zero_does_not_exist() -> None:
    with pytest.raises(ValueError, match="0 is not a valid"):
        format_namespace(1, 0, PLAIN)  # type: ignore[arg-type]


@pytest.mark.parametrize("kept", [KeptFormat(64, metadata_extended=False, protection=0), KeptFormat(0, True, 16)])
def test_a_format_that_no_namespace_has_is_refused(kept: KeptFormat) -> None:
    with pytest.raises(ValueError, match="LBA format"):
        format_namespace(1, SecureErase.CRYPTO, kept)


def test_the_guard_lets_questions_pass_and_stops_erases() -> None:
    questions = (identify(1), get_sanitize_log(), get_log(0x15, 16))
    erases = (sanitize(Action.BLOCK, purge=True), format_namespace(1, SecureErase.CRYPTO, PLAIN))
    assert [harmless_nvme(command) for command in (*questions, *erases)] == [True, True, True, False, False]


def test_the_journal_has_every_word() -> None:
    assert words(sanitize(Action.CRYPTO, purge=True)) == {
        "command": "NVMe admin 84h",
        "nsid": "00000000h",
        "cdw10": "00000804h",
        "cdw11": "00000000h",
    }

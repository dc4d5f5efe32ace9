"""Reading a controller: everything is asked with harmless commands, and what is not told is unknown."""

import errno
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.announcement import harmless_only
from erasure.nvme.facts import NvmeFacts
from erasure.nvme.reading import read_nvme
from erasure.sanitizing import SanitizeState
from erasure.transport.ports import CommandPorts
from tests.erasure.nvme.scripted import (
    INVALID_FIELD,
    UNHURRIED,
    Answer,
    ScriptedPort,
    controller,
    damaged,
    id_list,
    namespace,
    noise,
    one_namespace,
    page,
    sanitize_log,
    two_namespaces,
)

HOSTILE = noise(4096) | st.integers(0, 0x7FFF) | damaged(id_list(1, 2)) | damaged(namespace()) | damaged(controller())
Script = dict[tuple[Any, ...], Answer]


def read(script: Script, nsid: int | OSError = 1) -> NvmeFacts | None:
    guarded = harmless_only(CommandPorts(nvme=ScriptedPort(script, nsid))).nvme
    assert guarded is not None
    return read_nvme(guarded)


def facts_of(script: Script) -> NvmeFacts:
    found = read(script)
    assert found is not None
    return found


def test_an_ordinary_drive_is_read() -> None:
    facts = facts_of(one_namespace(oacs=0b1011, fna=0b0110, sanicap=0x2000002B, tnvmcap=1 << 20, rpmbs=1, cmic=2))
    assert (facts.model, facts.serial, facts.nsid, facts.shared) == ("Invented NVMe", "DEMO-0001", 1, True)
    assert [one.nsid for one in facts.active] == [1]
    assert (facts.format_supported, facts.namespace_management, facts.security_commands) == (True, True, True)
    assert (facts.format_reaches_all, facts.erase_reaches_all) == (False, True)
    assert (facts.format_crypto, facts.format_broadcast) == (True, True)
    assert (facts.sanitize_crypto, facts.sanitize_block, facts.sanitize_overwrite) == (True, True, False)
    assert (facts.purge_reporting, facts.media_verification, facts.no_deallocate_inhibited) == (True, True, True)
    assert (facts.total_bytes, facts.unallocated_bytes, facts.rpmb) == (1 << 20, 0, True)
    assert facts.sanitize.state is SanitizeState.IDLE
    assert facts.sanitize_seconds == {"overwrite": 1, "block": None, "crypto": 0}
    assert len(facts.raw["identify-controller"]) == 8192
    assert len(facts.raw["sanitize-log"]) == 1024


@pytest.mark.parametrize("answer", [INVALID_FIELD, bytes(4096), b"\xff" * 4096, OSError(errno.EIO, "x")])
def test_a_controller_that_gives_no_legible_answer_is_none(answer: Answer) -> None:
    assert read({**one_namespace(), ("identify", 0x01, 0): answer}) is None


def test_a_node_without_namespace_is_none() -> None:
    assert read(one_namespace(), OSError(errno.ENOTTY, "x")) is None


@pytest.mark.parametrize("question", [*one_namespace(), "namespace id"])
@pytest.mark.parametrize("code", [errno.ENODEV, errno.ENXIO])
def test_a_drive_that_left_is_an_error_at_every_question(question: Any, code: int) -> None:
    gone = OSError(code, "gone")
    script = one_namespace() if question == "namespace id" else {**one_namespace(), question: gone}
    with pytest.raises(OSError, match="gone"):
        read(script, gone if question == "namespace id" else 1)


@pytest.mark.parametrize(
    "change",
    [
        {("identify", 0x02, 0): INVALID_FIELD},
        {("identify", 0x02, 0): OSError(errno.EIO, "x")},
        {("identify", 0x02, 0): id_list()},
        {("identify", 0x02, 0): id_list(2, 1)},
        {("identify", 0x02, 0): b"\xff" * 4096},
        {("identify", 0x02, 0): id_list(3)},
        {("identify", 0x02, 0): id_list(1, 9), ("identify", 0x10, 0): id_list(1, 9), ("identify", 0, 9): namespace()},
        {("identify", 0x10, 0): INVALID_FIELD},
        {("identify", 0x10, 0): id_list(2)},
        {("identify", 0x00, 2): bytes(4096)},
        {("identify", 0x00, 2): b"\xff" * 4096},
        {("identify", 0x00, 2): INVALID_FIELD},
        {("identify", 0x00, 2): OSError(errno.EINTR, "x")},
    ],
)
def test_one_namespace_that_is_not_legible_makes_them_all_unknown(change: Script) -> None:
    facts = facts_of({**two_namespaces(namespace()), **change})
    assert facts.namespaces is None
    assert facts.active == ()


def test_namespaces_that_are_only_allocated_are_seen_too() -> None:
    script = {
        **one_namespace(nn=4, oacs=0b1010),
        ("identify", 0x10, 0): id_list(1, 3, 4),
        ("identify", 0x11, 3): namespace(100),
        ("identify", 0x00, 4): namespace(200),  # an older controller
    }
    found = facts_of(script).namespaces
    assert found is not None
    assert [(one.nsid, one.active, one.blocks) for one in found] == [(1, True, 2048), (3, False, 100), (4, False, 200)]


def test_a_list_of_more_than_1024_namespaces_is_read_on() -> None:
    ids = tuple(range(1, 1025))
    pages: Script = {}
    for cns in (0x02, 0x10):
        pages |= {("identify", cns, 0): id_list(*ids), ("identify", cns, 1024): id_list(1025, 1026)}
    each: Script = {("identify", 0, nsid): namespace() for nsid in range(1, 1027)}
    found = facts_of({**one_namespace(nn=1026), **pages, **each}).namespaces
    assert found is not None
    assert len(found) == 1026


def test_a_list_without_end_is_given_up() -> None:
    class Endless(dict[tuple[Any, ...], Answer]):
        def get(self, key: Any, default: Any = None) -> Any:
            if key[:2] == ("identify", 0x02):
                return id_list(*range(key[2] + 1, key[2] + 1025))
            return super().get(key, default)

    assert facts_of(Endless(one_namespace(nn=0xFFFFFFFD))).namespaces is None


def test_a_controller_that_manages_no_namespaces_may_lack_the_second_list() -> None:
    found = facts_of({**one_namespace(), ("identify", 0x10, 0): INVALID_FIELD}).namespaces
    assert found is not None
    assert len(found) == 1


def test_a_controller_without_lists_is_asked_id_by_id() -> None:
    script: Script = {
        ("identify", 0x01, 0): controller(version=0, nn=3, sanicap=0),
        ("identify", 0x00, 1): namespace(),
        ("identify", 0x00, 2): bytes(4096),
        ("identify", 0x00, 3): namespace(5),
    }
    facts = facts_of(script)
    assert [one.nsid for one in facts.active] == [1, 3]
    assert facts_of({**script, ("identify", 0x00, 2): INVALID_FIELD}).namespaces is None
    assert facts_of({**script, ("identify", 0x00, 2): b"\xff" * 4096}).namespaces is None


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (sanitize_log(0x101), SanitizeState.SUCCEEDED),
        (sanitize_log(2, sprog=655), SanitizeState.RUNNING),
        (sanitize_log(3), SanitizeState.FAILED),
        (bytes(512), SanitizeState.IDLE),
        (b"\xff" * 512, SanitizeState.UNKNOWN),
        (b"\x00" * 8, SanitizeState.UNKNOWN),
        (0x4109, SanitizeState.UNKNOWN),
        (OSError(errno.EIO, "x"), SanitizeState.UNKNOWN),
    ],
)
def test_the_state_of_the_last_sanitize_is_read(answer: Answer, state: SanitizeState) -> None:
    assert facts_of({**one_namespace(), ("log", 0x81): answer}).sanitize.state is state


def test_a_controller_that_cannot_sanitize_is_not_asked_how_it_went() -> None:
    port = ScriptedPort(one_namespace(sanicap=0))
    facts = read_nvme(port)
    assert facts is not None
    assert facts.sanitize.state is SanitizeState.UNSUPPORTED
    assert port.opcodes(0x02) == []


@pytest.mark.parametrize(
    ("total", "unallocated", "expected"),
    [(0, 0, (None, None)), (100, 40, (100, 40)), (100, 0, (100, 0)), (100, 101, (None, None)), (0, 7, (None, None))],
)
def test_capacities_that_are_not_told_are_unknown(
    total: int, unallocated: int, expected: tuple[int | None, int | None]
) -> None:
    facts = facts_of(one_namespace(tnvmcap=total, unvmcap=unallocated))
    assert (facts.total_bytes, facts.unallocated_bytes) == expected


@pytest.mark.parametrize(
    ("version", "answer", "expected"),
    [
        (0x00010200, INVALID_FIELD, False),
        (0x00010400, INVALID_FIELD, None),
        (0x00020000, INVALID_FIELD, None),
        (0x00020000, page(16, {0: b"\x15", 4: b"\x01"}), True),
        (0x00020000, page(16, {0: b"\x15"}), False),
        (0x00020000, bytes(16), None),
        (0x00020000, b"\xff" * 16, None),
    ],
)
def test_boot_partitions_are_known_only_when_they_are_told(
    *, version: int, answer: Answer, expected: bool | None
) -> None:
    assert facts_of({**one_namespace(version=version), ("log", 0x15): answer}).boot_partitions is expected


@UNHURRIED
@given(st.dictionaries(st.sampled_from(list(two_namespaces(b""))), HOSTILE))
def test_whatever_a_drive_answers_the_facts_never_invent_a_namespace(answers: Script) -> None:
    facts = read({**two_namespaces(namespace()), **answers})
    assert facts is None or facts.namespaces is None or facts.nsid in {one.nsid for one in facts.active}

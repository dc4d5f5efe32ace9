"""NVMe format: every active namespace, never without a secure erase setting, ended by the status of each command."""

import errno
import json
from dataclasses import replace
from typing import Any

import pytest

from erasure.methods.nvme_format import NVME_FORMAT, NvmeFormat
from erasure.methods.protocol import Finished, MethodKind, Ticket
from erasure.nvme.facts import NvmeFacts
from erasure.nvme.reading import read_nvme
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN
from tests.erasure.nvme.scripted import (
    Answer,
    Desk,
    ScriptedPort,
    id_list,
    namespace,
    one_namespace,
    sanitize_log,
    two_namespaces,
)

CRYPTO, USER_DATA = NVME_FORMAT
BROADCAST = 0xFFFFFFFF
Script = dict[tuple[Any, ...], Answer]
FORMATTED: Script = {("format", nsid): 0 for nsid in (1, 2, BROADCAST)}
PLAIN = two_namespaces(namespace(100), oacs=0b1010, fna=0b0100)


def nvme_facts(script: Script) -> NvmeFacts:
    found = read_nvme(ScriptedPort(script))
    assert found is not None
    return found


def carried_out(
    facts: Any, script: Script, answers: Script | None = None, method: NvmeFormat = USER_DATA
) -> tuple[Desk, Ticket]:
    at = Desk(ScriptedPort({**script, **FORMATTED, **(answers or {})}))
    return at, method.start(at.ports, facts(nvme=nvme_facts(script)))


def sent(at: Desk) -> list[tuple[int, int]]:
    return [(one.nsid, one.cdw10) for one in at.port.opcodes(0x80)]


def failures(state: Any) -> list[ReasonCode]:
    assert isinstance(state, Finished)
    return [reason.code for reason in state.written.failures]


def test_the_rows_are_clear_by_firmware() -> None:
    assert [(one.id, one.level, one.kind) for one in NVME_FORMAT] == [
        ("nvme.format.crypto", Level.CLEAR, MethodKind.FIRMWARE),
        ("nvme.format.user-data", Level.CLEAR, MethodKind.FIRMWARE),
    ]


@pytest.mark.parametrize(("method", "word"), [(USER_DATA, 0x200), (CRYPTO, 0x400)])
def test_each_namespace_has_its_announced_command(facts: Any, method: NvmeFormat, word: int) -> None:
    at, ticket = carried_out(facts, PLAIN, method=method)
    assert sent(at) == [(1, word), (2, word)]
    assert [entry["nsid"] for entry in at.announced] == ["00000001h", "00000002h"]
    assert at.waited == ["command", "command"]
    assert (ticket.accepted, ticket.written, ticket.notes["statuses"]) == (True, NOTHING_WRITTEN, [0, 0])
    assert [entry["notes"] for entry in at.accepted] == [ticket.notes]
    assert failures(method.poll(at.ports, ticket)) == []


def test_each_namespace_keeps_its_own_format(facts: Any) -> None:
    second = namespace(100, shift=12, flbas=0x51, dps=0b1001, metadata=8)
    at, ticket = carried_out(facts, two_namespaces(second))
    assert sent(at) == [(1, 0x200), (2, 0x2331)]
    assert failures(USER_DATA.poll(at.ports, ticket)) == []


@pytest.mark.parametrize(
    ("fna", "second", "expected"),
    [
        (0b0000, namespace(100), [1, 2]),
        (0b0001, namespace(100), [BROADCAST]),
        (0b0010, namespace(100), [BROADCAST]),
        (0b0011, namespace(100), [BROADCAST]),
        (0b1001, namespace(100), [1, 2]),
        (0b1010, namespace(100), [1, 2]),
        (0b1000, namespace(100), [1, 2]),
        (0b0010, namespace(100, shift=12, flbas=1), [1, 2]),
    ],
)
def test_one_command_for_all_only_where_it_is_allowed_reaches_all_and_changes_no_format(
    facts: Any, fna: int, second: bytes, expected: list[int]
) -> None:
    at, ticket = carried_out(facts, two_namespaces(second, fna=fna))
    assert [nsid for nsid, _ in sent(at)] == expected
    assert ticket.notes["statuses"] == [0] * len(expected)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x2001, ReasonCode.ABORTED),
        (0x4002, ReasonCode.ABORTED),
        (0x000B, ReasonCode.ABORTED),
        (0x410A, ReasonCode.ABORTED),
        (0x001C, ReasonCode.ABORTED),
        (0x401D, ReasonCode.ABORTED),
        (0x0084, ReasonCode.ABORTED),
        (0x0281, ReasonCode.ABORTED),
        (0x4286, ReasonCode.LOCKED),
    ],
)
@pytest.mark.parametrize("refused", [1, 2])
def test_one_refused_namespace_is_a_failure_of_all(facts: Any, refused: int, status: int, code: ReasonCode) -> None:
    at, ticket = carried_out(facts, PLAIN, {("format", refused): status})
    assert len(sent(at)) == refused
    assert (ticket.accepted, [reason.code for reason in ticket.written.failures]) == (False, [code])
    assert ticket.notes["statuses"][-1] == status
    assert at.accepted == []
    assert failures(USER_DATA.poll(at.ports, ticket)) == [ReasonCode.STATUS_UNREADABLE]


@pytest.mark.parametrize("answer", [OSError(errno.EINTR, "cut"), OSError(errno.ENODEV, "cut"), 0x0007, 0x07C0, 0x4000])
@pytest.mark.parametrize("where", [1, 2])
def test_a_command_of_unknown_fate_is_an_error_and_not_sent_again(facts: Any, where: int, answer: Answer) -> None:
    at = Desk(ScriptedPort({**PLAIN, **FORMATTED, ("format", where): answer}))
    with pytest.raises(OSError, match=r"cut|NVMe status"):
        USER_DATA.start(at.ports, facts(nvme=nvme_facts(PLAIN)))
    assert len(sent(at)) == where
    assert at.accepted == []


def test_a_ticket_from_a_journal_without_statuses_stays_unknown(facts: Any) -> None:
    at, whole = carried_out(facts, PLAIN)
    for ticket in (
        replace(whole, accepted=False),
        Ticket(USER_DATA.id, NOTHING_WRITTEN, accepted=False),
        Ticket(USER_DATA.id, NOTHING_WRITTEN, accepted=True),
        Ticket(USER_DATA.id, NOTHING_WRITTEN, accepted=True, notes={"planned": 0, "statuses": []}),
        Ticket(USER_DATA.id, NOTHING_WRITTEN, accepted=False, seen_running=True),
    ):
        assert failures(USER_DATA.poll(at.ports, ticket)) == [ReasonCode.STATUS_UNREADABLE]


def test_a_journal_that_has_every_status_is_as_good_as_the_run(facts: Any) -> None:
    at, ticket = carried_out(facts, PLAIN)
    again = replace(ticket, notes=json.loads(json.dumps(ticket.notes)))
    assert failures(USER_DATA.poll(at.ports, again)) == []


@pytest.mark.parametrize("change", [{"statuses": [0]}, {"statuses": [0, 2]}, {"statuses": None}, {"planned": 3}])
def test_one_status_that_is_missing_or_bad_stays_unknown(facts: Any, change: dict[str, Any]) -> None:
    at, ticket = carried_out(facts, PLAIN)
    ticket = replace(ticket, notes={**ticket.notes, **change})
    assert failures(USER_DATA.poll(at.ports, ticket)) == [ReasonCode.STATUS_UNREADABLE]


@pytest.mark.parametrize("word", ["00000000h", "00000400h"])
def test_a_format_that_erased_nothing_or_something_else_is_a_failure(facts: Any, word: str) -> None:
    at, ticket = carried_out(facts, PLAIN)
    commands = [{**ticket.notes["commands"][0]}, {**ticket.notes["commands"][1], "cdw10": word}]
    state = USER_DATA.poll(at.ports, replace(ticket, notes={**ticket.notes, "commands": commands}))
    assert failures(state) == [ReasonCode.WRONG_ACTION]


@pytest.mark.parametrize(
    "after",
    [
        {("identify", 0x00, 2): namespace(99)},
        {("identify", 0x00, 2): namespace(100, shift=12)},
        {("identify", 0x00, 2): namespace(100, flbas=1)},
        {("identify", 0x00, 2): namespace(100, metadata=8)},
        {("identify", 0x02, 0): id_list(1)},
        {("identify", 0x02, 0): id_list(1, 2, 3)},
    ],
)
def test_a_namespace_that_is_not_as_it_was_is_a_failure(facts: Any, after: Script) -> None:
    at, ticket = carried_out(facts, PLAIN)
    at.port.answers.update(after)
    assert failures(USER_DATA.poll(at.ports, ticket)) == [ReasonCode.SIZE]


@pytest.mark.parametrize(
    "answer",
    [bytes(4096), b"\xff" * 4096, 0x4002, OSError(errno.EIO, "cannot be identified"), OSError(errno.ENODEV, "gone")],
)
def test_a_namespace_that_does_not_answer_afterwards_is_an_error(facts: Any, answer: Answer) -> None:
    at, ticket = carried_out(facts, PLAIN)
    at.port.answers["identify", 0x00, 2] = answer
    with pytest.raises(OSError, match=r"cannot be identified|gone"):
        USER_DATA.poll(at.ports, ticket)


def test_a_large_drive_has_the_time_that_it_needs(facts: Any) -> None:
    script = {**one_namespace(), ("identify", 0x00, 1): namespace(8 * 10**12 // 512)}
    at, _ = carried_out(facts, script)
    assert at.port.timeouts == [40_000_000]
    small, _ = carried_out(facts, PLAIN)
    assert small.port.timeouts == [3_600_000, 3_600_000]


@pytest.mark.parametrize(
    ("method", "script", "code"),
    [
        (USER_DATA, one_namespace(oacs=0), ReasonCode.UNSUPPORTED),
        (CRYPTO, one_namespace(fna=0), ReasonCode.UNSUPPORTED),
        (USER_DATA, {**PLAIN, ("identify", 0x02, 0): 0x4002}, ReasonCode.HIDDEN_AREA),
        (USER_DATA, two_namespaces(namespace(9, shift=12, flbas=1), fna=1), ReasonCode.UNSUPPORTED),
        (USER_DATA, {**PLAIN, ("log", 0x81): sanitize_log(2)}, ReasonCode.IN_USE),
        (USER_DATA, {**PLAIN, ("log", 0x81): sanitize_log(3)}, ReasonCode.UNSUPPORTED),
        (USER_DATA, {**PLAIN, ("log", 0x81): b"\xff" * 512}, ReasonCode.STATUS_UNREADABLE),
    ],
)
def test_every_no_has_its_reason(facts: Any, method: NvmeFormat, script: Script, code: ReasonCode) -> None:
    answer: Any = method.applies(facts(nvme=nvme_facts(script)))
    assert answer.reason.code is code


def test_a_controller_without_an_active_namespace_has_nothing_to_format(facts: Any) -> None:
    answer: Any = USER_DATA.applies(facts(nvme=replace(nvme_facts(PLAIN), namespaces=())))
    assert answer.reason == Reason(ReasonCode.UNSUPPORTED, "the controller has no active namespace")


@pytest.mark.parametrize("state", [0, 1, 4])
def test_an_ordinary_drive_can_be_formatted(facts: Any, state: int) -> None:
    script = {**PLAIN, ("log", 0x81): sanitize_log(state)}
    answers: list[Any] = [method.applies(facts(nvme=nvme_facts(script))) for method in NVME_FORMAT]
    assert [answer.level for answer in answers] == [Level.CLEAR, Level.CLEAR]


def test_what_a_format_leaves_is_named_and_no_refusal(facts: Any) -> None:
    script = {
        **one_namespace(nn=2, oacs=0b1010, tnvmcap=100, unvmcap=40, rpmbs=1),
        ("identify", 0x10, 0): id_list(1, 2),
        ("identify", 0x11, 2): namespace(),
    }
    drive = facts(nvme=nvme_facts(script))
    assert [reason.detail for reason in USER_DATA.uncovered(drive)] == [
        "RPMB is a separate area of the drive",
        "unallocated capacity of 40 bytes",
        "namespace 2 (allocated) is a separate area of the drive",
    ]
    assert USER_DATA.applies(drive).method == USER_DATA.id


def test_capacity_that_is_not_told_is_named_where_namespaces_are_managed(facts: Any) -> None:
    managed = facts(nvme=nvme_facts(one_namespace(oacs=0b1010)))
    assert [reason.detail for reason in USER_DATA.uncovered(managed)] == ["unallocated capacity is not told"]
    assert USER_DATA.uncovered(facts(nvme=nvme_facts(one_namespace()))) == ()

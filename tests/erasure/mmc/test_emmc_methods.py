"""Erasing an eMMC: everything is erased before the sanitize, each command announced, and only a finished one counts."""

import errno
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest

from erasure.announcement import Announced
from erasure.applicability import Applicable
from erasure.methods.emmc import EMMC
from erasure.methods.protocol import Finished, Ticket, Working
from erasure.mmc.reading import decode_ext_csd, sd_card
from erasure.outcome import Level, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Ports
from tests.erasure.mmc.scripted_card import READY, SECTORS, SIZE, WORKING, ScriptedCard, ext_csd

SANITIZE, SECURE = EMMC
WHOLE = [(35, 0), (36, SIZE - 512), (38, 0), (6, 0x03A50101)]


def facts_of(facts: Any, raw: bytes | None = None, bus: str = "mmc", **given: Any) -> Any:
    card = decode_ext_csd(ext_csd() if raw is None else raw)
    return facts({"bus": bus}, **{"mmc": card, "size_bytes": SIZE, **given})


@dataclass
class Run:
    card: ScriptedCard
    facts: Any
    announced: list[Any] = field(default_factory=list)
    accepted: list[Any] = field(default_factory=list)

    @property
    def ports(self) -> Any:
        guard = Announced(self.card.ports, self.announced.append)
        blank: Any = dict.fromkeys(Ports.__dataclass_fields__)
        known = {"commands": guard.ports, "announce": guard.announce, "accepted": self.accepted.append}
        return Ports(**{**blank, **known, "busy": lambda *_: nullcontext()})

    def start(self, method: Any = SANITIZE) -> Ticket:
        ticket: Ticket = method.start(self.ports, self.facts)
        return ticket


def test_a_new_card_is_sanitized_and_an_old_one_erased_securely(facts: Any) -> None:
    new, old = facts_of(facts), facts_of(facts, ext_csd(b192=5, b231=0x11))
    assert SANITIZE.applies(new) == Applicable("emmc.sanitize", Level.CLEAR)
    assert SECURE.applies(new).reason.detail == "secure erase ended with eMMC 4.41, sanitize replaced it"
    assert SECURE.applies(old) == Applicable("emmc.secure-erase", Level.CLEAR)
    assert SANITIZE.applies(old).reason.detail == "the card announces no sanitize"


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"mmc": sd_card()}, ReasonCode.UNSUPPORTED, "SD cards and USB sticks have no standard purge"),
        ({"mmc": None}, ReasonCode.UNSUPPORTED, "SD cards and USB sticks have no standard purge"),
        ({"mmc": None, "bus": "usb"}, ReasonCode.UNSUPPORTED, "SD cards and USB sticks have no standard purge"),
        ({"mmc": None, "bus": "nvme"}, ReasonCode.UNSUPPORTED, "the drive is no eMMC"),
        ({"read_only": True}, ReasonCode.READ_ONLY, "the card is write protected"),
        ({"raw": ext_csd(b171=1)}, ReasonCode.READ_ONLY, "the card is write protected"),
        ({"size_bytes": SIZE - 512}, ReasonCode.SIZE, f"the card counts {SECTORS} sectors"),
    ],
)
def test_every_no_has_its_reason(facts: Any, given: dict[str, Any], code: ReasonCode, words: str) -> None:
    reason = SANITIZE.applies(facts_of(facts, **given)).reason
    assert (reason.code, reason.detail.startswith(words)) == (code, True)


def test_every_other_partition_is_named(facts: Any) -> None:
    told = [reason.detail for reason in SANITIZE.uncovered(facts_of(facts, ext_csd(b143=1)))]
    assert told == [
        "two boot partitions of 4194304 bytes each",
        "general purpose partition 1 of 8388608 bytes",
        "RPMB of 4194304 bytes, which no host can erase",
    ]


def test_everything_is_erased_first_and_then_sanitized(facts: Any) -> None:
    run = Run(ScriptedCard(), facts_of(facts))
    ticket = run.start()
    assert run.card.destructive == WHOLE
    assert [document["command"] for document in run.announced] == [
        "CMD35 00000000h",
        "CMD36 1ffffe00h",
        "CMD38 00000000h",
        "CMD6 03a50101h",
    ]
    assert (ticket.accepted, len(run.accepted)) == (True, 1)
    assert SANITIZE.poll(run.ports, ticket).written.completion.succeeded


def test_nothing_is_sent_between_the_addresses_and_the_erase(facts: Any) -> None:
    run = Run(ScriptedCard(), facts_of(facts))
    run.start()
    opcodes = [command.opcode for command in run.card.sent]
    assert opcodes[opcodes.index(35) :][:3] == [35, 36, 38]


def test_a_secure_erase_says_so_to_the_card(facts: Any) -> None:
    run = Run(ScriptedCard(), facts_of(facts))
    run.start(SECURE)
    assert run.card.destructive == [*WHOLE[:2], (38, 0x80000000)]


def test_the_erase_may_take_as_long_as_the_card_announces(facts: Any) -> None:
    run = Run(ScriptedCard(), facts_of(facts))
    run.start(SECURE)
    assert max(run.card.waits) == 1024 * 10 * 300
    assert SECURE.expected_seconds(run.facts) == 3072


def test_the_kernel_may_give_no_response_to_the_sanitize_switch(facts: Any) -> None:
    assert Run(ScriptedCard(answers={6: 0}), facts_of(facts)).start().accepted


@pytest.mark.parametrize(
    "answers", [{36: 0x20000900}, {38: 0x04000900}, {38: 0x8900}, {6: 0x980}, {6: 0, 13: [READY, READY, 0x980]}]
)
def test_any_error_bit_is_a_refusal(facts: Any, answers: dict[int, Any]) -> None:
    run = Run(ScriptedCard(answers=answers), facts_of(facts))
    ticket = run.start()
    assert [reason.code for reason in ticket.written.failures] == [ReasonCode.ABORTED]
    assert (ticket.accepted, run.accepted, "card status" in ticket.written.failures[0].detail) == (False, [], True)


@pytest.mark.parametrize(
    "answers",
    [
        {38: OSError(errno.ETIMEDOUT, "timed out")},
        {6: OSError(errno.EINTR, "interrupted")},
        {35: 0},
        {38: 0},
        {6: 0, 13: [READY, READY, WORKING]},
        {6: 0, 13: [READY, READY, 0]},
    ],
)
def test_an_unknown_fate_is_neither_retried_nor_believed(facts: Any, answers: dict[int, Any]) -> None:
    run = Run(ScriptedCard(answers=answers), facts_of(facts))
    with pytest.raises(OSError, match=r"."):
        run.start()
    assert run.accepted == []
    assert len(run.card.destructive) == len(set(run.card.destructive))


def test_a_card_that_is_not_at_rest_gets_no_command(facts: Any) -> None:
    run = Run(ScriptedCard(answers={13: WORKING}), facts_of(facts))
    with pytest.raises(OSError, match="not ready"):
        run.start()
    assert run.card.destructive == []


@pytest.mark.parametrize("seen", [True, False])
def test_a_card_that_is_ready_has_proven_nothing_unless_its_command_came_back(facts: Any, seen: Any) -> None:
    ticket = Ticket(SANITIZE.id, NOTHING_WRITTEN, accepted=False, seen_running=seen)
    written = SANITIZE.poll(Run(ScriptedCard(), None).ports, ticket).written
    assert [reason.code for reason in written.failures] == [ReasonCode.STATUS_UNREADABLE]


@pytest.mark.parametrize(("word", "kind"), [(WORKING, Working), (0x80000900, Finished), (READY, Finished)])
def test_the_status_decides_what_a_poll_says(word: int, kind: type) -> None:
    ticket = Ticket(SANITIZE.id, NOTHING_WRITTEN)
    state = SANITIZE.poll(Run(ScriptedCard(answers={13: word}), None).ports, ticket)
    assert isinstance(state, kind)
    assert not isinstance(state, Finished) or bool(state.written.failures) is (word != READY)


def test_an_illegible_status_is_an_error() -> None:
    with pytest.raises(OSError, match="no readable answer"):
        SANITIZE.poll(Run(ScriptedCard(answers={13: 0}), None).ports, Ticket(SANITIZE.id, NOTHING_WRITTEN))

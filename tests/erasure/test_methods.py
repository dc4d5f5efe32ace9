"""The table of erase methods: ids are unique, and each says for itself which drive it fits."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from erasure.applicability import Inapplicable
from erasure.errors import DuplicateMethod, PolicyError
from erasure.events import Progress
from erasure.facts import read_facts
from erasure.methods import METHODS, Applicable, Finished, Stuck, method_named, without_duplicates
from erasure.methods.overwriting import ZEROS
from erasure.methods.protocol import Ports, Ticket, Written
from erasure.outcome import Level, ReasonCode, VerdictWord
from tests.erasure.simulated_bench import Bench


def test_the_methods_keep_their_names_for_ever() -> None:
    assert [(method.id, method.version, method.level) for method in METHODS] == [
        ("overwrite.keystream", 1, Level.CLEAR),
        ("overwrite.zeros", 1, Level.CLEAR),
    ]


def test_two_methods_with_one_id_stop_the_import() -> None:
    with pytest.raises(DuplicateMethod, match=r"overwrite\.zeros"):
        without_duplicates((*METHODS, replace(ZEROS, version=2)))


def test_an_unknown_method_is_not_replaced_by_another() -> None:
    with pytest.raises(PolicyError):
        method_named("overwrite.gutmann")


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"read_only": True}, ReasonCode.READ_ONLY),
        ({"zoned": "host-managed"}, ReasonCode.UNSUPPORTED),
        ({"zoned": ""}, ReasonCode.UNSUPPORTED),
        ({"logical_sector": 520, "size_bytes": 520 * 100}, ReasonCode.UNSUPPORTED),
        ({"logical_sector": 256}, ReasonCode.UNSUPPORTED),
        ({"size_bytes": 0}, ReasonCode.SIZE),
        ({"size_bytes": 1000}, ReasonCode.SIZE),
    ],
)
def test_a_drive_that_writes_do_not_fully_reach_is_inapplicable(
    bench: Bench, method: Any, change: dict[str, Any], code: ReasonCode
) -> None:
    with bench.open() as port:
        facts = read_facts(port)
    assert method.applies(facts) == Applicable(method.id, Level.CLEAR)
    answer = method.applies(replace(facts, **change))
    assert isinstance(answer, Inapplicable)
    assert (answer.method, answer.reason.code) == (method.id, code)


@dataclass(frozen=True)
class FirmwareErase:
    """A method as a firmware erase would be: it starts, and then has to be asked."""

    states: list[Any]
    id: str = "overwrite.keystream"
    version: int = 1
    level: Level = Level.CLEAR

    def applies(self, facts: Any) -> Applicable:
        return Applicable(self.id, self.level)

    def start(self, ports: Ports, facts: Any) -> Ticket:
        return Ticket(self.id, Written((), (), 0, ()))

    def poll(self, ports: Ports, ticket: Ticket) -> Any:
        return self.states.pop(0)

    def confirm(self, ports: Ports, facts: Any) -> Any:
        return METHODS[0].confirm(ports, facts)


def test_a_stuck_drive_is_unconfirmed_and_not_read_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way = Progress("run", "write", 1, 2, 0, None, 0)
    method = FirmwareErase([under_way, under_way, Stuck("no progress for three hours")])
    monkeypatch.setattr("erasure.run.method_named", lambda name: method)
    report = bench.erase()
    assert report.verdict is VerdictWord.UNCONFIRMED
    assert [reason.code for reason in report.reasons] == [ReasonCode.STUCK]
    assert report.verification.mode == "none"


def test_a_method_that_claims_to_be_done_is_read_back_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = bench.drive.size_bytes
    monkeypatch.setattr("erasure.run.method_named", lambda name: FirmwareErase([Finished(Written((), (), size, ()))]))
    report = bench.erase()
    assert report.verdict is VerdictWord.FAILED
    assert report.verification.nonmatching == bench.drive.size_bytes // 512

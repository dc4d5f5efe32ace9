"""What is planned for an NVMe drive, from the bytes that it answers with."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.facts import own_bytes
from erasure.methods import method_named
from erasure.nvme.reading import read_nvme
from erasure.outcome import ReasonCode
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from tests.erasure.nvme.scripted import Answer, ScriptedPort, namespace, one_namespace, sanitize_log, two_namespaces

Script = dict[tuple[Any, ...], Answer]


def planned(facts: Any, script: Script, *, policy: str = "purge-preferred", **identity: str) -> ErasurePlan | Refusal:
    drive = facts({"bus": "nvme", **identity}, nvme=read_nvme(ScriptedPort(script)), rotational=False)
    size = own_bytes(drive)
    if size is not None:  # the kernel shows what the controller tells
        hidden = replace(drive.hidden, native_bytes=size)
        drive = replace(drive, size_bytes=size, hidden=hidden, device=replace(drive.device, size_bytes=size))
    return plan(drive, (), load_policy(policy))


def chosen(facts: Any, script: Script, **given: str) -> tuple[str, tuple[str, ...], bool]:
    answer = planned(facts, script, **given)
    assert isinstance(answer, ErasurePlan)
    return answer.method, answer.before, answer.adopt


@pytest.mark.parametrize(
    ("sanicap", "expected"),
    [
        (0b011, ("nvme.sanitize.block", ("nvme.sanitize.crypto",), False)),
        (0b010, ("nvme.sanitize.block", (), False)),
        (0b001, ("nvme.sanitize.crypto", (), False)),
        (0b100, ("nvme.sanitize.overwrite", (), False)),
        (0b000, ("nvme.format.crypto", (), False)),
    ],
)
def test_the_best_that_the_drive_announces_is_planned(
    facts: Any, sanicap: int, expected: tuple[str, tuple[str, ...], bool]
) -> None:
    assert chosen(facts, one_namespace(sanicap=sanicap, fna=4)) == expected


def test_a_sanitize_that_runs_is_followed(facts: Any) -> None:
    script = {**one_namespace(sanicap=0b11), ("log", 0x81): sanitize_log(2, sprog=9, scdw10=4)}
    assert chosen(facts, script) == ("nvme.sanitize.crypto", (), True)


def test_a_drive_that_dies_of_a_format_is_overwritten(facts: Any) -> None:
    script = one_namespace(sanicap=0, fna=4)
    assert chosen(facts, script, model="INTEL SSDPEKKF256G8L")[0] == "overwrite.keystream"


def test_a_drive_that_may_stick_is_planned_for_all_the_same(facts: Any) -> None:
    assert chosen(facts, one_namespace(), model="INTEL SSDPEKNW512G8")[0] == "nvme.sanitize.block"


def test_a_sanitize_leaves_no_namespace_and_an_overwrite_all_but_one(facts: Any) -> None:
    script = two_namespaces(namespace(), tnvmcap=100, unvmcap=40)
    sanitized = planned(facts, script)
    overwritten = planned(facts, script, policy="overwrite")
    assert isinstance(sanitized, ErasurePlan)
    assert isinstance(overwritten, ErasurePlan)
    assert sanitized.exceptions == ()
    assert [reason.code for reason in overwritten.exceptions] == [ReasonCode.HIDDEN_AREA] * 2


def test_every_nvme_method_of_a_disk_that_is_none_has_its_reason(facts: Any) -> None:
    disk = facts()
    names = [f"nvme.sanitize.{name}" for name in ("block", "crypto", "overwrite")]
    answers: list[Any] = [method_named(name).applies(disk) for name in (*names, "nvme.format.crypto")]
    assert {answer.reason.detail for answer in answers} == {"not an NVMe drive"}

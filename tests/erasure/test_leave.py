"""A password is set on a drive only when a person allowed it for this drive, whatever policy and whoever names it."""

from pathlib import Path

import pytest

from erasure.drive import DriveFacts
from erasure.facts import read_facts
from erasure.outcome import Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import Policy, load_policies
from erasure.simulated import SimulatedBlockDrive, load_bench
from tests.erasure.simulated_bench import FakeClock

BENCH = """
schema = "etabli.bench-file/1"
name = "alone"
[[drives]]
name = "drive"
fixture = "drives/ata-ssd-sanitize"
"""
SECURITY = ["ata.security.enhanced", "ata.security.normal"]
CARELESS = Policy("careless", 1, tuple(SECURITY), "full", 0)  # a site's own, that names no opt-in


@pytest.fixture
def facts(tmp_path: Path) -> DriveFacts:
    """A drive that takes security commands."""
    file = tmp_path / "alone.toml"
    file.write_text(BENCH)
    bench = load_bench(file, tmp_path / "work")
    name = bench.devices[0].name
    with SimulatedBlockDrive(bench.drive(name), bench.backing(name), FakeClock()) as port:
        return read_facts(port)


@pytest.mark.parametrize("method", SECURITY)
@pytest.mark.parametrize("policy", [*load_policies().values(), CARELESS], ids=lambda policy: policy.name)
def test_naming_a_method_is_not_allowing_it(facts: DriveFacts, policy: Policy, method: str) -> None:
    refused = plan(facts, (), policy, wanted=method)
    assert isinstance(refused, Refusal)
    assert {reason.code for reason in refused.reasons} == {ReasonCode.OPERATOR}


def test_no_policy_leads_there_by_itself(facts: DriveFacts) -> None:
    refused = plan(facts, (), CARELESS)
    assert isinstance(refused, Refusal)
    assert Reason(ReasonCode.OPERATOR, "policy careless uses ata.security.normal only when a person allows it") in (
        refused.reasons
    )


@pytest.mark.parametrize("method", SECURITY)
def test_whoever_allows_it_gets_it(facts: DriveFacts, method: str) -> None:
    planned = plan(facts, (), CARELESS, wanted=method, allowed=frozenset({method}))
    assert isinstance(planned, ErasurePlan)
    assert planned.method == method

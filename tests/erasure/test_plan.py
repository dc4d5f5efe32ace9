"""From facts to a plan or a refusal."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.applicability import Inapplicable
from erasure.hidden import AreaState, HiddenAreas
from erasure.methods.protocol import MethodKind
from erasure.outcome import Level, Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import Policy, load_policy
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi.facts import ScsiFacts

POLICY = Policy("site", 3, ("test.first", "test.second"), "sample", 459)


class Row:
    """An erase method as a plan sees it."""

    level = Level.CLEAR
    kind = MethodKind.OVERWRITE

    def __init__(self, name: str, version: int = 1, obstacle: str = "") -> None:
        self.id = name
        self.version = version
        self.obstacle = obstacle

    def uncovered(self, facts: Any) -> tuple[Reason, ...]:
        return ()

    def applies(self, facts: Any) -> Inapplicable | str:
        if self.obstacle:
            return Inapplicable(self.id, Reason(ReasonCode.UNSUPPORTED, self.obstacle))
        return "applicable"


FIRST, SECOND, OTHER = Row("test.first", 2), Row("test.second"), Row("test.other")


def refused(made: ErasurePlan | Refusal) -> tuple[Reason, ...]:
    assert isinstance(made, Refusal)
    assert made.reasons
    return made.reasons


def test_the_first_method_of_the_policy_is_planned_and_the_others_are_explained(facts: Any) -> None:
    made = plan(facts(), (), POLICY, (OTHER, SECOND, FIRST))
    assert isinstance(made, ErasurePlan)
    assert (made.method, made.method_version, made.level) == ("test.first", 2, Level.CLEAR)
    assert (made.verification, made.sample_sectors, made.policy) == ("sample", 459, POLICY)
    asked = Reason(ReasonCode.OPERATOR, "policy site prefers test.first")
    assert made.inapplicable == (Inapplicable("test.other", asked), Inapplicable("test.second", asked))
    assert made.exceptions == ()


def test_a_method_that_does_not_apply_gives_way_to_the_next_of_the_policy_and_says_why(facts: Any) -> None:
    made = plan(facts(), (), POLICY, (Row("test.first", obstacle="frozen"), SECOND))
    assert isinstance(made, ErasurePlan)
    assert made.method == "test.second"
    assert made.inapplicable == (Inapplicable("test.first", Reason(ReasonCode.UNSUPPORTED, "frozen")),)


def test_a_method_that_the_policy_does_not_name_never_steps_in(facts: Any) -> None:
    rows = (Row("test.first", obstacle="frozen"), Row("test.second", obstacle="no answer"), OTHER)
    assert [reason.detail for reason in refused(plan(facts(), (), POLICY, rows))] == ["frozen", "no answer"]


def test_a_method_that_nobody_knows_refuses_although_another_would_fit(facts: Any) -> None:
    assert refused(plan(facts(), (), POLICY, (SECOND,))) == (
        Reason(ReasonCode.UNSUPPORTED, "unknown method test.first"),
    )


def test_one_interlock_is_enough_for_a_refusal(facts: Any) -> None:
    block = Reason(ReasonCode.IN_USE, "mounted on /mnt (sdb1)")
    assert refused(plan(facts(), (block,), POLICY, (FIRST, SECOND))) == (block,)


def test_the_same_facts_give_the_same_plan(facts: Any) -> None:
    assert plan(facts(), (), POLICY, (FIRST, SECOND)) == plan(facts(), (), POLICY, (FIRST, SECOND))


@pytest.mark.parametrize("serial", ["", "0000000000", "1111111111", "0123456789ABCDEF"])
def test_rows_26_29_a_serial_that_identifies_nothing_is_refused(facts: Any, serial: str) -> None:
    codes = {reason.code for reason in refused(plan(facts({"serial": serial}), (), POLICY, (FIRST, SECOND)))}
    assert codes == {ReasonCode.IDENTITY}


def test_row_26_a_bridge_serial_that_is_known_to_be_shared_is_refused_with_its_source(facts: Any) -> None:
    reasons = refused(plan(facts({"serial": "152D00539000"}), (), POLICY, (FIRST, SECOND)))
    assert [reason.code for reason in reasons] == [ReasonCode.IDENTITY]
    assert "rockstor-core/issues/2316" in reasons[0].detail


def test_a_raid_volume_is_refused(facts: Any) -> None:
    reasons = refused(plan(facts({"model": "HP LOGICAL VOLUME"}), (), POLICY, (FIRST, SECOND)))
    assert [reason.code for reason in reasons] == [ReasonCode.RAID_VOLUME]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"read_only": True}, ReasonCode.READ_ONLY),
        ({"size_bytes": 0}, ReasonCode.SIZE),
        ({"size_bytes": 1_048_576_100}, ReasonCode.SIZE),
        ({"logical_sector": 520}, ReasonCode.SIZE),
        ({"logical_sector": 0}, ReasonCode.SIZE),
        ({"logical_sector": 4096, "physical_sector": 512}, ReasonCode.SIZE),
        ({"physical_sector": 5000}, ReasonCode.SIZE),
        ({"sighted_bytes": 500_000_000}, ReasonCode.SIZE),
    ],
)
def test_rows_15_33_facts_that_do_not_hold_together_are_refused(facts: Any, given: dict[str, Any], code: str) -> None:
    assert {reason.code for reason in refused(plan(facts(**given), (), POLICY, (FIRST, SECOND)))} == {code}


@pytest.mark.parametrize("state", [AreaState.UNKNOWN, AreaState.PRESENT])
def test_rows_31_32_a_hidden_area_that_is_there_or_unknown_is_an_exception_known_beforehand(
    facts: Any, state: AreaState
) -> None:
    hidden = HiddenAreas(state, AreaState.NONE, AreaState.REMOVED, None)
    made = plan(facts(hidden=hidden), (), POLICY, (FIRST, SECOND))
    assert isinstance(made, ErasurePlan)
    assert made.exceptions == (Reason(ReasonCode.HIDDEN_AREA, f"HPA {state.value}"),)


def test_rows_31_32_a_native_capacity_that_differs_is_an_exception_although_no_area_was_named(facts: Any) -> None:
    hidden = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, 2_000_000_000)
    made = plan(facts(hidden=hidden), (), POLICY, (FIRST, SECOND))
    assert isinstance(made, ErasurePlan)
    detail = "native capacity 2000000000 bytes, visible 1048576000"
    assert made.exceptions == (Reason(ReasonCode.HIDDEN_AREA, detail),)


def test_row_17_the_boot_areas_of_an_emmc_are_exceptions(facts: Any) -> None:
    with_areas = replace(facts(), raw={"uncovered": "mmcblk0boot0 mmcblk0boot1"})
    made = plan(with_areas, (), load_policy("overwrite"))
    assert isinstance(made, ErasurePlan)
    assert [reason.detail for reason in made.exceptions] == [
        "mmcblk0boot0 is a separate area of the drive",
        "mmcblk0boot1 is a separate area of the drive",
    ]


def test_a_drive_whose_size_is_hidden_by_its_sanitize_is_waited_for(facts: Any) -> None:
    plain = facts()
    scsi = ScsiFacts(
        vendor="DEMO",
        product="SAS",
        revision="1",
        serial=plain.device.identity.serial,
        wwn="",
        device_type=0,
        translates_ata=False,
        bridge=False,
        logical_sector=0,
        sectors=0,
        protection=0,
        sanitize_crypto=None,
        sanitize_block=True,
        sanitize_overwrite=None,
        write_needed_after_block=False,
        write_needed_after_crypto=False,
        rotation=None,
        sanitize=SanitizeReport(SanitizeState.RUNNING, progress=32768),
        hidden=plain.hidden,
    )
    running = replace(plain, size_bytes=0, scsi=scsi, device=replace(plain.device, size_bytes=0))
    reasons = refused(plan(running, (), load_policy("purge-preferred")))
    assert [reason.code for reason in reasons] == [ReasonCode.IN_USE]
    assert "50 % done" in reasons[0].detail


def test_what_decides_is_not_hidden_among_methods_for_other_drives(facts: Any) -> None:
    locked = Row("test.second")
    locked.applies = lambda facts: Inapplicable("test.second", Reason(ReasonCode.LOCKED, "a password"))  # type: ignore[method-assign]
    rows = (Row("test.first", obstacle="not this kind of drive"), locked)
    assert refused(plan(facts(), (), POLICY, rows)) == (Reason(ReasonCode.LOCKED, "a password"),)

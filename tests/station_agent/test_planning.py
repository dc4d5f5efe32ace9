"""Before the first byte: the right drives, confirmed by their whole serial, and refused in time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diagnostics.agreement import Agreement, Difference
from erasure.errors import DeviceBusy
from erasure.outcome import Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal
from erasure.policy import load_policy
from station_agent.asked import asked_for
from station_agent.bench import Bench, simulated_bench
from station_agent.errors import ConfirmationError, UsageError
from station_agent.planning import Surveyed, choose, confirm, second_reading, survey

BENCH = """
schema = "etabli.bench-file/1"
name = "two"
[[drives]]
name = "sda"
bus = "ata"
model = "DEMO A"
serial = "DEMO-A"
size_bytes = 1048576
[[drives]]
name = "sdb"
bus = "ata"
model = "DEMO B"
serial = "DEMO-B"
size_bytes = 1048576
"""
Make = Callable[..., Any]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    file = tmp_path / "two.toml"
    file.write_text(BENCH, encoding="utf-8")
    return simulated_bench(file, tmp_path / "drives")


def surveyed(bench: Bench) -> tuple[Surveyed, ...]:
    return survey(bench, bench.enumerate_disks(), load_policy("overwrite"))


def test_drives_are_chosen_by_name_or_path_in_the_order_given(bench: Bench) -> None:
    chosen = choose(bench.enumerate_disks(), ["sim:sdb", "sda"])
    assert [device.name for device in chosen] == ["sdb", "sda"]


@pytest.mark.parametrize("names", [["sdz"], ["sda", "sim:sda"], ["/dev/sda"]])
def test_an_unknown_or_doubled_drive_is_no_choice(bench: Bench, names: list[str]) -> None:
    with pytest.raises(UsageError):
        choose(bench.enumerate_disks(), names)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sda1", "name sim:sda"),
        ("/dev/sdb2", "name sim:sdb"),
        ("nvme0n1p1", "There is no drive"),
        ("loop3", "--allow-loop"),
        ("/dev/loop3", "--allow-loop"),
        ("sd\x1b[31m", r"sd\x1B[31m"),
    ],
)
def test_what_is_no_drive_is_answered_by_what_it_is(bench: Bench, name: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        choose(bench.enumerate_disks(), [name])
    assert said in str(refused.value)


def test_a_link_that_leads_to_itself_is_no_drive(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    with pytest.raises(UsageError, match="no drive"):
        choose(bench.enumerate_disks(), [str(tmp_path / "ring")])


def test_a_free_drive_gets_a_plan(bench: Bench) -> None:
    assert all(isinstance(drive.outcome, ErasurePlan) for drive in surveyed(bench))


def test_every_serial_confirms_its_own_drive_in_any_order(bench: Bench) -> None:
    confirmations = confirm(surveyed(bench), ["DEMO-B", "DEMO-A"], "op")
    assert {path: done.serial for path, done in confirmations.items()} == {"sim:sda": "DEMO-A", "sim:sdb": "DEMO-B"}


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ([], 2),
        (["DEMO-A"], 30),
        (["DEMO-A", "DEMO-X"], 30),
        (["DEMO-A", "demo-b"], 30),
        (["DEMO-A", "MO-B"], 30),
        (["DEMO-A", "DEMO-B", "DEMO-C"], 30),
        (["DEMO-A", "DEMO-A"], 30),
        (["DEMO-A", ""], 30),
    ],
)
def test_a_missing_or_wrong_serial_erases_nothing(bench: Bench, typed: list[str], status: int) -> None:
    with pytest.raises(ConfirmationError, match="DEMO-B") as refused:
        confirm(surveyed(bench), typed, "op")
    assert refused.value.exit_status == status


@pytest.mark.parametrize(
    ("typed", "seen"), [("", "''"), (" DEMO-A ", "' DEMO-A '"), ("DEMO-A\x1b[1m", "'DEMO-A\\x1B[1m'")]
)
def test_a_wrong_serial_is_shown_whole_and_what_to_add_can_be_typed(bench: Bench, typed: str, seen: str) -> None:
    with pytest.raises(ConfirmationError) as refused:
        confirm(surveyed(bench), [typed], "op")
    assert f"serial number {seen}. Nothing was erased. To confirm, add: --confirm DEMO-A DEMO-B" in str(refused.value)


def test_two_drives_with_one_serial_are_both_refused(bench: Bench) -> None:
    one, two = bench.enumerate_disks()
    twin = replace(two, identity=replace(two.identity, serial=one.identity.serial))
    doubled = replace(bench, enumerate_disks=lambda: (one, twin))
    outcomes = [drive.outcome for drive in survey(doubled, (one, twin), load_policy("overwrite"))]
    assert all(isinstance(outcome, Refusal) and outcome.reasons[0].code == "IDENTITY" for outcome in outcomes)


def test_a_drive_without_serial_is_refused(bench: Bench) -> None:
    one, two = bench.enumerate_disks()
    blank = replace(one, identity=replace(one.identity, serial="  "))
    (drive,) = survey(replace(bench, enumerate_disks=lambda: (blank, two)), (blank,), load_policy("overwrite"))
    assert isinstance(drive.outcome, Refusal)


def test_a_protected_drive_is_not_even_opened(bench: Bench) -> None:
    def never(_device: Any) -> Any:
        raise AssertionError("opened")

    protected = replace(bench, opener=never, examine=lambda _device: (Reason(ReasonCode.BOOT_MEDIUM, "/"),))
    (drive, _) = surveyed(protected)
    assert drive.outcome == Refusal(None, (Reason(ReasonCode.BOOT_MEDIUM, "/"),))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DeviceBusy("/dev/sda", ("mount 1",)), "IN_USE"),
        (PermissionError(13, "Permission denied"), "TRANSPORT"),
        (OSError(19, "No such device"), "TRANSPORT"),
    ],
)
def test_a_drive_that_cannot_be_opened_is_refused_with_the_cause(bench: Bench, error: Exception, code: str) -> None:
    def fail(_device: Any) -> Any:
        raise error

    (drive, _) = surveyed(replace(bench, opener=fail))
    assert isinstance(drive.outcome, Refusal)
    assert drive.outcome.reasons[0].code == code


def test_a_drive_that_smartctl_calls_otherwise_is_refused_before_it_is_touched(bench: Bench) -> None:
    other = {"model_name": "DEMO A", "serial_number": "DEMO-Z", "user_capacity": {"bytes": 1048576}}
    (drive, _) = surveyed(replace(bench, smart=lambda _device: other))
    assert isinstance(drive.outcome, Refusal)
    assert drive.outcome.reasons[0].code == "IDENTITY"


SERIALS_DIFFER = Agreement("differs", (Difference("serial", ""), Difference("model", "additional-product-id")))


@pytest.mark.parametrize(
    ("agreement", "label_read", "plans"),
    [
        (SERIALS_DIFFER, [], False),
        (SERIALS_DIFFER, ["DEMO-B"], False),
        (SERIALS_DIFFER, ["DEMO-A"], True),
        (Agreement("explained", (Difference("serial", "cut-at-blank"),)), [], True),
        (Agreement("agree", ()), [], True),
        (Agreement("absent", ()), [], True),
    ],
)
def test_a_drive_that_pysmart_calls_otherwise_waits_for_a_person_who_has_read_its_label(
    bench: Bench, agreement: Agreement, label_read: list[str], plans: object
) -> None:
    asked = asked_for(None, None, "", label_read=label_read)
    doubted = replace(bench, readers=lambda device, _: agreement if device.name == "sda" else None)
    drive, other = survey(doubted, bench.enumerate_disks(), load_policy("overwrite"), asked)
    assert isinstance(drive.outcome, ErasurePlan) is (plans is True)
    assert isinstance(other.outcome, ErasurePlan)
    if isinstance(drive.outcome, Refusal):
        (reason,) = drive.outcome.reasons
        assert reason.code == "IDENTITY"
        assert "disagree about the serial of drive DEMO-A" in reason.detail
        assert "--label-read DEMO-A" in reason.detail


@pytest.mark.parametrize(
    "document", [{}, {"user_capacity": None}, {"user_capacity": {"bytes": 0}, "serial_number": None}]
)
def test_a_poor_health_document_says_nothing(document: dict[str, Any]) -> None:
    reading = second_reading(document)
    assert reading is not None
    assert (reading.model, reading.serial, reading.size_bytes) == ("", "", None)


@pytest.mark.parametrize("text", ["", "name = 3", 'schema = "x"', "= broken"])
def test_a_bench_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad\.toml"):
        simulated_bench(file, tmp_path / "drives")


def test_a_bench_file_whose_machine_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('schema = "etabli.bench-file/1"\n[machine]\nfixture = "machines/nowhere"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad\.toml.*machines/nowhere"):
        simulated_bench(file, tmp_path / "drives")

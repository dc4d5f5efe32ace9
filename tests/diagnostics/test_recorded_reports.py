"""The trap table on recorded reports of real drives: only where the recordings are, and showing paths only."""

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from diagnostics.errors import UnreadableReport
from diagnostics.health import HealthReport, HealthVerdict, assess_text

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("ETABLI_SHARED", CHECKOUT.parent / "shared")) / "hardware-data"

pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "INDEX.tsv").is_file(), reason="recorded hardware data is not present"
)


@dataclass(frozen=True)
class Trap:
    path: str
    verdict: str
    expected: tuple[str, ...] = ()  # codes that must be among the reasons
    never: tuple[str, ...] = ()  # codes that must not


PERACOTTA = "peracotta/tests/source_files/smartctl/"
SCRUTINY = "scrutiny/webapp/backend/pkg/models/testdata/"
EXPORTER = "smartctl_exporter/testdata/"

TRAPS = (
    Trap(f"{PERACOTTA}mini_ide03.json", "ok", never=("ata.reallocated",)),
    Trap(f"{PERACOTTA}ide01.json", "review", ("ata.reallocated", "hours.implausible")),
    Trap(f"{PERACOTTA}sata16.json", "review", ("ata.threshold-past",), ("smart.failing", "ata.threshold-now")),
    Trap(f"{PERACOTTA}sata09.json", "review", ("ata.threshold-past",), ("smart.failing", "ata.threshold-now")),
    Trap(f"{PERACOTTA}mini_ide01.json", "review", ("ata.threshold-past",), ("smart.failing",)),
    Trap(f"{PERACOTTA}ide07.json", "unknown", ("exit.open-failed",)),
    Trap(f"{PERACOTTA}test15.txt", "unknown", ("exit.open-failed",)),
    Trap(f"{PERACOTTA}ide02.json", "unknown", ("smart.no-status",)),
    Trap(f"{PERACOTTA}smart_disabled.txt", "unknown", ("smart.no-status",)),
    Trap(f"{PERACOTTA}test25.txt", "unknown", ("exit.incomplete",)),
    Trap(f"{PERACOTTA}virtual_scsi.txt", "unknown", ("identity.no-disk",)),
    Trap(
        f"{EXPORTER}sat-Seagate_Enterprise_Capacity_3.5_HDD-ST2000NM0008-2F3100-sdl.json",
        "ok",
        ("ata.command-timeout",),
    ),
    Trap(f"{EXPORTER}sat-Seagate_Constellation_ES.3-ST3000NM0033-9ZM178-sdc.json", "review", ("ata.reallocated",)),
    Trap(
        f"{EXPORTER}SEAGATE_ST373453LC_26.json",
        "review",
        ("scsi.grown-defects", "scsi.uncorrected"),
        ("smart.failing",),
    ),
    Trap(f"{SCRUTINY}smart-nvme-failed.json", "review", ("nvme.media-errors",)),
    Trap(f"{SCRUTINY}smart-fail2.json", "reject", ("ata.threshold-now", "smart.failing")),
    Trap(f"{SCRUTINY}smart-raid.json", "unknown", ("identity.no-disk", "exit.incomplete")),
    Trap(f"{SCRUTINY}smart-megaraid0.json", "review", ("exit.incomplete",), ("smart.failing",)),
    Trap("telegraf/plugins/inputs/smartctl/testcases_device/megaraid/response.json", "review", ("exit.incomplete",)),
    Trap(f"{SCRUTINY}smart-ata-failed-scrutiny.json", "ok", ("ata.interface-crc",), ("smart.failing",)),
)


def judged(path: str) -> HealthReport:
    """Judge a recording; whatever goes wrong is told by path and kind, because a traceback would show content."""
    try:
        return assess_text((RECORDINGS / path).read_text(encoding="utf-8", errors="replace"))
    except Exception as error:  # noqa: BLE001 - see above
        name = type(error).__name__
    pytest.fail(f"{path}: {name}", pytrace=False)


def expect(path: str, told: object, expected: object) -> None:
    """Compare figures, states and counts only: never a serial."""
    if told != expected:
        pytest.fail(f"{path}: {told!r} instead of {expected!r}", pytrace=False)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.path)
def test_each_trap_of_the_table_gets_its_right_answer(trap: Trap) -> None:
    report = judged(trap.path)
    codes = {reason.code for reason in report.reasons}
    missing, wrong = set(trap.expected) - codes, codes & set(trap.never)
    expect(trap.path, (str(report.verdict), missing, wrong), (trap.verdict, set(), set()))


@pytest.mark.parametrize(
    ("path", "attribute", "expected"),
    [
        (TRAPS[0].path, "5", []), (TRAPS[1].path, "5", [7]), (TRAPS[11].path, "188", [2]), (TRAPS[12].path, "188", [4]),
        (TRAPS[12].path, "5", [1]),
    ],
)  # fmt: skip
def test_packed_counters_are_decoded(path: str, attribute: str, expected: list[int]) -> None:
    expect(path, [reason.value for reason in judged(path).reasons if reason.attribute == attribute], expected)


def test_implausible_hours_are_unknown() -> None:
    expect(TRAPS[1].path, judged(TRAPS[1].path).hours, None)


def test_the_identity_behind_a_raid_controller_is_the_members_and_a_volume_is_doubted() -> None:
    member, volume = judged(f"{SCRUTINY}smart-megaraid0.json").identity, judged(f"{SCRUTINY}smart-raid.json").identity
    expect("smart-megaraid0", (member.bridge, member.grade), ("megaraid,0", "A"))
    expect("smart-raid", volume.grade, "C")


def test_two_shapes_of_one_key_give_the_same_model() -> None:
    folder = "scrutiny/collector/pkg/detect/testdata/smartctl_info_sata_smart_support"
    models = [judged(f"{folder}_{shape}.json").identity.model for shape in ("bool", "object")]
    expect(folder, (len(set(models)), bool(models[0])), (1, True))


def indexed() -> Iterator[str]:
    with (RECORDINGS / "INDEX.tsv").open(encoding="utf-8", newline="") as handle:
        for entry in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield entry["path"]


def readable() -> Iterator[tuple[str, HealthReport]]:
    """Every recorded JSON report of smartctl with its judgement."""
    for path in indexed():
        text = (RECORDINGS / path).read_text(encoding="utf-8", errors="replace")
        if '"smartctl"' in text and text.lstrip()[:1] in "[{":
            yield path, judged(path)


def test_every_recorded_report_gets_the_same_verdict_twice_and_never_a_pass_without_a_reading() -> None:
    seen = 0
    for path, report in readable():
        passes, whole = report.verdict is HealthVerdict.OK, report.complete and not report.exit_status & 0b111
        expect(path, (judged(path).verdict, passes and not whole), (report.verdict, False))
        seen += 1
    assert seen > 150


def test_no_recorded_file_makes_the_reader_fall_over() -> None:
    refused = 0
    for path in indexed():
        try:
            assess_text((RECORDINGS / path).read_text(encoding="utf-8", errors="replace"))
        except UnreadableReport:
            refused += 1
    assert refused > 100


def test_a_recorded_report_that_shows_a_model_and_a_serial_does_not_lose_them() -> None:
    seen = 0
    for path in indexed():
        if path.startswith(EXPORTER):
            document = json.loads((RECORDINGS / path).read_text(encoding="utf-8"))
            shown = {key: bool(document.get(key)) for key in ("serial_number", "model_name", "user_capacity")}
            identity = judged(path).identity
            read = {"serial_number": bool(identity.serial), "model_name": bool(identity.model)}
            lost = [
                key
                for key, there in (read | {"user_capacity": bool(identity.size_bytes)}).items()
                if shown[key] > there
            ]
            expect(path, lost, [])
            seen += 1
    assert seen > 100

"""The trap table on recorded reports of real drives: only where the recordings are, and showing paths only."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from diagnostics.dump import text_of
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
# The traps of the text reports: folder, end of the path, verdict, codes that must be there, codes that must not.
TEXT_TRAPS = (
    ("HDD/HGST/", "F05EE5FCA8D1", "reject", {"ata.threshold-now", "smart.failing"}, {"ata.reallocated"}),
    ("SSD/Toshiba/", "3A0096E76FB2", "reject", {"ata.threshold-now", "smart.failing"}, set[str]()),
    ("NVMe/WDC/", "4ACF00ABF345", "review", {"nvme.temperature"}, {"smart.failing"}),
    ("NVMe/Vaseky/", "6B42890766C4", "review", {"nvme.temperature"}, {"smart.failing"}),
    ("NVMe/Crucial/", "C6A4DF8805FF", "reject", {"nvme.reliability", "nvme.worn"}, {"nvme.spare"}),
    ("NVMe/Samsung/", "BA7E1744B809", "reject", {"nvme.worn-out"}, set[str]()),
)


def judged(path: str) -> HealthReport:
    """Judge a recording; whatever goes wrong is told by path and kind, because a traceback would show content."""
    try:
        return assess_text(text_of((RECORDINGS / path).read_bytes()))
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


def tagged() -> Iterator[tuple[str, str]]:
    """Every recorded file with its tag."""
    with (RECORDINGS / "INDEX.tsv").open(encoding="utf-8", newline="") as handle:
        for entry in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield entry["path"], entry["tag"]


def indexed() -> Iterator[str]:
    return (path for path, _ in tagged())


def content(path: str) -> str:
    return text_of((RECORDINGS / path).read_bytes())


def is_report(text: str) -> bool:
    """Say, apart from the reader, whether smartctl wrote this: JSON with its member, or its version or its headings."""
    if text.lstrip()[:1] in ("{", "["):
        return '"smartctl"' in text
    return "=== START OF " in text or text.startswith("smartctl ")


def readable() -> Iterator[tuple[str, HealthReport]]:
    """Every recorded report of smartctl, JSON or text, with its judgement."""
    for path in indexed():
        if is_report(content(path)):
            yield path, judged(path)


def test_every_recorded_report_gets_the_same_verdict_twice_and_never_a_pass_without_a_reading() -> None:
    seen = 0
    for path, report in readable():
        passes = report.verdict is HealthVerdict.OK
        whole = report.complete and not (report.exit_status or 0) & 0b111
        expect(path, (judged(path).verdict, passes and not whole), (report.verdict, False))
        seen += 1
    assert seen > 400


def test_no_recorded_file_makes_the_reader_fall_over() -> None:
    refused = 0
    for path in indexed():
        try:
            assess_text(content(path))
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


def shortly(value: str | set[str]) -> str:
    """Name a test alike in every process: a set has no order of its own."""
    return str(sorted(value) if isinstance(value, set) else value)[:20]


@pytest.mark.parametrize(("folder", "name", "verdict", "codes", "never"), TEXT_TRAPS, ids=shortly)
def test_each_trap_that_is_recorded_as_text_gets_its_right_answer(
    folder: str, name: str, verdict: str, codes: set[str], never: set[str]
) -> None:
    (path,) = [path for path in indexed() if path.startswith(f"bsdhw-smart/{folder}") and path.endswith(name)]
    report = judged(path)
    found = {reason.code for reason in report.reasons}
    expect(path, (str(report.verdict), codes - found, found & never), (verdict, set(), set()))


def test_wear_at_the_limit_of_its_field_is_shown_as_at_least() -> None:
    (path,) = [path for path in indexed() if path.endswith("BA7E1744B809")]
    expect(path, [r.value for r in judged(path).reasons if r.code == "nvme.worn-out"], [">= 255"])


# What a tag of the index says of a report, and what its judgement must then be.
FACTS: dict[str, Callable[[HealthReport, set[str]], bool]] = {
    "health-FAILED": lambda report, codes: (
        report.verdict is HealthVerdict.REJECT
        or (report.verdict is HealthVerdict.REVIEW and "nvme.temperature" in codes)
    ),
    "passed-but-nonzero": lambda report, codes: (
        report.verdict in (HealthVerdict.REVIEW, HealthVerdict.REJECT)
        and bool(codes & {"ata.reallocated", "ata.pending", "ata.reported-uncorrectable", "ata.offline-uncorrectable",
                          "smart.unreadable"})
    ),
    "attr-failing-now": lambda report, codes: bool(codes & {"ata.threshold-now", "ata.age-threshold"}),
    "attr-failed-past": lambda report, codes: "ata.threshold-past" in codes and "smart.failing" not in codes,
    "ata-security-ENABLED": lambda report, codes: report.security.startswith("ENABLED"),
    "ata-clean": lambda report, codes: "smart.failing" not in codes and report.complete,
    "ata--a-format": lambda report, codes: "smart.failing" not in codes and report.complete,
    "nvme-clean": lambda report, codes: report.verdict is HealthVerdict.OK,
}  # fmt: skip


@pytest.mark.parametrize("tag", FACTS)
def test_the_facts_of_the_index_are_reproduced(tag: str) -> None:
    seen = 0
    for path, told in tagged():
        if told == tag:
            report = judged(path)
            expect(path, (tag, FACTS[tag](report, {reason.code for reason in report.reasons})), (tag, True))
            seen += 1
    assert seen > 5


def test_a_recorded_text_report_loses_no_model_serial_capacity_or_status_that_it_shows() -> None:
    """Compare with a plain search of the lines; the values stay out of the message."""
    shown = {
        "model": r"^(?:Device Model|Model Number|Product):\s*\S", "serial": r"^Serial [Nn]umber:\s*\S",
        "size_bytes": r"^(?:User Capacity|Total NVM Capacity|Namespace 1 Size/Capacity):\s*\d",
    }  # fmt: skip
    status = r"self-assessment test result: (?:PASSED|FAILED!)|^SMART Health Status: OK"
    seen = 0
    for path in indexed():
        text = content(path)
        if is_report(text) and text.lstrip()[:1] not in "{[":
            report = judged(path)
            lost = [
                name
                for name, line in shown.items()
                if re.search(line, text, re.MULTILINE) and not getattr(report.identity, name)
            ]
            if re.search(status, text, re.MULTILINE):
                lost += ["status"] if "smart.no-status" in {reason.code for reason in report.reasons} else []
            expect(path, lost, [])
            seen += 1
    assert seen > 230

"""Words for people: every code of this library as an English sentence with named places, translated by who shows it.

A function answers `(msgid, values)`; `render` puts them together. French is in `locale/fr.po`. Nothing is decided here.
"""

from collections.abc import Callable, Mapping

from diagnostics import machine_wording

Words = tuple[str, Mapping[str, object]]

HEALTH_VERDICTS = {
    "ok": "Healthy",
    "review": "To be looked at",
    "reject": "Reject: to be destroyed or recycled",
    "unknown": "Health unknown",
}

HEALTH_REASONS = {
    "ata.reallocated": "Reallocated sectors: {value} (attribute {attribute})",
    "ata.spin-retry": "Spin-up retries: {value} (attribute {attribute})",
    "ata.reported-uncorrectable": "Errors that the drive could not correct: {value} (attribute {attribute})",
    "ata.command-timeout": "Command timeouts, often harmless: {value} (attribute {attribute})",
    "ata.reallocation-events": "Reallocation events: {value} (attribute {attribute})",
    "ata.pending": "Sectors waiting for reallocation: {value} (attribute {attribute})",
    "ata.offline-uncorrectable": "Sectors that could not be read back: {value} (attribute {attribute})",
    "ata.interface-crc": "Transfer errors, check the cable: {value} (attribute {attribute})",
    "ata.threshold-now": "Attribute {attribute} is at {value}, at or below the maker's threshold",
    "ata.age-threshold": "Attribute {attribute}, which tells of age, is at {value}, at or below the maker's threshold",
    "ata.threshold-past": "Attribute {attribute} was at or below the maker's threshold in the past",
    "smart.failing": "The drive itself says that it is failing",
    "smart.prefail": "An attribute that announces failure is at or below its threshold",
    "smart.failed-in-past": "An attribute was at or below its threshold in the past",
    "smart.self-test-failed": "The drive's own self-test has failed",
    "smart.error-log": "Entries in the error log, for information: {value}",
    "smart.off": "SMART is switched off or not offered by this drive",
    "smart.no-status": "The drive gave no health status",
    "smart.no-counters": "The drive gave no counters",
    "smart.implausible": "The counters of this drive are not plausible",
    "exit.command-line": "smartctl could not begin: it does not know such a device, or was called wrongly",
    "exit.open-failed": "The drive could not be opened or did not identify itself",
    "exit.incomplete": "The reading is incomplete: a command failed, often because of an adapter or a controller",
    "hours.implausible": "Power-on time unknown: the figure {value} is not plausible",
    "temperature.high": "Too hot: {value} °C",
    "identity.no-disk": "“{value}” is not a disk but a volume or a virtual disk",
    "scsi.grown-defects": "Grown defects: {value}",
    "scsi.uncorrected": "Errors that the drive could not correct: {value}",
    "smart.unreadable": "A figure could not be read: {attribute}",
    "drive.not-responding": "The drive did not answer in time: it may be dying. Unplug it and set it aside",
    "scsi.worn": "Rated life used: {value} %",
    "emmc.no-pre-eol": "The eMMC does not say how many of its reserved blocks are used",
    "emmc.no-life-time": "The eMMC does not say how worn it is",
    "emmc.pre-eol": "80 % of the reserved blocks of the eMMC are used",
    "emmc.pre-eol-urgent": "90 % of the reserved blocks of the eMMC are used",
    "emmc.worn": "At least {value} % of the rated life of the eMMC is used",
    "emmc.worn-out": "The eMMC is past its rated life",
    "nvme.no-warning": "The warnings of the NVMe drive could not be read",
    "nvme.spare": "The spare area is used up",
    "nvme.temperature": "The drive is too hot: let it cool down and read again",
    "nvme.reliability": "The drive says that it is no longer reliable",
    "nvme.read-only": "The drive has become read-only",
    "nvme.backup-device": "The power-loss protection of the drive has failed",
    "nvme.persistent-memory": "The persistent memory region of the drive is unreliable",
    "nvme.unknown-warning": "The drive gives a warning that is not known (figure {value})",
    "nvme.contradiction": "The drive says FAILED but names no cause",
    "nvme.worn": "Rated life used: {value} %",
    "nvme.worn-out": "The rated life is used up: {value} %",
    "nvme.media-errors": "Media errors: {value}",
}

SELF_TESTS = {
    "passed": "Self-test passed",
    "failed": "Self-test failed: the drive found a fault in itself",
    "aborted": "Self-test broken off",
    "timed-out": "Self-test not finished in its time, and broken off",
    "refused": "The drive does not start a self-test",
    "unknown": "Self-test without a result: the drive shows no trace of it",
    "running": "Self-test running, {value} % left",
}

CHECK_RESULTS = {"pass": "Passed", "fail": "Failed", "na": "Not applicable", "not-tested": "Not tested"}

CHECKS = {
    "locks": "No lock: BIOS password, remote lock, account of the former owner",
    "media-left": "No data medium left inside: optical tray, SD card, SIM card",
    "stickers": "No sticker with a name, a password or a number of the donor",
    "connector": "Connector and board of the drive",
    "parts": "Missing parts",
    "casing": "Casing and looks",
    "display": "Screen",
    "keyboard": "Keyboard",
    "touchpad": "Touchpad",
    "touch-screen": "Touch screen",
    "audio": "Loudspeakers and headphone jack",
    "microphone": "Microphone",
    "camera": "Camera",
    "wifi": "Wi-Fi",
    "bluetooth": "Bluetooth",
    "ethernet": "Wired network",
    "usb-ports": "USB ports",
    "video-out": "Video output",
    "hinge-lid": "Hinges and lid",
    "suspend": "Suspend and resume",
    "charger": "Charger",
    "battery": "Battery",
    "memory": "Memory test",
    "cpu-load": "Processor under load and its temperature",
    "drive-self-test": "Self-test of the drives (short)",
    "drive-read": "Reading speed of the drives",
    "card-reader": "Card reader",
    "fingerprint": "Fingerprint reader",
    "optical-drive": "Optical drive, and nothing left inside",
    "buttons": "Buttons and lights",
    "software": "System and software installed",
    "triage": "Triage: where this machine goes",
}

ABSENCE_REASONS = {
    "not-fitted": "This model has none",
    "removed-at-request": "Removed at the donor's request",
    "no-means": "Cannot be tried on this chassis",
}

GRADE_REASONS = {
    "grade.missing-check": "Not graded: “{check}” has no result",
    "grade.locked": "Not graded: the machine is locked",
    "grade.function": "Function {value} is below {wanted}, wanted for {letter}",
    "grade.looks": "Looks {value} are below {wanted}, wanted for {letter}",
    "grade.battery": "Battery at {value} is below {wanted}, wanted for {letter}",
    "grade.parts": "Missing parts: {value}",
    "grade.met": "Everything wanted for {letter} is met",
}

PARTS = {
    "charger": "charger",
    "drive": "drive",
    "memory": "memory",
    "keys": "keys",
    "screen": "screen",
    "camera": "camera",
    "wifi-card": "Wi-Fi card",
    "battery": "battery",
}

BATTERY_FLAGS = {
    "over-design": "The battery reports more than its design capacity: shown as 100 %",
    "design-rewritten": "100 % is doubtful: the design capacity may have been rewritten",
    "implausible": "The figures of the battery are not plausible",
    "cycles-not-reported": "The number of charge cycles is not reported",
    "sources-disagree": "Two sources disagree: the worse figure is shown",
    "kernel-differs": "The charge shown by the system differs from the measured one",
    "no-voltage-conversion": "Ampere-hours were not converted: the stated voltage does not fit",
    "absent": "No battery in its place",
    "dead": "A battery is there and says nothing: it is dead",
    "cycles-contradict": "So many charge cycles do not fit a battery without wear",
    "worn-out": "The battery is at its end",
}

IDENTITY_NOTES = {
    "repeated-board": "Another machine shows the same serial number of the board",
    "placeholder": "The maker left “{value}” in place of the {field}",
    "empty": "The {field} is empty",
    "repeated": "Another machine shows the same {field}: it tells neither of them apart",
}

ERRORS = {
    "diagnostics": "Diagnosis failed: {detail}",
    "unreadable-report": "This file is no report of smartctl: {detail}",
    "tool": "The program {program} could not be run: {detail}",
    "not-responding": "{program} did not answer within {seconds} s: the drive may be dying. Unplug it and set it aside",
    "self-test-refused": "No self-test: {detail}",
    "policy": "A policy file is malformed: {detail}",
    "check-refused": "This result cannot be recorded: {detail}",
}

READER_FIELDS = {"model": "model", "serial": "serial number", "size_bytes": "capacity"}

READERS = {
    "agree": "Both readers agree",
    "explained": "The second reader differs in {field} for a known reason",
    "differs": "The two readers differ in {field}: a person must look before a certificate is issued",
    "absent": "The second reader gave nothing",
}


def health_verdict(verdict: str) -> Words:
    """Words for a health verdict; an unknown one is shown as it stands."""
    return HEALTH_VERDICTS.get(verdict, "{verdict}"), {"verdict": verdict}


def health_reason(code: str, attribute: str, value: int | str) -> Words:
    """Words for a reason of a health verdict; an unknown code is shown as it stands."""
    return HEALTH_REASONS.get(code, "{code}"), {"code": code, "attribute": attribute, "value": value}


def check(check_id: str) -> Words:
    """Name of a guided check."""
    return CHECKS.get(check_id, "{id}"), {"id": check_id}


def check_result(result: str) -> Words:
    """Words for the result of a guided check."""
    return CHECK_RESULTS.get(result, "{result}"), {"result": result}


def grade_reason(code: str, values: Mapping[str, object]) -> Words:
    """Words for a reason of a grade; `values` as in the grade document, `check` already translated by the caller."""
    return GRADE_REASONS.get(code, "{code}"), {"code": code, **values}


def battery_flag(flag: str) -> Words:
    """Words for a doubt about a battery."""
    return BATTERY_FLAGS.get(flag, "{flag}"), {"flag": flag}


def error(code: str, **values: object) -> Words:
    """Words for an error of this library; `values` names detail, program and seconds where they apply."""
    return ERRORS.get(code, ERRORS["diagnostics"]), {"detail": "", "program": "smartctl", "seconds": "?", **values}


def render(msgid: str, values: Mapping[str, object], translate: Callable[[str], str] = str) -> str:
    """Translate `msgid` and put the values in their places."""
    return translate(msgid).format_map(values)


def every_msgid() -> frozenset[str]:
    """All English texts of this module, for the check that translations are complete."""
    tables = (
        HEALTH_VERDICTS, HEALTH_REASONS, SELF_TESTS, CHECK_RESULTS, CHECKS, ABSENCE_REASONS, GRADE_REASONS, PARTS,
        BATTERY_FLAGS,
        READER_FIELDS, IDENTITY_NOTES, ERRORS, READERS, *machine_wording.TABLES,
    )  # fmt: skip
    return frozenset(text for table in tables for text in table.values())

"""Words for people about a machine: locks, notes on the reading, panels, the year, the discharge measurement.

Every code as an English sentence with named places, as in `wording`, which counts these texts in. It decides nothing.
"""

from collections.abc import Mapping

from diagnostics import measured_wording

Words = tuple[str, Mapping[str, object]]

LOCKS = {
    "lock.password-administrator": "An administrator password is set: ask the donor, or set the machine aside",
    "lock.password-power-on": "A power-on password is set: ask the donor, or set the machine aside",
    "lock.password-unknown": "It does not tell whether a BIOS password is set: open its set-up and look",
    "lock.absolute": "Absolute (Computrace) in the firmware: {state}",
    "lock.reinstalling-agent": "The firmware puts a program back into Windows: find out whose it is",
    "lock.amt": "Intel AMT answers (version {version}): look in its set-up that nobody can still manage the machine",
    "lock.drive-ata": "Drive {serial} has a password: ask the donor, or erase it by its own erase",
    "lock.drive-opal": "Drive {serial} is locked by its encryption: read the PSID from its label",
    "lock.declared-present": "{person} found a lock: {lock}. Ask the donor to release it",
    "lock.check-failed": "{person} found a lock in the guided checks. Ask the donor to release it",
    "lock.declared-unknown": "{person} could not tell whether there is a lock: {lock}",
    "lock.to-declare": "Look for this lock and tick the result with your name: {lock}",
    "lock.windows-key": "A Windows licence is in the firmware (ends in {ending})",
    "lock.old-licence": "A licence of an older Windows is in the firmware",
}

DECLARED_LOCKS = {
    "bios-password": "administrator password of the BIOS",
    "absolute": "Absolute (Computrace)",
    "mdm": "management by a company or school (MDM)",
    "autopilot": "Windows Autopilot",
    "icloud": "iCloud activation lock",
    "chromeos": "ChromeOS enrolment",
    "android": "account of the former owner (Android)",
}

NOTES = {
    "note.drives-may-be-hidden": "A RAID or VMD controller may hide drives: set the BIOS to AHCI, or count the bays",
    "note.no-drive": "No drive is visible: look into the machine and confirm that there is none",
    "note.panel-unreadable": "The panel does not tell what it is: its data are damaged or missing",
    "note.32-bit-firmware": "The UEFI has 32 bits: a 64-bit system needs a 32-bit boot loader",
    "note.no-tpm": "No TPM is visible",
    "note.virtual-machine": "This is a virtual machine",
    "note.virtualisation-off": "Virtualisation is switched off in the BIOS, or not there",
}

PANEL_DOUBTS = {
    "edid-missing": "The panel gives no data",
    "edid-short": "The data of the panel break off",
    "edid-no-header": "The data of the panel are not those of a panel",
    "edid-checksum": "The data of the panel are damaged: the checksum is wrong",
}

YEAR_SOURCES = {
    "serial": "Made in {year}, by the code in the serial number",
    "panel": "Made in {year}, by the date of the panel",
    "battery": "Made in {year}, by the date of the battery",
    "processor": "Made in {year} or later, by the processor",
    "bios": "Made about {year}, by the date of the BIOS",
    "": "Nothing tells the year of manufacture",
}

DISCHARGE_OUTCOMES = {
    "holds": "The battery holds under load",
    "gives-way": "The battery gives way under load: replace it",
    "gauge-stuck": "The charge shown does not follow what is drawn: do not trust the figures of this battery",
    "unclear": "The battery gives too few figures for a result",
    "stopped": "Stopped by a person, no result",
    "plugged": "A charger was plugged in during the measurement, no result: unplug it and start again",
}

DISCHARGE_REFUSALS = {
    "discharge.no-battery": "{battery}: there is no such battery",
    "discharge.on-mains": "{battery}: the charger is plugged in. Unplug it and start again",
    "discharge.no-charge-figure": "{battery}: it does not tell its charge, so that it cannot be measured",
    "discharge.too-low": "{battery}: the charge is too low. Charge it above 20 % first",
}

PEOPLE = {"": "Somebody"}  # in place of a pseudonym, for readers outside the workshop

TABLES = (
    PEOPLE, LOCKS, DECLARED_LOCKS, NOTES, PANEL_DOUBTS, YEAR_SOURCES, DISCHARGE_OUTCOMES, DISCHARGE_REFUSALS,
    *measured_wording.TABLES,
)  # fmt: skip


def lock(code: str, values: Mapping[str, object]) -> Words:
    """Words for a finding about locks; `values["lock"]` already translated by the caller."""
    return LOCKS.get(code, "{code}"), {"code": code, "state": "", "version": "?", **values}


def note(code: str) -> Words:
    """Words for what a person must know about the reading of a machine."""
    return NOTES.get(code, "{code}"), {"code": code}


def year(source: str, value: int | None) -> Words:
    """Words for the year of manufacture and where it comes from."""
    return YEAR_SOURCES.get(source, "{year}"), {"year": value if value is not None else "?"}


def discharge_outcome(outcome: str) -> Words:
    """Words for the result of a discharge measurement."""
    return DISCHARGE_OUTCOMES.get(outcome, "{outcome}"), {"outcome": outcome}


def discharge_refusal(code: str, battery: str) -> Words:
    """Words for why a battery is not measured now."""
    return DISCHARGE_REFUSALS.get(code, "{battery}: {code}"), {"battery": battery, "code": code}

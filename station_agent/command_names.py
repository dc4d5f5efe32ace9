"""Names of raw commands and replies, as the standards write them, for people who check a run. Pure.

The hex stays beside every name: a name is a reading, the bytes are the evidence. What is not listed has no name; no
bytes of a drive raise anything. Clauses: ACS-4 7 (ATA), SPC-6 and SBC-4 (SCSI), NVMe Base 5 (admin), JESD84-B51 6.10.
"""

from typing import Any, Final

from erasure.ata.sanitize_status import abort_words, of_registers, register_words
from erasure.ata.sense import ERROR, Registers, registers_of
from erasure.nvme.sanitize_log import decode_sanitize_log
from erasure.nvme.status import decode_status
from erasure.scsi.sense import CHECK_CONDITION, decode_sense

Data = dict[str, Any]
ATA_16: Final = 0x85
ATA_16_BYTES: Final = 16
SANITIZE_ATA: Final = 0xB4
ATA: Final = {
    0x27: "READ NATIVE MAX ADDRESS EXT", 0x2F: "READ LOG EXT", 0x37: "SET MAX ADDRESS EXT", 0x47: "READ LOG DMA EXT",
    0xEC: "IDENTIFY DEVICE", 0xF1: "SECURITY SET PASSWORD", 0xF2: "SECURITY UNLOCK", 0xF3: "SECURITY ERASE PREPARE",
    0xF4: "SECURITY ERASE UNIT", 0xF5: "SECURITY FREEZE LOCK", 0xF6: "SECURITY DISABLE PASSWORD",
    0xF8: "READ NATIVE MAX ADDRESS", 0xF9: "SET MAX ADDRESS",
}  # fmt: skip
ATA_FEATURES: Final = {  # command, feature
    (0x78, 0x00): "GET NATIVE MAX ADDRESS EXT", (0x78, 0x01): "SET ACCESSIBLE MAX ADDRESS EXT",
    (0xB1, 0xC0): "DEVICE CONFIGURATION RESTORE", (0xB1, 0xC1): "DEVICE CONFIGURATION FREEZE LOCK",
    (0xB1, 0xC2): "DEVICE CONFIGURATION IDENTIFY",
    (SANITIZE_ATA, 0x00): "SANITIZE STATUS EXT", (SANITIZE_ATA, 0x11): "SANITIZE CRYPTO SCRAMBLE EXT",
    (SANITIZE_ATA, 0x12): "SANITIZE BLOCK ERASE EXT", (SANITIZE_ATA, 0x14): "SANITIZE OVERWRITE EXT",
    (SANITIZE_ATA, 0x20): "SANITIZE FREEZE LOCK EXT", (SANITIZE_ATA, 0x40): "SANITIZE ANTIFREEZE LOCK EXT",
}  # fmt: skip
SCSI: Final = {
    0x00: "TEST UNIT READY", 0x03: "REQUEST SENSE", 0x12: "INQUIRY", 0x15: "MODE SELECT(6)", 0x1A: "MODE SENSE(6)",
    0x25: "READ CAPACITY(10)", 0x35: "SYNCHRONIZE CACHE(10)", 0x55: "MODE SELECT(10)", 0x5A: "MODE SENSE(10)",
    0xA0: "REPORT LUNS", 0xA2: "SECURITY PROTOCOL IN",
}  # fmt: skip
SCSI_ACTIONS: Final = {  # command, service action
    (0x48, 0x01): "SANITIZE OVERWRITE", (0x48, 0x02): "SANITIZE BLOCK ERASE", (0x48, 0x03): "SANITIZE CRYPTO ERASE",
    (0x48, 0x1F): "SANITIZE EXIT FAILURE MODE", (0x9E, 0x10): "READ CAPACITY(16)",
    (0xA3, 0x0C): "REPORT SUPPORTED OPERATION CODES",
}  # fmt: skip
NVME: Final = {0x02: "Get Log Page", 0x06: "Identify", 0x0A: "Get Features", 0x80: "Format NVM", 0x84: "Sanitize"}
NVME_LOGS: Final = {0x02: "SMART / health", 0x15: "boot partition", 0x81: "sanitize status"}
NVME_ACTIONS: Final = {1: "exit failure mode", 2: "block erase", 3: "overwrite", 4: "crypto erase"}
NVME_ERASES: Final = {0: "no secure erase", 1: "user data erase", 2: "cryptographic erase"}
NVME_FLAGS: Final = ((3, "AUSE"), (9, "NDAS"), (11, "PREQ"))
SANITIZE_LOG: Final = 0x81
LOG_BYTES: Final = 512
MMC: Final = {
    6: "SWITCH", 8: "SEND_EXT_CSD", 13: "SEND_STATUS", 35: "ERASE_GROUP_START", 36: "ERASE_GROUP_END", 38: "ERASE",
}  # fmt: skip
MMC_SANITIZE: Final = 165  # EXT_CSD byte of SANITIZE_START
MMC_SECURE: Final = 0x8000_0000


def command_name(asked: Data) -> str:
    """Name a command of a transcript or a journal, "" when it is none that is listed."""
    try:
        return _name(asked)
    except (ValueError, TypeError, KeyError, IndexError):  # another version wrote it otherwise: the raw words remain
        return ""


def reply_words(asked: Data, answered: Data) -> str:
    """Say what a reply means, "" when nothing here can read it."""
    try:
        return _reply(asked, answered)
    except (ValueError, TypeError, KeyError, IndexError):
        return ""


def _name(asked: Data) -> str:
    command = str(asked.get("command", ""))
    if "cdb" in asked or command[:2] in ("85", "48", "55", "15"):
        return cdb_name(bytes.fromhex(asked.get("cdb", command)))
    if asked.get("port") == "nvme" or command.startswith("NVMe admin "):
        opcode = asked["opcode"] if "opcode" in asked else int(command.rsplit(maxsplit=1)[-1].rstrip("h"), 16)
        return nvme_name(opcode, _number(asked.get("cdw10", 0)))
    if asked.get("port") == "mmc":
        return mmc_name(asked["opcode"], asked["argument"])
    if command.startswith("CMD"):
        opcode, argument = command[3:].split()
        return mmc_name(int(opcode), _number(argument))
    return "Opal PSID revert" if command == "psid-revert" else ""


def cdb_name(cdb: bytes) -> str:
    """Name a CDB; an ATA command inside ATA PASS-THROUGH (16) by its own name."""
    if cdb[0] == ATA_16 and len(cdb) == ATA_16_BYTES:
        inner, feature = cdb[14], cdb[3] << 8 | cdb[4]
        name = ATA_FEATURES.get((inner, feature)) or ATA.get(inner, f"command {inner:02X}h")
        return f"ATA {name}"
    name = SCSI_ACTIONS.get((cdb[0], cdb[1] & 0x1F)) or SCSI.get(cdb[0], f"command {cdb[0]:02X}h")
    return f"SCSI {name}"


def nvme_name(opcode: int, cdw10: int) -> str:
    """Name an NVMe admin command with what its dword 10 asks for."""
    name = f"NVMe {NVME.get(opcode, f'admin command {opcode:02X}h')}"
    if opcode == 0x84:  # noqa: PLR2004
        flags = "".join(f", {flag}" for bit, flag in NVME_FLAGS if cdw10 >> bit & 1)
        return f"{name}, {NVME_ACTIONS.get(cdw10 & 0x7, 'reserved action')}{flags}"
    if opcode == 0x80:  # noqa: PLR2004
        return f"{name}, {NVME_ERASES.get(cdw10 >> 9 & 0x7, 'reserved setting')}"
    if opcode == 0x02:  # noqa: PLR2004
        return f"{name}, {NVME_LOGS.get(cdw10 & 0xFF, f'page {cdw10 & 0xFF:02X}h')}"
    return f"{name}, CNS {cdw10 & 0xFF:02X}h" if opcode == 0x06 else name  # noqa: PLR2004


def mmc_name(opcode: int, argument: int) -> str:
    """Name an MMC command."""
    name = f"MMC CMD{opcode} {MMC.get(opcode, '')}".strip()
    if opcode == 6:  # noqa: PLR2004
        return f"{name}, SANITIZE_START" if argument >> 16 & 0xFF == MMC_SANITIZE else name
    return f"{name}, secure" if opcode == 38 and argument & MMC_SECURE else name  # noqa: PLR2004


def _reply(asked: Data, answered: Data) -> str:
    if "errno" in answered:
        return f"errno {answered['errno']}"
    if asked.get("port") == "nvme":
        return _nvme_reply(asked, answered)
    if "cdb" in asked:
        return _scsi_reply(bytes.fromhex(asked["cdb"]), answered)
    return ""


def _nvme_reply(asked: Data, answered: Data) -> str:
    said = decode_status(answered["status"]).words
    if asked["opcode"] != 0x02 or asked["cdw10"] & 0xFF != SANITIZE_LOG:  # noqa: PLR2004
        return said
    head = bytes.fromhex(str(answered["data"]).split(".")[0])
    log = decode_sanitize_log(head.ljust(LOG_BYTES, b"\0"))  # the rest of the page is reserved
    return said if log is None or not head else f"{said}; {log.words}: {log.state}"


def _scsi_reply(cdb: bytes, answered: Data) -> str:
    sense = bytes.fromhex(answered["sense"])
    if answered["host_status"] or answered["status"] not in (0, CHECK_CONDITION):
        return "transport error" if answered["host_status"] else f"status {answered['status']:02X}h"
    if not sense and cdb[0] == 0x03:  # noqa: PLR2004  REQUEST SENSE: what it asks for is its data
        sense = bytes.fromhex(str(answered["data"]).split(".")[0])
    registers = registers_of(sense, extended=bool(cdb[1] & 1)) if cdb[0] == ATA_16 else None
    if registers is not None:
        return _registers(registers, sanitize=cdb[14] == SANITIZE_ATA)
    found = decode_sense(sense)
    return found.words if found is not None else "good" if not answered["status"] else "check condition"


def _registers(registers: Registers, *, sanitize: bool) -> str:
    """Name the registers, and what they say of a sanitize; an abort with its reason."""
    if registers.status & ERROR:
        return abort_words(registers) if sanitize else f"{register_words(registers)}: aborted"
    state = f": {of_registers(registers, '').report.state}" if sanitize and registers.whole else ""
    return register_words(registers) + state


def _number(value: object) -> int:
    return value if isinstance(value, int) else int(str(value).rstrip("h"), 16)

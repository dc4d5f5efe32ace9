"""Which commands cannot change a drive: a closed list of what may be sent while facts are read. Pure.

Whatever is not on it counts as destructive, also what is unknown, too short or malformed. Written from the command
sets, not from the readers that use it (drives, section 3).
"""

from erasure.transport.ports import MmcCommand, NvmeCommand

SCSI = frozenset({0x00, 0x03, 0x12, 0x1A, 0x25, 0x4D, 0x5A, 0x9E, 0xA0, 0xA3})
SERVICE_ACTIONS = {0x9E: frozenset({0x10}), 0xA3: frozenset({0x0C})}  # READ CAPACITY(16), REPORT SUPPORTED OPCODES
ATA_PASS_THROUGH_16 = 0x85
ATA_CDB_BYTES = 16
NO_DATA, DATA_IN = 3, 4
IDENTIFY, IDENTIFY_PACKET, CHECK_POWER, READ_LOG, READ_LOG_DMA = 0xEC, 0xA1, 0xE5, 0x2F, 0x47
ERASE_PREPARE = 0xF3  # changes nothing; void unless SECURITY ERASE UNIT, which is announced, comes right after it (ACS)
READ_NATIVE_MAX, READ_NATIVE_MAX_EXT, AMAC, SANITIZE, DCO, SMART = 0xF8, 0x27, 0x78, 0xB4, 0xB1, 0xB0
NVME_IDENTIFY, NVME_GET_LOG, NVME_GET_FEATURES, NVME_SECURITY_RECEIVE = 0x06, 0x02, 0x0A, 0x82
MMC_SEND_EXT_CSD, MMC_SEND_STATUS = 8, 13


def harmless_scsi(cdb: bytes) -> bool:
    """Say whether this CDB only reads."""
    if not cdb:
        return False
    if cdb[0] == ATA_PASS_THROUGH_16:
        return harmless_ata(cdb)
    if cdb[0] in SERVICE_ACTIONS:
        return len(cdb) > 1 and cdb[1] & 0x1F in SERVICE_ACTIONS[cdb[0]]
    return cdb[0] in SCSI


def harmless_ata(cdb: bytes) -> bool:
    """Say whether an ATA PASS-THROUGH(16) only reads."""
    if len(cdb) != ATA_CDB_BYTES:
        return False
    protocol, feature, command = cdb[1] >> 1 & 0xF, cdb[3] << 8 | cdb[4], cdb[14]
    if protocol == DATA_IN:
        return command in (IDENTIFY, IDENTIFY_PACKET, READ_LOG, READ_LOG_DMA) or (
            (command == DCO and feature == 0xC2) or (command == SMART and feature in (0xD0, 0xD1, 0xD5))  # noqa: PLR2004
        )
    if protocol != NO_DATA:
        return False
    if command in (AMAC, SANITIZE):
        return feature == 0 and cdb[5:7] == b"\0\0"  # GET NATIVE MAX; STATUS without clearing a failure
    reading = (CHECK_POWER, READ_NATIVE_MAX, READ_NATIVE_MAX_EXT, ERASE_PREPARE)
    return command in reading or (command == SMART and feature == 0xDA)  # noqa: PLR2004


def harmless_nvme(command: NvmeCommand) -> bool:
    """Say whether this admin command only reads."""
    return command.opcode in (NVME_IDENTIFY, NVME_GET_LOG, NVME_GET_FEATURES, NVME_SECURITY_RECEIVE)


def harmless_mmc(command: MmcCommand) -> bool:
    """Say whether this MMC command only reads."""
    return not command.write and command.opcode in (MMC_SEND_EXT_CSD, MMC_SEND_STATUS)

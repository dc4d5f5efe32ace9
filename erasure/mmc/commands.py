"""MMC commands as the kernel takes them, and the card status that R1 brings back. Builders and decoders only.

JEDEC JESD84-B51: 6.6.9 (erase), 6.6.12 (sanitize), 6.10 (commands), 6.13 (card status); flags as in the kernel's
`mmc/core.h`. Argument of SANITIZE as in drives 3.10. What drives 3.10 marks unverified is taken from there as it stands
(the R1B flags, SEC_FEATURE_SUPPORT): a card that answers otherwise is refused, never believed.
"""

from dataclasses import dataclass

from erasure.transport.ports import MmcCommand

READ_BLOCK = 0xB5  # R1, with data
PLAIN = 0x15  # R1
BUSY = 0x49D  # R1B: the card holds the line until it is done
EXT_CSD_BYTES = 512
SWITCH, SEND_EXT_CSD, SEND_STATUS, ERASE_START, ERASE_END, ERASE = 6, 8, 13, 35, 36, 38
SANITIZE_START = 165  # EXT_CSD byte
WRITE_BYTE = 3
FIRST_ADDRESS = 1 << 16  # the kernel gives the eMMC of a slot this relative address
ERASE_PLAIN, ERASE_SECURE = 0x00000000, 0x80000000
BYTE_ADDRESSED_UP_TO = 2 << 30  # bytes: larger cards count addresses in sectors
SECTOR = 512
ERRORS = 0xFFF9A080  # error bits of the card status, SWITCH_ERROR and ERASE_RESET among them
TRANSFER, PROGRAMMING = 4, 7
STATES = {TRANSFER: "ready", PROGRAMMING: "at work"}
READY_FOR_DATA = 0x100


def send_ext_csd() -> MmcCommand:
    """CMD8, 512 bytes in. On an SD card this number means something else: it times out there."""
    return MmcCommand(SEND_EXT_CSD, 0, READ_BLOCK)


def send_status() -> MmcCommand:
    """CMD13."""
    return MmcCommand(SEND_STATUS, FIRST_ADDRESS, PLAIN)


def erase_range(size_bytes: int) -> tuple[MmcCommand, MmcCommand]:
    """CMD35 and CMD36 for the whole user area of `size_bytes`: the groups from the first to the last sector."""
    unit = 1 if size_bytes <= BYTE_ADDRESSED_UP_TO else SECTOR
    last = size_bytes // SECTOR - 1
    return (
        MmcCommand(ERASE_START, 0, PLAIN, write=True),
        MmcCommand(ERASE_END, last * SECTOR // unit, PLAIN, write=True),
    )


def erase(*, secure: bool) -> MmcCommand:
    """CMD38 over the range that was set."""
    return MmcCommand(ERASE, ERASE_SECURE if secure else ERASE_PLAIN, BUSY, write=True)


def sanitize() -> MmcCommand:
    """CMD6: write 1 to SANITIZE_START."""
    return MmcCommand(SWITCH, WRITE_BYTE << 24 | SANITIZE_START << 16 | 1 << 8 | 1, BUSY, write=True)


@dataclass(frozen=True, slots=True)
class CardStatus:
    """The 32 bits of an R1 response."""

    word: int

    @property
    def legible(self) -> bool:
        """Say whether a card that can be erased may answer so: ready, or at work."""
        return self.word >> 9 & 0x0F in STATES and not self.word >> 32

    @property
    def failed(self) -> bool:
        """Say whether any error bit is set."""
        return bool(self.word & ERRORS)

    @property
    def at_work(self) -> bool:
        """Say whether the card is programming or erasing."""
        return self.legible and self.word >> 9 & 0x0F == PROGRAMMING

    @property
    def at_rest(self) -> bool:
        """Say whether the card takes commands and data, without any error."""
        ready = self.word >> 9 & 0x0F == TRANSFER and bool(self.word & READY_FOR_DATA)
        return self.legible and ready and not self.failed

    @property
    def words(self) -> str:
        """The bits as the trade writes them."""
        return f"card status {self.word:08x}h"

"""A USB-SATA bridge in front of a simulated ATA drive: its own names; ATA commands pass, garbled or not at all.

Member of the drive's table: `bridge_serial`. Vices: `no-passthrough`, `garbles` and those about sense (drives 5.1).
"""

from erasure.simulated.ata_drive import AtaDrive
from erasure.simulated.ata_registers import PASS_THROUGH_12, PASS_THROUGH_16
from erasure.simulated.firmware import Vice
from erasure.simulated.logical_unit import INVALID_OPCODE, Request
from erasure.simulated.sense import Key, Refused, SenseForm
from erasure.transport.ports import ScsiReply

HIGH_ORDER = (3, 5, 7, 9, 11)  # "previous" registers of ATA PASS-THROUGH (16)


class BridgedDrive(AtaDrive):
    """An ATA drive as its bridge shows it: `ScsiPort`."""

    default_sense = SenseForm.DESCRIPTOR

    def answer(self, request: Request) -> ScsiReply:
        """Pass ATA commands on as this bridge can. Raises Refused, OSError."""
        if request.cdb[0] not in (PASS_THROUGH_12, PASS_THROUGH_16):
            return super().answer(request)
        if Vice.NO_PASSTHROUGH in self.firmware:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_OPCODE)
        if Vice.GARBLES in self.firmware and request.cdb[0] == PASS_THROUGH_16:
            cdb = bytearray(request.cdb)
            for place in HIGH_ORDER:
                cdb[place] = 0
            request = Request(bytes(cdb), request.timeout_ms, request.data_out, request.data_in)
        return super().answer(request)

    def shown_serial(self) -> str:
        """Serial number that the bridge gave for the drive when the kernel met it."""
        return str(self.feature("bridge_serial", super().shown_serial()))

    def inquiry(self) -> bytes:
        """Build 36 bytes in the bridge's own name."""
        vendor, _, product = self.nameplate.bridge.partition(" ")
        text = f"{vendor.ljust(8)[:8]}{(product or vendor).ljust(16)[:16]}0100"
        return bytes([0, 0, 6, 2, 31, 0, 0, 2]) + text.encode("ascii", "replace")

    def vital_pages(self) -> dict[int, bytes]:
        """Build pages 80h and 83h; a bridge seldom has more."""
        serial = str(self.feature("bridge_serial", self.serial())).encode("ascii", "replace")
        return {0x80: serial, 0x83: bytes([2, 1, 0, len(serial)]) + serial}

    def supports(self, opcode: int, action: int | None) -> bool:
        """Say whether the bridge knows a command."""
        passes = opcode in (PASS_THROUGH_12, PASS_THROUGH_16) and Vice.NO_PASSTHROUGH not in self.firmware
        return passes or (opcode not in (PASS_THROUGH_12, PASS_THROUGH_16) and super().supports(opcode, action))

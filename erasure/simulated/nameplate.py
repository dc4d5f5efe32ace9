"""What is printed on a simulated drive and built into it: names, geometry, the table of its firmware. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nameplate:
    """Who a simulated drive is, and how its medium is cut. Sizes in bytes."""

    model: str = "DEMO DRIVE"
    serial: str = "DEMO-0000"
    revision: str = "1.0"
    wwn: str = ""  # 16 hex digits, "" when there is none
    size_bytes: int = 1 << 20  # capacity that the host sees at first; hidden areas begin behind it
    logical_sector: int = 512
    physical_sector: int = 512
    rotational: bool = True
    bridge: str = ""  # model of a USB bridge in between

    @property
    def wwn_bytes(self) -> bytes:
        """The world-wide name as 8 bytes; b"" when there is none of that form."""
        digits = self.wwn.removeprefix("0x").removeprefix("naa.")
        try:
            raw = bytes.fromhex(digits)
        except ValueError:
            return b""
        return raw if len(raw) == len("naa_wwn!") else b""

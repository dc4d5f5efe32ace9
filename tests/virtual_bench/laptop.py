"""What makes a guest a laptop: ACPI battery, charger and lid, the name plates of SMBIOS. Made anew for each guest.

The table is written in ASL (`guest/laptop.asl`) and compiled by `iasl`; the enclosure is an SMBIOS structure, for whose
kind QEMU has no word. What the battery does next is a number in an I/O port.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.diagnostics.smbios_tables import table
from tests.virtual_bench.cache import run

ASL = Path(__file__).resolve().parent / "guest" / "laptop.asl"
KNOB_PORT = 0xE0  # of pc-testdev
PLUGGED = 1 << 30
MAKER, MODEL, UUID = "BENCH COMPUTERS", "PORTABLE 14", "6f1c9a52-3d87-4e0b-9c4d-2a7b51e8d043"
SERIAL = "To be filled by O.E.M."  # what many boards really say
BOARD = ("BENCH BOARDS", "P14-REV-B", "BRD-000417")
BIOS = ("BENCH FIRMWARE", "1.07", "03/14/2021")
NOTEBOOK = 0x0A  # DSP0134, 7.4.1
DESIGN_UWH, FULL_UWH, CYCLES = 48_000_000, 36_000_000, 523


@dataclass(frozen=True, slots=True)
class Charge:
    """What the battery does at a moment: energy left in mWh, its voltage in mV, whether the charger feeds it."""

    left: int
    millivolts: int
    plugged: bool = False

    @property
    def knob(self) -> int:
        """The number that the table reads."""
        return self.left | self.millivolts << 16 | (PLUGGED if self.plugged else 0)


@contextmanager
def laptop() -> Iterator[tuple[str, ...]]:
    """Give the options of QEMU for a guest that is started in here. Raises BenchError."""
    with TemporaryDirectory(prefix="laptop-") as folder:
        yield laptop_options(Path(folder))


def laptop_options(folder: Path) -> tuple[str, ...]:
    """Give the options of QEMU, with their files in `folder`. Raises BenchError."""
    run("iasl", "-p", str(folder / "laptop"), str(ASL))
    enclosure = {"type": 3, "handle": 0x300, "maker": MAKER, "kind": NOTEBOOK, "serial": "CHS-000417"}
    plates = (
        f"type=0,vendor={BIOS[0]},version={BIOS[1]},date={BIOS[2]}",
        f"type=1,manufacturer={MAKER},product={MODEL},version=1.0,serial={SERIAL},uuid={UUID}",
        f"type=2,manufacturer={BOARD[0]},product={BOARD[1]},serial={BOARD[2]}",
        f"file={structure_file(folder / 'enclosure', enclosure)}",
    )
    smbios = (word for plate in plates for word in ("-smbios", plate))
    return ("-acpitable", f"file={folder}/laptop.aml", "-device", "pc-testdev", *smbios)


def structure_file(path: Path, row: dict[str, object]) -> Path:
    """Write one SMBIOS structure, without the one that ends a table."""
    path.write_bytes(table((row,)).removesuffix(table(())))
    return path

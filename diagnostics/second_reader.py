"""The second reader: pySMART, in a process of its own, must agree on model, serial and capacity.

It runs apart because it has no time limit, changes the locale of its process when imported, and starts processes when a
property is looked at. It is never the source of a field of a certificate; where it differs for a reason that is known
to be its own, the difference is recorded as explained, any other must be decided by a person.

    python -m diagnostics.second_reader DEVICE [INTERFACE]      prints one JSON document
"""

import json
import sys
from dataclasses import dataclass
from typing import Any

from diagnostics import plain
from diagnostics.errors import UnreadableReport
from diagnostics.reading import Protocol, SmartIdentity
from diagnostics.smartctl import TIME_LIMIT, Runner, run_tool

_KNOWN_INTERFACES = ("", "ata", "nvme", "sas", "sat", "scsi", "sntasmedia", "csmi")


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What pySMART says about a drive. Capacity in bytes; "" and None are "nothing"."""

    model: str
    serial: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the readers differ; `explained` is the code of a known fault of the second one, or ""."""

    field: str
    explained: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"field": self.field, "explained": self.explained}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the readers compare: `state` is agree, explained, differs or absent (the second one gave nothing)."""

    state: str
    differences: tuple[Difference, ...]

    @property
    def blocks_certificate(self) -> bool:
        """Say whether a person must decide before a certificate is issued."""
        return self.state == "differs"

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"state": self.state, "differences": [difference.to_document() for difference in self.differences]}


def read_second(
    device: str, device_type: str = "", *, time_limit: float = TIME_LIMIT, run: Runner = run_tool
) -> SecondReading | None:
    """Read `device` with pySMART in its own process; None where it knows nothing of such a device.

    Raises NotResponding when it does not end in time (its children are killed with it), UnreadableReport otherwise.
    """
    interface = device_type.partition(",")[0]
    if interface not in _KNOWN_INTERFACES:
        return None
    done = run(
        (sys.executable, "-m", "diagnostics.second_reader", device, *([interface] if interface else [])), time_limit
    )
    if done.exit_status:
        return None
    try:
        answer = plain.table(json.loads(done.stdout))
    except ValueError as error:
        raise UnreadableReport("the second reader printed no JSON") from error
    return SecondReading(
        plain.text(answer.get("model")), plain.text(answer.get("serial")), plain.integer(answer.get("size"))
    )


def compare(
    first: SmartIdentity, second: SecondReading | None, *, additional_id: str = "", namespaces: int = 1
) -> Agreement:
    """Compare the two readers; `additional_id` is `ata_additional_product_id`, `namespaces` the NVMe count."""
    if second is None or not (second.model or second.serial or second.size_bytes):
        return Agreement("absent", ())
    differences = (
        _model(first.model, second.model, additional_id),
        _serial(first.serial, second.serial),
        _size(first, second.size_bytes, namespaces),
    )
    found = tuple(difference for difference in differences if difference)
    if not found:
        return Agreement("agree", ())
    return Agreement("explained" if all(difference.explained for difference in found) else "differs", found)


def _model(first: str, second: str, additional_id: str) -> Difference | None:
    if plain.single_spaced(first) == plain.single_spaced(second):
        return None
    overwritten = bool(second) and plain.single_spaced(second) == plain.single_spaced(additional_id)
    return Difference("model", "additional-product-id" if overwritten else "")


def _serial(first: str, second: str) -> Difference | None:
    if plain.single_spaced(first) == plain.single_spaced(second):
        return None
    cut = bool(second) and first.startswith((f"{second} ", f"{second}:"))
    return Difference("serial", "cut-at-blank" if cut else "")


def _size(first: SmartIdentity, second: int | None, namespaces: int) -> Difference | None:
    if second is None or second == first.size_bytes:
        return None
    partial = first.protocol is Protocol.NVME and namespaces > 1 and second < (first.size_bytes or 0)
    return Difference("size_bytes", "first-namespace" if partial else "")


def _read_here(device: str, interface: str) -> dict[str, Any]:
    """Read by pySMART in this process. Imported here: importing it changes the process."""
    from pySMART import Device  # noqa: PLC0415

    drive = Device(device, interface=interface or None)
    return {"model": drive.model or "", "serial": drive.serial or "", "size": drive.size_raw and int(drive.size or 0)}


def _main(arguments: list[str]) -> int:
    device, interface = (*arguments, "")[:2]
    print(json.dumps(_read_here(device, interface)))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))

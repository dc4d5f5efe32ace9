"""The second reader: pySMART, in a process of its own, must agree on model, serial and capacity.

It runs apart because it has no time limit, changes the locale of its process when imported, and starts processes when a
property is looked at. It is never the source of a field of a certificate; where it differs for a reason that is known
to be its own, the difference is recorded as explained, any other must be decided by a person.

    python -m diagnostics.second_reader DEVICE [INTERFACE]      prints one JSON document
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from diagnostics import plain
from diagnostics.agreement import Agreement, SecondReading, compare_document
from diagnostics.errors import DiagnosticsError, UnreadableReport
from diagnostics.smartctl import TIME_LIMIT, Runner, run_tool

_KNOWN_INTERFACES = ("", "ata", "nvme", "sas", "sat", "scsi", "sntasmedia", "csmi")


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


def agreement_on(
    device: str, document: Mapping[str, object], *, time_limit: float = TIME_LIMIT, run: Runner = run_tool
) -> Agreement:
    """Ask the second reader about `device` and compare it with the first one's document. Never raises for the drive.

    A second reader that fails or hangs has said nothing: the state is "absent", and nothing is blocked by it.
    """
    device_type = plain.text(plain.table(document.get("device")).get("type"))
    try:
        second = read_second(device, device_type, time_limit=time_limit, run=run)
    except DiagnosticsError:
        second = None
    return compare_document(document, second)


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

"""`etabli-station unlock DEVICE --confirm SERIAL`: open a drive that our own interrupted erase left locked."""

import sys
from typing import Annotated, Final

from certificates.command_line import Argument, Option
from erasure.drive import DriveFacts
from erasure.errors import DeviceError
from erasure.facts import read_facts
from erasure.outcome import Reason, ReasonCode
from station_agent.bench import Bench
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.commands.disks import reason_documents
from station_agent.drive_words import why
from station_agent.errors import ConfirmationError
from station_agent.exit_status import ExitStatus
from station_agent.language import mark, visible
from station_agent.planning import NOTHING_TYPED, WRONG_TYPED, choose, confirmed, to_confirm
from station_agent.station import Station
from station_agent.unlocking import open_locked
from station_agent.words import named

Device = Annotated[str, Argument(metavar="DEVICE", help=mark("The locked drive: /dev/sda or sda."))]
Typed = Annotated[str, Option("--confirm", metavar="SERIAL", help=mark("Its full serial number."))]

NOT_LOCKED: Final = Reason(ReasonCode.UNSUPPORTED, "the drive is not locked")


def unlock(
    *,
    device: Device,
    typed: Typed = "",
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Open a drive that an interrupted security erase of this software left locked. Erases nothing."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    bench = call.bench()
    (chosen,) = choose(bench.enumerate_disks(), [device])
    serial = chosen.identity.serial
    if not serial.strip() or not confirmed(serial, [typed]):
        raise ConfirmationError(
            mark("Nothing was sent. Confirm the drive by its serial number, add: {wanted}"),
            exit_status=WRONG_TYPED if typed else NOTHING_TYPED,
            wanted=to_confirm([serial] if serial.strip() else []),
        )
    with call.station(simulated=bench.simulated) as station:
        reasons = bench.examine(chosen) or _try(station, bench, chosen.path)
    document = {"path": chosen.path, "serial": serial, "opened": not reasons, "reasons": reason_documents(reasons)}
    said = [named(chosen, call.voice.lang)]
    said += [f"  - {why(call.voice, one)}" for one in reasons]
    said += [] if reasons else ["  " + call.voice.say("open: no password holds it any more. It is NOT erased.")]
    call.show("unlock", document, said)
    sys.exit(ExitStatus.FAILED if set(reasons) - {NOT_LOCKED} else ExitStatus.ERASED)


def _try(station: Station, bench: Bench, path: str) -> tuple[Reason, ...]:
    """Open the drive exclusively and try; what stands in the way comes back as reasons."""
    (device,) = choose(bench.enumerate_disks(), [path])
    try:
        with bench.opener(device) as port:
            facts = read_facts(port)
            held = facts.ata is not None and facts.ata.security.locked
            return open_locked(station.store, port, facts)[0] if held else not_by_ata(facts)
    except (DeviceError, OSError) as error:
        return (Reason(ReasonCode.TRANSPORT, visible(str(error))),)


def not_by_ata(facts: DriveFacts) -> tuple[Reason, ...]:
    """Say why no password of the ATA security feature set is tried."""
    if facts.locked:
        return (Reason(ReasonCode.LOCKED, "Opal keeps it locked: erase it with the PSID of its label"),)
    return (NOT_LOCKED,)

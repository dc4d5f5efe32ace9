"""A self-test of a real drive from the bench: only where no run is open on it and it does not erase itself."""

import time

from diagnostics.errors import DiagnosticsError, SelfTestRefused
from diagnostics.self_test import SelfTestBench, SelfTestKind, SelfTestResult, run_self_test
from diagnostics.smartctl import read_drive
from diagnostics.wording import SELF_TESTS
from erasure.drive import BlockDevice
from erasure.errors import DeviceError
from erasure.facts import read_facts
from erasure.plan import is_running
from station_agent.bench import Bench
from station_agent.commands.call import Call
from station_agent.diagnose import diagnostics_words
from station_agent.errors import UsageError
from station_agent.language import complain, mark
from station_agent.open_runs import seen_open_runs
from station_agent.planning import choose
from station_agent.reconcile import shares_a_run
from station_agent.stopping import stop_on_signals


def self_test(call: Call, source: str, kind: SelfTestKind) -> SelfTestResult:
    """Run a self-test of the drive `source`, with its progress told. Raises `UsageError`."""
    bench = call.bench()
    device = choose(bench.enumerate_disks(), [source])[0]
    words = diagnostics_words(call.voice.lang)

    def tell(left: int | None) -> None:
        complain(words(SELF_TESTS["running"]).format(value="?" if left is None else left))

    try:
        with stop_on_signals() as stop:
            found = read_drive(device.path)
            hands = SelfTestBench(
                monotonic=time.monotonic,
                sleep=time.sleep,
                progress=tell,
                erasing=lambda: is_being_erased(call, bench, device),
                stop_asked=stop.asked,
            )
            return run_self_test(device.path, found.device_type, kind, hands)
    except SelfTestRefused as error:
        raise UsageError(
            mark(
                "No self-test of {drive} now: it is being erased, tests itself already, or cannot be asked "
                "whether it does."
            ),
            drive=source,
        ) from error
    except DiagnosticsError as error:
        raise UsageError(mark("The drive {source} cannot be asked: {detail}"), source=source, detail=error) from error


def is_being_erased(call: Call, bench: Bench, device: BlockDevice) -> bool:
    """Say whether the drive is being erased, by this bench or by itself; what cannot be seen counts as yes."""
    runs = seen_open_runs(call.state)
    if runs is None or shares_a_run(device, runs):
        return True
    try:
        with bench.reader(device) as port:
            return is_running(read_facts(port))
    except (DeviceError, OSError):
        return True

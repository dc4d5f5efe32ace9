"""Erase many loop devices at once through the real supervisor: what it costs, and what a worker takes of memory.

"write" and "full" read nothing but their clocks; "memory" also reads the PSS of every worker, ten times a second. The
first device only makes the fork server start, as it has in an agent that runs; it is not counted.
"""

import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from erasure.clearance import Confirmation, authorize
from erasure.events import Ended, Event, WorkerLost
from erasure.facts import read_facts
from erasure.interlocks import KernelExaminer
from erasure.inventory import sight
from erasure.kernel_view import KernelView
from erasure.plan import Refusal, plan
from erasure.policy import Policy, load_policy
from erasure.supervisor import Supervisor, WorkOrder
from erasure.transport.linux_block import LinuxOpener
from tests.bench.engine import MeteredJournal
from tests.kernel.loops import assert_ours
from tests.kernel.udevd import settle

PAUSE = 0.1


def order_for(node: str, policy: Policy, examine: KernelExaminer) -> WorkOrder:
    """Plan and clear one device, as a person would. Raises AssertionError when it is refused."""
    device = sight(KernelView(), node)
    with LinuxOpener()(device) as port:
        facts, blocks = read_facts(port), examine(device)
    planned = plan(facts, blocks, policy)
    assert not isinstance(planned, Refusal), planned.reasons
    person = Confirmation("bench", facts.device.identity.serial)
    clearance = authorize(facts, planned, blocks, person)
    return WorkOrder.from_clearance(clearance, person, run_id=secrets.token_hex(16), allow_loop=True)


def proportional_mib(pid: int) -> float:
    """PSS of one process, 0 when it has just ended."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(row.split()[1]) / 1024 for row in rows if row.startswith("Pss:")), 0.0)


def carry_out(supervisor: Supervisor, orders: list[WorkOrder], *, memory: bool) -> tuple[list[str], float]:
    """Run all orders; return the verdicts and the largest mean PSS of a worker while all of them ran."""
    pids = [supervisor.pid(supervisor.start(order)) for order in orders]
    verdicts: list[str] = []
    most = 0.0
    while len(verdicts) < len(orders):
        verdicts += [told for event in supervisor.poll(PAUSE) if (told := end_of(event))]
        if memory and not verdicts:
            most = max(most, sum(map(proportional_mib, pids)) / len(pids))
    return verdicts, most


def end_of(event: Event) -> str:
    """Give the verdict of a run that ended, "" for other news."""
    if isinstance(event, WorkerLost):
        return f"lost: {event.detail}"
    return str(event.report.verdict) if isinstance(event, Ended) else ""


def measure(policy: str, mode: str, journal: str, *devices: str) -> dict[str, Any]:
    """Erase all devices but the first, which goes before; return the verdicts and the costs."""
    nodes = []
    for device in devices:
        node, _, image = device.partition("=")
        assert_ours(node, Path(image))
        nodes.append(node)
    chosen = load_policy(policy)
    if mode == "write":  # nothing but the write pass can be compared with dd
        chosen = replace(chosen, verification="sample", sample_sectors=1)
    examine = KernelExaminer(allow_loop=True)
    supervisor = Supervisor(MeteredJournal(Path(journal)), opener=LinuxOpener(), examine=examine)
    first, *orders = [order_for(node, chosen, examine) for node in nodes]
    carry_out(supervisor, [first], memory=False)
    settle()  # udev looks at every device that was just examined, and holds it meanwhile
    wall, cpu = time.perf_counter(), time.process_time()
    verdicts, mib = carry_out(supervisor, orders, memory=mode == "memory")
    told = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "mib": mib, "verdicts": verdicts}
    supervisor.close()
    return told

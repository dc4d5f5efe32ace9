"""Simulated drives: the port of a real drive over a sparse file, with every vice that a real one was seen to have."""

from erasure.simulated.bench import SimulatedBench, load_bench
from erasure.simulated.faults import Fault, FaultKind
from erasure.simulated.port import SimulatedBlockDrive, SimulatedExaminer, SimulatedOpener
from erasure.simulated.specification import Contents, SimulatedDrive

__all__ = [
    "Contents",
    "Fault",
    "FaultKind",
    "SimulatedBench",
    "SimulatedBlockDrive",
    "SimulatedDrive",
    "SimulatedExaminer",
    "SimulatedOpener",
    "load_bench",
]

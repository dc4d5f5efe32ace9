"""Fixtures of the erasure tests: machines as file trees, and simulated drives with everything that a run needs."""

from tests.erasure.firmware_bench import firmware
from tests.erasure.kernel_trees import facts, identity, machine
from tests.erasure.simulated_bench import bench, large_bench, zeros_bench

__all__ = ["bench", "facts", "firmware", "identity", "large_bench", "machine", "zeros_bench"]

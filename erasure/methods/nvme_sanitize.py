"""Sanitize of NVMe drives."""

from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

NVME_SANITIZE = (
    Unbuilt("nvme.sanitize.block", Level.PURGE),
    Unbuilt("nvme.sanitize.crypto", Level.PURGE),
    Unbuilt("nvme.sanitize.overwrite", Level.PURGE),
)

"""SANITIZE DEVICE of ATA drives."""

from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

ATA_SANITIZE = (
    Unbuilt("ata.sanitize.block", Level.PURGE),
    Unbuilt("ata.sanitize.overwrite", Level.PURGE),
    Unbuilt("ata.sanitize.crypto", Level.PURGE),
)

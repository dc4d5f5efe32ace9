"""SANITIZE of SCSI drives."""

from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

SCSI_SANITIZE = (
    Unbuilt("scsi.sanitize.block", Level.PURGE),
    Unbuilt("scsi.sanitize.overwrite", Level.PURGE),
    Unbuilt("scsi.sanitize.crypto", Level.PURGE),
)

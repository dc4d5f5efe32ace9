"""SECURITY ERASE UNIT of ATA drives."""

from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

ATA_SECURITY = (
    Unbuilt("ata.security.enhanced", Level.PURGE),
    Unbuilt("ata.security.normal", Level.CLEAR),
)

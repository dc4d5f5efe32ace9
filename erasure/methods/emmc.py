"""Sanitize and secure erase of eMMC."""

from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

EMMC = (
    Unbuilt("emmc.sanitize", Level.PURGE),
    Unbuilt("emmc.secure-erase", Level.CLEAR),
)

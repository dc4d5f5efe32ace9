"""Format NVM of NVMe drives."""

from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

NVME_FORMAT = (
    Unbuilt("nvme.format.crypto", Level.CLEAR),
    Unbuilt("nvme.format.user-data", Level.CLEAR),
)

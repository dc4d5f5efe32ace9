"""Recorded answers of real devices: nothing of them is kept here, and a failure names the file alone."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from erasure.scsi.inquiry import decode_inquiry

CHECKOUT = Path(__file__).parents[3]
RECORDINGS = Path(os.environ.get("ETABLI_SHARED", CHECKOUT.parent / "shared")) / "hardware-data"
FILE = "fwupd/plugins/scsi/tests/scsi-sandisk-setup.json"


def answers(document: Any) -> Iterator[bytes]:
    """What came back from each SG_IO of a recording."""
    if isinstance(document, dict) and str(document.get("Id", "")).startswith("Ioctl:") and "DataOut" in document:
        yield base64.b64decode(document["DataOut"])
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for one in inner:
        yield from answers(one)


@pytest.mark.skipif(not (RECORDINGS / FILE).is_file(), reason="recorded hardware data is not present")
def test_the_inquiry_of_a_recorded_stick_is_read() -> None:
    read = [decode_inquiry(raw) for raw in answers(json.loads((RECORDINGS / FILE).read_text("utf-8")))]
    right = len(read) == 1 and read[0] is not None and (read[0].device_type, read[0].removable) == (0, True)
    assert right, FILE

"""What recorded NVMe drives say must pass the rules of sanity. Paths and fields are shown, never values of a drive."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from erasure.nvme.identify import decode_controller
from erasure.nvme.reading import read_nvme
from tests.erasure.nvme.scripted import ScriptedPort, controller, one_namespace

CHECKOUT = Path(__file__).resolve().parents[3]
RECORDINGS = Path(os.environ.get("ETABLI_SHARED", CHECKOUT.parent / "shared")) / "hardware-data"
IRONIC = RECORDINGS / "ironic-python-agent/samples"

pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "INDEX.tsv").is_file(), reason="recorded hardware data is not present"
)


def reports() -> list[Path]:
    """Recorded smartctl reports of NVMe drives."""
    return sorted((RECORDINGS / "smartctl_exporter/testdata").glob("nvme-*.json"))


def words(path: Path) -> dict[str, int]:
    """The words of Identify Controller that an erase rests on, as nvme-cli printed them."""
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    names = ("cmic", "oacs", "tnvmcap", "unvmcap", "rpmbs", "sanicap", "nn", "fna")
    return {**{name: int(told[name]) for name in names}, "version": int(told["ver"])}


@pytest.mark.parametrize("path", reports(), ids=lambda path: path.name)
def test_real_capacities_and_ids_are_not_taken_for_nonsense(path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    total, unallocated = told.get("nvme_total_capacity", 0), told.get("nvme_unallocated_capacity", 0)
    script = one_namespace(tnvmcap=total, unvmcap=unallocated, nn=told["nvme_number_of_namespaces"])
    facts = read_nvme(ScriptedPort(script))
    assert facts is not None, path.name
    assert (facts.total_bytes, facts.unallocated_bytes) == ((total, unallocated) if total else (None, None)), path.name
    assert facts.namespaces is not None, path.name
    for one in told.get("nvme_namespaces", ()):
        assert one["id"] <= told["nvme_number_of_namespaces"], path.name


@pytest.mark.parametrize(
    ("name", "crypto", "formats"),
    [
        ("NVME_CLI_INFO_TEMPLATE_CRYPTO_SUPPORTED.txt", True, True),
        ("NVME_CLI_INFO_TEMPLATE_FORMAT_UNSUPPORTED.txt", False, False),
    ],
)
def test_recorded_words_give_the_abilities_of_the_drive(*, name: str, crypto: bool, formats: bool) -> None:
    told = words(IRONIC / name)
    found = decode_controller(controller(**told))
    facts = read_nvme(ScriptedPort(one_namespace(**told)))
    assert found is not None
    assert facts is not None
    assert found.sanicap == told["sanicap"]
    assert (facts.format_supported, facts.format_crypto) == (formats, crypto)
    assert (facts.sanitize_crypto, facts.sanitize_block, facts.sanitize_overwrite) == (True, True, False)
    assert (facts.no_deallocate_inhibited, facts.purge_reporting, facts.rpmb) == (True, False, False)

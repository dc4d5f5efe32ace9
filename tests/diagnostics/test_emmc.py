"""eMMC: read from the kernel's tree, judged by the same policy; a device that does not say is unknown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from diagnostics.emmc import emmc_document
from diagnostics.health import assess_document

Tree = Callable[[dict[str, str]], Path]


def emmc(tree: Tree, life: str, pre_eol: str) -> Path:
    device = "sys/block/mmcblk0/device"
    files = {"name": "DEMO32", "serial": "0x00000001", "fwrev": "0x01", "life_time": life, "pre_eol_info": pre_eol}
    return tree({"sys/block/mmcblk0/size": "61071360", **{f"{device}/{name}": text for name, text in files.items()}})


@pytest.mark.parametrize(
    ("life", "pre_eol", "verdict", "codes"),
    [
        ("0x01 0x01", "0x01", "ok", []), ("0x08 0x08", "0x01", "ok", []),
        ("0x02 0x09", "0x01", "review", ["emmc.worn"]),
        ("0x0a 0x01", "0x01", "review", ["emmc.worn"]), ("0x0b 0x01", "0x01", "reject", ["emmc.worn-out"]),
        ("0x01 0x01", "0x02", "review", ["emmc.pre-eol"]), ("0x01 0x01", "0x03", "reject", ["emmc.pre-eol-urgent"]),
        ("0x00 0x00", "0x01", "unknown", ["emmc.no-life-time"]), ("0x01 0x01", "0x00", "unknown", ["emmc.no-pre-eol"]),
        ("0x01 0x01", "", "unknown", ["emmc.no-pre-eol"]), ("x y", "0x01", "unknown", ["emmc.no-life-time"]),
        ("0x01", "0x01", "unknown", ["emmc.no-life-time"]),
    ],
)  # fmt: skip
def test_wear_and_reserved_blocks_of_an_emmc_have_their_bounds(
    tree: Tree, life: str, pre_eol: str, verdict: str, codes: list[str]
) -> None:
    report = assess_document(emmc_document(emmc(tree, life, pre_eol), "mmcblk0"))
    assert (str(report.verdict), [reason.code for reason in report.reasons]) == (verdict, codes)


def test_an_emmc_is_named_with_its_size_and_one_without_health_is_not_read(tree: Tree) -> None:
    root = emmc(tree, "0x01 0x01", "0x01")
    identity = assess_document(emmc_document(root, "mmcblk0")).identity
    assert (identity.model, identity.serial, identity.size_bytes) == ("DEMO32", "0x00000001", 61_071_360 * 512)
    assert emmc_document(root, "mmcblk1") is None

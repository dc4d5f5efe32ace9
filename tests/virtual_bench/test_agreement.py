"""The comparison with other tools has to be able to fail, and each word that it reads has to come from the tool."""

import pytest

from tests.virtual_bench.agreement import agree, altered, disagreements, tells_apart
from tests.virtual_bench.bench import Surprise
from tests.virtual_bench.other_eyes import hdparm, nvme_cli, our_own, sg3_utils

READ = {"serial": "S1", "sectors": 8, "locked": False, "rotation": None}

IDENTIFY = """
ATA device, with non-removable media
\tModel Number:       BENCH SATA DISK OF QEMU                 \n\tSerial Number:      SAT0001             \n\
\tFirmware Revision:  7.2-b   \n\
\tLBA    user addressable sectors:       65536
\tLBA48  user addressable sectors:       65537
\tLogical  Sector size:                   512 bytes
\tPhysical Sector size:                  4096 bytes
\tNominal Media Rotation Rate: 7200
Commands/features:
\tEnabled\tSupported:
\t   *\tSANITIZE feature set
\t    \tBLOCK_ERASE_EXT command
Security: \n\
\tMaster password revision code = 65534
\t\tsupported
\t\tenabled
\tnot\tlocked
\tnot\tfrozen
\tnot\texpired: security count
\t\tsupported: enhanced erase
\tSecurity level maximum
\t2min for SECURITY ERASE UNIT. 4min for ENHANCED SECURITY ERASE UNIT.
Logical Unit WWN Device Identifier: 5000c5000badcafe
"""
NAMES = """Device Identification VPD page:
  Addressed logical unit:
    designator type: T10 vendor identification,  code set: ASCII
      vendor id: Linux   \n    designator type: NAA,  code set: Binary
      0x3333333000001770
  Target port:
    designator type: NAA,  code set: Binary
     transport: Serial Attached SCSI Protocol (SPL-4)
      0x322222200000176e
"""
CAPACITY = """Read Capacity results:
   Protection: prot_en=1, p_type=0, p_i_exponent=0
   Last LBA=32767 (0x7fff), Number of logical blocks=32768
   Logical block length=512 bytes
   Logical blocks per physical block exponent=3
   Device size: 16777216 bytes, 16.0 MiB, 0.02 GB
"""
LOG = {
    "nvme1n1": {
        "sprog": 65535,
        "sstat": {"global_erased": 1, "status": "(1) Most Recent Sanitize Command Completed Successfully."},
        "cdw10_info": 2,
    }
}


def test_two_readings_that_are_the_same_agree() -> None:
    assert agree("a drive", READ, {**READ}) == len(READ)


@pytest.mark.parametrize("name", READ)
def test_one_altered_value_is_a_surprise(name: str) -> None:
    with pytest.raises(Surprise, match=name):
        agree("a drive", READ, {**READ, name: altered(READ[name])})


@pytest.mark.parametrize("other", [{**READ, "wwn": "5"}, {"serial": "S1"}], ids=["one more", "some missing"])
def test_a_fact_that_only_one_of_them_has_is_a_surprise(other: dict[str, object]) -> None:
    with pytest.raises(Surprise):
        agree("a drive", READ, other)


def test_a_truth_is_no_number() -> None:
    assert [*disagreements({"locked": False, "count": 1}, {"locked": 0, "count": True})] == ["count", "locked"]


def test_another_drive_that_is_not_noticed_is_a_surprise() -> None:
    tells_apart(READ, {**READ, "serial": "S2"}, "serial")
    with pytest.raises(Surprise, match="noticed"):
        tells_apart(READ, {**READ}, "serial")


def test_what_hdparm_prints_is_read() -> None:
    told = {**hdparm.identity(IDENTIFY), **hdparm.sizes(IDENTIFY), **hdparm.security(IDENTIFY)}
    assert told == {
        "model": "BENCH SATA DISK OF QEMU",
        "serial": "SAT0001",
        "firmware": "7.2-b",
        "wwn": "5000c5000badcafe",
        "sectors": 65537,
        "logical sector": 512,
        "physical sector": 4096,
        "size": 65537 * 512,
        "rotation": 7200,
        "security supported": True,
        "security enabled": True,
        "security locked": False,
        "security frozen": False,
        "security count expired": False,
        "security enhanced": True,
        "security maximum": True,
        "security normal minutes": 2,
        "security enhanced minutes": 4,
        "security master id": 65534,
    }


STATES = {
    "    State:    SD0 Sanitize Idle": "idle",
    "    State:    SD0 Sanitize Idle\n    Last Sanitize Operation Completed Without Error": "succeeded",
    "    State:    SD1 Sanitize Frozen": "frozen",
    "    State:    SD2 Sanitize operation In Process": "running",
    "    State:    SD3 Sanitize Operation Failed\n    Last Sanitize Operation Completed Without Error": "failed",
    "SG_IO: bad/missing sense data": "unsupported",
}


@pytest.mark.parametrize(("status", "state"), STATES.items(), ids=STATES.values())
def test_the_state_that_hdparm_prints_is_read(status: str, state: str) -> None:
    told = hdparm.sanitize(IDENTIFY, status)
    assert told["sanitize state"] == state
    assert [name for name, value in told.items() if value is True] == ["sanitize block"]


def test_the_name_of_the_unit_is_taken_and_not_that_of_its_port() -> None:
    assert sg3_utils.unit_name(NAMES) == "3333333000001770"
    assert sg3_utils.unit_name(NAMES.replace("NAA,", "EUI-64 based,")) == ""


def test_a_protected_disk_of_larger_physical_blocks_is_read() -> None:
    assert sg3_utils.capacity(CAPACITY) == {
        "sectors": 32768,
        "logical sector": 512,
        "physical sector": 4096,
        "size": 16777216,
        "protection": 1,
    }
    assert sg3_utils.capacity(CAPACITY.replace("prot_en=1", "prot_en=0"))["protection"] == 0


def test_what_sg_opcodes_does_not_say_is_not_no() -> None:
    assert sg3_utils.supported("  Command is supported [conforming to SCSI standard]") is True
    assert sg3_utils.supported("  Command is NOT supported") is False
    assert sg3_utils.supported("Report supported operation codes: Illegal request, Invalid opcode") is None


def test_the_sanitize_log_is_read_from_both_of_its_forms() -> None:
    told = nvme_cli.log_reading(LOG, " ff ff 01 01\n 02 00")
    assert told == {
        "sanitize state": "succeeded",
        "sanitize action": "block",
        "log status": 1,
        "log data erased": True,
        "log progress": 65535,
        "log command": 2,
        "log bytes": "ffff01010200",
    }
    assert nvme_cli.log_reading({}, "") == {"sanitize state": "unsupported"}


@pytest.mark.parametrize(
    ("model", "firmware", "cut"),
    [
        ("BENCH SATA DISK OF QEMU", "7.2-b", ("BENCH SATA DISK", "b")),
        ("A DISK", "RVT01B6Q", ("A DISK", "1B6Q")),
        ("A DISK", "1.0", ("A DISK", "1.0")),
    ],
)
def test_the_kernel_cuts_the_names_of_ata_drives(model: str, firmware: str, cut: tuple[str, str]) -> None:
    assert our_own.as_cut({"model": model, "firmware": firmware}) == {"model": cut[0], "firmware": cut[1]}

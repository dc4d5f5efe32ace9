"""What sg_inq, sg_vpd, sg_readcap and sg_opcodes say of a SCSI disk. Nothing of the engine is here."""

import json
import re
from typing import Any

from tests.virtual_bench.agreement import Reading
from tests.virtual_bench.channel import Channel
from tests.virtual_bench.other_eyes.hdparm import number, word

ACTIONS = {"overwrite": 1, "block": 2, "crypto": 3}  # service actions of SANITIZE, 48h
SLOWEST, FASTEST, SOLID = 0x0401, 0xFFFE, 1  # what a rotation rate may be


def sg_reading(guest: Channel, node: str) -> Reading:
    """Ask the tools in the guest. Raises BenchError; sg_opcodes may fail: not every drive knows its question."""
    page = json.loads(guest.shell(f"sg_vpd --json --page=0xb1 {node}").out)["block_device_characteristics_vpd_page"]
    long = capacity(guest.shell(f"sg_readcap --long {node}").out)
    translates = "ATA information" in guest.shell(f"sg_vpd --page=sv {node}").out
    asked = () if translates else ACTIONS.items()
    opcodes = {name: guest.run(("sg_opcodes", f"--opcode=0x48,{code}", node)).out for name, code in asked}
    return {
        **inquiry(guest.shell(f"sg_inq {node}").out),
        "serial": word(guest.shell(f"sg_vpd --page=0x80 {node}").out, r"Product serial number: +(.*?) *\n"),
        "wwn": unit_name(guest.shell(f"sg_vpd --page=0x83 {node}").out),
        **characteristics(page, protected=long["protection"] != 0),
        **long,
        "translates ATA": translates,  # what it says of SANITIZE is then the translation's word, and is not asked
        **{f"sanitize {name}": supported(text) for name, text in opcodes.items()},
    }


def inquiry(text: str) -> Reading:
    """Read who made it and what it is called."""
    return {
        "vendor": word(text, r"Vendor identification: +(.*?) *\n"),
        "product": word(text, r"Product identification: +(.*?) *\n"),
        "revision": word(text, r"Product revision level: +(.*?) *\n"),
    }


def unit_name(text: str) -> str:
    """Give the NAA name of the logical unit, not of a port or of the enclosure."""
    unit = text.partition("Addressed logical unit:")[2].partition("Target")[0]
    return word(unit, r"designator type: NAA.*\n +0x([0-9a-f]+)")


def characteristics(page: dict[str, Any], *, protected: bool) -> Reading:
    """Read page B1h in its JSON form: the text of this release leaves the rotation out.

    An erase leaves no valid protection information: such a disk needs the write whatever WABEREQ and WACEREQ say.
    """
    told = page["medium_rotation_rate"]
    rate = int(told["i"] if isinstance(told, dict) else told)
    return {
        "rotation": rate if rate == SOLID or SLOWEST <= rate <= FASTEST else None,
        "write needed after block": protected or page["wabereq"] >= 2,
        "write needed after crypto": protected or page["wacereq"] >= 2,
    }


def capacity(text: str) -> Reading:
    """Read READ CAPACITY (16)."""
    protected = number(text, r"prot_en=(\d)")
    exponent, logical = number(text, r"physical block exponent=(\d+)"), number(text, r"block length=(\d+)")
    return {
        "sectors": number(text, r"Number of logical blocks=(\d+)"),
        "logical sector": logical,
        "physical sector": None if logical is None or exponent is None else logical << exponent,
        "size": number(text, r"Device size: (\d+) bytes"),
        "protection": (number(text, r"p_type=(\d)") or 0) + 1 if protected else 0,
    }


def supported(text: str) -> bool | None:
    """Say whether a command is there; None when the drive does not say."""
    if re.search(r"Command is supported", text):
        return True
    return False if re.search(r"Command is NOT supported", text) else None

"""What the agent says of the same drives: `etabli-station disks --json`, and the decoded facts that its plans rest on.

What a person is shown is taken from the document of `disks`; only what it does not show is taken from the facts.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.virtual_bench.agreement import Reading
from tests.virtual_bench.bench import Bench
from tests.virtual_bench.snapshot import AGENT_ENVIRONMENT

LOOK = """
import json, sys
from dataclasses import asdict
from erasure.facts import read_facts
from erasure.inventory import sight
from erasure.kernel_view import KernelView
from erasure.transport.linux_block import LinuxReader
view, found = KernelView(), {}
for node in sys.argv[1:]:
    with LinuxReader(view)(sight(view, node)) as port:
        found[node] = asdict(read_facts(port))
print(json.dumps(found, default=str))
"""
LOG_BYTES = 20
ACTIONS = ("crypto", "block", "overwrite")


def our_documents(bench: Bench, *nodes: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Give for each node its row of `disks`, and its decoded facts. Raises BenchError."""
    rows = {one["path"]: one for one in bench.agent.documents("disks")["drives"]}
    said = bench.guest.run(("python3", "-c", LOOK, *nodes), timeout_s=120, env=AGENT_ENVIRONMENT)
    facts = json.loads(said.required("the facts of the agent").out)
    return {node: (rows[node], facts[node]) for node in nodes}


def offered(row: Mapping[str, Any], method: str) -> bool:
    """Say whether `disks` takes the drive to have a method, planned or not."""
    (one,) = (one for one in row["methods"] if one["id"] == method)
    return one["reason"] is None or one["reason"]["code"] != "UNSUPPORTED"


def sanitizes(row: Mapping[str, Any], bus: str) -> dict[str, object]:
    """Say by which methods `disks` takes a drive to sanitize itself."""
    return {f"sanitize {action}": offered(row, f"{bus}.sanitize.{action}") for action in ACTIONS}


def state_of(row: Mapping[str, Any]) -> object:
    """Give the state of the sanitize that `disks` shows."""
    return row["sanitize"]["state"] if row["sanitize"] else "unsupported"


def ata_reading(row: dict[str, Any], facts: dict[str, Any]) -> Reading:
    """Read an ATA drive: it is shown by its own words, though the kernel cuts model and revision (`as_cut`)."""
    ata = facts["ata"]
    return {
        **{name: row[name] for name in ("model", "firmware", "serial", "wwn")},
        **{name: ata[name] for name in ("sectors", "rotation")},
        "size": row["size_bytes"],
        "logical sector": facts["logical_sector"],
        "physical sector": facts["physical_sector"],
        **{f"security {name.replace('_', ' ')}": value for name, value in row["security"].items()},
        **sanitizes(row, "ata"),
        "sanitize antifreeze": ata["sanitize_antifreeze"],
        "sanitize state": state_of(row),
        "block": hashlib.sha256(bytes.fromhex(ata["raw"]["identify"])).hexdigest(),
    }


def heard(facts: Mapping[str, Any]) -> Reading:
    """Give model and firmware as they came by INQUIRY."""
    return {"model": facts["scsi"]["product"], "firmware": facts["scsi"]["revision"]}


def as_cut(theirs: Reading) -> Reading:
    """Give model and firmware as the SCSI layer of the kernel passes them on for an ATA drive: SAT, INQUIRY data."""
    model, firmware = str(theirs["model"]), f"{theirs['firmware']:8}"
    return {"model": model[:16].strip(), "firmware": (firmware[4:].strip() or firmware[:4]).strip()}


def scsi_reading(row: dict[str, Any], facts: dict[str, Any]) -> Reading:
    """Read a SCSI disk; whether it can sanitize is None where it does not say, and is not asked of a translation."""
    scsi = facts["scsi"]
    return {
        **{name: scsi[name] for name in ("vendor", "product", "rotation", "sectors", "protection")},
        "revision": row["firmware"],
        "serial": row["serial"],
        "wwn": row["wwn"],
        "size": row["size_bytes"],
        "logical sector": scsi["logical_sector"],
        "physical sector": facts["physical_sector"],
        "write needed after block": scsi["write_needed_after_block"],  # also of every disk with protection information
        "write needed after crypto": scsi["write_needed_after_crypto"],
        "translates ATA": scsi["translates_ata"],
        **{f"sanitize {one}": scsi[f"sanitize_{one}"] for one in ACTIONS if not scsi["translates_ata"]},
    }


def nvme_reading(row: dict[str, Any], facts: dict[str, Any]) -> Reading:
    """Read an NVMe drive: the row for what it shows, the facts for every bit of its controller."""
    nvme = facts["nvme"]
    active = [one for one in nvme["namespaces"] if one["active"]]
    spaces = {f"namespace {one['nsid']} {name}": one[key] for one in active for name, key in NAMESPACE.items()}
    return {
        **{name: row[name] for name in ("serial", "model", "firmware")},
        "size": row["size_bytes"],
        **{name: nvme[key] for name, key in CONTROLLER.items()},
        **sanitizes(row, "nvme"),
        "namespaces": len(active),
        **spaces,
        "sanitize state": state_of(row),
        **log_reading(row["sanitize"], nvme["raw"]),
    }


CONTROLLER = {
    "subnqn": "subnqn",
    "controller": "controller_id",
    "nsid": "nsid",
    "shared": "shared",
    "OACS security": "security_commands",
    "OACS format": "format_supported",
    "OACS namespace management": "namespace_management",
    "FNA format reaches all": "format_reaches_all",
    "FNA erase reaches all": "erase_reaches_all",
    "FNA crypto": "format_crypto",
    "FNA broadcast": "format_broadcast",
    "SANICAP verification": "media_verification",
    "SANICAP purge reporting": "purge_reporting",
    "SANICAP no-deallocate inhibited": "no_deallocate_inhibited",
    "total": "total_bytes",
    "unallocated": "unallocated_bytes",
    "RPMB": "rpmb",
}
NAMESPACE = {
    "blocks": "blocks",
    "capacity": "capacity_blocks",
    "block bytes": "block_bytes",
    "metadata bytes": "metadata_bytes",
    "format": "format_index",
    "metadata extended": "metadata_extended",
    "protection": "protection",
    "deallocated reads": "deallocated_reads",
    "NGUID": "nguid",
    "EUI64": "eui64",
}


def log_reading(shown: Mapping[str, Any] | None, raw: Mapping[str, str]) -> dict[str, object]:
    """Read the words of the sanitize log that `disks` shows, and the bytes that were kept."""
    if not shown:
        return {}
    words = {name: int(value, 16) for name, value in re.findall(r"([A-Z0-9]+) ([0-9A-F]+)h", shown["detail"])}
    return {
        "sanitize action": shown["action"],
        "log status": words["SSTAT"] & 0b111,
        "log data erased": bool(words["SSTAT"] >> 8 & 1),
        "log progress": words["SPROG"],
        "log command": words["SCDW10"],
        "log bytes": raw["sanitize-log"][: 2 * LOG_BYTES],
    }

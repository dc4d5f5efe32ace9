"""What nvme-cli says of a controller, its namespaces and its sanitize log. Nothing of the engine is here."""

import json
import re
from typing import Any

from tests.virtual_bench.agreement import Reading
from tests.virtual_bench.channel import Channel
from tests.virtual_bench.other_eyes.hdparm import number

STATES = {0: "idle", 1: "succeeded", 2: "running", 3: "failed"}
ACTIONS = {1: "exit", 2: "block", 3: "overwrite", 4: "crypto"}
LOG_BYTES = 20


def nvme_reading(guest: Channel, node: str) -> Reading:
    """Ask nvme-cli in the guest. Raises BenchError; the log may be refused, where there is no sanitize."""
    controller = json.loads(guest.shell(f"nvme id-ctrl {node} -o json").out)
    nsids = [int(one["nsid"]) for one in json.loads(guest.shell(f"nvme list-ns {node} -o json").out)["nsid_list"]]
    spaces = {nsid: json.loads(guest.shell(f"nvme id-ns {node} -n {nsid} -o json").out) for nsid in nsids}
    mine = int(word_of_number(guest.shell(f"nvme get-ns-id {node}").out))
    log = guest.run(("nvme", "sanitize-log", node, "-o", "json"))
    raw = guest.run(("sh", "-c", f"nvme sanitize-log {node} -b | od -An -v -tx1 -N{LOG_BYTES}"))
    facts = {**controller_reading(controller), "nsid": mine, "namespaces": len(nsids)}
    for nsid, space in spaces.items():
        facts |= {f"namespace {nsid} {name}": value for name, value in namespace_reading(space).items()}
    used = spaces[mine]
    facts["size"] = int(used["nsze"]) << int(used["lbafs"][used["flbas"] & 0xF]["ds"])
    return {**facts, **log_reading(json.loads(log.out) if log.status == 0 else {}, raw.out)}


def controller_reading(told: dict[str, Any]) -> dict[str, object]:
    """Read Identify Controller: names, and each bit of OACS, FNA and SANICAP that an erase rests on."""
    oacs, fna, sanicap, total = (int(told[name]) for name in ("oacs", "fna", "sanicap", "tnvmcap"))
    return {
        "serial": told["sn"].strip(),
        "model": told["mn"].strip(),
        "firmware": told["fr"].strip(),
        "subnqn": told["subnqn"],
        "controller": int(told["cntlid"]),
        "shared": bool(told["cmic"] & 0b11),
        "OACS security": bool(oacs & 1),
        "OACS format": bool(oacs >> 1 & 1),
        "OACS namespace management": bool(oacs >> 3 & 1),
        "FNA format reaches all": bool(fna & 1),
        "FNA erase reaches all": bool(fna >> 1 & 1),
        "FNA crypto": bool(fna >> 2 & 1),
        "FNA broadcast": not fna >> 3 & 1,
        "sanitize crypto": bool(sanicap & 1),
        "sanitize block": bool(sanicap >> 1 & 1),
        "sanitize overwrite": bool(sanicap >> 2 & 1),
        "SANICAP verification": bool(sanicap >> 3 & 1),
        "SANICAP purge reporting": bool(sanicap >> 5 & 1),
        "SANICAP no-deallocate inhibited": bool(sanicap >> 29 & 1),
        "total": total or None,
        "unallocated": int(told["unvmcap"]) if total else None,
        "RPMB": bool(told["rpmbs"] & 0b111),
    }


def namespace_reading(told: dict[str, Any]) -> dict[str, object]:
    """Read Identify Namespace."""
    used = told["lbafs"][told["flbas"] & 0xF]
    return {
        "blocks": told["nsze"],
        "capacity": told["ncap"],
        "block bytes": 1 << used["ds"],
        "metadata bytes": used["ms"],
        "format": told["flbas"] & 0xF,
        "metadata extended": bool(told["flbas"] >> 4 & 1),
        "protection": told["dps"],
        "deallocated reads": told["dlfeat"] & 0b111,
        "NGUID": told["nguid"].strip("0") and told["nguid"],
        "EUI64": told["eui64"].strip("0") and told["eui64"],
    }


def log_reading(told: dict[str, Any], raw: str) -> dict[str, object]:
    """Read the sanitize log; {} for a controller without sanitize, which refuses it."""
    if not told:
        return {"sanitize state": "unsupported"}
    (log,) = told.values()
    status = number(str(log["sstat"]["status"]), r"\((\d)\)")
    return {
        "sanitize state": STATES.get(-1 if status is None else status, "unknown"),
        "sanitize action": "" if not status else ACTIONS.get(int(log["cdw10_info"]) & 0b111, ""),
        "log status": status,
        "log data erased": bool(log["sstat"]["global_erased"]),
        "log progress": int(log["sprog"]),
        "log command": int(log["cdw10_info"]),
        "log bytes": "".join(re.findall(r"[0-9a-f]{2}", raw)),
    }


def word_of_number(text: str) -> str:
    """Give the last number of a line such as `nvme0n1: namespace-id:1`."""
    return str(re.findall(r"\d+", text)[-1])

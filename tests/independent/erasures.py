"""What the members of one statement must say of each other: "What an erasure statement may claim" of the README."""

from typing import Any

PURGES = {f"{bus}.sanitize.{action}" for bus in ("nvme", "ata", "scsi") for action in ("block", "crypto", "overwrite")}
PURGES.add("ata.security.enhanced")


def makes_sense(payload: dict[str, Any]) -> bool:
    """Whether a statement whose members fit does not contradict itself."""
    match payload["kind"]:
        case "erasure":
            return _erasure(payload)
        case "attestation":
            return _attestation(payload)
        case "supersede":
            taken_back = payload["why"] in ("withdrawn", "contradicted")
            return payload["by"] != payload["certificate"] and taken_back == (payload["by"] == "")
        case "diagnostics":
            return any(payload["subject"].values())
    return True


def _erasure(payload: dict[str, Any]) -> bool:
    drive, method, bad = payload["subject"]["drive"], payload["method"], payload["bad"]
    if drive is None or method["achieved"] == "opal.psid-revert":
        return False
    for name in ("write", "read", "mismatch"):
        listed, total = sum(pair[1] for pair in bad[name]), bad[f"{name}_total"]
        if listed > total or (listed < total and not bad["truncated"]):
            return False
    completed = payload["result"]["verdict"].startswith("ERASED")
    return (_completed if completed else _failed)(payload, drive) and _counts(payload["verify"], drive)


def _completed(payload: dict[str, Any], drive: dict[str, Any]) -> bool:
    method, verify, bad = payload["method"], payload["verify"], payload["bad"]
    achieved, mode, exceptions = method["achieved"], verify["mode"], payload["exceptions"]
    if method["level"] == "NONE" or achieved == "" or (method["level"] == "PURGE" and achieved not in PURGES):
        return False
    if payload["result"]["reasons"] or verify["nonmatching"] or verify["unreadable"]:
        return False
    if bad["write_total"] or bad["read_total"] or bad["mismatch_total"]:
        return False
    if achieved.startswith("overwrite.") and mode not in ("full", "sample"):
        return False
    if mode == "none":
        if verify["sectors"] or "NO_CANARIES" not in [item["code"] for item in exceptions]:
            return False
    elif verify["sectors"] == 0:
        return False
    if drive["size_bytes"] == 0 or drive["logical_sector"] == 0:
        return False
    seen = verify["sectors"] * drive["logical_sector"]
    if (mode == "full" and seen != drive["size_bytes"]) or (mode == "sample" and seen > drive["size_bytes"]):
        return False
    if payload["result"]["verdict"] == "ERASED_WITH_EXCEPTIONS":
        return bool(exceptions)
    whole = drive["native_bytes"] is None or drive["native_bytes"] == drive["size_bytes"]
    return not exceptions and whole and not {"present", "unknown"} & set(payload["hidden"].values())


def _failed(payload: dict[str, Any], _drive: dict[str, Any]) -> bool:
    if not payload["result"]["reasons"] or payload["method"]["level"] != "NONE":
        return False
    if payload["result"]["verdict"] != "NOT_ERASED":
        return True
    wrote = any(phase["bytes"] for phase in payload["phases"] if phase["op"] != "verify")
    return payload["method"]["achieved"] == "" and not wrote


def _counts(verify: dict[str, Any], drive: dict[str, Any]) -> bool:
    if verify["mode"] in ("canaries", "none"):
        return bool(verify["nonmatching"] + verify["unreadable"] <= verify["sectors"])
    if verify["nonmatching"] > verify["sectors"]:
        return False
    sector = drive["logical_sector"]
    return not sector or verify["sectors"] + verify["unreadable"] <= drive["size_bytes"] // sector


def _attestation(payload: dict[str, Any]) -> bool:
    people = [payload[name] for name in ("day", "operator", "witness")]
    if payload["method"] == "" or (payload["what"] == "absent" and any(people)):
        return False
    if payload["what"] == "absent":
        return True
    drive = payload["drive"]
    apart = payload["operator"].split() != payload["witness"].split()
    told = not drive["unreadable"] or payload["note"] != ""
    return all(people) and apart and drive["unreadable"] is (drive["read"] == "") and told

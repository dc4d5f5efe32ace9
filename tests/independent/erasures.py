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
        case "registry":
            return _registry(payload)
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
    level = method["level"] == "CLEAR" or (method["level"] == "PURGE" and method["achieved"] in PURGES)
    spotless = not any((
        *(payload["result"]["reasons"], verify["nonmatching"], verify["unreadable"]),
        *(bad["write_total"], bad["read_total"], bad["mismatch_total"]),
    ))  # fmt: skip
    known = drive["size_bytes"] > 0 and drive["logical_sector"] > 0 and method["achieved"] != ""
    return level and spotless and known and _looked(payload, drive) and _whole(payload, drive)


def _looked(payload: dict[str, Any], drive: dict[str, Any]) -> bool:
    """Whether the verification is one that this method asks for."""
    verify, mode = payload["verify"], payload["verify"]["mode"]
    seen = verify["sectors"] * drive["logical_sector"]
    if payload["method"]["achieved"].startswith("overwrite.") and mode not in ("full", "sample"):
        return False
    if mode == "none":
        return not seen and "NO_CANARIES" in [item["code"] for item in payload["exceptions"]]
    if mode == "full":
        return bool(seen == drive["size_bytes"])
    return bool(seen and (mode == "canaries" or seen <= drive["size_bytes"]))


def _whole(payload: dict[str, Any], drive: dict[str, Any]) -> bool:
    """Whether nothing is left out, or what is left out is named."""
    if payload["result"]["verdict"] == "ERASED_WITH_EXCEPTIONS":
        return bool(payload["exceptions"])
    shown = drive["native_bytes"] in (None, drive["size_bytes"])
    return shown and not payload["exceptions"] and not {"present", "unknown"} & set(payload["hidden"].values())


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


def _registry(payload: dict[str, Any]) -> bool:
    """Each change names what it is about, and nothing that belongs to another."""
    named = {
        "key": payload["key"] is not None,
        "replaces": payload["replaces"] != "",
        "approves": payload["approves"] != "",
        **{name: payload[name] is not None for name in ("last_good_seq", "last_good_index")},
        "shard": payload["shard"] != "",
    }
    wanted: dict[str, set[str]] = {
        "opening": {"shard"},
        "approve": {"approves"},
        "enrol": {"key"},
        "retire": {"key"},
        "rotate": {"key", "replaces"},
        "compromise": {"key", "last_good_seq", "last_good_index", "shard"},
    }
    if {name for name, there in named.items() if there} != wanted[payload["change"]]:
        return False
    if payload["change"] == "rotate" and payload["replaces"] == payload["key"]["kid"]:
        return False
    return payload["change"] == "opening" or (payload["note"] == "" and payload["keys"] == [])

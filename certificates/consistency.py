"""What the members of one erasure statement say about each other. A statement that contradicts itself is refused.

Drives reference, section 6: ERASED holds for the whole addressable space, with nothing unread, unwritten or unknown.
"""

from typing import Any

from certificates.errors import Inconsistent
from certificates.methods import READ_BACK, RECOVERY, may_be_purge, overwrites

_CLOSED = ("none", "removed")


def check_erasure(payload: dict[str, Any]) -> None:
    """Raise Inconsistent when verdict, level, method, verification, bad sectors and reasons do not fit together."""
    _check_lists(payload["bad"])
    verdict = payload["result"]["verdict"]
    _require(payload["method"]["achieved"] not in RECOVERY, "what only opens a drive is no erasure")
    if payload["subject"]["drive"] is None:
        raise Inconsistent("an erasure statement names its drive")
    if verdict in ("ERASED", "ERASED_WITH_EXCEPTIONS"):
        _check_completed(payload)
        _check_exceptions(payload, verdict)
    else:
        _check_not_completed(payload, verdict)
    _check_counts(payload["verify"], payload["subject"]["drive"])


def check_attestation(payload: dict[str, Any]) -> None:
    """Raise Inconsistent for a destruction without two people, a method, a day and an identity, or half an absence."""
    _require(payload["method"] != "", "an attestation says how the drive was destroyed, or why there is none")
    destroyed = ("day", "operator", "witness")
    if payload["what"] == "absent":
        _require(not any(payload[name] for name in destroyed), "an absent drive was destroyed by nobody")
        return
    _require(all(payload[name] for name in destroyed), "a destruction has a day, an operator and a witness")
    same = payload["operator"].split() == payload["witness"].split()
    _require(not same, "operator and witness of a destruction are two people")
    drive = payload["drive"]
    _require(drive["unreadable"] == (drive["read"] == ""), "the serial was read on the drive, or it was unreadable")
    _require(not drive["unreadable"] or payload["note"] != "", "an unreadable drive is described")


def check_supersede(payload: dict[str, Any], *, replaced: bool) -> None:
    """Raise Inconsistent for a certificate that replaces itself, or a reason that does not fit what takes its place."""
    _require(payload["by"] != payload["certificate"], "no certificate replaces itself")
    _require(replaced == (payload["by"] != ""), "a replaced certificate names the new one, one taken back names none")


def check_registry(payload: dict[str, Any]) -> None:
    """Raise Inconsistent for an opening that names no shard or speaks of a key, and for a change that opens nothing."""
    if payload["change"] != "opening":
        _require(payload["note"] == "" and payload["keys"] == [], "only an opening carries a checkpoint and the keys")
        _check_change(payload)
        return
    _require(payload["shard"] != "", "an opening names the shard that it opens")
    alone = payload["key"] is None and not payload["replaces"] and not payload["approves"]
    _require(alone, "an opening changes no key and approves nothing")
    bounds = payload["last_good_seq"] is None and payload["last_good_index"] is None
    _require(bounds, "an opening bounds no key")


def _check_change(payload: dict[str, Any]) -> None:
    """What an approval, and a change of a key, name: no more and no less."""
    change, key = payload["change"], payload["key"]
    approves = payload["approves"] != ""
    _require((change == "approve") == approves, "an approval, and nothing else, approves a statement")
    _require((change == "approve") == (key is None), "a change names its key, an approval does not")
    _require((change == "rotate") == (payload["replaces"] != ""), "a rotation, and nothing else, replaces a key")
    _require(key is None or payload["replaces"] != key["kid"], "a key does not replace itself")
    bounds = [payload["last_good_seq"] is not None, payload["last_good_index"] is not None, payload["shard"] != ""]
    wanted = change == "compromise"
    _require(bounds == [wanted] * 3, "a compromise, and nothing else, names the last good number, entry and shard")


def _check_completed(payload: dict[str, Any]) -> None:
    method, verify, bad = payload["method"], payload["verify"], payload["bad"]
    _require(method["level"] in ("CLEAR", "PURGE"), "a completed erasure has the level CLEAR or PURGE")
    _require(method["achieved"] != "", "a completed erasure names the method that was used")
    if method["level"] == "PURGE":
        _require(may_be_purge(method["achieved"]), f"{method['achieved']} is CLEAR")
    _require(payload["result"]["reasons"] == [], "a completed erasure has no reasons of failure")
    _check_verified(payload)
    _require(verify["nonmatching"] == 0, "sectors that differ are no completed erasure")
    _require(verify["unreadable"] == 0, "unreadable sectors are no completed erasure")
    _require(
        bad["write_total"] == bad["read_total"] == bad["mismatch_total"] == 0,
        "sectors not written, not read or different are no completed erasure",
    )
    _check_extent(verify, payload["subject"]["drive"])


def _check_verified(payload: dict[str, Any]) -> None:
    """Every sector read back after an overwrite; marks looked for after an erase by the drive itself (drives, 6.2).

    A drive that cannot be read before it is written is written and read back after it has erased itself.
    """
    method, verify = payload["method"]["achieved"], payload["verify"]
    if overwrites(method):
        _require(verify["mode"] in READ_BACK, "a completed overwrite was read back")
    if verify["mode"] == "none":
        told = any(item["code"] == "NO_CANARIES" for item in payload["exceptions"])
        _require(told, "a completed erasure was verified, or names NO_CANARIES among its exceptions")
        _require(verify["sectors"] == 0, "where nothing was verified no sector was compared")
        return
    _require(verify["sectors"] > 0, "a completed erasure compared at least one sector")


def _check_extent(verify: dict[str, Any], drive: dict[str, Any]) -> None:
    _require(drive["size_bytes"] > 0 and drive["logical_sector"] > 0, "a completed erasure knows size and sectors")
    if verify["mode"] not in READ_BACK:
        return  # marks may lie on every disk of the drive
    compared = verify["sectors"] * drive["logical_sector"]
    _require(compared <= drive["size_bytes"], "no more sectors are compared than the drive has")
    if verify["mode"] == "full":
        _require(compared == drive["size_bytes"], "a full verification compares every sector of the drive")


def _check_exceptions(payload: dict[str, Any], verdict: str) -> None:
    if verdict == "ERASED_WITH_EXCEPTIONS":
        _require(len(payload["exceptions"]) > 0, "ERASED_WITH_EXCEPTIONS names at least one exception")
        return
    _require(payload["exceptions"] == [], "ERASED has no exceptions")
    drive = payload["subject"]["drive"]
    _require(drive["native_bytes"] in (None, drive["size_bytes"]), "ERASED shows the whole native size of the drive")
    _require(all(state in _CLOSED for state in payload["hidden"].values()), "ERASED knows of no area left out")


def _check_not_completed(payload: dict[str, Any], verdict: str) -> None:
    _require(len(payload["result"]["reasons"]) > 0, f"{verdict} needs at least one reason")
    _require(payload["method"]["level"] == "NONE", f"{verdict} has no level")
    if verdict == "NOT_ERASED":
        _require(payload["method"]["achieved"] == "", "NOT_ERASED: nothing destructive was sent, so no method was used")
        written = sum(phase["bytes"] for phase in payload["phases"] if phase["op"] != "verify")
        _require(written == 0, "NOT_ERASED: nothing destructive was sent, so nothing was written")


def _check_lists(bad: dict[str, Any]) -> None:
    for name in ("write", "read", "mismatch"):
        listed = sum(count for _, count in bad[name])
        _require(listed <= bad[f"{name}_total"], f"bad.{name} lists more sectors than its total")
        _require(bad["truncated"] or listed == bad[f"{name}_total"], f"bad.{name} lists fewer sectors than its total")


def _check_counts(verify: dict[str, Any], drive: dict[str, Any] | None) -> None:
    """No more sectors differ or are lost than were looked at. A read-back counts those that it could read apart."""
    sectors, differ, lost = verify["sectors"], verify["nonmatching"], verify["unreadable"]
    if verify["mode"] not in READ_BACK:
        _require(differ + lost <= sectors, "no more places are found alive or unreadable than were looked at")
        return
    _require(differ <= sectors, "no more sectors differ than were compared")
    if drive is not None and drive["logical_sector"] > 0:
        whole = drive["size_bytes"] // drive["logical_sector"]
        _require(sectors + lost <= whole, "no more sectors are compared or unreadable than the drive has")


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001  (reads as a sentence)
    if not holds:
        raise Inconsistent(sentence)

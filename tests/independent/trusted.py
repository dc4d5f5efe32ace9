"""Trust files and root files for the independent verifier: what they say, or Bad."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.independent.curve import good_key, signed
from tests.independent.fit import fits
from tests.independent.forms import Bad, Vkey, canonical, dsse, need, sha, spelled, unbase64, vkey
from tests.independent.members import ROOT, TRUST_1, TRUST_2

Plain = dict[str, Any]


@dataclass
class Known:
    """What a trust file says; `logs` by origin, `until` in the keys."""

    keys: dict[str, Plain] = field(default_factory=dict)
    quorum: int = 0
    second: bool = False
    logs: dict[str, tuple[str, Vkey]] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)  # of logs that grow no more, by origin
    witnesses: list[Vkey] = field(default_factory=list)
    superseded: dict[str, str] = field(default_factory=dict)


def known(data: bytes) -> Known:
    """Read a trust file of either form."""
    need(len(data) <= 4_000_000, "size")
    try:
        document = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_none)
    except (ValueError, RecursionError) as error:
        raise Bad("no JSON") from error
    second = isinstance(document, dict) and document.get("schema") == "etabli.trust/2"
    need(fits(TRUST_2 if second else TRUST_1, document), "members")
    need(len({key["kid"] for key in document["keys"]}) == len(document["keys"]), "key twice")
    keys = {key["kid"]: {**key, "raw": _raw(key), "until": key.get("until")} for key in document["keys"]}
    return _second(document, keys) if second else Known(keys, document["witness"]["quorum"])


def _once(pairs: list[tuple[str, Any]]) -> Plain:
    need(len({name for name, _ in pairs}) == len(pairs), "member twice")
    return dict(pairs)


def _none(_word: str) -> None:
    raise Bad("no number")


def _raw(key: Plain) -> bytes:
    raw = unbase64(key["public"])
    need(sha(raw) == key["kid"] and good_key(raw), "key")
    return raw


def _second(document: Plain, keys: dict[str, Plain]) -> Known:
    logs = [(log["name"], vkey(log["vkey"])) for log in document["logs"]]
    witnesses = [vkey(one["vkey"]) for one in document["witnesses"]]
    superseded = {entry["certificate"]: entry["by"] for entry in document["superseded"]}
    need(all(key.kind == 1 for _, key in logs) and all(key.kind == 4 for key in witnesses), "kinds")
    need(len(dict(logs)) == len(logs) == len({key.name for _, key in logs}), "shard twice")
    need(all(key.name.endswith(f"/erasure-log/{name}") for name, key in logs), "origin")
    kids, seen = [key.kid for _, key in logs], [key.kid for key in witnesses]
    need(all((log["end"] is None) is (log["state"] == "open") for log in document["logs"]), "end")
    need(len(set(seen)) == len(seen) >= document["quorum"], "witnesses")
    need(not set(seen) & set(kids) and not {*seen, *kids} & keys.keys(), "a key with two uses")
    need(all(key["until"] is None or key["status"] != "active" for key in keys.values()), "until")
    need(len(superseded) == len(document["superseded"]), "superseded twice")
    need(all(old != new for old, new in superseded.items()), "superseded by itself")
    line = (
        [_root(root) for root in [*document["older_roots"], document["root"]]] if document["root"] is not None else []
    )
    for root in document["older_roots"] if not line else ():
        _root(root)
    if line:
        _line(line)
        _agrees(document, keys, logs, line)
    _signature(document, keys, line)
    found = {key.name: (name, key) for name, key in logs}
    ends = {vkey(log["vkey"]).name: log["end"] for log in document["logs"] if log["state"] != "open"}
    return Known(keys, document["quorum"], True, found, ends, witnesses, superseded)


def _root(document: Any) -> Plain:
    """What is signed in a root file, with its signatures, when it keeps the rules of its profile."""
    canonical(spelled(document).encode(), 65_536)
    need(fits(ROOT, document), "root")
    said: Plain = document["signed"]
    people, witnesses = said["registry"]["keys"], [vkey(one["vkey"]) for one in said["witnesses"]]
    for key in (*said["roots"], *said["hub_keys"], *people, *said["log_keys"]):
        _raw(key)
    roots, hub, registry, logs = (
        [key["kid"] for key in keys] for keys in (said["roots"], said["hub_keys"], people, said["log_keys"])
    )
    apart = [*roots, *hub, *logs, *(key.kid for key in witnesses)]
    need(len(set(apart)) == len(apart) and len(set(registry)) == len(registry), "root: a key twice")
    need(not set(registry) & (set(apart) - set(hub)) and hub, "root: uses")
    need(len({key["name"] for key in said["roots"]}) == len(roots) >= said["threshold"], "root: threshold")
    need(said["registry"]["threshold"] <= len(registry) and said["quorum"] <= len(witnesses), "root: counts")
    need(all(key.kind == 4 for key in witnesses), "root: witnesses")
    if said["profile"] == "atelier":
        need(len(roots) == said["registry"]["threshold"] == 1 and said["quorum"] == 0, "root: atelier")
    else:
        need(len(roots) > said["threshold"] >= 2 and said["registry"]["threshold"] == 2, "root: reseau")
        need(not set(registry) & set(hub) and len({key["name"] for key in people}) == len(people), "root: people")
        need(said["quorum"] >= 2 and len(witnesses) >= 3, "root: quorum")
    given = [entry["kid"] for entry in document["signatures"]]
    need(given == sorted(set(given)), "root: signatures")
    signatures = {entry["kid"]: unbase64(entry["sig"]) for entry in document["signatures"]}
    need(all(len(sig) == 64 for sig in signatures.values()), "root: signatures")
    return {**said, "said": said, "signatures": signatures}


def _line(line: list[Plain]) -> None:
    """Each version is signed by its own threshold and by that of the one before."""
    for place, root in enumerate(line):
        need(place == 0 or root["version"] == line[place - 1]["version"] + 1, "root: version")
        message = dsse("application/vnd.etabli.root.v1", spelled(root["said"]).encode())
        for by in line[max(0, place - 1) : place + 1]:
            signers = [key for key in by["roots"] if key["kid"] in root["signatures"]]
            need(all(signed(_raw(key), root["signatures"][key["kid"]], message) for key in signers), "root: signature")
            need(len(signers) >= by["threshold"], "root: threshold")


def _agrees(document: Plain, keys: dict[str, Plain], logs: list[tuple[str, Vkey]], line: list[Plain]) -> None:
    newest = line[-1]
    need(all(document[name] == newest[name] for name in ("profile", "quorum")), "root: policy")
    pairs = [{(one["name"], one["vkey"]) for one in there["witnesses"]} for there in (document, newest)]
    need(pairs[0] == pairs[1], "root: witnesses")
    hosts = {re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)|", root["hub"]["url"])[1] or "" for root in line}  # type: ignore[index]
    for name, key in logs:
        need(key.kid in [one["kid"] for one in newest["log_keys"]], "root: log key")
        need(key.name in [f"{host.rpartition('@')[2].lower()}/erasure-log/{name}" for host in hosts], "root: origin")
    for role, pick in (("hub", lambda root: root["hub_keys"]), ("registry", lambda root: root["registry"]["keys"])):
        now = {key["kid"] for key in pick(newest)}
        ever = {key["kid"] for root in line for key in pick(root)}
        need(now <= keys.keys(), "root: a key is missing")
        mine = [key for key in keys.values() if key["role"] == role]
        need(all(key["kid"] in (now if key["status"] == "active" else ever) for key in mine), "root: keys")


def _signature(document: Plain, keys: dict[str, Plain], line: list[Plain]) -> None:
    given = document["signature"]
    if given is None:
        need(not line, "unsigned")
        return
    key = keys.get(given["kid"], {"role": "", "status": ""})
    need(key["role"] == "hub" and key["status"] == "active", "signer")
    need(not line or given["kid"] in [one["kid"] for one in line[-1]["hub_keys"]], "signer")
    body = spelled({name: value for name, value in document.items() if name != "signature"}).encode()
    canonical(body, 4_000_000)
    need(signed(key["raw"], unbase64(given["sig"]), dsse("application/vnd.etabli.trust.v2", body)), "signature")

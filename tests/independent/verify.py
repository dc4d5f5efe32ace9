"""A second verifier, written from the text of the formats (certificates/README.md): nothing of `certificates` is used.

`verdict` says for bytes and a trust file one of INVALID, UNKNOWN-KEY, DISPUTED, SUPERSEDED, VALID-UNWITNESSED, VALID.
It exists to disagree: `etabli-verify`, the verifier page and it are asked the same (`test_agreement` here and in
tests/browser).
"""

import io
import re
from typing import Any

import pikepdf

from tests.independent.curve import signed
from tests.independent.erasures import makes_sense
from tests.independent.fit import fits
from tests.independent.forms import (
    Bad,
    Note,
    Unknown,
    canonical,
    cosigned,
    dsse,
    need,
    note,
    root_of,
    sha,
    spelled,
    unbase64,
)
from tests.independent.members import PROOF, SIGNERS, STATEMENTS
from tests.independent.trusted import Known, Plain, known

ENVELOPE, BUNDLE, PDF, PROOF_FILE = 98_304, 4 * 98_304 + 1024, 20_000_000, 1_000_000
SEAL = re.compile(rb"%etabli-seal kid=([0-9a-f]{64}) sig=([A-Za-z0-9+/]{86}==)\n")


def verdict(data: bytes, trust: bytes, proof: bytes | None = None) -> str:
    """Verdict on a file and the proof beside it. Raises Bad for a trust file that cannot be used."""
    keys = known(trust)
    try:
        statements, shown = _opened(data, keys)
        if proof is not None:
            shown.append(canonical(proof, PROOF_FILE))
        held = [_proof(one, statements, keys) for one in shown]
    except Unknown:
        return "UNKNOWN-KEY"
    except Bad:
        return "INVALID"
    logged = held[-1] if held else None
    sealed = data[:4] == b"%PDF" and statements[0]["key"]["status"] == "compromised"  # a seal has no place in a log
    if sealed or any(_disputed(one, logged) for one in statements):
        return "DISPUTED"
    if statements[0]["id"] in keys.superseded:
        return "SUPERSEDED"
    fewest = min((len(entry["times"]) for entry in logged["entries"].values()), default=0) if logged else 0
    return "VALID" if fewest >= keys.quorum else "VALID-UNWITNESSED"


def _opened(data: bytes, keys: Known) -> tuple[list[Plain], list[Any]]:
    if data[:4] == b"%PDF":
        return _sealed(data, keys)
    if b'"schema":"etabli.bundle/1"' in data[-200:]:
        return _bundle(canonical(data, BUNDLE), keys), []
    if b'"schema":"etabli.bundle/2"' in data[-200:]:
        document = canonical(data, BUNDLE + PROOF_FILE)
        need(isinstance(document, dict) and set(document) == {"schema", "envelopes", "proof"}, "bundle")
        need(document["schema"] == "etabli.bundle/2", "bundle")
        plain = {"schema": "etabli.bundle/1", "envelopes": document["envelopes"]}
        need(len(spelled(plain).encode()) <= BUNDLE, "size")
        _shaped(document["proof"])
        return _bundle(plain, keys), [document["proof"]]
    need(not data.endswith(b'"schema":"etabli.proof/1"}'), "a proof alone")
    return [_statement(data, keys)], []


def _sealed(data: bytes, keys: Known) -> tuple[list[Plain], list[Any]]:
    need(len(data) <= PDF and not data.endswith(b"%etabli-binder\n"), "seal")
    line = SEAL.fullmatch(data[-175:])
    need(line, "seal")
    assert line is not None
    key = keys.keys.get(line[1].decode())
    if key is None:
        raise Unknown(line[1])
    message = dsse("application/vnd.etabli.pdf-seal.v1", sha(data[:-175]).encode())
    need(key["role"] == "hub" and signed(key["raw"], unbase64(line[2].decode()), message), "seal")
    inside, carried = _attached(data[:-175])
    shown = [] if carried is None else [canonical(carried, PROOF_FILE)]
    for one in shown:
        _shaped(one)
    if any(f'"schema":"etabli.{name}"'.encode() in inside[-200:] for name in ("bundle/1", "bundle/2")):
        statements = _bundle(canonical(inside, BUNDLE), keys)
    else:
        need(not inside.endswith(b'"schema":"etabli.proof/1"}'), "a proof alone")
        statements = [_statement(inside, keys)]
        need(statements[0]["kind"] == "attestation", "attachment")
    need(statements[0]["kid"] == key["kid"], "seal")
    return statements, shown


def _attached(pdf: bytes) -> tuple[bytes, bytes | None]:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            names = list(document.attachments)
            need(names == ["bundle.etabli.json"], "attachment")
            inside = bytes(document.attachments[names[0]].get_file().read_bytes())
            others = [one for one in document.Root.get("/AF", []) if str(one.get("/UF")) == "proof.etabli.json"]
            need(len(others) < 2, "proofs")
            carried = bytes(others[0].EF.F.read_bytes()) if others else None
    except (pikepdf.PdfError, AttributeError, TypeError) as error:
        raise Bad("pdf") from error
    return inside, carried


def open_envelope(data: bytes, keys: dict[str, Plain], types: set[str]) -> tuple[str, Plain, Plain]:
    """Payload type, payload and key of an envelope; nothing is said of what the payload must hold besides `kid`."""
    outer = canonical(data, ENVELOPE)
    need(isinstance(outer, dict) and set(outer) == {"payload", "payloadType", "signatures"}, "envelope")
    signatures = outer["signatures"]
    need(isinstance(signatures, list) and len(signatures) == 1 and isinstance(signatures[0], dict), "signatures")
    need(set(signatures[0]) == {"keyid", "sig"}, "signatures")
    body, sig, kid = unbase64(outer["payload"]), unbase64(signatures[0]["sig"]), signatures[0]["keyid"]
    need(isinstance(kid, str) and re.fullmatch("[0-9a-f]{64}", kid) and len(sig) == 64, "signature")
    need(isinstance(outer["payloadType"], str) and outer["payloadType"] in types, "type")
    if kid not in keys:
        raise Unknown(kid)
    need(signed(keys[kid]["raw"], sig, dsse(outer["payloadType"], body)), "signature")
    payload = canonical(body, 65_536)
    need(isinstance(payload, dict) and payload.get("kid") == kid, "kid")
    return outer["payloadType"], payload, keys[kid]


def _statement(data: bytes, keys: Known) -> Plain:
    kinds = {f"application/vnd.etabli.{kind}.v1+json": kind for kind in STATEMENTS}
    name, payload, key = open_envelope(data, keys.keys, set(kinds))
    need(fits(STATEMENTS[kinds[name]], payload) and makes_sense(payload), "statement")
    need(key["role"] in SIGNERS[kinds[name]] and payload["simulated"] is key["demo"], "signer")
    return {**payload, "id": sha(data), "key": key}


def _bundle(document: Any, keys: Known) -> list[Plain]:
    need(isinstance(document, dict) and set(document) == {"schema", "envelopes"}, "bundle")
    need(document["schema"] == "etabli.bundle/1" and isinstance(document["envelopes"], list), "bundle")
    coded = [spelled(envelope).encode() for envelope in document["envelopes"]]
    need(3 <= len(coded) <= 4 and all(len(one) <= ENVELOPE for one in coded), "bundle")
    found: list[Plain] = []
    strange: list[Unknown] = []
    for one in coded:
        try:
            found.append(_statement(one, keys))
        except Unknown as error:
            strange.append(error)
    if strange:
        raise strange[0]
    wanted = ["certificate", "validation", "erasure", "diagnostics"][: len(found)]
    need([one["kind"] for one in found] == wanted, "order")
    certificate, validation, erasure = found[:3]
    need(erasure["result"]["verdict"] in ("ERASED", "ERASED_WITH_EXCEPTIONS"), "not erased")
    need(validation["decision"] == "APPROVED" and validation["statement"] == erasure["id"], "not approved")
    need(certificate["erasure"] == erasure["id"] and certificate["validation"] == validation["id"], "links")
    need(certificate["diagnostics"] == (found[3]["id"] if len(found) == 4 else None), "links")
    need(len({one["simulated"] for one in found}) == 1, "simulated")
    return found


def _shaped(proof: Any) -> None:
    need(fits(PROOF, proof) and proof["checkpoints"] and len(proof["entries"]) > len(proof["registry"]), "proof")
    need(len(spelled(proof).encode()) <= PROOF_FILE, "proof")
    need(all(len(spelled(one).encode()) <= ENVELOPE for one in proof["registry"]), "proof")


def _proof(proof: Any, statements: list[Plain], keys: Known) -> Plain | None:
    """Everything that a proof proves, None where the trust file names no log."""
    _shaped(proof)
    entries, coded = proof["entries"], [spelled(one).encode() for one in proof["registry"]]
    strange: list[Unknown] = []
    people: list[Plain | None] = []
    for one in coded if keys.second else ():
        try:
            people.append(_statement(one, keys))
            need(people[-1] and people[-1]["kind"] == "registry", "registry")
        except Unknown as error:
            strange.append(error)
            people.append(None)
    need([one["id"] for one in entries] == [one["id"] for one in statements] + [sha(one) for one in coded], "entries")
    need(all(one["checkpoint"] < len(proof["checkpoints"]) for one in entries), "checkpoint")
    if not keys.second:
        return None
    notes = [note(text) for text in proof["checkpoints"]]
    times = [cosigned(said, keys.logs[said.origin][1], keys.witnesses) for said in notes if said.origin in keys.logs]
    for entry, statement in zip(entries, [*statements, *people], strict=True):
        if statement is not None:
            _lies(entry, statement, notes[entry["checkpoint"]])
    if strange or len(times) < len(notes):
        raise Unknown
    need(
        len({(said.origin, said.size, said.root) for said in notes}) == len({(s.origin, s.size) for s in notes}), "fork"
    )
    under = {
        one["id"]: {
            **one,
            "times": times[one["checkpoint"]],
            "shard": keys.logs[notes[one["checkpoint"]].origin][0],
            "late": notes[one["checkpoint"]].size > keys.ends.get(notes[one["checkpoint"]].origin, 2**80),
        }
        for one in entries[: len(statements)]
    }
    return {"entries": under, "notes": notes}


def _lies(entry: Plain, statement: Plain, said: Note) -> None:
    leaf = {"h": statement["id"], "k": statement["kid"], "q": statement["seq"], "t": entry["received"]}
    hashed = bytes.fromhex(sha(b"\0" + spelled({**leaf, "y": statement["kind"]}).encode()))
    path = [bytes.fromhex(node) for node in entry["path"]]
    need(root_of(hashed, entry["index"], said.size, path) == said.root, "path")


def _disputed(statement: Plain, logged: Plain | None) -> bool:
    key, held = statement["key"], statement.get("last_cp")
    for said in logged["notes"] if logged and held else ():
        if (said.origin, said.size) == (held["origin"], held["size"]) and said.root.hex() != held["root"]:
            return True
    if key["status"] == "active":
        return False
    if key["until"] is None:
        return bool(key["status"] == "compromised")
    entry = logged["entries"][statement["id"]] if logged else None
    if statement["seq"] > key["until"]["seq"]:
        return True
    if entry is None or entry["late"]:  # signed after the log had ended: it shows no place
        return bool(key["status"] == "compromised")
    return (_age(entry["shard"]), entry["index"]) > (_age(key["until"]["shard"]), key["until"]["index"])


def _age(shard: str) -> list[int]:
    return [int(part) for part in f"{shard}-1".split("-")[:2]]

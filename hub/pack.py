"""The evidence pack of a lot (S4-1): reports, certificates, papers, lists and how to check them, in one ZIP file.

Read in the scope of whoever asks, a few certificates at a time, into a file that leaves memory when it grows. It holds
what was issued, byte for byte; nothing is rendered anew.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import sheets
from hub.attested import reading
from hub.clock import wall
from hub.context import hub_of
from hub.errors import Conflict
from hub.exits.shares import shares_of
from hub.issued import proving
from hub.issued.contradictions import contradictions
from hub.issued.manifest import manifest
from hub.issued.service import certificates_of_lot, out_of_force
from hub.keys.trust_file import trust_document
from hub.lots import donation
from hub.lots.closing import closings_of
from hub.models import IssuedDocument, Lot, Person
from hub.stations.trust import trust_of

Moment = tuple[int, int, int, int, int, int]  # as ZIP writes it: year to second
IN_MEMORY = 4 * 2**20
PIECE = 2**18
AT_ONCE = 20  # certificates of one query
MOST = 1000
LABEL = "Ordi 2.0"
HOW_TO_CHECK = """Établi - {code}

bilan-N.json         report of closing N, as it was frozen
certificates/        each certificate as issued: PDF, its signed statements (JSON), its proof of the log (proof.json)
issued.json          SHA-256 of every PDF of this lot that this hub has issued, in each language
SHA256SUMS           SHA-256 of every file of certificates/ and papers/: sha256sum -c SHA256SUMS
papers/              records of destruction and attestations of absence as issued
drives.csv           account of every drive; devices.csv: every device
trust.json           keys of this hub and of its benches, the log, its witnesses (trust-1.json: for old verifiers)
label.json           facts for a label such as Ordi 2.0
found-later.json     what speaks against a certificate or a paper since it went out; [] when nothing does
documents.json       conventions in force: version, days, SHA-256 of the file

Check everything offline:
  etabli-verify --trust trust.json certificates/*.pdf papers/*.pdf
Get the key fingerprint from the workshop over another channel: {kid}
Whether something was taken back or found after this file was made, only the workshop can say: {url}
"""


def pack(session: Session, person: Person, lot: Lot, lang: str) -> IO[bytes]:
    """The ZIP file, at its start; the caller closes it. Raises Conflict for a lot with too many certificates."""
    found = certificates_of_lot(session, person, lot)
    if len(found) > MOST:
        raise Conflict(f"one PDF holds {MOST} certificates at most, and this lot has {len(found)}: take them singly")
    at, numbers = _moment(hub_of(session).clock()), {one.id: one.number for one in found}
    with ExitStack() as undone:
        file: IO[bytes] = undone.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
            _write(made, at, _members(session, person, lot))
            proofs = chain(_certificates(session, numbers, lang), _papers(session, person, lot, lang))
            sums = "".join(f"{digest}  {name}\n" for name, digest in _write(made, at, proofs))
            _write(made, at, [("SHA256SUMS", sums.encode()), ("issued.json", _json(manifest(session, person, lot)))])
        undone.pop_all()  # it is whole: `spooled` closes it
    file.seek(0)
    return file


def _write(made: zipfile.ZipFile, at: Moment, members: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Write members; give the name and the SHA-256 of each."""
    written = list[tuple[str, str]]()
    for name, data in members:
        made.writestr(zipfile.ZipInfo(name, at), data)
        written.append((name, hashlib.sha256(data).hexdigest()))
    return written


def spooled(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file in pieces; closed at the end."""
    with file:
        while piece := file.read(PIECE):
            yield piece


def _members(session: Session, person: Person, lot: Lot) -> Iterator[tuple[str, bytes]]:
    hub = hub_of(session)
    told = HOW_TO_CHECK.format(code=lot.code, kid=hub.identity.key.kid, url=f"{hub.settings.public_url}/verify")
    yield "README.txt", told.encode("utf-8", "backslashreplace")
    yield from _trust_files(session)
    closings = closings_of(session, person, lot)
    for row in closings:
        yield f"bilan-{row.version}.json", row.document.encode("utf-8", "backslashreplace")
    yield "drives.csv", sheets.sheet(donation.DRIVE_MEMBERS, donation.drive_rows(session, person, lot))
    yield "devices.csv", sheets.sheet(donation.DEVICE_MEMBERS, donation.device_rows(session, person, lot))
    newest = json.loads(closings[0].document) if closings else {}
    yield "documents.json", _json({"convention": newest.get("convention")})
    yield "label.json", _json(_label(session, person, lot))
    yield "found-later.json", _json(_found_later(session, person, lot))


def _trust_files(session: Session) -> Iterator[tuple[str, bytes]]:
    """The trust file by which the proofs are judged, and the one that the first release of the verifier reads."""
    old = trust_of(session).to_json()
    try:
        yield "trust.json", _json(trust_document(session))
    except Conflict:  # the log has not begun
        yield "trust.json", old
    yield "trust-1.json", old


def _papers(session: Session, person: Person, lot: Lot, lang: str) -> Iterator[tuple[str, bytes]]:
    for paper in reading.papers_of(session, person, lot):
        held = "" if paper.held is reading.Held.VALID else f"-{paper.held.value}"
        yield f"papers/{paper.row.number}{held}.pdf", reading.pdf_of(session, paper, lang)
        yield f"papers/{paper.row.number}{held}.json", paper.row.statement


def _certificates(session: Session, numbers: Mapping[str, str], lang: str) -> Iterator[tuple[str, bytes]]:
    ids = list(numbers)
    for start in range(0, len(ids), AT_ONCE):
        query = select(IssuedDocument.certificate_id, IssuedDocument.pdf, IssuedDocument.bundle)
        some = query.where(IssuedDocument.certificate_id.in_(ids[start : start + AT_ONCE]), IssuedDocument.lang == lang)
        bundles: dict[str, bytes] = {}
        for row in session.execute(some):
            number = numbers[row.certificate_id]
            bundles[number] = row.bundle
            yield f"certificates/{number}.pdf", row.pdf
            yield f"certificates/{number}.json", row.bundle
        for number, proof in proving.proofs_of(session, bundles):
            yield f"certificates/{number}.proof.json", proof


def _label(session: Session, person: Person, lot: Lot) -> dict[str, object]:
    """What a label asks: that goods are traced, drives explained, the donor told. Facts, no claim to have the label."""
    closings = closings_of(session, person, lot)
    classes: dict[str, int] = {}
    for row in donation.drive_rows(session, person, lot):
        classes[row["class"]] = classes.get(row["class"], 0) + 1
    return {
        "schema": "etabli.label-facts/1",
        "label": LABEL,
        "made": wall(hub_of(session).clock()),
        "lot": lot.code,
        "donor": lot.donor.name,
        "received": wall(lot.received) if lot.received else None,
        "closings": [{"version": row.version, "at": wall(row.at), "sha256": row.sha256} for row in closings],
        "drives_now": classes,
        "devices": len(donation.device_rows(session, person, lot)),
        "certificates": len(certificates_of_lot(session, person, lot)),
        "weee": [dict(one) for one in shares_of(session, person, lot)],
    }


def _found_later(session: Session, person: Person, lot: Lot) -> list[dict[str, object]]:
    """What speaks against certificates and papers of the lot; `left`, `again`, `destroyed`: what became of it."""
    numbers = {one.erasure_id: one.number for one in certificates_of_lot(session, person, lot)}
    found = contradictions(session, numbers)
    rows: list[dict[str, object]] = [
        {
            "number": numbers[run],
            "found": one.what,
            "at": wall(one.at),
            "left": wall(one.left) if one.left else None,
            "again": wall(one.again) if one.again else None,
            "destroyed": wall(one.destroyed) if one.destroyed else None,
        }
        for run in found
        for one in found[run]
    ]
    papers = [one for one in reading.papers_of(session, person, lot) if one.held is reading.Held.VALID]
    seen = [(one.row.number, reading.seen_since(session, one)) for one in papers]
    none = {"left": None, "again": None, "destroyed": None}
    rows += [
        {"number": number, "found": told, "at": wall(at), **none}
        for number, told, at in out_of_force(session, person, lot)
    ]
    rows += [{"number": number, "found": "seen", "at": wall(at), **none} for number, at in seen if at]
    return sorted(rows, key=lambda row: (str(row["number"]), str(row["at"])))


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode("utf-8", "backslashreplace")


def _moment(now: datetime) -> Moment:
    now = now.astimezone(UTC)
    return max(now.year, 1980), now.month, now.day, now.hour, now.minute, now.second

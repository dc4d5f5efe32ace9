"""What `etabli-verify` prints about one file: lines for people, or a document for programs (`etabli.verification/1`).

Large and clear: the verdict first, then the drive, the donor, the lot and the dates, then what was and was not checked.
"""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from certificates import wording
from certificates.account import CertificateAccount, ErasureAccount, certificate_account, erasure_account
from certificates.attestation import attestation_account
from certificates.figures import number, shown
from certificates.printed_proof import proof_members, proof_rows
from certificates.verdicts import Judgement, Verdict
from certificates.verify import VerifiedStatement
from certificates.wording import words

_WIDTH = 78
_LABEL = 16


def lines(path: Path, judgement: Judgement | None, trust: Path | None, problem: str, lang: str) -> Iterator[str]:
    """Lines for a terminal, 78 columns."""
    say = words(lang).gettext
    name = shown(path.name or str(path))
    if judgement is None:
        yield f"?  {name}"
        yield from _paragraph(say("Not judged: {problem}").format(problem=shown(problem)))
        return
    yield f"{_sign(judgement.verdict)}  {wording.judgement_word(judgement.verdict, lang, judgement.code)}  {name}"
    yield from _paragraph(wording.judgement_sentence(judgement.told, lang))
    yield from _paragraph(_cause(judgement, trust, lang))
    yield from _told(judgement, lang)
    for label, value in proof_rows(judgement, lang):
        yield from _row(label, value) if " " in value else (_whole(label, value),)  # an id stays in one piece
    yield from _checks(judgement, trust, lang)


def document(path: Path, judgement: Judgement | None, trust: Path | None, problem: str, lang: str) -> dict[str, Any]:
    """One entry of the `documents` of an `etabli.verification/1`."""
    if judgement is None:
        return {"file": str(path), "verdict": None, "problem": problem, "trust": str(trust) if trust else None}
    return {
        "file": str(path),
        "sha256": judgement.sha256,
        "document": judgement.document,
        "verdict": judgement.verdict.value,
        "exit": judgement.exit_status,
        "sentence": wording.judgement_sentence(judgement.told, lang),
        "reason": {"code": judgement.code, "detail": judgement.detail},
        "trust": str(trust) if trust else None,
        "hub": {"name": judgement.hub_name, "url": judgement.hub_url},
        "witness_quorum": judgement.quorum,
        "simulated": judgement.simulated,
        "checked": _sentences(judgement.checked, lang),
        "not_checked": _sentences(judgement.not_checked, lang),
        "statements": _statements(judgement),
        **proof_members(judgement),
    }


def _sentences(codes: Sequence[str], lang: str) -> list[dict[str, str]]:
    return [{"code": code, "sentence": wording.check_words(code, lang)} for code in codes]


def _statements(judgement: Judgement) -> list[dict[str, Any]]:
    return [
        {
            "id": statement.id,
            "kind": statement.kind,
            "signer": {
                "kid": statement.signer.kid,
                "name": statement.signer.name,
                "role": statement.signer.role,
                "status": statement.signer.status,
                "demo": statement.signer.demo,
            },
            "payload": statement.payload,
        }
        for statement in judgement.statements
    ]


def _sign(verdict: Verdict) -> str:
    return {Verdict.VALID: "✓", Verdict.INVALID: "✗"}.get(verdict, "!")


def _cause(judgement: Judgement, trust: Path | None, lang: str) -> str:
    say = words(lang).gettext
    parts = [wording.cause_words(judgement.code, lang)]
    if judgement.detail:
        parts.append(f"[{judgement.code}: {shown(judgement.detail)}]")
    if judgement.verdict is Verdict.UNKNOWN_KEY and trust is None:
        parts.insert(0, say("No trust file was found."))
    if judgement.verdict is Verdict.VALID and judgement.quorum == 0:
        parts += [say(wording.NO_WITNESS), "" if judgement.proved else say(wording.NO_PROOF)]
    if judgement.verdict is Verdict.VALID_UNWITNESSED:
        found = judgement.proved.witnesses if judgement.proved else 0
        few = say(wording.FEW_WITNESSES).format(found=found, needed=judgement.quorum)
        parts.append(few if judgement.proved else say(wording.NO_PROOF))
    return " ".join(part for part in parts if part)


def _told(judgement: Judgement, lang: str) -> Iterator[str]:
    say = words(lang).gettext
    if judgement.simulated:
        yield ""
        yield f"   *** {say('SIMULATION — WITHOUT VALUE')} ***"
    if judgement.bundle:
        account = certificate_account(judgement.bundle, lang)
        yield from _drive(account.erasure, lang)
        yield from _people(account, lang)
    elif judgement.statement and judgement.statement.kind == "erasure":
        yield ""
        yield from _paragraph(say("This is the statement of a station; nobody has approved it here."))
        erasure = erasure_account(judgement.statement, lang)
        yield from _drive(erasure, lang)
        yield from _row(say("Lot"), f"{erasure.lot} · {erasure.asset}")
        yield _whole(say("Statement"), erasure.statement_id)
    elif judgement.statement and judgement.statement.kind == "attestation":
        yield from _attestation(judgement.statement, lang)
    elif judgement.statement:
        yield ""
        yield from _row(say("Kind"), judgement.statement.kind)
        yield _whole(say("Statement"), judgement.statement.id)


def _attestation(statement: VerifiedStatement, lang: str) -> Iterator[str]:
    say, account = words(lang).gettext, attestation_account(statement, lang)
    yield ""
    yield f"   {account.word.upper()}"
    yield from _paragraph(f"! {account.limits}")
    yield ""
    for label, value in account.rows:
        yield from _row(label, value)
    yield _whole(say("Statement"), statement.id)


def _drive(erasure: ErasureAccount, lang: str) -> Iterator[str]:
    say = words(lang).gettext
    yield ""
    yield f"   {erasure.verdict.upper()} — {erasure.level_word}"
    for text in (*erasure.exceptions, *erasure.reasons):
        yield from _paragraph(f"! {text}")
    yield ""
    yield from _row(say("Drive"), erasure.model)
    yield from _row(say("Serial number"), erasure.serial)
    yield from _row(say("WWN / EUI"), erasure.wwn)
    yield from _row(say("Capacity"), f"{erasure.capacity} ({erasure.size})")
    yield from _row(say("Device"), erasure.machine)
    yield from _row(say("Technique"), erasure.technique)
    yield from _row(say("Level"), erasure.level)
    yield from _row(say("Verification"), erasure.verification)
    yield from _row(say("Erasure"), f"{erasure.period} ({erasure.duration})")
    yield from _row(say("Erased by"), f"{erasure.operator}, {erasure.station}")


def _people(account: CertificateAccount, lang: str) -> Iterator[str]:
    say = words(lang).gettext
    yield from _row(say("Donor"), account.donor)
    yield from _row(say("Lot"), f"{account.lot} · {account.asset}")
    yield from _row(say("Validation"), say("Approved by {name} on {date}").format(
        name=account.validator, date=account.decided))  # fmt: skip
    yield from _row(say("Certificate"), say("No. {number} · issued on {date}").format(
        number=account.number, date=account.issued))  # fmt: skip
    yield from _row(say("Issuer"), account.issuer[0])
    yield _whole(say("Statement"), account.erasure.statement_id)


def _checks(judgement: Judgement, trust: Path | None, lang: str) -> Iterator[str]:
    say = words(lang).gettext
    for title, codes, mark in (
        (say("Checked"), judgement.checked, "✓"),
        (say("Not checked"), judgement.not_checked, "–"),
    ):
        if codes and judgement.statement:
            yield ""
            yield f"   {title}"
            for code in codes:
                yield from _paragraph(f"{mark} {wording.check_words(code, lang)}", hang=2)
    if trust:
        yield ""
        yield from _paragraph(say("Trust file: {path} ({hub})").format(
            path=shown(str(trust)), hub=shown(judgement.hub_name) or "?"))  # fmt: skip
    if judgement.position:
        yield from _paragraph(say("It was written when the log {shard} had {size} entries.").format(
            shard=judgement.position.shard, size=number(judgement.position.size, lang)))  # fmt: skip


def _row(label: str, value: str) -> Iterator[str]:
    wrapped = textwrap.wrap(value, _WIDTH - _LABEL - 4, break_on_hyphens=False) or [""]
    yield f"   {label:<{_LABEL}} {wrapped[0]}"
    for line in wrapped[1:]:
        yield f"   {'':<{_LABEL}} {line}"


def _whole(label: str, value: str) -> str:
    return f"   {label:<{_LABEL}} {value}"


def _paragraph(text: str, hang: int = 0) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - 3, subsequent_indent=" " * hang, break_on_hyphens=False):
        yield f"   {line}"

"""The account: what a certificate or an erasure statement says, in words and figures, in one language.

The PDF and the verifier both print from it, so they can never disagree. Every text is ready to be shown: invisible
characters are visible, and a value that could not be read says so with its reason.
"""

from dataclasses import dataclass
from typing import Any

from certificates import wording
from certificates.bundle import VerifiedBundle
from certificates.claims import claims, lawful, unclaimed
from certificates.figures import capacity, date, duration, moment, period, size
from certificates.figures import shown as visible
from certificates.language import mark as _
from certificates.pre_approval import approval_in
from certificates.statement import TIMELESS
from certificates.verify import VerifiedStatement
from certificates.wording.details import detail_words
from certificates.wording.techniques import limit_words, method_words


@dataclass(frozen=True, slots=True)
class ErasureAccount:
    """One erasure of one drive."""

    verdict_code: str
    verdict: str
    sentence: str
    level: str
    level_word: str
    technique: str
    verification: str
    exceptions: tuple[str, ...]
    reasons: tuple[str, ...]
    hidden: str
    errors: str
    model: str
    serial: str
    wwn: str
    firmware: str
    connection: str
    identity: str
    size: str
    capacity: str
    machine: str
    machine_serial: str
    asset: str
    lot: str
    station: str
    operator: str
    period: str
    duration: str
    agent: str
    evidence: str
    statement_id: str
    uncovered: tuple[str, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class CertificateAccount:
    """One certificate: who issued it to whom, who decided, and the erasure behind it."""

    number: str
    uuid: str
    issued: str
    issued_at: str
    issuer: tuple[str, ...]
    donor: str
    lot: str
    asset: str
    validator: str
    decided: str
    remark: str
    verify_url: str
    statement_id: str
    kid: str
    erasure: ErasureAccount


def certificate_account(bundle: VerifiedBundle, lang: str) -> CertificateAccount:
    """Tell what a verified bundle says."""
    certificate, validation = bundle.certificate.payload, bundle.validation.payload
    issuer, lot = certificate["issuer"], certificate["lot"]
    siret = f"SIRET {issuer['siret']}" if issuer["siret"] else ""
    lines = (issuer["name"], *issuer["address"].split("\n"), siret, issuer["url"])
    role = f" ({wording.role_words(validation['role'], lang)})" if validation["role"] else ""
    return CertificateAccount(
        number=shown(certificate["number"]),
        uuid=certificate["certificate"],
        issued=date(certificate["wall"], lang),
        issued_at=moment(certificate["wall"], lang),
        issuer=tuple(shown(line) for line in lines if line.strip()),
        donor=_donor(certificate["donor"]["name"], lot["code"], lang),
        lot=_or_missing(
            " · ".join(part for part in (unclaimed(lot["code"]), _label(lot["label"])) if part),
            _("no lot is recorded"),
            lang,
        ),
        asset=_or_missing(unclaimed(certificate["device"]["asset"]), _("no tag is recorded"), lang),
        validator=shown(f"{validation['validator_name']}{role}"),
        decided=moment(validation["wall"], lang),
        remark=shown(unclaimed(validation["reason"].replace("\n", " "))),
        verify_url=certificate["verify_url"],
        statement_id=bundle.certificate.id,
        kid=certificate["kid"],
        erasure=erasure_account(bundle.erasure, lang),
    )


def erasure_account(statement: VerifiedStatement, lang: str) -> ErasureAccount:
    """Tell what a verified erasure statement says."""
    payload = statement.payload
    drive, method, verify = payload["subject"]["drive"], payload["method"], payload["verify"]
    verdict = payload["result"]["verdict"]
    sectors = drive["size_bytes"] // drive["logical_sector"] if drive["logical_sector"] else 0
    return ErasureAccount(
        verdict_code=verdict,
        verdict=wording.verdict_word(verdict, lang),
        sentence=wording.verdict_sentence(verdict, lang, verify["mode"]),
        level=wording.level_words(method["level"], lang),
        level_word=wording.LEVEL_WORD[method["level"]],
        technique=_technique(method, lang),
        verification=wording.verification_words(verify, sectors, lang),
        exceptions=tuple(_coded(item, lang) for item in payload["exceptions"]),
        reasons=tuple(_coded(item, lang) for item in payload["result"]["reasons"]),
        hidden=_hidden(payload["hidden"], lang),
        errors=_errors(payload["bad"], lang),
        model=_or_missing(drive["model"], _("the drive gives none"), lang),
        serial=_or_missing(drive["serial"], _("the drive gives none"), lang),
        wwn=_or_missing(drive["wwn"], _("the drive gives none"), lang),
        firmware=_or_missing(drive["firmware"], _("the drive gives none"), lang),
        connection=_connection(drive, lang),
        identity=_identity(drive, lang),
        size=size(drive["size_bytes"], lang),
        capacity=capacity(drive["size_bytes"], lang),
        machine=_machine(payload["subject"]["machine"], lang),
        machine_serial=_machine_serial(payload["subject"]["machine"], lang),
        asset=_or_missing(unclaimed(payload["asset"]), _("no tag is recorded"), lang),
        lot=_or_missing(unclaimed(payload["lot"]), _("no lot is recorded"), lang),
        station=shown(payload["station"]),
        operator=_operator(payload["operator"], lang),
        period=_period(payload, lang),
        duration=duration(payload["duration_ms"]),
        agent=payload["agent"]["version"],
        evidence=payload["evidence_sha256"],
        statement_id=statement.id,
        uncovered=_uncovered(payload, lang),
        simulated=payload["simulated"],
    )


def _operator(operator: str, lang: str) -> str:
    """Say who ran an erasure: a person at the bench, or who approved it beforehand and by which rule."""
    approval = approval_in(operator)
    if approval is None:
        return _or_missing(operator, _("none was entered"), lang)
    say = wording.words(lang).gettext
    return say("pre-approved by {person}, rule {rule}").format(person=shown(approval[0]), rule=approval[1])


def shown(text: str) -> str:
    """Text with everything invisible made visible, and without the words that the law bans."""
    return lawful(visible(lawful(text)))


def _label(text: str) -> str:
    """What a person called a lot; nothing where that claims what no certificate can: its code stands alone."""
    return "" if claims(text) else text


def _donor(name: str, lot: str, lang: str) -> str:
    if claims(name):
        return wording.words(lang).gettext(_("the donor of lot {code}")).format(code=shown(unclaimed(lot)))
    return _or_missing(name, _("no donor is recorded"), lang)


def _or_missing(value: str, motive: str, lang: str) -> str:
    """The value, or "unavailable: motive"; `motive` is a source string of the catalogue."""
    if value.strip():
        return shown(value)
    say = wording.words(lang).gettext
    return say("unavailable: {reason}").format(reason=say(motive))


def _technique(method: dict[str, Any], lang: str) -> str:
    say = wording.words(lang).gettext
    if not method["achieved"]:
        return say("none: nothing destructive was sent to the drive")
    text = method_words(method["achieved"], lang)
    if method["achieved"] == method["requested"]:
        return text
    return say("{done} (asked for: {asked})").format(done=text, asked=method_words(method["requested"], lang))


def _coded(item: dict[str, str], lang: str) -> str:
    words = wording.reason_words(item["code"], lang)
    sentence = words[:1].upper() + words[1:]
    return f"{sentence} ({detail_words(shown(item['detail']), lang)})" if item["detail"] else sentence


def _hidden(hidden: dict[str, str], lang: str) -> str:
    return " · ".join(f"{name.upper()} {wording.area_words(hidden[name], lang)}" for name in ("hpa", "dco", "ama"))


def _errors(bad: dict[str, Any], lang: str) -> str:
    say = wording.words(lang).gettext
    total = bad["write_total"] + bad["read_total"] + bad["mismatch_total"]
    if total == 0:
        return say("no sector in error")
    return say("{write} not written, {read} not read, {mismatch} different").format(
        write=bad["write_total"], read=bad["read_total"], mismatch=bad["mismatch_total"]
    )


def _connection(drive: dict[str, Any], lang: str) -> str:
    bus = _or_missing(drive["bus"].upper(), _("the bus is not known"), lang)
    say = wording.words(lang).gettext
    return say("{bus} through the bridge {bridge}").format(bus=bus, bridge=drive["bridge"]) if drive["bridge"] else bus


def _identity(drive: dict[str, Any], lang: str) -> str:
    say = wording.words(lang).gettext
    return say("grade {grade}, from {source}").format(grade=drive["identity_grade"], source=drive["identity_source"])


def _machine(machine: dict[str, Any] | None, lang: str) -> str:
    if machine is None:
        return wording.words(lang).gettext("drive treated outside a machine")
    return _or_missing(f"{machine['maker']} {machine['model']}".strip(), _("the machine gives none"), lang)


def _machine_serial(machine: dict[str, Any] | None, lang: str) -> str:
    if machine is None:
        return wording.words(lang).gettext("drive treated outside a machine")
    return _or_missing(machine["serial"], _("the machine gives none"), lang)


def _period(payload: dict[str, Any], lang: str) -> str:
    if payload["wall_src"] in TIMELESS:
        return _or_missing("", _("the clock of the station was not set"), lang)
    return period(payload["started"], payload["ended"], lang)


def _uncovered(payload: dict[str, Any], lang: str) -> tuple[str, ...]:
    say = wording.words(lang).gettext
    found = [
        *limit_words(payload["method"]["achieved"], lang),
        say("any other storage of the device: this document is about the one drive named above"),
    ]
    if payload["verify"]["mode"] == "sample":
        found.insert(0, say("the content of the sectors outside the sample, which were not read back"))
    if payload["subject"]["drive"]["identity_grade"] == "C":
        found.append(say("the identity of the drive: it is stated by a bridge or a virtual device (grade C)"))
    return tuple(found)

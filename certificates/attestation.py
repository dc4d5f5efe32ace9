"""What an attestation says, in words: a drive was destroyed, or is not there. Never a word about an erasure. Pure."""

from dataclasses import dataclass

from certificates.errors import BundleError
from certificates.figures import date, moment, shown
from certificates.language import mark as _
from certificates.verify import VerifiedStatement
from certificates.wording import words

TITLES = {"destroyed": _("Record of destruction of a drive"), "absent": _("Attestation that there is no drive")}
WORDS = {"destroyed": _("Destroyed"), "absent": _("No such drive")}
LIMITS = {
    "destroyed": _("This says that people destroyed the drive. It is no statement of an erasure."),
    "absent": _("This says that a named person found no such drive. It is no statement of an erasure."),
}
METHODS = {
    "shredded": _("shredded"),
    "crushed": _("crushed"),
    "drilled": _("drilled through"),
    "melted": _("melted"),
    "other": _("in another way, told in the remark"),
    "bay-empty": _("the bay was empty when it was opened"),
    "not-arrived": _("it was announced and never came"),
    "list-wrong": _("the list was wrong"),
    "same-drive": _("it is another drive of the same account"),
}


@dataclass(frozen=True, slots=True)
class AttestationAccount:
    """Everything that a page or a terminal shows of one attestation."""

    number: str
    issued: str
    title: str
    word: str
    limits: str
    serial: str  # of the drive as on record; "" where nobody knows it
    issuer: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    statement_id: str
    kid: str
    verify_url: str
    simulated: bool


def attestation_account(statement: VerifiedStatement, lang: str) -> AttestationAccount:
    """Read one verified attestation. Raises BundleError for a statement of another kind."""
    if statement.kind != "attestation":
        raise BundleError("this statement is no attestation")
    told, say = statement.payload, words(lang).gettext
    issuer, what = told["issuer"], told["what"]
    return AttestationAccount(
        number=told["number"],
        issued=moment(told["wall"], lang),
        title=say(TITLES[what]),
        word=say(WORDS[what]),
        limits=say(LIMITS[what]),
        serial=shown(told["drive"]["serial"]),
        issuer=tuple(shown(issuer[name]) for name in ("name", "address", "siret") if issuer[name]),
        rows=tuple((label, shown(value)) for label, value in _rows(statement, lang) if value),
        statement_id=statement.id,
        kid=statement.signer.kid,
        verify_url=told["verify_url"],
        simulated=statement.simulated,
    )


def _rows(statement: VerifiedStatement, lang: str) -> list[tuple[str, str]]:
    told, say = statement.payload, words(lang).gettext
    drive, device, bays = told["drive"], told["device"], told["bays"]
    destroyed = told["what"] == "destroyed"
    unknown = say("not available: nobody could read it")
    counted = say("{seen} seen, {empty} empty").format(**bays) if None not in bays.values() else ""
    method = METHODS.get(told["method"], told["method"])
    how = say("How") if destroyed else say("Why")
    return [
        (say("Number"), told["number"]),
        (say("Replaces"), told["supersedes"]),
        (say("Serial number"), drive["serial"] or unknown),
        (say("Read on it"), (drive["read"] or say("serial unreadable")) if destroyed else ""),
        (say("Drive"), drive["model"]),
        (say("Device"), " ".join(part for part in (device["maker"], device["model"], device["serial"]) if part)),
        (say("Tag"), device["asset"]),
        (say("Bays"), counted),
        (how, say(method)),
        (say("Day"), date(f"{told['day']}T12:00:00Z", lang) if told["day"] else ""),
        (say("Place"), " ".join(told["place"].split()) if destroyed else ""),
        (say("Operator"), told["operator"]),
        (say("Witness"), told["witness"]),
        (say("Recycler"), told["recycler"]),
        (say("Paper record"), told["reference"]),
        (say("Remark"), told["note"]),
        (say("Donor"), told["donor"]["name"]),
        (say("Lot"), told["lot"]["code"]),
        (say("Recorded by"), f"{told['recorded_by']}, {moment(told['recorded'], lang)}"),
    ]

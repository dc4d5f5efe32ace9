"""Words for people, in both languages: verdicts, levels, methods, reasons, and what a verifier says.

Every code has one wording here, used by the PDF, the verifier, the hub's pages and the bench. English stands in the
tables, French in `certificates/locale/fr.po`. Never says that somebody else certified anything.
"""

from pathlib import Path
from typing import Any

from certificates.language import Catalogue, catalogue
from certificates.language import mark as _

LOCALE = Path(__file__).parent.parent / "locale"

VERDICT = {
    "ERASED": _("Erased"),
    "ERASED_WITH_EXCEPTIONS": _("Erased with exceptions"),
    "FAILED": _("Failed"),
    "UNCONFIRMED": _("Unconfirmed"),
    "NOT_ERASED": _("Not erased"),
}
VERDICT_SENTENCE = {
    "ERASED": _("The whole addressable space of the drive was erased and the result was checked."),
    "ERASED_WITH_EXCEPTIONS": _("The addressable space was erased and checked; the areas named here are not covered."),
    "FAILED": _("The erasure failed: data may remain on the drive."),
    "UNCONFIRMED": _("The result cannot be known: the drive must be treated as not erased."),
    "NOT_ERASED": _("Nothing was erased on this drive."),
}
SAMPLED_SENTENCE = {
    "ERASED": _("The whole addressable space of the drive was overwritten; a sample of it was read back and checked."),
    "ERASED_WITH_EXCEPTIONS": _(
        "The addressable space was overwritten, a sample of it read back and checked; the areas named here are not "
        "covered."
    ),
}
SELF_ERASED_SENTENCE = {
    "canaries": {
        "ERASED": _(
            "The drive itself erased its whole addressable space: its own status was read back, and the marks and old "
            "contents looked for are gone."
        ),
        "ERASED_WITH_EXCEPTIONS": _(
            "The drive itself erased its addressable space: its own status was read back, and the marks and old "
            "contents looked for are gone; the areas named here are not covered."
        ),
    },
    "none": {
        "ERASED_WITH_EXCEPTIONS": _(
            "The drive states that it erased its addressable space itself; no content was looked for afterwards."
        ),
    },
}
ROLE = {
    "technician": _("technician"),
    "lead": _("workshop lead"),
    "admin": _("administrator"),
}
LEVEL = {
    "CLEAR": _("Clear, per the project’s IEEE 2883-2022 mapping"),
    "PURGE": _("Purge, per the project’s IEEE 2883-2022 mapping"),
    "NONE": _("no level reached"),
}
LEVEL_WORD = {"CLEAR": "Clear", "PURGE": "Purge", "NONE": "–"}
REASON = {
    "FROZEN": _("the drive is frozen by the firmware of the machine"),
    "LOCKED": _("the drive is locked by a password"),
    "COUNT_EXPIRED": _("the drive refuses further password attempts until it is powered off"),
    "UNSUPPORTED": _("the drive does not support the method"),
    "BRIDGE": _("the USB bridge in between does not pass the commands on faithfully"),
    "RAID_VOLUME": _("a RAID volume hides the real drives"),
    "IN_USE": _("the drive is in use"),
    "BOOT_MEDIUM": _("the drive carries the running system"),
    "READ_ONLY": _("the drive is read-only"),
    "IDENTITY": _("the identity of the drive is missing, ambiguous or changed"),
    "SIZE": _("the capacity of the drive is unknown or changed"),
    "HIDDEN_AREA": _("a hidden or separate area of the drive is not covered, or could not be ruled out"),
    "ABORTED": _("the drive aborted the command"),
    "TRANSPORT": _("the connection to the drive failed"),
    "STATUS_UNREADABLE": _("the status of the drive could not be read"),
    "STUCK": _("the drive made no progress"),
    "DEVICE_LOST": _("the drive disappeared"),
    "HOST_RESET": _("the drive or its link was reset"),
    "WRONG_ACTION": _("the drive reports another action than the one requested"),
    "CANARY_SURVIVED": _("a test mark survived the erasure"),
    "MISMATCH": _("sectors do not hold what was written"),
    "READ_ERROR": _("sectors could not be read back"),
    "WRITE_ERROR": _("sectors could not be written"),
    "NOT_IN_LOT": _("the drive does not belong to the lot"),
    "OPERATOR": _("stopped by the operator"),
    "NO_CANARIES": _("marks that the erasure had to destroy were missing: there only its own status speaks for it"),
}
AREA_STATE = {
    "none": _("none"),
    "removed": _("removed"),
    "present": _("present"),
    "unknown": _("unknown"),
}
CHECK = {
    "seal": _("The file is, byte for byte, the one that the issuer sealed."),
    "form": _("The signed statements have their one canonical form."),
    "signature": _("Every signature was made by a key of your trust file."),
    "schema": _("Every statement is complete and does not contradict itself."),
    "links": _("Certificate, decision and erasure name one another."),
    "page": _("The look of a printed or displayed page: only the signed statements count."),
    "logged": _("Every statement stands in the public log of the hub, under a checkpoint that a known key signed."),
    "witnessed": _("As many independent witnesses as the policy of this hub requires cosigned that checkpoint."),
    "current": _("Your trust file names no later certificate in its place."),
    "log": _("Whether the statements are in the public log of the hub."),
    "unread-proof": _(
        "The proof of the log beside the statements: your trust file is of an older form and names no log."
    ),
    "witness": _("Independent witnesses of that log, which the policy of this hub requires."),
    "later": _("What happened after your trust file was written, such as a replacement or a revocation."),
    "clock": _("The clocks: the dates are what station and hub state."),
    "beyond-host": _("Areas of the drive that no computer can read, such as spare blocks."),
}
JUDGEMENT = {
    "VALID": _("The document is authentic."),
    "VALID-UNWITNESSED": _("The document is authentic, but not confirmed by the witnesses that this hub requires."),
    "DISPUTED": _("The signature matches, but the key is reported as compromised: ask the issuer."),
    "retired": _("The signature matches, but it was made after the key had been retired: ask the issuer."),
    "split-view": _("The signature matches, but the log shows two histories: ask the issuer and the witnesses."),
    "SUPERSEDED": _("The document is authentic, but another one has taken its place."),
    "taken-back": _("The document is authentic, but the issuer has taken it back."),
    "UNKNOWN-KEY": _("The document was signed with a key that your trust file does not know."),
    "unknown-log": _("The proof comes from a log that your trust file does not know."),
    "INVALID": _("The document is not authentic or was altered. Do not rely on it."),
    "binder": _("This file gathers certificates for reading. Nothing in it was checked: by itself it proves nothing."),
    "proof-alone": _(
        "This file is a proof that goes with a certificate. Nothing was checked: by itself it proves nothing."
    ),
}
JUDGEMENT_WORD = {
    "VALID": _("VALID"),
    "VALID-UNWITNESSED": _("VALID, UNWITNESSED"),
    "DISPUTED": _("DISPUTED"),
    "SUPERSEDED": _("SUPERSEDED"),
    "taken-back": _("SUPERSEDED: TAKEN BACK"),
    "UNKNOWN-KEY": _("UNKNOWN KEY"),
    "INVALID": _("INVALID"),
}
CAUSE = {
    "not-canonical": _("Its bytes are not in the only accepted form."),
    "envelope": _("The signed envelope has a wrong form."),
    "schema": _("A statement is incomplete or has members that it must not have."),
    "inconsistent": _("A statement contradicts itself."),
    "signature": _("A signature does not match."),
    "key-mismatch": _("A key signed something that it must not sign."),
    "bundle": _("The statements do not belong together."),
    "seal": _("The seal of the file is missing or the file was changed after it was sealed."),
    "binder": _("Check each certificate by its own PDF or bundle; the first pages name them by number."),
    "unknown-key": _("Get the trust file from the issuer over a channel that you trust."),
    "unknown-log": _("Get the newest trust file from the issuer over a channel that you trust."),
    "proof": _("The proof that goes with it does not hold."),
    "proof-alone": _("Give it with its certificate: --proof FILE."),
    "compromised": _("The issuer or the station reported this key as compromised."),
    "beyond-bound": _("It comes after the last statement of this key that the issuer vouches for."),
    "no-place": _(
        "This key was compromised later: only the proof of the log shows whether it was signed before. Ask for it."
    ),
    "retired": _("It comes after the last statement of this key that the issuer vouches for."),
    "split-view": _("The station saw another state of the log than the one that is shown here."),
    "superseded": _("Ask the issuer for the certificate with this number of its statement."),
    "taken-back": _("Ask the issuer why, and what is known of the drive."),
}
NO_WITNESS = _("The policy of this hub requires no independent witness.")
NO_PROOF = _("No proof of the log was shown.")
FEW_WITNESSES = _("{found} of {needed} witnesses.")


def words(lang: str) -> Catalogue:
    """The catalogue of this package."""
    return catalogue(LOCALE, lang)


def verdict_word(code: str, lang: str) -> str:
    """Verdict on a drive, in one or a few words."""
    return _of(VERDICT, code, lang)


def verdict_sentence(code: str, lang: str, mode: str = "full") -> str:
    """Verdict on a drive, as a sentence; `mode` is that of the verification: a sample is never told as the whole."""
    other = SAMPLED_SENTENCE if mode == "sample" else SELF_ERASED_SENTENCE.get(mode, {})
    return _of({**VERDICT_SENTENCE, **other}, code, lang)


def role_words(role: str, lang: str) -> str:
    """Role of the person who decided; an unknown one stays as it is."""
    return _of(ROLE, role, lang)


def level_words(code: str, lang: str) -> str:
    """Level of erasure with its source."""
    return _of(LEVEL, code, lang)


def reason_words(code: str, lang: str) -> str:
    """Reason or exception, as half a sentence in lower case."""
    return _of(REASON, code, lang)


def area_words(code: str, lang: str) -> str:
    """State of a hidden area."""
    return _of(AREA_STATE, code, lang)


def check_words(code: str, lang: str) -> str:
    """What a verifier checked or did not check, as a sentence."""
    return _of(CHECK, code, lang)


def judgement_word(code: str, lang: str, cause: str = "") -> str:
    """Verdict on a document, in capitals; one that was taken back has none in its place, and is not called replaced."""
    return _of(JUDGEMENT_WORD, cause if cause in JUDGEMENT_WORD else code, lang)


def judgement_sentence(code: str, lang: str) -> str:
    """Verdict on a document, as a sentence."""
    return _of(JUDGEMENT, code, lang)


def cause_words(code: str, lang: str) -> str:
    """Why a document is not valid, as a sentence; empty for codes without one."""
    return _of(CAUSE, code, lang) if code in CAUSE else ""


def verification_words(verify: dict[str, Any], total_sectors: int, lang: str) -> str:
    """Kind and extent of the verification of an erasure (`verify` member of its payload), as a sentence."""
    from certificates.figures import number, percent  # noqa: PLC0415  (figures use the catalogue)

    say = words(lang).gettext
    if verify["mode"] == "none":
        return say("nothing was read back")
    if verify["mode"] == "canaries":
        return _canaries(verify, lang)
    form = (
        say("Full read-back: {read} of {total} sectors compared, {wrong} different, {lost} unreadable")
        if verify["mode"] == "full"
        else say("Sample read back: {read} of {total} sectors ({share}) compared, {wrong} different, {lost} unreadable")
    )
    return form.format(
        read=number(verify["sectors"], lang),
        total=number(total_sectors, lang),
        share=percent(verify["sectors"], total_sectors, lang),
        wrong=number(verify["nonmatching"], lang),
        lost=number(verify["unreadable"], lang),
    )


def _canaries(verify: dict[str, Any], lang: str) -> str:
    """Say what was looked for after an erase by the drive itself; survivors are never hidden in a number."""
    from certificates.figures import number  # noqa: PLC0415  (figures use the catalogue)

    say = words(lang).gettext
    looked = number(verify["sectors"], lang)
    if verify["nonmatching"] or verify["unreadable"]:
        form = say("{looked} marks and old contents looked for: {found} still there, {lost} unreadable")
        return form.format(
            looked=looked, found=number(verify["nonmatching"], lang), lost=number(verify["unreadable"], lang)
        )
    return say("{looked} marks and old contents looked for, none found; the drive’s own status read back").format(
        looked=looked
    )


def _of(table: dict[str, str], code: str, lang: str) -> str:
    return words(lang).gettext(table[code]) if code in table else code

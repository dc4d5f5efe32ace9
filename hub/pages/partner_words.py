"""Words of the network: kinds of partners, levels and their steps, documents, gates and what is unmet."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal

from hub import wording
from hub.pages.language import mark, words
from hub.partners import documents, evaluating, register
from hub.partners.documents import Held

KINDS = {
    register.COLLECTOR: mark("collector"),
    register.REFURBISHER: mark("refurbisher"),
    register.COORDINATOR: mark("coordinator"),
    register.DISTRIBUTOR: mark("solidarity distributor"),
    register.PRESCRIBER: mark("prescriber"),
    "recycler": mark("recycler"),
    "other": mark("other organisation"),
}
STEPS = {
    "intake": mark("intake"),
    "triage": mark("visual triage"),
    "exits": mark("exits to partners"),
    "wipe": mark("erasure"),
    "diagnosis": mark("diagnosis"),
    "grade": mark("grading"),
    "reinstall": mark("reinstallation"),
    "sale": mark("sale"),
    "price": mark("solidarity price"),
    "after-sales": mark("after-sales"),
}
CONTACT_ROLES = {register.ADMINISTRATIVE: mark("administrative"), register.TECHNICAL: mark("technical")}
DOCUMENTS = {
    documents.NDA: mark("non-disclosure agreement"),
    documents.TEST_AGREEMENT: mark("test agreement"),
    documents.CONVENTION: mark("convention"),
    documents.CHARTER: mark("charter"),
    documents.OTHER: mark("other document"),
}
HELD = {
    Held.VALID: ("ok", "check", mark("signed and in force")),
    Held.EXPIRED: ("bad", "alert", mark("expired")),
    Held.UNSIGNED: ("wait", "clock", mark("not signed yet")),
    Held.MISSING: ("bad", "question", mark("missing")),
}
WITHDRAWN = ("none", "undo", mark("taken back"))
GATES = {
    1: mark("First steps: prospecting"),
    2: mark("First contact"),
    3: mark("Presentation of the processes"),
    4: mark("Test refurbishing"),
    5: mark("Agreement"),
    6: mark("Continuous improvement"),
}
CONDITIONS = {
    1: mark("A contact is noted."),
    2: mark("The score of the pre-conformity audit is above 6, and the non-disclosure agreement is signed."),
    3: mark("The documents are read, the wish to test is said, and the test agreement is signed."),
    4: mark(
        "A test lot of 50 devices at most; 50 % or more of the administrative list, 75 % or more of the technical one; "
        "under 5 % of the delivered devices do not conform."
    ),
    5: mark("The convention is signed."),
    6: mark("No condition: weekly points, half-year reviews, another evaluation where needed."),
}
UNMET = {
    "contact": mark("no contact is noted"),
    "score-missing": mark("no score of an audit is noted"),
    "score": mark("the score of the audit is %(found)s: it must be above the limit"),
    "document-missing": mark("missing document: %(found)s"),
    "document-expired": mark("expired document: %(found)s"),
    "document-unsigned": mark("document without a signature: %(found)s"),
    "documents-read": mark("nobody has noted that the documents were read"),
    "wish-to-test": mark("nobody has noted the wish to test"),
    "test-lot": mark("no test lot with devices"),
    "test-devices": mark("the test lot has %(found)s devices: too many"),
    "administrative-missing": mark("no administrative evaluation, or none of its lines applies"),
    "technical-missing": mark("no technical evaluation, or none of its lines applies"),
    "administrative": mark("the administrative share is %(found)s %%: too low"),
    "technical": mark("the technical share is %(found)s %%: too low"),
    "rate-missing": mark("the result of the test is not noted"),
    "rate-undefined": mark("nothing was delivered: the rate of non-conformity is undefined"),
    "rate": mark("%(found)s delivered devices do not conform: too many"),
}
JUDGED = {
    "none": ("none", "dash", mark("not judged yet")),
    "passed": ("ok", "check", mark("passed")),
    "refused": ("bad", "cross", mark("not passed")),
    "exception": ("wait", "check-note", mark("passed by exception")),
}
EVALUATIONS = {
    evaluating.CONTACT: mark("contact noted"),
    evaluating.AUDIT: mark("pre-conformity audit"),
    evaluating.READ: mark("documents read"),
    evaluating.WISH: mark("wish to test"),
    evaluating.ADMINISTRATIVE: mark("administrative conformity"),
    evaluating.TECHNICAL: mark("technical conformity"),
    evaluating.MATURITY: mark("maturity audit"),
    evaluating.TEST: mark("result of the test"),
}

PROPOSED = mark("level %(level)s proposed")


def say(text: str, lang: str, **values: object) -> str:
    """A marked text in the reader's language, its places filled."""
    spoken = words(lang).gettext(text)
    return spoken % values if values else spoken


def choices(table: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    """The codes of a table with their words, for a list to choose from."""
    return [(code, say(word, lang)) for code, word in table.items()]


def held_state(held: Held, lang: str) -> wording.State:
    """How a document stands."""
    return wording.state(HELD[held], lang)


def unmet_words(missing: Iterable[Mapping[str, Any]], lang: str) -> list[str]:
    """What is unmet, one half sentence each; a code of another version is shown as it is."""
    return [_unmet(str(one["code"]), str(one["found"]), lang) for one in missing]


def rounded(value: Fraction, lang: str) -> str:
    """An exact figure to read, with two decimals at most, cut and never rounded up: 49,99 stays under 50."""
    hundredths = value.numerator * 100 // value.denominator
    return str(format_decimal(hundredths / 100, format="#,##0.##", locale=lang)).replace("\u202f", "\u00a0")


def number(text: str, lang: str) -> str:
    """A kept exact figure, to read."""
    return rounded(Fraction(text), lang)


def _unmet(code: str, found: str, lang: str) -> str:
    if code not in UNMET:
        return f"{code} {found}".strip()
    if code.startswith("document-"):
        found = say(DOCUMENTS.get(found, found), lang)
    elif code in {"score", "administrative", "technical"}:
        found = rounded(Fraction(found), lang)
    return say(UNMET[code], lang, found=found) if found else say(UNMET[code], lang)

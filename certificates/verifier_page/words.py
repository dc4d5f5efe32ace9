"""Every word of the page, in both languages: those of the verifier where it has them, and the page's own."""

from typing import Final

from certificates import wording
from certificates.language import LANGUAGES
from certificates.language import mark as _
from certificates.wording import techniques, words

OWN: Final = {
    "title": _("Check an erasure certificate"),
    "promise": _("This page works by itself: it sends nothing and needs no network. Your files stay on this computer."),
    "drop": _("Drop a certificate here (PDF), or a bundle, a proof or a trust file"),
    "choose": _("Choose files"),
    "no-script": _("This page checks certificates with JavaScript, which is switched off in this browser."),
    "results": _("Results"),
    "known": _("This page knows the keys of {hub} as of {date}."),
    "known-dropped": _("Keys of {hub}, from the trust file {file} that you gave."),
    "known-none": _(
        "This page knows no keys yet: also give it the trust file (trust.json), got from the issuer over a channel "
        "that you trust."
    ),
    "other-keys": _("The hub keys of the file {file} are not those that this page was made with: ask why."),
    "compare": _("Fingerprint of the hub’s key: compare it with the one that the issuer tells you in another way."),
    "no-hub-key": _("This trust file names no key of a hub."),
    "trust-refused": _("The trust file {file} cannot be used ({place}). The keys from before go on being used."),
    "judging": _("Checking {file} …"),
    "answer": _("{verdict}: {file}"),
    "not-judged": _("NOT CHECKED"),
    "no-crypto": _("This browser cannot compute digests here. Save this page as a file and open it from there."),
    "odd-pdf": _("The seal holds, but this page cannot read the attachment of this PDF: use etabli-verify."),
    "too-large": _("The file is too large for a certificate."),
    "unreadable": _("The file could not be read."),
    "place": _("Where: {place}"),
    "needs-trust": _("No key can be judged without the trust file of the issuer."),
    "forget": _("Remove {file}"),
    "print": _("Print"),
    "simulation": _("SIMULATION — WITHOUT VALUE"),
    "not-approved": _("This is the statement of a station; nobody has approved it here."),
    "model": _("Drive"),
    "serial": _("Serial number"),
    "wwn": _("WWN / EUI"),
    "capacity": _("Capacity"),
    "machine": _("Device"),
    "technique": _("Technique"),
    "level": _("Level"),
    "verification": _("Verification"),
    "period": _("Erasure"),
    "duration": _("Duration"),
    "asset": _("Tag"),
    "donor": _("Donor"),
    "lot": _("Lot"),
    "validation": _("Validation"),
    "approved": _("Approved by {name} on {date}"),
    "certificate": _("Certificate"),
    "issued": _("No. {number} · issued on {date}"),
    "issuer": _("Issuer"),
    "operator": _("Erased by"),
    "kind": _("Kind"),
    "statement": _("Statement"),
    "file": _("File"),
    "checked": _("Checked"),
    "not-checked": _("Not checked"),
    "signed-by": _("Signed by"),
    "role.hub": _("hub"),
    "role.station": _("station"),
    "role.registry": _("register of keys"),
    "status.active": _("active key"),
    "status.retired": _("retired key"),
    "status.compromised": _("key reported as compromised"),
    "technical": _("Identifiers, for whoever compares them"),
    "digest": _("SHA-256 of the file"),
    "missing": _("unavailable"),
    "clock-unset": _("the clock of the station was not set"),
    "outside": _("drive treated outside a machine"),
    "said": _("(in the words of the program: {detail})"),
    "identity-c": _("the identity of the drive: it is stated by a bridge or a virtual device (grade C)"),
    "verify.none": _("nothing was read back"),
    "verify.full": _("Full read-back: {read} of {total} sectors compared, {wrong} different, {lost} unreadable"),
    "verify.sample": _(
        "Sample read back: {read} of {total} sectors ({share}) compared, {wrong} different, {lost} unreadable"
    ),
    "verify.canaries": _("{looked} marks and old contents looked for: {found} still there, {lost} unreadable"),
    "verify.gone": _("{looked} marks and old contents looked for, none found; the drive’s own status read back"),
    "attested.destroyed": _("Destruction of a drive"),
    "attested.absent": _("No drive in this device"),
    "day": _("Day"),
    "witness": _("Witness"),
    "recorded": _("Recorded by {name} on {date}"),
    "no-witness": wording.NO_WITNESS,
}
_TABLES: Final = {
    "verdict": wording.VERDICT,
    "sentence": wording.VERDICT_SENTENCE,
    "sampled": wording.SAMPLED_SENTENCE,
    "canaries": wording.SELF_ERASED_SENTENCE["canaries"],
    "unread": wording.SELF_ERASED_SENTENCE["none"],
    "level": wording.LEVEL,
    "level-word": wording.LEVEL_WORD,
    "reason": wording.REASON,
    "role": wording.ROLE,
    "check": wording.CHECK,
    "judgement": wording.JUDGEMENT,
    "word": wording.JUDGEMENT_WORD,
    "cause": wording.CAUSE,
    "method": techniques.METHOD,
}


def page_words() -> dict[str, dict[str, str]]:
    """Every sentence by language and key; a key of a table of the verifier is `table:code`."""
    keyed = {f"{table}:{code}": text for table, texts in _TABLES.items() for code, text in texts.items()} | OWN
    return {lang: {key: words(lang).gettext(text) for key, text in keyed.items()} for lang in LANGUAGES}

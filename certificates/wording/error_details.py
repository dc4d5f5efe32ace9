"""What the libraries and the system refuse, in the language of the person who called a command.

The errors of `erasure` and of this package are written in English where they are raised; each sentence that a command
line can meet stands here once more as a pattern. One that is not listed is shown as it is. English stays as it is.
"""

from typing import Final

from certificates.language import mark as _
from certificates.wording import words
from certificates.wording.details import FACT, detail_words, pattern
from certificates.wording.technical import technical_words

ERRORS: Final = (
    # of a policy, by the engine
    _("there is no erase method called {name}"),
    _("there is no policy {name}; there are: {known}"),
    _("the policy file is no TOML: {error}"),
    _("policy {name} has unknown members"),
    _("policy {name} needs a version of 1 or more"),
    _("policy {name} needs a list of methods"),
    _("policy {name} requires CLEAR or PURGE"),
    _("policy {name}: opt_in lists methods of the policy, crypto_first is true or false"),
    _('policy {name} verifies neither in "full" nor by a "sample" with its sample_sectors'),
    # trust, envelopes and canonical JSON (this package)
    _("key {key} is not in the trust file"),
    _("key {key} occurs twice"),
    _("key {key}: the public key has another id"),
    _("too large for a trust file"),
    _("the trust file {file} cannot be used: {error}"),
    _("not a trust file: {error}"),
    _("not a root file: {error}"),
    _("a policy has the type {wanted}, not {found}"),
    _("exactly one signature is needed"),
    _("exactly the members {names} are needed"),
    _("keyid must be 64 lower-case hex digits"),
    _("malformed payloadType"),
    _("a signature has 64 bytes"),
    _("base64 text expected"),
    _("base64: {error}"),
    _("another spelling of base64 than the padded standard one"),
    _("{n} bytes, at most {most}"),
    _("not JSON of the allowed kind: {error}"),
    _("another form than the canonical one"),
    _("a member occurs twice"),
    _("not an integer: {text}"),
    _("schema: a document of the schema {schema} expected"),
    _("policy: a name and its members expected"),
    # checkpoints, proofs and their keys
    _("not a verifier key of this project"),
    _("not a verifier key: {error}"),
    _("not a signed note"),
    _("malformed signature line"),
    _("a checkpoint has exactly three lines: origin, size, root"),
    _("a checkpoint of another log"),
    _("a root has 32 bytes"),
    _("the log has not signed this checkpoint"),
    _("the signature of {name} does not match"),
    _("the new tree does not continue the old one"),
    _("the proof is too long"),
    _("the proof is too short"),
    _("trees of one size must be the same"),
    _("the proof file {file} is empty"),
    # key files
    _("{file}: not a key file of this project"),
    _("{file}: the key is not the one its header names"),
    _("{file}: no readable private key"),
    _("{file}: not an Ed25519 key"),
    _("{file}: mode {mode}, but only its owner may read a key (0600)"),
    # what the system says of a file
    _("No such file or directory"),
    _("Permission denied"),
    _("Is a directory"),
    _("Not a directory"),
    _("File exists"),
    _("File name too long"),
    _("Read-only file system"),
    _("No space left on device"),
    _("Input/output error"),
    _("Operation not permitted"),
    _("Device or resource busy"),
    _("too large"),
    _("another program wrote into it"),
    # what a statement cannot carry
    _("{member}: control character"),
    _("{member}: {n} characters; {least} to {most} are allowed"),
    # of a drive; before the sentences that are little more than a colon
    _("{path} is in use: {holders_fact}"),
    _("[Errno {number}] {system_fact}: {file}"),
    _("[Errno {number}] {system_fact}"),
    _("{system_fact}: {file}"),
    _("{file}: {system_fact}"),
)


ERROR: Final = "error"  # a place for what another library said: in its words when nobody knows better
DEEPEST: Final = 4  # errors inside one another; what is only full of colons is none


def error_words(error: object, lang: str, deep: int = DEEPEST) -> str:
    """Say an error of a library in a language; one that is not listed, and English, stay letter for letter."""
    text = str(error)
    if lang == "en" or not deep:
        return text
    for sentence in ERRORS:
        match = pattern(sentence).fullmatch(text)
        if match is None:
            continue
        facts = match.groupdict()
        inner = {name: error_words(value, lang, deep - 1) for name, value in facts.items() if name.endswith(FACT)}
        if all(inner[name] != facts[name] for name in inner):  # what is only a colon between two words is no error
            facts |= {name: error_words(facts[name], lang, deep - 1) for name in facts.keys() & {ERROR}}
            return words(lang).gettext(sentence).format(**(facts | inner))
    return technical_words(text, lang) or detail_words(text, lang)

"""What the hub refuses on a command line, in the language of the person.

Errors of the hub are written in English where they are raised; those that only a command can meet stand here once more
as patterns. What is not listed is tried as a sentence of the pages, as an error of the libraries, and stays otherwise.
"""

from typing import Final

from certificates.language import mark
from certificates.wording.details import pattern
from certificates.wording.error_details import error_words
from hub.pages.sentences import in_words
from hub.wording import page_words

OF_RUNNING: Final = (
    mark("{name} must start with https:// or http:// and name a host, not {address}"),
    mark("{name} must start with https://, not {address}"),
    mark("ETABLI_OIDC_ISSUER needs ETABLI_OIDC_CLIENT and ETABLI_OIDC_SECRET_FILE beside it"),
    mark("ETABLI_SMTP_HOST needs one plain e-mail address in ETABLI_MAIL_FROM"),
    mark("a password is not sent to a mail server without TLS: set ETABLI_SMTP_TLS"),
    mark("ETABLI_SMTP_TLS is starttls, tls or none, not {word}"),
    mark("ETABLI_SMTP_PORT is a number from 1 to {last}, not {text}"),
    mark("{setting}: {file} cannot be read"),
    mark("no identity provider is set: see ETABLI_OIDC_ISSUER"),
    mark("a subject is 1 to 255 printable characters"),
    mark("this subject is linked to somebody else"),
    mark("the retention file is no TOML: {detail}"),
    mark("the retention file needs a name and a version"),
    mark("the retention file has the tables days and years"),
    mark("the retention file names what the hub does not know: {names}"),
    mark("the retention file: the waste register is kept {least} years at least"),
    mark("the retention file: {kind} is {least} to {most} whole days"),
    mark("name who issues the certificates: --issuer NAME, or call `init` in a terminal to be asked"),
    mark("this is no SIRET: 14 digits whose check digit fits"),
    mark("nothing was made: call `init` again when you are ready"),
    mark("nobody answers: nothing was made"),
    mark("the hub is not fit for work: {problems}"),
    mark("ETABLI_LOG_SECONDS is a number of seconds from 1 to {last}, not {text}"),
    mark("{file} is missing: show the newest checkpoint that a bench or a witness has"),
    mark("a checkpoint of {signed} entries was signed, and this database has {size}"),
    mark("the log is frozen: {reason}"),
    mark("this database knows no log {origin}: it is older than the checkpoint"),
    mark("this is no checkpoint that this hub signed: {detail}"),
    mark("the log does not hold; faults, listed above: {count}"),
    mark("{folder} holds no exported log: make one with `etabli-hub log export`"),
    mark("there is no log yet: it begins when the hub serves"),
    mark("the log was not frozen: nothing was changed"),
    mark("{file} holds no checkpoint"),
)
OF_KEYS: Final = (
    mark("nothing was done"),
    mark("there is no {folder} here: a paper key is never written to a disk"),
    mark("the root file does not know the log {origin}: name its key, and begin under that address"),
    mark("line {number} of the paper key: its number, 16 digits and 4 more, as on the sheet"),
    mark("line {number} of the paper key: one of its digits is wrong"),
    mark("this is a key of a rehearsal: it signs nothing real, nor a real one in a rehearsal"),
    mark("this is not the line of this sheet: nothing was kept, begin again"),
    mark("in this network two people decide about keys: write a request with `etabli-hub key registry`"),
    mark("in this network two people sign: name the request to make, --request FILE"),
    mark("nobody has signed this request yet: `etabli-hub key registry sign`"),
    mark("another person has signed this request: approve it, `etabli-hub key registry approve`"),
    mark("two people have signed this request already: bring it to the hub"),
    mark("the second signature is another person's: this one has signed already"),
    mark("the key that signed this change decides about nothing any more: write the request anew"),
    mark("this registry key is none of those that the root file of this hub names"),
    mark("a demo key never signs for a real workshop, nor a real key in a demo"),
    mark("a key of a rehearsal or a demo is never one of a real workshop"),
    mark("this root file is of another hub, or of a rehearsal: it does not name the key of this one"),
    mark("this hub has a root file already: write the next version with `key root draft`"),
    mark("this hub has no root file yet: `key root first` or `key root draft`"),
    mark("the root file does not name {name}: it names {names}"),
    mark("a registry key is never kept on the hub: name a folder of your own"),
    mark("a key is named by its first digits, {n} at least"),
    mark("{n} keys begin with {digits}"),
    mark("the registry does not know the key {kid}"),
    mark("the registry knows the key {kid} already: it is {state}"),
    mark("no bench asks to join with the key {kid}"),
    mark("the key {kid} is {state} already"),
    mark("the key {kid} is not in use: nothing replaces it"),
    mark("the log has no entry {index} in a shard {shard}"),
    mark("this request is for another hub"),
    mark("this is no request for a change of a key: {detail}"),
    mark("this statement does not follow the last one of its key: write the request anew, and sign again"),
    mark("no ceremony {name}: {names}"),
    mark("the root file in force does not name the next key of the log: etabli-hub key root replace"),
    mark("this root file does not exchange the key of the hub: etabli-hub key root replace"),
    mark("another person approves this request first: `etabli-hub key registry approve`"),
    mark("this request does not say that the key of the hub may be in other hands"),
    mark("no next key was made here yet: {word}"),
    mark("the next key cannot be read: {detail}"),
    mark("say all of it: --compromised, --last-good-seq, --last-good-index and --shard, or a request"),
)
OF_WITNESSES: Final = (
    mark("{file} is not there: a witness without its memory must not go on; make another one"),
    mark("there is a witness in {folder} already"),
    mark("there is no witness in {folder}: etabli-hub witness init"),
    mark("{name} is no name for a witness: no blank and no +, 200 characters at most"),
    mark("this is no key of a log: {detail}"),
    mark("this is the key of a witness, not of a log"),
    mark("this is no key of a witness: {detail}"),
    mark("this is the key of a log, not of a witness"),
    mark("this key is asked already, as {name}: one key is one witness"),
    mark("at most {most} witnesses are asked"),
    mark("there is no such witness"),
    mark("the log {origin} is known under another key: a witness never exchanges one"),
    mark("this is no checkpoint"),
    mark("this is no checkpoint of a log that this witness knows"),
    mark("this checkpoint does not hold: {detail}"),
    mark("too large for a checkpoint"),
)
REFUSALS: Final = (
    mark("{folder} holds no hub: run `etabli-hub init` first"),
    mark("{folder} holds a hub already; its key is never replaced"),
    mark("{file} cannot be read: {detail}"),
    mark("a hub needs a name and an issuer"),
    mark("this hub has a real key: it takes no simulated statements; make a demo hub in another folder"),
    mark("ETABLI_PUBLIC_URL must start with http:// or https://, not {address}"),
    mark("this hub is on PostgreSQL: use pg_dump --format=custom"),
    mark("no backup was made at {file}: {detail}"),
    mark("{file} exists already"),
    mark("{file} is no whole backup: {detail}"),
    mark("{file} was made by a newer version of this program: update it first"),
    mark("{file} is the backup of another hub"),
    mark("a hub runs on this data: stop it first"),
    mark("{file} is no TOML: {detail}"),
    mark("{file} holds one table, named like the policy"),
    mark("a token lives 1 to {n} minutes"),
    mark("the two passwords differ: nothing was changed"),
    mark("no password was given: nothing was changed"),
    mark("a port is a number from 0 to 65535, not {port}"),
    mark("nobody has the address {address}"),
    mark("port {port} of {host} is taken already: choose another with --port"),
    mark("nothing can listen on {host}, port {port}: {detail}"),
    mark("no network {name}: check the spelling on the page of the partners, or record it there first"),
    mark("role {role} goes without {option}: leave it out, or choose another role"),
    mark("role {role} needs {option} NAME: say to whom the account belongs"),
    mark("no partner {name}: check the spelling on the page of the partners, or record it there first"),
    mark("{address} has no badge"),
    mark("this badge is somebody else's"),
    mark("a badge is named by the SHA-256 of its token: 64 small hex digits"),
    mark("a policy cannot be called {name}"),
    mark("the benches have version {version} of {name}: raise its version"),
    mark("no policy {name} is handed to the benches"),
    mark("this is no file of statements: make one with `etabli-station export FILE`"),
    mark("more than {n} damaged places: this is no file of statements"),
    mark("{file} is no regular file"),
    mark("this is no envelope of a statement"),
    mark("this hub does not know the key"),
    mark("a station does not sign this kind of statement"),
    mark("this hub keeps no simulated statements"),
    mark("this demonstration hub keeps simulated statements"),
    mark("this contradicts the chain of this key: the station is locked until people looked at it"),
    mark("this station is locked: its statement is kept, not counted"),
    mark("this station is pending"),
    mark("this station is refused"),
    mark("not every statement was taken: the list above says which and why"),
    *OF_RUNNING,
    *OF_KEYS,
    *OF_WITNESSES,
)


def refusal_words(text: str, lang: str) -> str:
    """Say a refusal in a language; English, and what is not listed, stay letter for letter."""
    if lang == "en":
        return text
    for sentence in REFUSALS:
        found = pattern(sentence).fullmatch(text)
        if found is not None:
            facts = {name: error_words(value, lang) for name, value in found.groupdict().items()}
            return page_words(lang).gettext(sentence).format(**facts)
    said = in_words(text, lang)
    return error_words(text, lang) if said == text else said

"""Sentences that services say in English, in the reader's language.

Services know no language: they raise or return one English sentence. Each of them stands here once more as a pattern
with named places; a sentence that is not listed is shown as it came.
"""

import re
from functools import cache

from hub import wording
from hub.lots import listing
from hub.pages.distribution_sentences import DISTRIBUTION_SENTENCES
from hub.pages.distribution_words import STATES
from hub.pages.exit_sentences import EXIT_SENTENCES
from hub.pages.formats import day_text
from hub.pages.import_sentences import IMPORT_SENTENCES
from hub.pages.language import mark, words
from hub.pages.log_sentences import LOG_SENTENCES
from hub.pages.lot_sentences import LOT_SENTENCES
from hub.pages.partner_sentences import PARTNER_SENTENCES
from hub.pages.partner_words import STEPS
from hub.pages.pool_words import POOL_SENTENCES
from hub.pages.running_sentences import RUNNING_SENTENCES
from hub.pages.surplus_sentences import SURPLUS_SENTENCES

SENTENCES = (
    mark("sign in first"),
    mark("your role may not do this"),
    mark("this form is too old: load the page again"),
    mark("this request came from another site"),
    mark("This file is too large."),
    mark("no lot %(code)s"),
    mark("write the code of the lot"),
    mark("no such device"),
    mark("no such certificate"),
    mark("no credential is made of a certificate that does not hold"),
    mark("no credential is made of a certificate against which something was found"),
    mark("no such station"),
    mark("no such statement"),
    mark("nobody is named for messages about security"),
    mark("this station is %(state)s"),
    mark("a lot code has 1 to 32 letters, digits or - _ . #"),
    mark("lot %(code)s exists already"),
    mark("a donor needs a name"),
    mark("a password needs at least %(n)s characters (15 or more are better)"),
    mark("a password has at most %(n)s characters"),
    mark("this password is among the most common ones"),
    mark("%(address)s is not an e-mail address"),
    mark("%(address)s has an account already"),
    mark("a donor account, and only that, belongs to a donor"),
    mark("a coordinator account, and only that, belongs to a network"),
    mark("choose the partner for whom this person works"),
    mark("only people who work for a partner belong to one"),
    mark("choose where this person belongs from the list"),
    mark("only the workshop that runs this hub may do this"),
    mark("too many bytes"),
    mark("the request came too slowly"),
    mark("somebody else did the same at this moment: look how it stands, then try again"),
    mark("too many attempts: try again in %(n)s s"),
    mark("this is not your password"),
    mark("this link was used already or is too old: ask the workshop for a new one"),
    mark("this sign-in took too long or had too many wrong codes: begin again"),
    mark("this code is not the one of now: wait for the next one and check the clock of the telephone"),
    mark("the second factor is on already: turn it off first"),
    mark("this is the last administrator: give somebody else that role first"),
    mark("no such session"),
    mark("no such person"),
    mark("no such donor"),
    # decisions
    mark("no such erasure"),
    mark("%(who)s decided already: %(decision)s"),
    mark("%(verdict)s cannot be certified"),
    mark("tie this drive to a lot first"),
    mark("whoever ran the erasure does not approve it"),
    mark("a rejection needs a reason"),
    mark("a reason has at most %(n)s characters"),
    mark("somebody else may have had the key that signed this erasure: erase it again"),
    mark("the station of this erasure is locked by an alarm: look at it first"),
    mark("the same bench ran this drive again and it ended as %(verdict)s: erase it again"),
    mark("write a remark that says why this run counts: %(doubts)s"),
    mark("this run arrived on %(moment)s, but lot %(code)s only on %(since)s"),
    mark("by the clock of its bench this run began on %(moment)s, but lot %(code)s arrived on %(since)s"),
    mark("a later run of this drive ended as %(verdict)s"),
    mark("somebody read this drive again on %(moment)s and it was not clean: this run may be from before"),
    mark("the station of this run was turned away by a person"),
    mark("somebody else may have had the key that signed the last decision about this run"),
    mark("smartctl and pySMART name another %(field)s for this drive: read its label"),
    mark("no such drive"),
    mark("this drive belongs to a lot already"),
    mark("no device %(tag)s in lot %(code)s"),
    mark("no such open alarm"),
    mark("this drive has a lot already: say why it belongs elsewhere, in words if need be"),
    mark("the law keeps a label from saying %(claim)s: write it without"),
    # grades
    mark("choose a letter of the policy in force"),
    mark("another letter needs a reason, in words where it is none of the list"),
    mark("the computed letter is %(letter)s already"),
    mark("no person gave this diagnosis another letter"),
    mark("no such diagnosis"),
    mark("this policy cannot be used: policy: no TOML at line %(line)s, column %(column)s"),
    mark("this policy cannot be used: policy: no TOML"),
    mark("this policy cannot be used: policy: no text in UTF-8"),
    mark("this policy cannot be used: policy: %(member)s is missing"),
    mark("this policy cannot be used: policy: the law bans the word %(word)s"),
    mark("this policy cannot be used: %(problem)s"),
    mark("%(name)s version %(version)s exists with other rules: raise its version"),
    mark("this policy is in force already"),
    mark("no policy of the site is in force"),
    mark("no such policy"),
    # certificates that count no more
    mark("choose why the certificate counts no more"),
    mark("say in words why the certificate counts no more"),
    mark("somebody asked for this already: another lead has to agree"),
    mark("whoever asks for it does not agree to it: another lead does"),
    mark("nobody asks for it any more: look how it stands"),
    mark("this certificate counts no more already"),
    mark("this is not the certificate of this run that is in force"),
    mark("something was found of this drive since: take the certificate back, then decide once more"),
    # what benches are told
    mark("lot %(code)s is over: nothing of it is erased any more"),
    mark("no pre-approval of this lot is in force"),
    mark("choose a policy that the benches may use"),
    mark("a countdown has %(least)s to %(most)s seconds"),
    mark("a pre-approval holds for 1 to %(most)s hours"),
    mark("a serial number has 1 to %(most)s printable ASCII characters"),
    mark("%(serial)s is protected already"),
    mark("no such protected serial number"),
    mark("a message needs a text and a severity"),
    mark("a message is shown for 0 to %(most)s days"),
    mark("no such message"),
    # lists
    mark("this file is no text in UTF-8 or Windows-1252"),
    mark("this list is too large: split it"),
    mark("this list has %(n)s rows; %(most)s at most: split it"),
    mark("the first line must name a column: étiquette, numéro de série or disque série"),
    mark("the first line names one column twice"),
    mark("line %(line)s: %(problem)s"),
    mark("more cells than the first line"),
    mark("hidden or control characters in %(column)s"),
    mark("%(column)s is too long"),
    mark("no tag and no serial number"),
    mark("this file is a spreadsheet: save it as CSV and choose that file"),
    mark("this file is text in UTF-16: save it as CSV in UTF-8"),
    mark("unknown kind %(kind)s: write one of %(kinds)s"),
    mark("same as line %(line)s"),
    mark("it belongs to another lot"),
    mark("serial %(serial)s carries another tag (%(tag)s)"),
    mark("%(column)s is %(here)s here and %(there)s in the list"),
    mark("%(serial)s is no usable drive serial"),
    mark("drive %(serial)s belongs to another lot"),
    mark("drive %(serial)s sits in another device"),
    *LOG_SENTENCES,
    *LOT_SENTENCES,
    *EXIT_SENTENCES,
    *PARTNER_SENTENCES,
    *RUNNING_SENTENCES,
    *SURPLUS_SENTENCES,
    *POOL_SENTENCES,
    *IMPORT_SENTENCES,
    *DISTRIBUTION_SENTENCES,
)
# facts that are words of ours, not of a person: place in the sentence, word as a service says it, word for people
OURS = {
    "work": STEPS,
    "state": {word.value: entry[2] for word, entry in STATES.items()},
    "field": {"model": mark("model"), "serial number": mark("serial number"), "capacity": mark("capacity")},
    "column": {"maker": mark("Maker"), "model": mark("Model"), "serial": mark("Serial number")},
    "before": {state.value: entry[2] for state, entry in wording.LOT_STATES.items()},
    "after": {state.value: entry[2] for state, entry in wording.LOT_STATES.items()},
    "kinds": {", ".join(listing.KINDS): mark("laptop, desktop, screen, phone, tablet, drive, parts")},
}

SENTENCES_WITHIN = frozenset({"problem"})  # places that hold another sentence of a service


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", sentence)
    marked = (f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    return re.compile("".join(marked), re.DOTALL)


def in_words(text: str, lang: str) -> str:
    """Say a service's sentence in `lang`; an unlisted one stays as it is."""
    for sentence in SENTENCES:
        found = _pattern(sentence).fullmatch(text)
        if found is not None:
            say = words(lang).gettext
            facts = {name: _fact(name, fact, lang) for name, fact in found.groupdict().items()}
            return say(sentence) % facts if facts else say(text)
    return text


def _fact(name: str, fact: str, lang: str) -> str:
    """A fact of a sentence: a word of ours, another sentence of a service, a day, or as a person wrote it."""
    if name in SENTENCES_WITHIN:
        return in_words(fact, lang)
    if name == "day":
        return day_text(fact, lang)
    return str(words(lang).gettext(OURS[name].get(fact, fact))) if name in OURS else fact

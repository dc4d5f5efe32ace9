"""The fact behind a reason, in the language of the reader.

The engine writes facts in English and statements keep them so: what is signed never changes with the reader. Each
sentence of the engine stands here once more as a pattern with named places; one that is not listed is shown as it is.
"""

import re
from functools import cache

from certificates.language import mark as _
from certificates.wording import area_words, words
from certificates.wording.drive_details import DRIVE_DETAILS, TERMS

# The first pattern that fits is taken: a sentence stands before a shorter one that would swallow it.
DETAILS = (
    _("{n} sectors not written, first at LBA {lba}"),
    _("{n} sectors not readable, first at LBA {lba}"),
    _("{n} sectors not as written, first at LBA {lba}"),
    _("{n} sectors not as written"),
    _("{n} sectors not readable"),
    _("{n} of {total} sectors were compared"),
    _("{n} of {total} bytes are known to be written"),
    _("gave up at LBA {lba} after {n} bad sectors"),
    _("gave up after byte {byte}: {n} sectors cannot be read"),
    _("gave up after byte {byte}: {n} separate ranges do not match"),
    _("flush failed with {error}"),
    _("LBA {lba} does not hold the mark that was written to it"),
    _("LBA {lba} holds the mark of LBA {owner}: addresses wrap around, the true capacity is smaller"),
    _("the write pass ended: {error}"),
    _("the read-back could not begin: {error}"),
    _("the drive cannot be read: {error}"),
    _("the drive cannot be examined: {error}"),
    _("{n} of {total} marks and old contents are still there, {fact}"),
    _("{n} sectors still as before, first at LBA {lba}"),
    _("no marks were planted before the erase: {fact}"),
    _("it was started elsewhere"),
    _("the drive took no marks"),
    _("{n} of {total} marks and old contents cannot be read, {fact}"),
    _("{n} of {total} marks did not stand before the erase"),
    _("only {n} marks and old contents could be looked for, of {total} places: nobody can know"),
    _("the drive reports purges, and does not report this one: PRGD 0"),
    _("the kernel shows {bytes} bytes, the drive has {told}"),
    _("{marked} were marked, {found} are there"),
    _("the marks could not be written: {error}"),
    _("the drive did not say how it ended"),
    _("the command was not seen to be taken, nor the drive at work on it"),
    _("the drive does not say that it succeeded"),
    _("the drive reports another action than the one asked for"),
    _("an overwrite is read back, marks are not enough"),
    # progress of an interrupted run
    _("stopped on request, {n} of {total} bytes written"),
    _("stopped on request, {n} of {total} bytes verified"),
    _("stopped on request during the address probe"),
    _("given up after an interruption, {n} of {total} bytes written"),
    _("given up after an interruption: the drive was told to erase itself, and nobody saw how it ended"),
    # identity and size
    _("{what} was {old}, is {new}"),
    _("the drive could not be identified at the end"),
    _("no serial number"),
    _("two drives show this serial number"),
    _("the serial number is blank"),
    _("{name} has the same serial number {serial}"),
    _("{name} has the same world-wide name {wwn}: one drive, two paths?"),
    _("{name} is another disk now: sequence {now}, not {then}"),
    _("{now} bytes now, {then} before after {cause}"),
    _("{now} bytes now, {then} before"),
    _("{now} bytes at the end, {then} at the start"),
    _("{now} bytes on the open device, {then} in sysfs"),
    _("{name} has size 0: no medium, or a dead drive"),
    _("size is 0 after {cause}"),
    _("size unreadable after {cause}: {error}"),
    _("the drive has no sectors"),
    # areas that an overwrite does not reach
    _("HPA {hpa}, DCO {dco}, AMA {ama}"),
    _("HPA {state}"),
    _("DCO {state}"),
    _("AMA {state}"),
    _("native capacity {native} bytes, visible {visible}"),
    _("{native} bytes native, {visible} visible"),
    _("namespace {nsid} ({state}) is a separate area of the drive"),
    _("{what} is a separate area of the drive"),
    _("unallocated capacity of {n} bytes"),
    _("the namespaces of the controller could not be counted"),
    # what protects a drive
    _("mounted on {place} ({name})"),
    _("swap on {path} cannot be traced to its disk"),
    _("swap on {name}"),
    _("held by {name}"),
    _("it is being erased"),
    _("holds {file}, the file behind {name}"),
    _("{source}, mounted on {place}, cannot be traced to its disk"),
    _("the boot loader was started from it ({name})"),
    _("the system was started with {words} ({name})"),
    _("it carries the label {label} of a bench stick ({name})"),
    _("it carries the label {label} of a hub ({name})"),
    _("it carries the image {image} of this system ({name})"),
    _("this is a live system and the medium that it was started from is not found"),
    _("{name} is read-only"),
    _("the drive refuses writes"),
    _("the kernel refuses writes to this drive"),
    _("{name} refuses writes"),
    _("{name} is a partition of {disk}: name the whole disk"),
    _("{name} is only a path of a multipath drive"),
    _("{name} is no drive that this bench erases"),
    _("{name} is a loop device"),
    _("loop devices are not allowed here"),
    _("{name} is a volume of a RAID controller"),
    _("{name} is a volume of a RAID controller ({level})"),
    _("{name} is shared storage ({what})"),
    _("a ZFS pool is in use and {name} may be a member of it"),
    _("{name} is on the list of protected drives"),
    _("the list of protected drives cannot be read"),
    # methods
    _("policy {policy} prefers {method}"),
    _("policy {policy} requires Purge, this earns Clear"),
    _("policy {policy} does not name it"),
    _("{method} does not apply to this drive: {fact}"),
    _("{method} was asked for"),
    _("policy {policy} uses {method} only when a person allows it"),
    _("unknown method {method}"),
    _("not built yet"),
    _("the drive is not locked"),
    _("known to fail on this model ({issue})"),
    _("opens a locked drive, and an erase has to follow"),
    _("reads and writes are refused until the drive is unlocked"),
    _("the drive is protected"),
    _("and {n} more, which the evidence names"),
    _("Opal keeps it locked: erase it with the PSID of its label"),
    _("a run of {name}, the same drive, is open: it goes first"),
    _("serial {serial} is known to be shared ({issue})"),
    _("{model} is a remote-management medium ({issue})"),
    _("zones: {zones}"),
    _("logical sectors of {n} bytes"),
    _("sectors of {logical} and {physical} bytes disagree"),
    _("sectors of {n} bytes"),
    _("{n} bytes are no whole number of sectors"),
    # what the bench and its kernel say
    _("LBA {lba} holds the mark of LBA {owner}: addresses wrap around, the capacity is not real"),
    _("first at LBA {lba}"),
    _("one at LBA {lba} of {name}"),
    _("{n} old contents were looked for"),
    _("stopped on request while canaries were planted on disk {n}"),
    _("stopped on request while canaries were looked for"),
    _("stopped on request: the drive goes on by itself and is found again"),
    _("the drive left before the end of its erase ({fact}): the run stays open"),
    _("the drive left ({fact}): the run stays open"),
    _("the kernel shows no capacity of the drive, and its erase did not end well ({fact}): the run stays open"),
    _("the run stays open until they agree: if that stays so, plug the drive in again"),
    _("another sanitize has begun on the drive: the run stays open"),
    _("stopped on request while the kernel does not show the capacity: the run stays open"),
    _("the drive left: {fact}"),
    _("the run stays open, it is not taken up again on this drive: {fact}"),
    _("{path}: hidden areas are being removed"),
    _("switch the drive off and on, then erase again"),
    _("nothing heard of {path} for {seconds} s"),
    _("worker of {path} {fact}"),
    _("killed by signal {n}"),
    _("killed: it did not stop when asked"),
    _("ended with code {n}"),
    _("no worker could be started for {path}: {error}"),
    _("run {run} is under way"),
    _("{path}: what else lies on this drive cannot be told: {error}"),
    _("{path} cannot be opened: {error}"),
    _("{path} is in use: {holders_fact}"),
    _("cannot read {path}: {fact}"),
    _("the kernel knows no block device {number}"),
    _("{path} is not a block device"),
    _("{path} is now {now} sequence {seq}, not {then}"),
    _("{name} is another disk than the open one"),
    _("locked by another program"),
    _("locked by {name}"),
    _("program {name} ({pid})"),
    _("its controller is not there"),
    _("malformed line {text}"),
    _("{text} is no number"),
    _("no device number"),
    _("its heading is missing"),
    _("holder unknown"),
    _("{name} is no disk: SCSI device type {what}"),
    _("{name} carries {kind}: another host may be using it"),
    _("the same drive holds {name}: {fact}"),
    _("{key} of the kernel command line is not found"),
    _("{name} is backed by {file}, which cannot be traced to its disk"),
    _("{name} writes back to {file}, which cannot be traced to its disk"),
    _("the serial number {serial} is too short"),
    _("the serial number {serial} is all zeros"),
    _("the serial number {serial} is a placeholder"),
    _("the serial number {serial} is a repeated pattern"),
    _("the serial number {serial} only counts"),
    _("the drive calls itself {what}, the kernel heard {other_what}"),
    _("the drive tells firmware {what}, the kernel heard {other_what}"),
    _("the drive tells world-wide name {what}, the kernel heard {other_what}"),
    _("{what}: {old} planned, {new} found"),
    _("Two readers disagree about the {what} of drive {serial}: {one} or {other}."),
    _(
        "smartctl and pySMART disagree about the {what} of drive {serial}: read its label. If it is this drive, a "
        "person says so with --label-read {other}."
    ),
    _("nothing is planned for this drive: it was refused"),
    _("the drive is protected: {fact}"),
    _("the plan was made for other facts: {fact}"),
    _("nobody confirmed: a name is needed"),
    _("the serial typed, {typed}, is not that of the drive, {serial}"),
    _("this clearance was used already: one clearance, one run"),
)
VAGUE = (  # so open that they come last
    _("{command}: {fact}, then {other_fact}"),
    _("{number} is {now}, not {name}"),
    _("{n} bytes"),
)
SENTENCES = (*DETAILS, *DRIVE_DETAILS, *VAGUE)
JOINT = "; "  # between the facts of one reason
NO_BREAK_JOINT = "\u00a0; "  # the same in French
VOWELS = tuple("aâeéèêiîoôuy")
FACT, TERM = "fact", ("what", "done", "area")


def detail_words(detail: str, lang: str) -> str:
    """Say the facts behind a reason; English, and a fact that is not listed, stay letter for letter."""
    if lang == "en":
        return detail
    return NO_BREAK_JOINT.join(_sentence(part, lang) for part in detail.split(JOINT))


def known(detail: str) -> bool:
    """Say whether every fact of a detail is listed here."""
    return all(_found(part) is not None for part in detail.split(JOINT))


def _found(detail: str) -> tuple[str, re.Match[str]] | None:
    tried = ((sentence, pattern(sentence).fullmatch(detail)) for sentence in SENTENCES)
    return next(((sentence, match) for sentence, match in tried if match is not None), None)


def _sentence(detail: str, lang: str) -> str:
    found = _found(detail)
    if found is None:
        return detail
    sentence, match = found
    facts = {name: _place(name, value, lang) for name, value in match.groupdict().items()}
    return elided(words(lang).gettext(sentence), facts, lang).format(**facts)


def elided(sentence: str, facts: dict[str, str], lang: str) -> str:
    """Shorten "de" before a place that a vowel follows in: "n’annonce pas d’effacement", as French does."""
    for name, value in facts.items() if lang == "fr" else ():
        if value[:1].lower() in VOWELS:
            sentence = sentence.replace(f" de {{{name}}}", f" d’{{{name}}}")
    return sentence


def _place(name: str, value: str, lang: str) -> str:
    """Say what stands in one place: a sentence in its turn, a term, the state of a hidden area, or a word as it is."""
    if name.endswith(FACT):
        return _sentence(value, lang)
    if name.endswith(TERM) and value in TERMS:
        return words(lang).gettext(value)
    return area_words(value, lang)


@cache
def pattern(sentence: str) -> re.Pattern[str]:
    """Give the expression that finds the facts of a sentence by the names of their places."""
    pieces = re.split(r"\{(\w+)\}", sentence)
    marked = (f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    return re.compile("".join(marked), re.DOTALL)

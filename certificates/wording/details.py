"""The fact behind a reason, in the language of the reader.

The engine writes facts in English and statements keep them so: what is signed never changes with the reader. Each
sentence of the engine stands here once more as a pattern with named places; one that is not listed is shown as it is.
"""

import re
from functools import cache

from certificates.language import mark as _
from certificates.wording import area_words, words

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
    _("{n} of {total} marks and old contents are still there, {first}"),
    _("{n} of {total} marks and old contents cannot be read, {first}"),
    _("{n} sectors still as before, first at LBA {lba}"),
    _("no marks were planted before the erase: it was started elsewhere; {n} old contents were looked for"),
    _("no marks were planted before the erase: it was started elsewhere"),
    _("no marks were planted before the erase: the drive took no marks; {n} old contents were looked for"),
    _("no marks were planted before the erase: the drive took no marks"),
    _("{n} of {total} marks did not stand before the erase"),
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
    _("{name} is a separate area of the drive"),
    _("unallocated capacity of {n} bytes"),
    _("the namespaces of the controller could not be counted"),
    _("the drive has more namespaces: {others}; all of them or none"),
    # what protects a drive
    _("mounted on {place} ({name})"),
    _("swap on {path} cannot be traced to its disk"),
    _("swap on {name}"),
    _("held by {name}"),
    _("holds {file}, the file behind {name}"),
    _("{source}, mounted on {place}, cannot be traced to its disk"),
    _("the boot loader was started from it ({name})"),
    _("the system was started with {words} ({name})"),
    _("it carries the label {label} of a bench stick ({name})"),
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
    # methods
    _("policy {policy} prefers {method}"),
    _("policy {policy} requires Purge, this earns Clear"),
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
)


def detail_words(detail: str, lang: str) -> str:
    """Say the fact behind a reason; English, and a fact that is not listed, stay letter for letter."""
    if lang == "en":
        return detail
    for sentence in DETAILS:
        found = _pattern(sentence).fullmatch(detail)
        if found is not None:
            facts = {name: area_words(value, lang) for name, value in found.groupdict().items()}
            return words(lang).gettext(sentence).format(**facts)
    return detail


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", sentence)
    marked = (f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    return re.compile("".join(marked), re.DOTALL)

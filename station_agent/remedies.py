"""What a person can do next: for a drive that is refused or could be erased better, and for each reason of a verdict.

A remedy never says that data is gone, and never does anything by itself. The detail of a reason chooses among the
remedies of its code, and so does how the drive is connected.
"""

import shlex
from collections.abc import Iterable, Sequence
from typing import Final

from certificates.wording.techniques import planned_words
from erasure.drive import BlockDevice, DriveFacts
from erasure.hidden import AreaState
from erasure.methods import METHODS
from erasure.outcome import Level, Reason
from erasure.plan import ErasurePlan
from station_agent.drive_sheet import facts_of, method_rows
from station_agent.language import Voice, mark, visible
from station_agent.planning import Surveyed

OPT_IN: Final = "only when a person allows it"  # how the engine words a method that asks for a person's consent
REQUIRES: Final = "requires Purge, this earns Clear"
ASKED_FOR: Final = " was asked for"  # ... and one that was set aside because a person named another
UNFREEZE: Final = mark(
    "Unfreeze it: `etabli-station unfreeze` (the bench sleeps for some seconds, nothing is erased). If it stays "
    "frozen: pull its power and plug it in again while the bench runs, another port, another machine."
)
UNLOCK: Final = mark(
    "If an erase of ours was cut off: `etabli-station unlock {device} --confirm {serial}`. Otherwise its owner has the "
    "password; without it, destruction."
)
PSID: Final = mark(
    "Opal: give the PSID, 32 characters on its label: `etabli-station erase {device} --psid PSID --confirm {serial}`. "
    "It opens the drive, and the erase follows."
)
WRONG_PSID: Final = mark(
    "Compare the PSID with the label, character by character: O is not 0, I is not 1, it has 32. Better scan its "
    "square code. Then once more: `etabli-station erase {device} --psid PSID --confirm {serial}`. After a few wrong "
    "ones the drive takes none until it was switched off and on."
)
PSID_LATER: Final = mark(
    "Take its power away for 10 seconds, then `etabli-station plan {device}`: it shows whether the drive is open now."
)
EXPIRED: Final = mark("Take its power away for 10 seconds, then try again: it takes passwords again.")
ALLOWED: Final = mark(
    "`--allow {method}` allows {words}: level {level}. It sets a password while it runs: cut off in between, the drive "
    "stays locked until `etabli-station unlock`."
)
OTHER_POLICY: Final = mark("Only Clear is possible here. To accept it, choose another policy: `--policy {policy}`.")
CLEAR_TOO: Final = mark("Or accept Clear, by another policy: `--policy {policy}`.")
ACCEPTS_CLEAR: Final = "purge-preferred"
OTHERS_APPLY: Final = mark("Leave --method out, or name one that applies to this drive: {methods}.")
SHUT_AREA: Final = mark(
    "Its hidden areas did not answer: take its power away for 10 seconds (a restart is not enough), then plan again."
)
ENCLOSURE: Final = mark(
    "If it is a drive in an enclosure or a dock: take it out, connect it directly, then erase it again. Only if it is "
    "the same there, or a stick: destruction."
)
BEHIND_USB: Final = mark(
    "If it is a drive in an enclosure or a dock: take it out, connect it directly, then plan again. A stick stays as "
    "it is."
)
HIDDEN_BEHIND_USB: Final = mark(
    "If it is a drive in an enclosure or a dock: take it out, connect it directly and erase it again: its own answers "
    "count there. For a stick a lead may accept it by name."
)
SEPARATE: Final = mark(
    "No erase reaches it, and a power cycle changes nothing. It is for a lead to accept by name, or for destruction."
)
OTHER_NAMESPACES: Final = mark(
    "Erase the other namespaces of this drive too, or all at once by the drive itself: `etabli-station plan {device}` "
    "names the methods. What belongs to none of them is for a lead to accept, or for destruction."
)
UNALLOCATED: Final = mark(
    "Only a sanitize by the drive itself reaches it, a power cycle changes nothing. If `etabli-station plan {device}` "
    "names none that applies: for a lead to accept, or for destruction."
)
SURVIVED_ON_SEVERAL: Final = mark(
    "Its own erase cannot be trusted, whatever it says. Overwrite every namespace of it, which earns Clear: "
    "`etabli-station erase {disks} --method overwrite.keystream --confirm {serial}`; or destruction."
)
EMPTY_LOG: Final = mark(
    "Its log of a sanitize stays empty, so that its end can never be seen: another sanitize changes nothing. Overwrite "
    "it, which earns Clear: `etabli-station erase {disks} --method overwrite.keystream --confirm {serial}`; or "
    "destruction."
)
NOTHING_TO_SEE: Final = mark(
    "It takes no marks and shows too little to look for: its own erase can never be proven. Try to overwrite it, which "
    "earns Clear: `etabli-station erase {disks} --method overwrite.keystream --confirm {serial}`; or destruction."
)
ODD_SECTORS: Final = mark(
    "Give it sectors that can be read back: `sg_format --format --size=512 {device}` (package sg3-utils; it takes "
    "hours and proves no erasure). Plug it in again, then erase it."
)
LOST_AND_GONE: Final = mark(
    "Nobody saw how its erase ended. Leave it powered until it is quiet, look with `etabli-station disks`, then erase "
    "it again from the start."
)

REMEDIES: Final = {
    "FROZEN": UNFREEZE,
    "LOCKED": UNLOCK,
    "COUNT_EXPIRED": EXPIRED,
    "BRIDGE": BEHIND_USB,
    "RAID_VOLUME": mark("Switch the controller to HBA or AHCI mode, or put the drive on another machine."),
    "IN_USE": mark("Unmount or detach what uses it, then try again; a sanitize that runs has to end first."),
    "BOOT_MEDIUM": mark("It carries the running system. To erase it, start this machine from another medium."),
    "READ_ONLY": mark("Look for a write-protect switch; a worn drive that only reads goes to destruction."),
    "IDENTITY": mark("Compare the label with what is shown here; connect it directly, one drive at a time."),
    "SIZE": mark("Do not trust its capacity: connect it directly. If it stays so, destruction."),
    "HIDDEN_AREA": mark(
        "Take its power away for 10 seconds and erase it again. An area that stays is for a lead to accept, or for "
        "destruction."
    ),
    "ABORTED": mark(
        "Take its power away for 10 seconds and erase it once more. If it refuses again: another method "
        "(`etabli-station plan {device}` names them), or destruction."
    ),
    "STUCK": mark(
        "Leave it powered: a sanitize goes on by itself, even after a power cut. Look again in a few hours with "
        "`etabli-station disks`; if it has not moved after a day, destruction."
    ),
    "STATUS_UNREADABLE": mark(
        "Nobody can know what it did. Take its power away for 10 seconds, look with `etabli-station disks`, and erase "
        "it again. If its end cannot be read once more, overwrite it, or destruction."
    ),
    "WRONG_ACTION": mark("Erase it again; if it answers with another action once more, overwrite it or destroy it."),
    "CANARY_SURVIVED": mark(
        "Its own erase cannot be trusted, whatever it says. Overwrite it, which earns Clear: `etabli-station erase "
        "{device} --method overwrite.keystream --confirm {serial}`; or destruction."
    ),
    "NO_CANARIES": mark(
        "A lead may accept it by name. For a proof by marks, erase it once more, from this bench and from the start."
    ),
    "TRANSPORT": mark("Check cable, adapter and power, take another port, then try again."),
    "HOST_RESET": mark("Check cable and power, then erase it again: what the reset cut off is not known."),
    "DEVICE_LOST": mark("Check cable and power. If it comes back, erase it again; if not, destruction."),
    "MISMATCH": mark("It does not keep what is written to it: destruction."),
    "READ_ERROR": mark("Sectors cannot be read: nobody can show that they are empty. Destruction."),
    "WRITE_ERROR": mark("Sectors cannot be written: what they held may still be there. Destruction."),
    "NOT_IN_LOT": mark("It is on the list of drives that must not be erased: ask the lead."),
}
BY_DETAIL: Final = (  # code, words of the detail, remedy: the first that fits goes before that of the code
    ("LOCKED", "the PSID is not that", WRONG_PSID),
    ("LOCKED", "a PSID has", WRONG_PSID),
    ("LOCKED", "too many wrong PSIDs", WRONG_PSID),
    ("LOCKED", "the drive took the PSID", PSID_LATER),
    ("LOCKED", "it has to be opened first", PSID),
    ("LOCKED", "the PSID of the label was not given", PSID),
    ("HIDDEN_AREA", "unallocated capacity", UNALLOCATED),
    ("HIDDEN_AREA", "(active) is a separate area", OTHER_NAMESPACES),
    ("HIDDEN_AREA", "is a separate area", SEPARATE),
    ("HIDDEN_AREA", "boot partition", SEPARATE),
    ("HIDDEN_AREA", "general purpose partition", SEPARATE),
    ("HIDDEN_AREA", "RPMB", SEPARATE),
    ("SIZE", "cannot be read back: format the drive", ODD_SECTORS),
    ("STATUS_UNREADABLE", "knows of no sanitize", EMPTY_LOG),
    ("NO_CANARIES", "could be looked for", NOTHING_TO_SEE),
    ("STATUS_UNREADABLE", "given up after an interruption", LOST_AND_GONE),
)
BEHIND: Final = {  # a bridge may have done it: the drive is judged only once it is connected directly
    **dict.fromkeys(("MISMATCH", "READ_ERROR", "WRITE_ERROR", "SIZE", "STATUS_UNREADABLE", "ABORTED"), ENCLOSURE),
    "HIDDEN_AREA": HIDDEN_BEHIND_USB,
}

NOT_THERE: Final = ("DEVICE_LOST", "SIZE")  # then no sector is bad by itself: the drive was not there to take it
OF_SECTORS: Final = ("WRITE_ERROR", "READ_ERROR")


def remedies(
    voice: Voice, reasons: Iterable[tuple[str, str]], device: BlockDevice, disks: Sequence[str] = ()
) -> list[str]:
    """Say what to do about reasons (code, detail), once each, in their order; those without a remedy say nothing here.

    `disks` are the paths of the other namespaces of the same drive.
    """
    known = list(reasons)
    lost = any(code in NOT_THERE for code, _ in known)
    told = [(code, detail) for code, detail in known if not (lost and code in OF_SECTORS)]
    chosen = dict.fromkeys(one for code, detail in told if (one := _remedy(code, detail, device, disks)))
    named = {"device": device.path, "serial": shlex.quote(visible(device.identity.serial))}
    return [voice.say(one, **named, disks=" ".join((device.path, *disks))) for one in chosen]


def remedy_for(code: str, detail: str, device: BlockDevice, disks: Sequence[str] = ()) -> tuple[str, dict[str, str]]:
    """Give the remedy of one reason, "" where there is none, and the facts that fill its braces."""
    named = {"device": device.path, "serial": visible(device.identity.serial)}
    return _remedy(code, detail, device, disks), {**named, "disks": " ".join((device.path, *disks))}


def _remedy(code: str, detail: str, device: BlockDevice, disks: Sequence[str]) -> str:
    if device.identity.bus == "usb" and code in BEHIND:
        return BEHIND[code]
    if code == "CANARY_SURVIVED" and disks:
        return SURVIVED_ON_SEVERAL
    special = (one for known, words, one in BY_DETAIL if known == code and words in detail)
    return next(special, REMEDIES.get(code, ""))


def next_steps(voice: Voice, drive: Surveyed, decisive: tuple[Reason, ...]) -> list[str]:
    """Say what could be done about a drive before it is erased: what opens it, and what would earn more."""
    named = {"device": drive.device.path, "serial": shlex.quote(visible(drive.serial))}
    facts = facts_of(drive)
    opened = isinstance(drive.outcome, ErasurePlan) and bool(drive.outcome.before)
    opening = [] if facts is None else [one for one in _opening(facts) if one is not PSID or not opened]
    said = [voice.say(one, **named) for one in opening]
    handled = {"LOCKED", "FROZEN", "COUNT_EXPIRED"} if said else set()
    pairs = [(str(reason.code), reason.detail) for reason in decisive if reason.code not in handled]
    said += remedies(voice, pairs, drive.device, [other.path for other in drive.namespaces])
    refused = not isinstance(drive.outcome, ErasurePlan)
    said += [voice.say(SHUT_AREA)] if refused and facts is not None and _shut(facts) else []
    consented = _by_consent(voice, drive)
    said += consented
    asides = [] if not refused else [row for row in method_rows(drive) if row.reason is not None]
    if any(row.reason is not None and row.reason.detail.endswith(REQUIRES) for row in asides):
        said.append(voice.say(CLEAR_TOO if consented else OTHER_POLICY, policy=ACCEPTS_CLEAR))
    others = [row.id for row in asides if row.reason is not None and row.reason.detail.endswith(ASKED_FOR)]
    return said + ([voice.say(OTHERS_APPLY, methods=", ".join(others))] if others else [])


def _shut(facts: DriveFacts) -> bool:
    """Say whether a drive that is connected directly would not tell of a hidden area: a power cycle may open it."""
    states = (facts.hidden.hpa, facts.hidden.dco, facts.hidden.ama)
    return facts.device.identity.bus == "ata" and facts.ata is not None and AreaState.UNKNOWN in states


def _opening(facts: DriveFacts) -> list[str]:
    security = None if facts.ata is None else facts.ata.security
    frozen = facts.sanitize is not None and str(facts.sanitize.state) == "frozen"
    found = [PSID] if facts.opal is not None and facts.opal.locked else []
    if security is not None:
        found += [EXPIRED] if security.count_expired else []
        found += [UNLOCK] if security.locked else []
        frozen = frozen or security.frozen
    return [*found, UNFREEZE] if frozen else found


def _by_consent(voice: Voice, drive: Surveyed) -> list[str]:
    """Name the methods that wait for a person's consent and would earn more than what is planned."""
    planned = drive.outcome.level if isinstance(drive.outcome, ErasurePlan) else Level.NONE
    if planned is Level.PURGE:
        return []
    waiting = [row.id for row in method_rows(drive) if row.reason is not None and row.reason.detail.endswith(OPT_IN)]
    levels = {row.id: row.level for row in METHODS}
    better = [name for name in waiting if levels[name] is Level.PURGE or planned is Level.NONE]
    return [voice.say(ALLOWED, method=name, words=_said(name, voice.lang), level=levels[name]) for name in better]


def _said(method: str, lang: str) -> str:
    return planned_words(method, lang).replace("’", "'")

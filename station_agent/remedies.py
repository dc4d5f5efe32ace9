"""What a person can do next: for a drive that is refused or could be erased better, and for each reason of a verdict.

A remedy never says that data is gone, and never does anything by itself.
"""

from collections.abc import Iterable
from typing import Final

from certificates.wording.techniques import method_words
from erasure.drive import DriveFacts
from erasure.methods import METHODS
from erasure.methods.scsi_sanitize import unreadable_sectors
from erasure.outcome import Level, Reason
from erasure.plan import ErasurePlan
from station_agent.drive_sheet import facts_of, method_rows
from station_agent.language import Voice, mark, visible
from station_agent.planning import Surveyed

OPT_IN: Final = "only when a person allows it"  # how the engine words a method that asks for a person's consent
REQUIRES: Final = "requires Purge, this earns Clear"
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
REFORMAT: Final = mark(
    "Give it sectors that can be read back: `sg_format --format --size=512 {device}` (package sg3-utils; it takes "
    "hours and proves no erasure). Plug it in again, then erase it."
)
EXPIRED: Final = mark("Take its power away for 10 seconds, then try again: it takes passwords again.")
ALLOWED: Final = mark(
    "`--allow {method}` allows {words}: level {level}. It sets a password while it runs: cut off in between, the drive "
    "stays locked until `etabli-station unlock`."
)
OTHER_POLICY: Final = mark("Only Clear is possible here. To accept it, choose another policy: `--policy {policy}`.")
ACCEPTS_CLEAR: Final = "purge-preferred"

REMEDIES: Final = {
    "FROZEN": UNFREEZE,
    "LOCKED": mark(
        "Open it first: `etabli-station unlock {device} --confirm {serial}` if an erase of ours was cut off; the PSID "
        "of its label (`--psid`) for Opal."
    ),
    "COUNT_EXPIRED": EXPIRED,
    "BRIDGE": mark("Take the drive out of its USB case and connect it directly, then plan again."),
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
        "Nobody can know what it did. Connect it directly, look with `etabli-station disks`, and erase it again."
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
    "WRITE_ERROR": mark("Sectors cannot be written: what they held is still there. Destruction."),
    "NOT_IN_LOT": mark("It is on the list of drives that must not be erased: ask the lead."),
}


def remedies(voice: Voice, codes: Iterable[str], device: str, serial: str) -> list[str]:
    """Say what to do about reasons, once each, in their order; reasons without a remedy say nothing here."""
    known = dict.fromkeys(REMEDIES[code] for code in codes if code in REMEDIES)
    return [voice.say(sentence, device=device, serial=visible(serial)) for sentence in known]


def next_steps(voice: Voice, drive: Surveyed, decisive: tuple[Reason, ...]) -> list[str]:
    """Say what could be done about a drive before it is erased: what opens it, and what would earn more."""
    named = {"device": drive.device.path, "serial": visible(drive.serial)}
    facts = facts_of(drive)
    said = [] if facts is None else [voice.say(one, **named) for one in _opening(facts)]
    handled = {"LOCKED", "FROZEN", "COUNT_EXPIRED"} if said else set()
    if facts is not None and facts.scsi is not None and unreadable_sectors(facts.scsi):
        said.append(voice.say(REFORMAT, **named))
        handled = {*handled, "SIZE"}
    codes = [str(reason.code) for reason in decisive if reason.code not in handled]
    said += remedies(voice, codes, drive.device.path, drive.serial)
    said += _by_consent(voice, drive)
    refused = not isinstance(drive.outcome, ErasurePlan)
    if refused and any(row.reason is not None and row.reason.detail.endswith(REQUIRES) for row in method_rows(drive)):
        said.append(voice.say(OTHER_POLICY, policy=ACCEPTS_CLEAR))
    return said


def _opening(facts: DriveFacts) -> list[str]:
    security = None if facts.ata is None else facts.ata.security
    frozen = facts.sanitize is not None and str(facts.sanitize.state) == "frozen"
    found = [PSID] if facts.opal is not None and facts.opal.locked else []
    if security is not None:
        found += [UNLOCK] if security.locked else []
        found += [EXPIRED] if security.count_expired else []
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
    return method_words(method, lang).replace("’", "'")

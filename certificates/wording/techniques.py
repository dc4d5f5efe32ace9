"""The erase methods in words: the technique, and what it cannot reach. Every id that a certificate may carry is here.

What a method is said to reach is never more than its standard says (drives reference, section 2.2).
"""

from certificates.language import mark as _
from certificates.methods import destroys_a_key, may_be_purge, overwrites
from certificates.wording import words

METHOD = {
    "overwrite.zeros": _("Every visible sector overwritten once with zeros"),
    "overwrite.keystream": _("Every visible sector overwritten once with an AES-256-CTR keystream"),
    "nvme.sanitize.block": _("NVMe Sanitize, block erase, by the drive itself"),
    "nvme.sanitize.crypto": _("NVMe Sanitize, crypto erase: the drive destroyed its encryption key"),
    "nvme.sanitize.overwrite": _("NVMe Sanitize, overwrite, by the drive itself"),
    "nvme.format.user-data": _("NVMe Format with user data erase, by the drive itself"),
    "nvme.format.crypto": _("NVMe Format with cryptographic erase: the drive destroyed its encryption key"),
    "ata.sanitize.block": _("ATA Sanitize, block erase, by the drive itself"),
    "ata.sanitize.overwrite": _("ATA Sanitize, overwrite, by the drive itself"),
    "ata.sanitize.crypto": _("ATA Sanitize, crypto scramble: the drive destroyed its encryption key"),
    "ata.security.enhanced": _("ATA enhanced security erase, by the drive itself"),
    "ata.security.normal": _("ATA normal security erase, by the drive itself"),
    "scsi.sanitize.block": _("SCSI Sanitize, block erase, by the drive itself"),
    "scsi.sanitize.overwrite": _("SCSI Sanitize, overwrite, by the drive itself"),
    "scsi.sanitize.crypto": _("SCSI Sanitize, crypto erase: the drive destroyed its encryption key"),
    "emmc.sanitize": _("eMMC erase of the user area followed by Sanitize, by the chip itself"),
    "emmc.secure-erase": _("eMMC secure erase of the user area, by the chip itself"),
    "opal.psid-revert": _("Opal revert by the PSID of the label: opens the drive, erases nothing by itself"),
}
PLANNED = {  # where the words of what was done would be untrue beforehand
    "overwrite.zeros": _("every visible sector will be overwritten once with zeros"),
    "overwrite.keystream": _("every visible sector will be overwritten once with an AES-256-CTR keystream"),
    "nvme.sanitize.crypto": _("NVMe Sanitize, crypto erase: the drive will destroy its encryption key"),
    "nvme.format.crypto": _("NVMe Format with cryptographic erase: the drive will destroy its encryption key"),
    "ata.sanitize.crypto": _("ATA Sanitize, crypto scramble: the drive will destroy its encryption key"),
    "scsi.sanitize.crypto": _("SCSI Sanitize, crypto erase: the drive will destroy its encryption key"),
    "opal.psid-revert": _("Opal revert by the PSID of the label: will open the drive, erases nothing by itself"),
}
LIMITS = {
    "nvme.sanitize": _("boot partitions and the replay-protected area (RPMB) of the drive"),
    "nvme.format": _(
        "boot partitions, the replay-protected area (RPMB) and blocks that the drive has taken out of use"
    ),
    "ata.sanitize": _("logs of the drive, and blocks that it took out of use and could no longer erase"),
    "ata.security.enhanced": _("logs of the drive, and blocks that it took out of use and could no longer erase"),
    "ata.security.normal": _("hidden areas, and sectors that the drive has replaced by spare ones"),
    "scsi.sanitize": _("logs of the drive, and blocks that it took out of use and could no longer erase"),
    "emmc": _("boot partitions, the replay-protected area (RPMB) and general purpose partitions of the chip"),
}
KEY_ALONE = _("other copies of the destroyed key: that there are none rests on the maker’s word alone")
UNMARKED = _("sectors where no mark and no old content was looked for: there the drive’s own status speaks")
UNADDRESSED = _("areas that no computer can address: spare blocks, sectors already replaced by the drive itself")


def method_words(method: str, lang: str) -> str:
    """Technique in plain words; a method that this version does not know is named by its id."""
    return words(lang).gettext(METHOD[method]) if method in METHOD else method


def planned_words(method: str, lang: str) -> str:
    """Technique in plain words, of a method that is still to come."""
    return words(lang).gettext(PLANNED[method]) if method in PLANNED else method_words(method, lang)


def limit_words(method: str, lang: str) -> tuple[str, ...]:
    """Name what this technique cannot reach or show, as parts of a sentence; the weightiest first."""
    say = words(lang).gettext
    named = [sentence for start, sentence in LIMITS.items() if f"{method}.".startswith(f"{start}.")]
    found = [KEY_ALONE] if destroys_a_key(method) else []
    found += named
    found += [] if may_be_purge(method) and named else [UNADDRESSED]
    found += [] if overwrites(method) or not method else [UNMARKED]
    return tuple(say(sentence) for sentence in found)

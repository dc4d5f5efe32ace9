"""What a device can be, where it can go and how far it is: the closed lists (field reference, sections 2 and 3.1)."""

from hub.devices import kinds

KINDS = tuple(kinds.shipped())
LOOSE = "drive"  # a drive that came by itself: it has no places for drives
# places for drives that somebody must have counted (INV-6)
WITH_BAYS = tuple(one.code for one in kinds.shipped().values() if one.storage != kinds.NONE)
# storage that cannot be taken out: it is never an empty place, and the device is never without it
SOLDERED = tuple(one.code for one in kinds.shipped().values() if one.storage == kinds.SOLDERED)
NUMBERED = tuple(one.code for one in kinds.shipped().values() if one.number == kinds.IMEI)
REUSE, PARTS, WEEE, WASTE, RETURNED, LOST = "reuse", "parts", "weee", "waste", "returned", "lost"
DISPOSITIONS = (REUSE, PARTS, WEEE, WASTE, RETURNED, LOST)
OUT = "out"
STEPS = ("received", "triaged", "wiping", "diagnosed", "repairing", "graded", "installed", "ready", "reserved", OUT)

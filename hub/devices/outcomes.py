"""What a device can be, where it can go and how far it is: the closed lists (field reference, sections 2 and 3.1)."""

KINDS = ("laptop", "desktop", "screen", "tablet", "phone", "drive", "parts")
LOOSE = "drive"  # a drive that came by itself: it has no places for drives
WITH_BAYS = ("laptop", "desktop", "tablet", "phone")  # places for drives that somebody must have counted (INV-6)
REUSE, PARTS, WEEE, WASTE, RETURNED, LOST = "reuse", "parts", "weee", "waste", "returned", "lost"
DISPOSITIONS = (REUSE, PARTS, WEEE, WASTE, RETURNED, LOST)
OUT = "out"
STEPS = ("received", "triaged", "wiping", "diagnosed", "repairing", "graded", "installed", "ready", "reserved", OUT)

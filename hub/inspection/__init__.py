"""What people read off and try on devices that no bench reads, and the system that they put on a device.

Nothing here explains a drive: a device whose storage nobody erased with proof keeps it open, whatever was ticked.
"""

"""What runs on a hub appliance around the hub: its disk, its first start, the proxy's settings, its screen and backups.

Never imports the hub: it calls `etabli-hub`, as a person would. Never writes to a disk but the one that the system was
started from, and a stick whose file system is labelled for backups.
"""

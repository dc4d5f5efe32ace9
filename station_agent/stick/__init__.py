"""What runs on a booted stick before the daemon: its own disk, the partition of the records, its settings.

Never writes to any disk but the one that the system was started from.
"""

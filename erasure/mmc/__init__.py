"""eMMC and SD: commands, the extended CSD, and what is read from it."""

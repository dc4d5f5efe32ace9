"""What other programs wrote: wipe reports kept as evidence of lower trust, files from which devices are imported."""

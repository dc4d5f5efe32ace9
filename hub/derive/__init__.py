"""What pages read, derived from the ledger and rebuildable at any time."""

"""The log over the ledger: tiles, checkpoints, proofs, and the search for whatever does not fit. It never heals."""

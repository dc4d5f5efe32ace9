"""The ledger: exact bytes, append-only, acknowledged after the commit."""

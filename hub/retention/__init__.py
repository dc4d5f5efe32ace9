"""How long the hub keeps what is no evidence, and what takes it away. The ledger is never touched."""

"""The witness: a small server that cosigns checkpoints of other people's logs (C2SP tlog-witness). Needs no hub."""

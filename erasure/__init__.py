"""Erase a drive and prove it: facts -> plan -> clearance -> run -> verification -> verdict.

Knows drives, and nothing of lots, people, signatures or hubs. Uses the standard library and `cryptography` only.
The rooms are described in `erasure/README.md`.
"""

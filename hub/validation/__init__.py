"""Decisions: a named person approves or rejects, and a certificate is frozen."""

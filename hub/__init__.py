"""The hub of a workshop: signed statements in, devices tied to lots, decisions, certificates out."""

"""Statements, envelopes, verification, bundles and the PDF. Knows no disk and no database."""

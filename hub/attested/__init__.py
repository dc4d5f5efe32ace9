"""Signed papers about drives that people destroyed or found absent: issued, listed, revoked with their record."""

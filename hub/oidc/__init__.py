"""Signing in by an identity provider (OpenID Connect), beside the password: only into accounts that exist."""

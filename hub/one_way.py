"""What is kept of a secret that the hub hands out: enough to know it again, nothing that could be used."""

import hashlib


def one_way(secret: str) -> str:
    """SHA-256 of a random token or code, as hex digits; never for what people think up (`people.passwords`)."""
    return hashlib.sha256(secret.encode()).hexdigest()

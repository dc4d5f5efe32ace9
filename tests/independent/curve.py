"""Ed25519 public keys and signatures for the independent verifier, in affine coordinates; of RFC 8032, section 5.1."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Q = (1 << 255) - 19
GROUP = (1 << 252) + 27742317777372353535851937790883648493
CURVE = (-121665 * pow(121666, -1, Q)) % Q
NEUTRAL = (0, 1)
Affine = tuple[int, int]


@lru_cache(maxsize=4096)
def good_key(raw: bytes) -> bool:
    """Whether 32 bytes spell a point other than the neutral one whose order is the large prime."""
    if len(raw) != 32:
        return False
    point = _point(raw)
    return point is not None and point != NEUTRAL and _times(GROUP, point) == NEUTRAL


def signed(raw: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the key signed the message; the key itself is judged by `good_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _point(raw: bytes) -> Affine | None:
    number = int.from_bytes(raw, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    if y >= Q:
        return None
    wanted = (y * y - 1) * pow(CURVE * y * y + 1, -1, Q) % Q
    root = pow(wanted, (Q + 3) // 8, Q)
    for x in (root, root * pow(2, (Q - 1) // 4, Q) % Q):
        if x * x % Q == wanted:
            if x % 2 != odd:
                x = Q - x  # noqa: PLW2901
            return (x, y) if x < Q else None
    return None


def _plus(a: Affine, b: Affine) -> Affine:
    crossed = CURVE * a[0] * b[0] * a[1] * b[1] % Q
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + crossed, -1, Q)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - crossed, -1, Q)
    return x % Q, y % Q


def _times(number: int, point: Affine) -> Affine:
    total = NEUTRAL
    for digit in f"{number:b}":
        total = _plus(total, total)
        if digit == "1":
            total = _plus(total, point)
    return total

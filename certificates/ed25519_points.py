"""Arithmetic on edwards25519 (RFC 8032, section 5.1), only to judge public keys. Signs and verifies nothing.

Not constant time: public keys are public.
"""

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)
KEY_BYTES = 32

Point = tuple[int, int, int, int]  # extended coordinates: X, Y, Z, T
IDENTITY: Point = (0, 1, 1, 0)


def flaw(raw: bytes) -> str:
    """Say why 32 bytes are not a usable public key; an empty string when they are one.

    A usable key has y < p, lies on the curve, is not of low order, and has no low-order part: [L]A is the identity.
    """
    if len(raw) != KEY_BYTES:
        return f"{len(raw)} bytes instead of {KEY_BYTES}"
    point = _decode(raw)
    if point is None:
        return "not the encoding of a point"
    if _is_identity(_multiply(8, point)):
        return "a point of low order"
    if not _is_identity(_multiply(L, point)):
        return "a point of mixed order"
    return ""


def _decode(raw: bytes) -> Point | None:
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    if x == 0 and sign:
        return None
    return P - x if x & 1 != sign else x


def _add(a: Point, b: Point) -> Point:
    first = (a[1] - a[0]) * (b[1] - b[0]) % P
    second = (a[1] + a[0]) * (b[1] + b[0]) % P
    third = 2 * a[3] * b[3] * D % P
    fourth = 2 * a[2] * b[2] % P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(scalar: int, point: Point) -> Point:
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _is_identity(point: Point) -> bool:
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0

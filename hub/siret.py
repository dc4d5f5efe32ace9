"""The number of a French establishment (SIRET): 14 digits of which the last one checks the others."""

from typing import Final

DIGITS: Final = 14
LA_POSTE: Final = "356000000"  # its establishments have numbers whose digits add up to a multiple of five


def as_siret(text: str) -> str | None:
    """The 14 digits of a number as people write it, with blanks or points; None for what is no SIRET."""
    digits = "".join(c for c in text if c not in " .\u00a0\u202f")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    numbers = [int(c) for c in digits]
    if digits.startswith(LA_POSTE) and sum(numbers) % 5 == 0:
        return digits
    doubled = (sum(divmod(number * 2, 10)) if at % 2 == 0 else number for at, number in enumerate(numbers))
    return digits if sum(doubled) % 10 == 0 else None

"""Categories of equipment by kind of device (Code de l'environnement, R543-172), from a data file. Pure."""

from collections.abc import Mapping

from hub.exits.dated import read

FILE = "eee"
UNKNOWN = "?"


def categories() -> Mapping[str, str]:
    """Every category and what it is, in French as the law has it."""
    found: Mapping[str, str] = read(FILE)["categories"]
    return found


def category_of(kind: str) -> str:
    """The category of a kind; "?" where the data names none."""
    return str(read(FILE)["kinds"].get(kind, {}).get("category", UNKNOWN))


def waste_code_of(kind: str) -> str:
    """The code of the list of waste of a kind; "?" where the data names none. A star marks what is hazardous."""
    return str(read(FILE)["kinds"].get(kind, {}).get("waste_code", UNKNOWN))

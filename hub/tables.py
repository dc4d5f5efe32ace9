"""Every module of tables, so that whoever makes or compares the whole database knows them all.

A new module of tables is listed here, and nowhere else; services import the tables that they work with.
"""

from hub import (
    accounted,
    assigned,
    belonging,
    bound,
    departed,
    distributed,
    entry,
    foreign,
    handed,
    inspected,
    linked,
    models,
    partnered,
    posted,
    reckoned,
    repaired,
    said,
)
from hub.base import Base

MODULES = (
    *(accounted, assigned, belonging, bound, departed, distributed, entry, foreign, handed, inspected, models),
    *(linked, partnered, posted, reckoned, repaired, said),
)

__all__ = ["MODULES", "Base"]

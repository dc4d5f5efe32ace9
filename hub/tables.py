"""Every module of tables, so that whoever makes or compares the whole database knows them all.

A new module of tables is listed here, and nowhere else; services import the tables that they work with.
"""

from hub import (
    accounted,
    answered,
    assigned,
    belonging,
    bound,
    circulated,
    departed,
    distributed,
    entry,
    foreign,
    handed,
    handled,
    inspected,
    keyring,
    linked,
    logged,
    models,
    named,
    offered,
    papers_issued,
    partnered,
    pictured,
    pooled,
    posted,
    proven,
    recalled,
    reckoned,
    repaired,
    said,
    sampled,
    tagged,
    witnessed,
)
from hub.base import Base
from hub.indexed import FIGURES, PAGES

MODULES = (
    *(accounted, answered, assigned, belonging, bound, circulated, departed, distributed, entry, foreign, handed),
    *(handled, inspected, keyring, linked, logged, models, named, offered, papers_issued, partnered, pictured, pooled),
    *(posted, proven, recalled, reckoned, repaired, said, sampled, tagged, witnessed),
)

INDEXES = (*PAGES, *FIGURES)

__all__ = ["INDEXES", "MODULES", "Base"]

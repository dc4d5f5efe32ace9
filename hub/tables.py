"""Every module of tables, so that whoever makes or compares the whole database knows them all.

A new module of tables is listed here, and nowhere else; services import the tables that they work with.
"""

from hub import (
    accounted,
    answered,
    assigned,
    belonging,
    bound,
    departed,
    entry,
    foreign,
    models,
    papers_issued,
    partnered,
    repaired,
    said,
)
from hub.base import Base

MODULES = (
    accounted, answered, assigned, belonging, bound, departed, entry, foreign, models, papers_issued, partnered,
    repaired, said,
)  # fmt: skip

__all__ = ["MODULES", "Base"]

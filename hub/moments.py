"""Moments in queries: a stored time and the time that a statement tells, as texts that sort alike. Both are in UTC.

SQLite keeps times as text and PostgreSQL as times, and a statement has its own as text: what compares them says the
same on both. Decides nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from certificates.statement import TIMELESS

SECONDS = 19  # characters of YYYY-MM-DDTHH:MM:SS


class Told(FunctionElement[str]):
    """A column of times as text: YYYY-MM-DDTHH:MM:SS.ffffff."""

    name = "told"
    type = String()
    inherit_cache = True


@compiles(Told, "sqlite")
def _of_text(element: Told, compiler: SQLCompiler, **more: Any) -> str:
    return f"replace({compiler.process(element.clauses, **more)}, ' ', 'T')"


@compiles(Told, "postgresql")
def _of_time(element: Told, compiler: SQLCompiler, **more: Any) -> str:
    shape = """'YYYY-MM-DD"T"HH24:MI:SS.US'"""
    return f"to_char({compiler.process(element.clauses, **more)} AT TIME ZONE 'UTC', {shape})"


def began_since(
    payload: InstrumentedAttribute[dict[str, Any]], moment: InstrumentedAttribute[datetime]
) -> ColumnElement[bool]:
    """The condition that a run began at a stored moment or after it; of a bench without a clock nobody can tell."""
    started = func.substr(payload["started"].as_string(), 1, SECONDS).concat(".000000")
    return or_(payload["wall_src"].as_string().in_(TIMELESS), started >= Told(moment))

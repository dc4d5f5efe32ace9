"""Marks in the drawing of a page: which strokes are a heading, a text or a picture, and which mean nothing.

ISO 32000-1, 14.6 and 14.8: by them a screen reader says a page in its order, and text can be taken out of it whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

Role = Literal["H1", "H2", "P", "Figure"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked part of a page: its role, and what to say instead of a picture."""

    role: Role
    instead: str = ""


@contextmanager
def marked(canvas: Canvas, marks: list[Mark], mark: Mark) -> Iterator[None]:
    """Whatever is drawn meanwhile is this part of the page; its number is its place among the marks."""
    canvas.addLiteral(f"/{mark.role} <</MCID {len(marks)}>> BDC")
    marks.append(mark)
    yield
    canvas.addLiteral("EMC")


@contextmanager
def unmarked(canvas: Canvas) -> Iterator[None]:
    """Whatever is drawn meanwhile is ornament: a rule, a tint."""
    canvas.addLiteral("/Artifact BMC")
    yield
    canvas.addLiteral("EMC")

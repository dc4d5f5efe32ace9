"""Reading forms with small limits, and the token check that every form goes through.

Starlette's own defaults would let a form take about a gigabyte. A route names the sort of form it takes in its
signature; the check of the token is part of reading it, so that no route can forget it; so is keeping what was typed,
for a page that refuses (`kept.py`).
"""

from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from hub.errors import TooLarge
from hub.pages import kept
from hub.pages.language import mark
from hub.people.dependencies import check_csrf

KIB = 1024
MAX_FIELDS = 20
MAX_CSV = 2048 * KIB  # bytes: far above a lot of 500 devices
MAX_DOCUMENT = 8192 * KIB  # bytes: a certificate PDF is a few hundred KiB
TOO_LARGE = mark("This file is too large.")


class Fields:
    """The fields of a form that was read within its limits."""

    def __init__(self, form: FormData, limit: int) -> None:
        self._form = form
        self._limit = limit

    def text(self, name: str) -> str:
        """A text field without blanks at its ends; empty when absent."""
        value = self._form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def every(self, name: str) -> tuple[str, ...]:
        """The values of all ticked boxes of a name, in the order of the form."""
        return tuple(value.strip() for value in self._form.getlist(name) if isinstance(value, str))

    def file_name(self, name: str) -> str:
        """What the browser calls an uploaded file: foreign text; empty when absent."""
        value = self._form.get(name)
        return (value.filename or "") if isinstance(value, UploadFile) else ""

    def file(self, name: str) -> bytes:
        """The bytes of an uploaded file; empty when absent. Raises TooLarge."""
        value = self._form.get(name)
        if not isinstance(value, UploadFile):
            return b""
        data = value.file.read(self._limit + 1)
        if len(data) > self._limit:
            raise TooLarge(TOO_LARGE)
        return data


def _reader(limit: int, part: int, fields: int = MAX_FIELDS) -> Callable[[Request], AsyncIterator[Fields]]:
    async def read(request: Request) -> AsyncIterator[Fields]:
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > limit + 64 * KIB:
            raise TooLarge(TOO_LARGE)
        try:
            form = await request.form(max_files=1, max_fields=fields, max_part_size=part)
        except HTTPException as error:
            raise TooLarge(TOO_LARGE) from error
        try:
            await check_csrf(request)
            kept.keep(request, form)
            yield Fields(form, limit)
        finally:
            await form.close()

    return read


SmallForm = Annotated[Fields, Depends(_reader(64 * KIB, 16 * KIB))]
ListForm = Annotated[Fields, Depends(_reader(MAX_CSV, 16 * KIB))]
LongForm = Annotated[Fields, Depends(_reader(2 * MAX_CSV, 2 * MAX_CSV))]
TickForm = Annotated[Fields, Depends(_reader(64 * KIB, 16 * KIB, 120))]  # a box for each line of a list
PhotoForm = Annotated[Fields, Depends(_reader(5 * 1024 * KIB, 16 * KIB))]
DocumentForm = Annotated[Fields, Depends(_reader(MAX_DOCUMENT, 16 * KIB))]

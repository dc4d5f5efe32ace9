"""A binder: many certificates of one lot as one PDF/A-3, to read and to print. Proves nothing by itself, and says so.

First pages that list every certificate with its class and its page, then the one page of each certificate as it was
issued. The signed statements and the seals stay with the certificates: no binder carries them, and none is ever sealed.
"""

import io
from collections.abc import Iterable
from pathlib import Path

import pikepdf

from certificates.archive_form import About, describe
from certificates.binder_pages import Contents, draw_contents
from certificates.errors import BinderError
from certificates.seal import BINDER_LINE

_OF_ITS_FILE = ("/StructParents", "/Tabs")  # the order of reading stays with the certificate
MOST = 1000  # certificates of one binder: memory grows with their number


def bind(contents: Contents, pdfs: Iterable[bytes], target: Path) -> int:
    """Write the binder to a new file and return its bytes; `pdfs` are the issued files in the order of the contents.

    BinderError when there are too many, one is no readable PDF of one page, or their number is another than listed.
    """
    if not 0 < len(contents.entries) <= MOST:
        raise BinderError(f"a binder holds 1 to {MOST} certificates, not {len(contents.entries)}")
    with pikepdf.open(io.BytesIO(draw_contents(contents))) as binder, target.open("xb") as file:
        ahead = len(binder.pages)
        for number, pdf in enumerate(pdfs):
            _append(binder, pdf, _number(contents, number))
        if len(binder.pages) - ahead != len(contents.entries):
            raise BinderError(f"{len(binder.pages) - ahead} certificates came, {len(contents.entries)} are listed")
        _mark_places(binder, contents, ahead)
        describe(binder, About(contents.title, contents.issuer, contents.lot, contents.made, contents.lang))
        packed = pikepdf.ObjectStreamMode.generate
        binder.save(file, deterministic_id=True, object_stream_mode=packed, min_version="1.7")
        file.write(BINDER_LINE)
        return file.tell()


def _number(contents: Contents, place: int) -> str:
    if place >= len(contents.entries):
        raise BinderError(f"more certificates came than the {len(contents.entries)} that are listed")
    return contents.entries[place].number


def _append(binder: pikepdf.Pdf, pdf: bytes, number: str) -> None:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if len(document.pages) != 1:
                raise BinderError(f"certificate {number} has {len(document.pages)} pages instead of one")
            binder.pages.append(document.pages[0])
            for key in _OF_ITS_FILE:
                if key in binder.pages[-1].obj:
                    del binder.pages[-1].obj[key]
    except pikepdf.PdfError as error:
        raise BinderError(f"certificate {number} is no readable PDF: {error}") from error


def _mark_places(binder: pikepdf.Pdf, contents: Contents, ahead: int) -> None:
    """Bookmarks, one for each certificate."""
    with binder.open_outline() as outline:
        outline.root.extend(
            pikepdf.OutlineItem(f"{entry.number} · {entry.serial}", ahead + place)
            for place, entry in enumerate(contents.entries)
        )

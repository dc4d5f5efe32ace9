"""The bundle inside the PDF: put there once, taken out again by the verifier. Never looks at the page.

A sealed PDF is parsed only after its seal was checked.
"""

import io

import pikepdf

from certificates.bundle import FILE_NAME, MAX_BUNDLE_BYTES
from certificates.errors import SealError

_NO_DATE = "D:20000101000000Z"  # the signed statements carry the dates; a fixed one keeps the bytes reproducible


def attach(pdf: bytes, bundle: bytes, description: str) -> bytes:
    """Write the PDF again with the bundle as its only attachment; the same input gives the same bytes."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        file = pikepdf.AttachedFileSpec(
            document,
            bundle,
            filename=FILE_NAME,
            description=description,
            mime_type="application/json",
            creation_date=_NO_DATE,
            mod_date=_NO_DATE,
        )
        file.obj["/AFRelationship"] = pikepdf.Name.Data
        document.attachments[FILE_NAME] = file
        written = io.BytesIO()
        document.save(written, deterministic_id=True)
    return written.getvalue()


def extract(pdf: bytes) -> bytes:
    """Take the bundle out of a PDF; SealError when it does not have exactly this one attachment."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if list(document.attachments) != [FILE_NAME]:
                raise SealError(f"the PDF must have exactly one attachment, {FILE_NAME}")
            data = document.attachments[FILE_NAME].get_file().read_bytes()
    except pikepdf.PdfError as error:
        raise SealError(f"not a readable PDF: {error}") from error
    if len(data) > MAX_BUNDLE_BYTES:
        raise SealError("the attachment is too large")
    return bytes(data)

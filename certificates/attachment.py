"""The bundle inside the PDF, and the proof beside it: put there once, taken out again by the verifier.

The bundle is the one embedded file that viewers list; the first release asks for exactly that one. The proof travels as
an associated file of the document (`/AF` of the catalog, ISO 32000-2, 14.13) and stands in no list of attachments.
Never looks at the page. A sealed PDF is parsed only after its seal was checked.
"""

import io

import pikepdf

from certificates.bundle import FILE_NAME, MAX_BUNDLE_BYTES
from certificates.errors import SealError
from certificates.proof import FILE_NAME as PROOF_NAME
from certificates.proof import MAX_PROOF_BYTES

_NO_DATE = "D:20000101000000Z"  # the signed statements carry the dates; a fixed one keeps the bytes reproducible


def attach(pdf: bytes, bundle: bytes, description: str, proof: bytes | None = None, about_proof: str = "") -> bytes:
    """Write the PDF again with the bundle as its only attachment, and a proof; the same input gives the same bytes."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        file = _file(document, bundle, FILE_NAME, description)
        file.obj["/AFRelationship"] = pikepdf.Name.Data
        document.attachments[FILE_NAME] = file
        if proof is not None:
            beside = _file(document, proof, PROOF_NAME, about_proof)
            beside.obj["/AFRelationship"] = pikepdf.Name.Supplement
            document.Root["/AF"] = pikepdf.Array([document.make_indirect(beside.obj)])
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


def extract_proof(pdf: bytes) -> bytes | None:
    """Take the proof out of a PDF, None when it has none; SealError for several, or for one that cannot be read."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            found = [file for file in _associated(document) if _name(file) == PROOF_NAME]
            if len(found) > 1:
                raise SealError(f"the PDF must have at most one {PROOF_NAME}")
            data = bytes(found[0].EF.F.read_bytes()) if found else None
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SealError(f"not a readable PDF: {error}") from error
    if data is not None and len(data) > MAX_PROOF_BYTES:
        raise SealError("the proof is too large")
    return data


def _file(document: pikepdf.Pdf, data: bytes, name: str, description: str) -> pikepdf.AttachedFileSpec:
    return pikepdf.AttachedFileSpec(
        document,
        data,
        filename=name,
        description=description,
        mime_type="application/json",
        creation_date=_NO_DATE,
        mod_date=_NO_DATE,
    )


def _associated(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    listed = document.Root.get("/AF")
    if listed is None:
        return []
    if not isinstance(listed, pikepdf.Array):
        raise SealError("the associated files of the PDF are no list")
    return list(listed)


def _name(file: pikepdf.Object) -> str:
    return str(file.get("/UF", file.get("/F", "")))

"""Downloads within the reader's scope: the PDF with its proof of the log, the bundle as issued, the proof by itself.

Files are named by number, and by verdict first where it counts no more: a proof NAME.proof.json beside its NAME.json
is found by `etabli-verify`.
"""

from fastapi import APIRouter, Response

from hub.issued import proving, service
from hub.pages.language import LANGUAGES
from hub.pages.visit import LotReaders, Visit

router = APIRouter(include_in_schema=False)


@router.get("/certificates/{certificate_id}.pdf")
def pdf(visit: LotReaders, certificate_id: str, lang: str = "") -> Response:
    """The PDF, in the language of the certificate unless another is named, with the proof that the log has it."""
    data = proving.pdf_of(visit.session, visit.someone, certificate_id, lang if lang in LANGUAGES else None)
    suffix = f"-{lang}" if lang in LANGUAGES else ""
    return download(data, "application/pdf", f"{_name(visit, certificate_id)}{suffix}.pdf")


@router.get("/certificates/{certificate_id}.proof.json")
def proof(visit: LotReaders, certificate_id: str) -> Response:
    """The proof that the statements of a certificate stand in the log."""
    data = proving.proof_of(visit.session, visit.someone, certificate_id)
    return download(data, "application/json", f"{_name(visit, certificate_id)}.proof.json")


@router.get("/certificates/{certificate_id}.json")
def bundle(visit: LotReaders, certificate_id: str, proof: str = "") -> Response:
    """The frozen evidence bundle; with `?proof=1` bundle and proof in one document."""
    room = proving if proof == "1" else service
    data = room.bundle_of(visit.session, visit.someone, certificate_id)
    return download(data, "application/json", f"{_name(visit, certificate_id)}.json")


def _name(visit: Visit, certificate_id: str) -> str:
    return service.file_name(visit.session, visit.someone, certificate_id)


def download(data: bytes, media_type: str, name: str) -> Response:
    """A file to keep, under a name that is ours."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type=media_type, headers=headers)

"""Certificates for programs that read W3C credentials, and the document that names the key behind them."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from certificates.credential import MEDIA_TYPE
from hub.context import hub_of
from hub.issued import credentials, service
from hub.pages.certificate_pages import download
from hub.pages.visit import Anybody, LotReaders

router = APIRouter(include_in_schema=False)


@router.get("/certificates/{certificate_id}.vc.jwt")
def credential(visit: LotReaders, certificate_id: str) -> Response:
    """The credential of a certificate, within the reader's scope."""
    made = credentials.credential_in_scope(visit.session, visit.someone, certificate_id)
    name = service.file_name(visit.session, visit.someone, certificate_id)
    return download(made.encode("ascii"), MEDIA_TYPE, f"{name}.vc.jwt")


@router.get(credentials.PATH)
def issuer(visit: Anybody) -> Response:
    """The controlled identifier document of this hub."""
    return JSONResponse(credentials.issuer_of(hub_of(visit.session)), media_type="application/cid")

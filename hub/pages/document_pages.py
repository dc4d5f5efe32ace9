"""The registers of documents of a partner and of a donor: what stands, filing one, taking one back, the file itself.

A file is only ever handed out as an attachment of no known type: no browser shows or runs what somebody uploaded.
"""

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import donor_name
from hub.errors import HubError, NotFound
from hub.lots import service as lots
from hub.models import Donor
from hub.pages import partner_words
from hub.pages.forms import DocumentForm, Fields, SmallForm
from hub.pages.sentences import in_words
from hub.pages.visit import Counters, Managers, Networkers, Visit
from hub.partnered import Partner, PartnerContact, RegisteredDocument
from hub.partners import documents, register, routing
from hub.partners.documents import Filed, Owner

router = APIRouter(include_in_schema=False)
OF_DONORS = (documents.CONVENTION, documents.OTHER)


@router.get("/partners/{partner_id}/documents")
def of_partner(visit: Networkers, partner_id: str) -> Response:
    """The documents of a partner."""
    return _page(visit, register.partner_for(visit.session, visit.someone, partner_id))


@router.post("/partners/{partner_id}/documents")
def file_of_partner(visit: Networkers, partner_id: str, fields: DocumentForm) -> Response:
    """Keep a document of a partner, or say why not."""
    return _filed(visit, register.partner_for(visit.session, visit.someone, partner_id), fields)


@router.get("/donors/{donor_id}/documents")
def of_donor(visit: Managers, donor_id: str) -> Response:
    """The documents of a donor: the convention above all."""
    return _page(visit, _donor(visit, donor_id))


@router.post("/donors/{donor_id}/documents")
def file_of_donor(visit: Managers, donor_id: str, fields: DocumentForm) -> Response:
    """Keep a document of a donor, or say why not."""
    return _filed(visit, _donor(visit, donor_id), fields)


@router.get("/documents/{document_id}")
def download(visit: Counters, document_id: str) -> Response:
    """The file as it came, as an attachment."""
    row = documents.document_for(visit.session, visit.someone, document_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{documents.download_name(row)}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(row.content, media_type="application/octet-stream", headers=headers)


@router.post("/documents/{document_id}/withdraw")
def withdraw(visit: Counters, document_id: str, fields: SmallForm) -> Response:
    """Take a document back, with a reason."""
    row = documents.document_for(visit.session, visit.someone, document_id)
    owner = _owner(visit, row)
    try:
        documents.withdraw(visit.session, visit.someone, document_id, fields.text("reason"))
    except HubError as error:
        return _page(visit, owner, in_words(error.message, visit.lang), error.status)
    return visit.go(_path(owner), "partner-taken-back")


def _filed(visit: Visit, owner: Owner, fields: Fields) -> Response:
    try:
        filed = Filed(
            kind=fields.text("kind"),
            content=fields.file("file"),
            file_name=fields.file_name("file"),
            signed=fields.text("signed"),
            expires=fields.text("expires"),
            processing_clause=fields.text("clause") == "yes",
            note=fields.text("note"),
        )
        row = documents.file_document(visit.session, visit.someone, owner, filed)
    except HubError as error:
        return _page(visit, owner, in_words(error.message, visit.lang), error.status)
    return visit.go(_path(owner), "document-filed", version=str(row.version))


def _page(visit: Visit, owner: Owner, error: str = "", status: int = 200) -> Response:
    rows, lang = documents.documents_of(visit.session, visit.someone, owner), visit.lang
    today = visit.hub.clock().date()
    partner = isinstance(owner, Partner)
    contacts = register.contacts(visit.session, visit.someone, owner) if isinstance(owner, Partner) else ()
    kinds = documents.KINDS if partner else OF_DONORS
    return visit.page(
        "documents.html",
        status,
        error=error,
        path=_path(owner),
        commitments=_path(owner).removesuffix("documents") + "commitments",
        back=f"/partners/{owner.id}" if partner else "/lots",
        partner=partner,
        name=owner.name if isinstance(owner, Partner) else donor_name(owner),
        rows=[_row(row, lang, today.isoformat()) for row in rows],
        standing=[
            (
                partner_words.say(partner_words.DOCUMENTS[kind], lang),
                partner_words.held_state(documents.standing([r for r in rows if r.kind == kind], today).held, lang),
                [_reached(one, lang) for one in routing.receivers(contacts, kind)],
            )
            for kind in kinds
            if kind != documents.OTHER
        ],
        kinds=[(kind, partner_words.say(partner_words.DOCUMENTS[kind], lang)) for kind in kinds],
    )


def _reached(contact: PartnerContact, lang: str) -> dict[str, str]:
    role = partner_words.say(partner_words.CONTACT_ROLES[contact.role], lang)
    return {"name": contact.name, "role": role, "email": contact.email, "phone": contact.phone}


def _row(row: RegisteredDocument, lang: str, today: str) -> dict[str, object]:
    if row.withdrawn is not None:
        state = partner_words.WITHDRAWN
    elif not row.signed:
        state = partner_words.HELD[documents.Held.UNSIGNED]
    else:
        gone = row.expires and row.expires < today
        state = partner_words.HELD[documents.Held.EXPIRED if gone else documents.Held.VALID]
    return {
        "document": row,
        "kind": partner_words.say(partner_words.DOCUMENTS[row.kind], lang),
        "state": wording.state(state, lang),
    }


def _donor(visit: Visit, donor_id: str) -> Donor:
    found = lots.cared_for(visit.session, visit.someone, donor_id)
    if found is None:
        raise NotFound("no such donor")
    return found


def _owner(visit: Visit, row: RegisteredDocument) -> Owner:
    if row.partner_id is not None:
        return register.partner_for(visit.session, visit.someone, row.partner_id)
    return _donor(visit, row.donor_id or "")


def _path(owner: Owner) -> str:
    return f"/{'partners' if isinstance(owner, Partner) else 'donors'}/{owner.id}/documents"

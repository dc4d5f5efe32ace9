"""A network for tests of pages: a partner with everything noted, a donor with a convention, a frozen half-year."""

from sqlalchemy.orm import Session

from hub.figures import actions, half_years, periods, pooling, reen_reading, regions, social
from hub.models import Donor, Lot, Person
from hub.partnered import RegisteredDocument
from hub.partners import documents, evaluating, library, maturity, onboarding, promises, register, trial_lots
from hub.partners.checklists import shipped
from hub.partners.documents import Filed
from hub.surplus import offering
from hub.surplus.offering import Goods
from tests.hub.pages.workshop import Workshop

GOODS = Goods("screen", 4, "Écrans 22 pouces", "Réserve 2", "Câbles compris", value_cents=12_000)


def network_for(session: Session, workshop: Workshop) -> dict[str, str]:
    """The ids of one partner, one of its documents, a donor and a frozen report."""
    lead = workshop.person(session, "lead")
    network = register.add_network(session, lead, "Filière Ouest", "Bretagne")
    partner = register.add_partner(session, lead, "Atelier Deux", "refurbisher", network.id)
    register.set_level(session, lead, partner, 2, "audit de maturité")
    register.add_contact(session, lead, partner, register.Reached("technical", "Lou", "lou@deux.example"))
    trial_lots.give(session, lead, session.query(Lot).filter_by(code="USINE-01").one(), partner, test=True)
    filed = documents.file_document(session, lead, partner, Filed("nda", b"%PDF-1.7", "nda.pdf", "2026-02-01"))
    donor = session.query(Donor).order_by(Donor.name).first()
    assert donor is not None
    convention = Filed("convention", b"%PDF-1.7", "c.pdf", "2026-02-01", processing_clause=True)
    documents.file_document(session, lead, donor, convention)
    evaluating.evaluate(session, lead, partner, "contact", {})
    evaluating.evaluate(session, lead, partner, "audit", {"score": "6,5", "scale": "10"})
    answers = {line.id: "yes" for line in shipped().lines["technical"]}
    evaluating.evaluate(session, lead, partner, "technical", answers)
    answers = {one.id: "yes" if one.level < 3 else "no" for one in maturity.shipped().questions}
    evaluating.evaluate(session, lead, partner, "maturity", answers)
    library.file_version(session, lead, network.id, "Procédure de tri", file=("tri.pdf", b"%PDF-1.7"))
    library_id = library.file_version(session, lead, network.id, "Procédure de tri", file=("tri.pdf", b"%PDF-1.8")).id
    for gate in (1, 2, 3):
        onboarding.judge(session, lead, partner, gate)
    onboarding.let_pass(session, lead, partner, 3, "signature annoncée")
    half = periods.half_year("2025-S2")
    social.type_in(session, lead, half, "members", 12)
    own = session.query(RegisteredDocument).filter_by(donor_id=donor.id).one()
    promises.promise(session, lead, own, "laptop", 20, period=half)
    actions.decide(session, lead, "Peser les lots", "2026-03-01", partner.id)
    regions.set_department(session, lead, donor.id, "29")
    reen_reading.set_retired(session, lead, donor.id, 2025, 40, note="inventaire")
    offered = offering.offer(session, lead, network.id, GOODS)
    report = half_years.freeze(session, lead, "2025-S2")
    return {
        "partner_id": partner.id,
        "document_id": filed.id,
        "half_year_id": report.id,
        "library_id": library_id,
        "offer_id": offered.id,
        "own_donor": donor.id,
        "key": _shared(session, lead, network.id),
    }


def _shared(session: Session, lead: Person, network_id: str) -> str:
    """The key of a reader without account to the figures that the network shares."""
    pooling.choose(session, lead, network_id, ["received", "co2e_g"])
    return pooling.invite(session, lead, network_id, "Ordi Solidaire Bretagne")


def pages_of(ids: dict[str, str]) -> list[str]:
    """The pages of that network."""
    partner = f"/partners/{ids['partner_id']}"
    return [
        partner,
        f"{partner}/gates",
        f"{partner}/documents",
        f"{partner}/maturity",
        f"{partner}/test",
        "/library",
        "/surplus",
        "/network-figures",
        f"/network-figures/open/{ids['key']}",
        f"/surplus/{ids['offer_id']}",
        f"/donors/{ids['own_donor']}/documents",
        f"/donors/{ids['own_donor']}/commitments",
        f"{partner}/commitments",
        f"/donors/{ids['own_donor']}/reen?year=2025",
        f"/half-years/{ids['half_year_id']}",
    ]

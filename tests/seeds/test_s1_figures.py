"""Rows of seed S1 that figures answer: what was promised, indicators per product and source, social indicators."""

from hub.models import Role
from tests.seeds.office import Office, cells

YEAR = "first=2026-01-01&last=2026-12-31"


def a_convention(office: Office, lead: object, signed: str = "2026-01-05") -> str:
    """File the signed convention of CAF through its page; the id of the document."""
    path = f"/donors/{office.donor_id()}/documents"
    answer = lead.post(  # type: ignore[attr-defined]
        path,
        data={"csrf": office.tokens[lead], "kind": "convention", "signed": signed, "clause": "yes"},  # type: ignore[index]
        files={"file": ("c.pdf", b"%PDF-1.7", "application/pdf")},
        follow_redirects=True,
    )
    return str(answer.text.split('href="/documents/')[1].split('"')[0])


def test_s1_6_a_convention_sets_what_was_promised_beside_what_came(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    path = f"/donors/{office.donor_id()}/commitments"
    told = {"about": "promise", "kind": "laptop", "number": "8", "first": "2026-01-01", "last": "2026-12-31"}
    assert "file it first" in office.send(lead, path, **told, document="none")
    paper = a_convention(office, lead)
    page = office.send(lead, path, **told, document=paper)
    assert "25 %" in page, "two laptops of eight"
    assert "None yet" in office.send(lead, path, about="promise-end", row="1", reason="avenant")


def test_s1_7_indicators_are_told_per_product_and_source(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    office.make_ready("A-1", "WD-0001")
    office.device("A-1", repairs_of_a_battery)
    office.leave("A-1")
    office.sort("A-2", "weee")
    office.approve(office.erase("WD-0002", "A-2"))
    office.leave("A-2", mode="weee")
    rows = cells(lead, f"/figures/sources.csv?{YEAR}")
    assert rows[1:] == [["CAF", "laptop", "2", "1", "1", "0", "1", "0"]]
    page = lead.get(f"/figures?{YEAR}").text
    for told in ("reused after a repair", "recycled as e-waste", "By product and source"):
        assert told in page
    figures = cells(lead, f"/figures.csv?{YEAR}")
    told = {(row[0], row[2], row[3]): row[4] for row in figures}
    assert told["K-1", "By source", "CAF"] == "2"
    assert told["K-4", "Repaired, by kind", "laptop"] == "1"
    assert told["K-5", "By exit", "gift"] == "1"
    other = cells(lead, f"/figures.csv?{YEAR}&type=company")
    assert [other[1][0], other[1][4][15:21]] == ["K-1", "no lot"]


def repairs_of_a_battery(session: object, person: object, device: object) -> object:
    """A repair as a technician notes it."""
    from hub.repairs import service

    return service.repair(session, person, device, service.Work("battery"))  # type: ignore[arg-type]


def test_s1_8_social_figures_are_typed_for_a_period(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    told = {"first": "2026-01-01", "last": "2026-12-31", "kind": "insertion-trained"}
    office.send(lead, "/figures/social", **told, number="4", note="registre du personnel")
    page = office.send(lead, "/figures/social", **told, number="5")
    assert "people in insertion trained" in page
    rows = {row[3]: row[4] for row in cells(lead, f"/figures.csv?{YEAR}") if row[0] == "K-18"}
    assert rows == {"people in insertion trained": "5"}

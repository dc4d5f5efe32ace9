"""Rows of seed S3 that figures answer: money for the role that moderates, kilograms of a half-year."""

from hub.exits import papers
from hub.models import Role
from tests.seeds.office import Office, cells

YEAR = "first=2026-01-01&last=2026-12-31"


def test_s3_6_the_total_in_euros_is_for_the_moderating_role_only(office: Office) -> None:
    admin, lead, caf = office.enter(Role.ADMIN), office.enter(Role.LEAD), office.enter(Role.DONOR, "CAF")
    assert office.refused(lead, "/lots/LOT-1/stated", tags="A-1", about="value", word="120,50") == 403
    office.send(caf, "/lots/LOT-1/stated", tags="A-1", about="value", word="120,50")
    rows = {row[3]: row[4] for row in cells(admin, f"/figures.csv?{YEAR}") if row[0] == "K-15"}
    assert rows["value declared by donors"] == "12050"
    assert "€120.50" in admin.get(f"/figures?{YEAR}").text.replace("120.50\N{NO-BREAK SPACE}€", "€120.50")
    for page in (lead.get(f"/figures?{YEAR}").text, lead.get(f"/figures.csv?{YEAR}").text):
        assert "120.50" not in page
        assert "12050" not in page
        assert "amounts are for the role that moderates" in page
    office.world.hub.clock.forward(days=60)
    admin, lead = office.enter(Role.ADMIN), office.enter(Role.LEAD)
    office.send(admin, "/half-years", half="2026-S2")
    assert "120.50" not in lead.get("/half-years", follow_redirects=True).text
    report = lead.get("/half-years").text.split('href="/half-years/')[1].split('"')[0]
    assert "12050" not in lead.get(f"/half-years/{report}.json").text, "nor does a frozen report hold it"


def test_s3_7_kilograms_of_a_half_year_are_weighed_or_by_default_and_say_which(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    office.make_ready("A-1", "WD-0001", "weee")
    line = office.leave("A-1", mode="weee")[0]
    half = "first=2026-07-01&last=2026-12-31"
    assert masses(office, lead, half) == {"e-waste": "1650", "e-waste share": "0", "collected share": "0"}
    with office.world.hub.sessions().begin() as session:
        from hub.departed import ExitBatch

        batch = session.get(ExitBatch, line.batch_id)
        assert batch is not None
        papers.weigh(session, office.lead, batch, "2", 2100)
    assert masses(office, lead, half) == {"e-waste": "2100", "e-waste share": "100", "collected share": "0"}
    page = lead.get(f"/figures?{half}").text
    assert "3.3" in page, "two laptops by the default weight"
    assert "contains data from Boavizta" in page


def masses(office: Office, lead: object, period: str) -> dict[str, str]:
    rows = [row for row in cells(lead, f"/figures.csv?{period}") if row[0] == "K-12"]  # type: ignore[arg-type]
    found = {row[3]: row[4] for row in rows if row[2] == "Mass that left" and row[4] != "0"}
    return found | {f"{row[3]} share": row[4] for row in rows if row[2] == "Share that was weighed"}

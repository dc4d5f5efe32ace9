"""Rows of seed S4 that figures answer: reuse and delays per lot, what was served by prescriber and period."""

from hub.departed import ExitLine
from hub.models import Role
from hub.returns import service as returns
from hub.returns.service import Finding
from tests.seeds.office import Office, cells

YEAR = "first=2026-01-01&last=2026-12-31"


def test_s4_4_a_lot_tells_its_rate_of_reuse_and_its_days(office: Office) -> None:
    office.world.hub.clock.forward(days=3)
    lead = office.enter(Role.LEAD)
    office.make_ready("A-1", "WD-0001")
    office.leave("A-1")
    assert "Figures of this lot" in lead.get("/lots/LOT-1").text
    told = {(row[0], row[2], row[3]): row[4] for row in cells(lead, "/figures.csv?lot=LOT-1")}
    assert told["K-3", "By lot", "LOT-1"] == "50"
    assert told["K-10", "From end to end", "from the reception to the exit"] == "3"
    office.device("A-1", returns.take_return, Finding("battery"), came_back=True)
    told = {(row[0], row[2], row[3]): row[4] for row in cells(lead, "/figures.csv?lot=LOT-1")}
    assert told["K-3", "By lot", "LOT-1"] == "0", "what came back is not reused"
    assert told["K-9", "Total", "returned outside the warranty"] == "1", "a gift has no legal warranty"
    assert lead.get("/figures?lot=NO-SUCH").status_code == 200


def test_s4_12_what_was_served_leaves_by_prescriber_and_period(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    for asset, serial, code in (("A-1", "WD-0001", "CDAS29-0012"), ("A-2", "WD-0002", "CCAS-7")):
        office.make_ready(asset, serial)
        office.leave(asset, prescription=code)
    rows = cells(lead, f"/figures/prescriptions.csv?{YEAR}")
    assert [row[:2] for row in rows[1:]] == [["CCAS", "CCAS-7"], ["CDAS29", "CDAS29-0012"]]
    one = cells(lead, f"/figures/prescriptions.csv?{YEAR}&prescriber=CDAS29")
    assert [row[1] for row in one[1:]] == ["CDAS29-0012"]
    assert cells(lead, "/figures/prescriptions.csv?first=2026-01-01&last=2026-06-30")[1:] == []
    told = {row[3]: row[4] for row in cells(lead, f"/figures.csv?{YEAR}") if row[0] == "K-14"}
    assert told == {"prescriptions served": "2"}
    assert "their number is not known" in lead.get(f"/figures?{YEAR}").text


def test_s0_10_a_device_with_two_defects_counts_once_in_the_rate(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        office.make_ready(asset, serial)
    office.leave("A-1", "A-2")
    for reason in ("screen", "battery"):
        office.device("A-1", returns.note_defect, Finding(reason, finding="constaté"))
    told = {(row[2], row[3]): row[4] for row in cells(lead, f"/figures.csv?{YEAR}") if row[0] == "K-8"}
    assert (told["Total", "rate"], told["Total", "devices with a counted defect"]) == ("50", "1")
    assert (told["By reason", "screen"], told["By reason", "battery"]) == ("1", "1")
    with office.world.hub.sessions()() as session:
        assert session.query(ExitLine).count() == 2

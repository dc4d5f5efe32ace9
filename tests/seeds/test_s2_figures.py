"""Rows of seed S2 that figures answer: impact with its factors, regions, the REEN target, counters."""

import json
from fractions import Fraction

from hub.exits import donor_types
from hub.inspection.storage import note_storage
from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.models import Lot, Role
from tests.seeds.office import Office, cells
from tests.seeds.test_s1_figures import a_convention

YEAR = "first=2026-01-01&last=2026-12-31"
AGED = "asset;drive serial;date d'achat;sujetion particuliere\nA-1;WD-0001;2020-03-01;non\nA-2;WD-0002;11/2016;\n"


def another_lot(office: Office, code: str, donor: str, units: int, kind: str = "laptop") -> None:
    office.world.lot(code, donor)
    with office.world.hub.sessions().begin() as session:
        lot = session.query(Lot).filter_by(code=code).one()
        life.move(session, office.lead, lot, "received")
        counts.count(session, office.lead, lot, Counted("received", kind, units))


def test_s2_25_the_impact_leaves_with_its_factors_and_years_and_borrows_nothing(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    office.import_more("LOT-1", "asset;type;disque série\nT-1;tablette;EMMC-1\n")
    office.device("T-1", note_storage, "EMMC-1")
    office.make_ready("T-1", "EMMC-1")
    office.make_ready("A-1", "WD-0001")
    office.leave("A-1", "T-1")
    found = json.loads(lead.get(f"/figures/impact.json?{YEAR}").text)["impact"]
    assert (found["factors"]["id"], found["factors"]["version"]) == ("fr-ademe-2022-09", 2)
    kinds = {one["kind"]: (one["co2e_g"], one["years"]) for one in found["kinds"]}
    assert kinds == {"laptop": (81_000, 3), "tablet": (None, None)}, "a tablet takes no figure of a smartphone"
    assert found["avoided"]["co2e_g"] == {"grams": 81_000, "without": ["tablet"]}
    sheet = cells(lead, f"/figures/impact.csv?{YEAR}")
    assert ["tablet", "1", "not available", "not available", "not available", "not available"] in sheet
    page = lead.get(f"/figures?{YEAR}").text
    assert "none is published for tablets" in page
    assert "environmental-footprint-data, under the ODbL" in page
    lead.cookies.set("etabli-lang", "fr")
    assert "aucun n&#39;est publié pour les tablettes" in lead.get(f"/figures?{YEAR}").text


def test_s2_27_statistics_are_told_by_region_and_a_region_is_a_choice(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    another_lot(office, "LOT-2", "Rectorat", 7)
    path = f"/donors/{office.donor_id()}/commitments"
    assert "such as 29" in office.send(lead, path, about="department", department="20")
    assert "Bretagne (29)" in office.send(lead, path, about="department", department="29")
    rows = cells(lead, f"/figures.csv?{YEAR}")
    assert [row[3:5] for row in rows if row[2] == "By region"] == [["Bretagne", "2"]]
    of_region = cells(lead, f"/figures.csv?{YEAR}&region=Bretagne")
    assert next(row[4] for row in of_region if row[0] == "K-1") == "2"
    assert "no lot was received" in str(cells(lead, f"/figures.csv?{YEAR}&region=Corse"))
    assert "no lot was received" in str(cells(lead, f"/figures.csv?{YEAR}&region=Nulle-Part"))


def test_s2_28_a_public_donor_reads_its_reen_rate_with_its_proof(office: Office) -> None:
    lead, caf = office.enter(Role.LEAD), office.enter(Role.DONOR, "CAF")
    path = f"/donors/{office.donor_id()}/reen"
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        office.make_ready(asset, serial)
    office.leave("A-1", "A-2")
    assert counted(caf, path) == {"A-1": "age-unknown", "A-2": "age-unknown"}
    office.import_more("LOT-1", AGED)
    assert counted(caf, path) == {"A-1": "not-committed", "A-2": "age-unknown"}, "11/2016 may be ten years or more"
    office.send(caf, "/lots/LOT-1/stated", tags="A-2", about="purchased", word="2016-11-20")
    a_convention(office, lead)
    assert counted(caf, path) == {"A-1": "counted", "A-2": "too-old"}
    office.send(caf, "/lots/LOT-1/stated", tags="A-2", about="purchased", word="2016-11-21")
    assert counted(caf, path) == {"A-1": "counted", "A-2": "counted"}, "ten years to the day are not over ten"
    office.send(caf, "/lots/LOT-1/stated", tags="A-2", about="special", word="oui")
    assert "0 to" in office.send(caf, path, year="2026", number="-1")
    assert "choose a year" in office.send(caf, path, year="2027", number="3")
    page = office.send(caf, path, year="2026", number="3", note="inventaire")
    assert "special security duties" in page
    document = json.loads(caf.get(f"{path}.json?year=2026").text)
    assert Fraction(document["rate_percent"]) == Fraction(100, 3)
    assert (document["target_percent"], document["reached"]) == (50, False)
    assert ["A / B × 100", "33,3333"] in cells(lead, f"{path}.csv?year=2026")
    assert "33.33" in lead.get(f"/figures?{YEAR}").text, "K-16 on the coordinator's page"
    assert caf.get("/donors/none/reen").status_code == 404


def counted(client: object, path: str) -> dict[str, str]:
    """Why each device counts or not, by tag."""
    document = json.loads(client.get(f"{path}.json?year=2026").text)  # type: ignore[attr-defined]
    return {item["tag"]: item["counts"] for item in document["items"]}


def test_s2_29_counters_and_open_statistics_tell_no_group_under_five(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    with office.world.hub.sessions().begin() as session:
        donor_types.set_type(session, office.lead, office.donor_id(), "local-authority")
    another_lot(office, "LOT-2", "Rectorat", 9, "screen")
    office.make_ready("A-1", "WD-0001")
    office.leave("A-1")
    page = lead.get(f"/figures?{YEAR}").text
    tiles = [part.split("</span>")[0] for part in page.split('<span class="figure">')[1:4]]
    assert tiles == ["11", "1", "1"], "collected, treated, distributed"
    assert lead.get("/figures/open.json?half=2026-S2").status_code == 409, "it is not over"
    office.world.hub.clock.forward(days=60)
    lead = office.enter(Role.LEAD)
    told = json.loads(lead.get("/figures/open.json?half=2026-S2").text)
    assert told["totals"] == {"collected": 11}
    assert told["collected_by_kind"] == {"other": 11}, "two laptops alone would be told by what is left"
    assert told["distributed_by_kind"] == {}
    assert "CAF" not in json.dumps(told)

"""Rows of seed S0 that figures answer: reviews with their actions, the reuse fund."""

import json
import re

from hub.models import Role
from tests.seeds.office import Office, cells

YEAR = "first=2026-01-01&last=2026-12-31"


def test_s0_12_a_half_year_shows_the_actions_that_its_review_decided(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    office.send(lead, "/actions", what="Peser chaque lot", due="2026-12-15")
    page = office.send(lead, "/actions", what="Former deux bénévoles", due="2026-11-01")
    assert "late" in page
    assert "say what came of it" in office.send(lead, "/actions/1", about="done", words=" ")
    done = office.send(lead, "/actions/1", about="done", words="balance achetée")
    assert "balance achetée" in done
    assert "done already" in office.send(lead, "/actions/1", about="done", words="encore")
    office.world.hub.clock.forward(days=60)
    lead = office.enter(Role.LEAD)
    report = office.send(lead, "/half-years", half="2026-S2")
    assert "Peser chaque lot" in report
    assert "balance achetée" in report
    path = re.search(r"/half-years/[\w-]+\.json", report)
    assert path is not None
    kept = json.loads(lead.get(path[0]).text)
    assert [(one["what"], bool(one["done"])) for one in kept["actions"]] == [
        ("Former deux bénévoles", False),
        ("Peser chaque lot", True),
    ]


def test_s0_14_the_reuse_fund_lists_each_device_once_with_its_kilograms(office: Office) -> None:
    lead = office.enter(Role.LEAD)
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        office.make_ready(asset, serial)
    wrong = office.leave("A-1")[0]
    office.come_home(wrong.id)
    office.leave("A-1")
    rows = cells(lead, f"/reuse-fund.csv?{YEAR}")
    assert [(row[2], row[3], row[5], row[9]) for row in rows[1:]] == [("LOT-1", "A-1", "laptop", "1,6500")]
    assert "1.65" in lead.get(f"/reuse-fund?{YEAR}").text
    assert cells(lead, "/reuse-fund.csv?first=2026-01-01&last=2026-06-30")[1:] == []

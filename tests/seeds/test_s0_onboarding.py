"""Seed S0: a partner is taken through the onboarding by a coordinator, page by page, and its staff reads what it must.

Each row of the seed is a test; they share one hub and go the way of one partner, in order.
"""

from collections.abc import Iterator

import pytest

from hub.partners.checklists import shipped
from tests.hub.houses import ALPHA, BRAVO, Houses
from tests.seeds.desk import Desk

PDF = ("scan.pdf", b"%PDF-1.7 signed", "application/pdf")


class Onboarding:
    """A coordinator, and a partner of its own that each test takes further."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        self.desk = Desk(houses.browser("coordinator"))
        self.home = Desk(houses.browser("lead at home"))

    def partner(self, name: str) -> str:
        """The address of a new partner of the coordinator's network."""
        page = self.desk.done("/partners", name=name, kind="refurbisher")
        return "/partners/" + page.split('action="/partners/')[1].split('"')[0]

    def sign(self, partner: str, kind: str, **told: str) -> str:
        fields = {"kind": kind, "signed": "2026-01-15", **told}
        return self.desk.done(f"{partner}/documents", files={"file": PDF}, **fields)

    def judge(self, partner: str, gate: int) -> str:
        """What is said of a gate."""
        return self.desk.done(f"{partner}/gates", gate=str(gate)).split('class="flash')[1].split("</p>")[0]

    def evaluate(self, partner: str, kind: str, **told: str) -> str:
        return self.desk.done(f"{partner}/evaluations", kind=kind, **told)

    def answer(self, partner: str, kind: str, *missed: str) -> str:
        answers = {line.id: "no" if line.id in missed else "yes" for line in shipped().lines[kind]}
        return self.evaluate(partner, kind, **answers)

    def ready_for_the_test(self, partner: str) -> None:
        self.evaluate(partner, "contact")
        self.evaluate(partner, "audit", score="6,5", scale="10")
        self.evaluate(partner, "documents-read")
        self.evaluate(partner, "wish-to-test")
        for kind in ("nda", "test-agreement"):
            self.sign(partner, kind)
        for gate in (1, 2, 3):
            assert "is passed" in self.judge(partner, gate)

    def test_lot(self, partner: str, code: str, devices: int) -> None:
        """A lot of screens, received, in the hands of the partner as its test lot."""
        donors = self.home.read("/new-lot")
        donor = donors.split('<option value="')[1:]
        chosen = next(one.split('"')[0] for one in donor if f"Donateur {ALPHA}" in one)
        self.home.done("/new-lot", donor=chosen, code=code)
        self.home.done(f"/lots/{code}/step", word="received")
        self.home.done(partner, about="lot", lot=code, test="yes")
        sheet = "asset;kind\n" + "".join(f"{code}-{n};screen\n" for n in range(1, devices + 1))
        page = self.home.send(f"/lots/{code}/import", files={"file": ("l.csv", sheet.encode(), "text/csv")})
        assert page.status_code == 200, page.status_code
        text = page.text
        token = text.split('name="text"')
        self.imported = (text, token)


@pytest.fixture(scope="module")
def onboarding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Onboarding]:
    made = Houses.built(tmp_path_factory.mktemp("onboarding") / "hub")
    yield Onboarding(made)
    made.workshop.hub.engine.dispose()

"""Seed S0: a coordinator takes partners through the onboarding, page by page, and their staff reads what it must.

Each row of the seed is a test of its own, with a partner of its own; they share one hub.
"""

import re
from collections.abc import Iterator

import pytest

from hub.partners.checklists import shipped
from tests.hub.houses import ALPHA, Houses
from tests.seeds.desk import Desk

PDF = ("scan.pdf", b"%PDF-1.7 signed", "application/pdf")


class Onboarding:
    """A coordinator and a lead of the workshop that runs the hub at their desks."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        self.desk, self.home = Desk(houses.browser("coordinator")), Desk(houses.browser("lead at home"))

    def partner(self, name: str) -> str:
        """The address of a new partner of the coordinator's network."""
        page = self.desk.done("/partners", name=name, kind="refurbisher")
        return "/partners/" + page.split('action="/partners/')[1].split('"')[0]

    def sign(self, partner: str, kind: str, **told: str) -> str:
        fields = {"kind": kind, "signed": "2026-01-15", **told}
        return self.desk.done(f"{partner}/documents", files={"file": PDF}, **fields)

    def judge(self, partner: str, gate: int) -> bool:
        """Whether a gate is passed."""
        page = self.desk.done(f"{partner}/gates", gate=str(gate))
        assert (f"Gate {gate} is passed" in page) != (f"Gate {gate} is not passed" in page)
        return f"Gate {gate} is passed" in page

    def evaluate(self, partner: str, kind: str, **told: str) -> str:
        return self.desk.done(f"{partner}/evaluations", kind=kind, **told)

    def answer(self, partner: str, kind: str, *missed: str) -> str:
        answers = {line.id: "no" if line.id in missed else "yes" for line in shipped().lines[kind]}
        return self.evaluate(partner, kind, **answers)

    def to_the_test(self, partner: str) -> None:
        """Everything up to gate 3."""
        self.evaluate(partner, "contact")
        self.evaluate(partner, "audit", score="6,5", scale="10")
        self.evaluate(partner, "documents-read")
        self.evaluate(partner, "wish-to-test")
        for kind in ("nda", "test-agreement"):
            self.sign(partner, kind)
        assert [self.judge(partner, gate) for gate in (1, 2, 3)] == [True] * 3

    def lot(self, partner: str, code: str, screens: int) -> None:
        """A lot of screens in the hands of a partner as its test lot, received."""
        self.home.done("/new-lot", donor=self.houses.things[ALPHA]["donor_id"], code=code)
        self.home.done(partner, about="lot", lot=code, test="yes")
        self.bring(code, 1, screens)
        self.home.done(f"/lots/{code}/life", after="received")

    def bring(self, code: str, first: int, last: int) -> str:
        """Import a list of screens; the preview."""
        sheet = "asset;kind\n" + "".join(f"{code}-{n};screen\n" for n in range(first, last + 1))
        page = self.home.send(f"/lots/{code}/import", files={"file": ("l.csv", sheet.encode(), "text/csv")}).text
        kept = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("content", "sha256")}
        self.home.done(f"/lots/{code}/import/apply", **kept)
        return page

    def deliver(self, code: str, first: int, last: int) -> None:
        tags = "\n".join(f"{code}-{n}" for n in range(first, last + 1))
        self.home.done("/scan", what="outcome:reuse", codes=tags)
        page = self.home.done("/new-exit", mode="gift")
        found = re.search(r'action="(/exits/\d+/devices)"', page)
        assert found is not None
        self.home.done(found[1], tags=tags)


@pytest.fixture(scope="module")
def onboarding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Onboarding]:
    made = Houses.built(tmp_path_factory.mktemp("onboarding") / "hub")
    yield Onboarding(made)
    made.workshop.hub.engine.dispose()


def test_s0_1_a_gate_is_refused_until_its_conditions_are_met_and_says_what_is_missing(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier des Étapes")
    assert onboarding.desk.send(f"{partner}/gates", gate="2").status_code == 409
    assert not onboarding.judge(partner, 1)
    assert "no contact is noted" in onboarding.desk.read(f"{partner}/gates")
    onboarding.evaluate(partner, "contact")
    assert onboarding.judge(partner, 1)
    assert "Onboarding: stage 2 of 6" in onboarding.desk.read(partner)
    page = onboarding.desk.read(f"{partner}/gates")
    assert "not passed" in page.split("Judgements so far")[-1]  # the refusal stays on record


def test_s0_4_the_score_of_the_audit_must_be_above_six_and_keeps_its_scale(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier du Score")
    onboarding.evaluate(partner, "contact")
    onboarding.sign(partner, "nda")
    assert onboarding.judge(partner, 1)
    for score, passes in (("6", False), ("6,00", False), ("6,01", True)):
        page = onboarding.evaluate(partner, "audit", score=score, scale="10")
        assert "/ 10" in page
        assert onboarding.judge(partner, 2) is passes, score


def test_s0_5_a_non_disclosure_agreement_is_signed_kept_and_handed_out(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier Discret")
    onboarding.evaluate(partner, "contact")
    onboarding.evaluate(partner, "audit", score="7", scale="10")
    assert onboarding.judge(partner, 1)
    onboarding.sign(partner, "nda", signed="")
    assert not onboarding.judge(partner, 2)
    assert "document without a signature: non-disclosure agreement" in onboarding.desk.read(f"{partner}/gates")
    page = onboarding.sign(partner, "nda")
    assert onboarding.judge(partner, 2)
    answer = onboarding.desk.client.get("/documents/" + page.split('href="/documents/')[1].split('"')[0])
    assert answer.content == PDF[1]


def test_s0_6_the_staff_of_a_partner_reads_each_version_and_says_so(onboarding: Onboarding) -> None:
    staff = Desk(onboarding.houses.browser("technician of a partner"))
    network = onboarding.desk.read("/library").split('<option value="')[1].split('"')[0]

    def file(text: bytes) -> None:
        named = {"network": network, "title": "Tri visuel", "note": "pas à pas"}
        onboarding.desk.done("/library", files={"file": ("tri.pdf", text, "application/pdf")}, **named)

    def to_read() -> str:
        return next(iter(re.findall(r"<h3>Tri visuel.*?</form>", staff.read("/library"), re.DOTALL)), "")

    file(b"%PDF one")
    first = to_read()
    assert "version 1" in first
    assert staff.client.get(first.split('href="')[1].split('"')[0]).content == b"%PDF one"
    staff.done(first.split('action="')[1].split('"')[0])
    assert to_read() == ""
    file(b"%PDF two")
    assert "version 2" in to_read()
    rows = onboarding.desk.read("/library").split("<tbody>")[1].split("</tr>")
    by_version = {n: row for row in rows for n in (1, 2) if f"Tri visuel, version {n}" in row}
    assert "actor technician of a partner" in by_version[1]
    assert "actor technician of a partner" not in by_version[2]


def test_s0_6_a_version_is_read_by_those_of_its_network_only_and_an_old_one_is_not_confirmed(
    onboarding: Onboarding,
) -> None:
    things = onboarding.houses.things
    staff, elsewhere = Desk(onboarding.houses.browser("lead of a partner")), things["zcharlie"]["library_id"]
    assert staff.client.get(f"/library/{elsewhere}").status_code == 404
    assert staff.send(f"/library/{elsewhere}/read").status_code == 404
    mine = f"/library/{things[ALPHA]['library_id']}"
    staff.done(f"{mine}/read")
    assert staff.send(f"{mine}/read").status_code == 409
    assert onboarding.houses.browser("donor").get("/library").status_code == 403


def test_s0_7_the_reports_that_are_asked_for_come_by_a_mapping_of_columns(onboarding: Onboarding) -> None:
    home, code = onboarding.home, onboarding.houses.things[ALPHA]["code"]
    answer = home.send("/exports/mapped", mapping="example", lot=code)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Lot;N° d'inventaire;")
    assert all(line.startswith(f"{code};") for line in lines[1:])
    assert len(lines) > 1


def test_s0_8_the_test_lot_holds_fifty_devices_and_refuses_the_next(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier des Cinquante")
    onboarding.lot(partner, "TEST-50", 50)
    assert "this is a test lot: it holds 50 devices at most" in onboarding.bring("TEST-50", 51, 51)
    assert onboarding.home.read("/lots/TEST-50").count('href="/devices/') == 50


def test_s0_9_the_checklists_are_weighted_and_dated_and_gate_the_test(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier des Listes")
    page = onboarding.answer(partner, "technical", "erasure-proof")  # 4 of 12
    assert "66.66\N{NO-BREAK SPACE}%" in page
    assert "administrative conformity" in onboarding.answer(partner, "administrative").lower()
    assert "the technical share is 66.66 %: too low" in onboarding.desk.read(f"{partner}/gates")
    onboarding.answer(partner, "technical", "cleaning")
    assert "the technical share" not in onboarding.desk.read(f"{partner}/gates")


def test_s0_10_the_rate_of_the_test_is_counted_from_its_devices_and_is_exact(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier du Taux")
    onboarding.to_the_test(partner)
    for kind in ("administrative", "technical"):
        onboarding.answer(partner, kind)
    onboarding.lot(partner, "TEST-T", 21)
    assert "nothing was delivered" in onboarding.desk.read(f"{partner}/gates")
    onboarding.deliver("TEST-T", 1, 20)
    told = {"tag": "TEST-T-1", "finding": "deux pixels morts"}
    for reason in ("screen", "looks"):  # a device counts once
        page = onboarding.desk.done(f"{partner}/test", reason=reason, **told)
    assert "1 of 20 delivered devices do not conform." in page
    assert not onboarding.judge(partner, 4)  # 5.00 %
    onboarding.deliver("TEST-T", 21, 21)
    assert onboarding.judge(partner, 4)  # 4.76 %
    assert onboarding.desk.send(f"{partner}/evaluations", kind="test-result", delivered="99").status_code == 422


def test_s0_10_a_defect_is_taken_back_with_a_reason_and_only_delivered_devices_have_one(
    onboarding: Onboarding,
) -> None:
    partner = onboarding.partner("Atelier des Défauts")
    onboarding.lot(partner, "TEST-D", 2)
    told = {"reason": "screen", "finding": "rayure"}
    assert onboarding.desk.send(f"{partner}/test", tag="TEST-D-1", **told).status_code == 409
    onboarding.deliver("TEST-D", 1, 1)
    page = onboarding.desk.done(f"{partner}/test", tag="TEST-D-1", **told)
    assert "1 of 1 delivered devices" in page
    number = page.split('name="row" value="')[1].split('"')[0]
    assert onboarding.desk.send(f"{partner}/test", about="defect-end", row=number).status_code == 422
    page = onboarding.desk.done(f"{partner}/test", about="defect-end", row=number, reason="déjà là avant")
    assert "0 of 1 delivered devices" in page


def test_s0_11_a_convention_has_its_term_and_an_expired_one_opens_nothing(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier Convenu")
    page = onboarding.sign(partner, "convention", expires="2026-01-31", note="portables et écrans")
    assert "portables et écrans" in page
    assert "expired document: convention" in onboarding.desk.read(f"{partner}/gates")
    page = onboarding.sign(partner, "convention", expires="2030-01-01")
    assert "signed and in force" in page
    assert "document: convention" not in onboarding.desk.read(f"{partner}/gates")


def test_s0_13_another_evaluation_begins_from_the_last_and_the_history_stays(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier Revu")
    onboarding.answer(partner, "technical", "battery", "image")
    page = onboarding.desk.read(f"{partner}/gates")

    def chosen(line: str) -> str:
        box = page.split(f'id="technical-{line}"')[1].split("</select>")[0]
        return box.split(" selected")[0].rsplit('value="', 1)[1].split('"')[0]

    begun = {line.id: chosen(line.id) for line in shipped().lines["technical"]}
    assert begun["battery"] == begun["image"] == "no"
    assert begun["erasure-proof"] == "yes"
    page = onboarding.evaluate(partner, "technical", **{**begun, "battery": "yes"})
    history = page.split("Evaluations so far")[-1]
    assert "83.33" in history  # 10 of 12, as it was
    assert "91.66" in history


def test_s2_7_the_maturity_audit_proposes_a_level_says_why_and_a_person_gives_it(onboarding: Onboarding) -> None:
    partner = onboarding.partner("Atelier Mûr")
    path = f"{partner}/maturity"
    questions = re.findall(r'<select id="q-([\w-]+)"', onboarding.desk.read(path))
    yes = dict.fromkeys(questions, "yes")
    assert onboarding.desk.send(path, **{**yes, "triage": ""}).status_code == 422
    page = onboarding.desk.done(path, **{**yes, "warranty": "no"})
    assert "Level 2 proposed" in page
    assert "level 3 · The legal warranty is handed over in writing" in page
    assert '<span class="letter">' not in onboarding.desk.read(partner)  # it only proposes
    note = page.split('name="note" value="')[1].split('"')[0]
    given = onboarding.desk.done(partner, about="level", level="2", note=note)
    assert '<span class="letter">2</span>' in given
    assert "maturity-example 1" in given
    page = onboarding.desk.done(path, **{**yes, "locked": "no"})
    assert "No level proposed" in page
    assert "Level 2 proposed" in page.split("History")[-1]

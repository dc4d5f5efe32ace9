"""Grades on pages: the whole report, the letter with its policy and reasons, changing the policy, lawful words."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from diagnostics.grading import DEFAULT_CATEGORY_POLICY, DEFAULT_POLICY, banned_words
from hub.models import Device, Donor
from tests.asgi import TestClient
from tests.hub.grade_reports import full_report
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
STRICT = DEFAULT_POLICY.read_text("utf-8").replace("battery_permille = 800", "battery_permille = 950")
STRICT = STRICT.replace('"etabli-example"', '"atelier-strict"')


def diagnose(workshop: Workshop, asset: str, serial: str, report: dict[str, Any]) -> None:
    payload = workshop.bench.diagnosis(serial, asset=asset)
    workshop.bench.give(workshop.hub, {**payload, "report": report})


def device_path(workshop: Workshop, asset: str) -> str:
    with workshop.session() as session:
        return f"/devices/{session.query(Device).filter(Device.asset == asset).one().id}"


def page_of(client: TestClient, path: str, lang: str) -> str:
    client.cookies.set("etabli-lang", lang)
    return re.sub(r"\s+", " ", client.get(path).text.replace("\N{NO-BREAK SPACE}", " "))


def send_form(client: TestClient, path: str, source: str, **data: Any) -> Any:
    token = client.get(source).text.split('name="csrf" value="')[1].split('"')[0]
    given = data.pop("file", None)
    files = None if given is None else {"file": ("policy.toml", given if isinstance(given, bytes) else given.encode())}
    return client.post(path, data={"csrf": token, **data}, files=files)


def test_the_device_page_shows_the_whole_report_and_why_the_letter(workshop: Workshop, signed_in: Enter) -> None:
    stress = [{"test": "cpu", "seconds": 30, "hottest": 81}]
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(battery=790, stress=stress))
    path = device_path(workshop, "ETB-0001")
    english = page_of(signed_in("lead"), path, "en")
    for words in (
        "Demo CPU", "4 / 8", "8 GiB", "Made in 2019, by the date of the panel",
        "BAT0", "cycles: 211", "Sectors waiting for reallocation: 3",
        "To be looked at", "12,345", "33 °C", "Stress tests", "hottest", "Firmware administrator password", "not set",
        "Keyboard", "p-lou", "etabli-example, version 2", "For reuse", "grade B, one of A, B, C",
        "A wants a battery of 80 % or more; it is at 79 %", "read by the bench from BAT0", "To be filled in",
        "Second-hand, not refurbished", "no bench has reported drive WD-0001",
    ):  # fmt: skip
        assert words in english, words
    french = page_of(signed_in("donor"), path, "fr")
    for words in (
        "Secteurs en attente de réallocation", "Réemployable", "A demande une batterie à 80 % ou plus", "Gio",
        "Occasion, non reconditionné", "aucun banc n’a parlé du disque WD-0001",
    ):  # fmt: skip
        assert words in french, words
    assert "p-lou" not in french  # a donor reads no names of people


def test_locks_stand_first_and_what_the_bench_measured_is_shown(workshop: Workshop, signed_in: Enter) -> None:
    report = full_report(battery_discharge=[{"name": "BAT0", "outcome": "gives-way"}])
    machine, drive, keyboard = report["machine"], report["drives"][0], report["checks"][7]
    machine["locks"]["findings"] = [{"code": "lock.absolute", "weight": "blocks", "values": {"state": "Enabled"}}]
    machine["notes"] = ["note.drives-may-be-hidden"]
    drive["readers"] = {"state": "differs", "differences": [{"field": "serial", "explained": ""}]}
    drive["security"] = "Disabled, frozen [SEC2]"
    keyboard |= {"evidence": {"stuck": [30]}, "earlier": [{"result": "fail", "ended": "2026-03-02T08:00:00Z"}]}
    diagnose(workshop, "ETB-0001", "PF1ABCDE", report)
    path = device_path(workshop, "ETB-0001")
    english = page_of(signed_in("lead"), path, "en")
    for words in (
        "Locks, before anything else", "blocks reuse", "Absolute (Computrace) in the firmware: Enabled",
        "A RAID or VMD controller may hide drives", "The battery gives way under load", "SEC2", "stuck",
        "The two readers differ in serial number", "earlier answers",
    ):  # fmt: skip
        assert words in english, words
    french = page_of(signed_in("lead"), path, "fr")
    assert french.index("Verrous, avant toute chose") < french.index("Demo CPU")
    assert "empêche le réemploi" in french


def test_the_word_appears_once_every_check_has_a_result_and_the_drive_is_certified(
    workshop: Workshop, signed_in: Enter
) -> None:
    lead, path = signed_in("lead"), device_path(workshop, "ETB-0001")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report())
    statement = workshop.bench.give(workshop.hub, workshop.bench.erasure("WD-0001", asset="ETB-0001"))
    assert "is erased, and awaits a decision" in page_of(lead, path, "en")
    answer = send_form(lead, f"/queue/{statement}/approve", f"/queue/{statement}", sure="yes")
    assert answer.status_code == 303
    assert "May be called refurbished" in page_of(lead, path, "en")
    assert "Peut être dit « reconditionné »" in page_of(lead, path, "fr")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(results={"wifi": "not-tested"}))
    assert "no result: Wi-Fi" in page_of(lead, path, "en")


def test_a_lead_tries_applies_and_takes_back_a_policy(workshop: Workshop, signed_in: Enter) -> None:
    lead, path = signed_in("lead"), device_path(workshop, "ETB-0001")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(battery=900))
    lead.cookies.set("etabli-lang", "en")
    kept = send_form(lead, "/grades", "/grades", file=STRICT)
    preview = lead.get(kept.headers["location"]).text
    assert "1 device would change." in preview
    assert "ETB-0001" in preview
    assert "atelier-strict" not in page_of(lead, path, "en")
    assert send_form(lead, kept.headers["location"] + "/apply", kept.headers["location"]).status_code == 303
    graded = page_of(lead, path, "en")
    assert "Camille Le Goff" not in page_of(signed_in("donor"), path, "en")
    assert "by Camille Le Goff" in graded
    assert "Policy atelier-strict, version 2" in graded
    assert "A wants a battery of 95 % or more; it is at 90 %" in graded
    assert "Its grades so far" in graded
    assert ">B<" in page_of(lead, "/lots/MAIRIE-01", "en")
    assert send_form(lead, "/grades/undo", "/grades", kind="grade").status_code == 303
    assert "Policy etabli-example, version 2" in page_of(lead, path, "en")
    assert "undone" in page_of(lead, "/grades", "en")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("letters = 3", "this policy cannot be used"),
        (STRICT.replace('letter = "A"', 'letter = "comme neuf"'), "the law bans the word"),
        (STRICT.replace('"atelier-strict"', '"etabli-example"'), "exists with other rules"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_with_its_reason(
    workshop: Workshop, signed_in: Enter, file: str, sentence: str
) -> None:
    lead = signed_in("lead")
    lead.cookies.set("etabli-lang", "en")
    send_form(lead, "/grades", "/grades", choice="shipped-grade")
    answer = send_form(lead, "/grades", "/grades", file=file)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("<html>", "ce n’est pas du TOML à la ligne 1, colonne 1"),
        ('name = "x', "ce n’est pas du TOML"),
        (b"name = '\xe9'", "ce n’est pas un texte en UTF-8"),
        (STRICT.replace("[[parts]]", "[[pieces]]"), "il lui manque 'parts'"),
        ("", "Choisissez d’abord une politique ou un fichier."),
    ],
)
def test_what_is_wrong_with_a_policy_is_said_in_french(
    workshop: Workshop, signed_in: Enter, file: str | bytes, sentence: str
) -> None:
    lead = signed_in("lead")
    lead.cookies.set("etabli-lang", "fr")
    answer = send_form(lead, "/grades", "/grades", file=file)
    assert answer.status_code == 422
    told = html.unescape(answer.text).replace("\N{NO-BREAK SPACE}", " ")
    assert sentence in told
    assert "Error(" not in told


def test_a_category_policy_is_put_in_force_and_taken_back_in_words_of_categories(
    workshop: Workshop, signed_in: Enter
) -> None:
    lead = signed_in("lead")
    lead.cookies.set("etabli-lang", "en")
    kept = send_form(lead, "/grades", "/grades", choice="shipped-category")
    send_form(lead, kept.headers["location"] + "/apply", kept.headers["location"])
    assert "every category comes from it" in page_of(lead, "/grades", "en")
    send_form(lead, "/grades/undo", "/grades", kind="category")
    told = page_of(lead, "/grades", "en")
    assert "Taken back: no category policy is in force." in told
    assert "each letter is the one that the bench gave." not in told


@pytest.mark.parametrize("member", ["machine", "drives", "batteries", "checks", "locks", "stress", "self_tests"])
@pytest.mark.parametrize("value", [7, "x", [], {}, [None, 3, {"a": {"b": [1, {"c": None}]}}], {"a": [[]]}, None])
def test_a_member_of_any_shape_never_breaks_a_page(member: str, value: Any) -> None:
    from hub.models import Diagnostic
    from hub.pages.report_facts import report_facts

    report = {**full_report(), member: value, "of_tomorrow": {"deep": [{"er": 1}]}}
    facts = report_facts(Diagnostic(payload={"report": report}), "fr")
    assert facts is not None
    assert ("of_tomorrow", (("deep.1.er", "1"),)) in facts.measured


def test_a_banned_word_that_others_wrote_reaches_no_page(workshop: Workshop, signed_in: Enter) -> None:
    report = full_report()
    report["grade"]["letter"] = "COMME NEUF"
    report["checks"][0]["note"] = "état neuf"
    report["machine"]["processor"]["name"] = "like new"
    diagnose(workshop, "ETB-0001", "PF1ABCDE", report)
    with workshop.session() as session, session.begin():
        device = session.query(Device).filter(Device.asset == "ETB-0001").one()
        device.model, device.lot.label = "as new", "Portables comme neufs"
    lead, shown = signed_in("lead"), ""
    for path in ("/", "/lots", "/lots/MAIRIE-01", device_path(workshop, "ETB-0001")):
        for lang in ("fr", "en"):
            text = page_of(lead, path, lang)
            assert banned_words(text) == (), path
            shown += text
    assert "[***]" in shown  # the control: the words were there to be shown


def test_an_old_name_that_claims_to_be_refurbished_gives_way_to_the_code_of_the_lot(
    workshop: Workshop, signed_in: Enter
) -> None:
    with workshop.session() as session, session.begin():
        device = session.query(Device).filter(Device.asset == "ETB-0001").one()
        device.model, device.lot.label = "T480 reconditionnés", "Portables r\u200beconditionnés"
        session.query(Donor).filter(Donor.id == device.lot.donor_id).one().name = "Mairie aux reconditionnés"
    lead, admin = signed_in("lead"), signed_in("admin")
    for path in ("/", "/lots", "/lots/MAIRIE-01", device_path(workshop, "ETB-0001"), "/new-lot"):
        for lang in ("fr", "en"):
            text = page_of(lead, path, lang)
            assert "econditionnés" not in text, path
            assert path == "/new-lot" or "MAIRIE-01" in text
    assert "econditionnés" not in page_of(admin, "/people", "fr")


def test_a_lead_gives_another_letter_and_the_donor_reads_that_a_person_did(
    workshop: Workshop, signed_in: Enter
) -> None:
    lead, donor, path = signed_in("lead"), signed_in("donor"), device_path(workshop, "ETB-0001")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(battery=900))
    statement = lead.get(path).text.split('name="statement" value="')[1].split('"')[0]
    assert "MAIRIE-01" in page_of(lead, path, "en")
    refused = send_form(lead, f"{path}/grade", path, statement=statement, letter="C", reason="other")
    assert refused.status_code == 422
    assert "another letter needs a reason" in refused.text
    given = {"statement": statement, "letter": "C", "reason": "hidden-defect", "note": "charnière fendue"}
    assert send_form(lead, f"{path}/grade", path, **given).status_code == 303
    for who, lang, words in (
        (lead, "en", ("overridden by a person", "a defect that no check looks for", "charnière fendue",
                      "Camille Le Goff", "Computed: A", "Second-hand, not refurbished")),
        (donor, "fr", ("corrigé par une personne", "un défaut qu’aucun contrôle ne cherche", "Calculé : A",
                       "Occasion, non reconditionné")),
        (donor, "en", ("overridden by a person",)),
    ):  # fmt: skip
        shown = page_of(who, path, lang)
        for word in words:
            assert word in shown, word
    for secret in ("Camille Le Goff", "charnière fendue", "Give another letter", "Donner une autre lettre"):
        assert secret not in page_of(donor, path, "fr")
    assert "overridden by a person" in page_of(lead, "/lots/MAIRIE-01", "en")
    assert send_form(lead, f"{path}/grade/withdraw", path, statement=statement).status_code == 303
    assert "overridden by a person" not in page_of(donor, path, "en")
    assert "taken back" in page_of(lead, path, "en")


def test_no_letter_by_a_person_opens_the_word(workshop: Workshop, signed_in: Enter) -> None:
    lead, path = signed_in("lead"), device_path(workshop, "ETB-0001")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(looks="C3", results={"wifi": "not-tested"}))
    statement = lead.get(path).text.split('name="statement" value="')[1].split('"')[0]
    assert send_form(lead, f"{path}/grade", path, statement=statement, letter="A", reason="looks").status_code == 303
    shown = page_of(lead, path, "en")
    assert "Second-hand, not refurbished" in shown
    assert "May be called refurbished" not in shown


def test_a_letter_for_an_older_diagnosis_than_the_newest_is_refused(workshop: Workshop, signed_in: Enter) -> None:
    lead, path = signed_in("lead"), device_path(workshop, "ETB-0001")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report())
    statement = lead.get(path).text.split('name="statement" value="')[1].split('"')[0]
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(battery=700))
    answer = send_form(lead, f"{path}/grade", path, statement=statement, letter="C", reason="looks")
    assert answer.status_code == 409
    assert "A newer diagnosis arrived" in answer.text


TABLES = """[[notes]]
group = "memory"
input = "memory_mib"
at_least = 1
note = 5
[[categories]]
id = "B"
at_least = 5
"""


def test_grade_and_category_policies_are_chosen_apart(workshop: Workshop, signed_in: Enter) -> None:
    lead, path = signed_in("lead"), device_path(workshop, "ETB-0001")
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report())
    assert "the shipped one: ctnrs version 1" in page_of(lead, "/grades", "en")
    preview = send_form(lead, "/grades", "/grades", choice="shipped-category").headers["location"]
    assert "no score tables" in page_of(lead, preview, "en")
    assert "No category would change" in page_of(lead, preview, "en")
    assert send_form(lead, f"{preview}/apply", preview).status_code == 303
    text = DEFAULT_CATEGORY_POLICY.read_text("utf-8").split('name = "ctnrs"')[0]
    file = f'name = "ctnrs-site"\nversion = 1\nmethod_version = "2024-03"\n{TABLES}' + text
    mine = send_form(lead, "/grades", "/grades", file=file).headers["location"]
    shown = page_of(lead, mine, "en")
    assert "1 device would change." in shown
    assert '<span class="letter">no category</span>' in shown
    assert send_form(lead, f"{mine}/apply", mine).status_code == 303
    assert "Policy ctnrs-site, version 1" in page_of(lead, path, "en")
    assert "Policy etabli-example, version 2" in page_of(lead, path, "en")  # the grade stayed the bench's
    assert send_form(lead, "/grades/undo", "/grades", kind="category").status_code == 303
    assert "Policy ctnrs, version 1" in page_of(lead, path, "en")
    back = send_form(lead, "/grades", "/grades", choice=mine.rsplit("/", 1)[1])
    assert back.headers["location"] == mine
    assert send_form(lead, "/grades", "/grades", choice="0" * 64).status_code == 404


def test_a_missing_triage_is_said_and_stops_nothing(workshop: Workshop, signed_in: Enter) -> None:
    lead, path = signed_in("lead"), device_path(workshop, "ETB-0001")
    statement = workshop.bench.give(workshop.hub, workshop.bench.erasure("WD-0001", asset="ETB-0001"))
    assert "triage missing" in page_of(lead, "/queue", "en")
    assert "manque : personne n’a choisi où il va" in page_of(lead, path, "fr")
    report = full_report()
    report["checks"].append({"id": "triage", "role": "triage", "result": "pass", "value": "parts"})
    diagnose(workshop, "ETB-0001", "PF1ABCDE", report)
    assert "triage missing" not in page_of(lead, "/queue", "en")
    for place in (path, f"/queue/{statement}"):
        assert 'Tri visuel <span class="badge wait">' in page_of(lead, place, "fr")
        assert "missing: nobody" not in page_of(lead, place, "en")
    assert send_form(lead, f"/queue/{statement}/approve", f"/queue/{statement}", sure="yes").status_code == 303

"""No page and no file calls a drive erased before a person approved its run: not the workshop's, not the donor's."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest

from hub import wording
from hub.models import Device, Drive
from hub.validation.service import approve, reject
from tests.asgi import TestClient
from tests.hub.pages.workshop import Bench, Workshop

Enter = Callable[[str], TestClient]
SERIALS = ("WD-0001", "ST-0002", "KX-0003", "ST-0004", "SA-0005")
LOT = "/lots/MAIRIE-01"
BOTH = ("", "/exits", "/papers", "/weee", "/drives.csv", "/drives.json", "/devices.csv", "/donation", "/stated")
WORKSHOP = ("/account", "/closing", "/board", "/devices", "/sample", "/life", "/exits", "/tags", "/intake")
PLACES = ("/", "/lots", "/queue", "/approve-together", "/figures", "/board", "/benches", "/live", "/stock", "/channels")
SAYS_SO = {"en": re.compile(r"\berased\b", re.IGNORECASE), "fr": re.compile(r"\beffacée?s?\b", re.IGNORECASE)}
# sentences of the hub that speak of no drive of the lot, and classes in which no drive is
OF_NO_DRIVE = {
    "en": (
        r"(erased \(Purge\)|erased \(Clear\)|erased with exceptions|imported evidence, not erased here) 0\b",
        r"not erased",
        r"being erased",
        r"0 drives erased",
        "only the first two lines print as erased",
        "says that anything was erased",
        "A drive in it is erased or destroyed",
        "is fitted only once it is erased",
    ),
    "fr": (
        r"(effacé \(Purge\)|effacé \(Clear\)|effacé avec réserves|preuve importée, non effacé ici) 0\b",
        r"non effacé",
        r"0 disques effacés",
        "les deux premières lignes s’impriment comme effacées",
        "ne dit que quoi que ce soit a été effacé",
        "Son disque est effacé ou détruit",
        "n’est monté qu’une fois effacé",
    ),
}


@pytest.fixture
def undecided(workshop: Workshop) -> Workshop:
    """Every drive of the lot has a run that completed, one with exceptions; nobody has decided any."""
    bench = workshop.bench
    for number, serial in enumerate(SERIALS, 1):
        given = {"asset": f"ETB-{number:04}"}
        if number == 1:
            bench.give(workshop.hub, _with_exceptions(bench, serial, given["asset"]))
        else:
            bench.give(workshop.hub, bench.erasure(serial, **given))
    return workshop


def _with_exceptions(bench: Bench, serial: str, asset: str) -> dict[str, object]:
    reasons = (("HIDDEN_AREA", "AMA 2048 sectors"),)
    return bench.erasure(serial, asset=asset, verdict="ERASED_WITH_EXCEPTIONS", reasons=reasons)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_nothing_calls_a_drive_erased_before_a_person_approved(
    undecided: Workshop, signed_in: Enter, lang: str
) -> None:
    said = list[str]()
    for who, paths in (("lead", (*PLACES, *_of_lot(undecided))), ("donor", _of_lot(undecided, donor=True))):
        client = signed_in(who)
        client.cookies.set("etabli-lang", lang)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            said += [f"{who} {path}: {found}" for found in _called_erased(answer.text, lang)]
    assert not said, "\n".join(said)


def test_the_words_of_a_run_follow_its_decision(undecided: Workshop, signed_in: Enter) -> None:
    lead, donor = signed_in("lead"), signed_in("donor")
    assert "run complete, to be decided" in lead.get("/queue").text
    assert "run complete with exceptions, to be decided" in lead.get(LOT).text
    assert donor.get(LOT).text.count("run complete, to be decided") == len(SERIALS)
    _decide(undecided, "ST-0002", "KX-0003")
    page = _text(lead.get(LOT).text)
    assert "ST-0002 Erased approved" in page
    assert "KX-0003 run complete, rejected rejected" in page
    assert "ST-0002 erased, certificate issued" in _text(donor.get(LOT).text)
    assert wording.complete_state("ERASED", "fr").word == "passage terminé"
    assert wording.run_state("FAILED", "awaiting", "en").word == "Failed"


def test_a_file_of_drives_holds_a_verdict_and_a_certificate_only_where_they_count(
    undecided: Workshop, signed_in: Enter
) -> None:
    _decide(undecided, "ST-0002", "KX-0003")
    _fail(undecided, "ST-0004")
    sheet = signed_in("donor").get(f"{LOT}/drives.csv").content.decode("utf-8-sig")
    rows = {row["serial"]: row for row in csv.DictReader(io.StringIO(sheet), delimiter=";")}
    assert (rows["ST-0002"]["class"], rows["ST-0002"]["verdict"]) == ("erased-clear", "ERASED")
    assert rows["ST-0002"]["certificate"]
    assert not rows["ST-0002"]["last_run"] + rows["ST-0002"]["certificate_not_counted"]
    for serial, because, last in (
        ("KX-0003", "rejected", "complete rejected"),
        ("SA-0005", "awaiting", "complete awaiting"),
        ("ST-0004", "failed", "failed awaiting"),
    ):
        row = rows[serial]
        assert (row["class"], row["open_because"], row["last_run"]) == ("open", because, last)
        assert not [name for name in ("verdict", "level", "method", "statement", "certificate") if row[name]], serial


def test_the_certificate_of_a_drive_that_is_open_again_stands_where_its_name_says_so(
    undecided: Workshop, signed_in: Enter
) -> None:
    _decide(undecided, "ST-0002", "KX-0003")
    before = _row(signed_in("donor"), "ST-0002")
    _fail(undecided, "ST-0002")
    after = _row(signed_in("donor"), "ST-0002")
    assert (after["class"], after["open_because"], after["certificate"]) == ("open", "contradicted", "")
    assert after["certificate_not_counted"] == before["certificate"]


def _row(client: TestClient, serial: str) -> dict[str, str]:
    rows: list[dict[str, str]] = client.get(f"{LOT}/drives.json").json()["drives"]
    return next(row for row in rows if row["serial"] == serial)


def _decide(workshop: Workshop, approved: str, rejected: str) -> None:
    with workshop.session() as session, session.begin():
        lead = workshop.person(session, "lead")
        approve(session, lead, _statement(workshop, approved), "vu", workshop.clock())
        reject(session, lead, _statement(workshop, rejected), "doute", workshop.clock())


def _fail(workshop: Workshop, serial: str) -> None:
    bench, asset, broken = workshop.bench, f"ETB-{SERIALS.index(serial) + 1:04}", (("WRITE_ERROR", "EIO"),)
    run = bench.erasure(serial, asset=asset, verdict="FAILED", reasons=broken)
    bench.give(workshop.hub, {**run, "run_id": "f" * 32})


def _statement(workshop: Workshop, serial: str) -> str:
    return workshop.bench.sent[SERIALS.index(serial)]


def _of_lot(workshop: Workshop, *, donor: bool = False) -> tuple[str, ...]:
    with workshop.session() as session:
        device = f"/devices/{session.query(Device).filter_by(asset='ETB-0002').one().id}"
        drive = session.query(Drive).filter_by(serial="ST-0002").one().id
    shared = (*(f"{LOT}{part}" for part in BOTH), device)
    if donor:
        return shared
    inside = (f"{device}/work", f"{device}/triage", f"{LOT}/drives/{drive}", f"/queue/{workshop.bench.sent[1]}")
    return (*shared, *(f"{LOT}{part}" for part in WORKSHOP), *inside)


def _called_erased(text: str, lang: str) -> list[str]:
    plain = _text(text)
    for sentence in OF_NO_DRIVE[lang]:
        plain = re.sub(sentence, " ", plain, flags=re.IGNORECASE)
    return [plain[max(0, found.start() - 40) : found.end() + 20] for found in SAYS_SO[lang].finditer(plain)]


def _text(page: str) -> str:
    """What a page says, without its bar, drawings and tags."""
    shown = re.sub(r"<head>.*?</head>|<svg.*?</svg>|<header.*?</header>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", shown)))

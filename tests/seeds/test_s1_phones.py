"""Rows S1-3 and S1-4: phones and tablets without an agent, kinds and checklists as data; no tick erases a phone."""

import re

import pytest

from hub.devices.kinds import FILE, MalformedKinds, read_kinds
from hub.devices.outcomes import SOLDERED
from hub.errors import BadInput
from hub.inspection.numbers import luhn, read_imei
from hub.lots.drive_account import account_of
from hub.lots.service import apply_import
from hub.models import Lot
from tests.hub.pages.workshop import Workshop
from tests.seeds.relay import Relay, told

IMEI = "490154203237518"  # the example of GSMA, no device of anybody
LOT = "EVT-2026-03-02"
EVERYTHING_WORKS = {
    "casing": "C5",
    **dict.fromkeys(
        ("locks", "cards-out", "parts", "screen-touch", "charging", "battery-holds", "buttons", "sound", "cameras"),
        "pass",
    ),
    "network": "pass",
    "software": "pass",
}


@pytest.fixture
def relay(workshop: Workshop) -> Relay:
    """A phone brought on an event day."""
    made = Relay(workshop)
    made.done("lead", "/intake/days", channel="event", day="2026-03-02")
    made.done("technician", "/intake", lot=LOT, kind="phone", tag="TEL-1", state="works", drive="unknown")
    return made


def inspect(relay: Relay, tag: str = "TEL-1", **fields: str) -> str:
    return relay.done("technician", f"/devices/{relay.device(tag)}/inspection", **fields)


def tick_everything(relay: Relay, tag: str = "TEL-1") -> str:
    inspect(relay, tag, act="system", image="Android", version="14", licence="with-device", test="passed")
    answers = {f"check-{name}": answer for name, answer in EVERYTHING_WORKS.items()}
    return inspect(relay, tag, act="checks", **answers)


def stands(relay: Relay) -> list[tuple[str, str]]:
    """The storage of the phone in the account of its lot: class, and why it is open."""
    with relay.session() as session:
        lead = relay.workshop.person(session, "lead")
        lot = session.query(Lot).filter_by(code=LOT).one()
        return [(one.standing.explained.value, one.standing.why.value) for one in account_of(session, lead, lot)]


def leave(relay: Relay, mode: str, **more: str) -> str:
    """Try to let the phone out; what the page says."""
    heads = {"weee": {"receiver": "Recycleur", "producer": "Éco-organisme"}, "returned": {"receipt": "reçu 1"}}
    page = relay.done("lead", "/new-exit", mode=mode, **heads.get(mode, {}))
    number = re.search(r"Exit (\d+)", page)
    assert number
    return relay.post("lead", f"/exits/{number[1]}/devices", tags="TEL-1", **more).text


def test_s1_3_a_phone_comes_with_its_storage_in_the_account(relay: Relay) -> None:
    assert stands(relay) == [("open", "unseen")]
    page = relay.read("technician", f"/devices/{relay.device('TEL-1')}/inspection")
    assert "Soldered storage" in page
    assert "not explained" in page


@pytest.mark.parametrize("mode", ["gift", "sale", "loan", "rental"])
def test_s1_3_no_tick_and_no_fresh_system_lets_a_phone_out(relay: Relay, mode: str) -> None:
    assert "Grade A by" in tick_everything(relay)
    device = relay.device("TEL-1")
    relay.done("technician", f"/devices/{device}/triage", word="reuse")
    relay.done("technician", f"/devices/{device}/step", word="ready")
    relay.done("lead", f"/lots/{LOT}/donor-type", word="individual")
    assert stands(relay) == [("open", "unseen")]
    page = leave(relay, mode, **({"price": "20"} if mode == "sale" else {}))
    assert "its storage cannot be taken out, and no erase of it is proven: nobody gets it for use" in page
    assert "is not explained: it does not leave" in page
    assert "Nothing is ready" in relay.read("lead", "/stock")
    assert "erased" not in relay.read("lead", f"/lots/{LOT}/account").split("<tbody>")[-1].lower()


@pytest.mark.parametrize("how", ["absent", "destroyed", "returned", "lost"])
def test_s1_3_a_record_that_its_storage_is_gone_lets_nobody_use_the_phone(relay: Relay, how: str) -> None:
    tick_everything(relay)
    device = relay.device("TEL-1")
    relay.done("technician", f"/devices/{device}/triage", word="reuse")
    explain(relay, how)
    assert stands(relay) == [(how, "")]
    page = leave(relay, "gift")
    assert "its storage cannot be taken out, and no erase of it is proven" in page


def test_s1_3_a_phone_whose_storage_is_destroyed_leaves_as_waste(relay: Relay) -> None:
    relay.done("technician", f"/devices/{relay.device('TEL-1')}/triage", word="weee")
    assert "is not explained: it does not leave" in leave(relay, "weee")
    explain(relay, "destroyed")
    assert "What left: 1" in leave(relay, "weee")


def test_s1_3_its_storage_is_never_an_empty_place(relay: Relay) -> None:
    device = relay.device("TEL-1")
    for bays, empty in (("0", "0"), ("1", "1"), ("2", "2")):
        refused = relay.refused("technician", f"/devices/{device}/bays", bays=bays, empty=empty)
        assert refused.startswith("its storage is soldered"), (bays, empty)
    relay.done("technician", f"/devices/{device}/bays", bays="2", empty="1")


def test_s1_3_a_phone_of_a_list_does_not_leave_before_its_storage_is_noted(relay: Relay) -> None:
    text = "étiquette;type;marque;modèle\nTEL-9;téléphone;Fairphone;3\n"
    with relay.session() as session:
        lot = session.query(Lot).filter_by(code=LOT).one()
        apply_import(session, lot, text, relay.workshop.person(session, "lead"))
    device = relay.device("TEL-9")
    relay.done("technician", f"/devices/{device}/triage", word="reuse")
    relay.done("technician", f"/devices/{device}/bays", bays="1", empty="0")
    relay.done("lead", "/new-exit", mode="gift")
    assert "nothing is known of its soldered storage" in relay.post("lead", "/exits/1/devices", tags="TEL-9").text
    inspect(relay, "TEL-9", act="storage", serial="FP3-EMMC-1")
    assert "FP3-EMMC-1" in relay.read("lead", f"/lots/{LOT}/account")


def test_s1_3_an_erase_of_its_storage_with_proof_lets_the_phone_out_with_its_grade(relay: Relay) -> None:
    device = relay.device("TEL-1")
    inspect(relay, act="imei", imei=IMEI)
    tick_everything(relay)
    relay.done("technician", f"/devices/{device}/triage", word="reuse")
    erase(relay, "EMMC-0001")
    assert "no erase of it is proven" in leave(relay, "gift")  # the bench named a drive that is not its storage
    storage_has_serial(relay, "EMMC-0002")
    erase(relay, "EMMC-0002")
    relay.done("technician", f"/devices/{device}/bays", bays="2", empty="0")
    page = leave(relay, "gift")
    assert "What left: 1" in page
    assert re.search(r'<span class="letter">A</span>', page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("490154203237519", "a figure of this IMEI is wrong: read it again"),
        ("490154203237581", "a figure of this IMEI is wrong: read it again"),
        ("000000000000000", "this IMEI is a filler: it tells nothing"),
        ("4901542032375", "an IMEI has 15 figures: dial *#06# or look under the battery"),
        ("49015420323751x", "an IMEI has 15 figures: dial *#06# or look under the battery"),
        ("٤٩٠١٥٤٢٠٣٢٣٧٥١٨", "an IMEI has 15 figures: dial *#06# or look under the battery"),
    ],
)
def test_s1_3_a_wrong_imei_is_refused(relay: Relay, typed: str, sentence: str) -> None:
    path = f"/devices/{relay.device('TEL-1')}/inspection"
    assert relay.refused("technician", path, act="imei", imei=typed) == sentence


def test_s1_3_every_single_wrong_figure_of_an_imei_is_noticed() -> None:
    assert read_imei("49-015420-323751-8") == IMEI
    assert luhn(IMEI[:-1]) == int(IMEI[-1])
    for at in range(15):
        for other in "0123456789".replace(IMEI[at], ""):
            with pytest.raises(BadInput):
                read_imei(IMEI[:at] + other + IMEI[at + 1 :])


def test_s1_3_the_workshop_reads_the_whole_imei_and_others_its_end(relay: Relay) -> None:
    relay.done("technician", "/intake", lot=LOT, kind="phone", tag="TEL-2", state="works", drive="unknown")
    inspect(relay, act="imei", imei=IMEI)
    page = inspect(relay, "TEL-2", act="imei", imei=IMEI)
    assert IMEI in page
    assert "The same IMEI was read off another device" in page
    shown = relay.read("lead", f"/devices/{relay.device('TEL-1')}")
    assert IMEI not in shown
    assert "•••••••••••7518" in shown


def test_s1_4_kinds_and_checklists_are_data_on_one_core(relay: Relay) -> None:
    text = FILE.read_text(encoding="utf-8")
    more = text + (
        '\n[kinds.cartridge]\nen = "cartridge"\nfr = "cartouche"\nwords = ["cartridge", "cartouche"]\n'
        'storage = "none"\nnumber = ""\nby_hand = ""\n'
    )
    assert read_kinds(more)["cartridge"].names["fr"] == "cartouche"
    for broken in (
        more.replace('"none"\nnumber = ""\nby_hand = ""\n', '"maybe"\n'),
        text + "\n[kinds.x]\n",
        "kinds = 3",
    ):
        with pytest.raises(MalformedKinds):
            read_kinds(broken)
    assert set(SOLDERED) == {"phone", "tablet"}
    relay.done("technician", "/intake", lot=LOT, kind="tablet", tag="TAB-1", state="works", drive="unknown")
    relay.done("technician", "/intake", lot=LOT, kind="screen", tag="ECR-1", state="works", drive="no")
    assert "Screen and touch, all over" in relay.read("technician", f"/devices/{relay.device('TAB-1')}/inspection")
    screen = relay.read("technician", f"/devices/{relay.device('ECR-1')}/inspection")
    assert "A clean picture on every input" in screen
    assert "IMEI" not in screen


def test_s1_4_what_was_not_tried_gives_no_grade(relay: Relay) -> None:
    assert "Grade – by" in inspect(relay, act="checks", **{"check-screen-touch": "pass"})
    path = f"/devices/{relay.device('TEL-1')}/inspection"
    refused = relay.refused("technician", path, act="checks", **{"check-screen-touch": "excellent"})
    assert refused == "choose an answer of the list"
    assert told(relay.post("technician", path, act="checks").text) == "choose an answer of the list"


def explain(relay: Relay, how: str) -> None:
    """A lead records what became of the storage."""
    with relay.session() as session:
        lot = session.query(Lot).filter_by(code=LOT).one()
        lead = relay.workshop.person(session, "lead")
        drive = account_of(session, lead, lot)[0].drive.id
        technician = relay.workshop.person(session, "technician").id
    said = {
        "absent": {"reason": "bay-empty"},
        "destroyed": {"reason": "shredded", "operator": technician, "witness": "Anne", "unreadable": "yes"},
        "returned": {"reference": "reçu 3", "witness": "Anne"},
        "lost": {"reference": "incident 1"},
    }[how]
    data = {"how": how, "sure": "yes", "day": "2026-03-02", "note": "soudé", **said}
    relay.done("lead", f"/lots/{LOT}/drives/{drive}/explain", **data)


def erase(relay: Relay, serial: str) -> None:
    """A run of the bench on a drive of the phone, after the reception, approved."""
    bench, hub = relay.workshop.bench, relay.workshop.hub
    late = {"started": "2026-03-02T09:30:00Z", "ended": "2026-03-02T09:50:00Z", "wall": "2026-03-02T09:51:00Z"}
    run = bench.give(hub, {**bench.erasure(serial, lot=LOT, asset="TEL-1"), **late})
    relay.done("lead", f"/queue/{run}/approve", sure="yes")


def storage_has_serial(relay: Relay, serial: str) -> None:
    """The storage noted at the counter had no readable serial: it is noted again with the one that was read."""
    device = relay.device("TEL-1")
    page = relay.read("technician", f"/devices/{device}/triage")
    for number in sorted(set(re.findall(r'name="said" value="(\d+)"', page)), key=int, reverse=True):
        said = page.split(f'name="said" value="{number}"')[0].rsplit("<li>", 1)[1]
        if "oldered storage" in said and "Places" not in said and "Of these" not in said:
            relay.done("technician", f"/devices/{device}/said/withdraw", said=number, reason="numéro lu")
    inspect(relay, act="storage", serial=serial)

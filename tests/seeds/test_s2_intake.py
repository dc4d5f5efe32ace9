"""Rows S2-9, S2-11 and S1-12: types of donors, gifts of individuals over the counter, the channel of a lot."""

import re

import pytest

from hub.figures import indicators, periods, reading
from hub.figures.reading import Choice
from hub.models import Lot
from tests.hub.pages.workshop import Workshop
from tests.seeds.relay import Relay

EVENT = {"channel": "event", "day": "2026-03-02", "label": "Fête de la récup"}
LAPTOP = {"lot": "EVT-2026-03-02", "kind": "laptop", "tag": "EV-1", "state": "works", "drive": "yes", "maker": "Dell"}


@pytest.fixture
def relay(workshop: Workshop) -> Relay:
    return Relay(workshop)


def receipt_code(page: str) -> str:
    found = re.search(r'href="/receipts/(D1-[0-9A-Z-]+)"', page)
    assert found
    return found[1]


def test_s2_9_the_type_of_a_donor_decides_whether_a_ceiling_holds(relay: Relay) -> None:
    relay.receive()
    relay.make_ready("ETB-0001", "WD-0001")
    with_it = {"tags": "ETB-0001", "price": "200", "with-charger": "yes", "with-battery": "yes", "with-system": "yes"}
    relay.done("lead", "/new-exit", mode="sale")
    assert "say first what type of donor gave it" in relay.post("lead", "/exits/1/devices", **with_it).text
    relay.done("lead", "/lots/MAIRIE-01/donor-type", word="local-authority")
    assert "a public body gave it: it costs 180 € at most" in relay.post("lead", "/exits/1/devices", **with_it).text
    relay.done("lead", "/lots/MAIRIE-01/donor-type", word="company")
    assert "2026-03-02 → 2028-03-02" in relay.done("lead", "/exits/1/devices", **with_it)


def test_s2_11_a_device_is_taken_in_with_one_form_and_a_receipt_without_a_name(relay: Relay) -> None:
    relay.done("lead", "/intake/days", **EVENT)
    page = relay.done("technician", "/intake", **LAPTOP)
    code = receipt_code(page)
    form = page.split('action="/intake"')[1].split("</form>")[0]
    asked = set(re.findall(r'name="([^"]+)"', form)) - {"csrf"}
    assert asked == {"lot", "kind", "tag", "maker", "model", "state", "drive"}  # nobody is asked who brings it
    receipt = relay.read("visitor", f"/receipts/{code.lower()}")
    for word in (
        code,
        "Atelier de Brest",
        "EV-1",
        "it works",
        "a drive is in it",
        "No bench has read a drive of it yet",
    ):
        assert word in receipt, word
    assert "received" in relay.read("lead", "/lots/EVT-2026-03-02")
    assert "<strong>1</strong>" in relay.read("lead", "/lots/EVT-2026-03-02/life") or "1" in page


def test_s2_11_the_receipt_tells_when_the_drive_is_erased(relay: Relay) -> None:
    relay.done("lead", "/intake/days", **EVENT)
    code = receipt_code(relay.done("technician", "/intake", **LAPTOP))
    bench, hub = relay.workshop.bench, relay.workshop.hub
    payload = bench.erasure("EV-DISK-1", lot="EVT-2026-03-02", asset="EV-1")
    late = {"started": "2026-03-02T09:30:00Z", "ended": "2026-03-02T09:50:00Z", "wall": "2026-03-02T09:51:00Z"}
    run = bench.give(hub, {**payload, **late})
    assert "not explained" in relay.read("visitor", f"/receipts/{code}")
    relay.done("lead", f"/queue/{run}/approve", sure="yes")
    receipt = relay.read("visitor", f"/receipts/{code}")
    assert "erased (Clear)" in receipt
    assert re.search(r'href="/verify/[0-9a-f-]{36}"', receipt)
    assert "EV-DISK-1" not in receipt


@pytest.mark.parametrize("day", ["2199-12-31", "0001-01-01", "1926-03-01"])
def test_s2_11_a_day_of_another_age_is_a_slip_of_the_keyboard(relay: Relay, day: str) -> None:
    refused = relay.refused("lead", "/intake/days", **{**EVENT, "day": day})
    assert "more than a year away" in refused


def test_s2_11_one_lot_holds_one_event_day(relay: Relay) -> None:
    relay.done("lead", "/intake/days", **EVENT)
    refused = relay.refused("lead", "/intake/days", **EVENT)
    assert refused == "the lot of that day is open already: EVT-2026-03-02"
    relay.done("lead", "/intake/days", channel="drop-off", day="2026-03-02")
    for tag, lot in (("EV-1", "EVT-2026-03-02"), ("EV-2", "EVT-2026-03-02"), ("DE-1", "DEP-2026-03-02")):
        relay.done("technician", "/intake", **{**LAPTOP, "tag": tag, "lot": lot})
    with relay.session() as session:
        held = {lot.code: sorted(str(one.asset) for one in lot.devices) for lot in session.query(Lot)}
    assert held["EVT-2026-03-02"] == ["EV-1", "EV-2"]
    assert held["DEP-2026-03-02"] == ["DE-1"]
    assert relay.get("technician", "/intake").text.count("Open a day") == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"tag": ""}, "stick a tag on it, and scan or type it"),
        ({"tag": "ETB-0001"}, "another device has this tag: take a fresh one"),
        ({"kind": "bicycle"}, "choose what was brought"),
        ({"state": "?"}, "choose its state, and whether a drive is in it"),
        ({"lot": "MAIRIE-01"}, "this lot takes nothing in over the counter: open a day first"),
        ({"lot": "NONE"}, "no lot NONE"),
    ],
)
def test_s2_11_what_cannot_be_taken_in_is_told_and_nothing_is_written(
    relay: Relay, changed: dict[str, str], sentence: str
) -> None:
    relay.done("lead", "/intake/days", **EVENT)
    assert relay.refused("technician", "/intake", **{**LAPTOP, **changed}) == sentence
    assert "Nothing yet." in relay.read("technician", "/intake")


def test_s2_11_a_receipt_opens_by_its_whole_code_only(relay: Relay) -> None:
    relay.done("lead", "/intake/days", **EVENT)
    code = receipt_code(relay.done("technician", "/intake", **LAPTOP))
    for wrong in (code[:-1], code[:-1] + ("0" if code[-1] != "0" else "1"), "EV-1", "D1", "x" * 300):
        assert relay.get("visitor", f"/receipts/{wrong}").status_code == 404, wrong


def test_s1_12_the_channel_of_a_lot_is_shown_filtered_and_counted(relay: Relay) -> None:
    relay.receive()
    relay.done("lead", "/lots/MAIRIE-01/counts", step="received", kind="laptop", number="5")
    relay.done("lead", "/lots/MAIRIE-01/channel", channel="collection")
    relay.done("lead", "/intake/days", **{**EVENT, "channel": "one-for-one"})
    relay.done("technician", "/intake", **{**LAPTOP, "lot": "1P1-2026-03-02"})
    assert "collected at the donor&#39;s" in relay.read("technician", "/lots/MAIRIE-01/life")
    every = relay.read("technician", "/channels")
    assert "MAIRIE-01" in every
    assert "1P1-2026-03-02" in every
    filtered = relay.read("technician", "/channels?channel=one-for-one")
    assert "1P1-2026-03-02" in filtered
    assert "MAIRIE-01" not in filtered
    assert relay.post("technician", "/lots/MAIRIE-01/channel", channel="bin").status_code == 403
    with relay.session() as session:
        lead = relay.workshop.person(session, "lead")
        period = periods.half_year("2026-S1")
        figure = indicators.collected(reading.read(session, lead, period, Choice()))
    counted = {line.name: int(line.value) for line in figure.lines if line.group == "channel"}
    assert counted == {"collection": 5, "one-for-one": 1}
    shown = relay.read("lead", "/figures?first=2026-01-01&last=2026-06-30")
    assert "one for one, at a purchase" in shown

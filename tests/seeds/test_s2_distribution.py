"""Rows S2-10 and S2-19: solidarity distributors, their stock, reservations, deliveries, and service afterwards."""

import re

import pytest

from hub.departed import DeviceReturn
from tests.hub.pages.workshop import Workshop
from tests.seeds.relay import Relay, told

SECRETS = ("Mairie", "MAIRIE-01", "PF1ABCDE", "WD-0001")  # the donor, the lot, the serials of machine and drive


@pytest.fixture
def relay(workshop: Workshop) -> Relay:
    made = Relay(workshop)
    made.receive()
    return made


@pytest.fixture
def ready(relay: Relay) -> Relay:
    """One laptop of grade B that can leave."""
    relay.make_ready("ETB-0001", "WD-0001")
    return relay


@pytest.fixture
def delivered(ready: Relay) -> Relay:
    """That laptop, given to the distributor."""
    reserve_it(ready)
    ready.done("lead", "/reservations/deliver", numbers="1", mode="gift", **{"with-charger": "yes"})
    return ready


def reserve_it(relay: Relay, who: str = "distributor", **more: str) -> str:
    return relay.done(who, f"/stock/{relay.device('ETB-0001')}/reserve", **more)


def test_s2_10_the_stock_shows_what_is_ready_and_never_who_gave_it(ready: Relay) -> None:
    page = ready.read("distributor", "/stock")
    assert "ETB-0001" in page
    assert "Lenovo ThinkPad T480" in page
    assert re.search(r"laptop · B <strong>1</strong>", page)
    assert "ETB-0002" not in page
    for secret in SECRETS:
        assert secret not in page, secret
    assert "ETB-0001" in ready.read("distributor", "/stock?kind=laptop&grade=B")
    assert "ETB-0001" not in ready.read("distributor", "/stock?kind=desktop")
    assert "ETB-0001" not in ready.read("distributor", "/stock?grade=A")


@pytest.mark.parametrize("left_out", ["erasure", "decision", "grade", "step", "triage"])
def test_s2_10_a_device_that_lacks_one_thing_is_not_in_the_stock(relay: Relay, left_out: str) -> None:
    device, bench, hub = relay.device("ETB-0001"), relay.workshop.bench, relay.workshop.hub
    if left_out != "triage":
        relay.done("technician", f"/devices/{device}/triage", word="reuse")
    relay.done("technician", f"/devices/{device}/bays", bays="1", empty="0")
    if left_out != "grade":
        bench.give(hub, bench.diagnosis("PF1ABCDE", asset="ETB-0001"))
    if left_out != "erasure":
        run = bench.give(hub, bench.erasure("WD-0001", asset="ETB-0001"))
        if left_out != "decision":
            relay.done("lead", f"/queue/{run}/approve", sure="yes")
    if left_out != "step":
        relay.done("technician", f"/devices/{device}/step", word="ready")
    assert "Nothing is ready" in relay.read("distributor", "/stock")
    refused = relay.refused("distributor", f"/stock/{device}/reserve")
    assert refused.startswith("this device is not available")


def test_s2_10_a_distributor_reserves_and_nobody_else_gets_the_device(ready: Relay) -> None:
    page = reserve_it(ready, days="7")
    assert page.count("until 9 Mar 2026") == 2
    assert "Nothing is ready" in ready.read("other distributor", "/stock")
    assert "Nothing is reserved" in ready.read("other distributor", "/reservations")
    assert "somebody was faster" in ready.refused(
        "other distributor", f"/stock/{ready.device('ETB-0001')}/reserve"
    )  # fmt: skip
    assert ready.post("other distributor", "/reservations/1/release").status_code == 404
    ready.done("lead", "/new-exit", mode="gift", receiver="Somebody else")
    assert "it is reserved until" in ready.post("lead", "/exits/1/devices", tags="ETB-0001").text


def test_s2_10_a_reservation_ends_by_its_day_and_by_a_release(ready: Relay) -> None:
    reserve_it(ready, days="2")
    ready.done("distributor", "/reservations/1/release")
    assert "ETB-0001" in ready.read("other distributor", "/stock")
    reserve_it(ready, "other distributor", days="2")
    ready.pass_days(2)
    assert "Nothing is ready" in ready.read("distributor", "/stock")
    ready.pass_days(1)
    assert "ETB-0001" in ready.read("distributor", "/stock")


def test_s2_10_a_delivery_has_a_note_that_only_its_distributor_reads(delivered: Relay) -> None:
    note = delivered.read("distributor", "/deliveries/1")
    for word in ("Delivery note 1", "Emmaüs Brest", "ETB-0001", "B (atelier v3)", "charger", "Key of its page"):
        assert word in note, word
    for secret in SECRETS:
        assert secret not in note, secret
    assert delivered.get("other distributor", "/deliveries/1").status_code == 404
    assert "Nothing was delivered" in delivered.read("other distributor", "/deliveries")
    assert "Nothing is reserved" in delivered.read("distributor", "/reservations")
    for path in ("/lots", "/exits", "/exits/1", "/exits/1/slip", "/partners", "/prescriptions", "/search?q=ETB-0001"):
        answer = delivered.get("distributor", path)
        assert answer.status_code == 403 or "Lenovo" not in answer.text, path


def test_s2_10_a_delivery_whose_device_cannot_leave_leaves_nothing_behind(ready: Relay) -> None:
    reserve_it(ready)
    ready.done("technician", f"/devices/{ready.device('ETB-0001')}/triage", word="parts", reason="écran cassé")
    page = ready.refused("lead", "/reservations/deliver", numbers="1", mode="gift")
    assert page == "nothing has left: see below what keeps each device here"
    assert ready.get("lead", "/exits/1").status_code == 404
    assert "ETB-0001" in ready.read("lead", "/reservations")


def test_s2_10_the_start_page_of_each_role_leads_to_its_own_places(ready: Relay) -> None:
    page = ready.read("distributor", "/")
    bar = re.findall(r'<li[^>]*>\s*<a href="([^"]+)"', page.split("</nav>")[0])
    assert bar == ["/", "/stock", "/reservations", "/deliveries", "/help"]
    assert "devices to choose from" in page
    page = ready.read("prescriber", "/")
    assert re.findall(r'<li[^>]*>\s*<a href="([^"]+)"', page.split("</nav>")[0]) == ["/", "/prescriptions", "/help"]
    for path in ("/", "/prescriptions"):
        assert "Mairie" not in ready.read("prescriber", path)


def test_s2_10_the_distributor_asks_for_service_and_the_workshop_sees_it(delivered: Relay) -> None:
    device = delivered.device("ETB-0001")
    delivered.done("distributor", "/deliveries/1/service", device=device, reason="battery", finding="s'éteint à 40 %")
    page = delivered.read("technician", f"/devices/{device}/work")
    assert "éteint à 40 %" in page
    with delivered.session() as session:
        row = session.query(DeviceReturn).one()
        assert (row.reason, row.came_back) == ("battery", False)  # only the workshop says that it is here again
    back = delivered.done("technician", f"/devices/{device}/work", act="return", reason="battery", back="yes")
    assert "battery" in back


@pytest.mark.parametrize("words", ["chez Mme Le Goff", "M. Kerboul", "lou@example.org", "appeler le 06 12 34 56 78"])
def test_s2_10_service_takes_no_words_about_people(delivered: Relay, words: str) -> None:
    told_ = {"device": delivered.device("ETB-0001"), "reason": "other", "finding": words}
    refused = delivered.refused("distributor", "/deliveries/1/service", **told_)
    assert refused == "write what is wrong with the device, and nothing about whoever has it"
    with delivered.session() as session:
        assert session.query(DeviceReturn).count() == 0


def test_s2_10_nobody_asks_service_for_a_device_of_somebody_else(delivered: Relay) -> None:
    delivered.make_ready("ETB-0002", "ST-0002")
    other = delivered.device("ETB-0002")
    assert "Choose the device" in delivered.refused(
        "distributor", "/deliveries/1/service", device=other, reason="looks"
    )
    mine = {"device": delivered.device("ETB-0001"), "reason": "looks"}
    assert delivered.post("other distributor", "/deliveries/1/service", **mine).status_code == 404


def test_s2_19_a_tag_alone_opens_little_and_nothing_of_what_is_here(delivered: Relay) -> None:
    delivered.make_ready("ETB-0002", "ST-0002")
    page = delivered.read("visitor", "/t/etb-0001")
    for word in ("ETB-0001", "Lenovo ThinkPad T480", "2 Mar 2026", "Atelier de Brest", "Something is wrong with it"):
        assert word in page, word
    for hidden in (*SECRETS, "Emmaüs", "/verify/", "atelier v3"):
        assert hidden not in page.split("<main")[1].split("</main>")[0], hidden
    here, nowhere = delivered.get("visitor", "/t/ETB-0002"), delivered.get("visitor", "/t/NO-SUCH-TAG")
    assert here.status_code == nowhere.status_code == 404
    assert told(here.text) == told(nowhere.text)
    assert told(here.text).startswith("No delivered device is known by this tag")


def test_s2_19_the_key_of_the_note_opens_grade_and_certificates(delivered: Relay) -> None:
    link = re.search(r'href="(/t/ETB-0001\?key=[0-9A-Z]{8})"', delivered.read("distributor", "/deliveries/1"))
    assert link
    page = delivered.read("visitor", link[1])
    assert "B (atelier v3)" in page
    certificate = re.search(r'href="(/verify/[0-9a-f-]{36})"', page)
    assert certificate
    assert "This certificate is in the record of this workshop." in delivered.read("visitor", certificate[1])
    for hidden in (*SECRETS, "Emmaüs"):
        assert hidden not in page, hidden
    wrong = delivered.read("visitor", link[1][:-1] + ("0" if link[1][-1] != "0" else "1"))
    assert "/verify/" not in wrong.split("<main")[1].split("</main>")[0]


def test_s2_19_a_sold_device_shows_its_legal_warranty(ready: Relay) -> None:
    ready.done("lead", "/lots/MAIRIE-01/donor-type", word="company", type="company", donor_type="company")
    reserve_it(ready)
    ready.done("lead", "/reservations/deliver", numbers="1", mode="sale", price="60")
    page = ready.read("visitor", "/t/ETB-0001")
    assert "2 Mar 2026 → 2 Mar 2028" in page
    assert "2 Mar 2027" in page


def test_s2_19_guessing_tags_is_slowed_down(delivered: Relay) -> None:
    answers = [delivered.get("visitor", f"/t/ETB-{number:04}").status_code for number in range(5000, 5040)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert delivered.get("visitor", "/t/ETB-0001").status_code == 429


def test_s2_19_a_device_that_came_back_is_public_no_more(delivered: Relay) -> None:
    device = delivered.device("ETB-0001")
    delivered.done("technician", f"/devices/{device}/work", act="return", reason="battery", back="yes")
    assert delivered.get("visitor", "/t/ETB-0001").status_code == 404


def test_s2_10_what_is_reserved_leaves_after_the_sample_of_its_lot_was_drawn_and_read(ready: Relay) -> None:
    object.__setattr__(ready.workshop.app.state.hub.settings, "require_sample", True)
    reserve_it(ready)
    leave = {"numbers": "1", "mode": "gift", "with-charger": "yes"}
    assert "draw first" in ready.post("lead", "/reservations/deliver", **leave).text
    ready.done("lead", "/new-exit", mode="gift", receiver="Somebody")
    page = ready.post("lead", "/exits/1/devices", tags="ETB-0001").text
    path = re.findall(r'href="([^"]+/sample)"', page)[0]
    ready.done("lead", path)
    assert "is drawn to be read again" in ready.post("lead", "/reservations/deliver", **leave).text
    read = {"result": "clean", "tool": "dd 9.1", "found": "rien", "serial": "WD-0001"}
    ready.done("technician", f"{path}/read", drawn="1", **read)
    assert ">ETB-0001<" in ready.done("lead", "/reservations/deliver", **leave)

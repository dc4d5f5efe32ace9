"""Seed S2-12: the four ways of the first triage, with their reason and a photo."""

from collections.abc import Iterator

import pytest

from tests.hub.camera import SECRET, photo, png
from tests.hub.houses import ALPHA, BRAVO, Houses
from tests.seeds.desk import Desk


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    made = Houses.built(tmp_path_factory.mktemp("photos") / "hub")
    yield made
    made.workshop.hub.engine.dispose()


def add(desk: Desk, device: str, content: bytes, note: str = "coque fendue") -> str:
    """The address of a photo that was added."""
    page = desk.done(f"{device}/photos", files={"file": ("../../x.html", content, "text/html")}, note=note)
    return device + "/photos/" + page.rsplit(f'src="{device}/photos/', 1)[1].split('"')[0]


def test_s2_12_a_device_goes_one_of_four_ways_with_its_reason_and_a_photo(houses: Houses) -> None:
    desk, device = Desk(houses.browser("volunteer of a partner")), f"/devices/{houses.things[ALPHA]['device_id']}"
    for word, shown in (("parts", "parts"), ("weee", "e-waste"), ("waste", "waste"), ("reuse", "reuse")):
        page = desk.done(f"{device}/triage", word=word, reason=f"vu : {word}")
        assert f"vu : {word}" in page
        assert shown in page.lower()
    path = add(desk, device, photo())
    assert f'src="{path}"' in desk.read(device)
    answer = desk.client.get(path)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")
    assert SECRET not in answer.content


def test_s2_12_a_photo_is_served_so_that_no_browser_runs_it(houses: Houses) -> None:
    desk, device = Desk(houses.browser("lead of a partner")), f"/devices/{houses.things[ALPHA]['device_id']}"
    headers = desk.client.get(add(desk, device, png())).headers
    assert headers["content-type"] == "image/png"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith('attachment; filename="photo-')
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_s2_12_a_photo_is_taken_back_with_a_reason_and_gone_from_the_pages(houses: Houses) -> None:
    desk, device = Desk(houses.browser("lead of a partner")), f"/devices/{houses.things[ALPHA]['device_id']}"
    path = add(desk, device, photo(), note="un visage")
    assert desk.send(f"{path}/withdraw").status_code == 422
    page = desk.done(f"{path}/withdraw", reason="une personne se voit")
    assert "une personne se voit" in page
    assert path not in page
    assert desk.client.get(path).status_code == 404


def test_s2_12_a_device_has_eight_photos_of_five_mebibytes_at_most(houses: Houses) -> None:
    desk, device = Desk(houses.browser("lead of a partner")), f"/devices/{houses.things[ALPHA]['device_id']}"
    large = desk.send(f"{device}/photos", files={"file": ("p.jpg", photo(bytes(5 * 1024 * 1024)), "image/jpeg")})
    assert large.status_code == 413
    script = desk.send(f"{device}/photos", files={"file": ("p.jpg", b"<script>alert(1)</script>", "image/jpeg")})
    assert "choose a photo: a whole JPEG or PNG file" in script.text
    while 'name="file"' in desk.read(f"{device}/photos"):
        add(desk, device, photo())
    assert desk.read(f"{device}/photos").count('<img class="photo"') == 8
    more = desk.send(f"{device}/photos", files={"file": ("p.jpg", photo(), "image/jpeg")})
    assert more.status_code == 409


def test_s2_12_another_workshop_and_the_donor_see_no_photo(houses: Houses) -> None:
    desk, device = Desk(houses.browser("lead at home")), f"/devices/{houses.things[BRAVO]['device_id']}"
    path = add(desk, device, photo())
    for who, status in (("lead of a partner", 404), ("donor", 403), ("distributor", 403), ("coordinator", 200)):
        assert houses.browser(who).get(path).status_code == status, who

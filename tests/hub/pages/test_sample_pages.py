"""The page of a sample: drawing, what it asks of whom, and a page that says what a failed reading means."""

from collections.abc import Callable

from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk

Enter = Callable[[str], TestClient]


def test_a_drawn_drive_is_read_again_on_its_page_and_a_failure_is_said(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    lead, technician = Desk(signed_in("lead")), Desk(signed_in("technician"))
    assert "No approved drive waits for a draw." in lead.read("/lots/MAIRIE-01/sample")
    lead.done("/lots/MAIRIE-01/life", after="received", day="2026-03-01")
    lead.done(f"/queue/{worked[1]['WD-0001']}/approve", sure="yes")
    assert "1 approved drive has not been in a draw" in lead.read("/lots/MAIRIE-01/sample")
    page = lead.done("/lots/MAIRIE-01/sample")
    assert "waits for another person" in page
    assert "1 drive to read again" in lead.read("/board")
    assert "another person has to read it again" in lead.read("/lots/MAIRIE-01/closing")
    drawn = page.split('name="drawn" value="')[1].split('"')[0]
    read = {"drawn": drawn, "tool": "PhotoRec 7.2", "found": "trois photos", "serial": "WD-0001"}
    assert technician.send("/lots/MAIRIE-01/sample/read", **read, result="").status_code == 422
    page = technician.done("/lots/MAIRIE-01/sample/read", **read, result="data")
    assert "data was found" in page
    assert "The drive is open again in the account of the lot" in page
    assert "did not find it clean" in technician.read("/lots/MAIRIE-01/account")

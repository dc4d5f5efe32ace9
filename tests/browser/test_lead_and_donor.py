"""A lot from its list to its certificate, in a real browser, with a bench that speaks the real API."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from certificates.envelope import MEDIA_TYPE
from certificates.exchange import NONCE_HEADER, sign_request
from certificates.keys import SigningKey
from certificates.verdicts import Verdict, judge
from hub.proven import ProvenDocument
from hub.stations.trust import trust_of
from tests.hub.pages.workshop import EMAILS, PASSWORD, Bench, Workshop

pytestmark = [pytest.mark.browser, pytest.mark.world]
PATIENCE = 20  # seconds
Place = tuple[Workshop, str]
Open = Callable[..., Chrome]
Patiently = Callable[[Callable[[], bool]], None]
LIST = "étiquette;type;marque;modèle;numéro de série;disque série\nNEW-0001;portable;Lenovo;X270;PC0X270;HGST-0001\n"


def sign_in(browser: Chrome, url: str, who: str, lang: str = "en") -> None:
    browser.get(f"{url}/language/{lang}?back=/sign-in")
    browser.find_element(By.ID, "email").send_keys(EMAILS[who])
    browser.find_element(By.ID, "password").send_keys(PASSWORD + Keys.ENTER)
    WebDriverWait(browser, PATIENCE).until(lambda _: browser.current_url == f"{url}/")


def text_of(browser: Chrome) -> str:
    return str(browser.execute_script("return document.body ? document.body.innerText : ''"))


def expect(browser: Chrome, words: str) -> None:
    """Wait until a page says it: a click returns before the next page is there."""
    WebDriverWait(browser, PATIENCE).until(lambda _: words in text_of(browser), words)


def press(browser: Chrome, words: str) -> None:
    browser.find_element(By.XPATH, f"//main//*[self::a or self::button][contains(., '{words}')]").click()


def complaints(browser: Chrome) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def enrol(client: httpx.Client, bench: Bench, token: str, url: str) -> None:
    proof = bench.key.sign_message("application/vnd.etabli.enrol.v1", f"{token}\n{url}".encode())
    asked = {"token": token, "name": bench.name, "public": bench.key.public.base64, "demo": False}
    asked["proof"] = base64.b64encode(proof).decode()
    assert client.post("/api/v1/enrolments", json=asked).status_code == 202


def push(client: httpx.Client, bench: Bench, data: bytes) -> httpx.Response:
    nonce = client.get("/api/v1/nonce").json()["nonce"]
    url = f"{client.base_url}/api/v1/statements/{hashlib.sha256(data).hexdigest()}".replace("//api", "/api")
    headers = {"Content-Type": MEDIA_TYPE, **sign_request(bench.key, "PUT", url, data, nonce)}
    return client.put(url, content=data, headers=headers)


def test_a_drive_goes_from_the_list_to_the_donors_hands(
    place: Place, open_browser: Open, client: httpx.Client, patiently: Patiently, tmp_path: Path
) -> None:
    workshop, url = place
    lead = open_browser()
    sign_in(lead, url, "lead")

    import_the_list(lead, url, tmp_path)
    bench = Bench(SigningKey.generate(demo=False), name="Banc 7")
    take_the_bench_in(lead, url, client, bench)
    erasure = bench.erasure("HGST-0001", model="HGST Z7K500", asset="NEW-0001")
    assert push(client, bench, bench.sign(bench.diagnosis("PC0X270", asset="NEW-0001"))).status_code == 201
    assert push(client, bench, bench.sign(erasure)).status_code == 201
    approve(lead, url)
    lead.get(f"{url}/lots/MAIRIE-01")
    lead.find_element(By.LINK_TEXT, "NEW-0001").click()
    expect(lead, "Device NEW-0001")
    story = lead.find_element(By.CSS_SELECTOR, ".story").text
    for step in (
        "Announced on the donor's list",
        "Diagnosed: grade B",
        "Drive HGST-0001: Erased",
        "Approved",
        "issued",
    ):
        assert step in story
    assert complaints(lead) == []

    donor = open_browser(downloads="donor")
    sign_in(donor, url, "donor", "fr")
    donor.get(f"{url}/lots/MAIRIE-01")
    expect(donor, "1 sur 6 avec attestation")
    press(donor, "PDF fr")
    patiently(lambda: any(file.suffix == ".pdf" for file in (tmp_path / "donor").iterdir()))
    (file,) = (tmp_path / "donor").glob("*.pdf")
    with workshop.session() as session:
        kept = session.get(ProvenDocument, hashlib.sha256(file.read_bytes()).hexdigest())
        assert kept is not None
        assert kept.lang == "fr"
        assert judge(file.read_bytes(), trust_of(session)).verdict is Verdict.VALID
    check_the_file(donor, url, file)
    see_nothing_of_others(donor, url)


def import_the_list(lead: Chrome, url: str, folder: Path) -> None:
    (folder / "liste.csv").write_text(LIST, encoding="utf-8")
    lead.get(f"{url}/lots/MAIRIE-01")
    press(lead, "Import the donor")
    lead.find_element(By.ID, "file").send_keys(str(folder / "liste.csv"))
    press(lead, "Look at it first")
    expect(lead, "Nothing is written yet.")
    expect(lead, "HGST-0001")
    press(lead, "Apply: create 1 line")
    expect(lead, "Import done: 1 created")
    expect(lead, "NEW-0001")


def take_the_bench_in(lead: Chrome, url: str, client: httpx.Client, bench: Bench) -> None:
    lead.get(f"{url}/stations")
    press(lead, "Make a token")
    expect(lead, "It works once")
    enrol(client, bench, lead.find_element(By.ID, "token").text, url)
    refused = push(client, bench, Bench(bench.key, name=bench.name).sign(bench.erasure("HGST-0001")))
    assert refused.status_code == 401
    assert refused.headers[NONCE_HEADER]
    lead.get(f"{url}/stations")
    assert bench.key.public.fingerprint in text_of(lead).replace("\n", " ")
    press(lead, "Same fingerprint: accept")
    expect(lead, "Station Banc 7 is accepted")


def until_the_hub_has_read_it(lead: Chrome, page: str, words: str) -> None:
    def there(browser: Chrome) -> bool:
        browser.get(page)
        return words in text_of(browser)

    WebDriverWait(lead, PATIENCE).until(there)


def approve(lead: Chrome, url: str) -> None:
    until_the_hub_has_read_it(lead, f"{url}/queue", "HGST-0001")
    lead.find_element(By.TAG_NAME, "body").send_keys("j")
    assert "HGST-0001" in lead.switch_to.active_element.text
    lead.switch_to.active_element.send_keys(Keys.ENTER)
    expect(lead, "Approve and issue the certificate")
    evidence = text_of(lead)
    for fact in ("HGST Z7K500", "67,108,864 bytes", "Full read-back", "17 min"):
        assert fact in evidence.replace("\N{NO-BREAK SPACE}", " ")
    lead.find_element(By.ID, "approve").click()
    assert "/queue/" in lead.current_url, "without the tick the browser itself stays on the page"
    lead.find_element(By.ID, "sure").send_keys(Keys.SPACE)
    lead.find_element(By.ID, "approve").send_keys(Keys.ENTER)
    expect(lead, "Approved: the certificate of drive HGST-0001 is issued.")
    expect(lead, "Nothing waits for a decision.")


def check_the_file(browser: Chrome, url: str, file: Path) -> None:
    browser.get(f"{url}/verify")
    browser.find_element(By.ID, "file").send_keys(str(file))
    press(browser, "Vérifier ce fichier")
    expect(browser, "Le document est authentique.")
    assert "HGST-0001" in text_of(browser)


def see_nothing_of_others(browser: Chrome, url: str) -> None:
    for path in ("/", "/lots", "/lots/MAIRIE-01"):
        browser.get(url + path)
        assert "USINE" not in text_of(browser)
        assert "Usine" not in text_of(browser)
    for path in ("/lots/USINE-01", "/queue", "/stations"):
        browser.get(url + path)
        assert "USN-0001" not in text_of(browser)
        expect(browser, "Revenir à l’accueil")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_pages_fit_the_screen_and_obey_the_keyboard(place: Place, open_browser: Open, width: int, height: int) -> None:
    workshop, url = place
    statements = workshop.work()
    workshop.ask_to_join("Banc 2")
    browser = open_browser(width, height)
    sign_in(browser, url, "lead", "fr")
    paths = [
        "/",
        "/lots",
        "/lots/MAIRIE-01",
        "/lots/MAIRIE-01/import",
        "/queue",
        "/stations",
        "/new-lot",
        "/help",
        "/verify",
    ]
    for path in [*paths, *(f"/queue/{statement}" for statement in statements.values())]:
        browser.get(url + path)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
        browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
        first = browser.switch_to.active_element
        if path != "/new-lot":
            assert first.get_attribute("href").endswith("#content"), path
            assert first.location["x"] >= 0, path
    assert complaints(browser) == []

"""A lead who has never seen the hub finds the way of a lot from the start page, by the words on the screen alone.

Nothing here opens an address or names a part of a page by its id: links, buttons and menus are found by what they say,
fields by their label. What other people do meanwhile (the bench erases, the donor opens the link) is done apart.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from hub import wording
from hub.pages.language import words
from tests.browser.conftest import PATIENCE
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop
from tests.station_agent.labels.faces import codes_on

pytestmark = [pytest.mark.browser, pytest.mark.world]
LIST = "étiquette;type;marque;modèle;numéro de série;disque série\nNEW-0001;portable;Lenovo;X270;PC0X270;HGST-0001\n"
Open = Callable[..., Chrome]
SAYING = """
const [tags, text] = arguments, plain = (one) => one.innerText.trim().split(/\\s+/).join(" ");
const seen = [...document.querySelectorAll(tags)].filter((one) => one.checkVisibility());
return seen.find((one) => plain(one) === text) ?? seen.find((one) => plain(one).startsWith(text)) ?? null;
"""


class Reader:
    """Somebody who reads a page in a language and does what its words offer."""

    def __init__(self, browser: Chrome, lang: str) -> None:
        self.browser = browser
        self.lang = lang
        self.say = words(lang).gettext

    def press(self, text: str, **named: str) -> None:
        """Open the menu, follow the link or press the button that says this; the next page is there afterwards."""
        found = self._one("a, button, summary", self.say(text) % named if named else self.say(text))
        self.browser.execute_script("window.left = arguments[0].tagName !== 'SUMMARY'", found)
        found.click()
        self._wait(
            lambda: self.browser.execute_script("return document.readyState === 'complete' && !window.left"), text
        )

    def take(self, text: str, file: Path) -> bytes:
        """Follow the link that says this to a file, which the browser keeps here."""
        self._one("a", self.say(text)).click()
        self._wait(file.exists, file.name)
        return file.read_bytes()

    def expect(self, text: str, **named: str) -> None:
        """Wait until the page says it."""
        said = self.say(text) % named if named else self.say(text)
        self._wait(lambda: plain(said) in plain(self._text()), said)

    def fill(self, label: str, value: str, **named: str) -> None:
        """Write into the field with this label, after what stood there."""
        field = self._field(label, **named)
        if field.get_attribute("type") != "file":
            field.clear()
        field.send_keys(value)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list with this label."""
        Select(self._field(label)).select_by_visible_text(self.say(option))

    def tick(self, label: str, **named: str) -> None:
        """Tick the box with this label, by the keyboard."""
        self._field(label, **named).send_keys(Keys.SPACE)

    def address(self) -> str:
        """The address that the page tells to hand on."""
        (found,) = [word for word in self._text().split() if "://" in word]
        return found

    def _field(self, label: str, **named: str) -> WebElement:
        found = self._one("label", self.say(label) % named if named else self.say(label))
        return self.browser.find_element(By.ID, str(found.get_attribute("for")))

    def _text(self) -> str:
        return str(self.browser.execute_script("return document.body ? document.body.innerText : ''"))

    def _one(self, tags: str, text: str) -> WebElement:
        """What says exactly this, else what begins with it: the first that can be seen."""
        found = self._wait(lambda: self.browser.execute_script(SAYING, tags, plain(text)), f"nothing says {text!r}")
        assert isinstance(found, WebElement)
        return found

    def _wait(self, condition: Callable[[], object], words: str) -> object:
        return WebDriverWait(self.browser, PATIENCE).until(lambda _: condition(), words)


def plain(text: str) -> str:
    """Words without the sort of space between them."""
    return " ".join(text.split())


def announce(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Announce a lot")
    lead.choose("Donor", "Mairie de Brest")
    lead.fill("Lot code", "ECOLE-26")
    lead.press("Open the lot")
    lead.expect("Lot %(code)s is open.", code="ECOLE-26")


def import_the_list(lead: Reader, workshop: Workshop, folder: Path) -> None:
    (folder / "liste.csv").write_text(LIST, encoding="utf-8")
    lead.press("Import the donor's list")
    lead.fill("File", str(folder / "liste.csv"))
    lead.press("Look at it first")
    lead.expect("Nothing is written yet.")
    lead.press("Apply: create %(num)s line", num="1")
    lead.expect("NEW-0001")


def note_the_reception(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Note the reception")
    lead.choose("The lot is now", "received")
    lead.fill("Day of the reception", "")
    lead.press("Note this step")
    lead.choose("What was counted", "received")
    lead.choose("Kind", wording.kind_word("laptop", lead.lang))
    lead.fill("How many", "1")
    lead.press("Note this count")
    lead.press("Lot %(code)s", code="ECOLE-26")


def print_the_tags(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Print the tags")
    lead.press("Make the sheet")
    lead.expect("The sheet with the labels of %(number)s devices is ready: take it below and print it.", number="1")
    sheet = lead.take("The sheet as PDF", folder / "downloads" / "etabli-tags.pdf")
    codes = codes_on(sheet, folder, 200)
    assert codes == {f"{workshop.hub.settings.public_url}/t/NEW-0001": "QRCode"}, "one label for each machine"
    lead.press("Lot %(code)s", code="ECOLE-26")


def follow_the_benches(lead: Reader, workshop: Workshop, folder: Path) -> None:
    bench = workshop.bench
    bench.give(workshop.hub, bench.diagnosis("PC0X270", asset="NEW-0001", lot="ECOLE-26"))
    bench.give(workshop.hub, bench.erasure("HGST-0001", asset="NEW-0001", lot="ECOLE-26"))
    lead.press("Follow the benches")
    lead.expect("Banc 1")
    lead.press("Start")
    lead.press("ECOLE-26")


def approve(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Approve the erasures")
    lead.press("WDC WD5000LPLX")
    lead.tick("I have read the evidence of drive %(serial)s and approve it.", serial="HGST-0001")
    lead.press("Approve and issue the certificate")
    lead.expect("Approved: the certificate of drive %(serial)s is issued.", serial="HGST-0001")
    lead.press("Start")
    lead.press("ECOLE-26")


def sort_the_devices(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Sort the devices")
    lead.press("NEW-0001")
    lead.choose("Outcome", "reusable")
    lead.press("It goes there")
    lead.press("I have counted them")
    lead.press("Devices of lot %(code)s", code="ECOLE-26")
    lead.press("Lot %(code)s", code="ECOLE-26")


def close(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Close the lot")
    lead.tick("I have read the account and close lot %(code)s.", code="ECOLE-26")
    lead.press("Close the lot")
    lead.expect("Closed by %(who)s", who="Camille Le Goff")
    lead.press("Lot %(code)s", code="ECOLE-26")


def send_the_link(lead: Reader, workshop: Workshop, folder: Path) -> None:
    lead.press("Send the donor the link")
    lead.fill("Name", "Zoé Le Bris")
    lead.fill("E-mail address", "zoe@mairie.example")
    lead.press("Make the link")
    lead.expect("A link for %(name)s", name="Zoé Le Bris")


STEPS = (
    announce,
    import_the_list,
    note_the_reception,
    print_the_tags,
    follow_the_benches,
    approve,
    sort_the_devices,
    close,
    send_the_link,
)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_lead_finds_every_step_of_a_lot_from_the_start_page(
    place: tuple[Workshop, str], open_browser: Open, tmp_path: Path, lang: str
) -> None:
    workshop, url = place
    browser = open_browser()
    browser.get(f"{url}/language/{lang}?back=/")
    lead = Reader(browser, lang)
    lead.fill("E-mail address", EMAILS["lead"])
    lead.fill("Password", PASSWORD)
    lead.press("Sign in")
    for step in STEPS:
        step(lead, workshop, tmp_path)
    the_link_the_lot(lead.address(), open_browser, lang)


def the_link_the_lot(address: str, open_browser: Open, lang: str) -> None:
    browser, link = open_browser(390, 844), urlsplit(address)
    browser.get(f"{link.scheme}://{link.netloc}/language/{lang}?back={link.path}")
    donor = Reader(browser, lang)
    donor.fill("Password", "une phrase assez longue")
    donor.fill("The same again", "une phrase assez longue")
    donor.press("Keep it and sign in")
    donor.press("Lots")
    donor.press("ECOLE-26")
    donor.expect("Certificates")
    donor.expect("HGST-0001")

"""The verifier page in Chromium, from a file: it agrees with the other two verifiers, and people can use it."""

import base64
import copy
import json
import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from certificates.pdf import render_certificate
from certificates.proved_bundle import with_proof
from certificates.verifier_page.build import verifier_page
from tests.browser import axe
from tests.browser.conftest import Open
from tests.certificates.conftest import HUB_KEY, STATION_KEY, workshop_of
from tests.certificates.test_vectors import load, published
from tests.independent.spoiled import LOW_ORDER, Case, cases
from tests.independent.stock import bundle_of, stock
from tests.independent.test_agreement import independent, library
from tests.independent.traps import traps
from tests.independent.wycheproof import vectors

pytestmark = [pytest.mark.browser, pytest.mark.world, pytest.mark.timeout(3600)]

COUNT, SEED = int(os.environ.get("ETABLI_DOCUMENTS", "250")), int(os.environ.get("ETABLI_SEED", "0"))
AT_ONCE = 100
JUDGE = """
const [cases, done] = [arguments[0], arguments[arguments.length - 1]];
const bytes = (text) => text === null ? null : etabli.fromBase64(text);
async function one([data, trust, proof]) {
  try {
    const known = await etabli.readTrust(bytes(trust));
    return (await etabli.judge(bytes(data), known, bytes(proof))).verdict;
  } catch (error) {
    return error.code === "trust" ? "TRUST" : `RAISED ${error.stack}`;
  }
}
(async () => { const said = []; for (const each of cases) { said.push(await one(each)); } done(said); })();
"""
VECTORS = """
const [given, done] = [arguments[0], arguments[arguments.length - 1]];
const bytes = (text) => etabli.fromBase64(text);
async function one([key, message, signature]) {
  const good = etabli.flawOfKey(bytes(key)) === "";
  return good && await etabli.signatureHolds(bytes(key), bytes(signature), bytes(message));
}
Promise.all(given.map(one)).then(done);
"""
SHOWN = "return [...document.querySelectorAll('.word')].map((one) => one.textContent);"


@pytest.fixture
def opened(tmp_path: Path, open_browser: Open) -> Chrome:
    """The page without keys, from a file."""
    return opened_page(open_browser(), tmp_path, verifier_page(lang="en"))


def opened_page(browser: Chrome, folder: Path, page: bytes) -> Chrome:
    """Open a page from a file and wait until it is ready."""
    place = folder / "verifier.html"
    place.write_bytes(page)
    browser.get(place.as_uri())
    browser.set_script_timeout(600)
    for _ in range(200):
        if browser.execute_script("return document.documentElement.dataset.ready === 'yes';"):
            return browser
    raise AssertionError(browser.get_log("browser"))


def said(browser: Chrome, given: Sequence[Case]) -> list[str]:
    """What the page says about these cases."""
    text = [[_coded(one.data), _coded(one.trust), _coded(one.proof)] for one in given]
    answers: list[str] = browser.execute_async_script(JUDGE, text)
    return answers


def _coded(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def give(browser: Chrome, patiently: Any, *files: Path) -> list[str]:
    """Give files as a person does, and wait for the answer."""
    browser.execute_script("document.activeElement.blur();")
    browser.find_element("id", "files").send_keys("\n".join(map(str, files)))
    patiently(lambda: browser.execute_script("return document.activeElement.className === 'word';"))
    answers: list[str] = browser.execute_script(SHOWN)
    return answers


def test_three_verifiers_say_the_same(opened: Chrome) -> None:
    seen = set[str]()
    waiting = cases(COUNT, SEED)
    while some := list(islice(waiting, AT_ONCE)):
        for one, answer in zip(some, said(opened, some), strict=True):
            assert (answer, independent(one)) == (library(one),) * 2, one.name
            seen.add(answer)
    assert len(seen) == 7, "each of the six verdicts, and trust files that are none"


def test_the_page_sees_every_trap(opened: Chrome) -> None:
    known = traps()
    answers = said(opened, [case for case, _ in known.values()])
    assert dict(zip(known, answers, strict=True)) == {name: word for name, (_, word) in known.items()}


@published
def test_keys_that_let_anybody_sign_are_none(opened: Chrome) -> None:
    weak = load("low-order-keys.json")
    keys = [bytes.fromhex(one["public_hex"]) for one in (*weak["keys"], weak["mixed_order_key"])]
    for raw in (*keys, *LOW_ORDER):
        assert opened.execute_script("return etabli.flawOfKey(etabli.fromBase64(arguments[0]));", _coded(raw)), (
            raw.hex()
        )
    good = _coded(HUB_KEY.public.raw)
    assert opened.execute_script("return etabli.flawOfKey(etabli.fromBase64(arguments[0]));", good) == ""


def test_the_vectors_of_wycheproof(opened: Chrome) -> None:
    given = [[_coded(one.key), _coded(one.message), _coded(one.signature)] for one in vectors()]
    answers = opened.execute_async_script(VECTORS, given)
    assert dict(zip(vectors(), answers, strict=True)) == {one: one.good for one in vectors()}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Files as a donor has them."""
    first, shop = stock().bundles[0], workshop_of(STATION_KEY, HUB_KEY)
    proof = stock().proof(first, 3)
    pdf = render_certificate(shop.bundle(), HUB_KEY)
    files = {
        "certificate.pdf": pdf,
        "altered.pdf": pdf[:3000] + b"x" + pdf[3001:],
        "bundle.json": bundle_of(first),
        "proof.json": proof.to_json(),
        "both.json": with_proof(bundle_of(first), proof),
        "trust.json": shop.trust.to_json(),
        "broken.json": json.dumps({"schema": "etabli.trust/1"}).encode(),
        "network.json": json.dumps(stock().trusts["reseau"]).encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_donor_drops_a_certificate_and_reads_the_verdict(desk: Path, open_browser: Open, patiently: Any) -> None:
    shop = workshop_of(STATION_KEY, HUB_KEY)
    page = verifier_page(shop.trust.to_json(), "2026-11-21T10:00:00Z", "fr")
    browser = opened_page(open_browser(390, 800), desk, page)
    known = browser.find_element("id", "trust").text
    assert "Atelier des Trois-Ponts au 21/11/2026" in known
    assert shop.hub.public.fingerprint in known
    assert give(browser, patiently, desk / "certificate.pdf") == ["✓ VALIDE"]
    text = browser.find_element("id", "answers").text
    for told in (
        "WD-WXA1A95E7R2K",
        "WDC WD5000LPCX-24VHAT0",
        "500 Go",
        "Effacé — Clear",
        "Poste 3 (poste, clé active)",
    ):
        assert told in text, told
    assert "VALIDE" in browser.find_element("id", "status").get_attribute("textContent")
    assert give(browser, patiently, desk / "altered.pdf") == ["✗ NON VALIDE", "✓ VALIDE"]
    browser.find_element("css selector", "[data-lang=en]").click()
    assert browser.execute_script(SHOWN) == ["✗ INVALID", "✓ VALID"]
    assert browser.execute_script("return document.documentElement.lang;") == "en"
    assert browser.execute_script("return document.documentElement.scrollWidth;") <= 390
    assert not [one for one in browser.get_log("browser") if one["level"] == "SEVERE"]


def test_trust_and_proof_files_count_for_what_is_there_already(desk: Path, opened: Chrome, patiently: Any) -> None:
    assert "knows no keys yet" in opened.find_element("id", "trust").text
    assert give(opened, patiently, desk / "bundle.json") == ["! UNKNOWN KEY"]
    opened.find_element("id", "files").send_keys(str(desk / "network.json"))
    patiently(lambda: opened.execute_script(SHOWN) == ["! VALID, UNWITNESSED"])
    assert give(opened, patiently, desk / "proof.json") == ["✓ VALID"]
    text = opened.find_element("id", "answers").text
    assert "Témoin 1, Témoin 2, Témoin 3" in text
    assert "as witnesses attest" in text
    opened.find_element("id", "files").send_keys(str(desk / "broken.json"))
    patiently(lambda: "cannot be used" in opened.find_element("id", "trust").text)
    assert opened.execute_script(SHOWN) == ["✓ VALID"]
    opened.find_element("css selector", "[data-forget]").click()
    patiently(lambda: opened.execute_script(SHOWN) == ["? NOT CHECKED"])  # the proof, now alone


def test_what_was_taken_back_is_not_called_replaced(tmp_path: Path, open_browser: Open, patiently: Any) -> None:
    trust, first = copy.deepcopy(stock().trusts["second-0"]), stock().bundles[0]
    trust["superseded"].append({"certificate": first[0].id, "by": ""})
    (tmp_path / "bundle.json").write_bytes(bundle_of(first))
    page = verifier_page(json.dumps(trust).encode(), "2026-11-21T10:00:00Z", "fr")
    browser = opened_page(open_browser(), tmp_path, page)
    assert give(browser, patiently, tmp_path / "bundle.json") == ["! RETIRÉ PAR L’ÉMETTEUR"]
    assert "RETIRÉ" in browser.find_element("id", "status").get_attribute("textContent")


@pytest.mark.parametrize("text", ['{"schema":{}}', '{"schema":[{}]}', '{"schema":null}', "[]", "null", ""])
def test_a_file_of_an_odd_schema_is_judged_and_the_page_goes_on(
    desk: Path, opened: Chrome, patiently: Any, text: str
) -> None:
    odd = desk / "odd.json"
    odd.write_text(text)
    assert len(give(opened, patiently, odd)) == 1
    assert len(give(opened, patiently, desk / "bundle.json")) == 2


def test_the_page_reaches_nothing(opened: Chrome) -> None:
    done = "const done = arguments[arguments.length - 1]; "
    fetched = done + "fetch('http://127.0.0.1:9/').then(() => done('open'), () => done('closed'));"
    assert opened.execute_async_script(fetched) == "closed"
    run = (
        "const made = document.createElement('script'); made.textContent = 'window.ran = 1'; document.body.append(made)"
    )
    opened.execute_script(run)
    assert opened.execute_script("return window.ran === undefined;")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_the_page(desk: Path, open_browser: Open, patiently: Any, theme: str) -> None:
    browser = open_browser()
    axe.prepare(browser)
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    opened_page(browser, desk, verifier_page((desk / "trust.json").read_bytes(), "2026-11-21T10:00:00Z", "fr"))
    give(browser, patiently, desk / "certificate.pdf", desk / "altered.pdf", desk / "bundle.json")
    assert [str(one) for one in axe.findings(browser, f"verifier page, {theme}")] == []

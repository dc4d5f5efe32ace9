"""The verifier page as a file: complete, closed to the network, the same words and tables as the Python side."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from certificates.errors import TrustError
from certificates.shape import Pattern, Text
from certificates.verifier_page import words
from certificates.verifier_page.__main__ import main
from certificates.verifier_page.build import CORE, PAGE, source, verifier_page
from certificates.verifier_page.tables import shape_table, tables

FOLDER = Path(__file__).resolve().parents[2] / "certificates" / "verifier_page"
SAID = re.compile(r"""say\("([a-z.-]+)"|data-say="([a-z-]+)"|problem: "([a-z-]+)"|NotJudged\("([a-z-]+)"\)""")


class Parts(HTMLParser):
    """Elements of a page with their attributes, and the text of scripts and styles."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.inside = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = (dict(attrs).get("id") or tag) if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside] = self.texts.get(self.inside, "") + data


def test_the_page_names_its_own_script_and_style_and_nothing_else_may_run() -> None:
    parts = Parts(verifier_page())
    policy = next(a["content"] for t, a in parts.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for name in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(parts.texts[name].encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["form-action"] == rules["base-uri"] == "'none'"
    assert set(rules) == {"default-src", "script-src", "style-src", "form-action", "base-uri"}


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    parts = Parts(verifier_page())
    named = [(tag, name) for tag, attributes in parts.elements for name in attributes]
    assert not [one for one in named if one[1] in ("src", "href", "srcset", "action") or one[1].startswith("on")]
    assert {tag for tag, _ in parts.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "p", "div", "button", "h1", "h2"),
        *("noscript", "section", "label", "span", "input", "script"),
    }
    assert not re.search(
        r"fetch|XMLHttpRequest|WebSocket|sendBeacon|eval\(|innerHTML|JSON\.parse\(.*bytes", "".join(_all())
    )


def test_every_source_is_in_the_page_and_every_word_that_it_says_is_there() -> None:
    assert {path.stem for path in (FOLDER / "js").iterdir()} == {*CORE, *PAGE, "door"}
    said = {
        key for text in (*_all(), source("page.html")) for found in SAID.finditer(text) for key in found.groups() if key
    }
    known = words.page_words()
    assert known["fr"].keys() == known["en"].keys()
    assert said <= known["en"].keys()
    labels = re.findall(r"""^ +\["([a-z-]+)", """, source("js/account.js"), re.MULTILINE)
    assert labels
    assert set(labels) <= known["en"].keys()
    assert all(known["fr"][key] != text for key, text in words.OWN.items() if len(text) > 20)


def test_the_keys_of_a_hub_are_in_the_page_and_bad_ones_never(workshop: Any) -> None:
    parts = Parts(verifier_page(workshop.trust.to_json(), "2026-11-21T10:00:00Z", "en"))
    known = json.loads(parts.texts["known"])
    assert base64.b64decode(known["trust"]) == workshop.trust.to_json()
    assert (known["asOf"], known["lang"]) == ("2026-11-21T10:00:00Z", "en")
    with pytest.raises(TrustError):
        verifier_page(b"{}")


def test_text_of_a_hub_cannot_end_the_element_that_it_stands_in() -> None:
    hostile = verifier_page(b"", "</script><script>alert(1)</script>")
    assert [tag for tag, _ in Parts(hostile).elements].count("script") == 3


def test_a_shape_that_the_page_would_read_otherwise_stops_the_build() -> None:
    with pytest.raises(TypeError, match="JavaScript"):
        shape_table(Pattern(re.compile(r"\w+")))
    with pytest.raises(TypeError, match="knows no shape"):
        shape_table(object())  # type: ignore[arg-type]
    assert shape_table(Text(5, 1))["limit"] == 5
    assert set(tables()["KINDS"]) == set(tables()["ROLES"])


def test_the_page_is_written_by_a_command(tmp_path: Path, workshop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    trust, out = tmp_path / "trust.json", tmp_path / "made" / "page.html"
    trust.write_bytes(workshop.trust.to_json())
    assert main([str(out)]) == 0
    assert out.read_bytes() == verifier_page()
    assert main([str(out), str(trust)]) == 0
    assert base64.b64encode(workshop.trust.to_json()) in out.read_bytes()
    trust.write_text("{}")
    assert main([str(out), str(trust)]) == main([]) == 2
    assert "trust file" in capsys.readouterr().err


def _all() -> list[str]:
    return [source(f"js/{name}.js") for name in (*CORE, *PAGE)]

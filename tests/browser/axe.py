"""Reading a page as axe does, the checker of accessibility by Deque; its script comes with a Python package.

The script is put in by the driver of the browser, which no policy of a page forbids: the page stays as people get it.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

PACKAGE, SCRIPT = "selenium_axe_python", "axe-core/axe.min.js"
RUN = """
const done = arguments[arguments.length - 1];
const told = axe.run(document, { resultTypes: ["violations"] });
told.then((found) => done(found.violations), (error) => done(String(error)));
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one page breaks: how bad it is, where, and what axe says of the first place."""

    page: str
    impact: str
    rule: str
    places: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        """One line to mend it by."""
        return f"{self.page}: {self.impact} {self.rule} at {' | '.join(self.places[:3])}: {self.words}"


def prepare(browser: Chrome) -> None:
    """Have the browser bring axe into every page that it opens from now on."""
    spec = find_spec(PACKAGE)
    assert spec is not None, f"install the package that holds {SCRIPT}"
    assert spec.origin is not None
    script = Path(spec.origin).with_name("axe-core").joinpath("axe.min.js").read_text(encoding="utf-8")
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})


def findings(browser: Chrome, page: str) -> list[Finding]:
    """What axe finds on the page that the browser shows."""
    found = browser.execute_async_script(RUN)
    assert isinstance(found, list), (page, found)
    return [_finding(page, one) for one in found]


def _finding(page: str, found: dict[str, Any]) -> Finding:
    nodes = found["nodes"]
    places = tuple(" ".join(map(str, node["target"])) for node in nodes)
    return Finding(page, found["impact"] or "", found["id"], places, " ".join(nodes[0]["failureSummary"].split()))

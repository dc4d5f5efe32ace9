"""EA-12: whoever asks is told the same: JSON, text, exit status, evidence, hub pages and PDF agree with the verdict.

One drive for each verdict, erased by the programs themselves and sent to a hub over loopback.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.certificates.test_pdf import page_text
from tests.kernel.workshop import DONOR, LEAD, LOT, Answer, Workshop, open_workshop

pytestmark = [pytest.mark.world, pytest.mark.timeout(300)]

DRIVE = """
[[drives]]
name = "{name}"
bus = "nvme"
model = "DEMO {name}"
serial = "DEMO-EA12-{name}"
wwn = "eui.00000000000012{number:02d}"
size_bytes = 262144
logical_sector = 512
rotational = false
{more}

[drives.nvme]
sanitize = ["block"]
seconds = 1.0
{table}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A drive, and in which words its end must be told: exit status, and the code that explains it."""

    verdict: str
    status: int
    code: str = ""
    more: str = ""
    table: str = ""


CASES = {
    "good": Case("ERASED", 0),
    "boot": Case("ERASED_WITH_EXCEPTIONS", 10, "HIDDEN_AREA", table="boot_partition_bytes = 131072"),
    "liar": Case("FAILED", 20, "CANARY_SURVIVED", more='vices = ["lies"]'),
    "mute": Case("UNCONFIRMED", 21, "STATUS_UNREADABLE", more='vices = ["zero-log"]'),
    "shut": Case("NOT_ERASED", 30, "READ_ONLY", more="read_only = true"),
}
EACH = pytest.mark.parametrize("name", CASES)
CERTIFIED = ("ERASED", "ERASED_WITH_EXCEPTIONS")
ENGLISH = {
    "ERASED": "[OK] ERASED PURGE",
    "ERASED_WITH_EXCEPTIONS": "[!!] ERASED, WITH EXCEPTIONS PURGE",
    "FAILED": "[KO] FAILED: not erased",
    "UNCONFIRMED": "[??] UNCONFIRMED: neither erased nor intact",
    "NOT_ERASED": "[--] NOT TOUCHED",
}
FRENCH = {
    "ERASED": "Effacé",
    "ERASED_WITH_EXCEPTIONS": "Effacé avec réserves",
    "FAILED": "Échec",
    "UNCONFIRMED": "Non confirmé",
    "NOT_ERASED": "Non effacé",
}
TO_DECIDE = {  # what the hub calls a run that no person has approved yet
    "ERASED": "passage terminé, à valider",
    "ERASED_WITH_EXCEPTIONS": "passage terminé avec réserves, à valider",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one case said of itself."""

    case: Case
    json: Answer
    text: str  # what `report` prints


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("ea12")
    drives = [
        DRIVE.format(name=name, number=number, more=case.more, table=case.table)
        for number, (name, case) in enumerate(CASES.items())
    ]
    bench = folder / "ea12.toml"
    bench.write_text('schema = "etabli.bench-file/1"\nname = "ea12"\n' + "".join(drives))
    tomllib.loads(bench.read_text())
    with open_workshop(folder, bench) as shop:
        yield shop


@pytest.fixture(scope="module")
def shown(workshop: Workshop) -> dict[str, Shown]:
    """Erase every drive, and send what is stated to the hub."""
    found = {}
    for name, case in CASES.items():
        words = ("erase", f"sim:{name}", "--confirm", f"DEMO-EA12-{name}", "--lot", LOT, "--asset", f"EA12-{name}")
        answer = workshop.station(*words, "--json")
        found[name] = Shown(case, answer, workshop.station("report", f"sim:{name}").out)
    assert workshop.station("sync", "--json").status == 0
    return found


def drive_of(answer: Answer) -> dict[str, Any]:
    (drive,) = answer.document["drives"]
    return dict(drive)


@EACH
def test_exit_status_and_document_say_the_verdict(shown: dict[str, Shown], name: str) -> None:
    case, answer = shown[name].case, shown[name].json
    assert (answer.status, drive_of(answer)["verdict"]) == (case.status, case.verdict), answer.err


@EACH
def test_every_reason_and_exception_is_named(shown: dict[str, Shown], name: str) -> None:
    case, drive = shown[name].case, drive_of(shown[name].json)
    told = [item["code"] for item in (*drive.get("reasons", ()), *drive.get("exceptions", ()))]
    assert (case.code in told) if case.code else told == []


@EACH
def test_the_evidence_in_words_says_it_too(shown: dict[str, Shown], name: str) -> None:
    text, verdict = " ".join(shown[name].text.split()), shown[name].case.verdict
    assert [word for word in ENGLISH.values() if word in text] == [ENGLISH[verdict]]


@EACH
def test_the_pages_of_the_hub_say_it_too(workshop: Workshop, shown: dict[str, Shown], name: str) -> None:
    lead = workshop.sign_in(LEAD)
    for path in ("/queue", f"/lots/{LOT}"):
        rows = [" ".join(words) for words, _ in lead.page(path).rows if f"DEMO-EA12-{name}" in " ".join(words)]
        told = [word for word in (FRENCH | TO_DECIDE).values() if any(word in row for row in rows)]
        assert max(told, key=len) == (FRENCH | TO_DECIDE)[shown[name].case.verdict]
        assert shown[name].case.verdict == "NOT_ERASED" or not any("effacé" in row.lower() for row in rows), rows


def test_only_an_erasure_becomes_a_certificate_and_it_says_the_same(
    workshop: Workshop, shown: dict[str, Shown]
) -> None:
    lead = workshop.sign_in(LEAD)
    decided = {}
    for name, told in shown.items():
        statement = drive_of(told.json)["statement"]
        forms = [action for action, _ in lead.page(f"/queue/{statement}").forms]
        decided[name] = any(action.endswith("/approve") for action in forms)
        if told.case.verdict in CERTIFIED:
            lead.send(f"/queue/{statement}", "/approve", sure="yes")
    assert decided == {name: told.case.verdict in CERTIFIED for name, told in shown.items()}
    donor = workshop.sign_in(DONOR)
    page = donor.page(f"/lots/{LOT}")
    for name, told in shown.items():
        if told.case.verdict in CERTIFIED:
            text = page_text(donor.download(page.link(f"DEMO-EA12-{name}", ".pdf")))
            assert f"DEMO-EA12-{name}" in text
            assert ("réserve" in text.lower()) == (told.case.verdict == "ERASED_WITH_EXCEPTIONS"), text
        else:
            assert not [
                link for words, links in page.rows if f"DEMO-EA12-{name}" in words for link in links if ".pdf" in link
            ]

"""A workshop into which people and a bench put every hostile string: a list, statements, a note, names of files."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from certificates.statement import visible
from tests.hub.hostile_words import HOSTILE
from tests.hub.pages.workshop import Workshop

LOT = "MAIRIE-01"
COLUMNS = ("étiquette", "type", "marque", "modèle", "numéro de série", "disque série")
PRINTED = tuple(HOSTILE[at : at + 6] for at in range(0, len(HOSTILE), 6))  # six strings in each statement


def csrf_of(client: Any) -> str:
    """The form token of a browser."""
    return str(client.get("/help").text.split('name="csrf" value="')[1].split('"')[0])


def asset_of(number: int) -> str:
    """The tag of the device that carries this string."""
    return f"H-{number:04d}"


def list_of_words() -> bytes:
    """A list in which every string is the model of a device."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";")
    rows.writerow(COLUMNS)
    for number, word in enumerate(HOSTILE):
        rows.writerow((asset_of(number), "portable", "Dell", word, f"SER-{number:04d}", f"DRV-{number:04d}"))
    return text.getvalue().encode()


def import_words(client: Any) -> str:
    """Put the list in as a lead does: look at it, then confirm it. Returns the page that shows it."""
    csrf = csrf_of(client)
    shown = client.post(f"/lots/{LOT}/import", data={"csrf": csrf}, files={"file": ("<b>.csv", list_of_words())})
    assert shown.status_code == 200, shown.text
    hidden = {name: shown.text.split(f'name="{name}" value="')[1].split('"')[0] for name in ("content", "sha256")}
    done = client.post(f"/lots/{LOT}/import/apply", data={"csrf": csrf, **hidden})
    assert done.status_code == 303, done.text
    return str(shown.text)


def erase_words(workshop: Workshop, assets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Statements with six strings each, as a bench writes them: the model of a drive. Gives them by statement."""
    found = {}
    for asset, words in zip(assets, PRINTED, strict=False):
        model = " ".join(visible(word, 40) for word in words)
        payload = workshop.bench.erasure(asset.replace("H-", "DRV-"), model=model, asset=asset)
        found[workshop.bench.give(workshop.hub, payload)] = words
    return found

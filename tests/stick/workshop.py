"""The hub of a workshop on the host, as it is run for real statements: a lead, a donor with a lot, pages and files."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from station_agent.demo.visitor import Visitor
from station_agent.demo.workshop import PASSWORD, Workshop, free_port
from station_agent.hub_link import open_client
from station_agent.system import run

HOST: Final = "10.0.2.2"  # the host, as a guest of QEMU's user network sees it
LEAD: Final = "lead@atelier.example"
DONOR: Final = "donor@mairie.example"
IN_QUEUE: Final = re.compile(r"/queue/[0-9a-f]{8,}")
LOT: Final = "LOT-1"


def open_hub(folder: Path) -> Workshop:
    """Make a hub with its people and start it. Raises `ProcessFailed`."""
    url = f"http://127.0.0.1:{free_port()}"
    env = {**os.environ, "ETABLI_PUBLIC_URL": address_of(url), "ETABLI_PASSWORD": PASSWORD}
    for name in ("ETABLI_DEMO", "ETABLI_DATABASE_URL"):
        env.pop(name, None)
    folder.mkdir(parents=True)
    shop = Workshop(folder, url, env)
    shop.hub("init", "--issuer", "Atelier de l'essai", "--name", "Essai de la clé")
    shop.hub("user", "add", LEAD, "--role", "lead", "--name", "Camille")
    shop.hub("lot", "create", LOT, "--donor", "Mairie", "--label", "Essai")
    shop.hub("user", "add", DONOR, "--role", "donor", "--name", "Mairie", "--donor", "Mairie")
    shop.serve()
    return shop


def address_of(url: str) -> str:
    """Give the address by which a guest, and every signed request, names the hub of the host."""
    return f"http://{HOST}:{url.rsplit(':', 1)[1]}"


def settings_of(shop: Workshop, name: str) -> str:
    """Write the settings file of a stick for this hub, with a fresh token."""
    token = shop.hub("token", "new").strip().splitlines()[-1]
    rows = {"hub": address_of(shop.url), "token": token, "name": name, "language": "en", "keyboard": "be"}
    return "".join(f'{key} = "{value}"\n' for key, value in rows.items()) + "allow_http = true\n"


@contextmanager
def signed_in(shop: Workshop, email: str) -> Iterator[Visitor]:
    """Give a browser in which this person is signed in."""
    with open_client() as client:
        visitor = Visitor(client, shop.url)
        visitor.sign_in(email, PASSWORD)
        yield visitor


def waiting_benches(shop: Workshop) -> list[str]:
    """Give the actions that accept a bench."""
    with signed_in(shop, LEAD) as lead:
        return [form.action for form in lead.page("/stations").forms if form.action.endswith("/accept")]


def accept(shop: Workshop, action: str) -> None:
    """Accept a bench, as the lead does."""
    with signed_in(shop, LEAD) as lead:
        lead.submit("/stations", action, {})


def approve_all(shop: Workshop) -> int:
    """Approve every statement that waits, as the lead does; give how many."""
    with signed_in(shop, LEAD) as lead:
        waiting = {link for link in lead.page("/queue").links if IN_QUEUE.fullmatch(link)}
        for one in sorted(waiting):
            lead.submit(one, f"{one}/approve", {"sure": "yes"})
    return len(waiting)


def certificates(shop: Workshop, folder: Path) -> list[Path]:
    """Let the donor download the certificates of the lot, to be read and for `etabli-verify`."""
    with signed_in(shop, DONOR) as donor:
        links = {link.split("?")[0] for link in donor.page(f"/lots/{LOT}").links if link.startswith("/certificates/")}
        files = []
        for link in sorted(one for one in links if one.endswith((".pdf", ".json"))):
            name, data = donor.download(link)
            files.append(folder / name)
            files[-1].write_bytes(data)
    return files


def verified(files: list[Path], trust: Path) -> list[str]:
    """Let `etabli-verify` judge each file; give those that it does not call valid, with what it said."""
    wrong = []
    for path in files:
        done = run((sys.executable, "-m", "certificates", str(path), "--trust", str(trust)), timeout_s=120)
        if done.status:
            wrong.append(f"{path.name}: {done.status} {done.out}{done.err}")
    return wrong


def trust_of(shop: Workshop) -> bytes:
    """Give the trust document, as anybody may fetch it."""
    with open_client() as client:
        answer = client.get(f"{shop.url}/api/v1/trust")
        answer.raise_for_status()
        return answer.content

"""What the hub appliance must show: a workshop's first day with it, its backup, its power cut. One guest at a time."""

import hashlib
import io
import json
import os
import re
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any, Final

import httpx

from station_agent.app import main as enrol_bench
from station_agent.demo.visitor import Visitor
from station_agent.demo.workshop import free_port
from station_agent.hub_link import AUTHORITY, open_client
from station_agent.system import run as run_program
from tests.stick.bench import Bench
from tests.stick.machine import Machine
from tests.stick.place import Place, tell
from tests.stick.stick_file import make_stick
from tests.virtual_bench.bench import expect, require
from tests.virtual_bench.cache import run

NAME: Final = "etabli.local"
URL: Final = f"https://{NAME}"
ADMIN: Final = "claire@atelier.example"
PASSWORD: Final = "quatre chevaux sur un toit"
SETTINGS: Final = f'issuer = "Atelier du Pont"\nadmin = "{ADMIN}"\nlanguage = "en"\nkeyboard = "be"\n'
LINK: Final = re.compile(r"https://etabli\.local(/welcome/[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
PAIRS: Final = re.compile(r"(?:[0-9A-F]{2}:){15}[0-9A-F]{2}")
LABEL: Final = "ETABLI_SAVE"
SAVE_MIB: Final = 64
OPEN: Final = frozenset({":80", ":443", ":68", ":546", ":5353"})  # TLS and its redirection, DHCP client, mDNS
COMMAND_S: Final = 120
RESTORING: Final = (
    f"mount -o ro /dev/disk/by-label/{LABEL} /mnt",
    *(
        f"install -o etabli-hub -g etabli-hub -m 600 /mnt/etabli-hub/{names} /var/lib/etabli/{place}/"
        for names, place in (("hub.key", "hub"), ("hub.json", "hub"), ("etabli-hub-*.db", "backups"))
    ),
    "runuser -u etabli-hub -- etabli-hub --data /var/lib/etabli/hub restore /var/lib/etabli/backups/etabli-hub-*.db",
)
AS_HUB: Final = "runuser -u etabli-hub -- etabli-hub --data /var/lib/etabli/hub"  # as the README says it


def hub_appliance(place: Place, way: str) -> None:
    """Boot, let the first administrator in by HTTPS, back up to a second stick, lose the power, hold everything."""
    ports = {443: free_port(), 80: free_port()}
    stick = make_stick(place.image, place.folder / "hub.img", SETTINGS)
    save = backup_stick(place.folder / "save.img")
    with Machine(stick, way=way, forward=led(ports)) as machine:
        machine.await_ready()
        bench = Bench(machine)
        place.figures[f"seconds to the hub's link, {way}"] = bench.await_console("/welcome/")
        link = link_on(bench.screen())
        tell(machine, "the first screen shows the administrator's link")
        shown = state_of(bench)
        place.figures[f"MiB of memory of the hub, {way}"] = bench.memory_mib()
        authority = authority_of(ports, shown)
        look_at_the_appliance(bench)
        with browser(ports, authority) as visitor:
            visitor.submit(link, link, {"password": PASSWORD, "again": PASSWORD})
        with browser(ports, authority) as visitor:
            visitor.sign_in(ADMIN, PASSWORD)
            bench_is_taken_in(place.folder / "bench", bench, ports, authority, visitor)
        tell(machine, "the first administrator chose a password, signed in, and took a bench in, by HTTPS")
        bench.until(lambda: "/welcome/" not in screen_after(bench), "that the link which was used is gone")
        machine.plug("save", save, "SAVE0001")
        bench.until(lambda: f"{LABEL} (" in bench.screen(), "the backup on the screen")
        expect("what is mounted of the backup stick", seen=mounted(bench), wanted="")
        tell(machine, "the second stick has its backup and may be pulled; the power is cut")
    restored_on_another_machine(place.folder, save)
    with Machine(stick, way=way, forward=led(ports)) as machine:
        machine.await_ready()
        bench = Bench(machine)
        bench.until(lambda: "The hub is at work." in bench.screen(), "the hub at work after the cut")
        expect("the authority after the cut", seen=authority_of(ports, bench.screen()), wanted=authority)
        with browser(ports, authority) as visitor:
            visitor.sign_in(ADMIN, PASSWORD)
        tell(machine, "after the power cut the administrator signs in with the same password")
    on_a_fresh_medium(place, way, ports, save)


def on_a_fresh_medium(place: Place, way: str, ports: Mapping[int, int], save: Path) -> None:
    """Put the backup back on a medium that was just written, as the README says it; the same password opens the hub."""
    stick = make_stick(place.image, place.folder / "fresh.img")
    with Machine(stick, way=way, forward=led(ports)) as machine:
        machine.await_ready()
        bench = Bench(machine)
        bench.await_console("Nouveau serveur")
        tell(machine, "a fresh medium asks its questions")
        machine.plug("save", save, "SAVE0001")
        bench.until(lambda: bench.guest.run(("test", "-e", f"/dev/disk/by-label/{LABEL}")).status == 0, "the stick")
        for line in RESTORING:
            bench.guest.shell(line, timeout_s=COMMAND_S * 5)
        bench.guest.shell("systemctl stop etabli-appliance-console", timeout_s=COMMAND_S)
        answered = f"printf '%s\\n' en '' Whoever {ADMIN} '' | etabli-appliance console || true"
        bench.guest.shell(answered, timeout_s=COMMAND_S * 5)
        bench.guest.shell("systemctl start etabli-appliance-console", timeout_s=COMMAND_S)
        bench.await_console("/welcome/")
        authority = authority_of(ports, state_of(bench))
        with browser(ports, authority) as visitor:
            visitor.sign_in(ADMIN, PASSWORD)
        tell(machine, "the hub is back on a fresh medium; the administrator signs in with the password of before")


def led(ports: Mapping[int, int]) -> dict[int, int]:
    """Give QEMU's view of the ports: of the host, of the guest."""
    return {host: guest for guest, host in ports.items()}


def backup_stick(file: Path) -> Path:
    """Make a stick as a person formats one on any computer."""
    with file.open("wb") as made:
        made.truncate(SAVE_MIB << 20)
    run("mkfs.vfat", "-F", "32", "-n", LABEL, str(file))
    return file


def link_on(screen: str) -> str:
    """Read the link off the screen."""
    found = LINK.search(screen)
    require("the whole link stands on the screen", found is not None, seen=screen)
    return found[1] if found else ""


def screen_after(bench: Bench) -> str:
    """Press Enter and read the screen."""
    bench.press("ret")
    return bench.screen()


def state_of(bench: Bench) -> str:
    """Turn to the other page and give it, as soon as hub and proxy are there."""
    bench.press("ret")
    bench.until(
        lambda: "The hub is at work." in bench.screen() and PAIRS.search(bench.screen()), "the state of the hub"
    )
    return bench.screen()


def authority_of(ports: Mapping[int, int], shown: str) -> str:
    """Fetch the authority's certificate by port 80, as a person does, and compare it with the screen."""
    with open_client() as client:
        pem = client.get(f"http://127.0.0.1:{ports[80]}/etabli-ca.crt", headers={"Host": NAME}).raise_for_status().text
    der = ssl.PEM_cert_to_DER_cert(pem)
    expect("fingerprint on the screen", seen=PAIRS.findall(shown), wanted=PAIRS.findall(pairs_of(der)))
    return pem


def pairs_of(der: bytes) -> str:
    """Give the SHA-256 of a certificate as the screen breaks it."""
    text = hashlib.sha256(der).digest().hex(":").upper()
    return f"{text[:47]}\n{text[48:]}"


@contextmanager
def browser(ports: Mapping[int, int], authority: str) -> Iterator[Visitor]:
    """Give a browser on the network of the house: it knows the name, and trusts the authority and nobody else."""
    trust = ssl.create_default_context(cadata=authority)
    with in_the_house(ports), open_client(httpx.HTTPTransport(verify=trust)) as client:
        answer = client.get(f"{URL}/healthz")
        expect("/healthz by HTTPS", seen=(answer.status_code, answer.json()["status"]), wanted=(200, "ok"))
        yield Visitor(client, URL)


@contextmanager
def in_the_house(ports: Mapping[int, int]) -> Iterator[None]:
    """Let the name of the hub lead to the ports of the guest, as mDNS does in the house."""
    asked = socket.getaddrinfo

    def answer(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        known = host in (NAME, NAME.encode())
        return asked("127.0.0.1", ports[int(port)], *more, **named) if known else asked(host, port, *more, **named)

    socket.getaddrinfo = answer
    try:
        yield
    finally:
        socket.getaddrinfo = asked


def bench_is_taken_in(state: Path, bench: Bench, ports: Mapping[int, int], authority: str, admin: Visitor) -> None:
    """Introduce a bench that has the authority's certificate beside its records; the administrator accepts it."""
    token = bench.guest.shell(f"{AS_HUB} token new").out.strip().splitlines()[-1]
    state.mkdir(mode=0o700)
    (state / AUTHORITY).write_text(authority)
    words = ["--state", str(state), "enrol", "--hub", URL, "--token", token, "--name", "Banc 1", "--json"]
    said = io.StringIO()
    with redirect_stdout(said), suppress(SystemExit):
        enrol_bench(words)
    expect("state of the bench", seen=json.loads(said.getvalue()).get("state"), wanted="pending")
    (action,) = (form.action for form in admin.page("/stations").forms if form.action.endswith("/accept"))
    admin.submit("/stations", action, {})


def look_at_the_appliance(bench: Bench) -> None:
    """Nothing answers the network but what a hub needs; nobody can sign in to the system."""
    shell = bench.guest.shell
    heard = {line.split()[4] for line in shell("ss --no-header --listening --tcp --udp --numeric").out.splitlines()}
    outside = {one for one in heard if not one.startswith(("127.", "[::1]"))}
    wrong = [one for one in outside if not any(one.endswith(port) for port in OPEN)]
    expect("ports that the network reaches", seen=wrong, wanted=[])
    expect("swap", seen=len(shell("cat /proc/swaps").out.splitlines()), wanted=1)
    expect("accounts that open", seen=shell("grep -vE '^[^:]*:[*!]' /etc/shadow; true").out, wanted="")
    require("the system is read-only", " ro," in shell("grep squashfs /proc/mounts").out)
    expect("units that failed", seen=shell("systemctl --failed --no-legend --plain; true").out, wanted="")
    named = shell("resolvectl mdns; resolvectl query etabli.local || true").out
    require("the machine answers for its name", "yes" in named, seen=named)
    facts = bench.guest.shell("stat -c '%U %a' /var/lib/etabli /var/lib/etabli/hub /var/lib/etabli/hub/hub.key").out
    expect("whose the data is", seen=facts.split(), wanted=["root", "711", "etabli-hub", "700", "etabli-hub", "600"])


def mounted(bench: Bench) -> str:
    """Say where the backup stick is mounted."""
    return bench.guest.shell(f"lsblk --noheadings --output LABEL,MOUNTPOINTS | grep '{LABEL} .*/'; true").out


def restored_on_another_machine(folder: Path, save: Path) -> None:
    """Put the backup back by the existing command, with the key that lies beside it; the administrator is there."""
    data = folder / "restored"
    data.mkdir(mode=0o700)
    run("mcopy", "-s", "-n", "-i", str(save), "::etabli-hub", str(folder))
    copied = folder / "etabli-hub"
    for name in ("hub.key", "hub.json"):
        (data / name).write_bytes((copied / name).read_bytes())
        (data / name).chmod(0o600)
    (made,) = copied.glob("etabli-hub-*.db")
    said = hub_on_host(data, "restore", str(made))
    require("the backup was put back", "restored" in said, seen=said)
    people = hub_on_host(data, "user", "list")
    expect(
        "administrators in the backup",
        seen=[line.split("\t")[:2] for line in people.splitlines()],
        wanted=[[ADMIN, "admin"]],
    )
    require(
        "the hub of the backup bears the name", "Atelier du Pont" in json.loads((data / "hub.json").read_text())["name"]
    )


def hub_on_host(data: Path, *words: str) -> str:
    """Run one command of the hub on the host."""
    argv = (sys.executable, "-m", "hub", "--data", str(data), "--lang", "en", *words)
    env = {name: value for name, value in os.environ.items() if not name.startswith("ETABLI_")}
    return run_program(argv, timeout_s=COMMAND_S, env=env).require().out

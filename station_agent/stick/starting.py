"""The steps of a starting stick: open the records, take the settings, introduce the bench, show the console.

Nothing here erases, and nothing but the stick itself is written.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from station_agent.errors import ProcessFailed, StationError
from station_agent.hub_link import AUTHORITY
from station_agent.language import Voice, mark, say_aloud, voice, without_controls
from station_agent.refusals import words_of
from station_agent.stick.asking import answers
from station_agent.stick.house_names import ask_the_house, of_the_house
from station_agent.stick.own_disk import SETTINGS, Disk, by_network, image_id
from station_agent.stick.records import Run, open_records
from station_agent.stick.settings import FILE, LONGEST, Settings, radio_file, settings_of
from station_agent.system import run

PATIENCE_S: Final = 60.0
FRENCH: Final = "fr"
OTHER_NAMES: Final = {"uk": "gb", "en": "us"}  # what people call a keyboard, and XKB
AGAIN: Final = 75  # EX_TEMPFAIL: the unit tries again
REFUSED_FOR_GOOD: Final = frozenset({"token", "refused"})
NOT_READY: Final = mark("This stick cannot keep records, so nothing is erased with it.")
LEFT_OUT: Final = mark("{file} on the stick: {trouble}. It was left out.")
PRESS: Final = mark("Press Enter to try again; Ctrl-Alt-Del restarts the machine.")


def ask_aloud(question: str) -> str:
    """Ask on standard output. Raises EOFError when nobody can answer any more."""
    say_aloud(question)
    line = sys.stdin.readline()
    if not line:
        raise EOFError(question)
    return line


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie on a stick, how programs are run, how a person is asked: arguments, for tests."""

    records: Path = Path("/var/lib/etabli")
    runtime: Path = Path("/run/etabli")
    radio: Path = Path("/var/lib/iwd")
    command_line: Path = Path("/proc/cmdline")
    units: Path = Path("/run/systemd")
    resolver: Path = Path("/etc/resolv.conf")
    run: Run = run
    ask: Callable[[str], str] = ask_aloud
    command: Callable[[list[str]], int] | None = field(default=None)

    def language(self) -> str:
        """The language of the stick, French before anybody chose."""
        return str(self.kept().get("language", FRENCH))

    def voice(self) -> Voice:
        """Speak it."""
        return voice(self.language(), {})

    def kept(self) -> dict[str, Any]:
        """What was settled on an earlier start; {} for none, or a file that cannot be read."""
        try:
            found = json.loads((self.records / "stick.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep(self, **facts: Any) -> None:
        """Keep what was settled for the next start; a power cut leaves the old file or the new one."""
        fresh = self.records / "stick.new"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123  mode
            file.write(json.dumps(self.kept() | facts) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.records / "stick.json")


PLACES: Final = Places()


def open_stick(places: Places) -> int:
    """Open the records, then take the settings. What is wrong with the settings stops nothing. Raises StationError."""
    places.runtime.mkdir(mode=0o755, parents=True, exist_ok=True)
    trouble = places.runtime / "trouble"
    try:
        words = places.command_line.read_text("utf-8")
        disk = open_records(places.run, image_id(words), places.records, network=by_network(words))
    except StationError as error:
        trouble.write_text(words_of(error, places.voice()) + "\n", "utf-8")
        raise
    trouble.unlink(missing_ok=True)
    apply(places, read_settings(places, disk))
    take_authority(places, settings_file(places, disk, AUTHORITY))
    return 0


def read_settings(places: Places, disk: Disk) -> Settings:
    """Read the settings file of the stick; without one, nothing is set."""
    return settings_of(settings_file(places, disk))


def take_authority(places: Places, certificate: bytes) -> None:
    """Keep the certificate of the hub's own authority beside the records; without one, what is kept stays."""
    if not certificate:
        return
    draft = places.records / f".{AUTHORITY}.part"
    draft.write_bytes(certificate[:LONGEST])
    draft.replace(places.records / AUTHORITY)


def settings_file(places: Places, disk: Disk, name: str = FILE) -> bytes:
    """Read the settings file of the stick, or another file that lies beside it; empty where there is none."""
    found = disk.named(SETTINGS) or tuple(part for part in disk.parts if part.fstype == "vfat")
    if len(found) != 1:
        return b""
    place = places.runtime / "settings"
    place.mkdir(mode=0o700, exist_ok=True)
    options = "ro,nodev,nosuid,noexec"
    mounted = places.run(("mount", "-t", "vfat", "-o", options, found[0].path, str(place)), timeout_s=PATIENCE_S)
    if mounted.status:
        return b""
    try:
        with (place / name).open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError:
        return b""
    finally:
        places.run(("umount", str(place)), timeout_s=PATIENCE_S)


def apply(places: Places, told: Settings) -> None:
    """Put the settings in force: language, keyboard, networks, and the hub for the unit that introduces the bench."""
    apply_to_machine(places, told)
    if told.hub and told.token and told.token != places.kept().get("token_used"):
        places.keep(hub={"hub": told.hub, "token": told.token, "name": told.name, "allow_http": told.allow_http})
        places.keep(house=of_the_house(told.hub))
    if places.kept().get("house"):
        ask_the_house(places.run, places.units, places.resolver)
    offer_hub(places)


def apply_to_machine(places: Places, told: Settings) -> None:
    """Put in force what any machine has, bench or hub: language, keyboard, networks; say what was left out."""
    kept = places.kept()
    language, keyboard = told.language or kept.get("language"), told.keyboard or kept.get("keyboard")
    places.keep(language=language or FRENCH, keyboard=keyboard or FRENCH)
    speech = places.voice()
    for sentence, name in told.troubles:
        say_aloud(speech.say(LEFT_OUT, file=FILE, trouble=speech.say(sentence, name=without_controls(name))))
    (places.runtime / "environment").write_text(f"ETABLI_LANG={speech.lang}\n", "utf-8")
    if keyboard and (told.keyboard or keyboard != FRENCH):  # the image comes up with French keys
        choose_keys(places, keyboard)
    for network, key in told.radio:
        name, content = radio_file(network, key)
        places.radio.mkdir(mode=0o700, parents=True, exist_ok=True)
        (places.radio / name).write_text(content, "utf-8")
        (places.radio / name).chmod(0o600)


def choose_keys(places: Places, keyboard: str) -> None:
    """Load a keyboard of XKB, such as `be` or `fr-bepo`; one that the system does not know leaves the one in force."""
    layout, *variant = OTHER_NAMES.get(keyboard, keyboard).split("-")
    with contextlib.suppress(ProcessFailed):
        keys = places.run(("ckbcomp", layout, *variant), timeout_s=PATIENCE_S).require().out
        places.run(("loadkeys", "--quiet"), timeout_s=PATIENCE_S, given=keys)


def offer_hub(places: Places) -> None:
    """Leave the hub for the unit that introduces the bench; a token that was used is not offered again."""
    kept = places.kept()
    document, place = kept.get("hub"), places.runtime / "hub.json"
    if not isinstance(document, dict) or document.get("token") in (None, kept.get("token_used")):
        return
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123  mode
        file.write(json.dumps(document))


def enrol(places: Places) -> int:
    """Introduce the bench to the hub that was offered. Status 75 while no hub answers: the unit tries again."""
    place = places.runtime / "hub.json"
    try:
        told = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        return 0  # nothing is offered
    words = ["enrol", "--hub", told["hub"], "--token", told["token"], "--json"]
    words += ["--name", told["name"]] if told["name"] else []
    words += ["--allow-http"] if told["allow_http"] else []
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = (places.command or run_command)(words)
    if status == 0:
        places.keep(token_used=told["token"], hub=None)
        place.unlink(missing_ok=True)
        return 0
    code = code_of(said.getvalue())
    say_aloud(f"etabli-stick enrol: {code}")
    return 0 if code in REFUSED_FOR_GOOD else AGAIN


def code_of(said: str) -> str:
    """Give the code of an error document, "" when it is none."""
    try:
        return str(json.loads(said)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def run_command(words: list[str]) -> int:
    """Run one command of the bench in this process, so that no secret stands in a list of processes."""
    from station_agent.app import main  # noqa: PLC0415  heavy

    try:
        main(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def settled(places: Places) -> bool:
    """Say whether nothing is left to ask: somebody answered before, or the settings file named a hub."""
    kept = places.kept()
    return bool(kept.get("asked") or kept.get("hub") or kept.get("token_used"))


def console(places: Places) -> int:
    """Show the console, after the questions of a stick that belongs to no hub yet; or why there is none."""
    trouble = places.runtime / "trouble"
    if trouble.exists() or not os.path.ismount(places.records):
        speech = places.voice()
        say_aloud(speech.say(NOT_READY))
        with contextlib.suppress(OSError):
            say_aloud(trouble.read_text("utf-8"))
        places.ask(speech.say(PRESS))
        places.run(("systemctl", "restart", "etabli-stick.service", "etabli-station.service"), timeout_s=300.0)
        return 1
    if not settled(places):
        told = answers(places.voice(), places.ask, say_aloud)
        places.keep(asked=True)
        apply(places, told)
        if told.hub and told.token:
            places.run(("systemctl", "restart", "--no-block", "etabli-enrol.service"), timeout_s=PATIENCE_S)
    return (places.command or run_command)(["--lang", places.language()])

"""`python -m station_agent.demo [--once] [--dir DIR] [--lang fr|en]`: what `make demo` runs."""

import argparse
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from certificates.errors import CertificateError
from erasure.errors import ErasureError
from station_agent.bench import open_bench
from station_agent.commands.call import Call
from station_agent.demo.story import Story
from station_agent.demo.workshop import DONORS, LEAD, PASSWORD, open_workshop
from station_agent.errors import StationError, UsageError
from station_agent.hub_keys import TRUST_FILE
from station_agent.language import Voice, complain, mark, voice
from station_agent.refusals import words_of
from station_agent.station import open_station

FIXTURES: Final = Path(__file__).resolve().parents[2] / "hardware-fixtures" / "benches"
MARKER: Final = "etabli-demo"


def main() -> None:
    """Run the demonstration; exit non-zero when anything is amiss."""
    given = parsed()
    speech = voice(given.lang, os.environ)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        play(speech, given.dir.resolve(), once=given.once)
    except StationError as error:
        complain(f"{words_of(error, speech)} [{error.code}]")
        sys.exit(error.exit_status)
    except (ErasureError, CertificateError) as error:
        complain(f"{error} [{error.code}]")
        sys.exit(1)
    except KeyboardInterrupt:
        complain(speech.say("The demonstration was stopped."))
        sys.exit(1)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m station_agent.demo")
    parser.add_argument("--once", action="store_true", help="run, verify, end; non-zero when anything is amiss")
    parser.add_argument("--dir", type=Path, default=Path("demo-data"), help="folder of the demonstration (made anew)")
    parser.add_argument("--lang", choices=("fr", "en"), default=None)
    return parser.parse_args()


def play(speech: Voice, folder: Path, *, once: bool) -> None:
    """Set up, tell the story, say where to look; without `once` keep the hub running until Ctrl-C."""
    clear(folder)
    say(speech.say("Setting up a hub with a lead, two donors and two lots ..."))
    shop = open_workshop(folder / "hub", FIXTURES)
    try:
        story = Story(shop, folder, speech, say)
        tell(story, folder, speech)
        for line in what_there_is(story, folder, speech):
            say(line)
        if not once:
            for line in where_to_look(story, speech):
                say(line)
            wait_for_ctrl_c(speech)
    finally:
        shop.stop()


def tell(story: Story, folder: Path, speech: Voice) -> None:
    """Go the whole way once."""
    state = folder / "station"
    call = Call(speech, as_json=False, state=state, bench_file=FIXTURES / "demo.toml")
    with open_station(state, demo=True) as station:
        story.enrol_station(station)
        bench = open_bench(call.bench_file, state, allow_loop=False)
        board = story.erase_all(call, station, bench, FIXTURES)
        story.diagnose(call, station, bench)
        story.send(station, board)
    story.approve(board)
    story.download()
    story.verify(state / TRUST_FILE)


def what_there_is(story: Story, folder: Path, speech: Voice) -> list[str]:
    """Say which files there are, and how to check one by hand."""
    verify = f"{shown(Path(sys.executable).parent)}/etabli-verify {shown(story.files[-1])}"
    return [
        "",
        speech.say("All is as it must be: four drives certified; two failures told, without a certificate."),
        speech.say("Certificates and bundles:"),
        *(f"  {path}" for path in story.files),
        speech.say("Check one yourself:"),
        f"  {verify} --trust {shown(folder / 'station' / TRUST_FILE)}",
    ]


def where_to_look(story: Story, speech: Voice) -> list[str]:
    """Say the address of the hub while it runs, and who can sign in."""
    donors = ", ".join(DONORS.values())
    return [
        "",
        speech.say("Hub: {url}", url=story.shop.url),
        speech.say("Sign in as {lead} (lead) or as a donor ({donors}).", lead=LEAD, donors=donors),
        speech.say("Password of all three: {password}", password=PASSWORD),
    ]


def shown(path: Path) -> str:
    """Write a path as short as it can be typed from here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def wait_for_ctrl_c(speech: Voice) -> None:
    """Keep the hub running until a person ends it."""
    say(speech.say("The hub keeps running. Ctrl-C ends the demonstration."))
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say("")
        say(speech.say("The hub has stopped. What it made stays until the next demonstration or `make clean`."))


def clear(folder: Path) -> None:
    """Make the folder anew; only one that an earlier demonstration made is removed. Raises `UsageError`."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARKER).exists():
            raise UsageError(mark("{folder} is not a folder of the demonstration; nothing was touched."), folder=folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).write_text("made by `make demo`; may be removed\n", encoding="utf-8")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()

"""The questions of a new stick, one line each: language, keyboard, hub. Enter keeps what stands in brackets."""

from collections.abc import Callable
from typing import Final

from certificates.language import LANGUAGES
from station_agent.language import Voice, mark, visible
from station_agent.stick.settings import HUB, KEYBOARD, TOKEN, Settings

TITLE: Final = mark("New stick: three questions. Enter keeps what stands in brackets.")
LANGUAGE: Final = mark("Language / langue: fr, en [{now}] ")
KEYS: Final = mark("Keyboard: fr, be, ch, us, uk, de ... [{now}] ")
ADDRESS: Final = mark("Address of the hub, typed or scanned, empty for later: ")
ONE_OFF: Final = mark("Token of the hub: ")
AGAIN: Final = mark("This cannot be used: {answer}")
BETWEEN: Final = "#token="


def answers(speech: Voice, ask: Callable[[str], str], tell: Callable[[str], None]) -> Settings:
    """Ask; an answer that cannot be used is asked for again, an end of the input keeps what stands there."""
    tell(speech.say(TITLE))
    language = _asked(ask, tell, speech, speech.say(LANGUAGE, now=speech.lang), lambda text: text in LANGUAGES)
    keys = _asked(ask, tell, speech, speech.say(KEYS, now="fr"), lambda text: KEYBOARD.fullmatch(text) is not None)
    address = _asked(ask, tell, speech, speech.say(ADDRESS), lambda text: _hub(text)[0] != "")
    hub, token = _hub(address)
    if hub and not token:
        token = _asked(ask, tell, speech, speech.say(ONE_OFF), lambda text: TOKEN.fullmatch(text) is not None)
    return Settings(hub=hub, token=token, language=language or speech.lang, keyboard=keys)


def _hub(text: str) -> tuple[str, str]:
    """Take an address apart, as a hub's page shows it for a scanner: `https://hub.example.org#token=...`."""
    address, _, token = text.partition(BETWEEN)
    good = HUB.fullmatch(address) is not None and (not token or TOKEN.fullmatch(token) is not None)
    return (address, token) if good else ("", "")


def _asked(
    ask: Callable[[str], str], tell: Callable[[str], None], speech: Voice, question: str, good: Callable[[str], bool]
) -> str:
    while True:
        try:
            answer = ask(question).strip()
        except EOFError:
            return ""
        if not answer or good(answer):
            return answer
        tell(speech.say(AGAIN, answer=visible(answer[:40])))

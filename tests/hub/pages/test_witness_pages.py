"""The page of the witnesses: who decides, how each stands, and the commands of a network for taking a bench in."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, NoteKey
from hub.keys.root_files import install
from hub.log.sequencer import Log
from hub.logged import LogCosignature
from hub.models import Station, StationState
from hub.witnessed import LogWitness, WitnessChange
from hub.witnesses.registry import asked
from tests.asgi import TestClient
from tests.hub.keys.network import SHARES, atelier, by, reseau
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]
KEY = SigningKey.from_seed(b"\x31" * 32, demo=False)
VKEY = NoteKey("temoin.example/w1", COSIGNATURE, KEY.public).vkey
FORM = {"name": "Recyclerie du Port", "url": "https://temoin.example/w1", "vkey": VKEY}


def network(workshop: Workshop) -> None:
    with workshop.session() as session, session.begin():
        install(session, by(atelier(workshop.hub), SHARES[0]))
        install(session, by(reseau(workshop.hub), *SHARES[:3]))


def told(browser: Any, token_of: Token, step: str = "", **fields: str) -> Any:
    return browser.post(f"/witnesses{step}", data={"csrf": token_of(browser), **fields}, follow_redirects=False)


def names(workshop: Workshop) -> list[str]:
    with workshop.session() as session:
        return [one.name for one in asked(session)]


def test_in_a_workshop_the_administrator_decides_alone(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    admin, lead = signed_in("admin"), signed_in("lead")
    assert told(lead, token_of, **FORM).status_code == 403
    assert told(admin, token_of, **FORM).status_code == 303
    assert names(workshop) == ["Recyclerie du Port"]
    assert told(admin, token_of, **FORM).status_code == 409, "one key is one witness"
    assert "Recyclerie du Port" in lead.get("/witnesses").text
    assert told(lead, token_of, "/remove", kid=KEY.kid).status_code == 403
    assert told(admin, token_of, "/remove", kid=KEY.kid).status_code == 303
    assert names(workshop) == []
    assert signed_in("technician").get("/witnesses").status_code == 403


def test_in_a_network_two_people_decide(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    network(workshop)
    admin, lead = signed_in("admin"), signed_in("lead")
    assert told(admin, token_of, **FORM).status_code == 303
    assert names(workshop) == [], "nothing is done by one person"
    assert told(admin, token_of, "/agree", change="1").status_code == 403, "whoever asks does not agree"
    assert names(workshop) == []
    assert told(lead, token_of, "/agree", change="1").status_code == 303
    assert names(workshop) == ["Recyclerie du Port"]
    assert told(lead, token_of, "/agree", change="1").status_code == 409
    assert told(lead, token_of, "/remove", kid=KEY.kid).status_code == 303
    assert names(workshop) == ["Recyclerie du Port"]
    assert told(lead, token_of, "/withdraw", change="2").status_code == 303
    assert told(admin, token_of, "/agree", change="2").status_code == 409
    assert told(lead, token_of, "/remove", kid=KEY.kid).status_code == 303
    assert told(admin, token_of, "/agree", change="3").status_code == 303
    assert names(workshop) == []
    with workshop.session() as session:
        assert session.query(WitnessChange).filter(WitnessChange.agreed.is_not(None)).count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"vkey": "nonsense"}, "copiez-la entière"),
        ({"vkey": NoteKey("a/erasure-log/2026", LOG_SIGNATURE, KEY.public).vkey}, "la clé d’un journal"),
        ({"url": "http://10.0.0.1"}, "https://"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"url": "https://temoin.example/" + "x" * 400}, "400 caractères au plus"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(
    workshop: Workshop, signed_in: Enter, token_of: Token, fields: dict[str, str], words: str
) -> None:
    admin = signed_in("admin")
    admin.cookies.set("etabli-lang", "fr")
    answer = told(admin, token_of, **{**FORM, **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert names(workshop) == []


def test_the_page_tells_how_far_a_witness_is_behind_and_why(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token
) -> None:
    workshop, _ids = worked
    admin = signed_in("admin")
    assert told(admin, token_of, **FORM).status_code == 303
    newest = Log(workshop.hub).bring_up()
    assert f'data-col="Entries not signed yet">{newest.size}<' in admin.get("/witnesses").text
    now = workshop.clock()
    with workshop.session() as session, session.begin():
        line = {"kid": KEY.kid, "name": "w", "time": 1, "line": "x"}
        session.add(LogCosignature(checkpoint_id=newest.id, received=now, **line))
        row = session.get_one(LogWitness, KEY.kid)
        row.silent_since, row.problem = now, "it answers too slowly"
    admin.cookies.set("etabli-lang", "fr")
    page = admin.get("/witnesses").text
    assert 'data-col="Lignes pas encore signées">0<' in page
    assert "il répond trop lentement" in page


def test_a_network_is_shown_the_commands_with_the_bench_filled_in(
    workshop: Workshop, signed_in: Enter, token_of: Token
) -> None:
    key = SigningKey.from_seed(b"\x32" * 32, demo=False)
    with workshop.session() as session, session.begin():
        session.add(
            Station(
                kid=key.kid,
                name="Banc 9",
                public=key.public.base64,
                state=StationState.PENDING,
                created=workshop.clock(),
            )
        )
    lead = signed_in("lead")
    assert "key registry enrol" not in lead.get("/stations").text
    network(workshop)
    page = lead.get("/stations").text
    request = f"/media/stick/{key.kid[:16]}.request"
    commands = re.findall(r"^etabli-hub key registry .*$", page, re.MULTILINE)
    assert commands == [
        f"etabli-hub key registry enrol --key {key.kid[:16]} --request {request}",
        f"etabli-hub key registry sign {request} --key FIRST.registry.key --by FIRST",
        f"etabli-hub key registry approve {request} --key SECOND.registry.key --by SECOND",
        f"etabli-hub key registry bring {request}",
    ]
    assert "/accept" not in page, "no button that cannot work"

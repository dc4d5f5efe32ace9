"""The verifier that a donor keeps: for everybody, to be saved, with the keys of this hub as of now."""

import base64
import json
import re
from collections.abc import Callable

import pytest

from certificates.trust import Trust
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_anybody_keeps_the_verifier_with_the_keys_of_this_hub(
    worked: tuple[Workshop, dict[str, str]], visitor: TestClient, lang: str
) -> None:
    workshop, _ = worked
    visitor.cookies.set("etabli-lang", lang)
    answer = visitor.get("/verify/offline")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="verifier.html"'
    found = re.search(r'<script type="application/json" id="known">(.*?)</script>', answer.text)
    assert found is not None
    known = json.loads(found[1])
    trust = Trust.from_json(base64.b64decode(known["trust"]))
    assert workshop.hub.identity.key.kid in trust.keys
    assert (trust.profile is not None, known["lang"]) == (True, lang)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", known["asOf"])


def test_the_way_to_it_is_shown_to_visitors_and_donors(
    worked: tuple[Workshop, dict[str, str]], visitor: TestClient, signed_in: Enter
) -> None:
    assert 'href="/verify/offline"' in visitor.get("/verify").text
    lots = signed_in("donor").get("/", follow_redirects=True).text
    (lot, *_) = re.findall(r'href="(/lots/[^"/]+)"', lots)
    assert 'href="/verify/offline"' in signed_in("donor").get(lot).text

"""What somebody typed stays in a form that was refused: of every form of the hub, as its pages show them.

The forms are read from the pages of a hub with everything in it. Each is sent with one bad field, with words in all
others and with the last choice of each list; all of it has to come back in the same form. `ELSEWHERE` names the forms
whose refusal is the page of an error, which tells the words to be copied: that list can only become shorter.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from hub.models import Role
from hub.pages import kept
from hub.people.policies import policy_of
from tests.asgi import TestClient
from tests.hub.houses import ALPHA, Houses
from tests.hub.pages.forms_shown import FormShown, forms_of
from tests.hub.pages.test_matrix import ROUTES, _asked, _nothing_kept, _of

WORDS = frozenset({"text", "textarea", "search"})
NEVER_BAD = frozenset({"hidden", "checkbox", "radio", "file"})
SHORTEST = 12  # characters that a field must take to be one of words
OK, REFUSED = 200, range(400, 500)
MANY = 60  # forms that refuse and keep, at least
ELSEWHERE = {"/drives/{drive_id}/tie"}


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """The hub with all houses, made once: nothing here changes it."""
    made = Houses.built(tmp_path_factory.mktemp("typed") / "hub")
    yield made
    made.workshop.hub.engine.dispose()


def test_what_was_typed_stays_in_every_form_that_is_refused(houses: Houses) -> None:
    lost, stays, elsewhere = list[str](), set[str](), set[str]()
    for name, (browser, form) in _forms(houses).items():
        for bad, answer, words in _refused(browser, form):
            again = [one for one in forms_of(answer, form.action) if one.action == form.action]
            gone = [field for field, text in words.items() if not any(one.fields.get(field) == text for one in again)]
            if not gone:
                stays.add(name)
            elif not again and all(text in unescape(answer) for text in words.values()):
                elsewhere.add(name)
            else:
                lost.append(f"{name} with a bad {bad} loses {', '.join(gone)}")
    assert not lost, "\n".join(lost)
    assert elsewhere == ELSEWHERE
    assert len(stays) > MANY
    assert {"/lots/{code}/stated", "/figures/social", "/prescriptions"} <= stays


def _forms(houses: Houses) -> dict[str, tuple[TestClient, FormShown]]:
    """One form of each route, with the browser of whoever sees it: a lead; an administrator where no lead is let in."""
    found: dict[str, tuple[TestClient, FormShown]] = {}
    for who in ("lead at home", "admin at home"):
        browser = houses.browser(who)
        for address in _addresses(houses, who):
            answer = browser.get(address)
            if answer.status_code == OK and "text/html" in answer.headers["content-type"]:
                for form in forms_of(answer.text, address):
                    if form.method == "post" and _filled(form):
                        found.setdefault(_route_of(form.action), (browser, form))
    return found


def _addresses(houses: Houses, who: str) -> Iterator[str]:
    for route in _of("GET"):
        if who.startswith("lead") or not policy_of(route).admits(Role.LEAD, at_home=True):
            yield from (address for house, _right, address in _asked(houses, who, route) if house in {"", ALPHA})


def _route_of(action: str) -> str:
    plain = action.split("?", maxsplit=1)[0]
    return next(one.path for one in ROUTES if "POST" in one.methods and one.path_regex.match(plain))


def _filled(form: FormShown) -> dict[str, str]:
    """Words for each field that takes some, and of each list the last choice."""
    chosen = {
        name: form.options[name][-1] for name, sort in form.sorts.items() if sort == "select" and name in form.options
    }
    return chosen | {
        name: f"Words {at} of a person, long enough to be missed"[: form.longest.get(name, 99)].strip()
        for at, (name, sort) in enumerate(form.sorts.items())
        if sort in WORDS and form.longest.get(name, SHORTEST) >= SHORTEST and name not in kept.SECRET
    }


def _refused(browser: TestClient, form: FormShown) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Of each refusal the name of the bad field, the answer, and what of the others is expected again."""
    filled = _filled(form)
    for bad in (name for name, sort in form.sorts.items() if sort not in NEVER_BAD):
        sent = form.fields | filled | {bad: "" if form.sorts[bad] in WORDS else "nonsense"}
        with _nothing_kept():
            answer = browser.post(form.action, data=sent)
        if answer.status_code in REFUSED:
            yield bad, answer.text, {name: text for name, text in filled.items() if name != bad}


PAGE = """<details><summary>More</summary>
<form method="post" action="/lots/A%20B/read"><input type="hidden" name="csrf" value="t">
<input type="hidden" name="drawn" value="1">
<input name="found" value="before" required></form></details>
<details class="fold"><summary>More</summary>
<form method="post" action="/lots/A%20B/read"><input type="hidden" name="csrf" value="t">
<input type="hidden" name="drawn" value="2">
<input name="found"><textarea name="note">before</textarea><input type="password" name="password">
<input type="checkbox" name="sure" value="yes"><input type="checkbox" name="other" value="yes" checked>
<select name="kind"><option value="a" selected>A</option><option value="b">B</option></select>
<input name="code" autocomplete="one-time-code"></form></details>"""
TYPED = (
    ("csrf", "t"),
    ("drawn", "2"),
    ("found", 'two "words" <b>'),
    ("note", "line\r\nand </textarea>"),
    ("password", "secret phrase"),
    ("sure", "yes"),
    ("kind", "b"),
    ("code", "123456"),
)


def test_the_form_of_the_line_that_was_sent_gets_everything_back_and_no_other() -> None:
    first, second = kept.given_back(PAGE, "/lots/A B/read", TYPED).split('<details class="fold"')
    assert first == PAGE.split('<details class="fold"', maxsplit=1)[0]
    assert second.startswith(" open>")
    assert '<input name="found" value="two &quot;words&quot; &lt;b&gt;">' in second
    assert '<textarea name="note">line\r\nand &lt;/textarea&gt;</textarea>' in second
    assert 'name="sure" value="yes" checked>' in second
    assert 'name="other" value="yes">' in second
    assert '<option value="a">A</option><option value="b" selected>B</option>' in second


def test_no_password_and_no_code_of_the_moment_comes_back() -> None:
    page = kept.given_back(PAGE, "/lots/A B/read", TYPED)
    assert "secret" not in page
    assert "123456" not in page
    assert kept.texts_of(TYPED) == ['two "words" <b>', "line\r\nand </textarea>"]


def test_a_code_of_the_moment_that_was_typed_with_a_blank_stands_on_no_page_of_an_error() -> None:
    assert kept.texts_of((("code", "123 456"), ("note", "two words"))) == ["two words"]


def test_every_field_for_a_code_of_the_moment_has_the_name_that_is_left_out() -> None:
    folder = Path(kept.__file__).parent.parent / "templates"
    tags = [tag for path in folder.glob("*.html") for tag in re.findall("<input[^>]*>", path.read_text())]
    codes = [tag for tag in tags if kept.OF_THE_MOMENT in tag]
    assert codes
    assert all(f'name="{kept.CODE}"' in tag for tag in codes)


def test_a_choice_that_is_taken_back_leaves_the_same_word_in_other_texts() -> None:
    page = (
        '<form method="post" action="/p"><select name="kind"><option value="is selected here" selected>A</option>'
        '<option value="b">B</option></select><input name="sure" type="checkbox" aria-label="he checked it" checked>'
    )
    again = kept.given_back(page, "/p", (("kind", "b"),))
    assert '<option value="is selected here">A</option><option value="b" selected>B</option>' in again
    assert again.endswith('<input name="sure" type="checkbox" aria-label="he checked it">')


def test_every_password_field_of_the_hub_is_known_as_secret() -> None:
    folder, sort, name = (
        Path(kept.__file__).parent.parent / "templates",
        'type="password"',
        re.compile('name="([^"]+)"'),
    )
    tags = [
        tag for path in folder.glob("*.html") for tag in re.findall("<input[^>]*>", path.read_text()) if sort in tag
    ]
    found = {match[1] for tag in tags if (match := name.search(tag))}
    assert found == kept.SECRET


@pytest.mark.parametrize("path", ["/lots/A B", "/elsewhere", ""])
def test_a_page_without_the_form_stays_as_it_is(path: str) -> None:
    assert kept.given_back(PAGE, path, TYPED) == PAGE
    assert kept.given_back(PAGE, "/lots/A B/read", (("drawn", "3"), ("found", "x"))) == PAGE


@pytest.mark.parametrize(
    "page", ["", "<", "<form method=post", "</textarea></form>", "<form method='post'><textarea name=a>"]
)
def test_a_page_that_is_cut_off_does_no_harm(page: str) -> None:
    assert kept.given_back(page, "/", (("a", "words"),)).startswith(page[:5])

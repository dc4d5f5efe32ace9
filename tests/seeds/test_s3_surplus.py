"""Seeds S3-1 to S3-4 and S3-6 to S3-10: the exchange board, through its pages, as people of three houses."""

import re
from collections.abc import Iterator

import pytest

from hub.figures.periods import year_of
from hub.models import Person, Role
from hub.surplus.totals import totals as sums
from tests.hub.houses import ALPHA, BRAVO, CHARLIE, Houses
from tests.seeds.desk import Desk

WHO = ("lead at home", "admin of a partner", "coordinator")


class Board:
    """Two workshops of one network, one of another, and their coordinators; each fact is read from a page."""

    def __init__(self, houses: Houses) -> None:
        with houses.session() as session, session.begin():
            for role, house in ((Role.LEAD, BRAVO), (Role.LEAD, CHARLIE), (Role.COORDINATOR, "zsud")):
                made = houses._person(session, role, house, f"Board {role} {house}")
                houses.people[f"{role} {house}"] = made.id
        self.houses = houses
        self.alpha = Desk(houses.browser("lead of a partner"))
        self.bravo, self.charlie = (Desk(houses.browser(f"lead {house}")) for house in (BRAVO, CHARLIE))
        self.coordinator, self.other = Desk(houses.browser("coordinator")), Desk(houses.browser("coordinator zsud"))
        self.admin = Desk(houses.browser("admin at home"))
        self.network = self.alpha.read("/surplus").split('<option value="')[1].split('"')[0]

    def offer(self, title: str, **told: str) -> str:
        """The page of a new offer of ALPHA: three screens that nobody weighed, worth 60 euros."""
        fields = {"kind": "screen", "number": "3", "value": "60", "place": "Quai 2", **told}
        answer = self.alpha.send("/surplus", network=self.network, title=title, **fields)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def published(self, title: str, **told: str) -> str:
        path = self.offer(title, **told)
        self.coordinator.done(f"{path}/review", **{"word": "publish", "nothing-stored": "yes"})
        return path

    def status(self, who: Desk, path: str) -> int:
        return int(who.client.get(path).status_code)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    made = Houses.built(tmp_path_factory.mktemp("surplus") / "hub")
    yield Board(made)
    made.workshop.hub.engine.dispose()


def totals(who: Desk) -> dict[str, list[str]]:
    """The cells of the table of totals, by outcome."""
    text = who.read("/surplus").split('<th scope="col">What became of it</th>')[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', text)
    return {word: re.findall(r"<td[^>]*>([^<]*)</td>", cells) for word, cells in rows}


def test_s3_1_what_a_workshop_offers_is_read_by_the_others_of_its_network(board: Board) -> None:
    path = board.published("Écrans en trop")
    page = board.bravo.read(path)
    assert "Écrans en trop" in board.bravo.read("/surplus")
    assert "Partenaire zalpha" in page
    assert "Quai 2" in page


def test_s3_2_a_moderator_reads_an_offer_before_anybody_else(board: Board) -> None:
    path = board.offer("À modérer")
    assert board.status(board.bravo, path) == 404
    assert "À modérer" not in board.bravo.read("/surplus")
    assert "Waiting for a moderator" in board.alpha.read(path)
    assert board.alpha.send(f"{path}/review", **{"word": "publish", "nothing-stored": "yes"}).status_code == 403
    board.coordinator.done(f"{path}/review", **{"word": "publish", "nothing-stored": "yes"})
    assert board.status(board.bravo, path) == 200
    assert board.admin.send(f"{path}/review", word="refuse", reason="trop tard").status_code == 409


def test_s3_2_a_refused_offer_says_why_to_its_house_alone(board: Board) -> None:
    path = board.offer("À refuser")
    assert board.coordinator.send(f"{path}/review", word="refuse").status_code == 422
    board.admin.done(f"{path}/review", word="refuse", reason="photo manquante")
    assert "photo manquante" in board.alpha.read(path)
    assert board.status(board.bravo, path) == 404
    assert board.alpha.send(f"{path}/messages", text="Bonjour").status_code == 409


def test_s3_3_the_contact_is_a_thread_without_addresses_that_the_moderator_reads(board: Board) -> None:
    path = board.published("À contacter")
    board.bravo.done(f"{path}/messages", text="Nous passons mardi")
    board.alpha.done(f"{path}/messages", text="Entendu, quai 2")
    for reader in (board.alpha, board.bravo, board.coordinator):
        page = reader.read(path).split("<main")[1]
        assert page.index("Nous passons mardi") < page.index("Entendu, quai 2")
        assert "Partenaire zbravo" in page
        assert ".example" not in page


def test_s3_4_an_offer_ends_with_what_became_of_it(board: Board) -> None:
    path = board.published("À terminer")
    end = f"{path}/end"
    assert board.alpha.send(end, outcome="", reason="fini").status_code == 422
    assert board.alpha.send(end, outcome="thrown").status_code == 422
    assert board.alpha.send(end, outcome="exchanged", reason="fini").status_code == 422
    assert board.alpha.send(end, outcome="gone", reason="fini", receiver="zbravo").status_code == 422
    assert board.bravo.send(end, outcome="gone", reason="fini").status_code == 403
    page = board.alpha.done(end, outcome="exchanged", receiver="Partenaire zbravo", reason="pris mardi")
    assert "exchanged with a workshop" in page
    assert "pris mardi" in board.bravo.read(path)
    assert board.bravo.send(f"{path}/messages", text="Encore là ?").status_code == 409
    assert board.alpha.send(end, outcome="gone", reason="encore").status_code == 409
    assert "Take it off the board" in board.alpha.done(f"{path}/reopen", reason="personne n’est venu")
    board.alpha.done(end, outcome="thrown", reason="cassés")


def test_s3_6_weight_is_read_by_all_and_money_by_moderators(board: Board) -> None:
    before = totals(board.coordinator)["gone"]
    path, other = board.published("Sans pesée"), board.published("Pesés", weight="12,9", kind="cable", value="40,50")
    for one in (path, other):
        board.alpha.done(f"{one}/end", outcome="gone", reason="inventaire")
    assert before == ["0", "0\xa0kg", "–", "0.00\xa0€"]
    assert totals(board.coordinator)["gone"] == ["2", "30\xa0kg", "43\xa0%", "100.50\xa0€"]  # 3 × 5.7 kg and 12.9 kg
    assert totals(board.admin)["gone"] == ["2", "30\xa0kg", "43\xa0%", "100.50\xa0€"]
    for reader in (board.alpha, board.bravo):
        assert totals(reader)["gone"] == ["2", "30\xa0kg", "43\xa0%"]
    assert "100.50" not in board.bravo.read(path) + board.bravo.read(other)
    assert "40.50" not in board.bravo.read(other)
    assert "40.50" in board.alpha.read(other)
    assert totals(board.other)["gone"] == ["0", "0\xa0kg", "–", "0.00\xa0€"]


def test_s3_7_what_has_no_default_weight_is_weighed(board: Board) -> None:
    answer = board.alpha.send(
        "/surplus", network=board.network, title="Câbles", kind="cable", number="3", value="5", place="Quai"
    )
    assert answer.status_code == 422
    assert "weigh it" in answer.text


def test_s3_8_only_workshops_of_the_network_and_home_read_the_board(board: Board) -> None:
    path = board.published("Entre ateliers")
    for role in ("donor", "distributor", "prescriber"):
        browser = board.houses.browser(role)
        assert browser.get("/surplus").status_code == 403
        assert browser.get(path).status_code == 403
    assert board.status(board.charlie, path) == board.status(board.other, path) == 404
    assert "Entre ateliers" not in board.charlie.read("/surplus")
    assert board.other.send(f"{path}/end", outcome="gone", reason="?").status_code == 404
    assert board.status(board.admin, path) == board.status(board.bravo, path) == 200


def test_s3_9_nothing_that_stores_data_comes_onto_the_board(board: Board) -> None:
    fields = {"number": "1", "weight": "1", "value": "5", "place": "Quai", "title": "Un portable"}
    for kind in ("laptop", "desktop", "phone", "tablet", "drive"):
        assert board.alpha.send("/surplus", network=board.network, kind=kind, **fields).status_code == 422
    path = board.offer("Tours vides", kind="case", weight="20")
    answer = board.coordinator.send(f"{path}/review", word="publish")
    assert answer.status_code == 422
    assert "nothing in it stores data" in answer.text


def test_s3_10_the_declared_value_of_exchanges_stands_for_avoided_purchases(board: Board) -> None:
    path = board.published("Achat évité", value="80")
    earlier = totals(board.coordinator)["exchanged with a workshop"]
    board.alpha.done(f"{path}/end", outcome="exchanged", receiver="Partenaire zbravo", reason="pris")
    after = totals(board.coordinator)["exchanged with a workshop"]
    assert earlier == ["0", "0\xa0kg", "–", "0.00\xa0€"]
    assert after == ["1", "17.1\xa0kg", "0\xa0%", "80.00\xa0€"]


@pytest.mark.parametrize(
    "told", [{"number": "0"}, {"number": "²"}, {"value": "-4"}, {"value": ""}, {"weight": "lourd"}]
)
def test_s3_1_nonsense_is_refused_with_a_sentence(board: Board, told: dict[str, str]) -> None:
    fields = {"kind": "screen", "number": "3", "value": "60", "place": "Quai", "title": "Écrans", **told}
    answer = board.alpha.send("/surplus", network=board.network, **fields)
    assert answer.status_code == 422
    assert 'id="error"' in answer.text


def test_s3_1_a_workshop_offers_to_its_own_network_only(board: Board) -> None:
    other = board.charlie.read("/surplus").split('<option value="')[1].split('"')[0]
    fields = {"kind": "screen", "number": "3", "value": "60", "place": "Quai", "title": "Écrans"}
    assert board.alpha.send("/surplus", network=other, **fields).status_code == 422
    assert ALPHA not in board.charlie.read("/surplus")


def test_s3_6_the_sums_themselves_hold_no_money_for_who_does_not_moderate(board: Board) -> None:
    with board.houses.session() as session:
        told = {who: sums(session, session.get_one(Person, board.houses.people[who]), year_of(2026)) for who in WHO}
    assert [{one.cents is None for one in told[who]} for who in WHO] == [{True}, {True}, {False}]

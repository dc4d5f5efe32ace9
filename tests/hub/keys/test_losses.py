"""A stolen key of a bench, a lost root key, a lost witness: the printed steps, and what a verifier says afterwards."""

import pytest

from certificates.verdicts import Verdict
from hub.commands.root import main
from tests.hub.keys.shop import Shop, last_good
from tests.hub.keys.table import status, steps, two_people, version, witness

NETWORK = pytest.mark.parametrize("shop", ["reseau"], indirect=True)


def trust_file(shop: Shop, name: str = "trust.json") -> str:
    file = str(shop.table.stick / name)
    assert main(["trust", file]) == 0
    return file


def test_what_a_stolen_key_of_a_bench_signed_above_the_bounds_is_disputed(shop: Shop) -> None:
    good, bad, old = shop.certificate(), shop.certificate(), shop.bench.key.kid
    lists, request = shop.table.stick / "lists", str(shop.table.stick / "request")
    wide = shop.profile == "reseau"
    todo = steps("compromise" if wide else "compromise-workshop")
    shop.table.follow(next(todo), folder=str(lists))
    facts = last_good(lists, old, "erasure")
    shop.table.follow(next(todo), old=old[:12], request=request, **facts)
    if wide:
        two_people(shop.table, todo, request)
    assert next(todo, None) is None
    assert status(shop.table, old) == "compromised"
    assert shop.world.station(shop.bench).state == "locked"
    trust = trust_file(shop)
    assert [shop.verdict(bundle, trust) for bundle in (good, bad)] == [Verdict.VALID, Verdict.DISPUTED]


@pytest.mark.parametrize("shop", ["atelier"], indirect=True)
def test_a_bench_of_a_workshop_gets_another_key(shop: Shop) -> None:
    before, new, todo = shop.certificate(), shop.world.bench("banc 1 bis", accepted=False), steps("rotation-workshop")
    shop.table.follow(next(todo), new=new.key.kid[:12], old=shop.bench.key.kid[:12])
    assert next(todo, None) is None
    assert [status(shop.table, one.key.kid) for one in (shop.bench, new)] == ["retired", "active"]
    shop.bench = new
    trust = trust_file(shop)
    assert [shop.verdict(bundle, trust) for bundle in (before, shop.certificate())] == [Verdict.VALID, Verdict.VALID]


@NETWORK
def test_after_a_lost_root_key_the_finder_changes_nothing_and_the_new_one_signs(shop: Shop) -> None:
    table, before = shop.table, shop.certificate()
    todo, root = steps("lost-share"), str(table.stick / "root-3.json")
    table.follow(next(todo), name="Fanny")
    table.follow(next(todo), root=root, lost="Bruno", pub=table.public("root", "Fanny"))
    shop.sign(next(todo), root)
    table.follow(next(todo), root=root)
    assert next(todo, None) is None
    assert version(table) == 3
    assert shop.verdict(before, trust_file(shop)) == Verdict.VALID
    for names, after, ends in (("Bruno", "Anne"), 3, 1), (("Fanny", "Anne"), 4, 0):
        again = str(table.stick / f"root-{names[0]}.json")
        steps_left = steps("lost-witness")
        table.follow(next(steps_left), root=again, lost="Recyclerie 2", witness=witness(3))
        sign = next(steps_left)
        for name in names:
            table.as_person(name)
            table.follow(sign, root=again)
        assert main(["key", "root", "install", again]) == ends
        assert version(table) == after


@NETWORK
def test_after_a_lost_witness_the_new_one_counts_and_the_lost_one_does_not(shop: Shop) -> None:
    table, todo = shop.table, steps("lost-witness")
    before, root, first = shop.certificate(), str(shop.table.stick / "root-3.json"), trust_file(shop, "first.json")
    assert [shop.verdict(before, first, who) for who in ((0, 1), (0, 3))] == [
        Verdict.VALID,
        Verdict.VALID_UNWITNESSED,
    ]
    table.follow(next(todo), root=root, lost="Recyclerie 1", witness=witness(3))
    shop.sign(next(todo), root)
    table.follow(next(todo), root=root)
    assert next(todo, None) is None
    trust = trust_file(shop)
    told = [shop.verdict(before, trust, who) for who in ((0, 1), (0, 3), (2, 3))]
    assert told == [Verdict.VALID_UNWITNESSED, Verdict.VALID, Verdict.VALID]

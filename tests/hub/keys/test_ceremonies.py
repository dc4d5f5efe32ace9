"""Each ceremony, done by somebody who only follows the printed steps: the commands are those of the sheet."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.commands.root import main
from hub.keys.line import current_root
from hub.keys.sheets import Step, ceremonies
from hub.log.sequencer import Log
from hub.pages.station_pages import registry_commands
from tests.hub.keys.table import Table, network, status, steps, two_people, version, witness, workshop


def test_a_workshop_begins_with_one_sheet_of_paper(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    workshop(table)
    assert version(table) == 1
    told = capsys.readouterr().out
    assert "Odile" in told
    assert "if stolen" in told


def test_a_workshop_grows_into_a_network_and_gives_a_bench_a_new_key(table: Table, world: Any) -> None:
    old = world.bench(registered=True)
    network(table)
    assert version(table) == 2
    new = world.bench("banc 1 bis", accepted=False)
    todo, request = steps("rotation"), str(table.stick / "request")
    table.follow(next(todo), new=new.key.kid[:12], old=old.key.kid[:12], request=request)
    two_people(table, todo, request)
    assert (status(table, old.key.kid), status(table, new.key.kid)) == ("retired", "active")
    assert new.put(new.erasure()).status_code == 201


def test_the_commands_that_the_page_of_the_stations_shows_take_a_bench_in(table: Table, world: Any) -> None:
    network(table)
    new = world.bench("banc 9", accepted=False)
    for (_where, command), name in zip(registry_commands(new.key.kid), ("", "Didier", "Emma", ""), strict=True):
        told = command.replace("/media/stick", str(table.stick))
        for word in ("FIRST", "SECOND"):
            told = told.replace(f"{word}.registry.key", table.secret(name) if name else "").replace(word, f"p-{name}")
        table.follow(Step("hub", "", "", told), name=name)
    assert status(table, new.key.kid) == "active"
    assert new.put(new.erasure()).status_code == 201


def test_a_stolen_key_is_told_with_what_is_surely_good(table: Table, world: Any) -> None:
    bench = world.bench(registered=True)
    bench.put(bench.erasure())
    network(table)
    Log(world.hub).bring_up()
    todo, request = steps("compromise"), str(table.stick / "request")
    table.follow(next(todo), folder=str(table.stick / "lists"))
    facts = {"old": bench.key.kid[:8], "seq": "0", "index": "0", "shard": "2026"}
    table.follow(next(todo), request=request, **facts)
    two_people(table, todo, request)
    assert status(table, bench.key.kid) == "compromised"
    assert world.station(bench).state == "locked"


def test_a_lost_root_key_is_replaced_by_the_two_people_who_remain(table: Table) -> None:
    network(table)
    todo, root = steps("lost-share"), str(table.stick / "root-3.json")
    table.follow(next(todo), name="Fanny")
    table.follow(next(todo), root=root, lost="Bruno", pub=table.public("root", "Fanny"))
    sign = next(todo)
    for name in ("Anne", "Chloé"):
        table.as_person(name)
        table.follow(sign, root=root)
    table.follow(next(todo), root=root)
    assert version(table) == 3
    with table.hub.sessions()() as session:
        found = current_root(session)
        assert found is not None
        assert [key.name for key in found.roots] == ["Anne", "Chloé", "Fanny"]


def test_one_person_and_a_stranger_replace_nothing(table: Table) -> None:
    network(table)
    todo, root = steps("lost-share"), str(table.stick / "root-3.json")
    table.follow(next(todo), name="Fanny")
    table.follow(next(todo), root=root, lost="Bruno", pub=table.public("root", "Fanny"))
    sign = next(todo)
    for name in ("Anne", "Fanny"):
        table.as_person(name)
        table.follow(sign, root=root)
    assert main(["key", "root", "install", root]) == 1
    assert version(table) == 2


def test_a_lost_witness_is_replaced(table: Table) -> None:
    network(table)
    todo, root = steps("lost-witness"), str(table.stick / "root-3.json")
    table.follow(next(todo), root=root, lost="Recyclerie 1", witness=witness(3))
    sign = next(todo)
    for name in ("Bruno", "Chloé"):
        table.as_person(name)
        table.follow(sign, root=root)
    table.follow(next(todo), root=root)
    with table.hub.sessions()() as session:
        found = current_root(session)
        assert found is not None
        assert [one.name for one in found.witnesses] == ["Recyclerie 0", "Recyclerie 2", "Recyclerie 3"]


def test_a_sheet_that_cannot_be_typed_back_makes_no_key(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    step: Callable[[str], str] = lambda question: "1 00000000 00000000 0000" if "Line" in question else "y"  # noqa: E731
    monkeypatch.setattr("builtins.input", step)
    assert main(["key", "root", "first", "--name", "Odile"]) == 1
    assert version(table) == 0


def test_a_rehearsal_changes_nothing_and_its_paper_signs_nothing(table: Table, capsys: Any) -> None:
    assert main(["key", "root", "first", "--name", "Odile", "--dry-run"]) == 0
    assert version(table) == 0
    workshop_sheet = table.sheets["Odile"]
    workshop(table)
    root = str(table.stick / "root.json")
    assert main(["key", "root", "draft", root, "--profile", "atelier"]) == 0
    before = Path(root).read_bytes()
    table.sheets["Odile"] = workshop_sheet
    capsys.readouterr()
    assert main(["key", "root", "sign", root]) == 1
    assert "rehearsal" in capsys.readouterr().out
    assert Path(root).read_bytes() == before


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_ceremony_is_printed(table: Table, lang: str) -> None:
    for name in ceremonies():
        file = table.stick / f"{name}-{lang}.pdf"
        assert main(["key", "sheet", name, "--pdf", str(file), "--lang", lang]) == 0
        assert file.read_bytes().startswith(b"%PDF")

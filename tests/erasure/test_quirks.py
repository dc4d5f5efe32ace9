"""Quirks are data with provenance."""

from typing import Any

import pytest

from erasure.quirks import QuirkEffect, load_quirks, parse_quirks, quirks_of


def test_every_row_that_ships_names_a_public_issue() -> None:
    assert len(load_quirks()) >= 6
    assert all(quirk.issue.startswith("https://") for quirk in load_quirks())


def effects(found: Any) -> set[QuirkEffect]:
    return {quirk.effect for quirk in quirks_of(found)}


def test_an_ordinary_disk_has_none(identity: Any) -> None:
    assert quirks_of(identity()) == ()


@pytest.mark.parametrize(
    "given",
    [
        {"serial": "152D00539000"},
        {"serial": "152d00539000"},
        {"serial": "000000000000"},
        {"serial": "0123456789ABCDEF0123"},
        {"serial": "202006054D01", "bridge": "152d:0567 External Disk 3.0"},
        {"serial": "058F63666485"},
    ],
)
def test_serials_of_known_bridges_and_readers_are_not_trusted(identity: Any, given: dict[str, str]) -> None:
    assert effects(identity(**given)) == {QuirkEffect.SERIAL_UNTRUSTED}


def test_a_row_with_two_globs_needs_both(identity: Any) -> None:
    assert effects(identity(serial="202006054D01", bridge="0bda:9210 RTL9210")) == set()


@pytest.mark.parametrize("model", ["HP LOGICAL VOLUME", "DELL PERC H730P Adp"])
def test_a_raid_volume_is_told_by_its_model(identity: Any, model: str) -> None:
    assert effects(identity(model=model)) == {QuirkEffect.RAID_VOLUME}


@pytest.mark.parametrize(
    "row",
    [
        'model = "X*"\neffect = "serial-untrusted"\n',
        'model = "X*"\neffect = "serial-untrusted"\nissue = "heard of it"\n',
        'effect = "serial-untrusted"\nissue = "https://example.org/1"\n',
        'model = "X*"\neffect = "explodes"\nissue = "https://example.org/1"\n',
        'modell = "X*"\neffect = "raid-volume"\nissue = "https://example.org/1"\n',
    ],
)
def test_a_row_without_glob_known_effect_or_provenance_is_refused(row: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        parse_quirks(f"[[quirk]]\n{row}")

"""A category of the CTNRS sort: its tables are data, invented here; without tables there is none."""

from typing import Any

import pytest

from diagnostics.grading import MalformedGradePolicy, categorise, category_lines, read_category_policy

TABLES = b"""
name = "invented"
version = 4
method_version = "example"
notes = [
  {group = "memory", input = "memory_mib", at_least = 4096, note = 2},
  {group = "memory", input = "memory_mib", at_least = 8192, note = 4},
  {group = "processor", input = "cores", at_least = 2, note = 2},
  {group = "processor", input = "cores", at_least = 4, note = 5},
  {group = "drive", input = "hdd_gb", at_least = 250, note = 1},
  {group = "drive", input = "ssd_gb", at_least = 120, note = 3},
]
weights = [{input = "age_years", at_least = 8, points = -2}]
categories = [{id = "A", at_least = 11}, {id = "B", at_least = 8}, {id = "C", at_least = 4}]
caps = [{input = "memory_mib", below = 8192, at_best = "B"}]
"""
POLICY = read_category_policy(TABLES)
GIB = 2**30


def machine(memory: int = 8 * GIB, cores: int = 4, size: int = 240_000_000_000, **more: Any) -> dict[str, Any]:
    storage = [{"size_bytes": size, "rotational": False, "removable": False, "serial": "DEMO"}]
    facts = {"memory": {"bytes": memory}, "processor": {"cores": cores}, "storage": storage, "year": 2022}
    return {"machine": {**facts, **more}}


@pytest.mark.parametrize(
    ("report", "category", "total"),
    [
        (machine(), "A", 12),
        (machine(memory=8 * GIB - 1), "B", 10),
        (machine(cores=3), "B", 9),
        (machine(size=120_000_000_000), "A", 12),
        (machine(size=119_999_999_999), "B", 9),
        (machine(year=2019), "A", 12),
        (machine(year=2018), "B", 10),
        (machine(memory=GIB, cores=1, size=10**9), "", 0),
    ],
)
def test_notes_weights_and_caps_lead_to_a_category_at_their_bounds(report: Any, category: str, total: int) -> None:
    given = categorise(report, POLICY, year=2026)
    assert (given.category, given.total) == (category, total)
    assert given.state == ("found" if category else "below-all")


def test_a_cap_holds_a_high_sum_down_and_says_so() -> None:
    rich = TABLES.replace(b"at_least = 4096, note = 2", b"at_least = 4096, note = 9")
    given = categorise(machine(memory=4 * GIB), read_category_policy(rich), year=2026)
    assert (given.total, given.category, given.caps) == (17, "B", (("memory_mib", "B"),))
    assert category_lines(given.to_document()) == (
        "Category B",
        (
            "note 9 for memory (MiB)",
            "note 5 for cores",
            "note 3 for solid-state drive (GB)",
            "at best B because of memory (MiB)",
            "sum 17",
        ),
    )


@pytest.mark.parametrize(
    ("report", "missing"),
    [
        ({}, ("memory", "processor", "drive")),
        (machine(storage=[]), ("drive",)),
        (machine(storage=[{"size_bytes": 64 * 10**9, "rotational": False, "removable": True}]), ("drive",)),
        (machine(memory=0), ("memory",)),
        (machine(processor="fast"), ("processor",)),
    ],
)
def test_an_input_that_is_not_known_gives_no_category_and_is_named(report: Any, missing: tuple[str, ...]) -> None:
    given = categorise(report, POLICY, year=2026)
    assert (given.category, given.state, given.missing) == ("", "input-missing", missing)


def test_without_the_tables_of_the_site_there_is_no_category_but_its_inputs_are_shown() -> None:
    given = categorise(machine())
    assert (given.category, given.state, given.policy) == ("", "to-be-filled-in", "ctnrs")
    assert given.inputs["memory_mib"] == 8192
    assert given.inputs["ssd_gb"] == 240
    assert category_lines(given.to_document())[0] == "To be filled in: the site has no score tables"


@pytest.mark.parametrize(
    "change",
    [
        (b'input = "cores"', b'input = "colour"'),
        (b"note = 2", b'note = "2"'),
        (b'at_best = "B"', b'at_best = "Z"'),
        (b'id = "B"', b'id = "A"'),
        (b"points = -2", b"points = true"),
        (b"version = 4", b'version = "4"'),
        (b'name = "invented"', b'name = "comme neuf"'),
    ],
)
def test_tables_that_cannot_be_meant_are_refused(change: tuple[bytes, bytes]) -> None:
    assert change[0] in TABLES
    with pytest.raises(MalformedGradePolicy):
        read_category_policy(TABLES.replace(*change, 1))

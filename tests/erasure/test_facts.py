"""Facts are what the open port says, and nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.facts import differences, read_facts, size_faults, truth
from erasure.simulated import load_bench
from erasure.transport.ports import NO_COMMANDS, CommandPorts


class Port:
    """A port that answers from fixed facts."""

    def __init__(self, facts: Any, **traits: str) -> None:
        self.facts = facts
        self.said = traits

    def traits(self) -> dict[str, str]:
        return self.said

    def commands(self) -> CommandPorts:
        return NO_COMMANDS

    def sector_sizes(self) -> tuple[int, int]:
        return 512, 4096

    def sighting(self) -> Any:
        return self.facts.device

    def size_bytes(self) -> int:
        return 1_048_576_000

    def read_only(self) -> bool:
        return False

    def hidden_areas(self) -> Any:
        return self.facts.hidden


def test_the_facts_are_those_of_the_open_device(facts: Any) -> None:
    wanted = facts()
    port: Any = Port(wanted, rotational="1", removable="0", zoned="none")
    found = read_facts(port)
    assert found == wanted
    assert found.raw == {"rotational": "1", "removable": "0", "zoned": "none"}
    assert found.sectors == 2_048_000


def test_what_the_device_does_not_say_is_unknown(facts: Any) -> None:
    port: Any = Port(facts())
    found = read_facts(port)
    assert (found.rotational, found.removable, found.zoned) == (None, None, "")


@pytest.mark.parametrize(
    ("text", "meaning"), [("1", True), ("true", True), (" 0\n", False), ("no", False), ("", None), ("2", None)]
)
def test_a_yes_or_no_of_the_kernel(text: str, meaning: object) -> None:
    assert truth(text) is meaning


def test_every_difference_is_named_with_both_values(facts: Any) -> None:
    planned = facts()
    found = replace(planned, size_bytes=512, device=replace(planned.device, diskseq=9))
    assert differences(planned, found) == (
        "diskseq: 7 planned, 9 found",
        "size_bytes: 1048576000 planned, 512 found",
    )
    assert differences(planned, facts()) == ()


@pytest.mark.parametrize(("shown", "faults"), [(8392704, []), (512, ["SIZE"]), (8392704 + 512, ["SIZE"])])
@pytest.mark.parametrize("fixture", ["nvme-sanitize-all", "nvme-format-only"])
def test_a_capacity_that_kernel_and_drive_tell_differently_is_a_fault(
    tmp_path: Path, fixture: str, shown: int, faults: list[str]
) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(f'schema = "etabli.bench-file/1"\n[[drives]]\nname = "sda"\nfixture = "drives/{fixture}"\n')
    bench = load_bench(file, tmp_path)
    with bench.opener(bench.devices[0]) as port:
        facts = read_facts(port)
    told = [str(reason.code) for reason in size_faults(replace(facts, size_bytes=shown))]
    assert told == faults

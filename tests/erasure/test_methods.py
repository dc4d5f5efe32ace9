"""The table of erase methods: ids are unique, and each says for itself which drive it fits."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.applicability import Inapplicable
from erasure.errors import DuplicateMethod, PolicyError
from erasure.facts import read_facts
from erasure.methods import METHODS, Applicable, MethodKind, method_named, without_duplicates
from erasure.methods.overwriting import KEYSTREAM, ZEROS
from erasure.outcome import Level, ReasonCode
from tests.erasure.simulated_bench import Bench


def test_the_methods_keep_their_names_for_ever() -> None:
    assert [(method.id, method.version, str(method.level)) for method in METHODS] == [
        ("nvme.sanitize.block", 1, "PURGE"),
        ("nvme.sanitize.crypto", 1, "PURGE"),
        ("nvme.sanitize.overwrite", 1, "PURGE"),
        ("ata.sanitize.block", 1, "PURGE"),
        ("ata.sanitize.overwrite", 1, "PURGE"),
        ("ata.sanitize.crypto", 1, "PURGE"),
        ("scsi.sanitize.block", 1, "PURGE"),
        ("scsi.sanitize.overwrite", 1, "PURGE"),
        ("scsi.sanitize.crypto", 1, "PURGE"),
        ("ata.security.enhanced", 1, "PURGE"),
        ("ata.security.normal", 1, "CLEAR"),
        ("emmc.sanitize", 1, "PURGE"),
        ("emmc.secure-erase", 1, "CLEAR"),
        ("nvme.format.crypto", 1, "CLEAR"),
        ("nvme.format.user-data", 1, "CLEAR"),
        ("overwrite.keystream", 1, "CLEAR"),
        ("overwrite.zeros", 1, "CLEAR"),
        ("opal.psid-revert", 1, "NONE"),
    ]


def test_what_only_opens_a_drive_earns_nothing_and_all_else_earns_something() -> None:
    for method in METHODS:
        assert (method.level is Level.NONE) is (method.kind is MethodKind.RECOVERY)
        assert (method.kind is MethodKind.OVERWRITE) is method.id.startswith("overwrite.")


def test_two_methods_with_one_id_stop_the_import() -> None:
    with pytest.raises(DuplicateMethod, match=r"overwrite\.zeros"):
        without_duplicates((*METHODS, replace(ZEROS, version=2)))


def test_an_unknown_method_is_not_replaced_by_another() -> None:
    with pytest.raises(PolicyError):
        method_named("overwrite.gutmann")


@pytest.mark.parametrize("method", [KEYSTREAM, ZEROS], ids=lambda method: method.id)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"read_only": True}, ReasonCode.READ_ONLY),
        ({"zoned": "host-managed"}, ReasonCode.UNSUPPORTED),
        ({"zoned": ""}, ReasonCode.UNSUPPORTED),
        ({"logical_sector": 520, "size_bytes": 520 * 100}, ReasonCode.UNSUPPORTED),
        ({"logical_sector": 256}, ReasonCode.UNSUPPORTED),
        ({"size_bytes": 0}, ReasonCode.SIZE),
        ({"size_bytes": 1000}, ReasonCode.SIZE),
    ],
)
def test_a_drive_that_writes_do_not_fully_reach_is_inapplicable(
    bench: Bench, method: Any, change: dict[str, Any], code: ReasonCode
) -> None:
    with bench.open() as port:
        facts = read_facts(port)
    assert method.applies(facts) == Applicable(method.id, Level.CLEAR)
    answer = method.applies(replace(facts, **change))
    assert isinstance(answer, Inapplicable)
    assert (answer.method, answer.reason.code) == (method.id, code)

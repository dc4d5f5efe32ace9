"""nvme-cli reads the same bytes and sends the same words. It is an oracle here and nowhere else."""

from pathlib import Path
from random import Random

import pytest

from erasure.nvme.commands import Action, KeptFormat, SecureErase, format_namespace, sanitize
from erasure.nvme.identify import decode_controller, decode_list, decode_namespace
from erasure.nvme.sanitize_log import decode_sanitize_log
from tests.erasure.nvme.nvme_cli import COMPILER, NVME, NvmeCli
from tests.erasure.nvme.scripted import controller, id_list, namespace, page, sanitize_log

pytestmark = [
    pytest.mark.world,
    pytest.mark.skipif(NVME is None or COMPILER is None, reason="nvme-cli or a C compiler is not installed"),
]
REPORTED = page(512, {0: b"\x8f\x02\x02\0\x04\0\0\0" + b"\xff" * 12})  # as issue 1784 of nvme-cli shows it
LOGS = [
    *(sanitize_log(sstat) for sstat in (0, 1, 2, 3, 4, 0x101, 0x109, 0x901)),
    REPORTED,
    *(Random(seed).randbytes(512) for seed in range(8)),
]


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> NvmeCli:
    return NvmeCli.built(tmp_path_factory.mktemp("nvme-cli"))


@pytest.mark.parametrize("data", LOGS, ids=range(len(LOGS)))
def test_the_sanitize_log_is_read_alike(tool: NvmeCli, data: bytes) -> None:
    tool.give(0x02, 0x81, data)
    (told,) = tool.read("sanitize-log").values()
    log = decode_sanitize_log(data)
    assert log is not None
    assert (log.sprog, log.scdw10) == (told["sprog"], told["cdw10_info"])
    assert (log.data_erased, log.completed_passes) == (bool(told["sstat"]["global_erased"]), passes_of(told))
    assert told["sstat"]["status"].startswith((f"({log.sstat & 7})", "Unknown")) or log.sstat & 7 > 4
    names = ("time_over_write", "time_block_erase", "time_crypto_erase")
    named = [told[name + end] for end in ("", "_no_dealloc") for name in names]
    assert list(log.estimates[:6]) == named


def passes_of(told: dict[str, dict[str, int]]) -> int:
    return told["sstat"]["no_cmplted_passes"]


def test_the_log_is_asked_with_the_same_words(tool: NvmeCli) -> None:
    tool.run("sanitize-log")
    assert tool.sent(0x02)[-1] == (0xFFFFFFFF, 0x007F0081, 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_controller_is_read_alike(tool: NvmeCli, seed: int) -> None:
    chance = Random(seed)
    words = {"oacs": 16, "sanicap": 32, "nn": 32, "fna": 8, "version": 32, "cmic": 8, "rpmbs": 32}
    given = {name: chance.getrandbits(bits) for name, bits in words.items()}
    data = controller(**given, tnvmcap=chance.getrandbits(90), unvmcap=chance.getrandbits(70))
    tool.give(0x06, 0x01, data)
    told, found = tool.read("id-ctrl"), decode_controller(data)
    assert found is not None
    assert (found.serial, found.model, found.firmware) == tuple(told[name].strip() for name in ("sn", "mn", "fr"))
    assert (found.oacs, found.sanicap, found.fna, found.cmic) == tuple(
        told[name] for name in ("oacs", "sanicap", "fna", "cmic")
    )
    assert (found.namespaces, found.rpmbs, found.version) == (told["nn"], told["rpmbs"], told["ver"])
    assert (found.total_bytes, found.unallocated_bytes) == (int(told["tnvmcap"]), int(told["unvmcap"]))
    assert (found.controller_id, found.subnqn) == (told["cntlid"], told["subnqn"])


@pytest.mark.parametrize(
    "data", [namespace(), namespace(4096, shift=12, flbas=0x11, dps=0b1001, metadata=8), namespace(1 << 40, flbas=3)]
)
def test_a_namespace_is_read_alike(tool: NvmeCli, data: bytes) -> None:
    tool.give(0x06, 0x00, data)
    told, found = tool.read("id-ns", "-n", "1"), decode_namespace(data, 1, active=True)
    assert found is not None
    assert (found.blocks, found.capacity_blocks) == (told["nsze"], told["ncap"])
    assert (found.protection, found.deallocated_reads) == (told["dps"], told["dlfeat"])
    used = told["lbafs"][found.format_index]
    assert (found.block_bytes, found.metadata_bytes) == (1 << used["ds"], used["ms"])
    assert (found.eui64, told["flbas"] & 0xF) == (told["eui64"], found.format_index)


@pytest.mark.parametrize("ids", [(), (1,), (1, 5, 6), tuple(range(1, 1025))])
def test_a_list_is_read_alike(tool: NvmeCli, ids: tuple[int, ...]) -> None:
    data = id_list(*ids)
    tool.give(0x06, 0x02, data)
    told = tuple(one["nsid"] for one in tool.read("list-ns")["nsid_list"])
    assert decode_list(data, 0) == told == ids


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("options", [{}, {"keep_allocated": True}, {"unrestricted_exit": True}])
def test_a_sanitize_is_built_alike(tool: NvmeCli, action: Action, options: dict[str, bool]) -> None:
    flags = {"keep_allocated": "-d", "unrestricted_exit": "-u"}
    overwrite = ["-n", "1", "-p", "0xdeadbeef"] if action is Action.OVERWRITE else []
    tool.run("sanitize", "-a", str(int(action)), *overwrite, *(flags[name] for name in options))
    pattern = 0xDEADBEEF if overwrite else 0
    command = sanitize(action, purge=False, pattern=pattern, **options)
    assert tool.sent(0x84)[-1] == (command.nsid, command.cdw10, command.cdw11)


@pytest.mark.parametrize("erase", SecureErase)
@pytest.mark.parametrize("kept", [KeptFormat(0, False, 0), KeptFormat(3, True, 1), KeptFormat(15, False, 0b1011)])
def test_a_format_is_built_alike(tool: NvmeCli, erase: SecureErase, kept: KeptFormat) -> None:
    tool.give(0x06, 0x01, controller(oacs=2, fna=4))
    tool.give(0x06, 0x00, namespace(flbas=kept.index))
    given = {"-l": kept.index, "-s": int(erase), "-m": int(kept.metadata_extended), "-i": kept.protection & 7}
    words = [f"{name}{value}" for name, value in {**given, "-p": kept.protection >> 3}.items()]
    tool.run("format", "-n1", *words, "--force")
    command = format_namespace(1, erase, kept)
    assert tool.sent(0x80)[-1] == (command.nsid, command.cdw10, command.cdw11)


def test_the_shim_in_front_is_no_device(tool: NvmeCli) -> None:
    assert Path("/dev/null").is_char_device()
    assert tool.shim.is_file()

"""A key sealed to a TPM: only that TPM opens it, a copy of the stick is of no use, and nothing is lost by trying."""

import base64
import json
import shutil
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.errors import KeyFileError
from certificates.keys import PublicKey, SigningKey
from station_agent.commands.enrol import introduce_anew
from station_agent.errors import KeyLost, KeySealedElsewhere, NoTpm, ProcessFailed
from station_agent.own_keys import replace_key
from station_agent.sealed_key import KeyLabel, Tpm, is_sealed, key_label, load_key
from station_agent.station import Station, open_station
from station_agent.system import Finished, Service, run

URL = "http://127.0.0.1:9"
Make = Callable[..., Station]


class Chip:
    """A TPM for tests: what one chip sealed, another cannot open."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.works = True

    def run(self, argv: Sequence[str], *, timeout_s: float, given: str) -> Finished:
        """Do what systemd-creds does, without a seal worth the name."""
        assert timeout_s > 0
        if argv[1] == "encrypt":
            out = base64.encodebytes(json.dumps([self.number, given]).encode()).decode()
            return Finished(tuple(argv), 0 if self.works else 1, out, "")
        number, text = json.loads(base64.b64decode(given))
        return Finished(tuple(argv), 0 if number == self.number else 1, text, "TPM policy does not match")


def tpm(number: int) -> Tpm:
    return Tpm(run=Chip(number).run)


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.generate(demo=True)


def hub(asked: list[dict[str, Any]]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        kid = PublicKey.from_base64(asked[-1]["public"]).kid
        return httpx.Response(202, json={"kid": kid, "state": "pending", "hub": {}})

    return httpx.MockTransport(answer)


def sealed_bench(folder: Path, chip: Tpm, key: SigningKey) -> None:
    with open_station(folder, demo=True) as station:
        replace_key(folder, station.key, chip.seal(key))


def test_a_sealed_key_opens_with_its_own_tpm(tmp_path: Path, key: SigningKey) -> None:
    sealed_bench(tmp_path / "state", tpm(1), key)
    with open_station(tmp_path / "state", tpm=tpm(1)) as station:
        assert (station.key.kid, station.key.demo) == (key.kid, True)


def test_a_copied_stick_signs_nothing_elsewhere(tmp_path: Path, key: SigningKey) -> None:
    sealed_bench(tmp_path / "state", tpm(1), key)
    shutil.copytree(tmp_path / "state", tmp_path / "copy")
    with pytest.raises(KeySealedElsewhere, match="sealed to the TPM of another machine"):
        open_station(tmp_path / "copy", tpm=tpm(2))
    assert issubclass(KeySealedElsewhere, KeyLost)


def test_the_key_never_lies_on_the_stick_in_the_clear(tmp_path: Path, key: SigningKey) -> None:
    def look_away(_argv: Sequence[str], *, timeout_s: float, given: str) -> Finished:
        return Finished((), 0, "QUJD" if given.startswith("Etabli-Key") else key.text, f"{timeout_s}")

    text = Tpm(run=look_away).seal(key)
    assert is_sealed(text)
    assert "PRIVATE KEY" not in text
    assert "QUJD" in text


def test_kind_and_id_are_read_without_a_tpm(tmp_path: Path, key: SigningKey) -> None:
    sealed_bench(tmp_path / "state", tpm(1), key)
    key.save(tmp_path / "clear.key")
    label = KeyLabel(key.kid, demo=True)
    assert key_label(tmp_path / "state" / "station.key") == key_label(tmp_path / "clear.key") == label


@pytest.mark.parametrize("kind", ["another key", "another kind"])
def test_a_head_that_lies_about_its_key_is_refused(tmp_path: Path, key: SigningKey, kind: str) -> None:
    text = tpm(1).seal(key)
    false = text.replace("Etabli-Demo: true\n", "") if kind == "another kind" else text.replace(key.kid, "0" * 64)
    with pytest.raises(KeyFileError, match="not the one its header names"):
        tpm(1).open(false, tmp_path)


def test_a_damaged_sealed_key_is_told(tmp_path: Path, key: SigningKey) -> None:
    path = tmp_path / "station.key"
    path.write_text(tpm(1).seal(key)[:70], "ascii")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="not a sealed key"):
        load_key(path, tpm(1))


def test_a_tpm_that_fails_changes_nothing_and_asks_no_hub(tmp_path: Path, open_bench_at: Make) -> None:
    asked: list[dict[str, Any]] = []
    chip = Chip(1)
    chip.works = False
    station = open_bench_at(tmp_path / "state", transport=hub(asked))
    before = (tmp_path / "state" / "station.key").read_text("ascii")
    with pytest.raises(NoTpm, match="Nothing was changed"):
        introduce_anew(station, URL, "T0", "Bench", Tpm(run=chip.run))
    assert asked == []
    assert (tmp_path / "state" / "station.key").read_text("ascii") == before


def test_a_seal_that_does_not_open_again_is_no_seal(key: SigningKey) -> None:
    def forgetful(argv: Sequence[str], *, timeout_s: float, given: str) -> Finished:
        return Finished(tuple(argv), 0 if argv[1] == "encrypt" else 1, given and "QUJD", f"{timeout_s}")

    with pytest.raises(NoTpm):
        Tpm(run=forgetful).seal(key)


def test_an_enrolled_key_is_sealed_and_the_old_one_still_delivers(tmp_path: Path, open_bench_at: Make) -> None:
    asked: list[dict[str, Any]] = []
    station = open_bench_at(tmp_path / "state", transport=hub(asked))
    old = station.key.kid
    done = introduce_anew(station, URL, "T0", "Bench", tpm(1))
    station.close()
    assert is_sealed((tmp_path / "state" / "station.key").read_text("ascii"))
    with open_station(tmp_path / "state", tpm=tpm(1)) as again:
        assert (again.key.kid, [one.kid for one in again.old_keys]) == (done.kid, [old])


def test_an_old_key_that_is_shut_is_told_and_stops_nothing(tmp_path: Path, key: SigningKey) -> None:
    folder = tmp_path / "state"
    sealed_bench(folder, tpm(1), key)
    with open_station(folder, tpm=tpm(1)) as station:
        replace_key(folder, station.key, SigningKey.generate(demo=True).text)
    with open_station(folder, tpm=tpm(2)) as moved:
        assert isinstance(moved.trouble, KeySealedElsewhere)
        assert key.kid not in {one.kid for one in moved.old_keys}
        assert len(moved.old_keys) == 1


# --- a TPM in software, through systemd ---


def free_ports() -> int:
    """A port whose neighbour is free too: an emulated TPM takes its orders on the next one."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except (OverflowError, OSError):
                continue
            return port


class Emulated:
    """A TPM in software whose state is a folder; each use is one power-on, as an emulator has no session manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def tpm(self) -> Tpm:
        return Tpm("", run=self.run)

    def run(self, argv: Sequence[str], *, timeout_s: float, given: str) -> Finished:
        port = free_ports()
        where = f"swtpm:host=127.0.0.1,port={port}"
        service = Service(self.argv(port), log=self.folder / "log")
        try:
            wait_for(port + 1)
            named = [f"--tpm2-device={where}" if one == "--tpm2-device=" else one for one in argv]
            return run(named, timeout_s=timeout_s, given=given)
        finally:
            service.stop()

    def argv(self, port: int) -> list[str]:
        def at(number: int) -> str:
            return f"type=tcp,port={number},bindaddr=127.0.0.1"

        state = f"dir={self.folder}"
        flags = "not-need-init,startup-clear"
        argv = ["swtpm", "socket", "--tpm2", "--server", at(port), "--ctrl", at(port + 1)]
        return [*argv, "--tpmstate", state, "--flags", flags]


def wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise ProcessFailed("no TPM at port {port}", port=port)


@pytest.fixture
def emulated(tmp_path: Path) -> Callable[[str], Tpm]:
    for program in ("swtpm", "systemd-creds"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not any(Path("/usr/lib").glob("*/libtss2-tcti-swtpm.so.0")):
        pytest.skip("libtss2-tcti-swtpm0 is not installed")
    return lambda name: Emulated(tmp_path / name).tpm()


@pytest.mark.world
def test_a_real_seal_opens_after_a_restart_and_not_with_another_tpm(
    tmp_path: Path, key: SigningKey, emulated: Callable[[str], Tpm]
) -> None:
    mine = emulated("mine")
    sealed_bench(tmp_path / "state", mine, key)
    with open_station(tmp_path / "state", tpm=mine) as station:
        assert station.key.kid == key.kid
    with pytest.raises(KeySealedElsewhere):
        open_station(tmp_path / "state", tpm=emulated("another"))

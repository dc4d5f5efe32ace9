"""The key of a bench, in the clear or sealed to the TPM of its machine: a copy of the stick then signs nothing.

The seal is systemd's encrypted credential, bound to the TPM and, by register 23, to nothing that the firmware measures:
an update of the firmware costs no key. A sealed key file names the id and the kind of its key in the clear, so that
what only wants to know them asks no TPM. The key was made here and never lay on the medium; it lies in this process's
memory while the bench works (trust and reliability, section 3, "TPM as optional tier").
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from certificates.errors import KeyFileError
from certificates.keys import SigningKey, read_secret
from station_agent import system
from station_agent.errors import KeySealedElsewhere, NoTpm, ProcessFailed
from station_agent.language import mark

SEALED: Final = "Etabli-Sealed-Key: tpm2 v1"
TPM_DEVICE: Final = "ETABLI_TPM_DEVICE"
NAME: Final = "etabli-station-key"
REGISTER: Final = "23"  # for applications: 0 unless one of them wrote there; several systemd refuse an empty list
PATIENCE_S: Final = 60.0  # an old TPM makes its primary key in ten seconds or more
HEAD: Final = re.compile(rf"{SEALED}\nEtabli-Kid: ([0-9a-f]{{64}})\n(Etabli-Demo: true\n)?\n([A-Za-z0-9+/=\s]+)\Z")
Run = Callable[..., system.Finished]


@dataclass(frozen=True, slots=True)
class KeyLabel:
    """What a key file says of its key without a TPM: its id (64 hex digits), whether it is for simulated drives."""

    kid: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Tpm:
    """The TPM of this machine as systemd names it: a path, "auto", or a driver with its parameters."""

    device: str = "auto"
    run: Run = system.run

    def seal(self, key: SigningKey) -> str:
        """Give the text of a key file that only this TPM opens. Raises `NoTpm`."""
        bound = ("--with-key=tpm2", f"--tpm2-pcrs={REGISTER}")
        try:
            blob = self._credential("encrypt", key.text, *bound)
            text = "\n".join((SEALED, f"Etabli-Kid: {key.kid}", *(["Etabli-Demo: true"] if key.demo else []), "", blob))
            if self.open(text, Path(NAME)).kid != key.kid:
                raise NoTpm(CANNOT, detail=NAME)
        except (ProcessFailed, KeySealedElsewhere, KeyFileError) as error:
            raise NoTpm(CANNOT, detail=error) from error
        return text

    def open(self, text: str, path: Path) -> SigningKey:
        """Open what `seal` made. Raises `KeySealedElsewhere`, `KeyFileError` when it is no such text."""
        parts = _parts(text, path)
        try:
            inside = self._credential("decrypt", parts[3])
        except ProcessFailed as error:
            raise KeySealedElsewhere(ELSEWHERE, path=path, detail=error) from error
        key = SigningKey.from_text(inside, path)
        if (key.kid, key.demo) != (parts[1], bool(parts[2])):
            raise KeyFileError(f"{path}: the sealed key is not the one its header names")
        return key

    def _credential(self, verb: str, given: str, *bound: str) -> str:
        argv = ("systemd-creds", verb, f"--name={NAME}", f"--tpm2-device={self.device}", *bound, "-", "-")
        return self.run(argv, timeout_s=PATIENCE_S, given=given).require().out


CANNOT: Final = mark(
    "The TPM of this machine cannot keep the key ({detail}). Nothing was changed. Without --tpm the key lies on the "
    "stick."
)
ELSEWHERE: Final = mark(
    "The key {path} is sealed to the TPM of another machine, or that TPM was cleared ({detail}). Start the bench on "
    "its own machine. If that is gone: bring what waits to the hub with etabli-station export, and begin a new bench "
    "in another folder with --state."
)


def tpm_of(environ: Mapping[str, str]) -> Tpm:
    """Name the TPM: $ETABLI_TPM_DEVICE, else the one of this machine."""
    return Tpm(environ.get(TPM_DEVICE) or "auto")


def load_key(path: Path, tpm: Tpm) -> SigningKey:
    """Load a key in the clear or sealed. Raises `KeyFileError`, `KeySealedElsewhere`."""
    text = read_secret(path)
    return tpm.open(text, path) if is_sealed(text) else SigningKey.from_text(text, path)


def key_label(path: Path) -> KeyLabel:
    """Read id and kind of a key without opening a seal. Raises `KeyFileError`."""
    text = read_secret(path)
    if is_sealed(text):
        parts = _parts(text, path)
        return KeyLabel(parts[1], bool(parts[2]))
    key = SigningKey.from_text(text, path)
    return KeyLabel(key.kid, key.demo)


def is_sealed(text: str) -> bool:
    """Whether this is the text of a sealed key."""
    return text.startswith(SEALED)


def _parts(text: str, path: Path) -> "re.Match[str]":
    if found := HEAD.match(text):
        return found
    raise KeyFileError(f"{path}: not a sealed key of this project")

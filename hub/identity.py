"""Who this hub is: its name, who issues its certificates, and its signing key. Files in the data folder.

`hub.json` is plain and may be edited before the first certificate; `hub.key` is made once, mode 0600, never replaced.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from certificates.keys import SigningKey
from certificates.statement import ISSUER
from hub.errors import BadInput, HubError

NAME_FILE = "hub.json"
KEY_FILE = "hub.key"
SCHEMA = "etabli.hub/1"


class NotInitialised(HubError):
    """The data folder holds no hub: run `etabli-hub init` first."""

    status = 503
    code = "not-initialised"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The organisation that stands on certificates."""

    name: str
    address: str = ""
    siret: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class HubIdentity:
    """Name, issuer and key of a hub."""

    name: str
    issuer: Issuer
    key: SigningKey


def create_identity(
    data_dir: Path, name: str, issuer: Issuer, *, demo: bool, settings: Mapping[str, str] | None = None
) -> HubIdentity:
    """Make `hub.key`, then `hub.json` with name, issuer and the settings that are kept there.

    A key whose `hub.json` was never written is of a making that was cut off: it is used, not replaced. Raises BadInput
    when the folder holds a hub already or a name is missing, SchemaError when no certificate could carry the issuer.
    """
    if not name.strip() or not issuer.name.strip():
        raise BadInput("a hub needs a name and an issuer")
    ISSUER.check(asdict(issuer), "issuer")  # now: what no certificate can carry would only be found at the first one
    half_made = (data_dir / KEY_FILE).exists()
    if half_made and (data_dir / NAME_FILE).exists():
        raise BadInput(f"{data_dir} holds a hub already; its key is never replaced")
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if half_made:
        key = SigningKey.load(data_dir / KEY_FILE)
        if key.demo != demo:
            raise BadInput(f"{data_dir} holds a hub already; its key is never replaced")
    else:
        key = SigningKey.generate(demo=demo)
        key.save(data_dir / KEY_FILE)
    document = {"schema": SCHEMA, "name": name, "issuer": asdict(issuer), "settings": dict(settings or {})}
    write_durably(data_dir / NAME_FILE, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return HubIdentity(name, issuer, key)


def load_identity(data_dir: Path) -> HubIdentity:
    """Read name, issuer and key. Raises NotInitialised; KeyFileError when the key file is open to others."""
    try:
        document = json.loads((data_dir / NAME_FILE).read_text(encoding="utf-8"))
        issuer = Issuer(**document["issuer"])
        name = str(document["name"])
    except FileNotFoundError as error:
        raise NotInitialised(f"{data_dir} holds no hub: run `etabli-hub init` first") from error
    except (ValueError, KeyError, TypeError) as error:
        raise NotInitialised(f"{data_dir / NAME_FILE} cannot be read: {error}") from error
    return HubIdentity(name, issuer, SigningKey.load(data_dir / KEY_FILE))


def write_durably(path: Path, text: str) -> None:
    """Write a file and sync it, whole or not at all; what was there is replaced."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""Keys of the people of a network, and root files for a hub of the tests."""

from typing import Any

from certificates.keys import SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, NoteKey
from certificates.root import NamedKey, NamedWitness, Root
from hub.keys.root_files import install
from hub.log.key import LOG_KEY_FILE, NoteSigner

SHARES = [SigningKey.from_seed(bytes([number]) * 32, demo=False) for number in range(101, 106)]
PEOPLE = [SigningKey.from_seed(bytes([number]) * 32, demo=False) for number in range(111, 114)]
WITNESSES = [SigningKey.from_seed(bytes([number]) * 32, demo=False) for number in range(121, 125)]


def named(*keys: SigningKey) -> tuple[NamedKey, ...]:
    return tuple(NamedKey(key.public, f"person {key.kid[:6]}") for key in keys)


def witnesses(*keys: SigningKey) -> tuple[NamedWitness, ...]:
    return tuple(NamedWitness(f"w {key.kid[:6]}", NoteKey(f"w{key.kid[:6]}", COSIGNATURE, key.public)) for key in keys)


def log_key(hub: Any) -> NoteSigner:
    place = hub.settings.data_dir / LOG_KEY_FILE
    if not place.exists():
        NoteSigner.generate(LOG_SIGNATURE).save(place)
    return NoteSigner.load(place, LOG_SIGNATURE)


def atelier(hub: Any, **changes: Any) -> Root:
    key = hub.identity.key.public
    members = {
        "version": 1,
        "profile": "atelier",
        "threshold": 1,
        "roots": named(SHARES[0]),
        "hub_name": hub.identity.name,
        "hub_url": hub.settings.public_url,
        "hub_keys": (key,),
        "registry_threshold": 1,
        "registry": (NamedKey(key, hub.identity.name),),
        "log_keys": (log_key(hub).public,),
    }
    return Root(**(members | changes))


def reseau(hub: Any, **changes: Any) -> Root:
    members = {
        "version": 2,
        "profile": "reseau",
        "threshold": 2,
        "roots": named(*SHARES[1:4]),
        "registry_threshold": 2,
        "registry": named(*PEOPLE),
        "witnesses": witnesses(*WITNESSES[:3]),
        "quorum": 2,
    }
    return atelier(hub, **(members | changes))


def by(root: Root, *keys: SigningKey) -> Root:
    for key in keys:
        root = root.with_signature(key)
    return root


def grown(hub: Any) -> None:
    """Make a network of a hub: the paper key of the workshop and two of the new shares sign."""
    with hub.sessions().begin() as session:
        install(session, by(atelier(hub), SHARES[0]))
        install(session, by(reseau(hub), *SHARES[:3]))

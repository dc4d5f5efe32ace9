"""The policies that this bench knows: those that ship with the engine, and those that its hub signed.

A signed policy is judged anew each time that it is used: a changed file, or a key that was revoked, makes it unusable.
A hub's policy never takes the name of one that ships, and never goes back to a lower version.
"""

import hashlib
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from certificates import canonical
from certificates.envelope import MAX_ENVELOPE_BYTES
from certificates.errors import CertificateError, UnknownKey
from certificates.policy import open_policy
from certificates.trust import Trust
from erasure.errors import PolicyError
from erasure.policy import Policy, load_policy, parse_policy, policy_names
from station_agent.errors import StationError, UsageError
from station_agent.hub_keys import TRUST_FILE
from station_agent.language import mark, visible
from station_agent.state import write_whole

FOLDER: Final = "policies"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


def policy_named(name: str, folder: Path) -> Policy:
    """Give a policy by its name. Raises `UsageError` for a signed one that is not sound, PolicyError for none."""
    path = folder / FOLDER / f"{name}.json"
    if name in policy_names() or not NAME.fullmatch(name) or not path.exists():
        return load_policy(name)
    policy = read_policy(path, folder)
    if policy.name != name:
        raise UsageError(mark("{file} holds the policy {name}."), file=path, name=visible(policy.name))
    return policy


def read_policy(path: Path, folder: Path) -> Policy:
    """Read a signed policy by the trust file of this bench. Raises `UsageError`."""
    return judged(path, policy_bytes(path), folder)


def _known(path: Path, folder: Path) -> Policy | None:
    """The policy that is kept, also by a key that the hub gave up; None where its key may be in other hands."""
    try:
        name, table = open_policy(policy_bytes(path), trust_of(folder), former=True)
    except UnknownKey:
        return None
    except CertificateError:
        return read_policy(path, folder)  # damaged: said as always
    return parse_policy(name, table)


def policy_bytes(path: Path) -> bytes:
    """Read a signed policy once, never more than an envelope may have. Raises `UsageError`."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_ENVELOPE_BYTES + 1)
    except OSError as error:
        raise UsageError(
            mark("{file} is no policy of your hub: {detail}"), file=path, detail=error.strerror or error
        ) from error


def judged(path: Path, data: bytes, folder: Path) -> Policy:
    """Judge the bytes of a signed policy by the trust file of this bench. Raises `UsageError`."""
    trust = trust_of(folder)
    try:
        name, table = open_policy(data, trust)
        return parse_policy(name, table)
    except (CertificateError, PolicyError) as error:
        raise UsageError(
            mark("{file} is no policy of your hub: {detail}"), file=path, detail=visible(str(error))
        ) from error


def trust_of(folder: Path) -> Trust:
    """Read the trust file of this bench. Raises `UsageError` that says where it comes from."""
    path = folder / TRUST_FILE
    try:
        return Trust.from_json(path.read_bytes())
    except FileNotFoundError as error:
        raise UsageError(
            mark(
                "This bench knows no hub yet, so no signature of one can be checked: {file} is not there. Enrol the "
                "bench first (etabli-station enrol --hub URL --token T), then fetch it with etabli-station sync."
            ),
            file=path,
        ) from error
    except (OSError, CertificateError) as error:
        raise UsageError(
            mark("The trust file of your hub, {file}, cannot be used: {detail}. Fetch it anew: etabli-station sync"),
            file=path,
            detail=error.strerror or error if isinstance(error, OSError) else error,
        ) from error


def add_policy(path: Path, folder: Path) -> Policy:
    """Keep a signed policy, whole. Raises `UsageError` when it is not sound, or older than the one that is known."""
    return keep_policy(path, policy_bytes(path), folder)  # once: what is kept is what was judged


def keep_policy(path: Path, data: bytes, folder: Path) -> Policy:
    """Keep the bytes of a signed policy that came from `path`. Raises `UsageError` as `add_policy`."""
    policy = judged(path, data, folder)
    if policy.name in policy_names() or not NAME.fullmatch(policy.name):
        raise UsageError(mark("A policy of a hub cannot be called {name}."), name=visible(policy.name))
    kept = folder / FOLDER / f"{policy.name}.json"
    known = _known(kept, folder) if kept.exists() else None
    if known is not None and (policy.version < known.version or (policy.version == known.version and policy != known)):
        raise UsageError(
            mark("This bench has version {known} of the policy {name}: version {version} is refused."),
            known=known.version,
            name=policy.name,
            version=policy.version,
        )
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    write_whole(kept, data.decode("utf-8"))
    return policy


def keep_policies(folder: Path, document: dict[str, Any]) -> tuple[StationError, ...]:
    """Keep the signed policies of checked assignments; give those that were refused. Raises `StoreBroken`."""
    refused: list[StationError] = []
    for entry in document["signed_policies"]:
        try:
            keep_policy(Path(entry["name"]), entry["envelope"].encode(), folder)
        except UsageError as error:
            refused.append(error)
    return tuple(refused)


def policy_digest(policy: Policy) -> str:
    """Give the SHA-256 of the canonical JSON of a policy's members: the same words, the same digest."""
    members = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(policy).items()}
    return hashlib.sha256(canonical.encode({**members, "require": str(policy.require)})).hexdigest()

"""Payloads of registry and fork statements."""

from typing import Any

from tests.certificates.conftest import HUB_KEY, STATION_KEY


def registry_payload(**changes: Any) -> dict[str, Any]:
    key = {"kid": STATION_KEY.kid, "public": STATION_KEY.public.base64, "role": "station", "name": "Poste 3"}
    said = {"change": "enrol", "key": key, "replaces": "", "last_good_seq": None, "last_good_index": None, "shard": ""}
    return {**_link(), "kind": "registry", **said, "approves": "", "by": "p-1", "note": "", "keys": [], **changes}


def fork_payload(**changes: Any) -> dict[str, Any]:
    return {**_link(), "kind": "fork", "refused": {"id": "cd" * 32, "kid": STATION_KEY.kid, "seq": 3}, **changes}


def _link() -> dict[str, Any]:
    link = {"v": 1, "kid": HUB_KEY.kid, "seq": 1, "prev": "0" * 64, "nonce": "a1" * 16}
    return {**link, "wall": "2026-11-20T14:42:10Z", "wall_src": "system", "simulated": False}

"""One thing changed anywhere in a JSON value, and everything that can be wrong in a proof."""

import copy
import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

from certificates.note import Checkpoint, cosign, sign_checkpoint
from certificates.tree import root_hash
from tests.certificates.ledgers import COSIGNED, WITNESS_SEEDS, WITNESSES, private
from tests.independent.stock import OTHER_KEY, Plain, enveloped, stock

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        "",
        "x",
        "é",
        "\u202e",
        "a\nb",
        "\x7f",
        "\ud800",
        "-",
        0,
        1,
        -1,
        2,
        7,
        2**53 - 1,
        2**53,
        10**25,
    ),
    *(1.0, [], {}, [1, 2], [[0, 1]], {"a": 1}, "A" * 401, "a" * 64, "0" * 64, "PURGE", "full", "hub", "retired"),
    *("2026-02-30T10:00:00Z", "2024-02-29T23:59:59Z", "0000-01-01T00:00:00Z", "2026-11-20T24:00:00Z", "etabli.trust/2"),
    *({"shard": "2026", "index": 3, "seq": 1}, {"shard": "2026-2", "index": 0, "seq": 9}, "nvme.sanitize.block"),
)


def _somewhere(random: Random, value: Any) -> tuple[Any, Any]:
    """A container and one of its places, anywhere in a value."""
    while True:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not places:
            return value, None
        place = random.choice(places)
        inner = value[place]
        if not isinstance(inner, dict | list) or not inner or random.random() < 0.15:
            return value, place
        value = inner


def spoil(random: Random, value: Any) -> None:
    """Change one thing anywhere in a JSON value."""
    holder, place = _somewhere(random, value)
    if place is None:
        return
    old = holder[place]
    way = random.randrange(6)
    if way == 0:
        del holder[place]
    elif way == 1 and isinstance(holder, dict):
        holder["extra"] = 1
    elif way == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(old))
    elif way == 3 and isinstance(old, int):
        holder[place] = old + random.choice((-1, 1, 512))
    elif way == 4 and isinstance(old, str) and old:
        at = random.randrange(len(old))
        holder[place] = old[:at] + random.choice("a0Z+/ \n") + old[at + 1 :]
    else:
        holder[place] = random.choice(VALUES)


def _other_entry(random: Random, proof: Plain) -> None:
    entry = random.choice(proof["entries"])
    name = random.choice(("index", "received", "checkpoint", "id", "path", "path", "path"))
    if name == "path":
        path, place = entry["path"], random.randrange(len(entry["path"]))
        random.choice(
            (
                lambda: path.pop(place),
                lambda: path.append("ab" * 32),
                path.reverse,
                lambda: path.__setitem__(place, "cd" * 32),
            )
        )()
    elif name == "id":
        entry["id"] = random.choice(proof["entries"])["id"]
    else:
        entry[name] += random.choice((-1, 1, 2, 2**40))


def _other_order(random: Random, proof: Plain) -> None:
    random.shuffle(proof["entries"])


def _lines_again(random: Random, proof: Plain) -> None:
    """One cosignature several times, lines in another order, or one gone."""
    place = random.randrange(len(proof["checkpoints"]))
    body, _, tail = proof["checkpoints"][place].partition("\n\n")
    lines = tail.splitlines(keepends=True)
    match random.randrange(4):
        case 0:
            lines.append(random.choice(lines))
        case 1:
            random.shuffle(lines)
        case 2:
            lines.remove(random.choice(lines))
        case _:
            lines.append("— somebody.example AAAAAAECAwQ=\n")
    proof["checkpoints"][place] = f"{body}\n\n{''.join(lines)}"


def _cosigned_twice(random: Random, proof: Plain) -> None:
    """One witness at two times, or under the name of another: it counts once."""
    ledger = stock().ledger
    checkpoint = Checkpoint(ledger.key.name, len(ledger.leaves), root_hash(ledger.leaves))
    lines = sign_checkpoint(checkpoint, ledger.key, private(ledger.seed).sign)
    for moment in range(random.choice((1, 2, 3))):
        signer, named = random.choice(((0, 0), (0, 0), (0, 1), (1, 1)))
        lines += cosign(checkpoint, WITNESSES[named].key, COSIGNED + moment, private(WITNESS_SEEDS[signer]).sign)
    proof["checkpoints"][0] = f"{checkpoint.body}\n{lines}"


def _other_checkpoint(random: Random, proof: Plain) -> None:
    """A checkpoint of the log's own key that says something else: another size, another root, two histories."""
    ledger = stock().ledger
    size = random.choice((len(ledger.leaves), len(ledger.leaves) - 1, 1, 0, 2**60))
    root = random.choice((root_hash(ledger.leaves), b"\x11" * 32))
    checkpoint = Checkpoint(ledger.key.name, size, root)
    text = f"{checkpoint.body}\n{sign_checkpoint(checkpoint, ledger.key, private(ledger.seed).sign)}"
    if random.random() < 0.5:
        proof["checkpoints"].append(text)
    else:
        proof["checkpoints"][0] = text


def _key_statement(random: Random, proof: Plain) -> None:
    """Something that is no key statement, or of a key that nobody knows, stands in the registry."""
    alone = random.choice(stock().alone)
    data = alone.envelope.data if random.random() < 0.5 else enveloped(alone.payload, OTHER_KEY)
    proof["registry"].append(json.loads(data))
    if random.random() < 0.7:
        proof["entries"].append({**proof["entries"][0], "id": sha256(data).hexdigest()})


PROOF_CHANGES: tuple[Callable[[Random, Plain], None], ...] = (
    spoil,
    _other_entry,
    _other_entry,
    _other_order,
    _lines_again,
    _cosigned_twice,
    _other_checkpoint,
    _key_statement,
)

"""The tables of the page's JavaScript, from the Python data: shapes of statements and trust files, limits, rules."""

import re
from functools import singledispatch
from typing import Any

from certificates import (
    bundle,
    canonical,
    envelope,
    methods,
    proof,
    proved_bundle,
    root,
    seal,
    statement,
    trust,
    trust2,
    verdicts,
)
from certificates.proof import _SHAPE as PROOF_1
from certificates.root import _SHAPE as ROOT_1
from certificates.shape import Anything, Flag, Items, Maybe, Pattern, Record, Shape, Text, Wall, Whole, Word
from certificates.trust import _SHAPE as TRUST_1
from certificates.trust2 import _SHAPE as TRUST_2

_SAME_IN_BOTH = re.compile(
    r"(?:[A-Za-z0-9@:/._,%+ -]|\[[^\]\\^]+\]|\(\?:|\(|\)|[?*+|]|\{[0-9]+(?:,[0-9]*)?\})*", re.ASCII
)


def tables() -> dict[str, Any]:
    """Constants of the page by name, as plain JSON types."""
    return {
        "KINDS": {kind: shape_table(shape) for kind, shape in statement.KINDS.items()},
        "ROLES": {kind: _roles(kind) for kind in statement.KINDS},
        "TRUST_1": shape_table(TRUST_1),
        "TRUST_2": shape_table(TRUST_2),
        "ROOT_1": shape_table(ROOT_1),
        "PROOF_1": shape_table(PROOF_1),
        "LIMITS": {
            "payload": canonical.MAX_BYTES,
            "depth": canonical.MAX_DEPTH,
            "envelope": envelope.MAX_ENVELOPE_BYTES,
            "bundle": bundle.MAX_BUNDLE_BYTES,
            "pdf": seal.MAX_PDF_BYTES,
            "trust": trust.MAX_TRUST_BYTES,
            "root": root.MAX_ROOT_BYTES,
            "proof": proof.MAX_PROOF_BYTES,
        },
        "RULES": {
            "replaced": list(statement.REPLACED),
            "certifiable": list(statement.CERTIFIABLE),
            "purge": sorted(methods.PURGE),
            "recovery": sorted(methods.RECOVERY),
            "readBack": list(methods.READ_BACK),
            "timeless": list(statement.TIMELESS),
            "neverChecked": list(verdicts.NEVER_CHECKED),
            "attachment": bundle.FILE_NAME,
            "bundle1": bundle.SCHEMA,
            "bundle2": proved_bundle.SCHEMA,
            "proof1": proof.SCHEMA,
            "proofName": proof.FILE_NAME,
            "trust2": trust.NEXT_SCHEMA,
            "trustType": trust2.TRUST_TYPE,
            "rootType": root.ROOT_TYPE,
            "logPath": root.LOG_PATH,
            "sealType": seal.SEAL_TYPE,
            "binderLine": seal.BINDER_LINE.decode("ascii"),
        },
    }


def _roles(kind: str) -> list[str]:
    also = statement.ALSO_SIGNED_BY.get(kind)
    return [statement.ROLE_OF_KIND[kind], *([also] if also else [])]


@singledispatch
def shape_table(shape: Shape) -> dict[str, Any]:
    """A shape as the page reads it; TypeError for one that the page would not know."""
    raise TypeError(f"the page knows no shape {type(shape).__name__}")


@shape_table.register
def _text(shape: Text) -> dict[str, Any]:
    return {"is": "text", "least": shape.least, "limit": shape.limit, "ascii": shape.ascii, "lines": shape.lines}


@shape_table.register
def _pattern(shape: Pattern) -> dict[str, Any]:
    if not _SAME_IN_BOTH.fullmatch(shape.form.pattern):
        raise TypeError(f"not sure to mean the same in JavaScript: {shape.form.pattern}")
    return {"is": "pattern", "form": shape.form.pattern}


@shape_table.register
def _wall(_shape: Wall) -> dict[str, Any]:
    return {"is": "wall"}


@shape_table.register
def _whole(shape: Whole) -> dict[str, Any]:
    return {"is": "whole", "least": shape.least, "most": shape.most}


@shape_table.register
def _flag(_shape: Flag) -> dict[str, Any]:
    return {"is": "flag"}


@shape_table.register
def _word(shape: Word) -> dict[str, Any]:
    return {"is": "word", "words": list(shape.words)}


@shape_table.register
def _maybe(shape: Maybe) -> dict[str, Any]:
    return {"is": "maybe", "shape": shape_table(shape.shape)}


@shape_table.register
def _items(shape: Items) -> dict[str, Any]:
    return {"is": "items", "shape": shape_table(shape.shape), "limit": shape.limit, "exactly": shape.exactly}


@shape_table.register
def _record(shape: Record) -> dict[str, Any]:
    members = {name: shape_table(one) for name, one in shape.members.items()}
    optional = {name: shape_table(one) for name, one in shape.optional.items()}
    return {"is": "record", "members": members, "optional": optional, "open": shape.open}


@shape_table.register
def _anything(_shape: Anything) -> dict[str, Any]:
    return {"is": "anything"}

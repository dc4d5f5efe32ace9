"""What the search of the log finds: each finding names one row, tile, checkpoint, shard or file, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from certificates.language import mark

SENTENCES: Final[Mapping[str, str]] = {
    "row.missing": mark("position {position}: there is no row"),
    "row.envelope": mark("position {position}: the envelope is none"),
    "row.column": mark("position {position}: the column {column} is not what the envelope says"),
    "row.leaf": mark("position {position}: this row is not the one that was logged (entry {index} of {shard})"),
    "tile.missing": mark("tile {level}/{number} of {shard} is missing"),
    "tile.length": mark("tile {level}/{number} of {shard} has {bytes} bytes instead of {wanted}"),
    "tile.hash": mark("tile {level}/{number} of {shard}: hash {place} is not the one of the entries"),
    "tile.unknown": mark("tile {level}/{number} of {shard} belongs to no tree of {size} entries"),
    "entry.doubtful": mark(
        "entry {index} of {shard}: row and tile differ, and nothing that is signed says which is right"
    ),
    "checkpoint.signature": mark("checkpoint {number} of {shard}: not a note signed by the log ({why})"),
    "checkpoint.columns": mark("checkpoint {number} of {shard}: its columns are not what its note says"),
    "checkpoint.root": mark("checkpoint {number} of {shard}: its root is not the one of the first {size} entries"),
    "checkpoint.missing": mark("checkpoint {number} of {shard} is missing"),
    "checkpoint.beyond": mark("checkpoint {number} of {shard}: {size} entries were signed, and {entries} are there"),
    "shard.key": mark("shard {shard}: its key cannot be read ({why})"),
    "shard.size": mark("shard {shard}: its size is {size}, and it has {entries} entries"),
    "shard.place": mark("shard {shard} begins at position {first}, which does not follow the shard before it"),
    "shard.opening": mark("shard {shard}: the ledger has no opening that carries the last checkpoint before it"),
    "shard.missing": mark("shard number {number} is missing"),
    "seen.unknown": mark("{file}: this database knows no shard that signed it, or the signature is wrong"),
    "seen.beyond": mark("{file}: {size} entries of {shard} were signed, and {entries} are there"),
    "seen.root": mark("{file}: the first {size} entries of {shard} are not those that were signed"),
    "seen.gone": mark("{file}: the checkpoint of {size} entries of {shard} is no longer among the stored ones"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `known`: it is of a shard that is frozen already."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    known: bool = False

    @property
    def sentence(self) -> str:
        """English, with its facts."""
        return SENTENCES[self.code].format(**self.facts)

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        return {"code": self.code, **self.facts, "known": self.known}

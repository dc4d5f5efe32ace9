"""A shelf in the memory of a drive: one kind of firmware among others (ATA with Opal)."""

from dataclasses import dataclass
from typing import Any

from erasure.simulated.firmware import Memory


@dataclass(frozen=True, slots=True)
class Shelf:
    """Values of one kind of firmware. Every `put` is kept before it returns."""

    memory: Memory
    kind: str

    def get(self, name: str, default: Any = None) -> Any:
        """Look up a value."""
        return self.memory.get(f"{self.kind}.{name}", default)

    def put(self, **values: Any) -> None:
        """Keep values that changed."""
        changed = {f"{self.kind}.{name}": value for name, value in values.items() if self.get(name, self) != value}
        if changed:
            self.memory.put(**changed)

"""A row that is not built yet: it never applies. This file goes when the last of them has gone."""

from dataclasses import dataclass

from erasure.applicability import Inapplicable
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Ticket
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Evidence, Ports


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """Never applies, never starts."""

    id: str
    level: Level
    kind: MethodKind = MethodKind.FIRMWARE
    version: int = 1

    def applies(self, facts: DriveFacts) -> Inapplicable:  # noqa: ARG002
        """Say no."""
        return Inapplicable(self.id, Reason(ReasonCode.UNSUPPORTED, "not built yet"))

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:  # noqa: ARG002
        """Nothing to say."""
        return ()

    def expected_seconds(self, facts: DriveFacts) -> int | None:  # noqa: ARG002
        """Nothing to say."""
        return None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Refuse."""
        raise NotImplementedError(self.id)

    def poll(self, ports: Ports, ticket: Ticket) -> Finished:  # noqa: ARG002
        """Nothing was done."""
        return Finished(NOTHING_WRITTEN)

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Refuse."""
        raise NotImplementedError(self.id)

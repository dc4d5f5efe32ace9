"""An order before it is given: which plans, who was confirmed. Nothing starts until every drive in it is confirmed.

A confirmation is what was typed or scanned: the whole serial number or the tag of a drive. The bench judges it again.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from station_agent.control.view import EraseOrder, PlanView, Tile

CLOSE = 4  # characters: fewer stand in too many names


class Match(StrEnum):
    """What a typed or scanned text is to an order."""

    MATCHED = "matched"
    AGAIN = "again"  # that drive is confirmed already
    OTHER = "other"  # a drive of this bench that is not in the order
    AMBIGUOUS = "ambiguous"  # two drives have it
    UNKNOWN = "unknown"
    CLOSE = "close"  # a part of a name in the order, or in other capitals


@dataclass(slots=True)
class Order:
    """Plans in the order in which they are shown; `tiles` names their drives."""

    plans: tuple[PlanView, ...]
    tiles: tuple[Tile, ...]
    psid: str = field(default="", repr=False)
    method: str = ""
    given: dict[str, str] = field(default_factory=dict)  # what was typed, by plan id

    def tile(self, plan: PlanView) -> Tile | None:
        """Give the tile of a planned drive."""
        return next((tile for tile in self.tiles if tile.drive == plan.drive), None)

    @property
    def erasable(self) -> tuple[PlanView, ...]:
        """Give the plans that can be carried out, each drive once."""
        return tuple(plan for plan in self.plans if can_start(plan))

    @property
    def missing(self) -> tuple[PlanView, ...]:
        """Give the plans that nobody has confirmed yet."""
        return tuple(plan for plan in self.erasable if plan.id not in self.given)

    def drop(self, drive: str) -> None:
        """Take one drive out of the order."""
        self.plans = tuple(plan for plan in self.plans if plan.drive != drive)

    def confirm(self, typed: str) -> tuple[Match, str]:
        """Confirm a drive by its serial or tag; gives what it was, and the serial of the drive that it names."""
        text = typed.strip()
        if not text:
            return Match.UNKNOWN, ""
        meant = [plan for plan in self.erasable if text in self._names(plan)]
        if len(meant) > 1:
            return Match.AMBIGUOUS, text
        if not meant:
            other = next((tile for tile in self.tiles if text in (tile.serial, tile.asset)), None)
            return (self._unknown(text), text) if other is None else (Match.OTHER, other.serial)
        if text != meant[0].serial and self._named_elsewhere(text, meant[0]):
            return Match.AMBIGUOUS, text
        if meant[0].id in self.given:
            return Match.AGAIN, meant[0].serial
        self.given[meant[0].id] = text
        return Match.MATCHED, meant[0].serial

    def to_erase(self) -> EraseOrder:
        """Write the order for the bench. Only for an order in which nothing is missing."""
        if self.missing or not self.erasable:
            raise ValueError("an order that nobody has confirmed")
        plans = tuple(plan.id for plan in self.erasable)
        return EraseOrder(plans=plans, confirmed=tuple(self.given[name] for name in plans), psid=self.psid)

    def _named_elsewhere(self, text: str, plan: PlanView) -> bool:
        """Say whether another drive of the bench, in the order or not, has this serial or tag too."""
        others = (tile for tile in self.tiles if tile.drive is not None and tile.drive != plan.drive)
        return any(text in (tile.serial, tile.asset) for tile in others)

    def _unknown(self, text: str) -> Match:
        names = [name.casefold() for plan in self.erasable for name in self._names(plan)]
        near = len(text) >= CLOSE and any(text.casefold() in name for name in names)
        return Match.CLOSE if near else Match.UNKNOWN

    def _names(self, plan: PlanView) -> tuple[str, ...]:
        tile = self.tile(plan)
        return tuple(name for name in (plan.serial, "" if tile is None else tile.asset) if name)


def can_start(plan: PlanView) -> bool:
    """Say whether a plan can be carried out by itself: it has a method, and no other disk's run takes it along."""
    return bool(plan.id and plan.method and not plan.refusals and not plan.together)

"""Whom a route lets in: said once, beside the route, by the dependency that it takes.

What is seen inside is the matter of `hub.scope`. The application refuses to begin with a route that has no policy, and
the matrix of the tests is read from here (tests/hub/pages/test_matrix.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from hub.models import Role


class Door(StrEnum):
    """Who stands before a route: people who signed in, benches that sign their requests, or anybody."""

    PEOPLE = "people"
    BENCHES = "benches"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom a route lets in. `at_home`: of these roles only people of the workshop that runs this hub."""

    door: Door
    roles: frozenset[Role] = frozenset()
    at_home: frozenset[Role] = frozenset()

    def admits(self, role: Role, *, at_home: bool) -> bool:
        """Whether somebody with this role comes in, who works in the workshop that runs this hub or elsewhere."""
        return self.door is Door.ANYBODY or (role in self.roles and (at_home or role not in self.at_home))


OPEN: Final = Policy(Door.ANYBODY)
SIGNED: Final = Policy(Door.BENCHES)


class Undeclared(Exception):
    """A route carries no policy, or more than one."""


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """The dependency of routes that ask nobody who they are."""

    policy: Policy = OPEN

    def __call__(self) -> None:
        """Nothing is asked."""


def policy_of(route: APIRoute) -> Policy:
    """The policy of a route. Raises Undeclared with its name."""
    found = set(_declared(route.dependant))
    if len(found) != 1:
        methods = "/".join(sorted(route.methods or ()))
        raise Undeclared(f"{methods} {route.path} ({route.name}) declares {len(found)} policies: it needs exactly one")
    return found.pop()


def check(routes: Iterable[object]) -> None:
    """Raise Undeclared for the first route without a policy."""
    for route in routes:
        if isinstance(route, APIRoute):
            policy_of(route)


def _declared(dependant: Dependant) -> Iterator[Policy]:
    policy = getattr(dependant.call, "policy", None)
    if isinstance(policy, Policy):
        yield policy
    for one in dependant.dependencies:
        yield from _declared(one)

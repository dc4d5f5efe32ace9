"""Facts of a drive as the journal keeps them, and back: plain JSON types, rebuilt by the types of their members.

Never guesses: a value that is none of its type is an error, and so is a member that this version does not know. A
member that an older version did not keep gets its default.
"""

from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from erasure.drive import DriveFacts
from station_agent.members import Illegible


def kept(facts: DriveFacts) -> dict[str, Any]:
    """Give facts as plain JSON types."""
    return asdict(facts)


def facts_from(document: dict[str, Any]) -> DriveFacts:
    """Rebuild facts from `kept`. Raises `Illegible` and ValueError for anything else."""
    facts = rebuilt(DriveFacts, document)
    assert isinstance(facts, DriveFacts)
    return facts


def rebuilt(kind: Any, value: Any) -> Any:
    """Rebuild one value of the type `kind`. Raises `Illegible` and ValueError; TypeError for a type without a rule."""
    if kind is Any:
        return value
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _one_of(get_args(kind), value)
    if origin in (tuple, list, dict):
        return _collection(origin, get_args(kind), value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return _checked(kind, value)


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None and NoneType in kinds:
        return None
    plain = [kind for kind in kinds if kind is not NoneType]
    if len(plain) != 1:
        raise TypeError(f"no rule for {kinds}")
    return rebuilt(plain[0], value)


def _collection(origin: Any, kinds: tuple[Any, ...], value: Any) -> Any:
    if origin is tuple:
        return _tuple(kinds, value)
    if origin is list:
        return [rebuilt(kinds[0], item) for item in _checked(list, value)]
    return {name: rebuilt(kinds[1], inner) for name, inner in _checked(dict, value).items()}


def _tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    items = _checked(list, list(value) if isinstance(value, tuple) else value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004  tuple[x, ...]
        return tuple(rebuilt(kinds[0], item) for item in items)
    return tuple(rebuilt(kind, item) for kind, item in zip(kinds, items, strict=True))


def _dataclass(kind: Any, value: Any) -> Any:
    document, hints = _checked(dict, value), _hints(kind)
    known = {field.name: field for field in fields(kind)}
    if stray := document.keys() - known.keys():
        raise Illegible(f"{kind.__name__} has no {', '.join(sorted(stray))}")
    missing = [name for name, field in known.items() if name not in document and _needed(field)]
    if missing:
        raise Illegible(f"{kind.__name__} needs {', '.join(missing)}")
    return kind(**{name: rebuilt(hints[name], inner) for name, inner in document.items()})


def _needed(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _checked(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise Illegible(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)

"""Shapes read once into quick tests: a yes is beyond doubt, a no means that the shape itself is asked.

What a test accepts the shape accepts too (tests/certificates/test_fitting.py): one pass, no path, no word for what is
wrong. Intake judges hundreds of members of every statement, nearly all of them right.
"""

import re
from collections.abc import Callable
from functools import singledispatch
from typing import Any

from certificates.shape import Anything, Flag, Items, Maybe, Pattern, Record, Shape, Text, Wall, Whole, Word

Fits = Callable[[Any], bool]
_CERTAIN_WALL = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z", re.ASCII
)  # days that every month has


@singledispatch
def fitting(_shape: Shape) -> Fits:
    """A test that says True only where the shape would accept the value; False for shapes that it does not know."""
    return lambda _: False


@fitting.register
def _text(shape: Text) -> Fits:
    least, most, plain = shape.least, shape.limit, shape.ascii

    def fits(value: Any) -> bool:
        return (
            type(value) is str
            and value.isprintable()
            and least <= len(value) <= most
            and (not plain or value.isascii())
        )

    return fits


@fitting.register
def _pattern(shape: Pattern) -> Fits:
    whole = shape.form.fullmatch
    return lambda value: type(value) is str and whole(value) is not None


@fitting.register
def _wall(_shape: Wall) -> Fits:
    whole = _CERTAIN_WALL.fullmatch
    return lambda value: type(value) is str and whole(value) is not None


@fitting.register
def _whole(shape: Whole) -> Fits:
    least, most = shape.least, shape.most
    return lambda value: type(value) is int and least <= value <= most


@fitting.register
def _flag(_shape: Flag) -> Fits:
    return lambda value: value is True or value is False


@fitting.register
def _word(shape: Word) -> Fits:
    words = frozenset((type(word), word) for word in shape.words)
    return lambda value: type(value) in {str, int} and (type(value), value) in words


@fitting.register
def _maybe(shape: Maybe) -> Fits:
    inner = fitting(shape.shape)
    return lambda value: value is None or inner(value)


@fitting.register
def _items(shape: Items) -> Fits:
    inner, most, exactly = fitting(shape.shape), shape.limit, shape.exactly

    def fits(value: Any) -> bool:
        if type(value) is not list or len(value) > most or (exactly is not None and len(value) != exactly):
            return False
        return all(map(inner, value))

    return fits


@fitting.register
def _anything(_shape: Anything) -> Fits:
    return lambda _: True


@fitting.register
def _record(shape: Record) -> Fits:
    tests = [(name, fitting(member)) for name, member in shape.members.items()]
    more = {name: fitting(member) for name, member in shape.optional.items()}
    count, open_ = len(tests), shape.open

    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return False
        try:
            for name, test in tests:
                if not test(value[name]):
                    return False
        except KeyError:
            return False
        return len(value) == count or _others_fit(value)

    def _others_fit(value: dict[str, Any]) -> bool:
        others = value.keys() - shape.members.keys()
        return all(more[name](value[name]) if name in more else open_ for name in others)

    return fits

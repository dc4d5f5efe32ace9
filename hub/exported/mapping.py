"""A column mapping: hub fields under the labels, in the order and with the words that somebody else asks for. Pure.

A mandatory column without a field stops the export with its name, and so does a word that its table of values lacks:
nothing leaves half-filled.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import BadInput
from hub.exported.subjects import COLUMNS, Row, Value
from hub.exported.tables import csv_of

ENCODINGS = ("utf-8-sig", "utf-8", "cp1252", "iso-8859-15")
SEPARATORS = (";", ",", "\t", "|")
MOST_BYTES = 64 * 1024
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column of the target: a hub field, or a constant, or nothing (`field` and `constant` both empty)."""

    label: str
    field: str
    constant: str
    mandatory: bool
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A whole mapping as it was read."""

    name: str
    version: int
    subject: str
    separator: str
    encoding: str
    columns: tuple[MappedColumn, ...]


def read_mapping(data: bytes) -> ColumnMapping:
    """The mapping in a TOML file. Raises BadInput with the member that is wrong."""
    if len(data) > MOST_BYTES:
        raise BadInput("this mapping cannot be used: it is too large", "mapping")
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput("this mapping cannot be used: it is no TOML in UTF-8", "mapping") from error
    head, columns = document.get("mapping"), document.get("column")
    if not isinstance(head, dict) or not isinstance(columns, list) or not 0 < len(columns) <= MOST_COLUMNS:
        raise _wrong("mapping, column")
    subject = _one_of(head, "subject", tuple(COLUMNS))
    version = head.get("version")
    if type(version) is not int or not 0 < version < 2**31:
        raise _wrong("version")
    return ColumnMapping(
        name=_word(head, "name", 64),
        version=version,
        subject=subject,
        separator=_one_of(head, "separator", SEPARATORS),
        encoding=_one_of(head, "encoding", ENCODINGS),
        columns=tuple(_column(one, subject) for one in columns),
    )


def mapped(mapping: ColumnMapping, rows: Sequence[Row]) -> bytes:
    """The rows in the layout of a mapping. Raises BadInput naming the column that keeps them from leaving."""
    for column in mapping.columns:
        if column.mandatory and not column.field and not column.constant:
            raise BadInput(f"the mandatory column {column.label!r} has no field: nothing is exported", "unmapped")
    table = [[_value(column, row) for column in mapping.columns] for row in rows]
    text = csv_of([column.label for column in mapping.columns], table, separator=mapping.separator)
    try:
        return text.encode(mapping.encoding)
    except UnicodeEncodeError as error:
        raise BadInput(f"{text[error.start]!r} cannot be written in {mapping.encoding}", "encoding") from error


def _value(column: MappedColumn, row: Row) -> Value:
    found = row.get(column.field) if column.field else column.constant
    if not column.values or found is None:
        return found
    if str(found) not in column.values:
        raise BadInput(f"column {column.label!r} has no word for {str(found)!r}: nothing is exported", "value")
    return column.values[str(found)]


def _column(one: Any, subject: str) -> MappedColumn:
    if not isinstance(one, dict):
        raise _wrong("column")
    field, constant, values = one.get("field", ""), one.get("constant", ""), one.get("values", {})
    if not isinstance(field, str) or (field and field not in COLUMNS[subject]):
        raise _wrong("field")
    words = [*values.values(), constant] if isinstance(values, dict) else [None]
    if not all(isinstance(word, str) for word in words) or not isinstance(one.get("mandatory", False), bool):
        raise _wrong("values, constant, mandatory")
    return MappedColumn(_word(one, "label", 120), field, constant, bool(one.get("mandatory", False)), values)


def _word(document: Mapping[str, Any], name: str, limit: int) -> str:
    found = document.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= limit or not found.isprintable():
        raise _wrong(name)
    return found


def _one_of(document: Mapping[str, Any], name: str, allowed: Sequence[str]) -> str:
    found = document.get(name)
    if not isinstance(found, str) or found not in allowed:
        raise _wrong(name)
    return found


def _wrong(member: str) -> BadInput:
    return BadInput(f"this mapping cannot be used: look at {member}", "mapping")

"""Tables as one revision knows them: read from the database, filled, compared, tried. Knows no model of the hub."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, ForeignKeyConstraint, MetaData, Table, inspect, null, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import JSON, Boolean, DateTime, Integer, LargeBinary, String

Rows = dict[str, list[tuple[Any, ...]]]
NOT_OURS = "alembic_version"
SINCE = datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)
LARGEST = 2**31 - 1
SPACE = re.compile(r"\s+")


def tables_of(engine: Engine, known: MetaData | None = None) -> list[Table]:
    """Every table of this database, those that others point to first; the `known` ones are not read again."""
    found = MetaData() if known is None else known
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != NOT_OURS]


def contents(engine: Engine, tables: list[Table]) -> Rows:
    """Every value of these columns, by table; in no order that a database chose."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in tables
        }


def carry_over(source: Engine, theirs: dict[str, Table], target: Engine, ours: list[Table]) -> None:
    """Copy what the tables `ours` have a column for, and let their counters go on behind the highest number."""
    with source.connect() as here, target.begin() as there:
        for table in ours:
            columns = [theirs[table.name].c[column.name] for column in table.c]
            rows = [dict(row._mapping) for row in here.execute(select(*columns))]
            if rows:
                there.execute(table.insert(), [{name: _zoned(value) for name, value in row.items()} for row in rows])
            _count_on(there, table)


def _zoned(value: object) -> object:
    """SQLite forgets the zone of a time, and PostgreSQL would take it for the zone of the session."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _count_on(connection: Connection, table: Table) -> None:
    keys = list(table.primary_key)
    if connection.dialect.name == "postgresql" and len(keys) == 1 and str(keys[0].server_default or ""):
        name = f"'{table.name}', '{keys[0].name}'"
        highest = f'(SELECT max("{keys[0].name}") FROM "{table.name}")'
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence({name}), {highest}) WHERE {highest} > 0"))


def fill(engine: Engine, tables: list[Table]) -> None:
    """Put two rows into each of these tables that has none, each column by its type."""
    with engine.begin() as connection:
        for table in tables:
            if connection.execute(select(table).limit(1)).first() is None:
                made = [dict(_made_up(connection, table, number)) for number in (1, 2)]
                keys = {tuple(row[column.name] for column in table.primary_key if column.name in row) for row in made}
                for row in made[: len(keys)]:  # one, where there is but one that it may point to
                    connection.execute(table.insert(), row)
                _count_on(connection, table)


def _made_up(connection: Connection, table: Table, number: int) -> Iterator[tuple[str, Any]]:
    for column in table.c:
        if column.foreign_keys:
            (key,) = column.foreign_keys
            told = connection.execute(select(key.column).order_by(key.column).limit(2)).scalars().all()
            value = None if column.nullable and number == 1 else told[min(number, len(told)) - 1]
        else:
            value = _value(column, number)
        yield column.name, value


def _value(column: Column[Any], number: int) -> Any:
    """A value of this type, near its limit: the longest text, an odd moment, bytes that are no text."""
    kind = column.type
    match kind:
        case Boolean():
            return number == 1
        case DateTime():
            return SINCE.replace(day=number)
        case JSON():
            return {"é": [number, None, "\u202e東京"]}
        case LargeBinary():
            return bytes([0, 255, number])
        case Integer():
            return number if column.primary_key else LARGEST - number
        case String():
            return (f"{number}é«'\"%" + hashlib.sha256(column.name.encode()).hexdigest())[: kind.length or 400]
    raise AssertionError(f"a type that nobody fills: {column.table.name}.{column.name} {kind}")


def shape(engine: Engine) -> list[tuple[str, ...]]:
    """Columns, constraints and indexes, as the database itself tells them."""
    found = inspect(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            told = list(connection.execute(text("SELECT 'index', tablename, indexdef FROM pg_indexes")))
            told += connection.execute(text("SELECT 'rule', conrelid::regclass::text, pg_get_constraintdef(oid) "
                                            "FROM pg_constraint"))  # fmt: skip
        else:
            told = list(connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")))
        rows = [tuple(SPACE.sub(" ", str(part)) for part in row) for row in told]
    for table in found.get_table_names():
        rows += [(table, one["name"], repr(one["type"]), str(one["nullable"])) for one in found.get_columns(table)]
    return sorted(row for row in rows if "pg_catalog" not in str(row))


def unanswered(engine: Engine, tables: list[Table]) -> list[str]:
    """Every column that points to another table and has a value which is not there."""
    found = []
    rules = [(table, rule) for table in tables for rule in table.foreign_key_constraints]
    with engine.connect() as connection:
        for table, rule in rules:
            (own,), (key,) = rule.columns, rule.elements
            there = select(key.column)
            lost = select(table).where(own.is_not(None), own.not_in(there))
            found += [f"{table.name}.{own.name}: {tuple(row)}" for row in connection.execute(lost)]
    return found


def rules_not_kept(engine: Engine, tables: list[Table]) -> list[str]:
    """Every rule of a table with rows that takes what it forbids: NULL, a second one, a pointer to nothing."""
    with engine.connect() as connection:
        return [
            f"{table.name}: {why}"
            for table in tables
            for why, act in _offences(connection, table)
            if _taken(connection, act)
        ]


def _offences(connection: Connection, table: Table) -> Iterator[tuple[str, Any]]:
    row = connection.execute(select(table).limit(1)).mappings().first()
    if row is None:
        yield "no rows to try it with", select(1)
        return
    yield "takes the same key twice", table.insert().values(dict(row))
    same = [column == row[column.name] for column in table.primary_key]
    needed = [column for column in table.c if not column.nullable and not column.primary_key]
    for column in needed[:1]:  # the others are compared with a new hub's
        yield f"{column.name} takes NULL", table.update().where(*same).values({column.name: null()})
    for rule in table.foreign_key_constraints:
        yield f"{_own(rule)} points anywhere", table.update().where(*same).values({_own(rule): _nowhere(rule)})


def _own(rule: ForeignKeyConstraint) -> str:
    (column,) = rule.columns
    return column.name


def _nowhere(rule: ForeignKeyConstraint) -> object:
    (column,) = rule.columns
    return LARGEST if isinstance(column.type, Integer) else "nowhere"


def _taken(connection: Connection, act: Any) -> bool:
    nested = connection.begin_nested()
    try:
        connection.execute(act)
    except IntegrityError:
        return False
    finally:
        nested.rollback()
    return True

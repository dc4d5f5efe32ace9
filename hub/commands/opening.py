"""How commands open the hub."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.orm import Session

from hub.context import open_hub
from hub.settings import Settings


def settings_of(context: typer.Context) -> Settings:
    """The settings that the root command read."""
    settings = context.obj
    assert isinstance(settings, Settings)
    return settings


@contextmanager
def unit_of_work(context: typer.Context) -> Iterator[Session]:
    """One transaction on an initialised hub: commits at the end, rolls back on any error."""
    hub = open_hub(settings_of(context))
    try:
        with hub.sessions()() as session:
            yield session
            session.commit()
    finally:
        hub.engine.dispose()

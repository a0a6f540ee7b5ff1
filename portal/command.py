"""What every command needs: the settings, the database and a console. Commands live with their nouns; `portal.cli`
gathers them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import typer
from rich.console import Console
from sqlmodel import Session

from portal import migrating
from portal.db import Database
from portal.settings import Settings


@dataclass(frozen=True)
class Command:
    """What a command works with. Reports go to `console` (standard output), progress and refusals to `errors`."""

    settings: Settings
    database: Database
    console: Console
    errors: Console
    after_places: tuple[Callable[[Session, Settings], str | None], ...] = ()
    """What nouns that stand on places do when areas or their nesting change (`Manifest.after_places`)."""

    def refuse(self, text: str) -> NoReturn:
        """Say in one sentence why nothing was done and how to go on, and end with exit code 2."""
        self.errors.print(text, style="bold red", highlight=False, markup=False)
        raise typer.Exit(2)


def command(context: typer.Context, *, tables: bool = True) -> Command:
    """The command's surroundings, made once by `portal.cli` for the whole run. Without the tables of this version the
    command is refused, unless it says that it needs none.
    """
    here = context.obj
    if not isinstance(here, Command):
        raise TypeError("the command was not started by portal.cli")
    if tables and not migrating.is_current(here.database):
        here.refuse("The tables are not up to date: run `portal migrate` first.")
    return here

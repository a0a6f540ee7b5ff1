"""The operator's commands that look after an installation: is it in order, a copy of it and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from portal import migrating, settings
from portal.app import create_app
from portal.authority import service as authority
from portal.backups import NotRestorable, back_up
from portal.backups import restore as put_back
from portal.command import command
from portal.desk.opening import first_steps, sentence


def register(app: typer.Typer) -> None:
    """Add `portal check`, `settings`, `backup` and `restore`."""
    app.command("check")(check)
    app.command("settings")(show_settings)
    app.command("backup")(backup)
    app.command("restore")(restore)


def check(context: typer.Context) -> None:
    """Say whether the settings, the tables, the content and the catalogues can be used, and what to look at first."""
    here = command(context)
    state = create_app(here.settings, database=here.database).state
    state.effective.now(here.database)  # so that what was changed on screen counts
    here.console.print("Settings, tables, content and catalogues are in order.")
    with here.database.reading() as session:
        for step in first_steps(state, session):
            said = f"Before you publish: {sentence(state, 'en', step)}"
            here.errors.print(said, style="yellow", highlight=False, markup=False)


def show_settings(context: typer.Context) -> None:
    """List the settings, what they are, where that was said and what they mean. Secrets are not shown."""
    here = command(context, tables=False)
    table, said = Table("setting", "value", "said in", "meaning"), dict(settings.origins(here.settings))
    in_force = here.settings
    if migrating.is_current(here.database):
        with here.database.reading() as session:
            in_force = authority.in_force(session, here.settings)
            said |= {f"authority.{one.name}": "the settings screen" for one in authority.changed(session)}
    for name, value, meaning in settings.described(in_force):
        table.add_row(*(Text(cell) for cell in (name, value, said.get(name, "default"), meaning)))
    here.console.print(table)


def backup(
    context: typer.Context, target: Annotated[Path, typer.Argument(help="File to write; it must not exist.")]
) -> None:
    """Copy the database, whole and consistent, while the portal runs."""
    here = command(context)
    if target.exists():
        here.refuse(f"{target.name} exists already; nothing was written.")
    if not target.absolute().parent.is_dir():
        here.refuse(f"There is no folder {target.parent} to write into; nothing was written.")
    try:
        back_up(here.database, target)
    except ValueError as error:
        here.refuse(f"{error}.")
    except OSError as error:
        here.refuse(f"{target.name} cannot be written: {error.strerror}.")
    here.console.print(f"The database was copied to {target.name}.")


def restore(
    context: typer.Context, copy: Annotated[Path, typer.Argument(help="A file that `portal backup` wrote.")]
) -> None:
    """Put a copy in the place of the database, while the portal is stopped. What was there is kept beside it."""
    here = command(context, tables=False)
    if here.database.file is None:
        here.refuse("PostgreSQL is restored with pg_restore.")
    try:
        kept = put_back(copy, here.database.file)
    except NotRestorable as why:
        here.refuse(f"Nothing was changed: {why}.")
    here.console.print(f"The database is the one of {copy.name} again.", highlight=False)
    if kept is not None:
        here.console.print(f"What was there is kept in {kept.name}: delete it when you need it no longer.")
    if not migrating.is_current(here.database):
        here.console.print("It is of an older version: run `portal migrate` before you start the portal.")

"""Commands on organisations and councillors: import them from files, or try to; begin with what the law names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from portal.command import Command, command
from portal.organisations.importing import (
    ImportRefused,
    Options,
    Report,
    import_councillors,
    import_defaults,
    import_organisations,
)

_MOST_SHOWN = 200
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be added, changed and ended; keep nothing.")]


def register(app: typer.Typer) -> None:
    """Add `portal import-organisations` and `portal import-councillors`."""
    app.command("import-organisations")(organisations)
    app.command("import-councillors")(councillors)


def organisations(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV or Popolo JSON; each is known by its content.")
    ] = None,
    defaults: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option("--defaults", help="The bodies that the nation's law names, as a beginning: to be confirmed."),
    ] = False,
    dry_run: _DryRun = False,  # noqa: FBT002 - an option
) -> None:
    """Import organisations, posts and who holds them: all of it or nothing. The same files again change nothing."""
    here, options = command(context), Options(is_trial=dry_run)
    if defaults == bool(files):
        here.refuse("Name files, or give --defaults.")
    if defaults:
        _run(here, lambda: import_defaults(here.database, here.settings.authority.nation, options))
    else:
        _run(here, lambda: import_organisations(here.database, files or [], options))


def councillors(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="ModernGov XML, CSV or Popolo JSON; known by its content.")],
    many_leave: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--many-leave", help="More than half of those who sit are gone, as after an election.")
    ] = False,
    checked: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--checked", help="Somebody has looked at the files today: mark everybody in them so.")
    ] = False,
    dry_run: _DryRun = False,  # noqa: FBT002 - an option
) -> None:
    """Import councillors: all or nothing. The files are the whole list of a council: who is in none of them sits no
    more from today. The same files again change nothing.
    """
    here = command(context)
    options = Options(is_trial=dry_run, many_leave=many_leave, is_checked=checked)
    _run(here, lambda: import_councillors(here.database, files, options))


def _run(here: Command, work: Callable[[], Report]) -> None:
    try:
        report = work()
    except ImportRefused as refused:
        here.refuse(f"{refused}\nNothing was imported.")
    _tell(here, report)


def _tell(here: Command, report: Report) -> None:
    files = Table("file", "what it is", "entries")
    for name, what, entries in report.files:
        files.add_row(name, what, f"{entries:,}")
    here.console.print(files)
    for note in report.notes[:_MOST_SHOWN]:
        here.console.print(f"note: {note}", style="yellow", markup=False, highlight=False)
    if len(report.notes) > _MOST_SHOWN:
        here.console.print(f"and {len(report.notes) - _MOST_SHOWN:,} more notes")
    if report.is_unchanged:
        here.console.print("Everything in these files was there already: nothing changed.")
    else:
        here.console.print(_done(report))
    if report.vacant:
        here.console.print(f"wards with a vacant seat: {', '.join(report.vacant)}", markup=False, highlight=False)
    if report.is_trial:
        here.console.print("A trial: nothing was kept.", style="bold")


def _done(report: Report) -> Table:
    table = Table("", "what", "name", "of", "changed")
    for one in report.done:
        table.add_row(one.act, one.kind, Text(one.name), Text(one.belongs_to), ", ".join(one.fields))
    return table

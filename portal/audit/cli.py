"""Commands on the record of acts."""

from __future__ import annotations

import typer

from portal.audit.queries import verify_chain
from portal.command import command

_MEANING = {
    "missing": "an entry before it is gone",
    "moved": "it does not follow from the entry before it",
    "changed": "its content is not what was recorded",
    "cut": "the end of the record is gone",
}


def register(app: typer.Typer) -> None:
    """Add `portal audit verify`."""
    audit = typer.Typer(no_args_is_help=True, help="The record of acts.")
    audit.command("verify")(verify)
    app.add_typer(audit, name="audit")


def verify(context: typer.Context) -> None:
    """Check the whole chain; name the first broken entry and end with 1 where there is one."""
    here = command(context)
    with here.database.reading() as session:
        verdict = verify_chain(session)
    if verdict.whole:
        here.console.print(f"The record is whole: {verdict.entries} entries.")
        return
    here.errors.print(f"Entry {verdict.broken_at} is broken: {_MEANING[verdict.code or 'changed']}.", style="bold red")
    raise typer.Exit(1)

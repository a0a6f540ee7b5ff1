"""Commands on the record of acts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from portal.audit.keys import NoKeys, PublicKeys, public_keys, public_pem, signing_keys
from portal.audit.queries import verify_chain
from portal.command import Command, command

_MEANING = {
    "missing": "an entry before it is gone",
    "moved": "it does not follow from the entry before it",
    "changed": "its content is not what was recorded",
    "cut": "the end of the record is gone",
}
_MEANING_OF_CHECKPOINT = {
    "missing": "it was signed and is gone",
    "unrecorded": "the record does not say that it was signed",
    "forged": "its signature is not of what it says",
    "unknown_key": "it was signed with another key; give the file of that public key with --key",
    "rewritten": "the record was written anew after it was signed",
    "ahead": "it covers an entry that the record does not have",
    "future": "it is of a day to come",
    "disorder": "it does not come after the one before it",
}


def register(app: typer.Typer) -> None:
    """Add `portal audit verify` and `portal audit key`."""
    audit = typer.Typer(no_args_is_help=True, help="The record of acts.")
    audit.command("verify")(verify)
    audit.command("key")(key)
    app.add_typer(audit, name="audit")


def verify(
    context: typer.Context,
    key: Annotated[
        Path | None,
        typer.Option(help="Public keys (PEM) that you kept; without it the keys of this installation are believed."),
    ] = None,
) -> None:
    """Check the whole chain and every checkpoint; name the first that is broken and end with 1 where there is one."""
    here = command(context)
    keys = _keys(here, key)
    with here.database.reading() as session:
        verdict = verify_chain(session, keys)
    if verdict.whole:
        counts = f"{verdict.entries} entries, {verdict.checkpoints} signed checkpoints"
        here.console.print(f"The record is whole: {counts}.", highlight=False)
        return
    if verdict.broken_at is not None:
        broken, why = f"Entry {verdict.broken_at}", _MEANING[verdict.code or "changed"]
    else:
        broken, why = f"Checkpoint {verdict.broken_checkpoint}", _MEANING_OF_CHECKPOINT[verdict.code or "forged"]
    here.errors.print(f"{broken} is broken: {why}.", style="bold red")
    raise typer.Exit(1)


def key(context: typer.Context) -> None:
    """Print the public keys with which checkpoints can be checked, newest first: keep a copy outside this machine."""
    here = command(context, tables=False)
    here.console.print(public_pem(signing_keys(here.settings)), end="", highlight=False, markup=False)


def _keys(here: Command, path: Path | None) -> PublicKeys:
    if path is None:
        return public_keys(public_pem(signing_keys(here.settings)))
    try:
        return public_keys(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        here.refuse(f"{path.name} cannot be read.")
    except NoKeys as why:
        here.refuse(f"{path.name} cannot be used: {why}. `portal audit key` and /audit-key.pem give public keys.")

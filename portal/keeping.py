"""The operator's commands on what is kept about people: for how long; and all that is kept about one of them, given out
or erased.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from portal.app import MANIFESTS, create_app, job_context
from portal.command import Command, command
from portal.lifecycle import OPERATOR
from portal.rights import holdings
from portal.rights.holdings import Erased
from portal.web.forms import looks_like_email
from portal.web.manifest import PersonalData
from portal.worker import run_now

_PERSONAL: tuple[PersonalData, ...] = tuple(noun.personal for noun in MANIFESTS if noun.personal)
_RETENTION = tuple(one for noun in MANIFESTS for one in noun.retention)
REASONS = {
    "account_in_use": "an account is taken away by an administrator, on the page of the account",
    "complaint_notice": "a notice of complaint is kept whole until notice_months after its end, then a job deletes it",
    "public_office": "the name, the post or ward and the dates of who holds or held a public office are a public"
    " record, and while it is held so is the contact that the office publishes",
}
"""Why some of what is held stays, for the operator; `templates/rights/words.html` has the same for the officer."""
_Address = Annotated[str, typer.Argument(help="The person's e-mail address.")]


def register(app: typer.Typer) -> None:
    """Add `portal retention`, `export-person` and `erase-person`."""
    app.command("retention")(retention)
    app.command("export-person")(export_person)
    app.command("erase-person")(erase_person)


def retention(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what each job would end now; end nothing.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Run the jobs now, and say what each did.")] = False,
) -> None:
    """List what is kept about people, for how long, and which job of the worker ends it: the privacy notice agrees."""
    here = command(context, tables=dry_run or run)
    if dry_run and run:
        here.refuse("Either --dry-run or --run: nothing was done.")
    if run:
        _run(here)
        return
    table = Table("what", "kept", "months now", "ended by", *(["due now"] if dry_run else []))
    with here.database.reading() as session:
        for one in _RETENTION:
            counted = str(one.due(session, here.settings)) if dry_run and one.due else "not counted"
            months = one.months(here.settings)
            now = "" if months is None else str(months)
            table.add_row(one.record, one.kept, now, one.job, *([counted] if dry_run else []))
    here.console.print(table)


def export_person(context: typer.Context, email: _Address) -> None:
    """Print everything that is held about one person, as JSON. That it was given out is recorded."""
    here = command(context)
    _refuse_no_address(here, email)
    with here.database.unit_of_work() as session:
        found = holdings.give_out(session, OPERATOR, _PERSONAL, email)
    typer.echo(holdings.as_json(email, found), nl=False)


def erase_person(
    context: typer.Context,
    email: _Address,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without this, what is held is counted only.")] = False,
) -> None:
    """Delete what may be deleted of one person, and say what stays and why."""
    here = command(context)
    _refuse_no_address(here, email)
    if not yes:
        with here.database.unit_of_work() as session:
            found = holdings.look_up(session, OPERATOR, _PERSONAL, email)
        here.refuse(f"Records that are held: {len(found)}. Nothing was erased: say --yes to do it.")
    with here.database.unit_of_work() as session:
        done = holdings.erase(session, OPERATOR, _PERSONAL, email)
    _tell(here, done)


def _tell(here: Command, done: Erased) -> None:
    here.console.print(f"Records erased: {done.gone}. Records that stay: {len(done.left)}.", highlight=False)
    for reason in done.reasons:
        here.console.print(f"Why some stay: {REASONS.get(reason, reason)}.", highlight=False)


def _run(here: Command) -> None:
    """Each job once, in the order in which the nouns name them."""
    made = create_app(here.settings, database=here.database)
    jobs = {job.name: job for noun in MANIFESTS for job in noun.jobs}
    surroundings = job_context(made)
    table = Table("job", "report")
    reports = {name: run_now(surroundings, jobs[name]) for name in dict.fromkeys(one.job for one in _RETENTION)}
    for name, report in reports.items():
        table.add_row(name, report or "nothing was due")
    here.console.print(table)
    if failed := [name for name, report in reports.items() if report == "failed"]:
        here.errors.print(f"Failed: {', '.join(failed)}. The log says where.", style="bold red", highlight=False)
        raise typer.Exit(1)


def _refuse_no_address(here: Command, email: str) -> None:
    if not looks_like_email(email.strip()):
        here.refuse("This is no e-mail address: say it like name@example.org. Nothing was done.")

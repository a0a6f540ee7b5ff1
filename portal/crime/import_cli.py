"""The commands that import police files and show what imports did. All of it is for an operator, in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlmodel import col, select

from portal import clock
from portal.clock import Month
from portal.command import Command, command
from portal.crime.importing import ImportOptions, ImportReport, import_paths
from portal.crime.models import ImportRun
from portal.crime.rules import KEPT_FAULTS, TRANSPORT_POLICE, is_force_slug
from portal.crime.served import served_forces
from portal.db import Database
from portal.trouble import Trouble

_SHOWN_RUNS = 50
_COLUMNS = ("Rows", "Without a place", "Outside", "Repeats", "Set aside")


def import_crime(  # noqa: PLR0913 - one for each thing that an operator may say
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders, or the published zip.")],
    *,
    release: Annotated[bool, typer.Option("--release", help="Show new months at once, without a preview.")] = False,
    fetched_on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Day of the download; today if not said.")] = "",
    force: Annotated[list[str] | None, typer.Option(help="Only this force; may be said again.")] = None,
    even_if_older: Annotated[
        bool, typer.Option("--even-if-older", help="Replace a month although it was fetched after these files.")
    ] = False,
) -> None:
    """Import police street files. Ends with 1 when a file was refused; the others are kept all the same."""
    here = command(context)
    if missing := [path for path in paths if not path.exists()]:
        here.refuse(f"There is no {missing[0]}.")
    options = ImportOptions(
        forces=_forces(here, force or []),
        fetched_on=_day(here, fetched_on),
        release=release,
        even_if_older=even_if_older,
        ward_rule=here.settings.ward_rule,
    )
    try:
        report = _imported(here.errors, here.database, paths, options)
    except Trouble as trouble:
        here.refuse(f"The import ended: {trouble}. Months before that are kept.")
    if not report.runs:
        forces = ", ".join(sorted(options.forces))
        here.refuse(f"There is no street file of {forces} here; {report.skipped} other files were passed over.")
    _report(here.console, report)
    if not report.is_complete:
        raise typer.Exit(1)


def import_runs(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="[ID]", help="Show everything about this one.")] = 0,
) -> None:
    """List the latest files that were imported, or show what one of them held and what it moved."""
    here = command(context)
    with here.database.reading() as session:
        if number:
            run = session.get(ImportRun, number)
            if run is None:
                here.refuse(f"There is no run {number}.")
            _show(here.console, run)
        else:
            latest = select(ImportRun).order_by(col(ImportRun.id).desc()).limit(_SHOWN_RUNS)
            here.console.print(_table(session.exec(latest).all()))


def _imported(console: Console, database: Database, paths: list[Path], options: ImportOptions) -> ImportReport:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        return import_paths(database, paths, options, tell)


def _forces(here: Command, named: list[str]) -> frozenset[str]:
    if unknown := [one for one in named if not is_force_slug(one)]:
        here.refuse(f"{unknown[0]} cannot be a force: say it as in the names of files, like avon-and-somerset.")
    with here.database.reading() as session:
        served = served_forces(session)
    if served == {TRANSPORT_POLICE}:
        here.refuse("No area is served yet, so nothing could be counted: run `portal import-places` first.")
    if strange := sorted(set(named) - served):
        listed = ", ".join(sorted(served))
        here.refuse(f"{strange[0]} is not served here; served are {listed}. `portal import-places` adds areas.")
    return frozenset(named) or served


def _day(here: Command, text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text) if text else clock.today()
    except ValueError:
        here.refuse(f"{text} is not a day: say it like 2025-02-20.")
    if day > clock.today():
        here.refuse(f"{day} is still to come: nothing was fetched then.")
    return day


def _report(console: Console, report: ImportReport) -> None:
    console.print(_table(report.runs))
    for run in report.runs:
        _print_faults(console, run)
    for name in report.joined:
        console.print(f"{name}: its month is public already, so this file is public at once.", highlight=False)
    outcomes = [run.outcome for run in report.runs]
    counts = ", ".join(f"{outcomes.count(one)} {one}" for one in dict.fromkeys(outcomes))
    console.print(f"{len(outcomes)} files: {counts}. {report.skipped} other files were passed over.")


def _table(runs: Sequence[ImportRun]) -> Table:
    table = Table("Run")
    table.add_column("File", overflow="fold")
    table.add_column("Outcome")
    for name in _COLUMNS:
        table.add_column(name, justify="right")
    for run in runs:
        counts = (run.rows_read, run.rows_without_place, run.rows_outside, run.rows_repeated, run.rows_set_aside)
        table.add_row(str(run.id), Text(run.file_name), run.outcome, *(f"{count:,}" for count in counts))
    return table


def _print_faults(console: Console, run: ImportRun) -> None:
    """Each as FILE:LINE: code: words. Line 0 is the file itself."""
    for fault in run.faults:
        place = f"{run.file_name}:{fault['line']}" if fault["line"] else run.file_name
        words = f": {fault['detail']}" if fault["detail"] else ""
        console.print(Text(f"{place}: {fault['code']}{words}"), soft_wrap=True)
    if run.rows_set_aside > KEPT_FAULTS:
        console.print(Text(f"{run.file_name}: {run.rows_set_aside} rows in all were set aside; the first are above"))


def _show(console: Console, run: ImportRun) -> None:
    console.print(_table([run]))
    month = str(Month.from_index(run.month)) if run.month else "none"
    console.print(
        f"force {run.force or 'none'}, month {month}, fetched on {run.fetched_on}, at {run.at:%Y-%m-%d %H:%M}"
    )
    console.print(f"SHA-256 {run.sha256 or 'not read'}", soft_wrap=True)
    _print_faults(console, run)
    for title, key in (("Counts that moved", "counts"), ("Outcomes that moved", "outcomes")):
        rows = run.moved.get(key)
        if isinstance(rows, list) and rows:
            table = Table(*([""] * (len(rows[0]) - 2)), "was", "is", title=title)
            for row in rows:
                table.add_row(*map(str, row))
            console.print(table)

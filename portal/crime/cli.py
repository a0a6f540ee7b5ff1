"""Commands on months of crime. They parse, call one verb and report; what may be done, the verbs decide."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlmodel import Session, col, select

from portal.clock import Month
from portal.command import Command, command
from portal.crime import service
from portal.crime.import_cli import import_crime, import_runs
from portal.crime.models import ContextNote, ForceMonth
from portal.crime.recutting import Recut, recut, recut_within
from portal.crime.routes import PATHS
from portal.lifecycle import OPERATOR
from portal.places.models import Area, AreaKind
from portal.places.queries import area_by_any_slug
from portal.settings import Settings
from portal.trouble import Trouble

_PROBLEMS = {
    "no_en": "the English text is missing",
    "no_cy": "the Welsh text is missing",
    "long_en": "the English text is too long",
    "long_cy": "the Welsh text is too long",
    "same": "the Welsh text is the English one",
}
_MonthName = Annotated[str, typer.Argument(metavar="MONTH", help="YYYY-MM")]


def register(app: typer.Typer) -> None:
    """Add the commands on months of crime."""
    app.command("import-crime")(import_crime)
    app.command("import-runs")(import_runs)
    app.command("crime-months")(crime_months)
    app.command("release-crime")(release_crime)
    app.command("declare-gap")(declare_gap)
    app.command("note-crime")(note_crime)
    app.command("crime-notes")(crime_notes)
    app.command("recut-crime")(recut_crime)


def crime_months(context: typer.Context) -> None:
    """Show what is known of every force and month."""
    here = command(context)
    with here.database.reading() as session:
        months = session.exec(select(ForceMonth).order_by(col(ForceMonth.month), col(ForceMonth.force))).all()
    table = Table("Month", "Force", "State", "Fetched", "Without a place", "Reason")
    for one in months:
        fetched, reason = str(one.fetched_on or ""), one.reason_en or ""
        month = str(Month.from_index(one.month))
        table.add_row(month, one.force, str(one.state).replace("_", " "), fetched, str(one.rows_without_place), reason)
    here.console.print(table)


def release_crime(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="[MONTH]", help="YYYY-MM")] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every month that waits.")] = False,
) -> None:
    """Show a month to the public, or every month that waits."""
    here = command(context)
    if bool(month) == everything:
        here.refuse("Say which month to release, or --all.")
    with here.database.unit_of_work() as session:
        months = service.waiting_months(session) if everything else (_month(here, month),)
        for one in months:
            try:
                forces = service.release_month(session, OPERATOR, one)
            except Trouble as trouble:
                here.refuse(f"Nothing was released: {trouble}.")
            here.console.print(f"{one} is released: {', '.join(forces)}.")
    if not months:
        here.console.print("No month waits to be released.")


def declare_gap(  # noqa: PLR0913 - one for each thing that an operator may say
    context: typer.Context,
    force: Annotated[str, typer.Argument(help="As in the names of files: gwent")],
    month: _MonthName,
    *,
    reason_en: Annotated[str, typer.Option(help="Why nothing was supplied, in English.")] = "",
    reason_cy: Annotated[str, typer.Option(help="The same in Welsh.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the declaration back.")] = False,
) -> None:
    """Say that a force supplied no data for a month, and why. It is never shown as 0."""
    here = command(context)
    wanted = _month(here, month)
    try:
        with here.database.unit_of_work() as session:
            if withdraw:
                service.withdraw_declaration(session, OPERATOR, force, wanted)
            else:
                spoken = here.settings.languages
                service.declare_not_supplied(session, OPERATOR, force, wanted, reason_en, reason_cy, spoken)
    except service.TextsIncomplete as problem:
        here.refuse(_said(problem))
    except (Trouble, ValueError) as trouble:
        here.refuse(f"Nothing was declared: {trouble}.")
    done = "no longer declared as not supplied" if withdraw else "declared as not supplied"
    here.console.print(f"{force} {wanted} is {done}.")


def note_crime(  # noqa: PLR0913 - one for each thing that an operator may say
    context: typer.Context,
    kind: AreaKind,
    slug: Annotated[str, typer.Argument(help="As in the address of the area's page, in either language.")],
    month: _MonthName,
    *,
    english: Annotated[str, typer.Option("--en", help="The note in English.")] = "",
    welsh: Annotated[str, typer.Option("--cy", help="The note in Welsh.")] = "",
    withdraw: Annotated[int, typer.Option(metavar="ID", help="Withdraw this note (`crime-notes` lists them).")] = 0,
) -> None:
    """Add what a reader should know about an area's month. It never changes a figure."""
    here = command(context)
    wanted = _month(here, month)
    try:
        with here.database.unit_of_work() as session:
            if withdraw:
                area = _area(here, session, kind, slug)
                service.withdraw_note(session, OPERATOR, area, wanted, withdraw)
                here.console.print(f"Note {withdraw} is withdrawn.")
            else:
                area, spoken = _area(here, session, kind, slug), here.settings.languages
                note = service.add_note(session, OPERATOR, area, wanted, english, welsh, spoken)
                here.console.print(f"Note {note.id} is added.")
    except service.TextsIncomplete as problem:
        here.refuse(_said(problem))
    except (Trouble, ValueError) as trouble:
        here.refuse(f"Nothing was done: {trouble}. `portal crime-notes` lists what is written.")


def crime_notes(context: typer.Context) -> None:
    """List the notes on areas' months, those withdrawn too."""
    here = command(context)
    wanted = select(ContextNote, Area).join(Area, col(Area.id) == ContextNote.area_id).order_by(col(ContextNote.id))
    table = Table("Note", "Kind", "Slug", "Month", "Withdrawn", "English", "Welsh")
    with here.database.reading() as session:
        for note, area in session.exec(wanted):
            withdrawn = f"{note.withdrawn_at:%Y-%m-%d}" if note.withdrawn_at else ""
            month, texts = str(Month.from_index(note.month)), (Text(note.text_en), Text(note.text_cy))
            table.add_row(str(note.id), str(area.kind), area.slug_en, month, withdrawn, *texts)
    here.console.print(table)


def add_up_again(session: Session, settings: Settings) -> str | None:
    """What follows a change of places: figures by the new boundaries and nesting, where there are any figures."""
    if session.exec(select(ForceMonth.id).limit(1)).first() is None:
        return None
    return f"Figures of crime were added up again. {_sentence(recut_within(session, settings.ward_rule))}"


def recut_crime(context: typer.Context) -> None:
    """Add every figure up again, after wards, boundaries or the nesting of areas changed. Changes of places do so by
    themselves.
    """
    here = command(context)
    try:
        done = recut(here.database, here.settings.ward_rule)
    except Trouble as trouble:
        here.refuse(f"Nothing was changed: {trouble}.")
    here.console.print(_sentence(done))


def _sentence(done: Recut) -> str:
    moved = f"{done.points_moved} of {done.points} snap points lie in another ward"
    return f"{moved}; {done.figures_changed} figures changed."


def _month(here: Command, text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        here.refuse(f"{text} is not a month: say it like 2024-10, from 2010 on.")


def _area(here: Command, session: Session, kind: AreaKind, slug: str) -> Area:
    if kind not in PATHS:
        here.refuse(f"A {kind} has no page on which a note could stand: write it for the neighbourhood around it.")
    area = area_by_any_slug(session, kind, slug)
    if area is None:
        here.refuse(f"There is no {kind} with the slug {slug}: `portal places --areas` lists them.")
    return area


def _said(problem: service.TextsIncomplete) -> str:
    return f"Nothing was kept: {'; '.join(_PROBLEMS[code] for code in problem.codes)}."

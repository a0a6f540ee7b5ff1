"""Commands on places: import them from files, say what is loaded, draw a neighbourhood."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from sqlmodel import Session, col, func, select

from portal.command import Command, command
from portal.lifecycle import OPERATOR
from portal.places.importing import ImportRefused, Options, PlacesReport, import_places
from portal.places.models import Area, AreaKind, Lsoa, LsoaBridge, LsoaWard, PlaceName, Postcode
from portal.places.queries import areas_with_pages, served_authorities
from portal.places.service import CannotDraw, Drawing, draw_neighbourhood
from portal.trouble import Conflict

_DAY = ["%Y-%m-%d"]
_MOST_FAULTS = 20
_WORDS = {
    "membership": "memberships",
    "lsoa": "LSOAs",
    "lsoaward": "LSOA to ward",
    "lsoabridge": "LSOA 2011 to 2021",
    "postcode": "postcodes",
    "placename": "names people use",
    "ward": "wards",
    "neighbourhood": "neighbourhoods",
    "authority": "authorities",
    "partnership": "partnerships",
    "force": "police forces",
}
_REASONS = {
    "name": "both names are needed, each of at most 120 characters",
    "no_wards": "no ward is given",
    "future": "the day is still to come",
    "unknown_ward": "no ward that is served now has this code",
    "too_early": "this area began on that day or later; choose a later day",
}


def register(app: typer.Typer) -> None:
    """Add the commands on places."""
    app.command("import-places")(bring_in)
    app.command("places")(show)
    app.command("draw-neighbourhood")(draw)


def bring_in(  # noqa: PLR0913, PLR0917 - one parameter for each option, as typer has it
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders that hold them.")],
    authority: Annotated[
        list[str] | None,
        typer.Option(help="Code of an authority to serve; repeat it. Exactly these are served from now on."),
    ] = None,
    wards_from: Annotated[
        dt.datetime | None,
        typer.Option(formats=_DAY, help="Day on which these wards came into force; else 1 December of their year."),
    ] = None,
    population_year: Annotated[
        int | None, typer.Option(min=2001, max=2100, help="Year of the residents, where their file does not say it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would be done, and keep nothing.")] = False,  # noqa: FBT002
) -> None:
    """Import areas, boundaries, lookups, people, postcodes and names: all of it or nothing.

    Each file is known by what is in it. The same files again change nothing.
    """
    here = command(context)
    options = Options(
        authorities=frozenset(authority or ()),
        wards_from=wards_from.date() if wards_from else None,
        population_year=population_year,
        ward_rule=here.settings.ward_rule,
        is_trial=dry_run,
    )
    said: list[str] = []
    try:
        report = _import(here, paths, options, lambda session: said.extend(_follow(here, session)))
    except ImportRefused as refused:
        here.refuse(f"{refused}\nNothing was imported.")
    except Conflict as conflict:
        here.refuse(f"Nothing was imported: {conflict}. Run this again when it has ended.")
    _tell(here.console, report)
    for sentence in said:
        here.console.print(sentence, highlight=False)


def _follow(here: Command, session: Session) -> Iterator[str]:
    """Let the nouns that stand on places follow a change, within its unit of work; what each of them did."""
    for follow in here.after_places:
        if sentence := follow(session, here.settings):
            yield sentence


def _import(here: Command, paths: list[Path], options: Options, follow: Callable[[Session], None]) -> PlacesReport:
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=here.errors, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        return import_places(
            here.database,
            paths,
            options,
            lambda done, total, name: bar.update(task, completed=done, total=total, description=name),
            follow,
        )


def _tell(console: Console, report: PlacesReport) -> None:
    files = Table("file", "what it is", "rows")
    for one in report.files:
        files.add_row(one.name, one.what, f"{one.rows:,}")
    console.print(files)
    for fault in report.faults[:_MOST_FAULTS]:
        console.print(f"set aside: {fault}", markup=False, highlight=False)
    if len(report.faults) > _MOST_FAULTS:
        console.print(f"and {len(report.faults) - _MOST_FAULTS:,} more rows set aside")
    for name in report.passed_over:
        console.print(f"passed over: {name}", markup=False, highlight=False)
    console.print(f"postcodes not kept: {report.terminated:,} terminated, {report.without_place:,} without a place,")
    console.print(f"                    {report.far_away:,} far from the areas served")
    console.print(f"areas served: {', '.join(report.served) or 'none'}", markup=False, highlight=False)
    for warning in report.warnings:
        console.print(f"note: {warning}", style="yellow", markup=False, highlight=False)
    _tell_changes(console, report)


def _tell_changes(console: Console, report: PlacesReport) -> None:
    if report.is_unchanged:
        console.print("Everything in these files was loaded already: nothing changed.")
        return
    changes = Table("", "added", "changed", "ended or removed")
    for kind, words in _WORDS.items():
        numbers = [one[kind] for one in (report.added, report.changed, report.ended)]
        if any(numbers):
            changes.add_row(words, *(f"{number:,}" for number in numbers))
    console.print(changes)
    if report.ended_wards:
        console.print(f"wards ended: {', '.join(report.ended_wards)}", markup=False, highlight=False)
    if report.is_trial:
        console.print("A trial: nothing was kept.", style="bold")


def show(
    context: typer.Context,
    *,
    areas: Annotated[bool, typer.Option("--areas", help="List the areas, as other commands want them said.")] = False,
) -> None:
    """Say what places are loaded, or list the areas that are served."""
    here = command(context)
    if areas:
        here.console.print(_areas(here))
    else:
        _count(here)


def _areas(here: Command) -> Table:
    """Kind and slug in each language; names beside them, for a slug may be worn down."""
    table = Table("kind", "slug", "slug in Welsh", "name", "code")
    for heading in table.columns:
        heading.overflow = "fold"
    kinds = [kind for kind in AreaKind if kind is not AreaKind.ward]
    with here.database.reading() as session:
        for one in areas_with_pages(session, kinds):
            table.add_row(one.kind.value, one.slug_en, one.slug_cy, Text(one.name_en), one.code)
    return table


def _count(here: Command) -> None:
    with here.database.reading() as session:
        served = ", ".join(one.name_en for one in served_authorities(session))
        areas = select(Area.kind, func.count()).where(col(Area.ends_on).is_(None), col(Area.served)).group_by(Area.kind)
        counts = Counter({AreaKind(kind).value: number for kind, number in session.exec(areas)})
        for row in (Lsoa, LsoaWard, LsoaBridge, Postcode, PlaceName):
            counts[row.__name__.lower()] = session.exec(select(func.count()).select_from(row)).one()
    table = Table("what", "loaded")
    for kind, words in _WORDS.items():
        if kind in counts:
            table.add_row(words, f"{counts[kind]:,}")
    here.console.print(f"areas served: {served or 'none'}", markup=False, highlight=False)
    here.console.print(table)


def draw(  # noqa: PLR0913, PLR0917 - one parameter for each option, as typer has it
    context: typer.Context,
    name_en: Annotated[str, typer.Argument(help="Name in English.")],
    name_cy: Annotated[str, typer.Argument(help="Name in Welsh.")],
    ward: Annotated[list[str], typer.Option(help="Code of a ward that lies in it; repeat it.")],
    starts: Annotated[dt.datetime, typer.Option("--from", formats=_DAY, help="Day from which it is a neighbourhood.")],
    sort_key: Annotated[
        str | None, typer.Option(help="Welsh name with a bar between letters that are not one: Ban|gor.")
    ] = None,
) -> None:
    """Make one neighbourhood of several wards, in place of one for each."""
    here = command(context)
    drawing = Drawing(name_en, name_cy, tuple(ward), starts.date(), sort_key)
    try:
        with here.database.unit_of_work() as session:
            area = draw_neighbourhood(session, OPERATOR, drawing)
            said = [*_follow(here, session)]
    except CannotDraw as cannot:
        here.refuse("\n".join(_sentence(code) for code in cannot.codes))
    except Conflict as conflict:
        here.refuse(f"Nothing was drawn: {conflict}. Run this again when it has ended.")
    here.console.print(f"{area.name_en} / {area.name_cy} ({area.code}) is a neighbourhood from {area.starts_on}.")
    for sentence in said:
        here.console.print(sentence, highlight=False)


def _sentence(code: str) -> str:
    kind, _, what = code.partition(":")
    return f"{what}: {_REASONS[kind]}" if what else _REASONS[kind]

"""The command line: the portal's own commands, and every noun's."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette

from portal import demo as demonstration
from portal import keeping, migrating, settings, upkeep
from portal.accounts.demo import FIRST, PASSWORD
from portal.accounts.roles import BadRoles
from portal.app import MANIFESTS, bilingual_routes, create_app, job_context
from portal.command import Command, command
from portal.db import Database
from portal.places.models import AreaKind
from portal.preview import preview
from portal.publishing.content import BadContent
from portal.resources import ResourceMissing
from portal.serving import CannotListen, elsewhere, serve_in_many
from portal.serving import serve as serve_here
from portal.trouble import Unavailable
from portal.web.assets import AssetsNotBuilt
from portal.web.manifest import Job
from portal.web.routing import NoMatchFound
from portal.worker import work

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The community safety portal."
)
upkeep.register(app)
keeping.register(app)
for _noun in MANIFESTS:
    if _noun.commands:
        _noun.commands(app)

_DataDir = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database and of portal.toml.", show_default=False)
]
_Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


_CANNOT = (
    AssetsNotBuilt,
    BadContent,
    BadRoles,
    CannotListen,
    ResourceMissing,
    demonstration.NotADemonstration,
    settings.BadSettings,
)
"""What cannot go on for a reason that the operator can put right, which its text says."""


def main() -> None:
    """The entry point of `portal`."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        app()
    except _CANNOT as cannot:
        sys.exit(f"{cannot}")
    except Unavailable as away:
        sys.exit(f"The database does not answer: {away}")


@app.callback()
def surroundings(context: typer.Context, data: _DataDir = None) -> None:
    """The community safety portal."""
    if context.resilient_parsing:
        return
    if context.invoked_subcommand == "demo":
        context.obj = data
        return
    try:
        loaded = settings.load(data)
    except settings.BadSettings as error:
        Console(stderr=True).print(str(error), style="bold red", highlight=False, markup=False)
        raise typer.Exit(2) from error
    settings.hand_on(loaded)
    if context.invoked_subcommand == "routes":
        context.obj = loaded  # and no database: opening one makes its file
        return
    context.obj = _command(loaded)
    context.call_on_close(context.obj.database.close)


def _command(loaded: settings.Settings) -> Command:
    followers = tuple(noun.after_places for noun in MANIFESTS if noun.after_places)
    return Command(loaded, Database(loaded.url), Console(), Console(stderr=True), followers)


@app.command()
def migrate(context: typer.Context) -> None:
    """Make the tables, or bring them up to date. Safe to run again."""
    here = command(context, tables=False)
    changed = migrating.upgrade(here.database)
    here.console.print("The tables were brought up to date." if changed else "The tables are up to date.")


@app.command()
def serve(
    context: typer.Context,
    port: _Port = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes; with SQLite one is quickest.")] = 1,
) -> None:
    """Serve the portal. Jobs (mail, releases) are the worker's: run `portal worker` beside it."""
    here = command(context)
    if (address := elsewhere(here.settings.public_url, port)) is not None:
        Console(stderr=True).print(
            f"Links in letters lead to {address}: put the address that people type into portal.toml as public_url.",
            highlight=False,
            soft_wrap=True,
        )
    here.database.close()
    if workers == 1:
        serve_here(create_app(here.settings), host, port)  # it closes what it opens: nothing is left beside the file
        return
    serve_in_many("portal.cli:application", host, port, workers)


def application() -> Starlette:
    """The application of one web process among several."""
    return create_app(settings.load())


@app.command()
def worker(context: typer.Context) -> None:
    """Run the jobs: send mail, release months that are due, delete what is over. On Ctrl-C or SIGTERM it finishes the
    job in hand, and ends.
    """
    here = command(context)
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stop.set())
    work(job_context(create_app(here.settings, database=here.database)), _jobs(), stop)


@app.command()
def demo(
    context: typer.Context,
    port: _Port = 8000,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder for the demonstration; made when it is missing. [default: portal-demo]"),
    ] = None,
) -> None:
    """Start a complete portal of a fictional county borough, at 127.0.0.1."""
    before: Path | None = context.obj  # `portal --data DIR demo` is `portal demo --data DIR`
    if before is not None and data is not None and before != data:
        raise typer.BadParameter(f"the demonstration lies in one folder: {before} or {data}?")
    loaded = demonstration.prepare(data or before or Path("portal-demo"), Console())
    loaded = replace(loaded, public_url=f"http://127.0.0.1:{port}")  # where its letters lead
    database = Database(loaded.url)
    stop = threading.Event()
    made = create_app(loaded, database=database)
    jobs = threading.Thread(target=work, args=(job_context(made), _jobs(), stop), name="portal-jobs", daemon=True)
    jobs.start()
    Console(stderr=True).print(
        f"To see what staff see, sign in at http://127.0.0.1:{port}/en/sign-in as {FIRST}, password: {PASSWORD}",
        highlight=False,
        soft_wrap=True,
    )
    try:
        serve_here(made, "127.0.0.1", port)
    finally:
        stop.set()
        jobs.join(timeout=5)
        database.close()


@app.command()
def init(context: typer.Context) -> None:
    """Begin a portal in the data folder: a portal.toml that explains every setting, and the tables."""
    here = command(context, tables=False)
    here.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = here.settings.data_dir / settings.CONFIG_NAME
    if config.exists():
        here.console.print(f"{settings.CONFIG_NAME} is there already and was left as it is.")
    else:
        config.write_text(settings.explained(), encoding="utf-8")
        here.console.print(
            f"{settings.CONFIG_NAME} was written: put in the authority's name and contacts before you publish."
        )
    migrate(context)


@app.command("preview-crime")
def preview_crime(
    context: typer.Context,
    kind: Annotated[AreaKind, typer.Argument(help="neighbourhood, authority, partnership or force")],
    slug: Annotated[str, typer.Argument(help="The area's word in the address of its page.")],
    month: Annotated[str, typer.Argument(help="YYYY-MM")],
    lang: Annotated[str, typer.Option(help="en or cy")] = "en",
) -> None:
    """Print what the page of an area and month will say, before the month is released."""
    here = command(context)
    application = create_app(here.settings, database=here.database)
    try:
        path = application.state.urls.path(f"crime:{kind}_month", lang, slug=slug, month=month)
    except (NoMatchFound, KeyError, AssertionError):
        here.refuse(
            f"There is no page of the kind {kind} for {slug!r} and {month!r} in {lang!r}; a month is written 2024-05."
        )
    page = preview(application, path)
    if page.status != HTTPStatus.OK:
        here.refuse(
            f"There is no such page yet ({page.status}). "
            "`portal crime-months` lists months, `portal places --areas` areas."
        )
    here.console.print(page.text, highlight=False, markup=False)


@app.command()
def routes(context: typer.Context) -> None:
    """List every page, in both languages."""
    loaded: settings.Settings = context.obj
    table = Table("name", "methods", *loaded.languages)
    for name, methods, paths in bilingual_routes(loaded).urls.declared():
        table.add_row(name, methods, *(paths[lang] for lang in loaded.languages))
    Console().print(table)


def _jobs() -> tuple[Job, ...]:
    return tuple(job for noun in MANIFESTS for job in noun.jobs)

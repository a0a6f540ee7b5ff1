"""The demonstration: a fictional county borough, written by a seeded generator in the published formats and loaded
by the real importers.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from sqlmodel import Session

from portal import clock, migrating, settings
from portal.accounts.demo import write_accounts
from portal.clock import Month
from portal.crime import service as crime
from portal.crime.demo import FORCE_SLUG, DemoCrime, DemoNote, write_crime
from portal.crime.importing import ImportOptions, import_paths
from portal.crime.served import served_forces
from portal.db import Database
from portal.lifecycle import OPERATOR
from portal.organisations.demo import write_organisations
from portal.organisations.importing import Options as WhoOptions
from portal.organisations.importing import import_councillors, import_organisations
from portal.places.demo import write_places
from portal.places.importing.plan import Options
from portal.places.importing.running import import_places
from portal.places.models import AreaKind
from portal.places.queries import areas_with_pages
from portal.resources import resource_dir
from portal.settings import Settings

_SEED = 1998
_LAG = 2
"""Months by which the police's figures are late."""
_BUILDING = "portal.db.new"


class NotADemonstration(Exception):
    """The folder holds a real portal; the text says which. Nothing in it was touched."""


def prepare(folder: Path, console: Console) -> Settings:
    """The settings of a complete demonstration in `folder`: made when it is not there yet, else taken as it is.

    It is built under another name and renamed when it is whole, so that an interrupted start leaves nothing half made.
    Raises NotADemonstration.
    """
    config = folder / settings.CONFIG_NAME
    if not config.exists():
        if (folder / "portal.db").exists():
            raise NotADemonstration(f"{folder} holds a portal that is no demonstration; name another folder")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(resource_dir("content") / "demo" / settings.CONFIG_NAME, config)
    loaded = settings.load(folder, environ={})
    if not loaded.demo:
        raise NotADemonstration(f"{folder} holds a portal that is no demonstration; name another folder")
    if not (folder / "portal.db").exists():
        with console.status("Making the demonstration: a fictional county borough and 36 months of figures ..."):
            _build(folder, loaded)
    return loaded


def _build(folder: Path, loaded: Settings) -> None:
    building = folder / _BUILDING
    for leftover in folder.glob(f"{_BUILDING}*"):
        leftover.unlink()
    database = Database(f"sqlite:///{building}")
    try:
        migrating.upgrade(database)
        with tempfile.TemporaryDirectory(prefix="portal-demo-") as files:
            _load(database, loaded, Path(files))
    finally:
        database.close()
    building.rename(folder / "portal.db")


def _load(database: Database, loaded: Settings, files: Path) -> None:
    today = clock.today()
    write_places(files / "places", _SEED)
    import_places(database, [files / "places"], Options(ward_rule=loaded.ward_rule))
    plan = write_crime(files / "crime", _SEED, Month.of(today).plus(-_LAG))
    _import(database, loaded, plan.first_release, today - dt.timedelta(days=20))
    _import(database, loaded, plan.second_release, today)
    _import(database, loaded, plan.third_release, today, is_released=False)
    bodies, people = write_organisations(files / "organisations", today)
    import_organisations(database, bodies, WhoOptions())
    import_councillors(database, people, WhoOptions())
    with database.unit_of_work() as session:
        for note in plan.notes:
            _tell(session, note, plan)
        write_accounts(session)


def _import(
    database: Database, loaded: Settings, release: Path, fetched_on: dt.date, *, is_released: bool = True
) -> None:
    with database.reading() as session:
        forces = served_forces(session)
    options = ImportOptions(forces, fetched_on, release=is_released, ward_rule=loaded.ward_rule)
    report = import_paths(database, [release], options)
    if not report.is_complete:
        raise RuntimeError("the demonstration's own files were refused")


def _tell(session: Session, note: DemoNote, plan: DemoCrime) -> None:
    """Say why the missing month is missing, and what a reader should know about one neighbourhood's month."""
    if note.kind == "not_supplied":
        crime.declare_not_supplied(session, OPERATOR, FORCE_SLUG, plan.missing_month, note.text_en, note.text_cy)
        return
    neighbourhoods = areas_with_pages(session, (AreaKind.neighbourhood,))
    area = next(one for one in neighbourhoods if one.code == note.area_code)
    crime.add_note(session, OPERATOR, area, note.month, note.text_en, note.text_cy)

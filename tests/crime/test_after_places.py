"""What becomes of figures when an operator changes areas: they follow at once, and the command says so."""

from __future__ import annotations

import datetime as dt

import pytest
import typer
from rich.console import Console
from sqlmodel import select
from typer.testing import CliRunner

from portal import cli, clock
from portal.app import MANIFESTS
from portal.clock import Month
from portal.command import Command
from portal.crime import cli as crime_cli
from portal.crime.importing import ImportOptions, import_paths
from portal.crime.manifest import manifest
from portal.crime.rules import HEADER
from portal.figures.models import Figure
from portal.notifications.topics import carry_across
from portal.places import cli as places_cli
from portal.places.importing import Options, import_places
from portal.places.models import Area, AreaKind
from portal.trouble import Conflict
from tests.places import land

MONTH = Month(2026, 9)
ALDER, BIRCH, CEDAR, DERW = land.WARDS
FORCE = "Avon and Somerset Constabulary"


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def police(database, tmp_path):
    """The land, and a month with two crimes in Alder and one in Birch."""
    import_places(database, land.write_land(tmp_path / "files"), Options())
    path = tmp_path / f"{MONTH}-avon-and-somerset-street.csv"
    places = [(1, -2.995), (1, -2.995), (2, -2.975)]
    rows = [
        f"{number:064x},{MONTH},{FORCE},{FORCE},{longitude},51.605,On or near A,{land.lsoa_codes(ward)[0]},X,Drugs,,"
        for number, (ward, longitude) in enumerate(places)
    ]
    path.write_text("\n".join([",".join(HEADER), *rows]), encoding="utf-8")
    options = ImportOptions(frozenset({"avon-and-somerset"}), dt.date(2026, 11, 1), release=True)
    assert import_paths(database, [path], options).is_complete
    return database


@pytest.fixture
def run(police, settings):
    def running(*words):
        app = typer.Typer()
        places_cli.register(app)
        console = Console(width=200)
        followers = tuple(one.after_places for one in MANIFESTS if one.after_places)
        here = Command(settings, police, console, Console(width=200, stderr=True), followers)
        result = CliRunner().invoke(app, [str(word) for word in words], obj=here)
        return result.exit_code, result.output

    return running


def drugs(database, kind, code):
    wanted = select(Figure.count).join(Area, Area.id == Figure.area_id)
    wanted = wanted.where(Area.kind == kind, Area.code == code, Figure.measure == "drugs")
    with database.reading() as session:
        return session.exec(wanted).first()


def draw(run):
    return run("draw-neighbourhood", "Valley", "Y Cwm", "--ward", ALDER, "--ward", BIRCH, "--from", "2026-11-01")


def test_a_neighbourhood_that_is_drawn_has_its_figures_at_once_and_what_it_replaces_keeps_its_own(police, run):
    code, said = draw(run)
    assert code == 0
    assert drugs(police, AreaKind.neighbourhood, "N00001") == 3
    assert drugs(police, AreaKind.neighbourhood, ALDER) == 2
    assert "Figures of crime were added up again. 0 of 2 snap points lie in another ward; 2 figures changed." in said


def merged_wards(folder):
    properties = {"WD26CD": "W05000005", "WD26NM": "Alderbirch", "LAD26CD": land.HERE, "LAD26NM": "Hereshire"}
    merged = land.feature(properties, land.ring(-3.0, 51.6, 0.04))
    kept = [land.ward(code, year=26) for code in (CEDAR, DERW)]
    return land.write_json(folder / "w.json", land.collection([merged, *kept]))


def test_new_wards_have_their_figures_at_once(police, run, tmp_path):
    code, said = run("import-places", merged_wards(tmp_path))
    assert code == 0
    assert drugs(police, AreaKind.neighbourhood, "W05000005") == 3
    assert drugs(police, AreaKind.neighbourhood, ALDER) == 2
    assert "2 of 2 snap points lie in another ward" in said


def test_what_moves_no_area_adds_nothing_up(run, tmp_path):
    files = land.write_land(tmp_path / "again")
    assert "added up" not in run("import-places", *files)[1]
    new = land.write_json(tmp_path / "w.json", land.collection([land.ward(ALDER, year=26)]))
    assert "added up" not in run("import-places", new, "--dry-run")[1]


@pytest.mark.parametrize("command", ["draw", "import"])
def test_what_figures_cannot_follow_does_not_happen(police, run, monkeypatch, tmp_path, command):
    def taken(*_):
        raise Conflict("an import is at work")

    monkeypatch.setattr(crime_cli, "recut_within", taken)
    before = areas(police)
    if command == "draw":
        code, said = draw(run)
    else:
        code, said = run("import-places", merged_wards(tmp_path))
    assert code == 2
    assert ": an import is at work. Run this again when it has ended." in said
    assert areas(police) == before


def areas(database):
    with database.reading() as session:
        return [(one.id, one.code, one.ends_on) for one in session.exec(select(Area).order_by(Area.id))]


def test_an_area_that_ends_knows_when_the_portal_learned_of_it(police, run, tmp_path):
    draw(run)
    run("import-places", merged_wards(tmp_path))
    with police.reading() as session:
        ended = session.exec(select(Area).where(Area.ends_on.is_not(None))).all()
    assert {one.kind for one in ended} == {AreaKind.ward, AreaKind.neighbourhood}
    assert {one.closed_at for one in ended} == {clock.now()}


def test_without_any_month_there_is_nothing_to_add_up(database, settings):
    with database.unit_of_work() as session:
        assert manifest.after_places(session, settings) is None


def test_the_portals_own_commands_know_what_follows(settings):
    here = cli._command(settings)
    here.database.close()
    assert {crime_cli.add_up_again, carry_across} <= set(here.after_places)

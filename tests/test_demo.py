"""The demonstration is whole, starts again as it was, and is never half made."""

import re

import pytest
from rich.console import Console
from sqlmodel import Session, col, func, select

from portal import demo
from portal.audit.queries import verify_chain
from portal.clock import Month, today
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, ImportRun, Revised
from portal.db import Database
from portal.places.models import Area, AreaKind, PlaceName
from tests.serving import copy_of, demonstration


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The demonstration's settings and its database."""
    folder = copy_of(demonstration(), tmp_path_factory.mktemp("made"))
    loaded = demo.prepare(folder, Console(quiet=True))
    database = Database(loaded.url)
    yield loaded, database
    database.close()


@pytest.fixture
def session(made):
    with made[1].reading() as opened:
        yield opened


def count(session: Session, *clauses) -> int:
    return session.exec(select(func.count()).where(*clauses)).one()


def test_it_says_what_it_is_and_uses_no_real_address(made):
    loaded, _ = made
    assert loaded.demo
    addresses = [
        value
        for name in dir(loaded.authority)
        if name.endswith("_email")
        for value in [getattr(loaded.authority, name)]
    ]
    assert all(address.endswith(".example.org") for address in addresses)


def test_it_has_fourteen_wards_named_in_both_languages_and_the_levels_above(session):
    assert count(session, Area.kind == AreaKind.ward) == 14
    assert count(session, Area.kind == AreaKind.neighbourhood) == 14
    assert {area.kind for area in session.exec(select(Area))} == set(AreaKind)
    assert count(session, Area.kind == AreaKind.ward, Area.name_en != Area.name_cy) > 7
    assert {"village", "estate"} <= set(session.exec(select(PlaceName.kind)))


def test_thirty_six_months_end_two_months_ago_and_one_is_missing_with_a_reason(session):
    wanted = select(ForceMonth).where(ForceMonth.force == "glasfor").order_by(col(ForceMonth.month))
    *months, waiting = session.exec(wanted).all()
    assert len(months) == 36
    assert Month.of(today()).index - months[-1].month in {2, 3}
    assert (waiting.month, waiting.state) == (months[-1].month + 1, ForceMonthState.imported)
    (missing,) = [one for one in months if one.state is ForceMonthState.not_supplied]
    assert missing.reason_en
    assert missing.reason_cy
    assert all(one.state is ForceMonthState.released for one in months if one is not missing)


def test_one_month_was_revised_and_the_pages_can_say_so(session):
    revised = set(session.exec(select(Revised.month)))
    assert len(revised) == 1
    replaced = session.exec(select(ImportRun).where(ImportRun.outcome == "replaced")).all()
    assert [run.month for run in replaced] == list(revised)
    assert replaced[0].moved["outcomes"]


def test_a_note_stands_beside_one_neighbourhoods_month(session):
    (note,) = session.exec(select(ContextNote))
    assert note.text_en != note.text_cy


def test_every_act_of_making_it_is_on_record_and_the_record_is_whole(session):
    verdict = verify_chain(session)
    assert verdict.whole
    assert verdict.entries > 50


def test_started_again_it_is_taken_as_it_is(made):
    loaded, _ = made
    path = loaded.data_dir / "portal.db"
    before = path.stat().st_ino, path.stat().st_size
    demo.prepare(loaded.data_dir, Console(quiet=True))
    assert (path.stat().st_ino, path.stat().st_size) == before


def test_an_interrupted_start_leaves_nothing_half_made(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo.prepare(tmp_path / "demo", Console(quiet=True))
    assert not (tmp_path / "demo" / "portal.db").exists()
    monkeypatch.undo()
    demo.prepare(tmp_path / "demo", Console(quiet=True))
    names = {path.name for path in (tmp_path / "demo").iterdir()}
    assert names == {"portal.db", "portal.toml"}, "the leftovers of the interrupted start are gone"


def test_every_page_says_that_the_data_are_made_up(demo):
    for path in ("/en/", "/cy/", "/en/nowhere"):
        said = demo.client.get(path).text
        assert re.search("portal-demo-banner", said)

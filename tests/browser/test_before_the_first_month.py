"""A portal in its first hour: areas but no month released, and then not even areas."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from sqlmodel import delete, update

from portal import migrating, revisions
from portal.crime.models import ForceMonth, ForceMonthState
from portal.db import Database
from portal.settings import CONFIG_NAME
from portal.web.language import LANGUAGES
from tests.browser.looking import axe, misfits, walk
from tests.browser.visits import NOTHING_YET, Visit
from tests.serving import Served, copy_of, demonstration, served


@pytest.fixture(scope="module")
def unreleased(tmp_path_factory) -> Iterator[Served]:
    folder = copy_of(demonstration(), tmp_path_factory.mktemp("unreleased"))
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    with database.unit_of_work() as session:
        session.exec(delete(ForceMonth).where(ForceMonth.state == ForceMonthState.not_supplied))
        session.exec(update(ForceMonth).values(state=ForceMonthState.imported))
        revisions.touch(session, "crime")
    database.close()
    with served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("empty")
    shutil.copy(demonstration() / CONFIG_NAME, folder)
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    migrating.upgrade(database)
    database.close()
    with served(folder) as running:
        yield running


def looked_at(opened, address: str) -> list[str]:
    page = opened(360, bypass_csp=True)
    answer = page.goto(address)
    assert answer.status == 200
    return axe(page) + misfits(page) + walk(page)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["neighbourhood", "authority", "partnership", "force"])
def test_an_area_without_a_month_says_so(opened, unreleased, facts, name, lang):
    visit = Visit(name, f"crime:{name}", NOTHING_YET, {"slug": name})
    assert looked_at(opened, unreleased.base + facts.path(visit, lang)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("route", ["hub:front", "places:index", "places:find"])
def test_a_portal_without_areas_says_so(opened, empty, facts, route, lang):
    assert looked_at(opened, empty.base + facts.urls.path(route, lang)) == []

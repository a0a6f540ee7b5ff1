"""A page asks the database as often for much as for little."""

from __future__ import annotations

import asyncio

import pytest
from sqlmodel import select

from portal.clock import Month
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, Revised
from portal.db import Database
from portal.places.models import Area, AreaKind, AreaMember
from portal.publishing.content import PAGES
from tests.bench.asked import Asker
from tests.serving import copy_of, demonstration
from tests.telling import tell

MORE_AREAS, MORE_WORDS = 200, 40
KINDS = (AreaKind.neighbourhood, AreaKind.authority, AreaKind.partnership, AreaKind.force)


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    """Many more neighbourhoods, and many more notes and corrections where there is one."""
    folder = copy_of(demonstration(), tmp_path_factory.mktemp("larger"))
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    with database.unit_of_work() as session:
        authority = session.exec(select(Area).where(Area.kind == AreaKind.authority)).one()
        for number in range(MORE_AREAS):
            add_neighbourhood(session, authority, number)
        for row in (*session.exec(select(ContextNote)), *session.exec(select(Revised))):
            values = row.model_dump(exclude={"id"})
            session.add_all(type(row)(**values) for _ in range(MORE_WORDS))
    database.close()
    return folder


def add_neighbourhood(session, authority, number):
    """A ward of the authority, and the neighbourhood that is drawn as it is."""
    ward, neighbourhood = (
        Area(
            kind=kind,
            code=f"W0588{number:04d}",
            name_en=f"Place {number}",
            name_cy=f"Lle {number}",
            slug_en=f"place-{number}",
            slug_cy=f"lle-{number}",
            starts_on=authority.starts_on,
        )
        for kind in (AreaKind.ward, AreaKind.neighbourhood)
    )
    session.add_all((ward, neighbourhood))
    session.flush()
    for parent in (authority, neighbourhood):
        session.add(AreaMember(parent_id=parent.id, child_id=ward.id, starts_on=authority.starts_on))


def asked(folder) -> dict[str, int]:
    """The number of statements of every page that is made from rows."""
    with Asker.of(folder) as asker:
        slugs = {kind: asker.areas(kind)[0].slug_en for kind in KINDS}
        with asker.database.reading() as session:
            released = select(ForceMonth.month).where(ForceMonth.state == ForceMonthState.released)
            latest = Month.from_index(max(session.exec(released)))
        routes = {f"crime:{kind}": {"slug": slugs[kind]} for kind in KINDS}
        routes |= {
            f"crime:{kind}_{form}": {"slug": slugs[kind], "month": latest}
            for kind in KINDS
            for form in ("month", "csv", "json")
        }
        routes |= {
            name: {} for name in ("hub:front", "places:index", "places:find", *(f"publishing:{slug}" for slug in PAGES))
        }
        counts = {name: counted(asker, asker.path(name, **params)) for name, params in routes.items()}
        return counts | {"/sitemap.xml": counted(asker, "/sitemap.xml")}


def counted(asker: Asker, path: str) -> int:
    """How often the page asks for data; whether anything changed is asked beside it, by the clock."""
    with asker.statements() as heard:
        status, _ = asyncio.run(asker.answer(path))
    assert status == 200, path
    return len([one for one in heard if "revision" not in one and one != "BEGIN"])


def test_queries_a_page_do_not_grow_with_the_rows(larger):
    few, many = asked(demonstration()), asked(larger)
    tell("B3 statements a page: " + ", ".join(f"{name} {count}" for name, count in sorted(many.items())))
    assert few == many
    assert max(many.values()) <= 16

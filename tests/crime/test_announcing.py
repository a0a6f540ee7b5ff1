"""New figures are announced once to whoever follows an area, however they became public; old months are not news."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event
from sqlmodel import select, update

from portal import clock
from portal.app import create_app
from portal.crime import announcing, service
from portal.crime.announcing import announce_figures
from portal.crime.manifest import manifest
from portal.lifecycle import OPERATOR, Reference
from portal.notifications.following import Wish, follow
from portal.notifications.manifest import manifest as notifications
from portal.notifications.models import (
    Announcement,
    AnnouncementTopic,
    OutboxMessage,
    Rhythm,
)
from portal.notifications.topics import carry_across
from portal.places.models import Area, AreaKind, AreaMember, AreaSuccessor
from portal.settings import Settings
from portal.vault import Vault
from tests.browse import Browse
from tests.checks import every
from tests.crime.streets import MONTH, crimes
from tests.factories import job_context


def announced(country):
    return sorted(one.key for one in country.all(Announcement))


def release(country, month=MONTH):
    with country.database.unit_of_work() as session:
        service.release_month(session, OPERATOR, month)


def test_nothing_is_announced_before_it_is_public(country):
    country.load(crimes(3))
    assert announce_figures(country.database) == 0
    release(country)
    assert announce_figures(country.database) > 1
    assert announce_figures(country.database) == 0


def test_every_area_with_figures_has_its_notice_and_there_is_one_for_all(country):
    country.load([*crimes(1, at="A"), *crimes(1, at="C")], release=True)
    announce_figures(country.database)
    areas = {one.topic for one in country.all(AnnouncementTopic)}
    assert f"area:{country.ids['gwent']}" in areas
    assert "figures:new" in areas
    assert len(areas) == len(country.all(Announcement))
    assert all(one.key.endswith(str(MONTH)) for one in country.all(Announcement))


def test_where_nothing_was_recorded_that_is_announced_too(country):
    country.load(crimes(1, at="A"), release=True)
    announce_figures(country.database)
    assert country.figures("two") == country.figures("near B and C") == {}
    shown = [country.ids[name] for name in ("gwent", "one", "two", "whole", "near A", "near B and C")]
    assert announced(country) == sorted(f"crime-figures:{one}:{MONTH}" for one in (*shown, "all"))


PAGES = ["/en/crime/neighbourhoods/near-b-and-c", "/cy/troseddu/cymdogaethau/near-b-and-c"]


@pytest.mark.parametrize("path", PAGES)
def test_the_page_of_an_area_names_its_feed_in_its_own_language(country, settings, path):
    key = country.ids["near B and C"]
    feeds = {"en": f"/en/feed/area/{key}.atom", "cy": f"/cy/ffrwd/area/{key}.atom"}
    with Browse(create_app(settings, database=country.database)) as browse:
        page = browse.open(path)
        assert feeds_of(page) == [feeds[page.lang]]
        country.load(crimes(1, at="A"), release=True)
        for address in (path, f"{path}/{MONTH}"):
            assert feeds_of(browse.open(address)) == [feeds[page.lang]]
        before = browse.client.get(feeds[page.lang])
        assert announce_figures(country.database) > 0
        after = browse.client.get(feeds[page.lang])
    assert (before.text.count("<entry>"), after.text.count("<entry>")) == (0, 1)
    assert f"{path}/{MONTH}" in after.text


def feeds_of(page):
    return [one.get("href") for one in every(page.root, "link") if one.get("type") == "application/atom+xml"]


def test_an_area_hears_of_the_months_of_its_own_force_alone(country):
    """Of a force that supplied nothing the page says so, whatever others recorded there; and each has its own pace."""
    with country.database.unit_of_work() as session:
        other = Area(kind=AreaKind.force, code="W15000009", name_en="South", name_cy="De", slug_en="south-wales")
        other.slug_cy, other.starts_on = "de-cymru", dt.date(2022, 5, 5)
        session.add(other)
        session.flush()
        lies_in = (AreaMember.child_id == country.ids["two"], AreaMember.parent_id == country.ids["gwent"])
        session.exec(update(AreaMember).where(*lies_in).values(parent_id=other.id))
        country.ids["south-wales"] = other.id
    forces = frozenset({"gwent", "south-wales"})
    country.load([*crimes(1, at="A"), *crimes(1, at="C")], release=True, forces=forces)
    announce_figures(country.database)
    assert f"crime-figures:{country.ids['two']}:{MONTH}" not in announced(country)
    before = MONTH.plus(-1)
    country.load(crimes(1, at="C"), month=before, force="south-wales", release=True, forces=forces)
    assert announce_figures(country.database) == 2
    late = {f"crime-figures:{country.ids[name]}:{before}" for name in ("two", "south-wales")}
    assert late <= set(announced(country))


def replace(country, name, *others, days_ago=0):
    """Draw a neighbourhood in the place of others, and let their followers go along."""
    day = clock.today() - dt.timedelta(days=days_ago)
    new = Area(kind=AreaKind.neighbourhood, code=f"N{name}", name_en=name, name_cy=name, slug_en=name, slug_cy=name)
    new.starts_on = day
    with country.database.unit_of_work() as session:
        session.add(new)
        session.flush()
        for other in others:
            area = session.get_one(Area, country.ids[other])
            area.ends_on, area.closed_at = day, clock.now()
            links = session.exec(select(AreaMember).where(AreaMember.parent_id == area.id)).all()
            session.add(AreaSuccessor(area_id=area.id, successor_id=new.id))
            for one in links:
                one.ends_on = day
                session.add(AreaMember(parent_id=new.id, child_id=one.child_id, starts_on=day))
        session.flush()
        carry_across(session, Settings())
        country.ids[name] = new.id


def test_who_was_told_of_a_month_is_not_told_again_when_boundaries_change(country):
    country.load(crimes(2), release=True)
    announce_figures(country.database)
    replace(country, "valley", "near A", days_ago=1)
    assert announce_figures(country.database) == 0
    replace(country, "vale", "valley", "near B and C")
    assert announce_figures(country.database) == 0
    country.load(crimes(2), month=MONTH.plus(1), release=True)
    announce_figures(country.database)
    assert f"crime-figures:{country.ids['vale']}:{MONTH.plus(1)}" in announced(country)


def test_what_was_not_announced_of_the_old_area_is_announced_of_the_new_one(country):
    country.load(crimes(2), release=True)
    replace(country, "valley", "near A")
    announce_figures(country.database)
    assert f"crime-figures:{country.ids['valley']}:{MONTH}" in announced(country)


def test_the_number_of_statements_does_not_grow_with_the_number_of_areas(country):
    country.load(crimes(2), release=True)
    few = counted(country.database)
    with country.database.unit_of_work() as session:
        wards = session.exec(select(Area.id).where(Area.kind == AreaKind.ward)).all()
        for n in range(50):
            code, slug = f"N{n:05d}", f"n-{n}"
            area = Area(kind=AreaKind.neighbourhood, code=code, name_en=slug, name_cy=slug, slug_en=slug, slug_cy=slug)
            area.starts_on = dt.date(2022, 5, 5)
            session.add(area)
            session.flush()
            session.add(AreaMember(parent_id=area.id, child_id=wards[n % 3], starts_on=area.starts_on))
    assert counted(country.database) == few


def counted(database):
    """How many statements find out what is owed."""
    statements = []

    def hear(_connection, _cursor, statement, *_):
        statements.append(statement)

    with database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", hear)
        announcing._owed(session)
        event.remove(session.get_bind(), "before_cursor_execute", hear)
    return len(statements)


def test_an_import_of_many_months_announces_the_latest_alone(country):
    for number in range(4):
        country.load(crimes(2), month=MONTH.plus(-number), release=True)
    announce_figures(country.database)
    assert {one.facts["month"] for one in country.all(Announcement)} == {str(MONTH)}


def test_an_older_month_that_comes_later_and_a_month_that_is_revised_are_no_news(country):
    country.load(crimes(2), release=True)
    announce_figures(country.database)
    before = announced(country)
    country.load(crimes(2), month=MONTH.plus(-1), release=True)
    country.load(crimes(5))
    assert (announce_figures(country.database), announced(country)) == (0, before)


def test_the_next_month_is_news_again(country):
    country.load(crimes(2), release=True)
    first = announce_figures(country.database)
    country.load(crimes(2), month=MONTH.plus(1), release=True)
    assert announce_figures(country.database) == first


def test_the_transport_police_alone_are_no_news(country):
    country.load(crimes(2), force="btp", release=True)
    assert announce_figures(country.database) == 0
    country.load(crimes(2), release=True)
    assert announce_figures(country.database) > 0


def test_a_follower_reads_of_the_month_by_its_name_in_their_language(country, settings, time_machine):
    country.load(crimes(2), release=True)
    neighbourhood = Reference("area", str(country.ids["gwent"]))
    wish = Wish("ann@example.org", neighbourhood, Rhythm.immediate, "cy")
    with country.database.unit_of_work() as session:
        follow(session, Vault(settings), wish)
    here = job_context(country.database, settings)
    jobs = {one.name: one for one in (*manifest.jobs, *notifications.jobs)}
    assert jobs["announce-figures"].run(here).endswith(" announced")
    assert jobs["announce-figures"].run(here) is None
    assert jobs["tell-followers"].run(here) == "1 letters written"
    (letter,) = country.all(OutboxMessage)
    assert letter.subject.startswith("Ffigurau troseddu newydd, Hydref 2024: ")
    assert f"/cy/troseddu/heddluoedd/gwent/{MONTH}" in letter.body

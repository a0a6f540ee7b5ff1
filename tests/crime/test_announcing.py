"""New figures are announced once to whoever follows an area, however they became public; old months are not news."""

from __future__ import annotations

from portal.crime import service
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
from portal.vault import Vault
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

"""The queue, its order, its speed in each language, the desk, and the public rules."""

import datetime as dt

import pytest
import time_machine

from portal.app import create_app
from portal.lifecycle import Reference
from portal.moderation.holding import claim
from portal.moderation.models import ModerationItem, ModerationText
from portal.moderation.service import Decision, Submission, decide, submit
from portal.trouble import Conflict
from portal.web.identity import Person
from tests.browse import MARKED, Browse, Known
from tests.moderation.conftest import ENGLISH, WELSH
from tests.people import account, somebody

FRIDAY = dt.datetime(2026, 3, 6, 9, tzinfo=dt.UTC)


@pytest.fixture
def friday():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


def listed(page):
    return [text for text, href in page.links(page.main) if "/items/" in href or "/eitemau/" in href]


def references(office):
    return [one.reference.upper() for one in sorted(office.rows(ModerationItem), key=lambda one: one.id)]


def test_the_queue_goes_by_what_came_first_whatever_the_language(office, friday):
    for language in ("cy", "en", "cy", "en"):
        office.submit(WELSH if language == "cy" else ENGLISH, language)
        friday.shift(3600)
    with office.moderator() as browse:
        page = browse.open("/en/moderation/queue")
        assert listed(page) == references(office)
        assert "9 March 2026" in page.said
        assert listed(page.follow("In Welsh")) == references(office)[::2]
        assert listed(page.follow("In English")) == references(office)[1::2]
        assert listed(page.follow("What you hold")) == []
        assert listed(browse.open("/cy/cymedroli/ciw")) == references(office)


def test_what_one_holds_and_what_was_decided_can_be_listed(office):
    first, second = office.submit(), office.submit()
    with office.moderator(name="Enw Cymedrolwr") as browse:
        browse.open(f"/en/moderation/items/{first}").press("Take it on")
        assert listed(browse.open("/en/moderation/queue?whose=mine")) == references(office)[:1]
        assert "Enw Cymedrolwr" in browse.open("/en/moderation/queue").said
        page = browse.open(f"/en/moderation/items/{first}").tick("Show it as it is")
        page.press("Save the decision")
        assert listed(browse.open("/en/moderation/queue?whose=decided")) == references(office)[:1]
        assert listed(browse.open("/en/moderation/queue")) == references(office)[1:]
    assert office.item(second).claimed_by is None


@pytest.mark.parametrize("query", ["?language=de", "?whose=everybody", "?language=%00", "?x=1"])
def test_what_the_queue_does_not_know_is_the_whole_queue(office, query):
    office.submit()
    with office.moderator() as browse:
        assert len(listed(browse.open(f"/en/moderation/queue{query}"))) == 1


def test_what_is_overdue_says_so_from_midnight_of_its_last_day(office, friday):
    office.submit()
    friday.move_to(dt.datetime(2026, 3, 9, 23, 59, tzinfo=dt.UTC))
    with office.moderator() as browse:
        assert "overdue" not in browse.open("/en/moderation/queue").said.lower().replace("overdue now", "")
        friday.move_to(dt.datetime(2026, 3, 10, 0, 0, tzinfo=dt.UTC))
        assert "overdue" in browse.open("/en/moderation/queue").said.lower().replace("overdue now", "")


def test_the_speed_of_both_languages_is_public(office, friday):
    office.submit(WELSH, "cy")
    first = office.submit(WELSH, "cy")
    friday.shift(5400)
    with office.moderator() as browse:
        page = browse.open(f"/en/moderation/items/{first}").press("Take it on").tick("Show it as it is")
        page.press("Save the decision")
    with office.reader() as reader:
        page = reader.open("/en/moderation")
        rows = [" ".join("".join(row.itertext()).split()) for row in page.main.iter("tr")]
        assert rows == [
            "English Cymraeg",
            "Waiting now 0 1",
            "Overdue now 0 0",
            "Decided 0 1",
            "Decided in time 0 1",
            "Hours taken: half took less – nothing decided 1.5",
        ]
        welsh = page.in_other_language()
        assert "Y ddwy iaith ar yr un cyflymder" in welsh.said


def test_the_speed_looks_back_for_ninety_days_only(office, friday):
    first = office.submit()
    with office.moderator() as browse:
        page = browse.open(f"/en/moderation/items/{first}").press("Take it on").tick("Show it as it is")
        page.press("Save the decision")
    friday.shift(dt.timedelta(days=91))
    with office.reader() as reader:
        assert reader.open("/en/moderation").said.count("nothing decided") == 2


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_a_moderator_finds_the_queue_at_the_desk_and_others_do_not(office, lang):
    office.submit()
    path = {"en": "/en/desk", "cy": "/cy/desg"}[lang]
    with office.moderator() as browse, somebody(office.app, "analyst") as other:
        page = browse.open(path)
        assert {"en": "Words that wait to be decided: 1", "cy": "Geiriau sy'n aros am benderfyniad: 1"}[
            lang
        ] in page.said
        assert not [href for _, href in other.open(path).links() if "moderat" in href]


def test_the_same_words_are_put_before_the_moderators_once_and_other_words_never(database):
    thing = Reference("issue", "7")
    with database.unit_of_work() as session:
        first = submit(session, Submission(thing, {"text": " Café\r\nb\x00 "}, "en", "/en/find", "a@example.org")).key
    with database.unit_of_work() as session:
        assert submit(session, Submission(thing, {"text": "Café\nb"}, "en", "/en/find")).key == first
    with pytest.raises(Conflict), database.unit_of_work() as session:
        submit(session, Submission(thing, {"text": "Other words"}, "en", "/en/find"))
    with database.reading() as session:
        assert session.get_one(ModerationText, (first, "text")).original == "Café\nb"


@pytest.mark.parametrize("texts", [{}, {"text": ""}, {"text": " \n\x1a"}])
def test_nothing_is_put_before_the_moderators_without_words(database, texts):
    with pytest.raises(ValueError, match="no words"), database.unit_of_work() as session:
        submit(session, Submission(Reference("issue", "7"), texts, "en", "/en/find"))


def test_a_kind_of_thing_that_no_noun_knows_is_not_decided(database, settings):
    app = create_app(settings, database=database)
    with pytest.raises(KeyError), database.unit_of_work() as session:
        _decided(session, app)


def _decided(session, app):
    number = submit(session, Submission(Reference("nobodys", "1"), {"text": "x"}, "en", "/en/find")).key
    person = Person(account(session, "moderator").key, 1, "", "en", frozenset({"moderator"}), frozenset({"moderate"}))
    claim(session, person, number)
    decide(session, person, number, Decision("show", {}, {}), app.state)


@pytest.mark.parametrize("path", ["/en/moderation", "/cy/cymedroli", "/en/report-content", "/en/report-content/notice"])
def test_every_word_of_the_public_pages_comes_from_the_catalogue(sqlite_database, settings, path):
    app = create_app(settings, database=sqlite_database, catalogues=MARKED)
    authority = settings.authority
    texts = {
        lang: (authority.name(lang), authority.contact_name(lang), authority.contact_email, "English", "Cymraeg")
        for lang in ("en", "cy")
    }
    with Browse(app, known=Known(texts)) as browse:
        assert browse.open(path).status == 200

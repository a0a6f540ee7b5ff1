"""Messages are answered by those who may: oldest first, each reading recorded, nothing done twice."""

import datetime as dt
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from sqlmodel import select

from portal.accounts.models import Account
from portal.app import create_app
from portal.audit.models import AuditEntry, AuditSalt
from portal.audit.queries import verify_chain
from portal.audit.rules import Personal
from portal.audit.service import record
from portal.contact import service
from portal.contact.manifest import manifest
from portal.contact.models import Inbox, Message
from portal.contact.queries import inboxes
from portal.lifecycle import OPERATOR
from portal.notifications.models import OutboxMessage
from portal.notifications.service import Mail, write
from portal.trouble import Conflict, NotFound
from tests.checks import every, words
from tests.people import account, somebody

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(database, settings):
    return create_app(settings, database=database)


@pytest.fixture
def ann(app):
    """She answers messages."""
    with somebody(app, "communications", name="Ann Enghraifft") as browse:
        yield browse


@pytest.fixture
def bob(app):
    """So does he."""
    with somebody(app, "case_officer", name="Bob Enghraifft") as browse:
        yield browse


def message(database, reference, at=NOON, **about):
    values = {"inbox": Inbox.general, "about": "", "text": "The light is broken", "language": "en"} | about
    with time_machine.travel(at, tick=False), database.unit_of_work() as session:
        service.receive(session, Message(reference=reference, received_at=at, **values))
    return reference


def kept(database, reference):
    with database.reading() as session:
        return service.get_message(session, reference)


def acts(database, reference=""):
    with database.reading() as session:
        found = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(one.act, one.actor) for one in found if not reference or one.thing == f"message:{reference}"]


def number_of(database, name):
    with database.reading() as session:
        return session.exec(select(Account).where(Account.name == name)).one().key


def works(database, work, *given):
    with database.unit_of_work() as session:
        return work(session, OPERATOR, *given)


def test_what_waits_is_listed_by_inbox_oldest_first_whatever_its_language(database):
    for number, (lang, inbox) in enumerate([("cy", "general"), ("en", "general"), ("cy", "figure"), ("en", "general")]):
        message(database, f"aaaa-aaa{9 - number}", NOON - number * DAY, language=lang, inbox=Inbox(inbox))
    works(database, service.mark_answered, "aaaa-aaa8")
    with database.reading() as session:
        found = {one.inbox: [(row.reference, row.days) for row in one.messages] for one in inboxes(session)}
    assert found == {
        "figure": [("aaaa-aaa7", 2)],
        "accessibility": [],
        "general": [("aaaa-aaa6", 3), ("aaaa-aaa9", 0)],
    }


def test_the_list_shows_how_long_each_waits_and_nothing_that_was_written(database, ann):
    message(database, "aaaa-aaaa", NOON - 3 * DAY, text="A secret", email="writer@example.org", language="cy")
    page = ann.open("/en/messages")
    (row,) = [one for one in every(page.main, "tr") if "AAAA-AAAA" in words(one)]
    assert [words(cell) for cell in every(row, "th", "td")] == [
        "AAAA-AAAA",
        "31 May 2024",
        "3",
        "Cymraeg",
        "nobody yet",
    ]
    assert "secret" not in page.text
    assert "writer@" not in page.text


def test_the_desk_says_how_many_wait_and_since_when(database, ann):
    assert "Messages that wait" not in ann.open("/en/desk").said
    message(database, "aaaa-aaaa", NOON - 3 * DAY)
    message(database, "bbbb-bbbb")
    desk = ann.open("/en/desk")
    assert "Messages that wait for an answer: 2" in desk.said
    assert "The oldest came on: 31 May 2024" in desk.said
    assert desk.follow("Messages that wait for an answer: 2").path == "/en/messages"


def test_nobody_else_has_them_on_the_desk(database, app):
    message(database, "aaaa-aaaa")
    with somebody(app, "analyst") as other:
        assert "Messages" not in other.open("/en/desk").said


def test_a_message_that_is_read_is_read_on_the_record(database, ann):
    message(database, "aaaa-aaaa", text="One\n\nTwo", email="writer@example.org", about="/en/contact/general")
    page = ann.open("/en/messages").follow("AAAA-AAAA")
    assert [words(one) for one in every(page.main, "p")][1:3] == ["One", "Two"]
    (read, *_) = acts(database, "aaaa-aaaa")
    assert read == ("message-read", f"account:{number_of(database, 'Ann Enghraifft')}")


@pytest.mark.parametrize(
    ("lang", "subject"),
    [("en", "Your message to the community safety portal: AAAA-AAAA"), ("cy", None)],
)
def test_an_answer_begins_in_the_language_in_which_somebody_wrote(database, ann, lang, subject):
    message(database, "aaaa-aaaa", email="o'ann+1&x@example.org", language=lang)
    page = ann.open("/en/messages/aaaa-aaaa")
    (link,) = [href for text, href in page.links(page.main) if text.startswith("Write to")]
    parts = urlsplit(link)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert unquote(parts.path) == "o'ann+1&x@example.org"
    assert set(fields) == {"subject", "body"}
    assert "AAAA-AAAA" in fields["subject"][0]
    assert subject is None or fields["subject"] == [subject]
    assert "\r\n" in fields["body"][0]


def test_without_an_address_no_answer_is_offered(database, ann):
    message(database, "aaaa-aaaa")
    page = ann.open("/en/messages/aaaa-aaaa")
    assert "no answer is possible" in page.said
    assert "mailto:" not in page.text.partition("<main")[2].partition("</main")[0]


LATE = dt.datetime(2024, 6, 3, 22, 30, tzinfo=dt.UTC)
"""23:30 in London."""


@pytest.fixture
def late_ann(app, clock):
    """She works until midnight."""
    clock.move_to(LATE)
    with somebody(app, "communications") as browse:
        yield browse


def test_it_is_marked_as_answered_and_taken_back_within_the_day(database, late_ann, clock):
    message(database, "aaaa-aaaa")
    page = late_ann.open("/en/messages/aaaa-aaaa").press("Mark as answered")
    assert "The message is marked as answered." in page.said
    assert kept(database, "aaaa-aaaa").answered_at == LATE
    assert "AAAA-AAAA" in late_ann.open("/en/messages").said
    clock.shift(29 * 60)
    page = late_ann.open("/en/messages/aaaa-aaaa").press("It is not answered after all")
    assert "waits for an answer again" in page.said
    assert kept(database, "aaaa-aaaa").answered_at is None
    assert [act for act, _ in acts(database) if act != "message-read"] == [
        "answer_message",
        "message-answer-taken-back",
    ]


def test_on_a_later_day_it_cannot_be_taken_back(database, late_ann, clock):
    message(database, "aaaa-aaaa")
    late_ann.open("/en/messages/aaaa-aaaa").press("Mark as answered")
    clock.shift(31 * 60)
    assert "after all" not in late_ann.open("/en/messages/aaaa-aaaa").said
    assert "AAAA-AAAA" not in late_ann.open("/en/messages").said
    page = late_ann.send("/en/messages/aaaa-aaaa/not-answered", {})
    assert "can no longer be taken back" in page.said
    assert kept(database, "aaaa-aaaa").answered_at == LATE


def test_of_two_who_take_a_message_one_has_it_and_the_other_is_told(database, ann, bob):
    message(database, "aaaa-aaaa")
    page = bob.open("/en/messages/aaaa-aaaa")
    assert "You will answer this message." in ann.open("/en/messages/aaaa-aaaa").press("I will answer this").said
    late = page.press("I will answer this")
    assert "A colleague was quicker" in late.said
    assert "Ann Enghraifft" in late.said
    assert kept(database, "aaaa-aaaa").claimed_by == number_of(database, "Ann Enghraifft")
    assert "Ann Enghraifft" in bob.open("/en/messages").said


def test_at_one_instant_one_of_several_has_it(database):
    message(database, "aaaa-aaaa")
    won, barrier = [], threading.Barrier(4)

    def take(number):
        barrier.wait()
        try:
            works(database, service.claim, "aaaa-aaaa", number)
        except Conflict:
            return
        won.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in (1, 2, 3, 4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert won == [kept(database, "aaaa-aaaa").claimed_by]
    assert [act for act, _ in acts(database)] == ["message-claimed"]


def test_a_message_is_handed_to_a_colleague_who_may_answer_it(database, app, ann, bob):
    message(database, "aaaa-aaaa")
    with app.state.database.unit_of_work() as session:
        account(session, "analyst", name="Cai Enghraifft")
    page = ann.open("/en/messages/aaaa-aaaa")
    offered = [words(one) for one in every(page.field("Who answers this message"), "option")]
    assert offered == ["whoever comes first", "Ann Enghraifft", "Bob Enghraifft"]
    theirs = str(number_of(database, "Bob Enghraifft"))
    assert "handed over" in page.fill("Who answers this message", theirs).press("Hand over").said
    assert "It is yours now." in bob.open("/en/messages/aaaa-aaaa").said
    assert (
        "Whoever comes first"
        in bob.open("/en/messages/aaaa-aaaa").fill("Who answers this message", "").press("Hand over").said
    )
    assert kept(database, "aaaa-aaaa").claimed_by is None
    for nobody in (str(number_of(database, "Cai Enghraifft")), "99", "x", "-1"):
        refused = ann.send("/en/messages/aaaa-aaaa/hand-over", {"colleague": nobody})
        assert "can no longer answer messages" in refused.said
    assert kept(database, "aaaa-aaaa").claimed_by is None
    ours = number_of(database, "Ann Enghraifft")
    given = [one for one in acts(database, "aaaa-aaaa") if one[0] != "message-read"]
    assert given == [("message-handed-over", f"account:{one}") for one in (ours, theirs)]


@pytest.mark.parametrize("what", ["claim", "hand-over"])
def test_what_is_answered_is_nobodys_to_take(database, ann, what):
    message(database, "aaaa-aaaa")
    works(database, service.mark_answered, "aaaa-aaaa")
    assert "answered in the meantime" in ann.send(f"/en/messages/aaaa-aaaa/{what}", {"colleague": ""}).said
    assert kept(database, "aaaa-aaaa").claimed_by is None


def test_open_work_is_counted_and_goes_to_the_heir(database):
    for reference, holder in (("aaaa-aaaa", 1), ("bbbb-bbbb", 1), ("cccc-cccc", 2), ("dddd-dddd", 1)):
        message(database, reference)
        works(database, service.claim, reference, holder)
    works(database, service.mark_answered, "dddd-dddd")
    with database.unit_of_work() as session:
        assert manifest.open_work.count(session, 1) == 2
        assert manifest.open_work.hand_over(session, OPERATOR, 1, 2) == 2
        assert manifest.open_work.count(session, 1) == 0
        assert manifest.open_work.count(session, 2) == 3
        assert manifest.open_work.hand_over(session, OPERATOR, 2, None) == 3
    assert kept(database, "dddd-dddd").claimed_by is None
    assert kept(database, "cccc-cccc").claimed_by is None
    handed = [actor for act, actor in acts(database) if act == "message-handed-over"]
    assert handed == [OPERATOR.reference] * 5


PATHS = ["", "/aaaa-aaaa", "/zzzz-zzzz"]
POSTS = ["answered", "not-answered", "claim", "hand-over"]


@pytest.mark.parametrize("role", ["analyst", "administrator", "data_protection", "councillor"])
def test_who_may_not_answer_messages_finds_none(database, app, role):
    message(database, "aaaa-aaaa")
    with somebody(app, role) as other:
        for path in PATHS:
            other.open(f"/en/messages{path}", 404)
        for post in POSTS:
            assert other.client.post(f"/en/messages/aaaa-aaaa/{post}", data={}).status_code == 404
    assert acts(database, "aaaa-aaaa") == []


@pytest.mark.parametrize("post", POSTS)
def test_a_message_that_is_not_there_cannot_be_dealt_with(database, ann, post):
    ann.open("/cy/negeseuon/zzzz-zzzz", 404)
    assert ann.client.post(f"/en/messages/zzzz-zzzz/{post}", data={}).status_code == 404


def test_both_languages_have_every_page(database, ann):
    message(database, "aaaa-aaaa", language="cy", text="Mae'r golau wedi torri", email="writer@example.org")
    welsh = ann.open("/en/messages/aaaa-aaaa").in_other_language()
    assert welsh.path == "/cy/negeseuon/aaaa-aaaa"
    assert "Mae'r golau wedi torri" in welsh.said
    assert ann.open("/cy/negeseuon").heading


def test_everything_somebody_wrote_is_given_out_and_erased_with_the_mail_and_what_could_be_tied_to_it(
    database, settings
):
    for reference, email in (("aaaa-aaaa", "Writer@Example.org"), ("bbbb-bbbb", "other@example.org")):
        message(database, reference, email=email)
        with database.unit_of_work() as session:
            about = service.reference_of(reference)
            write(session, Mail("inbox@example.org", "x", "x", about=about, language="en"), settings)
            record(session, OPERATOR, "told", about, after={"email": Personal(email)})
    with database.unit_of_work() as session:
        (held,) = manifest.personal.held(session, "writer@example.org")
        assert (held.record, held.fields["text"]) == ("message", "The light is broken")
        assert "answered_at" not in held.fields
        assert manifest.personal.erase(session, OPERATOR, "writer@example.org") == 1
        assert manifest.personal.erase(session, OPERATOR, "writer@example.org") == 0
        assert list(manifest.personal.held(session, "writer@example.org")) == []
    with database.reading() as session:
        assert [one.about for one in session.exec(select(OutboxMessage))] == ["message:bbbb-bbbb"]
        assert [one.entry_id for one in session.exec(select(AuditSalt))] == [2]
        assert verify_chain(session).whole
    with pytest.raises(NotFound):
        kept(database, "aaaa-aaaa")
    assert ("message-erased", "operator") in acts(database, "aaaa-aaaa")


def test_the_dry_run_counts_what_the_job_deletes(database, settings, clock):
    for reference in ("aaaa-aaaa", "bbbb-bbbb"):
        message(database, reference)
    works(database, service.mark_answered, "aaaa-aaaa")
    for days, expected in ((180, 0), (184, 1)):
        clock.move_to(NOON + days * DAY)
        with database.unit_of_work() as session:
            assert manifest.retention[0].due(session, settings) == expected
            if expected:
                assert service.forget_answered(session, settings) == expected

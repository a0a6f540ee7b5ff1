"""Mail that could not be delivered: the desk shows it, and who looks after mail tries again or gives up."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import delete

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.notifications import undelivered
from portal.notifications.following import reference_of
from portal.notifications.models import Follower, OutboxMessage
from portal.notifications.service import Mail, write
from tests.browse import Browse
from tests.notifications.conftest import NOON
from tests.people import somebody


def refuse(parish, *addresses, reason="550", **about):
    """Letters that the mail server refused."""
    with parish.database.unit_of_work() as session:
        for address in addresses:
            row = write(
                session,
                Mail(address, "Your message to the portal", "A secret", **about, language="en"),
                parish.settings,
            )
            session.get_one(OutboxMessage, row.id).refused = reason


@pytest.fixture
def officer(parish):
    with somebody(parish.app, "communications") as browse:
        yield browse


def test_the_desk_says_how_many_letters_could_not_be_delivered_and_leads_to_them(parish, officer):
    assert "could not be delivered" not in officer.open("/en/desk").said
    refuse(parish, "a@example.org", "b@example.org")
    page = officer.open("/en/desk").follow("Messages that could not be delivered: 2")
    assert "a@example.org" in page.said
    assert "The mail server knows no such mailbox" in page.said
    assert "A secret" not in page.text
    assert page.in_other_language().lang == "cy"


def test_who_looks_at_the_addresses_is_recorded_and_the_record_names_none(parish, officer):
    officer.open("/en/mail")
    assert parish.all(AuditEntry) == []
    refuse(parish, "a@example.org", "b@example.org")
    officer.open("/en/mail")
    (entry,) = parish.all(AuditEntry)
    assert (entry.act, entry.thing, entry.role) == ("mail-read", "mail:refused", "communications")
    assert "example.org" not in str(entry.model_dump())


def test_nobody_else_sees_them(parish):
    refuse(parish, "a@example.org")
    with somebody(parish.app, "analyst") as analyst:
        assert "could not be delivered" not in analyst.open("/en/desk").said
        analyst.open("/en/mail", 404)
        assert analyst.client.post("/en/mail/1/give-up").status_code == 404
    assert parish.browse.client.get("/en/mail").status_code in {303, 401}
    assert len(parish.all(OutboxMessage)) == 1


def test_a_letter_is_tried_again_with_its_own_id_and_the_record_has_no_address(parish, officer):
    refuse(parish, "a@example.org")
    (before,) = parish.all(OutboxMessage)
    page = officer.open("/en/mail").press("Try again: a@example.org, Your message to the portal")
    assert "The message is on its way again." in page.said
    assert "a@example.org" not in page.said
    assert parish.run("send-mail") == "1 sent, 0 waiting or refused"
    (after,) = parish.all(OutboxMessage)
    assert (after.message_id, after.sent_at is not None) == (before.message_id, True)
    act = parish.all(AuditEntry)[-1]
    assert (act.act, act.thing, act.before) == ("mail-tried-again", f"mail:{after.id}", {"refused": "550"})
    assert "example.org" not in str([one.model_dump() for one in parish.all(AuditEntry)])


def test_a_letter_is_given_up_and_gone(parish, officer):
    refuse(parish, "a@example.org", reason="expired")
    page = officer.open("/en/mail").press("Give up: a@example.org, Your message to the portal")
    assert "Every message was delivered, or is on its way." in page.said
    assert parish.all(OutboxMessage) == []
    assert parish.all(AuditEntry)[-1].act == "mail-given-up"
    assert officer.client.post("/en/mail/1/give-up").status_code == 404
    assert officer.client.post("/en/mail/1/again").status_code == 404


def test_a_follower_whose_mailbox_is_no_more_is_given_up_with_the_letter(parish, officer):
    parish.follows()
    (follower,) = parish.all(Follower)
    with parish.database.unit_of_work() as session:
        session.exec(delete(OutboxMessage))
        row = write(
            session, Mail("ann@example.org", "News", "B", about=reference_of(follower), language="en"), parish.settings
        )
        session.get_one(OutboxMessage, row.id).refused = "550"
    page = officer.open("/en/mail")
    assert "a follower" in page.said
    page.press("Give up: ann@example.org, News")
    assert (parish.all(Follower), parish.all(OutboxMessage)) == ([], [])


def test_a_letter_that_was_not_refused_is_nobodys_to_give_up(parish, officer):
    with parish.database.unit_of_work() as session:
        row = write(session, Mail("a@example.org", "S", "B", language="en"), parish.settings)
    for word in ("again", "give-up"):
        assert officer.client.post(f"/en/mail/{row.id}/{word}").status_code == 404
    assert len(parish.all(OutboxMessage)) == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("unwritable", "The address or the text cannot be written as mail"),
        ("expired", "The mail server put it off for five days"),
        ("552", "The mailbox is full"),
        ("599", "The mail server refused it: 599"),
    ],
)
def test_every_reason_is_said(parish, officer, reason, said):
    refuse(parish, "a@example.org", reason=reason)
    assert said in officer.open("/en/mail").said


def test_mail_that_waits_for_a_server_that_is_away_is_a_task_after_an_hour(parish, officer):
    with parish.database.unit_of_work() as session:
        row = write(session, Mail("a@example.org", "S", "B", language="en"), parish.settings)
        session.get_one(OutboxMessage, row.id).tries = 3
    assert "mail server is not reached" not in officer.open("/en/desk").said
    parish.clock.shift(dt.timedelta(hours=1, seconds=1))
    page = officer.open("/en/desk").follow("Messages that wait because the mail server is not reached: 1")
    assert "Ask who runs the portal." in page.said


def test_a_letter_that_is_tried_again_waits_from_then_on(parish, officer):
    refuse(parish, "a@example.org")
    parish.clock.shift(dt.timedelta(hours=1, seconds=1))
    said = "mail server is not reached"
    assert said not in officer.open("/en/mail").press("Try again: a@example.org, Your message to the portal").said
    (letter,) = parish.all(OutboxMessage)
    with parish.database.unit_of_work() as session:
        session.get_one(OutboxMessage, letter.id).tries += 1
    assert said not in officer.open("/en/desk").said
    assert "Ask who runs the portal." not in officer.open("/en/mail").said
    parish.clock.shift(dt.timedelta(hours=1, seconds=1))
    with parish.database.reading() as session:
        assert undelivered.stuck(session) == undelivered.Some(1, NOON + dt.timedelta(hours=1, seconds=1))
    assert said in officer.open("/en/desk").said


@pytest.fixture
def show(parish):
    """The same portal as a demonstration."""
    made = create_app(replace(parish.settings, demo=True), database=parish.database)
    with Browse(made) as browse:
        yield browse


def test_the_demonstration_shows_its_mail_and_the_links_in_it_lead_on(parish, show):
    assert "There is no message yet." in show.open("/en/mail-folder").said
    page = show.open(f"/cy/dilyn?topic={parish.topics[0]}").fill("Eich cyfeiriad e-bost", "ann@example.org")
    sent = page.press("Dilyn")
    parish.run("send-mail")
    folder = sent.follow("Arddangosiad yw hwn: darllenwch y neges yma")
    assert "Maes-y-deri ŵ" in folder.said
    (link,) = [href for text, href in folder.links(folder.main) if text.startswith("http")]
    assert show.open(link).press("Ie, rwyf am ei ddilyn").lang == "cy"
    english = folder.in_other_language()
    assert any(one.get("lang") == "cy" and one.tag == "h2" for one in english.main.iter())


def test_a_portal_that_is_no_demonstration_shows_no_mail(parish):
    parish.asks()
    parish.run("send-mail")
    parish.browse.open("/en/mail-folder", 404)
    made = create_app(replace(parish.settings, demo=True, smtp_host="127.0.0.1"), database=parish.database)
    with Browse(made) as browse:
        browse.open("/en/mail-folder", 404)


def test_a_portal_in_english_alone_asks_for_no_language(parish):
    made = create_app(replace(parish.settings, welsh=False), database=parish.database)
    with Browse(made) as browse:
        page = browse.open(f"/en/follow?topic={parish.topics[0]}")
        page.fill("Your e-mail address", "ann@example.org").press("Follow")
        private = browse.send(parish.link(parish.mail()[0], "/confirm/"), {})
        assert "Language of the messages" not in private.said
        assert "Your choices are saved." in private.press("Save these choices").said

"""From the month to a named inbox, with nothing typed lost, and an answer in the reader's language."""

from __future__ import annotations

from sqlmodel import select

from portal.contact.models import Message
from portal.notifications.models import OutboxMessage
from tests.browse import Page

TEXT = "Which figure looks wrong, and why do you think so?"
EMAIL = "Your e-mail address, if you would like an answer (optional)"


def form_about_blackthorn(resident) -> Page:
    return resident.open("/en/crime/neighbourhoods/blackthorn").follow("This figure looks wrong")


def kept(database, model):
    with database.reading() as session:
        return session.exec(select(model)).all()


def test_a_message_reaches_the_inbox_and_the_writer_has_a_reference(resident, operator, database):
    page = form_about_blackthorn(resident).fill(TEXT, "The shop has closed.").fill(EMAIL, "reader@example.org")
    receipt = page.press("Send")
    assert receipt.heading == "We have your message"
    (message,), (mail,) = kept(database, Message), kept(database, OutboxMessage)
    assert message.reference.upper() in receipt.said
    assert (message.about, message.language) == ("/en/crime/neighbourhoods/blackthorn", "en")
    assert (mail.to_address, mail.reply_to) == ("figures@elwern.example.org", "reader@example.org")
    assert "The shop has closed." in mail.body
    assert message.reference in operator.types("messages")
    assert "answered" in operator.types("message-answered", message.reference)
    assert message.reference not in operator.types("messages")


def test_what_was_typed_is_kept_until_it_is_right(resident, database):
    page = form_about_blackthorn(resident).fill(EMAIL, "reader at home").press("Send")
    assert page.status == 422
    assert len(page.problems()) == 2
    assert page.value(EMAIL) == "reader at home"
    assert not kept(database, Message)
    done = page.fill(TEXT, "It was 3, not 4.").fill(EMAIL, "").press("Send")
    assert done.heading == "We have your message"
    assert kept(database, Message)[0].about == "/en/crime/neighbourhoods/blackthorn"


def test_sent_twice_by_an_impatient_thumb_it_is_one_message(resident, database):
    page = form_about_blackthorn(resident).fill(TEXT, "Twice.")
    first, second = page.press("Send"), page.press("Send")
    assert first.path == second.path
    assert len(kept(database, Message)) == len(kept(database, OutboxMessage)) == 1


def test_somebody_who_cannot_use_a_page_reaches_the_accessibility_inbox_in_welsh(resident, database):
    statement = resident.open("/cy/datganiad-hygyrchedd")
    form = next(href for _, href in statement.links(statement.main) if href.startswith("/cy/cysylltu/hygyrchedd"))
    page = resident.open(form)
    label = "Beth roeddech yn ceisio ei wneud, a beth wnaeth eich rhwystro?"
    receipt = page.fill(label, "Ni allaf ddarllen y tabl.").press("Anfon")
    (message,), (mail,) = kept(database, Message), kept(database, OutboxMessage)
    assert receipt.path.startswith("/cy/")
    assert message.language == "cy"
    assert mail.to_address == "accessibility@elwern.example.org"

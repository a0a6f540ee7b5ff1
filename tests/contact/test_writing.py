"""Somebody writes to a named inbox: what they see, what is kept, and that neither is ever without the other."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
import time_machine
from sqlmodel import select

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.contact.forms import MOST_WORDS
from portal.contact.manifest import manifest
from portal.contact.models import Inbox, Message
from portal.contact.service import forget_answered, inbox_address, mark_answered, new_reference
from portal.db import Database
from portal.lifecycle import OPERATOR
from portal.notifications.models import OutboxMessage
from portal.trouble import NotFound, Unavailable
from tests.browse import MARKED, Browse, Known
from tests.factories import job_context

NOON = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)
WORDS = "Mae’r golau wedi torri.\nThe light is <b>broken</b> & 'dark'."


@pytest.fixture
def browse(database, settings):
    """Somebody with a browser at an empty portal, on each database."""
    with Browse(create_app(settings, database=database)) as reader:
        yield reader


def kept(database, what=Message):
    with database.reading() as session:
        return session.exec(select(what).order_by(what.id)).all()


def form(browse, path):
    """The page of the form, with its two fields and its button whatever the language says."""
    page = browse.open(path)
    text, email = (one.get("name") for one in page.root.iter() if one.get("id") in {"text", "email"})
    assert (text, email) == ("text", "email")
    return page


def send(page, text=WORDS, email=""):
    page.typed |= {"text": text, "email": email}
    (button,) = page.main.iter("button")
    return page.press("".join(button.itertext()).strip())


PATHS = {
    ("general", "en"): "/en/contact/general",
    ("general", "cy"): "/cy/cysylltu/cyffredinol",
    ("figure", "en"): "/en/contact/figure",
    ("figure", "cy"): "/cy/cysylltu/ffigur",
    ("accessibility", "en"): "/en/contact/accessibility",
    ("accessibility", "cy"): "/cy/cysylltu/hygyrchedd",
}


@pytest.mark.parametrize(("inbox", "lang"), PATHS)
def test_a_message_is_kept_and_mail_is_written_and_the_writer_has_a_reference(browse, database, inbox, lang):
    receipt = send(form(browse, PATHS[inbox, lang]), email="ann@example.org")
    (message,) = kept(database)
    (mail,) = kept(database, OutboxMessage)
    assert receipt.path.startswith(f"/{lang}/")
    assert message.reference.upper() in receipt.said
    assert (message.inbox, message.text, message.email, message.language) == (inbox, WORDS, "ann@example.org", lang)
    assert mail.to_address == inbox_address(browse.settings, Inbox(inbox))
    assert mail.reply_to == "ann@example.org"
    assert WORDS in mail.body
    assert message.reference.upper() in mail.subject


def test_the_receipt_is_there_in_the_other_language_too(browse):
    receipt = send(form(browse, PATHS["general", "en"]))
    assert receipt.in_other_language().path.replace("/cy/cysylltu/diolch/", "") in receipt.path


def test_a_receipt_says_nothing_of_the_message(browse):
    receipt = send(form(browse, PATHS["general", "en"]), text="A secret", email="ann@example.org")
    assert "secret" not in receipt.text
    assert "ann@" not in receipt.text
    assert receipt.headers["cache-control"] == "no-store"


def test_whether_an_answer_comes_depends_on_the_address(browse):
    without = send(form(browse, PATHS["general", "en"]))
    with_one = send(form(browse, PATHS["general", "en"]), email="ann@example.org")
    assert without.said != with_one.said
    assert "you will have an answer" in with_one.said


@pytest.mark.parametrize("reference", ["zzzz-zzzz", "a", "k7mn-p2qr-x"])
@pytest.mark.parametrize("path", ["/en/contact/thank-you/", "/cy/cysylltu/diolch/"])
def test_a_reference_that_nobody_has_leads_to_nothing(browse, path, reference):
    browse.open(path + reference, 404)


def test_mail_tells_the_inbox_in_both_languages_what_it_needs(browse, database):
    page = browse.open("/cy/cysylltu/ffigur?about=/cy/cymdogaethau")
    assert page.links(page.main) == [("/cy/cymdogaethau", "/cy/cymdogaethau")]
    send(page)
    (mail,) = kept(database, OutboxMessage)
    assert mail.body.count(f"{browse.settings.public_url}/cy/cymdogaethau") == 2
    assert "Written in: Welsh" in mail.body
    assert "Cymraeg" in mail.body
    assert " / " in mail.subject
    assert "{" not in mail.body + mail.subject


@pytest.mark.parametrize(("email", "said"), [("ann@example.org", "is below."), ("", "no address was given.")])
def test_every_sentence_of_the_mail_stands_on_a_line_of_its_own(browse, database, email, said):
    send(form(browse, "/en/contact/figure?about=/en/find"), email=email)
    (mail,) = kept(database, OutboxMessage)
    (message,) = kept(database)
    lines = mail.body.splitlines()
    assert lines[0] == f"Reference: {message.reference.upper()}"
    assert lines[2] == f"About this page: {browse.settings.public_url}/en/find"
    assert lines[3].endswith(said)
    assert lines[4] == "Written in: English"


def test_every_word_of_the_mail_comes_from_the_catalogue(database, settings):
    browse = Browse(create_app(settings, database=database, catalogues=MARKED), known=Known({}))
    browse.client.post(PATHS["figure", "cy"], data={"text": "§", "form_key": "k" * 30, "email": "ann@example.org"})
    (mail,) = kept(database, OutboxMessage)
    for text in (mail.subject, mail.body):
        loose, depth = "", 0
        for letter in text:
            depth += (letter == "⟦") - (letter == "⟧")
            loose += letter if not depth and letter != "⟧" else ""
        assert loose.strip("/§- \n") == "", "but for the rule between the languages"


PROBLEMS = {
    "nothing": ("", "", ["text"]),
    "only white space": ("  \n\t ", "ann@example.org", ["text"]),
    "too much": ("x" * 3001, "", ["text"]),
    "no address": (WORDS, "ann at example", ["email"]),
    "too long an address": (WORDS, "a@" + "b" * 250 + ".org", ["email"]),
    "everything": ("", "ann@", ["text", "email"]),
}


@pytest.mark.parametrize("lang", ["en", "cy"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_with_problems_the_form_comes_again_with_everything_that_was_typed(browse, database, lang, name):
    text, email, fields = PROBLEMS[name]
    page = form(browse, PATHS["general", lang])
    again = send(page, text, email)
    assert again.status == 422
    assert len(again.problems()) == len(fields)
    values = {one.get("id"): one for one in again.root.iter() if one.get("id") in {"text", "email"}}
    assert (values["text"].text or "").strip() == text.strip()
    assert values["email"].get("value", "") == email
    assert [one.get("id") for one in again.root.iter() if one.get("aria-describedby", "").endswith("-error")] == fields
    assert kept(database) == kept(database, OutboxMessage) == []


def test_a_form_with_problems_can_be_put_right_and_sent(browse, database):
    again = send(form(browse, PATHS["general", "en"]), email="ann at")
    receipt = send(again, email="ann@example.org")
    assert receipt.status == 200
    assert len(kept(database)) == 1


def test_the_form_says_how_long_a_text_may_be(browse):
    assert f"At most {MOST_WORDS:,} characters" in browse.open(PATHS["general", "en"]).said
    again = send(form(browse, PATHS["general", "en"]), text="x" * (MOST_WORDS + 1))
    assert again.problems() == [f"Make the text shorter: at most {MOST_WORDS:,} characters"]


def test_the_longest_text_that_may_be_sent_is_sent(browse, database):
    send(form(browse, PATHS["general", "en"]), text="ŵ" * 3000)
    assert kept(database)[0].text == "ŵ" * 3000


@pytest.mark.parametrize("about", ["/en/find", "/cy/troseddu/cymdogaethau/pen-y-bont/2024-05", ""])
def test_the_page_it_is_about_is_kept(browse, database, about):
    browse.client.post(PATHS["figure", "en"], data={"text": "x", "about": about})
    assert kept(database)[0].about == about


@pytest.mark.parametrize(
    "about", ["//evil.example", "https://evil.example/en/", "/en/\n", "/de/", "javascript:1", "/en/'>"]
)
def test_what_is_no_page_of_ours_is_no_page_it_is_about(browse, database, about):
    page = browse.client.get(PATHS["figure", "en"], params={"about": about})
    assert 'name="about" value=""' in page.text
    browse.client.post(PATHS["figure", "en"], data={"text": "x", "about": about})
    assert kept(database)[0].about in {"", "/en/"}


def test_the_same_form_sent_twice_makes_one_message(browse, database):
    page = form(browse, PATHS["general", "en"])
    first, second = send(page), send(page)
    assert first.path == second.path
    assert len(kept(database)) == len(kept(database, OutboxMessage)) == 1


def test_going_back_and_writing_something_else_makes_another_message(browse, database):
    page = form(browse, PATHS["general", "en"])
    assert send(page).path != send(page, text="And the bench as well").path
    assert len(kept(database)) == 2


def test_the_same_form_at_one_instant_makes_one_message_and_everybody_is_told_the_same(browse, database):
    values = {"text": WORDS, "form_key": "k" * 32}
    places, barrier = [], threading.Barrier(5)

    def post():
        barrier.wait()
        places.append(browse.client.post(PATHS["general", "en"], data=values).headers["location"])

    threads = [threading.Thread(target=post) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(places)) == 1
    assert len(kept(database)) == 1


def test_without_a_message_there_is_no_mail_and_without_mail_no_message(browse, database, monkeypatch):
    def broken(*_args):
        raise LookupError

    monkeypatch.setattr("portal.contact.routes.write", broken)
    answer = browse.client.post(PATHS["general", "en"], data={"text": WORDS, "form_key": "k" * 32})
    assert answer.status_code == 500
    monkeypatch.undo()
    assert kept(database) == kept(database, OutboxMessage) == []
    answer = browse.client.post(PATHS["general", "en"], data={"text": WORDS, "form_key": "k" * 32})
    assert answer.status_code == 303
    assert len(kept(database)) == 1


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_while_the_database_is_away_everything_typed_stays_on_the_page_to_be_sent_again(
    browse, database, monkeypatch, lang
):
    write = database.write

    async def away(_work):
        raise Unavailable("away")

    page = form(browse, PATHS["general", lang])
    values = {"text": WORDS, "email": "ann@example.org", "form_key": "k" * 32, "about": "/en/find"}
    monkeypatch.setattr(database, "write", away)
    trouble = browse.send(page.path, values, 503)
    again = press_the_only_button(trouble, 503)
    monkeypatch.setattr(database, "write", write)
    receipt = press_the_only_button(again, 200)
    (message,) = kept(database)
    assert message.reference.upper() in receipt.said
    assert (message.text, message.email, message.about) == (WORDS, "ann@example.org", "/en/find")
    assert len(kept(database, OutboxMessage)) == 1


def press_the_only_button(page, status):
    """Send the form that a page of trouble offers."""
    (form,) = page.main.iter("form")
    values = {one.get("name"): one.get("value") for one in form.iter("input")}
    return page.browse.send(form.get("action"), values, status)


def test_who_is_slowed_down_keeps_what_was_typed(browse, database):
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(30):
            browse.client.post(PATHS["general", "en"], data={"text": f"{number}"})
        trouble = browse.send(PATHS["general", "en"], {"text": WORDS, "form_key": "k" * 32}, 429)
        assert "60" in trouble.said
        clock.shift(3600)
        press_the_only_button(trouble, 200)
    assert kept(database)[-1].text == WORDS


def test_a_fault_of_ours_keeps_what_was_typed_too(browse, database, monkeypatch):
    def broken(*_args):
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr("portal.contact.routes.write", broken)
        trouble = browse.send(PATHS["general", "en"], {"text": WORDS, "form_key": "k" * 32}, 500)
    press_the_only_button(trouble, 200)
    assert kept(database)[0].text == WORDS


def test_a_trouble_that_will_not_pass_offers_nothing_to_send_again(browse):
    refused = browse.client.post(PATHS["general", "en"], data={"text": WORDS}, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert WORDS[:10] not in refused.text


def test_one_caller_may_write_thirty_times_an_hour_and_others_go_on(browse, database):
    with time_machine.travel(NOON, tick=False) as clock:
        codes = [browse.client.post(PATHS["general", "en"], data={"text": f"{n}"}).status_code for n in range(31)]
        assert codes == [303] * 30 + [429]
        refused = browse.client.post(PATHS["general", "cy"], data={"text": "x"}, headers={"x-forwarded-for": "6.6.6.6"})
        assert refused.status_code == 429
        assert '<html lang="cy"' in refused.text
        assert refused.headers["retry-after"] == "3600"
        neighbour = Browse(browse.app, address="203.0.113.8")
        assert neighbour.client.post(PATHS["general", "en"], data={"text": "x"}).status_code == 303
        clock.shift(3600)
        assert browse.client.post(PATHS["general", "en"], data={"text": "x"}).status_code == 303
    assert len(kept(database)) == 32


def test_what_is_refused_by_the_limit_counts_after_a_restart_too(browse, database, settings):
    with time_machine.travel(NOON, tick=False):
        for number in range(30):
            browse.client.post(PATHS["general", "en"], data={"text": f"{number}"})
        again = Database(database.engine.url.render_as_string(hide_password=False))
        other = Browse(create_app(settings, database=again))
        assert other.client.post(PATHS["general", "en"], data={"text": "x"}).status_code == 429
        again.close()


def answered(database, moment, reference):
    with time_machine.travel(moment, tick=False), database.unit_of_work() as session:
        mark_answered(session, OPERATOR, reference)


def test_a_message_is_forgotten_some_months_after_its_answer_and_never_before(browse, database, settings):
    with time_machine.travel(NOON, tick=False):
        for _ in range(2):
            send(form(browse, PATHS["general", "en"]))
    first, second = (one.reference for one in kept(database))
    answered(database, NOON, first)
    job = manifest.jobs[0]
    for days, left in ((180, 2), (184, 1), (4000, 1)):
        with time_machine.travel(NOON + dt.timedelta(days=days), tick=False):
            assert job.run(job_context(database, settings)) == ("1 deleted" if days == 184 else None)
            assert len(kept(database)) == left
    assert kept(database)[0].reference == second


def test_the_mail_that_carries_a_message_ends_with_it_sent_or_not(browse, database, settings):
    with time_machine.travel(NOON, tick=False):
        for words in ("first", "second"):
            send(form(browse, PATHS["general", "en"]), text=words, email="ann@example.org")
    first, _ = kept(database)
    answered(database, NOON, first.reference)
    with time_machine.travel(NOON + dt.timedelta(days=184), tick=False):
        manifest.jobs[0].run(job_context(database, settings))
    (mail,) = kept(database, OutboxMessage)
    assert "second" in mail.body


def test_the_settings_say_for_how_long(database, settings):
    with database.unit_of_work() as session:
        session.add(
            Message(
                reference="aaaa-aaaa",
                inbox=Inbox.general,
                about="",
                text="x",
                language="en",
                received_at=NOON,
                answered_at=NOON,
            )
        )
    with time_machine.travel(NOON + dt.timedelta(days=62), tick=False), database.unit_of_work() as session:
        assert forget_answered(session, replace(settings, feedback_months=3)) == 0
        assert forget_answered(session, replace(settings, feedback_months=2)) == 1


def test_an_answer_is_recorded_once_without_a_word_of_the_message(browse, database):
    send(form(browse, PATHS["figure", "en"]), text="A secret", email="ann@example.org")
    (message,) = kept(database)
    for _ in range(2):
        answered(database, NOON, message.reference)
    (entry,) = kept(database, AuditEntry)
    assert (entry.act, entry.thing, entry.after) == (
        "answer_message",
        f"message:{message.reference}",
        {"inbox": "figure"},
    )
    assert kept(database)[0].answered_at == NOON
    with database.reading() as session:
        assert verify_chain(session).whole


def test_a_message_that_is_not_there_cannot_be_answered(database):
    with pytest.raises(NotFound), database.unit_of_work() as session:
        mark_answered(session, OPERATOR, "zzzz-zzzz")


def test_a_reference_can_be_read_out_over_the_telephone():
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    assert not set("".join(references)) & set("01loiu ")
    assert all(len(one) == 9 and one[4] == "-" for one in references)

"""The outbox against a real mail server on loopback: nothing is lost, nobody waits for somebody else, and a repeat can
be known as one.
"""

import asyncio
import datetime as dt
import socket
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlmodel import select

from portal.lifecycle import Reference
from portal.notifications import service
from portal.notifications.manifest import manifest
from portal.notifications.models import OutboxMessage
from portal.notifications.service import (
    EXPIRED,
    PUT_OFF_DAYS,
    UNSENT_KEPT_DAYS,
    Mail,
    forget_about,
    forget_over,
    send_due,
    write,
)
from portal.settings import Settings
from tests.factories import job_context

NOON = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)


class Postman:
    """Takes what it is given, and answers to each address and text as it was told to."""

    def __init__(self):
        self.taken = []
        self.to_recipient = {}
        self.to_data = "250 OK"
        self.silent_to = set()
        self.most_a_line = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.silent_to:
            await asyncio.sleep(2)
        answer = self.to_recipient.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.to_data == "hang up":
            server.transport.close()
            return "250 OK"
        if self.to_data.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.most_a_line and len(self.taken) % self.most_a_line == 0:
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return self.to_data


class PostOffice:
    """An outbox, the settings of a server on loopback and a clock that stands still."""

    def __init__(self, database, clock, folder):
        self.database, self.clock, self.postman = database, clock, Postman()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.settings = Settings(
            data_dir=folder,
            smtp_host="127.0.0.1",
            smtp_port=self.port,
            smtp_security="none",
            mail_from="portal@elwern.example.org",
        )

    @contextmanager
    def opened(self, **more):
        controller = Controller(self.postman, hostname="127.0.0.1", port=self.port, **more)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def put(self, *addresses, subject="S", body="B", language="", **more):
        with self.database.unit_of_work() as session:
            for address in addresses:
                write(session, Mail(address, subject, body, language=language, **more), self.settings)

    def send(self, **other_settings):
        return send_due(self.database, replace(self.settings, **other_settings))

    def rows(self):
        with self.database.reading() as session:
            return session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()


@pytest.fixture
def closed(database, tmp_path):
    """A post office whose server is down."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield PostOffice(database, clock, tmp_path / "data")


@pytest.fixture
def office(closed):
    with closed.opened():
        yield closed


def test_a_letter_arrives_as_it_was_written(office):
    body = "Annwyl bawb,\n\nMae’r golau wedi torri ym Mhen-y-bont ŵ.\n.\nFrom here\n"
    office.put("figures@example.org", subject="Ffigur\n o’i le", body=body, reply_to="ann@example.org")
    assert office.send() == "1 sent, 0 waiting or refused"
    (letter,) = office.postman.taken
    (row,) = office.rows()
    assert letter["To"] == "figures@example.org"
    assert letter["From"].addresses[0].addr_spec == "portal@elwern.example.org"
    assert letter["Reply-To"] == "ann@example.org"
    assert letter["Subject"] == "Ffigur o’i le"
    assert letter["Message-ID"] == row.message_id
    assert row.message_id.endswith("@elwern.example.org>")
    assert letter["Date"].datetime == NOON
    assert letter.get_content().replace("\r\n", "\n") == body
    assert (row.sent_at, row.tries, row.refused) == (NOON, 1, None)


def test_a_letter_that_was_sent_is_not_sent_again(office):
    office.put("a@example.org")
    office.send()
    office.clock.shift(3600)
    assert office.send() is None
    assert len(office.postman.taken) == 1


def test_a_letter_belongs_to_the_act_that_it_tells_of(closed):
    def fail():
        with closed.database.unit_of_work() as session:
            write(session, Mail("a@example.org", "S", "B", language="en"), closed.settings)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert closed.rows() == []


def test_while_the_server_is_down_letters_wait_and_then_all_arrive_with_their_own_ids(closed):
    addresses = [f"{number}@example.org" for number in range(5)]
    closed.put(*addresses)
    for _ in range(120):  # ten minutes of the job that runs every five seconds
        closed.send()
        closed.clock.shift(5)
    waiting = closed.rows()
    assert not [one for one in waiting if one.sent_at or one.refused]
    back_at = dt.timedelta()
    with closed.opened():
        while [one for one in closed.rows() if one.sent_at is None] and back_at < dt.timedelta(minutes=5):
            closed.send()
            closed.clock.shift(5)
            back_at += dt.timedelta(seconds=5)
    assert back_at <= dt.timedelta(minutes=2)
    assert sorted(one["To"] for one in closed.postman.taken) == addresses
    assert {one["Message-ID"] for one in closed.postman.taken} == {one.message_id for one in waiting}


def test_a_server_that_is_away_is_asked_once_a_run_and_not_for_every_letter(closed):
    closed.put(*(f"{number}@example.org" for number in range(5)))
    assert closed.send() == "0 sent, 5 waiting or refused"
    assert [one.tries for one in closed.rows()] == [1, 0, 0, 0, 0]


def test_a_letter_is_tried_for_ever_and_never_less_than_every_two_minutes(closed):
    closed.put("a@example.org")
    with closed.database.unit_of_work() as session:
        session.exec(select(OutboxMessage)).one().tries = 5000
    closed.send()
    (row,) = closed.rows()
    wait = row.not_before - NOON
    assert (row.tries, row.refused) == (5001, None)
    assert dt.timedelta(minutes=1) < wait <= dt.timedelta(minutes=2)


def test_waits_grow_so_that_a_server_in_trouble_is_left_in_peace(closed):
    closed.put("a@example.org")
    waits = []
    for _ in range(9):
        closed.send()
        wait = closed.rows()[0].not_before - dt.datetime.now(dt.UTC)
        waits.append(wait.total_seconds())
        closed.clock.shift(wait)
    assert waits == [2, 4, 8, 16, 32, 64, 100, 100, 100]


@pytest.mark.parametrize(
    ("answer", "refused", "is_tried_again"),
    [
        ("550 No such user", "550", False),
        ("553 Not allowed", "553", False),
        ("450 Mailbox busy", None, True),
        ("421 Come back later", None, True),
    ],
)
def test_an_address_that_is_refused_for_good_is_left_and_one_that_is_busy_is_tried_again(
    office, answer, refused, is_tried_again
):
    office.postman.to_recipient["bad@example.org"] = answer
    office.put("bad@example.org")
    office.send()
    assert office.rows()[0].refused == refused
    office.clock.shift(600)
    office.send()
    assert office.rows()[0].tries == (2 if is_tried_again else 1)
    office.postman.to_recipient.clear()
    office.clock.shift(600)
    office.send()
    assert len(office.postman.taken) == (1 if is_tried_again else 0)


@pytest.mark.parametrize("answer", ["554 No", "451 Later", "250 OK"])
def test_what_the_server_says_of_the_text_counts_too(office, answer):
    office.postman.to_data = answer
    office.put("a@example.org")
    office.send()
    (row,) = office.rows()
    assert (row.refused, row.sent_at is not None) == (
        "554" if answer.startswith("554") else None,
        answer.startswith("250"),
    )


BAD = ["nobody@example.org", "broken\naddress@example.org", "@", "", "a@b@c", "ŵ@example.org", "x" * 254]


def test_one_bad_address_holds_nobody_up(office):
    office.postman.to_recipient["nobody@example.org"] = "550 No such user"
    office.put(*(one for bad in BAD for one in (bad, f"good{len(bad)}@example.org")))
    for _ in range(2 * len(BAD)):
        office.send()
        office.clock.shift(5)
    assert {f"good{len(bad)}@example.org" for bad in BAD} <= {one["To"] for one in office.postman.taken}


def test_what_cannot_be_written_is_put_aside(office):
    office.put("broken\naddress@example.org")
    office.send()
    assert office.rows()[0].refused == "unwritable"


def test_a_server_that_hangs_up_in_the_middle_is_told_again_with_the_same_id(office):
    office.put("a@example.org")
    office.postman.to_data = "hang up"
    office.send()
    assert (office.rows()[0].sent_at, office.rows()[0].refused) == (None, None)
    office.postman.to_data = "250 OK"
    office.clock.shift(60)
    office.send()
    assert [one["Message-ID"] for one in office.postman.taken] == [office.rows()[0].message_id]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize(("password", "arrives"), [("right", True), ("wrong", False)])
def test_a_wrong_password_loses_no_letter(closed, password, arrives):
    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    with closed.opened(authenticator=authenticate, auth_require_tls=False, auth_required=True):
        closed.put("a@example.org", "b@example.org")
        closed.send(smtp_user="portal", smtp_password=password)
    assert len(closed.postman.taken) == (2 if arrives else 0)
    assert [one.refused for one in closed.rows()] == [None, None]


def test_more_letters_than_one_run_takes_are_all_sent(office, monkeypatch):
    monkeypatch.setattr(service, "_AT_ONCE", 50)
    office.put(*(f"{number}@example.org" for number in range(60)))
    assert office.send() == "50 sent, 0 waiting or refused"
    assert office.send() == "10 sent, 0 waiting or refused"
    assert len(office.postman.taken) == 60


def test_what_was_sent_is_settled_letter_by_letter(office):
    """Killed in the middle, a run repeats at most the one letter that it had in hand."""
    office.put("a@example.org", "b@example.org")
    seen = []
    original = office.postman.handle_DATA

    async def looking(smtp, session, envelope):
        seen.append([one.sent_at is not None for one in office.rows()])
        return await original(smtp, session, envelope)

    office.postman.handle_DATA = looking
    office.send()
    assert seen == [[False, False], [True, False]]


def test_a_long_subject_is_cut_and_stays_one_line(closed):
    closed.put("a@example.org", subject="Bcc: x@example.org\r\n" * 40)
    subject = closed.rows()[0].subject
    assert len(subject) == 200
    assert "\n" not in subject


def test_letters_that_are_over_are_forgotten_after_thirty_days(office):
    office.postman.to_recipient["bad@example.org"] = "550 No"
    office.put("a@example.org", "bad@example.org")
    office.send()
    office.clock.shift(dt.timedelta(days=30))
    assert forget_over(office.database) is None
    office.put("waits@example.org")
    office.clock.shift(dt.timedelta(seconds=3))
    assert forget_over(office.database) == "2 deleted"
    assert [one.to_address for one in office.rows()] == ["waits@example.org"]


def test_a_letter_that_cannot_be_sent_is_not_kept_for_ever(closed):
    closed.put("waits@example.org")
    closed.clock.shift(dt.timedelta(days=UNSENT_KEPT_DAYS))
    closed.send()
    assert forget_over(closed.database) is None
    closed.clock.shift(dt.timedelta(seconds=1))
    assert forget_over(closed.database) == "1 deleted"
    assert closed.rows() == []


def test_mail_ends_with_what_it_tells_of_and_no_other_does(closed):
    with closed.database.unit_of_work() as session:
        for key in ("k7mn-p2qr", "k7mn-p2qs"):
            write(
                session,
                Mail("a@example.org", "S", key, about=Reference("message", key), language="en"),
                closed.settings,
            )
        write(session, Mail("a@example.org", "S", "of nothing", language="en"), closed.settings)
    with closed.database.unit_of_work() as session:
        forget_about(session, [Reference("message", "k7mn-p2qr")])
    assert [one.body for one in closed.rows()] == ["k7mn-p2qs", "of nothing"]


def test_a_letter_deleted_while_it_was_under_way_fails_no_run(office):
    original = office.postman.handle_DATA

    async def meanwhile(smtp, session, envelope):
        with office.database.unit_of_work() as writing:
            writing.delete(writing.exec(select(OutboxMessage)).first())
        return await original(smtp, session, envelope)

    office.postman.handle_DATA = meanwhile
    office.put("a@example.org", "b@example.org")
    assert office.send() == "2 sent, 0 waiting or refused"
    assert office.rows() == []


def test_a_letter_deleted_while_others_were_sent_is_not_sent_any_more(office):
    """Somebody may be erased, or leave everything, while the run that took their letter in hand goes on."""
    original = office.postman.handle_DATA

    async def meanwhile(smtp, session, envelope):
        with office.database.unit_of_work() as writing:
            for one in writing.exec(select(OutboxMessage).where(OutboxMessage.to_address == "erased@example.org")):
                writing.delete(one)
        return await original(smtp, session, envelope)

    office.postman.handle_DATA = meanwhile
    office.put("a@example.org", "erased@example.org", "b@example.org")
    assert office.send() == "2 sent, 0 waiting or refused"
    assert [one["To"] for one in office.postman.taken] == ["a@example.org", "b@example.org"]


LINK = "http://127.0.0.1:8000/en/accounts/invitation/a-secret"


def test_a_letter_that_was_sent_keeps_no_text_with_links_that_still_open_something(office):
    office.postman.to_recipient = {"bad@example.org": "550 No such user", "busy@example.org": "450 Mailbox busy"}
    addresses = ["a@example.org", "bad@example.org", "busy@example.org"]
    office.put(*addresses, subject="An invitation", body=LINK, headers={"List-Unsubscribe": f"<{LINK}>"})
    office.send()
    (taken,) = office.postman.taken
    assert (LINK in taken.get_content(), LINK in taken["List-Unsubscribe"]) == (True, True)
    kept = [(one.to_address, one.subject, LINK in one.body, bool(one.headers)) for one in office.rows()]
    assert kept == [(one, "An invitation", one != "a@example.org", one != "a@example.org") for one in addresses]
    assert LINK not in str(office.rows()[0].model_dump())


def test_a_run_ends_before_its_lease_does_however_slow_the_server_is(office, monkeypatch):
    monkeypatch.setattr(service, "_LONGEST_RUN_SECONDS", -1)
    office.put("a@example.org", "b@example.org")
    assert office.send() == "1 sent, 1 waiting or refused"
    (job,) = (one for one in manifest.jobs if one.name == "send-mail")
    assert job.lease > service.LONGEST_RUN
    assert job.lease <= dt.timedelta(minutes=1)


@pytest.fixture
def hasty(office, monkeypatch):
    """A worker that waits for no answer for long."""
    monkeypatch.setattr(service, "_LONGEST_TRY_SECONDS", 0.3)
    return office


def test_a_mailbox_that_never_answers_is_left_and_the_next_letter_goes(hasty):
    hasty.postman.silent_to = {"slow@example.org"}
    hasty.put("slow@example.org", "good@example.org")
    assert hasty.send() == "1 sent, 1 waiting or refused"
    slow, good = hasty.rows()
    assert (slow.put_off_at, slow.refused, good.sent_at) == (NOON, None, NOON)


def test_six_slow_mailboxes_keep_no_urgent_letter_waiting(hasty):
    slow = [f"slow{number}@example.org" for number in range(6)]
    hasty.postman.silent_to = set(slow)
    hasty.put(*slow)
    for _ in range(3):
        hasty.send()
        hasty.clock.shift(5)
    assert [one.tries for one in hasty.rows()] == [1] * 6
    hasty.put("urgent@example.org")
    hasty.send()
    assert [one["To"] for one in hasty.postman.taken] == ["urgent@example.org"]


def test_a_mailbox_that_never_answers_is_given_up_after_five_days_as_one_that_is_busy_is(hasty):
    hasty.postman.silent_to = {"slow@example.org"}
    hasty.put("slow@example.org")
    hasty.send()
    hasty.clock.shift(dt.timedelta(days=PUT_OFF_DAYS))
    hasty.send()
    assert hasty.rows()[0].refused == EXPIRED


def test_a_server_that_breaks_off_at_every_letter_is_soon_left_in_peace_and_then_has_them_all(office):
    office.postman.to_data = "hang up"
    office.put(*(f"{number}@example.org" for number in range(5)))
    assert office.send() == "0 sent, 5 waiting or refused"
    assert [one.tries for one in office.rows()] == [1, 1, 0, 0, 0]
    office.postman.to_data = "250 OK"
    office.clock.shift(5)
    assert office.send() == "5 sent, 0 waiting or refused"
    assert {one["Message-ID"] for one in office.postman.taken} == {one.message_id for one in office.rows()}


def test_a_server_that_takes_two_letters_a_line_is_called_again_for_the_next_two(office):
    original = office.postman.handle_RCPT

    async def slowly(*given):
        await asyncio.sleep(0.05)  # time for the line to end before the next letter
        return await original(*given)

    office.postman.handle_RCPT = slowly
    office.postman.most_a_line = 2
    office.put(*(f"{number}@example.org" for number in range(5)))
    assert office.send() == "5 sent, 0 waiting or refused"
    assert [(one.tries, one.put_off_at) for one in office.rows()] == [(1, None)] * 5


def test_every_job_does_its_work(office):
    office.put("a@example.org")
    reports = {job.name: job.run(job_context(office.database, office.settings)) for job in manifest.jobs}
    assert reports.pop("send-mail") == "1 sent, 0 waiting or refused"
    assert set(reports.values()) == {None}

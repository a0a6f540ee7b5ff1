"""Somebody's data: found by their address wherever it is held, given out, erased; and every look is on the record."""

import datetime as dt
import json
import logging
import re

import pytest
import time_machine
from sqlalchemy import event
from sqlmodel import select

from portal.accounts import links
from portal.accounts.models import Account, AccountLink, LinkPurpose, PasswordRequest
from portal.app import MANIFESTS, create_app
from portal.audit.models import AuditEntry, AuditSalt
from portal.audit.queries import verify_chain
from portal.audit.rules import commitment
from portal.contact import service as contact
from portal.contact.models import Inbox, Message
from portal.lifecycle import OPERATOR, Reference
from portal.moderation.service import Submission, submit
from portal.notifications.models import OutboxMessage
from portal.notifications.rules import mailbox
from portal.notifications.service import Mail, write
from portal.organisations.models import Holder, Organisation, OrganisationKind, Post
from portal.rights import holdings
from portal.web.manifest import Held, PersonalData
from tests.people import account, somebody

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
ANN = "ann.enghraifft@example.org"
NOUNS = tuple(noun.personal for noun in MANIFESTS if noun.personal)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(database, settings):
    return create_app(settings, database=database)


@pytest.fixture
def officer(app):
    with somebody(app, "data_protection") as browse:
        yield browse


@pytest.fixture
def filled(database, settings):
    """Two messages of Ann's, one of somebody else's, mail about one and to her, an account, a link, a request."""
    with database.unit_of_work() as session:
        for reference, email in (("aaaa-aaaa", ANN), ("bbbb-bbbb", ANN.upper()), ("cccc-cccc", "other@example.org")):
            words = f"Words of {reference}"
            values = {"inbox": Inbox.general, "about": "", "language": "en", "received_at": NOON}
            contact.receive(session, Message(reference=reference, text=words, email=email, **values))
        mail = Mail(
            "inbox@example.org", "A message", "x", reply_to=ANN, about=contact.reference_of("aaaa-aaaa"), language="en"
        )
        write(session, mail, settings)
        write(session, Mail(ANN, "Your link", "https://portal.example/secret-token", language="en"), settings)
        write(session, Mail("other@example.org", "Theirs", "x", language="en"), settings)
        hers = account(session, "analyst", name="Ann Enghraifft", email=ANN)
        links.make(session, hers, LinkPurpose.password)
        session.add(PasswordRequest(email_key=mailbox(ANN), asked_at=NOON))
    return database


def rows(database, what):
    with database.reading() as session:
        return session.exec(select(what)).all()


def acts(database, code):
    return [one for one in rows(database, AuditEntry) if one.act == code]


@pytest.mark.parametrize("typed", [ANN, ANN.upper(), f"  {ANN} "])
def test_everything_is_found_however_the_address_is_written(filled, typed):
    with filled.reading() as session:
        found = holdings.held(session, NOUNS, typed)
    kinds = sorted(one.record for one in found)
    assert kinds == ["account", "link", "mail", "mail", "message", "message", "password_request"]
    assert {one.fields["text"] for one in found if one.record == "message"} == {
        "Words of aaaa-aaaa",
        "Words of bbbb-bbbb",
    }


def test_no_text_of_mail_and_no_secret_is_given_out(filled):
    with filled.reading() as session:
        said = str(holdings.held(session, NOUNS, ANN))
    hashes = [one.token_hash for one in rows(filled, AccountLink)]
    assert "secret-token" not in said
    assert not [one for one in hashes if one in said]
    assert "other@example.org" not in said


def test_nobody_is_nobody(filled):
    with filled.reading() as session:
        assert holdings.held(session, NOUNS, "nobody@example.org") == ()
        assert holdings.held(session, NOUNS, "%@example.org") == ()


def test_what_may_go_goes_what_stays_says_why_and_nobody_else_is_touched(filled):
    with filled.unit_of_work() as session:
        done = holdings.erase(session, OPERATOR, NOUNS, ANN)
    assert (done.gone, [one.record for one in done.left], done.reasons) == (6, ["account"], ("account_in_use",))
    assert [one.reference for one in rows(filled, Message)] == ["cccc-cccc"]
    assert [one.subject for one in rows(filled, OutboxMessage)] == ["Theirs"]
    assert rows(filled, AccountLink) == rows(filled, PasswordRequest) == []
    with filled.unit_of_work() as session:
        again = holdings.erase(session, OPERATOR, NOUNS, ANN)
        assert (again.gone, len(again.left)) == (0, 1)
        assert verify_chain(session).whole


def test_every_row_of_every_noun_is_held_before_the_end_of_the_record_is(filled):
    """Else the officer who holds the record waits for a row of somebody who waits for the record."""
    changed = []

    def listen(connection, _cursor, statement, *_):
        if found := re.match(
            r"(?:UPDATE|DELETE FROM|INSERT INTO) (\w+)|SELECT .*FROM (audit_head)", statement, re.DOTALL
        ):
            changed.append(found[1] or found[2])

    with filled.unit_of_work() as session:
        session.add(Holder(post_id=post_of(session), name="Ann Enghraifft", email=ANN, telephone="01632 960001"))
        submit(session, Submission(Reference("issue", "1"), {"text": "Words"}, "en", "/en/find", ANN))
        session.flush()
        event.listen(filled.engine, "before_cursor_execute", listen)
        holdings.erase(session, OPERATOR, NOUNS, ANN)
        event.remove(filled.engine, "before_cursor_execute", listen)
    rows = {
        "contact_message",
        "outbox_message",
        "account_password_request",
        "account_link",
        "moderation_item",
        "post_holder",
    }
    before, after = changed[: (first := changed.index("audit_head"))], changed[first:]
    assert rows <= set(before)
    assert set(after) <= {"audit_head", "audit_entry", "audit_salt", "revision"}


def post_of(session):
    council = Organisation(code="council", kind=OrganisationKind.other, name_en="Council", name_cy="Cyngor")
    session.add(council)
    session.flush()
    post = Post(organisation_id=council.key, code="post", title_en="Post", title_cy="Swydd")
    session.add(post)
    session.flush()
    return post.key


def test_when_one_noun_fails_nothing_is_erased(filled):
    def broken(*_given):
        raise LookupError

    with pytest.raises(LookupError), filled.unit_of_work() as session:
        holdings.erase(session, OPERATOR, (*NOUNS, PersonalData(lambda *_: (), broken)), ANN)
    assert len(rows(filled, Message)) == 3
    assert acts(filled, "person-erased") == []


def test_the_record_can_prove_of_whom_it_speaks_and_names_nobody(filled):
    with filled.unit_of_work() as session:
        holdings.erase(session, OPERATOR, NOUNS, f" {ANN.upper()}")
    (erased,) = acts(filled, "person-erased")
    (salt,) = [one for one in rows(filled, AuditSalt) if one.entry_id == erased.id]
    assert erased.after["email"] == {"commitment": commitment(salt.salt, ANN)}
    assert (erased.after["erased"], erased.after["left"]) == (6, 1)
    assert not [one for one in rows(filled, AuditEntry) if "ann." in str(one.model_dump()).lower()]


def test_the_officer_looks_gives_out_and_erases(filled, officer, caplog):
    caplog.set_level(logging.DEBUG)
    page = officer.open("/en/rights").fill("Their e-mail address", ANN).press("Look up")
    assert "Records: 7" in page.said
    assert "Words of aaaa-aaaa" in page.said
    assert page.path == "/en/rights"
    assert len(acts(filled, "person-looked-up")) == 1
    printed = page.press("As a page to print")
    assert printed.heading == "What we hold about you"
    assert "Words of bbbb-bbbb" in printed.said
    unsure = page.press("Erase")
    assert unsure.problems() == ["Tick the box to say that the data are to be erased for good"]
    assert len(rows(filled, Message)) == 3
    done = unsure.tick("Erase for good all that may be erased").press("Erase")
    assert "Records erased: 6" in done.said
    assert "An administrator takes it away" in done.said
    assert len(rows(filled, Message)) == 1
    assert "ann." not in caplog.text.lower()


def test_the_file_holds_what_the_page_shows(filled, officer):
    answer = officer.client.post("/en/rights/file", data={"email": ANN})
    assert answer.headers["content-disposition"] == 'attachment; filename="personal-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    whole = answer.json()
    assert (whole["email"], len(whole["records"])) == (ANN, 7)
    assert {one["record"] for one in whole["records"]} >= {"message", "mail", "account"}
    assert len(acts(filled, "person-data-given-out")) == 1


@pytest.mark.parametrize("path", ["", "/file", "/print", "/erase"])
@pytest.mark.parametrize("typed", ["", "ann", "ann@", "%@%", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_asked_for_again(filled, officer, path, typed):
    page = officer.send(f"/en/rights{path}", {"email": typed, "sure": "yes"})
    assert page.problems() == ["Write the e-mail address in full, like name@example.org"]
    assert len(rows(filled, Message)) == 3


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_of_somebody_unknown_nothing_is_held(filled, officer, lang):
    path = {"en": "/en/rights", "cy": "/cy/hawliau"}[lang]
    page = officer.send(path, {"email": "nobody@example.org"})
    assert "nobody@example.org" in page.said
    assert 'name="sure"' not in page.text


@pytest.fixture
def in_office(filled):
    """Two of one name in one post, of whom no address is known: one who left, and one who holds it."""
    with filled.unit_of_work() as session:
        post, today = post_of(session), NOON.date()
        session.add(Holder(post_id=post, name="Cai Ffug", telephone="01632 960001", ends_on=today))
        session.add(Holder(post_id=post, name="cai ffug", telephone="01632 960002"))
        session.add(Holder(post_id=post, name="Dot Sample", telephone="01632 960003", ends_on=today))
    return filled


BY_NAME = "Or the name of somebody in a post or a seat"


def test_the_officer_finds_somebody_without_an_address_by_name_and_erases_what_may_go(in_office, officer, caplog):
    caplog.set_level(logging.DEBUG)
    page = officer.open("/en/rights").fill(BY_NAME, "DOT sample").press("Look up by name")
    assert "Records: 1" in page.said
    assert "01632 960003" in page.press("As a page to print").said
    assert page.press("Erase").problems() == ["Tick the box to say that the data are to be erased for good"]
    done = page.tick("Erase for good all that may be erased").press("Erase")
    assert "Records erased: 1" in done.said
    assert [one.telephone for one in rows(in_office, Holder)] == ["01632 960001", "01632 960002", ""]
    said = str([one.model_dump() for one in rows(in_office, AuditEntry)]).lower()
    assert "dot sample" not in said
    assert "dot" not in caplog.text.lower()
    assert [one.act for one in rows(in_office, AuditEntry)][-2:] == ["holder-erased", "person-erased"]


def test_of_several_of_one_name_the_officer_chooses(in_office, officer):
    page = officer.open("/en/rights").fill(BY_NAME, "Cai Ffug").press("Look up by name")
    assert page.heading == "Who is meant"
    assert "01632 960001" in page.said
    last = rows(in_office, Holder)[1]
    chosen = officer.send("/en/rights", {"key": f"holder:{last.key}"})
    assert "01632 960002" in chosen.said
    assert "01632 960001" not in chosen.said
    given = officer.client.post("/en/rights/file", data={"key": f"holder:{last.key}"}).json()
    assert (given["key"], [one["name"] for one in given["records"]]) == (f"holder:{last.key}", ["cai ffug"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write the name in full"),
        ("Cai", "Nobody in a post or a seat has or had this name. Write it in full, as the public page has it"),
    ],
)
def test_a_name_that_nobody_has_is_said(in_office, officer, typed, said):
    page = officer.send("/en/rights", {"name": typed}, status=422)
    assert page.problems() == [said]


def test_a_key_that_is_none_is_no_person(in_office, officer):
    for key in ("holder:1 OR 1", "holder:", "x" * 50, "holder:99999999999"):
        assert officer.send("/en/rights", {"key": key}, status=422).problems()
    for key in ("holder:999999999", "account:1", "message:1"):
        assert "Records: 0" in officer.send("/en/rights", {"key": key}).said


PATHS = ["/rights", "/rights/print", "/rights/erase", "/rights/new", "/rights/requests/aaaa-aaaa", "/retention"]
POSTS = ["/rights", "/rights/file", "/rights/print", "/rights/erase", "/rights/new"]
POSTS += ["/rights/requests/aaaa-aaaa/extend", "/rights/requests/aaaa-aaaa/answered"]


@pytest.mark.parametrize("role", ["administrator", "case_officer", "communications", "councillor", "partner"])
def test_who_does_not_answer_for_personal_data_finds_nothing(filled, app, role):
    with somebody(app, role) as other:
        for path in PATHS:
            other.open(f"/en{path}", 404)
        for path in POSTS:
            assert other.client.post(f"/en{path}", data={"email": ANN, "sure": "yes"}).status_code == 404
    assert len(rows(filled, Message)) == 3
    assert acts(filled, "person-looked-up") == []


def test_an_account_by_another_spelling_of_its_mailbox_is_found(database):
    with database.unit_of_work() as session:
        account(session, "analyst", email="Cai+Portal@example.org")
    with database.reading() as session:
        for typed in ("cai@example.org", "cai+portal@example.org", "CAI+other@example.org"):
            assert [one.record for one in holdings.held(session, NOUNS, typed)] == ["account"]


def test_a_reason_is_given_only_where_something_stays(database):
    nouns = (PersonalData(lambda *_: (), lambda *_: 0, "never"), PersonalData(lambda *_: [Held("x", {})], int, "why"))
    with database.reading() as session:
        assert holdings.reasons(session, nouns, ANN) == ("why",)


def test_a_removed_account_is_nobodys(database):
    with database.unit_of_work() as session:
        made = account(session, "analyst", email=ANN)
        from portal.accounts.service import forget  # noqa: PLC0415 - for this test

        forget(session, made)
    with database.reading() as session:
        assert holdings.held(session, NOUNS, ANN) == ()
        assert len(session.exec(select(Account)).all()) == 1


def test_the_file_is_json_in_plain_words(clock):
    said = json.loads(holdings.as_json(" Ann@Example.org", [Held("message", {"text": "Ŵ"})]))
    assert said == {
        "email": "ann@example.org",
        "made_at": "2024-06-03T12:00:00+00:00",
        "records": [{"record": "message", "text": "Ŵ"}],
    }

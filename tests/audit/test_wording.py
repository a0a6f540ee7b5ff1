"""The record in words: acts, things and people, in the language of the page."""

import pytest
from sqlalchemy import event

from portal import clock
from portal.accounts import service
from portal.app import MANIFESTS, create_app
from portal.audit.rules import Personal
from portal.audit.service import erase_commitments, record
from portal.contact.models import Inbox, Message
from portal.lifecycle import OPERATOR, Actor, Reference
from portal.web.alphabet import sort_key
from portal.web.language import OWN_NAMES
from tests.checks import every, words
from tests.people import account, somebody

ACTS = {act: said for noun in MANIFESTS for act, said in noun.acts.items()}
RECORD = {"en": "/en/record", "cy": "/cy/cofnod"}


@pytest.fixture
def app(database, settings):
    return create_app(settings, database=database)


@pytest.fixture
def reader(app):
    with somebody(app, "administrator", "data_protection", name="Sy’n Darllen") as browse:
        yield browse


def write(database, act="message-read", thing=("message", "aaaa-aaaa"), actor=OPERATOR, **values):
    with database.unit_of_work() as session:
        record(session, actor, act, Reference(*thing), **values)


def opened(app, **about):
    """The number of a new account."""
    with app.state.database.unit_of_work() as session:
        return account(session, "analyst", **about).key


def entries(page):
    """What the list says of each entry, newest first."""
    (rows,) = [one for one in every(page.main, "ul") if "portal-rows" in one.get("class", "")]
    return [words(one) for one in rows if one.tag == "li"]


def links(page):
    return dict(page.links(page.main))


@pytest.mark.parametrize("lang", OWN_NAMES)
def test_every_act_stands_there_in_words_with_its_code_beside_it(app, reader, lang):
    app.state.public_acts = {}  # the register would say more of these than they hold
    with app.state.database.unit_of_work() as session:
        for act in ACTS:
            record(session, OPERATOR, act, Reference("lap", "1"))
    translated, said, before = app.state.templates.catalogues[lang].gettext, [], 0
    while before != 1:
        found = entries(reader.send(RECORD[lang], {"thing": "lap", "before": str(before or "")}))
        said, before = said + found, int(found[-1].split()[0])
    for one, act in zip(said, reversed(ACTS), strict=True):
        assert f"{translated(ACTS[act])} ({act})" in one
    assert lang == "en" or not {translated(one) for one in ACTS.values()} & set(ACTS.values())


@pytest.mark.parametrize("lang", OWN_NAMES)
def test_acts_to_choose_from_stand_in_the_order_of_the_alphabet(app, reader, lang):
    for act in ("crime-released", "message-read", "account-invited", "an-act-of-old"):
        write(app.state.database, act)
    (choice,) = every(reader.open(RECORD[lang]).main, "select")
    *offered, old = [(one.get("value"), words(one), one.get("lang")) for one in choice][1:]
    assert old == ("an-act-of-old", "an-act-of-old", "en")
    said = [one for _, one, _ in offered]
    assert said == sorted(said, key=lambda one: sort_key(one, lang))
    assert {tag for _, _, tag in offered} == {None}


def test_what_nobody_words_any_more_keeps_its_bare_code(app, reader):
    write(app.state.database, "an-act-of-old", ("thing-of-old", "7"), Actor("clerk", "scribe"))
    said = entries(reader.open("/cy/cofnod"))[-1]
    assert said.startswith("1 an-act-of-old thing-of-old:7")
    assert said.endswith("clerk, scribe")


def test_who_acted_is_named_and_leads_to_their_account(app, reader):
    number = opened(app, name="Ann Enghraifft")
    write(app.state.database, actor=Actor(f"account:{number}", "analyst"))
    write(app.state.database, "account-suspended", ("account", str(number)))
    page, path = reader.open("/en/record"), f"/en/accounts/{number}"
    assert links(page)[f"Ann Enghraifft (account:{number})"] == path
    assert links(page)[f"Account: Ann Enghraifft (account:{number})"] == path
    assert reader.open(path).heading == "Account: Ann Enghraifft"


def test_an_account_that_was_removed_is_a_number_and_no_link(app, reader):
    number = opened(app, name="Ann Enghraifft")
    with app.state.database.unit_of_work() as session:
        service.forget(session, service.get_account(session, number))
    write(app.state.database, actor=Actor(f"account:{number}", "analyst"))
    page = reader.open("/en/record")
    assert f"An account that was removed (account:{number}), Analyst" in entries(page)[-1]
    assert f"/en/accounts/{number}" not in links(page).values()
    assert "Ann Enghraifft" not in page.text


def test_who_may_not_open_a_thing_reads_its_words_without_a_link(app):
    number = opened(app, name="Ann Enghraifft")
    write(app.state.database, "account-suspended", ("account", str(number)))
    with somebody(app, "data_protection") as officer:
        page = officer.open("/en/record")
    assert f"Account: Ann Enghraifft (account:{number})" in page.said
    assert f"/en/accounts/{number}" not in links(page).values()


def test_a_thing_leads_to_its_page_until_it_is_gone(app, database):
    with database.unit_of_work() as session:
        about = {"inbox": Inbox.general, "about": "", "text": "Helo", "language": "cy"}
        session.add(Message(reference="k7mn-p2qr", received_at=clock.now(), **about))
    for key in ("k7mn-p2qr", "gone-gone"):
        write(database, thing=("message", key))
    with somebody(app, "administrator", "data_protection", "case_officer", "moderator", "analyst") as everybody:
        page = everybody.open("/en/record")
    assert links(page)["Message (message:k7mn-p2qr)"] == "/en/messages/k7mn-p2qr"
    assert "Message (message:gone-gone)" in page.said
    assert "Message (message:gone-gone)" not in links(page)


def test_the_portal_itself_and_the_operator_are_named_by_their_role(database, reader):
    write(database, actor=Actor("worker", "worker"))
    write(database)
    newer, older = entries(reader.open("/en/record"))[-2:]
    assert newer.endswith("operator of the portal")
    assert older.endswith("the portal itself")
    assert "worker" not in older


def test_a_personal_value_that_was_erased_is_said_to_be_erased(database, reader):
    write(database, thing=("message", "aaaa-aaaa"), after={"email": Personal("ann@example.org")})
    write(database, thing=("message", "bbbb-bbbb"), before={"email": Personal("bob@example.org")})
    with database.unit_of_work() as session:
        erase_commitments(session, Reference("message", "aaaa-aaaa"))
    kept, erased = entries(reader.open("/en/record"))[-2:]
    assert "The field email has a personal value: the record keeps only a commitment to it." in kept
    assert "The field email had a personal value, which was erased: nothing ties the commitment to it" in erased


@pytest.mark.parametrize("typed", ["{number}", "account:{number}"])
def test_an_account_is_found_by_its_number_alone(app, reader, typed):
    number = opened(app)
    write(app.state.database, actor=Actor(f"account:{number}", "analyst"))
    write(app.state.database)
    page = reader.open("/en/record").fill("Who", typed.format(number=number)).press("Look up")
    assert [one.split()[0] for one in entries(page)] == ["1"]
    assert page.value("Who") == typed.format(number=number)


def test_the_page_of_an_account_says_its_number_and_leads_to_what_it_did(app, reader):
    number = opened(app, name="Ann Enghraifft")
    write(app.state.database, actor=Actor(f"account:{number}", "analyst"))
    write(app.state.database)
    page = reader.open(f"/en/accounts/{number}")
    assert f"Number {number}" in page.said
    assert [one.split()[0] for one in entries(page.press("What this account did"))] == ["1"]


def test_many_entries_of_a_kind_take_as_many_statements_as_one(app, reader):
    def counted():
        before = len(asked)
        reader.open("/en/record")
        return len(asked) - before

    asked, numbers = [], [opened(app) for _ in range(8)]
    event.listen(app.state.database.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    for number in numbers[:1]:
        write(app.state.database, "account-resumed", ("account", str(number)), Actor(f"account:{number}", "analyst"))
    reader.open("/en/record")
    few = counted()
    for number in numbers:
        write(app.state.database, "account-resumed", ("account", str(number)), Actor(f"account:{number}", "analyst"))
    assert counted() == few


def test_every_kind_of_thing_takes_keys_that_lead_nowhere_and_names_pages_that_are_there(app, database):
    with database.reading() as session:
        for kind in app.state.things.values():
            for found in (kind.find(session, {"1", "dim-byd/2024-05"}) if kind.find else {}).values():
                assert found.route in app.state.urls.access, kind.kind

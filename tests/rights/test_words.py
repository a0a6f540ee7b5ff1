"""What is held about somebody is said in words: of every kind of record, of each of its fields, and why some stays."""

import ast
import datetime as dt
from pathlib import Path

import pytest
import time_machine
from sqlmodel import select

import portal
from portal import keeping
from portal.accounts import links
from portal.accounts.models import LinkPurpose, PasswordRequest
from portal.app import MANIFESTS, create_app
from portal.contact import service as contact
from portal.contact.models import Inbox, Message
from portal.lifecycle import OPERATOR, Reference
from portal.moderation.notices.models import ComplaintNotice, ComplaintStatus
from portal.moderation.reports.models import ConcernKind, ContentReport
from portal.moderation.service import Submission, submit
from portal.notifications.models import FollowedTopic, Follower, FollowRequest, OutboxMessage, Rhythm
from portal.notifications.rules import mailbox
from portal.notifications.service import Mail, write
from portal.organisations.models import Councillor, Holder, Organisation, OrganisationKind, Post, Seat
from portal.places.models import Area, AreaKind
from portal.rights import holdings
from tests.checks import every
from tests.people import account, signed_in, somebody

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
TODAY = NOON.date()
ANN = "ann.enghraifft@example.org"
NOUNS = tuple(noun.personal for noun in MANIFESTS if noun.personal)
LOOK_UP = {"en": "/en/rights", "cy": "/cy/hawliau"}
PRINT = {"en": "print", "cy": "argraffu"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def filled(database, settings):
    """One of every kind of record, each with all that it can hold."""
    with database.unit_of_work() as session:
        for fill in (of_contact, of_accounts, of_followers, of_moderation, of_organisations):
            fill(session)
        mail = Mail(ANN, "Your link", "x", reply_to=ANN, about=contact.reference_of("aaaa-aaaa"), language="en")
        session.get_one(OutboxMessage, write(session, mail, settings).id).sent_at = NOON
    return database


def of_contact(session):
    values = {"inbox": Inbox.general, "about": "/en/find", "language": "en", "received_at": NOON}
    contact.receive(session, Message(reference="aaaa-aaaa", text="Words", email=ANN, **values))
    contact.mark_answered(session, OPERATOR, "aaaa-aaaa")


def of_accounts(session):
    hers = account(session, "analyst", name="Ann Enghraifft", email=ANN)
    hers.signed_in_at = NOON
    signed_in(session, hers)
    links.make(session, hers, LinkPurpose.password)
    session.add(PasswordRequest(email_key=mailbox(ANN), asked_at=NOON))


def of_followers(session):
    whose = {"email": ANN, "email_key": ANN, "language": "en", "rhythm": Rhythm.weekly}
    follower = Follower(token_hash="a", token_sealed="x", began_at=NOON, **whose)
    session.add_all((follower, FollowRequest(token_hash="b", topic="area:1", asked_at=NOON, **whose)))
    session.flush()
    session.add(FollowedTopic(follower_id=follower.key, topic="area:1", since_at=NOON))


def of_moderation(session):
    item = submit(session, Submission(Reference("issue", "1"), {"text": "Words"}, "en", "/en/find", ANN))
    about = {"about": "/en/find", "language": "en", "received_at": NOON}
    session.add(ContentReport(reference="bbbb-bbbb", kind=ConcernKind.hateful, text="Words", email=ANN, **about))
    said = {"words": "Words", "meaning": "A meaning", "wrong": "A fact", "status": ComplaintStatus.poster_objected}
    session.add(ComplaintNotice(reference="cccc-cccc", name="Ann Enghraifft", email=ANN, **about, **said))
    given = {"poster_email": ANN, "poster_name": "Ann Enghraifft", "poster_address": "1 Example Street"}
    theirs = {"reference": "dddd-dddd", "email": "other@example.org", "item_id": item.key}
    session.add(ComplaintNotice(**theirs, **given, **about, **said))


def of_organisations(session):
    names = {"name_en": "Alder", "name_cy": "Gwern"}
    slugs = {"slug_en": "alder", "slug_cy": "gwern"}
    ward = Area(kind=AreaKind.ward, code="W05000001", starts_on=TODAY, **names, **slugs)
    council = Organisation(code="council", kind=OrganisationKind.other, **names)
    session.add_all((ward, council))
    session.flush()
    seat = Seat(ward_id=ward.id, number=1)
    post = Post(organisation_id=council.id, code="post", title_en="Post", title_cy="Swydd")
    session.add_all((seat, post))
    session.flush()
    whose = {"name": "Ann Enghraifft", "email": ANN, "telephone": "01632 960001", "checked_on": TODAY}
    days = {"starts_on": TODAY, "term_ends_on": TODAY, "ends_on": TODAY + dt.timedelta(days=1)}
    more = {"party_en": "Party", "party_cy": "Plaid", "surgery_en": "Monday", "surgery_cy": "Dydd Llun"}
    other = Councillor(seat_id=seat.id, name="Bryn Ffug")
    session.add_all((other, Holder(post_id=post.id, **whose, **days)))
    session.flush()
    away = {"absent_from_on": TODAY, "absent_until_on": TODAY, "covered_by": other.id, "source_id": "7"}
    session.add(Councillor(seat_id=seat.id, **whose, **days, **more, **away))


def codes_of(path):
    """The kinds of record that a module names where it says what is held."""
    calls = (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call) and one.args)
    held = (one.args[0] for one in calls if isinstance(one.func, ast.Name) and one.func.id == "Held")
    return {one.value for one in held if isinstance(one, ast.Constant)}


def test_of_every_kind_that_a_noun_names_there_is_one_here(filled):
    with filled.reading() as session:
        kinds = {one.record for one in holdings.held(session, NOUNS, ANN)}
    named = set().union(*(codes_of(path) for path in Path(portal.__file__).parent.rglob("*.py")))
    assert len(named) > 10
    assert kinds == named | {"holder", "councillor"}


@pytest.mark.parametrize("lang", LOOK_UP)
def test_no_record_and_no_field_is_shown_by_its_code(filled, settings, lang):
    with filled.reading() as session:
        found = holdings.held(session, NOUNS, ANN)
    codes = {one.record for one in found} | {name for one in found for name in one.fields}
    with somebody(create_app(settings, database=filled), "data_protection") as officer:
        page = officer.send(LOOK_UP[lang], {"email": ANN})
    headings = ["".join(one.itertext()).split(". ")[-1].strip() for one in every(page.main, "h3")]
    keys = ["".join(one.itertext()).strip() for one in every(page.main, "dt")]
    assert len(headings) == len(found)
    assert len(keys) == sum(len(one.fields) for one in found)
    assert codes.isdisjoint((*headings, *keys))


@pytest.mark.parametrize("lang", LOOK_UP)
def test_no_reason_is_given_by_its_code(filled, settings, lang):
    with filled.reading() as session:
        reasons = holdings.reasons(session, NOUNS, ANN)
    assert set(reasons) == {noun.kept_because for noun in NOUNS} - {""}
    with somebody(create_app(settings, database=filled), "data_protection") as officer:
        page = officer.send(LOOK_UP[lang], {"email": ANN})
    assert [one for one in reasons if one in page.said] == []
    assert set(reasons) == set(keeping.REASONS)


CODES = {
    "en": (
        "active",
        "English",
        "At once, each time",
        "Everything else",
        "To set a new password",
        "Alder",
        "Yes, it is so",
    ),
    "cy": ("gweithredol", "English", "Ar unwaith, bob tro", "Popeth arall", "Gwern", "Ydy"),
}


@pytest.mark.parametrize("lang", LOOK_UP)
def test_days_and_codes_are_said_in_the_language_of_the_page(filled, settings, lang):
    with filled.unit_of_work() as session:
        area = session.exec(select(Area.id)).one()
        for kind in (FollowedTopic, FollowRequest):
            session.exec(select(kind)).one().topic = f"area:{area}"
        session.exec(select(Follower)).one().rhythm = Rhythm.immediate
        session.exec(select(Area)).one().kind = AreaKind.neighbourhood
    with somebody(create_app(settings, database=filled), "data_protection") as officer:
        page = officer.send(f"{LOOK_UP[lang]}/{PRINT[lang]}", {"email": ANN})
    said = ["".join(one.itertext()).strip() for one in every(page.main, "dd")]
    assert set(CODES[lang]) <= set(said)
    assert {"en": "3 June 2024, 13:00", "cy": "3 Mehefin 2024, 13:00"}[lang] in said
    assert {"en": "3 June 2024", "cy": "3 Mehefin 2024"}[lang] in said
    raw = ("area:", "immediate", "general", "2024-06", "councillor", "analyst", "poster_")
    assert [one for one in said if one.startswith(raw)] == []


def test_what_was_asked_for_and_when_somebody_asked_are_two_messages(filled, settings):
    with somebody(create_app(settings, database=filled), "data_protection") as officer:
        page = officer.send("/en/rights", {"email": ANN})
    keys = ["".join(one.itertext()).strip() for one in every(page.main, "dt")]
    assert "Asked" in keys
    assert "Asked for" not in keys

"""What several processes do to seats and posts at one instant: one sits, one saves, and the others are told."""

import datetime as dt

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.organisations.models import Councillor, Holder, Organisation, OrganisationKind, Post, Seat
from portal.places.models import Area, AreaKind

NUMBER = 12


@pytest.fixture
def empty_seats(database):
    """As many seats of one ward, and as many posts of one council, numbered from 1."""
    with database.unit_of_work() as session:
        ward = Area(
            kind=AreaKind.ward,
            code="W05000001",
            name_en="Alder",
            name_cy="Gwern",
            slug_en="alder",
            slug_cy="gwern",
            starts_on=dt.date(2020, 1, 1),
        )
        council = Organisation(code="council", kind=OrganisationKind.other, name_en="Council", name_cy="Cyngor")
        session.add_all((ward, council))
        session.flush()
        session.add_all(Seat(ward_id=ward.id, number=number) for number in range(1, NUMBER + 1))
        session.flush()
        session.add_all(
            Post(organisation_id=council.id, code=f"post-{number}", title_en="Post", title_cy="Swydd")
            for number in range(1, NUMBER + 1)
        )
    return database


def url(database):
    return database.engine.url.render_as_string(hide_password=False)


def acts(session, code):
    return [one.thing for one in session.exec(select(AuditEntry)) if one.act == code]


def test_in_each_seat_sits_one(empty_seats, racers):
    said = racers.race("sit", url(empty_seats), NUMBER)
    assert sum(map(int, said)) == NUMBER
    with empty_seats.reading() as session:
        assert sorted(session.exec(select(Councillor.seat_id))) == sorted(session.exec(select(Seat.id)))
        assert len(acts(session, "councillor-added")) == NUMBER
        assert verify_chain(session).whole


def test_of_those_who_opened_one_post_one_saves_it(empty_seats, racers):
    said = racers.race("amend", url(empty_seats), NUMBER)
    assert sum(map(int, said)) == NUMBER
    with empty_seats.reading() as session:
        assert {(one.version, one.title_en == "Post") for one in session.exec(select(Post))} == {(2, False)}
        assert len(acts(session, "post-changed")) == NUMBER
        assert verify_chain(session).whole


@pytest.fixture
def full_posts(database):
    """As many organisations, numbered from 1, each with three posts that are held."""
    with database.unit_of_work() as session:
        for each in range(1, NUMBER + 1):
            names = {"name_en": f"Body {each}", "name_cy": f"Corff {each}"}
            session.add(Organisation(code=f"body-{each}", kind=OrganisationKind.other, **names))
            session.flush()
            for number in range(3):
                post = Post(organisation_id=each, code=f"post-{number}", title_en="Post", title_cy="Swydd")
                session.add(post)
                session.flush()
                session.add(Holder(post_id=post.key, name="Ann Example"))
    return database


def test_nobody_who_checks_an_organisation_waits_for_who_changes_its_holders_and_they_for_them(full_posts, racers):
    for _ in range(3):
        assert racers.race("look", url(full_posts), NUMBER) == ["done"] * len(racers.running)
    with full_posts.reading() as session:
        assert verify_chain(session).whole

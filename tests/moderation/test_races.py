"""What several processes do to the queue at one instant: one item a thing, one holder an item, one decision."""

from collections import Counter

from sqlmodel import select

from portal import clock
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.lifecycle import Reference
from portal.moderation.models import ModerationItem, ModerationStatus, ModerationText
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.notices.service import receive
from portal.moderation.service import Submission, submit
from tests.factories import job_context

NUMBER = 15


def url(database):
    return database.engine.url.render_as_string(hide_password=False)


def filled(database):
    with database.unit_of_work() as session:
        for each in range(NUMBER):
            submit(session, Submission(Reference("issue", str(each)), {"text": "words"}, "en", "/en/find"))


def test_the_same_words_at_one_instant_are_one_item(database, racers):
    said = racers.race("submit", url(database), NUMBER)
    assert len(set(said)) == 1
    with database.reading() as session:
        assert len(session.exec(select(ModerationItem)).all()) == NUMBER
        assert len(session.exec(select(ModerationText)).all()) == NUMBER


def test_each_item_is_held_by_one_colleague_and_the_others_are_told(database, racers):
    filled(database)
    said = racers.race("hold", url(database), NUMBER)
    assert sum(map(int, said)) == NUMBER
    with database.reading() as session:
        claims = Counter(one.thing for one in session.exec(select(AuditEntry)) if one.act == "moderation-claimed")
        assert set(claims.values()) == {1}
        assert len(claims) == NUMBER
        assert verify_chain(session).whole


def test_each_item_is_decided_once(database, racers):
    filled(database)
    racers.race("hold", url(database), NUMBER)
    said = racers.race("decide", url(database), NUMBER)
    assert sum(map(int, said)) == NUMBER
    with database.reading() as session:
        acts = Counter(one.act for one in session.exec(select(AuditEntry)))
        assert acts["moderation-show"] == NUMBER
        assert {one.public for one in session.exec(select(ModerationText))} == {"words"}


def test_words_are_hidden_once_whether_by_hand_or_with_the_notice_about_them(database, racers):
    filled(database)
    show_all(database)
    said = racers.race("complain", url(database), NUMBER)
    hidden, removed = (sum(map(int, each)) for each in zip(*(one.split() for one in said), strict=True))
    assert removed == NUMBER
    with database.reading() as session:
        acts = Counter(one.act for one in session.exec(select(AuditEntry)))
        assert (acts["moderation-hide"], acts["complaint-remove"]) == (NUMBER, NUMBER)
        assert hidden <= NUMBER
        assert {one.status for one in session.exec(select(ModerationItem))} == {"hidden"}
        assert {one.status for one in session.exec(select(ComplaintNotice))} == {"removed"}
        assert verify_chain(session).whole


def show_all(database):
    """Every item is shown, and of each there is a notice of the same number."""
    with database.unit_of_work() as session:
        for item in session.exec(select(ModerationItem).order_by(ModerationItem.id)).all():
            item.status = ModerationStatus.shown
            about = {"language": "en", "about": "/en/find", "email": "ann@example.org", "item_id": item.key}
            notice = ComplaintNotice(reference="", status="received", received_at=clock.now(), **about)
            receive(session, notice, job_context(database))

"""What goes wrong with one announcement or one follower silences nobody else, and is told once when it is repaired."""

import datetime as dt
import logging

import pytest
from cryptography.fernet import Fernet
from sqlmodel import select

from portal.lifecycle import Reference
from portal.notifications import telling
from portal.notifications.announcing import TITLE, Notice, announce
from portal.notifications.models import Announcement, Follower, Rhythm, Telling
from portal.notifications.telling import PUT_OFF_DAYS

FACTS = {"title_en": "The summer fair", "title_cy": "Ffair yr haf"}
FAULTS = {
    "a fact": {"facts": {}},
    "a template": {"template": "notifications/notices/gone.txt"},
    "a page": {"route": "places:gone"},
    "a parameter": {"route": "crime:neighbourhood"},
}
JOBS = {Rhythm.immediate: "tell-followers", Rhythm.weekly: "weekly-digest"}


def happens(parish, key, topic=0, **changes):
    values = {"route": "places:index", "facts": FACTS, "template": TITLE} | changes
    with parish.database.unit_of_work() as session:
        announce(session, Notice(key, (Reference("area", str(parish.ids[topic])),), **values))


def repaired(parish, key):
    """The announcement as it should have been."""
    with parish.database.unit_of_work() as session:
        one = session.exec(select(Announcement).where(Announcement.key == key)).one()
        one.route, one.facts, one.template = "places:index", {"title_en": "Mended", "title_cy": "Trwsiwyd"}, TITLE


def sealed(parish, email, value=None):
    """What is kept of somebody's secret; another value takes its place where one is given."""
    with parish.database.unit_of_work() as session:
        one = session.exec(select(Follower).where(Follower.email == email)).one()
        kept, one.token_sealed = one.token_sealed, value or one.token_sealed
    return kept


def told(parish):
    """To whom followers' letters go, and how many things each tells of."""
    letters = [one for one in parish.mail() if one["List-Id"]]
    words = [parish.text(one) for one in letters]
    return [
        (one["To"], text.count("fair") + text.count("Ffair"), text.count("Mended"))
        for one, text in zip(letters, words, strict=True)
    ]


@pytest.mark.parametrize("rhythm", JOBS)
@pytest.mark.parametrize("fault", FAULTS)
def test_an_announcement_that_cannot_be_said_keeps_no_other_back_and_is_told_once_when_it_can(
    parish, caplog, fault, rhythm
):
    for email in ("ann@example.org", "bob@example.org"):
        parish.follows(email=email, rhythm=rhythm)
    happens(parish, "bad", **FAULTS[fault])
    happens(parish, "good")
    parish.clock.shift(dt.timedelta(days=5))  # Monday, noon
    assert parish.run(JOBS[rhythm]) == "2 letters written"
    assert told(parish) == [("ann@example.org", 1, 0), ("bob@example.org", 1, 0)]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "example.org" not in caplog.text
    assert parish.run(JOBS[rhythm]) is None
    repaired(parish, "bad")
    parish.clock.shift(dt.timedelta(hours=1))
    assert parish.run(JOBS[rhythm]) == "2 letters written"
    assert told(parish)[2:] == [("ann@example.org", 0, 1), ("bob@example.org", 0, 1)]
    assert (parish.run(JOBS[rhythm]), parish.all(Telling)) == (None, [])


def test_what_cannot_be_said_in_one_language_is_told_in_the_other(parish):
    parish.follows(email="ann@example.org", lang="en")
    parish.follows(email="bethan@example.org", lang="cy")
    happens(parish, "half", facts={"title_en": "The summer fair"})
    assert parish.run("tell-followers") == "1 letters written"
    assert told(parish) == [("ann@example.org", 1, 0)]
    assert [one.put_off_at for one in parish.all(Telling)] == [dt.datetime.now(dt.UTC)]


@pytest.mark.parametrize("rhythm", JOBS)
def test_a_follower_whose_secret_cannot_be_opened_silences_nobody_and_is_told_once_when_it_can(parish, caplog, rhythm):
    for email in ("ann@example.org", "bob@example.org"):
        parish.follows(email=email, rhythm=rhythm)
    kept = sealed(parish, "ann@example.org", Fernet(Fernet.generate_key()).encrypt(b"x" * 43).decode())
    happens(parish, "good")
    parish.clock.shift(dt.timedelta(days=5))
    assert parish.run(JOBS[rhythm]) == "1 letters written"
    assert told(parish) == [("bob@example.org", 1, 0)]
    assert "follower 1 cannot be written to: NotOurs" in caplog.text
    assert "example.org" not in caplog.text
    happens(parish, "later", facts={"title_en": "Mended", "title_cy": "Trwsiwyd"})
    sealed(parish, "ann@example.org", kept)
    parish.clock.shift(dt.timedelta(days=7))
    parish.run(JOBS[rhythm])
    assert told(parish)[1:] == [("ann@example.org", 1, 1), ("bob@example.org", 0, 1)]
    assert (parish.run(JOBS[rhythm]), parish.all(Telling)) == (None, [])


def test_a_fault_that_nobody_repairs_is_left_after_five_days_and_a_bounded_number_of_tries(parish, caplog):
    parish.follows()
    happens(parish, "bad", facts={})
    begun = dt.datetime.now(dt.UTC)
    while parish.all(Telling):
        parish.run("tell-followers")
        parish.clock.shift(dt.timedelta(minutes=30))
    assert dt.timedelta() <= dt.datetime.now(dt.UTC) - begun - dt.timedelta(days=PUT_OFF_DAYS) < dt.timedelta(hours=2)
    assert len(caplog.records) == PUT_OFF_DAYS * 24 + 1
    assert told(parish) == []


def test_when_no_letter_can_be_made_the_log_says_so_a_few_times_and_everything_waits(parish, caplog, monkeypatch):
    monkeypatch.setattr(telling, "_MOST_LOGGED", 2)
    for number in range(4):
        parish.follows(email=f"{number}@example.org")
    happens(parish, "good")
    kept = [sealed(parish, f"{number}@example.org", "not sealed by us") for number in range(4)]
    assert parish.run("tell-followers") == "0 letters written"
    assert (len(caplog.records), len(parish.all(Telling))) == (2, 4)
    for number, one in enumerate(kept):
        sealed(parish, f"{number}@example.org", one)
    parish.clock.shift(dt.timedelta(hours=1))
    assert parish.run("tell-followers") == "4 letters written"


def test_a_feed_leaves_out_what_cannot_be_said(parish):
    happens(parish, "bad", facts={})
    happens(parish, "good")
    answer = parish.browse.client.get(f"/en/feed/area/{parish.ids[0]}.atom")
    assert (answer.status_code, answer.text.count("<entry>")) == (200, 1)

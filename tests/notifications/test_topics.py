"""When boundaries change, followers are carried across and told; and topics are what nouns say they are."""

import datetime as dt

import feedparser
import pytest

from portal import clock
from portal.lifecycle import Reference
from portal.notifications.models import Announcement, FollowedTopic
from portal.notifications.rules import digest_hour, email_key, mailbox, topic_of
from portal.notifications.topics import carry_across
from portal.places.models import Area, AreaKind, AreaSuccessor


def end(parish, number, *heirs):
    """An area ends today; others, new or there already, take its place. Returns the topics of these."""
    with parish.database.unit_of_work() as session:
        keys = [one if isinstance(one, int) else new_area(session, one) for one in heirs]
        area = session.get_one(Area, parish.ids[number])
        area.ends_on = dt.date(2024, 6, 5)
        session.add_all(AreaSuccessor(area_id=area.key, successor_id=key) for key in keys)
        session.flush()
        said = carry_across(session, parish.settings)
    return [f"area:{key}" for key in keys], said


def new_area(session, name):
    day = dt.date(2024, 6, 5)
    slug = name.lower()
    area = Area(
        kind=AreaKind.neighbourhood,
        code=f"N{name}",
        name_en=name,
        name_cy=f"{name} ŵ",
        slug_en=slug,
        slug_cy=slug,
        starts_on=day,
    )
    session.add(area)
    session.flush()
    return area.key


def followed(parish):
    return sorted((one.follower_id, one.topic) for one in parish.all(FollowedTopic))


def letters(parish):
    return [one for one in parish.mail() if one["List-Id"]]


def test_followers_of_an_area_that_ended_follow_what_took_its_place_and_are_told_once_why(parish):
    parish.follows(lang="cy")
    parish.follows(topic=1, email="bob@example.org")
    topics, said = end(parish, 0, "North", "South")
    assert said == "Followers of 1 areas were carried across to their successors."
    assert followed(parish) == [(1, topics[0]), (1, topics[1]), (2, parish.topics[1])]
    with parish.database.unit_of_work() as session:
        assert carry_across(session, parish.settings) is None
    assert parish.run("tell-followers") == "1 letters written"
    assert parish.run("tell-followers") is None
    (letter,) = letters(parish)
    assert letter["To"] == "ann@example.org"
    text = " ".join(parish.text(letter).split())
    assert "Cafodd ffiniau'r ardal hon eu newid: Maes-y-deri ŵ." in text
    assert "Rydych nawr yn dilyn yr hyn a ddaeth yn ei lle: North ŵ, South ŵ." in text


def test_with_one_heir_the_letter_leads_to_its_page(parish):
    parish.follows()
    end(parish, 0, "North")
    parish.run("tell-followers")
    assert f"{parish.settings.public_url}/en/crime/neighbourhoods/north" in parish.text(letters(parish)[0])


def test_who_followed_the_heir_already_follows_it_once(parish):
    parish.follows(topic=0)
    parish.follows(topic=1)
    end(parish, 0, parish.ids[1])
    assert followed(parish) == [(1, parish.topics[1])]


def test_an_area_that_ended_without_an_heir_keeps_its_followers(parish):
    parish.follows()
    assert end(parish, 0) == ([], None)
    assert followed(parish) == [(1, parish.topics[0])]
    assert parish.all(Announcement) == []


def test_who_confirms_after_the_change_is_carried_too(parish):
    parish.asks()
    topics, said = end(parish, 0, "North")
    assert said is None
    parish.browse.send(parish.link(parish.mail()[0], "/confirm/"), {})
    parish.run("carry-followers")
    assert followed(parish) == [(1, topics[0])]


def test_who_confirms_after_others_were_carried_is_told_why_as_well(parish):
    parish.follows(topic=0)
    parish.asks(email="bob@example.org")
    asking = parish.link(parish.mail()[-1], "/confirm/")
    end(parish, 0, "North")
    assert parish.run("tell-followers") == "1 letters written"
    parish.browse.send(asking, {})
    parish.run("carry-followers")
    assert parish.run("tell-followers") == "1 letters written"
    assert [one["To"] for one in letters(parish)] == ["ann@example.org", "bob@example.org"]
    parish.run("carry-followers")
    assert parish.run("tell-followers") is None


def entries(parish, number=0):
    """The titles in the feed of an area."""
    answer = parish.browse.client.get(f"/en/feed/area/{parish.ids[number]}.atom")
    assert answer.status_code == 200
    return [one.title for one in feedparser.parse(answer.content).entries]


def test_the_feed_of_an_area_that_ended_says_so_to_readers_whom_the_portal_does_not_know(parish):
    parish.follows()
    end(parish, 0, "North", "South")
    said = "The boundaries of this area were changed: Oakfield. Follow what took its place: North, South."
    assert entries(parish) == [said]


def test_the_feed_of_an_area_that_nobody_follows_by_e_mail_says_that_it_ended(parish):
    assert entries(parish) == []
    assert end(parish, 0, "North")[1] is None
    assert len(entries(parish)) == 1
    assert entries(parish, 1) == []
    assert parish.run("tell-followers") is None


def test_that_an_area_ended_is_announced_once_and_not_again_when_it_is_forgotten(parish):
    end(parish, 0, "North")
    with parish.database.unit_of_work() as session:
        session.get_one(Area, parish.ids[0]).closed_at = clock.now()
    parish.run("carry-followers")
    assert len(parish.all(Announcement)) == 1
    for _ in range(2):
        parish.clock.shift(dt.timedelta(days=400, seconds=1))
        parish.run("forget-followers")
        parish.run("carry-followers")
        assert parish.all(Announcement) == []


def test_of_wards_and_of_areas_that_are_not_served_nothing_is_announced(parish):
    with parish.database.unit_of_work() as session:
        session.get_one(Area, parish.ids[0]).kind = AreaKind.ward
        session.get_one(Area, parish.ids[1]).served = False
    end(parish, 0, "North")
    end(parish, 1, "South")
    assert parish.all(Announcement) == []


def test_what_was_announced_of_the_old_area_is_still_told(parish):
    parish.follows(rhythm="weekly")
    end(parish, 0, "North")
    parish.clock.shift(dt.timedelta(days=7))
    assert parish.run("weekly-digest") == "1 letters written"
    assert "OAKFIELD" in parish.text(letters(parish)[0])


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("area:12", Reference("area", "12")),
        ("figures:new", Reference("figures", "new")),
        ("case:k7mn-p2qr", Reference("case", "k7mn-p2qr")),
        ("area:", None),
        (":12", None),
        ("area", None),
        ("area:1:2", None),
        ("Area:12", None),
        ("area:12\n", None),
        ("area:" + "1" * 81, None),
        ("área:1", None),
        ("area:١", None),
    ],
)
def test_a_topic_is_a_kind_and_a_key(text, topic):
    assert topic_of(text) == topic


@pytest.mark.parametrize(
    ("now", "hour"),
    [
        ("2024-06-10T05:59:59", "2024-06-03T06:00:00"),
        ("2024-06-10T06:00:00", "2024-06-10T06:00:00"),
        ("2024-06-16T23:59:59", "2024-06-10T06:00:00"),
        ("2024-12-09T06:59:59", "2024-12-02T07:00:00"),
        ("2024-12-09T07:00:00", "2024-12-09T07:00:00"),
        ("2024-04-01T06:00:00", "2024-04-01T06:00:00"),
        ("2024-04-01T05:59:59", "2024-03-25T07:00:00"),
        ("2024-10-28T06:59:59", "2024-10-21T06:00:00"),
    ],
    ids=["before", "at the hour", "Sunday night", "winter, before", "winter", "summer began", "a week ago", "it ended"],
)
def test_the_digest_comes_on_monday_at_seven_in_london(now, hour):
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert digest_hour(moment) == dt.datetime.fromisoformat(hour).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("email", "key"), [("Ann@Example.ORG", "ann@example.org"), (" a+B@example.org ", "a+b@example.org")]
)
def test_addresses_are_told_apart_by_small_letters_and_nothing_else(email, key):
    assert email_key(email) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@example.org", "Ann@Example.ORG"),
        ("ann@example.org", "ann+desk@example.org"),
        ("ann@example.org", "  ann@example.org "),
        ("ann@example.org", "ANN+a+b@example.org"),
    ],
)
def test_what_mail_servers_take_for_one_mailbox_is_one(one, other):
    assert mailbox(one) == mailbox(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@example.org", "anne@example.org"),
        ("ann@example.org", "ann@example.com"),
        ("+a@example.org", "+b@example.org"),
        ("a.nn@example.org", "ann@example.org"),
    ],
)
def test_different_mailboxes_stay_apart(one, other):
    assert mailbox(one) != mailbox(other)

"""Somebody follows a neighbourhood by e-mail, from the form to the last letter: nothing without their confirmation,
nothing twice, and a way out of every letter.
"""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from portal.lifecycle import OPERATOR, Reference
from portal.notifications import announcing, following
from portal.notifications.announcing import Notice, announce
from portal.notifications.following import Wish
from portal.notifications.models import (
    Announcement,
    AnnouncementTopic,
    FollowedTopic,
    Follower,
    FollowRequest,
    OutboxMessage,
    Rhythm,
    Telling,
)
from portal.vault import Vault

ELSEWHERE = {"origin": "https://webmail.example.org", "sec-fetch-site": "cross-site"}


def happens(parish, *topics, key="fair", is_public=True, **facts):
    """Something is announced of some topics (all of them where none is named)."""
    facts = facts or {"title_en": "The summer fair", "title_cy": "Ffair yr haf ŵ ŷ"}
    references = tuple(Reference("area", str(parish.ids[one])) for one in (topics or (0, 1)))
    with parish.database.unit_of_work() as session:
        return announce(session, Notice(key, references, "places:index", facts=facts, is_public=is_public))


def bare(page):
    """The path of a page without what has just been done."""
    return page.path.partition("?")[0]


def letters(parish):
    """What followers were told."""
    return [one for one in parish.mail() if one["List-Id"]]


def test_nothing_is_followed_before_it_is_confirmed_by_a_button(parish):
    page = parish.asks()
    assert page.heading == "Look into your mailbox"
    (letter,) = parish.mail()
    assert letter["To"] == "ann@example.org"
    link = parish.link(letter, "/confirm/")
    for _ in range(3):  # a scanner of mail opens every link
        page = parish.browse.open(link)
    assert parish.all(Follower) == []
    happens(parish)
    assert parish.all(Telling) == []
    private = page.press("Yes, follow it")
    assert private.heading == "What you follow"
    assert "Oakfield" in private.said
    assert [one.email for one in parish.all(Follower)] == ["ann@example.org"]


def test_a_mailbox_gets_five_letters_a_day_however_its_address_is_written(parish):
    for number in range(7):
        page = parish.asks(email=f"Ann+{number}@example.org")
        assert page.heading == "Look into your mailbox"
    assert [one["To"] for one in parish.mail()] == [f"Ann+{number}@example.org" for number in range(5)]


def test_a_button_that_is_pressed_twice_confirms_once(parish):
    parish.asks()
    link = parish.link(parish.mail()[0], "/confirm/")
    first, second = parish.browse.send(link, {}), parish.browse.send(link, {})
    assert first.path == second.path
    assert len(parish.all(Follower)) == len(parish.all(FollowedTopic)) == 1


def test_who_opens_the_link_again_is_told_that_it_is_done_and_led_to_what_they_follow(parish):
    private = parish.follows()
    link = parish.link(parish.mail()[0], "/confirm/")
    again = parish.browse.open(link)
    assert again.heading == "You have confirmed this already"
    assert bare(again.press("See what you follow")) == bare(private)


def test_an_old_button_brings_nobody_back_who_has_left(parish):
    private = parish.follows()
    link = parish.link(parish.mail()[0], "/confirm/")
    private.press("Stop following everything")
    assert parish.browse.open(link, 410).heading == "This link is over"
    assert parish.browse.client.post(link).status_code == 410
    assert parish.all(Follower) == []


def test_a_link_is_good_for_seven_days(parish):
    parish.asks()
    link = parish.link(parish.mail()[0], "/confirm/")
    parish.clock.shift(dt.timedelta(days=7))
    page = parish.browse.open(link, 410)
    assert page.heading == "This link is over"
    assert parish.browse.client.post(link).status_code == 410
    assert parish.run("forget-followers") is None
    parish.clock.shift(1)
    assert parish.run("forget-followers") == "1 deleted"
    assert (parish.all(FollowRequest), parish.all(OutboxMessage)) == ([], [])


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(parish):
    parish.follows(email="ann@example.org")
    known, strange = parish.asks(email="ann@example.org"), parish.asks(email="bob@example.org")
    assert known.text == strange.text
    assert known.path == strange.path
    *_, to_known, to_strange = parish.mail()
    assert to_known["Subject"] == to_strange["Subject"]


def test_somebody_else_can_fill_no_mailbox(parish):
    pages = {parish.asks(email="Ann@example.org").text for _ in range(8)}
    assert len(pages) == 1
    assert len(parish.mail()) == 5
    parish.asks(email="bob@example.org")
    assert len(parish.mail()) == 6


def test_one_form_sent_twice_asks_once(parish):
    page = parish.browse.open(f"/en/follow?topic={parish.topics[0]}")
    page.fill("Your e-mail address", "ann@example.org").press("Follow")
    page.press("Follow")
    assert len(parish.mail()) == 1


@pytest.mark.parametrize(
    ("email", "rhythm", "complaint"),
    [
        ("", "weekly", "Write your e-mail address in full, like name@example.org"),
        ("ann", "weekly", "Write your e-mail address in full, like name@example.org"),
        ("ann@example.org\nBcc: x@example.org", "weekly", "Write your e-mail address in full, like name@example.org"),
        ("x" * 250 + "@example.org", "weekly", "Write your e-mail address in full, like name@example.org"),
        ("ann@example.org", "", "Choose how often we write to you"),
        ("ann@example.org", "hourly", "Choose how often we write to you"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_and_nothing_is_kept(parish, email, rhythm, complaint):
    page = parish.asks(email=email, rhythm=rhythm)
    assert page.status == 422
    assert page.problems() == [complaint]
    assert page.value("Your e-mail address").startswith(email.split("\n")[0][:200])
    assert (parish.all(FollowRequest), parish.mail()) == ([], [])


@pytest.mark.parametrize(
    "topic", ["area:999", "area:x", "area:99999999999999999999", "nothing:1", "area", ":", "area:1:2", "AREA:1", "ŵ:ŷ"]
)
def test_a_topic_that_there_is_not_leads_nowhere(parish, topic):
    parish.browse.open(f"/en/follow?topic={topic}", 404)
    posted = {"topic": topic, "email": "ann@example.org", "rhythm": "weekly"}
    assert parish.browse.client.post("/en/follow", data=posted).status_code == 404
    assert parish.mail() == []


def test_small_letters_and_capitals_are_one_address_and_what_follows_a_plus_is_another(parish):
    parish.follows(email="Ann@Example.org")
    parish.follows(topic=1, email="ann@example.org")
    parish.follows(email="ann+portal@example.org")
    keys = sorted(one.email_key for one in parish.all(Follower))
    assert keys == ["ann+portal@example.org", "ann@example.org"]
    assert len(parish.all(FollowedTopic)) == 3


def test_the_letter_comes_in_the_language_of_the_page_with_every_header_whole(parish):
    parish.follows(lang="cy", email="ann@example.org")
    happens(parish, 0)
    assert parish.run("tell-followers") == "1 letters written"
    (letter,) = letters(parish)
    assert letter["Subject"] == "Ffair yr haf ŵ ŷ"
    assert letter["Content-Language"] == "cy"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"].endswith("<follow.127.0.0.1>")
    assert "MAES-Y-DERI Ŵ" in parish.text(letter)
    assert f"{parish.settings.public_url}/cy/cymdogaethau" in parish.text(letter)
    assert parish.link(letter, "/gosodiadau/").startswith("/cy/dilyn/")
    assert not letter.defects
    assert all(not value.defects for value in letter.values() if hasattr(value, "defects"))


def test_each_follower_is_told_once_even_of_two_topics_that_they_follow(parish):
    parish.follows(topic=0)
    parish.follows(topic=1)
    parish.follows(topic=1, email="bob@example.org")
    assert happens(parish) == 1
    assert happens(parish) == 0
    assert len(parish.all(Telling)) == 2
    assert parish.run("tell-followers") == "2 letters written"
    assert parish.run("tell-followers") is None
    happens(parish)
    assert parish.run("tell-followers") is None
    told = letters(parish)
    assert [one["To"] for one in told] == ["ann@example.org", "bob@example.org"]
    assert [parish.text(one).count("The summer fair") for one in told] == [1, 1]


def test_who_follows_something_else_is_not_told(parish):
    parish.follows(topic=1)
    happens(parish, 0)
    assert (parish.all(Telling), parish.run("tell-followers")) == ([], None)


def test_an_announcement_that_is_undone_tells_nobody(parish):
    parish.follows()

    def fail():
        with parish.database.unit_of_work() as session:
            announce(session, Notice("fair", (Reference("area", parish.topics[0][5:]),), "places:index"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert (parish.all(Announcement), parish.all(AnnouncementTopic), parish.all(Telling)) == ([], [], [])


def test_a_case_is_in_no_subject_and_in_no_feed(parish):
    parish.follows()
    happens(
        parish, 0, is_public=False, title_en="Your councillor has answered", title_cy="Mae ateb gan eich cynghorydd"
    )
    parish.run("tell-followers")
    (letter,) = letters(parish)
    assert letter["Subject"] == "News about what you follow"
    assert "Your councillor has answered" in parish.text(letter)
    assert "councillor" not in parish.browse.client.get(f"/en/feed/area/{parish.ids[0]}.atom").text


def test_several_things_at_once_are_one_letter_grouped_by_topic(parish):
    parish.follows(topic=0)
    parish.follows(topic=1)
    happens(parish, 0, key="a", title_en="First", title_cy="Un")
    happens(parish, 1, key="b", title_en="Second", title_cy="Dau")
    happens(parish, 0, key="c", title_en="Third", title_cy="Tri")
    parish.run("tell-followers")
    (letter,) = letters(parish)
    assert letter["Subject"] == "News about what you follow"
    order = [parish.text(letter).index(one) for one in ("OAKFIELD", "First", "Third", "WATERSIDE", "Second")]
    assert order == sorted(order)


def test_the_digest_comes_on_monday_morning_once_and_never_empty(parish):
    parish.follows(rhythm="weekly")
    parish.follows(rhythm="weekly", topic=1, email="bob@example.org")
    happens(parish, 0)
    days = []
    for _ in range(24 * 14):
        parish.run("tell-followers")
        if parish.run("weekly-digest"):
            days.append(dt.datetime.now(dt.UTC))
        parish.clock.shift(dt.timedelta(hours=1))
    assert days == [dt.datetime(2024, 6, 10, 6, 0, tzinfo=dt.UTC)]  # seven o'clock in London
    (letter,) = letters(parish)
    assert (letter["To"], letter["Subject"]) == ("ann@example.org", "This week, about what you follow")


def test_what_was_told_at_once_is_in_no_digest_and_what_waits_comes_with_a_new_rhythm(parish):
    private = parish.follows()
    happens(parish, 0, key="a")
    parish.run("tell-followers")
    private = private.tick("Once a week, on Monday, when there is something new").press("Save these choices")
    parish.clock.shift(dt.timedelta(days=7))
    assert parish.run("weekly-digest") is None
    happens(parish, 0, key="b", title_en="Later", title_cy="Wedyn")
    assert parish.run("tell-followers") is None
    private.tick("At once, each time").press("Save these choices")
    assert parish.run("tell-followers") == "1 letters written"
    assert [parish.text(one).count("fair") for one in letters(parish)] == [1, 0]


def test_a_follower_chooses_the_language_and_the_page_answers_in_it(parish):
    page = parish.follows().tick("Cymraeg").press("Save these choices")
    assert page.path.startswith("/cy/dilyn/gosodiadau/")
    happens(parish, 0)
    parish.run("tell-followers")
    assert letters(parish)[0]["Subject"] == "Ffair yr haf ŵ ŷ"


@pytest.mark.parametrize(
    ("values", "problems"),
    [({}, 2), ({"rhythm": "weekly"}, 1), ({"language": "cy"}, 1), ({"rhythm": "weekly", "language": "fr"}, 1)],
)
def test_choices_that_there_are_not_change_nothing(parish, values, problems):
    page = parish.follows()
    again = parish.browse.send(page.path, values)
    assert (again.status, len(again.problems())) == (422, problems)
    (one,) = parish.all(Follower)
    assert (one.rhythm, one.language) == (Rhythm.immediate, "en")


def test_one_topic_is_left_and_with_the_last_one_the_person_is_forgotten(parish):
    parish.follows(topic=0)
    page = parish.follows(topic=1)
    happens(parish, 0, key="a")
    happens(parish, 1, key="b", title_en="Of the second", title_cy="Yr ail")
    leave = f"{bare(page)}/leave"
    page = parish.browse.send(leave, {"topic": parish.topics[0]})
    assert page.heading == "What you follow"
    assert "Oakfield" not in page.said
    parish.run("tell-followers")
    assert [parish.text(one).count("fair") for one in letters(parish)] == [0]
    assert parish.browse.send(leave, {"topic": parish.topics[1]}).heading == "You follow nothing any more"
    assert parish.browse.send(leave, {"topic": parish.topics[1]}).heading == "You follow nothing any more"
    for table in (Follower, FollowedTopic, FollowRequest, Telling, OutboxMessage):
        assert parish.all(table) == [], table


def one_click(parish):
    return parish.all(OutboxMessage)[-1].headers["List-Unsubscribe"].strip("<>")


def test_a_mail_program_leaves_with_one_post_from_anywhere_and_mail_that_waits_goes_with_the_person(parish):
    parish.follows()
    happens(parish, 0)
    parish.run("tell-followers")
    address = one_click(parish)
    assert address.startswith(f"{parish.settings.public_url}/unsubscribe/")
    happens(parish, 0, key="later")
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = parish.browse.client.post(address, data=body, headers=ELSEWHERE)
        assert (answer.status_code, answer.text) == (200, "ok\n")
    for table in (Follower, FollowedTopic, FollowRequest, Telling, OutboxMessage):
        assert parish.all(table) == [], table


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_in_parts_and_no_word_of_where_it_comes_from_are_taken(parish, headers):
    parish.follows()
    happens(parish, 0)
    parish.run("tell-followers")
    parts = {"List-Unsubscribe": (None, "One-Click")}
    answer = parish.browse.client.post(one_click(parish), files=parts, headers=headers)
    assert (answer.status_code, parish.all(Follower)) == (200, [])


def test_only_that_address_is_open_to_other_sites(parish):
    private = bare(parish.follows())
    for path in (private, f"{private}/leave", f"{private}/leave-all", "/en/follow"):
        assert parish.browse.client.post(path, data={}, headers=ELSEWHERE).status_code == 403
    assert len(parish.all(Follower)) == 1


def test_the_same_address_opened_by_hand_does_nothing_but_lead_to_a_button(parish):
    parish.follows(lang="cy")
    happens(parish, 0)
    parish.run("tell-followers")
    address = one_click(parish)
    page = parish.browse.open(address.removeprefix(parish.settings.public_url))
    assert page.path.startswith("/cy/dilyn/gosodiadau/")
    assert len(parish.all(Follower)) == 1
    parish.browse.client.post(address)
    assert parish.browse.open(address.removeprefix(parish.settings.public_url)).heading == "You follow nothing any more"


def test_a_private_page_is_kept_by_nobody_and_found_by_nobody_else(parish):
    page = parish.follows()
    assert page.headers["cache-control"] == "no-store"
    assert page.in_other_language().path.startswith("/cy/dilyn/gosodiadau/")
    parish.browse.open(f"/en/follow/settings/{'A' * 43}", 410)
    token = bare(page).rpartition("/")[2]
    (row,) = parish.all(Follower)
    assert token not in str(row.model_dump())


def test_what_is_held_about_somebody_is_given_out_and_erased(parish):
    parish.follows(email="Ann@example.org")
    parish.asks(topic=1, email="ann@example.org")
    happens(parish)
    with parish.database.unit_of_work() as session:
        records = [one.record for one in following.held(session, "ann@example.org")]
        assert sorted(records) == ["follow-request", "follow-request", "follower"]
        assert following.erase(session, OPERATOR, "ann@example.org") == 3
        assert list(following.held(session, "ann@example.org")) == []
        assert following.erase(session, OPERATOR, "ann@example.org") == 0
    for table in (Follower, FollowedTopic, FollowRequest, Telling, OutboxMessage):
        assert parish.all(table) == [], table


def test_somebody_who_only_asked_is_erased_too(parish):
    parish.asks()
    with parish.database.unit_of_work() as session:
        assert following.erase(session, OPERATOR, "ann@example.org") == 1
    assert (parish.all(FollowRequest), parish.all(OutboxMessage)) == ([], [])


def test_the_latest_word_on_rhythm_and_language_holds_for_everything(parish):
    parish.follows(topic=0, lang="en", rhythm="immediate")
    parish.follows(topic=1, lang="cy", rhythm="weekly")
    (one,) = parish.all(Follower)
    assert (one.rhythm, one.language) == (Rhythm.weekly, "cy")


def test_another_noun_lets_somebody_follow_whose_address_it_knows(parish):
    wish = Wish("ann@example.org", Reference("area", str(parish.ids[0])), Rhythm.immediate, "en")
    with parish.database.unit_of_work() as session:
        tokens = {following.follow(session, Vault(parish.settings), wish) for _ in range(2)}
    assert len(tokens) == 1
    parish.browse.open(f"/en/follow/settings/{tokens.pop()}")


def test_announcements_end_after_four_hundred_days_and_what_nobody_is_there_to_hear_at_once(parish):
    parish.follows(rhythm="weekly")
    happens(parish, 0)
    with parish.database.unit_of_work() as session:
        session.add(Telling(follower_id=999, announcement_id=parish.all(Announcement)[0].id, topic="area:1"))
    parish.clock.shift(dt.timedelta(days=announcing.KEPT_DAYS))
    parish.run("forget-followers")
    assert [one.follower_id for one in parish.all(Telling)] == [parish.all(Follower)[0].id]
    parish.clock.shift(1)
    assert parish.run("forget-followers") == "1 deleted"
    assert (parish.all(Announcement), parish.all(AnnouncementTopic), parish.all(Telling)) == ([], [], [])


def test_a_topic_that_is_no_more_can_still_be_left(parish):
    wish = Wish("ann@example.org", Reference("area", "999"), Rhythm.immediate, "en")
    with parish.database.unit_of_work() as session:
        token = following.follow(session, Vault(parish.settings), wish)
    page = parish.browse.open(f"/en/follow/settings/{token}")
    assert "Something that is no longer here" in page.said
    assert parish.browse.send(f"{page.path}/leave", {"topic": "area:999"}).heading == "You follow nothing any more"


def test_the_page_without_a_topic_says_what_can_be_followed(parish):
    page = parish.browse.open("/en/follow").follow("New crime figures for every neighbourhood")
    assert page.heading == "Follow by e-mail: New crime figures for every neighbourhood"
    assert page.in_other_language().heading.endswith("Ffigurau troseddu newydd ar gyfer pob cymdogaeth")


def at_once(*works):
    """Works begun together, each in a thread of its own; what they gave."""
    gate = threading.Barrier(len(works))

    def begin(work):
        gate.wait(timeout=10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result(timeout=30) for one in [pool.submit(begin, work) for work in works]]


def test_two_links_confirmed_at_one_instant_make_one_follower(parish):
    def confirms(topic):
        wish = Wish("ann@example.org", Reference("area", str(parish.ids[topic])), Rhythm.weekly, "en")
        with parish.database.unit_of_work() as session:
            return following.follow(session, Vault(parish.settings), wish)

    Vault(parish.settings).seal("the key is made")
    tokens = at_once(lambda: confirms(0), lambda: confirms(1), lambda: confirms(0))
    assert len(set(tokens)) == 1
    assert len(parish.all(Follower)) == 1
    assert len(parish.all(FollowedTopic)) == 2


def test_one_thing_announced_by_two_at_one_instant_is_told_once(parish):
    parish.follows()
    assert sorted(at_once(*[lambda: happens(parish, 0)] * 3)) == [0, 0, 1]
    assert len(parish.all(Telling)) == 1


def test_somebody_who_leaves_while_letters_are_written_is_sent_none(parish):
    for number in range(20):
        wish = Wish(f"{number}@example.org", Reference("area", str(parish.ids[0])), Rhythm.immediate, "en")
        with parish.database.unit_of_work() as session:
            following.follow(session, Vault(parish.settings), wish)
    happens(parish, 0)

    def leaves():
        with parish.database.unit_of_work() as session:
            for one in session.exec(select(Follower).order_by(Follower.id)).all():  # as whoever writes goes
                following.leave_all(session, one)

    at_once(lambda: parish.run("tell-followers"), leaves)
    for table in (Follower, FollowedTopic, OutboxMessage, Telling):
        assert parish.all(table) == [], table

"""What was announced, for feed readers: read by a parser of somebody else's, in both languages."""

import feedparser
import pytest

from portal.lifecycle import Reference
from portal.notifications.announcing import Notice, announce


def happens(parish, key, *, at=0, title_en="The fair & the <b>band</b>", title_cy="Y ffair ŵ & ŷ"):
    facts = {"title_en": title_en, "title_cy": title_cy}
    with parish.database.unit_of_work() as session:
        announce(session, Notice(key, (Reference("area", str(parish.ids[at])),), "places:index", facts=facts))


def read(parish, path):
    answer = parish.browse.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert (found.bozo, found.version) == (False, "atom10")
    return found


def test_a_feed_is_read_without_complaint_in_both_languages(parish):
    happens(parish, "fair")
    parish.clock.shift(60)
    happens(parish, "later", title_en="Later", title_cy="Wedyn")
    english, welsh = (
        read(parish, f"/en/feed/area/{parish.ids[0]}.atom"),
        read(parish, f"/cy/ffrwd/area/{parish.ids[0]}.atom"),
    )
    assert english.feed.title.startswith("Oakfield")
    assert (english.feed.language, welsh.feed.language) == ("en", "cy")
    assert [one.title for one in english.entries] == ["Later", "The fair & the <b>band</b>"]
    assert [one.title for one in welsh.entries] == ["Wedyn", "Y ffair ŵ & ŷ"]
    assert {one.link for one in english.entries} == {f"{parish.settings.public_url}/en/neighbourhoods"}
    assert len({one.id for one in (*english.entries, *welsh.entries)}) == 4
    assert english.entries[1].updated == "2024-06-05T12:00:00Z"
    assert english.feed.updated == "2024-06-05T12:01:00Z"


def test_the_form_names_the_feed_and_the_feed_names_itself(parish):
    page = parish.browse.open(f"/en/follow?topic={parish.topics[0]}")
    (named,) = [one for one in page.root.iter("link") if one.get("type") == "application/atom+xml"]
    found = read(parish, named.get("href"))
    links = {one.rel: one.href for one in found.feed.links}
    assert links["self"] == parish.settings.public_url + named.get("href")
    assert links["alternate"].endswith("/en/crime/neighbourhoods/oakfield")


def test_an_empty_feed_is_a_feed_and_a_new_entry_is_there_at_once(parish):
    path = f"/en/feed/area/{parish.ids[0]}.atom"
    assert read(parish, path).entries == []
    happens(parish, "fair")
    assert len(read(parish, path).entries) == 1
    assert read(parish, f"/en/feed/area/{parish.ids[1]}.atom").entries == []


def test_an_entry_keeps_its_identity_and_only_the_newest_fifty_are_shown(parish):
    path = f"/en/feed/area/{parish.ids[0]}.atom"
    for number in range(51):
        happens(parish, str(number), title_en=f"Number {number}", title_cy="Rhif")
    first, again = read(parish, path), read(parish, path)
    assert [one.id for one in first.entries] == [one.id for one in again.entries]
    assert [one.title for one in first.entries] == [f"Number {number}" for number in range(50, 0, -1)]


@pytest.mark.parametrize("path", ["/en/feed/area/999.atom", "/en/feed/nothing/1.atom", "/cy/ffrwd/area/x.atom"])
def test_a_topic_that_there_is_not_has_no_feed(parish, path):
    assert parish.browse.client.get(path).status_code == 404

"""Atom and iCalendar as somebody else's parsers read them: no complaint, nothing lost, whatever the words are."""

import datetime as dt
from dataclasses import replace

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from portal.clock import LONDON
from portal.web.feeds import Entry, Event, Feed, atom, calendar, identity

NOON = dt.datetime(2024, 6, 5, 12, 0, tzinfo=dt.UTC)
ENTRY = Entry("fair", "Ffair yr haf ŵ ŷ", "https://portal.example.org/cy/ffair", NOON, "Dewch & mwynhewch <nawr>")
FEED = Feed(
    title="Maes-y-deri",
    author="Cyngor",
    language="cy",
    address="https://portal.example.org/cy/",
    own_address="https://portal.example.org/cy/ffrwd.atom",
    entries=(ENTRY,),
    updated_at=NOON - dt.timedelta(days=1),
)
EVENT = Event(
    key="meeting-1",
    title="Cyfarfod; â llawer, o farciau",
    begins_at=dt.datetime(2024, 7, 1, 17, 30, tzinfo=dt.UTC),
    ends_at=dt.datetime(2024, 7, 1, 19, 0, tzinfo=dt.UTC),
    address="https://portal.example.org/cy/cyfarfodydd/1",
    updated_at=NOON,
    place="Neuadd y Dref, Brynelwern",
    text="Un llinell\nDwy linell\\" + " hir iawn ŵ" * 30,
)


def events(data):
    made = Calendar.from_ical(data)
    assert made.errors == []
    assert all(one.errors == [] for one in made.walk())
    return made, list(made.walk("VEVENT"))


def test_a_feed_holds_what_it_was_given():
    found = feedparser.parse(atom(FEED))
    assert not found.bozo
    (entry,) = found.entries
    assert (entry.title, entry.link, entry.summary) == (ENTRY.title, ENTRY.address, "Dewch & mwynhewch <nawr>")
    assert (found.feed.title, found.feed.language, found.feed.author) == ("Maes-y-deri", "cy", "Cyngor")
    assert found.feed.updated == entry.updated == "2024-06-05T12:00:00Z"
    assert entry.id.startswith("urn:uuid:")


def test_an_empty_feed_says_when_it_last_changed():
    found = feedparser.parse(atom(replace(FEED, entries=())))
    assert (found.bozo, found.feed.updated) == (False, "2024-06-04T12:00:00Z")


@given(st.text(max_size=60))
def test_no_words_break_a_feed_or_a_calendar(text):
    assert not feedparser.parse(atom(replace(FEED, title=text, entries=(replace(ENTRY, title=text),)))).bozo
    _, (event,) = events(calendar(text, "cy", [replace(EVENT, title=f"x{text}")]))
    assert str(event["summary"]).startswith("x")


def test_a_calendar_holds_what_it_was_given_in_london_time():
    data = calendar("Cyfarfodydd ŵ", "cy", [EVENT])
    made, (event,) = events(data)
    assert str(made["x-wr-calname"]) == "Cyfarfodydd ŵ"
    assert str(event["summary"]) == EVENT.title
    assert event["summary"].params["language"] == "cy"
    assert str(event["description"]) == EVENT.text
    assert str(event["location"]) == EVENT.place
    assert event["dtstart"].dt == EVENT.begins_at
    assert event["dtstart"].dt.utcoffset() == dt.timedelta(hours=1)
    assert event["dtend"].dt == EVENT.ends_at
    assert (str(event["status"]), event["sequence"]) == ("CONFIRMED", 0)
    assert str(event["uid"]) == identity(EVENT.key)
    assert [str(one["tzid"]) for one in made.walk("VTIMEZONE")] == [str(LONDON)]


def test_the_lines_of_a_calendar_are_no_longer_than_programs_read():
    lines = calendar("Cyfarfodydd", "cy", [EVENT]).split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75


@pytest.mark.parametrize(("begins", "hours"), [("2024-01-15", 0), ("2024-03-31", 1), ("2024-10-27", 0)])
def test_summer_time_is_londons(begins, hours):
    at = dt.datetime.fromisoformat(f"{begins}T18:00:00+00:00")
    _, (event,) = events(calendar("C", "en", [replace(EVENT, begins_at=at, ends_at=at + dt.timedelta(hours=1))]))
    assert event["dtstart"].dt.utcoffset() == dt.timedelta(hours=hours)
    assert event["dtstart"].dt == at


def test_a_cancelled_event_stays_and_says_so():
    _, (event,) = events(calendar("C", "en", [replace(EVENT, is_cancelled=True, sequence=2)]))
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 2)


def test_an_event_without_place_and_text_and_a_calendar_without_events_are_read_too():
    _, (event,) = events(calendar("C", "en", [replace(EVENT, place="", text="")]))
    assert not {"location", "description"} & set(event)
    assert events(calendar("C", "en", []))[1] == []


def test_the_same_is_written_the_same_every_time():
    assert calendar("C", "en", [EVENT]) == calendar("C", "en", [EVENT])
    assert atom(FEED) == atom(FEED)

"""Lists for programs: an Atom feed and an iCalendar file, from values that are already in one language. Pure: what is
written depends on nothing but what is given.

Sources: RFC 4287 (Atom), RFC 5545 and 7986 (iCalendar).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from icalendar import Calendar, vText
from icalendar import Event as CalendarEvent

from portal.clock import LONDON
from portal.web.characters import only_text

ATOM_TYPE = "application/atom+xml"
CALENDAR_TYPE = "text/calendar"
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a feed. Its `key` never changes, whatever becomes of its title and address."""

    key: str
    title: str
    address: str
    updated_at: dt.datetime
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A list in one language, newest first."""

    title: str
    author: str
    language: str
    address: str
    """The page that shows the same to people."""
    own_address: str
    entries: tuple[Entry, ...]
    updated_at: dt.datetime
    """When the list last changed; that of its newest entry where there is one."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that takes place. A cancelled one stays in the calendar, so that programs strike it out."""

    key: str
    title: str
    begins_at: dt.datetime
    ends_at: dt.datetime
    address: str
    updated_at: dt.datetime
    place: str = ""
    text: str = ""
    sequence: int = 0
    """How often it was changed: programs take the highest for the newest."""
    is_cancelled: bool = False


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = ET.Element("feed", {"xmlns": _ATOM, f"{{{_XML}}}lang": feed.language})
    _say(root, "id", identity(feed.own_address))
    _say(root, "title", feed.title)
    _say(root, "updated", _moment(max((one.updated_at for one in feed.entries), default=feed.updated_at)))
    _say(ET.SubElement(root, "author"), "name", feed.author)
    _link(root, "self", feed.own_address, ATOM_TYPE)
    _link(root, "alternate", feed.address, "text/html")
    for one in feed.entries:
        entry = ET.SubElement(root, "entry")
        _say(entry, "id", identity(f"{feed.language} {one.key}"))
        _say(entry, "title", one.title)
        _say(entry, "updated", _moment(one.updated_at))
        _link(entry, "alternate", one.address, "text/html")
        if one.summary:
            _say(entry, "summary", one.summary)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def calendar(name: str, language: str, events: Iterable[Event]) -> bytes:
    """The events as iCalendar. Moments are given in London time, with the rules by which its clocks change."""
    made = Calendar()
    made.add("prodid", f"-//portal-community-safety//{language.upper()}")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for field in ("name", "x-wr-calname"):  # the older one is what most programs read
        made.add(field, vText(name, params={"language": language}))
    made.add("refresh-interval", dt.timedelta(hours=12), parameters={"value": "DURATION"})
    for one in events:
        made.add_component(_event(one, language))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def identity(text: str) -> str:
    """A name for good, made from a text that is one's own."""
    return uuid.uuid5(uuid.NAMESPACE_URL, text).urn


def _event(one: Event, language: str) -> CalendarEvent:
    made = CalendarEvent()
    made.add("uid", identity(one.key))
    made.add("dtstamp", one.updated_at.astimezone(dt.UTC))
    made.add("last-modified", one.updated_at.astimezone(dt.UTC))
    made.add("sequence", one.sequence)
    made.add("dtstart", one.begins_at.astimezone(LONDON))
    made.add("dtend", one.ends_at.astimezone(LONDON))
    for field, text in (("summary", one.title), ("location", one.place), ("description", one.text)):
        if text:
            made.add(field, vText(text, params={"language": language}))
    made.add("url", one.address)
    made.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    return made


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = only_text(text)


def _link(parent: ET.Element, kind: str, address: str, media_type: str) -> None:
    ET.SubElement(parent, "link", {"rel": kind, "type": media_type, "href": address})


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

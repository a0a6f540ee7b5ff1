"""A portal with two neighbourhoods, somebody with a browser at it, and the mail that it writes."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy

import pytest
from sqlmodel import select

from portal.app import create_app
from portal.notifications.manifest import manifest
from portal.notifications.models import OutboxMessage
from portal.notifications.senders import letter
from portal.places.models import Area, AreaKind
from tests.browse import Browse
from tests.factories import job_context
from tests.telling import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

NOON = dt.datetime(2024, 6, 5, 12, 0, tzinfo=dt.UTC)
"""A Wednesday."""


class Parish:
    """Two neighbourhoods, a browser, a clock that stands still, and the worker's jobs by name."""

    def __init__(self, browse, clock):
        self.browse, self.clock = browse, clock
        self.app, self.settings = browse.app, browse.settings
        self.database = browse.app.state.database
        self.context = job_context(self.database, self.settings)
        with self.database.unit_of_work() as session:
            self.ids = [self._area(session, number, names) for number, names in enumerate((OAK, WATER), 1)]
        self.topics = [f"area:{one}" for one in self.ids]

    def _area(self, session, number, names):
        name_en, name_cy, slug_en, slug_cy = names
        area = Area(
            kind=AreaKind.neighbourhood,
            code=f"N0000{number}",
            name_en=name_en,
            name_cy=name_cy,
            slug_en=slug_en,
            slug_cy=slug_cy,
            starts_on=dt.date(2020, 1, 1),
        )
        session.add(area)
        session.flush()
        return area.key

    def all(self, row):
        with self.database.reading() as session:
            return session.exec(select(row)).all()

    def run(self, job):
        (one,) = [one for one in manifest.jobs if one.name == job]
        return one.run(self.context)

    def mail(self):
        """Every letter of the outbox, read by the standard library, oldest first."""
        with self.database.reading() as session:
            rows = session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [message_from_bytes(letter(one, self.settings), policy=policy.default) for one in rows]

    def text(self, mail):
        return mail.get_content().replace("\r\n", "\n")

    def link(self, mail, word):
        """The path of the one line of a letter that is the address of such a page."""
        begin = self.settings.public_url
        (found,) = [one for one in self.text(mail).splitlines() if one.startswith(begin) and word in one]
        return found.removeprefix(begin)

    def asks(self, topic=0, lang="en", email="ann@example.org", rhythm="immediate"):
        """Somebody fills in the form; the page that answers."""
        path = {"en": "/en/follow", "cy": "/cy/dilyn"}[lang]
        page = self.browse.open(f"{path}?topic={self.topics[topic]}")
        fields = {one.get("name"): one.get("value") for one in page.root.iter("input")}
        values = {name: fields[name] for name in ("form_key", "topic")} | {"email": email, "rhythm": rhythm}
        return self.browse.send(path, values)

    def follows(self, topic=0, lang="en", email="ann@example.org", rhythm="immediate"):
        """They ask, and confirm from their mailbox; their private page."""
        self.asks(topic, lang, email, rhythm)
        confirming = self.link(self.mail()[-1], "/confirm/" if lang == "en" else "/cadarnhau/")
        return self.browse.send(confirming, {})


OAK = ("Oakfield", "Maes-y-deri ŵ", "oakfield", "maes-y-deri")
WATER = ("Waterside", "Glan-y-dŵr ŷ", "waterside", "glan-y-dwr")


@pytest.fixture
def parish(database, settings, time_machine):
    time_machine.move_to(NOON, tick=False)
    with Browse(create_app(settings, database=database)) as browse:
        yield Parish(browse, time_machine)

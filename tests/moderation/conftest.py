"""A noun of its own whose words go through the queue: an issue that a stranger raises."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from sqlmodel import Session, select

from portal import app as portal_app
from portal.lifecycle import Reference
from portal.moderation.models import ModerationItem
from portal.moderation.service import Submission, submit, texts_of
from portal.notifications.models import OutboxMessage
from portal.web.manifest import Manifest, Outcome
from tests.browse import Browse
from tests.people import somebody

WELSH = "Mae'r golau ar y gornel wedi torri ers mis."
ENGLISH = "The light at the corner has been out for a month."


@dataclass
class Issues:
    """The noun: it hears what became of its issues."""

    heard: list[Outcome] = field(default_factory=list)

    def hear(self, _session: Session, outcome: Outcome) -> None:
        self.heard.append(outcome)


@dataclass
class Office:
    """A portal with that noun, and what tests ask of it."""

    app: object
    database: object
    issues: Issues
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def submit(self, text: str | Mapping[str, str] = ENGLISH, language: str = "en", email: str | None = None) -> int:
        """The number of a new item."""
        texts = text if isinstance(text, Mapping) else {"text": text}
        thing = Reference("issue", str(next(self.numbers)))
        with self.database.unit_of_work() as session:
            return submit(session, Submission(thing, texts, language, f"/{language}/find", email)).key

    def rows(self, what):
        with self.database.reading() as session:
            return session.exec(select(what).order_by(*what.__table__.primary_key.columns)).all()

    def item(self, item_id: int) -> ModerationItem:
        with self.database.reading() as session:
            return session.get_one(ModerationItem, item_id)

    def public(self, item_id: int) -> list[str | None]:
        with self.database.reading() as session:
            return [one.public for one in texts_of(session, item_id)]

    def mail(self) -> list[OutboxMessage]:
        return self.rows(OutboxMessage)

    def moderator(self, **about) -> Browse:
        """A moderator who is signed in."""
        return somebody(self.app, "moderator", **about)

    def reader(self) -> Browse:
        return Browse(self.app)


@pytest.fixture
def office(database, settings, monkeypatch):
    issues = Issues()
    manifest = Manifest(noun="issues", moderated={"issue": issues.hear})
    monkeypatch.setattr(portal_app, "MANIFESTS", (*portal_app.MANIFESTS, manifest))
    app = portal_app.create_app(settings, database=database)
    monkeypatch.undo()
    return Office(app, database, issues)

"""Posted twice, made once: each form for a person's own words carries a key, and the key with these very words
remembers where its first posting led. Other words under the same key (somebody went back and wrote more) are another
form.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Callable

from sqlalchemy import DateTime, bindparam, text
from sqlmodel import Field, Session, SQLModel
from starlette.datastructures import FormData

from portal import clock

FIELD = "form_key"
_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}\Z", re.ASCII)
_CLAIM = text(
    "INSERT INTO form_key (key, made_at, led_to) VALUES (:key, :made_at, '') ON CONFLICT (key) DO NOTHING RETURNING key"
).bindparams(bindparam("made_at", type_=DateTime(timezone=True)))
_REMEMBER = text("UPDATE form_key SET led_to = :led_to WHERE key = :key")
_FORGET = text("DELETE FROM form_key WHERE made_at < :before").bindparams(
    bindparam("before", type_=DateTime(timezone=True))
)
_COUNT_OLD = text("SELECT count(*) FROM form_key WHERE made_at < :before").bindparams(
    bindparam("before", type_=DateTime(timezone=True))
)
_KEPT_DAYS = 2


class FormKey(SQLModel, table=True):
    """One posted form and the path to which it led. The key is a digest of the form's key and of all its fields: what
    was typed is not kept here, and cannot be guessed without the form's key.
    """

    __tablename__ = "form_key"

    key: str = Field(primary_key=True, max_length=64)
    made_at: dt.datetime
    led_to: str = Field(max_length=300)


def new_key() -> str:
    """A key for one showing of one form."""
    return secrets.token_urlsafe(24)


def once(session: Session, form: FormData, make: Callable[[], str]) -> str:
    """Where the form leads: the first time it is posted `make` makes what it asks for and says so, in the same unit of
    work; every other time nothing is made. A form without a usable key is always a first, and so is one whose `make`
    raised an exception that the handler turned into a page.

    Two at one instant: the database lets one insert, the other waits for it and reads where it led.
    """
    digest = _digest(form)
    if digest is None:
        return make()
    connection = session.connection()
    if connection.execute(_CLAIM, {"key": digest, "made_at": clock.now()}).first() is None:
        led_to = session.get_one(FormKey, digest, populate_existing=True).led_to
        if led_to:
            return led_to
    led_to = make()
    connection.execute(_REMEMBER, {"key": digest, "led_to": led_to})
    return led_to


def _digest(form: FormData) -> str | None:
    key = form.get(FIELD)
    if not isinstance(key, str) or not _KEY.match(key):
        return None
    fields = json.dumps([(name, str(value)) for name, value in form.multi_items()])
    return hashlib.sha256(fields.encode()).hexdigest()


def forget_old(session: Session) -> int:
    """Delete keys of more than two days ago."""
    before = clock.now() - dt.timedelta(days=_KEPT_DAYS)
    return int(session.connection().execute(_FORGET, {"before": before}).rowcount)


def count_old(session: Session) -> int:
    """How many keys `forget_old` would delete now."""
    before = clock.now() - dt.timedelta(days=_KEPT_DAYS)
    return int(session.connection().execute(_COUNT_OLD, {"before": before}).scalar_one())

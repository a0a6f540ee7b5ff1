"""Addresses, topics, secrets and the hour of the digest: pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata

from portal.clock import LONDON
from portal.lifecycle import Reference

_TOPIC = re.compile(r"([a-z][a-z-]{0,29}):([a-z0-9][a-z0-9-]{0,79})\Z", re.ASCII)
_DIGEST_AT = dt.time(7)


def email_key(email: str) -> str:
    """By which two addresses are told to be one: small letters, and nothing else. Residents use what follows a plus
    sign to sort their mail, so `a+x@` and `a@` are two.
    """
    return email.strip().lower()


def mailbox(email: str) -> str:
    """Where mail for an address arrives: small letters, and without what follows a plus sign, which most mail servers
    leave out when they deliver. By it accounts are told apart, and letters to one person are counted.
    """
    local, _, host = unicodedata.normalize("NFC", email).strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{host}"


def topic_of(text: str) -> Reference | None:
    """The topic that a text `kind:key` names; None where it names none."""
    found = _TOPIC.match(text)
    return Reference(found[1], found[2]) if found else None


def digest(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def digest_hour(now: dt.datetime) -> dt.datetime:
    """The last Monday, 07:00 in London, that is not after `now`: what was announced before it is in that week's
    digest, and what comes later in the next.
    """
    local = now.astimezone(LONDON)
    monday = local.date() - dt.timedelta(days=local.weekday())
    hour = dt.datetime.combine(monday, _DIGEST_AT, LONDON)
    if hour > local:
        hour = dt.datetime.combine(monday - dt.timedelta(days=7), _DIGEST_AT, LONDON)
    return hour.astimezone(dt.UTC)

"""What the officer typed, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from starlette.datastructures import FormData

from portal.rights.models import RequestKind
from portal.rights.rules import LONGEST_REASON
from portal.web.forms import LONGEST_EMAIL, Problems, line, looks_like_email, words

_KEY = re.compile(r"[a-z]{1,30}:[0-9]{1,9}\Z")
_LONGEST_KEY = 40
_LONGEST_NAME = 120
_FIRST_YEAR = 2018
"""In which these rights, and their clock, began."""


@dataclass(frozen=True, slots=True)
class TypedRequest:
    """The form for a new request, as it was typed."""

    kind: str
    received_on: str


def whom(form: FormData) -> tuple[str, Problems]:
    """An address, or the key of a record as the page of a name hands it out. Code: not_email."""
    key = line(form, "key", _LONGEST_KEY)
    if _KEY.match(key):
        return key, {}
    typed = line(form, "email", LONGEST_EMAIL)
    good = looks_like_email(typed)
    return typed, ({} if good else {"email": "not_email"})


def name(form: FormData) -> tuple[str, Problems]:
    """The name of somebody in a post or a seat. Code: no_name."""
    typed = line(form, "name", _LONGEST_NAME)[:_LONGEST_NAME]
    return typed, ({} if typed else {"name": "no_name"})


def new_request(form: FormData, today: dt.date) -> tuple[TypedRequest, RequestKind | None, dt.date | None, Problems]:
    """A request. Codes: no_kind, not_a_day, not_yet."""
    typed = TypedRequest(line(form, "kind", 20)[:20], line(form, "received_on", 20)[:20])
    problems: dict[str, str] = {}
    kind = RequestKind(typed.kind) if typed.kind in set(RequestKind) else None
    if kind is None:
        problems["kind"] = "no_kind"
    day, code = day_up_to(typed.received_on, today)
    if code:
        problems["received_on"] = code
    return typed, kind, day, problems


def day_up_to(text: str, today: dt.date) -> tuple[dt.date | None, str]:
    """A day that has come. Codes: not_a_day, not_yet."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None, "not_a_day"
    if day.year < _FIRST_YEAR:
        return None, "not_a_day"
    return (None, "not_yet") if day > today else (day, "")


def reason(form: FormData) -> tuple[str, Problems]:
    """Why a request takes longer. Codes: no_reason, too_long."""
    typed = words(form, "reason", LONGEST_REASON)
    if not typed:
        return typed, {"reason": "no_reason"}
    return typed, ({"reason": "too_long"} if len(typed) > LONGEST_REASON else {})

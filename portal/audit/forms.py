"""What was typed to look something up in the record."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import FormData

from portal.audit.searching import Wanted
from portal.lifecycle import Reference
from portal.web.forms import Problems, line
from portal.web.identity import ACCOUNT

_THING = re.compile(r"[a-z][a-z-]{0,39}(:[A-Za-z0-9][A-Za-z0-9/_.-]{0,78})?\Z")
_ACTOR = re.compile(r"[a-z][a-z-]{0,39}(:[0-9]{1,15})?\Z")
_NUMBER = re.compile(r"[1-9][0-9]{0,14}\Z")
"""Of an account, which may be typed alone."""
_LAST_YEAR = 9000
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed."""

    thing: str = ""
    actor: str = ""
    act: str = ""
    first_on: str = ""
    last_on: str = ""


def read(form: FormData, acts: Iterable[str]) -> tuple[Typed, Wanted, Problems]:
    """What is looked for. Codes: not_a_thing, not_an_actor, not_a_day, wrong_way_round.

    Only what can be a code is taken: whoever types a name or an address by mistake finds it nowhere, and the record of
    this reading does not keep it.
    """
    typed = Typed(**{name: line(form, name, 120)[:120] for name in ("thing", "actor", "act", "first_on", "last_on")})
    problems: dict[str, str] = {}
    thing, who = typed.thing.lower(), typed.actor.lower()  # pages print references in capital letters
    if thing and not _THING.match(thing):
        problems["thing"] = "not_a_thing"
    actor = str(Reference(ACCOUNT, who)) if _NUMBER.match(who) else who
    if actor and not _ACTOR.match(actor):
        problems["actor"] = "not_an_actor"
    days = {name: _day(getattr(typed, name)) for name in ("first_on", "last_on")}
    problems |= {name: "not_a_day" for name, day in days.items() if day is None and getattr(typed, name)}
    first_on, last_on = days["first_on"], days["last_on"]
    if first_on and last_on and last_on < first_on:
        problems["last_on"] = "wrong_way_round"
    act = typed.act if typed.act in acts else ""
    before = line(form, "before", 15)
    number = int(before) if before.isdecimal() and before.isascii() and len(before) <= _MOST_DIGITS else 0
    return typed, Wanted(thing, actor, act, first_on, last_on, number), problems


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < _LAST_YEAR else None

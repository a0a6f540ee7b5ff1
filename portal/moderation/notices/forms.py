"""A notice of complaint as it was typed, and the steps that a moderator takes about one."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from starlette.datastructures import FormData, QueryParams

from portal.clock import LONDON
from portal.contact.forms import asked_about
from portal.moderation.notices.rules import missing
from portal.moderation.notices.service import Step
from portal.moderation.notices.workflow import NOTICES
from portal.moderation.reports.forms import reference
from portal.web.forms import LONGEST_EMAIL, Problems, line, looks_like_email, words

MOST_WORDS = 5000
_YES_OR_NO = {"yes": True, "no": False}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, to be shown again whole when something is wrong. It has the names of a notice, so that
    `rules.missing` reads it.
    """

    about: str
    item: str = ""
    name: str = ""
    email: str = ""
    words: str = ""
    meaning: str = ""
    wrong: str = ""
    lacks_details: bool = False
    may_name: bool | None = None
    may_give_email: bool | None = None
    says_repeated: bool = False
    as_it_is: bool = False
    """That it is to be sent although something is missing: the law takes such a notice too."""


def asked(query: QueryParams) -> Typed:
    """The empty form for the page, and the words on it, that the address names."""
    return Typed(asked_about(query), reference(query.get("item", "")))


def read(form: FormData) -> tuple[Typed, Problems]:
    """The typed values and the problems. Codes: not_email, too_long, and missing_ with the name of a field."""
    typed = Typed(
        about=line(form, "about", 300)[:300],
        item=reference(line(form, "item", 20)),
        name=line(form, "name", 200)[:200],
        email=line(form, "email", LONGEST_EMAIL),
        words=words(form, "words", MOST_WORDS),
        meaning=words(form, "meaning", MOST_WORDS),
        wrong=words(form, "wrong", MOST_WORDS),
        lacks_details=form.get("lacks_details") == "yes",
        may_name=_YES_OR_NO.get(line(form, "may_name", 5)),
        may_give_email=_YES_OR_NO.get(line(form, "may_give_email", 5)),
        says_repeated=form.get("says_repeated") == "yes",
        as_it_is=form.get("as_it_is") == "yes",
    )
    lacking = () if typed.as_it_is else missing(typed)
    problems: dict[str, str] = {}
    for field in ("name", "email", "about", "words", "meaning", "wrong", "lacks_details", "may_name", "may_give_email"):
        if field in lacking:
            problems[field] = f"missing_{field}"
        elif field in {"words", "meaning", "wrong"} and len(getattr(typed, field)) > MOST_WORDS:
            problems[field] = "too_long"
        elif field == "email" and not looks_like_email(typed.email):
            problems[field] = "not_email"
    return typed, problems


@dataclass(frozen=True, slots=True)
class TypedStep:
    """The form of a step as it was typed."""

    move: str = ""
    replied_on: str = ""
    replied_time: str = ""
    poster_name: str = ""
    poster_address: str = ""
    poster_consents: bool = False
    is_gone: bool = False


def step(form: FormData) -> tuple[TypedStep, Step | None, Problems]:
    """The step that is taken, or the problems. Codes: no_move, no_moment. What the rules ask besides is asked there."""
    move = line(form, "move", 40)
    typed = TypedStep(
        move=move if move in {one.name for one in NOTICES.moves} else "",
        replied_on=line(form, "replied_on", 10),
        replied_time=line(form, "replied_time", 5),
        poster_name=line(form, "poster_name", 200)[:200],
        poster_address=line(form, "poster_address", 500)[:500],
        poster_consents=form.get("poster_consents") == "yes",
        is_gone=form.get("is_gone") == "yes",
    )
    if not typed.move:
        return typed, None, {"move": "no_move"}
    replied_at = _moment(typed)
    if typed.move.startswith("reply_") and replied_at is None:
        return typed, None, {"replied_on": "no_moment"}
    details = (typed.poster_name, typed.poster_address) if typed.move == "reply_objects" else ("", "")
    return typed, Step(typed.move, typed.is_gone, replied_at, *details, typed.poster_consents), {}


def _moment(typed: TypedStep) -> dt.datetime | None:
    text = f"{typed.replied_on} {typed.replied_time}"
    if not _TIME.match(text):
        return None
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None

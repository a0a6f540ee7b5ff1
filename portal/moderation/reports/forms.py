"""What somebody reports about a page: the fields of the form, or what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import FormData, QueryParams

from portal.contact.forms import asked_about, page_of_ours
from portal.moderation.reports.models import ConcernKind, ConcernOutcome
from portal.web.forms import LONGEST_EMAIL, Problems, line, looks_like_email, words

MOST_WORDS = 3000
_REFERENCE = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}\Z")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, to be shown again whole when something is wrong."""

    kind: str
    about: str
    item: str
    text: str
    email: str


def asked(query: QueryParams) -> Typed:
    """The empty form for the page, and the words on it, that the address names."""
    return Typed("", asked_about(query), reference(query.get("item", "")), "", "")


def reference(text: str) -> str:
    """A reference of ours, as it may be typed; nothing for anything else."""
    folded = text.strip().lower()
    return folded if _REFERENCE.match(folded) else ""


def read(form: FormData) -> tuple[Typed, Problems]:
    """The typed values and the problems. Codes: no_kind, missing, too_long, not_email."""
    kind = line(form, "kind", 20)
    typed = Typed(
        kind=kind if kind in set(ConcernKind) else "",
        about=page_of_ours(line(form, "about", 300)),
        item=reference(line(form, "item", 20)),
        text=words(form, "text", MOST_WORDS),
        email=line(form, "email", LONGEST_EMAIL),
    )
    problems: dict[str, str] = {} if typed.kind else {"kind": "no_kind"}
    if not typed.text:
        problems["text"] = "missing"
    elif len(typed.text) > MOST_WORDS:
        problems["text"] = "too_long"
    if typed.email and not looks_like_email(typed.email):
        problems["email"] = "not_email"
    return typed, problems


def outcome(form: FormData) -> ConcernOutcome | None:
    """What was done about a report; None where nothing was chosen."""
    chosen = line(form, "outcome", 20)
    return ConcernOutcome(chosen) if chosen in set(ConcernOutcome) else None

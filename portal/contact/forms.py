"""What somebody wrote: the fields of the contact form, or what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import FormData, QueryParams

from portal.web.forms import LONGEST_EMAIL, Problems, line, looks_like_email, words

MOST_WORDS = 3000
_PATH = re.compile(r"/(?:en|cy)/[a-z0-9./-]{0,280}\Z")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, to be shown again whole when something is wrong."""

    about: str
    text: str
    email: str


def asked_about(query: QueryParams) -> str:
    """The page that the form was opened from, where the address names one of ours."""
    return page_of_ours(query.get("about", ""))


def page_of_ours(path: str) -> str:
    """A path of this portal; nothing for anything else."""
    return path if _PATH.match(path) else ""


def read(form: FormData) -> tuple[Typed, Problems]:
    """The typed values and the problems, field by field. Codes: missing, too_long, not_email."""
    typed = Typed(
        page_of_ours(line(form, "about", 300)), words(form, "text", MOST_WORDS), line(form, "email", LONGEST_EMAIL)
    )
    problems: dict[str, str] = {}
    if not typed.text:
        problems["text"] = "missing"
    elif len(typed.text) > MOST_WORDS:
        problems["text"] = "too_long"
    if typed.email and not looks_like_email(typed.email):
        problems["email"] = "not_email"
    return typed, problems

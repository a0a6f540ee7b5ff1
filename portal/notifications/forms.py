"""What somebody asks who wants to follow something, or to be told otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData

from portal.notifications.models import Rhythm
from portal.web.forms import LONGEST_EMAIL, Problems, line, looks_like_email

_LONGEST_TOPIC = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was sent, to be shown again whole when something is wrong."""

    topic: str
    email: str
    rhythm: Rhythm


def asked(form: FormData) -> tuple[Asked, Problems]:
    """What was typed and chosen. Codes: not_email, no_rhythm."""
    rhythm, problems = _rhythm(form)
    typed = Asked(line(form, "topic", _LONGEST_TOPIC), line(form, "email", LONGEST_EMAIL), rhythm)
    if not looks_like_email(typed.email):
        problems = {"email": "not_email"} | problems
    return typed, problems


def chosen(form: FormData, languages: tuple[str, ...]) -> tuple[Rhythm, str, Problems]:
    """How soon, and in which language. Codes: no_rhythm, no_language. Where there is one language nobody is asked."""
    rhythm, problems = _rhythm(form)
    language = line(form, "language", 2) or (languages[0] if len(languages) == 1 else "")
    if language not in languages:
        problems |= {"language": "no_language"}
    return rhythm, language, problems


def _rhythm(form: FormData) -> tuple[Rhythm, dict[str, str]]:
    said = line(form, "rhythm", 20)
    if said in Rhythm.__members__:
        return Rhythm(said), {}
    return Rhythm.weekly, {"rhythm": "no_rhythm"}

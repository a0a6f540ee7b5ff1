"""Messages in their readers' languages: `templates/email/<name>/` has a subject and a body, plain text, made in each
language from the same catalogue as the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from portal.settings import Settings
    from portal.web.templates import Templates

_RULE = "\n\n" + "-" * 40 + "\n\n"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to be sent: a subject of one line, and a text."""

    subject: str
    body: str
    language: str = ""
    """The language or languages in which it is, as the header Content-Language says them."""


class Office(Protocol):
    """Where letters are made: the application's state, or what a job works with."""

    @property
    def letters(self) -> Letters:
        """What makes them."""

    @property
    def settings(self) -> Settings:
        """Whose they are."""


class Letters:
    """Makes messages. It lives as long as the application or the worker does."""

    def __init__(self, templates: Templates, languages: tuple[str, ...]) -> None:
        self._environments = templates.environments
        self._urls = templates.urls
        self._public_url = templates.public_url
        self._languages = languages

    def make(self, name: str, context: DataclassInstance, language: str | None) -> Letter:
        """The message `name` in one language; in both, one after the other, where the reader's is not known."""
        spoken = (language,) if language in self._languages else self._languages
        parts = [self._part(name, context, lang) for lang in spoken]
        subject = " / ".join(dict.fromkeys(part.subject for part in parts))
        return Letter(subject, _RULE.join(part.body for part in parts) + "\n", ", ".join(spoken))

    def line(self, template: str, values: Mapping[str, object], language: str) -> str:
        """One line of plain text from a template of some noun: what is said in a list, a mail or a feed."""
        return " ".join(self._environments[language].get_template(template).render(values).split())

    def address(self, language: str, route: str, params: Mapping[str, object]) -> str:
        """The whole address of a page, as messages and feeds give it."""
        return self._public_url + self._urls.path(route, language, **params)

    def spoken_to(self, language: str) -> str:
        """The language in which somebody is written to who chose this one: the first where it is published no more."""
        return language if language in self._languages else self._languages[0]

    def _part(self, name: str, context: DataclassInstance, language: str) -> Letter:
        values = {one.name: getattr(context, one.name) for one in fields(context)}
        subject, body = (
            self._environments[language].get_template(f"email/{name}/{part}.txt").render(values)
            for part in ("subject", "body")
        )
        return Letter(" ".join(subject.split()), body.strip())

"""The pages in `content/pages`: read once at the start and filled in from the settings; rendered and cleaned once, for
the first reader. A page is there in every language or not at all.

`{{ name }}` in a file stands for a value; a line of which a value is empty is left out. A line that begins with
`{{ if_welsh }}` is there only where the portal publishes in Welsh as well.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from babel.dates import format_date
from markupsafe import Markup

from portal.accounts.known import KNOWN_DAYS
from portal.notifications.service import UNSENT_KEPT_DAYS
from portal.resources import resource_dir
from portal.settings import Settings
from portal.web.markup import from_markdown

PAGES = (
    "about-the-figures",
    "accessibility-statement",
    "cookies",
    "crime-categories",
    "help-now",
    "other-formats",
    "privacy-notice",
)
"""The slugs, which are also the English path words."""

_IF_WELSH = re.compile(r"\{\{ if_welsh \}\} ?")
_PLACEHOLDER = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")
_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")


class BadContent(Exception):
    """A content file cannot be used; the text names the file and the fault."""


@dataclass(frozen=True)
class ContentPage:
    """One page in one language; `text` is Markdown."""

    slug: str
    title: str
    description: str
    text: str

    @cached_property
    def html(self) -> Markup:
        return from_markdown(self.text)


Pages = Mapping[tuple[str, str], ContentPage]
"""By slug and language."""


def load(settings: Settings) -> Pages:
    """Every page in every language published, filled in from the settings. Raises BadContent."""
    return {(slug, lang): _read(slug, lang, _values(settings, lang)) for slug in PAGES for lang in settings.languages}


def _values(settings: Settings, lang: str) -> Mapping[str, str]:
    """What `{{ name }}` stands for. An empty value takes its whole line with it."""
    authority = settings.authority
    return {
        "authority_name": authority.name(lang),
        "contact_email": authority.contact_email,
        "accessibility_email": authority.accessibility_email,
        "data_protection_email": authority.data_protection_email,
        "telephone": authority.telephone,
        "postal_address": authority.postal_address,
        "prepared_on": _day(authority.accessibility_prepared_on, lang),
        "reviewed_on": _day(authority.reviewed_on, lang),
        "easy_read_url": authority.easy_read_url,
        "bsl_url": authority.bsl_url,
        "session_hours": str(settings.session_hours),
        "known_days": str(KNOWN_DAYS),
        "complaint_days": str(settings.complaint_days),
        "feedback_months": str(settings.feedback_months),
        "former_contact_months": str(settings.former_contact_months),
        "invited_months": str(settings.invited_months),
        "moderation_months": str(settings.moderation_months),
        "notice_months": str(settings.notice_months),
        "unsent_days": str(UNSENT_KEPT_DAYS),
        "if_welsh": "yes" if settings.welsh else "",
    }


def _day(written: str, lang: str) -> str:
    return format_date(dt.date.fromisoformat(written), "d MMMM y", locale=lang)


def _read(slug: str, lang: str, values: Mapping[str, str]) -> ContentPage:
    path = resource_dir("content") / "pages" / f"{slug}.{lang}.md"
    if not path.is_file():
        raise BadContent(f"{path.name} is missing: a page is there in every language or not at all")
    found = _FRONT.match(path.read_text(encoding="utf-8"))
    front = dict(line.partition(": ")[::2] for line in found[1].splitlines()) if found else {}
    if found is None or not front.get("title") or not front.get("description"):
        raise BadContent(f"{path.name}: it must begin with a title and a description between two lines of ---")
    lines = [filled for line in found[2].splitlines() if (filled := _line(path.name, line, values)) is not None]
    return ContentPage(slug, front["title"].strip(), front["description"].strip(), "\n".join(lines))


def _line(file: str, line: str, values: Mapping[str, str]) -> str | None:
    """A line with its values, without its condition; None where one of them is empty."""
    if any(values.get(place[1]) == "" for place in _PLACEHOLDER.finditer(line)):
        return None
    if condition := _IF_WELSH.match(line):
        line = line[condition.end() :]
    return _PLACEHOLDER.sub(lambda place: _filled(file, place[1], values), line)


def _filled(file: str, name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise BadContent(f"{file}: there is no value for {{{{ {name} }}}}")
    return _MARKDOWN_SIGNS.sub(r"\\\1", values[name])

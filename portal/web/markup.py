"""Untrusted text to HTML that may be shown: the only module that makes Markup, and the only one that imports bleach.

Markdown is rendered without raw HTML and then cleaned; a link leads to http, https, mailto, a path of this site or a
place on the page.
"""

from __future__ import annotations

import functools
import re

import bleach
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = frozenset(
    "a abbr b blockquote br caption code em h2 h3 h4 hr i li ol p strong table tbody td th thead tr ul".split()  # noqa: SIM905 - read as a list
)
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_CLASSES = {
    "h2": "govuk-heading-m",
    "h3": "govuk-heading-s",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
}


def is_safe_link(address: str) -> bool:
    """Whether a link may lead there: http(s), mailto, a path of this site (not //), or a place on the page."""
    return bool(_SAFE_LINK.match(address)) and not _CONTROL.search(address) and "\\" not in address


def _may_stay(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":
        return is_safe_link(value)
    if name == "class":
        return value == _CLASSES.get(tag)
    return tag == "th" and name == "scope" and value in {"col", "row"}


@functools.cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _dress(token: Token) -> None:
    if token.nesting >= 0 and token.tag in _CLASSES:
        token.attrSet("class", _CLASSES[token.tag])
    if token.type == "th_open":
        token.attrs.pop("style", None)
        token.attrSet("scope", "col")
    if token.type == "td_open":
        token.attrs.pop("style", None)
    for child in token.children or ():
        _dress(child)


def from_markdown(text: str) -> Markup:
    """Markdown to clean HTML in the portal's style. To be done once, when the text is saved or loaded."""
    parser = _markdown()
    tokens = parser.parse(text.replace("\x00", ""))
    for token in tokens:
        _dress(token)
    html = parser.renderer.render(tokens, parser.options, {})
    cleaned = bleach.clean(html, tags=_TAGS, attributes=_may_stay, protocols={"http", "https", "mailto"}, strip=True)
    return Markup(cleaned)  # noqa: S704 - this is the one place, and it has been cleaned

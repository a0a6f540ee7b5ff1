"""A reader of the portal who checks every page that comes: `Browse(application).open("/en/")`.

A page is read, its links are followed with `follow`, its forms are filled in with `fill` and sent with `press`, as by a
person without JavaScript. Whatever is wrong with any page on the way fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from babel.dates import format_date
from babel.support import NullTranslations
from starlette.applications import Starlette
from starlette.routing import compile_path
from starlette.testclient import TestClient

from portal.clock import Month
from tests import checks
from tests.checks import CLOSE, OPEN, every, has_class, with_attribute, words


class Marked(NullTranslations):
    """A pseudo-catalogue: every message comes back between marks, so that what did not pass through it shows."""

    def gettext(self, message):
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, one, many, number):
        return f"{OPEN}{one if number == 1 else many}{CLOSE}"

    ugettext, ungettext = gettext, ngettext


MARKED = {"en": Marked(), "cy": Marked()}


class Known:
    """Text that is data, in each language: names of areas and categories, notes, what the settings and content say;
    and the letters of the alphabet, which stand alone.
    """

    def __init__(self, texts: Mapping[str, Iterable[str]], letters: Mapping[str, Iterable[str]] | None = None) -> None:
        self._letters = letters or {}
        months = {
            lang: {format_date(Month(2020, number).first_on, "LLLL", locale=lang) for number in range(1, 13)}
            for lang in texts
        }
        self._patterns = {
            lang: re.compile(
                "|".join(
                    rf"(?<![\w-]){re.escape(one)}(?![\w-])"
                    for one in sorted({*some, *months[lang]}, key=len, reverse=True)
                )
            )
            for lang, some in texts.items()
        }

    def without(self, text: str, lang: str) -> str:
        """What of a text is none of it, and has letters; else nothing."""
        text = re.sub(r"(?<!\S)/(?:en|cy)/\S*", "", " ".join(text.split()))
        if not re.search(r"[^\W\d_]", text) or text in self._letters.get(lang, ()):
            return ""
        left = self._patterns[lang].sub("", text) if lang in self._patterns else text
        return left.strip() if re.search(r"[^\W\d_]", left) else ""


FRAMED: dict[tuple[bool, bool], dict[str, int]] = {}
"""What the frame of every page leads to, by the kind of portal: asked for once a run, and not by each of a thousand
readers.
"""


@dataclass(eq=False)
class Page:
    """One page as it came."""

    browse: Browse
    path: str
    status: int
    headers: Mapping[str, str]
    text: str
    typed: dict[str, str] = field(default_factory=dict)

    @cached_property
    def root(self) -> Element:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        root = parser.parse(self.text)
        assert not parser.errors, f"{self.path}: not valid HTML: {parser.errors[:3]}"
        return root

    @property
    def lang(self) -> str:
        first = self.path.split("/")[1]
        return first if first in self.browse.languages else self.browse.languages[0]

    @property
    def known(self) -> Known:
        return self.browse.known

    @property
    def main(self) -> Element:
        return every(self.root, "main")[0]

    @property
    def heading(self) -> str:
        return words(every(self.root, "h1")[0])

    @property
    def said(self) -> str:
        """Every word of the main part."""
        return words(self.main)

    def links(self, part: Element | None = None) -> list[tuple[str, str]]:
        return [(words(one), one.get("href", "")) for one in every(self.root if part is None else part, "a")]

    def follow(self, text: str) -> Page:
        """The page to which the link with this text leads."""
        found = {href for said, href in self.links() if said == text}
        assert len(found) == 1, f"{self.path}: {len(found)} links say {text!r}: {self.links(self.main)}"
        return self.browse.open(urljoin(self.path, found.pop()))

    def in_other_language(self) -> Page:
        (link,) = [one for one in every(self.root, "a") if has_class(one, "govuk-language-navigation__link")]
        return self.browse.open(link.get("href", ""))

    def field(self, label: str) -> Element:
        """The field with this label."""
        ids = [one.get("for") for one in every(self.root, "label") if words(one) == label]
        assert len(ids) == 1, f"{self.path}: {len(ids)} fields are labelled {label!r}"
        return with_attribute(self.root, "id", ids[0])[0]

    def value(self, label: str) -> str:
        return _value(self.field(label))

    def fill(self, label: str, text: str) -> Page:
        self.typed[self.field(label).get("name", "")] = text
        return self

    def tick(self, label: str, *, on: bool = True) -> Page:
        """Tick a box, or choose the one of several that has this label."""
        box = self.field(label)
        if box.get("type") == "radio":
            for one in with_attribute(self.root, "name", box.get("name")):
                one.attrib.pop("checked", None)
        box.attrib.pop("checked", None)
        if on:
            box.set("checked", "")
        return self

    def press(self, button: str) -> Page:
        """Send the form of this button, and go where it leads."""
        forms = [one for one in every(self.root, "form") if button in [words(b) for b in every(one, "button")]]
        assert len(forms) == 1, f"{self.path}: {len(forms)} forms have a button {button!r}"
        values: dict[str, str | list[str]] = {}
        for one in every(forms[0], *checks.FIELDS):
            if one.get("type") not in {"checkbox", "radio"}:
                values[one.get("name", "")] = _value(one)
            elif "checked" in one.attrib:
                values.setdefault(one.get("name", ""), []).append(one.get("value", "on"))
        values |= {name: text for name, text in self.typed.items() if name in values}
        action = urljoin(self.path, forms[0].get("action", ""))
        if forms[0].get("method") == "post":
            return self.browse.send(action, values)
        return self.browse.open(f"{action}?{urlencode(values, doseq=True)}")

    def problems(self) -> list[str]:
        """What the error summary says."""
        summaries = [one for one in self.root.iter() if has_class(one, "govuk-error-summary")]
        return [words(link) for one in summaries for link in every(one, "a")]

    def check(self) -> None:
        found = [one for check in checks.EVERY_CHECK for one in check(self)]
        if self.browse.is_marked:
            found += checks.loose_words(self)
        assert not found, f"{self.path}: " + "; ".join(dict.fromkeys(found))


def _value(element: Element) -> str:
    """What a browser would send of a field as it stands."""
    if element.tag == "textarea":
        return (element.text or "").removeprefix("\n")
    if element.tag == "select":
        options = every(element, "option")
        chosen = [one for one in options if "selected" in one.attrib] or options[:1]
        return chosen[0].get("value", "") if chosen else ""
    return element.get("value", "")


LED: set[tuple[object, ...]] = set()
"""What was seen to lead on in this run: from which kind of page to which, by the kind of portal."""


PATTERNS: dict[tuple[str, ...], dict[str, re.Pattern[str]]] = {}
"""What the paths of every route look like, by its language and name; and that by the languages of a portal."""


class Browse:
    """Somebody with a browser at one application. Who is `thorough` asks where every link leads; others, of whom there
    are a thousand, ask once a run for each kind of page where each kind of link leads.
    """

    def __init__(
        self, app: Starlette, *, known: Known | None = None, address: str = "203.0.113.7", thorough: bool = False
    ) -> None:
        self.app, self.known, self.thorough = app, known or Known({}), thorough
        self.is_marked = known is not None
        self.settings = app.state.settings
        self.languages: tuple[str, ...] = self.settings.languages
        self.client = TestClient(
            app,
            base_url=self.settings.public_url,
            follow_redirects=False,
            client=(address, 4711),
            headers={"accept-encoding": "identity"},
        )
        self.answers: dict[str, tuple[int, str]] = {}
        """Status and place of every path ever asked for, to ask once only."""
        self.framed = FRAMED.setdefault((self.settings.welsh, self.settings.demo), {})
        self.pages: dict[str, Page] = {}

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self.client.__exit__(*raised)

    def open(self, path: str, status: int = 200) -> Page:
        """The page at a path, after the redirects on the way. It must have the status."""
        for _ in range(5):
            response = self.client.get(path)
            self.answers[path] = (response.status_code, response.headers.get("location", ""))
            if not response.is_redirect:
                return self._page(path, response, status)
            path = response.headers["location"]
        raise AssertionError(f"{path} leads round and round")

    def send(self, path: str, values: Mapping[str, str | list[str]], status: int = 200) -> Page:
        """Post a form as a browser does, and go where it leads. A page with problems comes with 422."""
        origin = self.settings.public_url
        response = self.client.post(path, data=values, headers={"origin": origin, "sec-fetch-site": "same-origin"})
        if response.status_code == 303:
            return self.open(response.headers["location"], status)
        return self._page(path, response, 422 if response.status_code == 422 else status)

    def _page(self, path: str, response, status: int) -> Page:
        page = Page(self, path, response.status_code, response.headers, response.text)
        assert page.status == status, f"{path}: {page.status} and not {status}"
        assert page.headers["content-type"] == "text/html; charset=utf-8", f"{path} is {page.headers['content-type']}"
        page.check()
        self._check_links(page)
        if page.status == 200:
            self._check_alternates(page)
            self.pages[path] = page
        return page

    def _check_links(self, page: Page) -> None:
        """Every link and form of ours leads somewhere; from an error, the other language may lead to the same error."""
        inside = self._places(page, page.root)
        framed = inside - self._places(page, page.main)
        twins = {href for one in every(page.root, "a") if (href := one.get("href")) and one.get("hreflang")}
        for place in inside - (twins if page.status != 200 else set()):
            if place in framed and self.framed.get(place) == 200:
                continue
            if self._was_seen("link", page, place):
                continue
            status, _ = self.answer(place)
            if place in framed:
                self.framed[place] = status
            assert status in {200, 301, 302, 303}, f"{page.path} leads to {place}, where there is {status}"

    def _was_seen(self, what: str, page: Page, place: str) -> bool:
        """Whether this run saw such a place from such a page; from now on it has."""
        portal = (self.settings.welsh, self.settings.demo)
        seen = (what, portal, self._kind(page.path), page.status, self._kind(place))
        before = seen in LED
        LED.add(seen)
        return before and not self.thorough

    def _kind(self, path: str) -> str:
        """The route of a path, and its language; or the path itself."""
        path = path.partition("?")[0]
        if self.languages not in PATTERNS:
            PATTERNS[self.languages] = {
                f"{lang} {name}": compile_path(pattern)[0]
                for name, _, paths in self.app.state.urls.declared()
                for lang, pattern in paths.items()
            }
        return next((name for name, pattern in PATTERNS[self.languages].items() if pattern.match(path)), path)

    def _places(self, page: Page, part: Element) -> set[str]:
        """Where a part of the page leads, inside the portal."""
        places = [one.get(name) for one in part.iter() for name in ("href", "src", "action") if one.get(name)]
        return {urljoin(page.path, place).partition("#")[0] for place in places if self._is_ours(place)}

    def _is_ours(self, place: str) -> bool:
        return not urlsplit(place).scheme and not place.startswith("#")

    def answer(self, path: str) -> tuple[int, str]:
        """Status and place of a path, asked for once."""
        if path not in self.answers:
            response = self.client.get(path)
            self.answers[path] = (response.status_code, response.headers.get("location", ""))
        return self.answers[path]

    def _check_alternates(self, page: Page) -> None:
        """Every language names every language, and each names the same two pages."""
        named = _alternates(page.text)
        if len(self.languages) == 1:
            assert not named, f"{page.path} names another language"
            return
        here = self.settings.public_url + page.path
        assert set(named) == set(self.languages), f"{page.path} names the languages {sorted(named)}"
        assert named[page.lang].partition("?")[0] == here.partition("?")[0], f"{page.path} says that it is {named}"
        (other,) = set(self.languages) - {page.lang}
        if self._was_seen("twin", page, page.path):
            return
        response = self.client.get(named[other].removeprefix(self.settings.public_url))
        assert response.status_code == 200, f"{page.path} has no twin at {named[other]}"
        back = _alternates(response.text)
        assert back == named, f"{page.path} names {named}, and its twin {back}"


def _alternates(text: str) -> dict[str, str]:
    """Language to address. Twins are read so, without parsing them: each is parsed when its own turn comes."""
    return dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]*)">', text))

"""Untrusted text: whatever is written, nothing in it runs, and no link leads where none may lead."""

import re
import sys
import time
from pathlib import Path

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from portal.web.markup import _CLASSES, _TAGS, from_markdown, is_safe_link

ATTRIBUTES = {"a": {"href", "class"}, "th": {"scope", "class"}}
LEADS_TO = re.compile(r"(?:https?://|mailto:|/(?!/)|#)", re.IGNORECASE)


def elements(html):
    """What a browser makes of it."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [one for one in tree.iter() if isinstance(one.tag, str) and one is not tree]


def check(html):
    for one in elements(html):
        assert one.tag in _TAGS
        assert set(one.attrib) <= ATTRIBUTES.get(one.tag, {"class"})
        assert one.get("class") in {None, _CLASSES.get(one.tag)}
        assert one.get("scope") in {None, "col", "row"}
        if "href" in one.attrib:
            address = one.attrib["href"]
            assert LEADS_TO.match(address)
            assert not re.search(r"[\x00-\x20\x7f\\]", address)
    assert "<!--" not in html


SAFE = [
    "https://example.org",
    "HTTPS://example.org/a?b=c#d",
    "http://example.org",
    "mailto:ann@example.org",
    "/en/cookies",
    "/",
    "#top",
]
UNSAFE = [
    "",
    "javascript:alert(1)",
    "javascript:123",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "blob:https://example.org/1",
    "file:///etc/passwd",
    "ftp://example.org",
    "tel:999",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:\\\\evil.example",
    "/\t/evil.example",
    "https://example.org/ a",
    "http:evil.example",
    "https:/evil.example",
    "evil.example",
    "?x=1",
    "../en/",
    "view-source:https://example.org",
    "http://example.org/\x7f",
]


@pytest.mark.parametrize("address", SAFE)
def test_a_link_may_lead_to_the_web_a_letter_this_site_or_this_page(address):
    assert is_safe_link(address)
    assert [one.get("href") for one in elements(from_markdown(f"[x](<{address}>)")) if one.tag == "a"] == [address]


@pytest.mark.parametrize("address", UNSAFE)
def test_a_link_may_lead_nowhere_else(address):
    assert not is_safe_link(address)


WRITTEN = [
    "[x]({})",
    "[x](<{}>)",
    "<{}>",
    "[x][1]\n\n[1]: {}",
    "[x][1]\n\n[1]: <{}>",
    '<a href="{}">x</a>',
    "![x]({})",
    "[![x]({0})]({0})",
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("address", UNSAFE)
def test_no_way_of_writing_a_link_smuggles_one_in(address, written):
    html = from_markdown(written.format(address))
    check(html)
    for one in elements(html):
        followed = one.get("href", "")
        assert not followed.lower().startswith(("javascript", "vbscript", "data", "blob", "file", "//"))


ENTITIES = [
    "/&#47;evil.example",
    "/&#x2f;evil.example",
    "/&sol;evil.example",
    "/&amp;#47;evil.example",
    "/&bsol;evil.example",
    "/&#9;/evil.example",
    "javascript&colon;alert(1)",
    "&#x6A;avascript:alert(1)",
    "&Tab;javascript:alert(1)",
    "/%2f/evil.example",
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("address", ENTITIES)
def test_entities_hide_nothing(address, written):
    check(from_markdown(written.format(address)))


HTML = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "</p><script>alert(1)</script>",
    "<p onclick=alert(1) style='x:expression(1)'>x</p>",
    "<template><script>alert(1)</script></template>",
    "<form action=//evil.example><input name=x></form>",
    "<<script>script>alert(1)</script>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "`<script>`<script>alert(1)</script>",
]


@pytest.mark.parametrize("html", HTML)
def test_html_is_shown_as_what_it_is_text(html):
    made = from_markdown(html)
    check(made)
    shown = "".join(html5lib.parseFragment(made, namespaceHTMLElements=False).itertext())
    assert shown.strip().replace("`", "") == html.replace("`", "")


def test_markdown_is_dressed_as_the_portal_dresses_text():
    html = from_markdown("## A\n\n### B\n\n- one\n\n1. two\n\n| a | b |\n|--|:-:|\n| 1 | 2 |\n\n[x](/en/) **bold**")
    assert '<h2 class="govuk-heading-m">A</h2>' in html
    assert '<h3 class="govuk-heading-s">B</h3>' in html
    assert '<ul class="govuk-list govuk-list--bullet">' in html
    assert '<ol class="govuk-list govuk-list--number">' in html
    assert '<th class="govuk-table__header" scope="col">a</th>' in html
    assert '<td class="govuk-table__cell">2</td>' in html
    assert '<a href="/en/" class="govuk-link">x</a>' in html
    assert "<strong>bold</strong>" in html
    check(html)


def test_a_text_never_brings_a_first_heading_of_its_own():
    assert "<h1" not in from_markdown("# Mine\n\nMine too\n===")


ALPHABET = "[](){}<>!*_`#|-=+.:/\\&;\"' \n\tab1ŵ\x00\u2028"
PIECES = [
    *HTML,
    *UNSAFE,
    *ENTITIES,
    "[x](",
    "](",
    ")",
    "<",
    ">",
    '"',
    "'",
    "`",
    "\n",
    "\n\n",
    "    ",
    "|--|",
    "&#",
    "]: ",
]


@given(some.text(ALPHABET, max_size=200) | some.text(max_size=200))
@example("[a](javascript:123)")
@example("<javascript:123>")
def test_nothing_runs_whatever_is_written(text):
    check(from_markdown(text))


@given(some.lists(some.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_runs_whatever_is_put_together(text):
    check(from_markdown(text))


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(some.lists(some.sampled_from(PIECES) | some.text(ALPHABET, max_size=12), max_size=40).map("".join))
def test_nothing_runs_in_a_long_run(text):
    began = time.process_time()
    check(from_markdown(text))
    assert time.process_time() - began < 1


HARD = {
    "brackets": "[" * 10_000,
    "images": "![" * 5_000,
    "links in links": "[a](" * 2_500,
    "stars": "*a " * 3_300,
    "many stars": "*" * 10_000,
    "underscores": "a_b" * 3_300,
    "backticks": "".join("`" * n + " " for n in range(1, 140)),
    "quotes": "> " * 5_000 + "x",
    "lists": "- " * 5_000,
    "angles": "<" * 10_000,
    "comments": "<!--" * 2_500,
    "entities": "&#" * 5_000,
    "table": "|" * 10_000 + "\n" + "|-" * 5_000,
    "references": "".join(f"[{n}]: /\n" for n in range(900)) + "[1][" * 500,
    "long word": "a" * 10_000,
    "backslashes": "\\" * 10_000,
}


@pytest.mark.parametrize("name", HARD)
def test_no_input_takes_longer_than_a_second(name):
    """Of the processor's time; watched line by line for coverage, everything takes several times as long."""
    from_markdown("warm")
    began = time.process_time()
    html = from_markdown(HARD[name])
    assert time.process_time() - began < (1 if sys.gettrace() is None else 6)
    check(html)


def test_only_markup_makes_markup():
    package = Path(__file__).parents[2] / "portal"
    makers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text(encoding="utf-8"))
    }
    templates = Path(__file__).parents[2] / "templates"
    unescaped = [str(path) for path in templates.rglob("*.*") if "|safe" in path.read_text().replace(" ", "")]
    assert (makers, unescaped) == ({"web/markup.py"}, [])

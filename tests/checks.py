"""What is true of every page: each check takes a parsed page and says what is wrong with it. None of them knows a
noun.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FIELDS = ("input", "select", "textarea")
TEXT_ATTRIBUTES = ("alt", "aria-label", "label", "placeholder", "title")
POINTING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
OPEN, CLOSE = "⟦", "⟧"
"""Between these stands what the catalogue translated, in the pseudo-catalogue of `tests.browse`."""

Found = Iterator[str]


def words(element: Element | None) -> str:
    """The text of an element on one line, without the marks of the pseudo-catalogue."""
    text = "" if element is None else "".join(element.itertext())
    return " ".join(text.replace(OPEN, "").replace(CLOSE, "").split())


def every(root: Element, *tags: str) -> list[Element]:
    return [one for one in root.iter() if one.tag in tags]


def with_attribute(root: Element, name: str, value: str | None = None) -> list[Element]:
    return [one for one in root.iter() if name in one.attrib and (value is None or one.attrib[name] == value)]


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def frame(page) -> Found:
    """Language, one first heading, a title that begins with it, one main, a way past the frame, a description."""
    root = page.root
    if root.get("lang") != page.lang:
        yield f"html[lang] is {root.get('lang')!r} at {page.path}"
    first = [words(one) for one in every(root, "h1")]
    if len(first) != 1 or not first[0]:
        yield f"it has {len(first)} first headings: {first}"
    title = words(root.find("head/title"))
    stated = title if page.status != 422 else re.sub(r"\A(?:Error|Gwall): ", "", title)
    if first and not stated.startswith(f"{first[0]} – "):
        yield f"the title {title!r} does not begin with the heading {first[0]!r}"
    if page.status == 422 and stated == title:
        yield "the title of a page with problems does not begin with Error"
    if len(every(root, "main")) != 1:
        yield "it has no one main part"
    if not [one for one in with_attribute(root, "href", "#main-content") if has_class(one, "govuk-skip-link")]:
        yield "it has no skip link"
    description = [one.get("content", "") for one in with_attribute(root, "name", "description")]
    if len(description) != 1 or not description[0].strip():
        yield "it has no one description"


def identities(page) -> Found:
    """Every id is there once, and whatever points at one finds it."""
    count = Counter(one.attrib["id"] for one in with_attribute(page.root, "id"))
    yield from (f"the id {name!r} is there {times} times" for name, times in count.items() if times > 1 or not name)
    for one in page.root.iter():
        for attribute in POINTING:
            yield from (
                f"{attribute} of {one.tag} points at {name!r}"
                for name in one.get(attribute, "").split()
                if name not in count
            )
        target = one.get("href", "")
        if target.startswith("#") and target[1:] not in count:
            yield f"a link points at {target!r}"


def fields(page) -> Found:
    """Every field has a label of words, and every group its legend."""
    labelled = {one.get("for") for one in every(page.root, "label") if words(one)}
    for one in every(page.root, *FIELDS):
        if one.get("type") in {"hidden", "submit"}:
            continue
        if one.get("id") not in labelled and not one.get("aria-label"):
            yield f"the field {one.get('name')!r} has no label"
        if not one.get("name"):
            yield f"the field {one.get('id')!r} has no name"
    yield from ("a button says nothing" for one in every(page.root, "button") if not words(one))
    yield from ("a group of fields has no legend" for one in every(page.root, "fieldset") if one.find("legend") is None)
    yield from ("a form says no method" for one in every(page.root, "form") if one.get("method") not in {"get", "post"})


def problems(page) -> Found:
    """A page with problems has a summary whose every link leads to a field that says the same."""
    summaries = [one for one in page.root.iter() if has_class(one, "govuk-error-summary")]
    if len(summaries) != (page.status == 422):
        yield f"{page.status} with {len(summaries)} error summaries"
    by_id = {one.attrib["id"]: one for one in with_attribute(page.root, "id")}
    for link in [one for summary in summaries for one in every(summary, "a")]:
        field = by_id.get(link.get("href", "")[1:])
        described = [words(by_id[name]) for name in _describing(page, field)]
        if field is None or field.tag not in FIELDS or not [text for text in described if text.endswith(words(link))]:
            yield f"the problem {words(link)!r} is not said at its field"


def _describing(page, field: Element | None) -> list[str]:
    """What describes a field: named by itself, or by the group of boxes in which it stands."""
    if field is None:
        return []
    groups = [one for one in every(page.root, "fieldset") if field in list(one.iter())]
    return [name for one in (field, *groups) for name in one.get("aria-describedby", "").split()]


def nothing_inline(page) -> Found:
    """No script, style or handler in the page; what it loads is ours, and checked."""
    for one in page.root.iter():
        yield from (f"{one.tag} has {name}" for name in one.attrib if name.startswith("on") or name == "style")
        if one.tag == "style" or (one.tag == "script" and "src" not in one.attrib):
            yield f"there is a {one.tag} in the page"
        yield from (f"{one.tag} loads {one.attrib[name]}" for name in ("src", "srcset") if _is_foreign(one, name))
        if one.tag == "iframe" or "target" in one.attrib:
            yield f"there is a {one.tag} with {dict(one.attrib)}"
        if one.tag == "a" and one.get("href", "").startswith("http://"):
            yield f"a link leads to {one.get('href')}"
    loaded = [
        one for one in every(page.root, "script", "link") if one.tag == "script" or one.get("rel") == "stylesheet"
    ]
    unchecked = {
        one.get("src") or one.get("href") for one in loaded if not one.get("integrity", "").startswith("sha384-")
    }
    if unchecked - {"/theme.css"}:
        yield f"loaded without a digest: {unchecked}"


def _is_foreign(element: Element, name: str) -> bool:
    return name in element.attrib and not element.attrib[name].startswith("/assets/")


def structure(page) -> Found:
    """Headings step down one by one; tables have captions and scopes; links and navigation say what they are."""
    levels = [int(one.tag[1]) for one in page.root.iter() if one.tag in HEADINGS and not _in_frame(page, one)]
    yield from (f"after h{a} comes h{b}" for a, b in zip([0, *levels], levels, strict=False) if b > a + 1)
    in_prose = {one for part in page.root.iter() if has_class(part, "portal-prose") for one in part.iter()}
    for one in every(page.root, "table"):
        if not words(one.find("caption")) and one not in in_prose:
            yield "a table has no caption"
        yield from ("a heading of a table has no scope" for cell in every(one, "th") if not cell.get("scope"))
    for one in every(page.root, "a"):
        if not words(one) or not one.get("href"):
            yield f"a link says {words(one)!r} and leads to {one.get('href')!r}"
    names = Counter(one.get("aria-label") for one in every(page.root, "nav"))
    yield from (f"{times} navigations are named {name!r}" for name, times in names.items() if times > 1 or not name)
    yield from ("a picture has no alt" for one in every(page.root, "img") if "alt" not in one.attrib)


def _in_frame(page, element: Element) -> bool:
    """The frame's own headings, after the page's, begin again at h2; what went wrong or was done stands before all."""
    first = ("govuk-error-summary", "govuk-notification-banner")
    parts = [one for one in page.root.iter() if one.tag == "footer" or any(has_class(one, name) for name in first)]
    return any(element in list(part.iter()) for part in parts)


def foreign_parts(page) -> Found:
    """What is in another language says so, and a link to another language says in which one its words are."""
    for one in every(page.root, "a"):
        if one.get("hreflang", page.lang) != page.lang and one.get("lang") != one.get("hreflang"):
            yield f"the link {words(one)!r} to {one.get('hreflang')} is not marked"


def headers(page) -> Found:
    """The headers that every answer carries, and what may be kept of it."""
    said = page.headers
    policy = dict(part.strip().partition(" ")[::2] for part in said.get("content-security-policy", "").split(";"))
    wanted = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'"}
    if {name: policy.get(name) for name in wanted} != wanted or set(policy.values()) - {"'none'", "'self'"}:
        yield f"the content policy is {policy}"
    fixed = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    yield from (f"{name} is {said.get(name)!r}" for name, value in fixed.items() if said.get(name) != value)
    yield from (f"it says {name}" for name in ("set-cookie", "server", "x-powered-by") if name in said)
    if "geolocation=()" not in said.get("permissions-policy", ""):
        yield "it does not give up what it does not need"
    yield from _kept(page)


def _kept(page) -> Found:
    cache = page.headers.get("cache-control", "")
    is_own = bool(with_attribute(page.root, "name", "form_key")) or bool(every(page.root, "textarea"))
    if cache.startswith("public"):
        if is_own or page.status != 200:
            yield "what belongs to one person may be kept by anybody"
        if not {"accept-encoding", "hx-request", "hx-target"} <= set(page.headers.get("vary", "").lower().split(", ")):
            yield f"it varies by {page.headers.get('vary')}"
    elif cache != "no-store":
        yield f"cache-control is {cache!r}"


def nothing_left_over(page) -> Found:
    """No placeholder, no name of a value, no piece of a template reached the reader."""
    typed = {"".join(one.itertext()) for one in every(page.root, "textarea")}
    text = " ".join(one for one in page.root.find("body").itertext() if one not in typed)
    yield from (f"it says {sign!r}" for sign in ("{{", "{%", "None", "Undefined", "%(", "&amp;", "<") if sign in text)


def loose_words(page) -> Found:
    """Text that did not come through the catalogue and is not data in the language of its part of the page."""
    depth = 0
    for text, lang in _texts(page.root, page.lang):
        loose, depth = _outside_marks(text, depth)
        if left := page.known.without(loose, lang):
            yield f"not translated ({lang}): {left!r}"
    if depth:
        yield "a mark is left open"
    for one in page.root.iter():
        if one.tag == "input" and one.get("type") == "submit":
            yield f"a button is made of an input: {one.get('value')!r}"
        for name in TEXT_ATTRIBUTES + (("content",) if one.get("name") == "description" else ()):
            loose, _ = _outside_marks(one.get(name, ""), 0)
            if left := page.known.without(loose, one.get("lang", page.lang)):
                yield f"not translated ({name}): {left!r}"


def _texts(element: Element, lang: str) -> Iterator[tuple[str, str]]:
    """Text by text, in the order of the page, each with its language. Prose from content/ has tests of its own."""
    lang = element.get("lang", lang)
    if element.tag in {"script", "textarea"} or not isinstance(element.tag, str) or has_class(element, "portal-prose"):
        return
    if element.text:
        yield element.text, lang
    for child in element:
        yield from _texts(child, lang)
        if child.tail:
            yield child.tail, lang


def _outside_marks(text: str, depth: int) -> tuple[str, int]:
    loose = []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        if not depth and letter != CLOSE:
            loose.append(letter)
    return "".join(loose), depth


EVERY_CHECK: tuple[Callable[..., Found], ...] = (
    frame,
    identities,
    fields,
    problems,
    nothing_inline,
    structure,
    foreign_parts,
    headers,
    nothing_left_over,
)
